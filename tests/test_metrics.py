"""Does a question become the right statement, with every value bound?"""

from __future__ import annotations

import datetime as dt
import itertools

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import metrics, periods
from dashboard.metrics import Catalogue, Dimension, Metric, MetricSet, Question, Unknown, compile_question
from dashboard.periods import Period

HAND_KEPT = ("marts.goals_progress", "marts.district_office_progress")  # targets from seeds alone, until results come
LABEL = {"zh": "甲", "en": "A"}


def catalogue(kind: str = "flow", grain: str = "month") -> Catalogue:
    each = {"label": LABEL, "unit": "cases", "better": "up", "means": LABEL}
    return Catalogue(
        {"place": Dimension(label=LABEL)},
        {
            "calls": MetricSet(
                system=1, title=LABEL, relation="calls", date="month", grain=grain, kind=kind, by=("place",),
                metrics={
                    "answered": Metric(sql="sum(answered)", **each),
                    "content": Metric(sql="sum(content)", **each),
                    "rate": Metric(sql="{content} / nullif({answered}, 0)", n="answered", **each),
                },
            )
        },
    )  # fmt: skip


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create table calls (month date, place varchar, answered bigint, content bigint, is_simulated boolean)")
    con.execute("""insert into calls values ('2022-12-01', 'east', 10, 9, true), ('2023-01-01', 'east', 90, 45, false),
                   ('2023-01-01', 'west', 10, 10, false), ('2023-02-01', 'west', 30, 30, false)""")
    return con


def answer(con, question: Question, known: Catalogue) -> list[tuple]:
    statement = compile_question(question, known)
    return con.execute(statement.sql, list(statement.values)).fetchall()


def test_a_rate_is_built_from_sums_and_carries_its_n(con) -> None:
    whole = Question("calls.rate", dt.date(2022, 1, 1), dt.date(2024, 1, 1))
    assert answer(con, whole, catalogue()) == [(94 / 140, 140, True)]  # not the mean of 0.9, 0.5, 1, 1


def test_a_period_ends_before_its_end(con) -> None:
    january = Question("calls.answered", dt.date(2023, 1, 1), dt.date(2023, 2, 1), by=("place",))
    assert answer(con, january, catalogue()) == [("east", 90, None, False), ("west", 10, None, False)]


def test_a_state_is_that_of_the_last_month_of_the_period(con) -> None:
    first_half = Question("calls.answered", dt.date(2022, 1, 1), dt.date(2023, 7, 1))
    assert answer(con, first_half, catalogue("snapshot")) == [(30, None, False)]
    by_year = Question("calls.answered", by=("year",))
    assert answer(con, by_year, catalogue("snapshot")) == [
        (dt.date(2022, 1, 1), 10, None, True),
        (dt.date(2023, 1, 1), 30, None, False),
    ]


def test_a_yearly_figure_belongs_to_a_month_of_its_year(con) -> None:
    con.execute("delete from calls where month <> '2023-01-01'")
    march = Question("calls.answered", dt.date(2023, 3, 1), dt.date(2023, 4, 1))
    assert answer(con, march, catalogue(grain="year")) == [(100, None, False)]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (Question("nothing.rate"), "known: calls"),
        (Question("calls.nothing"), "known: answered, content, rate"),
        (Question("calls.rate", by=("colour",)), "place"),
        (Question("calls.rate", where=(("1=1 or place", ("x",)),)), "place"),
    ],
)
def test_an_unknown_name_lists_the_known_ones(question: Question, told: str) -> None:
    with pytest.raises(Unknown, match=told):
        compile_question(question, catalogue())


@given(st.text(min_size=1))
def test_a_value_never_becomes_sql(value: str) -> None:
    statement = compile_question(Question("calls.answered", where=(("place", (value,)),)), catalogue())
    plain = compile_question(Question("calls.answered", where=(("place", ("x",)),)), catalogue())
    assert statement.sql == plain.sql and statement.values == (value,)


def test_a_metric_defined_by_itself_is_refused() -> None:
    of = catalogue().sets["calls"]
    circle = of.model_copy(update={"metrics": {"a": of.metrics["rate"].model_copy(update={"sql": "{a} + 1"})}})
    with pytest.raises(ValueError, match="defined by itself"):
        metrics.expression(circle, "a")


@pytest.mark.parametrize("name", metrics.catalogue().names())
def test_every_declared_metric_answers_from_the_built_warehouse(warehouse, name: str) -> None:
    from dashboard.warehouse import ask

    answer = ask(name)
    assert len(answer.rows) == 1
    of, metric = metrics.catalogue().find(name)
    for dimension in of.by:
        assert ask(name, by=(dimension,)).rows is not None
    if metric.unit == "percent" and answer.value is not None:
        assert 0 <= answer.value <= 1.5
    if answer.value and of.relation not in HAND_KEPT:
        assert answer.provenance.sources, "a figure has a source"


@pytest.mark.parametrize("name", metrics.catalogue().names())
def test_a_question_is_answered_the_same_out_of_a_wider_one_and_alone(warehouse, name: str) -> None:
    from dashboard.warehouse import ask, labels

    of, _ = metrics.catalogue().find(name)
    until = Period("until", None, dt.date(2022, 7, 1))
    spans = [periods.parse("111Q2"), periods.parse("112"), until] if of.date else [periods.ALL]
    times = ((), ("month",)) if of.date else ((),)
    wheres = [{}, *({each: [next(iter(labels(each)), "")]} for each in of.by), *({each: [""]} for each in of.by[:1])]
    for span, time, where in itertools.product(spans, times, wheres):
        for by in {time, (*time, of.by[-1])} if of.by and not where else {time}:
            wide, alone = (ask(name, span, by, where, keep=keep) for keep in (True, False))
            assert [list(row) for row in wide.rows] == [list(row) for row in alone.rows]
            expected = [{each: _near(value) for each, value in row.items()} for row in alone.rows]
            assert list(wide.rows) == expected, (span, by, where)


def _near(value: object) -> object:
    return pytest.approx(value) if isinstance(value, float) else value
