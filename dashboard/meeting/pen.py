"""How are a text, a line and a shape put on a drawing? Plain SVG that a browser and Typst read alike.

No style sheet, no filter, no glyph for a shape: what is drawn needs nothing but a font for its texts. Every text from
the data is escaped here. How wide a text is can only be estimated; the estimate errs on the wide side.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboard import look

LINE = 1.25  # from one line of text to the next, in ems
CLEAR = 7.0  # contrast that a text on white must reach to be read from the last row
WIDE, THIN = "%@MWmw—…", " .,:;'|!()[]/ijlI"
UNPRINTED = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")  # what XML may not hold


def width(text: str, size: float, bold: bool = False) -> float:
    """How wide a text is, about: a Chinese character one em, a Latin letter or figure 0.57, thin ones less."""
    return sum(map(_ems, text)) * size * (1.05 if bold else 1)


@functools.cache
def _ems(letter: str) -> float:
    if ord(letter) > 0x2E7F or letter in "△●■▲◆▍○✔":
        return 1.0
    return 0.92 if letter in WIDE else 0.33 if letter in THIN else 0.65 if letter.isupper() else 0.57


def shorten(text: str, size: float, most: float, bold: bool = False) -> str:
    """The text, or as much of it as fits with …"""
    if width(text, size, bold) <= most:
        return text
    while text and width(f"{text}…", size, bold) > most:
        text = text[:-1]
    return f"{text.rstrip()}…" if text else ""


def wrap(text: str, size: float, most: float, lines: int, bold: bool = False) -> list[str]:
    """The text on at most so many lines, broken at blanks and after Chinese characters; the last one is shortened."""
    parts: list[str] = []
    for letter in text:
        joins = parts and not parts[-1].endswith(" ") and ord(letter) < 0x2E7F and ord(parts[-1][-1]) < 0x2E7F
        if joins or letter in "、，。；：）」":
            parts = [*parts[:-1], parts[-1] + letter] if parts else [letter]
        else:
            parts.append(letter)
    found = [""]
    for part in parts:
        if found[-1] and width(found[-1] + part.rstrip(), size, bold) > most and len(found) < lines:
            found.append("")
        found[-1] += part
    return [shorten(each.strip(), size, most, bold) for each in found]


@functools.cache
def clear(colour: str) -> str:
    """The colour, or the nearest darker one that reads on white at 7:1."""
    parts, dark = _parts(colour), 0.0
    while 1.05 / (_luminance(parts) + 0.05) < CLEAR:
        dark += 0.02
        parts = tuple(round(part * (1 - dark)) for part in _parts(colour))
    return "#{:02X}{:02X}{:02X}".format(*parts)


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def _luminance(parts: Iterable[int]) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (each / 255 for each in parts)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# What stands on a drawing


def drawing(parts: Iterable[Markup], wide: float, high: float, size: float, alt: str) -> Markup:
    """The whole: its size, its text alternative, its font."""
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="{}" height="{}" role="img" '
        'font-family="{}" font-size="{}" fill="{}"><title>{}</title>{}</svg>'
    ).format(
        number(wide), number(high), number(wide), number(high), look.FONT, number(size), look.INK,
        UNPRINTED.sub("", alt),
        Markup("\n").join(parts),
    )  # fmt: skip


def text(
    x: float,
    y: float,
    said: str,
    size: float,
    colour: str = look.INK,
    anchor: str = "start",
    bold: bool = False,
    halo: bool = False,
) -> Markup:
    """A line of text whose middle is at `y`; a halo keeps it legible on a line or a map."""
    more = Markup(' text-anchor="{}"').format(anchor) if anchor != "start" else Markup("")
    more += Markup(' font-weight="700"') if bold else Markup("")
    if halo:
        more += Markup(' stroke="{}" stroke-width="{}" stroke-linejoin="round" paint-order="stroke"').format(
            look.WHITE, number(size * 0.25)
        )
    return Markup('<text x="{}" y="{}" font-size="{}" fill="{}"{}>{}</text>').format(
        number(x), number(y + size * 0.36), number(size), colour, more, UNPRINTED.sub("", said)
    )


def line(x1: float, y1: float, x2: float, y2: float, colour: str, thick: float, dash: Sequence[float] = ()) -> Markup:
    return Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="{}"{}/>').format(
        number(x1), number(y1), number(x2), number(y2), colour, number(thick), _dashed(dash)
    )


def path(
    points: Sequence[tuple[float, float]], colour: str, thick: float, dash: Sequence[float] = (), light: bool = False
) -> Markup:
    """A line through the points."""
    way = " ".join(f"{'L' if place else 'M'}{number(x)} {number(y)}" for place, (x, y) in enumerate(points))
    return Markup(
        '<path d="{}" fill="none" stroke="{}" stroke-width="{}" stroke-linejoin="round" stroke-linecap="round"{}{}/>'
    ).format(way, colour, number(thick), Markup(' stroke-opacity="0.6"') if light else "", _dashed(dash))


def box(x: float, y: float, wide: float, high: float, colour: str) -> Markup:
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>').format(
        number(x), number(y), number(wide), number(high), colour
    )


def dot(x: float, y: float, radius: float, colour: str, hollow: bool = False) -> Markup:
    return Markup('<circle cx="{}" cy="{}" r="{}" fill="{}" stroke="{}" stroke-width="{}"/>').format(
        number(x), number(y), number(radius), look.WHITE if hollow else colour, colour, number(radius * 0.45)
    )


def shape(x: float, y: float, state: str, size: float, outline: bool = False, ring: bool = False) -> Markup:
    """A state's shape about (x, y), as high as a letter of that size; `ring` marks a place known only roughly."""
    scale = size / 54
    around = f'<circle cx="48" cy="48" r="42" fill="none" stroke="{look.INK}" stroke-width="4"/>' if ring else ""
    return Markup('<g transform="translate({} {}) scale({})">{}</g>').format(
        number(x - 48 * scale), number(y - 48 * scale), f"{scale:.4f}",
        Markup(around + look.shape(state, outline)),  # constant drawings: nothing from the data
    )  # fmt: skip


def _dashed(dash: Sequence[float]) -> Markup:
    return Markup(' stroke-dasharray="{}"').format(" ".join(map(number, dash))) if dash else Markup("")


def number(value: float) -> str:
    """A place on the drawing, to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


# Room for texts


@dataclass
class Label:
    """Lines of text that stand beside a point, at `y` if there is room."""

    x: float
    y: float
    lines: list[str]
    colour: str
    bold: bool = True

    def height(self, size: float) -> float:
        return len(self.lines) * size * LINE

    def draw(self, size: float) -> Iterable[Markup]:
        top = self.y - self.height(size) / 2 + size * LINE / 2
        for place, each in enumerate(self.lines):
            yield text(self.x, top + place * size * LINE, each, size, self.colour, bold=self.bold, halo=True)


def apart(places: Sequence[float], rooms: Sequence[float], low: float, high: float) -> list[float]:
    """Middles for things of these lengths, near their places, in their order, none on another, from low to high.

    Where the room is too small for all they stand evenly packed from `low`.
    """
    order = sorted(range(len(places)), key=lambda each: places[each])
    found, end = list(places), low
    for each in order:
        found[each] = max(places[each], end + rooms[each] / 2)
        end = found[each] + rooms[each] / 2
    end = high
    for each in reversed(order):
        found[each] = min(found[each], end - rooms[each] / 2)
        end = found[each] - rooms[each] / 2
    if end < low - 0.01:
        end = low
        for each in order:
            found[each] = end + rooms[each] / 2
            end += rooms[each]
    return found


def spread(labels: Sequence[Label], size: float, low: float, high: float) -> None:
    """Move labels apart, up and down."""
    moved = apart([each.y for each in labels], [each.height(size) for each in labels], low, high)
    for label, y in zip(labels, moved, strict=True):
        label.y = y


def flow(items: Sequence[float], gap: float, most: float) -> list[tuple[float, int]]:
    """Where things of these widths stand in rows: (x, row) of each."""
    found, x, row = [], 0.0, 0
    for each in items:
        if x and x + each > most:
            x, row = 0.0, row + 1
        found.append((x, row))
        x += each + gap
    return found
