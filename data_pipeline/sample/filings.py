"""What would the bureaus have filed about their plans and works, month by month?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from data_pipeline.sample import reasons
from data_pipeline.sample.city import LAST, City
from data_pipeline.sample.curves import AT_112, ENDS, MONTHS, Curve, gap, plan_at
from data_pipeline.sample.tables import Columns, coded, integers, numbers, thousands
from data_pipeline.sample.works import Programme, Work

LAST_DAY = int(LAST.astype(int))


def tables(city: City, programme: Programme) -> Iterator[tuple[str, Columns]]:
    """Plans, works, and the seven tables that hang on them."""
    works = programme.works
    rng = city.stream("filings")
    late_start = rng.integers(0, 13, len(works))
    award = {w.work_id: int(w.budget * rng.uniform(0.86, 0.97)) // 10 * 10 for w in works}
    changes = _changes(city.stream("changes"), works, award)
    final = award | {work_id: after for work_id, _, _, after, *_ in changes}
    started = {
        w.work_id: w.spec.start + (0 if w.site else int(late)) for w, late in zip(works, late_start, strict=True)
    }
    filed = {w.work_id: _filed(w) for w in works}
    yield "forward_plans", _plan_columns(city, programme)
    yield "works", _work_columns(city, works, award, started)
    yield "work_progress", _progress(city, works, filed, final, started)
    yield "work_budgets", _budgets(city.stream("budgets"), works, final)
    yield "work_milestones", _milestones(city, works, started)
    yield "work_changes", {
        "work_id": [row[0] for row in changes], "changed_on": _dates([row[1] for row in changes]),
        "amount_before_twd": thousands([row[2] for row in changes]),
        "amount_after_twd": thousands([row[3] for row in changes]),
        "finish_before_on": _dates([row[4] for row in changes]), "finish_after_on": _dates([row[5] for row in changes]),
        "extension_days": integers([row[6] for row in changes]), "reason": [row[7] for row in changes],
    }  # fmt: skip
    yield "work_lags", reasons.lags(city, works, filed)
    yield "site_visits", reasons.visits(city, works)


def released(work: Work, rng: np.random.Generator) -> int | None:
    """A finished work leaves control after its acceptance; what was finished by 110 had left by the end of 110."""
    if work.finish is None or work.control == "none":
        return None
    day = work.finish + int(rng.integers(18, 80))
    year_110 = int(np.datetime64("2021-12-31").astype(int))
    if work.finish <= year_110:
        day = min(day, year_110)
    return day if day <= LAST_DAY else None


def _filed(work: Work) -> Curve:
    """The curve as filed: from the month of registration, without the months that nobody filed."""
    before = np.arange(_place(work.registered), min(_place(work.spec.start), AT_112 + 1))
    zeros = np.zeros(len(before))
    curve = work.curve
    whole = Curve(
        np.concatenate([before, curve.months]), np.concatenate([zeros, curve.planned]),
        np.concatenate([zeros, curve.actual]), np.concatenate([zeros.astype(bool), curve.halted]),
    )  # fmt: skip
    keep = ~np.isin(whole.months, list(work.missed))
    if work.suspended:
        keep &= whole.months < _place(work.suspended)
    return Curve(whole.months[keep], whole.planned[keep], whole.actual[keep], whole.halted[keep])


def _plan_columns(city: City, programme: Programme) -> Columns:
    plans = programme.plans
    return {
        "plan_id": [plan["plan_id"] for plan in plans],
        "title": [f"模擬計畫 {number:03d}" for number in range(1, len(plans) + 1)],
        "axis": city.labels("axis", [plan["axis"] for plan in plans]),
        "agency_id": city.agency([city.agency_place[plan["agency"]] for plan in plans]),
        "approved_on": _dates([plan["approved"] for plan in plans]),
        "planned_finish_on": _dates([plan["planned_finish"] for plan in plans]),
        "budget_twd": thousands([plan["budget"] for plan in plans]),
        "subsidy_twd": thousands([plan["subsidy"] for plan in plans]),
    }


def _work_columns(city: City, works: list[Work], award: dict[str, int], started: dict[str, int]) -> Columns:
    rng = city.stream("released")
    begun = [started[w.work_id] if started[w.work_id] <= LAST_DAY else None for w in works]
    return {
        "work_id": [w.work_id for w in works],
        "title": [w.title for w in works],
        "plan_id": pa.array([w.plan_id for w in works], pa.string()),
        "control_class": city.labels("control_class", [w.control for w in works]),
        "work_kind": city.labels("work_kind", [w.kind for w in works]),
        "agency_id": city.agency([city.agency_place[w.agency] for w in works]),
        "district_id": city.district([w.district for w in works]),
        "registered_on": _dates([w.registered for w in works]),
        "planned_start_on": _dates([w.spec.start for w in works]),
        "planned_finish_on": _dates([w.spec.planned_finish for w in works]),
        "started_on": _dates(begun),
        "finished_on": _dates([w.finish for w in works]),
        "released_on": _dates([released(w, rng) for w in works]),
        "suspended_on": _dates([w.suspended for w in works]),
        "budget_twd": thousands([w.budget for w in works]),
        # A work that has not begun may not be awarded yet; what real sites were awarded for is not printed.
        "award_amount_twd": thousands(
            [np.nan if w.site or day is None else award[w.work_id] for w, day in zip(works, begun, strict=True)]
        ),
        "longitude": numbers([w.point[0] for w in works], 5),
        "latitude": numbers([w.point[1] for w in works], 5),
        "coordinate_precision": city.labels("coordinate_precision", [w.precision for w in works]),
    }


def _progress(
    city: City, works: list[Work], filed: dict[str, Curve], final: dict[str, int], started: dict[str, int]
) -> Columns:
    rng = city.stream("progress")
    tardy = rng.uniform(0.015, 0.11, len(city.agencies))
    rows = np.repeat(np.arange(len(works)), [len(filed[w.work_id].months) for w in works])
    month = np.concatenate([filed[w.work_id].months for w in works])
    planned = np.concatenate([filed[w.work_id].planned for w in works])
    actual = np.concatenate([filed[w.work_id].actual for w in works])
    halted = np.concatenate([filed[w.work_id].halted for w in works])
    amount = np.array([final[w.work_id] for w in works])[rows]
    paid = rng.uniform(0.90, 1.0, len(works))[rows]
    not_begun = ENDS[month] < np.array([started[w.work_id] for w in works])[rows]
    status = np.select([actual >= 100, halted, not_begun], [3, 2, 0], 1)

    late = rng.random(len(rows)) < tardy[np.array([city.agency_place[w.agency] for w in works])[rows]]
    after = np.where(late, rng.integers(6, 24, len(rows)), rng.integers(-3, 6, len(rows)))
    # The reports of the last month were fetched some days after they were due: what is missing then is late.
    after = np.where(late & (month == AT_112), 6 + rng.integers(0, 4, len(rows)), after)
    filed_on = ENDS[month] + after
    names = [str(each) for each in MONTHS]
    return {
        "work_id": coded([w.work_id for w in works], rows),
        "month": coded(names, month),
        "planned_progress": numbers(planned),
        "actual_progress": numbers(actual),
        "planned_amount_twd": thousands(amount * planned / 100),
        "executed_amount_twd": thousands(amount * actual / 100 * paid),
        "status": city.label("execution_status", status),
        "filed_on": _dates(filed_on),
    }


def _budgets(rng: np.random.Generator, works: list[Work], final: dict[str, int]) -> Columns:
    """Each year's part of the budget, what of it was allocated, and what was spent."""
    rows = []
    for work in works:
        months, curve = work.curve.months, work.curve
        if not len(months):
            continue
        before_plan = before_actual = 0.0
        for year in range(2019 + months[0] // 12, 2019 + months[-1] // 12 + 1):
            last = np.flatnonzero(months // 12 == year - 2019)[-1]
            plan, actual = curve.planned[last] - before_plan, curve.actual[last] - before_actual
            before_plan, before_actual = curve.planned[last], curve.actual[last]
            budget = round(work.budget * max(plan, actual) / 100)
            if budget <= 0:
                continue
            allocated = round(budget * rng.uniform(0.94, 1.0))
            spent = min(allocated, round(final[work.work_id] * actual / 100 * rng.uniform(0.95, 1.06)))
            rows.append((work.work_id, year, budget, allocated, spent))
    columns = dict(zip(("work_id", "year", "budget_twd", "allocated_twd", "executed_twd"), zip(*rows, strict=True),
                       strict=True))  # fmt: skip
    return {name: list(values) for name, values in columns.items()}


def _milestones(city: City, works: list[Work], started: dict[str, int]) -> Columns:
    """Six steps of every work; of the real sites only the three that their curve shows."""
    rng = city.stream("milestones")
    rows: list[tuple] = []
    for work in works:
        spec, begun = work.spec, started[work.work_id]
        slip = _slip(work)
        design, tender = spec.start - int(rng.integers(110, 200)), spec.start - int(rng.integers(18, 45))
        half = _day_at_half(lambda day, spec=spec: float(plan_at(spec, day)), spec)
        settle = spec.planned_finish + 60
        done = {
            "design": min(design + int(rng.integers(-6, 22)), begun - 60),
            "tender": min(tender + int(rng.integers(-4, 15)), begun - 3),
            "start": begun, "half": _actual_half(work), "finish": work.finish,
            "settle": work.finish + int(rng.integers(38, 95)) if work.finish else None,
        }  # fmt: skip
        planned = {"design": design, "tender": tender, "start": spec.start, "half": half,
                   "finish": spec.planned_finish, "settle": settle}  # fmt: skip
        for step, day in planned.items():
            if work.site and step in ("design", "tender", "settle"):
                continue
            reached = done[step] if done[step] is not None and done[step] <= LAST_DAY else None
            forecast = None
            if reached is None and not work.suspended:
                forecast = max(done[step] or day + slip, LAST_DAY + 6) + (int(rng.integers(0, 25)) if slip > 40 else 0)
            if work.site and step == "finish" and reached is None:
                forecast = _promised(work)
            rows.append((work.work_id, step, day, forecast, reached))
    return {
        "work_id": [row[0] for row in rows], "milestone": city.labels("milestone", [row[1] for row in rows]),
        "planned_on": _dates([row[2] for row in rows]), "forecast_on": _dates([row[3] for row in rows]),
        "done_on": _dates([row[4] for row in rows]),
    }  # fmt: skip


def _promised(work: Work) -> int | None:
    """The day a document promised for a real site, if it still lies ahead; nobody invents a later one."""
    if not work.site["promised_on"]:
        return None
    day = int(np.datetime64(work.site["promised_on"], "D").astype(int))
    return day if day >= LAST_DAY else None


def _slip(work: Work) -> int:
    """How many days late the work stands at the end of 112 (or finished)."""
    if work.finish is not None:
        return work.finish - work.spec.planned_finish
    if not len(work.curve.months):
        return 0
    return int(gap(work.curve, work.spec.start, AT_112)[1])


def _day_at_half(progress, spec) -> int:
    low, high = spec.start, spec.planned_finish
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if progress(middle) < 50 else (low, middle)
    return high


def _actual_half(work: Work) -> int | None:
    above = np.flatnonzero(work.curve.actual >= 50)
    if not len(above):
        return None
    place = above[0]
    day = int(ENDS[work.curve.months[place]])
    before = int(ENDS[work.curve.months[place - 1]]) if place else work.spec.start
    low = work.curve.actual[place - 1] if place else 0.0
    day = round(before + (50 - low) / (work.curve.actual[place] - low) * (day - before))
    return min(day, work.finish) if work.finish else day


def _changes(rng: np.random.Generator, works: list[Work], award: dict[str, int]) -> list[tuple]:
    """(work, changed on, amount before and after in 千元, finish before and after, days granted, reason)."""
    rows = []
    for work in works:
        chance = {"major": 0.22, "forward_small": 0.07, "none": 0.0}[work.control]
        end = min(work.finish or LAST_DAY, LAST_DAY, work.spec.planned_finish)
        if work.site or rng.random() >= chance or end - work.spec.start < 150:
            continue
        count = 2 if rng.random() < 0.15 and end - work.spec.start > 400 else 1
        days = np.sort(rng.integers(work.spec.start + 60, end - 30, count))
        if count == 2 and days[0] == days[1]:
            days = days[:1]
        extensions = rng.integers(1, 10, len(days)) * int(rng.choice([7, 10, 15]))
        finish = work.spec.planned_finish - int(extensions.sum())
        amount = award[work.work_id]
        for day, extension in zip(days, extensions, strict=True):
            after = min(int(amount * (1 + rng.uniform(0.008, 0.07))) // 10 * 10, work.budget)
            reason = f"模擬原因：{reasons.CHANGES[int(rng.integers(len(reasons.CHANGES)))]}"
            later = finish + int(extension)
            rows.append((work.work_id, int(day), amount, after, finish, later, int(extension), reason))
            amount, finish = after, later
    return rows


def _dates(days) -> np.ndarray:
    """Days since 1970 (None where unknown) as dates."""
    return np.array(["NaT" if day is None else np.datetime64(int(day), "D") for day in days], dtype="datetime64[D]")


def _place(day: int) -> int:
    return int((np.datetime64(int(day), "D").astype("datetime64[M]") - MONTHS[0]).astype(int))
