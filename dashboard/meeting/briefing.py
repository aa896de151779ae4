"""What does the mayor hold in hand? One or two pages of A4: headline figures, what changed, what needs a decision.

Typst sets them: no browser, the font in the repository, so that every machine gives the same pages. The texts go in as
data, so nothing in them can be taken for markup.
"""

from __future__ import annotations

import functools
import json
import re
import struct
from dataclasses import asdict
from pathlib import Path

import typst

from dashboard import look, words
from dashboard.meeting import district_map, drawings
from dashboard.meeting.model import Deck, Grid, Slide
from dashboard.words import t

TEMPLATE = Path(__file__).with_suffix(".typ")
FONTS = look.HERE / "fonts"
REGION = {"zh": "tw", "en": "us"}
ROWS = 8  # of all tables under a heading together: what two pages hold beside the rest
FIGURES = 8
PICTURE = (380, 250, 12)  # width, height and size of the text of a drawing, in units of its own
ACROSS = (784, 250, 12)  # of a map that has a row to itself: as large in print
UNKNOWN = "〓"  # what a printer sets for a character that it has not
UNSEEN = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]")
PARTS = {"changed": ("changes",), "decide": ("works", "decisions")}  # heading → kinds of slides


def as_pdf(deck: Deck) -> bytes:
    """The briefing as a tagged PDF (PDF/UA-1) with its font in it; the same deck gives the same bytes."""
    with words.speaking(deck.language):
        data = json.dumps(_legible(_data(deck)), ensure_ascii=False)
    return typst.compile(
        str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=_fonts(), sys_inputs={"data": data}, format="pdf",
        pdf_standards=["ua-1"], timestamp=deck.made.replace(microsecond=0),
    )  # fmt: skip


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def _legible(held):
    """The same data without a character that the font lacks: PDF/UA allows none, and one ✖ would stop the meeting."""
    if isinstance(held, dict):
        return {key: _legible(each) for key, each in held.items()}
    if isinstance(held, list | tuple):
        return [_legible(each) for each in held]
    if not isinstance(held, str):
        return held
    return "".join(each if each in _letters() else UNKNOWN for each in UNSEEN.sub("", held))


@functools.cache
def _letters() -> frozenset[str]:
    """What every weight of the font can draw, and the ends of lines."""
    return frozenset.intersection(*map(_drawn, sorted(FONTS.glob("*.ttf")))) | {"\n", "\t"}


def _drawn(path: Path) -> frozenset[str]:
    """The characters of a font, out of its own table of them ("cmap", format 4: runs of codes with their glyphs)."""
    font = path.read_bytes()
    table = next(at for name, _, at, _ in struct.iter_unpack(">4sLLL", font[12 : 12 + 16 * font[5]]) if name == b"cmap")
    found = struct.iter_unpack(">HHL", font[table + 4 : table + 4 + 8 * font[table + 3]])
    start = table + next(at for platform, kind, at in found if (platform, kind) == (3, 1))
    count = struct.unpack_from(">H", font, start + 6)[0] // 2
    ends, firsts, shifts, ways = (
        struct.unpack_from(f">{count}H", font, start + 14 + 2 * n * count + 2 * (n > 0)) for n in range(4)
    )
    drawn = set()
    for run, (first, end, shift, way) in enumerate(zip(firsts, ends, shifts, ways, strict=True)):
        for code in range(first, end + 1):
            glyph = code
            if way:
                glyph = struct.unpack_from(">H", font, start + 16 + 2 * (3 * count + run + code - first) + way)[0]
            if glyph and (glyph + shift) & 0xFFFF:
                drawn.add(chr(code))
    return frozenset(drawn)


def _data(deck: Deck) -> dict:
    """All that is printed, picked from the slides by their kind."""
    simulated = any(slide.simulated for slide in deck.slides)
    sources = dict.fromkeys(source for slide in deck.slides for source in slide.sources)
    reaches = dict.fromkeys(slide.as_of for slide in deck.slides if slide.as_of)
    mark = deck.simulated_mark if simulated else ""
    build = words.said(t("taken_along.build"), deck.build)
    joint = "、" if deck.language == "zh" else "; "
    states = {name: _icon(name) for name in look.STATES}
    return {
        "title": deck.title, "author": t("frame.title"), "lang": deck.language, "region": REGION[deck.language],
        "told": [deck.subtitle, *list(reaches)[:1], *([] if deck.build in deck.subtitle else [build])],
        "foot": "　".join(each for each in (t("frame.short"), build, mark) if each),
        "mark": mark, "simulated": t("frame.simulated_note"), "page": t("taken_along.page", n="{n}", all="{all}"),
        "tones": {"ink": look.INK, "muted": look.MUTED, "grey": look.GREY, "pale": look.PALE, "ground": look.GROUND,
                  "accent": look.ACCENT, "warn": look.STATES["seriously_behind"].colour},
        "words": {key: t(f"taken_along.{key}") for key in ("headline", "picture", "sources")},
        "icons": states, "headline": _headline(deck), "parts": _parts(deck), "pictures": _pictures(deck),
        "sources": list(sources), "joint": joint,
    }  # fmt: skip


def _headline(deck: Deck) -> list[dict]:
    told, left = [], FIGURES
    for slide in _of(deck, ("figures",)):
        figures = slide.figures[:left]
        left -= len(figures)
        if figures:
            told.append({"title": slide.title, "as_of": slide.as_of, "figures": [asdict(each) for each in figures]})
    return told


def _parts(deck: Deck) -> list[dict]:
    """What changed and what needs a decision; the tables under a heading share its room."""
    found = {key: [slide for slide in _of(deck, kinds) if slide.grid or slide.told] for key, kinds in PARTS.items()}
    most = {key: max(3, ROWS // max(1, sum(bool(each.grid) for each in slides))) for key, slides in found.items()}
    return [
        {
            "head": t(f"taken_along.{key}"),
            "slides": [
                {"title": each.title, "told": each.told, "grid": _grid(each.grid, most[key]) if each.grid else None}
                for each in slides
            ],
        }
        for key, slides in found.items()
        if slides
    ]


def _grid(grid: Grid, most: int) -> dict:
    """At most so many rows; those left out are said beside what was left out before."""
    left = len(grid.rows) - most
    more = [t("taken_along.more", n=left)] if left > 0 else []
    return asdict(grid) | {"rows": [[asdict(cell) for cell in row] for row in grid.rows[:most]],
                           "more": "　".join([*more, *([grid.more] if grid.more else [])])}  # fmt: skip


def _pictures(deck: Deck) -> list[dict]:
    """The first line over months, the first chart of states, else what charts there are; and the map, across both."""
    charts = {slide.chart.kind: slide for slide in reversed(deck.slides) if slide.chart}
    chosen = [charts[kind] for kind in ("trend", "states", "bars", "curve") if kind in charts][:2]
    drawn = [(slide, drawings.draw(slide.chart, *PICTURE), slide.chart.alt, False) for slide in chosen]
    for slide in [slide for slide in deck.slides if slide.map][:1]:
        across = len(drawn) != 1
        size = ACROSS if across else PICTURE
        drawn.append((slide, district_map.draw_map(slide.map, *size, deck.language), slide.map.alt, across))
    return [{"title": slide.title, "told": slide.told, "svg": str(svg), "alt": alt, "across": across}
            for slide, svg, alt, across in drawn]  # fmt: skip


def _of(deck: Deck, kinds: tuple[str, ...]) -> list[Slide]:
    return [slide for slide in deck.slides if slide.screen in kinds]


def _icon(state: str) -> str:
    """A state's shape by itself: the font has not all of the signs."""
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="16 16 64 64">'
            f"{look.shape(state, outline=False)}</svg>")  # fmt: skip
