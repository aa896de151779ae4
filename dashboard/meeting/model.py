"""What is a slide? One message with its figures, one picture and what the speaker may say, in words ready to print.

Every form (projector, PPTX, PDF, ODP) draws these and computes nothing, so a figure is the same figure in each. Texts
are plain text from data: each form escapes them in its own way. Numbers of charts are in the unit that the axis prints
(percent as 0..100, money in 億 or M, as `Chart.suffix` says), with `Series.texts` as people say them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "right"]
# The role of a series decides its colour: what is meant, what it is compared with, or a state of `look.STATES`.
Role = str  # "accent" | "grey" | a key of look.STATES


@dataclass(frozen=True)
class Figure:
    """A key figure: 「112 年底完工率 87.1 %」. `raw` is the value itself (share 0..1), `metric` its name or ""."""

    label: str
    value: str
    unit: str
    exact: str
    raw: float | int | None
    metric: str = ""
    notes: tuple[str, ...] = ()  # change, target, printed figure; at most three short lines
    state: str | None = None  # a key of look.STATES: drawn as icon and word
    word: str = ""  # the state in words

    @property
    def said(self) -> str:
        """Value and unit in one run of text: 87.1%, 24.4 萬件."""
        return f"{self.value}{self.unit}" if self.unit == "%" else f"{self.value} {self.unit}".strip()


@dataclass(frozen=True)
class Series:
    """A line, or the bars of one role. `values` and `texts` go with the categories of its chart."""

    name: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...]
    role: Role = "accent"


@dataclass(frozen=True)
class Chart:
    """`trend`: lines over months. `bars`: horizontal, largest first. `states`: stacked bars of lights. `curve`: an
    S-curve, planned ("grey") against actual ("accent"), 0 to 100 %.

    `ticks` are the places of the categories that the axis names. `events` are (place, text) on the time line.
    `unfinished` says that the last category is a month that the data do not fill: drawn dashed and lighter.
    """

    kind: Literal["trend", "bars", "states", "curve"]
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    suffix: str
    alt: str
    ticks: tuple[int, ...] = ()
    target: float | None = None
    target_text: str = ""
    events: tuple[tuple[int, str], ...] = ()
    unfinished: bool = False
    gap: str = ""  # of a curve: the distance at its end, in points and days


@dataclass(frozen=True)
class Cell:
    """A cell of a table; with `state` its light is drawn as icon before the text."""

    text: str
    state: str | None = None
    strong: bool = False


@dataclass(frozen=True)
class Column:
    """`share` is its part of the table's width; the shares of a table add up to 1."""

    title: str
    share: float
    align: Align = "left"


@dataclass(frozen=True)
class Grid:
    """A table to read from the back row: at most six columns and eight rows."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: str = ""  # what is left out: 「另有 12 件，見清冊」


@dataclass(frozen=True)
class Mark:
    """A site on the map; `step` 1 to 3 is its size. `rough`: the place is known to a village or district only."""

    longitude: float
    latitude: float
    state: str  # a key of look.STATES, or "named" for a real site without a light
    step: int
    label: str = ""
    rough: bool = False


@dataclass(frozen=True)
class Map:
    """The 37 districts with their sites; `counts` is the key beside it: (state, word, how many)."""

    marks: tuple[Mark, ...]
    counts: tuple[tuple[str, str, str], ...]
    alt: str


@dataclass(frozen=True)
class Slide:
    """One screen. `title` is the message, `topic` the agenda item it belongs to.

    Body: at most four `figures`, then at most one of `chart`, `grid`, `map`; `cover` slides have none.
    `told` is the computed sentence under the picture. `link` opens the exploring page with the same filters.
    """

    key: str
    screen: str
    topic: str
    title: str
    figures: tuple[Figure, ...] = ()
    chart: Chart | None = None
    grid: Grid | None = None
    map: Map | None = None
    told: str = ""
    as_of: str = ""
    simulated: bool = False
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    link: str = ""


@dataclass(frozen=True)
class Deck:
    """The slides of one meeting in agenda order, and what all of them share."""

    title: str
    subtitle: str  # date and name of the meeting, or the build where there is none
    language: str
    build: str
    made: dt.datetime  # when the build was made: the same build gives the same files
    simulated_mark: str  # 「△ 模擬資料」, printed wherever `Slide.simulated`
    slides: tuple[Slide, ...]
    meeting: str = ""
    date: dt.date | None = None
