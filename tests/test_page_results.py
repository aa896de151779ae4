"""Do the pages of the service award, the goals and participation say what documents and records hold?"""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import service_award, words
from dashboard.warehouse import published
from tests.test_pages import pieces, run, shown, tables, text_of

pytestmark = pytest.mark.usefixtures("chinese")


def test_the_funnel_of_112_is_that_of_the_document(warehouse) -> None:
    told = text_of(run("service_award")).split("</h1>")[0]
    assert "輔導 64 → 推薦 6 → 入圍 4 → 得獎 2" in told


def test_each_edition_lists_who_was_recommended_and_what_is_due(con) -> None:
    for edition in ("6", "5", "2"):
        test = run("service_award", edition=edition)
        expected = con.execute(
            "select topic from marts.gsa_entries where edition = ? and stage <> 'coached' order by stage_order desc, entry_id",
            [int(edition)],
        ).fetchall()
        assert [row["參獎主題"] for row in tables(test)[0]] == [topic for (topic,) in expected]
        due = con.execute(
            """select count(*) filter (where stage = 'recommended') * 10000 + count(*) filter (where stage = 'shortlisted') * 30000
               from marts.gsa_entries where edition = ?""",
            [int(edition)],
        ).fetchone()[0]
        assert f"應給獎補助金 {words.amount(due, 'twd')}" in text_of(test)


def test_the_three_winners_of_111_have_their_topics(warehouse) -> None:
    listed = tables(run("service_award", edition="5"))[0]
    assert {row["參獎主題"] for row in listed if row["階段"].startswith("★")} == {"城市數據交換．城市自主感知", "全球公版直播教學．停課不停學", "偏鄉生活便利行．小黃公車揪感心"}


def test_the_limit_of_the_abstract_is_the_printed_one(warehouse) -> None:
    assert published("abstract_max_characters")[-1]["value"] == service_award.LONGEST


def counting() -> None:
    from dashboard import service_award

    service_award.count_draft()  # what the button of the page opens


@pytest.mark.parametrize(("count", "fits"), [(0, True), (2000, True), (2001, False)])
def test_an_abstract_is_counted_without_blanks(warehouse, count: int, fits: bool) -> None:
    draft = "字 \n" * count
    assert 'data-key="draft"' in "".join(pieces(run("service_award")))
    test = AppTest.from_function(counting, default_timeout=30)
    test.session_state["lang"] = "zh"
    test.run().text_area(key="draft").set_value(draft).run()
    told = "".join(each.value for each in test.markdown)
    assert f"{words.number(count)}／2,000 字" in told and ("尚可" in told) == fits


def test_every_part_of_the_form_is_on_the_checklist(con) -> None:
    parts = con.execute("select zh, required from seeds.service_award_form").fetchall()
    told = text_of(run("service_award"))
    assert all(zh in told for zh, _ in parts)
    html = next(each for each in pieces(run("service_award")) if "☐" in each)
    assert html.count("■ 必填") == sum(1 for _, required in parts if required)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_plan_is_a_tree_with_light_only_where_a_number_is_printed(con, language: str) -> None:
    rows = con.execute("select count(distinct goal_id), count(distinct goal_id) filter (where target is not null) from marts.goals_progress").fetchone()
    test = run("goals", lang=language)
    html = next(each for each in pieces(test) if "depth2" in each)
    assert html.count("<tr>") == rows[0] + 1
    assert html.count("● ") + html.count("◆ ") == rows[1] == 2


@pytest.mark.parametrize(
    ("view", "relation", "reached", "target"),
    [
        ("budget", "marts.agency_budgets_year", "executed_twd / allocated_twd", 0.9),
        ("learning", "marts.learning_year", "hours / staff", 20),
    ],
)
def test_agencies_below_the_target_come_first(con, view: str, relation: str, reached: str, target: float) -> None:
    below = con.execute(f"select count(*) from {relation} where year = '2023-01-01' and {reached} < {target}").fetchone()[0]
    test = run("goals", view=view, year="112")
    assert f"{below} 個機關未達" in text_of(test).split("</h1>")[0]
    lights = list(shown(test)[0]["燈號"])
    assert lights.count("◆ 未達") == below and lights[:below] == ["◆ 未達"] * below


def test_the_office_of_anping_is_judged_by_its_own_targets(con) -> None:
    met, of = con.execute("select count(*) filter (where achieved >= target), count(*) from marts.district_office_progress").fetchone()
    test = run("goals", view="office")
    assert f"{of} 項預期指標，{met} 項達成" in text_of(test)
    assert "模擬資料" in text_of(test)


def test_participation_counts_visits_youth_and_volunteers(con) -> None:
    visits = con.execute("select sum(visits) from marts.joint_centre_month where year(month) = 2022").fetchone()[0]
    people = con.execute("select sum(people) from marts.volunteers_year where year = '2022-01-01'").fetchone()[0]
    told = text_of(run("participation", year="111"))
    assert words.amount(visits, "visits") in told and f"志工 {people} 人" in told
    assert "55 位" in told and "178 位" in told
