"""What is a caller told that cannot be served? RFC 9457 problem details, each sentence in both languages.

No answer names a file, a statement or a line of ours: what broke is in the server's log.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping

import duckdb
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import words
from dashboard.metrics import Unknown
from dashboard.warehouse import NoBuild
from data_pipeline.store import StoreError

MEDIA = "application/problem+json"
NEAR = 10  # names that are suggested for one that is not known
STATUS = {"not_found": 404, "unknown": 404, "method": 405, "invalid": 422, "repeated": 422, "too_large": 403,
          "too_many": 429, "no_build": 503, "too_slow": 503, "broken": 500, "refused": 400,
          "guarded": 403, "too_fine": 403, "apart": 403, "held_back": 403}  # fmt: skip


class Problem(Exception):
    """A refusal with its reason: `kind` is its text in words/api.yml, `told` goes into the answer beside it."""

    def __init__(self, kind: str, told: Mapping[str, object] | None = None, headers: dict | None = None, **values):
        super().__init__(kind)
        self.kind, self.told, self.headers, self.values = kind, dict(told or {}), headers, values

    def answer(self, path: str, status: int | None = None) -> JSONResponse:
        """The problem as an answer to a request of `path`."""
        body = {
            "type": f"/api/docs#problem-{self.kind}",
            "title": said(f"api.{self.kind}"),
            "status": status or STATUS[self.kind],
            "detail": said(f"api.{self.kind}_detail", **self.values),
            "instance": path,
        }
        headers = {"Cache-Control": "no-cache", **(self.headers or {})}
        return JSONResponse(body | self.told, body["status"], headers, MEDIA)


def said(key: str, **values: object) -> str:
    """中文 · English"""
    return " · ".join(words.both(key, **values).values())


def unknown(what: str, name: str, known: Iterable[str]) -> Problem:
    """A name that stands for nothing here; the answer lists the near ones."""
    known = sorted(known)
    near = difflib.get_close_matches(name, known, NEAR, 0.5) or known[:NEAR]
    return Problem("unknown", {"near": near}, what=words.both(f"api.what_{what}"), name=name[:80])


async def refuse_repeated(request: Request) -> None:
    """Of a parameter that comes twice one would be passed over in silence. Raises Problem."""
    times = Counter(name for name, _ in request.query_params.multi_items())
    if again := [name[:80] for name, many in times.items() if many > 1]:
        told = [{"in": "query", "name": name, "reason": "repeated", "allowed": {}} for name in again]
        raise Problem("repeated", {"errors": told}, names=", ".join(again))


def tell(app: FastAPI) -> None:
    """Teach the application to tell everything that goes wrong as a problem."""

    def answers(kind: str):
        return lambda request, error: Problem(kind).answer(request.url.path)

    @app.exception_handler(Problem)
    def _(request: Request, problem: Problem):
        return problem.answer(request.url.path)

    @app.exception_handler(HTTPException)
    def _(request: Request, error: HTTPException):
        kind = {404: "not_found", 405: "method"}.get(error.status_code, "refused")
        headers = {"Allow": "GET, HEAD"} if kind == "method" else None
        return Problem(kind, headers=headers).answer(request.url.path, error.status_code)

    @app.exception_handler(RequestValidationError)
    def _(request: Request, error: RequestValidationError):
        wrong = [_fault(each) for each in error.errors()]
        names = ", ".join(dict.fromkeys(each["name"] for each in wrong))
        return Problem("invalid", {"errors": wrong}, names=names).answer(request.url.path)

    for error, kind in ((NoBuild, "no_build"), (StoreError, "no_build"), (Unknown, "not_found"),
                        (duckdb.InterruptException, "too_slow"), (Exception, "broken")):  # fmt: skip
        app.add_exception_handler(error, answers(kind))


def _fault(error: dict) -> dict[str, object]:
    """What is wrong with one parameter, and what it may be."""
    place, *names = error["loc"]
    allowed = {key: value for key, value in (error.get("ctx") or {}).items() if isinstance(value, str | int | float)}
    return {"in": str(place), "name": ".".join(map(str, names))[:80], "reason": error["type"], "allowed": allowed}


class Told:
    """Outside of all else: what is refused on the way to the API (a path with `..`) is told as a problem too.

    Both the API and the server press what is long, and each writes its own Vary: here each name stands once.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self.app(scope, receive, send)
            return
        replaced = False

        async def tell_instead(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                if vary := ",".join(headers.getlist("vary")):
                    headers["vary"] = ", ".join(dict.fromkeys(each.strip() for each in vary.split(",")))
            if message["type"] == "http.response.start" and message["status"] >= 400:
                kinds = [value for name, value in message.get("headers", []) if name.lower() == b"content-type"]
                if MEDIA.encode() not in kinds:
                    replaced = True
                    await Problem("refused").answer(scope["path"], message["status"])(scope, receive, send)
            if not replaced:
                await send(message)

        await self.app(scope, receive, tell_instead)
