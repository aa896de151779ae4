"""What does a metric mean, and what are its figures? The same question, and the same answer, as on the pages."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from dashboard import periods, words
from dashboard.api import shapes, small_counts
from dashboard.api.problems import Problem, unknown
from dashboard.api.standing import Standing, origin, plain, standing
from dashboard.metrics import TIMES, Metric, MetricSet, Question, compile_question, expression
from dashboard.warehouse import Answer, ask, catalogue, dimension, here, labels, years

router = APIRouter(prefix="/v1/metrics", tags=["metrics"])
Name = Annotated[
    str, Path(pattern=shapes.NAME, description=shapes.said("path_metric"), examples=["hotline.contacts"])
]  # fmt: skip


@router.get("", response_model=shapes.MetricList)
def metrics(request: Request, asked: Annotated[shapes.Nothing, Query()]) -> Response:
    with standing(request) as now:
        return now.json({"metrics": [definition(name) for name in catalogue().names()], "build": now.about()})


@router.get("/{name}", response_model=shapes.MetricAnswer)
def metric(request: Request, name: Name, asked: Annotated[shapes.Nothing, Query()]) -> Response:
    with standing(request) as now:
        find(name)
        return now.json({"metric": definition(name, codes=True), "build": now.about()})


@router.get("/{name}/values", response_model=shapes.Values)
def values(request: Request, name: Name, asked: Annotated[shapes.ValuesQuery, Query()]) -> Response:
    with standing(request, asked.meeting) as now:
        of, _ = find(name)
        span = periods.parse(asked.period)
        if span is None:
            raise unknown("period", asked.period, [str(year) for year in years()])
        by = _splits(of, asked.by)
        where = _filters(of, asked)
        small_counts.refuse(now.build, of, name.partition(".")[2], (*by, *where))
        _measure(name, span, by, where)
        return now.json(_told(ask(name, span, by, where, keep=False), span, now))


def find(name: str) -> tuple[MetricSet, Metric]:
    """The set and the metric of a name. Raises Problem with near ones."""
    if name not in (known := catalogue().names()):
        raise unknown("metric", name, known)
    return catalogue().find(name)


def definition(name: str, codes: bool = False) -> dict[str, object]:
    """A metric as declared; with `codes`, the values of its dimensions too."""
    of, metric = catalogue().find(name)
    counted = of.metrics[metric.n] if metric.n else None
    return {
        "name": name,
        "set": name.partition(".")[0],
        "set_title": of.title.model_dump(),
        "system": of.system,
        "label": metric.label.model_dump(),
        "unit": metric.unit,
        "unit_label": _unit(metric.unit),
        "means": metric.means.model_dump(),
        "caution": metric.caution and metric.caution.model_dump(),
        "formula": {**_formula(of, metric), "sql": expression(of, name.partition(".")[2]), "table": of.relation},
        "n": metric.n and f"{name.partition('.')[0]}.{metric.n}",
        "n_label": counted and counted.label.model_dump(),
        "target": metric.target,
        "better": metric.better,
        "adds": metric.adds,
        "kind": of.kind,
        "grain": of.grain,
        "times": list(_times(of)),
        "dimensions": [_dimension(each, codes) for each in of.by],
        "published": metric.published,
    }


def _dimension(name: str, codes: bool) -> dict[str, object]:
    known = [{"code": code, **label} for code, label in labels(name).items()] if codes else None
    return {"name": name, "label": dimension(name).label.model_dump(), "values": known}


def _unit(unit: str) -> dict[str, str]:
    zh, en, _ = {"twd": ("元", "NT$", "")}.get(unit) or words.UNITS.get(unit, (unit, unit, unit))
    return {"zh": zh, "en": en}


def _formula(of: MetricSet, metric: Metric) -> dict[str, str]:
    """Of metrics only: their names put together. Else the meaning says it."""
    text = re.sub(r"nullif\((\{\w+\}), 0\)", r"\1", metric.sql)
    if re.search(r"[a-z]", re.sub(r"\{\w+\}", "", text)):
        return metric.means.model_dump()
    text = text.replace("/", "÷").replace("*", "×")
    labels_of = {short: each.label for short, each in of.metrics.items()}
    return {side: text.format(**{short: getattr(label, side) for short, label in labels_of.items()})
            for side in words.LANGUAGES}  # fmt: skip


def _times(of: MetricSet) -> tuple[str, ...]:
    """The spans that its figures can be split by: none finer than they are kept."""
    return TIMES[TIMES.index(of.grain or "day") :] if of.date else ()


def _splits(of: MetricSet, asked: str | None) -> tuple[str, ...]:
    by = tuple(dict.fromkeys(asked.split(","))) if asked else ()
    known = (*of.by, *_times(of))
    for each in by:
        if each not in known:
            raise unknown("split", each, known)
    return by


def _filters(of: MetricSet, asked: shapes.ValuesQuery) -> dict[str, list[str]]:
    chosen = asked.model_dump(include=set(shapes.FILTERS), exclude_none=True)
    where = {}
    for name, said in chosen.items():
        if name not in of.by:
            raise unknown("split", name, of.by)
        where[name] = list(dict.fromkeys(said.split(",")))
        for code in where[name]:
            if code not in (known := labels(name)):
                raise unknown("code", code, known)
    return where


def _measure(name: str, span: periods.Period, by: tuple[str, ...], where: dict[str, list[str]]) -> None:
    """Refuse what would be longer than a page of figures, before it is fetched."""
    chosen = tuple((key, tuple(codes)) for key, codes in where.items())
    statement = compile_question(Question(name, span.start, span.end, by, chosen), catalogue())
    (found,) = here().rows(f"select count(*) as rows from ({statement.sql})", statement.values)
    if found["rows"] > shapes.MOST_ROWS:
        raise Problem("too_large", rows=found["rows"], most=shapes.MOST_ROWS)


def _told(answer: Answer, span: periods.Period, now: Standing) -> dict[str, object]:
    told, withheld = small_counts.of_answer(answer, span)
    rows = [{**row, "value": plain(row["value"]), "n": plain(row["n"])} for row in told]
    where = {name: list(codes) for name, codes in answer.question.where}
    return {
        "metric": definition(answer.name),
        "period": {
            "code": span.code,
            "label": words.in_both(lambda: words.period(span)),
            "start": span.start,
            "end": span.end and span.end - dt.timedelta(days=1),
        },
        "by": list(answer.question.by),
        "where": where,
        "rows": rows,
        "labels": {name: labels(name) for name in (*answer.question.by, *where) if name not in TIMES},
        "is_simulated": answer.is_simulated or any(row["is_simulated"] for row in told),
        "suppressed": withheld,
        **origin(answer.provenance, now),
    }
