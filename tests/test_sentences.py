"""Does the sentence under a chart say what its rows hold, and nothing else?"""

from __future__ import annotations

import datetime as dt

import pytest

from dashboard import sentences, words
from dashboard.periods import ALL, parse
from dashboard.warehouse import ask, labels

pytestmark = pytest.mark.usefixtures("chinese")


def value(name: str, code: str, **where) -> float:
    return ask(name, parse(code), where=where).value


def test_a_month_is_compared_with_the_same_month_of_the_year_before(warehouse) -> None:
    now, then = value("petitions.received", "112-12"), value("petitions.received", "111-12")
    told = sentences.of(ask("petitions.received", parse("112"), by=("month",)))
    way = "增" if now > then else "減"
    assert told.startswith(f"112 年 12 月 {words.amount(now, 'cases')}，較去年同月{way} {abs(now / then - 1) * 100:.1f}%")
    by_month = {row["month"]: row["value"] for row in ask("petitions.received", parse("112"), by=("month",)).rows}
    peak = max(by_month, key=by_month.get)
    if peak.month != 12:
        assert f"最高為 {words.month(peak)}" in told


def test_a_change_names_the_part_that_moved_most(warehouse) -> None:
    told = sentences.of(ask("hotline.contacts", parse("112"), by=("month", "channel")), labels("channel"))
    moved = {
        code: value("hotline.contacts", "112-12", channel=[code]) - value("hotline.contacts", "111-12", channel=[code])
        for code in ("phone", "app", "web")
    }
    whole = sum(moved.values())
    most = max(moved, key=lambda code: moved[code] * (1 if whole > 0 else -1))
    assert f"主要來自{words.pick(labels('channel')[most])}" in told


def test_shares_differ_in_points_and_are_never_added(warehouse) -> None:
    told = sentences.of(ask("satisfaction.after_call_rate", parse("112"), by=("month",)))
    now, then = (value("satisfaction.after_call_rate", code) for code in ("112-12", "111-12"))
    points = abs(now - then) * 100
    assert (f"{points:.1f} 個百分點" in told) or "相當" in told
    split = sentences.of(ask("petitions.on_time_rate", parse("112"), by=("district_id",)), labels("district_id"))
    assert "最高" in split and "最低" in split and "占" not in split


def test_the_largest_part_has_its_share_of_the_whole(warehouse) -> None:
    answer = ask("hotline.contacts", parse("112"), by=("category",))
    told = sentences.of(answer, labels("category"))
    top = max(answer.rows, key=lambda row: row["value"])
    share = top["value"] / value("hotline.contacts", "112")
    assert told.startswith(f"{words.pick(labels('category')[top['category']])}最多") and f"占 {share * 100:.1f}%" in told


def test_what_is_counted_under_several_heads_has_no_share(warehouse) -> None:
    """Works visited: one work under two kinds of visit is one work."""
    answer = ask("site_visits.works", by=("visit_kind",))
    whole = ask("site_visits.works").value
    assert sum(row["value"] for row in answer.rows) > whole, "the sample has works with both kinds of visit"
    assert "占" not in sentences.of(answer, labels("visit_kind"))


def test_states_count_who_is_well_and_where_the_trouble_is(warehouse) -> None:
    answer = ask("works.registered", by=("control_class", "light"), where={"control_class": ["major", "forward_small"]})
    told = sentences.of(answer, labels("control_class"))
    late = sum(row["value"] for row in answer.rows if row["light"] in ("behind", "seriously_behind", "halted"))
    assert f"落後、嚴重落後與停工 {late} 件" in told
    well = sum(row["value"] for row in answer.rows if row["light"] in ("ahead", "on_schedule"))
    still = sum(row["value"] for row in answer.rows if row["light"] not in (None, "completed"))
    assert told.startswith(f"未完工 {still} 件中 {well} 件符合或超前")


@pytest.mark.parametrize("name", ["works.registered", "forward_plans.plans"])
def test_the_rate_on_schedule_is_the_declared_one_and_names_what_it_is_of(warehouse, name: str) -> None:
    of, by = name.partition(".")[0], "control_class" if name.startswith("works") else "axis"
    answer, rate = ask(name, parse("112"), by=(by, "light")), ask(f"{of}.on_schedule_rate", parse("112"))
    told = sentences.of(answer, labels(by))
    assert f"{words.amount(rate.value, 'percent')}（" in told and f"{rate.n} 件）" in told
    assert "96.0%" not in told


def test_a_filter_is_named_and_none_is_the_city(warehouse) -> None:
    assert sentences.whose({"district_id": ["yongkang"], "category": ["noise"]}) == "永康區、噪音舉發"
    assert sentences.whose({"district_id": []}) == "全市"


def test_nothing_is_said_of_nothing(warehouse) -> None:
    assert sentences.of(ask("hotline.contacts", parse("90"), by=("month",))) == ""


@pytest.mark.parametrize("name,by", [("hotline.contacts", ("month", "channel")), ("awards.awards", ("year",)),
                                     ("petitions.received", ("district_id",)), ("petitions.mean_days", ("agency_id",))])  # fmt: skip
def test_english_says_the_same_without_chinese(warehouse, name: str, by: tuple) -> None:
    words.speak("en")
    split = next((each for each in by if each not in ("month", "year")), None)
    told = sentences.of(ask(name, ALL if "year" in by else parse("112"), by=by), labels(split) if split else None)
    assert told.endswith(".") and not any("一" <= letter <= "鿿" for letter in told)


def test_the_unfinished_month_is_not_compared(warehouse) -> None:
    answer = ask("petitions.received", parse("112"), by=("month",))
    last = answer.rows[-1]["month"]
    assert sentences.of(answer, None, last).startswith("112 年 11 月")


def test_a_line_does_not_run_across_a_month_without_figures(warehouse) -> None:
    from dashboard import charts

    rows = [{"month": dt.date(2023, month, 1), "value": month, "n": None} for month in (1, 2, 5)]
    drawn = charts._line(rows, "cases", 1, "#000", "", "solid")
    assert drawn["y"] == [1, 2, None, None, 5] and not drawn["connectgaps"]
    assert "markers" in drawn["mode"]  # May stands between a gap and the end: without a marker it would not be seen
