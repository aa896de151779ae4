"""What did the reader press or choose in the markup of the house: a mark of a chart, a button, an option of a list?

Streamlit's own buttons and popovers cost the browser more than the charts do: one under each figure is two hundred
pieces of a page. Here they are markup, and two components on the page tell the server: one runs a dialog alone, the
other the page below the frame.
"""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import Callable

import streamlit as st
from markupsafe import Markup
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException

from dashboard import plot
from dashboard.words import t

MOST, LONGEST = 4, 60  # codes of a mark, characters of a code
BUTTON = Markup(
    '<button class="do" type="button" data-key="{key}"><span aria-hidden="true">{icon}</span>{label}</button>'
)
GOING = Markup(
    '<button class="going" type="button" data-key="{key}"><span aria-hidden="true">{icon}</span>{label}</button>'
)


def button(key: str, label: str, icon: str, show: Callable[[], None]) -> Markup:
    """A button that opens a dialog: `show` runs by itself, nothing else is drawn anew."""
    _known()[key] = show, True
    return BUTTON.format(key=key, label=label, icon=icon)


def pressed(key: str, label: str, icon: str) -> tuple[Markup, bool]:
    """A button that draws the page anew, and whether it was pressed just now."""
    mark(key, lambda code: st.session_state.__setitem__(f"pressed-{key}", True))
    drawn = GOING.format(key=key, label=label, icon=icon)
    return drawn, st.session_state.pop(f"pressed-{key}", False)


def instead(show: Callable[[], None]) -> None:
    """In a dialog: it closes, and what `show` opens takes its place. Ends this run."""
    st.session_state["to_show"] = show
    st.rerun()


def mark(key: str, take: Callable[..., None]) -> None:
    """What a mark of the chart `key`, or an option of that list, does with its codes, before the page is drawn anew."""
    _known()[key] = take, False


def begin() -> None:
    """Before a page is drawn: what is chosen on it draws it anew.

    What could be pressed on the page before is still known: it is on the screen until this one is there.
    """
    # First of all: of a run that gives way before it, the framework forgets what was chosen.
    _register()
    _component()(key="chosen_here", data={"to": "draw"}, on_press_change=_chose)
    gave_way = st.session_state.get("drawing", False)
    st.session_state["heard_before"] = (st.session_state["heard_before"] if gave_way else {}) | _known()
    st.session_state["drawing"], st.session_state["heard"] = True, {}


def done() -> None:
    """The page is drawn, unless it gave way to another run of it."""
    if isinstance(sys.exception(), RerunException):
        return
    st.session_state["drawing"] = False
    for key in [each for each in st.session_state if str(each).startswith("pressed-")]:
        del st.session_state[key]  # pressed on a page that was left meanwhile
    _show()


def listen() -> None:
    """The frame listens to what opens a dialog."""
    _register()
    with st.container(key="heard_show"):
        _listen()


@st.fragment
def _listen() -> None:
    _component()(key="pressed", data={"to": "show"}, on_press_change=_press)
    _show()


def _show() -> None:
    """The dialog of what was pressed. Where a choice came with it, the page runs alone, and it opens there."""
    if show := st.session_state.pop("to_show", None):
        try:
            show()
        except Exception:  # as on the page: a sentence for the visitor, the traceback for the log
            logging.getLogger("dashboard").exception("a dialog failed")
            st.error(t("frame.failed"), icon=":material/error:")


def _press() -> None:
    for key in _told("pressed"):
        does, shows = _does(key)
        if shows:
            st.session_state["to_show"] = does


def _chose() -> None:
    for key, codes in _told("chosen_here").items():
        does, shows = _does(key)
        if does and not shows:
            does(*codes)


def _does(key: str) -> tuple[Callable[..., None] | None, bool]:
    return _known().get(key) or st.session_state["heard_before"].get(key, (None, False))


def _told(ear: str) -> dict[str, list]:
    """What was pressed or chosen, key → codes; of lists all that wait, so that two chosen in one breath are two.

    Whoever speaks to the server without our page may send anything: what the page would not send is left out.
    """
    told = st.session_state.get(ear, {}).get("press")
    told = told if isinstance(told, dict) else {}
    pairs = told["lists"].items() if isinstance(told.get("lists"), dict) else [(told.get("key"), told.get("codes"))]
    read = {key: codes if isinstance(codes, list) else [codes] for key, codes in pairs if isinstance(key, str)}
    return {key: codes for key, codes in read.items() if len(codes) <= MOST and all(map(_code, codes))}


def _code(value: object) -> bool:
    return value is None or isinstance(value, int | float) or (isinstance(value, str) and len(value) <= LONGEST)


def _register() -> None:
    manager = get_bidi_component_manager()
    if manager.get_component_path(f"{plot.OF}.{plot.name()}") is None:  # of this server; a test has one of its own
        here = ComponentManifest(plot.OF, "1", [ComponentConfig(plot.name(), plot.FOLDER.name)])
        manager.register_from_manifest(here, plot.FOLDER.parent)


def _known() -> dict[str, tuple[Callable[..., None], bool]]:
    return st.session_state.setdefault("heard", {})


@functools.cache
def _component() -> Callable:
    return st.components.v2.component(f"{plot.OF}.{plot.name()}", js=plot.SCRIPTS[0], isolate_styles=False)
