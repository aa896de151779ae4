"""What did the reader press in the markup of the house: a mark of a chart, or a button below it?

Streamlit's own buttons and popovers cost the browser more than the charts do: one under each figure is two hundred
pieces of a page. Here they are markup, and one component on the page tells the server which was pressed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import streamlit as st
from markupsafe import Markup
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from dashboard import plot

BUTTON = Markup(
    '<button class="do" type="button" data-key="{key}"><span aria-hidden="true">{icon}</span>{label}</button>'
)


def button(key: str, label: str, icon: str, show: Callable[[], None]) -> Markup:
    """A button that opens a dialog: `show` runs by itself, nothing else is drawn anew."""
    _known()[key] = show, True
    return BUTTON.format(key=key, label=label, icon=icon)


def mark(key: str, take: Callable[..., None]) -> None:
    """What a click on a mark of the chart `key` does with its codes, before the page is drawn anew."""
    _known()[key] = take, False


def begin() -> None:
    """Before a page is drawn: what was there to be pressed is forgotten."""
    st.session_state["heard"] = {}


def listen() -> None:
    """The page listens to what is pressed."""
    manager = get_bidi_component_manager()
    if manager.get_component_path(f"{plot.OF}.{plot.name()}") is None:  # of this server; a test has one of its own
        here = ComponentManifest(plot.OF, "1", [ComponentConfig(plot.name(), plot.FOLDER.name)])
        manager.register_from_manifest(here, plot.FOLDER.parent)
    with st.container(key="heard_here"):
        _listen()


@st.fragment
def _listen() -> None:
    _component()(key="pressed", on_press_change=_press)
    if show := st.session_state.pop("to_show", None):
        show()
    elif st.session_state.pop("to_draw", False):
        st.rerun()


def _press() -> None:
    told = st.session_state["pressed"]["press"]
    does, shows = _known().get(told["key"], (None, False))
    if shows:
        st.session_state["to_show"] = does
    elif does:
        codes = told["codes"]
        does(*(codes if isinstance(codes, list) else [codes]))
        st.session_state["to_draw"] = True


def _known() -> dict[str, tuple[Callable[..., None], bool]]:
    return st.session_state.setdefault("heard", {})


@functools.cache
def _component() -> Callable:
    return st.components.v2.component(f"{plot.OF}.{plot.name()}", js=plot.SCRIPTS[0], isolate_styles=False)
