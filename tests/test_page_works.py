"""Do the register, the meetings' lists and the page of one work say what the warehouse holds?"""

from __future__ import annotations

import pytest

from dashboard import look, words, work, works
from dashboard.periods import parse
from dashboard.warehouse import here
from tests.test_pages import pieces, run, shown, tables, text_of

pytestmark = pytest.mark.usefixtures("chinese")

CONTROLLED = "control_class in ('major', 'forward_small')"


def test_the_message_counts_the_open_works(con) -> None:
    counts = dict(con.execute(f"select light, count(*) from marts.works where {CONTROLLED} group by 1").fetchall())
    told = text_of(run("works"))
    still = sum(count for light, count in counts.items() if light not in (None, "completed"))
    assert f"列管中 {still} 件：落後 {counts['behind']}、嚴重落後 {counts['seriously_behind']}" in told


def counted(con, month: str) -> dict[str, int]:
    return dict(con.execute(
        f"select light, count(*) from marts.work_months where {CONTROLLED} and month = ? and light is not null group by 1",
        [month]).fetchall())  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "month"),
    [({"year": "111"}, "2022-12-01"), ({"year": "111", "part": "Q2"}, "2022-06-01"),
     ({"year": "110", "part": "03"}, "2021-03-01")],
)  # fmt: skip
def test_a_period_shows_the_states_of_its_last_month_and_names_it(con, asked: dict, month: str) -> None:
    counts = counted(con, month)
    still = sum(count for light, count in counts.items() if light != "completed")
    told = text_of(run("works", **asked))
    said = f"{int(month[:4]) - 1911} 年 {int(month[5:7])} 月底列管中 {still} 件：落後 {counts.get('behind', 0)}"
    assert said in told.split("</h1>")[0]
    assert f"未完工 {still} 件中" in told and "當年列管件數" in told


def test_each_state_is_held_against_the_month_and_the_year_before(con) -> None:
    now, before, earlier = (counted(con, month) for month in ("2022-06-01", "2022-05-01", "2021-06-01"))
    of = works.Scope({"control_class": works.CLASSES["controlled"], "agency_id": [], "district_id": []}, None, None, None, "")
    lines = {row[0]: row[1:] for row in works.changes(of, parse("111-06"))}
    for light in look.STATES:
        n = now.get(light, 0)
        signed = [f"{'+' if by > 0 else ''}{words.number(by)}" for by in (n - before.get(light, 0), n - earlier.get(light, 0))]
        assert lines[works.state(light)] == [words.number(n), *signed]
    still = [sum(count for light, count in each.items() if light != "completed") for each in (now, before, earlier)]
    assert lines["未完工合計"][0] == words.number(still[0]) and lines["未完工合計"][1] != lines["未完工合計"][2]
    first = works.changes(of, parse("108-01"))
    assert {tuple(row[2:]) for row in first} == {("—", "—")}  # nothing is known of 107


def test_each_view_says_what_it_is_about(warehouse) -> None:
    views = ("states", "register", "monthly", "quarterly", "reporters", "scores")
    titles = {view: text_of(run("works", view=view, year="111")).split("</h1>")[0].rsplit(">", 1)[1] for view in views}
    assert len(set(titles.values())) == len(views), titles
    for view in ("register", "monthly", "quarterly"):
        assert "不隨期間改變" in text_of(run("works", view=view, year="111"))
    assert "111 年" in titles["reporters"] and "111 年" in titles["scores"]


@pytest.mark.parametrize("asked", [{"control": "none"}, {"year": "112", "agency": "labor"}])
def test_states_of_nothing_are_a_sentence(warehouse, asked: dict) -> None:
    test = run("works", **asked)
    assert not test.exception and not test.error and words.t("frame.no_rows") in [each.value for each in test.info]


def test_works_that_are_all_finished_have_no_empty_chart(con) -> None:
    agency, district = con.execute(
        f"""select agency_id, district_id from marts.works where {CONTROLLED} group by all
            having bool_and(is_completed) order by all limit 1"""
    ).fetchone()
    test = run("works", agency=agency, district=district)
    assert not test.exception and not test.error and "皆已完工" in "".join(pieces(test))


@pytest.mark.parametrize(("view", "lights"), [("monthly", ["behind"]), ("quarterly", ["seriously_behind", "halted"])])
def test_a_meeting_sees_each_of_its_works_worst_first(con, view: str, lights: list[str]) -> None:
    expected = con.execute(
        f"""select title from marts.works where {CONTROLLED} and list_contains(?, light)
            and work_id not in (select work_id from marts.sites where is_published)
            order by light = 'seriously_behind', gap_days desc nulls last, work_id""",
        [lights],
    ).fetchall()
    [listed] = shown(run("works", view=view))
    assert list(listed["工程"]) == [title for (title,) in expected]
    assert {"差距（百分點）", "差距（天）", "落後自", "原因", "對策", "主責", "承諾"} <= set(listed.columns)


def test_broken_promises_are_marked(con) -> None:
    broken = {title for (title,) in con.execute(
        f"select title from marts.works where {CONTROLLED} and is_promise_broken and light <> 'behind'").fetchall()}  # fmt: skip
    [listed] = shown(run("works", view="quarterly"))
    assert set(listed["工程"][listed["承諾"].str.startswith("✖")]) == broken


@pytest.mark.parametrize(
    ("asked", "condition"),
    [
        ({"agency": "public_works"}, "agency_id = 'public_works'"),
        ({"district": "yongkang", "light": "halted"}, "district_id = 'yongkang' and light = 'halted'"),
        ({"kind": "road", "budget": "large"}, "work_kind = 'road' and budget_twd >= 1e9"),
        ({"budget": "medium"}, "budget_twd >= 1e8 and budget_twd < 1e9"),
        ({"factor": "weather"}, "lag_factor = 'weather'"),
        ({"q": "0687"}, "(title like '%0687%' or work_id like '%0687%')"),
        ({"control": "none"}, None),
    ],
)
def test_the_register_is_narrowed_by_each_filter(con, asked: dict, condition: str | None) -> None:
    where = f"{CONTROLLED} and {condition}" if condition else "control_class = 'none'"
    expected = {number for (number,) in con.execute(f"select work_id from marts.works where {where}").fetchall()}
    frames = shown(run("works", view="register", **asked))
    assert (set(frames[0]["編號"]) if frames else set()) == expected


def test_a_named_real_work_shows_no_simulated_progress(con) -> None:
    names = [row for (row,) in con.execute("select work_id from marts.sites where is_published").fetchall()]
    assert len(names) == 7
    [listed] = shown(run("works", view="register"))
    real = listed[listed["編號"].isin(names)]
    assert len(real) == 6 and set(real["燈號"]) == {"★ 公開工程"}  # the seventh is not under control
    assert real[["預定 %", "實際 %", "差距（天）"]].isna().all().all()
    page = run("work", work=names[0])
    assert "進度未公布" in text_of(page) and "排序" not in text_of(page) and "嚴重落後" not in text_of(page)


def test_the_life_cycle_holds_every_controlled_work(con) -> None:
    total = con.execute(f"select count(*) from marts.works where {CONTROLLED}").fetchone()[0]
    scope = works.Scope({"control_class": ["major", "forward_small"]}, None, None, None, "")
    steps = works.life_cycle(scope, works.reach())
    assert [row[0] for row in steps] == ["新增", "納入列管", "執行", "控管", "完工待解除", "解除列管", "暫緩列管"]
    counts = {row[0]: int(row[2].replace(",", "")) for row in steps}
    assert sum(counts.values()) == total
    lights = con.execute(f"select light, count(*) from marts.works where {CONTROLLED} group by 1").fetchall()
    still = sum(count for light, count in lights if light not in (None, "completed"))
    assert counts["納入列管"] + counts["執行"] + counts["控管"] == still  # the open works of the title
    late = con.execute(f"select count(*) from marts.works where {CONTROLLED} and life_cycle = 'executing' and is_completed")
    assert late.fetchone()[0] == 0


@pytest.mark.parametrize(
    ("asked", "when"),
    [({"year": "112"}, "year(month) = 2023"), ({"year": "112", "part": "10"}, "month = '2023-10-01'"),
     ({"year": "111", "agency": "water_resources"}, "year(month) = 2022 and agency_id = 'water_resources'"),
     ({"year": "111", "control": "major"}, "year(month) = 2022 and control_class = 'major'")],
)  # fmt: skip
def test_late_reporters_are_all_of_the_period_the_longest_first(con, asked: dict, when: str) -> None:
    newest, late, missing = con.execute(
        f"""select (select max(filed_on) from marts.work_months), count(*) filter (where state = 'late'),
                   count(*) filter (where state = 'not_filed') from marts.filings where {when}"""
    ).fetchone()
    test = run("works", view="reporters", **asked)
    [listed] = shown(test)
    assert late and f"逾期 {late}、未填 {missing}" in text_of(test).split("</h1>")[0]
    assert list(listed["填報"]).count("逾期填報") == late and list(listed["填報"]).count("未填報") == missing
    assert list(listed["逾期天數"]) == sorted(listed["逾期天數"], reverse=True) and listed["逾期天數"].min() > 0
    days = con.execute(
        f"select max(coalesce(days_late, ?::date - due_on)) from marts.filings where state <> 'filed' and {when}", [newest]
    ).fetchone()[0]
    assert listed["逾期天數"].max() == days


def test_no_report_is_late_before_it_is_due(con) -> None:
    early = con.execute(
        """select count(*) from marts.filings
           where state = 'not_filed' and due_on >= (select max(filed_on) from marts.work_months)"""
    ).fetchone()[0]
    assert early == 0


def test_no_score_is_invented(con) -> None:
    test = run("works", view="scores")
    [listed] = shown(test)
    assert "未印公式" in "".join(each.value for each in test.caption)
    row = listed[listed["主辦機關"] == "水利局"].iloc[0]
    rate = con.execute(
        """select sum(filed_on_time) / sum(reports) from marts.late_reporters
           where agency_id = 'water_resources' and year(month) = 2023"""
    ).fetchone()[0]
    assert row["如期填報率（%）"] == pytest.approx(rate * 100, abs=0.06)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_work_answers_for_itself(con, language: str) -> None:
    number, title, points, days = con.execute(
        f"""select work_id, title, gap_points, gap_days from marts.works
            where {CONTROLLED} and light = 'seriously_behind' and not title like '%E8%' order by gap_days desc limit 1"""
    ).fetchone()
    test = run("work", work=number, lang=language)
    told = text_of(test)
    assert not test.exception and not test.error
    assert title in told and words.number(-points, 1) in told and words.number(round(days)) in told
    for relation, listed in (("marts.work_lags", work.reasons), ("marts.work_months", work.history)):
        rows = con.execute(f"select count(*) from {relation} where work_id = ?", [number]).fetchone()[0]
        assert len(listed({"work_id": number})) == rows and words.number(rows) in told
    months, history = tables(test)[-1], work.history({"work_id": number})
    for said, row in zip(months, history, strict=False):
        light, planned = (words.t(f"works.{name}") for name in ("light", "planned"))
        assert said[light] == row[light] and said[planned] == words.number(row[planned], 1)
    assert len(months) == 8
    strip = next(each for each in pieces(test) if '<ol class="strip">' in each)
    assert strip.count("<li ") == 24  # the lights of two years


def test_a_work_without_reports_has_a_page_too(con) -> None:
    numbers = con.execute(
        """select work_id from marts.works where light is null or light = 'not_filed'
           union all (select work_id from marts.works where is_completed limit 2)"""
    ).fetchall()
    for (number,) in numbers:
        test = run("work", work=number)
        assert not test.exception and not test.error, number


def test_both_denominators_stand_apart(con) -> None:
    number, allocated, budget = con.execute(
        """select work_id, executed_twd / allocated_twd, executed_twd / budget_twd from marts.budgets
           where abs(executed_twd / allocated_twd - executed_twd / budget_twd) > 0.01 order by work_id, year desc limit 1"""
    ).fetchone()
    row = {"work_id": number}
    assert work.money(row)[0][4:] == [words.amount(allocated, "percent"), words.amount(budget, "percent")]


def test_a_plan_too_steep_says_why(con) -> None:
    rows = [row for row in here().rows("select * from marts.works where is_remaining_plan_too_steep")]
    assert rows
    for row in rows:
        assert work.steepness(row)
    for row in here().rows("select * from marts.works where not is_remaining_plan_too_steep limit 50"):
        assert work.steepness(row) == ""


def test_states_have_shape_and_word(warehouse) -> None:
    for light, state in look.STATES.items():
        assert works.state(light).startswith(state.icon) and len(works.state(light)) > 3
