"""Which works make up which of the 363 forward-looking plans, and what is each of them?

At the end of 112 a plan is completed when all its works are (316), on schedule when its open works are (36 more), and
behind when its open works are (11). So works are dealt to plans by where they stand, within what an axis builds.
"""

from __future__ import annotations

import numpy as np

from data_pipeline.sample.city import City, choose
from data_pipeline.sample.curves import AT_111, ENDS

# Axis: plans, of which still open and on schedule, of which behind.
AXES = {
    "rail": (2, 1, 0), "water": (58, 7, 3), "talent": (15, 1, 1), "green_energy": (9, 2, 0), "food_safety": (7, 1, 0),
    "digital": (60, 5, 1), "childcare": (20, 2, 1), "urban_rural": (192, 17, 5),
}  # fmt: skip
SOFT = ("rail", "talent", "food_safety", "digital")  # buy and build little: their works are outside control

KINDS = {
    "water": {"water": 0.56, "sewer": 0.38, "park": 0.06},
    "green_energy": {"building": 0.6, "water": 0.2, "park": 0.2},
    "childcare": {"school": 0.62, "building": 0.38},
    "urban_rural": {
        "road": 0.34, "park": 0.18, "building": 0.15, "parking": 0.11, "sport": 0.10, "school": 0.08, "land": 0.04,
    },
    "digital": {"digital": 0.75, "non_works": 0.25},
    "": {  # majors outside the forward-looking programme
        "road": 0.29, "building": 0.21, "water": 0.13, "sewer": 0.10, "land": 0.09, "school": 0.09, "parking": 0.05,
        "park": 0.04,
    },
}  # fmt: skip
AGENCIES = {
    "building": {"public_works": 0.3, "social_affairs": 0.22, "culture": 0.16, "civil_affairs": 0.12, "fire": 0.1,
                 "economic_development": 0.1},
    "road": {"public_works": 0.82, "transportation": 0.10, "agriculture": 0.08},
    "water": {"water_resources": 0.93, "agriculture": 0.07}, "sewer": {"water_resources": 1.0},
    "park": {"public_works": 0.7, "tourism": 0.3}, "school": {"education": 1.0}, "parking": {"transportation": 1.0},
    "land": {"land": 1.0}, "sport": {"sports": 1.0},
    "digital": {"smart_development": 0.44, "education": 0.32, "police": 0.12, "transportation": 0.12},
    "non_works": {"economic_development": 0.2, "public_health": 0.18, "labor": 0.14, "agriculture": 0.14,
                  "education": 0.14, "culture": 0.1, "environment": 0.1},
}  # fmt: skip
SUBSIDY = 98_987_000  # 千元: what the centre granted by the end of 111; the rest of those budgets is the city's own


def deal(city: City, works: list) -> list[dict]:
    """Give every forward work its plan, its kind and its agency; the 363 plans, in order of axis."""
    rng = city.stream("plans")
    plans = []
    for axis, (count, on, behind) in AXES.items():
        states = ["on"] * on + ["behind"] * behind + ["completed"] * (count - on - behind)
        plans += [{"axis": axis, "state": states[place], "works": []} for place in rng.permutation(count)]
    for number, plan in enumerate(plans, 1):
        plan |= {"plan_id": f"F{number:03d}", "soft": plan["axis"] in SOFT, "epoch": rng.random()}

    forward = [work for work in works if work.forward]
    for soft in (False, True):
        for state in ("behind", "on"):
            pool = [w for w in forward if w.stands == state and (w.control == "none") == soft]
            _hand_out(rng, pool, [p for p in plans if p["soft"] == soft and p["state"] == state], [])
    done = [work for work in forward if work.stands == "completed"]
    open_ = [p for p in plans if p["state"] == "on"]
    for plan in plans:
        if plan["state"] == "behind" and not plan["soft"]:
            done = _add_finished(rng, plan, done)
    for soft in (True, False):
        pool = [work for work in done if (work.control == "none") == soft]
        first = [p for p in plans if p["soft"] == soft and p["state"] == "completed"]
        # Some purchases belong to building plans, so the pool of the soft axes is shared.
        more = [p for p in open_ if p["soft"] == soft] + ([p for p in plans if not p["soft"] and p["state"] != "behind"]
                                                          if soft else [])  # fmt: skip
        _hand_out(rng, pool, first, more)
    for work in works:
        if not work.site:
            _describe(city, rng, work, next((p for p in plans if p["plan_id"] == work.plan_id), None))
    _complete(city, rng, plans)
    return plans


def _hand_out(rng: np.random.Generator, pool: list, first: list[dict], more: list[dict]) -> None:
    """Each of `first` gets one work of the pool; the rest go by chance, near works of the same time together."""
    takers = [*first, *more]
    weights = np.array([rng.lognormal(0, 0.8) * (1.0 if place < len(first) else 0.45) for place in range(len(takers))])
    takes = [*first, *(takers[place] for place in choose(rng, weights, len(pool) - len(first)))]
    takes.sort(key=lambda plan: plan["epoch"] + rng.normal(0, 0.12))
    for work, plan in zip(sorted(pool, key=lambda work: work.registered), takes, strict=True):
        work.plan_id = plan["plan_id"]
        plan["works"].append(work)


def _add_finished(rng: np.random.Generator, plan: dict, done: list) -> list:
    """A plan behind has finished a work or two as well, too small to hide that it is behind."""
    room = 0.10 * sum(work.budget for work in plan["works"])
    wanted = int(rng.integers(0, 3))
    for work in sorted(done, key=lambda work: work.title_number):
        if not wanted:
            break
        if work.control == "forward_small" and work.budget < room:
            work.plan_id = plan["plan_id"]
            plan["works"].append(work)
            room, wanted = room - work.budget, wanted - 1
            done = [other for other in done if other is not work]
    return done


def _describe(city: City, rng: np.random.Generator, work, plan: dict | None) -> None:
    kinds = KINDS.get(plan["axis"] if plan else "", {"non_works": 1.0})
    if work.control == "none" and not (plan and plan["axis"] == "digital"):
        kinds = {"non_works": 1.0}
    elif plan and plan["soft"]:
        kinds = KINDS.get(plan["axis"], {"non_works": 1.0})
    work.kind = list(kinds)[choose(rng, np.array(list(kinds.values())), 1)[0]]
    agencies = AGENCIES[work.kind]
    work.agency = list(agencies)[choose(rng, np.array(list(agencies.values())), 1)[0]]


def _complete(city: City, rng: np.random.Generator, plans: list[dict]) -> None:
    """Budget, subsidy, agency and days of each plan, from its works."""
    for plan in plans:
        works = plan["works"]
        plan["budget"] = sum(work.budget for work in works)
        plan["agency"] = max(works, key=lambda work: (work.budget, work.title_number)).agency
        plan["approved"] = min(work.registered for work in works) - int(rng.integers(25, 150))
        plan["planned_finish"] = max(work.spec.planned_finish for work in works)
    budgets = np.array([plan["budget"] for plan in plans], dtype=float)
    by_111 = np.array([plan["approved"] <= ENDS[AT_111] for plan in plans])
    share = rng.uniform(0.90, 0.98, len(plans))
    # The city's own part takes up the difference, in proportion, so that the grants of the plans approved by the end
    # of 111 add up to what was granted by then.
    own = budgets * (1 - share)
    rest = budgets[by_111].sum() - SUBSIDY
    own[by_111] = own[by_111] * rest / own[by_111].sum()
    own = np.floor(own)
    own[np.argmax(budgets * by_111)] += rest - own[by_111].sum()
    for plan, mine in zip(plans, own, strict=True):
        plan["subsidy"] = int(plan["budget"] - mine)
