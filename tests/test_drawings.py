"""Do the drawings of a slide say what their data say, stay in their box and take no text for markup?"""

from __future__ import annotations

import dataclasses
import itertools
import re
from xml.etree.ElementTree import Element

import defusedxml.ElementTree
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import look
from dashboard.meeting import pen
from dashboard.meeting.district_map import draw_map
from dashboard.meeting.drawings import draw
from dashboard.meeting.model import Chart, Mark, Series
from tests.slide_examples import MONTHS, ODD, deck

SVG = "{http://www.w3.org/2000/svg}"
CHARTS = {slide.chart.kind: slide.chart for slide in deck().slides if slide.chart}
MAP = next(slide.map for slide in deck().slides if slide.map)
HOSTILE = (ODD, "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "]]>&amp;\x00\x1b", "很長" * 60, "W" * 90)


def read(drawn: str) -> Element:
    return defusedxml.ElementTree.fromstring(str(drawn))


def texts(root: Element) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Every text with the box it is thought to fill."""
    found = []
    for each in root.iter(f"{SVG}text"):
        size, x, y = float(each.get("font-size")), float(each.get("x")), float(each.get("y"))
        wide = pen.width(each.text, size, each.get("font-weight") == "700")
        left = x - wide * {"start": 0, "middle": 0.5, "end": 1}[each.get("text-anchor", "start")]
        found.append((each.text, (left, y - size * 0.86, left + wide, y + size * 0.14)))
    return found


def overlapping(root: Element) -> list[tuple[str, str]]:
    return [(one, other) for (one, a), (other, b) in itertools.combinations(texts(root), 2)
            if a[0] < b[2] - 0.5 and b[0] < a[2] - 0.5 and a[1] < b[3] - 0.5 and b[1] < a[3] - 0.5]  # fmt: skip


def outside(root: Element) -> list[str]:
    _, _, wide, high = map(float, root.get("viewBox").split())
    return [text for text, (left, top, right, bottom) in texts(root)
            if left < -0.5 or top < -0.5 or right > wide + 0.5 or bottom > high + 0.5]  # fmt: skip


@pytest.mark.parametrize("box", [(1696, 600, 26), (1180, 520, 26), (500, 170, 9)])
@pytest.mark.parametrize("kind", CHARTS)
def test_a_chart_is_sound_stays_in_its_box_and_no_text_stands_on_another(kind: str, box: tuple[int, int, int]) -> None:
    root = read(draw(CHARTS[kind], *box))
    assert root.get("viewBox") == f"0 0 {box[0]} {box[1]}" and root.get("role") == "img"
    assert root.find(f"{SVG}title").text == CHARTS[kind].alt
    assert root.get("font-family") == look.FONT
    assert outside(root) == [] and overlapping(root) == []
    assert min(float(each.get("font-size")) for each in root.iter(f"{SVG}text")) == box[2]


@pytest.mark.parametrize("kind", CHARTS)
def test_a_chart_is_plain_enough_for_typst(kind: str) -> None:
    root = read(draw(CHARTS[kind], 1696, 600, 26))
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= {
        "svg", "title", "text", "line", "path", "rect", "circle", "g"}  # fmt: skip
    assert not {name for each in root.iter() for name in each.attrib if name in ("class", "style", "filter", "href")}


def test_bars_start_at_zero_and_are_as_long_as_their_figures() -> None:
    root = read(draw(CHARTS["bars"], 1696, 600, 26))
    bars = [(float(each.get("x")), float(each.get("width"))) for each in root.iter(f"{SVG}rect")]
    assert len({x for x, _ in bars}) == 1
    assert [round(wide / bars[0][1] * 12, 1) for _, wide in bars] == [12, 9, 4, 1]
    said = dict(texts(root))
    assert all(said[text][0] > x + wide for text, (x, wide) in zip(("12 件", "9 件", "4 件", "1 件"), bars, strict=True))


def test_bars_of_falls_run_to_the_left() -> None:
    chart = Chart("bars", ("甲", "乙"), (Series("增減", (4.0, -8.0), ("+4", "−8")),), "件", "增減")
    root = read(draw(chart, 1000, 300, 26))
    up, down = [(float(each.get("x")), float(each.get("width"))) for each in root.iter(f"{SVG}rect")]
    assert down[0] + down[1] == pytest.approx(up[0], abs=0.2) and down[1] == pytest.approx(2 * up[1], abs=0.2)
    assert outside(root) == [] and overlapping(root) == []


def test_parts_of_states_are_as_long_as_their_figures_and_each_has_shape_and_figure() -> None:
    root = read(draw(CHARTS["states"], 1696, 600, 26))
    bars = [float(each.get("width")) for each in root.iter(f"{SVG}rect")]
    values = [each.values[row] for row in (0, 1) for each in CHARTS["states"].series]
    assert [(wide + 2.1) / (bars[1] + 2.1) * 90 for wide in bars] == pytest.approx(values, abs=0.4)
    assert len(list(root.iter(f"{SVG}g"))) == 6 + 12  # in the key and above each part
    assert sorted(text for text, _ in texts(root) if text.isdigit()) == sorted(str(int(each)) for each in values)


def lines(root: Element) -> list[tuple[list[tuple[float, float]], dict[str, str]]]:
    return [([tuple(map(float, each.split())) for each in re.split("[ML]", path.get("d"))[1:]], path.attrib)
            for path in root.iter(f"{SVG}path") if path.get("fill") == "none"]  # fmt: skip


def test_the_curve_stands_where_its_values_are_and_breaks_where_one_is_missing() -> None:
    root = read(draw(CHARTS["curve"], 1696, 600, 26))
    (planned, _), (before, _), (after, _) = lines(root)
    assert (len(planned), len(before), len(after)) == (12, 5, 6)
    ticks = {text: (box[1] + box[3]) / 2 for text, box in texts(root)}
    per_point = (ticks["0%"] - ticks["100%"]) / 100
    # A text's middle is 0.36 em above its foot.
    assert planned[-1][1] == pytest.approx(ticks["0%"] - 98.0 * per_point, abs=1)
    assert after[-1][1] == pytest.approx(ticks["0%"] - 70.5 * per_point, abs=1)
    gap = ticks["落後 27.5 個百分點、252 天"]
    assert planned[-1][1] < gap < after[-1][1]
    colours = {each.text: each.get("fill") for each in root.iter(f"{SVG}text")}
    assert colours["落後 27.5 個百分點、252 天"] == pen.clear(look.STATES["seriously_behind"].colour)


def test_a_work_that_stopped_before_the_plan_ends_has_its_gap_where_it_stopped() -> None:
    planned, actual = CHARTS["curve"].series
    early = dataclasses.replace(actual, values=(*actual.values[:8], None, None, None, None))
    root = read(draw(dataclasses.replace(CHARTS["curve"], series=(planned, early)), 1696, 600, 26))
    end = lines(root)[-1][0][-1]
    placed = dict(texts(root))
    assert placed["實際"][0] > end[0] and placed["實際"][0] < placed["預定"][0]
    assert outside(root) == [] and overlapping(root) == []


def test_the_unfinished_month_is_dashed_and_light_and_says_no_figure() -> None:
    root = read(draw(CHARTS["trend"], 1696, 600, 26))
    dashed = [(points, each) for points, each in lines(root) if each.get("stroke-dasharray")]
    assert len(dashed) == 1 and len(dashed[0][0]) == 2 and float(dashed[0][1]["stroke-opacity"]) < 1
    said = [text for text, _ in texts(root)]
    assert "112 年" in said and "前一年 2.4 萬件" in said  # the year before is whole
    whole = read(draw(dataclasses.replace(CHARTS["trend"], unfinished=False), 1696, 600, 26))
    assert "112 年 1.2 萬件" in [text for text, _ in texts(whole)]


def test_the_target_and_what_happened_are_said_on_the_drawing() -> None:
    root = read(draw(CHARTS["trend"], 1696, 600, 26))
    said = [text for text, _ in texts(root)]
    assert "目標 25 千件" in said and "杜蘇芮颱風" in said and "千件" in said
    assert [text for text in said if text in MONTHS] == ["112.12", "112.10", "112.7", "112.4", "112.1"]


def test_names_at_the_ends_of_lines_move_apart_in_their_order() -> None:
    series = tuple(Series(f"線 {n}", (10.0, 20.0 + n / 100), ("10", f"{20 + n / 100}")) for n in range(8))
    root = read(draw(Chart("trend", ("1", "2"), series, "件", "八條線", target=20.0, target_text="目標 20"), 1000, 500, 26))
    assert overlapping(root) == [] and outside(root) == []
    order = [text for text, box in sorted(texts(root), key=lambda each: each[1][1]) if text.startswith("線")]
    assert order == [f"線 {n} {20 + n / 100}" for n in range(7, -1, -1)]


def test_what_happened_at_one_time_stands_in_rows() -> None:
    events = tuple((place, f"杜蘇芮颱風第 {place} 報") for place in (4, 5, 6, 11))
    root = read(draw(dataclasses.replace(CHARTS["trend"], events=events), 1180, 520, 26))
    assert overlapping(root) == [] and outside(root) == []
    assert sum(text.startswith("杜蘇芮") for text, _ in texts(root)) == 4


def test_high_shares_break_their_axis_and_others_start_at_zero() -> None:
    shares = Chart("trend", MONTHS, (Series("滿意度", (95.0, 96.0, 97.4) * 4, ("95.0%", "96.0%", "97.4%") * 4),), "%", "滿意度")
    said = [text for text, _ in texts(read(draw(shares, 1696, 600, 26)))]
    assert "0%" not in said and "100%" not in said and "97%" in said
    lower = dataclasses.replace(shares, series=(Series("滿意度", (40.0, 96.0, 97.4) * 4, ("",) * 12),))
    assert "0%" in [text for text, _ in texts(read(draw(lower, 1696, 600, 26)))]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", CHARTS)
def test_texts_stay_texts(kind: str, text: str) -> None:
    chart = CHARTS[kind]
    odd = dataclasses.replace(
        chart, alt=text, suffix=text[:8], target_text=text, gap=text,
        categories=tuple(text for _ in chart.categories), events=((1, text), (2, text)),
        series=tuple(dataclasses.replace(each, name=text, texts=tuple(text[:12] for _ in each.texts)) for each in chart.series),
    )  # fmt: skip
    root = read(draw(odd, 1696, 600, 26))
    assert not {each.tag for each in root.iter()} & {f"{SVG}script", f"{SVG}img", f"{SVG}b"}
    assert root.find(f"{SVG}title").text == pen.UNPRINTED.sub("", text)
    assert outside(root) == []


@pytest.mark.parametrize("kind", ["trend", "curve", "bars", "states"])
@pytest.mark.parametrize("values", [(), (None,), (0.0,), (None, None)])
def test_a_chart_of_little_or_nothing_is_still_drawn(kind: str, values: tuple) -> None:
    names = tuple(f"{n}" for n, _ in enumerate(values))
    role = "behind" if kind == "states" else "accent"
    root = read(draw(Chart(kind, names, (Series("甲", values, ("0",) * len(values), role),), "件", "無", unfinished=True), 600, 300, 26))
    assert outside(root) == []


@given(st.lists(st.tuples(st.floats(-50, 650), st.floats(10, 60)), max_size=9))
def test_apart_keeps_order_and_leaves_none_on_another(things: list[tuple[float, float]]) -> None:
    places, rooms = [place for place, _ in things], [room for _, room in things]
    moved = pen.apart(places, rooms, 0, 600)
    order = sorted(range(len(things)), key=lambda each: places[each])
    for one, other in itertools.pairwise(order):
        assert moved[other] - moved[one] >= (rooms[one] + rooms[other]) / 2 - 0.01
    assert all(room / 2 - 0.01 <= y <= 600 - room / 2 + 0.01 for y, room in zip(moved, rooms, strict=True))


@given(st.text(max_size=60), st.floats(40, 400))
def test_a_shortened_text_fits(text: str, most: float) -> None:
    assert pen.width(pen.shorten(text, 26, most), 26) <= most
    assert all(pen.width(each, 26) <= most for each in pen.wrap(text, 26, most, 2))


def test_every_colour_of_text_reads_at_seven_to_one() -> None:
    def contrast(one: str, other: str) -> float:
        light, dark = sorted((pen._luminance(pen._parts(each)) for each in (one, other)), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    assert contrast("#000000", look.WHITE) == pytest.approx(21) and contrast("#777777", look.WHITE) == pytest.approx(4.48, abs=0.01)
    for chart in CHARTS.values():
        for each in read(draw(chart, 1696, 600, 26)).iter(f"{SVG}text"):
            assert contrast(each.get("fill"), look.WHITE) >= 7, each.text
    from dashboard.meeting import district_map

    assert contrast(district_map.NAME, district_map.GROUND) >= 7


# The map


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("box", [(1696, 600, 26), (520, 260, 9)])
def test_the_map_has_37_districts_its_sites_and_their_counts(warehouse, language: str, box) -> None:
    root = read(draw_map(MAP, *box, language))
    assert len([each for each in root.iter(f"{SVG}path") if each.get("fill-rule")]) == 37
    assert len(list(root.iter(f"{SVG}g"))) == len(MAP.marks) + len(MAP.counts) + 1  # the star is in the key
    assert {"zh": "公開工程", "en": "Public sites"}[language] in [text for text, _ in texts(root)]
    said = [text for text, _ in texts(root)]
    assert {"安平再生水廠", "落後", "22", "14", "3"} <= set(said)
    assert ("白河" in said) if language == "zh" else ("Baihe" in said)
    assert outside(root) == [] and overlapping(root) == []


def test_names_that_crowd_stand_in_the_sea_and_what_needs_attention_lies_on_the_stars(warehouse) -> None:
    crowd = tuple(Mark(120.17 + 0.002 * n, 22.99 + 0.003 * n, "halted", 3) for n in range(4))
    names = ("安平再生水廠", "停E8停車場", "停20抽水站", "國際棒球訓練中心", "全運會馬術場")
    named = tuple(Mark(120.17 + 0.002 * n, 22.99 + 0.003 * n, "named", 3, name, True) for n, name in enumerate(names))
    root = read(draw_map(dataclasses.replace(MAP, marks=(*named, *crowd)), 1696, 700, 30, "zh"))
    said = dict(texts(root))
    assert set(names) <= said.keys() and overlapping(root) == [] and outside(root) == []
    ends = {(float(each.get("x2")), float(each.get("y2"))) for each in root.iter(f"{SVG}line")}
    assert len(ends) >= 4 and all(x > max(box[2] for name, box in said.items() if name in names) - 200 for x, _ in ends)
    shapes = [each.find(f"{SVG}path").get("fill") for each in root.iter(f"{SVG}g") if each.find(f"{SVG}path") is not None]
    assert shapes.index(look.ACCENT) == 0  # the first drawn lies lowest


def test_sites_stand_in_their_place_and_the_rough_have_a_ring(warehouse) -> None:
    at = dataclasses.replace(MAP, marks=(Mark(120.2, 23.0, "behind", 1), Mark(120.4, 23.0, "halted", 3), Mark(120.2, 23.2, "named", 2, ODD, True)))
    root = read(draw_map(at, 1000, 600, 26, "zh"))
    drawn = [(*map(float, re.findall(r"[\d.]+", each.get("transform"))), each) for each in root.iter(f"{SVG}g")][:3]
    middle = {len(list(each)): (x + 48 * scale, y + 48 * scale, scale) for x, y, scale, each in drawn}
    places = sorted((x + 48 * scale, y + 48 * scale) for x, y, scale, _ in drawn)
    assert places[0][0] == pytest.approx(places[1][0], abs=0.3) and places[2][0] > places[1][0] + 100
    assert 2 in middle  # ring and shape
    west, north = middle[2][:2]
    assert west == pytest.approx(places[0][0], abs=0.3) and north < max(y for _, y in places) - 100
    # A degree north is longer than one east by 1 / cos(23.1°).
    south = max(y for _, y in places)
    assert (south - north) / (places[2][0] - west) == pytest.approx(1.087, abs=0.01)
    assert "<b>0123</b>" in " ".join(text for text, _ in texts(root))
