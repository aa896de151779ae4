"""Which SQL answers a question about a metric? `duckdb/metrics.yml` in, one statement out. No Streamlit in here.

Every figure on a page, in a deck, a workbook or an answer of the API goes through `compile_question`, so each has one
definition. An unknown name is an error that lists the known ones.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

FILE = Path(__file__).parent.parent / "duckdb" / "metrics.yml"
TIMES = ("day", "month", "quarter", "year")


class Unknown(Exception):
    """A metric, dimension or table that is not declared; the message lists what is."""

    def __init__(self, what: str, name: str, known: Sequence[str]):
        super().__init__(f"unknown {what} {name!r}; known: {', '.join(sorted(known))}")


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Strict):
    zh: str
    en: str


class Dimension(Strict):
    """What a figure can be split by: its label, and where the labels of its values are kept."""

    label: Text
    codes: str | None = None
    seed: Literal["agencies", "districts"] | None = None
    date: bool = False


class Metric(Strict):
    """One number: how it is computed, in which unit, what it means, and what to beware of.

    `percent` is a share 0..1. `n` names the metric that counts what the figure rests on. `published` is the key of
    the ledger row that stands beside it. `adds` is false where parts of it must not be added up.
    """

    label: Text
    unit: str
    sql: str
    better: Literal["up", "down", "none"]
    means: Text
    n: str | None = None
    target: float | None = None
    caution: Text | None = None
    published: str | None = None
    adds: bool = True
    format: str | None = None


class Records(Strict):
    """The rows that a set's mart was counted from, the day of each, and which of them are not of the set."""

    relation: str = Field(alias="from")
    date: str
    where: str | None = None


class MetricSet(Strict):
    """Metrics of one mart. `snapshot`: states at the end of each month, so a period is answered by its last month.

    `records` names the finer rows behind the mart, where there are any that carry the same dimensions.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    system: int
    title: Text
    relation: str
    date: str | None = None
    grain: Literal["day", "month", "year"] | None = None
    kind: Literal["flow", "snapshot"] = "flow"
    by: tuple[str, ...] = ()
    records: Records | None = None
    metrics: dict[str, Metric]

    def behind(self) -> MetricSet:
        """The same set over its records, where it has any of its own."""
        if not self.records:
            return self
        return self.model_copy(update={"relation": self.records.relation, "date": self.records.date})


@dataclass(frozen=True)
class Catalogue:
    """All that metrics.yml declares."""

    dimensions: Mapping[str, Dimension]
    sets: Mapping[str, MetricSet]

    def find(self, name: str) -> tuple[MetricSet, Metric]:
        """The set and the metric behind `set.metric`. Raises Unknown."""
        family, _, short = name.partition(".")
        if family not in self.sets:
            raise Unknown("metric set", family, list(self.sets))
        metrics = self.sets[family].metrics
        if short not in metrics:
            raise Unknown(f"metric of {family}", short, list(metrics))
        return self.sets[family], metrics[short]

    def names(self) -> list[str]:
        return [f"{family}.{short}" for family, each in self.sets.items() for short in each.metrics]


@dataclass(frozen=True)
class Question:
    """A metric over [start, end), split by dimensions or times, for chosen values of dimensions.

    Everything in it is hashable, so that it can key a cache. `where` pairs a dimension with the values wanted;
    None is the value of what does not state it.
    """

    metric: str
    start: dt.date | None = None
    end: dt.date | None = None
    by: tuple[str, ...] = ()
    where: tuple[tuple[str, tuple[str | None, ...]], ...] = ()


@dataclass(frozen=True)
class Statement:
    """SQL with its bound values, and the names of what it returns."""

    sql: str
    values: tuple
    columns: tuple[str, ...]


@functools.cache
def catalogue(path: Path = FILE) -> Catalogue:
    """The metrics as declared in a file; see `read`."""
    return read(path.read_text(encoding="utf-8"))


def read(text: str) -> Catalogue:
    """Declared metrics, validated. Raises pydantic's ValidationError with the place of the fault."""
    raw = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # in C, where the wheel brings it
    dimensions = {name: Dimension(**each) for name, each in raw["dimensions"].items()}
    sets = {name: MetricSet(relation=each.pop("from"), **each) for name, each in raw["sets"].items()}
    for name, each in sets.items():
        for dimension in each.by:
            if dimension not in dimensions:
                raise Unknown(f"dimension of {name}", dimension, list(dimensions))
        for short, metric in each.metrics.items():
            expression(each, short)
            if metric.n and metric.n not in each.metrics:
                raise Unknown(f"n of {name}.{short}", metric.n, list(each.metrics))
    return Catalogue(dimensions, sets)


def expression(of: MetricSet, short: str, within: tuple[str, ...] = ()) -> str:
    """The SQL of a metric with the metrics it names put in. Raises Unknown; ValueError for a circle."""
    if short not in of.metrics:
        raise Unknown("metric", short, list(of.metrics))
    if short in within:
        raise ValueError(f"metric {short} is defined by itself: {' → '.join(within)}")
    inner = re.sub(r"\{([a-z0-9_]+)\}", lambda found: expression(of, found[1], (*within, short)), of.metrics[short].sql)
    return f"({inner})"


def compile_question(question: Question, known: Catalogue | None = None) -> Statement:
    """The one place where a question becomes SQL. Names come from the catalogue; values are bound, never written in.

    Columns: the `by` names in order, then `value`, `n` (NULL where the metric has none), `is_simulated`.
    Raises Unknown.
    """
    known = known or catalogue()
    of, metric = known.find(question.metric)
    short = question.metric.partition(".")[2]
    where, values = _where(question, of)
    columns = [(_time(each, of) if each in TIMES else _dimension(each, of)) for each in question.by]
    n = expression(of, metric.n) if metric.n else "null"
    select = [f"{column} as {name}" for column, name in zip(columns, question.by, strict=True)]
    select += [
        f"{expression(of, short)} as value",
        f"{n} as n",
        "coalesce(bool_or(is_simulated), false) as is_simulated",
    ]
    tail = f" group by all order by {', '.join(question.by)}" if question.by else ""
    sql = f"select {', '.join(select)} from {of.relation}{where}{tail}"
    return Statement(sql, tuple(values), (*question.by, "value", "n", "is_simulated"))


def compile_records(question: Question, limit: int, known: Catalogue | None = None) -> tuple[Statement, Statement]:
    """The rows behind a question, newest first, and how many there are. Raises Unknown."""
    of, _ = (known or catalogue()).find(question.metric)
    also = of.records.where if of.records else None
    of = of.behind()
    where, values = _where(question, of)
    where += f" {'and' if where else 'where'} {also}" if also else ""
    order = f" order by {of.date} desc nulls last" if of.date else ""
    rows = f"select * from {of.relation}{where}{order} limit {int(limit)}"
    return (
        Statement(rows, tuple(values), ()),
        Statement(f"select count(*) as rows from {of.relation}{where}", tuple(values), ("rows",)),
    )


def _where(question: Question, of: MetricSet) -> tuple[str, list]:
    clauses, values = _filters(question, of)
    if of.kind == "snapshot" and not (set(question.by) & {"day", "month"}):
        # A state does not add up over months: the last month of each asked year, quarter or period stands for it.
        span = next((_time(each, of) for each in question.by if each in TIMES), None)
        group = f" group by {span}" if span else ""
        clauses_of_period, bound = _period(question, of)
        inner = f" where {' and '.join(clauses_of_period)}" if clauses_of_period else ""
        clauses.append(f"{of.date} in (select max({of.date}) from {of.relation}{inner}{group})")
        values += bound
    return f" where {' and '.join(clauses)}" if clauses else "", values


def _filters(question: Question, of: MetricSet) -> tuple[list[str], list]:
    clauses, values = _period(question, of)
    for name, wanted in question.where:
        column, stated = _dimension(name, of), [code for code in wanted if code is not None]
        either = [f"{column} in ({', '.join('?' * len(stated))})"] if stated else []
        either += [f"{column} is null"] if None in wanted else []
        clauses.append(f"({' or '.join(either)})" if len(either) > 1 else either[0] if either else "false")
        values += stated
    return clauses, values


def _period(question: Question, of: MetricSet) -> tuple[list[str], list]:
    """What is kept by the year belongs to every period that touches the year, and so do its records."""
    clauses, values = [], []
    start, end = question.start, question.end
    if of.grain == "year":
        start = start and start.replace(month=1, day=1)
        end = end and dt.date((end - dt.timedelta(days=1)).year + 1, 1, 1)
    if of.date and start:
        clauses.append(f"{of.date} >= ?")
        values.append(start)
    if of.date and end:
        clauses.append(f"{of.date} < ?")
        values.append(end)
    return clauses, values


def _time(name: str, of: MetricSet) -> str:
    if not of.date:
        raise Unknown("time", name, ["(this metric has no date)"])
    return f"date_trunc('{name}', {of.date})::date"


def _dimension(name: str, of: MetricSet) -> str:
    if name not in of.by:
        raise Unknown("dimension", name, [*of.by, *TIMES])
    return name
