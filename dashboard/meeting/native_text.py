"""How is a text set in PowerPoint? As runs that say their language, in the fonts of the theme and the house's ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Inches, Pt

from dashboard import look

LANGUAGES = {"zh": "zh-TW", "en": "en-US"}
ALIGN = {"left": PP_ALIGN.LEFT, "right": PP_ALIGN.RIGHT, "center": PP_ALIGN.CENTER}
ANCHOR = {"top": MSO_ANCHOR.TOP, "middle": MSO_ANCHOR.MIDDLE, "bottom": MSO_ANCHOR.BOTTOM}
# Two bars that a projector shows: the thin ‖ of the house is lost on it, and the fonts of Office have these.
ICONS = {name: state.icon for name, state in look.STATES.items()} | {"halted": "▌▌"}
LINE = 1.15  # of the text's size: the fonts of Office differ in their own
WIDE = 0x2E7F  # letters above it are as wide as high


class Box(NamedTuple):
    """A place on the slide, in inches."""

    x: float
    y: float
    w: float
    h: float

    @property
    def emu(self) -> tuple[int, int, int, int]:
        return tuple(Inches(each) for each in self)


@dataclass(frozen=True)
class Run:
    """A stretch of text in one size (points) and colour."""

    text: str
    size: float = 16
    colour: str = look.INK
    bold: bool = False


def colour(code: str) -> RGBColor:
    return RGBColor.from_string(code.removeprefix("#"))


def width(text: str, size: float) -> float:
    """About how wide a text is, in points."""
    return sum(1.0 if ord(letter) > WIDE else 0.58 for letter in text) * size


def lines(text: str, size: float, room: float) -> int:
    """About how many lines a text takes in `room` inches."""
    return max(1, -(-int(width(text, size)) // max(1, int(room * 72))))


def write(frame, paragraphs: Sequence[Sequence[Run]], language: str, align: str = "left", anchor: str = "top") -> None:
    """Set the paragraphs of a text frame, without margins of its own."""
    frame.word_wrap = True
    frame.vertical_anchor = ANCHOR[anchor]
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    fill(frame, paragraphs, language, align)


def fill(frame, paragraphs: Sequence[Sequence[Run]], language: str, align: str = "left") -> None:
    """Set the paragraphs of a text frame as they are given, whatever the frame's own ways are."""
    for place, runs in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
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
    """A text box on a slide; nothing at all where there is nothing to say."""
    said = [runs for runs in paragraphs if any(run.text for run in runs)]
    if not said:
        return None
    shape = shapes.add_textbox(*box.emu)
    if name:
        shape.name = name
    write(shape.text_frame, said, language, align, anchor)
    return shape


def state(name: str, word: str, size: float, bold: bool = False) -> list[Run]:
    """A state as its shape in its colour, and its word."""
    return [Run(f"{ICONS[name]} ", size, look.STATES[name].colour, True), Run(word, size, bold=bold)]


def describe(shape, text: str) -> None:
    """What a reader aloud says in place of a picture."""
    shape._element._nvXxPr.cNvPr.set("descr", text)
