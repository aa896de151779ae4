"""Where does the projector get its page? `/slides/a/<agenda>` over the build in use, `/slides/m/<meeting>` as frozen.

A frozen meeting is shown as the page that was kept with it, to the byte; one that was frozen without slides is drawn
from its frozen build.
"""

from __future__ import annotations

import functools

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from dashboard import warehouse, words
from dashboard.meeting import agenda, projector, slides
from dashboard.meeting.agenda import Agenda, AgendaError
from data_pipeline.store import StoreError
from data_pipeline.store.meetings import Meeting, meeting

USUAL = "monthly"  # of a meeting that was frozen without its agenda


def of_agenda(request: Request) -> Response:
    """The slides of an agenda over the build in use."""
    language, name = _language(request), request.path_params["name"]
    if name not in (known := agenda.names()):  # never the path of a file, which a command may name
        said = "、".join(known)
        return PlainTextResponse(f"沒有這個議程；現有：{said} · There is no such agenda; there are: {said}", 404)
    try:
        of = agenda.load(name)
        store = warehouse.here().store
        notes = store.root / "notes.jsonl"
        told = notes.stat().st_size if notes.exists() else 0
        frozen = tuple(sorted(path.name for path in (store.root / "meetings").glob("*")))
        return HTMLResponse(_drawn(of.name, of.text, "", warehouse.here().name(), language, (told, frozen)))
    except AgendaError as error:
        return PlainTextResponse(str(error), 422)
    except warehouse.NoBuild as error:
        return PlainTextResponse(str(error), 503)


def of_meeting(request: Request) -> Response:
    """The slides of a frozen meeting."""
    language = _language(request)
    try:
        found = meeting(warehouse.here().store, request.path_params["name"])
        kept = found.folder / f"slides-{language}.html"
        if kept.exists():
            return Response(kept.read_bytes(), media_type="text/html")
        of = agenda_of(found)
        return HTMLResponse(_drawn(of.name, of.text, found.name, found.opened, language, ()))
    except StoreError as error:
        return PlainTextResponse(str(error), 404)
    except AgendaError as error:
        return PlainTextResponse(str(error), 422)


def agenda_of(found: Meeting) -> Agenda:
    """The agenda that was frozen with a meeting. Raises AgendaError."""
    kept = found.folder / "agenda.yml"
    return agenda.read(kept.read_text(encoding="utf-8"), kept.name) if kept.exists() else agenda.load(USUAL)


@functools.lru_cache(maxsize=8)
def _drawn(name: str, text: str, held: str, build: str, language: str, state: tuple) -> str:
    """One page; `state` is what else it depends on: the notes and the meetings there are."""
    with warehouse.at(build):
        words.speak(language)  # of this request's context only
        deck = slides.deck(agenda.read(text, f"{name}.yml"), held)
        other = next(each for each in words.LANGUAGES if each != language)
        address = f"/slides/{f'm/{held}' if held else f'a/{name}'}?lang={other}"
        return projector.page(deck, back=f"/meeting?lang={language}", other=address)


def _language(request: Request) -> str:
    asked = request.query_params.get("lang", "zh")
    return asked if asked in words.LANGUAGES else "zh"
