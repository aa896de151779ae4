"""What does the server do besides the pages? The Open API, health, headers, and imports nobody should wait for."""

from __future__ import annotations

import asyncio
import importlib
from contextlib import asynccontextmanager
from urllib.parse import urlencode

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import menu, static
from dashboard.api import app as api
from dashboard.api.problems import Told
from dashboard.meeting import stage
from dashboard.warehouse import here

# Streamlit writes style and script into its page, and deck.gl starts its workers from blobs; nothing needs the outside.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss: data: blob:; "
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


class Unknown:
    """Sends who asks for a page that is not there to the first one, which says so in the reader's language."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope.get("path", "").strip("/")
        known = {"oauth2callback", *menu.names().values(), *(route.path.split("/")[1] for route in ROUTES)}
        browser = any(name == b"accept" and b"text/html" in value for name, value in scope.get("headers", ()))
        if browser and asked and not {"/", "."} & set(asked) and asked not in known:
            there = RedirectResponse(f"/?{urlencode({'page': asked[:40]})}")
            return await there(scope, receive, send)
        await self.app(scope, receive, send)


async def health(request: Request) -> JSONResponse:
    """200 with the build in use; 503 while there is none."""
    if name := here().store.current_name():
        return JSONResponse({"status": "ok", "build": name})
    return JSONResponse({"status": "no build"}, status_code=503)


async def _ahead() -> None:
    """Press the files that the first visitor will ask for, and import what pages need later: maps take a second."""
    await static.warm()
    for name in ("pandas", "pydeck"):
        await asyncio.to_thread(importlib.import_module, name)


@asynccontextmanager
async def lifespan(app):
    """Get ready beside the first answers, so that nobody waits for what he does not ask for."""
    ahead = asyncio.create_task(_ahead())
    yield {}
    ahead.cancel()


async def to_documents(request: Request) -> RedirectResponse:
    """Who asks for the API itself is shown what can be asked."""
    return RedirectResponse("/api/docs")


ROUTES = [Route("/healthz", health), *stage.ROUTES, Route("/api", to_documents), Mount("/api", app=api.create())]
MIDDLEWARE = [Middleware(Headers), Middleware(Told), Middleware(Unknown), Middleware(static.Pressed)]
