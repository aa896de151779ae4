"""How many took part, and how are the volunteers made up?"""

from __future__ import annotations

from dashboard import periods, words
from dashboard.periods import ALL, Period
from dashboard.tiles import Column
from dashboard.warehouse import ask
from dashboard.words import t

PRINTED = (
    "joint_centre_visits", "volunteers", "volunteers_senior_tenths", "volunteer_women_per_man", "internship_students",
    "internship_colleges", "internships_4y", "youth_talks", "youth_school_sessions", "youth_coaching_sessions",
    "youth_exchange_sessions", "youth_platform_exchanges_3y",
)  # fmt: skip
# Interns are counted by themselves, not among the participants.
PROGRAMMES = ["forum", "talk", "school", "coaching", "exchange", "platform"]


def years_of(period: Period) -> Period:
    """Youth and volunteers are counted by the year: a month is answered by its year."""
    return period if period.months is None or period.months >= 12 else periods.year(period.start.year - periods.ROC)


def by_the_year(chosen: Period, answered: Period) -> str:
    """A note where part of the page is about another span than the one chosen."""
    return "" if chosen == answered else t("participation.by_the_year", year=words.period(answered))


def span(period: Period) -> Period:
    """A month or a quarter is seen among its neighbours."""
    return period if (period.months or 99) > 3 else ALL


def headlines(period: Period, years: Period) -> list[tuple[str, Period]]:
    return [
        ("joint_centre.visits", period),
        *((f"youth.{name}", years) for name in ("activities", "participants", "interns")),
        ("volunteers.people", years),
    ]


def message(period: Period) -> str:
    """The page's one sentence, computed."""
    years = years_of(period)
    figures = {
        "visits": words.amount(ask("joint_centre.visits", period).value, "visits"),
        "participants": words.amount(ask("youth.participants", years).value, "visits"),
        "volunteers": words.amount(ask("volunteers.people", years).value, "people"),
    }
    return t("participation.message", period=words.period(period), **figures)


def volunteer_columns() -> list[Column]:
    return [Column(t("participation.age"))] + [
        Column(t(f"participation.{name}"), "right") for name in ("women", "men", "all")
    ]


def volunteers(years: Period) -> list[list[str]]:
    """Volunteers of the last year by age and sex, and all of them."""
    counts = {
        (row["age_group"], row["sex"]): row["value"]
        for row in ask("volunteers.people", years, by=("age_group", "sex")).rows
    }
    ages = ("65+", "under_65")
    rows = [[counts.get((age, sex), 0) for sex in ("f", "m")] for age in ages]
    rows.append([sum(column) for column in zip(*rows, strict=True)])
    names = (t("participation.senior"), t("participation.younger"), t("participation.all"))
    return [
        [name, *(words.number(value) for value in (*values, sum(values)))]
        for name, values in zip(names, rows, strict=True)
    ]
