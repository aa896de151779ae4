"""Can the Open API be made to tell how few people stand behind a figure of a small area?"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection

import pandas as pd
import pytest

from dashboard import metrics, periods
from dashboard.api import open_tables, small_counts
from dashboard.periods import parse
from dashboard.warehouse import ask
from tests.test_api import api, problem  # noqa: F401

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
def test_a_table_of_few_people_is_held_back_and_points_to_its_figures(warehouse, api, relation: str) -> None:  # noqa: F811
    for form in ("json", "csv", "parquet"):
        told = problem(api.get(f"/api/v1/tables/{relation}?limit=1&format={form}"), 403)
        assert relation in told["detail"] and "/values" in told["detail"]
    for path in told["instead"]:
        assert api.get(f"{path}?period=112").status_code == 200
    (listed,) = (each for each in api.get("/api/v1/tables").json()["tables"] if each["name"] == relation)
    assert listed["guarded"] and listed["reason"]["zh"] and listed["rows"] is None and not listed["columns"]
    assert open_tables.GUARDED[relation] in listed["held_back"] and listed["href"] in told["instead"]


@pytest.mark.parametrize("metric,query,names", [
    ("cases.received", "by=agency_id,category,district_id", ["agency_id", "category", "district_id"]),
    ("petitions.received", "by=category,month&agency_id=fire&district_id=east", ["agency_id", "category", "district_id"]),
    ("hotline.phone_contacts", "by=kind,district_id", ["channel", "district_id", "kind"]),
    ("hotline.waits", "by=kind&district_id=east", ["channel", "district_id", "kind"]),
    ("petitions.closed_late", "by=year,agency_id,category", ["agency_id", "category"]),
    ("satisfaction.after_call_rate", "agency_id=fire", ["agency_id", "service"]),
])  # fmt: skip
def test_too_many_codes_at_once_are_refused_by_their_names(warehouse, api, metric, query, names) -> None:  # noqa: F811
    told = problem(api.get(f"/api/v1/metrics/{metric}/values?period=112&{query}"), 403)
    assert told["names"] == names and all(each in told["detail"] for each in names)
    assert told["type"].endswith("apart" if len(names) == 2 else "too_fine")


def test_two_codes_and_time_are_told(warehouse, api) -> None:  # noqa: F811
    for metric, query in (("cases.received", "by=agency_id,district_id,month,quarter"),
                          ("hotline.phone_contacts", "by=channel,district_id"),
                          ("works.behind", "by=agency_id,district_id,work_kind")):  # fmt: skip
        assert api.get(f"/api/v1/metrics/{metric}/values?period=112&{query}").status_code == 200


def test_calls_are_told_as_the_contacts_of_their_channel_are(warehouse, api) -> None:  # noqa: F811
    path = "/api/v1/metrics/hotline.{}/values?period=112&by={}"
    pairs = {row["district_id"]: row for row in api.get(path.format("contacts", "district_id,channel")).json()["rows"]
             if row["channel"] == "phone"}  # fmt: skip
    assert any(row["suppressed"] for row in pairs.values())
    for metric in ("phone_contacts", "waits", "mean_wait"):
        for row in api.get(path.format(metric, "district_id")).json()["rows"]:
            assert row["suppressed"] or not pairs[row["district_id"]]["suppressed"], (metric, row)


def test_every_filter_in_a_guarded_definition_is_understood() -> None:
    for name in ALL:
        of, _ = metrics.catalogue().find(name)
        short = name.partition(".")[2]
        filtered = set(re.findall(r"where (\w+)", metrics.expression(of, short)))
        assert filtered <= small_counts.implied(of, short).keys() <= set(of.by), name
    hotline = metrics.catalogue().sets["hotline"]
    assert small_counts.implied(hotline, "online_share") == {"channel": ("app", "web")}
    assert small_counts.implied(hotline, "dispatched") == {"kind": ("dispatch",)}


@pytest.mark.parametrize("name", COUNTS)
def test_no_question_by_place_gets_a_count_of_one_to_four(warehouse, api, name: str) -> None:  # noqa: F811
    of, _ = metrics.catalogue().find(name)
    places = [each for each in of.by if each in open_tables.PLACES]
    for place, period, other in itertools.product(places, ("111", "112Q2", "112-07", "all"), ("", "category", "month")):
        coded = {*filter(None, (place, other))} - {"month"} | small_counts.implied(of, name.partition(".")[2]).keys()
        if small_counts.too_fine(coded) or (other and other not in (*of.by, *small_counts.TIMES[of.grain == "year" :])):
            continue
        by = ",".join(filter(None, (place, other)))
        told = api.get(f"/api/v1/metrics/{name}/values", params={"period": period, "by": by}).json()
        few = [row for row in told["rows"] if row["value"] is not None and 0 < row["value"] < 5]
        assert few == [], (by, period)
        assert told["suppressed"] - sum(row["suppressed"] for row in told["rows"]) in (0, 1)


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


@pytest.mark.parametrize(
    "metric,by", [("petitions.received", "district_id"), ("hotline.contacts", "channel,district_id")]
)
def test_a_quarter_is_told_where_its_months_are(warehouse, api, metric: str, by: str) -> None:  # noqa: F811
    path = f"/api/v1/metrics/{metric}/values"
    months, quarters = ({}, {})
    for span, told in (("month", months), ("quarter", quarters)):
        for row in api.get(f"{path}?period=112&by={by},{span}").json()["rows"]:
            start = (int(row[span][5:7]) - 1) // 3
            told.setdefault((*(row[each] for each in by.split(",")), start), set()).add(row["suppressed"])
    assert months == quarters and {True} in months.values() and {False} in months.values()


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
