"""What does the meeting look like as an open document? An ODP of the same slides: native text and tables, drawn charts.

The government's own format (ODF-CNS15251). Charts and map are drawings with their text in words beside them; their
figures are in the workbook.
"""

from __future__ import annotations

import io
import re

from odfdo import Document, DrawPage, Element, Frame, Paragraph, Span

from dashboard import look, words
from dashboard.meeting import district_map, drawings, layout, zipped
from dashboard.meeting.layout import Box, Run
from dashboard.meeting.model import Chart, Deck, Slide

FONT = "Noto Sans TC"
LANGUAGES = {"zh": ("zh", "TW"), "en": ("en", "US")}
UNIT = 96  # of a drawing, in an inch
# LibreOffice paints an edge over its letters, not under them: a white one would hide the text.
HALO = re.compile(r' stroke="[^"]*" stroke-width="[^"]*" stroke-linejoin="round" paint-order="stroke"')
# Another font may stand in for the house's and be wider: what is written at the right has this much of the width left.
ASIDE = 0.08
SIZE = 19  # of a drawing's text, in its units: 14 points


def as_odp(deck: Deck) -> bytes:
    """The deck as an open presentation; the same deck gives the same bytes."""
    with words.speaking(deck.language):
        file = Document("presentation")
        _ground(file, deck)
        pages = _Pages(file, deck)
        file.body.clear()
        for number, slide in enumerate(deck.slides, start=1):
            file.body.append(pages.page(slide, number))
        out = io.BytesIO()
        file.save(out)
    return zipped.settle(out.getvalue())


def _ground(file: Document, deck: Deck) -> None:
    """16:9, no clock, no pictures of another deck; the language of the whole."""
    for each in file.styles.get_elements("//style:page-layout-properties"):
        if each.get_attribute("fo:page-height") == "21cm":  # the slides' own, not that of the notes
            each.set_attribute("fo:page-width", f"{layout.WIDE}in")
            each.set_attribute("fo:page-height", f"{layout.HIGH}in")
    code, country = LANGUAGES[deck.language]
    for each in file.styles.get_elements("//style:default-style/style:text-properties"):
        for suffix in ("", "-asian"):
            prefix = "style" if suffix else "fo"
            each.set_attribute(f"{prefix}:language{suffix}", code)
            each.set_attribute(f"{prefix}:country{suffix}", country)
    for each in file.content.get_elements("//office:automatic-styles/*"):
        each.delete()
    file.meta.title, file.meta.subject, file.meta.language = deck.title, deck.subtitle, f"{code}-{country}"
    file.meta.creation_date = file.meta.date = zipped.naive(deck.made)
    file.meta.generator = "odfdo"
    for each in file.meta.get_elements("//meta:template"):
        each.delete()


class _Pages:
    """The pages of a file, and the styles that they have needed so far."""

    def __init__(self, file: Document, deck: Deck):
        self.file, self.deck = file, deck
        self.styles = file.content.get_element("//office:automatic-styles")
        self.named: dict[tuple, str] = {}

    def page(self, slide: Slide, number: int) -> DrawPage:
        style = self.style("drawing-page", {"drawing-page": {
            "presentation:display-page-number": "false", "presentation:display-footer": "false",
            "presentation:display-date-time": "false", "presentation:background-visible": "true",
        }})  # fmt: skip
        page = DrawPage(f"page{number}", f"{number} {slide.title}"[:60], "presentation", style=style)
        for part in layout.parts(slide, self.deck):
            page.append(self.part(part, slide))
        page.append(self.text(layout.Words(
            layout.NUMBER, ((Run(str(number), 14, look.MUTED),),), "number", "right", "middle")))  # fmt: skip
        if said := layout.notes(slide):
            page.append(self.notes(said))
        return page

    def part(self, part: layout.Part, slide: Slide) -> Frame:
        match part:
            case layout.Words():
                return self.text(part)
            case layout.Rows():
                return self.table(part, slide)
        return self.picture(part)

    def text(self, part: layout.Words) -> Frame:
        role = part.role or None
        family, parent = ("presentation", f"presentation-{role}") if role else ("graphic", "standard")
        style = self.style(family, {"graphic": {
            "draw:stroke": "none", "draw:fill": "none", "fo:padding": "0in", "fo:min-height": f"{part.box.h:.3f}in",
            "draw:auto-grow-height": "false", "fo:wrap-option": "wrap", "draw:textarea-horizontal-align": "justify",
            "draw:textarea-vertical-align": part.anchor,
        }}, parent)  # fmt: skip
        said = [self.paragraph(runs, part.align) for runs in part.paragraphs if runs]
        frame = Frame.text_frame(said, name=part.name or None, **self.at(part.box), presentation_class=role)
        frame.set_attribute("presentation:style-name" if role else "draw:style-name", style)
        return frame

    def paragraph(self, runs: tuple[Run, ...], align: str) -> Paragraph:
        way = {"left": "start", "right": "end", "center": "center"}[align]
        style = self.style("paragraph", {"paragraph": {
            "fo:text-align": way, "fo:margin-left": "0in", "fo:margin-top": "0in", "fo:margin-bottom": "0in",
            "fo:text-indent": "0in", "fo:line-height": f"{max(run.size for run in runs) * layout.LINE:.1f}pt",
        }})  # fmt: skip
        paragraph = Paragraph("", style=style)
        for run in runs:
            paragraph.append(Span(run.text, style=self.run(run)))
        return paragraph

    def run(self, run: Run) -> str:
        said = {"fo:color": run.colour}
        for prefix, suffix in (("fo", ""), ("style", "-asian")):
            said[f"{prefix}:font-size{suffix}"] = f"{run.size}pt"
            said[f"{prefix}:font-weight{suffix}"] = "bold" if run.bold else "normal"
            said[f"{prefix}:font-family{suffix}"] = FONT
            said[f"{prefix}:language{suffix}"], said[f"{prefix}:country{suffix}"] = LANGUAGES[self.deck.language]
        return self.style("text", {"text": said})

    def table(self, part: layout.Rows, slide: Slide) -> Frame:
        """A native table. By its elements: the library's own has styles for text documents and sheets alone."""
        grid, size = part.grid, part.size
        table = Element.from_tag("table:table")
        for column in grid.columns:
            wide = {"style:column-width": f"{part.box.w * column.share:.3f}in"}
            table.append(self.styled("table-column", {"table-column": wide}))
        rows: list[list[tuple[Run, ...]]] = [[(Run(each.title, size, look.WHITE, True),) for each in grid.columns]]
        for cells in grid.rows:
            rows.append([
                layout.state(cell.state, cell.text, size, cell.strong) if cell.state
                else (Run(cell.text, size, bold=cell.strong),)
                for cell in cells
            ])  # fmt: skip
        for n, (cells, high) in enumerate(zip(rows, part.heights, strict=True)):
            row = self.styled("table-row", {"table-row": {"style:row-height": f"{high:.3f}in"}})
            tone = look.INK if n == 0 else look.WHITE if n % 2 else look.GROUND
            for runs, column in zip(cells, grid.columns, strict=True):
                cell = self.styled("table-cell", {
                    "graphic": {"draw:fill": "solid", "draw:fill-color": tone, "fo:padding-left": "0.08in",
                                "draw:textarea-vertical-align": "middle", "fo:padding-right": "0.08in",
                                "fo:padding-top": "0.03in", "fo:padding-bottom": "0.03in"},
                    "paragraph": {"fo:border": f"0.5pt solid {look.PALE}"},
                })  # fmt: skip
                cell.append(self.paragraph(runs, column.align))
                row.append(cell)
            table.append(row)
        frame = Frame(name=slide.key, **self.at(part.box))
        frame.append(table)
        return self.described(frame, slide.title, grid.more)

    def styled(self, kind: str, properties: dict[str, dict[str, str]]) -> Element:
        """An element of a table in its style."""
        held = Element.from_tag(f"table:{kind}")
        held.set_attribute("table:style-name", self.style(kind, properties))
        return held

    def picture(self, part: layout.Picture) -> Frame:
        box, what = part.box, part.what
        wide, high = round(box.w * UNIT), round(box.h * UNIT)
        if isinstance(what, Chart):
            drawn = drawings.draw(what, room := round(wide * (1 - ASIDE)), high, SIZE)
            drawn = str(drawn).replace(f'"0 0 {room} {high}" width="{room}"', f'"0 0 {wide} {high}" width="{wide}"', 1)
        else:
            drawn = district_map.draw_map(what, wide, high, SIZE, self.deck.language)
        address = self.file.add_file(io.BytesIO(HALO.sub("", str(drawn)).encode()))
        style = self.style("graphic", {"graphic": {"draw:stroke": "none", "draw:fill": "none"}}, parent="standard")
        frame = Frame.image_frame(address, name=what.alt, style=style, **self.at(box))
        return self.described(frame, what.alt, getattr(what, "gap", ""))

    def described(self, frame: Frame, title: str, more: str) -> Frame:
        """What a reader aloud says of it."""
        for tag, text in (("svg:title", title), ("svg:desc", more or title)):
            said = Element.from_tag(tag)
            said.text = text
            frame.append(said)
        return frame

    def notes(self, said: list[str]) -> Element:
        notes = Element.from_tag("presentation:notes")
        style = self.style("presentation", {"graphic": {"draw:fill": "none"}}, parent="presentation-notes")
        paragraphs = [self.paragraph((Run(each, 14),), "left") for each in said]
        frame = Frame.text_frame(paragraphs, size=("6.6in", "5.2in"), position=("0.8in", "5.5in"),
                                 presentation_class="notes", presentation_style=style)  # fmt: skip
        notes.append(frame)
        return notes

    def at(self, box: Box) -> dict:
        return {"position": (f"{box.x:.3f}in", f"{box.y:.3f}in"), "size": (f"{box.w:.3f}in", f"{box.h:.3f}in"),
                "layer": "layout"}  # fmt: skip

    def style(self, family: str, properties: dict[str, dict[str, str]], parent: str = "") -> str:
        """The name of an automatic style of these properties; made when it is first asked for."""
        key = (family, parent, repr(properties))
        if key not in self.named:
            name = self.named[key] = f"s{len(self.named) + 1}"
            style = Element.from_tag("style:style")
            for attribute, value in (("name", name), ("family", family), ("parent-style-name", parent)):
                if value:
                    style.set_attribute(f"style:{attribute}", value)
            for kind, held in properties.items():
                part = Element.from_tag(f"style:{kind}-properties")
                for attribute, value in held.items():
                    part.set_attribute(attribute, value)
                style.append(part)
            self.styles.append(style)
        return self.named[key]
