"""Can the Open API be made to tell how few people stand behind a figure of a small area?"""

from __future__ import annotations

import itertools

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


def mark(rows: list[tuple], names: list[str], span: str | None = None) -> pd.DataFrame:
    """Marks of hand-made cells: names, size, small part or not."""
    frame = pd.DataFrame(rows, columns=[*names, "size", "small"])
    if small_counts.CELL in frame:
        frame[small_counts.CELL] = pd.to_datetime(frame[small_counts.CELL])
    return small_counts._mark(frame, names, span)


def hidden(rows: list[tuple], names: list[str], span: str | None = None) -> list[bool]:
    return mark(rows, names, span)["size_withheld"].tolist()


def test_a_small_count_takes_the_next_smallest_with_it() -> None:
    cells = [("a", 3, False), ("b", 90, False), ("c", 40, False), ("d", 7, False)]
    assert hidden(cells, ["place"]) == [True, False, False, True]
    assert hidden([("a", 5, False), ("b", 9, False)], ["place"]) == [False, False]


def test_two_that_are_withheld_must_not_be_known_from_their_sum() -> None:
    assert hidden([("a", 1, False), ("b", 1, False), ("c", 8, False), ("d", 9, False)], ["place"]) == [
        True, True, True, False
    ]  # fmt: skip
    assert hidden([("a", 2, False), ("b", 3, False), ("c", 8, False)], ["place"]) == [True, True, False]


def test_rows_and_columns_are_both_covered() -> None:
    sizes = [[2, 20, 30], [25, 21, 35], [40, 50, 60]]
    cells = [(place, kind, size, False) for place, row in zip("abc", sizes, strict=True)
             for kind, size in zip("xyz", row, strict=True)]  # fmt: skip
    marks = np.array(hidden(cells, ["place", "kind"])).reshape(3, 3)
    assert marks.tolist() == [[True, True, False], [True, True, False], [False, False, False]]


def test_months_are_covered_within_their_quarter() -> None:
    names = ["place", small_counts.CELL]
    cells = [("a", f"2023-{month:02}-01", 3 if month == 5 else 10 + month, False) for month in range(1, 13)]
    cells += [("b", at, size + 100, False) for _, at, size, _ in cells]
    marks = mark(cells, names, "month")
    gone = (
        marks[marks["size_withheld"]].groupby("place")[small_counts.CELL].apply(lambda each: [at.month for at in each])
    )
    assert gone["a"] == [4, 5] and gone["b"] == [4, 5]


def test_a_small_part_withholds_the_parts_and_keeps_the_size() -> None:
    marks = mark([("a", 50, True), ("b", 60, False), ("c", 70, False)], ["place"])
    assert marks["size_withheld"].tolist() == [False] * 3
    assert marks["parts_withheld"].tolist() == [True, True, False]


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
    assert seen or not total or relation == "marts.learning_year"


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
        assert told["suppressed"] == sum(row["suppressed"] for row in told["rows"])


@pytest.mark.parametrize("name", ["petitions.received", "hotline.contacts", "cases.received"])
@pytest.mark.parametrize(
    "period,splits",
    [("112", ("district_id", "category")), ("112Q1", ("district_id", "category")), ("112Q3", ("district_id", "month")),
     ("112", ("district_id", "agency_id"))],
)  # fmt: skip
def test_no_small_count_can_be_worked_out_from_all_that_is_told(warehouse, api, name, period, splits) -> None:  # noqa: F811
    """Every total that is told is an equation over the withheld cells: none of the small ones is determined by them."""

    def told(by: tuple[str, ...]) -> dict[tuple, dict]:
        rows = api.get(f"/api/v1/metrics/{name}/values", params={"period": period, "by": ",".join(by)}).json()["rows"]
        return {tuple(str(row[each]) for each in by): row for row in rows}

    true = {tuple(str(row[each]) for each in splits): row["value"] for row in ask(name, parse(period), splits).rows}
    gone = [key for key, row in told(splits).items() if row["suppressed"]]
    assert gone
    equations = []
    for place, fixed in enumerate(splits):
        for key, row in told((fixed,)).items():
            cells = np.array([float(each[place] == key[0]) for each in gone])
            if not row["suppressed"] and cells.any():
                equations.append(cells)
    _, sizes, turned = np.linalg.svd(np.array(equations), full_matrices=True)
    free = turned[(sizes > 1e-9).sum() :]  # ways in which the withheld cells can differ and all totals stay
    determined = {key for key, spread in zip(gone, np.abs(free).max(axis=0), strict=True) if spread < 1e-9}
    assert {key for key in determined if true[key] < small_counts.LEAST} == set()


def test_asking_in_another_way_tells_no_more(warehouse, api) -> None:  # noqa: F811
    path = "/api/v1/metrics/petitions.received/values"
    split = api.get(f"{path}?period=112Q1&by=district_id,category").json()["rows"]
    gone = [row for row in split if row["suppressed"]]
    kept = [row for row in split if not row["suppressed"] and row["district_id"] and row["category"]]
    assert gone and kept
    for row in (*gone[:12], *kept[:12]):
        if not (row["district_id"] and row["category"]):
            continue
        asked = {"period": "112Q1", "district_id": row["district_id"], "category": row["category"]}
        (alone,) = api.get(path, params=asked).json()["rows"]
        assert (alone["suppressed"], alone["value"]) == (row["suppressed"], row["value"])
    few, rest = next((few, rest) for few in gone for rest in kept if few["district_id"] == rest["district_id"])
    both = {"period": "112Q1", "district_id": few["district_id"],
            "category": f"{few['category']},{rest['category']}"}  # fmt: skip
    assert api.get(path, params=both).json()["rows"][0]["suppressed"], "a sum with a part that is withheld is withheld"


def test_a_quarter_of_three_months_and_a_span_of_years_are_held_to_their_parts(warehouse) -> None:
    of = metrics.catalogue().sets["petitions"]
    spans = {"112": "year", "112Q1": "quarter", "112-05": "month", "108-112": "year", "all": None}
    assert {code: small_counts._span(of, parse(code), ()) for code in spans} == spans
    assert small_counts._span(of, parse("112Q1"), ("year",)) == "quarter"
    assert small_counts._span(of, parse("all"), ("year", "month")) == "month"
    assert small_counts._span(metrics.catalogue().sets["learning"], parse("112-05"), ()) == "year"
    assert small_counts._span(of, periods.ALL, ()) is None


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
