"""Which petitions are late, and what does the screen say of all of them?"""

from __future__ import annotations

from dashboard import records, sentences, warehouse, words
from dashboard.periods import ALL, Period
from dashboard.warehouse import ask, table
from dashboard.words import pick, t

FILTERS = {"agency_id": "agency", "district_id": "district", "category": "category"}  # dimension → key of the link
PRINTED = ("petitions_tracked_4y", "petitions_tracked_1y", "petition_mean_days")
MOST = 20_000

Where = dict[str, list[str]]


def message(period: Period, where: Where) -> str:
    """The page's one sentence, computed."""
    received, rate = (ask(f"petitions.{name}", period, where=where) for name in ("received", "on_time_rate"))
    told = {"period": words.period(period), "who": sentences.whose(where)}
    if not received.value:
        return t("petitions.message_none", **told)
    return t(
        "petitions.message", **told, received=words.amount(received.value, "cases"),
        rate=words.amount(rate.value, "percent"), waiting=words.number(len(overdue(where))), day=as_of(),
    )  # fmt: skip


def as_of() -> str:
    """The day that the data reach: what waits is told of that day, whatever the period."""
    return words.day(ask("petitions.received").provenance.reach)


def headlines(where: Where) -> list[tuple[str, Where]]:
    """The five figures, each with the filters that it can be asked for: days are kept by agency alone."""
    of_agency = {"agency_id": where["agency_id"]}
    return [
        *((f"petitions.{name}", where) for name in ("received", "on_time_rate", "mean_days")),
        *((f"petition_days.{name}", of_agency) for name in ("median_days", "p90_days")),
    ]


def days_unsplit(where: Where) -> bool:
    """Whether a filter is chosen that the median and the ninth decile do not follow."""
    return bool(where["district_id"] or where["category"])


def span(period: Period) -> Period:
    """A month or a quarter is seen among its neighbours."""
    return period if (period.months or 99) > 3 else ALL


def overdue(where: Where) -> list[dict[str, object]]:
    """Petitions past their due date and not closed at the reach of the data, the oldest first; no personal data."""
    rows = table("marts.petitions", where | {"is_open_overdue": [True]}, "due_on, petition_id", MOST)
    reach = ask("petitions.received").provenance.reach
    known = {name: warehouse.labels(name) for name in FILTERS}
    return [
        {
            t("petitions.number"): row["petition_id"],
            t("petitions.late_days"): (reach - row["due_on"]).days,
            t("petitions.due"): words.day(row["due_on"]),
            t("petitions.received_on"): words.day(row["received_on"]),
        }
        | {pick(warehouse.dimension(name).label): pick(known[name].get(row[name])) or "—" for name in FILTERS}
        for row in rows
    ]


def open_one(row: dict[str, object]) -> None:
    """All that is kept of one petition of the list."""
    [found] = table("marts.petitions", {"petition_id": [row[t("petitions.number")]]})
    records.show_one(ask("petitions.received"), found)
