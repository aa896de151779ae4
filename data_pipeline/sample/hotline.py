"""How do 1.42 million contacts with 1999 spread over five years, channels, hours, districts and agencies?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from data_pipeline.sample.city import FIRST, GAP, YEARS, City, choose, roc_days
from data_pipeline.sample.tables import Columns, integers, numbered

# 108–111 add up to 「近118萬件」, all five years to 「逾142萬件」; grows every year to 111.
CONTACTS = {2019: 274_618, 2020: 287_944, 2021: 301_327, 2022: 315_483, 2023: 244_152}
PHONE = {2019: 0.832, 2020: 0.818, 2021: 0.802, 2022: 0.785, 2023: 0.768}
SATISFIED = {2019: 0.966, 2020: 0.969, 2021: 0.970, 2022: 0.972, 2023: 0.973}
SPECIAL = {
    "relief_2021": ("2021-06", (5_214, 6_187, 3_905, 2_748, 3_131, 1_893, 1_044)),  # 2萬4,122通
    "care_2022": ("2022-04", (4_362, 8_915, 7_120, 5_048, 3_677, 2_946, 2_310, 1_897, 1_451)),  # 3萬7,726通
}

SEASON = np.array([0.98, 0.90, 0.99, 1.00, 1.07, 1.10, 1.12, 1.13, 1.05, 1.00, 0.95, 0.94])
WEEKDAY = np.array([1.17, 1.10, 1.07, 1.06, 1.09, 0.78, 0.71])
# By hour: dispatched cases as counted in the published records of 2015; questions keep office hours.
DISPATCH_HOURS = np.array([19, 11, 2, 4, 4, 6, 15, 51, 77, 96, 99, 81, 95, 70, 89, 95, 83, 84, 79, 85, 93, 79, 58, 30])
INQUIRY_HOURS = np.array([4, 2, 1, 1, 1, 2, 6, 22, 88, 128, 131, 118, 62, 70, 110, 118, 112, 84, 40, 32, 28, 22, 14, 8])

# Categories in the order of codes.csv: the nine open classes first, then what people ask about.
DISPATCH = np.array([582, 218, 66, 100, 147, 47, 31, 35, 177, 0, 0, 0, 6, 0, 0, 8])
DISPATCH_STORM = np.array([160, 60, 50, 190, 330, 260, 6, 310, 340, 0, 0, 0, 4, 0, 0, 20])
INQUIRY = np.array([30, 14, 22, 12, 110, 20, 4, 24, 40, 150, 120, 95, 105, 70, 84, 100])
COMPLAINT = np.array([120, 110, 20, 25, 110, 70, 30, 35, 120, 50, 30, 22, 40, 45, 45, 60])

# Who handles what. `office` is the office of the district concerned, or Civil Affairs where none is known.
HANDLERS = {
    "illegal_parking": {"police": 0.86, "transportation": 0.14},
    "noise": {"environment": 0.52, "police": 0.48},
    "animal": {"animal_protection": 0.88, "agriculture": 0.12},
    "street_light": {"public_works": 0.36, "office": 0.64},
    "traffic": {"transportation": 0.62, "police": 0.38},
    "road": {"public_works": 0.58, "office": 0.42},
    "arcade": {"police": 0.55, "public_works": 0.45},
    "utilities": {"water_resources": 0.55, "public_works": 0.35, "office": 0.10},
    "pollution": {"environment": 0.84, "office": 0.16},
    "welfare": {"social_affairs": 0.70, "labor": 0.14, "office": 0.16},
    "household": {"civil_affairs": 0.56, "land": 0.44},
    "tax": {"finance_tax": 1.0},
    "health": {"public_health": 1.0},
    "education": {"education": 0.74, "culture": 0.14, "sports": 0.12},
    "business": {"economic_development": 0.48, "labor": 0.22, "tourism": 0.14, "agriculture": 0.16},
    "other": {"research": 0.32, "urban_development": 0.24, "secretariat": 0.10, "fire": 0.14, "joint_service": 0.20},
}
# Median hours to close, near those counted in 2015; the rest are guesses of the same order.
HOURS = np.array([4.7, 5.2, 34, 42, 7.5, 27, 6.6, 50, 19, 48, 40, 40, 30, 40, 48, 36])
URGENT = np.array([False, False, False, False, True, True, False, True] + [False] * 8)


def tables(city: City, scale: float) -> Iterator[tuple[str, Columns]]:
    """Contacts, dispatched cases, satisfaction answers and the special lines."""
    rng = city.stream("hotline")
    contacts = _contacts(city, rng, scale)
    yield "hotline_contacts", {
        "contact_id": numbered(roc_days(city.days, "C"), contacts["day"]),
        "received_at": contacts["at"],
        "channel": city.label("channel", contacts["channel"]),
        "kind": city.label("contact_kind", contacts["kind"]),
        "category": city.label("service_category", contacts["category"]),
        "agency_id": city.agency(contacts["agency"]),
        "district_id": city.district(contacts["district"]),
        "wait_seconds": integers(contacts["wait"]),
    }
    chosen = contacts["kind"] == 1
    cases = {name: values[chosen] for name, values in contacts.items()}
    cases |= _closing(city, city.stream("cases"), cases)
    yield "hotline_cases", {
        "case_id": numbered(roc_days(city.days, "D"), cases["day"], 4),
        "received_at": cases["at"],
        "category": city.label("service_category", cases["category"]),
        "agency_id": city.agency(cases["agency"]),
        "district_id": city.district(cases["district"]),
        "due_at": cases["due"],
        "closed_at": cases["closed"],
        "status": city.label("case_status", (~np.isnat(cases["closed"])).astype(np.int32)),
    }
    yield "satisfaction_answers", _answers(city, city.stream("answers"), contacts, cases)
    months, lines, calls = [], [], []
    for line, (first, counts) in SPECIAL.items():
        months += [str(np.datetime64(first) + step) for step in range(len(counts))]
        lines += [line] * len(counts)
        calls += counts
    yield "special_line_calls", {"month": months, "line": city.labels("special_line", lines), "calls": calls}


def daily(city: City, rng: np.random.Generator, totals: dict[int, int], scale: float, base: np.ndarray) -> np.ndarray:
    """How many on each day: every year's total exactly, spread by the weight of its days."""
    counts = np.zeros(len(city.days), dtype=np.int64)
    for year, total in totals.items():
        within = city.year == year
        counts[within] = rng.multinomial(round(total * scale), base[within] / base[within].sum())
    return counts


def handlers(city: City, rng: np.random.Generator, category: np.ndarray, district: np.ndarray) -> np.ndarray:
    """The agency (by place) that each record goes to."""
    found = np.empty(len(category), dtype=np.int32)
    for number, code in enumerate(city.codes("service_category")):
        rows = np.flatnonzero(category == number)
        names = list(HANDLERS[code])
        places = np.array([city.agency_place.get(name, -1) for name in names], dtype=np.int32)
        agency = places[choose(rng, np.array(list(HANDLERS[code].values())), len(rows))]
        local = agency < 0
        where = district[rows[local]]
        agency[local] = np.where(where >= 0, city.office_of[where], city.agency_place["civil_affairs"])
        found[rows] = agency
    return found


def _contacts(city: City, rng: np.random.Generator, scale: float) -> dict[str, np.ndarray]:
    weight = SEASON[city.month - 1] * WEEKDAY[city.weekday] * np.where(city.holiday, 0.74, 1.0)
    weight = weight * np.where(city.new_year, 0.78, 1.0) * city.storm * rng.lognormal(0, 0.07, len(city.days))
    # Two waves of the epidemic brought questions; from 111 on the year ends lower than it began.
    weight[_between(city, "2021-05-17", "2021-07-26")] *= 1.22
    weight[_between(city, "2022-04-10", "2022-07-31")] *= 1.34
    elapsed = (city.days - city.days.astype("datetime64[Y]").astype("datetime64[D]")).astype(int) / 365
    weight *= 1 + np.select([city.year <= 2021, city.year == 2022], [0.05 * elapsed, -0.12 * elapsed], -0.03 * elapsed)
    weight[np.isin(city.days, np.array(GAP, dtype="datetime64[D]"))] = 0
    day = np.repeat(np.arange(len(city.days), dtype=np.int32), daily(city, rng, CONTACTS, scale, weight))
    size = len(day)
    year = city.year[day]
    storm = city.storm[day] > 1.5

    phone = np.array([PHONE[each] for each in YEARS])[year - YEARS[0]]
    draw = rng.random(size)
    app_share = 0.52 + 0.035 * (year - YEARS[0])
    channel = np.where(draw < phone, 0, np.where(draw < phone + (1 - phone) * app_share, 1, 2)).astype(np.int32)
    draw = rng.random(size)
    dispatch = np.array([0.215, 0.80, 0.60])[channel] + np.where(storm, 0.12, 0)
    complaint = np.array([0.075, 0.14, 0.24])[channel]
    kind = np.where(draw < dispatch, 1, np.where(draw < dispatch + complaint, 2, 0)).astype(np.int32)

    category, hour = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
    for code, share, hours in ((0, INQUIRY, INQUIRY_HOURS), (1, DISPATCH, DISPATCH_HOURS), (2, COMPLAINT, None)):
        for wet in (False, True):
            rows = np.flatnonzero((kind == code) & (storm == wet))
            category[rows] = choose(rng, DISPATCH_STORM if code == 1 and wet else share, len(rows))
            hour[rows] = choose(rng, INQUIRY_HOURS + DISPATCH_HOURS if hours is None else hours, len(rows))
    second = day.astype(np.int64) * 86_400 + hour * 3600 + rng.integers(0, 3600, size)
    order = np.argsort(second, kind="stable")  # the day stays where it is, so `day` need not be reordered
    channel, kind, category, second = channel[order], kind[order], category[order], second[order]

    district = choose(rng, city.district_share, size)
    district[rng.random(size) < np.array([0.46, 0.012, 0.10])[kind]] = -1
    busy = np.where(storm, 3.4, 1.0) * np.where(year == 2022, 1.12, 1.0) * np.where(city.weekday[day] == 0, 1.15, 1.0)
    wait = np.where(channel == 0, np.floor(rng.lognormal(2.3, 0.75, size) * busy), np.nan)
    return {
        "day": day, "at": FIRST.astype("datetime64[s]") + second, "channel": channel, "kind": kind,
        "category": category, "agency": handlers(city, rng, category, district), "district": district, "wait": wait,
    }  # fmt: skip


def _closing(city: City, rng: np.random.Generator, cases: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """When each case is due and closed: 168 hours for most, a day for what is dangerous; some drag on."""
    size = len(cases["at"])
    pace = rng.uniform(0.80, 1.28, len(city.agencies))[cases["agency"]]
    year = np.array([1.14, 1.08, 1.04, 1.0, 0.95])[city.year[cases["day"]] - YEARS[0]]
    wet = np.where(city.storm[cases["day"]] > 1.5, 1.9, 1.0)
    hours = HOURS[cases["category"]] * pace * year * wet * rng.lognormal(0, 0.85, size)
    hours = np.where(rng.random(size) < 0.012, hours + rng.exponential(260, size), hours)
    limit = np.where(URGENT[cases["category"]] & (rng.random(size) < 0.12), 72, 168)
    closed = cases["at"] + (hours * 3600).astype("timedelta64[s]")
    forgotten = rng.random(size) < 0.0006
    closed[forgotten | (closed > np.datetime64("2023-12-31T23:59:59"))] = np.datetime64("NaT")
    return {"due": cases["at"] + (limit * 3600).astype("timedelta64[s]"), "closed": closed}


def _answers(city: City, rng: np.random.Generator, contacts: dict, cases: dict) -> Columns:
    """After the call (the operator is judged, no agency) and after dispatch (the agency is)."""
    called = np.flatnonzero((contacts["channel"] == 0) & (rng.random(len(contacts["day"])) < 0.118))
    share = np.array([SATISFIED[each] for each in YEARS])[city.year[contacts["day"][called]] - YEARS[0]]
    call_answer = _rate(rng, share, 0.66)

    closed = np.flatnonzero(~np.isnat(cases["closed"]) & (rng.random(len(cases["day"])) < 0.17))
    answered = cases["closed"][closed].astype("datetime64[D]") + rng.integers(0, 4, len(closed))
    gap = np.isin(answered, np.array(GAP, dtype="datetime64[D]"))
    closed, answered = closed[(answered <= city.days[-1]) & ~gap], answered[(answered <= city.days[-1]) & ~gap]
    late = cases["closed"][closed] > cases["due"][closed]
    charm = rng.uniform(-0.04, 0.04, len(city.agencies))[cases["agency"][closed]]
    case_answer = _rate(rng, np.where(late, 0.58, 0.885) + charm, 0.46)

    day = np.concatenate([contacts["day"][called], (answered - FIRST).astype(int)])
    order = np.argsort(day, kind="stable")
    service = np.repeat(np.array([0, 1], dtype=np.int32), [len(called), len(closed)])[order]
    none = np.full(len(called), -1, dtype=np.int32)
    return {
        "answer_id": numbered(roc_days(city.days, "S"), day[order], 4),
        "answered_on": city.days[day[order]],
        "service": city.label("survey_service", service),
        "channel": city.label(
            "channel", np.concatenate([contacts["channel"][called], cases["channel"][closed]])[order]
        ),
        "agency_id": city.agency(np.concatenate([none, cases["agency"][closed]])[order]),
        "answer": city.label("satisfaction_answer", np.concatenate([call_answer, case_answer])[order]),
    }


def _rate(rng: np.random.Generator, satisfied: np.ndarray, very: float) -> np.ndarray:
    """An answer (by place in codes.csv) for each, the first two of which mean satisfied."""
    draw, second = rng.random(len(satisfied)), rng.random(len(satisfied))
    content = np.where(second < very, 0, 1)
    other = np.where(second < 0.62, 2, np.where(second < 0.88, 3, 4))
    return np.where(draw < satisfied, content, other).astype(np.int32)


def _between(city: City, first: str, last: str) -> np.ndarray:
    return (city.days >= np.datetime64(first)) & (city.days <= np.datetime64(last))
