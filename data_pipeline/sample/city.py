"""What do all simulated records share? The days of 108–112, the districts, the agencies and the code tables."""

from __future__ import annotations

import csv
import json
import zlib
from functools import cached_property

import numpy as np
import shapely

from data_pipeline.sample.tables import coded
from data_pipeline.store import PROJECT

SEEDS = PROJECT / "duckdb" / "seeds"
FIRST, LAST = np.datetime64("2019-01-01"), np.datetime64("2023-12-31")
YEARS = (2019, 2020, 2021, 2022, 2023)

# Public holidays: those with a fixed date, those of the moon, and the first day off of each Lunar New Year.
FIXED = ("01-01", "02-28", "04-04", "04-05", "05-01", "10-10")
MOON = (
    "2019-06-07", "2019-09-13", "2020-06-25", "2020-10-01", "2021-06-14", "2021-09-21", "2022-06-03", "2022-09-09",
    "2023-06-22", "2023-09-29",
)  # fmt: skip
NEW_YEARS = ("2019-02-02", "2020-01-23", "2021-02-10", "2022-01-29", "2023-01-20")

# Days of storm or heavy rain and how many times the usual number of contacts they bring. The days are near real
# typhoon and plum-rain days so that seasons look right; the factors are invented.
STORMS = {
    "2019-07-18": 1.9, "2019-08-13": 3.1, "2019-08-24": 3.4, "2019-08-25": 2.2, "2020-05-22": 2.6, "2020-08-26": 2.4,
    "2021-06-04": 1.8, "2021-07-31": 2.1, "2021-08-01": 2.3, "2021-08-07": 2.6, "2022-09-03": 1.7, "2022-09-12": 1.6,
    "2023-07-26": 2.2, "2023-07-27": 4.4, "2023-07-28": 3.6, "2023-08-31": 1.9, "2023-09-03": 2.8, "2023-10-05": 3.3,
}  # fmt: skip
GAP = ("2021-05-14", "2021-05-15", "2021-05-16")  # the hotline's system was changed: no records

# Cases of the open classes by district, as counted in the published records of 2015 (1,405 cases); the two districts
# that had none get a small share.
CASES_2015 = {
    "liuying": 20, "yongkang": 185, "north": 153, "rende": 40, "annan": 130, "baihe": 8, "west_central": 264,
    "anping": 74, "east": 231, "jiali": 16, "xinying": 19, "yanshui": 7, "xigang": 4, "madou": 15, "xinshi": 19,
    "south": 94, "guantian": 11, "longqi": 1, "shanhua": 17, "guiren": 23, "xiaying": 10, "anding": 11, "xinhua": 13,
    "xuejia": 12, "liujia": 6, "danei": 4, "guanmiao": 5, "beimen": 2, "nanhua": 2, "houbi": 2, "yujing": 1,
    "jiangjun": 1, "zuozhen": 2, "dongshan": 1, "qigu": 2, "nanxi": 0.8, "shanshang": 0.8,
}  # fmt: skip


class City:
    """The shared facts of the simulated city, and a fresh random stream for each who asks by name."""

    def __init__(self, seed: int):
        self.seed = seed
        self.days = np.arange(FIRST, LAST + 1)
        self.year = self.days.astype("datetime64[Y]").astype(int) + 1970
        self.month = self.days.astype("datetime64[M]").astype(int) % 12 + 1
        self.weekday = (self.days.astype(int) + 3) % 7  # Monday is 0
        self.districts = [row["district_id"] for row in rows("districts")]
        self.agencies = [row["agency_id"] for row in rows("agencies")]
        self.level = {row["agency_id"]: int(row["level"]) for row in rows("agencies")}
        self._zh = {kind: [row["zh"] for row in rows(kind)] for kind in ("districts", "agencies")}
        self._codes: dict[str, dict[str, str]] = {}
        for row in rows("codes"):
            self._codes.setdefault(row["domain"], {})[row["code"]] = row["zh"]
        self.agency_place = {agency: place for place, agency in enumerate(self.agencies)}
        self.office_of = np.array([self.agency_place[f"office_{district}"] for district in self.districts])
        self.district_share = np.array([CASES_2015[district] for district in self.districts])
        self.district_share = self.district_share / self.district_share.sum()

    def stream(self, name: str) -> np.random.Generator:
        """Random numbers of their own, so that a change in one source leaves the others as they were."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    def codes(self, domain: str) -> list[str]:
        return list(self._codes[domain])

    def label(self, domain: str, index: np.ndarray):
        return coded(list(self._codes[domain].values()), index)

    def labels(self, domain: str, codes) -> object:
        place = {code: number for number, code in enumerate(self._codes[domain])}
        return self.label(domain, np.array([place[code] if code else -1 for code in codes], dtype=np.int32))

    def agency(self, index: np.ndarray):
        return coded(self._zh["agencies"], index)

    def district(self, index: np.ndarray):
        return coded(self._zh["districts"], index)

    @cached_property
    def holiday(self) -> np.ndarray:
        """True on public holidays, Lunar New Year included."""
        found = np.isin(self.days, np.array(MOON, dtype="datetime64[D]"))
        for year in YEARS:
            found |= np.isin(self.days, np.array([f"{year}-{day}" for day in FIXED], dtype="datetime64[D]"))
        return found | self.new_year

    @cached_property
    def new_year(self) -> np.ndarray:
        starts = np.array(NEW_YEARS, dtype="datetime64[D]")
        return np.isin(self.days, (starts[:, None] + np.arange(8)).ravel())

    @cached_property
    def storm(self) -> np.ndarray:
        """How many times the usual: 1 on an ordinary day."""
        factor = np.ones(len(self.days))
        for day, times in STORMS.items():
            place = int((np.datetime64(day) - FIRST).astype(int))
            factor[place] = times
            factor[place + 1] = max(factor[place + 1], 1 + (times - 1) * 0.35)  # the day after still clears up
        return factor

    @cached_property
    def next_workday(self) -> np.ndarray:
        """For each day the place of the first working day on or after it; past the last day it is the place + 1…"""
        open_ = ~(self.holiday | (self.weekday >= 5))
        place = np.where(open_, np.arange(len(self.days)), len(self.days))
        return np.minimum.accumulate(place[::-1])[::-1]

    @cached_property
    def polygons(self) -> dict[str, shapely.Geometry]:
        content = json.loads((SEEDS / "district_boundaries.geojson").read_text(encoding="utf-8"))
        return {each["properties"]["district_id"]: shapely.geometry.shape(each["geometry"])
                for each in content["features"]}  # fmt: skip

    def points(self, rng: np.random.Generator, districts: np.ndarray) -> np.ndarray:
        """One random point (longitude, latitude, five decimals) within each of the districts (by place)."""
        found = np.zeros((len(districts), 2))
        for place in np.unique(districts):
            shape = self.polygons[self.districts[place]]
            wanted = np.flatnonzero(districts == place)
            west, south, east, north = shape.bounds
            inside = np.empty((0, 2))
            while len(inside) < len(wanted):
                tried = rng.uniform((west, south), (east, north), (4 * len(wanted) + 8, 2)).round(5)
                inside = np.vstack([inside, tried[shapely.contains_xy(shape, tried[:, 0], tried[:, 1])]])
            found[wanted] = inside[: len(wanted)]
        return found


def roc_days(days: np.ndarray, prefix: str) -> list[str]:
    """`C1120326`: a register's prefix and the day in 民國 digits."""
    return [f"{prefix}{int(text[:4]) - 1911}{text[5:7]}{text[8:]}" for text in np.datetime_as_string(days)]


def choose(rng: np.random.Generator, share: np.ndarray, size: int) -> np.ndarray:
    """Places drawn by share; the shares need not add up to one."""
    return np.searchsorted(np.cumsum(share) / np.sum(share), rng.random(size), side="right").astype(np.int32)


def rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
