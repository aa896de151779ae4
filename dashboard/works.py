"""Which works are under control, how do they stand, who has not filed: the register and the lists of the meetings?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard import filters, look, periods, warehouse, words
from dashboard.periods import Period
from dashboard.sites import CLASSES
from dashboard.tiles import Column
from dashboard.warehouse import ask, table
from dashboard.words import pick, t

MEETINGS = {"monthly": ("behind",), "quarterly": ("seriously_behind", "halted")}
WORST_FIRST = ("halted", "seriously_behind", "behind", "not_filed", "on_schedule", "ahead", "completed")
LATE = ("halted", "seriously_behind", "behind")
BUDGETS = {"large": (1e9, None), "medium": (1e8, 1e9), "small": (None, 1e8)}
SCORES = ("filings.on_time_rate", "works.on_schedule_rate", "work_budgets.executed_to_allocated_rate")
MOST = 5000


@dataclass(frozen=True)
class Scope:
    """Which works are looked at."""

    where: dict[str, list[str]]
    light: str | None
    factor: str | None
    budget: str | None
    words: str

    def holds(self, row: dict) -> bool:
        """Whether a work is looked at, besides what `where` asks."""
        low, high = BUDGETS.get(self.budget, (None, None))
        return (
            self.light in (None, row["light"])
            and self.factor in (None, row["lag_factor"])
            and (low is None or row["budget_twd"] >= low)
            and (high is None or row["budget_twd"] < high)
            and self.words.lower() in f"{row['work_id']} {row['title']} {row['plan_title'] or ''}".lower()
        )


def scope(full: bool) -> Scope:
    """The visitor's filters: class, agency and district; on the register (`full`) state, reason, kind and words too."""
    with st.container(horizontal=True, vertical_alignment="center"):
        of = filters.option(
            "control", {each: t(f"sites.class_{each}") for each in CLASSES}, t("sites.class"), required=True
        )
        agency, district = filters.choice("agency_id", "agency"), filters.choice("district_id", "district")
    where = {"control_class": CLASSES[of], "agency_id": agency, "district_id": district}
    if not full:
        return Scope(where, None, None, None, "")
    with st.container(horizontal=True, vertical_alignment="center"):
        said = filters.search("q", t("works.search"))
        light, factor = filters.choice("light"), filters.choice("factor")
        kind = filters.choice("work_kind", "kind")
        sizes = {each: t(f"works.budget_{each}") for each in BUDGETS}
        budget = filters.option("budget", sizes, t("works.budget"), listed=True, placeholder=t("works.any_budget"))
    return Scope(where | {"work_kind": kind}, light[0] if light else None, factor[0] if factor else None, budget, said)


def message(of: Scope) -> str:
    """The page's one sentence, computed: open works, and how many of them are in trouble."""
    states = ask("works.registered", by=("light",), where=of.where)
    counts = {row["light"]: row["value"] for row in states.rows}
    still = sum(count for light, count in counts.items() if light in WORST_FIRST and light != "completed")
    month = table("marts.works", None, None, 1)[0]["month"]
    told = {light: words.number(counts.get(light, 0)) for light in (*LATE, "not_filed")}
    return t("works.message", month=words.month(month), open=words.number(still), **told)


def rows(of: Scope) -> list[dict]:
    """Works of a scope, worst first, then furthest behind."""
    known = [row for row in table("marts.works", of.where, "work_id", MOST) if of.holds(row)]
    rank = {light: place for place, light in enumerate(WORST_FIRST)}
    return sorted(known, key=lambda row: (rank.get(row["light"], 9), -(row["gap_days"] or 0), row["work_id"]))


def register(found: Sequence[dict]) -> list[dict[str, object]]:
    """The register as a person reads it. A named real work shows no simulated progress."""
    agencies, districts, kinds, factors = (
        warehouse.labels(name) for name in ("agency_id", "district_id", "work_kind", "factor")
    )
    real = named()
    told = []
    for row in found:
        hidden = row["work_id"] in real
        told.append({
            t("works.light"): t("works.named") if hidden else state(row["light"]),
            t("works.work"): row["title"],
            t("works.points"): None if hidden else row["gap_points"],
            t("works.days"): None if hidden or row["gap_days"] is None else round(row["gap_days"]),
            t("works.planned"): None if hidden else _percent(row["planned_progress"]),
            t("works.actual"): None if hidden else _percent(row["actual_progress"]),
            t("works.budget_k"): row["budget_twd"] // 1000,
            t("works.agency"): pick(agencies.get(row["agency_id"])),
            t("works.district"): pick(districts.get(row["district_id"])),
            t("works.kind"): pick(kinds.get(row["work_kind"])),
            t("works.factor"): pick(factors.get(row["lag_factor"])) if row["light"] in LATE else None,
            t("works.finish"): words.day(row["finished_on"] or row["planned_finish_on"]),
            t("works.number"): row["work_id"],
        })  # fmt: skip
    return told


def columns() -> dict[str, object]:
    """How the figures of the lists are printed, and how wide texts are, so that no column runs off the edge."""
    forms = {"points": "%.1f", "planned": "%.1f", "actual": "%.1f", "budget_k": "localized"}
    wide = {"agency": 124, "district": 80, "kind": 90, "factor": 98, "number": 66}
    wide |= {"why": 206, "remedy": 206, "who": 158}
    wide = wide if words.language() == "en" else {}  # Chinese is short enough
    return {t(f"works.{name}"): st.column_config.NumberColumn(format=form) for name, form in forms.items()} | {
        t(f"works.{name}"): st.column_config.TextColumn(width=pixels) for name, pixels in wide.items()
    }


def meeting(of: Scope, name: str) -> list[dict]:
    """The works that a meeting goes through, worst first."""
    return [row for row in rows(of) if row["light"] in MEETINGS[name] and row["work_id"] not in named()]


def worst() -> list[dict]:
    """The controlled works that are furthest from their plan, for those who come without a choice."""
    return meeting(Scope({"control_class": CLASSES["controlled"]}, None, None, None, ""), "quarterly")


def agenda(found: Sequence[dict]) -> list[dict[str, object]]:
    """The five answers that each work on a meeting's list owes."""
    agencies = warehouse.labels("agency_id")
    return [
        {
            t("works.light"): state(row["light"]),
            t("works.work"): row["title"],
            t("works.points"): row["gap_points"],
            t("works.days"): None if row["gap_days"] is None else round(row["gap_days"]),
            t("works.since"): words.day(row["behind_since"]),
            t("works.why"): row["lag_cause"],
            t("works.remedy"): row["remedy"],
            t("works.who"): pick(agencies.get(row["owner_id"] or row["agency_id"])),
            t("works.promised"): f"{'✖ ' if row['is_promise_broken'] else ''}{words.day(row['promised_on'])}",
        }
        for row in found
    ]


def life_cycle_columns() -> list[Column]:
    return [Column(t("works.step")), Column(t("works.means")), Column(t("works.count"), "right")]


def life_cycle(of: Scope) -> list[list[str]]:
    """The steps of control in their order, what each means, and how many works stand there."""
    counts = Counter(row["life_cycle"] for row in rows(of))
    steps = table("seeds.codes", {"domain": ["life_cycle"]}, "sort")
    return [[pick(row), t(f"works.step_{row['code']}"), words.number(counts.get(row["code"], 0))] for row in steps]


def late_reports(of: Scope) -> list[dict[str, object]]:
    """Reports of the last month that came late or not at all, the most overdue first."""
    month = table("marts.works", None, None, 1)[0]["month"]
    agencies, reach = warehouse.labels("agency_id"), ask("filings.reports").provenance.reach
    found = table("marts.filings", of.where | {"month": [month], "state": ["late", "not_filed"]})
    late = [
        (max(0, (reach - row["due_on"]).days) if row["filed_on"] is None else row["days_late"], row) for row in found
    ]
    return [
        {
            t("works.report"): t(f"columns.value_{row['state']}"),
            t("works.work"): row["title"],
            t("works.agency"): pick(agencies.get(row["agency_id"])),
            t("works.due"): words.day(row["due_on"]),
            t("works.filed"): words.day(row["filed_on"]),
            t("works.days_late"): days,
            t("works.number"): row["work_id"],
        }
        for days, row in sorted(late, key=lambda pair: (-pair[0], pair[1]["work_id"]))
    ]


def scores(of: Scope, period: Period) -> list[dict[str, object]]:
    """The three yearly figures of each agency that has works; no score, since the documents print no formula."""
    where = {"control_class": of.where["control_class"]}
    split = {
        name: {row["agency_id"]: row["value"] for row in
               ask(name, period, by=("agency_id",), where={} if name.startswith("filings") else where).rows}
        for name in SCORES
    }  # fmt: skip
    reports = {row["agency_id"]: row["value"] for row in ask("filings.reports", period, by=("agency_id",)).rows}
    agencies = warehouse.labels("agency_id")
    known = [code for code in agencies if reports.get(code) or split[SCORES[1]].get(code) is not None]
    told = [
        {t("works.agency"): pick(agencies[code]), t("works.reports"): reports.get(code)}
        | {t(f"works.score_{place}"): _percent(split[name].get(code)) for place, name in enumerate(SCORES)}
        for code in known
    ]
    return sorted(told, key=lambda row: row[t("works.score_0")] if row[t("works.score_0")] is not None else 101)


def score_columns() -> dict[str, object]:
    return {t(f"works.score_{place}"): st.column_config.NumberColumn(format="%.1f") for place in range(len(SCORES))}


def year_of_reach() -> Period:
    return periods.year(table("marts.works", None, None, 1)[0]["month"].year - periods.ROC)


def named() -> frozenset[str]:
    """Works that are real and publicly known: their progress here is simulated and is not shown as theirs."""
    return frozenset(row["work_id"] for row in table("marts.sites", {"is_published": [True]}))


def state(light: str | None) -> str:
    """A light in words, with its shape."""
    if light is None:
        return t("sites.no_light")
    return f"{look.STATES[light].icon} {pick(warehouse.labels('light')[light])}"


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)
