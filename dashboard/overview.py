"""What has changed, and which works need a decision?"""

from __future__ import annotations

import datetime as dt

from dashboard import filed, filters, look, tiles, warehouse, words, works
from dashboard.periods import Period
from dashboard.tiles import Column
from dashboard.warehouse import Answer, ask
from dashboard.words import pick, t

CLASSES = ["major", "forward_small"]
LISTED = 6
WATCHED = ("halted", "seriously_behind", "behind", "not_filed")


def moved(period: Period) -> str:
    """How many works more or fewer stand in each state of trouble than a month and a year before; in words."""
    rows = ask("works.registered", Period("", None, period.end), ("month", "light"), {"control_class": CLASSES}).rows
    months = sorted({row["month"] for row in rows})
    if len(months) < 2:
        return ""
    last, counts = months[-1], {(row["month"], row["light"]): row["value"] for row in rows}
    told = []
    for name, then in (("month_before", months[-2]), ("year_before", last.replace(year=last.year - 1))):
        if then in months:
            states = t("sites.and").join(_change(counts, light, last, then) for light in WATCHED)
            told.append(t("overview.moved", versus=t(f"overview.{name}"), states=states))
    return words.said(words.month(last), t("sentences.joined").join(told))


def decisions() -> list[list[object]]:
    """Works behind, with the five answers a red light owes: how far, since when, why, who acts, promised for when."""
    agencies = warehouse.labels("agency_id")
    return [
        [
            tiles.link(row["title"], filters.address("work", work=row["work_id"])), works.state(row["light"]),
            t("overview.gap_cell", points=words.number(row["gap_points"], 1), days=words.number(row["gap_days"])),
            words.day(row["behind_since"]), filed.cause(row["lag_cause"], row["lag_factor"]),
            pick(agencies.get(row["owner_id"] or row["agency_id"])) or "—", words.day(row["promised_on"]),
        ]
        for row in works.worst()
    ]  # fmt: skip


def decision_columns() -> list[Column]:
    names = ("work", "state", "gap", "since", "why", "who", "promised")
    return [Column(t(f"overview.{name}"), "right" if name == "gap" else "") for name in names]


def _change(counts: dict, light: str, last: dt.date, then: dt.date) -> str:
    more = (counts.get((last, light)) or 0) - (counts.get((then, light)) or 0)
    by = t("frame.same") if not more else f"{'+' if more > 0 else words.MINUS}{abs(more)}"
    return f"{look.STATES[light].icon} {pick(warehouse.labels('light')[light])} {by}"


def answers() -> list[Answer]:
    """What the list of decisions rests on."""
    where = {"control_class": CLASSES}
    names = ("works.seriously_behind", "works.halted", "progress.gap", "lags.works")
    return [ask(name, where=where) for name in names]
