"""Where does it stand? Tainan from its own boundaries: no tiles, no token, nothing from outside.

The 37 districts are quiet ground; sites are the states' shapes in the states' colours, so that a grey print still tells
them apart. A click answers with what was clicked.

Two habits of Streamlit's map decide how the layers are cut. Once something is selected it dims every colour accessor it
knows, so colours are given to sublayers or stand in the icons. And a selection is kept by layer and row number, so the
layers that take clicks change their id with what they show: a row number never outlives its row.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pydeck as pdk
import shapely
import shapely.geometry
import streamlit as st
from pydeck.bindings.json_tools import default_serialize

from dashboard import look, warehouse, words

CELL = 96  # of the icon sheet, in pixels; a shape fills its middle 64, a ring the rest
SIZES = {1: 26, 2: 34, 3: 44}  # of a cell on screen, by step of budget: shapes of 17, 23 and 29 pixels
FIT = (560, 470)  # the smallest box the whole city must fit into, in pixels
STYLE = """<style>
[data-testid="stLayoutWrapper"]:has(> .st-key-map-side) { flex-basis: 25rem; }
@media (min-width: 1800px) and (min-height: 950px) {
  [data-testid="stLayoutWrapper"]:has(> .st-key-map-place) { zoom: 1.35; }
}
/* A word under the pointer may stand out of the map: at its edge it would be cut. */
.st-key-map-place, .st-key-map-place :has(.deck-tooltip) { overflow: visible !important; }
.st-key-map-place { z-index: 5; }
</style>"""
GROUND, CHOSEN, NAME = (232, 236, 241), (191, 208, 226), (74, 85, 104)
SMOOTHED = 0.0015  # degrees; corners that stand out by less than about 150 m go, borders stay shared
NAMES = {"zh": 14, "en": 12}  # pixels of the districts' names
WIDE = {"zh": 1.0, "en": 0.56}  # of a letter, in ems
# Where a label may stand beside its site, the best first: how it is anchored, how many ems to the right and up.
SIDES = (
    ("start", 1.3, 0), ("end", -1.3, 0), ("start", 1.0, 1.1), ("end", -1.0, 1.1), ("start", 1.0, -1.1),
    ("end", -1.0, -1.1), ("middle", 0, 1.8), ("middle", 0, -1.8),
)  # fmt: skip
# Where a district's name may stand instead, in its letters to the right and up, the nearest first.
ASIDE = tuple(sorted(((x / 2, y / 2) for x in range(-8, 9) for y in range(-6, 7)), key=lambda each: math.hypot(*each)))
# Names that would stand on each other: how far each moves, in degrees to the right and up.
MOVED = {
    "zh": {"anping": (-0.014, -0.002), "west_central": (0.006, -0.001), "north": (0.004, 0.01), "east": (0.01, -0.003)},
    "en": {
        "anping": (-0.05, -0.012), "west_central": (-0.005, 0.002), "north": (-0.01, 0.008), "east": (0.014, -0.012),
        "yanshui": (-0.016, 0.004), "xinying": (0.012, 0.0), "guanmiao": (-0.004, 0.006), "longqi": (0.008, -0.004),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """One site as drawn: where, which state, how large (1 to 3), and what it says under the pointer.

    Beside the states: "named" for a real site without one, "" for none.

    `label` stands beside it on the map; `is_rough` draws the ring of a place known only roughly.
    """

    key: str
    longitude: float
    latitude: float
    state: str
    step: int
    name: str
    told: str
    label: str = ""
    is_rough: bool = False


def beside() -> tuple:
    """Two places: for the map, and for what stands beside it, or below where the screen is narrow (150 % zoom).

    A wide and high screen shows the same map larger: its zoom cannot be set from here, which knows no screen.
    """
    st.html(STYLE)
    with st.container(horizontal=True, gap="medium"):
        return st.container(width=FIT[0] + 40, key="map-place"), st.container(width="stretch", key="map-side")


def draw(
    marks: Sequence[Mark],
    site: str | None,
    district: str | None,
    told: Mapping[str, str],
    key: str,
    alt: str,
    click: Callable[[str, str], None],
) -> None:
    """The map; `marks` come most important first. `told` says a line about each district under the pointer.

    `click("site" | "district", code)` is called before the rerun that a click makes.
    """

    def take() -> None:
        chosen = [each for rows in st.session_state[key]["selection"]["objects"].values() for each in rows]
        if chosen:
            found = chosen[0].get("properties", chosen[0])  # a district comes as its whole feature
            click(found["kind"], found["id"])

    # Most important last, so that it lies on top; the named above the rest, the chosen one above all.
    marks = sorted(reversed(marks), key=lambda mark: (mark.key == site, -mark.step if mark.label else -9))
    turn = hashlib.sha1(repr(([mark.key for mark in marks], site, district)).encode()).hexdigest()[:8]
    names = _names(marks)
    deck = _Deck(
        layers=[
            *_ground(district, told, turn),
            _text("names", names, NAMES[words.language()], NAME, GROUND, "normal"),
            *_sites(marks, site, turn),
            *_labels(marks, names),
        ],
        initial_view_state=_view(warehouse.here().name()),
        map_provider=None,  # and no map_style: anything else asks for tiles
        tooltip={"html": "<b>{name}</b><br>{told}", "style": {
            "fontFamily": look.FONT, "fontSize": "16px", "color": look.INK, "backgroundColor": look.WHITE,
            "border": f"1px solid {look.GREY}", "borderRadius": "4px", "maxWidth": "320px", "zIndex": "10",
        }},
    )  # fmt: skip
    st.pydeck_chart(deck, height=FIT[1] + 20, on_select=take, selection_mode="single-object", key=key, alt=alt)


def icon(state: str) -> str:
    """A state's shape as the address of an image, for a label of a widget."""
    return _address(f'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="16 16 64 64">'
                    f"{look.shape(state, outline=False)}</svg>")  # fmt: skip


# The ground


def _ground(district: str | None, told: Mapping[str, str], turn: str) -> list[pdk.Layer]:
    build = warehouse.here().name()
    names = {row["district_id"]: words.pick(row) for row in warehouse.table("seeds.districts")}
    features = [
        {
            "type": "Feature",
            "properties": {"kind": "district", "id": each, "name": names[each], "told": told.get(each, "")},
            "geometry": geometry,
        }
        for each, geometry in boundaries(build).items()
    ]
    layers = [
        pdk.Layer(
            "GeoJsonLayer", {"type": "FeatureCollection", "features": features}, id=f"ground-{turn}", pickable=True,
            line_width_min_pixels=1.6, line_joint_rounded=True,
            _subLayerProps={
                "polygons-fill": {"getFillColor": [*GROUND]}, "polygons-stroke": {"getColor": [255, 255, 255]},
            },
        )
    ]  # fmt: skip
    if district in names:
        chosen = [each for each in features if each["properties"]["id"] == district]
        layers.append(pdk.Layer(
            "GeoJsonLayer", {"type": "FeatureCollection", "features": chosen}, id=f"chosen-{district}",
            line_width_min_pixels=2.5,
            _subLayerProps={"polygons-fill": {"getFillColor": [*CHOSEN]}, "polygons-stroke": {"getColor": [*NAME]}},
        ))  # fmt: skip
    return layers


@functools.lru_cache(maxsize=4)
def boundaries(build: str) -> dict[str, dict]:
    """District → GeoJSON, under half of its corners: neighbours are smoothed together, so no gap opens between them."""
    rows = [row for row in warehouse.table("marts.districts", None, "sort") if row["geometry_json"]]
    shapes = shapely.coverage_simplify(
        [shapely.geometry.shape(json.loads(row["geometry_json"])) for row in rows], SMOOTHED
    )
    return {row["district_id"]: _rounded(shape) for row, shape in zip(rows, shapes, strict=True)}


def _rounded(shape: shapely.Geometry) -> dict:
    def walk(part):
        return [round(each, 5) for each in part] if isinstance(part[0], float) else [walk(each) for each in part]

    found = shapely.geometry.mapping(shape)
    return {"type": found["type"], "coordinates": walk(found["coordinates"])}


def _names(marks: Sequence[Mark]) -> list[dict]:
    """The districts' names, each moved aside, within its district, to come out from under the sites.

    The single-letter ones keep their 區, or they would not read as places.
    """
    language, pixel = words.language(), _pixel()
    em = NAMES[language] * pixel
    taken = [_around(mark.longitude, mark.latitude, SIZES[mark.step] * pixel / 3) for mark in marks]
    shapes = {each: shapely.geometry.shape(found) for each, found in boundaries(warehouse.here().name()).items()}
    rows = []
    for row in warehouse.table("marts.districts", None, "sort"):
        right, up = MOVED[language].get(row["district_id"], (0.0, 0.0))
        short = row["zh"].removesuffix("區") if len(row["zh"]) > 2 else row["zh"]
        told = short if language == "zh" else row["en"]
        tried = []
        for aside, above in ASIDE:
            x, y = row["centroid_lon"] + right + aside * em, row["centroid_lat"] + up + above * em
            if tried and not shapely.contains_xy(shapes[row["district_id"]], x, y):
                continue
            box = _around(x, y, len(told) * WIDE[language] * em / 2, em / 2)
            tried.append((sum(_meet(box, each) for each in taken), len(tried), x, y, box))
            if not tried[-1][0]:
                break
        _, _, x, y, box = min(tried)
        taken.append(box)
        rows.append({"x": round(x, 5), "y": round(y, 5), "t": told, "box": box})
    return rows


def _around(x: float, y: float, wide: float, high: float | None = None) -> tuple:
    """A box of west, south, east, north around a place."""
    high = wide if high is None else high
    return (x - wide, y - high, x + wide, y + high)


def _pixel() -> float:
    """Degrees of longitude in a pixel, the whole city in the box; of latitude it is a little less."""
    return 360 / 512 / 2 ** _view(warehouse.here().name()).zoom


@functools.lru_cache(maxsize=4)
def _view(build: str) -> pdk.ViewState:
    """The whole city in the box."""
    shapes = [shapely.geometry.shape(each) for each in boundaries(build).values()]
    west, south, east, north = shapely.total_bounds(shapes)
    high, low = mercator(north), mercator(south)
    zoom = min(math.log2(FIT[0] / 512 * 360 / (east - west)), math.log2(FIT[1] / 512 / (high - low)))
    return pdk.ViewState(
        longitude=round((west + east) / 2, 4), latitude=round((south + north) / 2, 4), zoom=round(zoom, 2),
        min_zoom=round(zoom, 2) - 0.5, max_zoom=12,
    )  # fmt: skip


def mercator(latitude: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)) / (2 * math.pi)


# The sites


def _sites(marks: Sequence[Mark], site: str | None, turn: str) -> list[pdk.Layer]:
    shown = [
        {"x": round(mark.longitude, 5), "y": round(mark.latitude, 5), "i": mark.state + "+" * mark.is_rough,
         "s": SIZES[mark.step]}
        for mark in marks
    ]  # fmt: skip
    shown += [
        {"x": round(mark.longitude, 5), "y": round(mark.latitude, 5), "i": "chosen", "s": SIZES[mark.step] + 14}
        for mark in marks
        if mark.key == site
    ]
    hits = [
        {"kind": "site", "id": mark.key, "x": round(mark.longitude, 5), "y": round(mark.latitude, 5),
         "r": max(11, SIZES[mark.step] // 3), "name": mark.name, "told": mark.told}
        for mark in marks
    ]  # fmt: skip
    sheet, places = _sheet()
    return [
        pdk.Layer(
            "IconLayer", shown, id="sites", icon_atlas=pdk.types.String(sheet), icon_mapping=places, get_icon="i",
            get_position="[x, y]", get_size="s", size_units=pdk.types.String("pixels"), pickable=False,
        ),
        # What the pointer meets: a disc as large as a finger needs, unseen, whose colours Streamlit cannot dim.
        pdk.Layer(
            "ScatterplotLayer", hits, id=f"hits-{turn}", get_position="[x, y]", get_radius="r", opacity=1e-6,
            radius_units=pdk.types.String("pixels"), pickable=True,
        ),
    ]  # fmt: skip


def _labels(marks: Sequence[Mark], names: Sequence[dict]) -> list[pdk.Layer]:
    """Names beside the sites that carry one, each on the side where it covers the fewest names and named sites."""
    size = 14
    em = size * _pixel()
    named = [mark for mark in marks if mark.label]
    taken = [_around(mark.longitude, mark.latitude, em) for mark in named] + [name.pop("box") for name in names]
    rows = []
    for mark in sorted(named, key=lambda mark: -mark.latitude):
        width = sum(1.0 if ord(letter) > 0x2E7F else WIDE["en"] for letter in mark.label) * em
        others = [each for each in taken if not _holds(each, mark)]
        tried = []
        for anchor, right, up in SIDES:
            west = mark.longitude + right * em - {"start": 0, "middle": width / 2, "end": width}[anchor]
            middle = mark.latitude + up * em * 0.92
            box = (west, middle - em * 0.6, west + width, middle + em * 0.6)
            tried.append((sum(_meet(box, each) for each in others), len(tried), anchor, right, up, box))
        _, _, anchor, right, up, box = min(tried)
        taken.append(box)
        rows.append({"x": round(mark.longitude, 5), "y": round(mark.latitude, 5), "t": mark.label, "a": anchor,
                     "o": [round(right * size), round(-up * size)]})  # fmt: skip
    layer = _text("labels", rows, size, (22, 33, 58), (255, 255, 255), "bold")
    layer.get_text_anchor, layer.get_pixel_offset = "@@=a", "@@=o"
    return [layer]


def _holds(box: tuple, mark: Mark) -> bool:
    return box[0] <= mark.longitude <= box[2] and box[1] <= mark.latitude <= box[3]


def _meet(one: tuple, other: tuple) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _text(name: str, rows: list[dict], size: int, colour: tuple, halo: tuple, weight: str) -> pdk.Layer:
    return pdk.Layer(
        "TextLayer", rows, id=name, get_position="[x, y]", get_text="t", get_size=size, pickable=False,
        character_set=pdk.types.String("auto"), font_family=pdk.types.String(look.FONT.replace("'", "")),
        font_weight=pdk.types.String(weight), font_settings={"sdf": True, "fontSize": 48, "buffer": 8, "radius": 14},
        outline_width=3, outline_color=[*halo], _subLayerProps={"characters": {"getColor": [*colour, 255]}},
    )  # fmt: skip


# The icons


@functools.cache
def _sheet() -> tuple[str, dict[str, dict]]:
    """All shapes on one picture, and where each stands: plain, and with the ring of a rough place (`+`)."""
    parts, places = [], {}
    drawings = {state: look.shape(state) for state in look.SHAPES}
    ring = f'<circle cx="48" cy="48" r="42" fill="none" stroke="{look.INK}" stroke-width="4"/>'
    drawings |= {f"{state}+": ring + drawing for state, drawing in drawings.items()}
    drawings["chosen"] = (
        f'<circle cx="48" cy="48" r="43" fill="none" stroke="{look.WHITE}" stroke-width="9"/>'
        f'<circle cx="48" cy="48" r="43" fill="none" stroke="{look.ACCENT}" stroke-width="6"/>'
    )
    for place, (name, drawing) in enumerate(drawings.items()):
        x, y = place % 6 * CELL, place // 6 * CELL
        parts.append(f'<g transform="translate({x} {y})">{drawing}</g>')
        places[name] = {"x": x, "y": y, "width": CELL, "height": CELL}
    rows = -(-len(drawings) // 6)
    return _address(f'<svg xmlns="http://www.w3.org/2000/svg" width="{6 * CELL}" height="{rows * CELL}">'
                    f"{''.join(parts)}</svg>"), places  # fmt: skip


def _address(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


class _Deck(pdk.Deck):
    """pydeck writes every coordinate on a line of its own; this is the same without the blanks, a third as long."""

    def to_json(self) -> str:
        return json.dumps(self, sort_keys=True, default=default_serialize, separators=(",", ":"))
