"""Could the figures that the Open API tells be those of another city, in every place where a count is small?

Of every guarded relation, all that is told of months and years, by no name, one or two, is taken as equations over the
cells of the finest table. A change of the cells that none of them notices, and every small count does, is the proof:
no sum and no difference of answers gives a small count. Quarters are told where their three months are, so they add
nothing; nor do sums over several years. A caller is taken to know besides what the parts add up to, that nothing is
below zero (a zero that is told is one in each of its cells; so is what is left of a sum when nothing is left), and
what `hotline_days` tells of the whole city.
"""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import pytest

from dashboard import metrics, periods
from dashboard.api import small_counts
from dashboard.api.open_tables import GUARDED, PLACES
from dashboard.periods import ALL
from dashboard.warehouse import ask, here, years
from data_pipeline.store import Store

SPANS = ("month", "year")
STATES = ("closed_on_time", "closed_late", "open_overdue", "open_in_time")
ADDS_UP = {"received": STATES, "closed": STATES[:2], "petitions": STATES[:2], "waits": ("contacts",),
           "answered": ("satisfied", "neutral", "dissatisfied")}  # fmt: skip
NO_PEOPLE = ("wait_seconds", "hours_to_close", "handling_days", "hours", "very_satisfied")
TOLD_BY_DAY = ("marts.hotline_month", ("channel",))
NOTHING = 1e-5
FORM = r"sum\((\w+)\)"


@dataclass(frozen=True)
class Told:
    """Figures that are told: sums of some columns over cells, of a split and span; `known` says which."""

    columns: tuple[int, ...]
    codes: tuple[tuple[str, tuple[str, ...]], ...]
    by: tuple[str, ...]
    span: str
    known: np.ndarray


class City:
    """The cells of a guarded relation by some names: an array of column, year, month and each name."""

    def __init__(self, relation: str, names: tuple[str, ...], parts: bool):
        self.relation, self.names, build = relation, names, here().name()
        self.period = ALL if parts else periods.year(years()[-1])
        self.sets = {name: of for name, of in metrics.catalogue().sets.items()
                     if small_counts.guarded(of.relation) == relation}  # fmt: skip
        of = next(of for of in self.sets.values() if of.relation == relation)
        self.size, self.parts = GUARDED[relation], parts
        columns = [row["column_name"] for row in here().rows(f"describe {relation}", (), build)]
        self.columns = [each for each in columns if each not in (*of.by, of.date, "is_simulated", *NO_PEOPLE)]
        sums = ", ".join(f"sum({each})::double as {each}" for each in self.columns)
        split = "".join(f"coalesce({name}, '') as {name}, " for name in names)
        rows = here().rows(f"select {split}{of.date} as date, {sums} from {relation} group by all", (), build)
        rows = [row for row in rows if self.period.holds(row["date"])]
        self.codes = {name: sorted({row[name] for row in rows}) for name in names}
        self.years = sorted({row["date"].year for row in rows})
        self.shape = (len(self.years), 1 if of.grain == "year" else 12, *map(len, self.codes.values()))
        self.spans = SPANS[of.grain == "year" :]
        whole = {each: np.zeros(self.shape) for each in self.columns}
        for row in rows:
            at = self.at(row, names, "month", row["date"])
            for each in self.columns:
                whole[each][at] = row[each]
        for each, atoms in ADDS_UP.items():
            if each in whole and parts and (each != "waits" or "channel" in names):
                cells = self.of(dict([small_counts.ONLY[each]])) if each in small_counts.ONLY else 1
                assert np.array_equal(whole[each], sum(whole[atom] for atom in atoms) * cells), each
        kept = [each for each in self.columns if each not in ADDS_UP] if parts else [self.size]
        self.atoms = {each: number for number, each in enumerate(kept)}
        self.cells = np.array([whole[each] for each in kept])

    def at(self, row: dict, by: tuple[str, ...], span: str, day) -> tuple[int, ...]:
        place = [self.codes[name].index(row[name] or "") if name in by else 0 for name in self.names]
        month = day.month - 1 if span == "month" and self.shape[1] > 1 else 0
        return self.years.index(day.year), month, *place

    def of(self, codes: dict[str, tuple[str, ...]]) -> np.ndarray:
        """Which cells are of these codes."""
        kept = np.ones((1,) * len(self.shape), bool)
        for place, name in enumerate(self.names):
            if name in codes:
                shape = np.where(np.arange(len(self.shape)) == place + 2, len(self.codes[name]), 1)
                kept = kept & np.isin(self.codes[name], codes[name]).reshape(shape)
        return kept

    def sums(self, cells: np.ndarray, by: tuple[str, ...], span: str = "month") -> np.ndarray:
        """Cells (the last axes are the names) summed for a split and span; what is gone has a length of one."""
        first = cells.ndim - len(self.names)
        gone = [first + place for place, name in enumerate(self.names) if name not in by]
        return cells.sum(axis=(*gone, *([first - 1] if span == "year" else [])), keepdims=True)

    def atoms_of(self, column: str) -> tuple[int, ...]:
        return tuple(self.atoms[each] for each in (ADDS_UP.get(column, (column,)) if self.parts else (column,)))

    def questions(self) -> Iterator[tuple[str, tuple[str, ...], list[tuple]]]:
        """Of metrics that are guarded alike the first, with the names it counts by itself and what all of them tell."""
        alike: dict[tuple, tuple[str, list]] = {}
        for family, of in self.sets.items():
            for short, metric in of.metrics.items():
                said, own = metrics.expression(of, short), small_counts.implied(of, short)
                whole = of.relation == self.relation and metric.sql == f"sum({self.size})"
                if "list_reduce" in said or own.keys() - set(self.names) or not (whole or self.parts or own):
                    continue
                forms = []
                for part in said.split(" / "):
                    columns = [each for each in re.findall(FORM, part) if each not in NO_PEOPLE]
                    codes = own if "filter" in part or set(columns) & small_counts.ONLY.keys() else {}
                    if columns and (self.parts or columns == [self.size]):
                        atoms = tuple(atom for each in columns for atom in self.atoms_of(each))
                        forms.append((atoms, tuple(codes.items())))
                key = (of.by, whole, tuple(own.items()))
                alike.setdefault(key, (f"{family}.{short}", tuple(own), []))[2].extend(forms)
        yield from alike.values()

    def told(self) -> list[Told]:
        found = []
        for name, own, forms in self.questions():
            answers = {}
            splits = [by for many in range(small_counts.MOST_NAMES + 1)
                      for by in itertools.combinations(self.names, many)]  # fmt: skip
            for span, by in itertools.product(self.spans, splits):
                of, _ = metrics.catalogue().find(name)
                if small_counts.too_fine({*by, *own}) or set(by) - set(of.by):
                    continue
                answers[by, span] = known = self.answer(name, by, span, answers)
                for atoms, codes in apart(forms):
                    found.append(Told(atoms, codes, by, span, known))
        relation, by = TOLD_BY_DAY
        if self.relation == relation and set(by) <= set(self.names):
            known = np.ones(self.sums(np.zeros(self.shape), by).shape, bool)
            found.append(Told(self.atoms_of(self.size), (), by, "month", known))
        return found

    def answer(self, name: str, by: tuple[str, ...], span: str, before: dict) -> np.ndarray:
        """Which figures of an answer are told. Of a row that is not there it is known that it is nothing where no row
        was left out, or all that it lies in is told."""
        rows, withheld = small_counts.of_answer(ask(name, self.period, (*by, span), keep=False), self.period)
        shape = self.sums(np.zeros(self.shape), by, span).shape
        told, there = np.zeros(shape, bool), np.zeros(shape, bool)
        for row in rows:
            at = self.at(row, by, span, row[span])
            there[at], told[at] = True, not row["suppressed"]
        nothing = np.ones(shape, bool)
        if withheld > sum(row["suppressed"] for row in rows):
            for (coarser, length), known in before.items():
                if length == span and set(coarser) < set(by):
                    nothing &= known
        return told | (~there & nothing)


def apart(forms: list[tuple]) -> list[tuple]:
    """The same knowledge as columns each for itself, where so many sums tell each of them."""
    found = []
    for codes in dict.fromkeys(codes for _, codes in forms):
        sums = list(dict.fromkeys(columns for columns, of in forms if of == codes))
        columns = sorted({each for one in sums for each in one})
        rank = np.linalg.matrix_rank([[each in one for each in columns] for one in sums])
        found += [((each,), codes) for each in columns] if rank == len(columns) else [(one, codes) for one in sums]
    return found


def change(city: City, told: list[Told], wave=np.sin) -> np.ndarray:
    """Another table's difference from this one: no figure that is told notices it."""
    free = np.ones(city.cells.shape, bool)
    for each in told:
        cells = city.cells[list(each.columns)] * city.of(dict(each.codes))
        none = (city.sums(cells.sum(axis=0), each.by, each.span) == 0) & each.known
        for column in each.columns:
            free[column] &= ~(none & city.of(dict(each.codes)))
    for whole, part in itertools.permutations(told, 2):
        if whole.columns == part.columns and whole.codes == part.codes and whole.span == part.span \
                and set(whole.by) < set(part.by) and len(part.by) == len(whole.by) + 1:  # fmt: skip
            cells = city.cells[list(part.columns)].sum(axis=0) * city.of(dict(part.codes))
            sums = city.sums(cells, part.by, part.span)
            left = city.sums((sums * ~part.known), whole.by, "month")
            none = (left == 0) & whole.known & ~part.known
            for column in part.columns:
                free[column] &= ~(none & city.of(dict(part.codes)))
    for each in told:
        if each.by == city.names and each.span == city.spans[0] and len(each.columns) == 1:
            free[each.columns[0]] &= ~(each.known & city.of(dict(each.codes)))
    where = np.nonzero(free)
    splits = sorted({tuple(name for name in city.names if name in {*each.by, *dict(each.codes)}) for each in told})
    shapes, ids = {}, {}
    for by in splits:
        shapes[by] = city.sums(city.cells, by).shape
        axes = [axis if long > 1 else 0 * axis for axis, long in zip(where, shapes[by], strict=True)]
        ids[by] = np.ravel_multi_index(axes, shapes[by])
    split_of = [tuple(name for name in city.names if name in {*each.by, *dict(each.codes)}) for each in told]

    def notice(cells: np.ndarray) -> list[np.ndarray]:
        sums = {by: np.bincount(ids[by], cells, np.prod(shapes[by])).reshape(shapes[by]) for by in splits}
        return [city.sums(sums[by][list(each.columns)].sum(axis=0) * city.of(dict(each.codes)), each.by, each.span)
                * weight for by, each, weight in zip(split_of, told, weights, strict=True)]  # fmt: skip

    def spread(figures: list[np.ndarray]) -> np.ndarray:
        back = {by: np.zeros(shapes[by]) for by in splits}
        for by, each, figure, weight in zip(split_of, told, figures, weights, strict=True):
            for column in each.columns:
                back[by][column] += figure * weight * city.of(dict(each.codes))
        return sum(back[by].ravel()[ids[by]] for by in splits)

    weights = plain = [each.known * 1.0 for each in told]
    many = notice(np.ones(len(where[0])))
    weights = [known / np.sqrt(np.maximum(each, 1)) for known, each in zip(plain, many, strict=True)]  # ends sooner
    cells = wave(np.arange(1.0, len(where[0]) + 1) ** 2)  # of no order that the sums have
    # Conjugate gradients find what of it is noticed; the rest is the change.
    seen, rest = np.zeros_like(cells), spread(notice(cells))
    step, size = rest.copy(), rest @ rest
    enough = size * 1e-22
    while size > enough:
        there = spread(notice(step))
        by = size / (step @ there)
        seen, rest = seen + by * step, rest - by * there
        before, size = size, rest @ rest
        step = rest + size / before * step
    left = cells - seen
    weights = plain
    assert max(np.abs(each).max(initial=0) for each in notice(left)) < NOTHING / 10
    made = np.zeros(city.cells.shape)
    made[where] = left
    return made


def known_small_counts(city: City, told: list[Told]) -> list[tuple]:
    """The counts of 1 to 4, of any split by one or two names and any span, that what is told determines.

    Where one change leaves a count as it is by chance, another does not.
    """
    found = unmoved(city, told, change(city, told))
    return [each for each in unmoved(city, told, change(city, told, np.cos)) if each in found] if found else []


def unmoved(city: City, told: list[Told], other: np.ndarray) -> list[tuple]:
    """The small counts that a change leaves as they are."""
    found = []
    forms = {(each,): city.atoms_of(each) for each in (city.columns if city.parts else [city.size])
             if each != "waits"} | {each.columns: each.columns for each in told if city.parts}  # fmt: skip
    sizes = city.atoms_of(city.size)
    for many in (1, 2):
        for by in itertools.combinations(city.names, many):
            for name, columns in forms.items():
                if columns != sizes and not set(by) & set(PLACES):
                    continue  # of the whole city, what is within a large count names nobody
                is_, may_be = (city.sums(cells[list(columns)].sum(axis=0), by) for cells in (city.cells, other))
                for months in (1, 3, 12) if city.shape[1] > 1 else (1,):
                    shape = (is_.shape[0], -1, months, *is_.shape[2:])
                    count, differs = is_.reshape(shape).sum(axis=2), may_be.reshape(shape).sum(axis=2)
                    small = (count > 0) & (count < small_counts.LEAST) & (np.abs(differs) < NOTHING)
                    found += [(name, by, months, *at) for at in np.argwhere(small).tolist()]
    return found


RELATIONS = sorted(GUARDED)


def splits() -> list[tuple]:
    """Every name alone where it is alone, every pair with all parts, and every three names with the size."""
    found = []
    for relation in RELATIONS:
        (names,) = {of.by for of in metrics.catalogue().sets.values() if of.relation == relation}
        found += [(relation, each) for many in (2, 3) for each in itertools.combinations(sorted(names), many)]
        found += [(relation, names)] if len(names) == 1 else []
    return found


@pytest.fixture(scope="module")
def filled(built_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built store with cases in Open1999 too, of which the simulated set has none: those of the hotline."""
    root = tmp_path_factory.mktemp("filled") / "store"
    shutil.copytree(built_store, root)
    with duckdb.connect(str(Store(root).current().path)) as con:
        con.execute(
            """insert into marts.open1999_month (month, category, district_id, status, cases, is_simulated)
               select month, category, district_id, ['open', 'working', 'closed'][1 + length(agency_id) % 3],
                      sum(received), true from marts.cases_month group by all"""
        )
    return root


@pytest.fixture
def asked(filled: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("RDEC_STORE", str(filled))
    _forget()
    yield
    _forget()


def _forget() -> None:
    """What is known of the build in use: the one that is filled bears the name of the one it was copied from."""
    here.cache_clear()
    small_counts._marked.cache_clear()


@pytest.mark.parametrize("relation,names", splits())
def test_no_small_count_can_be_worked_out(asked, relation: str, names: tuple[str, ...]) -> None:
    city = City(relation, names, parts=len(names) < 3)
    assert city.cells.any() and known_small_counts(city, city.told()) == []


def test_withholding_the_small_counts_alone_would_not_do(asked) -> None:
    """That the proof can fail: with nothing withheld beside them, many are what is left of a sum."""
    city = City("marts.satisfaction_month", ("agency_id", "channel"), parts=False)
    told = []
    for each in city.told():
        counts = city.sums(city.cells[0], each.by, each.span)
        told.append(replace(each, known=(counts == 0) | (counts >= small_counts.LEAST)))
    assert len(known_small_counts(city, told)) > 10
