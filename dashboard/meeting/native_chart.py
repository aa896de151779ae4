"""How is a chart drawn in PowerPoint? As a native one: its figures are in the sheet behind it, to be changed there."""

from __future__ import annotations

import datetime as dt
import re

from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.chart.xlsx import CategoryWorkbookWriter
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml.ns import qn
from pptx.util import Pt
from xlsxwriter import Workbook

from dashboard import downloads, look, words
from dashboard.meeting import drawings, layout, native_text
from dashboard.meeting.layout import Box, Run
from dashboard.meeting.model import Chart, Series
from dashboard.meeting.native_text import colour, emu
from dashboard.meeting.zipped import naive
from dashboard.words import t

SIZE = 14  # of what a chart says, in points
KINDS = {
    "trend": XL_CHART_TYPE.LINE_MARKERS, "curve": XL_CHART_TYPE.LINE_MARKERS,
    "bars": XL_CHART_TYPE.BAR_CLUSTERED, "states": XL_CHART_TYPE.BAR_STACKED,
}  # fmt: skip
MOST_LABELLED = 14  # points of a line that can carry their figures
FEW = 4  # bars whose names have room for a second line
NARROW = 0.035  # of the longest bar: a part with no room for its figure


class _Sheet(CategoryWorkbookWriter):
    """The sheet behind a chart: no text in it is a formula, and no clock is in it."""

    made: dt.datetime

    def _open_worksheet(self, xlsx_file):
        return _Open(Workbook(xlsx_file, downloads.NEVER), self.made)


class _Open:
    def __init__(self, book: Workbook, made: dt.datetime):
        self.book = book
        book.set_properties({"created": made})

    def __enter__(self):
        return self.book, self.book.add_worksheet()

    def __exit__(self, *_) -> None:
        self.book.close()


class _Data(CategoryChartData):
    def __init__(self, made: dt.datetime, number_format: str):
        super().__init__(number_format)
        self.made = naive(made)

    @property
    def _workbook_writer(self):
        sheet = _Sheet(self)
        sheet.made = self.made
        return sheet


def draw(shapes, chart: Chart, box: Box, language: str, made: dt.datetime) -> None:
    """Put the chart on the slide: bars from zero, gaps where a value is missing, its figures on it."""
    data = _Data(made, number_format(chart))
    data.categories = categories(chart)
    for each in chart.series:
        data.add_series(named(chart, each), each.values)
    if chart.target is not None and chart.kind in ("trend", "curve"):
        data.add_series(chart.target_text or t("taken_along.target"), [chart.target] * len(chart.categories))
    if chart.gap:
        said = [[Run(chart.gap, 22, look.STATES["seriously_behind"].colour, bold=True)]]
        native_text.place(shapes, Box(box.x, box.y, box.w, 0.4), said, language, "right", "middle", chart.gap)
        box = Box(box.x, box.y + 0.4, box.w, box.h - 0.4)
    if chart.events and chart.kind == "trend":
        places, foot = dict(chart.events), drawings.axis(chart)[0]
        data.add_series(t("taken_along.events"), [foot if n in places else None for n in range(len(chart.categories))])
    frame = shapes.add_chart(KINDS[chart.kind], *emu(box), data)
    frame.name = chart.alt[:60]
    native_text.describe(frame, words.said(chart.alt, chart.gap) if chart.gap else chart.alt)
    drawn = frame.chart
    drawn.font.size, drawn.font.color.rgb = Pt(SIZE), colour(look.INK)
    _speak(drawn, language)
    _title(drawn, chart, language)
    (_bars if chart.kind in ("bars", "states") else _lines)(drawn, chart, language)


def named(chart: Chart, series: Series) -> str:
    """A state carries its shape, so that a grey print still tells it apart."""
    return f"{layout.ICONS[series.role]} {series.name}" if series.role in look.STATES else series.name


def categories(chart: Chart) -> list[str]:
    """The names below the axis; a month that the data do not fill says so, a bar what has no room on it."""
    names = list(chart.categories)
    if chart.kind == "states":
        for n, name in enumerate(names):
            beside = "　".join(
                f"{layout.ICONS[each.role]} {each.texts[n]}" for each in chart.series if _narrow(chart, each, n)
            )
            names[n] = ("　" if len(names) > FEW else "\n").join(each for each in (name, beside) if each)
    if chart.unfinished:
        names[-1] = t("taken_along.unfinished", month=names[-1])
    return names


def number_format(chart: Chart) -> str:
    """As many decimals as the texts have; the unit behind a bar's figure, or the sign of percent."""
    texts = [text for each in chart.series for text in each.texts]
    digits = max((_decimals(text) for text in texts), default=0) if any(texts) else 0
    if not any(texts):
        digits = max(_decimals(f"{value:g}") for each in chart.series for value in each.values if value is not None)
    plain = "#,##0" + (f".{'0' * digits}" if digits else "")
    suffix = re.sub(r'["<>&\\]', "", chart.suffix)  # signs that a number format cannot hold
    if chart.kind == "states":
        return f"{plain};;;"  # a state that no work is in prints no zero
    return (
        f'{plain}"{suffix}"' if suffix == "%" else f'{plain}" {suffix}"' if chart.kind == "bars" and suffix else plain
    )


def _decimals(text: str) -> int:
    after = text.partition(".")[2]
    return len(after) - len(after.lstrip("0123456789"))


def _longest(chart: Chart) -> float:
    """The end of the longest bar, all of its parts together."""
    rows = [[each.values[n] or 0 for each in chart.series] for n in range(len(chart.categories))]
    return max((sum(row) if chart.kind == "states" else max(row) for row in rows), default=0) or 1


def _narrow(chart: Chart, series: Series, n: int) -> bool:
    """Is a part of a stacked bar there, but too narrow for its figure?"""
    return bool(series.values[n]) and series.values[n] < _longest(chart) * NARROW


def _speak(drawn, language: str) -> None:
    """The language of the chart and of what is typed into it."""
    space = drawn._chartSpace
    said = etree.Element(qn("c:lang"), {"val": native_text.LANGUAGES[language]})
    space.insert(1 if space.find(qn("c:date1904")) is not None else 0, said)
    for each in space.iter(qn("a:defRPr")):
        native_text.speak(each, language)


def _title(drawn, chart: Chart, language: str) -> None:
    """The unit, and of a single series its name; the sentence of the slide says the rest."""
    unit = "" if chart.suffix == "%" else chart.suffix
    said = chart.series[0].name if len(chart.series) == 1 else ""
    said = words.noted(said, unit) if said and unit else said or (t("taken_along.unit", unit=unit) if unit else "")
    if chart.target_text and chart.kind in ("bars", "states"):
        said = f"{said}　{chart.target_text}"
    drawn.has_title = bool(said)
    if said:
        native_text.fill(drawn.chart_title.text_frame, [[Run(said, SIZE, look.MUTED)]], language)
        drawn.chart_title.include_in_layout = False
    else:
        drawn._chartSpace.chart.get_or_add_autoTitleDeleted().set("val", "1")


def _lines(drawn, chart: Chart, language: str) -> None:
    plot, count = drawn.plots[0], len(chart.categories)
    drawn.has_legend = len(plot.series) - any(each.name == t("taken_along.events") for each in plot.series) > 1
    if drawn.has_legend:
        _legend(drawn)
        for n, series in enumerate(plot.series):
            if series.name == t("taken_along.events"):  # its text is its key
                held = etree.Element(qn("c:legendEntry"))
                etree.SubElement(held, qn("c:idx"), {"val": str(n)})
                etree.SubElement(held, qn("c:delete"), {"val": "1"})
                drawn.legend._element.find(qn("c:legendPos")).addnext(held)
    for series, each in zip(plot.series, chart.series, strict=False):
        series.smooth = False
        accent = each.role != "grey"
        tone = _tone(each.role)
        _line(series.format.line, tone, 3.5 if accent else 2.25)
        series.marker.style = XL_MARKER_STYLE.CIRCLE if count <= MOST_LABELLED else XL_MARKER_STYLE.NONE
        series.marker.size = 7 if accent else 5
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = colour(tone)
        series.marker.format.line.color.rgb = colour(look.WHITE)
        filled = [n for n, value in enumerate(each.values) if value is not None]
        if chart.unfinished and filled and filled[-1] == count - 1:
            last = series.points[count - 1]
            _line(last.format.line, tone, 2.0, MSO_LINE.DASH)
            last.marker.format.fill.solid()
            last.marker.format.fill.fore_color.rgb = colour(look.WHITE)
            last.marker.format.line.color.rgb = colour(tone)
        for n in _told(chart, each, filled):
            label = series.points[n].data_label
            label.position = XL_LABEL_POSITION.BELOW if _low(chart, each, n) else XL_LABEL_POSITION.ABOVE
            _show(label, number_format(chart), tone if accent else look.MUTED)
    for series in list(plot.series)[len(chart.series) :]:
        _beside(series, chart, language)
    value = drawn.value_axis
    steps = drawings.axis(chart)
    value.minimum_scale, value.maximum_scale, value.major_unit = steps[0], steps[-1], steps[1] - steps[0]
    value.has_major_gridlines = True
    value.major_gridlines.format.line.color.rgb = colour(look.PALE)
    value.format.line.fill.background()
    digits = max(_decimals(f"{step:g}") for step in steps)
    plain = "#,##0" + (f".{'0' * digits}" if digits else "")
    value.tick_labels.number_format = f'{plain}"%"' if chart.suffix == "%" else plain
    value.tick_labels.number_format_is_linked = False
    drawn.category_axis.format.line.color.rgb = colour(look.GREY)
    drawn.category_axis.has_major_gridlines = False
    _skip(drawn.category_axis, count)


def _told(chart: Chart, series: Series, filled: list[int]) -> set[int]:
    """The points that say their figure: the last, and of what is meant the highest and the lowest."""
    if not filled:
        return set()
    ends = {filled[-1]}
    if chart.kind == "trend" and series.role != "grey":
        whole = filled[:-1] if chart.unfinished and len(filled) > 1 else filled
        ends |= {max(whole, key=lambda n: series.values[n]), min(whole, key=lambda n: series.values[n])}
    return ends


def _low(chart: Chart, series: Series, n: int) -> bool:
    """Does its figure go below a point? Where another line runs above it, or at the foot of its own."""
    others = [each.values[n] for each in chart.series if each is not series and each.values[n] is not None]
    own = [value for value in series.values if value is not None]
    return any(series.values[n] < other for other in others) or (not others and series.values[n] == min(own))


def _beside(series, chart: Chart, language: str) -> None:
    """The target as a thin dashed line, the events as texts at the foot: both are series, so that they move along."""
    series.smooth = False
    series.marker.style = XL_MARKER_STYLE.NONE
    if series.name != t("taken_along.events"):
        _line(series.format.line, look.INK, 1.25, MSO_LINE.DASH)
        return
    series.format.line.fill.background()
    for n, text in chart.events:
        label = series.points[n].data_label
        native_text.fill(label.text_frame, [[Run(f"▲ {text}", SIZE)]], language)
        label.position = XL_LABEL_POSITION.ABOVE


def _bars(drawn, chart: Chart, language: str) -> None:
    plot, stacked, most = drawn.plots[0], chart.kind == "states", _longest(chart)
    plot.gap_width, plot.overlap = 45, 100 if stacked else -10
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        _legend(drawn)
    for series, each in zip(plot.series, chart.series, strict=True):
        tone = _tone(each.role)
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = colour(tone)
        series.invert_if_negative = False
        if stacked:
            series.format.line.color.rgb = colour(look.WHITE)
        text = look.STATES[each.role].text if stacked and each.role in look.STATES else look.INK
        position = XL_LABEL_POSITION.CENTER if stacked else XL_LABEL_POSITION.OUTSIDE_END
        _labels(series.data_labels, text, position, number_format(chart))
        for n in range(len(each.values)):
            if stacked and _narrow(chart, each, n):
                _silence(series, n)
    category, value = drawn.category_axis, drawn.value_axis
    category.reverse_order = True  # the first of the list on top
    if stacked and len(chart.categories) > FEW:  # every bar keeps its name
        category.tick_labels.font.size = Pt(12)
        said = etree.Element(qn("c:tickLblSkip"), {"val": "1"})
        category._element.find(qn("c:noMultiLvlLbl")).addprevious(said)
    category.format.line.color.rgb = colour(look.GREY)
    category.has_major_gridlines = value.has_major_gridlines = False
    value.minimum_scale, value.maximum_scale = 0, most * (1 if stacked else 1.12)
    value.tick_label_position, value.visible = XL_TICK_LABEL_POSITION.NONE, False


def _legend(drawn) -> None:
    drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    drawn.legend.font.size = Pt(SIZE)


def _tone(role: str) -> str:
    return look.STATES[role].colour if role in look.STATES else look.ACCENT if role == "accent" else look.GREY


def _line(line, tone: str, thick: float, dash=None) -> None:
    line.color.rgb, line.width = colour(tone), Pt(thick)
    if dash:
        line.dash_style = dash


def _labels(labels, tone: str, position, form: str) -> None:
    labels.show_value, labels.position = True, position
    labels.number_format, labels.number_format_is_linked = form, False
    labels.font.size, labels.font.bold, labels.font.color.rgb = Pt(SIZE), True, colour(tone)


def _show(label, form: str, tone: str) -> None:
    """The figure of one point alone."""
    label.font.size, label.font.bold, label.font.color.rgb = Pt(SIZE), True, colour(tone)
    held = label._dLbl
    for tag in ("c:showVal",):
        held.find(qn(tag)).set("val", "1")
    for tag in ("c:showLegendKey", "c:showCatName", "c:showSerName", "c:showPercent", "c:showBubbleSize"):
        if (found := held.find(qn(tag))) is not None:
            found.set("val", "0")
    said = etree.Element(qn("c:numFmt"), {"formatCode": form, "sourceLinked": "0"})
    held.insert([each.tag for each in held].index(qn("c:idx")) + 1, said)


def _silence(series, n: int) -> None:
    """No figure on a part too narrow for it: it stands under the bar's name."""
    held = series.points[n].data_label._get_or_add_dLbl()
    for each in list(held):
        if each.tag != qn("c:idx"):
            held.remove(each)
    etree.SubElement(held, qn("c:delete"), {"val": "1"})


def _skip(axis, count: int) -> None:
    """Name every month upright, or as many as there is room for, the last one among them where that can be."""
    axis.tick_labels.font.size = Pt(12 if 8 < count <= MOST_LABELLED else SIZE)
    if count <= MOST_LABELLED:
        axis._element.find(qn("c:txPr")).find(qn("a:bodyPr")).set("rot", "0")
        return
    step = next((n for n in range(2, 13) if (count - 1) % n == 0 and (count - 1) // n < MOST_LABELLED), count // 12 + 1)
    for tag in ("c:tickLblSkip", "c:tickMarkSkip"):
        said = etree.Element(qn(tag), {"val": str(step)})
        axis._element.find(qn("c:noMultiLvlLbl")).addprevious(said)
