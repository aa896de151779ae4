"""Does the page of petitions count what came, what was late, and what still waits?"""

from __future__ import annotations

import pytest

from dashboard import petitions, words
from tests.test_pages import run, text_of

pytestmark = pytest.mark.usefixtures("chinese")


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"year": "112"}, "year(received_on) = 2023"),
        ({"year": "111", "part": "Q2"}, "received_on between '2022-04-01' and '2022-06-30'"),
        ({"year": "112", "agency": "police"}, "year(received_on) = 2023 and agency_id = 'police'"),
        ({"year": "all", "district": "east", "category": "noise"}, "district_id = 'east' and category = 'noise'"),
    ],
)
def test_the_message_counts_by_the_honest_formula(con, asked: dict, where: str) -> None:
    received, kept, late, waiting = con.execute(
        f"""select count(*), count(*) filter (where closed_on <= due_on),
                   count(*) filter (where closed_on > due_on or closed_on is null and due_on < (select max(received_on) from marts.petitions)),
                   (select count(*) from marts.petitions where is_open_overdue
                    and {where.split(" and ", 1)[1] if " and agency" in where or asked["year"] == "all" else "true"})
            from marts.petitions where {where}"""
        if asked["year"] != "all"
        else f"""select count(*), count(*) filter (where closed_on <= due_on),
                   count(*) filter (where closed_on > due_on or closed_on is null and due_on < (select max(received_on) from marts.petitions)),
                   count(*) filter (where is_open_overdue) from marts.petitions where {where}"""
    ).fetchone()
    told = text_of(run("petitions", **asked)).split("</h1>")[0]
    assert words.amount(received, "cases") in told
    assert words.amount(kept / (kept + late), "percent") in told
    # What waits is of all years, and says so.
    assert f"至 112.12.31 累計逾期未結 {words.number(waiting)} 件" in told


def test_the_oldest_overdue_come_first_without_a_person(con) -> None:
    expected = con.execute("select petition_id from marts.petitions where is_open_overdue order by due_on, 1").fetchall()
    listed = petitions.overdue({name: [] for name in petitions.FILTERS})
    assert [row["案號"] for row in listed] == [number for (number,) in expected]
    late = [row["逾期日數"] for row in listed]
    assert late == sorted(late, reverse=True)
    assert set(listed[0]) == {"案號", "逾期日數", "期限", "收文日", "機關", "行政區", "案件類別"}
    told = text_of(run("petitions"))
    places = [told.index(row["案號"]) for row in listed[:12]]
    assert places == sorted(places) and f"全部 {len(listed)} 筆" in told
    assert not [row for row in listed[12:] if row["案號"] in told]


def test_days_that_do_not_follow_a_filter_say_so(con) -> None:
    notes = text_of(run("petitions", district="east"))
    assert "不隨行政區與類別" in notes
    assert "不隨行政區與類別" not in text_of(run("petitions", agency="police"))


def test_the_published_figures_stand_beside(con) -> None:
    told = text_of(run("petitions"))
    for printed in ("526,064 件", "122,000 件", "3.5 天"):
        assert printed in told


def test_a_choice_without_petitions_says_so(con) -> None:
    agency, category = con.execute(
        """select a.agency_id, c.code from seeds.agencies a, seeds.codes c
           where c.domain = 'service_category' and a.level = 1 and not exists (
               select 1 from marts.petitions p where p.agency_id = a.agency_id and p.category = c.code)
           order by all limit 1"""
    ).fetchone()
    test = run("petitions", year="112", agency=agency, category=category)
    assert not test.exception and not test.error
    assert "沒有陳情案件" in text_of(test).split("</h1>")[0]
    assert words.t("frame.no_rows") in text_of(test)
