"""Where on the map of 37 districts do the works of a slide stand? One SVG, with the key and its counts beside it.

Quiet ground from the city's own boundaries; sites in the states' shapes and colours. A name is written only where it
fits its district and covers no site: a map of half-covered names says less than one of few. A named site's name stands
beside it where it is free, else off the coast with a line that leads there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import shapely
import shapely.geometry
from markupsafe import Markup

from dashboard import look, maps, warehouse, words
from dashboard.meeting import pen
from dashboard.meeting.model import Map, Mark
from dashboard.meeting.pen import Label
from dashboard.words import t

GROUND, NAME = "#E8ECF1", "#3A4459"  # the name reads on the ground at 7:1
STEPS = {1: 0.8, 2: 1.1, 3: 1.5}  # of the size of text, by step of budget
NAMED = 0.7  # of the size of text: a named site is for finding one's way, whatever it costs
NAMES = 0.75  # of the size of text
KEY = 0.26  # of the width: the key's own at the right; what else a page has to say can stand under it

LONGEST = 9.5  # of the size of text: the room in the sea for a name, on at most two lines

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Place:
    """Degrees to places on the drawing, north up: Mercator, so that a short way keeps its direction."""

    west: float
    north: float
    scale: float
    left: float
    top: float

    def __call__(self, longitude: float, latitude: float) -> tuple[float, float]:
        x, y = (longitude - self.west) * self.scale, (self.north - _up(latitude)) * self.scale
        return x + self.left, y + self.top


def draw_map(shown: Map, width: float, height: float, size: float, language: str) -> Markup:
    """The map in a box of width × height; `size` is the height of its texts, all in the same unit."""
    shapes = {code: shapely.geometry.shape(each) for code, each in maps.boundaries(warehouse.here().name()).items()}
    west, south, east, north = shapely.total_bounds(list(shapes.values()))
    with words.speaking(language):
        counts = key(shown)
    left = width - _beside(counts, width, size)
    room = left - size
    margin = size * 0.6  # a site at the city's edge is not cut
    coast = _coast(shown, size)
    if room - coast < width * 0.4:  # a small drawing: names only where they are free
        coast = 0
    scale = min((room - coast - 2 * margin) / (east - west), (height - 2 * margin) / (_up(north) - _up(south)))
    wide = coast + (east - west) * scale + 2 * margin
    coast += (room - wide) / 2
    place = _Place(west, _up(north), scale, coast + margin, margin)
    parts = [*_ground(shapes, place, size)]
    # What needs attention lies on the named, the small on the large.
    marks = sorted(shown.marks, key=lambda mark: (mark.state != "named", -mark.step))
    taken = [_around(mark, place, size) for mark in marks]
    beside, off = _labels(marks, taken, place, size, (coast, wide + (room - wide) / 2, height))
    parts += _names(shapes, [*taken, *(box for box, _ in beside)], place, size, language)
    parts += _leaders(off, place, size)
    for mark in marks:
        parts.append(pen.shape(*place(mark.longitude, mark.latitude), mark.state, _step(mark) * size,
                               outline=True, ring=mark.rough))  # fmt: skip
    parts += [pen.text(box[0], (box[1] + box[3]) / 2, name, size, bold=True, halo=True) for box, name in beside]
    for label, _ in off:
        for line, name in enumerate(label.lines):
            y = label.y + (line - (len(label.lines) - 1) / 2) * size * pen.LINE
            parts.append(pen.text(label.x, y, name, size, anchor="end", bold=True))
    parts += _counts(counts, left, width, height, size)
    return pen.drawing(parts, width, height, size, shown.alt)


def key(shown: Map) -> list[tuple[str, str, str]]:
    """The states with their counts, and the star where there is one, in the language spoken."""
    many = sum(mark.state == "named" for mark in shown.marks)
    return [*shown.counts, *([("named", t("taken_along.named"), words.number(many))] if many else [])]


def _coast(shown: Map, size: float) -> float:
    """How much room the names of sites need in the sea."""
    rooms = [pen.width(mark.label, size, bold=True) for mark in shown.marks if mark.label]
    return min(max(rooms), size * LONGEST) + size * 1.2 if rooms else 0.0


def _up(latitude: float) -> float:
    """How far north, in degrees of longitude."""
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)))


def _ground(shapes: dict[str, shapely.Geometry], place: _Place, size: float) -> Iterable[Markup]:
    for each in shapes.values():
        ways = []
        for polygon in getattr(each, "geoms", [each]):
            for ring in (polygon.exterior, *polygon.interiors):
                ways.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (place(*at) for at in ring.coords)) + "Z")
        yield Markup('<path d="{}" fill="{}" stroke="{}" stroke-width="{}" fill-rule="evenodd"/>').format(
            "".join(ways), GROUND, look.WHITE, pen.number(size * 0.08)
        )


def _names(
    shapes: dict[str, shapely.Geometry], taken: list[Box], place: _Place, size: float, language: str
) -> Iterable[Markup]:
    """Short names, the single-letter ones with their 區, where they stand in their own district and on no site."""
    size *= NAMES
    for row in warehouse.table("marts.districts", None, "sort"):
        if row["district_id"] not in shapes:
            continue
        name = row["zh"].removesuffix("區") if len(row["zh"]) > 2 else row["zh"]
        name = name if language == "zh" else row["en"]
        own = shapely.transform(shapes[row["district_id"]], lambda at: [place(*each) for each in at])
        middle = place(row["centroid_lon"], row["centroid_lat"])
        room = pen.width(name, size)
        for right, down in ((0, 0), (0, -0.6), (0, 0.6), (-0.6, 0), (0.6, 0), (0, -1.1), (0, 1.1)):
            x, y = middle[0] + right * size, middle[1] + down * size
            box = (x - room / 2, y - size * 0.55, x + room / 2, y + size * 0.55)
            ink = shapely.box(*box)
            if own.intersection(ink).area > 0.93 * ink.area and not any(_meet(box, each) for each in taken):
                yield pen.text(x, y, name, size, NAME, "middle")
                taken = [*taken, box]
                break


def _labels(
    marks: list[Mark], taken: list[Box], place: _Place, size: float, room: tuple[float, float, float]
) -> tuple[list[tuple[Box, str]], list[tuple[Label, Mark]]]:
    """Names of sites: on the first side where each stands on no site and no other name, else in the sea, in rows."""
    left, right, high = room
    put: list[tuple[Box, str]] = []
    off: list[Mark] = []
    for mark in (mark for mark in marks if mark.label):
        x, y = place(mark.longitude, mark.latitude)
        wide, away = pen.width(mark.label, size, bold=True), size * (_step(mark) * 0.85 + 0.15)
        sides = ((x + away, y), (x - away - wide, y), (x - wide / 2, y - away - size * 0.4),
                 (x - wide / 2, y + away + size * 0.4))  # fmt: skip
        boxes = [(start, middle - size * 0.55, start + wide, middle + size * 0.55) for start, middle in sides]
        held = [*taken, *(box for box, _ in put)]
        free = [box for box in boxes if left <= box[0] and box[2] <= right and box[1] >= 0 and box[3] <= high
                and not any(_meet(box, each) for each in held)]  # fmt: skip
        if free:
            put.append((free[0], mark.label))
        else:
            off.append(mark)
    if left < size * 4:
        return put, []
    edge = left - size * 0.5
    labels = [
        Label(edge, place(mark.longitude, mark.latitude)[1], pen.wrap(mark.label, size, edge, 2, bold=True), look.INK)
        for mark in off
    ]
    pen.spread(labels, size, 0, high)
    return put, list(zip(labels, off, strict=True))


def _leaders(off: list[tuple[Label, Mark]], place: _Place, size: float) -> Iterable[Markup]:
    for label, mark in off:
        yield pen.line(label.x + size * 0.2, label.y, *place(mark.longitude, mark.latitude), look.MUTED, size * 0.06)


def _counts(
    counts: Sequence[tuple[str, str, str]], left: float, wide: float, high: float, size: float
) -> Iterable[Markup]:
    """The key, large: shape, how many, word."""
    row = min(size * 2.6, high / max(1, len(counts)))
    number = max((pen.width(many, size * 1.7, bold=True) for *_, many in counts), default=0)
    for place, (state, word, many) in enumerate(counts):
        y = row * (place + 0.5)
        yield pen.shape(left + size * 0.7, y, state, size * 1.3)
        yield pen.text(left + size * 2 + number, y, many, size * 1.7, anchor="end", bold=True)
        x = left + size * 2.5 + number
        yield pen.text(x, y + size * 0.15, pen.shorten(word, size * 1.15, wide - x), size * 1.15)


def _beside(counts: Sequence[tuple[str, str, str]], wide: float, size: float) -> float:
    """How much room the key needs, at most two fifths."""
    number = max((pen.width(many, size * 1.7, bold=True) for *_, many in counts), default=0)
    word = max((pen.width(each, size * 1.15) for _, each, _ in counts), default=0)
    return min(max(number + word + size * 2.7, wide * KEY), wide * 0.4)


def _step(mark: Mark) -> float:
    return NAMED if mark.state == "named" else STEPS[mark.step]


def _around(mark: Mark, place: _Place, size: float) -> Box:
    x, y = place(mark.longitude, mark.latitude)
    half = _step(mark) * size * (0.85 if mark.rough else 0.55)
    return x - half, y - half, x + half, y + half


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
