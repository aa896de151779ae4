"""How does one work go from its start to its end? A planned S-curve, and the actual one beside it, month by month.

The actual curve is the planned one some days late: `lag` says how many days at each month end, `cap` how many points
it may fall behind at most (a short work loses ten points in two weeks). Both ramp between what is wanted at the two
days on which figures were published, the ends of 111 and 112. What comes out is judged by `light`, and a draw that
does not stand where it should is drawn again: so the published counts hold without bending a threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MONTHS = np.arange(np.datetime64("2019-01"), np.datetime64("2024-01"))
ENDS = ((MONTHS + 1).astype("datetime64[D]") - 1).astype(int)  # days since 1970
AT_111, AT_112 = 47, 59  # places of 111-12 and 112-12 in MONTHS
CLOSE = {"on": 3.1, "ahead": 3.1, "completed": 3.1, "not_filed": 3.1, "suspended": 3.1}

# What each state must fulfil at its month end, with a margin from the thresholds of rules.yml.
TESTS = {
    "on": lambda points, days: -3.7 < points < 4.3 and days < 34,
    "ahead": lambda points, days: points >= 5.4,
    "behind": lambda points, days: points > -9.2 and days < 112 and (points <= -5.6 or days >= 68),
    "serious": lambda points, days: points <= -10.8 or days >= 128,
    "halted": lambda points, days: points <= -5.6 or days >= 68,
    "not_filed": lambda points, days: True,
    "suspended": lambda points, days: True,
}


@dataclass
class Spec:
    """What one work must come to: its days (since 1970), and its state at the ends of 111 and 112.

    `finish` is None for a work still open at the end of 112. States: on, ahead, behind, serious, halted, not_filed,
    suspended, completed, or None where it is not registered yet.
    """

    start: int
    planned_finish: int
    finish: int | None
    shape: float
    state_111: str | None
    state_112: str
    deep: bool = False  # behind by at least seven points: its whole plan is to show it
    rough: bool = False  # lags on the way, though not at the two days


@dataclass
class Curve:
    """Month by month from the start: places in MONTHS, percent planned and actual, halted or not."""

    months: np.ndarray
    planned: np.ndarray
    actual: np.ndarray
    halted: np.ndarray


def plan_at(spec: Spec, day: np.ndarray | float) -> np.ndarray:
    """Percent planned on a day: an S-curve that is 0 at the start and 100 at the planned finish."""
    share = np.clip((np.asarray(day, dtype=float) - spec.start) / max(spec.planned_finish - spec.start, 1), 0, 1)
    rise, rest = share**spec.shape, (1 - share) ** spec.shape
    return 100 * rise / (rise + rest)


def gap(curve: Curve, start: int, place: int) -> tuple[float, float]:
    """Points (actual − planned) and days since the plan last stood where actual stands, at a month of MONTHS."""
    at = int(np.flatnonzero(curve.months == place)[0])
    planned, actual = curve.planned[at], curve.actual[at]
    if actual >= planned:
        return actual - planned, 0.0
    days = np.concatenate([[start], ENDS[curve.months[: at + 1]]])
    line = np.concatenate([[0.0], curve.planned[: at + 1]])
    below = int(np.flatnonzero(line <= actual)[-1])
    part = (actual - line[below]) / (line[below + 1] - line[below])
    stood = days[below] + part * (days[below + 1] - days[below])
    return actual - planned, float(ENDS[place] - stood)


def draw(rng: np.random.Generator, spec: Spec) -> Curve | None:
    """One curve for the work; None if this draw does not stand where it should."""
    last = AT_112 if spec.finish is None else _month(spec.finish)
    months = np.arange(_month(spec.start), last + 1)
    if not len(months):  # starts after the end of 112
        return Curve(months, np.empty(0), np.empty(0), np.empty(0, dtype=bool))
    ends = ENDS[months]
    planned = plan_at(spec, ends).round(2)
    lag, cap = _knots(rng, spec)
    late = np.interp(ends, *lag)
    # Near the start the plan itself is followed, so that a gap in days always has a plan to be measured on.
    young = np.minimum((ends - spec.start) / 45, 1.0) if not spec.deep else 1.0
    late = np.where(late > 0, late * young, late)
    actual = np.maximum(plan_at(spec, ends - late), planned - np.interp(ends, *cap))
    actual = np.minimum(actual + rng.uniform(-0.12, 0.12, len(ends)) * (actual > 1), 99.6)
    actual = np.maximum.accumulate(np.clip(actual, 0, 99.6)).round(2)
    halted = np.zeros(len(months), dtype=bool)
    for place, state in ((AT_111, spec.state_111), (AT_112, spec.state_112)):
        if state == "halted" and place in months:
            at = place - months[0]
            since = max(at - int(rng.integers(1, 5)), 1)
            actual[since : at + 1] = actual[since]
            halted[since : at + 1] = True
    free = np.flatnonzero((np.abs(months - AT_111) > 4) & (np.abs(months - AT_112) > 4))[4:-3]
    if spec.rough and len(free) and rng.random() < 0.22:  # stood still once, and took up again
        since = int(rng.choice(free))
        pause = slice(since, min(since + int(rng.integers(2, 4)), len(months) - 2))
        actual[pause] = actual[since - 1]
        halted[pause] = True
    actual = np.maximum.accumulate(actual)
    if spec.finish is not None:
        actual[-1] = 100.0
    curve = Curve(months, planned, actual, halted)
    return curve if _stands(curve, spec) else None


def _stands(curve: Curve, spec: Spec) -> bool:
    for place, state in ((AT_111, spec.state_111), (AT_112, spec.state_112)):
        if state in (None, "completed"):
            continue
        if place not in curve.months:
            if state != "on":
                return False
            continue
        points, days = gap(curve, spec.start, place)
        if not TESTS[state](points, days):
            return False
        if state in ("behind", "serious", "halted") and curve.actual[place - curve.months[0]] <= 0.5:
            return False
        if spec.deep and place == AT_112 and points > -7.0:
            return False
    return True


def _knots(rng: np.random.Generator, spec: Spec) -> tuple[tuple[list, list], tuple[list, list]]:
    """Lag in days and cap in points over time."""
    days, lags, caps = [float(spec.start)], [0.0], [3.0]

    def knot(day: float, lag: float, cap: float) -> None:
        if day > days[-1] + 1:
            days.append(float(day))
            lags.append(float(lag))
            caps.append(float(cap))

    for place, state in ((AT_111, spec.state_111), (AT_112, spec.state_112)):
        anchor = ENDS[place]
        if state in (None, "completed") or anchor <= spec.start:
            continue
        lag, cap = _wanted(rng, state, spec.deep and place == AT_112)
        if state in ("behind", "serious", "halted"):
            # Green until some months before, unless it was behind already.
            ramp = lag * rng.uniform(1.25, 2.2)
            if anchor - ramp > days[-1] + 40 and lags[-1] < 40:
                knot(anchor - ramp, rng.uniform(0, 15), 3.0)
        elif lags[-1] > 40:
            knot(anchor - rng.uniform(25, 60), lag, cap)  # recovered
        elif spec.rough and place == AT_112:
            knot(anchor - 190, rng.uniform(70, 130), rng.uniform(7, 14))
            knot(anchor - 60, lag, cap)
        knot(anchor, lag, cap)
    if spec.finish is not None:
        slip = spec.finish - spec.planned_finish
        if spec.rough and spec.finish - days[-1] > 150:
            span = spec.finish - days[-1]
            knot(days[-1] + span * rng.uniform(0.3, 0.45), rng.uniform(8, 20), 3.0)
            knot(days[-1] + span * rng.uniform(0.25, 0.4), max(slip, 0) + rng.uniform(50, 150), rng.uniform(6, 18))
        knot(spec.finish, slip, max(caps[-1], 3.1))
    return (days, lags), (days, caps)


def _wanted(rng: np.random.Generator, state: str, deep: bool) -> tuple[float, float]:
    if state == "ahead":
        return -rng.uniform(30, 110), 3.0
    if state == "behind":
        return rng.uniform(72, 108), rng.uniform(7.2 if deep else 5.9, 9.0)
    if state in ("serious", "halted"):
        return rng.uniform(132, 290), rng.uniform(11.2, 27.0)
    return rng.uniform(-18, 26), CLOSE[state]


def _month(day: int) -> int:
    """The place in MONTHS of a day; beyond either end where the day is."""
    return int((np.datetime64(int(day), "D").astype("datetime64[M]") - MONTHS[0]).astype(int))
