"""Which build answers, and has the caller its answer already? ETag, Last-Modified, and what each answer says of itself.

An answer is decided by the build, the question and this program; where it says how late a source is, by the day too.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path

from fastapi import Request
from starlette.responses import Response

from dashboard import metrics, periods, words
from dashboard.api.problems import unknown
from dashboard.warehouse import FROZEN, Provenance, at, here
from data_pipeline.store.meetings import meetings

FOLDER = Path(__file__).parent.parent


class Unchanged(Exception):
    """The caller has this answer already."""

    def __init__(self, headers: Mapping[str, str]):
        super().__init__("304")
        self.headers = dict(headers)


@dataclass(frozen=True)
class Standing:
    """The build that answers a request, and the headers by which its answer is known again."""

    build: str
    manifest: Mapping
    meeting: str | None
    headers: Mapping[str, str]

    def about(self) -> dict[str, object]:
        """The build as every answer names it."""
        return {"name": self.manifest["name"], "built_at": self.manifest["built_at"], "meeting": self.meeting}

    def json(self, content: Mapping, media: str = "application/json") -> Response:
        return self.reply(as_json(content), media)

    def reply(self, body: bytes, media: str, headers: Mapping[str, str] | None = None) -> Response:
        return Response(body, 200, {**self.headers, **(headers or {})}, media)


@contextlib.contextmanager
def standing(request: Request, meeting: str | None = None, daily: bool = False) -> Iterator[Standing]:
    """Within the block all questions go to the build in use, or to the one frozen for `meeting`, whatever is published.

    Raises Problem for a meeting that is not known, NoBuild, Unchanged.
    """
    store = here().store
    if meeting is not None:
        known = [each.name for each in meetings(store)]
        if meeting not in known:
            raise unknown("meeting", meeting, known)
    name = f"{FROZEN}{meeting}" if meeting else here().name()
    manifest = store.build(name).manifest
    headers = _headers(request, name, dt.datetime.fromisoformat(manifest["built_at"]), daily)
    if _has(request, headers):
        raise Unchanged(headers)
    with at(name):
        yield Standing(name, manifest, meeting, headers)


def _headers(request: Request, build: str, built: dt.datetime, daily: bool) -> dict[str, str]:
    changed = built
    if daily:  # the reader's day began later than the build: so did what is told of lateness
        changed = max(built, dt.datetime.combine(periods.today(), dt.time(), periods.TAIPEI))
    asked = (build, changed.isoformat(), _program(), request.url.path, request.url.query, request.headers.get("accept"))
    tag = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:24]
    modified = format_datetime(changed.astimezone(dt.UTC), usegmt=True)
    return {"ETag": f'W/"{tag}"', "Last-Modified": modified, "Cache-Control": "no-cache", "Vary": "Accept"}


def _has(request: Request, headers: Mapping[str, str]) -> bool:
    """Only the very same date counts: after a roll-back the build in use is older than the one a caller has seen."""
    if "if-none-match" in request.headers:
        return names(request, headers["ETag"])
    return request.headers.get("if-modified-since") == headers["Last-Modified"]


def names(request: Request, tag: str) -> bool:
    """Does If-None-Match name this tag? Compared weakly (RFC 9110): with or without `W/` it is the same answer."""
    said = ",".join(request.headers.getlist("if-none-match"))
    return bool({"*", tag.removeprefix("W/")} & {each.strip().removeprefix("W/") for each in said.split(",")})


@functools.cache
def _program() -> str:
    """What of the program decides an answer: its modules, its words, and the definitions."""
    found = hashlib.sha256(metrics.FILE.read_bytes())
    for path in sorted((*FOLDER.glob("*.py"), *FOLDER.glob("api/*.py"), *FOLDER.glob("words/*"))):
        if path.is_file():
            found.update(path.read_bytes())
    return found.hexdigest()


def as_json(content: object) -> bytes:
    """Chinese as it is, dates in ISO form."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, default=_iso, separators=(",", ":")).encode()


def plain(value: object) -> object:
    """A figure as JSON can hold it: what is not a number is nothing, a long integer is an integer."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _iso(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


def pair(row: Mapping, name: str = "") -> dict[str, str] | None:
    """Both languages of a row's text: of `name_zh` and `name_en`, or of `zh` and `en`; None where there is none."""
    sides = {side: row[f"{name}_{side}" if name else side] for side in words.LANGUAGES}
    return sides if any(sides.values()) else None


def source(row: Mapping) -> dict[str, object]:
    """A source as every answer names it: whose, under which licence, how far it reaches, when more is due."""
    return {
        "name": row["name"],
        "title": pair(row),
        "producer": pair(row, "producer"),
        "licence": {"code": row["licence"], **words.both(f"frame.licence_{row['licence']}")},
        "as_of": row["reach"],
        "next_due": row["next_due"],
        "is_simulated": row["is_simulated"],
    }


def origin(of: Provenance, now: Standing) -> dict[str, object]:
    """Where figures come from, as every answer that holds some says it."""
    return {
        "as_of": of.reach,
        "next_due": of.next_due,
        "sources": [source(row) for row in of.sources],
        "build": now.about(),
    }


def rows_of(rows: Iterable[Mapping]) -> list[dict[str, object]]:
    return [{name: plain(value) for name, value in row.items()} for row in rows]
