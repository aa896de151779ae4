"""How do the city's own house and its people do: budgets, learning, goals, volunteers, the centre, young people?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from data_pipeline.sample.city import YEARS, City, rows
from data_pipeline.sample.tables import Columns, integers, numbers, thousands

# 111 is published: 55 volunteers, eight in ten 65 or older, men to women 1 : 3.
VOLUNTEERS = {  # by year: 65 or older f, m; younger f, m
    2019: (27, 9, 10, 5), 2020: (29, 9, 9, 5), 2021: (31, 10, 8, 4), 2022: (34, 11, 7, 3), 2023: (36, 12, 7, 3),
}  # fmt: skip
VISITS = {2019: 61_840, 2020: 58_213, 2021: 49_377, 2022: 70_116, 2023: 73_052}  # 「2022年服務達約7萬人次」
SERVICES = (0.46, 0.17, 0.29, 0.08)
# People matched and colleges; 108–111 add up to 413, 111 is published with 37 colleges and 178 people.
INTERNSHIPS = {2019: (58, 17), 2020: (74, 21), 2021: (103, 26), 2022: (178, 37), 2023: (191, 39)}
# Held in each year. 111 as printed (2 talks, 5 schools, 5 coaching, 5 exchanges); 70 platform meetings in 109–111.
YOUTH = {
    "forum": (0, 1, 1, 1, 1), "talk": (1, 1, 2, 2, 3), "school": (2, 3, 4, 5, 5), "coaching": (2, 3, 3, 5, 5),
    "exchange": (2, 3, 3, 5, 6), "platform": (12, 20, 22, 28, 29),
}  # fmt: skip
CROWD = {"forum": 180, "talk": 120, "school": 42, "coaching": 26, "exchange": 38, "platform": 18}
# Of the plan of 106, by target: what share of it was achieved. Invented.
ACHIEVED = (1.08, 1.0, 0.97, 1.02, 0.94, 1.2, 1.07, 1.33, 1.12, 1.1, 1.04, 0.87, 1.06, 2.0, 1.0)


def tables(city: City) -> Iterator[tuple[str, Columns]]:
    budgets = _budgets(city, city.stream("budget_execution"))
    learning = _learning(city, city.stream("learning"))
    yield "goal_results", _goals(budgets, learning)
    targets = rows("district_office_targets")
    yield "district_office_results", {
        "year": [2017] * len(targets), "target_key": [row["target_key"] for row in targets],
        "achieved": integers([float(row["target"]) * ACHIEVED[n % len(ACHIEVED)] for n, row in enumerate(targets)]),
    }  # fmt: skip
    yield "budget_execution", budgets | {
        "agency_id": city.agency(budgets["agency_id"]),
        **{name: thousands(budgets[name]) for name in ("allocated_twd", "executed_twd", "budget_twd")},
    }
    yield "learning_hours", learning | {
        "agency_id": city.agency(learning["agency_id"]), "hours": numbers(learning["hours"], 1),
    }  # fmt: skip
    yield "volunteers", {
        "year": np.repeat(YEARS, 4), "age_group": ["65+", "65+", "under_65", "under_65"] * len(YEARS),
        "sex": ["f", "m"] * 2 * len(YEARS), "people": np.array(list(VOLUNTEERS.values())).ravel(),
    }  # fmt: skip
    yield "joint_centre_visits", _visits(city, city.stream("joint_centre"))
    yield "youth_activities", _youth(city, city.stream("youth"))


def _units(city: City) -> np.ndarray:
    """Agencies with a budget and staff of their own: the first level and the district offices."""
    return np.array([place for place, agency in enumerate(city.agencies) if city.level[agency] in (1, 3)])


def _sized(city: City, units: np.ndarray, bureau: int, office: int) -> np.ndarray:
    return np.where([city.level[city.agencies[unit]] == 1 for unit in units], bureau, office)


def _budgets(city: City, rng: np.random.Generator) -> dict[str, np.ndarray]:
    units = _units(city)
    size = _sized(city, units, 1_150_000, 92_000) * rng.lognormal(0, 0.7, len(units))
    columns = {name: [] for name in ("year", "agency_id", "allocated_twd", "executed_twd", "budget_twd")}
    for number, year in enumerate(YEARS):
        budget = (size * 1.03**number * rng.normal(1, 0.03, len(units))).round()
        allocated = (budget * rng.uniform(0.955, 1.0, len(units))).round()
        executed = (allocated * np.clip(rng.normal(0.942 + 0.003 * number, 0.028, len(units)), 0.80, 0.998)).round()
        for name, values in (("year", np.full(len(units), year)), ("agency_id", units), ("allocated_twd", allocated),
                             ("executed_twd", executed), ("budget_twd", budget)):  # fmt: skip
            columns[name].append(values)
    return {name: np.concatenate(values) for name, values in columns.items()}


def _learning(city: City, rng: np.random.Generator) -> dict[str, np.ndarray]:
    units = _units(city)
    staff = np.maximum(_sized(city, units, 210, 44) * rng.lognormal(0, 0.5, len(units)), 18)
    columns = {name: [] for name in ("year", "agency_id", "staff", "staff_at_20", "hours")}
    for number, year in enumerate(YEARS):
        people = rng.poisson(staff)
        reached = rng.binomial(people, np.clip(rng.normal(0.925 + 0.009 * number, 0.03, len(units)), 0.75, 1))
        hours = reached * rng.uniform(26, 46, len(units)) + (people - reached) * rng.uniform(8, 18, len(units))
        for name, values in (("year", np.full(len(units), year)), ("agency_id", units), ("staff", people),
                             ("staff_at_20", reached), ("hours", hours)):  # fmt: skip
            columns[name].append(values)
    return {name: np.concatenate(values) for name, values in columns.items()}


def _goals(budgets: dict, learning: dict) -> Columns:
    """The two measures with a number, in the years of the plan that have passed: taken from the records themselves."""
    rows = []
    for year in (2022, 2023):
        of_year = budgets["year"] == year
        rate = 100 * budgets["executed_twd"][of_year].sum() / budgets["allocated_twd"][of_year].sum()
        rows.append((year, "budget_execution_rate", rate))
        of_year = learning["year"] == year
        rows.append((year, "learning_hours", learning["hours"][of_year].sum() / learning["staff"][of_year].sum()))
    return {"year": [r[0] for r in rows], "measure_id": [r[1] for r in rows], "result": numbers([r[2] for r in rows])}


def _visits(city: City, rng: np.random.Generator) -> Columns:
    months, services, visits = [], [], []
    season = np.array([0.92, 0.78, 1.05, 0.98, 1.06, 1.04, 1.06, 1.07, 1.02, 1.0, 1.0, 1.02])
    for year, total in VISITS.items():
        weight = season * (np.array([1, 1, 1, 1, 0.8, 0.25, 0.5, 0.9, 1, 1, 1, 1]) if year == 2021 else 1)
        share = (weight[:, None] * np.array(SERVICES)[None, :] * rng.lognormal(0, 0.06, (12, 4))).ravel()
        months += [f"{year}-{month:02d}" for month in range(1, 13) for _ in SERVICES]
        services += [0, 1, 2, 3] * 12
        visits += rng.multinomial(total, share / share.sum()).tolist()
    service = city.label("joint_service", np.array(services, dtype=np.int32))
    return {"month": months, "service": service, "visits": visits}


def _youth(city: City, rng: np.random.Generator) -> Columns:
    rows = []
    for programme, counts in YOUTH.items():
        for year, count in zip(YEARS, counts, strict=True):
            for _ in range(count):
                day = f"{year}-03-29" if programme == "forum" else str(
                    rng.choice(city.days[(city.year == year) & (city.month > 2) & ~city.holiday]))  # fmt: skip
                rows.append((day, programme, int(max(rng.poisson(CROWD[programme]), 6)), np.nan))
    for year, (people, colleges) in INTERNSHIPS.items():
        rows.append((f"{year}-07-01", "internship", people, colleges))
    rows.sort(key=lambda row: row[:3])
    return {
        "activity_id": [f"Y{number:03d}" for number in range(1, len(rows) + 1)],
        "held_on": np.array([row[0] for row in rows], dtype="datetime64[D]"),
        "programme": city.labels("youth_programme", [row[1] for row in rows]),
        "participants": [row[2] for row in rows], "colleges": integers([row[3] for row in rows]),
    }  # fmt: skip
