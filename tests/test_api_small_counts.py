"""Can the Open API be made to tell how few people stand behind a figure of a small area?"""

from __future__ import annotations

import itertools
from collections.abc import Collection

import numpy as np
import pandas as pd
import pytest

from dashboard import metrics, periods
from dashboard.api import open_tables, small_counts
from dashboard.periods import parse
from dashboard.warehouse import ask, here
from tests.test_api import api  # noqa: F401

ALL = {name for name in metrics.catalogue().names()
       if small_counts.guarded(metrics.catalogue().find(name)[0].relation)}  # fmt: skip
COUNTS = sorted(name for name in ALL
                if metrics.catalogue().find(name)[1].unit not in small_counts.NO_COUNTS)  # fmt: skip


def hidden(cells: dict[tuple, list[int]], names: list[str], small: Collection[tuple] = ()) -> pd.DataFrame:
    """Marks of hand-made lines: their codes, their people in each month of a year."""
    months = [(*codes, 2023, month, size, codes in small) for codes, sizes in cells.items()
              for month, size in enumerate(sizes, 1) if size]  # fmt: skip
    years = [(*codes, 2023, 2023, sum(sizes), codes in small) for codes, sizes in cells.items()]
    columns = [*names, small_counts.YEAR, "span", "size", "small"]
    marks = small_counts._mark(pd.DataFrame(years, columns=columns), pd.DataFrame(months, columns=columns), names, {})
    return marks.set_index(names)


def test_a_small_line_takes_the_next_smallest_with_it() -> None:
    marks = hidden({("a",): [3], ("b",): [90], ("c",): [40], ("d",): [7]}, ["place"])
    assert marks["year_size"].tolist() == [True, False, False, True]
    assert not hidden({("a",): [5], ("b",): [9]}, ["place"])["year_size"].any()


def test_two_that_are_withheld_must_not_be_known_from_their_sum() -> None:
    marks = hidden({("a",): [1], ("b",): [1], ("c",): [8], ("d",): [9]}, ["place"])
    assert marks["year_size"].tolist() == [True, True, True, False]


def test_a_small_month_withholds_all_months_of_two_lines_and_no_year() -> None:
    marks = hidden({("a",): [3, 20], ("b",): [30, 30], ("c",): [9, 9]}, ["place"])
    assert not marks["year_size"].any()
    assert marks["month_size"].tolist() == [True, False, True]


def test_rows_and_columns_are_both_covered() -> None:
    sizes = [[2, 20, 30], [25, 21, 35], [40, 50, 60]]
    cells = {(place, kind): [size] for place, row in zip("abc", sizes, strict=True)
             for kind, size in zip("xyz", row, strict=True)}  # fmt: skip
    marks = hidden(cells, ["place", "kind"])["year_size"].to_numpy().reshape(3, 3)
    assert marks.tolist() == [[True, True, False], [True, True, False], [False, False, False]]


def test_a_small_part_withholds_the_parts_and_keeps_the_size() -> None:
    marks = hidden({("a",): [50], ("b",): [60], ("c",): [70]}, ["agency_id"], [("a",)])
    assert not marks["year_size"].any()
    assert marks["year_parts"].tolist() == [True, True, False]


@pytest.mark.parametrize("relation", sorted(open_tables.GUARDED))
def test_no_table_serves_a_count_of_one_to_four(warehouse, api, relation: str) -> None:  # noqa: F811
    offset, total, seen = 0, 1, 0
    while offset < total:
        told = api.get(f"/api/v1/tables/{relation}?limit=10000&offset={offset}").json()
        total, offset = told["total"], offset + 10_000
        of = open_tables.tables(here().name())[relation]
        counts = [name for name, kind in of.columns.items() if kind == "BIGINT"]
        assert open_tables.GUARDED[relation] in counts
        for row in told["rows"]:
            assert not [name for name in counts if row[name] is not None and 0 < row[name] < 5], row
            assert row["suppressed"] == any(row[name] is None for name in counts)
            seen += row["suppressed"]
    whole = here().rows(f"select count(*) as rows from {relation}", (), here().name())[0]["rows"]
    assert seen or total < whole or not whole or relation == "marts.learning_year"


@pytest.mark.parametrize("name", COUNTS)
def test_no_question_by_place_gets_a_count_of_one_to_four(warehouse, api, name: str) -> None:  # noqa: F811
    of, _ = metrics.catalogue().find(name)
    places = [each for each in of.by if each in open_tables.PLACES]
    for place, period, other in itertools.product(places, ("111", "112Q2", "112-07", "all"), ("", "category", "month")):
        if (other and other not in (*of.by, "month")) or (other == "month" and of.grain == "year"):
            continue
        by = ",".join(filter(None, (place, other)))
        told = api.get(f"/api/v1/metrics/{name}/values", params={"period": period, "by": by}).json()
        few = [row for row in told["rows"] if row["value"] is not None and 0 < row["value"] < 5]
        assert few == [], (by, period)
        assert told["suppressed"] - sum(row["suppressed"] for row in told["rows"]) in (0, 1)


YEAR, SPANS = ("year", "quarter"), ("year", "quarter", "month")


@pytest.mark.parametrize(
    "name,dims,spans,year",
    [("petitions.received", ("agency_id", "category"), YEAR, "112"),
     ("petitions.received", ("district_id", "category"), YEAR, "112"),
     ("satisfaction.answered", ("agency_id", "channel"), SPANS, "111"),
     ("hotline.contacts", ("kind", "district_id"), SPANS, "112"),
     ("hotline.contacts", ("channel", "district_id"), SPANS, "112"),
     ("cases.received", ("district_id", "agency_id", "category"), ("year",), "112")],
)  # fmt: skip
def test_no_small_count_can_be_worked_out_over_spans_and_splits(warehouse, api, name, dims, spans, year) -> None:  # noqa: F811
    assert known_from_all_that_is_told(api, name, dims, spans, year) == []


def known_from_all_that_is_told(
    client, name: str, dims: tuple[str, ...], spans: tuple[str, ...], year: str = "112"
) -> list[tuple]:
    """The counts of 1 to 4, of every split by these dimensions and spans, that all the answers determine.

    Every figure is an equation over the cells of the finest split. A row that is not there is a zero, unless rows of
    the same answer were left out; then it is nothing where what it lies in is withheld or has no row itself.
    """

    def cut(row: dict, by: tuple[str, ...]) -> tuple:
        return tuple(str(row[each]) for each in by)

    finest = (*dims, spans[-1])
    true = {cut(row, finest): row["value"] or 0 for row in ask(name, parse(year), finest).rows}
    splits = [part for size in range(len(dims) + 1) for part in itertools.combinations(dims, size)]
    told = {}
    for by in [(*part, span) for part in splits for span in spans]:
        rows = client.get(f"/api/v1/metrics/{name}/values", params={"period": year, "by": ",".join(by)}).json()["rows"]
        told[by] = {cut(row, by): row["value"] for row in rows}
    codes = [sorted({key[place] for key in true}) for place in range(len(finest))]
    cells = np.array(list(itertools.product(*(range(len(each)) for each in codes))))
    sizes = np.array([true.get(tuple(codes[place][at] for place, at in enumerate(cell)), 0) for cell in cells])

    def at(by: tuple[str, ...]) -> tuple[list[tuple], np.ndarray]:
        """The cells of a split, and which of them each of the finest ones lies in."""
        starts = {"month": 1, "quarter": 3, "year": 12}[by[-1]]
        columns = [[codes[dims.index(each)][number] for number in cells[:, dims.index(each)]] for each in by[:-1]]
        days = [codes[-1][number] for number in cells[:, -1]]
        columns.append([f"{day[:5]}{(int(day[5:7]) - 1) // starts * starts + 1:02}-01" for day in days])
        keys = list(zip(*columns, strict=True))
        found = list(dict.fromkeys(keys))
        number = {key: place for place, key in enumerate(found)}
        return found, np.array([number[key] for key in keys])

    sums, equations = [], []
    for by in told:
        keys, inside = at(by)
        totals = np.bincount(inside, sizes)
        left_out = any(total and key not in told[by] for key, total in zip(keys, totals, strict=True))
        for place, key in enumerate(keys):
            row = inside == place
            value = told[by].get(key, 0)
            if key not in told[by] and left_out:
                coarser = [(*part, by[-1]) for part in splits if set(part) < set(by[:-1])]
                row_of = dict(zip(by, key, strict=True))
                if any(told[other].get(tuple(row_of[each] for each in other)) is None for other in coarser):
                    value = None
            if value is not None:
                assert value == totals[place]
                equations.append(row)
            if 0 < totals[place] < small_counts.LEAST:
                sums.append(((*by, *key), row))
    told_alone = np.any([row for row in equations if row.sum() == 1], axis=0)
    zero = np.any([row for row in equations if not sizes[row].any()], axis=0)
    free = ~(told_alone | zero)
    matrix = np.unique(np.array(equations)[:, free].astype(float), axis=0)
    matrix = matrix[matrix.any(axis=1)]
    spread, turned = np.linalg.eigh(matrix @ matrix.T) if len(matrix) else (np.zeros(0), np.zeros((0, 0)))
    basis = (turned[:, spread > 1e-7] / np.sqrt(spread[spread > 1e-7])).T @ matrix
    asked = np.array([row[free] for _, row in sums]).astype(float)
    rest = (asked**2).sum(axis=1) - ((asked @ basis.T) ** 2).sum(axis=1)
    return [what for (what, _), left in zip(sums, rest, strict=True) if left < 1e-6]


def test_asking_in_another_way_tells_no_more(warehouse, api) -> None:  # noqa: F811
    path = "/api/v1/metrics/petitions.received/values"
    split = api.get(f"{path}?period=112&by=district_id,category").json()["rows"]
    gone = [row for row in split if row["suppressed"]]
    kept = [row for row in split if not row["suppressed"] and row["district_id"] and row["category"]]
    assert gone and kept
    for row in (*gone[:12], *kept[:12]):
        if not (row["district_id"] and row["category"]):
            continue
        asked = {"period": "112", "district_id": row["district_id"], "category": row["category"]}
        (alone,) = api.get(path, params=asked).json()["rows"]
        assert (alone["suppressed"], alone["value"]) == (row["suppressed"], row["value"])
    few, rest = next((few, rest) for few in gone for rest in kept if few["district_id"] == rest["district_id"])
    both = {"period": "112", "district_id": few["district_id"],
            "category": f"{few['category']},{rest['category']}"}  # fmt: skip
    assert api.get(path, params=both).json()["rows"][0]["suppressed"], "a sum with a part that is withheld is withheld"


def test_only_whole_calendar_years_are_told_of_a_line_with_a_small_month(warehouse, api) -> None:  # noqa: F811
    of = metrics.catalogue().sets["petitions"]
    spans = {"112": False, "112Q1": True, "112-05": True, "108-112": False, "all": False}
    assert {code: small_counts._finer(of, parse(code), ()) for code in spans} == spans
    assert small_counts._finer(of, periods.ALL, ("quarter",)) and not small_counts._finer(of, periods.ALL, ("year",))
    path = "/api/v1/metrics/petitions.received/values"
    small = {row["agency_id"] for row in ask("petitions.received", parse("112"), ("agency_id", "month")).rows
             if 0 < row["value"] < small_counts.LEAST}  # fmt: skip
    told = {row["agency_id"]: row for row in api.get(f"{path}?period=112&by=agency_id").json()["rows"]}
    shown = [agency for agency in sorted(small) if agency in told and not told[agency]["suppressed"]]
    assert shown
    for by, rows in (("month", 12), ("quarter", 4)):
        answer = api.get(f"{path}?period=112&agency_id={shown[0]}&by={by}").json()
        assert answer["suppressed"] == len(answer["rows"]) == rows, "zeros are not told from small ones"


def test_days_of_petitions_are_guarded_as_the_petitions_are(warehouse, api) -> None:  # noqa: F811
    path = "/api/v1/metrics/{}/values?period=112&by=agency_id"
    days = api.get(path.format("petition_days.closed")).json()["rows"]
    petitions = {row["agency_id"]: row for row in api.get(path.format("petitions.closed")).json()["rows"]}
    assert {row["agency_id"]: row["suppressed"] for row in days} == {
        agency: petitions[agency]["suppressed"] for agency in (row["agency_id"] for row in days)
    }
    assert any(row["suppressed"] for row in days)


def test_works_are_no_persons_and_are_told_however_few(warehouse, api) -> None:  # noqa: F811
    told = api.get("/api/v1/metrics/works.behind/values?period=112&by=district_id").json()
    assert told["suppressed"] == 0 and any(row["value"] in (1, 2, 3, 4) for row in told["rows"])


def test_every_guarded_set_is_known_by_its_size() -> None:
    sets = {of.relation: of for of in metrics.catalogue().sets.values()}
    for relation, size in open_tables.GUARDED.items():
        assert f"sum({size})" in [metric.sql for metric in sets[relation].metrics.values()]
        assert sets[relation].kind == "flow" and sets[relation].grain in small_counts.TIMES
