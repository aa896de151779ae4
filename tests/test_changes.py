"""What is different since the last meeting? Two builds of a city of a few rows, every line worked out by hand."""

from __future__ import annotations

import copy
import datetime as dt
from pathlib import Path

import pytest

from dashboard import warehouse
from dashboard.meeting import changes
from data_pipeline.store import Store, meetings
from tests.tiny_city import CITY, filed, publish, work

MARCH: dict[str, list[dict]] = {
    "works": [work("w7", registered_on="2023-03-10")],
    "work_progress": [
        filed("w1", "2023-03", 0.8, 0.6),  # on schedule → seriously behind
        filed("w2", "2023-03", 0.6, 0.6, filed_on="2023-04-08"),  # seriously behind → on schedule
        filed("w4", "2023-03", 0.3, 0.1, status="halted"),  # halted as before: no news
        filed("w6", "2023-03", 0.1, 0.1),
    ],
    "hotline_contacts": [
        {"contact_id": "c9", "received_at": "2023-02-03 09:00:00", "channel": "phone", "kind": "inquiry",
         "category": "road", "agency_id": "public_works", "district_id": "east", "wait_seconds": 5},
        {"contact_id": "c10", "received_at": "2023-03-31 09:00:00", "channel": "phone", "kind": "inquiry",
         "category": "road", "agency_id": "public_works", "district_id": "east", "wait_seconds": 5},
    ],
}  # fmt: skip


def in_march() -> dict[str, list[dict]]:
    """The city a month later: what was filed since, a milestone put off, a work done, a late contact of February."""
    city = copy.deepcopy(CITY)
    for source, rows in MARCH.items():
        city[source] += rows
    next(row for row in city["work_milestones"] if row["milestone"] == "finish")["forecast_on"] = "2025-02-10"
    next(row for row in city["works"] if row["work_id"] == "w6")["finished_on"] = "2023-03-20"
    return city


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the city of February frozen as `112-03`, and that of March in use."""
    store = Store(tmp_path_factory.mktemp("two"))
    february = copy.deepcopy(CITY)
    february["work_lags"].append(
        {"work_id": "w4", "month": "2023-02-01", "factor": "land", "cause": "用地", "remedy": "協調",
         "owner_id": "land", "promised_on": "2023-03-15"}
    )  # fmt: skip
    march = in_march()
    march["work_lags"].append({**february["work_lags"][-1], "month": "2023-03-01", "promised_on": "2023-05-30"})
    for city, name in ((february, "112-03"), (march, "")):
        publish(store, city)
        if name:
            with store.writing():
                meetings.freeze(store, name, dt.date(2023, 3, 26), "研考會")
    return store.root


@pytest.fixture
def found(two: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RDEC_STORE", str(two))
    warehouse.here.cache_clear()
    yield changes.between("meeting-112-03", warehouse.here().name())
    warehouse.here.cache_clear()


def test_lights_that_flipped_either_way(found):
    told = [(flip.work["work_id"], flip.before, flip.now) for flip in (*found.worse, *found.better)]
    assert told == [("w1", "on_schedule", "seriously_behind"), ("w2", "seriously_behind", "on_schedule")]


def test_works_that_came_and_went(found):
    ids = {name: [row["work_id"] for row in getattr(found, name)] for name in ("added", "closed", "suspended")}
    assert ids == {"added": ["w7"], "closed": ["w6"], "suspended": []}


def test_milestones_that_slipped_in_days(found):
    told = [(slip.milestone["milestone"], slip.before, slip.now, slip.days) for slip in found.slips]
    assert told == [("finish", dt.date(2025, 1, 10), dt.date(2025, 2, 10), 31)]


def test_a_milestone_that_was_due_already_is_no_news_and_has_not_slipped_by_the_month(found):
    # `half` was due on 18 February and is still undone, with no later day named.
    assert found.overdue == ()


def test_who_did_not_report_is_listed_and_makes_nothing_better_or_worse(found):
    # w7 is new and owes its first report; w1, w2 and w4 reported.
    assert [row["work_id"] for row in found.missing] == ["w7"] and found.silent == ()


def test_promises_that_were_broken(found):
    told = [(each.work["work_id"], each.before, each.now, each.broken) for each in found.promises]
    assert told == [("w4", dt.date(2023, 3, 15), dt.date(2023, 5, 30), True)]


def test_a_figure_that_moved_tells_new_data_from_corrections(found):
    (contacts,) = changes.figures("meeting-112-03", warehouse.here().name(), ["hotline.contacts"])
    # February's build reaches the 2nd: its last whole month is January, with 3 contacts. In March's they are still 3;
    # the twelve months to March hold 3 + 2 + 1 (late) + 1.
    assert (contacts.before, contacts.again, contacts.now) == (3, 3, 7)
    assert (contacts.corrected, contacts.new) == (0, 4)


def test_old_data_that_were_corrected_are_told_as_such(found, two):
    with warehouse.at("meeting-112-03"):
        before = warehouse.ask("works.on_schedule_rate").value
    (rate,) = changes.figures("meeting-112-03", warehouse.here().name(), ["works.on_schedule_rate"])
    assert rate.before == before and rate.new == pytest.approx(rate.now - rate.again)


def test_nothing_is_different_between_a_build_and_itself(found):
    same = changes.between(warehouse.here().name(), warehouse.here().name())
    assert not (same.worse or same.better or same.added or same.closed or same.suspended or same.slips)
    assert all(each.corrected in (0, None) and each.new in (0, None) for each in
               changes.figures(warehouse.here().name(), warehouse.here().name()))  # fmt: skip
