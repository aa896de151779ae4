"""Where does each part of a slide stand on a page of 13.333 by 7.5 inches? The same for PowerPoint and OpenDocument.

The size of a text follows from the room that there is for it: widths are estimated, for no font is at hand here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from dashboard import look, words
from dashboard.meeting.model import Align, Chart, Deck, Figure, Grid, Map, Slide
from dashboard.words import t

WIDE, HIGH, EDGE = 13.333, 7.5, 0.6
ROOM = WIDE - 2 * EDGE
# Two bars that a projector shows: the thin ‖ of the house is lost on it, and the fonts of Office have these.
ICONS = {name: state.icon for name, state in look.STATES.items()} | {"halted": "▌▌"}
UNDER_KEY = 3.15  # wide: beside a map stand its key and under it the sentence, so that the map has the height
LINE = 1.15  # of the text's size: the fonts of Office differ in their own
WORD = re.compile(r"[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+")
FULL = 0x2E7F  # letters above it are as wide as high


class Box(NamedTuple):
    """A place on the page, in inches."""

    x: float
    y: float
    w: float
    h: float


TITLE, TOPIC = Box(EDGE, 0.68, ROOM, 1.12), Box(EDGE, 0.36, ROOM, 0.32)
FOOT, NUMBER = Box(EDGE, 6.88, ROOM - 1.2, 0.36), Box(WIDE - EDGE - 1, 6.88, 1, 0.36)
BODY = Box(EDGE, 1.98, ROOM, 4.74)
COVER, SUBTITLE = Box(1.2, 2.2, WIDE - 2.4, 1.6), Box(1.2, 3.95, WIDE - 2.4, 1.6)


@dataclass(frozen=True)
class Run:
    """A stretch of text in one size (points) and colour."""

    text: str
    size: float = 16
    colour: str = look.INK
    bold: bool = False


@dataclass(frozen=True)
class Words:
    """Paragraphs in a box; `role` "title" and "subtitle" are what the outline of the file goes by."""

    box: Box
    paragraphs: tuple[tuple[Run, ...], ...]
    name: str = ""
    align: Align | str = "left"
    anchor: str = "top"
    role: str = ""


@dataclass(frozen=True)
class Picture:
    """A chart or a map in its box."""

    box: Box
    what: Chart | Map


@dataclass(frozen=True)
class Rows:
    """A table in its box: the size of its text, and how high each row is, the head first."""

    box: Box
    grid: Grid
    size: int
    heights: tuple[float, ...]


Part = Words | Picture | Rows


def width(text: str, size: float) -> float:
    """About how wide a text is, in points."""
    return sum(1.0 if ord(letter) > FULL else 0.58 for letter in text) * size


def lines(text: str, size: float, room: float) -> int:
    """About how many lines a text takes in `room` inches: words stay whole, full-width letters break anywhere."""
    count, used, most = 1, 0.0, room * 72
    for each in WORD.findall(text):
        wide = width(each.rstrip(), size)
        if used and used + wide > most:
            count, used = count + 1, 0.0
        count += int(wide // most)
        used += width(each, size)
    return count


def state(name: str, word: str, size: float, bold: bool = False) -> tuple[Run, Run]:
    """A state as its shape in its colour, and its word."""
    return Run(f"{ICONS[name]} ", size, look.STATES[name].colour, True), Run(word, size, bold=bold)


def parts(slide: Slide, deck: Deck) -> list[Part]:
    """What stands on the page of a slide, in the order in which it is read. Texts that say nothing are left out."""
    found = _cover(slide, deck) if slide.screen == "cover" else _screen(slide)
    found.append(_foot(slide, deck))
    return [each for each in found if not isinstance(each, Words) or any(map(_says, each.paragraphs))]


def _says(paragraph: tuple[Run, ...]) -> bool:
    return any(run.text for run in paragraph)


def notes(slide: Slide) -> list[str]:
    """What the speaker may say: the sentence of the slide first."""
    return list(dict.fromkeys(each for each in (slide.told, *slide.notes) if each))


def _cover(slide: Slide, deck: Deck) -> list[Part]:
    said = tuple((Run(each, 24, look.MUTED),) for each in dict.fromkeys((slide.told, deck.subtitle)) if each)
    return [
        Words(COVER, ((Run(slide.title, 44, bold=True),),), slide.title, anchor="bottom", role="title"),
        Words(SUBTITLE, said, role="subtitle"),
    ]


def _screen(slide: Slide) -> list[Part]:
    size = next((size for size in (34, 30) if lines(slide.title, size, ROOM) <= 1), 28)
    top = BODY.y if size == 28 else BODY.y - 0.35
    end = BODY.y + BODY.h
    across = UNDER_KEY if slide.map and not slide.figures else ROOM
    tall = 0.36 * lines(slide.told, 18, across) if slide.told else 0
    told = Box(EDGE + ROOM - across, end - tall, across, tall)
    tall = tall if across == ROOM else 0
    body = Box(EDGE, top, ROOM, end - tall - (0.1 if tall else 0) - top)
    found: list[Part] = [
        Words(TITLE, ((Run(slide.title, size, bold=True),),), slide.title, role="title"),
        Words(TOPIC, ((Run(slide.topic, 16, look.ACCENT, True),),), slide.topic),
    ]
    if slide.figures:
        placed, body = _figures(slide.figures, body, bool(slide.chart or slide.grid or slide.map))
        found += placed
    if slide.chart or (slide.map and not slide.grid):
        found.append(Picture(body, slide.chart or slide.map))
    elif slide.grid:
        found += _rows(slide.grid, body)
    return [*found, Words(told, ((Run(slide.told, 18),),), slide.told[:40], anchor="bottom")]


def _figures(figures: tuple[Figure, ...], body: Box, beside: bool) -> tuple[list[Part], Box]:
    """The key figures: by themselves in a row or two, beside a picture in a column or above it; and what is left."""
    count = len(figures)
    if not beside:
        across = 2 if count == 4 else count
        wide, high = body.w / across, min(body.h / -(-count // across), 2.9 if count < 4 else 9)
        top = body.y + (0.3 if count < 4 else 0)
        boxes = [
            Box(body.x + n % across * wide, top + n // across * high, wide - 0.3, high - 0.15) for n in range(count)
        ]
        size, left = 72 if count < 3 else 60, body
    elif count > 2:
        wide = body.w / count
        boxes = [Box(body.x + n * wide, body.y, wide - 0.2, 1.65) for n in range(count)]
        size, left = 54, Box(body.x, body.y + 1.75, body.w, body.h - 1.75)
    else:
        wide, high = 3.7, min(body.h / count, 2.6)
        boxes = [Box(body.x, body.y + n * high, wide, high - 0.15) for n in range(count)]
        size, left = 60 if count == 1 else 54, Box(body.x + wide + 0.2, body.y, body.w - wide - 0.2, body.h)
    return [_figure(each, box, size) for each, box in zip(figures, boxes, strict=True)], left


def _figure(figure: Figure, box: Box, size: int) -> Words:
    """Label, value with its unit, state as shape and word, and the notes, in one box."""
    unit, after = size * (0.6 if figure.unit == "%" else 0.42), figure.said.removeprefix(figure.value)
    while size > 54 and width(figure.value, size) + width(after, unit) > box.w * 72:
        size, unit = size - 6, unit * 0.9
    # Where all of it would not fit, the words are smaller; the figure never is.
    room = box.h * 72 - (size + (20 if figure.state else 0)) * LINE
    told = [(18, 16), (16, 14), (16, 12)]
    label, note = next((each for each in told if _high(figure, *each, box.w) <= room), told[-1])
    value = (Run(figure.value, size, look.ACCENT, True), Run(after, round(unit), look.ACCENT))
    paragraphs = [
        (Run(figure.label, label, look.MUTED),),
        tuple(each for each in value if each.text),
        *([state(figure.state, figure.word, 20, bold=True)] if figure.state else []),
        *((Run(each, note),) for each in figure.notes),
    ]
    return Words(box, tuple(paragraphs), figure.label)


def _high(figure: Figure, label: int, note: int, wide: float) -> float:
    """About how high the words of a figure stand, in points."""
    texts = [(figure.label, label), *((each, note) for each in figure.notes)]
    return sum(lines(text, size, wide) * size * LINE for text, size in texts)


def _rows(grid: Grid, body: Box) -> list[Part]:
    """The table, and what it leaves out; where its rows would not fit, their text is smaller rather than cut."""
    room = body.h - (0.36 if grid.more else 0)
    tried = [(size, _heights(grid, body.w, size)) for size in (18, 16, 14, 12)]
    size, heights = next((each for each in tried if sum(each[1]) <= room), tried[-1])
    more = Box(body.x, body.y + sum(heights) + 0.08, body.w, 0.3)
    return [
        Rows(Box(body.x, body.y, body.w, sum(heights)), grid, size, heights),
        Words(more, ((Run(grid.more, 16, look.MUTED),),), grid.more),
    ]


def _heights(grid: Grid, wide: float, size: int) -> tuple[float, ...]:
    rows = [[each.title for each in grid.columns]]
    rows += [[(f"{ICONS[cell.state]} " if cell.state else "") + cell.text for cell in row] for row in grid.rows]
    rooms = [wide * column.share - 0.16 for column in grid.columns]
    most = [max(lines(text, size, room) for text, room in zip(row, rooms, strict=True)) for row in rows]
    return tuple(each * size * LINE / 72 + 0.07 for each in most)


def _foot(slide: Slide, deck: Deck) -> Words:
    """How far the data reach, the mark of simulated ones, and where they come from."""
    said = [Run(slide.as_of, 14, look.MUTED)] if slide.as_of else []
    if slide.simulated:
        mark = f"{'　' if said else ''}{deck.simulated_mark}"
        said.append(Run(mark, 14, look.STATES["seriously_behind"].colour, True))
    if slide.sources:
        joined = ("、" if deck.language == "zh" else ", ").join(slide.sources)
        told = f"{'　' if said else ''}{words.said(t('taken_along.sources'), joined)}"
        fits = width("".join(run.text for run in said) + told, 14) < FOOT.w * 72
        said.append(Run(told, 14 if fits else 12, look.MUTED))
    return Words(FOOT, (tuple(said),), slide.as_of, anchor="middle")
