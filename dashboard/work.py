"""How does one work stand: its curve, milestones, money, changes, reasons, and what it has filed?"""

from __future__ import annotations

import datetime as dt
import functools

import streamlit as st

from dashboard import axes, body, filed, filters, foot, look, sites, tiles, warehouse, words, works
from dashboard.axes import SIZE
from dashboard.tiles import Column
from dashboard.warehouse import Answer, ask, table
from dashboard.words import pick, t


def finder() -> dict | None:
    """The chosen work; typing finds one by name. Works still open are offered, and the one the link names."""
    rows = table("marts.works", None, "work_id", works.MOST)
    asked = st.session_state.get("going", {}).get("work") or st.session_state.get("work")
    asked = asked or st.session_state.get("kept-work") or st.query_params.get("work")
    names = {row["work_id"]: words.noted(row["title"], row["work_id"]) for row in rows
             if row["work_id"] == asked or (row["light"] not in (None, "completed") and row["life_cycle"])}  # fmt: skip
    chosen = filters.option("work", names, t("work.find"), listed=True, placeholder=t("work.find"))
    return next((row for row in rows if row["work_id"] == chosen), None)


def message(row: dict) -> str:
    """The page's one sentence: the light, and what it rests on."""
    told = {"title": row["title"], "state": works.state(row["light"]), "month": words.month(row["month"])}
    if row["light"] in works.LATE and row["gap_points"] is not None:
        return t("work.message_late", **told, points=words.number(-row["gap_points"], 1),
                 days=words.number(round(row["gap_days"] or 0)))  # fmt: skip
    return t("work.message", **told)


def as_of(row: dict) -> str:
    """How far the filings reach."""
    return t("frame.as_of", day=words.day(row["as_of"]))


def facts(row: dict) -> list[list[object]]:
    """Who, where, how much, until when."""
    said = {name: pick(warehouse.labels(name).get(row[name])) or "—"
            for name in ("agency_id", "district_id", "work_kind", "control_class")}  # fmt: skip
    steps = {each["code"]: pick(each) for each in table("seeds.codes", {"domain": ["life_cycle"]})}
    pairs = [
        ("agency", said["agency_id"]),
        ("place", f"{said['district_id']} · {said['work_kind']}"),
        ("class", said["control_class"]),
        ("cycle", steps.get(row["life_cycle"], "—")),
        ("plan", row["plan_title"] or "—"),
        ("budget", words.amount(row["budget_twd"], "twd")),
        ("award", words.amount(row["award_amount_twd"], "twd") if row["award_amount_twd"] else "—"),
        ("span", f"{words.day(row['started_on'] or row['planned_start_on'])} → "
                 f"{words.day(row['finished_on'] or row['planned_finish_on'])}"),
    ]  # fmt: skip
    return [[t(f"work.{name}"), value] for name, value in pairs]


def five(row: dict) -> list[list[object]]:
    """The five answers a red light owes, and the remedy."""
    factor = pick(warehouse.labels("factor").get(row["lag_factor"])) if words.language() == "zh" else ""
    broken = f"✖ {t('sites.broken')}" if row["is_promise_broken"] else ""
    owner = pick(warehouse.labels("agency_id").get(row["owner_id"] or row["agency_id"]))
    return [
        [t("works.since"), words.day(row["behind_since"])],
        [t("works.why"), tiles.stacked(filed.cause(row["lag_cause"], row["lag_factor"]), factor)],
        [t("works.remedy"), row["remedy"] or "—"],
        [t("works.who"), owner],
        [t("works.promised"), tiles.stacked(words.day(row["promised_on"]), broken)],
    ]


def steepness(row: dict) -> str:
    """Why the remaining plan is hard to believe; empty where it is not."""
    if not row["is_remaining_plan_too_steep"]:
        return ""
    if row["needed_pace"] is None:
        return t("work.past_finish", finish=words.day(row["planned_finish_on"]),
                 left=words.amount(1 - row["actual_progress"], "percent"))  # fmt: skip
    needed, best = (words.amount(row[name], "percent") for name in ("needed_pace", "best_pace"))
    return t("work.too_steep", needed=needed, best=best)


def curve(row: dict) -> None:
    """Planned against actual, month by month, with the gap in points and in days, and what is left of the plan."""
    points = [each for each in _months(row) if each["planned_progress"] is not None]
    if not points:
        body.nothing(t("frame.no_rows"))
        return
    told = message(row)
    behind = row["light"] in works.LATE and row["gap_points"] is not None
    days = words.number(round(row["gap_days"] or 0))
    gap = t("one_page.gap_cell", points=words.number(row["gap_points"], 1), days=days) if behind else ""
    figure = _curve(
        tuple((each["month"], each["planned_progress"], each["actual_progress"]) for each in points), gap,
        row["planned_finish_on"], None if row["is_completed"] else row["needed_pace"],
        row["is_remaining_plan_too_steep"], words.language(),
    )  # fmt: skip
    key, of = f"curve-{row['work_id']}", ask("progress.actual", by=("month",), where={"work_id": [row["work_id"]]})
    rows = [
        {t("frame.month"): words.month(each["month"])}
        | {t(f"work.{name}"): _percent(each[f"{name}_progress"]) for name in ("planned", "actual")}
        for each in points
    ]
    foot.draw(key, figure, told, of, "", {}, rows=rows)


def answers(row: dict) -> list[Answer]:
    """The metrics that the page rests on, for what is to be known of its figures; those of money are its agency's."""
    progress = [ask(f"progress.{name}", where={"work_id": [row["work_id"]]}) for name in ("planned", "actual", "gap")]
    others = (
        "milestones.mean_slip", "work_budgets.executed_to_allocated_rate", "work_budgets.executed_to_budget_rate",
        "changes.extension_days", "lags.works", "site_visits.visits",
    )  # fmt: skip
    return progress + [ask(name, where={"agency_id": [row["agency_id"]]}) for name in others]


@functools.lru_cache(maxsize=128)
def _curve(points: tuple, gap: str, finish: dt.date | None, pace: float | None, is_steep: bool, language: str) -> dict:
    """The lines; their names stand in the upper left, where a curve that rises from nothing never comes."""
    months = [month for month, _, _ in points]
    traces, told = [], []
    for place, (name, colour, dash) in enumerate((("planned", look.MUTED, "dash"), ("actual", look.ACCENT, "solid"))):
        known = [(each[0], each[place + 1]) for each in points if each[place + 1] is not None]
        if not known:
            continue
        last, reached = known[-1]
        titled = t(f"work.{name}")
        hover = [f"{words.month(month)}　{titled} {words.amount(value, 'percent')}" for month, value in known]
        traces.append(_part(known, colour, dash, hover))
        traces[-1] |= {"mode": "lines+markers", "marker": {"size": [0] * (len(known) - 1) + [10]}}
        told.append(_coloured(f"{'╌' if dash == 'dash' else '━'} {titled} {words.amount(reached, 'percent')}", colour))
        if finish and finish > last and reached < 1 and (pace or name == "planned"):
            late = look.STATES["seriously_behind"].colour
            colour = look.GREY if name == "planned" else late if is_steep else look.ACCENT
            said = t("work.to_finish", day=words.day(finish))
            if name == "actual":
                said = t("work.needed", pace=words.amount(pace, "percent"))
                told.append(_coloured(f"┄ {said}", colour))
            traces.append(_part([(last, reached), (finish, 1.0)], colour, "dot", [said] * 2))
    if gap:
        told.append(_coloured(f"{t('one_page.gap')} {gap}", look.STATES["seriously_behind"].colour))
    ticks = axes.ticks([*months, finish] if finish and finish > months[-1] else months)
    drawn = axes.layout(340) | {
        "xaxis": {"tickvals": ticks, "ticktext": [words.month_tick(each) for each in ticks], "showgrid": False,
                  "tickfont": {"size": SIZE - 1}, "linecolor": look.GREY, "tickangle": 0,
                  "range": axes.span([*months, finish or months[-1]])},
        "yaxis": {"range": [0, 104], "ticksuffix": "%", "gridcolor": "#E6E9EE", "tickfont": {"size": SIZE - 1}},
        "annotations": [{
            "xref": "paper", "x": 0.02, "xanchor": "left", "yref": "paper", "y": 0.98, "yanchor": "top",
            "align": "left", "showarrow": False, "text": "<br>".join(told), "bgcolor": look.WHITE,
            "font": {"size": SIZE},
        }],
        "hovermode": "closest",
    }  # fmt: skip
    return {"data": traces, "layout": drawn}


def _part(known: list[tuple], colour: str, dash: str, hover: list[str]) -> dict:
    return {
        "type": "scatter", "mode": "lines", "x": [month for month, _ in known],
        "y": [value * 100 for _, value in known],
        "line": {"color": colour, "width": 3, "dash": dash}, "hoverinfo": "text", "hovertext": hover,
    }  # fmt: skip


def _coloured(text: str, colour: str) -> str:
    return f"<span style='color:{colour}'><b>{text}</b></span>"


def _months(row: dict) -> list[dict]:
    """The months of a work up to its completion: after it nothing is owed."""
    past = table("marts.work_months", {"work_id": [row["work_id"]]}, "month")
    done = next((place for place, each in enumerate(past) if each["is_completed"]), len(past))
    return list(past[: done + 1])


def lights_of(row: dict, months: int = 24) -> list[tuple[str, str]]:
    """Month and light, the newest last."""
    return [(words.month_tick(each["month"]), each["light"]) for each in _months(row)[-months:]]


def history(row: dict) -> list[dict[str, object]]:
    """Month by month, the newest first: progress, gap, light, and when the report came."""
    return [
        {
            t("frame.month"): words.month(each["month"]),
            t("works.light"): works.state(each["light"]),
            t("works.planned"): _percent(each["planned_progress"]),
            t("works.actual"): _percent(each["actual_progress"]),
            t("works.points"): each["gap_points"],
            t("works.days"): None if each["gap_days"] is None else round(each["gap_days"]),
            t("works.due"): words.day(each["due_on"]),
            t("works.filed"): words.day(each["filed_on"]),
            t("works.days_late"): each["days_late"] or None,
        }
        for each in reversed(_months(row))
    ]


def milestone_columns() -> list[Column]:
    heads = ("planned_on", "forecast_on", "done_on", "slip")
    return [Column(t("work.milestone")), *(Column(t(f"work.{name}"), "right") for name in heads)]


def milestones(row: dict) -> list[list[object]]:
    """Each milestone: planned, forecast, done, and the slip in days."""
    names = warehouse.labels("milestone")
    found = {each["milestone"]: each for each in table("marts.milestones", {"work_id": [row["work_id"]]}, "planned_on")}
    told = []
    for code, each in found.items():
        mark = "✔ " if each["is_done"] else "✖ " if each["is_overdue"] else ""
        slip = "—" if each["slip_days"] is None else t("work.days", n=words.number(each["slip_days"]))
        days = [words.day(each[name]) for name in ("planned_on", "forecast_on", "done_on")]
        told.append([f"{mark}{pick(names.get(code)) or code}", *days, slip])
    return told


def money_columns() -> list[Column]:
    heads = ("year_budget", "allocated", "executed", "of_allocated", "of_budget")
    return [Column(t("work.year")), *(Column(t(f"work.{name}"), "right") for name in heads)]


def money(row: dict) -> list[list[object]]:
    """Budget, allocation and execution by year, with the rates to both denominators."""
    return [
        [
            str(each["year"].year - 1911) if words.language() == "zh" else str(each["year"].year),
            *(words.amount(each[f"{name}_twd"], "twd") for name in ("budget", "allocated", "executed")),
            *(words.amount(each[f"executed_to_{name}_rate"], "percent") for name in ("allocated", "budget")),
        ]
        for each in table("marts.budgets", {"work_id": [row["work_id"]]}, "year desc")
    ]  # fmt: skip


def reasons(row: dict) -> list[dict[str, object]]:
    """Reasons and remedies month by month, the newest first."""
    factors, agencies = warehouse.labels("factor"), warehouse.labels("agency_id")
    return [
        {
            t("frame.month"): words.month(each["month"]), t("works.factor"): pick(factors.get(each["factor"])),
            t("works.why"): each["cause"], t("works.remedy"): each["remedy"],
            t("works.who"): pick(agencies.get(each["owner_id"])), t("works.promised"): words.day(each["promised_on"]),
        }
        for each in table("marts.work_lags", {"work_id": [row["work_id"]]}, "month desc")
    ]  # fmt: skip


def changes(row: dict) -> list[dict[str, object]]:
    """Changes of design, the newest first: what they did to the amount and to the finish."""
    return [
        {
            t("work.changed_on"): words.day(each["changed_on"]),
            t("work.amount_change"): each["amount_change_twd"] and round(each["amount_change_twd"] / 1000),
            t("work.finish_before"): words.day(each["finish_before_on"]),
            t("work.finish_after"): words.day(each["finish_after_on"]),
            t("work.extension"): each["extension_days"], t("work.reason"): each["reason"],
        }
        for each in table("marts.work_changes", {"work_id": [row["work_id"]]}, "changed_on desc")
    ]  # fmt: skip


def visits(row: dict) -> list[dict[str, object]]:
    """Visits to the site, the newest first."""
    kinds = warehouse.labels("visit_kind")
    return [
        {
            t("work.visited_on"): words.day(each["visited_on"]), t("work.visit"): pick(kinds.get(each["visit_kind"])),
            t("work.light_then"): works.state(each["light_then"]), t("work.conclusion"): each["conclusion"],
        }
        for each in table("marts.site_visits", {"work_id": [row["work_id"]]}, "visited_on desc")
    ]  # fmt: skip


def site(row: dict) -> dict | None:
    """Its place on the map, where it has one."""
    found = table("marts.sites", {"work_id": [row["work_id"]]})
    return found[0] if found else None


def published(of: dict) -> list[list[object]]:
    """What documents and reports say of a named site."""
    return sites.published_facts(of)


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)
