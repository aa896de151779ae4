"""How does a programmer, or a person, learn what can be asked? The OpenAPI document, and a page made from it.

The page needs no script and nothing from outside; it says what the document says, so the two cannot differ.
"""

from __future__ import annotations

import functools
import hashlib
import json
import shlex
from pathlib import Path
from urllib.parse import quote, urlencode

import jinja2
from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from dashboard import words
from dashboard.api import problems, shapes
from dashboard.api.problems import said
from dashboard.api.standing import names
from dashboard.metrics import catalogue

VERSION = "1.0.0"
# What every answer may be instead of the one asked for.
OTHERWISE = {"400": "refused", "403": "forbidden", "404": "unknown", "405": "method", "422": "invalid",
             "429": "too_many", "500": "broken", "503": "no_build"}  # fmt: skip
HEADERS = ("ETag", "Last-Modified")
# What the page asks when a route is tried.
TRIED = {
    "/v1/metrics/{name}/values": {"period": "112", "by": "month"},
    "/v1/tables/{name}": {"limit": "10"},
}
PAGE = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def serve(api: FastAPI) -> None:
    """Add the two documents to the application."""

    @functools.cache
    def written() -> dict:
        return describe(api)

    @api.get("/openapi.json", include_in_schema=False)
    def openapi(request: Request) -> Response:
        return _kept(request, json.dumps(written(), ensure_ascii=False, indent=1), "application/json")

    @api.get("/docs", include_in_schema=False)
    def docs(request: Request) -> Response:
        return _kept(request, page(written(), f"{str(request.base_url).rstrip('/')}/api"), "text/html; charset=utf-8")

    api.openapi = written


def describe(api: FastAPI) -> dict:
    """The OpenAPI document: every route with its words in both languages, and what it answers when it cannot."""
    made = get_openapi(
        title=said("api.title"), version=VERSION, description=shapes.said("about"), routes=api.routes,
        servers=[{"url": "/api"}],
        license_info={"name": "Open Government Data License v1", "url": "https://data.gov.tw/license"},
    )  # fmt: skip
    known = made["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        known.pop(name, None)
    for model in (shapes.Problem, shapes.Sites):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
        known |= schema.pop("$defs", {})
        known[model.__name__] = schema
    for path, methods in made["paths"].items():
        for operation in methods.values():
            _complete(path, operation)
    return made


def _complete(path: str, operation: dict) -> None:
    key = path.removeprefix("/v1/").replace("/{name}", "_one").replace("/", "_")
    operation["operationId"] = key
    operation["summary"], operation["description"] = said(f"api.{key}"), shapes.said(f"{key}_about")
    for each in operation.get("parameters", []):
        if each["in"] == "path":  # the names of today; a frozen meeting may know others
            each["schema"] = {"type": "string", "enum": _names(path), "examples": each["schema"]["examples"]}
    answers = operation["responses"]
    answers["200"]["description"] = said("api.ok")
    answers["200"]["headers"] = {name: {"schema": {"type": "string"}, "description": said(f"api.header_{name}")}
                                 for name in HEADERS}  # fmt: skip
    answers["304"] = {"description": said("api.unchanged")}
    for status, kind in OTHERWISE.items():
        answers[status] = {
            "description": said(f"api.{kind}"),
            "content": {problems.MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    answers["429"]["headers"] = {"Retry-After": {"schema": {"type": "string"}, "description": said("api.header_Retry")}}
    answers["405"]["headers"] = {"Allow": {"schema": {"type": "string"}, "description": "GET, HEAD"}}


def _names(path: str) -> list[str]:
    if path.startswith("/v1/metrics"):
        return catalogue().names()
    return [key.removeprefix("api_tables.") for key in words.keys("api_tables")]


def page(made: dict, root: str) -> str:
    """The page for people: each route with its parameters, a link that tries it, and a line for the terminal."""
    routes = []
    for path, methods in made["paths"].items():
        for operation in methods.values():
            parameters = operation.get("parameters", [])
            filled = path
            for each in parameters:
                if each["in"] == "path":
                    filled = filled.replace(f"{{{each['name']}}}", quote(_example(each)))
            query = urlencode(TRIED.get(path, {}), safe=",")
            address = f"{root}{filled}{'?' if query else ''}{query}"
            routes.append({
                "path": path, "id": operation["operationId"], "title": operation["summary"],
                "about": operation["description"].split("\n\n"), "address": address,
                "curl": f"curl {shlex.quote(address)}", "parameters": [_parameter(each) for each in parameters],
            })  # fmt: skip
    kinds = [{"kind": kind, "status": status, "title": said(f"api.{kind}")} for kind, status in problems.STATUS.items()]
    texts = {name: words.both(f"api.{name}") for name in
             ("title", "about", "routes", "problems", "parameter", "may_be", "means", "try", "schema")}  # fmt: skip
    return PAGE.get_template("docs.html").render(routes=routes, kinds=kinds, root=root, **{"said": texts})


def _parameter(each: dict) -> dict[str, object]:
    schema = next((one for one in each["schema"].get("anyOf", []) if one.get("type") != "null"), each["schema"])
    may = schema.get("enum") or [schema[name] for name in ("minimum", "maximum") if name in schema]
    between = "–" if "minimum" in schema else " · "
    return {
        "name": each["name"], "place": each["in"], "about": (each.get("description") or "").split("\n\n"),
        "may_be": _example(each) or between.join(map(str, may)),
    }  # fmt: skip


def _example(each: dict) -> str:
    found = each.get("examples") or each["schema"].get("examples") or [""]
    return str(found[0] if isinstance(found, list) else next(iter(found.values()))["value"])


def _kept(request: Request, text: str, media: str) -> Response:
    body = text.encode()
    headers = {"ETag": f'W/"{hashlib.sha256(body).hexdigest()[:24]}"', "Cache-Control": "no-cache"}
    if names(request, headers["ETag"]):
        return Response(None, 304, headers)
    return Response(body, 200, headers, media)
