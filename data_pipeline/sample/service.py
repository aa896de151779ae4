"""How well do the agencies serve, by audit, by telephone, by reply, and by award?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from data_pipeline.sample.city import YEARS, City, choose
from data_pipeline.sample.tables import Columns, numbers

AUDITS, TESTS = 95, 370  # a year; 173 units twice each make 346 tests, the other 24 go to the hotline and switchboard

# Editions of the award. 112 and the three winners of 111 are published; everything else is invented.
EDITIONS = {  # by year: edition, coached, recommended, shortlisted, won
    2019: (2, 38, 4, 2, 1), 2020: (3, 45, 5, 3, 2), 2021: (4, 52, 5, 3, 2), 2022: (5, 58, 6, 4, 3),
    2023: (6, 64, 6, 4, 2),
}  # fmt: skip
WINNERS_111 = {
    "research": "城市數據交換．城市自主感知",
    "education": "全球公版直播教學．停課不停學",
    "transportation": "偏鄉生活便利行．小黃公車揪感心",
}

AWARDS = {
    "international": 43, "national": 229, "first": 86, "second": 80, "third": 58, "merit": 454, "excellent": 267,
    "grade_a": 92, "other": 353,
}  # fmt: skip


def tables(city: City) -> Iterator[tuple[str, Columns]]:
    yield "mystery_audits", _audits(city, city.stream("audits"))
    yield "phone_tests", _phone_tests(city, city.stream("phone"))
    yield "reply_reviews", _reviews(city, city.stream("reviews"))
    yield "award_entries", _entries(city, city.stream("entries"))
    yield "awards", _awards(city, city.stream("awards"))


def _audits(city: City, rng: np.random.Generator) -> Columns:
    """Every district office twice a year; the other 21 go to city counters and to who did worst."""
    quality = rng.normal(86.5, 3.0, len(city.agencies))
    offices = city.office_of
    others = np.array([place for place, agency in enumerate(city.agencies) if city.level[agency] == 1])
    rows = []
    for number, year in enumerate(YEARS):
        units = np.concatenate([np.repeat(offices, 2), rng.choice(others, AUDITS - 2 * len(offices), replace=True)])
        score = np.clip(quality[units] + 0.7 * number + rng.normal(0, 2.4, AUDITS), 62, 99.5)
        rows += zip(_workdays(city, rng, year, AUDITS), rng.permutation(np.arange(AUDITS)), units, score, strict=True)
    return _scored(city, rows, "audit_id", "audited_on", "A")


def _phone_tests(city: City, rng: np.random.Generator) -> Columns:
    quality = rng.normal(87.5, 3.2, len(city.agencies))
    desks = np.array([city.agency_place["research"], city.agency_place["secretariat"]])
    rows = []
    for number, year in enumerate(YEARS):
        every = np.arange(len(city.agencies))
        units = np.concatenate([every, every, np.repeat(desks, (TESTS - 2 * len(every)) // 2)])
        score = np.clip(quality[units] + 0.6 * number + rng.normal(0, 2.8, TESTS), 55, 100)
        rows += zip(_workdays(city, rng, year, TESTS), rng.permutation(np.arange(TESTS)), units, score, strict=True)
    return _scored(city, rows, "test_id", "tested_on", "T")


def _scored(city: City, rows: list[tuple], key: str, date: str, prefix: str) -> Columns:
    rows.sort(key=lambda row: (row[0], row[1]))
    return {
        key: [f"{prefix}{number:04d}" for number in range(1, len(rows) + 1)],
        date: np.array([row[0] for row in rows], dtype="datetime64[D]"),
        "agency_id": city.agency([row[2] for row in rows]),
        "score": numbers([row[3] for row in rows], 1),
    }


def _workdays(city: City, rng: np.random.Generator, year: int, count: int) -> np.ndarray:
    open_ = city.days[(city.year == year) & ~city.holiday & (city.weekday < 5) & (city.month > 2)]
    return rng.choice(open_, count, replace=True)


def _reviews(city: City, rng: np.random.Generator) -> Columns:
    units = len(city.agencies)
    first_level = np.array([city.level[agency] for agency in city.agencies]) == 1
    size = np.where(first_level, 240, 60) * rng.lognormal(0, 0.5, units)
    pace = rng.normal(0, 0.35, units)
    columns: dict[str, list] = {name: [] for name in ("year", "agency_id", "cases", "on_time", "mean_days", "score")}
    for number, year in enumerate(YEARS):
        cases = np.maximum(rng.poisson(size), 5)
        share = np.clip(0.945 + 0.006 * number - 0.02 * pace + rng.normal(0, 0.012, units), 0.8, 1)
        on_time = rng.binomial(cases, share)
        columns["year"] += [year] * units
        columns["agency_id"] += range(units)
        columns["cases"] += cases.tolist()
        columns["on_time"] += on_time.tolist()
        columns["mean_days"] += (3.75 - 0.12 * number + pace + rng.normal(0, 0.15, units)).clip(1).tolist()
        columns["score"] += (100 - 140 * (1 - on_time / cases) + rng.normal(0, 1.0, units)).clip(60, 100).tolist()
    return columns | {
        "agency_id": city.agency(columns["agency_id"]),
        "mean_days": numbers(columns["mean_days"]),
        "score": numbers(columns["score"], 1),
    }


def _entries(city: City, rng: np.random.Generator) -> Columns:
    real = np.array([place for place, agency in enumerate(city.agencies) if not agency.startswith("test_unit")])
    rows, topic = [], 0
    for year, (edition, coached, recommended, shortlisted, won) in EDITIONS.items():
        reached = (won, shortlisted - won, recommended - shortlisted, coached - recommended)
        stages = np.repeat([3, 2, 1, 0], reached)
        published = list(WINNERS_111.items()) if year == 2022 else []
        named = [city.agency_place[agency] for agency, _ in published]
        rest = rng.permutation(np.setdiff1d(real, named))[: coached - len(named)]
        for number, (place, stage) in enumerate(zip([*named, *rest], stages, strict=True), 1):
            if number <= len(published):
                title = published[number - 1][1]
            else:
                topic += 1
                title = f"模擬參獎主題 {topic:04d}"
            rows.append((f"G{edition}-{number:02d}", edition, year, int(place), title, int(stage)))
    return {
        "entry_id": [row[0] for row in rows], "edition": [row[1] for row in rows], "year": [row[2] for row in rows],
        "agency_id": city.agency([row[3] for row in rows]), "topic": [row[4] for row in rows],
        "stage": city.label("gsa_stage", np.array([row[5] for row in rows], dtype=np.int32)),
    }  # fmt: skip


def _awards(city: City, rng: np.random.Generator) -> Columns:
    classes = rng.permutation(np.repeat(np.arange(len(AWARDS)), list(AWARDS.values())))
    share = np.array([0.155, 0.175, 0.19, 0.23, 0.25])
    year = np.sort(choose(rng, share, len(classes)))
    month = choose(rng, np.array([2, 2, 4, 5, 7, 8, 7, 9, 12, 14, 15, 15]), len(classes))
    first = np.array([np.datetime64(f"{YEARS[y]}-{m + 1:02d}") for y, m in zip(year, month, strict=True)])
    day = np.sort(first.astype("datetime64[D]") + rng.integers(0, 28, len(classes)))
    level = np.array([{1: 3.0, 2: 0.0, 3: 0.5}[city.level[agency]] for agency in city.agencies])
    level *= rng.lognormal(0, 0.6, len(level))
    level[[city.agency_place[agency] for agency in ("smart_development", "animal_protection")]] = 1.2
    numbers_ = range(1, len(classes) + 1)
    return {
        "award_id": [f"R{number:04d}" for number in numbers_],
        "awarded_on": day,
        "class": city.label("award_class", classes),
        "agency_id": city.agency(choose(rng, level, len(classes))),
        "title": [f"模擬獎項 {number:04d}" for number in numbers_],
    }
