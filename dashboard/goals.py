"""Which goals have a target, where do they stand, and which light follows?"""

from __future__ import annotations

import streamlit as st

from dashboard import periods, tiles, warehouse, words
from dashboard.periods import Period
from dashboard.tiles import Column
from dashboard.warehouse import Answer, ask, table
from dashboard.words import pick, t

HEADLINES = {
    "budget": (
        "agency_budgets.executed_to_allocated_rate", "agency_budgets.executed_to_budget_rate", "agency_budgets.budget",
    ),
    "learning": ("learning.mean_hours", "learning.target_rate", "learning.staff"),
}  # fmt: skip
NUMBERED = ("agency_budgets.executed_to_allocated_rate", "learning.mean_hours")  # the two that print a number
# Measures without a target of their own that this house counts all the same: measure → metric.
NOW = {
    "control_1": "works.on_schedule_rate",
    "service_1": "award_funnel.won",
    "service_2": "service_reviews.special_excellence_rate",
    "service_3": "joint_centre.visits",
    "strategy_4": "youth.participants",
}
FOCUS = "施政重點"  # a perspective of the plan's, that only says where the weight lies


def year_of(period: Period) -> Period:
    """Goals are judged by the year: a month is answered by its year, all years by the last."""
    if period.end is None:
        return periods.year(warehouse.years()[-1])
    return periods.year((period.end.year - 1 if period.end.month == 1 else period.end.year) - periods.ROC)


def message(view: str, period: Period) -> str:
    """The one sentence of a view, computed."""
    year = words.period(period)
    if view == "office":
        results = table("marts.district_office_progress")
        met = sum(bool(row["is_met"]) for row in results)
        return t("goals.message_office", targets=words.number(len(results)), met=words.number(met))
    if view == "plan":
        rows = _measures(period)
        numbered = [row for row in rows if row["target"] is not None]
        return t(
            "goals.message_plan", measures=words.number(len(rows)), numbered=words.number(len(numbered)), year=year,
            met=words.number(sum(bool(row["is_met"]) for row in numbered)),
        )  # fmt: skip
    first, second = (ask(name, period) for name in HEADLINES[view][:2])
    below = sum(1 for row in _reached(view, period).values() if row is not None and row < first.metric.target)
    return t(
        f"goals.message_{view}", year=year, reached=words.amount(first.value, first.metric.unit),
        also=words.amount(second.value, second.metric.unit), below=words.number(below),
        target=words.amount(first.metric.target, first.metric.unit),
    )  # fmt: skip


def answers(view: str, period: Period) -> list[Answer]:
    names = {"plan": "goals.measures", "office": "district_office.targets"}
    return [ask(names[view]) if view in names else ask(HEADLINES[view][0], period)]


def known(view: str, period: Period) -> list[Answer]:
    """The metrics that a view shows, for what is to be known of its figures."""
    if view == "office":
        return [ask(f"district_office.{name}") for name in warehouse.catalogue().sets["district_office"].metrics]
    names = ("goals.measures", *NUMBERED, *NOW.values()) if view == "plan" else HEADLINES[view]
    return [ask(name, period) for name in names]


def tree_columns() -> list[Column]:
    return [
        Column(t("goals.measure"), width="58%"), Column(t("goals.target"), "right"), Column(t("goals.now"), "right"),
        Column(t("goals.light")),
    ]  # fmt: skip


def tree(period: Period) -> list[list[object]]:
    """Vision, goals and measures, each beneath what it serves, with target, present state and light."""
    told = []
    for row in sorted(_rows(period), key=lambda row: row["sort"]):
        depth = ("vision", "goal", "measure").index(row["level"])
        name = row["zh" if words.language() == "zh" else "en"]
        if row["perspective"] == FOCUS:  # or it would look like a goal whose measures are missing
            name = words.noted(name, t("goals.focus"))
        told.append([tiles.indented(name, depth), *_state(row, period)])
    return told


def columns(view: str) -> dict[str, object]:
    """How the figures of `by_agency` are printed."""
    rates = {
        t("goals.rate"): "%.2f",
        t("goals.rate_of_budget"): "%.2f",
        t("goals.at_target_share"): "%.1f",
        t("goals.hours"): "%.1f",
    }
    texts = {t("goals.agency"): st.column_config.TextColumn(width=170)}
    return texts | {name: st.column_config.NumberColumn(format=form) for name, form in rates.items()} | {
        t(f"goals.{name}"): st.column_config.NumberColumn(format="localized")
        for name in ("budget", "allocated", "executed", "staff", "at_target")
    }


def by_agency(view: str, period: Period) -> list[dict[str, object]]:
    """Agencies with their shares and light, the furthest below the target first."""
    names = warehouse.labels("agency_id")
    reached, target = _reached(view, period), ask(HEADLINES[view][0]).metric.target
    relation = {"budget": "marts.agency_budgets_year", "learning": "marts.learning_year"}[view]
    rows = {row["agency_id"]: row for row in table(relation, {"year": [period.start]})}
    told = []
    also = {row["agency_id"]: row["value"] for row in ask(HEADLINES[view][1], period, by=("agency_id",)).rows}
    for agency in sorted(reached, key=lambda agency: (reached[agency] is None, reached[agency] or 0)):
        value, row = reached[agency], rows[agency]
        light = "—" if value is None else t("frame.met" if value >= target else "frame.missed")
        cells = {t("goals.agency"): pick(names.get(agency)), t("goals.light"): light}
        if view == "budget":
            cells |= {t("goals.rate"): _percent(value), t("goals.rate_of_budget"): _percent(also[agency])}
            cells |= {t(f"goals.{name}"): row[f"{name}_twd"] // 1000 for name in ("budget", "allocated", "executed")}
        else:
            cells |= {t("goals.hours"): value and round(value, 1), t("goals.at_target_share"): _percent(also[agency])}
            cells |= {t("goals.staff"): row["staff"], t("goals.at_target"): row["staff_at_target"]}
        told.append(cells)
    return told


def office_columns() -> list[Column]:
    heads = ("target", "achieved", "rate")
    return [Column(t("goals.section")), Column(t("goals.item"), width="38%")] + [
        Column(t(f"goals.{name}"), "right") for name in heads
    ] + [Column(t("goals.light"))]  # fmt: skip


def office() -> list[list[object]]:
    """The targets of Anping district office for 106, in the order of its plan, with what was achieved."""
    zh = words.language() == "zh"
    rows = table("marts.district_office_progress", None, "sort")
    return [
        [
            row["section_zh" if zh else "section_en"], row["zh" if zh else "en"],
            f"{words.number(row['target'])} {words.printed_unit(row['unit']) if not zh else row['unit']}",
            words.number(row["achieved"]), words.amount(row["achieved_rate"], "percent"),
            "—" if row["is_met"] is None else t("frame.met" if row["is_met"] else "frame.missed"),
        ]
        for row in rows
    ]  # fmt: skip


def _state(row: dict, period: Period) -> list[str]:
    if row["level"] != "measure":
        return ["", "", ""]
    if row["target"] is not None:
        unit = f" {row['unit'] if words.language() == 'zh' else words.printed_unit(row['unit'])}"
        light = "—" if row["is_met"] is None else t("frame.met" if row["is_met"] else "frame.missed")
        return [f"≥ {words.number(row['target'])}{unit}", f"{words.number(row['result'], 1)}{unit}", light]
    if metric := NOW.get(row["goal_id"]):
        answer = ask(metric, period)
        counted = f"{pick(answer.metric.label)} {words.amount(answer.value, answer.metric.unit)}"
        return [t("goals.no_target"), counted, "—"]
    return [t("goals.no_target"), "—", "—"]


def _rows(period: Period) -> list[dict]:
    """Goals as they stand in a year; what is not counted by the year stands in every year."""
    rows = [row for row in table("marts.goals_progress") if row["year"] in (None, period.start)]
    seen = {row["goal_id"] for row in rows}
    latest = {row["goal_id"]: row for row in table("marts.goals_progress", None, "year") if row["goal_id"] not in seen}
    return [*rows, *({**row, "result": None, "is_met": None} for row in latest.values())]


def _measures(period: Period) -> list[dict]:
    return [row for row in _rows(period) if row["level"] == "measure"]


def _reached(view: str, period: Period) -> dict[str, float | None]:
    return {row["agency_id"]: row["value"] for row in ask(HEADLINES[view][0], period, by=("agency_id",)).rows}


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 2)
