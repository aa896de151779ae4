"""How does a figure reach the browser? As text for a small component of the house, which Plotly's basic bundle draws.

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
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

FOLDER = Path(__file__).parent / "browser"
SCRIPTS = ("chart.js", "plotly-basic.min.js")


@functools.cache
def name() -> str:
    """The component's name, which is in the address of its files: other files, another address."""
    content = b"".join((FOLDER / each).read_bytes() for each in SCRIPTS)
    return f"dashboard.chart-{hashlib.sha256(content).hexdigest()[:12]}"


def addresses() -> dict[str, Path]:
    """Where the browser finds the component's scripts."""
    return {f"/_stcore/bidi-components/{name()}/{each}": FOLDER / each for each in SCRIPTS}


def draw(key: str, figure: dict, config: dict, alt: str, take: Callable[[], None] | None) -> None:
    """Draw a figure. `take` is called when a mark is clicked; its codes are `st.session_state[key]["click"]`."""
    told = {"figure": figure, "config": config, "alt": alt, "clicks": take is not None}
    # As text: Streamlit would write a dict twice, and its browser side would compare two of them by parsing both.
    data = json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=dt.date.isoformat)
    _register()
    _component()(key=key, data=data, **({"on_click_change": take} if take else {}))


@functools.cache
def _component() -> Callable:
    return st.components.v2.component(name(), js="chart.js", isolate_styles=False)


def _register() -> None:
    manager = get_bidi_component_manager()
    if manager.get_component_path(name()) is None:  # of this server; a test has one of its own for each page
        of, _, called = name().partition(".")
        manager.register_from_manifest(ComponentManifest(of, "1", [ComponentConfig(called, FOLDER.name)]), FOLDER.parent)
