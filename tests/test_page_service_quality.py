"""Are units ranked, rewarded and compared as the plan says?"""

from __future__ import annotations

import pytest

from dashboard import service_quality
from dashboard.periods import parse
from tests.test_pages import pieces, run, tables, text_of

pytestmark = pytest.mark.usefixtures("chinese")


def html_of(test) -> str:
    return "".join(pieces(test))


def test_the_ranking_is_by_the_total_and_90_is_special(con) -> None:
    ranking = service_quality.ranking(parse("112"), {"agency_id": []})
    expected = con.execute(
        """select rank, round(total_score, 6), total_score >= 90 from marts.service_units_year
           where year = '2023-01-01' order by total_score desc, agency_id"""
    ).fetchall()
    assert len(ranking) == len(expected) == 173
    assert [row["名次"] for row in ranking] == [row[0] for row in expected]
    assert [round(row["總成績"], 6) for row in ranking] == [row[1] for row in expected]
    assert [row["等第"].startswith("★") for row in ranking] == [row[2] for row in expected]
    assert [row["公開表揚"] is not None for row in ranking] == [row[0] == 1 for row in expected]
    read = tables(run("service_quality", year="112"))[0]
    assert [row["單位"] for row in read] == [row["單位"] for row in ranking[:15]]
    for said, row in zip(read, ranking, strict=False):
        assert said["總成績"] == f"{row['總成績']:.2f}" and said["稽核"] == (
            "—" if row["稽核"] is None else f"{row['稽核']:.2f}"
        )
        assert said["名次升降"].replace("−", "-") == f"{row['名次升降']:+d}"


def test_the_rewards_follow_the_words_of_the_plan(con) -> None:
    special = con.execute(
        "select count(*) from marts.service_units_year where year = '2023-01-01' and total_score >= 90"
    ).fetchone()[0]
    told = html_of(run("service_quality", year="112"))
    # Two for the staff tested; one each for the head and the R&D officer, who are two persons.
    assert special and told.count(f"嘉獎 {special * 2} 次") == 2
    assert f">{special * 4}<small>次</small>" in told  # the tile is the sum of the two rows
    assert "人員嘉獎 2次" in told


def test_all_of_the_page_is_of_the_chosen_agency(con) -> None:
    agency, rank, fell = con.execute(
        """select n.agency_id, n.rank, n.rank - b.rank from marts.service_units_year n
           join marts.service_units_year b on b.agency_id = n.agency_id and b.year = '2022-01-01'
           where n.year = '2023-01-01' and n.rank - b.rank >= 20 and not n.is_special_excellence order by 3 limit 1"""
    ).fetchone()
    test = run("service_quality", year="112", agency=agency)
    ranking, fallen = tables(test)[:2]
    assert f"第 {rank} 名" in text_of(test).split("</h1>")[0]
    assert [row["名次"] for row in ranking] == [str(rank)] and [row["退步名次"] for row in fallen] == [str(fell)]
    assert html_of(test).count("嘉獎 0 次") == 2


def test_those_who_fell_lost_twenty_places_or_more(con) -> None:
    expected = con.execute(
        """select n.rank - b.rank from marts.service_units_year n
           join marts.service_units_year b on b.agency_id = n.agency_id and b.year = '2022-01-01'
           where n.year = '2023-01-01' and n.rank - b.rank >= 20 order by 1 desc"""
    ).fetchall()
    fallen = service_quality.fallen(parse("112"), {"agency_id": []})
    assert expected and [row["退步名次"] for row in fallen] == [places for (places,) in expected]
    read = tables(run("service_quality", year="112"))[1]
    assert [row["退步名次"] for row in read] == [str(places) for (places,) in expected[:10]]


def test_a_month_is_answered_by_its_year_with_a_note(warehouse) -> None:
    assert "評核以年計，以下為111 年" in text_of(run("service_quality", year="111", part="05"))


def test_the_sample_sizes_are_published_and_recorded(warehouse) -> None:
    told = text_of(run("service_quality"))
    for printed in ("95 次", "370 通", "173 機關單位"):
        assert told.count(printed) >= 2
