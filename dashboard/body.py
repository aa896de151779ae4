"""Of which pieces is a page made? Every piece costs the browser a turn, so markup is brought together into one.

A page that says `whole()` before all else is one piece of markup, from its title to its last line; in it `columns` and
`row` of this module set what stands beside what. Other pages, and dialogs, get each piece by itself where it is put.
"""

from __future__ import annotations

import contextlib
import contextvars
import sys
from collections.abc import Iterator

import streamlit as st
from markupsafe import Markup
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException

from dashboard import markup

_here: contextvars.ContextVar[Place | None] = contextvars.ContextVar("_here", default=None)


class Place:
    """A place on the page: what is put `with` it stands there, in the order in which it came."""

    def __init__(self, kind: str, key: str = ""):
        self.kind, self.key, self.parts = kind, key, []

    def __enter__(self) -> Place:
        self.before = _here.set(self)
        return self

    def __exit__(self, *raised: object) -> None:
        _here.reset(self.before)

    def __html__(self) -> str:
        return markup.PLACE.render(kind=self.kind, key=self.key, parts=self.parts)


def carried(piece: str) -> str:
    """A piece that changes in place by itself: what is chosen from keeps the focus when it comes anew."""
    return markup.carried(markup.PLACE.render(kind="stHtml", key="", parts=[Markup(piece)]))


def put(piece: str, narrow: bool = False) -> None:
    """A piece of markup, here; `narrow` is a list, as wide as it says itself where it stands in a row."""
    if (here := _here.get()) is None:
        st.html(carried(piece) if narrow else piece, width="content" if narrow else "stretch")
    else:
        here.parts.append(Markup(piece))


def whole() -> None:
    """From here on the page is one piece. Nothing of Streamlit's own can stand in it."""
    _here.set(Place("stHtml page", st.session_state["page"]))


def is_whole() -> bool:
    """Is this page one piece?"""
    return _here.get() is not None


@contextlib.contextmanager
def collected() -> Iterator[None]:
    """A page that runs within this comes to the screen as one piece if it said so; as far as it got, if it failed."""
    before = _here.set(None)
    try:
        yield
    finally:
        page = _here.get()
        _here.reset(before)
        if page and not isinstance(sys.exception(), RerunException):  # who leaves for another page draws nothing here
            st.html(markup.carried(page.__html__()))


@contextlib.contextmanager
def apart() -> Iterator[None]:
    """What is put within comes by itself: in a dialog."""
    before = _here.set(None)
    try:
        yield
    finally:
        _here.reset(before)


def place(kind: str = "") -> Place:
    """A place here that is filled later; only on a page that is one piece."""
    made = Place(kind)
    _here.get().parts.append(made)
    return made


def row() -> Place:
    """What is put in it stands side by side, as wide as it is."""
    return place("abreast")


def columns(kind: str = "") -> tuple[Place, Place]:
    """Two halves side by side; of the `kind` left_wider or right_wider one of them is more than half."""
    with place(f"halves {kind}".rstrip()):
        return place(), place()


def note(text: str) -> None:
    """A quiet line: how something is to be read."""
    put(markup.NOTE.render(text=text))


def nothing(text: str) -> None:
    """There is nothing to be shown, and why."""
    put(markup.NOTHING.render(text=text))


def warning(text: str) -> None:
    """What does not let a reader go on as if nothing were."""
    put(markup.WARNING.render(text=text))
