"""How long do 526,064 petitions of 108–111, and those of 112, wait for their answer?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from data_pipeline.sample.city import FIRST, YEARS, City, choose, roc_days
from data_pipeline.sample.hotline import COMPLAINT, SEASON, daily, handlers
from data_pipeline.sample.tables import Columns, numbered

# 108–111 add up to 「52萬6,064件」, 111 is 「約12萬2,000件」.
PETITIONS = {2019: 138_012, 2020: 131_877, 2021: 134_162, 2022: 122_013, 2023: 118_640}
MEAN_DAYS = 3.5  # 「處理時效平均3.5天」
WEEKDAY = np.array([1.34, 1.24, 1.18, 1.15, 1.10, 0.52, 0.47])
CHANNELS = np.array([0.24, 0.09, 0.34, 0.22, 0.05, 0.06])
EASIER = np.array([1.12, 1.05, 1.0, 0.93, 0.90])  # faster year by year
HARD = np.array([0.7, 0.9, 0.9, 0.9, 1.0, 1.15, 0.9, 1.15, 0.95, 1.1, 1.05, 0.95, 0.9, 1.05, 1.15, 1.2])


def tables(city: City, scale: float) -> Iterator[tuple[str, Columns]]:
    rng = city.stream("petitions")
    weight = SEASON[city.month - 1] * WEEKDAY[city.weekday] * np.where(city.holiday, 0.45, 1.0)
    weight = weight * (1 + (city.storm - 1) * 0.3) * rng.lognormal(0, 0.08, len(city.days))
    day = np.repeat(np.arange(len(city.days)), daily(city, rng, PETITIONS, scale, weight))
    size = len(day)
    category = choose(rng, COMPLAINT, size)
    district = choose(rng, city.district_share**0.8, size)
    district[rng.random(size) < 0.06] = -1
    agency = handlers(city, rng, category, district)

    complex_ = rng.random(size) < 0.16
    base = rng.gamma(2.3, 1 / 2.3, size) * HARD[category] * EASIER[city.year[day] - YEARS[0]]
    base *= rng.uniform(0.82, 1.22, len(city.agencies))[agency] * np.where(complex_, 1.5, 1.0)
    days = _days(city, day, base)
    closed = city.days[np.minimum(day + days, len(city.days) - 1)].copy()
    closed[(day + days >= len(city.days)) | (rng.random(size) < 0.0007)] = np.datetime64("NaT")
    yield "petitions", {
        "petition_id": numbered(roc_days(city.days, "P"), day, 4),
        "received_on": city.days[day],
        "channel": city.label("channel", choose(rng, CHANNELS, size)),
        "category": city.label("service_category", category),
        "agency_id": city.agency(agency),
        "district_id": city.district(district),
        "due_on": FIRST + day + np.where(complex_, 14, 7),
        "closed_on": closed,
    }


def _days(city: City, day: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Calendar days to the answer, given on working days only; 3.5 on average over 108–111.

    Past the last day the answer is not known yet: any number beyond it will do.
    """
    first_four = city.year[day] < 2023

    def answered(stretch: float) -> np.ndarray:
        place = day + np.floor(base * stretch + 0.35).astype(np.int64)
        known = np.minimum(place, len(city.days) - 1)
        return np.where(place < len(city.days), city.next_workday[known], place) - day

    low, high = 0.5, 6.0
    for _ in range(22):
        middle = (low + high) / 2
        low, high = (middle, high) if answered(middle)[first_four].mean() < MEAN_DAYS else (low, middle)
    return answered(low)
