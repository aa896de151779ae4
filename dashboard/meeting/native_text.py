"""How is a text set in PowerPoint? As runs that say their language, in the fonts of the theme and the house's ink."""

from __future__ import annotations

from collections.abc import Sequence

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Inches, Pt

from dashboard.meeting.layout import LINE, Box, Run

LANGUAGES = {"zh": "zh-TW", "en": "en-US"}
ALIGN = {"left": PP_ALIGN.LEFT, "right": PP_ALIGN.RIGHT, "center": PP_ALIGN.CENTER}
ANCHOR = {"top": MSO_ANCHOR.TOP, "middle": MSO_ANCHOR.MIDDLE, "bottom": MSO_ANCHOR.BOTTOM}


def emu(box: Box) -> tuple[int, int, int, int]:
    """A place in the units of the file."""
    return tuple(Inches(each) for each in box)


def colour(code: str) -> RGBColor:
    return RGBColor.from_string(code.removeprefix("#"))


def write(frame, paragraphs: Sequence[Sequence[Run]], language: str, align: str = "left", anchor: str = "top") -> None:
    """Set the paragraphs of a text frame, without margins of its own."""
    frame.word_wrap = True
    frame.vertical_anchor = ANCHOR[anchor]
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    fill(frame, paragraphs, language, align)


def fill(frame, paragraphs: Sequence[Sequence[Run]], language: str, align: str = "left") -> None:
    """Set the paragraphs of a text frame as they are given, whatever the frame's own ways are."""
    for n, runs in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
        paragraph.alignment = ALIGN[align]
        if runs:
            paragraph.line_spacing = Pt(round(max(run.size for run in runs) * LINE, 1))
        for each in runs:
            run = paragraph.add_run()
            run.text = each.text
            run.font.size, run.font.bold = Pt(each.size), each.bold
            run.font.color.rgb = colour(each.colour)
            speak(run._r.get_or_add_rPr(), language)


def speak(properties, language: str) -> None:
    """Say the language of a run: the spelling checker, the reader aloud and the choice of glyphs go by it."""
    properties.set("lang", LANGUAGES[language])
    properties.set("altLang", LANGUAGES["en" if language == "zh" else "zh"])


def place(shapes, box: Box, paragraphs, language: str, align: str = "left", anchor: str = "top", name: str = ""):
    """A text box on a slide."""
    shape = shapes.add_textbox(*emu(box))
    if name:
        shape.name = name
    write(shape.text_frame, paragraphs, language, align, anchor)
    return shape


def describe(shape, text: str) -> None:
    """What a reader aloud says in place of a picture."""
    shape._element._nvXxPr.cNvPr.set("descr", text)
