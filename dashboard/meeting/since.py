"""What has happened since the last meeting, and which decisions are still open? Screens that need an earlier one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from dashboard import warehouse, words
from dashboard.decisions import acting
from dashboard.meeting import agenda, changes
from dashboard.meeting.changes import Changes, Flip, Moved
from dashboard.meeting.lists import gap, light, owner
from dashboard.meeting.model import Cell, Column, Figure, Grid, Slide
from dashboard.meeting.scene import Scene, link, where
from dashboard.warehouse import labels, table
from dashboard.words import pick, t
from data_pipeline.store.notes import open_decisions


def changed(item: agenda.Changes, scene: Scene) -> list[Slide]:
    """One part of what is different; nothing where there was no meeting before."""
    if not scene.since:
        return []
    if item.part == "figures":
        return _figures(item, scene, changes.figures(scene.since, warehouse.here().name(), item.metrics))
    found = changes.between(scene.since, warehouse.here().name(), where(item))
    return PARTS[item.part](item, scene, found)


def decisions(item: agenda.Decisions, scene: Scene) -> list[Slide]:
    """What was decided and is not closed yet, the earliest promise first."""
    as_of = scene.date or table("marts.works", None, None, 1)[0]["as_of"]
    found = sorted(open_decisions(scene.notes, as_of), key=lambda note: (str(note.promised_on or "9999"), note.at))
    if not found:
        return [scene.slide(item, t("slides.decisions_none"), relations=["marts.works"])]
    grid = Grid(
        (
            Column(t("slides.about"), 0.22),
            Column(t("slides.decision"), 0.42),
            Column(t("slides.who"), 0.18),
            Column(t("slides.promised"), 0.18, "right"),
        ),
        tuple(
            (
                Cell(subject(note.about), strong=True),
                Cell(note.text),
                Cell(acting(note)),
                Cell(_promised(note.promised_on, as_of)),
            )
            for note in found[: item.top]
        ),
        _more(len(found), item.top),
    )
    told = [t("slides.note_decision", text=note.text, by=note.by) for note in found]
    return [
        scene.slide(
            item,
            t("slides.decisions_title", n=words.number(len(found))),
            relations=["marts.works"],
            grid=grid,
            notes=told,
            link=link("meeting"),
        )
    ]


def _promised(day: dt.date | None, as_of: dt.date) -> str:
    said = words.day(day)
    return words.noted(said, t("slides.overdue")) if day and day < as_of else said


def subject(about: str) -> str:
    """What a note is about, in words: a work's title, a metric's label."""
    kind, _, code = about.partition(":")
    if kind == "work":
        rows = table("marts.works", {"work_id": [code]})
        return rows[0]["title"] if rows else code
    known = warehouse.catalogue()
    return pick(known.find(code)[1].label) if code in known.names() else code


def _lights(item: agenda.Changes, scene: Scene, found: Changes) -> list[Slide]:
    shown: Sequence[Flip] = (*found.worse, *found.better)[: item.top]
    grid = Grid(
        (
            Column(t("slides.work_head"), 0.28),
            Column(t("slides.was"), 0.15),
            Column(t("slides.now"), 0.15),
            Column(t("slides.gap"), 0.25, "right"),
            Column(t("slides.who"), 0.17),
        ),
        tuple(
            (
                Cell(flip.work["title"], strong=True),
                light(flip.before),
                light(flip.now),
                Cell(gap(flip.work)),
                Cell(owner(flip.work)),
            )
            for flip in shown
        ),
        _more(len(found.worse) + len(found.better), item.top),
    )
    title = t(
        "slides.lights_title",
        since=scene.since_name,
        worse=words.number(len(found.worse)),
        better=words.number(len(found.better)),
        silent=words.number(len(found.silent)),
    )
    told = [
        words.said(flip.work["title"], f"{light(flip.before).text} → {light(flip.now).text}")
        for flip in (*found.worse, *found.better)
    ]
    if found.silent:
        told.append(words.said(t("slides.silent"), t("sites.and").join(row["title"] for row in found.silent)))
    return [_slide(item, scene, found, title, grid=grid if shown else None, notes=told)]


def _works(item: agenda.Changes, scene: Scene, found: Changes) -> list[Slide]:
    groups = (("suspended", found.suspended), ("added", found.added), ("closed", found.closed))
    figures = tuple(
        Figure(
            t(f"slides.{name}"),
            *words.figure(len(rows), "works"),
            words.amount(len(rows), "works", exact=True),
            len(rows),
        )
        for name, rows in groups
    )
    # Each group has its share of the four rows: what is done is most, and would hide what is new.
    rows = [(name, row) for name, group in groups for row in group[: 4 if name == "closed" else 2]][:4]
    grid = Grid(
        (
            Column(t("slides.what"), 0.16),
            Column(t("slides.work_head"), 0.46),
            Column(t("works.agency"), 0.2),
            Column(t("works.budget"), 0.18, "right"),
        ),
        tuple(
            (
                Cell(t(f"slides.{name}")),
                Cell(row["title"], strong=True),
                Cell(pick(labels("agency_id").get(row["agency_id"])) or "—"),
                Cell(words.amount(row["budget_twd"], "twd")),
            )
            for name, row in rows
        ),
        _more(sum(len(group) for _, group in groups), 4),
    )
    counts = {name: words.number(len(group)) for name, group in groups}
    title = t("slides.works_changed_title", since=scene.since_name, **counts)
    told = [
        words.said(t(f"slides.{name}"), t("sites.and").join(row["title"] for row in group) or t("slides.none"))
        for name, group in groups
    ]
    return [_slide(item, scene, found, title, figures=figures, grid=grid if rows else None, notes=told)]


def _milestones(item: agenda.Changes, scene: Scene, found: Changes) -> list[Slide]:
    overdue = words.number(len(found.overdue))
    if not found.slips:
        return [_slide(item, scene, found, t("slides.milestones_none", since=scene.since_name, overdue=overdue))]
    names = labels("milestone")
    grid = Grid(
        (
            Column(t("slides.work_head"), 0.32),
            Column(t("slides.milestone"), 0.2),
            Column(t("slides.was"), 0.16, "right"),
            Column(t("slides.now"), 0.16, "right"),
            Column(t("slides.later"), 0.16, "right"),
        ),
        tuple(
            (
                Cell(slip.milestone["title"], strong=True),
                Cell(pick(names.get(slip.milestone["milestone"])) or slip.milestone["milestone"]),
                Cell(words.day(slip.before)),
                Cell(words.day(slip.now)),
                Cell(t("slides.days", n=words.number(slip.days))),
            )
            for slip in found.slips[: item.top]
        ),
        _more(len(found.slips), item.top),
    )
    title = t(
        "slides.milestones_title",
        since=scene.since_name,
        n=words.number(len(found.slips)),
        days=words.number(found.slips[0].days),
        overdue=overdue,
    )
    return [_slide(item, scene, found, title, grid=grid)]


def _promises(item: agenda.Changes, scene: Scene, found: Changes) -> list[Slide]:
    if not found.promises:
        return [_slide(item, scene, found, t("slides.promises_none", since=scene.since_name))]
    broken = sum(each.broken for each in found.promises)
    grid = Grid(
        (
            Column(t("slides.work_head"), 0.28),
            Column(t("slides.who"), 0.16),
            Column(t("slides.light"), 0.16),
            Column(t("slides.was"), 0.14, "right"),
            Column(t("slides.now"), 0.14, "right"),
            Column(t("slides.what"), 0.12),
        ),
        tuple(
            (
                Cell(each.work["title"], strong=True),
                Cell(owner(each.work)),
                light(each.work["light"]),
                Cell(words.day(each.before)),
                Cell(words.day(each.now)),
                Cell(t("slides.broken" if each.broken else "slides.put_off")),
            )
            for each in found.promises[: item.top]
        ),
        _more(len(found.promises), item.top),
    )
    title = t(
        "slides.promises_title",
        since=scene.since_name,
        broken=words.number(broken),
        later=words.number(len(found.promises) - broken),
    )
    return [_slide(item, scene, found, title, grid=grid)]


def _figures(item: agenda.Changes, scene: Scene, found: Sequence[Moved]) -> list[Slide]:
    known = warehouse.catalogue()
    rows = []
    for each in found:
        metric = known.find(each.metric)[1]
        rows.append(
            (
                Cell(pick(metric.label), strong=True),
                Cell(words.amount(each.before, metric.unit)),
                Cell(words.amount(each.now, metric.unit)),
                Cell(difference(each.new, metric.unit)),
                Cell(difference(each.corrected, metric.unit)),
            )
        )
    grid = Grid(
        (
            Column(t("slides.figure"), 0.32),
            Column(t("slides.was"), 0.17, "right"),
            Column(t("slides.now"), 0.17, "right"),
            Column(t("slides.new_data"), 0.17, "right"),
            Column(t("slides.corrected"), 0.17, "right"),
        ),
        tuple(rows),
    )
    moved = sum(bool(each.corrected) for each in found)
    title = t("slides.figures_title" if moved else "slides.figures_none", since=scene.since_name, n=words.number(moved))
    relations = sorted({known.find(each.metric)[0].relation for each in found})
    told = [words.said(pick(known.find(each.metric)[1].label), words.period(each.span_now)) for each in found]
    return [
        scene.slide(
            item,
            title,
            key="changes-figures",
            relations=relations,
            grid=grid,
            notes=told,
            simulated=any(each.simulated for each in found),
            link=link("meeting", view="since"),
        )
    ]


def difference(value: float | None, unit: str) -> str:
    """A change with its sign; shares in points; — for none."""
    if value is None:
        return "—"
    if unit == "percent":
        value, unit = round(value * 100, 2), "points"
    if not round(value, 2):
        return "0"
    said = words.amount(abs(value), unit, exact=unit != "twd")
    return f"+{said}" if value > 0 else f"{words.MINUS}{said}"


def _slide(item: agenda.Changes, scene: Scene, found: Changes, title: str, **body) -> Slide:
    return scene.slide(
        item,
        title,
        key=f"changes-{item.part}",
        relations=["marts.works"],
        simulated=found.simulated,
        link=link("meeting", view="since"),
        **body,
    )


def _more(all_of: int, shown: int) -> str:
    return t("slides.more", n=words.number(all_of - shown)) if all_of > shown else ""


PARTS = {"lights": _lights, "works": _works, "milestones": _milestones, "promises": _promises}
