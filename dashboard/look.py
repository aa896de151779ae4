"""Which colours, shapes and sizes does the house use? The one place besides `.streamlit/config.toml`.

Read from ten metres, trusted from one: states differ by shape and word as well as by colour, in a set that
colour-blind people can tell apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard.words import language

HERE = Path(__file__).parent
INK = "#16213A"
MUTED = "#4A5568"
GREY = "#8A94A6"
PALE = "#D5DAE1"
GROUND = "#F6F7F9"
WHITE = "#FFFFFF"
ACCENT = "#0B5FA5"
FONT = "'Noto Sans TC', 'Microsoft JhengHei', 'PingFang TC', 'Noto Sans CJK TC', sans-serif"
# At most six by colour, then grey「其他」. Each reads on white beside its neighbours, in grey print too.
SERIES = (ACCENT, "#E69F00", "#00806A", "#7B2D6B", "#C2410C", "#56A0D3")
REST = "#A9B1BD"
COLOURED = 400  # rows; of more, styling takes longer than the rest of the page


@dataclass(frozen=True)
class State:
    """A state's colour, and the shape that says it without colour; `text` is what reads on the colour."""

    colour: str
    icon: str
    text: str = WHITE


# ▍▍ and not ⏸: the common Chinese fonts lack the latter and print an empty box; ‖ is too faint to be seen.
STATES = {
    "ahead": State("#0072B2", "▲"),
    "on_schedule": State("#00806A", "●"),
    "behind": State("#E69F00", "◆", INK),
    "seriously_behind": State("#C2410C", "■"),
    "halted": State("#7B2D6B", "▍▍"),
    "not_filed": State("#6B7280", "○"),
    "completed": State("#334155", "✔"),
}
# Each state as a shape, in a square of 96: "named" is a real site without a state, "" none at all.
SHAPES = {
    "ahead": '<path d="M48 22 72 68H24Z" {}/>',
    "on_schedule": '<circle cx="48" cy="48" r="23" {}/>',
    "behind": '<path d="M48 19 77 48 48 77 19 48Z" {}/>',
    "seriously_behind": '<path d="M25 25H71V71H25Z" {}/>',
    "halted": '<path d="M26 24H43V72H26ZM53 24H70V72H53Z" {}/>',
    "not_filed": '<circle cx="48" cy="48" r="20" {hollow}/>',
    "completed": '<path d="M24 50 41 68 74 30" {line}/>',
    "named": '<path d="M48 16 57 39 81 40 62 55 69 79 48 65 27 79 34 55 15 40 39 39Z" {}/>',
    "": '<path d="M28 43H68V53H28Z" {}/>',
}


def shape(state: str, outline: bool = True) -> str:
    """A state's shape as SVG in a square of 96; `outline` sets it off from what it stands on. "named" and "" too."""
    colour = STATES[state].colour if state in STATES else ACCENT if state else GREY
    edge = f'stroke="{WHITE}" stroke-width="7" stroke-linejoin="round" paint-order="stroke"' if outline else ""
    plain = SHAPES[state]
    if state == "not_filed":
        drawn = plain.format(hollow=f'fill="{WHITE}" stroke="{colour}" stroke-width="8"')
        return plain.format(hollow=f'fill="none" stroke="{WHITE}" stroke-width="15"') + drawn if outline else drawn
    if state == "completed":
        line = 'fill="none" stroke-linecap="round" stroke-linejoin="round" stroke="{}" stroke-width="{}"'
        drawn = plain.format(line=line.format(colour, 11))
        return plain.format(line=line.format(WHITE, 20)) + drawn if outline else drawn
    return plain.format(f'fill="{colour}" {edge}')


def coloured(rows: Sequence[Mapping[str, object]]) -> object:
    """Rows for a list, the cells that begin with a state's shape in its colour; a very long list stays plain."""
    shapes = {state.icon: f"background-color: {state.colour}; color: {state.text}" for state in STATES.values()}
    heads = [name for name, cell in rows[0].items() if str(cell).split(" ")[0] in shapes]
    if not heads or len(rows) > COLOURED:
        return rows
    import pandas  # takes a third of a second, and few lists have states

    styled = pandas.DataFrame(rows).style
    return styled.map(lambda cell: shapes.get(str(cell).split(" ")[0], ""), subset=heads)


def apply() -> None:
    """Put the name of the house on the page; its style sheet is in the page already (`static.page`)."""
    st.logo(str(HERE / f"logo-{language()}.svg"), size="large")
    # Streamlit says that its page is English: a reader aloud and the choice of glyphs go by this.
    spoken = {"zh": "zh-Hant-TW", "en": "en"}[language()]
    st.html(f"<script>document.documentElement.lang = '{spoken}'</script>", unsafe_allow_javascript=True)
