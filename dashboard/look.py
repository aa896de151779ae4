"""Which colours, shapes and sizes does the house use? The one place besides `.streamlit/config.toml`.

Read from ten metres, trusted from one: states differ by shape and word as well as by colour, in a set that
colour-blind people can tell apart.
"""

from __future__ import annotations

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


@dataclass(frozen=True)
class State:
    """A state's colour, and the shape that says it without colour; `text` is what reads on the colour."""

    colour: str
    icon: str
    text: str = WHITE


# ‖ and not ⏸: the common Chinese fonts lack the latter and print an empty box.
STATES = {
    "ahead": State("#0072B2", "▲"),
    "on_schedule": State("#00806A", "●"),
    "behind": State("#E69F00", "◆", INK),
    "seriously_behind": State("#C2410C", "■"),
    "halted": State("#7B2D6B", "‖"),
    "not_filed": State("#6B7280", "○"),
    "completed": State("#334155", "✔"),
}


def apply() -> None:
    """Put the style sheet and the name of the house on the page. Constant text: nothing from the data goes in."""
    st.logo(str(HERE / f"logo-{language()}.svg"), size="large")
    st.html(HERE / "look.css")
    # Streamlit says that its page is English: a reader aloud and the choice of glyphs go by this.
    spoken = {"zh": "zh-Hant-TW", "en": "en"}[language()]
    st.html(f"<script>document.documentElement.lang = '{spoken}'</script>", unsafe_allow_javascript=True)
