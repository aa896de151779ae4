"""What does the server do besides the pages? The Open API, health, headers, and imports nobody should wait for.

What takes long to import (the API, the slides, pandas) is imported when it is asked for, or ahead of that beside the
first answers: the server answers after half a second and not after two.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import importlib
import re
import sys
from contextlib import asynccontextmanager
from urllib.parse import urlencode

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Match, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import runtime

from dashboard import menu, static

# Streamlit writes style and script into its page, and deck.gl starts its workers from blobs; nothing needs the outside.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; "
    "frame-ancestors 'self'; base-uri 'self'; form-action 'self'; object-src 'none'"
)
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"SAMEORIGIN",  # for browsers that do not read frame-ancestors
    b"referrer-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    b"cross-origin-opener-policy": b"same-origin",
}


class Headers:
    """Adds the security headers to every answer."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in HEADERS]
                message = {**message, "headers": [*kept, *HEADERS.items()]}
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


# What Streamlit answers for besides its pages and files. What it counts (`/_stcore/metrics`) is nobody's business.
STREAMLITS = re.compile(
    r"/_stcore/(health|host-config|script-health-check|(upload_file|bidi-components)/.+)|/(media|component)/.+"
    r"|/auth/(login|logout)|/oauth2callback"
)


class Unknown:
    """Answers 404 for what is not there, where Streamlit would send its page for any address.

    Who asks for it in a browser is sent to the first page, which says so in the reader's language.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_there(scope):
            asked = scope["path"].strip("/")
            answer = PlainTextResponse(_nothing_here(), 404)
            if asked and "text/html" in Request(scope).headers.get("accept", ""):
                answer = RedirectResponse(f"/?{urlencode({'page': asked[:40]})}")
            return await answer(scope, receive, send)
        await self.app(scope, receive, send)


def _is_there(scope: Scope) -> bool:
    path = scope["path"]
    ours = path.strip("/") in menu.names().values() or any(route.matches(scope)[0] != Match.NONE for route in ROUTES)
    return ours or path in _files() or bool(STREAMLITS.fullmatch(path))


@functools.cache
def _files() -> frozenset[str]:
    files = {f"/{path.relative_to(static.HERE).as_posix()}" for path in static.HERE.rglob("*") if path.is_file()}
    return frozenset(files - {"/index.html"})


def _nothing_here() -> str:
    words = importlib.import_module("dashboard.words")
    return " · ".join(words.both("frame.nothing_here").values()) + "\n"


class Told:
    """What is refused on the way to the API is told as a problem too (`dashboard.api.problems`)."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/api/"):
            problems = await asyncio.to_thread(importlib.import_module, "dashboard.api.problems")
            return await problems.Told(self.app)(scope, receive, send)
        await self.app(scope, receive, send)


@functools.cache
def _api() -> ASGIApp:
    return importlib.import_module("dashboard.api.app").create()


async def api(scope: Scope, receive: Receive, send: Send) -> None:
    """The Open API."""
    made = await asyncio.to_thread(_api)
    await made(scope, receive, send)


def slides_of_agenda(request: Request) -> Response:
    return importlib.import_module("dashboard.meeting.stage").of_agenda(request)


def slides_of_meeting(request: Request) -> Response:
    return importlib.import_module("dashboard.meeting.stage").of_meeting(request)


def health(request: Request) -> JSONResponse:
    """200 with the build in use; 503 while there is none."""
    from dashboard.warehouse import here  # with the database's library

    if name := here().store.current_name():
        return JSONResponse({"status": "ok", "build": name})
    return JSONResponse({"status": "no build"}, status_code=503)


async def _ahead() -> None:
    """Press the files that the first visitor will ask for, and import what pages need later: maps take a second."""
    await asyncio.sleep(3)  # who waits for the first page goes first
    await static.warm()
    await asyncio.to_thread(importlib.import_module, "dashboard.charts")
    for name in ("pandas", "pydeck", "dashboard.meeting.stage"):
        await asyncio.to_thread(importlib.import_module, name)
    await asyncio.to_thread(_api)
    gc.freeze()  # what was imported stays: no page waits until all of it is looked through for what nobody needs


@asynccontextmanager
async def lifespan(app):
    """Get ready beside the first answers, so that nobody waits for what he does not ask for."""
    # A page and the thread that sends it take turns: what is ready waits half a millisecond for its turn, not five.
    sys.setswitchinterval(0.0005)
    # Nor does it wait five milliseconds after what was sent before it, as Streamlit has it.
    runtime.MESSAGE_FLUSH_INTERVAL_SECS = 0.001
    ahead = asyncio.create_task(_ahead())
    yield {}
    ahead.cancel()


async def to_documents(request: Request) -> RedirectResponse:
    """Who asks for the API itself is shown what can be asked."""
    return RedirectResponse("/api/docs")


ROUTES = [
    Route("/healthz", health),
    Route("/slides/a/{name}", slides_of_agenda),
    Route("/slides/m/{name}", slides_of_meeting),
    Route("/api", to_documents),
    Mount("/api", app=api),
]
MIDDLEWARE = [Middleware(Headers), Middleware(Told), Middleware(Unknown), Middleware(static.Pressed)]
