"""Which forward-looking plans are not on schedule at a month's end: how far, since when, and held up by which work?"""

from __future__ import annotations

import datetime as dt

import streamlit as st

from dashboard import filters, look, warehouse, words, works
from dashboard.periods import Period
from dashboard.tiles import Column
from dashboard.warehouse import ask, table
from dashboard.words import pick, t

MONEY = ("budget", "allocated", "executed", "executed_to_allocated_rate", "executed_to_budget_rate")
# Worst first.
LATE = ("halted", "seriously_behind", "behind", "not_filed")


def month_of(period: Period) -> dt.date | None:
    """The month whose end answers for a period; None where the plans have no month in it."""
    rows = ask("forward_plans.plans", period, by=("month",)).rows
    return rows[-1]["month"] if rows else None


def until(period: Period) -> Period:
    """All months up to the end of a period: a rate that grows is read from its beginning."""
    return Period(period.code, None, period.end)


def message(period: Period) -> str:
    """The page's one sentence, computed."""
    late = sum(row["value"] for row in ask("forward_plans.plans", period, by=("light",), where={"light": LATE}).rows)
    told = {name: ask(f"forward_plans.{name}", period) for name in ("plans", "completion_rate", "on_schedule_rate")}
    return t(
        "forward_looking.message" if late else "forward_looking.message_all",
        month=words.month(month_of(period)), plans=words.number(told["plans"].value), late=words.number(late),
        completed=words.amount(told["completion_rate"].value, "percent"),
        on_schedule=words.amount(told["on_schedule_rate"].value, "percent"),
    )  # fmt: skip


def behind(month: dt.date) -> list[dict]:
    """The plans that are not on schedule at a month's end, in the order of `late`."""
    return sorted(table("marts.forward_plan_months", {"month": [month], "light": LATE}, "gap_points"), key=_worst_first)


def late(month: dt.date) -> list[dict[str, object]]:
    """Plans that are not on schedule at a month's end as a person reads them: worst state first, then furthest behind.

    Points and days are behind the plan, so a larger figure is worse; a plan with nothing filed has neither.
    """
    rows = behind(month)
    since, worst = _since(rows, month), _worst_works(rows, month)
    lights, agencies = (warehouse.labels(name) for name in ("light", "agency_id"))
    told = []
    for row in rows:
        work = worst.get(row["plan_id"], {})
        told.append({
            t("forward_looking.state"): f"{look.STATES[row['light']].icon} {pick(lights[row['light']])}",
            t("forward_looking.plan"): row["title"],
            t("forward_looking.points"): _behind(row["gap_points"]),
            t("forward_looking.days"): _behind(row["gap_days"], 0, 1),
            t("forward_looking.actual"): _percent(row["actual_progress"]),
            t("forward_looking.since"): words.month_tick(since[row["plan_id"]]),
            t("forward_looking.promised"): words.day(work.get("promised_on")),
            t("forward_looking.agency"): pick(agencies.get(row["agency_id"])),
            t("forward_looking.worst_work"): work.get("title"),
            t("forward_looking.reason"): work.get("cause"),
        })  # fmt: skip
    return told


def money_columns() -> list[Column]:
    heads = ("year_budget", "allocated", "executed", "of_allocated", "of_budget")
    return [Column(t("forward_looking.axis"), "name"), *(Column(t(f"work.{name}"), "right") for name in heads)]


def money(period: Period) -> list[list[str]]:
    """Budget, allocation and execution of each axis's works in the period's years, with both rates; then of all."""
    axes = warehouse.labels("axis")
    split, whole = {}, []
    for name in MONEY:
        of_all = ask(f"work_budgets.{name}", period, where={"axis": list(axes)})
        by = ask(f"work_budgets.{name}", period, by=("axis",), where={"axis": list(axes)})
        whole.append(words.amount(of_all.value, of_all.metric.unit))
        split[name] = {row["axis"]: words.amount(row["value"], of_all.metric.unit) for row in by.rows}
    told = [[pick(axes[code]), *(split[name].get(code, "—") for name in MONEY)] for code in axes]
    return [*told, [t("claims.total"), *whole]]


def subsidy_columns() -> list[Column]:
    heads = ("score", "moved")
    return [Column(t("timelines.year")), *(Column(t(f"forward_looking.{each}"), "right") for each in heads)]


def subsidy() -> list[list[str]]:
    """The scores of the years and what each moved; columns from zero would all look alike."""
    rows = ask("general_subsidy.score", by=("year",)).rows
    before = [None, *(row["value"] for row in rows)]
    return [
        [
            words.year(row["year"]), words.number(row["value"], 1),
            "—" if then is None else f"{'+' if row['value'] >= then else ''}{words.number(row['value'] - then, 1)}",
        ]
        for row, then in zip(rows, before, strict=False)
    ]  # fmt: skip


def of_axis(axis: list[str], month: dt.date) -> list[dict]:
    """The plans of an axis, or of all, at a month's end; worst first."""
    rows = table("marts.forward_plan_months", {"month": [month], "axis": axis}, "plan_id")
    rank = {light: place for place, light in enumerate((*LATE, "on_schedule", "ahead", "completed"))}
    return sorted(rows, key=lambda row: (rank.get(row["light"], 9), row["gap_points"] or 0, row["plan_id"]))


def finder(axis: list[str], month: dt.date) -> str | None:
    """The chosen plan, or None; only plans of the chosen axis are offered."""
    names = {row["plan_id"]: words.noted(row["title"], row["plan_id"]) for row in of_axis(axis, month)}
    return filters.option("plan", names, t("forward_looking.plan"), listed=True,
                          placeholder=t("forward_looking.find_plan"))  # fmt: skip


def listed(rows: list[dict]) -> list[dict[str, object]]:
    """Plans as a person reads them."""
    lights, agencies, axes = (warehouse.labels(name) for name in ("light", "agency_id", "axis"))
    return [
        {
            t("forward_looking.state"): f"{look.STATES[row['light']].icon} {pick(lights[row['light']])}",
            t("forward_looking.plan"): row["title"],
            t("forward_looking.axis"): pick(axes.get(row["axis"])),
            t("forward_looking.agency"): pick(agencies.get(row["agency_id"])),
            t("forward_looking.actual"): _percent(row["actual_progress"]),
            t("forward_looking.planned"): _percent(row["planned_progress"]),
            t("forward_looking.budget_k"): row["budget_twd"] // 1000,
            t("forward_looking.works"): row["works"],
            t("forward_looking.works_done"): row["completed_works"],
        }
        for row in rows
    ]


def works_of(plan: str, month: dt.date) -> list[dict]:
    """The works of a plan at a month's end, furthest behind first."""
    rows = table("marts.work_months", {"month": [month], "plan_id": [plan]}, "work_id")
    return sorted(rows, key=lambda row: (row["gap_points"] is None, row["gap_points"] or 0))


def works_listed(rows: list[dict]) -> list[dict[str, object]]:
    """Works of a plan as a person reads them; a named real work shows no simulated progress."""
    lights, agencies, districts = (warehouse.labels(name) for name in ("light", "agency_id", "district_id"))
    real = works.named()
    return [
        {
            t("forward_looking.state"): t("works.named") if row["work_id"] in real
            else f"{look.STATES[row['light']].icon} {pick(lights[row['light']])}" if row["light"] else "—",
            t("forward_looking.work"): row["title"],
            t("forward_looking.agency"): pick(agencies.get(row["agency_id"])),
            t("works.district"): pick(districts.get(row["district_id"])),
            t("forward_looking.actual"): None if row["work_id"] in real else _percent(row["actual_progress"]),
            t("forward_looking.planned"): None if row["work_id"] in real else _percent(row["planned_progress"]),
            t("forward_looking.budget_k"): row["budget_twd"] // 1000,
        }
        for row in rows
    ]  # fmt: skip


def columns() -> dict[str, object]:
    """How the figures of the lists are printed, each with its decimals, however whole it is; how wide texts are."""
    figures = {"points": "%.1f", "days": "%.0f", "actual": "%.1f", "planned": "%.1f", "budget_k": "localized"}
    wide = {"agency": 160, "reason": 225}
    return {
        t(f"forward_looking.{name}"): st.column_config.NumberColumn(format=each) for name, each in figures.items()
    } | {t(f"forward_looking.{name}"): st.column_config.TextColumn(width=pixels) for name, pixels in wide.items()}


def _worst_first(row: dict) -> tuple:
    return LATE.index(row["light"]), row["gap_points"] is None, row["gap_points"] or 0, row["plan_id"]


def _since(rows: list[dict], month: dt.date) -> dict[str, dt.date]:
    """The first month of the unbroken run of months in which each plan was not on schedule."""
    ids = [row["plan_id"] for row in rows]
    past = table("marts.forward_plan_months", {"plan_id": ids}, "plan_id, month desc", 40_000) if ids else ()
    first, broken = {}, set()
    for row in past:
        if row["month"] > month or row["plan_id"] in broken:
            continue
        if row["light"] in LATE:
            first[row["plan_id"]] = row["month"]
        else:
            broken.add(row["plan_id"])
    return first


def _worst_works(rows: list[dict], month: dt.date) -> dict[str, dict]:
    """The work furthest behind in each plan that month, with the reason it reported and the day it promised."""
    ids = [row["plan_id"] for row in rows]
    works = table("marts.work_months", {"month": [month], "plan_id": ids}, "gap_points desc") if ids else ()
    behind = {row["plan_id"]: row for row in works if row["gap_points"] is not None and row["light"] in LATE}
    found = [row["work_id"] for row in behind.values()]
    reasons = table("marts.work_lags", {"month": [month], "work_id": found}) if found else ()
    told = {row["work_id"]: row for row in reasons}
    return {plan: told.get(row["work_id"], {"title": row["title"]}) for plan, row in behind.items()}


def _behind(gap: float | None, digits: int = 1, sign: int = -1) -> float | None:
    """How far behind, as a positive figure that a table can sort."""
    return None if gap is None else round(max(0.0, sign * gap), digits)


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)
