"""Which works does the meeting go through, and how does each stand? Lists worst first, single works, late reports."""

from __future__ import annotations

from dashboard import axes, filed, look, periods, words, works
from dashboard import work as work_page
from dashboard.meeting import agenda
from dashboard.meeting.model import Cell, Chart, Column, Grid, Series, Slide
from dashboard.meeting.scene import Scene, link, where
from dashboard.meeting.speaker import expect, recorded
from dashboard.warehouse import labels, table
from dashboard.words import pick, t


def list_of_works(item: agenda.Works, scene: Scene) -> list[Slide]:
    """The list that a meeting works through, worst first, each with the five answers."""
    found = _meeting(item)
    if not found:
        return [scene.slide(item, t("slides.works_none"), relations=["marts.works"])]
    shown = found[: item.top]
    grid = Grid(
        (
            Column(t("slides.work_head"), 0.21),
            Column(t("slides.light"), 0.13),
            Column(t("slides.gap"), 0.23, "right"),
            Column(t("slides.why"), 0.19),
            Column(t("slides.who"), 0.12),
            Column(t("slides.promised"), 0.12, "right"),
        ),
        tuple(
            (
                Cell(row["title"], strong=True),
                light(row["light"]),
                Cell(gap(row)),
                Cell(pick(labels("factor").get(row["lag_factor"])) or "—"),
                Cell(owner(row)),
                promised(row, scene),
            )
            for row in shown
        ),
        t("slides.more", n=words.number(len(found) - len(shown))) if len(found) > len(shown) else "",
    )
    title = t(f"slides.works_title_{item.list}", n=words.number(len(found)))
    notes = [_story(row) for row in shown] + [each for row in shown for each in recorded(scene, row["work_id"])]
    notes.append(expect("ask_worst", _story(found[0])))
    return [
        scene.slide(
            item,
            title,
            key=f"works-{item.list}",
            relations=["marts.works"],
            grid=grid,
            notes=notes,
            link=link("works", None, where(item), control=item.control, view=item.list),
        )
    ]


def single_works(item: agenda.Work, scene: Scene) -> list[Slide]:
    """One work a slide: its S-curve, why, who, until when."""
    rows = table("marts.works", {"work_id": [item.work]}) if item.work else _meeting(item)[: item.worst]
    return [each for row in rows if row["work_id"] not in works.named() for each in _work(item, scene, row)]


def reporters(item: agenda.Reporters, scene: Scene) -> list[Slide]:
    """Whose monthly report is late or missing."""
    of = works.Scope({"control_class": works.CLASSES[item.control]} | where(item), None, None, None, "")
    last = works.reach()
    found, month = works.late_reports(of, last) if last else [], words.month(last.start) if last else "—"
    if not found:
        return [scene.slide(item, t("slides.reporters_none", month=month), relations=["marts.filings"])]
    heads = [t(f"works.{name}") for name in ("work", "agency", "report", "due", "days_late")]
    shares, aligns = (0.34, 0.2, 0.16, 0.16, 0.14), ("left", "left", "left", "right", "right")
    grid = Grid(
        tuple(Column(head, share, align) for head, share, align in zip(heads, shares, aligns, strict=True)),
        tuple(
            tuple(
                Cell(
                    words.number(row[head]) if isinstance(row[head], int) else str(row[head] or "—"),
                    strong=head == heads[0],
                )
                for head in heads
            )
            for row in found[: item.top]
        ),
        t("slides.more", n=words.number(len(found) - item.top)) if len(found) > item.top else "",
    )
    agencies: dict[str, int] = {}
    for row in found:
        agencies[row[heads[1]]] = agencies.get(row[heads[1]], 0) + 1
    most = max(agencies, key=agencies.__getitem__)
    notes = [expect("ask_who", words.said(most, words.amount(agencies[most], "filings")))]
    return [
        scene.slide(
            item,
            t("slides.reporters_title", month=month, n=words.number(len(found))),
            grid=grid,
            notes=notes,
            relations=["marts.filings"],
            link=link("works", None, where(item), view="reporters"),
        )
    ]


# What a row says


def light(state: str | None) -> Cell:
    return Cell(pick(labels("light").get(state)) or "—", state if state in look.STATES else None)


def gap(row: dict) -> str:
    """How far behind, in points and days; — where it is not known."""
    if row["gap_points"] is None:
        return "—"
    days = words.number(round(row["gap_days"] or 0))
    return t("slides.gap_cell", points=words.number(row["gap_points"], 1), days=days)


def owner(row: dict) -> str:
    return pick(labels("agency_id").get(row["owner_id"] or row["agency_id"])) or "—"


def promised(row: dict, scene: Scene) -> Cell:
    """The promised day; one that has passed by the day of the meeting says so."""
    day = words.day(row["promised_on"])
    late = row["promised_on"] is not None and row["promised_on"] < (scene.date or row["as_of"])
    return Cell(words.noted(day, t("slides.overdue")) if late else day)


def _work(item: agenda.Work, scene: Scene, row: dict) -> list[Slide]:
    points = {
        each["month"]: each
        for each in table("marts.work_months", {"work_id": [row["work_id"]]}, "month")
        if each["planned_progress"] is not None
    }
    if not points:
        return []
    months = periods.months(min(points), max(points))  # those without a plan, too
    ticks = axes.ticks(months)
    days, late = words.number(round(row["gap_days"] or 0)), row["light"] in works.LATE and row["gap_points"] is not None
    series = tuple(
        Series(
            t(f"slides.{name}"),
            tuple(None if each is None else each * 100 for each in progress),
            tuple(words.amount(each, "percent") for each in progress),
            role,
        )
        for name, role, progress in (
            (name, role, [points.get(month, {}).get(f"{name}_progress") for month in months])
            for name, role in (("planned", "grey"), ("actual", "accent"))
        )
    )
    told = _story(row)
    chart = Chart(
        "curve",
        tuple(words.month_tick(each) for each in months),
        series,
        "%",
        work_page.message(row),
        tuple(months.index(each) for each in ticks),
        gap=t("slides.curve_gap", points=words.number(-row["gap_points"], 1), days=days) if late else "",
    )
    state = pick(labels("light").get(row["light"]))
    title = t("slides.work_title" if late else "slides.work_title_plain", title=row["title"], state=state, days=days)
    steep = work_page.steepness(row)
    notes = [
        told,
        t("slides.note_since", day=words.day(row["behind_since"])) if row["behind_since"] else "",
        t("slides.note_remedy", remedy=row["remedy"]) if row["remedy"] else "",
        *recorded(scene, row["work_id"]),
        expect("ask_when", words.day(row["promised_on"]) if row["promised_on"] else t("slides.no_promise")),
        expect("ask_plan", steep or t("slides.plan_holds")),
    ]
    return [
        scene.slide(
            item,
            title,
            key=f"work-{row['work_id']}",
            relations=["marts.works"],
            chart=chart,
            told=" ".join(each for each in (told, steep) if each),
            notes=notes,
            link=link("work", work=row["work_id"]),
        )
    ]


def _story(row: dict) -> str:
    """Why, who acts, promised for when: the answers of a red light in one sentence."""
    why = filed.cause(row["lag_cause"], row["lag_factor"])
    day = words.day(row["promised_on"]) if row["promised_on"] else t("slides.no_promise")
    told = t("slides.work_told", why=why.rstrip("。."), who=owner(row), day=day) + t("sentences.end")
    return words.said(row["title"], told)


def _meeting(item: agenda.Works | agenda.Work) -> list[dict]:
    of = works.Scope({"control_class": works.CLASSES[item.control]} | where(item), None, None, None, "")
    return works.meeting(of, item.list)
