"""What did the documents print and does it reproduce, where do the data come from, where are the sites?"""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from dashboard import periods, words
from dashboard.api import shapes
from dashboard.api.standing import origin, pair, rows_of, source, standing
from dashboard.provenance import state
from dashboard.warehouse import labels, provenance, table

router = APIRouter(prefix="/v1")
Asked = Annotated[shapes.Nothing, Query()]
ALL = 100_000  # rows; none of these lists is as long


@router.get("/published", response_model=shapes.PublishedList, tags=["published"])
def published(request: Request, asked: Asked) -> Response:
    with standing(request) as now:
        rows = table("marts.published_figures", None, "document, period_iso, key")
        return now.json({"figures": [_printed(row) for row in rows], "build": now.about()})


@router.get("/reconciliation", response_model=shapes.Reconciliation, tags=["published"])
def reconciliation(request: Request, asked: Asked) -> Response:
    with standing(request) as now:
        rows = table("marts.reconciliation", None, "document, period_iso, key")
        return now.json({"figures": [_reconciled(row) for row in rows], "build": now.about()})


@router.get("/sources", response_model=shapes.SourceList, tags=["sources"])
def sources(request: Request, asked: Asked) -> Response:
    with standing(request, daily=True) as now:
        today = periods.today()
        told = [_state(row, today) for row in table("meta.sources", None, "system, name")]
        return now.json({"sources": told, "build": now.about()})


@router.get(
    "/sites",
    response_model=None,
    tags=["sites"],
    responses={200: {"content": {"application/geo+json": {"schema": {"$ref": "#/components/schemas/Sites"}}}}},
)
def sites(request: Request, asked: Asked) -> Response:
    with standing(request) as now:
        told = {
            "type": "FeatureCollection",
            "features": [_site(row) for row in rows_of(table("marts.sites", None, "site_id", ALL))],
            **origin(provenance("marts.sites", now.build), now),
        }
        return now.json(told, "application/geo+json")


@router.get("/builds/current", response_model=shapes.CurrentBuild, tags=["sources"])
def build(request: Request, asked: Asked) -> Response:
    with standing(request) as now:
        told = {
            **now.about(),
            **{name: now.manifest[name] for name in ("fingerprint", "rows", "rejects", "simulated")},
            "checks": [{"name": row["name"], **(pair(row) or {}), "offenders": row["offenders"]}
                       for row in table("meta.checks", None, "name")],
        }  # fmt: skip
        return now.json(told)


def _printed(row: dict) -> dict[str, object]:
    unit = row["unit"]
    return {
        "document": {"number": row["document"], **(pair(row, "document") or {}), "dated": row["dated_iso"]},
        "section": row["section"],
        "period": {"roc": row["period_roc"], "iso": row["period_iso"]},
        "key": row["key"],
        "label": pair(row, "label"),
        "value": row["value"],
        "value_text": row["value_text"],
        "unit": unit,
        "unit_label": {"zh": unit, "en": words.printed_unit(unit)},
        "kind": row["kind"],
        "qualifier": row["qualifier"],
        "quote": row["quote"],
    }


def _reconciled(row: dict) -> dict[str, object]:
    dated = {found["document"]: found["dated_iso"] for found in table("seeds.published_documents")}
    same = ("recomputed", "gap", "gap_percent", "basis", "operational_value", "is_simulated")
    return {
        **_printed(row | {"dated_iso": dated.get(row["document"])}),
        "verdict": {"code": row["verdict"], **words.both(f"verdict.{row['verdict']}")},
        **{name: row[name] for name in same},
        "how": pair(row, "how"),
        "doubt": pair(row, "doubt"),
    }


def _state(row: dict, today: dt.date) -> dict[str, object]:
    standing = state(row, today)
    late = max(0, (today - row["next_due"]).days) if standing == "late" else 0
    return {
        **source(row),
        "system": row["system"],
        "state": {"code": standing, **words.both(f"api.state_{standing}")},
        "days_late": late,
        "cadence": {"code": row["cadence"], **words.both(f"sources.every_{row['cadence']}")},
        "rows": row["rows"],
        "rejects": row["rejects"],
        "caution": pair(row, "caution"),
    }


def _site(row: dict) -> dict[str, object]:
    light = row["light"]
    same = ("site_id", "work_id", "is_published", "agency_id", "district_id", "control_class", "work_kind",
            "light_since", "planned_progress", "actual_progress", "gap_points", "gap_days", "budget_twd",
            "planned_finish_on", "finished_on", "published_finish_on", "coordinate_precision", "document",
            "is_simulated")  # fmt: skip
    return {
        "type": "Feature",
        "id": row["site_id"],
        "geometry": {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]},
        "properties": {
            **{name: row[name] for name in same},
            "title": {"zh": row["title"], "en": row["title_en"]},
            "state": {"code": light, **labels("light")[light]} if light else None,
        },
    }
