"""Which works are there, what do they cost, when do they run, and where do they stand at the ends of 111 and 112?

The published counts are built in, not hoped for: works come in cohorts whose numbers add up to them (the sums are in
the comments), each work then draws days and a curve until it stands where its cohort says. Money is in 千元.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field

import numpy as np

from data_pipeline.sample import plans
from data_pipeline.sample.city import SEEDS, City, choose
from data_pipeline.sample.curves import MONTHS, Curve, Spec, draw

OFF = "off"  # behind in one way or another; which one is drawn

# (control class, forward-looking?, registered and finished when, state at the end of 111, at the end of 112): works
COHORTS = [
    # 375 majors. Completed by 111: 93 + 22 + 50 + 13 = 178, of them 35 in 111.
    # Under control in 111: those 35 and 143 open ones. On schedule: 35 + 55 + 43 = 133 of 178 (six of the 43 are real).
    (("major", True, "by110", "completed", "completed"), 93), (("major", True, "in111", "completed", "completed"), 22),
    (("major", True, "by111", "on", "completed"), 25), (("major", True, "by111", "on", "on"), 26),
    (("major", True, "by111", "on", OFF), 4), (("major", True, "by111", OFF, OFF), 10),
    (("major", True, "by111", OFF, "on"), 7), (("major", True, "by111", OFF, "completed"), 8),
    (("major", True, "in112", None, "on"), 20), (("major", True, "in112", None, OFF), 2),
    (("major", True, "in112", None, "completed"), 3),
    (("major", False, "by110", "completed", "completed"), 50),
    (("major", False, "in111", "completed", "completed"), 13),
    (("major", False, "by111", "on", "completed"), 14), (("major", False, "by111", "on", "on"), 15),
    (("major", False, "by111", "on", "behind"), 3), (("major", False, "by111", "on", "serious"), 1),
    (("major", False, "by111", "on", "halted"), 1), (("major", False, "by111", "on", "not_filed"), 1),
    (("major", False, "by111", "on", "suspended"), 2),
    (("major", False, "by111", OFF, "completed"), 6), (("major", False, "by111", OFF, "behind"), 5),
    (("major", False, "by111", OFF, "serious"), 4), (("major", False, "by111", OFF, "on"), 3),
    (("major", False, "by111", OFF, "halted"), 1), (("major", False, "by111", OFF, "not_filed"), 1),
    (("major", False, "in112", None, "on"), 22), (("major", False, "in112", None, "behind"), 2),
    (("major", False, "in112", None, "not_filed"), 2), (("major", False, "in112", None, "suspended"), 1),
    (("major", False, "in112", None, "completed"), 2),
    # 974 forward-looking works under fifty million.
    (("forward_small", True, "till111", "completed", "completed"), 796),
    (("forward_small", True, "by111", "on", "completed"), 75), (("forward_small", True, "by111", "on", "on"), 14),
    (("forward_small", True, "by111", "on", OFF), 4), (("forward_small", True, "by111", OFF, OFF), 8),
    (("forward_small", True, "by111", OFF, "on"), 5), (("forward_small", True, "by111", OFF, "completed"), 24),
    (("forward_small", True, "in112", None, "on"), 22), (("forward_small", True, "in112", None, OFF), 2),
    (("forward_small", True, "in112", None, "completed"), 24),
    # Forward-looking and not under control: purchases, services, works of the centre. With them, 1,597 by 111:
    # completed 115 + 796 + 401 = 1,312; on schedule 1,312 + 55 + 93 + 55 = 1,515.
    (("none", True, "till111", "completed", "completed"), 401),
    (("none", True, "by111", "on", "completed"), 45), (("none", True, "by111", "on", "on"), 10),
    (("none", True, "by111", OFF, OFF), 4), (("none", True, "by111", OFF, "on"), 3),
    (("none", True, "by111", OFF, "completed"), 13),
    (("none", True, "in112", None, "on"), 8), (("none", True, "in112", None, "completed"), 12),
]  # fmt: skip

# Sums in 千元. Forward-looking by 111: 50,000 + 12,501 + 36,486 = 98,987 million; in 112 another 6,105 make 105,092.
# Under control: 375 majors with 90,151 (the six real ones 7,120,860 thousand) and 974 with 13,149 make 103,300.
BUDGETS = {  # class, forward-looking?, registered in 112?: sum, least, most, how uneven
    ("major", True, False): (50_000_000, 50_000, 2_900_000, 0.95),
    ("major", True, True): (4_200_000, 50_000, 900_000, 0.7),
    ("major", False, None): (28_830_140, 50_000, 2_400_000, 0.9),
    ("forward_small", True, False): (12_501_000, 900, 49_900, 0.8),
    ("forward_small", True, True): (648_000, 900, 49_900, 0.8),
    ("none", True, False): (36_486_000, 800, 2_600_000, 1.5),
    ("none", True, True): (1_257_000, 800, 400_000, 1.0),
}  # fmt: skip

LENGTHS = {"major": (330, 1_250), "forward_small": (120, 420), "none": (120, 520)}

# What the simulation adds to the real sites, because no document prints it: everything here is invented.
# A real work never gets a red light from simulated progress: somebody would take it for a finding.
SITES = {  # site: control, kind, agency, (registered, start, planned finish, finish), (state 111, 112), shape
    "dongxing_school": (
        "major", "school", "education", ("2021-12-20", "2022-02-15", "2023-12-31", None), ("on", "on"), 1.5),
    "parking_e8": (
        "major", "parking", "transportation", ("2021-11-15", "2021-12-27", "2025-01-31", None), ("on", "on"), 1.5),
    "anping_reclaimed_water": (
        "major", "sewer", "water_resources", ("2020-06-15", "2020-07-30", "2024-12-31", None), ("on", "on"), 1.5),
    "chongxi_bridge": (
        "major", "road", "public_works", ("2021-10-20", "2021-12-01", "2024-03-31", None), ("on", "on"), 1.5),
    "ting20_pump": (
        "major", "water", "water_resources", ("2022-10-25", "2022-12-01", "2024-08-31", None), ("on", "on"), 1.4),
    "baseball_centre": (
        "major", "sport", "sports", ("2021-04-20", "2021-06-01", "2025-01-31", None), ("on", "on"), 1.6),
    "equestrian_field": (
        "none", "sport", "sports", ("2022-09-01", "2022-10-15", "2023-12-10", "2023-12-16"), ("on", "completed"), 1.4),
}  # fmt: skip
ANPING_110 = 23.76  # percent at the end of 110, from a public report


@dataclass
class Work:
    """One work; days are counted from 1970, money in 千元."""

    control: str
    forward: bool
    state_111: str | None
    state_112: str
    stands: str  # at the end of 112, as its plan sees it: completed, on, behind
    new: bool = False
    site: dict | None = None
    spec: Spec | None = None
    curve: Curve | None = None
    registered: int = 0
    suspended: int | None = None
    budget: int = 0
    work_id: str = ""
    title: str = ""
    title_number: int = 0
    plan_id: str | None = None
    kind: str = ""
    agency: str = ""
    district: int = 0
    point: tuple[float, float] = (0.0, 0.0)
    precision: str = "simulated"
    missed: set[int] = field(default_factory=set)

    @property
    def finish(self) -> int | None:
        return self.spec.finish


class Programme:
    """All works of 108–112 and the plans that the forward-looking ones belong to."""

    def __init__(self, city: City):
        self.city = city
        self.works = _real() + self._simulated()
        self.plans = plans.deal(city, self.works)
        self._place()

    def _simulated(self) -> list[Work]:
        rng = self.city.stream("works")
        works = []
        for (control, forward, era, at_111, at_112), count in COHORTS:
            for _ in range(count):
                state_111, state_112 = _settle(rng, at_111, control), _settle(rng, at_112, control, at_112 == OFF)
                stands = at_112 if at_112 in ("completed", "on") else "behind"
                work = Work(control, forward, state_111, state_112, stands, new=era == "in112")
                _run(rng, work, era)
                works.append(work)
        for (control, forward, new), (total, low, high, spread_) in BUDGETS.items():
            group = [w for w in works if (w.control, w.forward) == (control, forward) and new in (None, w.new)]
            amounts = spread(rng, len(group), total, low, high, spread_)
            # Longer works cost more, by and large.
            length = np.array([w.spec.planned_finish - w.spec.start for w in group])
            length = length * rng.lognormal(0, 0.45, len(group))
            for place, amount in zip(np.argsort(length, kind="stable"), np.sort(amounts), strict=True):
                group[place].budget = int(amount)
        works.sort(key=lambda work: (work.registered, work.spec.start))
        for number, work in enumerate(works, 1):
            work.title_number, work.title = number, f"模擬工程 {number:04d}"
            work.work_id = f"W{number + len(SITES):04d}"
        return works

    def _place(self) -> None:
        """Where the works are, and which months were never filed."""
        rng = self.city.stream("places")
        simulated = [work for work in self.works if not work.site]
        share = self.city.district_share**0.5 + 0.03
        places = choose(rng, share, len(simulated))
        points = self.city.points(rng, places)
        for work, place, point in zip(simulated, places, points, strict=True):
            work.district, work.point = int(place), (float(point[0]), float(point[1]))
        for work in simulated:
            months = work.curve.months
            for place, state in ((47, work.state_111), (59, work.state_112)):
                if state == "not_filed":
                    work.missed |= {place, place - 1} if rng.random() < 0.4 else {place}
            if work.control != "none" and len(months) > 6:
                # Never near the two published days, so that the plan's line stays known there.
                free = [m for m in months[2:-1] if not (43 <= m <= 48 or 55 <= m <= 59)]
                work.missed |= {int(m) for m in free if rng.random() < 0.018}


def spread(rng: np.random.Generator, count: int, total: int, low: int, high: int, sigma: float) -> np.ndarray:
    """`count` amounts between low and high, in tens, that add up to `total` exactly."""
    raw = rng.lognormal(0, sigma, count)
    bottom, top = 0.0, total / raw.min()
    for _ in range(80):  # the factor that brings the clipped amounts nearest to the total
        middle = (bottom + top) / 2
        bottom, top = (middle, top) if np.clip(raw * middle, low, high).sum() < total else (bottom, middle)
    amounts = (np.clip(raw * bottom, low, high) // 10 * 10).astype(np.int64)
    order, place = np.argsort(-amounts, kind="stable"), 0
    while (rest := total - int(amounts.sum())) > 0:
        target = order[place % count]
        step = min(rest, 10, high - int(amounts[target]))
        amounts[target] += step
        place += 1
    return amounts


def _settle(rng: np.random.Generator, state: str | None, control: str, last: bool = False) -> str | None:
    """The state in detail: `off` becomes one of its kinds, `on` is now and then ahead."""
    if state == "on" and rng.random() < 0.07:
        return "ahead"
    if state != OFF:
        return state
    kinds = ["behind", "serious", "halted", "not_filed"]
    share = [0.56, 0.30, 0.08, 0.06] if control != "none" and not last else [0.52, 0.36, 0.12, 0.0]
    return kinds[choose(rng, np.array(share), 1)[0]]


def _run(rng: np.random.Generator, work: Work, era: str) -> None:
    """Draw days and curve until the work stands where it should at both ends of year."""
    for _ in range(4_000):
        start, planned, finish = _days(rng, work, era)
        if (finish is not None and finish - start < 60) or planned - start < 60 or start < _day("2019-01-08"):
            continue
        deep = work.forward and work.stands == "behind"
        rough = rng.random() < 0.22 and planned - start > 270
        spec = Spec(start, planned, finish, float(rng.uniform(1.25, 1.75)), work.state_111, work.state_112, deep, rough)
        curve = draw(rng, spec)
        if curve is None:
            continue
        work.spec, work.curve = spec, curve
        first = _day("2023-01-03") if work.new else _day("2019-01-02")
        early = start - int(rng.integers(4, 60))
        if start > _day("2023-12-31"):
            early = int(rng.integers(_day("2023-04-01"), _day("2023-12-22")))
        work.registered = max(early, first)
        if work.state_112 == "suspended":
            work.suspended = int(rng.integers(_day("2023-05-10"), _day("2023-11-20")))
        return
    raise RuntimeError(f"no curve for {work.control} {era} {work.state_111} → {work.state_112}")


def _days(rng: np.random.Generator, work: Work, era: str) -> tuple[int, int, int | None]:
    """Start, planned finish and finish for one try."""
    length = float(rng.uniform(*LENGTHS[work.control]))
    slip = float(np.clip(rng.normal(0.03, 0.09) * length, -60, 200))
    if era in ("by110", "in111", "till111"):
        first, last = {
            "by110": ("2019-10-01", "2021-11-20"), "in111": ("2022-01-08", "2022-12-20"),
            "till111": ("2019-05-20", "2022-12-20"),
        }[era]  # fmt: skip
        share = rng.random() ** 0.8
        finish = int(_day(first) + share * (_day(last) - _day(first)))
        return int(max(finish - length, _day("2019-01-08") + rng.integers(0, 120))), int(finish - slip), finish
    late_111, late_112 = (work.state_111 in ("behind", "serious", "halted"), work.stands == "behind")
    if work.new:
        latest = "2023-06-20" if work.stands == "completed" else "2023-10-10"
        start = int(rng.integers(_day("2023-01-20"), _day(latest)))
        if work.stands == "completed":
            finish = int(rng.integers(start + 62, max(start + 64, _day("2023-12-22"))))
            return start, finish - int(np.clip(slip, -20, 30)), min(finish, _day("2023-12-22"))
        if late_112 and work.state_112 not in ("not_filed", "suspended"):
            start = int(rng.integers(_day("2023-01-20"), _day("2023-04-10")))
            return start, int(rng.integers(_day("2023-09-15"), _day("2024-03-31"))), None
        if work.state_112 == "on" and rng.random() < 0.3:  # not begun yet
            start = int(rng.integers(_day("2024-01-10"), _day("2024-04-30")))
        return start, max(int(start + length), _day("2024-01-20")), None
    # What is behind by months must have begun months before that.
    begun = _day("2022-09-15")
    if late_111:
        begun = _day("2022-03-10" if work.state_111 == "behind" else "2021-10-10")
    if work.state_112 == "completed":
        finish = int(rng.integers(_day("2023-01-12"), _day("2023-12-22")))
        slip = rng.uniform(-25, 28) if not late_111 else rng.uniform(45, 190)
        planned = int(finish - slip)
    else:
        finish = None
        first, last = ("2023-06-15", "2024-09-30") if late_112 else ("2024-01-20", "2024-12-20")
        planned = int(rng.integers(_day(first), _day(last)))
    start = min(planned - length, begun - rng.integers(0, 120))
    return int(max(start, _day("2019-01-08") + rng.integers(0, 90))), planned, finish


def _real() -> list[Work]:
    """The seven real sites: published facts from the seed; the rest of them from SITES; curves are simulated."""
    rng = np.random.default_rng(7)
    works = []
    with (SEEDS / "sites.csv").open(encoding="utf-8", newline="") as file:
        facts = list(csv.DictReader(file))
    with (SEEDS / "districts.csv").open(encoding="utf-8", newline="") as file:
        districts = [row["district_id"] for row in csv.DictReader(file)]
    for fact in facts:
        control, kind, agency, (registered, start, planned, finish), (at_111, at_112), shape = SITES[fact["site_id"]]
        spec = Spec(_day(start), _day(planned), finish and _day(finish), shape, at_111, at_112)
        curve = next(curve for curve in iter(lambda spec=spec: draw(rng, spec), 0) if curve is not None)
        if fact["site_id"] == "anping_reclaimed_water":
            at = int(np.flatnonzero(MONTHS[curve.months] == np.datetime64("2021-12"))[0])
            curve.actual[: at + 1] = np.minimum(curve.actual[: at + 1], ANPING_110)
            curve.actual[at:] = np.maximum(curve.actual[at:], ANPING_110)
            curve.actual[at] = ANPING_110
        stands = {"completed": "completed", "on": "on"}.get(at_112, "behind")
        works.append(Work(
            control, False, at_111, at_112, stands, site=fact, spec=spec, curve=curve, registered=_day(registered),
            budget=int(fact["budget_twd"]) // 1000, work_id=fact["work_id"], title=fact["zh"], kind=kind, agency=agency,
            district=districts.index(fact["district_id"]), precision=fact["coordinate_precision"],
            point=(float(fact["longitude"]), float(fact["latitude"])),
        ))  # fmt: skip
    return works


def _day(text: str) -> int:
    return int(np.datetime64(text, "D").astype(int))
