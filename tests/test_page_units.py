"""Is everything about one agency or one district on its page, each figure beside the city's?"""

from __future__ import annotations

import pytest

from dashboard import one_page, words
from dashboard.one_page import Unit
from dashboard.periods import parse
from dashboard.warehouse import ask
from tests.test_pages import run, text_of

pytestmark = pytest.mark.usefixtures("chinese")


@pytest.mark.parametrize(("page", "dimension"), [("agency", "agency_id"), ("district", "district_id")])
def test_all_units_are_offered_in_their_fixed_order(con, page: str, dimension: str) -> None:
    listed = one_page.listing(dimension, one_page.all_of(dimension))
    names = [name for (name,) in con.execute(f"select zh from marts.{one_page.MART[dimension][6:]} order by sort").fetchall()]
    got = [next(iter(row.values())) for row in listed]
    assert got == [name for name in names if name in got]
    assert len(got) == (37 if page == "district" else len(one_page.all_of(dimension))) and len(got) > 30
    told = text_of(run(page))
    places = [told.index(f"</span>{name}</button>") for name in got[: one_page.FIRST]]
    assert places == sorted(places) and f"全部 {len(got)} 筆" in told


@pytest.mark.parametrize(("dimension", "code"), [("agency_id", "water_resources"), ("district_id", "yongkang")])
def test_each_figure_is_that_of_its_metric_here_and_in_the_city(warehouse, dimension: str, code: str) -> None:
    unit = Unit(dimension, code, parse("112"))
    rows = {(row[0], row[1]): row for row in one_page.figures(unit)}
    for name in one_page.FIGURES[dimension]:
        here, city = ask(name, parse("112"), where={dimension: [code]}), ask(name, parse("112"))
        if here.value is None:
            continue
        row = next(row for row in rows.values() if row[1] == here.metric.label.zh and row[2] == words.amount(here.value, here.metric.unit))
        assert row[4] == words.amount(city.value, city.metric.unit)


def test_the_works_to_explain_are_the_worst_of_the_agency(con) -> None:
    expected = con.execute(
        """select title from marts.works where agency_id = 'water_resources' and control_class in ('major', 'forward_small')
           and light in ('halted', 'seriously_behind', 'behind')
           and work_id not in (select work_id from marts.sites where is_published)
           order by array_position(['halted', 'seriously_behind', 'behind'], light), gap_days desc nulls last"""
    ).fetchall()
    late = one_page.late(Unit("agency_id", "water_resources", parse("112")))
    assert [row[1].striptags() for row in late] == [title for (title,) in expected]
    assert all('href="/work?work=' in row[1] for row in late)
    told = text_of(run("agency", agency="water_resources"))
    assert f"落後與停工 {len(expected)} 件" in told and expected[0][0] in told


def test_where_more_works_are_late_than_paper_holds_the_page_says_so(warehouse, monkeypatch) -> None:
    late = len(one_page.late(Unit("agency_id", "water_resources", parse("112"))))
    for most, said in ((late - 1, True), (late, False)):
        monkeypatch.setattr(one_page, "LISTED", most)
        assert (f"列最嚴重的 {most} 件" in text_of(run("agency", agency="water_resources"))) == said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_unit_has_a_page(warehouse, language: str) -> None:
    for page, dimension in (("agency", "agency_id"), ("district", "district_id")):
        key = page
        for row in one_page.all_of(dimension)[::9]:
            test = run(page, lang=language, **{key: row[dimension]})
            assert not test.exception and not test.error, row[dimension]
            assert words.pick({"zh": row["zh"], "en": row["en"]}) in text_of(test)


def test_an_agency_without_works_has_a_page(con) -> None:
    idle = con.execute("select agency_id from marts.agencies where works is null and petitions_12m > 0 limit 1").fetchone()[0]
    test = run("agency", agency=idle)
    assert "沒有落後或停工" in text_of(test)
