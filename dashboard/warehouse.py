"""What does the build in use say? Questions in, rows with their definition and provenance out. Read-only.

One connection a build, one cursor a question; a newer build is seen at the next question, and the older one is closed
when its last question has ended. Answers are kept by build and question: a build never changes. Questions go to the
build in use, or to the one frozen for a meeting: as said by `at`, or as chosen on the page.
"""

from __future__ import annotations

import contextlib
import contextvars
import datetime as dt
import functools
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import duckdb

from dashboard import metrics, periods
from dashboard.metrics import TIMES, Catalogue, Metric, Question, Unknown
from dashboard.periods import ALL, Period
from data_pipeline.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

SETTINGS = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "memory_limit": "1GB",
    "threads": 2,
    "enable_external_access": False,
    "max_execution_time": 20_000,  # milliseconds; no question of a page or of a program from outside holds up the rest
}
SCHEMAS = ("marts", "meta", "seeds")
FROZEN = "meeting-"  # how the name of a build begins that was frozen for a meeting
MOST_OPEN = 3  # builds: the one in use, and two meetings that are compared
_fixed: contextvars.ContextVar[str | None] = contextvars.ContextVar("build", default=None)


class NoBuild(Exception):
    """There is no build yet: run `python -m data_pipeline build`."""


@dataclass(frozen=True)
class Provenance:
    """Where a figure comes from: its sources, how far they reach, when more is due."""

    sources: tuple[dict, ...]
    reach: dt.date | None
    next_due: dt.date | None
    build: str


@dataclass(frozen=True, eq=False)
class Answer:
    """Rows of a question: `by` names, `value`, `n`, `is_simulated`; with the metric's definition and provenance.

    Two answers to one question from one build are equal, so an answer can key a cache.
    """

    name: str
    metric: Metric
    question: Question
    rows: tuple[dict, ...]
    sql: str
    values: tuple
    provenance: Provenance

    @property
    def grain(self) -> str | None:
        """The span its figures are kept for: day, month, year; None where the metric has no time."""
        return self._declared[0].grain

    @property
    def n_unit(self) -> str:
        """In what the n is counted: money where it is money, else no unit is said."""
        of, metric = self._declared
        return "twd" if metric.n and of.metrics[metric.n].unit == "twd" else "count"

    @property
    def value(self) -> float | int | None:
        """The figure of a question that was not split; None where there are no rows."""
        return self.rows[0]["value"] if len(self.rows) == 1 else None

    @property
    def n(self) -> int | None:
        return self.rows[0]["n"] if len(self.rows) == 1 else None

    @property
    def is_simulated(self) -> bool:
        """Whether a simulated row is in it; where nothing was counted, whether it would have been."""
        if any(row["value"] for row in self.rows):
            return any(row["is_simulated"] for row in self.rows)
        return any(source["is_simulated"] for source in self.provenance.sources)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Answer) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _declared(self) -> tuple[metrics.MetricSet, Metric]:
        return catalogue(self.provenance.build).find(self.name)

    @property
    def _identity(self) -> tuple[str, Question]:
        return self.provenance.build, self.question


class Warehouse:
    """The builds of one store, as a reader sees them. Safe for many threads."""

    def __init__(self, store: Store | None = None):
        self.store = store or Store()
        self._lock = threading.Lock()
        self._open: dict[str, duckdb.DuckDBPyConnection] = {}

    def name(self) -> str:
        """The build that is asked: as fixed by `at`, else the meeting chosen on the page, else the one in use.

        Raises NoBuild.
        """
        name = _fixed.get() or _chosen() or self.store.current_name()
        if name is None:
            raise NoBuild("沒有可用的版本；請執行 python -m data_pipeline build · No build yet: run it first")
        return name

    def rows(self, sql: str, values: Sequence = (), name: str | None = None) -> tuple[dict, ...]:
        """Rows of a statement as dicts, from the build `name` or the one in use."""
        cursor = self._cursor(name or self.name())
        try:
            result = cursor.execute(sql, list(values))
            names = [each[0] for each in result.description]
            return tuple(dict(zip(names, row, strict=True)) for row in result.fetchall())
        finally:
            cursor.close()

    def arrow(self, sql: str, values: Sequence = (), name: str | None = None) -> pa.Table:
        """The same as a table of columns with their types, for what is counted over or written as a file."""
        cursor = self._cursor(name or self.name())
        try:
            return cursor.sql(sql, params=list(values)).to_arrow_table()
        finally:
            cursor.close()

    def _cursor(self, name: str) -> duckdb.DuckDBPyConnection:
        with self._lock:
            if name not in self._open:
                path = self.store.build(name).path
                # An old connection is only let go: cursors of questions still running keep it alive.
                while len(self._open) >= MOST_OPEN:
                    del self._open[next(iter(self._open))]
                self._open[name] = duckdb.connect(str(path), read_only=True, config=SETTINGS)
            self._open[name] = self._open.pop(name)  # the last one asked goes last
            return self._open[name].cursor()


@contextlib.contextmanager
def at(build: str | None) -> Iterator[None]:
    """Ask this build within the block: a name of the store, `meeting-113-03` for a frozen one, None for that in use."""
    token = _fixed.set(build)
    try:
        yield
    finally:
        _fixed.reset(token)


def _chosen() -> str | None:
    """The frozen build that the reader of this page looks at; None where it is the one in use."""
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    meeting = st.session_state.get("meeting")
    return f"{FROZEN}{meeting}" if meeting else None


@functools.cache
def here() -> Warehouse:
    """The warehouse of this process."""
    return Warehouse()


def catalogue(build: str | None = None) -> Catalogue:
    """The metrics as defined now; of a frozen build, as they were defined then."""
    build = build or here().name()
    return _catalogue(build) if build.startswith(FROZEN) else metrics.catalogue()


@functools.lru_cache(maxsize=8)
def _catalogue(build: str) -> Catalogue:
    kept = here().rows("select text from meta.definitions where name = 'metrics.yml'", (), build)
    return metrics.read(kept[0]["text"])


def ask(
    name: str,
    period: Period = ALL,
    by: Sequence[str] = (),
    where: dict[str, Sequence[str]] | None = None,
    keep: bool = True,
) -> Answer:
    """A metric over a period, split `by` dimensions or times (`month`, `quarter`, `year`), for chosen values.

    Values of `where` that are empty or None do not filter. `keep` is false for questions from outside: there is no end
    to them, and the memory is for the pages. Raises Unknown for a name that is not declared.
    """
    chosen = tuple(sorted((key, tuple(values)) for key, values in (where or {}).items() if values))
    question = Question(name, period.start, period.end, tuple(by), chosen)
    return _answer(here().name(), question) if keep else _answer.__wrapped__(here().name(), question, alone=True)


def narrowed(answer: Answer, **codes: object) -> Answer:
    """The same question for one part of what it was split by: a code of a dimension (None where it is not stated), or
    the first day of a year."""
    question, year = answer.question, codes.pop("year", None)
    span = periods.year(year.year - periods.ROC) if year else Period("", question.start, question.end)
    return ask(answer.name, span, where=dict(question.where) | {name: [code] for name, code in codes.items()})


@functools.lru_cache(maxsize=4096)
def _answer(build: str, question: Question, alone: bool = False) -> Answer:
    known = catalogue(build)
    statement = metrics.compile_question(question, known)
    of, metric = known.find(question.metric)
    rows = (not alone and _among(build, question)) or here().rows(statement.sql, statement.values, build)
    return Answer(
        question.metric, metric, question, rows, statement.sql, statement.values, provenance(of.relation, build)
    )


def _among(build: str, question: Question) -> tuple[dict, ...]:
    """The rows of a question out of those of a wider one; none where that does not answer.

    Who looks at a district or a year looks at the next one: all districts, and all years, are counted in the time that
    one takes. A row stands on the records of its own code and its own month or year alone, so it is the same in both.
    """
    known = catalogue(build)
    of, _ = known.find(question.metric)
    wide, own, start, end = question, {}, question.start, question.end
    if not set(question.by) - set(TIMES) and len(question.where) == 1 and len(question.where[0][1]) == 1:
        [(name, codes)] = question.where
        if not question.by or known.dimensions[name].codes or known.dimensions[name].seed:  # of works there is no end
            wide, own[name] = replace(wide, where=()), codes[0]
    by_month = bool(start or end) and "month" in question.by and of.grain != "year" and _firsts(start, end)
    if by_month:
        wide = replace(wide, start=None, end=None)
    elif of.date and start and not set(question.by) & set(TIMES) and start.month == 1 and _firsts(start, end) \
            and end == dt.date(start.year + 1, 1, 1):  # fmt: skip
        own["year"] = start
        wide = replace(wide, start=None, end=None)
    if wide is question:
        return ()
    rows = _apart(build, replace(wide, by=(*own, *question.by)), tuple(own)).get(tuple(own.values()), ())
    if by_month:
        rows = tuple(row for row in rows if (not start or row["month"] >= start) and (not end or row["month"] < end))
    return rows


def _firsts(*days: dt.date | None) -> bool:
    return all(day is None or day.day == 1 for day in days)


@functools.lru_cache(maxsize=512)
def _apart(build: str, question: Question, names: tuple[str, ...]) -> dict[tuple, tuple[dict, ...]]:
    """The rows of a question for each combination of what it is split by first."""
    statement = metrics.compile_question(question, catalogue(build))
    found: dict[tuple, list[dict]] = {}
    for row in here().rows(statement.sql, statement.values, build):
        found.setdefault(tuple(row.pop(name) for name in names), []).append(row)
    return {codes: tuple(rows) for codes, rows in found.items()}


def records(answer: Answer, limit: int) -> tuple[tuple[dict, ...], int]:
    """The rows behind an answer, newest first and at most `limit`, and how many there are in all."""
    return _records(answer.provenance.build, answer.question, limit)


@functools.lru_cache(maxsize=64)
def _records(build: str, question: Question, limit: int) -> tuple[tuple[dict, ...], int]:
    rows, count = metrics.compile_records(question, limit, catalogue(build))
    return here().rows(rows.sql, rows.values, build), here().rows(count.sql, count.values, build)[0]["rows"]


@functools.lru_cache(maxsize=512)
def provenance(relation: str, build: str | None = None) -> Provenance:
    """The sources a mart stands on. The reach is that of the source that reaches least far."""
    build = build or here().name()
    sources = here().rows(
        """select s.* from meta.lineage l join meta.sources s on s.name = l.source
           where l.relation = ? and s.rows > 0 order by s.name""",
        [relation],
        build,
    )
    reaches = [each["reach"] for each in sources if each["reach"]]
    dues = [each["next_due"] for each in sources if each["next_due"]]
    return Provenance(sources, min(reaches, default=None), min(dues, default=None), build)


def table(relation: str, where: dict[str, Sequence] | None = None, order: str | None = None, limit: int = 5000):
    """Rows of a mart, a seed or the build's own tables, for chosen values of its columns; for lists and drill-down.

    Columns are checked against the table; values are bound. Raises Unknown.
    """
    chosen = tuple(sorted((key, tuple(values)) for key, values in (where or {}).items() if values))
    return _table(here().name(), relation, chosen, order, limit)


def rules(answer: Answer) -> list[dict]:
    """The rules by which the mart of an answer was made: thresholds of lights, weights, due days."""
    relation = catalogue().find(answer.name)[0].relation
    used = [row["rule"] for row in table("meta.rule_use", {"relation": [relation]}, "rule")]
    return [row for row in table("meta.rules") if row["name"] in used]


@functools.lru_cache(maxsize=512)
def _table(build: str, relation: str, where: tuple, order: str | None, limit: int) -> tuple[dict, ...]:
    columns = _columns(build, relation)
    clauses, values = [], []
    for name, wanted in where:
        if name not in columns:
            raise Unknown(f"column of {relation}", name, columns)
        clauses.append(f"{name} in ({', '.join('?' * len(wanted))})")
        values += wanted
    parts = [each.strip() for each in (order or "").split(",") if each.strip()]
    for part in parts:
        if part.removesuffix(" desc") not in columns:
            raise Unknown(f"column of {relation}", part, columns)
    sql = f"select * from {relation}"
    sql += f" where {' and '.join(clauses)}" if clauses else ""
    sql += " order by " + ", ".join(f"{part} nulls last" for part in parts) if parts else ""
    return here().rows(f"{sql} limit {int(limit)}", values, build)


@functools.lru_cache(maxsize=256)
def _columns(build: str, relation: str) -> tuple[str, ...]:
    schema, _, name = relation.partition(".")
    found = here().rows(
        "select column_name from information_schema.columns where table_schema = ? and table_name = ?",
        [schema, name],
        build,
    )
    if schema not in SCHEMAS or not found:
        raise Unknown("table", relation, SCHEMAS)
    return tuple(each["column_name"] for each in found)


def labels(dimension: str) -> dict[str, dict[str, str]]:
    """Code → {zh, en} of a dimension's values, in the fixed order of its seed. Raises Unknown."""
    return _labels(here().name(), dimension)


@functools.lru_cache(maxsize=128)
def _labels(build: str, dimension: str) -> dict[str, dict[str, str]]:
    known = catalogue().dimensions
    if dimension not in known:
        raise Unknown("dimension", dimension, list(known))
    of = known[dimension]
    if of.seed:
        key = "agency_id" if of.seed == "agencies" else "district_id"
        rows = here().rows(f"select {key} as code, zh, en from seeds.{of.seed} order by sort", (), build)
    elif of.codes:
        rows = here().rows("select code, zh, en from seeds.codes where domain = ? order by sort", [of.codes], build)
    else:
        rows = ()
    return {row["code"]: {"zh": row["zh"], "en": row["en"]} for row in rows}


def published(key: str) -> tuple[dict, ...]:
    """Rows of the published ledger under one key, oldest period first."""
    return table("marts.published_figures", {"key": [key]}, "period_iso, document")


def dimension(name: str):
    """The declaration of a dimension. Raises Unknown."""
    known = catalogue().dimensions
    if name not in known:
        raise Unknown("dimension", name, list(known))
    return known[name]


def years() -> list[int]:
    """The 民國 years for which there are operational data, oldest first."""
    return _years(here().name())


@functools.lru_cache(maxsize=8)
def _years(build: str) -> list[int]:
    rows = here().rows(
        """select distinct year(month) - 1911 as roc from marts.hotline_month
           union select distinct year(month) - 1911 from marts.petitions_month order by 1""",
        (),
        build,
    )
    return [row["roc"] for row in rows]
