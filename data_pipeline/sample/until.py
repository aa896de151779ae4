"""What did somebody have in hand on an earlier day? The one place where the future is cut out of the simulated set.

Three things make the earlier files: rows that were not there yet go, what became known later is empty again, and a
little of the old data is as it was before it was corrected: contacts and petitions that came in late, progress that
was filed too high, forecasts and promises that were moved since. So new data can be told from corrected old data.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_pipeline.sample.city import City, rows
from data_pipeline.sample.tables import Columns

# What decides that a row was there: its day; a month, once it has ended; a year, once it has ended and been reported.
THERE = {
    "hotline_contacts": "received_at", "hotline_cases": "received_at", "satisfaction_answers": "answered_on",
    "special_line_calls": "month", "petitions": "received_on", "forward_plans": "approved_on",
    "works": "registered_on", "work_progress": "month", "work_changes": "changed_on", "work_lags": "month",
    "site_visits": "visited_on", "mystery_audits": "audited_on", "phone_tests": "tested_on", "reply_reviews": "year",
    "award_entries": "year", "awards": "awarded_on", "goal_results": "year", "district_office_results": "year",
    "budget_execution": "year", "learning_hours": "year", "volunteers": "year", "joint_centre_visits": "month",
    "youth_activities": "held_on",
}  # fmt: skip
# What is empty until its day has come.
UNKNOWN = {
    "hotline_cases": ("closed_at",), "petitions": ("closed_on",), "work_milestones": ("done_on",),
    "works": ("started_on", "finished_on", "released_on", "suspended_on"),
}  # fmt: skip
LATE = {"hotline_contacts": "received_at", "petitions": "received_on"}
LATE_SHARE, LATE_MONTHS = 0.005, 2
DUE_DAYS = 5  # a month is filed by the fifth
# Works whose progress was filed too high, half of them so that it hid a light; works whose promise was put off since.
CORRECTED, MOVED = 6, 3
MORE, HIDDEN = (0.6, 2.0), (-6.9, -5.0)  # points filed too high; gaps that two points lift out of the red
SLIPPED = 0.3  # of the milestones that are late: their forecast was more hopeful then


def cut(city: City, tables: dict[str, Columns], until: dt.date) -> dict[str, Columns]:
    """The tables of one part of the set as they stood at the end of that day. The same seed cuts the same."""
    day = np.datetime64(until)
    found = {}
    for name, columns in tables.items():
        table = _table(columns)
        if name in THERE:
            table = table.filter(pa.array(_there(table[THERE[name]], day)))
        for key in UNKNOWN.get(name, ()):
            table = _set(table, key, pc.if_else(pa.array(_days(table[key]) <= day), table[key], None))
        if name in LATE:
            recent = _days(table[LATE[name]]) >= day.astype("datetime64[M]") - (LATE_MONTHS - 1)
            late = city.stream(f"late {name}").random(len(recent)) < LATE_SHARE
            table = table.filter(pa.array(~(recent & late)))
        found[name] = table
    if "hotline_cases" in found:
        cases = found["hotline_cases"]
        closed = np.array(cases["closed_at"].is_valid()).astype(np.int32)
        found["hotline_cases"] = _set(cases, "status", city.label("case_status", closed))
    if "works" in found:
        _cut_works(city, found, {name: _table(tables[name]) for name in ("work_progress", "work_changes")}, day)
    return {name: {key: table[key].combine_chunks() for key in table.column_names} for name, table in found.items()}


def _cut_works(city: City, found: dict[str, pa.Table], full: dict[str, pa.Table], day: np.datetime64) -> None:
    """Works and what hangs on them: only of those registered; progress, money, promises and forecasts of the day."""
    works = found["works"]
    for name in ("work_progress", "work_budgets", "work_milestones", "work_changes", "work_lags", "site_visits"):
        found[name] = found[name].filter(pc.is_in(found[name]["work_id"], works["work_id"]))
    # A finish that was put off later still stood where it had stood; what has not begun is not awarded.
    before: dict[str, np.datetime64] = {}
    changes = zip(*(_days(full["work_changes"][key]) for key in ("changed_on", "finish_before_on")), strict=True)
    for work, (changed, finish) in zip(_texts(full["work_changes"]["work_id"]), changes, strict=True):
        if changed > day:
            before.setdefault(work, finish)
    now = zip(_texts(works["work_id"]), _days(works["planned_finish_on"]), strict=True)
    finish = np.array([before.get(work, finish) for work, finish in now], dtype="datetime64[D]")
    works = _set(works, "planned_finish_on", pa.array(finish))
    begun = works["started_on"].is_valid()
    found["works"] = _set(works, "award_amount_twd", pc.if_else(begun, works["award_amount_twd"], None))
    real = [row["work_id"] for row in rows("sites")]  # nothing is invented about a real site beyond its curve
    found["work_budgets"] = _budgets(found["work_budgets"], full["work_progress"], day)
    found["work_progress"] = _progress(city, found["work_progress"], real, day)
    found["work_lags"] = _lags(city, found["work_lags"], found["work_progress"], real, day)
    found["work_milestones"] = _milestones(city, found["work_milestones"], found["works"], real, day)


def _budgets(table: pa.Table, progress: pa.Table, day: np.datetime64) -> pa.Table:
    """Of the running year, what was allocated and spent by then: by months, and as far as the work had come."""
    last, year = _last_month(day), int(str(day)[:4])
    table = table.filter(pc.less_equal(table["year"], year))
    ends = [f"{year - 1}-12", str(last), f"{year}-12"]
    stood: list[dict[str, float]] = [{}, {}, {}]
    filed = (_texts(progress["work_id"]), _texts(progress["month"]), progress["actual_progress"].to_numpy())
    for work, month, actual in zip(*filed, strict=True):
        for end, at in zip(ends, stood, strict=True):
            if month <= end:
                at[work] = actual
    months = int(str(last)[5:]) if str(last)[:4] == str(year) else 0
    columns = {key: table[key].to_pylist() for key in ("work_id", "year", "allocated_twd", "executed_twd")}
    for place, work in enumerate(columns["work_id"]):
        if columns["year"][place] == year:
            first, now, end = (at.get(work, 0.0) for at in stood)
            spent = round(columns["executed_twd"][place] * ((now - first) / (end - first) if end > first else 1.0))
            columns["executed_twd"][place] = spent
            columns["allocated_twd"][place] = max(spent, columns["allocated_twd"][place] * months // 12)
    for key in ("allocated_twd", "executed_twd"):
        table = _set(table, key, pa.array(columns[key]))
    return table


def _progress(city: City, table: pa.Table, real: list[str], day: np.datetime64) -> pa.Table:
    """Without what was filed late for the last month; what came in by its due day counts as filed on the day."""
    last, filed = _last_month(day), _days(table["filed_on"])
    due = (last + 1).astype("datetime64[D]") - 1 + DUE_DAYS
    of_last = _texts(table["month"]) == str(last)
    table = _set(table, "filed_on", pa.array(np.minimum(filed, day)))
    table = table.filter(pa.array((filed <= day) | (of_last & (filed <= due))))
    rng = city.stream("corrected progress")
    work, month, actual = _texts(table["work_id"]), _texts(table["month"]), table["actual_progress"].to_numpy()
    going = (_texts(table["status"]) == city.label("execution_status", [1])[0].as_py()) & (actual > 1) & (actual < 95)
    going &= ~np.isin(work, real)
    now, gap = going & (month == str(last)), actual - table["planned_progress"].to_numpy()
    hidden = _some(rng, work[now & (gap > HIDDEN[0]) & (gap <= HIDDEN[1])], CORRECTED // 2)
    others = _some(rng, work[now & ~np.isin(work, hidden)], CORRECTED - len(hidden))
    chosen = [*hidden, *others]
    more = dict.fromkeys(hidden, MORE[1])
    more |= dict(zip(others, rng.uniform(*MORE, len(others)).round(2), strict=True))
    # Filed too high, never too low: a work that was green then must not turn red without a reason on record.
    corrected = np.isin(work, chosen) & going & (month >= str(last - 1))
    higher = np.where(corrected, (actual + np.array([more.get(each, 0) for each in work])).round(2), actual)
    spent = table["executed_amount_twd"].to_numpy()
    spent = np.where(corrected, (spent * higher / np.maximum(actual, 1)).round(), spent).astype(np.int64)
    return _set(_set(table, "actual_progress", pa.array(higher)), "executed_amount_twd", pa.array(spent))


def _lags(city: City, table: pa.Table, progress: pa.Table, real: list[str], day: np.datetime64) -> pa.Table:
    """A reason comes with its filing; some promises were nearer then than they are said to have been now."""
    last = str(_last_month(day))
    filed = _texts(progress["work_id"])[_texts(progress["month"]) == last]
    table = table.filter(pa.array((_texts(table["month"]) < last) | np.isin(_texts(table["work_id"]), filed)))
    rng = city.stream("moved promises")
    work, promised = _texts(table["work_id"]), _days(table["promised_on"])
    far = (_texts(table["month"]) == last) & (promised > day + 40) & ~np.isin(work, real)
    for each in _some(rng, work[far], MOVED):
        same = (work == each) & (promised == promised[(work == each) & far][0])
        promised[same] = day + int(rng.integers(8, 30))
    return _set(table, "promised_on", pa.array(promised))


def _milestones(city: City, table: pa.Table, works: pa.Table, real: list[str], day: np.datetime64) -> pa.Table:
    """Forecasts as they stood: some of the late ones were nearer, and what was reached since was still ahead."""
    rng = city.stream("slipped milestones")
    work, soon = _texts(table["work_id"]), day + 6
    planned, forecast, open_ = _days(table["planned_on"]), _days(table["forecast_on"]), table["done_on"].is_null()
    aside = np.isin(work, [*real, *_texts(works.filter(works["suspended_on"].is_valid())["work_id"])])
    near = np.maximum(planned, soon)
    slips = (rng.random(len(work)) < SLIPPED) & ~aside
    earlier = np.maximum(forecast - rng.integers(5, 46, len(work)), near)
    forecast = np.where(slips & (earlier < forecast), earlier, forecast)
    forecast = np.where(np.array(open_) & np.isnat(forecast) & ~aside, near, forecast)
    return _set(table, "forecast_on", pa.array(forecast))


def _table(columns: Columns) -> pa.Table:
    return pa.table({key: pa.array(values) for key, values in columns.items()})


def _there(column: pa.ChunkedArray, day: np.datetime64) -> np.ndarray:
    if pa.types.is_integer(column.type):
        return column.to_numpy() <= (day + 1).astype("datetime64[Y]").astype(int) + 1970 - 1
    if pa.types.is_temporal(column.type):
        return _days(column) <= day
    return _texts(column) <= str(_last_month(day))


def _last_month(day: np.datetime64) -> np.datetime64:
    """The last month that had ended."""
    return (day + 1).astype("datetime64[M]") - 1


def _some(rng: np.random.Generator, works: np.ndarray, count: int) -> np.ndarray:
    return rng.choice(np.unique(works), min(count, len(np.unique(works))), replace=False)


def _days(column: pa.ChunkedArray) -> np.ndarray:
    return column.cast(pa.date32()).to_numpy().astype("datetime64[D]")


def _texts(column: pa.ChunkedArray) -> np.ndarray:
    return column.cast(pa.string()).to_numpy().astype(str)


def _set(table: pa.Table, key: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.schema.get_field_index(key), key, values)
