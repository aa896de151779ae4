"""Do the hard marts say what a person works out on paper? Lights, gaps in days, plans, reviews, rates, states."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import tiny_city, warehouse
from tests.tiny_city import filed, work

MONTHS = ("2023-01", "2023-02", "2023-03", "2023-04")


@pytest.fixture(scope="module")
def city():
    return warehouse.of(**tiny_city.CITY)


def course(work_id: str, planned: list[float], actual: list[float], **given) -> list[dict]:
    """Reports of the months from January 2023 on."""
    return [
        filed(work_id, month, each, done, **given) for month, each, done in zip(MONTHS, planned, actual, strict=False)
    ]


def gaps(planned: list[float], actual: list[float], start: str = "2022-12-31") -> list[tuple]:
    con = warehouse.of(
        works=[work("w", planned_start_on=start)], work_progress=course("w", planned, actual)
    )  # fmt: skip
    return warehouse.ask(con, "select gap_points, gap_days from marts.work_months order by month")


def test_days_behind_are_read_off_the_plan_between_two_month_ends():
    # End of February: done 20 %. The plan stood at 20 % half way from 31 January (10 %) to 28 February (30 %): 14 days.
    # End of March: done 30 %, where the plan stood on 28 February: 31 days.
    assert gaps([0.1, 0.3, 0.5], [0.1, 0.2, 0.3]) == [(0, 0), (-10, 14), (-20, 31)]


def test_a_plan_that_rests_is_counted_from_the_end_of_its_rest():
    # The plan rests at 20 % from January to March: in April, with 20 % done, the delay began on 31 March.
    assert gaps([0.2, 0.2, 0.2, 0.4], [0.2, 0.2, 0.2, 0.2])[-1] == (-20, 30)


def test_before_the_first_report_the_plan_rises_from_its_planned_start():
    # Planned from 11 January (0 %) to 31 January (20 %): 5 % lies on the 16th, fifteen days before the month's end.
    assert gaps([0.2], [0.05], start="2023-01-11") == [(-15, 15)]


def test_a_plan_that_starts_after_its_first_report_counts_from_the_month_before():
    assert gaps([0.1], [0.0], start="2023-03-15") == [(-10, 31)]


def test_a_plan_lowered_by_a_design_change_is_read_as_it_now_stands():
    # 40, 60, then lowered to 30 and 40. April, done 35 %: half way from 31 March (30 %) to 30 April (40 %).
    assert gaps([0.4, 0.6, 0.3, 0.4], [0.4, 0.4, 0.35, 0.35])[-1] == (-5, 15)


def test_a_month_that_was_not_filed_leaves_a_longer_straight_line():
    con = warehouse.of(
        works=[work("w", planned_start_on="2022-12-31")],
        work_progress=[filed("w", "2023-01", 0.1, 0.1), filed("w", "2023-03", 0.69, 0.1)],
    )
    assert warehouse.ask(con, "select gap_points, gap_days, light from marts.work_months order by month") == [
        (0, 0, "on_schedule"), (None, None, "not_filed"), (-59, 59, "seriously_behind"),
    ]  # fmt: skip


SLOW = [0.01, 0.02, 0.03, 0.04]  # so slow that only the days can make a light


EDGES = [
    ([0.5], [0.4501], "on_schedule"), ([0.5], [0.45], "behind"), ([0.5], [0.4001], "behind"),
    ([0.5], [0.4], "seriously_behind"), ([0.5], [0.5499], "on_schedule"), ([0.5], [0.55], "ahead"),
    # 31 March less 59 days is 31 January (1 %); less 60 days is 30 January (30/31 of it).
    (SLOW[:3], [0.01, 0.01, 0.01], "on_schedule"), (SLOW[:3], [0.009, 0.009, 0.01 * 30 / 31], "behind"),
    # 30 April less 119 days is 1 January (1/31 of 1 %); less 120 days is 31 December (nothing).
    (SLOW, [0, 0, 0, 0.01 / 31], "behind"), (SLOW, [0, 0, 0, 0], "seriously_behind"),
]  # fmt: skip


def test_a_light_changes_exactly_at_its_threshold():
    con = warehouse.of(
        works=[work(f"w{place}", planned_start_on="2022-12-31") for place in range(len(EDGES))],
        work_progress=[
            row
            for place, (planned, actual, _) in enumerate(EDGES)
            for row in course(f"w{place}", planned, actual, filed_on="2023-05-06")  # so that April was due
        ],
    )
    lights = warehouse.ask(
        con, "select max_by(light, month) from marts.work_months where is_filed group by work_id order by work_id"
    )
    assert [light for (light,) in lights] == [light for *_, light in EDGES]


def test_states_that_are_not_a_gap():
    con = warehouse.of(
        works=[
            work("halted"), work("missing"), work("free", control_class="none"),
            work("gone", suspended_on="2023-01-31"), work("done", finished_on="2023-01-31"),
            work("nearly", finished_on="2023-02-01"), work("later", registered_on="2023-02-01"),
        ],
        work_progress=[
            filed("halted", "2023-01", 0.5, 0.1, status="halted"), filed("done", "2023-01", 0.5, 0.1),
            filed("nearly", "2023-01", 0.5, 0.5),
        ],
    )  # fmt: skip
    assert dict(warehouse.ask(con, "select work_id, light from marts.work_months")) == {
        "halted": "halted", "missing": "not_filed", "free": None, "gone": None, "done": "completed",
        "nearly": "on_schedule",
    }  # fmt: skip


def test_the_threshold_is_the_one_of_the_rules():
    con = warehouse.of(works=[work("w")], work_progress=course("w", [0.5], [0.46]))
    con.execute("update meta.rules set value = -4 where name = 'behind_points'")
    sql = (warehouse.build.WAREHOUSE / "marts" / "progress_lights.sql").read_text(encoding="utf-8")
    assert warehouse.one(con, f"select light from ({sql}) where subject_kind = 'work'") == "behind"


def test_a_plan_is_as_far_as_its_works_weighted_by_budget(city):
    rows = warehouse.ask(
        city, "select plan_id, month, planned_progress, actual_progress, light, works, completed_works "
        "from marts.forward_plan_months order by all",
    )  # fmt: skip
    january, february = dt.date(2023, 1, 1), dt.date(2023, 2, 1)
    assert [(*row[:2], round(row[2], 9), round(row[3], 9), *row[4:]) for row in rows] == [
        ("f1", january, 0.2, 0.2, "on_schedule", 2, 0),
        ("f1", february, 0.5, 0.35, "seriously_behind", 2, 0),  # (100 × 0.5 + 300 × 0.3) ÷ 400
        ("f2", january, 0.9, 0.9, "on_schedule", 1, 0),
        ("f2", february, 1, 1, "completed", 1, 1),
    ]


def test_a_plan_is_completed_with_its_last_work_and_not_before():
    rows = {
        "forward_plans": [tiny_city.CITY["forward_plans"][0]],
        "works": [
            work("w1", plan_id="f1", budget_twd=100, finished_on="2023-01-20"),
            work("w2", plan_id="f1", budget_twd=100, registered_on="2023-02-10", finished_on="2023-03-20"),
        ],
        "work_progress": [filed("w2", "2023-02", 0.5, 0.5), filed("w1", "2023-01", 1, 1), filed("w2", "2023-03", 1, 1)],
    }
    con = warehouse.of(**rows)
    assert warehouse.ask(con, "select actual_progress, light from marts.forward_plan_months order by month") == [
        (0.5, "on_schedule"), (0.75, "on_schedule"), (1, "completed"),
    ]  # fmt: skip
    assert warehouse.one(con, "select finished_on from marts.forward_plans") == dt.date(2023, 3, 20)


def test_a_red_light_answers_its_five_questions(city):
    assert warehouse.one(
        city,
        """select gap_points, gap_days, light_since, behind_since, lag_factor, lag_cause, remedy, owner_id, promised_on,
                  is_promise_broken, life_cycle from marts.works where work_id = 'w2'""",
    ) == (
        -20, 18.7, dt.date(2023, 2, 1), dt.date(2023, 2, 1), "land", "用地", "協調", "land", dt.date(2023, 2, 20),
        True, "controlled",
    )  # fmt: skip  # 30 % stood a third of the way from 31 January (20 %) to 28 February (50 %): 28 × 2/3 days ago


def test_since_when_survives_a_month_not_filed_and_a_change_of_red():
    con = warehouse.of(
        works=[work("w", planned_start_on="2022-12-31")],
        work_progress=[
            filed("w", "2023-01", 0.1, 0.1), filed("w", "2023-02", 0.2, 0.15), filed("w", "2023-04", 0.4, 0.15),
        ],
    )  # fmt: skip
    assert warehouse.one(con, "select light, light_since, behind_since from marts.works") == (
        "seriously_behind", dt.date(2023, 4, 1), dt.date(2023, 2, 1),
    )  # fmt: skip


def test_a_remaining_plan_is_too_steep_from_twice_the_best_pace():
    # Best month so far: 10 points. At the end of March 30 % are done, 70 remain; the last is overdue already.
    finishes = {"2023-09-30": False, "2023-07-31": False, "2023-07-01": True, "2023-03-31": True}
    con = warehouse.of(
        works=[work(finish, planned_finish_on=finish) for finish in finishes],
        work_progress=[row for finish in finishes for row in course(finish, [0.1, 0.2, 0.3], [0.1, 0.2, 0.3])],
    )
    assert dict(warehouse.ask(con, "select work_id, is_remaining_plan_too_steep from marts.works")) == finishes


def test_both_budget_rates_are_kept_apart(city):
    assert warehouse.ask(
        city, "select work_id, executed_to_allocated_rate, executed_to_budget_rate from marts.budgets order by 1"
    ) == [("w1", 0.75, 0.45), ("w2", 35 / 40, 35 / 300)]


def test_reports_are_on_time_until_the_fifth():
    con = warehouse.of(
        works=[work("w"), work("x")],
        work_progress=[
            filed("w", "2023-01", 0.1, 0.1, filed_on="2023-02-05"),
            filed("w", "2023-02", 0.1, 0.1, filed_on="2023-03-06"),
            filed("x", "2023-02", 0.1, 0.1, filed_on="2023-02-28"),
        ],
    )
    assert warehouse.ask(con, "select work_id, state, days_late from marts.filings order by work_id, month") == [
        ("w", "filed", 0), ("w", "late", 1), ("x", "not_filed", None), ("x", "filed", 0),
    ]  # fmt: skip


def open_month(delivered_on: str, *more: dict) -> warehouse.duckdb.DuckDBPyConnection:
    """Three works report for January; for February one does so early, and a slip of the pen reports for May."""
    return warehouse.of(
        delivered_on,
        works=[work("w"), work("x", plan_id="f1"), work("y")],
        forward_plans=tiny_city.CITY["forward_plans"][:1],
        work_progress=[
            *(filed(each, "2023-01", 0.1, done) for each, done in (("w", 0.1), ("x", 0.1), ("y", 0.0))),
            filed("w", "2023-02", 0.2, 0.2, filed_on="2023-02-28"),
            filed("y", "2023-05", 0.9, 0.9, filed_on="2023-02-03"), *more,
        ],
        work_lags=[
            {"work_id": "y", "month": f"2023-{month}-01", "factor": "weather", "cause": month, "promised_on": None}
            for month in ("01", "02")
        ],
    )  # fmt: skip


@pytest.mark.parametrize("delivered_on", ["2023-03-05", "2026-11-25"])  # the very day on which it is due; years later
def test_one_early_report_does_not_make_the_others_missing(delivered_on):
    con = open_month(delivered_on)
    assert warehouse.ask(con, "select work_id, month, light, filed_month, lag_cause from marts.works order by 1") == [
        ("w", dt.date(2023, 1, 1), "on_schedule", dt.date(2023, 1, 1), None),
        ("x", dt.date(2023, 1, 1), "on_schedule", dt.date(2023, 1, 1), None),
        ("y", dt.date(2023, 1, 1), "seriously_behind", dt.date(2023, 1, 1), "01"),
    ]
    for mart in ("progress_curves", "works_month_states", "late_reporters", "filings", "forward_plan_months"):
        assert warehouse.one(con, f"select max(month) from marts.{mart}") == dt.date(2023, 1, 1), mart
    assert warehouse.one(con, "select light from marts.forward_plans") == "on_schedule"


@pytest.mark.parametrize(
    ("delivered_on", "report", "month"),
    [("2023-03-05", "2023-03-02", 1), ("2023-03-06", "2023-03-02", 2), ("2023-03-01", "2023-03-06", 2)],
)
def test_a_month_is_owed_once_it_was_due(delivered_on, report, month):
    """Two of three have reported: the day after it was due, or once somebody has reported late, the third is missing."""
    con = open_month(delivered_on, filed("x", "2023-02", 0.2, 0.2, filed_on=report))
    assert warehouse.one(con, "select month from marts.filing_reach") == dt.date(2023, month, 1)
    missing = warehouse.ask(con, "select work_id from marts.works where light = 'not_filed'")
    assert missing == [("y",)] * (month - 1)


def test_before_anything_was_due_there_is_no_month_and_no_work_has_a_light():
    con = warehouse.of("2023-02-03", works=[work("w")], work_progress=[filed("w", "2023-01", 0.1, 0.1)])
    assert warehouse.ask(con, "select month, light, filed_month from marts.works") == [(None, None, None)]
    assert warehouse.one(con, "select count(*) from marts.work_months") == 0


def test_milestones_slip_by_what_was_done_forecast_or_has_passed(city):
    assert warehouse.ask(city, "select milestone, slip_days, is_overdue from marts.milestones order by planned_on") == [
        ("design", -2, False), ("start", 10, False), ("half", 10, True), ("finish", 10, False),
    ]  # fmt: skip


def test_petitions_open_past_their_due_date_are_late_and_those_due_today_are_not(city):
    assert warehouse.ask(city, "select petition_id, state, is_on_time from marts.petitions order by 1") == [
        ("p1", "closed_on_time", True), ("p2", "closed_on_time", True), ("p3", "closed_late", False),
        ("p4", "open_overdue", False), ("p5", "open_in_time", None), ("p6", "closed_on_time", True),
    ]  # fmt: skip


def test_a_petition_without_a_due_date_has_the_usual_seven_days():
    dates = {"p1": ("2023-01-01", "2023-01-08"), "p2": ("2023-01-01", "2023-01-09"), "p3": ("2023-01-09", None)}
    con = warehouse.of(
        petitions=[
            {"petition_id": petition, "received_on": received, "closed_on": closed}
            for petition, (received, closed) in dates.items()
        ],
        hotline_cases=[{"case_id": "k", "received_at": "2023-01-01 10:00:00", "closed_at": "2023-01-08 10:00:00"}],
    )
    assert dict(warehouse.ask(con, "select petition_id, state from marts.petitions")) == {
        "p1": "closed_on_time", "p2": "closed_late", "p3": "open_in_time",
    }  # fmt: skip
    assert warehouse.one(con, "select state from marts.cases") == "closed_on_time"


def test_a_missing_review_leaves_its_weight_to_the_others(city):
    rows = warehouse.ask(
        city, "select agency_id, total_score, rank, band, phone_staff_rewards, manager_rewards, is_commended "
        "from marts.service_units_year order by rank, agency_id",
    )  # fmt: skip
    assert rows == [
        ("labor", 92.5, 1, "special", 2, 1, True),  # 0.4 × 85 + 0.3 × 100 + 0.3 × 95
        ("fire", 80, 2, "excellent", 0, 0, False),
        ("police", 80, 2, "excellent", 0, 0, False),
        ("land", 78.5714, 4, "grade_a", 0, 0, False),  # (0.4 × 70 + 0.3 × 90) ÷ 0.7
    ]


def test_a_band_begins_at_its_score():
    scores = {"fire": 90, "police": 89.99, "labor": 80, "land": 70, "news": 69.99}
    con = warehouse.of(
        phone_tests=[
            {"test_id": unit, "tested_on": "2023-06-01", "agency_id": unit, "score": score}
            for unit, score in scores.items()
        ]
    )
    assert dict(warehouse.ask(con, "select agency_id, band from marts.service_units_year")) == {
        "fire": "special", "police": "excellent", "labor": "excellent", "land": "grade_a", "news": "other",
    }  # fmt: skip


def test_the_funnel_counts_all_that_came_at_least_so_far(city):
    assert warehouse.ask(city, "select stage, entries from marts.gsa_funnel order by stage_order") == [
        ("coached", 6), ("recommended", 3), ("shortlisted", 2), ("won", 1),
    ]  # fmt: skip


def test_a_named_site_keeps_its_published_facts_and_an_honest_place():
    con = warehouse.of(works=[work("x1", title="安平再生水廠新建工程", coordinate_precision="exact")])
    rows = warehouse.ask(con, "select title, work_id, coordinate_precision from marts.sites where is_published")
    assert len(rows) == 7
    assert ("安平再生水廠新建工程", "x1", "district") in rows
    assert {precision for *_, precision in rows} == {"village", "district"}


def test_a_row_is_simulated_where_any_of_its_records_is():
    real = [{**row, "is_simulated": False} for row in tiny_city.CITY["petitions"]]
    con = warehouse.of(petitions=real)
    assert warehouse.ask(con, "select distinct is_simulated from marts.petitions_month") == [(False,)]
    con = warehouse.of(petitions=[*real[:-1], tiny_city.CITY["petitions"][-1]])
    assert warehouse.ask(con, "select month, is_simulated from marts.petitions_month order by 1") == [
        (dt.date(2023, 1, 1), False), (dt.date(2023, 2, 1), True),
    ]  # fmt: skip


def test_counts_that_a_document_prints_are_recomputed_and_a_wrong_rate_stays_wrong():
    works = [work(f"w{number}", plan_id="f1", registered_on="2022-01-01") for number in range(4)]
    con = warehouse.of(
        forward_plans=tiny_city.CITY["forward_plans"],
        works=[*works[:3], work("w3", plan_id="f1", registered_on="2022-01-01", finished_on="2022-12-31")],
        work_progress=[filed(f"w{number}", "2022-12", 0.5, 0.5 - number / 10) for number in range(3)],
        special_line_calls=tiny_city.CITY["special_line_calls"],
    )
    found = dict(warehouse.ask(con, "select key, value from marts.published_recomputations"))
    assert {key: found[key] for key in found if key.startswith(("forward_works", "special"))} == {
        "forward_works": 4, "forward_works_completed": 1, "forward_works_completion_rate": 25,
        "forward_works_on_schedule": 2, "forward_works_on_schedule_rate": 50, "special_line_calls_2021": 7,
        "special_line_calls_2022": 5,
    }  # fmt: skip


def test_the_subsidy_received_is_that_of_the_plans_approved_by_then():
    plans = [{**tiny_city.CITY["forward_plans"][0], "plan_id": plan, "approved_on": on, "budget_twd": 3e8,
              "subsidy_twd": 2e8} for plan, on in (("f1", "2022-12-31"), ("f2", "2023-01-01"))]  # fmt: skip
    con = warehouse.of(
        forward_plans=plans, works=[work("w", plan_id="f1", registered_on="2022-01-01")],
        work_progress=[filed("w", "2022-12", 0.5, 0.5)],
    )  # fmt: skip
    assert warehouse.ask(
        con, "select value, unit from marts.published_recomputations where key = 'forward_subsidy_amount'"
    ) == [(2, "億元")]


def test_a_period_that_the_records_do_not_cover_is_not_recomputed(city):
    keys = {key for (key,) in warehouse.ask(city, "select key from marts.published_recomputations")}
    assert "hotline_contacts_5y" not in keys and "petitions_tracked_4y" not in keys and "forward_works" not in keys


def test_every_mart_says_its_grain_and_whether_it_is_simulated(city):
    ours = sorted((warehouse.build.WAREHOUSE / "marts").glob("*.sql"))
    for path in ours:
        first = path.read_text(encoding="utf-8").splitlines()[0].lower()
        assert first.startswith("-- one row per "), path.name
        columns = {name for (name, *_) in city.execute(f"describe marts.{path.stem}").fetchall()}
        # The ledger and its reconciliation carry their own marks.
        assert "is_simulated" in columns or path.stem in ("published_figures", "reconciliation"), path.name


def test_notices_of_works_are_taken_from_one_feed_only():
    notice = {"title": "決標", "published_on": "2023-01-05"}
    both = warehouse.of(award_notices_works=[notice], tender_dataset=[notice, notice], award_notices_goods=[notice])
    assert warehouse.ask(both, "select notice_kind, count(*) from marts.award_notices group by 1 order by 1") == [
        ("goods", 1), ("works", 1),
    ]  # fmt: skip
    other = warehouse.of(tender_dataset=[notice, notice])
    assert warehouse.ask(other, "select notice_kind, count(*) from marts.award_notices group by 1") == [("works", 2)]


def test_a_tender_shows_its_latest_month():
    con = warehouse.of(
        tenders=[{"tender_id": "t1", "title": "模擬標案"}],
        tender_progress=[
            {"tender_id": "t1", "month": "2023-01-01", "planned_progress": 0.2, "actual_progress": 0.2},
            {"tender_id": "t1", "month": "2023-02-01", "planned_progress": 0.4, "actual_progress": 0.3},
        ],
        tender_changes=[
            {"tender_id": "t1", "changed_on": "2023-02-01", "amount_before_twd": 5, "amount_after_twd": 7,
             "extension_days": 10},
        ],
    )  # fmt: skip
    assert warehouse.one(con, "select month, gap_points, changes, amount_change_twd from marts.tenders") == (
        dt.date(2023, 2, 1), -10, 1, 2,
    )  # fmt: skip
