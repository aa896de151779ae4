"""Which rows does a file hold, as people make files?"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import odfdo
import openpyxl
import pytest

from data_pipeline import clean, grids
from data_pipeline.clean import Fault, FileFault
from tests.miniature import CALLS, source

RAW, BROKEN = Path(__file__).parent / "fixtures" / "raw", Path(__file__).parent / "fixtures" / "broken"
SOURCE = source(CALLS)
HEADER = ["編號", "日期", "管道", "行政區", "分鐘"]
WIDE_TEXT = """
title: {zh: 月計, en: Months}
system: hotline
producer: {zh: 研考會, en: RDEC}
where: {protocol: file, names: ["m*"]}
licence: internal
cadence: {every: year}
wide: {year: year, value: calls}
columns:
  year: {header: 年度, type: text, required: true, label: {zh: 年度, en: Year}}
  office: {header: 機關, type: text, fill_down: true, required: true, label: {zh: 機關, en: Office}}
  month: {header: 年月, type: month, required: true, label: {zh: 年月, en: Month}}
  calls: {header: 件數, type: integer, required: true, label: {zh: 件數, en: Calls}}
"""
MONTHS = "\n".join(
    line for line in WIDE_TEXT.replace("year: year, ", "").splitlines() if not line.startswith("  year:")
)
WIDE = source(WIDE_TEXT)


def tidy(rows: list[list[str]], of=SOURCE):
    """(header, [(row number, values)], {row number: reason})"""
    header, found = clean.tidy(enumerate(rows, 1), of)
    found = list(found)
    good = [each for each in found if not isinstance(each, Fault)]
    return header, good, {each.row: each.reason for each in found if isinstance(each, Fault)}


def read(path: Path, of=SOURCE):
    header, found = clean.tidy(clean.grid_of(path), of)
    found = list(found)
    good = [each for each in found if not isinstance(each, Fault)]
    return header, good, {each.row: each.reason for each in found if isinstance(each, Fault)}


# Headers


@pytest.mark.parametrize(
    "printed",
    [
        "編號",
        "\ufeff編號",
        " 編 號 ",
        "編\n號",
        "編號(必填)",
        "編號【A】",
        "編號［註］",
        "案號",
        "call_id",
        "ＣＡＬＬ_ID",
    ],
)
def test_a_header_is_known_however_it_is_printed(printed):
    assert clean.match_header([printed, "日期"], SOURCE).columns == ("call_id", "received_on")


def test_a_unit_in_the_header_beats_the_declared_one():
    for printed, unit in [
        ("經費(萬元)", "萬元"),
        ("經費（新臺幣百萬元）", "百萬元"),
        ("經費[仟元]", "仟元"),
        ("經費(元)", "元"),
    ]:
        assert clean.match_header(["編號", printed], SOURCE).units == {"cost_twd": unit}
    assert clean.match_header(["編號", "經費(人)"], SOURCE).units == {}
    assert clean.match_header(["編號", "達成率(%)"], SOURCE).units == {"share": "%"}


def test_a_unit_above_the_table_counts_where_the_header_names_none():
    header, *_ = tidy([["單位：新臺幣萬元"], [*HEADER, "經費"], ["A1", "112.3.1", "", "", "", "5"]])
    assert header.units == {"cost_twd": "萬元"}
    header, *_ = tidy([["單位:萬元"], [*HEADER, "經費(元)"], ["A1", "112.3.1", "", "", "", "5"]])
    assert header.units == {"cost_twd": "元"}


def test_the_first_of_two_equal_headers_counts_and_the_second_is_named():
    header = clean.match_header(["編號", "日期", "編號", "天氣", ""], SOURCE)
    assert header.columns == ("call_id", "received_on", None, None, None)
    assert header.unknown == ("編號", "天氣")


def test_an_exact_header_goes_before_one_that_only_looks_like_it():
    header = clean.match_header(["日期(更新)", "編號", "日期"], SOURCE)
    assert header.columns == (None, "call_id", "received_on")


def test_two_columns_that_differ_only_in_brackets_are_not_confused():
    two = source(CALLS.replace("minutes: {header: 分鐘", "minutes: {header: 時間(分)").replace(
        "share: {header: 達成率", "share: {header: 時間(率)"))  # fmt: skip
    assert clean.match_header(["時間(率)", "時間(分)", "時間"], two).columns == ("share", "minutes", None)


@pytest.mark.parametrize("printed", ["姓名", " 姓　名", "姓名(遮罩)", "電話", "電話【日間】"])
def test_a_personal_column_is_neither_read_nor_named(printed):
    header = clean.match_header(["編號", "日期", printed], SOURCE)
    assert (header.columns[2], header.unknown, header.personal) == (None, (), (2,))


def test_a_personal_header_goes_before_a_column_that_only_looks_like_it():
    of = source(CALLS.replace("personal: [姓名, 電話]", "personal: [管道(姓名)]"))
    assert clean.match_header(["管道(姓名)", "管道"], of).columns == (None, "channel")


def test_taiwanese_variants_are_one():
    of = source(CALLS.replace("header: 管道", "header: 髒污臺鹽"))
    assert clean.match_header(["髒汙台塩"], of).columns == ("channel",)


# Rows


def test_titles_totals_notes_and_headers_again_are_no_data():
    header, good, faults = read(RAW / "title_notes_totals.csv")
    assert [number for number, _ in good] == [5, 6, 10]
    assert faults == {1: "title_row", 2: "title_row", 8: "total_row", 9: "repeated_header", 11: "total_row",
                      12: "note_row", 13: "note_row"}  # fmt: skip
    assert header.units == {"cost_twd": "萬元"}


@pytest.mark.parametrize("first", ["合計", "總　計", "小計(件)", "永康區小計", "112年度合計：", "TOTAL"])
def test_a_total_is_told_by_its_first_word(first):
    _, good, faults = tidy([HEADER, ["A1", "112.3.1", "", "", ""], [first, "", "", "", "99"]])
    assert (len(good), faults) == (1, {3: "total_row"})


def test_a_total_is_told_in_any_word_before_the_first_number():
    rows = [["A1", "112.3.1", "合計", "", "99"], ["A2", "112.3.1", "", "總　計", "99"], ["A3", "", "永康區小計", "", "9"],
            ["A4", "112.3.1", "電話", "", "合計"], ["A5", "112.3.1", "合計窗口", "", "1"]]  # fmt: skip
    _, good, faults = tidy([HEADER, *rows])
    assert faults == {2: "total_row", 3: "total_row", 4: "total_row"}
    assert [row["call_id"] for _, row in good] == ["A4", "A5"]


@pytest.mark.parametrize(
    "title", ["小計畫", "總和路1號", "說明會", "單位訪視", "備註欄位改善", "*重要*", "更新日期系統"]
)
def test_data_that_begins_like_a_note_stays_data(title):
    _, good, faults = tidy([HEADER, [title, "112.3.1", "電話", "", ""]])
    assert (len(good), faults) == (1, {})


def test_what_a_sheet_has_beyond_its_last_header_is_refused_as_in_a_csv():
    rows = [[*HEADER, "", ""], ["A1", "112.3.1", "", "", "", "", ""], ["A2", "112.3.2", "", "", "", "", "x"]]
    _, good, faults = tidy(rows, SOURCE.model_copy(update={"personal": ()}))
    assert [row["call_id"] for _, row in good] == ["A1"] and faults == {3: "too_many_cells"}


def test_a_short_row_is_filled_and_a_long_one_refused():
    _, good, faults = tidy(
        [HEADER, ["A1", "112.3.1"], ["A2", "112.3.2", "", "", "", "x"], ["A3", "112.3.3", "", "", "1", ""]]
    )
    assert [row["call_id"] for _, row in good] == ["A1", "A3"]
    assert good[0][1]["minutes"] == "" and faults == {3: "too_many_cells"}


def test_a_lone_cell_is_a_note_only_where_something_required_is_missing():
    one = source(CALLS.replace("type: date, required: true", "type: date").replace("reach: received_on", ""))
    assert tidy([HEADER, ["A1", "", "", "", ""]], one)[2] == {}
    assert tidy([HEADER, ["", "", "電話", "", ""]], one)[2] == {2: "note_row"}
    assert tidy([HEADER, ["以上資料由各機關提供", "", "", "", ""]])[2] == {2: "note_row"}


def test_blank_rows_say_nothing_but_keep_the_count():
    _, good, faults = tidy([HEADER, [], ["", " ", "　"], ["A1", "112.3.1"]])
    assert ([number for number, _ in good], faults) == ([4], {})


def test_wide_months_become_rows():
    rows = [["年度", "機關", "一月[統計]", "2月", "十二月份", "合計"],
            ["112年度", "甲局", "5", "-", "1,000", "1005"], ["１１２", "", "", "7", "", "7"]]  # fmt: skip
    _, good, faults = tidy(rows, WIDE)
    assert [(n, r["office"], r["month"], r["calls"]) for n, r in good] == [
        (2, "甲局", "112/01", "5"), (2, "甲局", "112/12", "1,000"), (3, "甲局", "112/02", "7")]  # fmt: skip
    assert not faults


def test_a_month_header_may_carry_its_year():
    rows = [["機關", "111年12月", "112/1", "民國112年2月份", "2023-03"], ["甲局", "1", "2", "3", "4"]]
    of = source(MONTHS)
    _, good, faults = tidy(rows, of)
    assert [(row["month"], row["calls"]) for _, row in good] == [
        ("111/12", "1"), ("112/01", "2"), ("112/02", "3"), ("2023/03", "4")]  # fmt: skip
    assert not faults


@pytest.mark.parametrize(
    ("above", "year"),
    [(["112年度話務統計"], "112"), (["統計期間：112年1月至112年12月"], "112"), (["2023年"], "2023"),
     (["112年度", "更新日期：113年1月5日"], "112"), (["111年至112年"], None), (["話務統計"], None), ([], None)],
)  # fmt: skip
def test_the_year_of_month_columns_may_stand_above_but_must_stand_somewhere(above, year):
    rows = [*([text] for text in above), ["機關", "1月", "2月"], ["甲局", "1", "2"]]
    if year is None:
        with pytest.raises(FileFault, match="哪一年"):
            tidy(rows, source(MONTHS))
        return
    assert [row["month"] for _, row in tidy(rows, source(MONTHS))[1]] == [f"{year}/01", f"{year}/02"]


def test_without_a_header_the_file_is_refused_in_both_languages():
    for rows, said in [
        ([["a", "b"]], "找不到標題列"),
        ([], "（空白）"),
        ([["編號", "管道"]], "日期"),
        ([HEADER[:1]] * 40, "日期"),
    ]:
        with pytest.raises(FileFault) as raised:
            tidy(rows)
        assert said in raised.value.zh and raised.value.en


def test_a_first_row_is_not_quoted_as_it_may_name_a_person():
    for of in (SOURCE, source(CALLS.replace("personal: [姓名, 電話]", ""))):
        with pytest.raises(FileFault) as raised:
            tidy([["王小明", "台南市永康區"]], of)
        assert "王小明" not in raised.value.zh + raised.value.en
        assert "2 格" in raised.value.zh and "2 cells" in raised.value.en


def test_a_header_below_the_thirtieth_row_is_not_looked_for():
    assert len(tidy([["標題"]] * 29 + [HEADER, ["A1", "112.3.1"]])[1]) == 1
    with pytest.raises(FileFault):
        tidy([["標題"]] * 30 + [HEADER, ["A1", "112.3.1"]])


# Bytes


@pytest.mark.parametrize(
    ("name", "encoding"), [("big5.csv", "cp950"), ("utf8_bom.csv", "utf-8-sig"), ("utf16.csv", "utf-16")]
)
def test_every_encoding_gives_the_same_rows(name, encoding):
    assert grids.encoding_of(RAW / name) == encoding
    _, good, faults = read(RAW / name)
    assert [tuple(row.values()) for _, row in good] == [
        ("A1", "112.3.1", "電話", "永康區", "5"), ("A2", "112.3.2", "臨櫃", "鹽水區", "7")]  # fmt: skip
    assert not faults


@pytest.mark.parametrize(
    ("name", "said"),
    [("web_page.csv", "網頁"), ("half_utf8.csv", "第 4 行"), ("nul.csv", "不是文字檔"), ("empty.csv", "空檔案"),
     ("open_quote.csv", "第 2 行"), ("not_a_sheet.xlsx", "無法開啟")],
)  # fmt: skip
def test_a_broken_file_is_refused_with_a_sentence(name, said):
    with pytest.raises(FileFault) as raised:
        read(BROKEN / name)
    assert said in raised.value.zh and name in raised.value.en


def test_a_web_page_behind_a_bom_is_still_a_web_page(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbf \n<HTML>")
    with pytest.raises(FileFault, match="web page"):
        read(tmp_path / "a.csv")


@pytest.mark.parametrize("mark", list(",\t;|"))
def test_the_delimiter_is_the_mark_that_cuts_evenly(tmp_path, mark):
    rows = [
        ["話務統計，112年"],
        HEADER,
        ["A1", "112.3.1", "電話", "", "1,200"],
        ["A2", "112.3.2", "電話|APP;網頁", "", "1,300"],
    ]
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=mark).writerows(rows)
    _, good, _ = read(tmp_path / "a.csv")
    assert [row["minutes"] for _, row in good] == ["1,200", "1,300"]


def test_a_line_break_within_quotes_counts_as_one_row(tmp_path):
    (tmp_path / "a.csv").write_bytes('編號,日期\r\n"A\r\n1",112.3.1\r\nA2,112.3.2\r\n'.encode())
    _, good, _ = read(tmp_path / "a.csv")
    assert [(number, row["call_id"]) for number, row in good] == [(2, "A\r\n1"), (3, "A2")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_will_do(tmp_path, end):
    (tmp_path / "a.csv").write_bytes(end.join(["編號,日期", "A1,112.3.1", "A2,112.3.2"]).encode())
    assert len(read(tmp_path / "a.csv")[1]) == 2


# Spreadsheets


def workbook(path: Path, rows: list[list], merges: tuple[str, ...] = (), percent: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "空白"
    sheet = book.create_sheet("資料")
    for row in rows:
        sheet.append(row)
    for each in percent:
        sheet[each].number_format = "0.0%"
    for each in merges:
        sheet.merge_cells(each)
    book.save(path)
    return path


def document(path: Path, rows: list[list], spans: tuple[tuple[int, int, int, int], ...] = (), percent=()) -> Path:
    book = odfdo.Document("spreadsheet")
    book.body.clear()
    book.body.append(odfdo.Table("空白"))
    table = odfdo.Table("資料")
    table.set_values(rows)
    for column, row in percent:
        cell = table.get_cell((column, row))
        cell.set_attribute("office:value-type", "percentage")
        table.set_cell((column, row), cell)
    for each in spans:
        table.set_span(each)
    book.body.append(table)
    book.save(path)
    return path


ROWS = [
    ["1999 話務統計", None, None, None, None, None],
    [*HEADER, "達成率"],
    ["A1", dt.date(2023, 3, 1), "電話", "永康區", 5, 0.875],
    ["A2", dt.datetime(2023, 3, 2, 8, 30), None, "永康區", 1234567890, 0.5],
    ["A3", "112.3.3", "臨櫃", "鹽水區", 7.5, 88],
]


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_a_spreadsheet_is_read_as_it_is_shown(tmp_path, ending):
    if ending == "xlsx":
        path = workbook(tmp_path / "a.xlsx", ROWS, ("A1:F1", "C3:C4"), ("F3", "F4"))
    else:
        path = document(tmp_path / "a.ods", ROWS, ((0, 0, 5, 0), (2, 2, 2, 3)), ((5, 2), (5, 3)))
    _, good, faults = read(path)
    assert [tuple(row.values()) for _, row in good] == [
        ("A1", "2023-03-01", "電話", "永康區", "5", "87.500%"),
        ("A2", "2023-03-02 08:30:00", "電話", "永康區", "1234567890", "50.0%"),
        ("A3", "112.3.3", "臨櫃", "鹽水區", "7.5", "88"),
    ]
    assert ([number for number, _ in good], faults) == ([3, 4, 5], {1: "title_row"})


def test_tiny_and_huge_numbers_are_written_out(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx", [HEADER, ["A1", "112.3.1", None, None, 1e-7], ["A2", "112.3.2", None, None, 1e15]]
    )
    assert [row["minutes"] for _, row in read(path)[1]] == ["0.0000001", "1000000000000000"]


def test_an_empty_workbook_is_refused(tmp_path):
    with pytest.raises(FileFault):
        read(workbook(tmp_path / "a.xlsx", []))


def test_records_become_a_grid_of_all_their_keys():
    grid = list(clean.grid_of_records([{"a": "1"}, {"b": None, "a": 2}]))
    assert grid == [(1, ["a", "b"]), (2, ["1", ""]), (3, ["2", ""])]
