"""Is what a reader takes along what the screen says, and can none of it become a formula?"""

from __future__ import annotations

import csv
import datetime as dt
import io

import openpyxl
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import downloads, metrics, records, words
from dashboard.downloads import FORMULA, Table, as_csv, as_ods, as_xlsx
from dashboard.periods import ALL, parse
from dashboard.warehouse import ask

NAMES = metrics.catalogue().names()
SPANS = [ALL, parse("112"), parse("111Q2"), parse("112-03")]
CELLS = st.one_of(
    st.none(), st.integers(-(10**12), 10**12), st.dates(dt.date(1900, 3, 1), dt.date(2100, 1, 1)), st.booleans(),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn")), max_size=20),
    st.sampled_from(["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1", '=HYPERLINK("http://x")', "a=1", "−1"]),
)  # fmt: skip


def table(rows: list[tuple]) -> Table:
    at = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    return Table("名", ("=甲", "乙"), tuple(rows), (("=說明", "+內容"),), True, at, frozenset(), "說明", "資料", "模擬資料", "性質")


def read_csv(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
@settings(max_examples=60, deadline=None)
def test_no_cell_of_a_csv_begins_as_a_formula(rows: list[tuple]) -> None:
    head, *body = read_csv(as_csv(table(rows)))
    assert head == ["'=甲", "乙", "性質"] and len(body) == len(rows)
    for cells, row in zip(body, rows, strict=True):
        assert cells[-1] == "模擬資料"
        for cell, value in zip(cells, row, strict=False):
            if isinstance(value, str):
                assert not cell.startswith(FORMULA)
                assert cell.removeprefix("'") == value.removeprefix("'")


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
@settings(max_examples=40, deadline=None)
def test_no_cell_of_a_workbook_is_a_formula(rows: list[tuple]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(table(rows))))
    facts, sheet = book.worksheets
    assert [cell.value for cell in facts[1]] == ["=說明", "+內容"]
    for line in (*facts.iter_rows(), *sheet.iter_rows()):
        assert all(cell.data_type != "f" for cell in line)
    for line, row in zip(sheet.iter_rows(min_row=2, values_only=True), rows, strict=False):
        for got, value in zip(line, row, strict=True):
            if (isinstance(value, str) and value.strip() and "\r" not in value) or isinstance(value, int):
                assert got == value


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
@settings(max_examples=20, deadline=None)
def test_no_cell_of_an_open_document_is_a_formula(rows: list[tuple]) -> None:
    import zipfile

    data = as_ods(table(rows))
    content = zipfile.ZipFile(io.BytesIO(data)).read("content.xml").decode()
    assert "table:formula" not in content
    facts = pandas.read_excel(io.BytesIO(data), engine="calamine", header=None, sheet_name="說明")
    assert list(facts.iloc[0]) == ["=說明", "+內容"]


@pytest.mark.parametrize("place,name", list(enumerate(NAMES)))
def test_a_figure_is_the_same_wherever_it_is_read(warehouse, place: int, name: str) -> None:
    """Answer, CSV, XLSX and ODS; over spans and dimensions in turn, so that each metric meets some of them."""
    of, metric = metrics.catalogue().find(name)
    span = SPANS[place % len(SPANS)]
    by = (of.by[place % len(of.by)],) if of.by else ()
    answer = ask(name, span, by=by)
    made = downloads.of_answer(answer)
    head = downloads.measured(answer)
    column = made.head.index(head)
    expected = [row["value"] for row in answer.rows]

    taken = read_csv(as_csv(made))
    assert taken[0][column] == head
    assert [float(row[column]) if row[column] else None for row in taken[1:]] == pytest.approx(expected)

    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(made))).worksheets[1]
    got = [row[column] for row in sheet.iter_rows(min_row=2, max_row=len(expected) + 1, values_only=True)]
    assert (got if expected else []) == pytest.approx(expected)

    if expected and any(value is not None for value in expected):
        read = pandas.read_excel(io.BytesIO(as_ods(made)), engine="calamine", sheet_name=1)
        assert [None if pandas.isna(value) else float(value) for value in read.iloc[:, column]] == pytest.approx(expected)

    facts = dict(made.facts)
    assert facts["意義"] == metric.means.zh and answer.sql in facts["算式"]
    assert all(f"? = {value}" in facts["算式"] for value in answer.values)
    assert ("模擬資料" in facts["資料性質"]) == answer.is_simulated
    assert answer.provenance.build == facts["資料版本"]


def test_a_file_is_named_after_its_filters_and_its_kind(warehouse) -> None:
    made = downloads.of_answer(ask("petitions.received", parse("112Q1"), where={"district_id": ["yongkang"]}))
    assert downloads.file_name(made.name) == "收件數_112_年第_1_季_永康區_模擬資料" or "永康區_模擬資料" in downloads.file_name(made.name)
    assert "/" not in downloads.file_name("../../etc/passwd") and not downloads.file_name("../x").startswith(".")


def test_the_same_build_gives_the_same_bytes(warehouse) -> None:
    made = downloads.of_answer(ask("awards.awards", by=("class",)))
    assert as_xlsx(made) == as_xlsx(made) and as_csv(made) == as_csv(made)


@pytest.mark.parametrize("name", sorted({each.partition(".")[0]: each for each in NAMES}.values()))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_rows_behind_a_figure_are_at_hand_with_words_for_heads(warehouse, name: str, language: str) -> None:
    words.speak(language)
    try:
        answer = ask(name, parse("112"))
        rows, count = warehouse_records(answer)
        heads = records.headings(answer)
        assert len(rows) <= count
        assert not [head for column, head in heads.items() if head == column], "a column without words"
        assert len(set(heads.values())) == len(heads)
        records.told(rows, heads)
    finally:
        words.speak(None)


def warehouse_records(answer):
    from dashboard.warehouse import records as behind

    return behind(answer, records.SHOWN)


@pytest.mark.parametrize(
    "name,where",
    [
        ("hotline.contacts", {"district_id": ["yongkang"], "channel": ["phone"]}),
        ("petitions.received", {"category": ["noise"]}),
        ("cases.received", {}),
        ("awards.awards", {"class": ["merit"]}),
        ("satisfaction.answered", {}),
        ("works.registered", {"light": ["behind"]}),
        ("forward_plans.plans", {"axis": ["water"]}),
        ("filings.reports", {"agency_id": ["public_works"]}),
    ],
)
@pytest.mark.parametrize("span", ["112", "111-08"])
def test_a_count_is_the_number_of_the_rows_behind_it(warehouse, name: str, where: dict, span: str) -> None:
    answer = ask(name, parse(span), where=where)
    _, count = warehouse_records(answer)
    assert count == (answer.value or 0)
