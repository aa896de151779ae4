"""Which works are under control, how do they stand, who has not filed: the register and the lists of the meetings?

States, late reports and the year's figures follow the chosen period, a state by its last month. The register and the
meetings' lists are about now: reasons, remedies and promises are kept as they last were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard import decisions, filed, filters, look, periods, warehouse, words
from dashboard.periods import ALL, Period
from dashboard.tiles import Column
from dashboard.warehouse import Answer, ask, table
from dashboard.words import pick, t

CLASSES = {
    "controlled": ["major", "forward_small"],
    "major": ["major"],
    "forward_small": ["forward_small"],
    "none": ["none"],
}
MEETINGS = {"monthly": ("behind",), "quarterly": ("seriously_behind", "halted")}
WORST_FIRST = ("halted", "seriously_behind", "behind", "not_filed", "on_schedule", "ahead", "completed")
LATE = ("halted", "seriously_behind", "behind")
BUDGETS = {"large": (1e9, None), "medium": (1e8, 1e9), "small": (None, 1e8)}
LATE_FILINGS = ("filed_late", "not_filed")
SCORES = ("filings.on_time_rate", "works.on_schedule_rate", "work_budgets.executed_to_allocated_rate")
FILINGS = ("filings.reports", "filings.filed_late", "filings.not_filed", "filings.on_time_rate")
STANDING = (
    "works.registered", "works.behind", "works.seriously_behind", "works.halted", "progress.planned",
    "progress.actual", "progress.gap", "lags.works",
)  # fmt: skip
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


def reach() -> Period | None:
    """The month that the filings reach: what is told of a work now is told of its end. None before any was due."""
    found = table("marts.works", None, None, 1)
    return periods.month(found[0]["month"]) if found and found[0]["month"] else None


def at_reach() -> str:
    """A note where a view does not follow the chosen period."""
    month = reach()
    return t("works.at_reach", month=words.month(month.start)) if month else ""


def month_of(period: Period) -> Period | None:
    """The last month of a period for which states are known; None where there is none."""
    known = ask("works.registered", period, by=("month",)).rows
    return periods.month(known[-1]["month"]) if known else None


def message(of: Scope, month: Period | None, period: Period) -> str:
    """How many works are open at the end of a month, the last of a period, and how many of them are in trouble."""
    if of.where["control_class"] == CLASSES["none"]:
        return t("works.message_uncontrolled", n=words.number(len(rows(of))))
    counts = states(of, month) if month else {}
    if not counts:
        return t("works.message_none", period=words.period(period))
    told = {light: words.number(counts.get(light, 0)) for light in (*LATE, "not_filed")}
    return t("works.message", month=words.month(month.start), open=words.number(still_open(counts)), **told)


def states(of: Scope, month: Period) -> dict[str, int]:
    """Works under control by light at the end of a month; empty where there are none."""
    found = ask("works.registered", month, by=("light",), where=of.where).rows
    return {row["light"]: row["value"] for row in found if row["value"]}


def named_by(of: Scope, said: str) -> str:
    """A sentence with whom it is about before it; as it is where it is about all works under control."""
    chosen = [pick(warehouse.labels(name)[code]) for name in ("agency_id", "district_id") for code in of.where[name]]
    if of.where["control_class"] not in (CLASSES["controlled"], CLASSES["none"]):
        chosen.append(pick(warehouse.labels("control_class")[of.where["control_class"][0]]))
    return words.said(t("sites.and").join(chosen), said) if chosen else said


def still_open(counts: dict[str, int]) -> int:
    """Works that have a light and are not finished; one that is suspended has none."""
    return sum(counts.get(light, 0) for light in WORST_FIRST if light != "completed")


def change_columns(month: Period) -> list[Column]:
    heads = (words.month(month.start), t("works.on_month_before"), t("works.on_year_before"))
    return [Column(t("works.light")), *(Column(head, "right") for head in heads)]


def changes(of: Scope, month: Period) -> list[list[str]]:
    """Each state's works at the end of a month, with the change on the month before and on the same a year before."""
    now, *others = (states(of, each) for each in (month, month.before(), month.year_earlier()))

    def line(name: str, count: Callable[[dict[str, int]], int]) -> list[str]:
        moved = [f"{'+' if by > 0 else ''}{words.number(by)}" if then else "—"
                 for then in others for by in [count(now) - count(then)]]  # fmt: skip
        return [name, words.number(count(now)), *moved]

    told = [line(state(light), lambda counts, light=light: counts.get(light, 0)) for light in look.STATES]
    return [line(t("works.still_open"), still_open), *told]


def rank(row: dict) -> tuple[int, int]:
    """The one order of everything that says worst first: by light, then by days behind."""
    place = WORST_FIRST.index(row["light"]) if row["light"] in WORST_FIRST else len(WORST_FIRST)
    return place, -(row["gap_days"] or 0)


def rows(of: Scope) -> list[dict]:
    """Works of a scope as they stand now, worst first."""
    known = [row for row in table("marts.works", of.where, "work_id", MOST) if of.holds(row)]
    return sorted(known, key=lambda row: (*rank(row), row["work_id"]))


def register_message(found: Sequence[dict]) -> str:
    """How many works there are, and how many of them are open, suspended and finished."""
    told = {"n": len(found), "done": sum(row["is_completed"] for row in found),
            "suspended": sum(row["life_cycle"] == "suspended" for row in found)}  # fmt: skip
    told["open"] = told["n"] - told["done"] - told["suspended"]
    return t("works.register_message", **{name: words.number(count) for name, count in told.items()})


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
            t("works.days"): None if hidden else row["gap_days"],
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


def meeting_message(name: str, found: Sequence[dict]) -> str:
    """How many works a meeting goes through, and which is the first."""
    if not found:
        return t(f"works.{name}_none")
    counts = {light: words.number(sum(row["light"] == light for row in found)) for light in MEETINGS[name]}
    gap = t("sites.gap_cell", points=words.number(found[0]["gap_points"], 1), days=words.number(found[0]["gap_days"]))
    return t(f"works.{name}_message", first=words.noted(found[0]["title"], gap), **counts)


def worst() -> list[dict]:
    """The controlled works that are furthest from their plan, for those who come without a choice."""
    return meeting(Scope({"control_class": CLASSES["controlled"]}, None, None, None, ""), "quarterly")


def agenda(found: Sequence[dict]) -> list[dict[str, object]]:
    """The five answers that each work on a meeting's list owes, and what was decided where anything was."""
    agencies = warehouse.labels("agency_id")
    held = decisions.by_subject()
    decided = {row["work_id"]: held.get(f"work:{row['work_id']}") for row in found}
    return [
        {
            t("works.light"): state(row["light"]),
            t("works.work"): row["title"],
            t("works.points"): row["gap_points"],
            t("works.days"): row["gap_days"],
            t("works.since"): words.day(row["behind_since"]),
            t("works.why"): filed.cause(row["lag_cause"], row["lag_factor"]),
            t("works.remedy"): row["remedy"],
            t("works.who"): pick(agencies.get(row["owner_id"] or row["agency_id"])),
            t("works.promised"): f"{'✖ ' if row['is_promise_broken'] else ''}{words.day(row['promised_on'])}",
        }
        | ({t("slides.decision"): decided[row["work_id"]]} if any(decided.values()) else {})
        for row in found
    ]


def life_cycle_columns() -> list[Column]:
    return [Column(t("works.step")), Column(t("works.means")), Column(t("works.count"), "right")]


def life_cycle(of: Scope, month: Period) -> list[list[str]]:
    """The steps of control in their order, what each means, and how many works stood there at the end of a month."""
    found = ask("works.registered", month, by=("life_cycle",), where=of.where).rows
    counts = {row["life_cycle"]: row["value"] for row in found}
    # Since when a work has been proposed is not filed: it is known of now alone.
    proposed = len(table("marts.works", of.where | {"life_cycle": ["proposed"]}, None, MOST))
    counts["proposed"] = proposed if month == reach() else None
    steps = warehouse.labels("life_cycle")
    return [[pick(step), t(f"works.step_{code}"), words.number(counts.get(code, 0))] for code, step in steps.items()]


def late_reports(of: Scope, period: Period) -> list[dict[str, object]]:
    """Reports of a period that came late, or are past their due date and have not come; the most overdue first."""
    agencies = warehouse.labels("agency_id")
    late = of.where | {"state": ["late", "not_filed"]}
    found = table("marts.filings", late, "days_overdue desc, month desc, work_id", MOST)
    return [
        {
            t("works.report"): t(f"columns.value_{row['state']}"),
            t("frame.month"): words.month(row["month"]),
            t("works.work"): row["title"],
            t("works.agency"): pick(agencies.get(row["agency_id"])),
            t("works.due"): words.day(row["due_on"]),
            t("works.filed"): words.day(row["filed_on"]),
            t("works.days_late"): row["days_overdue"],
            t("works.number"): row["work_id"],
        }
        for row in found
        if period.holds(row["month"])
    ]


def reporters_message(of: Scope, period: Period) -> str:
    """How many reports of a period were late, and how many are still missing."""
    told = {name: ask(f"filings.{name}", period, where=of.where) for name in ("reports", *LATE_FILINGS, "on_time_rate")}
    if not told["reports"].value:
        return t("works.reporters_none", period=words.period(period))
    rate = words.amount(told.pop("on_time_rate").value, "percent")
    said = {name: words.number(each.value) for name, each in told.items()}
    return t("works.reporters_message", period=words.period(period), **said, rate=rate)


def scores_message(period: Period, found: Sequence[dict]) -> str:
    """How many agencies have works, and which of them files least in time."""
    first = found[0] if found else {}
    if first.get(t("works.score_0")) is None:
        return t("works.reporters_none", period=words.period(period))
    return t("works.scores_message", period=words.period(period), n=words.number(len(found)),
             first=first[t("works.agency")], rate=words.amount(first[t("works.score_0")] / 100, "percent"))  # fmt: skip


def scores(of: Scope, period: Period) -> list[dict[str, object]]:
    """Three figures of each agency that has works; no score, since the documents print no formula."""
    split = {
        name: {row["agency_id"]: row["value"] for row in ask(name, period, by=("agency_id",), where=of.where).rows}
        for name in SCORES
    }
    found = ask("filings.reports", period, by=("agency_id",), where=of.where).rows
    reports = {row["agency_id"]: row["value"] for row in found}
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


def opening(period: Period, **freed: None) -> Callable[[str, str], None] | None:
    """What a click on a class and state does: open the register of those works, `freed` of other filters.

    None for a period that ends before the reach: the register stands at the reach, the rows of then are shown instead.
    """
    months = [ask("works.registered", each, by=("month",)).rows for each in (period, ALL)]
    if not months[0] or months[0][-1]["month"] != months[1][-1]["month"]:
        return None
    others = dict.fromkeys(("factor", "kind", "budget", "q")) | freed
    return lambda of, light: filters.go("works", **others, view="register", control=of, light=light)


def answers(view: str, of: Scope, period: Period) -> list[Answer]:
    """The metrics that a view rests on, for what is to be known of its figures."""
    names = {"reporters": FILINGS, "scores": SCORES}.get(view, STANDING)
    known = {name: warehouse.catalogue().find(name)[0].by for name in names}
    return [
        ask(name, period, where={key: value for key, value in of.where.items() if key in by})
        for name, by in known.items()
    ]


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
