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
from dashboard.meeting import layout, native_chart, native_map, native_text, zipped
from dashboard.meeting.layout import Box, Run
from dashboard.meeting.model import Chart, Deck, Slide
from dashboard.meeting.native_text import colour, place
from dashboard.words import t

FONT = "Microsoft JhengHei"  # on every Windows that has PowerPoint
NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # of tables: no style, no grid


def as_pptx(deck: Deck) -> bytes:
    """The deck as a PowerPoint file; the same deck gives the same bytes."""
    with words.speaking(deck.language):
        file = _template()
        cover, plain = file.slide_layouts
        for number, slide in enumerate(deck.slides, start=1):
            page = file.slides.add_slide(cover if slide.screen == "cover" else plain)
            for part in layout.parts(slide, deck):
                _draw(page, part, slide.title, deck)
            _number(page, number, deck.language)
            _notes(page, slide, deck)
        _properties(file, deck)
        out = io.BytesIO()
        file.save(out)
    return zipped.settle(out.getvalue())


# The ground


def _template():
    """The library's template in 16:9, with the house's fonts and colours and only the two layouts in use."""
    file = Presentation()
    file.slide_width, file.slide_height = Inches(layout.WIDE), Inches(layout.HIGH)
    for each in list(file.slide_layouts):
        if each.name not in ("Title Slide", "Title Only"):
            file.slide_layouts.remove(each)
    cover, plain = file.slide_layouts
    for ground in (file.slide_master, cover, plain):
        for each in list(ground.placeholders):
            kind = each.placeholder_format.type.name
            if kind in ("TITLE", "CENTER_TITLE"):
                _put(each, layout.COVER if kind == "CENTER_TITLE" else layout.TITLE)
            elif kind == "SUBTITLE":
                _put(each, layout.SUBTITLE)
            elif kind == "SLIDE_NUMBER":
                _put(each, layout.NUMBER)
            elif kind == "BODY":
                _put(each, layout.BODY)
            else:
                each._element.getparent().remove(each._element)
    _theme(file)
    return file


def _put(shape, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = native_text.emu(box)


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


def _draw(page, part: layout.Part, title: str, deck: Deck) -> None:
    language = deck.language
    match part:
        case layout.Words(role="title"):
            native_text.write(page.shapes.title.text_frame, part.paragraphs, language, anchor=part.anchor)
        case layout.Words(role="subtitle"):
            native_text.write(page.placeholders[1].text_frame, part.paragraphs, language)
        case layout.Words():
            place(page.shapes, part.box, part.paragraphs, language, part.align, part.anchor, part.name)
        case layout.Rows():
            _table(page.shapes, part, title, language)
        case layout.Picture(what=Chart()):
            native_chart.draw(page.shapes, part.what, part.box, language, deck.made)
        case layout.Picture():
            native_map.draw(page.shapes, part.what, part.box, language)


def _table(shapes, part: layout.Rows, title: str, language: str) -> None:
    grid, size = part.grid, part.size
    frame = shapes.add_table(len(grid.rows) + 1, len(grid.columns), *native_text.emu(part.box))
    frame.name = title
    native_text.describe(frame, f"{title}。{grid.more}" if grid.more else title)
    table = frame.table
    table.horz_banding = False
    frame._element.find(f".//{qn('a:tableStyleId')}").text = NO_STYLE
    for column, held in zip(table.columns, grid.columns, strict=True):
        column.width = Inches(part.box.w * held.share)
    for row, each in zip(table.rows, part.heights, strict=True):
        row.height = Inches(each)
    for column, held in enumerate(grid.columns):
        _cell(table.cell(0, column), [Run(held.title, size, look.WHITE, True)], held.align, look.INK, language)
        for row, cells in enumerate(grid.rows, start=1):
            cell = cells[column]
            plain = [Run(cell.text, size, bold=cell.strong)]
            runs = layout.state(cell.state, cell.text, size, cell.strong) if cell.state else plain
            _cell(table.cell(row, column), runs, held.align, look.WHITE if row % 2 else look.GROUND, language)


def _cell(cell, runs: list[Run], align: str, ground: str, language: str) -> None:
    cell.fill.solid()
    cell.fill.fore_color.rgb = colour(ground)
    cell.margin_left = cell.margin_right = Inches(0.08)
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    cell.vertical_anchor = native_text.ANCHOR["middle"]
    native_text.fill(cell.text_frame, [runs], language, align)


def _number(page, number: int, language: str) -> None:
    """The page number as a field, so that it stays right when slides are moved."""
    held = next(each for each in page.slide_layout.placeholders if each.placeholder_format.type.name == "SLIDE_NUMBER")
    shape = page.shapes.add_textbox(*native_text.emu(layout.NUMBER))
    shape.name = held.name
    native_text.write(shape.text_frame, [[Run(str(number), 14, look.MUTED)]], language, "right", "middle")
    run = shape.text_frame.paragraphs[0].runs[0]._r
    run.tag = qn("a:fld")
    run.set("id", "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}")
    run.set("type", "slidenum")
    del shape._element.nvSpPr.cNvSpPr.attrib["txBox"]  # a placeholder is no text box
    place_holder = etree.SubElement(shape._element.nvSpPr.nvPr, qn("p:ph"))
    place_holder.set("type", "sldNum")
    place_holder.set("sz", "quarter")
    place_holder.set("idx", str(held.placeholder_format.idx))


def _notes(page, slide: Slide, deck: Deck) -> None:
    if said := layout.notes(slide):
        frame = page.notes_slide.notes_text_frame
        native_text.fill(frame, [[Run(each, 14)] for each in said], deck.language)
