"""Which figures of a small area would point to a person? Those are not given.

A cell is what a question splits or filters by: a place (district or agency), a class, a span of time. Its size is the
people in it.
1. A size of 1 to 4 is withheld, with all that is counted within it.
2. Of a place, a part of 1 to 4 (closed late, open and overdue …) withholds all parts and rates; the size stays.
3. Nothing withheld may come back by subtraction: along each split, at least two cells are withheld or none, and their
   sizes make at least five. Months are held against their quarter, quarters against their year, years against all.
4. A sum over several chosen values is withheld when one of its cells is.
The marks depend on the cells alone, never on how a question is put, so asking in another way tells no more.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from dashboard import metrics
from dashboard.api.open_tables import GUARDED, PLACES, about_people
from dashboard.metrics import MetricSet
from dashboard.periods import Period
from dashboard.warehouse import Answer, catalogue, here

LEAST = 5
# Counted from the same records at another grain: what is withheld in the one is withheld in the other.
SAME = {"marts.petitions_days": "marts.petitions_month"}
OVER = {"month": "quarter", "quarter": "year"}  # what a span is part of
TIMES = ("month", "quarter", "year")
NO_COUNTS = ("percent", "ratio", "days", "hours", "seconds", "score")
CELL = "cell of time"
_one = threading.Lock()


def guarded(relation: str) -> str | None:
    """The relation by whose cells a mart is guarded; None where it is not."""
    relation = SAME.get(relation, relation)
    return relation if relation in GUARDED else None


def refuses(build: str, of: MetricSet, names: Sequence[str]) -> bool:
    """Whether a split by these names must be refused: people by place, and nobody has said how they are guarded."""
    return bool(set(names) & set(PLACES)) and of.relation in about_people(build) and not guarded(of.relation)


def of_answer(answer: Answer, period: Period) -> list[bool]:
    """For each row of an answer, whether its figure is withheld."""
    question, build = answer.question, answer.provenance.build
    known = catalogue(build)
    of, metric = known.find(question.metric)
    where = dict(question.where)
    names = sorted({each for each in (*question.by, *where) if each in of.by})
    relation = guarded(of.relation)
    if relation is None or not names:
        return [False] * len(answer.rows)
    span = _span(of, period, question.by)
    cells = _cells(build, relation, tuple(names), span)
    whole = metric.sql == f"sum({GUARDED[relation]})" and of.relation == relation
    whole = whole or not set(names) & set(PLACES)  # of the whole city, what is within a large count names nobody
    kept = np.ones(len(cells), bool)
    for name, values in where.items():
        kept &= cells[name].isin(values).to_numpy()
    if span and period.start and period.end:
        start = period.start.replace(month=1) if of.grain == "year" else period.start
        kept &= ((cells[CELL] >= np.datetime64(start)) & (cells[CELL] < np.datetime64(period.end))).to_numpy()
    cells = cells[kept]
    columns = [_stamp(cells[CELL], each) if each in TIMES else cells[each].astype(object).fillna("")
               for each in question.by]  # fmt: skip
    hidden = cells["size_withheld" if whole else "parts_withheld"]
    if not columns:
        return [bool(hidden.any())] * len(answer.rows)
    marks = hidden.groupby([column.to_numpy() for column in columns]).any()
    marked = {key if isinstance(key, tuple) else (key,) for key in marks.index[marks]}
    return [tuple(_key(row[each], each) for each in question.by) in marked for row in answer.rows]


def of_table(build: str, relation: str) -> pd.DataFrame:
    """For each row of a guarded mart, in its own order: `size_withheld`, `parts_withheld`."""
    with _one:
        return _rows(build, relation)


def parts(columns: Mapping[str, str], relation: str) -> list[str]:
    """The figures of a guarded mart that are part of its size."""
    return [name for name, kind in columns.items() if kind in ("BIGINT", "HUGEINT", "DOUBLE")
            and name != GUARDED[relation]]  # fmt: skip


def _span(of: MetricSet, period: Period, by: Sequence[str]) -> str | None:
    """The finest span that a question takes apart time by; None where it takes all of it as one."""
    length = period.months
    of_period = None if not length else "year" if length % 12 == 0 else "quarter" if length == 3 else "month"
    asked = [each for each in TIMES if each in by or each == of_period]
    if not asked:
        return None
    return "year" if of.grain == "year" else asked[0]


def _cells(build: str, relation: str, names: tuple[str, ...], span: str | None) -> pd.DataFrame:
    """Every cell of a mart split by these names, marked. One at a time: whoever asks much waits, the pages do not."""
    with _one:
        return _split(build, relation, names, span)


@functools.lru_cache(maxsize=16)
def _split(build: str, relation: str, names: tuple[str, ...], span: str | None) -> pd.DataFrame:
    of = next(each for each in catalogue(build).sets.values() if each.relation == relation)
    small = [f"sum({name}) between 1 and {LEAST - 1}" for name in _counts(build, relation)]
    small += [f"{metrics.expression(of, short)} between 1 and {LEAST - 1}" for short, metric in of.metrics.items()
              if metric.unit not in NO_COUNTS and metric.sql != f"sum({GUARDED[relation]})"]  # fmt: skip
    when = f"date_trunc('{span}', {of.date})::timestamp" if span else "null::timestamp"
    splits = "".join(f"{name}, " for name in names)
    sql = f"""select {splits}{when} as "{CELL}", sum({GUARDED[relation]})::bigint as size,
                     coalesce({" or ".join(small) or "false"}, false) as small
              from {relation} group by all"""
    frame = here().arrow(sql, (), build).to_pandas()
    return _mark(frame, [*names, CELL] if span else list(names), span).astype(dict.fromkeys(names, "category"))


@functools.lru_cache(maxsize=8)
def _rows(build: str, relation: str) -> pd.DataFrame:
    of = next(each for each in catalogue(build).sets.values() if each.relation == relation)
    counts = _counts(build, relation)
    frame = here().arrow(f"select * from {relation} order by rowid", (), build).to_pandas()
    names = [name for name in frame if name not in (*counts, GUARDED[relation], of.date, "is_simulated")
             and not pd.api.types.is_float_dtype(frame[name])]  # fmt: skip
    frame[CELL] = pd.to_datetime(frame[of.date])
    frame["size"] = frame[GUARDED[relation]]
    frame["small"] = frame[counts].isin(range(1, LEAST)).any(axis=1) if counts else False
    return _mark(frame, [*names, CELL], of.grain)[["size_withheld", "parts_withheld"]]


def _counts(build: str, relation: str) -> list[str]:
    schema, name = relation.split(".")
    found = here().rows(
        """select column_name as name, data_type as kind from information_schema.columns
           where table_schema = ? and table_name = ? order by ordinal_position""",
        [schema, name],
        build,
    )
    return parts({row["name"]: row["kind"] for row in found if row["kind"] != "DOUBLE"}, relation)


def _mark(frame: pd.DataFrame, names: list[str], span: str | None) -> pd.DataFrame:
    """Which cells are withheld for themselves, and which with them so that none can be worked out."""
    lines = []
    for along in names:
        fixed = [frame[each] for each in names if each != along]
        if along == CELL and span in OVER:
            fixed.append(_stamp(frame[CELL], OVER[span]))
        line = frame.groupby([each.to_numpy() for each in fixed], dropna=False).ngroup() if fixed else 0
        lines.append(np.broadcast_to(np.asarray(line), len(frame)))
    sizes = frame["size"].to_numpy().astype("int64")
    few = (sizes > 0) & (sizes < LEAST)
    hidden = _cover(few, sizes, lines, LEAST)
    frame["size_withheld"] = hidden
    frame["parts_withheld"] = _cover(hidden | few | frame["small"].to_numpy(), sizes, lines, 0)
    return frame


def _cover(hidden: np.ndarray, sizes: np.ndarray, lines: Sequence[np.ndarray], least: int) -> np.ndarray:
    """Withhold more until every line with a withheld cell has two, of `least` people together; the smallest first.

    A cell that stands alone in a line shows itself in that line's total, so it is taken last and covers nobody.
    """
    hidden, own = hidden.copy(), hidden.copy()
    alone = sum((np.bincount(line)[line] == 1).astype(int) for line in lines)
    order = np.lexsort((sizes, alone))
    while len(sizes):
        before = hidden.sum()
        for line in lines:
            lonely = (alone > 0) & ~own
            count = np.bincount(line, hidden & ~lonely)
            people = np.bincount(line, (hidden & ~lonely) * sizes)
            short = (count > 0) & ((count < 2) | (people < least))
            free = order[~hidden[order] & short[line[order]]]
            hidden[free[np.unique(line[free], return_index=True)[1]]] = True
        if hidden.sum() == before:
            break
    return hidden


def _stamp(times: pd.Series, span: str) -> pd.Series:
    return times.dt.to_period({"month": "M", "quarter": "Q", "year": "Y"}[span]).dt.start_time


def _key(value: object, name: str) -> object:
    return pd.Timestamp(value) if name in TIMES else value or ""
