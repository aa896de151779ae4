"""Which figures of a small area would point to a person? Those are not given.

A line is what a question splits or filters by (a place, a class …), through one calendar year; time is no part of it.
1. A line of 1 to 4 people in its year is withheld. One of 1 to 4 in any of its months tells its year only: no quarter,
   no month. So a line is told through all its months, or in whole years, or not at all.
2. Of a place, a part of 1 to 4 (closed late, open and overdue …) withholds all parts and rates alike; the size stays.
3. What is withheld is so with all that lies within it, zeros too: by month and quarter every span of it is a row
   without a figure, and of what lies within a line that is withheld there are no rows.
4. Along each split at least two lines are withheld or none, of five people together in every span that is told.
5. A sum over several values or years is withheld when one of its lines is.
6. More than two codes at once are refused, and so are two of which one tells the other (`tests/test_api_proof.py`).
Why spans tell nothing of each other: lines that are told by the month are told in all months, so a month of another is
known from them only if all its months are. Marks depend on the lines alone, never on how a question is put.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from dashboard import metrics
from dashboard.api.open_tables import GUARDED, PLACES, about_people
from dashboard.api.problems import Problem
from dashboard.metrics import MetricSet
from dashboard.periods import Period
from dashboard.warehouse import Answer, catalogue, here

LEAST = 5
# Counted from the same records at another grain: what is withheld in the one is withheld in the other.
SAME = {"marts.petitions_days": "marts.petitions_month"}
# A part that one code alone has: it is that code's size.
ONLY = {"waits": ("channel", ("phone",))}
FILTER = r"filter \(where (\w+) (?:=|in) \(?('\w+'(?:, '\w+')*)"
MOST_NAMES = 2  # codes that one question may split and filter by
# Many a category, or service surveyed, is the matter of one agency: each would show the other.
APART = (frozenset(("agency_id", "category")), frozenset(("agency_id", "service")))
TIMES = ("month", "quarter", "year")
NO_COUNTS = ("percent", "ratio", "days", "hours", "seconds", "score")
YEAR = "year of line"
_one = threading.Lock()


def guarded(relation: str) -> str | None:
    """The relation by whose lines a mart is guarded; None where it is not."""
    relation = SAME.get(relation, relation)
    return relation if relation in GUARDED else None


def refuse(build: str, of: MetricSet, short: str, names: Collection[str]) -> None:
    """Refuse a question by these names that nobody can guard. Raises Problem.

    By more codes at once than the marks are proven for; or people by place, and it is not laid down how.
    """
    coded = {each for each in names if each in of.by}
    if guarded(of.relation):
        coded |= implied(of, short).keys()
        if too_fine(coded):
            kind = "too_fine" if len(coded) > MOST_NAMES else "apart"
            raise Problem(kind, {"names": sorted(coded)}, names=", ".join(sorted(coded)), most=MOST_NAMES)
        said = metrics.expression(of, short)
        if coded and said.count("filter") > len(re.findall(FILTER, said)):
            raise Problem("guarded")  # it counts by something that is not understood
    elif coded & set(PLACES) and of.relation in about_people(build):
        raise Problem("guarded")


def too_fine(coded: Collection[str]) -> bool:
    """Whether so many codes at once, or two such, would tell too much."""
    return len(coded) > MOST_NAMES or any(each <= set(coded) for each in APART)


def implied(of: MetricSet, short: str) -> dict[str, tuple[str, ...]]:
    """The codes that a metric counts by its own definition: calls are contacts of one channel, and told as such."""
    said, found = metrics.expression(of, short), {}
    for name, codes in re.findall(FILTER, said):
        found[name] = (*found.get(name, ()), *re.findall(r"\w+", codes))
    return found | {name: codes for part, (name, codes) in ONLY.items() if re.search(rf"\b{part}\b", said)}


def of_answer(answer: Answer, period: Period) -> tuple[list[dict], int]:
    """The rows of an answer as they may be told, each with `suppressed`; and how many are withheld.

    All that lies within lines that are withheld counts as one: how many there are would tell which are empty.
    """
    question, build = answer.question, answer.provenance.build
    of, metric = catalogue(build).find(question.metric)
    where, by = dict(question.where), question.by
    relation = guarded(of.relation)
    own = implied(of, question.metric.partition(".")[2]) if relation else {}
    asked = tuple(sorted({each for each in (*by, *where) if each in of.by}))
    names = tuple(sorted({*asked, *own}))
    if relation is None or not names:
        return [{**row, "suppressed": False} for row in answer.rows], 0
    whole = metric.sql == f"sum({GUARDED[relation]})" and of.relation == relation
    mark = f"{'month' if _finer(of, period, by) else 'year'}_{'size' if whole else 'parts'}"
    timed = any(each in TIMES for each in by)
    counted = {name: codes for name, codes in own.items() if name not in by} | where
    marked = []  # for each split that the question holds: the names of a key, and the keys that are withheld
    for chosen in _splits(names):
        lines = _within(_lines(build, relation, chosen), counted, of, period)
        keys = [each for each in by if each in chosen] + [YEAR] * timed
        marked.append((keys, _keys(lines[lines[mark]], keys)))
    keys = [each for each in by if each in asked] + [YEAR] * timed
    lines = _within(_lines(build, relation, asked or names), where, of, period)
    known = _keys(lines[~lines["under"]], keys)  # lines of which a caller may know that they are
    ends = f"select max({of.date}) as last, bool_or(is_simulated) as simulated from {of.relation}"
    (reach,) = here().rows(ends, (), build)
    nothing = {"value": None, "n": None, "is_simulated": bool(reach["simulated"]), "suppressed": True}
    told = {}
    for row in answer.rows:
        if not any(_key(row, each) in gone for each, gone in marked):
            told[tuple(row[each] for each in by)] = {**row, "suppressed": False}
        elif not by:
            return [nothing], 1
    for key in known:
        line = dict(zip(keys, key, strict=True))
        if any(tuple(line[each] for each in names_of) in gone for names_of, gone in marked):
            for times in _spans(line.get(YEAR), of, period, by, reach["last"]):
                row = {each: times[each] if each in TIMES else line[each] or None for each in by}
                told.setdefault(tuple(row.values()), {**row, **nothing})
    rows = sorted(told.values(), key=lambda row: [(row[each] is None, row[each] or "") for each in by])
    return rows, sum(row["suppressed"] for row in rows) + any(gone for _, gone in marked[:-1])


def _finer(of: MetricSet, period: Period, by: Sequence[str]) -> bool:
    """Whether a question asks for less than whole calendar years."""
    if of.grain == "year":
        return False
    part = period.months and (period.months % 12 or period.start.month > 1)
    return bool(part or {"month", "quarter"} & set(by))


def _spans(year: int | None, of: MetricSet, period: Period, by: Sequence[str], last: dt.date) -> Iterator[dict]:
    """The spans of a line's year that a question asks for, as its columns of time."""
    if year is None:
        yield {}
        return
    for month in range(1, 13):
        at = dt.date(year, month, 1)
        if of.grain == "year" or (period.holds(at) and at <= last):
            yield {each: at.replace(month={"year": 1, "quarter": month - (month - 1) % 3, "month": month}[each])
                   for each in by if each in TIMES}  # fmt: skip


def _within(lines: pd.DataFrame, where: Mapping, of: MetricSet, period: Period) -> pd.DataFrame:
    """The lines that a question takes in."""
    kept = np.ones(len(lines), bool)
    for name, values in where.items():
        kept &= lines[name].isin(values).to_numpy() if name in lines else True
    if of.date and period.start and period.end:
        end = period.end - dt.timedelta(days=1)
        kept &= lines[YEAR].between(period.start.year, end.year).to_numpy()
    return lines[kept]


def _keys(lines: pd.DataFrame, names: Sequence[str]) -> set[tuple]:
    if not names:
        return {()} if len(lines) else set()
    return set(lines[list(names)].drop_duplicates().itertuples(index=False, name=None))


def _key(row: Mapping, names: Sequence[str]) -> tuple:
    year = next((row[each].year for each in TIMES if each in row), None)
    return tuple(year if each == YEAR else row[each] or "" for each in names)


def _splits(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every split that these names hold, itself last."""
    return itertools.chain.from_iterable(itertools.combinations(names, n) for n in range(1, len(names) + 1))


def _lines(build: str, relation: str, names: tuple[str, ...]) -> pd.DataFrame:
    """Every line of a mart by these names, marked. One at a time: whoever asks much waits, the pages do not."""
    with _one:
        return _marked(build, relation, names)


@functools.lru_cache(maxsize=96)
def _marked(build: str, relation: str, names: tuple[str, ...]) -> pd.DataFrame:
    of = next(each for each in catalogue(build).sets.values() if each.relation == relation)
    small = [f"sum({name}) between 1 and {LEAST - 1}" for name in _counts(build, relation)]
    small += [f"{metrics.expression(of, short)} between 1 and {LEAST - 1}" for short, metric in of.metrics.items()
              if metric.unit not in NO_COUNTS and metric.sql != f"sum({GUARDED[relation]})"]  # fmt: skip
    splits = "".join(f"coalesce({name}, '') as {name}, " for name in names)
    cells = [
        here()
        .arrow(
            f"""select {splits}year({of.date})::bigint as "{YEAR}", {span}({of.date})::bigint as span,
                       sum({GUARDED[relation]})::bigint as size,
                       coalesce({" or ".join(small) or "false"}, false) as small
                from {relation} group by all""",
            (),
            build,
        )
        .to_pandas()
        for span in ("year", "month")
    ]
    parents = {each: _marked(build, relation, tuple(name for name in names if name != each))
               for each in names if len(names) > 1}  # fmt: skip
    return _mark(*cells, list(names), parents)


def _mark(years: pd.DataFrame, months: pd.DataFrame, names: list[str], parents: Mapping) -> pd.DataFrame:
    """Which lines are withheld for themselves, with one that they lie in, or so that none can be worked out.

    `parents` has, for each name, the marked lines without it.
    """
    lines = years.sort_values([*names, YEAR], ignore_index=True)
    keys = pd.MultiIndex.from_frame(lines[[*names, YEAR]])
    of_month = months.set_index([*names, YEAR])
    above = {name: _above(lines, found, names, name) for name, found in parents.items()}
    along = [lines.groupby([each for each in (*names, YEAR) if each != name]).ngroup().to_numpy() for name in names]
    placed = bool(set(names) & set(PLACES))
    before = {"size": np.zeros(len(lines), bool), "parts": np.zeros(len(lines), bool)}
    for span in ("year", "month"):
        cells = lines if span == "year" else of_month.reset_index()
        at = keys.get_indexer(pd.MultiIndex.from_frame(cells[[*names, YEAR]]))
        sizes = np.zeros((len(lines), 1 if span == "year" else 12), "int64")
        sizes[at, 0 if span == "year" else cells["span"].to_numpy() - 1] = cells["size"]
        few, small = ((sizes > 0) & (sizes < LEAST)).any(axis=1), np.zeros(len(lines), bool)
        small[at[cells["small"].to_numpy(bool)]] = True
        for what in ("size", "parts"):
            mark = f"{span}_{what}"
            if what == "parts" and not placed:  # of the whole city, what is within a large count names nobody
                lines[mark] = lines[f"{span}_size"]
                continue
            higher = [each[mark].to_numpy(bool) for each in above.values()]
            higher = higher or [np.zeros(len(lines), bool)] * len(names)
            own = few | before[what] if what == "size" else few | before[what] | small | lines[f"{span}_size"]
            hidden = _cover(own, np.any(higher, axis=0), sizes, list(zip(along, higher, strict=True)),
                            LEAST if what == "size" else 0)  # fmt: skip
            lines[mark] = before[what] = hidden
    lines["under"] = np.any([each["year_size"] | each["under"] for each in above.values()], axis=0) if above else False
    return lines.drop(columns=["span", "size", "small"])


def _above(lines: pd.DataFrame, found: pd.DataFrame, names: list[str], without: str) -> pd.DataFrame:
    """For each line, the marks of the one that it lies in."""
    on = [each for each in (*names, YEAR) if each != without]
    return lines[on].merge(found, on=on, how="left", validate="many_to_one")


def _cover(own: np.ndarray, within: np.ndarray, sizes: np.ndarray, along: Sequence[tuple], least: int) -> np.ndarray:
    """Withhold more until along each split none is withheld or two, of `least` people in every span; smallest first.

    `along` has, for each name, which lines differ in it only, and whether their sum is withheld. A line that is all of
    a sum that is told shows itself there, so it is taken last and covers nobody.
    """
    hidden = own | within
    alone = sum((np.bincount(line)[line] == 1) & ~above for line, above in along) if len(own) else np.zeros(0, int)
    lonely = (alone > 0) & ~own
    order = np.lexsort((sizes.sum(axis=1), alone))
    while len(own):
        before = hidden.sum()
        for line, _ in along:
            counted = hidden & ~lonely
            count = np.bincount(line, counted)
            short = (count == 1) | ((np.bincount(line, hidden) > 0) & (count == 0) & (np.bincount(line) > 1))
            for span in sizes.T if least else ():
                people = np.bincount(line, counted * span)
                short |= (people > 0) & (people < least)
            free = order[~hidden[order] & short[line[order]]]
            hidden[free[np.unique(line[free], return_index=True)[1]]] = True
        if hidden.sum() == before:
            break
    return hidden


def _counts(build: str, relation: str) -> list[str]:
    schema, name = relation.split(".")
    found = here().rows(
        """select column_name as name, data_type as kind from information_schema.columns
           where table_schema = ? and table_name = ? order by ordinal_position""",
        [schema, name],
        build,
    )
    return [row["name"] for row in found if row["kind"] in ("BIGINT", "HUGEINT") and row["name"] != GUARDED[relation]]
