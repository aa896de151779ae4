"""How is a deck shown in the room? One page with every slide in it, which asks nothing of anyone once it is open.

All that a change of slide does is to make another one visible. The page works from a memory stick and after the server
is gone; a script that a text from the data tried to bring in would not be run (its policy names the one script it has).
"""

from __future__ import annotations

import base64
import contextvars
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup

from dashboard import look, words
from dashboard.meeting import pen
from dashboard.meeting.district_map import draw_map
from dashboard.meeting.drawings import draw
from dashboard.meeting.model import Deck, Figure, Grid, Slide
from dashboard.words import t

HERE = Path(__file__).parent
WIDE, MARGIN = 1696, 112  # of what is written on a stage of 1920 × 1080, and left and right of it
BODY = 800  # high, under the topic and above the foot: title, figures, picture and sentence
CHART = 30
SIDE = 460  # wide, for at most two figures beside a picture
KEY_FIGURE, LARGEST = 96, 148
SPOKEN = {"zh": "zh-Hant-TW", "en": "en"}
SECONDS = 20  # a slide is shown by itself
# Keys of the help, with what they do.
KEYS = (
    ("keys_next", "next"), ("keys_back", "back"), ("keys_ends", "ends"), ("keys_jump", "to_number"), ("O", "overview"),
    ("B .", "black"), ("P", "auto"), ("F F5", "fullscreen"), ("N", "notes_panel"), ("E", "explore_page"),
    ("L", "switch"), ("Q", "leave"), ("Esc", "close"), ("H ?", "help"),
)  # fmt: skip
SAID = ("playing", "paused", "jump", "no_slide", "no_link", "no_notes", "unreachable", "no_fullscreen")


@dataclass(frozen=True)
class _Laid:
    """A slide with the sizes that its texts leave room for."""

    slide: Slide
    title_size: int
    layout: str  # "cover", "figures", "side", "above", "picture", "map", "words"
    columns: int  # of figures
    value_size: int
    picture: Markup
    row: int  # of a table, its height
    notes: int  # of a figure, how many there is room for
    link: str
    told: tuple[int, int] = (34, 2)  # the sentence: size and lines
    shares: tuple[float, ...] = ()  # of a table's columns

    @property
    def has_long_sources(self) -> bool:
        """Do they need two lines, which are smaller?"""
        return pen.width(t("projector.sources", names=_said(self.slide.sources)), 28) > WIDE


def page(deck: Deck, back: str = "/meeting", other: str = "") -> str:
    """The whole page. `back` leads out of the meeting, `other` is the same deck in the other language, if there is one.

    Addresses that lead out of the dashboard are left out.
    """
    return contextvars.copy_context().run(_page, deck, back, other)


def _page(deck: Deck, back: str, other: str) -> str:
    words.speak(deck.language)
    script = (HERE / "projector.js").read_text(encoding="utf-8")
    known = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{known}'; "
        "style-src 'unsafe-inline'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'"
    )
    return _templates().get_template("projector.html").render(
        deck=deck, slides=[_lay(slide, deck) for slide in deck.slides], lang=SPOKEN[deck.language], policy=policy,
        style=Markup(_style()), script=Markup(script), seconds=SECONDS, back=_inside(back), other=_inside(other),
        said={name: _raw(name) for name in SAID},
        keys=[(t(f"projector.{key}") if key.startswith("keys_") else key, t(f"projector.{does}"))
              for key, does in KEYS if not (key == "L" and not _inside(other))],
    )  # fmt: skip


def _raw(name: str) -> str:
    """A text whose places the page itself fills."""
    return t(f"projector.{name}", n="{n}", all="{all}")


def _templates() -> jinja2.Environment:
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    found.globals.update(t=t, shape=_shape, said_names=_said)
    return found


def _style() -> str:
    """The sheet, with the colours of the house."""
    names: Mapping[str, str] = {
        "ink": look.INK, "muted": look.MUTED, "pale": look.PALE, "ground": look.GROUND, "white": look.WHITE,
        "accent": look.ACCENT, "accent-text": pen.clear(look.ACCENT), "font": look.FONT,
    }  # fmt: skip
    roots = "".join(f"--{name}:{value};" for name, value in names.items())
    return f":root{{{roots}}}\n{(HERE / 'projector.css').read_text(encoding='utf-8')}"


def _inside(link: str) -> str:
    """The address, if it is one of this dashboard."""
    return link if re.match(r"/(?![/\\])", link) else ""


def _shape(state: str) -> Markup:
    return Markup('<svg class="shape" viewBox="16 16 64 64" aria-hidden="true">{}</svg>').format(
        Markup(look.shape(state, outline=False))
    )


def _said(names: Sequence[str]) -> str:
    return t("projector.and").join(names)


# Where things stand


def _lay(slide: Slide, deck: Deck) -> _Laid:
    if slide.screen == "cover":
        return _Laid(slide, 0, "cover", 0, 0, Markup(), 0, 0, _inside(slide.link))
    title_size, title_high = _title(slide.title)
    told = _told(slide)
    # Under a map's key it takes no height: the map is as high as the body.
    told_high = round(told[0] * told[1] * 1.36 + 16) if slide.told and not (slide.map and not slide.figures) else 0
    high = BODY - title_high - told_high
    has_picture, count = bool(slide.chart or slide.map or slide.grid), len(slide.figures)
    layout = (
        "picture"
        if not count
        else "figures"
        if not has_picture
        else "side"
        if count <= 2 and not slide.grid
        else "above"
    )
    layout = "map" if slide.map and not count else layout if count or has_picture else "words"
    room = SIDE if layout == "side" else WIDE
    columns = 1 if layout == "side" else count
    if layout == "figures" and columns > 2 and _value_size(slide.figures, _column(room, 4)) < KEY_FIGURE:
        columns = 2
    value_size = KEY_FIGURE
    if layout == "figures":
        rows = -(-count // columns)
        value_size = min(LARGEST // rows if rows > 1 else LARGEST, _value_size(slide.figures, _column(room, columns)))
    wide = WIDE - (SIDE + 64) if layout == "side" else WIDE
    high -= _figures_high(slide.figures) + 24 if layout == "above" else 0
    picture = Markup()
    if slide.chart:
        picture = draw(slide.chart, wide, high, CHART)
    elif slide.map:
        picture = draw_map(slide.map, wide, high, CHART, deck.language)
    row = min(76, (high - 60 - (48 if slide.grid.more else 0)) // max(1, len(slide.grid.rows))) if slide.grid else 0
    shares = _shares(slide.grid) if slide.grid else ()
    return _Laid(slide, title_size, layout, columns, max(KEY_FIGURE, value_size), picture, row,
                 1 if layout == "above" else 3, _inside(slide.link), told, shares)  # fmt: skip


def _told(slide: Slide) -> tuple[int, int]:
    """The sentence on as few lines as it needs; a very long one is smaller."""
    for size, most in ((34, 3), (28, 4)):
        lines = len(pen.wrap(slide.told, size, WIDE, 9))
        if lines <= most:
            break
    return size, min(lines, most)


def _shares(grid: Grid) -> tuple[float, ...]:
    """The widths of a table's columns: its own, but none so narrow that a cell needs a third line, if that can be."""
    own = [column.share * WIDE for column in grid.columns]
    needs = [
        max(
            _narrowest(column.title, True),
            *(_narrowest(row[n].text, row[n].strong, bool(row[n].state)) for row in grid.rows),
        )
        for n, column in enumerate(grid.columns)
    ]
    if sum(needs) > WIDE:  # the name of a work may be as long as it likes, and is cut
        named = [any(row[n].strong for row in grid.rows) for n in range(len(own))]
        needs = [min(need, width) if cut else need for need, width, cut in zip(needs, own, named, strict=True)]
    spare, slack = WIDE - sum(needs), [max(0.0, width - need) for width, need in zip(own, needs, strict=True)]
    if spare < 0 or not sum(slack):
        return tuple(column.share for column in grid.columns)
    return tuple((need + spare * each / sum(slack)) / WIDE for need, each in zip(needs, slack, strict=True))


def _narrowest(text: str, bold: bool, icon: bool = False) -> float:
    """The width at which a cell stands on two lines and no word of it is broken."""
    room = 60.0
    while room < WIDE and (
        len(found := pen.wrap(text, 28, room, 3, bold)) > 2 or any(each.endswith("…") for each in found)
    ):
        room += 12
    return room + 36 + (40 if icon else 0)


def _title(said: str) -> tuple[int, int]:
    """The size of a message, and how high it is: one large line, or two, or three small ones."""
    for size, lines in ((64, 1), (56, 2), (44, 3)):
        found = pen.wrap(said, size, WIDE, 9, bold=True)
        if len(found) <= lines:
            break
    return size, round(min(len(found), lines) * size * 1.22)


def _column(room: float, columns: int) -> float:
    return (room - 56 * (columns - 1)) / max(1, columns)


def _value_size(figures: Sequence[Figure], room: float) -> int:
    """The largest size at which every value stands on a line with its unit, which is 0.4 of it."""
    needs = [pen.width(each.value, 1, bold=True) + pen.width(each.unit, 0.4, bold=True) + 0.12 for each in figures]
    return int(room / max(needs, default=room))


def _figures_high(figures: Sequence[Figure]) -> int:
    """Above a picture: label, value, state and one note."""
    return round(
        44 + KEY_FIGURE * 1.1 + 48 * any(each.state for each in figures) + 40 * any(each.notes for each in figures)
    )
