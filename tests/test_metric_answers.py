"""Is every metric what a person works out by hand from the tiny city? No metric may go without an answer."""

from __future__ import annotations

import pytest

from dashboard import metrics
from data_pipeline import build
from tests import tiny_city, warehouse

# Worked by hand from tests/tiny_city.py, over all periods and everything; snapshots show February 2023.
ANSWERS = {
    "hotline.contacts": 5, "hotline.phone_contacts": 3, "hotline.online_contacts": 2, "hotline.online_share": 2 / 5,
    "hotline.dispatched": 2, "hotline.waits": 3, "hotline.mean_wait": (10 + 20 + 60) / 3,
    "hotline.answered_in_time_rate": 2 / 3,
    "hotline_days.contacts": 5, "hotline_days.busiest_day": 2,
    "satisfaction.answered": 6, "satisfaction.satisfied": 4, "satisfaction.after_call_answered": 4,
    "satisfaction.after_call_rate": 3 / 4, "satisfaction.after_dispatch_answered": 2,
    "satisfaction.after_dispatch_rate": 1 / 2, "satisfaction.dissatisfied_rate": 1 / 6,
    "special_lines.calls": 12,
    "open1999.cases": 2, "award_notices.notices": 2,
    # k1 to the minute, k2 one minute late, k3 overdue, k4 not yet due.
    "cases.received": 4, "cases.closed": 2, "cases.open_overdue": 1, "cases.judged": 3, "cases.on_time_rate": 1 / 3,
    "cases.mean_hours": (168 + 168.02) / 2,
    # On time p1 p2 p6, late p3, overdue p4; p5 is due on the last day of the data: not yet late.
    "petitions.received": 6, "petitions.closed": 4, "petitions.closed_late": 1, "petitions.open_overdue": 1,
    "petitions.open_in_time": 1, "petitions.judged": 5, "petitions.on_time_rate": 3 / 5,
    "petitions.mean_days": (0 + 7 + 11 + 1) / 4,
    # Days 0, 1, 7, 11: half within 1, nine tenths only within 11.
    "petition_days.closed": 4, "petition_days.median_days": 1, "petition_days.p90_days": 11,
    # labor 0.4 × 85 + 0.3 × 100 + 0.3 × 95 = 92.5; police and fire 80 from the phone alone; land 78.57.
    "service_reviews.units": 4, "service_reviews.mystery_audits": 3, "service_reviews.mystery_audit_score": 80,
    "service_reviews.phone_tests": 3, "service_reviews.phone_test_score": 260 / 3,
    "service_reviews.reply_cases": 100, "service_reviews.reply_on_time_rate": 0.9,
    "service_reviews.special_excellence_units": 1, "service_reviews.special_excellence_rate": 1 / 4,
    "service_reviews.best_score": 92.5, "service_reviews.rewards": 2 + 1 + 1,
    "award_funnel.coached": 6, "award_funnel.recommended": 3, "award_funnel.shortlisted": 2, "award_funnel.won": 1,
    "award_funnel.reached": 12, "award_funnel.win_rate": 1 / 3,
    "award_entries.entries": 6, "award_entries.subsidies": 10_000 + 30_000,
    # f1 stands at (100 × 0.5 + 300 × 0.3) ÷ 400 = 0.35 against 0.5; the only work of f2 is finished.
    "forward_plans.plans": 2, "forward_plans.budget": 500, "forward_plans.subsidy": 500, "forward_plans.completed": 1,
    "forward_plans.completion_rate": 1 / 2, "forward_plans.on_schedule": 1, "forward_plans.on_schedule_rate": 1 / 2,
    "forward_plans.behind": 1,
    # w1 on schedule, w2 20 points behind, w3 finished.
    "forward_works.works": 3, "forward_works.budget": 500, "forward_works.completed": 1,
    "forward_works.completion_rate": 1 / 3, "forward_works.on_schedule": 2, "forward_works.on_schedule_rate": 2 / 3,
    # Controlled: w1 on schedule, w2 seriously behind, w4 halted, w5 finished in the year, w6 never filed.
    "works.registered": 5, "works.registered_budget": 300_000_400, "works.controlled": 5,
    "works.controlled_budget": 300_000_400, "works.completed_in_year": 1, "works.completed": 1,
    "works.on_schedule": 2, "works.on_schedule_rate": 2 / 5, "works.behind": 0, "works.seriously_behind": 1,
    "works.halted": 1, "works.not_filed": 1,
    "lags.works": 1,
    # design 2 days early, start 10 late, half 10 overdue at the end of February, finish 10 by its forecast.
    "milestones.milestones": 4, "milestones.done": 2, "milestones.done_on_time": 1, "milestones.judged": 3,
    "milestones.done_on_time_rate": 1 / 3, "milestones.mean_slip": (-2 + 10 + 10 + 10) / 4,
    "changes.changes": 1, "changes.amount": 50, "changes.extension_days": 30,
    "work_budgets.budget": 400, "work_budgets.allocated": 100, "work_budgets.executed": 80,
    "work_budgets.executed_to_allocated_rate": 0.8, "work_budgets.executed_to_budget_rate": 0.2,
    "general_subsidy.score": 99.88,
    # Owed: w1 w2 w4 twice, w5 in January, w6 in February. w2 came on 8 March, three days after the 5th.
    "filings.reports": 8, "filings.filed_late": 1, "filings.not_filed": 1, "filings.on_time_rate": 6 / 8,
    "filings.mean_days_late": 3,
    "site_visits.visits": 2, "site_visits.works": 1,
    "sites.sites": 6 + 7, "sites.exact_sites": 0,
    "sites.budget": 300_000_500 + 62_860_000 + 219_000_000 + 4_191_000_000 + 195_000_000 + 518_000_000
    + 1_935_000_000 + 15_000_000,
    "awards.awards": 3, "awards.major_awards": 2,
    "agency_budgets.budget": 400, "agency_budgets.allocated": 200, "agency_budgets.executed": 172,
    "agency_budgets.executed_to_allocated_rate": 0.86, "agency_budgets.executed_to_budget_rate": 0.43,
    "learning.staff": 40, "learning.staff_at_target": 30, "learning.target_rate": 0.75, "learning.mean_hours": 19,
    "goals.measures": 4 + 3 + 2 + 12 + 3 + 1 + 1, "goals.with_target": 2, "goals.yearly_results": 2,
    "goals.yearly_results_met": 1, "goals.met_rate": 1 / 2,
    "district_office.targets": 15, "district_office.with_result": 2, "district_office.met": 1,
    "district_office.met_rate": 1 / 2,
    "joint_centre.visits": 42,
    "volunteers.people": 50, "volunteers.seniors": 40, "volunteers.senior_share": 0.8,
    "volunteers.women_per_man": 4,
    "youth.activities": 2, "youth.participants": 120, "youth.interns": 178, "youth.colleges": 37,
}  # fmt: skip


@pytest.fixture(scope="module")
def city():
    return warehouse.of(**tiny_city.CITY)


def ask(con, question: metrics.Question) -> list[tuple]:
    statement = metrics.compile_question(question)
    return con.execute(statement.sql, list(statement.values)).fetchall()


def test_every_metric_has_an_answer():
    assert sorted(ANSWERS) == sorted(metrics.catalogue().names())


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_the_metric_gives_the_answer(city, name):
    ((value, _, simulated),) = ask(city, metrics.Question(name))
    assert value == pytest.approx(ANSWERS[name], abs=1e-9)
    assert simulated == (name != "general_subsidy.score")


def test_every_metric_can_be_split_by_each_of_its_dimensions(city):
    for name in metrics.catalogue().names():
        for dimension in metrics.catalogue().find(name)[0].by:
            assert ask(city, metrics.Question(name, by=(dimension,))), (name, dimension)


def test_the_parts_of_a_rate_never_average_rates(city):
    rows = ask(city, metrics.Question("work_budgets.executed_to_allocated_rate", by=("agency_id",)))
    assert rows == [("public_works", pytest.approx(80 / 100), 100, True)]  # the mean of 45/60 and 35/40 is 0.8125


def test_a_metric_of_an_empty_warehouse_is_empty_and_not_an_error():
    empty = warehouse.of()
    for name in metrics.catalogue().names():
        assert len(ask(empty, metrics.Question(name))) == 1, name


def test_targets_that_have_a_rule_equal_it(city):
    rules = dict(city.execute("select name, value from meta.rules").fetchall())
    pairs = {
        "satisfaction.after_call_rate": "satisfaction_target",
        "satisfaction.after_dispatch_rate": "satisfaction_target",
        "petitions.on_time_rate": "on_time_target", "cases.on_time_rate": "on_time_target",
        "agency_budgets.executed_to_allocated_rate": "budget_execution_target", "learning.mean_hours": "learning_hours",
    }  # fmt: skip
    targets = {name: metrics.catalogue().find(name)[1].target for name in metrics.catalogue().names()}
    assert {name: target for name, target in targets.items() if target is not None} == {
        name: rules[rule] for name, rule in pairs.items()
    }


def test_every_ledger_key_that_stands_beside_a_metric_is_in_the_ledger(city):
    printed = {key for (key,) in city.execute("select distinct key from marts.published_figures").fetchall()}
    named = {metrics.catalogue().find(name)[1].published for name in metrics.catalogue().names()} - {None}
    assert named - printed == set()


def test_rules_quote_their_document_or_say_that_they_are_ours(city):
    rows = city.execute("select name, is_default, document, quote from meta.rules").fetchall()
    words = {
        path.stem[:3]: "".join(path.read_text(encoding="utf-8").split())
        for path in (build.PUBLISHED / "documents").glob("*.txt")
    }
    for name, is_default, document, quote in rows:
        assert is_default == (document is None) == (quote is None), name
        if document:
            assert "".join(quote.split()) in words[document], name
