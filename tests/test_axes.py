"""Do ticks and labels of a chart leave each other room, and does a chart say all that it shows?"""

from __future__ import annotations

import datetime as dt
import itertools
from functools import partial

import pytest

from dashboard import axes, lights, work
from dashboard.warehouse import ask, labels, table
from tests.test_pages import figures, run

pytestmark = pytest.mark.usefixtures("chinese")


def months(*codes: str) -> list[dt.date]:
    return [dt.date.fromisoformat(f"{code}-01") for code in codes]


def test_ticks_are_evenly_apart_where_months_are_missing() -> None:
    found = axes.ticks(months("2019-07", "2019-09", "2021-03", "2023-01"))
    apart = {(b.year - a.year) * 12 + b.month - a.month for a, b in itertools.pairwise(found)}
    assert apart == {12} and 1 < len(found) <= axes.TICKS


@pytest.mark.parametrize("span", [1, 2, 7, 13, 60, 200])
def test_there_is_a_tick_and_never_more_than_seven(span: int) -> None:
    run_of = [dt.date(2010 + place // 12, place % 12 + 1, 1) for place in range(span)]
    found = axes.ticks(run_of)
    assert 1 <= len(found) <= axes.TICKS and run_of[0] <= found[0] and found[-1] <= run_of[-1]


@pytest.mark.parametrize("values", [(0, 0, 0), (1, 2, 3), (50, 51, 99), (100, 100, 98), (4.4, 9.1)])
def test_labels_at_the_right_neither_touch_nor_leave_the_plot(values: tuple) -> None:
    height = 330
    notes = [axes.note(dt.date(2023, 1, 1), value, f"<b>{value}</b>", "#000") for value in values]
    room = height - axes.FOOT - axes.TOP
    places = sorted((100 - each["y"]) / 100 * room for each in axes.apart(notes, 0, 100, height))
    assert all(b - a >= axes.SIZE for a, b in itertools.pairwise(places))
    assert places[-1] + axes.SIZE / 2 <= room


def test_a_label_that_stands_alone_stays_at_its_line() -> None:
    (note,) = axes.apart([axes.note(dt.date(2023, 1, 1), 40, "電話", "#000")], 0, 100, 330)
    assert note["y"] == pytest.approx(40)


def test_a_note_stands_as_low_as_no_line_and_no_other_note_crosses_it() -> None:
    first, last = months("2023-01", "2023-06")
    low_line, gap = [(first, 1.0), (last, 1.5)], [(first, None), (last, 1.5)]
    place = {"start": first, "end": last, "high": 2, "low": 0.0, "step": 1.0}
    row = partial(axes.free_row, 8)
    assert row({}, [], **place) == 0
    assert row({}, [gap], **place) == 0, "a single point has no line"
    assert row({}, [low_line], **place) == 2
    assert row({2: last}, [low_line], **place) == 3, "a note stands in the row above the line"
    assert row({2: first}, [low_line], **place) == 2, "and ends where this one begins"
    assert row({}, [[(first, 0.0), (last, 99.0)]], **place) == 0, "where lines are everywhere it stays at the foot"
    assert row(dict.fromkeys(range(8), last), [], **place) == 0, "and where notes are"


def test_a_long_name_is_wrapped_and_a_short_one_is_not() -> None:
    assert axes.wrapped("Household and land registration", 11) == "Household and land<br>registration"
    assert axes.wrapped("電話", 11) == "電話"
    assert axes.width("電話") == 2 * axes.SIZE and axes.width("a<br>bbbb") == axes.width("bbbb")


def test_every_state_is_written_inside_the_bar_or_at_its_end(warehouse) -> None:
    answer = ask("works.registered", by=("control_class", "light"), where={"control_class": ["major", "forward_small"]})
    names = tuple((code, name["zh"]) for code, name in labels("control_class").items()
                  if code in ("major", "forward_small"))  # fmt: skip
    figure = lights._states(answer, "control_class", names, 200, True, "zh")
    ends = {note["y"]: note["text"] for note in figure["layout"]["annotations"]}
    told = 0
    for trace in figure["data"]:
        for value, title, inside in zip(trace["x"], trace["y"], trace["text"], strict=True):
            if value:
                icon = trace["name"].split(" ")[0]
                assert f"{icon} {value}" in (inside or ends[title])
                told += 1
    assert told > 6


def test_the_plan_of_a_work_goes_on_to_its_finish_with_the_pace_that_it_needs() -> None:
    points = tuple((dt.date(2023, month, 1), month / 20, month / 40) for month in range(1, 7))
    finish = dt.date(2024, 3, 31)
    figure = work._curve(points, "−15 點／90 天", finish, 0.095, True, "zh")
    ends = [(trace["x"][-1], trace["y"][-1]) for trace in figure["data"]]
    assert ends.count((finish, 100)) == 2, "the plan and what is needed both end there"
    (note,) = figure["layout"]["annotations"]
    assert "9.5%" in note["text"] and "30.0%" in note["text"] and "15.0%" in note["text"] and "90 天" in note["text"]
    assert figure["layout"]["xaxis"]["range"][1] >= finish


def test_a_finished_work_shows_its_months_up_to_the_end(warehouse) -> None:
    done = table("marts.works", {"light": ["completed"], "is_controlled_in_year": [False]})
    row = next(each for each in done if each["finished_on"] and each["finished_on"].year < 2023)
    told = [light for _, light in work.lights_of(row)]
    assert told[-1] == "completed" and "completed" not in told[:-1]
    filed = table("marts.work_months", {"work_id": [row["work_id"]]})
    assert len(work.history(row)) == sum(not each["is_completed"] for each in filed) + 1 < len(filed)


def test_the_chart_of_the_budget_shows_who_missed_the_target(con) -> None:
    lowest = con.execute(
        """select agency_id from marts.agency_budgets_year where year = '2023-01-01'
           order by executed_twd / allocated_twd limit 12"""
    ).fetchall()
    charts = figures(run("goals", view="budget", year="112"))
    (bars,) = [each["data"][0] for each in charts if each["data"][0]["type"] == "bar"]
    assert bars["customdata"][::-1] == [agency for (agency,) in lowest]
    assert len(set(bars["marker"]["color"])) == 2, "those that missed stand out"
