"""Where on the map of 37 districts do the works of a slide stand? One SVG, with the key and its counts beside it.

Quiet ground from the city's own boundaries; sites in the states' shapes and colours. A name is written only where it
fits its district and covers no site: a map of half-covered names says less than one of few.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import shapely
import shapely.geometry
from markupsafe import Markup

from dashboard import look, maps, warehouse
from dashboard.meeting import pen
from dashboard.meeting.model import Map, Mark

GROUND, NAME = "#E8ECF1", "#3A4459"  # the name reads on the ground at 7:1
STEPS = {1: 0.8, 2: 1.1, 3: 1.5}  # of the size of text, by step of budget
NAMES = 0.75  # of the size of text

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Place:
    """Degrees to places on the drawing, north up: Mercator, so that a short way keeps its direction."""

    west: float
    north: float
    scale: float
    margin: float

    def __call__(self, longitude: float, latitude: float) -> tuple[float, float]:
        x, y = (longitude - self.west) * self.scale, (self.north - _up(latitude)) * self.scale
        return x + self.margin, y + self.margin


def draw_map(shown: Map, width: float, height: float, size: float, language: str) -> Markup:
    """The map in a box of width × height; `size` is the height of its texts, all in the same unit."""
    shapes = {code: shapely.geometry.shape(each) for code, each in maps.boundaries(warehouse.here().name()).items()}
    west, south, east, north = shapely.total_bounds(list(shapes.values()))
    beside = _beside(shown, width, size)
    margin = size * 0.6  # a site at the city's edge is not cut
    scale = min((width - beside - 2 * margin) / (east - west), (height - 2 * margin) / (_up(north) - _up(south)))
    place, wide = _Place(west, _up(north), scale, margin), (east - west) * scale + 2 * margin
    parts = [*_ground(shapes, place, size)]
    marks = sorted(shown.marks, key=lambda mark: (mark.state == "named", -mark.step))  # the small on top of the large
    taken = [_around(mark, place, size) for mark in marks]
    labels = list(_labels(marks, taken, place, size, wide, height))
    parts += _names(shapes, [*taken, *(box for box, _ in labels)], place, size, language)
    for mark in marks:
        parts.append(pen.shape(*place(mark.longitude, mark.latitude), mark.state, STEPS[mark.step] * size,
                               outline=True, ring=mark.rough))  # fmt: skip
    parts += [label for _, label in labels]
    parts += _counts(shown, wide + size * 1.9, width, height, size)
    return pen.drawing(parts, width, height, size, shown.alt)


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
    marks: list[Mark], taken: list[Box], place: _Place, size: float, wide: float, high: float
) -> Iterable[tuple[Box, Markup]]:
    """Names of sites, each on the first side where it stands on no site and no other name."""
    put: list[Box] = []
    for mark in marks:
        if not mark.label:
            continue
        x, y = place(mark.longitude, mark.latitude)
        name = pen.shorten(mark.label, size, wide * 0.45, bold=True)
        room, off = pen.width(name, size, bold=True), size * (STEPS[mark.step] * 0.85 + 0.15)
        places = (
            (x + off, y),
            (x - off - room, y),
            (x - room / 2, y - off - size * 0.4),
            (x - room / 2, y + off + size * 0.4),
        )
        boxes = [(left, middle - size * 0.55, left + room, middle + size * 0.55) for left, middle in places]
        inside = [
            each for each in boxes if each[0] >= 0 and each[2] <= wide + size * 2 and each[1] >= 0 and each[3] <= high
        ]
        free = [each for each in inside if not any(_meet(each, other) for other in (*put, *taken))]
        for box in (free or inside)[:1]:
            put.append(box)
            yield box, pen.text(box[0], (box[1] + box[3]) / 2, name, size, bold=True, halo=True)


def _counts(shown: Map, left: float, wide: float, high: float, size: float) -> Iterable[Markup]:
    """The key, large: shape, how many, word."""
    row = min(size * 2.6, high / max(1, len(shown.counts)))
    number = max((pen.width(many, size * 1.7, bold=True) for *_, many in shown.counts), default=0)
    top = (high - row * len(shown.counts)) / 2
    for place, (state, word, many) in enumerate(shown.counts):
        y = top + row * (place + 0.5)
        yield pen.shape(left + size * 0.7, y, state, size * 1.3)
        yield pen.text(left + size * 2 + number, y, many, size * 1.7, anchor="end", bold=True)
        x = left + size * 2.5 + number
        yield pen.text(x, y + size * 0.15, pen.shorten(word, size * 1.15, wide - x), size * 1.15)


def _beside(shown: Map, wide: float, size: float) -> float:
    """How much room the key needs, at most two fifths."""
    needs = [pen.width(many, size * 1.7, bold=True) + pen.width(word, size * 1.15) for _, word, many in shown.counts]
    return min(max(needs, default=0) + size * 6, wide * 0.4)


def _around(mark: Mark, place: _Place, size: float) -> Box:
    x, y = place(mark.longitude, mark.latitude)
    half = STEPS[mark.step] * size * (0.85 if mark.rough else 0.55)
    return x - half, y - half, x + half, y + half


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
