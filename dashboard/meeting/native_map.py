"""How is the map drawn in PowerPoint? As 37 shapes that can be clicked and coloured, with the sites on top of them."""

from __future__ import annotations

import shapely
import shapely.geometry
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from dashboard import look, maps, warehouse, words
from dashboard.meeting import district_map, layout, native_text, pen
from dashboard.meeting.layout import Box, Run
from dashboard.meeting.model import Map, Mark
from dashboard.meeting.native_text import colour, emu

GROUND = "#E3E8EF"
STAR = 0.15  # a named site is for finding one's way, whatever it costs
SIZES = {1: 0.16, 2: 0.21, 3: 0.29}  # of a site, in inches, by step of its budget
LABEL = 14  # of a site's name, in points
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
    key, sea = layout.UNDER_KEY, _sea(of.marks)
    ground = _Ground(Box(box.x + sea, box.y, box.w - key - sea - 0.2, box.h))
    group = shapes.add_group_shape()
    ground.lay(group.shapes)
    group.name, sites = of.alt[:60], shapes.add_group_shape()
    native_text.describe(group, of.alt)
    _names(group.shapes, ground, language)
    beside, off = _labels(of.marks, ground, box)
    for (name, edge), mark in off:
        line = sites.shapes.add_connector(
            MSO_CONNECTOR.STRAIGHT, *map(Inches, (*edge, *ground.at(mark.longitude, mark.latitude)))
        )
        line.line.color.rgb, line.line.width, line.name = colour(look.MUTED), Pt(0.75), f"— {name}"
    # The most important come first in the model: drawn last, they lie on top, and on the stars.
    for mark in sorted(reversed(of.marks), key=lambda mark: mark.state != "named"):
        _mark(sites.shapes, mark, ground.at(mark.longitude, mark.latitude))
    for name, place, align in beside:
        native_text.place(sites.shapes, place, [[Run(name, LABEL, bold=True)]], language, align, "middle", name)
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
    size = _size(mark)
    if mark.rough:
        half = size * 0.8
        ring = shapes.add_shape(MSO_SHAPE.OVAL, *emu(Box(x - half, y - half, 2 * half, 2 * half)))
        ring.fill.background()
        ring.line.color.rgb, ring.line.width = colour(look.INK), Pt(1.25)
        ring.shadow.inherit = False
    shape = state(shapes, mark.state, Box(x - size / 2, y - size / 2, size, size))
    shape.name = mark.label or mark.state


def _size(mark: Mark) -> float:
    return STAR if mark.state == "named" else SIZES[mark.step]


def _wide(name: str) -> float:
    return layout.width(name, LABEL) / 72 * 1.2 + 0.1  # bold, and wider where another font stands in


def _sea(marks: tuple[Mark, ...]) -> float:
    """How much room the names of sites need off the coast."""
    return max((_wide(mark.label) for mark in marks if mark.label), default=0) + 0.15


Told = tuple[str, Box, str]  # a name, its place and how it is set
Leader = tuple[tuple[str, tuple[float, float]], Mark]  # a name and where its line begins, and the site


def _labels(marks: tuple[Mark, ...], ground: _Ground, box: Box) -> tuple[list[Told], list[Leader]]:
    """The names of sites: on a side where each covers no site and no other name, else off the coast in rows."""
    taken: list[Box] = []
    for mark in marks:
        (x, y), half = ground.at(mark.longitude, mark.latitude), _size(mark) * (1 if mark.rough else 0.6)
        taken.append(Box(x - half, y - half, 2 * half, 2 * half))
    found: list[Told] = []
    off: list[Mark] = []
    for mark in (mark for mark in marks if mark.label):
        x, y = ground.at(mark.longitude, mark.latitude)
        wide, away = _wide(mark.label), _size(mark) * (1 if mark.rough else 0.6) + 0.03
        tried = {"left": Box(x + away, y - 0.13, wide, 0.26), "right": Box(x - away - wide, y - 0.13, wide, 0.26)}
        free = [(align, each) for align, each in tried.items()
                if each.x >= ground.x and not any(_meet(each, other) for other in taken)]  # fmt: skip
        if free:
            taken.append(free[0][1])
            found.append((mark.label, free[0][1], free[0][0]))
        else:
            off.append(mark)
    rows = pen.apart([ground.at(0, mark.latitude)[1] for mark in off], [0.28] * len(off), box.y, box.y + box.h)
    leaders: list[Leader] = []
    for mark, y in zip(off, rows, strict=True):
        wide = _wide(mark.label)
        found.append((mark.label, Box(ground.x - 0.1 - wide, y - 0.13, wide, 0.26), "right"))
        leaders.append(((mark.label, (ground.x - 0.08, y)), mark))
    return found, leaders


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
    counts = district_map.key(of)
    high = min(0.7, box.h / max(1, len(counts)))
    fits = all(
        layout.width(f"{word}　", 20) + layout.width(count, 26) < (box.w - 0.4) * 72 for _, word, count in counts
    )
    small, large = (20, 26) if fits else (16, 22)
    for n, (name, word, count) in enumerate(counts):
        y = box.y + n * high
        state(shapes, name, Box(box.x, y + high / 2 - 0.12, 0.24, 0.24)).name = word
        runs = [Run(f"{word}　", small), Run(count, large, bold=True)]
        native_text.place(shapes, Box(box.x + 0.4, y, box.w - 0.4, high), [runs], language, anchor="middle", name=word)
