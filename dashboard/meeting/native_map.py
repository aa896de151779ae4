"""How is the map drawn in PowerPoint? As 37 shapes that can be clicked and coloured, with the sites on top of them."""

from __future__ import annotations

import shapely
import shapely.geometry
from pptx.enum.shapes import MSO_SHAPE
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from dashboard import look, maps, warehouse, words
from dashboard.meeting import layout, native_text
from dashboard.meeting.layout import Box, Run
from dashboard.meeting.model import Map, Mark
from dashboard.meeting.native_text import colour, emu

GROUND = "#E3E8EF"
SIZES = {1: 0.16, 2: 0.21, 3: 0.29}  # of a site, in inches, by step of its budget
NAME = 11  # of a district, in points; the larger ones carry theirs
SHAPES = {
    "ahead": MSO_SHAPE.ISOSCELES_TRIANGLE, "on_schedule": MSO_SHAPE.OVAL, "behind": MSO_SHAPE.DIAMOND,
    "seriously_behind": MSO_SHAPE.RECTANGLE, "halted": None, "not_filed": MSO_SHAPE.OVAL, "completed": None,
    "named": MSO_SHAPE.STAR_5_POINT,
}  # fmt: skip
# Closed outlines in a box of 64: what PowerPoint has no shape for.
OUTLINES = {
    "halted": (((10, 8), (27, 8), (27, 56), (10, 56)), ((37, 8), (54, 8), (54, 56), (37, 56))),
    "completed": (((4, 36), (12, 27), (25, 40), (52, 8), (60, 16), (26, 56)),),
}


def draw(shapes, of: Map, box: Box, language: str) -> None:
    """The districts and their sites at the left of the box, the key with its counts at the right."""
    key = 2.6
    ground = _Ground(Box(box.x, box.y, box.w - key - 0.2, box.h))
    group = shapes.add_group_shape()
    ground.lay(group.shapes)
    group.name, sites = of.alt[:60], shapes.add_group_shape()
    native_text.describe(group, of.alt)
    _names(group.shapes, ground, language)
    # The most important come first in the model: drawn last, they lie on top.
    for mark in sorted(reversed(of.marks), key=lambda mark: bool(mark.label)):
        _mark(sites.shapes, mark, ground.at(mark.longitude, mark.latitude))
    _labels(sites.shapes, of.marks, ground, language)
    _key(shapes, of, Box(box.x + box.w - key, box.y + 0.1, key, box.h), language)


class _Ground:
    """The districts projected into a box as large as it allows."""

    def __init__(self, box: Box):
        self.areas = {
            code: shapely.geometry.shape(each) for code, each in maps.boundaries(warehouse.here().name()).items()
        }
        west, south, east, north = shapely.total_bounds(list(self.areas.values()))
        low, high = maps.mercator(south), maps.mercator(north)
        self.scale = min(box.w / ((east - west) / 360), box.h / (high - low))  # inches in a turn round the earth
        wide, tall = (east - west) / 360 * self.scale, (high - low) * self.scale
        self.x, self.y = box.x + (box.w - wide) / 2, box.y + (box.h - tall) / 2
        self.west, self.high = west, high

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where on the slide, in inches."""
        right = (longitude - self.west) / 360 * self.scale
        return self.x + right, self.y + (self.high - maps.mercator(latitude)) * self.scale

    def lay(self, shapes) -> None:
        for row in warehouse.table("seeds.districts", None, "sort"):
            area = self.areas[row["district_id"]]
            rings = [each.exterior.coords for each in getattr(area, "geoms", [area])]
            first, *more = [[tuple(map(Inches, self.at(*point[:2]))) for point in ring] for ring in rings]
            builder = shapes.build_freeform(*first[0], scale=1.0)
            builder.add_line_segments(first[1:])
            for ring in more:
                builder.move_to(*ring[0])
                builder.add_line_segments(ring[1:])
            shape = builder.convert_to_shape()
            shape.name = words.pick(row)
            _paint(shape, GROUND, look.WHITE, 1.25)


def _names(shapes, ground: _Ground, language: str) -> None:
    """The names of the districts in which they have room."""
    for row in warehouse.table("marts.districts", None, "sort"):
        name = words.pick(row).removesuffix("區") if language == "zh" and len(row["zh"]) > 2 else words.pick(row)
        west, south, east, north = ground.areas[row["district_id"]].bounds
        (left, top), (right, bottom) = ground.at(west, north), ground.at(east, south)
        wide = layout.width(name, NAME) / 72
        if wide > (right - left) * 0.72 or (bottom - top) < 0.34:
            continue
        x, y = ground.at(row["centroid_lon"], row["centroid_lat"])
        box = Box(x - wide / 2 - 0.05, y - 0.11, wide + 0.1, 0.22)
        native_text.place(shapes, box, [[Run(name, NAME, look.MUTED)]], language, "center", "middle", name)


def _mark(shapes, mark: Mark, at: tuple[float, float]) -> None:
    x, y = at
    size = SIZES[mark.step]
    if mark.rough:
        ring = shapes.add_shape(MSO_SHAPE.OVAL, *emu(Box(x - size, y - size, 2 * size, 2 * size)))
        ring.fill.background()
        ring.line.color.rgb, ring.line.width = colour(look.INK), Pt(1.25)
        ring.shadow.inherit = False
    shape = state(shapes, mark.state, Box(x - size / 2, y - size / 2, size, size))
    shape.name = mark.label or mark.state


def _labels(shapes, marks: tuple[Mark, ...], ground: _Ground, language: str) -> None:
    """The names of the sites that have one, each where it covers no other name; else its shape alone carries it."""
    taken: list[Box] = []
    for mark in marks:
        if not mark.label:
            continue
        x, y = ground.at(mark.longitude, mark.latitude)
        wide, off = layout.width(mark.label, 12) / 72 + 0.1, SIZES[mark.step] * (1 if mark.rough else 0.6) + 0.03
        tried = (Box(x + off, y - 0.12, wide, 0.24), Box(x - off - wide, y - 0.12, wide, 0.24),
                 Box(x - wide / 2, y - off - 0.24, wide, 0.24), Box(x - wide / 2, y + off, wide, 0.24))  # fmt: skip
        box = next((box for box in tried if not any(_meet(box, other) for other in taken)), None)
        if box:
            taken.append(box)
            align = ("left", "right", "center", "center")[tried.index(box)]
            native_text.place(shapes, box, [[Run(mark.label, 12, bold=True)]], language, align, "middle", mark.label)


def _meet(one: Box, other: Box) -> bool:
    return (one.x < other.x + other.w and other.x < one.x + one.w
            and one.y < other.y + other.h and other.y < one.y + one.h)  # fmt: skip


def state(shapes, name: str, box: Box):
    """A state as its shape in its colour."""
    tone = look.STATES[name].colour if name in look.STATES else look.ACCENT
    if outline := OUTLINES.get(name):
        unit = box.w / 64
        rings = [[(Inches(box.x + a * unit), Inches(box.y + b * unit)) for a, b in ring] for ring in outline]
        builder = shapes.build_freeform(*rings[0][0], scale=1.0)
        builder.add_line_segments(rings[0][1:])
        for ring in rings[1:]:
            builder.move_to(*ring[0])
            builder.add_line_segments(ring[1:])
        shape = builder.convert_to_shape()
    else:
        shape = shapes.add_shape(SHAPES.get(name) or MSO_SHAPE.OVAL, *emu(box))
    if name == "not_filed":
        _paint(shape, look.WHITE, tone, max(1.5, box.w * 12))
    else:
        _paint(shape, tone, look.WHITE, 0.75)
    return shape


def _paint(shape, fill: str, edge: str, thick: float) -> None:
    shape.fill.solid()
    shape.fill.fore_color.rgb = colour(fill)
    shape.line.color.rgb, shape.line.width = colour(edge), Pt(thick)
    for each in shape._element.iter(qn("a:effectRef")):  # the theme's shadow
        each.set("idx", "0")


def _key(shapes, of: Map, box: Box, language: str) -> None:
    """The text of the map: each state's shape, word and number."""
    high = min(0.7, box.h / max(1, len(of.counts)))
    for n, (name, word, count) in enumerate(of.counts):
        y = box.y + n * high
        state(shapes, name, Box(box.x, y + high / 2 - 0.12, 0.24, 0.24)).name = word
        runs = [Run(f"{word}　", 20), Run(count, 26, bold=True)]
        native_text.place(shapes, Box(box.x + 0.4, y, box.w - 0.4, high), [runs], language, anchor="middle", name=word)
