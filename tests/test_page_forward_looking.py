"""Does the page say how the plans stand at the month's end that was asked, beside what the documents print?"""

from __future__ import annotations

import datetime as dt

import pytest

from dashboard import claims, filters, plans, reconciliation, words
from dashboard import warehouse as asking
from dashboard.periods import parse
from dashboard.warehouse import ask
from dashboard.words import pick
from tests.test_pages import figures, run, text_of

pytestmark = pytest.mark.usefixtures("chinese")

TRAP = "<img src=x onerror=alert(1)>"
AXES = ("rail", "water", "talent", "green_energy", "food_safety", "digital", "childcare", "urban_rural")
PRINTED = ("2", "58", "15", "9", "7", "60", "20", "192", "363")  # document 001, in its own order, and the whole


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_message_says_what_the_metrics_say(warehouse, language: str) -> None:
    shown = text_of(run("forward_looking", lang=language, year="112"))
    words.speak(language)
    for name in ("completion_rate", "on_schedule_rate"):
        assert words.amount(ask(f"forward_plans.{name}", parse("112")).value, "percent") in shown.split("</h1>")[0]
    assert plans.message(parse("112")) in shown


@pytest.mark.parametrize(("code", "month"), [("111", "2022-12-01"), ("111Q1", "2022-03-01"), ("110-07", "2021-07-01")])
def test_a_period_is_answered_by_its_last_month(warehouse, code: str, month: str) -> None:
    year, part = code[:3], code[3:].removeprefix("-")
    at = dt.date.fromisoformat(month)
    shown = text_of(run("forward_looking", year=year, part=part))
    words.speak("zh")
    assert plans.month_of(parse(code)) == at
    assert f"{words.month(at)}底" in shown
    last = {row["month"]: row["value"] for row in ask("forward_plans.completion_rate", by=("month",)).rows}[at]
    assert words.amount(last, "percent") in shown.split("</h1>")[0]


def test_every_printed_figure_stands_with_the_records_of_the_month(warehouse) -> None:
    shown = text_of(run("forward_looking", year="112"))
    for key, metric in (("forward_plans", "plans"), ("forward_plans_amount", "budget"),
                        ("forward_plans_completion_rate", "completion_rate")):  # fmt: skip
        row = asking.published(key)[-1]
        got = ask(f"forward_plans.{metric}", parse("112"))
        assert f'title="{words.quoted(row["quote"])}"' in shown
        assert f"{words.t('frame.operational')} {words.amount(got.value, got.metric.unit)}" in shown


def test_the_axes_keep_the_order_of_the_document_and_meet_its_counts(warehouse) -> None:
    assert tuple(asking.labels("axis")) == AXES
    names = ("forward_plans.plans", "forward_plans.completion_rate")
    rows = claims.rows("axis", "forward_plans", "forward_plans", parse("112"), *names)
    assert tuple(row[1] for row in rows) == PRINTED
    assert [row[2] for row in rows] == list(PRINTED) and {row[3] for row in rows} == {"0"}


def test_a_gap_to_the_document_carries_its_sign(warehouse) -> None:
    (*_, whole) = claims.rows("axis", "forward_plans", "forward_plans", parse("111"), "forward_plans.plans")
    recorded = ask("forward_plans.plans", parse("111")).value
    assert whole[1:] == ["363", str(recorded), f"{words.MINUS}{363 - recorded}"]


def test_the_earlier_claim_stands_beside_its_recomputation(warehouse) -> None:
    shown = text_of(run("forward_looking", view="claims"))
    section = shown[shown.index("92.04%"):]  # fmt: skip
    assert "94.87%" in section and "+2.83" in section
    verdicts = {row["key"]: row["verdict"] for row in reconciliation.figures()}
    assert verdicts["forward_works_on_schedule_rate"] == "does_not_reproduce"
    for quote in ("989.87億元，計1,597件", "已完工1,312件", "進度符合1,515件"):
        assert quote in shown


def test_the_list_has_every_plan_that_is_not_on_schedule_worst_first(warehouse) -> None:
    period = parse("111")
    late = plans.late(plans.month_of(period))
    answers = [ask(f"forward_plans.{name}", period).value for name in ("plans", "on_schedule")]
    assert len(late) == answers[0] - answers[1] > 0
    state, points = words.t("forward_looking.state"), words.t("forward_looking.points")
    order = [pick(asking.labels("light")[light]) for light in plans.LATE]
    told = [row[state].split(" ", 1)[1] for row in late]
    assert told == sorted(told, key=order.index)
    serious = [row[points] for row in late if row[state].endswith(order[1])]
    assert len(serious) > 1 and serious == sorted(serious, reverse=True) and min(serious) >= 0


def test_since_is_the_first_month_of_the_unbroken_delay(warehouse) -> None:
    month = plans.month_of(parse("112"))
    first = plans.late(month)[0]
    title, since = first[words.t("forward_looking.plan")], first[words.t("forward_looking.since")]
    past = asking.table("marts.forward_plan_months", {"title": [title]}, "month desc")
    run_of_months = []
    for row in (row for row in past if row["month"] <= month):
        if row["light"] not in plans.LATE:
            break
        run_of_months.append(row["month"])
    assert since == words.month_tick(run_of_months[-1])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_period_without_plans_gets_a_sentence(warehouse, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setattr(filters, "period", lambda: parse("130"))
    test = run("forward_looking", lang=language)
    words.speak(language)
    assert not test.exception and not test.error
    assert words.t("frame.no_rows") in text_of(test)


def test_a_name_in_the_data_never_becomes_markup(warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    known = asking._labels

    def trapped(build: str, dimension: str) -> dict:
        return {code: {"zh": TRAP, "en": TRAP} for code in known(build, dimension)} if dimension == "axis" else known(
            build, dimension
        )  # fmt: skip

    monkeypatch.setattr(asking, "_labels", trapped)
    test = run("forward_looking")
    assert not test.exception and not test.error
    assert TRAP not in text_of(test) and "&lt;img src=x onerror=alert(1)&gt;" in text_of(test)
    assert figures(test) and TRAP not in str(figures(test))
