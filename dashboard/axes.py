"""Where do ticks and labels of a chart stand, so that none is cut and none covers another?"""

from __future__ import annotations

import datetime as dt
import itertools
import textwrap
from collections.abc import Mapping, Sequence

from dashboard import look, words

SIZE = 16
TICKS = 7  # on half a screen
TOP, FOOT = 16, 40  # pixels over a plot, and under its axis, for the ticks
GAP = {"ticks": "outside", "ticklen": 8, "tickcolor": look.WHITE}  # between names and bars
Line = list[tuple[dt.date, float | None]]  # month, height
HALO = ", ".join(3 * [f"0 0 3px {look.WHITE}"])  # a word that stands on a line can be read
LATIN = 0.56  # of a letter, in ems; a Chinese one is 1


def layout(height: int, left: int = 56, right: int = 24, top: int = TOP, bottom: int = FOOT) -> dict:
    return {
        "height": height,
        "margin": {"l": left, "r": right, "t": top, "b": bottom},
        "paper_bgcolor": look.WHITE,
        "plot_bgcolor": look.WHITE,
        "font": {"family": look.FONT, "size": SIZE, "color": look.INK},
        "hoverlabel": {"font": {"family": look.FONT, "size": SIZE}, "align": "left"},
        "showlegend": False,
        "separators": ".,",
    }


def width(text: str, size: float = SIZE) -> int:
    """How many pixels the longest line of a text takes, rather too many than too few."""
    lines = text.replace("<b>", "").replace("</b>", "").split("<br>")
    return round(max(sum(1.0 if ord(letter) > 0x24FF else LATIN for letter in line) for line in lines) * size)


def wrapped(text: str, ems: float) -> str:
    """A name on as many lines as it needs to stay within so many ems."""
    letters = ems if max(text, default="") > "\u24ff" else ems / LATIN
    return "<br>".join(textwrap.wrap(text, int(letters), break_on_hyphens=False))


def scaling(values: Sequence[float | None], unit: str) -> tuple[float, str]:
    """The factor and suffix of an axis, so that its ticks read as people say the numbers."""
    biggest = max((abs(value) for value in values if value is not None), default=0)
    if unit == "percent":
        return 100, "%"
    zh = words.language() == "zh"
    if unit == "twd":
        return (1e-8, " 億") if zh else (1e-6, " M")
    if biggest >= 20_000:
        return (1e-4, " 萬") if zh else (1e-3, " k")
    return 1, ""


def ticks(months: Sequence[dt.date]) -> list[dt.date]:
    """At most seven ticks, evenly apart whatever months are missing: every month, every 3rd (1, 4, 7, 10) or more."""
    first, last = (each.year * 12 + each.month - 1 for each in (min(months), max(months)))
    for step in (1, 3, 6, 12, 24):
        found = [each for each in range(first, last + 1) if each % step == 0]
        if 0 < len(found) <= TICKS:
            break
    else:
        found = sorted({first, last})
    return [dt.date(each // 12, each % 12 + 1, 1) for each in found]


def span(months: Sequence[dt.date]) -> list[dt.date]:
    """The ends of a time axis: what is written beside a line stands in the margin and takes nothing of the plot."""
    first, last = min(months), max(months)
    beside = dt.timedelta(days=max(4, (last - first).days // 80))
    return [first - beside, last + beside]


def note(x: dt.date, y: float, text: str, colour: str, **more: object) -> dict:
    """A word at a point of a plot: to its `side` right or left, of a `size`, with more to be read in `hover`."""
    return {"x": x, "y": y, "text": text, "colour": colour, "side": "right", "size": SIZE, "hover": "", **more}


def apart(ends: list[dict], low: float, high: float, height: int) -> list[dict]:
    """Move the notes at the right of a plot apart, and none below the axis; each keeps its order from top to bottom.

    `low` and `high` are the ends of the vertical axis; `height` is that of the whole chart.
    """
    ends = sorted(ends, key=lambda each: -each["y"])
    room, pixel = height - FOOT - TOP, (high - low) / (height - FOOT - TOP)
    halves = [SIZE * 0.66 * (1 + each["text"].count("<br>")) for each in ends]
    placed: list[float] = []
    for each, half in zip(ends, halves, strict=True):
        place = (high - each["y"]) / pixel
        above = placed[-1] + halves[len(placed) - 1] + half if placed else place
        placed.append(max(place, above))
    floor = float(room)
    for index in reversed(range(len(ends))):
        placed[index] = min(placed[index], floor - halves[index])
        floor = placed[index] - halves[index]
    return [{**each, "y": high - place * pixel} for each, place in zip(ends, placed, strict=True)]


def free_row(
    rows: int, taken: Mapping[int, dt.date], lines: list[Line], start: dt.date, end: dt.date,
    high: int, low: float, step: float,
) -> int:  # fmt: skip
    """The lowest of a plot's rows from which on so many (`high`) hold neither a note nor a line within these months.

    `taken` says up to when a row does; where lines run through all of them, notes alone count. Rows are `step` high,
    from `low` on.
    """
    free = [
        row for row in range(rows - high + 1) if all(taken.get(each, start) <= start for each in range(row, row + high))
    ]  # fmt: skip
    clear = (
        row for row in free
        if not any(_crosses(line, start, end, low + step * row, low + step * (row + high)) for line in lines)
    )  # fmt: skip
    return next(clear, free[0] if free else 0)


def _crosses(line: Line, start: dt.date, end: dt.date, foot: float, top: float) -> bool:
    known = [(month, height) for month, height in line if height is not None]
    return any(
        before <= end and month >= start and min(low, high) <= top and max(low, high) >= foot
        for (before, low), (month, high) in itertools.pairwise(known)
    )


def written(notes: list[dict]) -> dict:
    """Notes as points that are drawn as words: annotations cost more than lines, as Plotly draws each of them twice."""
    space = "\u2005"  # between the point and the word; on each line of it
    told = [
        space + each["text"].replace("<br>", f"<br>{space}") if each["side"] == "right" else each["text"] + space
        for each in notes
    ]
    return {
        "type": "scatter", "mode": "text", "showlegend": False, "cliponaxis": False,
        "x": [each["x"] for each in notes], "y": [each["y"] for each in notes], "text": told,
        "textposition": [f"middle {each['side']}" for each in notes],
        "textfont": {
            "color": [each["colour"] for each in notes], "size": [each["size"] for each in notes], "shadow": HALO,
        },
        "hovertext": [each["hover"] for each in notes],
        "hoverinfo": ["text" if each["hover"] else "skip" for each in notes],
    }  # fmt: skip


def right(ends: list[dict]) -> int:
    """The margin that the notes at the right of a plot need."""
    return max((width(each["text"], SIZE * 1.06) + 16 for each in ends), default=24)
