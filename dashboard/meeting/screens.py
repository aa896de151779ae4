"""What does each screen of an agenda show? Figures, trends, bars, lights, lists, single works, the map, late reports.

One message each: the title is the finding, computed; the picture shows it; the speaker's notes say how it is computed,
why it moved, and what may be asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from dashboard import axes, charts, look, periods, sentences, sites, warehouse, words, works
from dashboard.meeting import agenda
from dashboard.meeting.model import Chart, Figure, Map, Mark, Series, Slide
from dashboard.meeting.scene import Scene, link, page_of, period, where
from dashboard.meeting.speaker import about, expect, printed, rules_note, source_note
from dashboard.periods import ALL, Period
from dashboard.warehouse import Answer, ask, labels, table
from dashboard.words import pick, t

OPEN = tuple(state for state in look.STATES if state != "completed")


def cover(item: agenda.Cover, scene: Scene) -> list[Slide]:
    """The meeting's name and day."""
    title, topic = pick(scene.agenda.title), t("frame.title")
    return [scene.slide(item, title, topic=topic, relations=["marts.works"], told=scene.said)]


def figures(item: agenda.Figures, scene: Scene) -> list[Slide]:
    """At most four figures with target, change and what the documents print."""
    asked = [(ask(name, period(item, name), where=where(item)), period(item, name)) for name in item.metrics]
    shown = tuple(figure(answer, span) for answer, span in asked)
    judged = [(answer, held) for answer, _ in asked if (held := met(answer)) is not None]
    missed = [pick(answer.metric.label) for answer, held in judged if not held]
    span = words.period(asked[0][1])
    if missed:
        names = t("sites.and").join(missed)
        title = t("slides.some_missed", period=span, all=len(judged), n=len(missed), names=names)
    elif judged:
        title = t("slides.all_met", period=span, n=len(judged))
    else:
        title = words.said(span, t("slides.plain", label=shown[0].label, value=shown[0].said))
    answers = [answer for answer, _ in asked]
    notes = [each for answer in answers for each in about(answer)]
    return [
        scene.slide(
            item,
            title,
            answers=answers,
            figures=shown,
            notes=[*notes, *source_note(answers)],
            link=link(page_of(item.metrics[0]), asked[0][1], where(item)),
        )
    ]


def trend(item: agenda.Trend, scene: Scene) -> list[Slide]:
    """A figure by month, beside the year before, with what happened on the time line."""
    whole = ask(item.metric, ALL, ("month",), where(item))
    if not whole.rows:
        return []
    last = whole.rows[-1]["month"]
    span = _months(last, item.months)
    answer = ask(item.metric, span, ("month",), where(item))
    months = periods.months(answer.rows[0]["month"], answer.rows[-1]["month"])  # those without a row, too
    open_month = charts.unfinished_month(answer, months)
    told = sentences.of(answer, unfinished=open_month)
    chart = _trend(answer, months, open_month, told)
    label = pick(answer.metric.label)
    first = told.removesuffix(t("sentences.end")).split("；" if words.language() == "zh" else ";")[0]
    over = period(item, item.metric)
    year = figure(ask(item.metric, over, where=where(item)), over)
    year = replace(year, label=words.noted(year.label, words.period(over)))  # beside a month it must say its own span
    notes = [told, *about(answer), *source_note([answer])]
    if answer.metric.adds and (why := _why(item, answer, months, open_month)):
        notes.append(expect("ask_change", why))
    return [
        scene.slide(
            item,
            t("slides.trend_title", label=label, told=first),
            answers=[answer],
            chart=chart,
            told=told,
            figures=(year,),
            notes=notes,
            link=link(page_of(item.metric), over, where(item)),
        )
    ]


def bars(item: agenda.Bars, scene: Scene) -> list[Slide]:
    """A figure split by agency, district, class …, the largest first."""
    span = period(item, item.metric)
    answer = ask(item.metric, span, (item.by,), where(item))
    rows = sorted((row for row in answer.rows if row["value"] is not None), key=lambda row: -row["value"])
    if not rows:
        return []
    names, told = labels(item.by), sentences.of(answer, labels(item.by))
    rows = rows[: item.top]
    scale, suffix = _scaled([row["value"] for row in rows], answer.metric.unit)
    chart = Chart(
        "bars",
        tuple(pick(names.get(row[item.by])) or t("frame.unknown") for row in rows),
        (
            Series(
                pick(answer.metric.label),
                tuple(row["value"] * scale for row in rows),
                tuple(words.amount(row["value"], answer.metric.unit) for row in rows),
            ),
        ),
        suffix,
        f"{charts.alt(answer)} {told}",
    )
    title = words.said(words.period(span), told.removesuffix(t("sentences.end")))
    return [
        scene.slide(
            item,
            title,
            answers=[answer],
            chart=chart,
            notes=[told, *about(answer), *source_note([answer])],
            link=link(page_of(item.metric), span, where(item)),
        )
    ]


def states(item: agenda.States, scene: Scene) -> list[Slide]:
    """How many open works are in which state, by class, agency or district."""
    of = {"control_class": works.CLASSES[item.control]} | where(item)
    answer = ask("works.registered", ALL, (item.by, "light"), of)
    counts = {(row[item.by], row["light"]): row["value"] for row in answer.rows}
    names = labels(item.by)
    late = {code: sum(counts.get((code, state), 0) for state in works.LATE) for code in names}
    still = {code: sum(counts.get((code, state), 0) for state in OPEN) for code in names}
    order = sorted((code for code in names if still[code]), key=lambda code: (-late[code], -still[code]))
    groups = [(pick(names[code]), [code]) for code in order]
    if len(order) > item.top:  # the rest stands together: a bar that is left out is a work that nobody sees
        rest = order[item.top - 1 :]
        groups = [*groups[: item.top - 1], (t("slides.others", n=words.number(len(rest))), rest)]
    parts = {state: [sum(counts.get((code, state), 0) for code in codes) for _, codes in groups] for state in OPEN}
    lights = labels("light")
    used = [state for state in OPEN if any(parts[state])]
    chart = Chart(
        "states",
        tuple(name for name, _ in groups),
        tuple(
            Series(
                pick(lights[state]),
                tuple(float(count) for count in parts[state]),
                tuple(words.number(count) for count in parts[state]),
                state,
            )
            for state in used
        ),
        words.figure(2, "works")[1],
        sentences.of(answer, names),
    )
    title = t("slides.states_title", open=words.number(sum(still.values())), late=words.number(sum(late.values())))
    if item.by != "control_class" and max(late.values(), default=0):
        most = max(late, key=late.__getitem__)
        title = t("slides.states_title_most", late=words.number(sum(late.values())), name=pick(names[most]),
                  most=words.number(late[most]))  # fmt: skip
    notes = [sentences.of(answer, names), *rules_note(answer), *source_note([answer])]
    if late and max(late.values()):
        most = max(late, key=late.__getitem__)
        notes.append(expect("ask_who", words.said(pick(names[most]), words.amount(late[most], "works"))))
    return [
        scene.slide(
            item,
            title,
            answers=[answer],
            chart=chart,
            told=sentences.of(answer, names),
            notes=notes,
            link=link("works", None, of, control=item.control, view="states"),
        )
    ]


def site_map(item: agenda.Map, scene: Scene) -> list[Slide]:
    """Where the works that need attention are."""
    kept = where(item)
    looked = sites.Scope(item.control, *((kept.get(name) or [None])[0] for name in ("district_id", "agency_id")))
    rows = [row for row in table("marts.sites", looked.where) if row["light"] in item.states]
    named = [row for row in table("marts.sites") if row["is_published"]]
    lights, answer = labels("light"), looked.states()
    rank = {state: place for place, state in enumerate(reversed(sites.WORST_FIRST))}
    marks = tuple(
        Mark(
            row["longitude"],
            row["latitude"],
            "named" if row["is_published"] else row["light"],
            row["budget_step"],
            sites.short(row),
            row["coordinate_precision"] in sites.ROUGH,
        )
        for row in sorted([*named, *rows], key=lambda row: rank.get(row["light"], -1))
    )
    counts = tuple(
        (state, pick(lights[state]), words.number(sum(row["light"] == state for row in rows))) for state in item.states
    )
    title = t("slides.map_title", n=words.number(len(rows)), most=sites.most_late(looked))
    drawn = Map(marks, counts, t("slides.map_alt", n=words.number(len(marks))))
    return [
        scene.slide(
            item,
            title,
            answers=[answer],
            map=drawn,
            told=t("slides.map_told"),
            notes=[title, sites.key(), *source_note([answer])],
            link=link("sites", None, kept, control=item.control),
        )
    ]


# What slides are made of


def figure(answer: Answer, span: Period) -> Figure:
    """An answer as a key figure: change on the year before, target with its light, what a document prints."""
    metric, told = answer.metric, []
    value, unit = words.figure(answer.value, metric.unit)
    if earlier := span.year_earlier() if answer.grain else None:
        before = ask(answer.name, earlier, where=dict(answer.question.where))
        if change := words.change(answer.value, before.value, metric.unit):
            told.append(t("slides.compared", change=change, versus=words.period(earlier)))
    held = met(answer)
    if held is not None:
        told.append(t("slides.target", value=words.amount(metric.target, metric.unit)))
    if metric.published and (row := printed(metric.published)):
        told.append(t("slides.published", value=words.published(row), period=words.printed_period(row)))
    state = None if held is None else "on_schedule" if held else "behind"
    word = "" if held is None else t("frame.met" if held else "frame.missed").lstrip("●◆ ")
    return Figure(
        pick(metric.label),
        value,
        unit,
        words.amount(answer.value, metric.unit, exact=True),
        answer.value,
        answer.name,
        tuple(told[:3]),
        state,
        word,
    )


def met(answer: Answer) -> bool | None:
    """Whether a figure reaches its target; None where it has none."""
    target = answer.metric.target
    if target is None or answer.value is None:
        return None
    return answer.value <= target if answer.metric.better == "down" else answer.value >= target


def _trend(answer: Answer, months: Sequence[dt.date], open_month: dt.date | None, told: str) -> Chart:
    unit, before = answer.metric.unit, charts.year_before(answer)
    scale, suffix = _scaled([row["value"] for row in (*answer.rows, *before)], unit)
    earlier = {row["month"]: row["value"] for row in before}
    lines = [(pick(answer.metric.label), "accent", {row["month"]: row["value"] for row in answer.rows})]
    if earlier:
        lines.append((t("slides.year_before"), "grey", earlier))
    ticks, events = axes.ticks(months), charts.events_on(answer, months)
    target = answer.metric.target
    return Chart(
        "trend",
        tuple(words.month_tick(each) for each in months),
        tuple(
            Series(
                name,
                tuple(None if values.get(each) is None else values[each] * scale for each in months),
                tuple(words.amount(values.get(each), unit) for each in months),
                role,
            )
            for name, role, values in lines
        ),
        suffix,
        f"{charts.alt(answer)} {told}",
        tuple(months.index(each) for each in ticks),
        None if target is None else target * scale,
        "" if target is None else t("slides.target", value=words.amount(target, unit)),
        tuple((months.index(each["month"]), pick(each)) for each in events),
        open_month is not None,
    )


def _why(item: agenda.Trend, answer: Answer, months: Sequence[dt.date], open_month: dt.date | None) -> str:
    """What moved the last whole month most, by the first dimension of its set that has one."""
    of, _ = warehouse.catalogue().find(item.metric)
    if not of.by:
        return ""
    split = ask(item.metric, Period("", months[0], answer.question.end), ("month", of.by[0]), where(item))
    return sentences.of(split, labels(of.by[0]), open_month)


def _months(last: dt.date, count: int) -> Period:
    """The `count` months that end with `last`."""
    first = last.year * 12 + last.month - count
    end = last.year * 12 + last.month
    return Period("", dt.date(first // 12, first % 12 + 1, 1), dt.date(end // 12, end % 12 + 1, 1))


def _scaled(values: Sequence[float | None], unit: str) -> tuple[float, str]:
    """The factor and the suffix of an axis; where numbers are small, the unit itself."""
    scale, suffix = axes.scaling(values, unit)
    after = words.figure(2, unit, exact=True)[1]
    return scale, suffix.strip() if unit in ("percent", "twd") else f"{suffix.strip()}{after}" if suffix else after
