"""What does the meeting look like in PowerPoint? The same slides, with charts, tables and a map that can be edited.

One layout for the cover and one for the rest, made from the library's own template: fonts and colours stand in the
theme, titles in the placeholders that the outline and a reader aloud go by.
"""

from __future__ import annotations

import io

from lxml import etree
from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.util import Inches

from dashboard import look, words
from dashboard.meeting import native_chart, native_map, native_text, zipped
from dashboard.meeting.model import Deck, Figure, Grid, Slide
from dashboard.meeting.native_text import Box, Run, colour, place
from dashboard.words import t

FONT = "Microsoft JhengHei"  # on every Windows that has PowerPoint
WIDE, HIGH, EDGE = 13.333, 7.5, 0.6
ROOM = WIDE - 2 * EDGE
TITLE, TOPIC = Box(EDGE, 0.68, ROOM, 1.12), Box(EDGE, 0.36, ROOM, 0.32)
TOLD, FOOT = Box(EDGE, 6.36, ROOM, 0.4), Box(EDGE, 6.88, ROOM, 0.36)
BODY_TOP, BODY_END = 1.98, 6.72
COVER, SUBTITLE = Box(1.2, 2.2, WIDE - 2.4, 1.6), Box(1.2, 3.95, WIDE - 2.4, 1.6)


def as_pptx(deck: Deck) -> bytes:
    """The deck as a PowerPoint file; the same deck gives the same bytes."""
    with words.speaking(deck.language):
        file = _template()
        cover, plain = file.slide_layouts
        for number, slide in enumerate(deck.slides, start=1):
            page = file.slides.add_slide(cover if slide.screen == "cover" else plain)
            _cover(page, slide, deck) if slide.screen == "cover" else _screen(page, slide, deck)
            _foot(page, slide, deck, number)
            _notes(page, slide, deck)
        _properties(file, deck)
        out = io.BytesIO()
        file.save(out)
    return zipped.settle(out.getvalue())


# The ground


def _template():
    """The library's template in 16:9, with the house's fonts and colours and only the two layouts in use."""
    file = Presentation()
    file.slide_width, file.slide_height = Inches(WIDE), Inches(HIGH)
    for layout in list(file.slide_layouts):
        if layout.name not in ("Title Slide", "Title Only"):
            file.slide_layouts.remove(layout)
    cover, plain = file.slide_layouts
    number = Box(WIDE - EDGE - 1, FOOT.y, 1, FOOT.h)
    for ground in (file.slide_master, cover, plain):
        for each in list(ground.placeholders):
            kind = each.placeholder_format.type.name
            if kind in ("TITLE", "CENTER_TITLE"):
                _put(each, COVER if kind == "CENTER_TITLE" else TITLE)
            elif kind == "SUBTITLE":
                _put(each, SUBTITLE)
            elif kind == "SLIDE_NUMBER":
                _put(each, number)
            elif kind == "BODY":
                _put(each, Box(EDGE, BODY_TOP, ROOM, BODY_END - BODY_TOP))
            else:
                each._element.getparent().remove(each._element)
    _theme(file)
    return file


def _put(shape, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = box.emu


def _theme(file) -> None:
    """Fonts and colours for what is typed and drawn in the file later on."""
    part = next(rel.target_part for rel in file.slide_master.part.rels.values() if rel.reltype.endswith("/theme"))
    theme = etree.fromstring(part.blob)
    for each in theme.iter(qn("a:latin"), qn("a:ea")):
        each.set("typeface", FONT)
    tones = {"dk1": look.INK, "lt1": look.WHITE, "dk2": look.MUTED, "lt2": look.GROUND, "hlink": look.ACCENT}
    tones |= {f"accent{n}": tone for n, tone in enumerate(look.SERIES, start=1)}
    for name, tone in tones.items():
        held = theme.find(f".//{qn('a:' + name)}")
        held[:] = [etree.Element(qn("a:srgbClr"), {"val": tone.removeprefix("#")})]
    part._blob = etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)


def _properties(file, deck: Deck) -> None:
    said, made = file.core_properties, zipped.naive(deck.made)
    said.title, said.subject, said.language = deck.title, deck.subtitle, native_text.LANGUAGES[deck.language]
    said.author = said.last_modified_by = t("frame.short")
    said.keywords, said.comments = deck.build, deck.simulated_mark if any(s.simulated for s in deck.slides) else ""
    said.created = said.modified = made
    said.revision = 1


# A slide


def _cover(page, slide: Slide, deck: Deck) -> None:
    native_text.write(page.shapes.title.text_frame, [[Run(slide.title, 44, bold=True)]], deck.language, anchor="bottom")
    said = [[Run(each, 24, look.MUTED)] for each in dict.fromkeys((slide.told, deck.subtitle)) if each]
    native_text.write(page.placeholders[1].text_frame, said, deck.language)


def _screen(page, slide: Slide, deck: Deck) -> None:
    language = deck.language
    place(page.shapes, TOPIC, [[Run(slide.topic, 16, look.ACCENT, True)]], language, name=slide.topic)
    size = next((size for size in (34, 30) if native_text.lines(slide.title, size, ROOM) <= 1), 28)
    native_text.write(page.shapes.title.text_frame, [[Run(slide.title, size, bold=True)]], language, anchor="top")
    told = Box(TOLD.x, TOLD.y, TOLD.w, TOLD.h)
    body = Box(EDGE, BODY_TOP if size == 28 else BODY_TOP - 0.35, ROOM, 0)
    if slide.told:
        tall = 0.36 * native_text.lines(slide.told, 18, ROOM)
        told = Box(TOLD.x, BODY_END - tall, ROOM, tall)
    body = Box(body.x, body.y, body.w, (told.y - 0.1 if slide.told else BODY_END) - body.y)
    picture = slide.chart or slide.grid or slide.map
    if slide.figures:
        body = _figures(page.shapes, slide.figures, body, language, bool(picture))
    if slide.chart:
        native_chart.draw(page.shapes, slide.chart, body, language, deck.made)
    elif slide.grid:
        _table(page.shapes, slide.grid, body, slide.title, language)
    elif slide.map:
        native_map.draw(page.shapes, slide.map, body, language)
    place(page.shapes, told, [[Run(slide.told, 18)]], language, anchor="bottom", name=slide.told[:40])


def _figures(shapes, figures: tuple[Figure, ...], body: Box, language: str, beside: bool) -> Box:
    """The key figures: by themselves in a row or two, beside a picture in a column or above it. Gives what is left."""
    count = len(figures)
    if not beside:
        across = 2 if count == 4 else count
        wide, high = body.w / across, min(body.h / -(-count // across), 2.9 if count < 4 else 9)
        top = body.y + (0.3 if count < 4 else 0)
        for n, each in enumerate(figures):
            box = Box(body.x + n % across * wide, top + n // across * high, wide - 0.3, high - 0.15)
            _figure(shapes, each, box, 72 if count < 3 else 60, language)
        return body
    if count > 2:
        for n, each in enumerate(figures):
            wide = body.w / count
            _figure(shapes, each, Box(body.x + n * wide, body.y, wide - 0.2, 1.65), 54, language)
        return Box(body.x, body.y + 1.75, body.w, body.h - 1.75)
    wide, high = 3.7, min(body.h / count, 2.6)
    for n, each in enumerate(figures):
        _figure(shapes, each, Box(body.x, body.y + n * high, wide, high - 0.15), 60 if count == 1 else 54, language)
    return Box(body.x + wide + 0.2, body.y, body.w - wide - 0.2, body.h)


def _figure(shapes, figure: Figure, box: Box, size: int, language: str) -> None:
    """Label, value with its unit, state as shape and word, and the notes, in one text box."""
    unit = size * (0.6 if figure.unit == "%" else 0.42)
    joined = "" if figure.unit == "%" or not figure.unit else " "
    while (
        size > 54 and native_text.width(figure.value, size) + native_text.width(joined + figure.unit, unit) > box.w * 72
    ):
        size, unit = size - 6, unit * 0.9
    # Where all of it would not fit, the words are smaller; the figure never is.
    room = box.h * 72 - (size + (20 if figure.state else 0)) * native_text.LINE
    told = [(18, 16), (16, 14), (16, 12)]
    label, note = next((each for each in told if _high(figure, *each, box.w) <= room), told[-1])
    value = [Run(figure.value, size, look.ACCENT, True), Run(joined + figure.unit, round(unit), look.ACCENT)]
    said = [
        [Run(figure.label, label, look.MUTED)],
        [each for each in value if each.text],
        native_text.state(figure.state, figure.word, 20, bold=True) if figure.state else [],
        *([Run(each, note)] for each in figure.notes),
    ]
    place(shapes, box, said, language, name=figure.label)


def _high(figure: Figure, label: int, note: int, wide: float) -> float:
    """About how high the words of a figure stand, in points."""
    texts = [(figure.label, label), *((each, note) for each in figure.notes)]
    return sum(native_text.lines(text, size, wide) * size * native_text.LINE for text, size in texts)


def _table(shapes, grid: Grid, body: Box, title: str, language: str) -> None:
    """A native table; where its rows would not fit, their text is smaller rather than cut."""
    room = body.h - (0.36 if grid.more else 0)
    size, high = next(
        ((size, high) for size in (18, 16, 14) if sum(high := _heights(grid, body.w, size)) <= room),
        (12, _heights(grid, body.w, 12)),
    )
    frame = shapes.add_table(len(grid.rows) + 1, len(grid.columns), *Box(body.x, body.y, body.w, sum(high)).emu)
    frame.name = title
    native_text.describe(frame, f"{title}。{grid.more}" if grid.more else title)
    table = frame.table
    table.horz_banding = False
    frame._element.find(
        f".//{qn('a:tableStyleId')}"
    ).text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid
    for column, held in zip(table.columns, grid.columns, strict=True):
        column.width = Inches(body.w * held.share)
    for row, each in zip(table.rows, high, strict=True):
        row.height = Inches(each)
    for column, held in enumerate(grid.columns):
        _cell(table.cell(0, column), [Run(held.title, size, look.WHITE, True)], held.align, look.INK, language)
        for row, cells in enumerate(grid.rows, start=1):
            cell = cells[column]
            plain = [Run(cell.text, size, bold=cell.strong)]
            runs = native_text.state(cell.state, cell.text, size, cell.strong) if cell.state else plain
            _cell(table.cell(row, column), runs, held.align, look.WHITE if row % 2 else look.GROUND, language)
    more = Box(body.x, body.y + sum(high) + 0.08, body.w, 0.3)
    place(shapes, more, [[Run(grid.more, 16, look.MUTED)]], language, name=grid.more)


def _heights(grid: Grid, wide: float, size: int) -> list[float]:
    """About how high each row is, in inches, the head first."""
    rows = [[each.title for each in grid.columns]]
    rows += [[("■ " if cell.state else "") + cell.text for cell in row] for row in grid.rows]
    rooms = [wide * column.share - 0.16 for column in grid.columns]
    most = [max(native_text.lines(text, size, room) for text, room in zip(row, rooms, strict=True)) for row in rows]
    return [each * size * native_text.LINE / 72 + 0.07 for each in most]


def _cell(cell, runs: list[Run], align: str, ground: str, language: str) -> None:
    cell.fill.solid()
    cell.fill.fore_color.rgb = colour(ground)
    cell.margin_left = cell.margin_right = Inches(0.08)
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    cell.vertical_anchor = native_text.ANCHOR["middle"]
    native_text.fill(cell.text_frame, [runs], language, align)


# What every slide has


def _foot(page, slide: Slide, deck: Deck, number: int) -> None:
    """How far the data reach, where they come from, the mark of simulated ones, and the number of the page."""
    language = deck.language
    left = [Run(slide.as_of, 14, look.MUTED)] if slide.as_of else []
    if slide.simulated:
        left.append(
            Run(f"{'　' if left else ''}{deck.simulated_mark}", 14, look.STATES["seriously_behind"].colour, True)
        )
    if slide.sources:
        said = words.said(
            t("taken_along.sources"), "、".join(slide.sources) if language == "zh" else ", ".join(slide.sources)
        )
        size = 14 if native_text.width("".join(run.text for run in left) + said, 14) < (ROOM - 1.2) * 72 else 12
        left.append(Run(f"{'　' if left else ''}{said}", size, look.MUTED))
    place(page.shapes, Box(FOOT.x, FOOT.y, ROOM - 1.2, FOOT.h), [left], language, anchor="middle", name=slide.as_of)
    _number(page, number, language)


def _number(page, number: int, language: str) -> None:
    """The page number as a field, so that it stays right when slides are moved."""
    held = next(each for each in page.slide_layout.placeholders if each.placeholder_format.type.name == "SLIDE_NUMBER")
    shape = page.shapes.add_textbox(*Box(WIDE - EDGE - 1, FOOT.y, 1, FOOT.h).emu)
    shape.name = held.name
    native_text.write(shape.text_frame, [[Run(str(number), 14, look.MUTED)]], language, "right", "middle")
    run = shape.text_frame.paragraphs[0].runs[0]._r
    run.tag = qn("a:fld")
    run.set("id", "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}")
    run.set("type", "slidenum")
    place_holder = etree.SubElement(shape._element.nvSpPr.nvPr, qn("p:ph"))
    place_holder.set("type", "sldNum")
    place_holder.set("sz", "quarter")
    place_holder.set("idx", str(held.placeholder_format.idx))


def _notes(page, slide: Slide, deck: Deck) -> None:
    said = list(dict.fromkeys(each for each in (slide.told, *slide.notes) if each))
    if not said:
        return
    frame = page.notes_slide.notes_text_frame
    native_text.fill(frame, [[Run(each, 14)] for each in said], deck.language)
