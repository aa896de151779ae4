"""What becomes of files as offices make them, from the hand that adds them to the tables of the shipped sources?"""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import openpyxl
import pytest

from data_pipeline import build, declarations, filing, load
from data_pipeline.clean import FileFault
from data_pipeline.store import Store
from tests import miniature
from tests.miniature import CALLS, source

FIXTURES = Path(__file__).parent / "fixtures"
SOURCES = declarations.load(declarations.SOURCES)
PEOPLE = ("李大華", "5566", "06-1234567", "王小明", "陳小英", "林小美", "0912345678", "0911222333", "0922333444",
          "0987654321", "06-7654321", "A123456789", "中正路", "路燈")  # fmt: skip


@pytest.fixture(scope="module")
def con():
    with miniature.ground() as con:
        yield con


@pytest.fixture
def arrive(con, tmp_path):
    """arrive(source, paths) → (Loaded, rows, rejects as (row, header, value, reason)), by way of `add` or not."""

    def arrive(name: str, *paths: Path, by_hand: bool = True):
        store, of = Store(tmp_path / "store"), SOURCES[name]
        receipts = []
        for path in paths:
            if by_hand:
                receipts.append(filing.add(store, of, path))
            else:
                with store.keep(name, "as kept before") as kept:
                    kept.copy(path)
                receipts.append(kept.receipt)
        loaded = load.load(con, store, of, receipts, tmp_path)
        rows = con.execute(f"select * exclude is_simulated from raw.{name} order by all").fetchall()
        rejects = con.execute(
            "select row_number, header, value, reason from meta.rejects where source = ? order by all", [name]
        ).fetchall()
        return loaded, rows, rejects

    return arrive


def raw(name: str) -> Path:
    return FIXTURES / "raw" / name


# Personal data


@pytest.mark.parametrize("by_hand", [True, False], ids=["added", "kept by an older version"])
def test_no_person_in_a_file_of_petitions_reaches_a_table_or_a_reject(arrive, by_hand):
    loaded, rows, rejects = arrive("petitions", raw("petitions_with_people.csv"), by_hand=by_hand)
    assert [row[0] for row in rows] == ["X1", "X3"]
    assert [(row, reason) for row, _, _, reason in rejects] == [
        (1, "title_row"), (4, "too_many_cells"), (6, "total_row"), (7, "note_row")]  # fmt: skip
    assert (loaded.rejects, loaded.notes) == (1, 3)
    assert not [each for each in PEOPLE if each in f"{rows}{rejects}"]
    assert all(
        value.removeprefix("註：").startswith("略（") for _, _, value, reason in rejects if reason != "total_row"
    )


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_no_person_in_a_file_of_petitions_is_kept(arrive, tmp_path, ending):
    path = tmp_path / f"陳情案件11203.{ending}"
    if ending == "csv":
        shutil.copy(raw("petitions_with_people.csv"), path)
    else:
        book = openpyxl.Workbook()
        for line in raw("petitions_with_people.csv").read_text(encoding="utf-8").splitlines():
            book.active.append(line.split(","))
        book.save(path)
    loaded, rows, _ = arrive("petitions", path)
    # In a sheet the last cell of the long row stands under a header without words, which is not declared.
    assert (len(rows), loaded.rejects, loaded.notes) == ((2, 1, 3) if ending == "csv" else (3, 0, 3))
    kept = [each for each in (tmp_path / "store").rglob("*") if each.is_file()]
    assert len(kept) == 2
    for each in kept:
        assert not [person for person in PEOPLE if person.encode() in each.read_bytes()], each.name
    (receipt,) = Store(tmp_path / "store").receipts("petitions")
    assert receipt.files[0].sha256 != receipt.files[0].sha256_received
    assert {"Personal and undeclared content was removed", "Columns not used: 備註"} <= {n["en"] for n in receipt.notes}


def test_a_file_with_nothing_personal_is_kept_to_the_byte(arrive, tmp_path):
    path = tmp_path / "petitions.csv"
    body = "案件編號,受理日期,陳情管道,案件類別,機關,應結案日期,\r\nX1,112.3.1,APP,違規停車,民政局,112.3.8\r\n"
    for text, same in ((body, True), (body.replace("113", "112"), True), (body.replace("8\r\n", "8,甲\r\n"), False)):
        path.write_bytes(b"\xef\xbb\xbf" + text.encode())
        assert len(arrive("petitions", path)[1]) == 1
        receipt = Store(tmp_path / "store").receipts("petitions")[-1]
        assert (receipt.files[0].sha256 == receipt.files[0].sha256_received) is same


def test_a_header_that_means_a_person_is_cut_of_any_source(tmp_path):
    of, store = source(CALLS.replace("personal: [姓名, 電話]", "")), Store(tmp_path / "store")
    path = tmp_path / "calls.csv"
    path.write_text("編號,日期,負責人手機,E-mail,天氣\nA1,112.3.1,0912345678,a@b.tw,晴\n", encoding="utf-8")
    (kept,) = store.files(filing.add(store, of, path))
    assert kept.read_text(encoding="utf-8").splitlines() == ["編號,日期,天氣", "A1,112.3.1,晴"]


def test_a_declared_column_may_sound_like_a_person(tmp_path):
    of = source(CALLS.replace("personal: [姓名, 電話]", "").replace("header: 管道", "header: 電話類型"))
    store, path = Store(tmp_path / "store"), tmp_path / "calls.csv"
    path.write_text("編號,日期,電話類型\nA1,112.3.1,電話\n", encoding="utf-8")
    receipt = filing.add(store, of, path)
    assert receipt.files[0].sha256 == receipt.files[0].sha256_received


# Deliveries


def test_what_comes_by_the_month_or_by_the_year_adds_up():
    """Only a service that answers with everything replaces what it said before."""
    assert {name for name, of in SOURCES.items() if of.delivery == "full"} == {
        "award_notices_goods", "award_notices_services", "award_notices_works", "tender_dataset"}  # fmt: skip


def contacts(folder: Path, month: int) -> Path:
    path = folder / f"1999話務113{month:02}.csv"
    rows = "".join(f"C{month}{n},113.{month}.{n + 1},電話,諮詢,違規停車,交通局,永康區,5\n" for n in range(9))
    path.write_text("話務編號,受理時間,管道,服務類型,案件類別,機關,行政區,等候秒數\n" + rows, encoding="utf-8")
    return path


def test_a_second_month_adds_to_the_first(arrive, con, tmp_path):
    loaded, rows, _ = arrive("hotline_contacts", contacts(tmp_path, 1), contacts(tmp_path, 2))
    assert (loaded.rows, {row[1].month for row in rows}) == (18, {1, 2})
    # The build takes both; and the same file handed in again is no third.
    store = Store(tmp_path / "store")
    assert len(build._chosen(store, SOURCES["hotline_contacts"], None)) == 2
    loaded, _, rejects = arrive("hotline_contacts", contacts(tmp_path, 1))
    receipts = build._chosen(store, SOURCES["hotline_contacts"], None)
    loaded = load.load(con, store, SOURCES["hotline_contacts"], receipts, tmp_path)
    assert (len(receipts), loaded.rows, loaded.rejects, rejects) == (3, 18, 0, [])


def test_two_files_of_which_only_the_last_would_count_are_refused(tmp_path):
    of = {"calls": source(CALLS)}
    first, second = tmp_path / "calls1.csv", tmp_path / "calls2.csv"
    for path in (first, second):
        path.write_text("編號,日期\nA1,112.3.1\n", encoding="utf-8")
    assert filing.sort_out((first,), of) == [(first, of["calls"])]
    with pytest.raises(FileFault, match="none was taken") as raised:
        filing.sort_out((first, second), of)
    assert "取代" in raised.value.zh and "partial" in raised.value.zh
    adding = {"calls": source(CALLS.replace("reach:", "delivery: partial\nreach:"))}
    assert len(filing.sort_out((first, second), adding)) == 2


@pytest.mark.parametrize(
    ("later", "lost"), [(range(10, 20), 10), (range(7), 3), (range(8), None), (range(1, 30), None), (range(0), 10)]
)
def test_a_whole_delivery_that_covers_clearly_less_says_so(tmp_path, later, lost):
    of, store = source(CALLS), Store(tmp_path / "store")
    path = tmp_path / "calls.csv"
    receipts = []
    for numbers in (range(10), later):
        path.write_text("編號,日期\n" + "".join(f"A{n},112.3.1\n" for n in numbers), encoding="utf-8")
        receipts.append(filing.add(store, of, path))
    said = [note for receipt in receipts for note in receipt.notes if "replaces" in note["en"]]
    assert said == [] if lost is None else f"{lost:,} of the 10 rows" in said[0]["en"]
    assert len(said) == (lost is not None)


# Shapes


def test_a_month_said_once_a_group_counts_for_the_rows_below(arrive):
    loaded, rows, rejects = arrive("joint_centre_visits", raw("merged_months.csv"))
    assert [(row[0].month, row[2]) for row in rows] == [
        (1, 30), (1, 20), (1, 10), (2, 41), (2, 31), (2, 21), (2, 11)]  # fmt: skip
    assert (loaded.rejects, loaded.notes, [each[3] for each in rejects]) == (0, 2, ["total_row"] * 2)


def test_months_across_become_rows_of_the_year_above(arrive):
    loaded, rows, rejects = arrive("joint_centre_visits", raw("months_across.csv"))
    assert len(rows) == 12 + 9 and {row[0].year for row in rows} == {2023}
    assert {(row[0].month, row[2]) for row in rows if row[1] == "petition"} >= {(1, 10), (12, 1021)}
    assert (5, "6月", "廿五", "not_integer") in rejects
    assert (loaded.rejects, loaded.notes) == (1, 3)


def test_months_across_name_their_year_in_a_column_and_their_fault_in_its_own_header(arrive):
    loaded, rows, rejects = arrive("joint_centre_visits", raw("months_across_years.csv"))
    assert [(row[0], row[2]) for row in rows] == [
        (dt.date(2022, 2, 1), 2), (dt.date(2022, 3, 1), 3), (dt.date(2023, 1, 1), 1), (dt.date(2023, 1, 1), 1234),
        (dt.date(2023, 2, 1), 2), (dt.date(2023, 3, 1), 0), (dt.date(2023, 3, 1), 3)]  # fmt: skip
    # A year that is none is one fault, not one a month.
    assert [each for each in rejects if each[3] != "total_row"] == [
        (4, "年度[民國年]", "民國某年", "not_year"), (5, "一月[統計]", "abc", "not_integer")]  # fmt: skip
    assert (loaded.rejects, loaded.notes) == (2, 1)


def test_months_across_without_a_year_are_refused(tmp_path):
    with pytest.raises(FileFault, match="哪一年"):
        filing.add(Store(tmp_path), SOURCES["joint_centre_visits"], FIXTURES / "broken" / "months_without_year.csv")


def test_a_total_in_any_of_the_leading_columns_is_no_data(arrive):
    loaded, rows, rejects = arrive("volunteers", raw("totals_in_second_column.csv"))
    assert sorted(row[3] for row in rows) == [100, 120, 300]
    assert {row[0] for row in rows} == {2023}
    assert (loaded.rejects, [(each[0], each[3]) for each in rejects]) == (
        0, [(4, "total_row"), (6, "total_row"), (7, "total_row")])  # fmt: skip


def test_amounts_and_days_are_read_as_people_write_them(arrive):
    loaded, rows, rejects = arrive("forward_plans", raw("amounts_and_days.csv"))
    assert [row[4:] for row in rows] == [
        (dt.date(2023, 3, 26), dt.date(2024, 12, 31), 120_000_000, 10_000_000),
        (dt.date(2023, 12, 31), dt.date(2025, 12, 31), 5_000_000, 350_000_000),
        (dt.date(2023, 3, 26), dt.date(2025, 12, 31), 120_000_000, 125_000),
    ]
    assert [each[1:] for each in rejects] == [
        ("中央補助經費(千元)", "約1千萬", "not_money"), ("核定總經費(千元)", "1億2千", "not_money"),
        ("核定日期", "三月二十六日", "not_date")]  # fmt: skip
    assert loaded.rejects == 2


# Years


def test_one_year_in_two_spellings_is_one_key(arrive, tmp_path):
    path = tmp_path / "預算執行112.csv"
    head, row = "年度,機關,累計分配數,累計執行數,年度預算數\n", "{},民政局,10,{},20\n"
    years = ("112", "2023", "112年度", "民國112年")
    path.write_text(head + "".join(row.format(year, n) for n, year in enumerate(years)), encoding="utf-8")
    loaded, rows, rejects = arrive("budget_execution", path)
    assert [(each[0], each[3]) for each in rows] == [(2023, 3000)]
    assert (loaded.rejects, {each[3] for each in rejects}) == (3, {"duplicate"})


# Workbooks


def workbook(path: Path, sheets: dict[str, list[list]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


DATA = [["1999 話務統計"], ["話務編號", "受理時間", "管道", "服務類型", "案件類別", "機關"],
        ["C1", "113.1.2", "電話", "諮詢", "違規停車", "交通局"]]  # fmt: skip
COVER = [["填表說明"], ["1. 話務編號由系統產生"], ["2. 受理時間請填民國年"]]


@pytest.mark.parametrize("name", ["1999話務11301.xlsx", "匯出.xlsx"])
def test_a_cover_sheet_comes_before_the_data(arrive, tmp_path, name):
    path = workbook(tmp_path / name, {"說明": COVER, "資料": DATA, "代碼": [["管道", "代碼"], ["電話", 1]]})
    assert [each.name for each in filing.recognise(path, SOURCES)] == ["hotline_contacts"]
    loaded, rows, _ = arrive("hotline_contacts", path)
    assert ([row[0] for row in rows], loaded.rejects) == (["C1"], 0)


def test_of_two_sheets_of_data_neither_is_left_out_in_silence(tmp_path):
    path = workbook(tmp_path / "1999話務.xlsx", {"1月": DATA, "2月": DATA})
    with pytest.raises(FileFault, match="1月、2月"):
        filing.add(Store(tmp_path / "store"), SOURCES["hotline_contacts"], path)
    assert not Store(tmp_path / "store").receipts("hotline_contacts")


def test_a_workbook_without_the_data_says_what_its_best_sheet_lacks(tmp_path):
    path = workbook(tmp_path / "1999話務.xlsx", {"說明": COVER, "資料": [row[1:] for row in DATA[1:]]})
    with pytest.raises(FileFault, match=r"缺少必要欄位：話務編號"):
        filing.add(Store(tmp_path / "store"), SOURCES["hotline_contacts"], path)
