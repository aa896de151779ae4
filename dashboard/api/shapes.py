"""What does each answer hold? The models of the OpenAPI document; every answer is held to them by tests."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, create_model

from dashboard import metrics, words

PERIOD = r"^(all|[0-9]{2,3}|[0-9]{2,3}[Qq][1-4]|[0-9]{2,3}-[0-9]{2,3})$"
NAME = r"^[a-z][a-z0-9_.]{0,80}$"
NAMES = r"^[a-z_]{1,40}(,[a-z_]{1,40}){0,3}$"
CODES = r"^[A-Za-z0-9_+.-]+(,[A-Za-z0-9_+.-]+)*$"
MEETING = r"^[0-9A-Za-z][0-9A-Za-z_.-]{0,39}$"
MOST_ROWS = 10_000


def said(key: str) -> str:
    """What a place of the document says: Chinese, then English."""
    return "\n\n".join(words.both(f"api.{key}").values())


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Text(Shape):
    zh: str
    en: str


class Coded(Text):
    code: str


class Build(Shape):
    name: str
    built_at: dt.datetime
    meeting: str | None


class Source(Shape):
    name: str
    title: Text
    producer: Text
    licence: Coded
    as_of: dt.date | None
    next_due: dt.date | None
    is_simulated: bool


class Origin(Shape):
    as_of: dt.date | None
    next_due: dt.date | None
    sources: list[Source]
    build: Build


class Dimension(Shape):
    name: str
    label: Text
    values: list[Coded] | None = Field(description=said("shape_values"))


class Formula(Text):
    sql: str
    table: str


class Metric(Shape):
    name: str
    set: str
    set_title: Text
    system: int
    label: Text
    unit: str
    unit_label: Text
    means: Text
    caution: Text | None
    formula: Formula
    n: str | None
    n_label: Text | None
    target: float | None
    better: Literal["up", "down", "none"]
    adds: bool
    kind: Literal["flow", "snapshot"]
    grain: Literal["day", "month", "year"] | None
    times: list[str]
    dimensions: list[Dimension]
    published: str | None


class MetricAnswer(Shape):
    metric: Metric
    build: Build


class MetricList(Shape):
    metrics: list[Metric]
    build: Build


class Period(Shape):
    code: str
    label: Text
    start: dt.date | None
    end: dt.date | None


class Row(BaseModel):
    model_config = ConfigDict(extra="allow", json_schema_extra={"description": said("shape_row"), "examples": [
        {"month": "2023-03-01", "channel": "phone", "value": 21345, "n": None, "is_simulated": True,
         "suppressed": False},
    ]})  # fmt: skip

    value: float | None
    n: float | None
    is_simulated: bool
    suppressed: bool


class Values(Origin):
    metric: Metric
    period: Period
    by: list[str]
    where: dict[str, list[str]]
    rows: list[Row]
    labels: dict[str, dict[str, Text]]
    is_simulated: bool
    suppressed: int


class Column(Shape):
    name: str
    type: str
    label: Text | None


class Table(Shape):
    name: str
    title: Text
    rows: int | None
    columns: list[Column]
    held_back: list[str]
    guarded: bool
    reason: Text | None
    href: str


class TableList(Shape):
    tables: list[Table]
    build: Build


class Page(Origin):
    table: Table
    rows: list[dict]
    total: int
    limit: int
    offset: int
    next: str | None
    is_simulated: bool


class Document(Text):
    number: str
    dated: str | None


class PrintedPeriod(Shape):
    roc: str
    iso: str


class Published(Shape):
    document: Document
    section: str | None
    period: PrintedPeriod
    key: str
    label: Text | None
    value: float | None
    value_text: str
    unit: str
    unit_label: Text
    kind: str
    qualifier: str | None
    quote: str


class PublishedList(Shape):
    figures: list[Published]
    build: Build


class Reconciled(Published):
    verdict: Coded
    recomputed: float | None
    gap: float | None
    gap_percent: float | None
    basis: str | None
    how: Text | None
    doubt: Text | None
    operational_value: float | None
    is_simulated: bool


class Reconciliation(Shape):
    figures: list[Reconciled]
    build: Build


class SourceState(Source):
    system: str
    state: Coded
    days_late: int
    cadence: Coded
    rows: int
    rejects: int
    caution: Text | None


class SourceList(Shape):
    sources: list[SourceState]
    build: Build


class Point(Shape):
    type: Literal["Point"]
    coordinates: list[float] = Field(min_length=2, max_length=2)


class SiteFacts(Shape):
    site_id: str
    work_id: str | None
    title: dict[str, str | None]
    is_published: bool
    agency_id: str | None
    district_id: str | None
    control_class: str | None
    work_kind: str | None
    state: Coded | None
    light_since: dt.date | None
    planned_progress: float | None
    actual_progress: float | None
    gap_points: float | None
    gap_days: float | None
    budget_twd: float | None
    planned_finish_on: dt.date | None
    finished_on: dt.date | None
    published_finish_on: dt.date | None
    coordinate_precision: str
    document: str | None
    is_simulated: bool


class Site(Shape):
    type: Literal["Feature"]
    id: str
    geometry: Point
    properties: SiteFacts


class Sites(Origin):
    type: Literal["FeatureCollection"]
    features: list[Site]


class Check(Text):
    name: str
    offenders: int


class CurrentBuild(Build):
    fingerprint: str
    rows: dict[str, int]
    rejects: dict[str, int]
    simulated: list[str]
    checks: list[Check]


class Problem(Shape):
    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [{
        "type": "/api/docs#problem-unknown", "title": "沒有這個名稱 · No such name", "status": 404,
        "detail": "沒有名為「hotline.contact」的指標…… · There is no metric named “hotline.contact” …",
        "instance": "/api/v1/metrics/hotline.contact", "near": ["hotline.contacts"],
    }]})  # fmt: skip

    type: str
    title: str
    status: int
    detail: str
    instance: str
    near: list[str] = Field(default_factory=list)
    errors: list[dict] = Field(default_factory=list)


# What may be asked. A name that is not among these is refused, so that a slip does not pass for an answer.

MeetingName = Annotated[
    str | None, Query(pattern=MEETING, description=said("query_meeting"), examples=["113-03"])
]  # fmt: skip


class Nothing(Shape):
    """No parameters."""


class PageQuery(Shape):
    format: Literal["json", "csv", "parquet"] | None = Field(None, description=said("query_format"))
    limit: int = Field(1000, ge=1, le=MOST_ROWS, description=said("query_limit"))
    offset: int = Field(0, ge=0, le=1_000_000_000, description=said("query_offset"))
    meeting: MeetingName = None


class _Asked(Shape):
    period: str = Field("all", pattern=PERIOD, description=said("query_period"), examples=["112"])
    by: str | None = Field(None, pattern=NAMES, description=said("query_by"), examples=["month,channel"])
    meeting: MeetingName = None


def _filter(name: str, of: metrics.Dimension) -> tuple:
    label = " · ".join((of.label.zh, of.label.en))
    return str | None, Field(None, pattern=CODES, max_length=1000, description=f"{label}\n\n{said('query_code')}")


FILTERS = {name: of for name, of in metrics.catalogue().dimensions.items() if not of.date}
ValuesQuery = create_model("ValuesQuery", __base__=_Asked, **{name: _filter(name, of) for name, of in FILTERS.items()})
