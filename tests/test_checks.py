"""Does every check pass over a sound city, and catch the one fault that it is there for?"""

from __future__ import annotations

import re

import pytest

from data_pipeline import build, declarations
from tests import tiny_city, warehouse

CHECKS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((build.WAREHOUSE / "checks").glob("*.sql"))}

# One fault a check. Faults of the records go into `raw`; what only broken SQL could do is done to the mart itself.
FAULTS = {
    "agencies_are_known": "update marts.petitions_month set agency_id = 'nowhere'",
    "all_districts_have_a_boundary": "update marts.districts set geometry_json = null where district_id = 'east'",
    "award_stages_narrow": "update marts.gsa_funnel set entries = 99 where stage = 'won'",
    "awards_nothing_lost": "delete from marts.awards_year where class = 'merit'",
    "axes_add_up": "update marts.forward_axis_months set budget_twd = budget_twd + 1 where axis = 'rail'",
    "cases_close_after_receipt": "update marts.cases set closed_at = received_at - interval 1 minute",
    "cases_nothing_lost": "update marts.cases_month set closed_late = closed_late - 1",
    "codes_are_known": "update marts.awards_year set class = 'golden'",
    "completed_plans_have_no_open_work": "update raw.works set finished_on = null where work_id = 'w3'",
    "controlled_works_have_a_light": "update marts.work_months set light = null where work_id = 'w4'",
    "districts_are_known": "update marts.works set district_id = 'taipei'",
    "executed_within_budget": "update raw.work_budgets set executed_twd = budget_twd + 1 where work_id = 'w1'",
    "filings_add_up": "update marts.late_reporters set not_filed = not_filed + 1",
    "forward_works_add_up": "update marts.forward_work_months set works = works + 1",
    "hotline_nothing_lost": "delete from marts.hotline_month where channel = 'app'",
    "learners_within_staff": "update marts.learning_year set staff_at_target = staff + 1",
    "lights_are_known": "update marts.work_months set light = 'purple' where work_id = 'w4'",
    "nothing_happened_in_the_future": "update raw.petitions set closed_on = date '2149-01-01' where petition_id = 'p6'",
    "petitions_close_after_receipt": "update marts.petitions set closed_on = received_on - 1",
    "petitions_nothing_lost": "delete from marts.petitions_days where handling_days = 0",
    "places_lie_in_tainan": "update marts.sites set longitude = 121.5 where is_published",
    "planned_progress_never_falls": "update raw.work_progress set planned_progress = 0.1 "
    "where work_id = 'w1' and month = date '2023-02-01'",
    "progress_belongs_to_a_work": "update raw.site_visits set work_id = 'unheard of'",
    "progress_within_bounds": "update raw.work_progress set actual_progress = 1.01 where work_id = 'w1'",
    "published_figures_are_sound": "update marts.published_figures set value = null, value_text = '15x97' "
    "where key = 'forward_works'",
    "recomputations_stand_beside_a_figure": "update marts.published_recomputations set unit = '斤'",
    "rules_are_consistent": "update meta.rules set value = 0.5 where name = 'reply_weight'",
    "satisfaction_nothing_lost": "update marts.satisfaction_month set neutral = neutral + 1",
    "scores_within_bounds": "update marts.service_units_year set reply_score = 101",
    "service_reviews_nothing_lost": "insert into raw.phone_tests values ('t9', '2023-06-01', 'labor', 90, true)",
    "work_months_are_unique": "insert into marts.work_months select * from marts.work_months limit 1",
    "work_states_add_up": "delete from marts.works_month_states where light = 'halted'",
    "works_are_unique": "insert into marts.works select * from marts.works where work_id = 'w1'",
    "works_belong_to_a_plan": "update raw.works set plan_id = 'unheard of' where work_id = 'w1'",
    "works_finish_after_start": "update raw.works set finished_on = started_on - 1 where work_id = 'w5'",
}


@pytest.fixture(scope="module")
def city():
    return warehouse.of(**tiny_city.CITY)


def offenders(con, name: str) -> list[tuple]:
    return con.execute(CHECKS[name]).fetchall()


def test_every_check_has_a_fault_to_catch():
    assert sorted(FAULTS) == sorted(CHECKS)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_sound_city_passes(city, name):
    assert offenders(city, name) == []


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_the_check_catches_its_fault(city, name):
    city.execute("begin")
    try:
        city.execute(FAULTS[name])
        assert offenders(city, name)
    finally:
        city.execute("rollback")


def test_every_date_of_what_has_happened_is_kept_out_of_the_future():
    """The check stands behind the loading, so it looks at the same columns."""
    lines = CHECKS["nothing_happened_in_the_future"].splitlines()
    asked = {(name, column) for line in lines if "select '" in line for name in [line.split("'")[1]]
             for column in re.findall(r"\b\w+_(?:on|at)\b|\bmonth\b", line)}  # fmt: skip
    assert asked == {
        (name, column) for name, source in declarations.load().items() for column, each in source.columns.items()
        if each.type in declarations.DATES and not each.ahead
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_the_claim_is_written_in_both_languages(name):
    zh, slash, en = CHECKS[name].splitlines()[0].removeprefix("-- ").partition(" / ")
    assert slash and en.isascii() and not zh.isascii()


def test_no_check_fails_for_want_of_data():
    """A first start may have no records at all: that is not a fault of the data."""
    empty = warehouse.of()
    assert {name: rows for name in CHECKS if (rows := offenders(empty, name))} == {}
