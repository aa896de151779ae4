"""What is different since the last meeting? Two builds side by side: lights, works, milestones, promises, figures.

Either build may be one frozen for a meeting or the one in use. A figure that moved is told apart into what is new data
and what is old data corrected: the same months are asked of both builds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboard import works
from dashboard.periods import ALL, Period
from dashboard.warehouse import ask, at, catalogue, here, provenance, table

# How grave a light is; a work that is done or was never lit does not flip, it comes or goes. One that did not report is
# held by what it reported last: to stop reporting makes nothing worse, and to report again nothing better.
GRAVITY = {"ahead": 0, "on_schedule": 0, "behind": 1, "seriously_behind": 2, "halted": 3}
FIGURES = (
    "hotline.contacts",
    "satisfaction.after_call_rate",
    "petitions.received",
    "petitions.on_time_rate",
    "forward_plans.completion_rate",
    "works.on_schedule_rate",
    "filings.on_time_rate",
)
MONTHS = 12


@dataclass(frozen=True)
class Flip:
    """A work whose reported light is another one than last time; `work` is its row now."""

    work: dict
    before: str
    now: str


@dataclass(frozen=True)
class Slip:
    """A milestone that is expected later than it was: the days of then and now, and how many days lie between."""

    milestone: dict
    before: dt.date
    now: dt.date
    days: int


@dataclass(frozen=True)
class Promise:
    """A promise of last time that was not kept: its day has passed and the work is still behind, or it was put off."""

    work: dict
    before: dt.date
    now: dt.date | None
    broken: bool


@dataclass(frozen=True)
class Moved:
    """A figure over its last twelve months (a state: at its last month), then and now.

    `again` is the span of then, asked of the data of now: `again - before` is correction, `now - again` new data.
    """

    metric: str
    before: float | None
    again: float | None
    now: float | None
    span_before: Period
    span_now: Period
    simulated: bool

    @property
    def corrected(self) -> float | None:
        return None if self.again is None or self.before is None else self.again - self.before

    @property
    def new(self) -> float | None:
        return None if self.now is None or self.again is None else self.now - self.again


@dataclass(frozen=True)
class Changes:
    """All that is different between two builds; rows are those of `marts.works` of the newer one.

    `silent` stopped reporting, `missing` are all that did not report now. `overdue` are milestones whose day has passed
    since, with no later one named.
    """

    before: str
    now: str
    worse: tuple[Flip, ...]
    better: tuple[Flip, ...]
    added: tuple[dict, ...]
    closed: tuple[dict, ...]
    suspended: tuple[dict, ...]
    slips: tuple[Slip, ...]
    overdue: tuple[dict, ...]
    promises: tuple[Promise, ...]
    missing: tuple[dict, ...]
    silent: tuple[dict, ...]
    simulated: bool


def between(before: str, now: str, where: dict[str, Sequence[str]] | None = None) -> Changes:
    """What happened to the controlled works from one build to another; both by name.

    `where` narrows the works, as the agenda does. Raises StoreError for a name that is not there.
    """
    where = {"control_class": works.CLASSES["controlled"]} | (where or {})
    then, latest = _works(before, where), _works(now, where)
    with at(now):
        real = works.named()  # their progress is simulated and is nobody's news
        simulated = any(row["is_simulated"] for row in latest.values())
    flips = [
        Flip(row, then[code]["reported_light"], row["reported_light"])
        for code, row in latest.items()
        if code in then
        and code not in real
        and not row["is_completed"]
        and {then[code]["reported_light"], row["reported_light"]} <= GRAVITY.keys()
        and GRAVITY[then[code]["reported_light"]] != GRAVITY[row["reported_light"]]
    ]
    slips, overdue = _slips(before, now, set(latest) - real)
    missing = [row for code, row in latest.items() if row["light"] == "not_filed" and code not in real]
    flips.sort(key=lambda flip: (-GRAVITY[flip.now], -(flip.work["gap_days"] or 0), flip.work["work_id"]))
    return Changes(
        before,
        now,
        tuple(flip for flip in flips if GRAVITY[flip.now] > GRAVITY[flip.before]),
        tuple(flip for flip in flips if GRAVITY[flip.now] < GRAVITY[flip.before]),
        _newly(then, latest, lambda row: row["life_cycle"] != "proposed"),
        _newly(then, latest, lambda row: row["is_completed"] or row["life_cycle"] == "released"),
        _newly(then, latest, lambda row: row["life_cycle"] == "suspended"),
        tuple(slips),
        tuple(overdue),
        tuple(_promises(then, {code: row for code, row in latest.items() if code not in real})),
        tuple(missing),
        tuple(row for row in missing if then.get(row["work_id"], {}).get("light") not in (None, "not_filed")),
        simulated,
    )


def figures(before: str, now: str, names: Sequence[str] = ()) -> list[Moved]:
    """Headline figures of both builds, each told apart into correction and new data."""
    return [_moved(name, before, now) for name in names or FIGURES]


def _works(build: str, where: dict) -> dict[str, dict]:
    with at(build):
        return {row["work_id"]: row for row in table("marts.works", where, "work_id", works.MOST)}


def _newly(then: dict[str, dict], latest: dict[str, dict], holds: Callable[[dict], bool]) -> tuple[dict, ...]:
    """Works of which something holds now that did not hold then."""
    return tuple(row for code, row in latest.items() if holds(row) and not (code in then and holds(then[code])))


def _promises(then: dict[str, dict], latest: dict[str, dict]) -> list[Promise]:
    """Promises broken or put off since, the oldest first; what was broken last time already is no news."""
    found = []
    for code, row in latest.items():
        day = then[code]["promised_on"] if code in then else None
        if day is None or row["light"] not in works.LATE or then[code]["is_promise_broken"]:
            continue
        broken, later = day < row["as_of"], row["promised_on"] is not None and row["promised_on"] > day
        if broken or later:
            found.append(Promise(row, day, row["promised_on"], broken))
    return sorted(found, key=lambda each: (not each.broken, each.before, each.work["work_id"]))


def _slips(before: str, now: str, of: set[str]) -> tuple[list[Slip], list[dict]]:
    """Milestones expected later than last time, the furthest first; and those that fell due since, undone."""
    rows = {}
    for build in (before, now):
        with at(build):
            found = table("marts.milestones", None, "work_id, planned_on", 100_000)
        rows[build] = {(row["work_id"], row["milestone"]): row for row in found if row["work_id"] in of}
    slips, overdue = [], []
    for key, row in rows[now].items():
        was = rows[before].get(key)
        if was is None:
            continue
        if row["is_overdue"]:
            if not was["is_overdue"]:
                overdue.append(row)
        elif not was["is_overdue"] and (day := _expected(row)) > (then := _expected(was)):
            slips.append(Slip(row, then, day, (day - then).days))
    slips.sort(key=lambda slip: (-slip.days, slip.milestone["work_id"], slip.milestone["milestone"]))
    return slips, overdue


def _expected(row: dict) -> dt.date:
    """The day a milestone was done, or is forecast, or is planned for."""
    return row["done_on"] or row["forecast_on"] or row["planned_on"]


def _moved(name: str, before: str, now: str) -> Moved:
    spans = {build: _span(name, build) for build in (before, now)}
    asked = {}
    for key, build, of in (("before", before, before), ("again", now, before), ("now", now, now)):
        with at(build):
            asked[key] = ask(name, spans[of])
    values = {key: answer.value for key, answer in asked.items()}
    return Moved(
        name,
        **values,
        span_before=spans[before],
        span_now=spans[now],
        simulated=any(answer.is_simulated for answer in asked.values()),
    )


def _span(name: str, build: str) -> Period:
    """The last twelve whole months that a build has of a metric; all there is, of one that is kept by the year."""
    with at(build):
        of, _ = catalogue().find(name)
        reach = provenance(of.relation, here().name()).reach
    if reach is None or of.grain not in ("day", "month"):
        return ALL
    end = (reach + dt.timedelta(days=1)).replace(day=1)
    first = end.year * 12 + end.month - 1 - MONTHS
    return Period("", dt.date(first // 12, first % 12 + 1, 1), end)
