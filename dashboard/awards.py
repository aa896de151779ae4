"""Which awards did the city win, in which years: what the screen says of them, and the awards themselves?"""

from __future__ import annotations

from dashboard import periods, warehouse, words
from dashboard.periods import Period
from dashboard.warehouse import ask, table
from dashboard.words import pick, t


def years_of(period: Period) -> Period:
    """Awards are counted by the year: a quarter or a month is answered by its whole year."""
    whole = period.months is None or period.months >= 12
    return period if whole else periods.year(period.start.year - periods.ROC)


def message(period: Period, where: dict[str, list[str]]) -> str:
    """The page's one sentence, computed: how many, in the class chosen or the largest one, by whom."""
    won = ask("awards.awards", period, where=where)
    who = _chosen("agency_id", where) or t("awards.the_city")
    told = {"period": words.period(period), "who": who, "awards": words.amount(won.value, "awards")}
    if not won.value:
        return t("awards.message_none", **told)
    if kind := named(where):
        return t("awards.message_class", **told, kind=kind)
    top = max(ask("awards.awards", period, by=("class",), where=where).rows, key=lambda row: row["value"])
    return t(
        "awards.message", **told, top=pick(warehouse.labels("class")[top["class"]]),
        share=words.amount(top["value"] / won.value, "percent"),
        major=words.number(ask("awards.major_awards", period, where=where).value),
    )  # fmt: skip


def named(where: dict[str, list[str]]) -> str:
    """The chosen class as a person calls it; empty where all are shown."""
    return _chosen("class", where)


def years_heading(where: dict[str, list[str]]) -> str:
    return t("awards.years_part" if where.get("class") else "awards.years")


def listed(period: Period, where: dict[str, list[str]]) -> list[dict[str, str]]:
    """The awards behind the figures, newest first."""
    agencies, classes = warehouse.labels("agency_id"), warehouse.labels("class")
    return [
        {
            t("awards.day"): words.day(row["awarded_on"]),
            t("awards.title"): row["title"],
            t("awards.class"): pick(classes.get(row["class"])),
            t("awards.agency"): pick(agencies.get(row["agency_id"])),
        }
        for row in table("marts.awards", where, "awarded_on desc, award_id", 10_000)
        if (period.start is None or period.start <= row["awarded_on"])
        and (period.end is None or row["awarded_on"] < period.end)
    ]


def funnel() -> str:
    """The printed funnel of the Government Service Award in one line: 64 → 6 → 4 → 2."""
    steps = ("gsa_agencies_coached", "gsa_agencies_recommended", "gsa_agencies_shortlisted", "gsa_winning_agencies")
    rows = [warehouse.published(key)[-1] for key in steps]
    return t("awards.funnel", steps=" → ".join(words.number(row["value"]) for row in rows),
             period=words.printed_period(rows[0]))  # fmt: skip


def _chosen(dimension: str, where: dict[str, list[str]]) -> str:
    return "、".join(pick(warehouse.labels(dimension)[code]) for code in where.get(dimension, []))
