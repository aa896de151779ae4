"""Which tables are there, and what stands in them? JSON, CSV and Parquet, a page at a time."""

from __future__ import annotations

import csv
import functools
import io
import re
from typing import Annotated
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.parquet as pq
from fastapi import APIRouter, Path, Query, Request, Response

from dashboard import downloads, words
from dashboard.api import open_tables, shapes
from dashboard.api.open_tables import Open
from dashboard.api.problems import Problem, unknown
from dashboard.api.standing import Standing, as_json, origin, pair, rows_of, standing
from dashboard.warehouse import catalogue, here, provenance, table

router = APIRouter(prefix="/v1/tables", tags=["tables"])
MEDIA = {"json": "application/json", "csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
Name = Annotated[str, Path(pattern=shapes.NAME, description=shapes.said("path_table"), examples=["marts.works"])]


@router.get("", response_model=shapes.TableList)
def tables(request: Request, asked: Annotated[shapes.Nothing, Query()]) -> Response:
    with standing(request) as now:
        told = [describe(each, now.build) for each in open_tables.tables(now.build).values()]
        return now.json({"tables": told, "build": now.about()})


@router.get(
    "/{name}",
    response_model=shapes.Page,
    responses={200: {"content": {MEDIA[form]: {"schema": {"type": "string"}} for form in ("csv", "parquet")}}},
)
def page(request: Request, name: Name, asked: Annotated[shapes.PageQuery, Query()]) -> Response:
    with standing(request, asked.meeting) as now:
        known = open_tables.tables(now.build)
        if name not in known:
            raise unknown("table", name, known)
        if name in open_tables.GUARDED:
            raise Problem("held_back", {"instead": _instead(name, now.build)}, name=name)
        of, form = known[name], asked.format or _accepted(request.headers.get("accept", ""))
        total = _count(now.build, name)
        rows = _rows(of, now.build, asked.limit, asked.offset)
        following = asked.offset + asked.limit
        again = {"format": form, "limit": asked.limit, "offset": following, "meeting": asked.meeting}
        link = f"/api/v1/tables/{name}?{urlencode({key: value for key, value in again.items() if value is not None})}"
        link = link if following < total else None
        headers = {"X-Total-Count": str(total)} | ({"Link": f'<{link}>; rel="next"'} if link else {})
        if form == "json":
            body = {
                "table": describe(of, now.build), "rows": rows_of(rows.to_pylist()), "total": total,
                "limit": asked.limit, "offset": asked.offset, "next": link, "is_simulated": _simulated(rows),
                **origin(provenance(name, now.build), now),
            }  # fmt: skip
            return now.reply(as_json(body), MEDIA[form], headers)
        headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
        written = _csv(rows) if form == "csv" else _parquet(rows, name, now)
        return now.reply(written, MEDIA[form], headers)


def describe(of: Open, build: str) -> dict[str, object]:
    """A table: what one row of it is, and its columns. Of one that is held back, why, and where its figures are."""
    guarded = of.relation in open_tables.GUARDED
    return {
        "name": of.relation,
        "title": _said(f"api_tables.{of.relation}") or dict.fromkeys(words.LANGUAGES, of.relation),
        "rows": None if guarded else _count(build, of.relation),
        "columns": [{"name": name, "type": kind.lower(), "label": _label(build, of.relation, name)}
                    for name, kind in (() if guarded else of.columns.items())],
        "held_back": [*of.columns, *of.held_back] if guarded else list(of.held_back),
        "guarded": guarded,
        "reason": words.both("api.reason_guarded") if guarded else None,
        "href": _instead(of.relation, build)[0] if guarded else f"/api/v1/tables/{of.relation}",
    }  # fmt: skip


def _instead(relation: str, build: str) -> list[str]:
    """Where the figures of a table are that is not served as one."""
    return [f"/api/v1/metrics/{family}.{short}/values" for family, of in catalogue(build).sets.items()
            if of.relation == relation for short in of.metrics]  # fmt: skip


def _label(build: str, relation: str, name: str) -> dict[str, str] | None:
    """As the dimension, the metric, the source's declaration or this house calls a column."""
    known = catalogue(build)
    if name in known.dimensions:
        return known.dimensions[name].label.model_dump()
    for of in known.sets.values():
        for metric in of.metrics.values() if of.relation == relation else ():
            if metric.sql == f"sum({name})":
                return metric.label.model_dump()
    declared = {row["name"]: pair(row) for row in _declared(build, relation)}
    return declared.get(name) or _said(f"columns.{name}") or _said(f"api_columns.{name}")


def _said(key: str) -> dict[str, str] | None:
    said = words.in_both(lambda: words.known(key))
    return said if said["zh"] else None


@functools.lru_cache(maxsize=256)
def _declared(build: str, relation: str) -> tuple[dict, ...]:
    names = [row["source"] for row in table("meta.lineage", {"relation": [relation]})]
    return table("meta.columns", {"source": names}) if names else ()


@functools.lru_cache(maxsize=256)
def _count(build: str, relation: str) -> int:
    return here().rows(f"select count(*) as rows from {relation}", (), build)[0]["rows"]


def _rows(of: Open, build: str, limit: int, offset: int) -> pa.Table:
    """A page of a table in its own order."""
    names = ", ".join(f'"{name}"' for name in of.columns)
    page = f"select {names} from {of.relation} order by rowid limit ? offset ?"
    return here().arrow(page, (limit, offset), build)


def _accepted(accept: str) -> str:
    """The form that a caller would rather have (RFC 9110): by weight, then the first named; JSON where none is."""
    weights = {}
    for each in accept.lower().split(","):
        media, *parameters = (part.strip() for part in each.split(";"))
        said = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        if re.fullmatch(r"(0|1)(\.\d{0,3})?", said):
            weights[media] = float(said)

    def liking(form: str) -> tuple[float, int]:
        ranges = (MEDIA[form], f"{MEDIA[form].partition('/')[0]}/*", "*/*")
        weight = next((weights[each] for each in ranges if each in weights), 0.0)
        return weight, -list(weights).index(MEDIA[form]) if MEDIA[form] in weights else -len(weights)

    return max(MEDIA, key=liking)


def _simulated(rows: pa.Table) -> bool:
    return "is_simulated" in rows.column_names and bool(pa.compute.any(rows["is_simulated"]).as_py())


def _csv(rows: pa.Table) -> bytes:
    """UTF-8 with BOM, so that Excel reads it right; no text becomes a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(rows.column_names)
    for row in rows.to_pylist():
        writer.writerow([downloads.plain(cell) for cell in row.values()])
    return out.getvalue().encode("utf-8-sig")


def _parquet(rows: pa.Table, name: str, now: Standing) -> bytes:
    """What the rows are is written into the file: table, build, and whether they are simulated."""
    told = {"table": name, "build": now.about(), "is_simulated": _simulated(rows)}
    out = io.BytesIO()
    pq.write_table(rows.replace_schema_metadata({"about": as_json(told)}), out)
    return out.getvalue()
