"""How is a chart of a slide drawn? One SVG each, the same on the projector and, through Typst, in the A4 briefing.

Lines for time, bars from zero, names at the ends of lines and no legend where they do. Nothing is computed here but
places: figures come with their texts. A missing value breaks its line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboard import look, words
from dashboard.meeting import pen
from dashboard.meeting.model import Chart, Series
from dashboard.meeting.pen import Label

TICKS = 7
PALE = "#E6E9EE"
SIDE = 0.36  # of the width, at most, for names beside the plot


def draw(chart: Chart, width: float, height: float, size: float) -> Markup:
    """The chart in a box of width × height; `size` is the height of its texts, all in the same unit."""
    drawn = {"trend": _lines, "curve": _lines, "bars": _bars, "states": _states}[chart.kind](chart, width, height, size)
    return pen.drawing(drawn, width, height, size, chart.alt)


def colour(role: str) -> str:
    """The colour of a series."""
    return {"accent": look.ACCENT, "grey": look.GREY}.get(role) or look.STATES[role].colour


# Lines over time


@dataclass(frozen=True)
class _Plot:
    """Where the categories and values of a chart of lines stand."""

    left: float
    right: float
    top: float
    bottom: float
    count: int
    low: float
    high: float

    def x(self, place: int) -> float:
        return self.left + (self.right - self.left) * (place / (self.count - 1) if self.count > 1 else 0.5)

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * (value - self.low) / (self.high - self.low)

    def points(self, series: Series) -> list[tuple[float, float] | None]:
        return [None if v is None else (self.x(n), self.y(v)) for n, v in enumerate(series.values)]


def _lines(chart: Chart, wide: float, high: float, size: float) -> Iterable[Markup]:
    """Of a trend and of an S-curve."""
    steps = axis(chart)
    percent = chart.suffix == "%"
    marks = [f"{words.number(each, _digits(steps))}{'%' if percent else ''}" for each in steps]
    shown = sorted((each for each in chart.series if _last(each) is not None), key=lambda each: each.role != "grey")
    told = [_end_lines(chart, each, size, wide) for each in shown]
    gap = pen.wrap(chart.gap, size, wide * SIDE, 3, bold=True) if chart.gap else []
    target = pen.wrap(chart.target_text, size, wide * SIDE, 2) if chart.target is not None else []
    beside = max((pen.width(each, size, bold=True) for lines in (*told, gap, target) for each in lines), default=0)
    left = max(pen.width(each, size) for each in marks) + size * 0.9
    right = wide - beside - size * 1.1
    unit = [] if percent or not chart.suffix else [(0.0, pen.width(chart.suffix, size))]
    notes, rows = _notes(chart, left, right, wide, size, unit)
    plot = _Plot(left, right, rows * size * pen.LINE + size * 0.8, high - size * 2.1, len(chart.categories),
                 steps[0], steps[-1])  # fmt: skip

    for step, mark in zip(steps, marks, strict=True):
        y = plot.y(step)
        ground = step == steps[0]
        yield pen.line(left - size * 0.4, y, right, y, look.GREY if ground else PALE, size * 0.06)
        yield pen.text(left - size * 0.7, y, mark, size, look.MUTED, "end")
    if unit:
        yield pen.text(0, size * 0.65, chart.suffix, size, look.MUTED)
    if steps[0] > 0:  # an axis that does not start at zero says so: it is broken at its foot
        for up in (0.35, 0.65):
            yield pen.line(left - size * 0.65, plot.bottom - size * (up - 0.15), left - size * 0.15,
                           plot.bottom - size * (up + 0.15), look.INK, size * 0.08)  # fmt: skip
    yield from _named_places(chart, plot, wide, size)
    for place, x, y, note in notes:
        yield pen.line(plot.x(place), y, plot.x(place), plot.bottom, look.GREY, size * 0.07,
                       (size * 0.08, size * 0.25))  # fmt: skip
        yield pen.text(x, y, note, size, look.MUTED)
    if chart.target is not None:
        y = plot.y(chart.target)
        yield pen.line(left, y, right + size * 0.4, y, look.MUTED, size * 0.07, (size * 0.5, size * 0.3))

    labels = [Label(right + size * 0.7, plot.y(chart.target), target, look.MUTED, bold=False)] if target else []
    for series, lines in zip(shown, told, strict=True):
        yield from _line(chart, series, plot, size)
        x, y = plot.points(series)[_last(series)]
        labels.append(Label(x + size * 0.7, y, lines, _on_white(series.role)))
    if gap and (ends := _gap(chart, plot)):
        x, planned, actual = ends
        tone = look.STATES["seriously_behind" if actual > planned else "on_schedule"].colour
        yield pen.line(x, planned, x, actual, tone, size * 0.14)
        labels.append(Label(x + size * 0.7, (planned + actual) / 2, gap, pen.clear(tone)))
    pen.spread(labels, size, size * 0.1, plot.bottom + size * 0.4)
    for label in labels:
        yield from label.draw(size)


def _line(chart: Chart, series: Series, plot: _Plot, size: float) -> Iterable[Markup]:
    """The line with its gaps; the stretch to an unfinished last month dashed and lighter."""
    tone, thick = colour(series.role), size * (0.11 if series.role == "grey" else 0.16)
    points = plot.points(series)
    open_end = chart.unfinished and series.role != "grey" and points[-1] is not None
    runs: list[list[tuple[float, float]]] = [[]]
    for each in points[:-1] if open_end else points:
        if each is None:
            runs.append([])
        else:
            runs[-1].append(each)
    for run in runs:
        if len(run) > 1:
            yield pen.path(run, tone, thick)
        elif run:
            yield pen.dot(*run[0], size * 0.16, tone)
    if open_end and len(points) > 1 and points[-2] is not None:
        yield pen.path(points[-2:], tone, thick, (size * 0.35, size * 0.35), light=True)
        yield pen.dot(*points[-2], size * 0.2, tone)
    yield pen.dot(*points[_last(series)], size * 0.24, tone, hollow=bool(open_end))


def _named_places(chart: Chart, plot: _Plot, wide: float, size: float) -> Iterable[Markup]:
    """The categories that the axis names, none on another; the last one is kept."""
    places = [each for each in chart.ticks if each < plot.count] or list(range(plot.count))
    if len(places) > TICKS:
        places = [places[round(n * (len(places) - 1) / (TICKS - 1))] for n in range(TICKS)]
    free = wide
    for place in reversed(places):
        name = pen.shorten(chart.categories[place], size, wide * 0.3)
        room = pen.width(name, size)
        x = min(max(plot.x(place), room / 2), wide - room / 2)
        if x + room / 2 > free:
            continue
        free = x - room / 2 - size * 0.5
        yield pen.line(plot.x(place), plot.bottom, plot.x(place), plot.bottom + size * 0.3, look.GREY, size * 0.06)
        yield pen.text(x, plot.bottom + size * 1.15, name, size, look.MUTED, "middle")


def _notes(
    chart: Chart, left: float, right: float, wide: float, size: float, taken: Sequence[tuple[float, float]]
) -> tuple[list[tuple[int, float, float, str]], int]:
    """What happened, in rows above the plot: (place, x, y, text) of each, and how many rows."""
    plot = _Plot(left, right, 0, 1, len(chart.categories), 0, 1)
    rows, found = [list(taken)], []
    for place, said in sorted(chart.events):
        note = pen.shorten(said, size, wide * 0.5)
        room = pen.width(note, size)
        x = min(plot.x(place) + size * 0.3, wide - room)
        row = next((n for n, row in enumerate(rows) if all(x > b + size * 0.5 or x + room < a for a, b in row)), None)
        if row is None:
            row = len(rows)
            rows.append([])
        rows[row].append((x, x + room))
        found.append((place, x, size * (0.65 + row * pen.LINE), note))
    return found, len(rows) if any(rows) else 0


def _gap(chart: Chart, plot: _Plot) -> tuple[float, float, float] | None:
    """Of an S-curve, where the actual ends: its x, and both lines' y there."""
    planned, actual = ([each for each in chart.series if (each.role == "grey") == grey] for grey in (True, False))
    last = _last(actual[0]) if planned and actual else None
    if last is None or planned[0].values[last] is None:
        return None
    return plot.x(last), plot.y(planned[0].values[last]), plot.y(actual[0].values[last])


def _last(series: Series) -> int | None:
    return max((n for n, value in enumerate(series.values) if value is not None), default=None)


def _end_lines(chart: Chart, series: Series, size: float, wide: float) -> list[str]:
    """A line's name, with its last figure unless that is of a month that is not over; under it where both are long."""
    last = _last(series)
    is_open = chart.unfinished and series.role != "grey" and last == len(series.values) - 1
    figure = "" if is_open else series.texts[last]
    whole = f"{series.name} {figure}".strip()
    if pen.width(whole, size, bold=True) <= wide * SIDE * 0.66:
        return [whole]
    return [pen.shorten(each, size, wide * SIDE, bold=True) for each in (series.name, figure) if each]


def _on_white(role: str) -> str:
    return look.MUTED if role == "grey" else pen.clear(colour(role))


def axis(chart: Chart) -> list[float]:
    """The figures that the axis names: from zero, but for shares that are all high; a curve goes to its 100%."""
    if chart.kind == "curve":
        return [0.0, 25.0, 50.0, 75.0, 100.0]
    values = [value for each in chart.series for value in each.values if value is not None]
    values += [] if chart.target is None else [chart.target]
    low, high = min(values, default=0), max(values, default=1)
    floor = 0.0 if chart.suffix != "%" or low < 70 else low - (high - low) * 0.25
    low = min(low, 0.0) if floor == 0 else floor
    high = max(high, 0.0)
    if high == low:
        high = low + 1
    power = 10 ** math.floor(math.log10((high - low) / 5))
    step = next(power * each for each in (1, 2, 2.5, 5, 10) if power * each * 5 >= high - low)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * each, 6) for each in range(first, last + 1)]


def _digits(steps: Sequence[float]) -> int:
    return next(digits for digits in (0, 1, 2, 6) if all(round(each, digits) == each for each in steps))


# Bars


def _bars(chart: Chart, wide: float, high: float, size: float) -> Iterable[Markup]:
    """Horizontal, from zero; the name stands before, the figure at the bar's end."""
    key = (
        _key([(each.name, "", colour(each.role)) for each in chart.series], wide, size) if len(chart.series) > 1 else ()
    )
    top = yield from _put_key(key, size)
    names, left, size, band = _bands(chart, wide, high, size, top, 1.3)
    values = [value for each in chart.series for value in each.values if value is not None]
    texts = [[pen.shorten(said, size, wide * 0.25, bold=True) for said in each.texts] for each in chart.series]
    beside = max((pen.width(said, size, bold=True) for each in texts for said in each), default=0) + size * 0.4
    low, most = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    start = left + (beside if low < 0 else 0)
    scale = (wide - beside - start) / ((most - low) or 1)
    zero = start - low * scale
    for row, name in enumerate(names):
        middle = top + band * (row + 0.5)
        yield from Label(0, middle, name, look.INK, bold=False).draw(size)
        here = [(each, each.values[row], said[row]) for each, said in zip(chart.series, texts, strict=True)
                if each.values[row] is not None]  # fmt: skip
        thick = min(band * 0.62, size * 2.3) / max(1, len(here))
        for place, (series, value, said) in enumerate(here):
            y = middle + thick * (place - len(here) / 2)
            yield pen.box(min(zero, zero + value * scale), y, abs(value) * scale, thick * 0.94, colour(series.role))
            x = zero + value * scale + size * (0.4 if value >= 0 else -0.4)
            yield pen.text(x, y + thick / 2, said, min(size, thick * 1.2), look.INK,
                           "start" if value >= 0 else "end", bold=True)  # fmt: skip
    yield pen.line(zero, top, zero, top + band * len(names), look.GREY, size * 0.08)


def _states(chart: Chart, wide: float, high: float, size: float) -> Iterable[Markup]:
    """Stacked bars of lights. Not every state's colour carries a figure at 7:1: they stand above, with their shapes."""
    used = [each for each in chart.series if any(each.values)]
    top = yield from _put_key(_key([(each.name, each.role, "") for each in used], wide, size), size)
    names, left, size, band = _bands(chart, wide, high, size, top, 2.4)
    most = max((sum(each.values[row] or 0 for each in used) for row in range(len(names))), default=0) or 1
    scale = (wide - left) / most
    for row, name in enumerate(names):
        thick = min(band - size * 1.9, size * 2.6)
        upper = top + band * (row + 0.5) - (thick + size * 1.5) / 2
        middle = upper + size * 1.5 + thick / 2
        yield from Label(0, middle, name, look.INK, bold=False).draw(size)
        x, parts = left, []
        for each in used:
            if value := each.values[row]:
                yield pen.box(x, middle - thick / 2, max(value * scale - size * 0.08, size * 0.08), thick,
                              colour(each.role))  # fmt: skip
                parts.append((x + value * scale / 2, each))
                x += value * scale
        most_room = (wide - left) / max(1, len(parts)) - size * 1.7
        said = [pen.shorten(each.texts[row], size, most_room, bold=True) for _, each in parts]
        rooms = [pen.width(each, size, bold=True) + size * 1.7 for each in said]
        places = pen.apart([x for x, _ in parts], rooms, left, wide)
        for x, room, each, (_, series) in zip(places, rooms, said, parts, strict=True):
            yield pen.shape(x - room / 2 + size * 0.6, upper + size * 0.65, series.role, size * 0.85)
            yield pen.text(x - room / 2 + size * 1.2, upper + size * 0.65, each, size, bold=True)


def _bands(
    chart: Chart, wide: float, high: float, size: float, top: float, least: float
) -> tuple[list[list[str]], float, float, float]:
    """Names on a line or two, their room, the size of text and the height of a band; small only where many must fit."""
    count = max(1, len(chart.categories))
    band = min((high - top) / count, size * 5)
    size = min(size, band / least)
    names = [
        pen.wrap(each, size, wide * SIDE * 0.85, 2 if band >= size * pen.LINE * 2 else 1) for each in chart.categories
    ]
    room = max((pen.width(each, size) for lines in names for each in lines), default=0)
    return names, room + size * 0.8, size, band


def _key(entries: Sequence[tuple[str, str, str]], wide: float, size: float) -> list[tuple[float, int, str, str, str]]:
    """(x, row, name, state, colour) of a key in as many rows as it needs."""
    names = [pen.shorten(name, size, wide - size * 2) for name, _, _ in entries]
    places = pen.flow([pen.width(name, size) + size * 1.4 for name in names], size * 1.2, wide)
    return [(*place, name, state, tone)
            for place, name, (_, state, tone) in zip(places, names, entries, strict=True)]  # fmt: skip


def _put_key(key: Sequence[tuple[float, int, str, str, str]], size: float):
    """Draws the key; gives where the rest begins."""
    for x, row, name, state, tone in key:
        y = size * (0.65 + row * pen.LINE * 1.1)
        if state:
            yield pen.shape(x + size * 0.5, y, state, size * 0.85)
        else:
            yield pen.box(x + size * 0.1, y - size * 0.35, size * 0.8, size * 0.7, tone)
        yield pen.text(x + size * 1.25, y, name, size)
    return size * (1.1 + (key[-1][1] + 1) * pen.LINE * 1.1) if key else 0.0
