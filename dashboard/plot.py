"""How does a figure reach the browser? As markup that a small script of the house has Plotly's basic bundle draw.

Streamlit's own chart element brings Plotly's full bundle (4.7 MB) and builds every chart anew; see docs/decisions/0018.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import streamlit as st
from markupsafe import Markup
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

FOLDER = Path(__file__).parent / "browser"
SCRIPTS = ("chart.js", "plotly-basic.min.js")
OF = "dashboard"
CHART = Markup(
    '<div class="chart" role="figure" aria-label="{alt}" data-key="{key}" data-told="{told}"'
    ' style="height:{high}px"></div>'
)


@functools.cache
def name() -> str:
    """The name of the component that hears clicks. It is in the address of the scripts: other scripts, another one."""
    content = b"".join((FOLDER / each).read_bytes() for each in SCRIPTS)
    return f"chart-{hashlib.sha256(content).hexdigest()[:12]}"


def addresses() -> dict[str, Path]:
    """Where the browser finds the scripts."""
    return {f"/_stcore/bidi-components/{OF}.{name()}/{each}": FOLDER / each for each in SCRIPTS}


def draw(key: str, figure: dict, config: dict, alt: str, take: Callable[[list], None] | None = None) -> None:
    """Draw a figure; `take` is told the codes of a mark that is clicked, before the page is drawn anew."""
    told = config | {"figure": figure, "clicks": take is not None}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=dt.date.isoformat)
    st.html(CHART.format(alt=alt, key=key, told=text, high=figure["layout"]["height"]))
    if take:
        st.session_state.setdefault("takes", {})[key] = take


def hear() -> None:
    """Put the one component on the page that tells of clicks, on all its charts."""
    st.session_state["takes"] = {}
    manager = get_bidi_component_manager()
    if manager.get_component_path(f"{OF}.{name()}") is None:  # of this server; a test has one of its own
        here = ComponentManifest(OF, "1", [ComponentConfig(name(), FOLDER.name)])
        manager.register_from_manifest(here, FOLDER.parent)
    with st.container(key="marks"):
        _component()(key="mark", on_click_change=_clicked)


def _clicked() -> None:
    mark = st.session_state["mark"]["click"]
    if take := st.session_state.get("takes", {}).get(mark["key"]):
        take(mark["codes"] if isinstance(mark["codes"], list) else [mark["codes"]])


@functools.cache
def _component() -> Callable:
    return st.components.v2.component(f"{OF}.{name()}", js=SCRIPTS[0], isolate_styles=False)
