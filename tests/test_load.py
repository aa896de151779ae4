"""Are the rows of a file in the table, each once, or in the rejects, each with its reason?"""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_pipeline import cells, clean, load
from data_pipeline.clean import FileFault
from data_pipeline.declarations import DeclarationError
from data_pipeline.store import Store
from tests import miniature
from tests.miniature import CALLS, source

FIXTURES = Path(__file__).parent / "fixtures"
SOURCE = source(CALLS)
HEAD = "編號,日期,管道,行政區,分鐘,經費,達成率\n"


@pytest.fixture(scope="module")
def con():
    with miniature.ground() as con:
        yield con


@pytest.fixture
def filed(con, tmp_path):
    """filed(text, …) → (Loaded, rows of the table, rejects) of one delivery each."""
    return lambda *bodies, of=SOURCE, name="話務.csv": run(con, tmp_path, bodies, of, name)


def run(con, folder: Path, bodies, of=SOURCE, name="話務.csv"):
    store, work = Store(folder / "store"), folder / "work"
    work.mkdir(parents=True, exist_ok=True)
    receipts = []
    for body in bodies:
        with store.keep(of.name, "test") as kept:
            kept.add(name, body.encode() if isinstance(body, str) else body)
        receipts.append(kept.receipt)
    loaded = load.load(con, store, of, receipts, work)
    assert not list(work.glob("*.laid.csv"))
    rows = con.execute(f"select * from raw.{of.name}").fetchall()
    rejects = con.execute(
        "select file, row_number, header, value, reason, zh, en from meta.rejects join seeds.reject_reasons "
        "using (reason) where source = ? order by all",
        [of.name],
    ).fetchall()
    return loaded, rows, rejects


def test_a_plain_file_is_typed(filed):
    loaded, rows, rejects = filed(HEAD + 'A1,112.3.1,電話,台南市永康區,５,"1,200",87%\nA2,2023-03-02,,,,,\n')
    assert rows == [
        ("A1", dt.date(2023, 3, 1), "phone", "yongkang", 5, 1_200_000, 0.87, False),
        ("A2", dt.date(2023, 3, 2), None, None, None, None, None, False),
    ]
    assert (loaded.rows, loaded.rejects, loaded.notes, rejects) == (2, 0, 0, [])


def test_a_reject_names_file_row_column_value_and_reason_in_both_languages(filed):
    _, rows, rejects = filed(HEAD + "A1,112.3.1,電話,永康區,5,,\n\nA2,明天,傳真,火星,700,五元,很高\n,112.3.3,,,-1,,\n")
    assert [row[0] for row in rows] == ["A1"]
    assert [each[:5] for each in rejects] == [
        ("話務.csv", 4, "分鐘", "700", "above_maximum"),
        ("話務.csv", 4, "日期", "明天", "not_date"),
        ("話務.csv", 4, "管道", "傳真", "not_code"),
        ("話務.csv", 4, "經費", "五元", "not_money"),
        ("話務.csv", 4, "行政區", "火星", "not_district"),
        ("話務.csv", 4, "達成率", "很高", "not_percent"),
        ("話務.csv", 5, "分鐘", "-1", "below_minimum"),
        ("話務.csv", 5, "編號", None, "required"),
    ]
    assert all(zh and en and zh != en for *_, zh, en in rejects)


def test_rejected_rows_are_counted_once_each_and_notes_apart(filed):
    loaded, *_ = filed("標題\n" + HEAD + "A1,x,y,,,,\nA2,112.3.1,,,,,\n合計,,,,5,,\n註：暫定,,,,,,\n")
    assert (loaded.rows, loaded.rejects, loaded.notes) == (1, 1, 3)


BOTH = [
    HEAD + "A1,112.3.1,電話,,5,,\n小　計,,,,5,,\n總計,112.3.1,,,5,,\n註：暫定,,,,,,\n",
    HEAD + 'A1,112.3.1,電話,,5,,\n\n\nA2,x,,,,,\n,,,,,,\n"A\n3",y,,,,,\nA4,z,,,,,\n',
    HEAD + "A1,112.3.1,,,,,\n" + HEAD + "A2,112.3.2,,,,,\n編號,112.3.3,,,,,\n",
    HEAD + "A1,112.3.1,,,1,,\nA1,112.3.1,,,2,,\n\nA2,112.3.1,,,,,\nA1,112.3.1,,,3,,\n",
    HEAD + "　,112.3.1,,,,,\n\xa0 \t　\xa0\xa0,112.3.1,,,,,\nA1,　　　,,,,,\nA2,112.3.1,\t\xa0　　\xa0,,,,\n",
    HEAD + '只有一格,,,,,,\n A1 ,112.3.1," 電 話 ",," 5 ",,\nnull,112.3.1,,,,,\n-,112.3.1,,,,,\n',
    HEAD + "小計畫,112.3.1,,,,,\n合計室,112.3.1,,,,,\nTotal,112.3.1,,,,,\n",
    HEAD + "A1,112.3.1,,,,,\n永康區小計,,,,5,,\n以上,,,,,,\n",
    HEAD + "A1,112.3.1,合計,,5,,\nA2,112.3.1,,總　計,5,,\nA3,,小計,,5,,\nA4,112.3.1,,,5,合計,\n",
    HEAD + "".join(f"A{n},112.3.1,\t\x85\t,,5,,\n" for n in range(4)),  # no end of a line, whatever Unicode calls it
]


@pytest.mark.parametrize("text", BOTH, ids=range(len(BOTH)))
def test_both_ways_agree_on_hard_files(con, tmp_path, monkeypatch, text):
    agree(con, tmp_path, monkeypatch, text)


def test_both_ways_find_a_total_in_the_second_column(con, tmp_path, monkeypatch):
    of = source(
        CALLS.replace("channel: {header: 管道, type: code, domain: channel", "channel: {header: 管道, type: text")
    )
    text = HEAD + "A1,112.3.1,合計,,5,,\nA2,112.3.1,總 計,,5,,\nA3,112.3.1,合計窗口,,5,,\nA4,112.3.1,電話,,5,,\n"
    loaded, rows, rejects = agree(con, tmp_path, monkeypatch, text, of)
    assert [row[0] for row in rows] == ["A3", "A4"]
    assert (loaded.notes, [each[4] for each in rejects]) == (2, ["total_row", "total_row"])


def agree(con, folder, monkeypatch, text, of=SOURCE):
    direct = run(con, folder / "direct", [text], of)
    with monkeypatch.context() as patch:
        patch.setattr(load, "_plain_header", lambda path, source: (None, []))
        laid = run(con, folder / "laid", [text], of)
    assert direct == laid
    return direct


CELL = st.one_of(
    st.sampled_from(["", "-", " ", "　", "null", "合計", "小計畫", "註：", "編號", "112.3.1", "2023-03-01", "電話", "台南市 永康區",
                     "5", "1,200", "87%", "a\nb", "a\r\nb", 'say "so"', "x", "\t", "\xa0\xa0\xa0 ", "日期"]),
    st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\r"), max_size=6),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELL, min_size=7, max_size=7), max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_both_ways_agree_on_any_file(con, tmp_path_factory, monkeypatch, rows, end):
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end)
    writer.writerow(HEAD.strip().split(","))
    writer.writerows(rows)
    loaded, kept, rejects = agree(con, tmp_path_factory.mktemp("any"), monkeypatch, text.getvalue())
    # Nothing is lost: a row is in the table, in the rejects, or blank.
    places = {each[1] for each in rejects}
    blank = sum(not any(cell.strip() for cell in row) for row in rows)
    assert len(kept) + len(places) + blank == len(rows)
    assert loaded.rejects + loaded.notes == len(places)


def test_both_ways_agree_where_nothing_is_required(con, tmp_path, monkeypatch):
    of = source(CALLS.replace(", required: true", "").replace("key: [call_id]", ""))
    _, rows, _ = agree(con, tmp_path, monkeypatch, HEAD + ",,,,,,\n\nA1,,,,,,\n,,,,5,,\n合計,,,,5,,\n" + HEAD, of)
    assert len(rows) == 2


@pytest.mark.parametrize("name", ["big5.csv", "utf8_bom.csv", "utf16.csv"])
def test_every_encoding_ends_in_the_same_table(filed, name):
    loaded, rows, _ = filed((FIXTURES / "raw" / name).read_bytes())
    assert [(row[0], row[2], row[3], row[4]) for row in rows] == [
        ("A1", "phone", "yongkang", 5), ("A2", "counter", "yanshui", 7)]  # fmt: skip
    assert loaded.rejects == 0


def test_titles_units_totals_and_notes_end_where_they_belong(filed):
    loaded, rows, _rejects = filed((FIXTURES / "raw" / "title_notes_totals.csv").read_bytes())
    assert [(row[0], row[5]) for row in rows] == [("A1", 50_000), ("A2", 12_000_000), ("A3", 350_000_000)]
    assert (loaded.rejects, loaded.notes) == (0, 7)


def test_a_share_under_a_percent_header_is_hundredths_though_declared_otherwise(filed):
    of = source(CALLS.replace("type: percent", "type: percent, scale: 1"))
    assert filed(HEAD + "A1,112.3.1,,,,,0.87\n", of=of)[1][0][6] == 0.87
    assert filed(HEAD.replace("達成率", "達成率(%)") + "A1,112.3.1,,,,,87\n", of=of)[1][0][6] == 0.87


def test_a_row_that_comes_again_counts_once_the_last_one(filed):
    loaded, rows, rejects = filed(HEAD + "A1,112.3.1,,,1,,\nA2,112.3.1,,,2,,\nA1,112.3.1,,,3,,\n")
    assert sorted((row[0], row[4]) for row in rows) == [("A1", 3), ("A2", 2)]
    assert [each[1:5] for each in rejects] == [(2, "編號", "A1", "duplicate")]
    assert loaded.rejects == 1


def test_a_faulty_later_row_does_not_push_out_a_good_one(filed):
    _, rows, rejects = filed(HEAD + "A1,112.3.1,,,1,,\nA1,112.3.1,,,x,,\n")
    assert [row[4] for row in rows] == [1] and [each[4] for each in rejects] == ["not_integer"]


def test_a_later_delivery_corrects_without_being_a_fault(filed):
    of = source(CALLS.replace("reach:", "delivery: partial\nreach:"))
    loaded, rows, rejects = filed(
        HEAD + "A1,112.3.1,,,1,,\nA2,112.3.1,,,2,,\nA2,x,,,,,\n", HEAD + "A1,112.3.1,,,9,,\nA3,112.4.1,,,3,,\nA4,y,,,,,\n",
        of=of,
    )  # fmt: skip
    assert sorted((row[0], row[4]) for row in rows) == [("A1", 9), ("A2", 2), ("A3", 3)]
    # Two files of one name are told apart by their delivery.
    assert loaded.rejects == 2 and len({each[0] for each in rejects}) == 2
    assert [each[1] for each in sorted(rejects, key=lambda each: each[3])] == [4, 4]


def test_mixed_shapes_in_one_source_keep_their_order(filed):
    of = source(CALLS.replace("reach:", "delivery: partial\nreach:"))
    _, rows, _ = filed(
        "標題\n" + HEAD + "A1,112.3.1,,,1,,\n",
        HEAD + "A1,112.3.1,,,2,,\n",
        "標題\n" + HEAD + "A1,112.3.1,,,3,,\n",
        of=of,
    )
    assert [row[4] for row in rows] == [3]


def test_many_rejects_take_no_time(filed):
    loaded, *_ = filed(HEAD + "".join(f"A{number},x,,,,,\n" for number in range(30_000)))
    assert (loaded.rows, loaded.rejects) == (0, 30_000)


def test_personal_columns_never_reach_a_table(filed):
    head = HEAD.replace("分鐘", "姓名").replace("經費", "電話(日)")
    _, rows, rejects = filed(head + "A1,112.3.1,,,王大明,0912345678,\nA2,x,,,陳小美,0987654321,\n")
    assert [row[4:6] for row in rows] == [(None, None)]
    assert "陳小美" not in str(rejects) and "0987" not in str(rejects)


def test_unknown_headers_are_named(filed):
    assert filed("編號,日期,天氣\nA1,112.3.1,晴\n")[0].unknown_headers == ("天氣",)


@pytest.mark.parametrize("name", ["web_page.csv", "half_utf8.csv", "nul.csv", "empty.csv", "open_quote.csv"])
def test_a_broken_file_raises_and_says_which_delivery(filed, name):
    with pytest.raises(FileFault) as raised:
        filed((FIXTURES / "broken" / name).read_bytes())
    assert raised.value.pull


def test_a_broken_sheet_raises(filed):
    with pytest.raises(FileFault):
        filed((FIXTURES / "broken" / "not_a_sheet.xlsx").read_bytes(), name="a.xlsx")


@pytest.mark.parametrize("harm", ["change", "remove"])
def test_bytes_that_are_not_those_kept_are_not_read(con, tmp_path, harm):
    store = Store(tmp_path)
    with store.keep("calls", "test") as kept:
        path = kept.add("a.csv", (HEAD + "A1,112.3.1,,,,,\n").encode())
    (path,) = store.files(kept.receipt)
    path.write_text(HEAD + "A1,112.3.2,,,,,\n") if harm == "change" else path.unlink()
    with pytest.raises(FileFault):
        load.load(con, store, SOURCE, [kept.receipt], tmp_path)


def test_no_delivery_is_an_empty_table(filed):
    loaded, rows, _ = filed()
    assert (loaded.rows, rows) == (0, [])


def test_one_spelling_for_two_codes_is_an_error(tmp_path):
    mini = miniature.make(tmp_path)
    path = mini.warehouse / "seeds" / "codes.csv"
    path.write_text(path.read_text(encoding="utf-8") + "channel,fax,9,傳真,Fax,電 話,\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"電話|one spelling"):
        miniature.ground(mini.warehouse)


def test_a_domain_without_codes_is_an_error(filed):
    with pytest.raises(DeclarationError, match="no_such"):
        filed(HEAD + "A1,112.3.1,,,,,\n", of=source(CALLS.replace("domain: channel", "domain: no_such")))


def test_codes_are_found_by_every_spelling(filed):
    rows = filed(HEAD + "A1,112.3.1,電話,永康,,,\nA2,112.3.1,ＡＰＰ,臺南市永康區,,,\nA3,112.3.1,app,台南市永康區,,,\n")[
        1
    ]
    assert {row[3] for row in rows} == {"yongkang"} and [row[2] for row in rows] == ["phone", "app", "app"]


@pytest.mark.parametrize(("days", "fits"), [(0, True), (1, True), (2, False)])
def test_what_has_happened_lies_no_later_than_the_day_after_its_delivery(con, tmp_path, days, fits):
    """The day is that of the receipt in Taipei, so a repeated build gives the same rows."""
    at = dt.datetime(2024, 1, 31, 17, tzinfo=dt.UTC)  # the first of February in Taipei
    day = dt.date(2024, 2, 1) + dt.timedelta(days)
    ahead = source(CALLS.replace("type: date, ", "type: date, ahead: true, "))
    rows = []
    for of in (SOURCE, ahead):
        store = Store(tmp_path / f"store-{of is ahead}")
        with store.keep(of.name, "test") as kept:
            kept.add("話務.csv", (HEAD + f"A1,{day},,,,,\n").encode())
        work = tmp_path / f"work-{of is ahead}"
        work.mkdir()
        rows.append(load.load(con, store, of, [replace(kept.receipt, at=at.isoformat())], work).rows)
    assert rows == [fits, True]


@pytest.mark.parametrize("odd", ["", "A8,112.3.1,電話\n", "\n"], ids=["alike", "one is ragged", "one has a blank line"])
def test_files_that_are_read_together_keep_their_own_rows_numbers_and_days(con, tmp_path, odd):
    store, work = Store(tmp_path / "store"), tmp_path / "work"
    work.mkdir()
    receipts = []
    for month, body in enumerate(["A1,112.1.9,電話,,,,\nA2,112.1.31,傳真,,,,\n", "", odd + "A1,112.2.1,電話,,,,\n合計,,,,,,\n",
                                  "A3,112.2.31,,,,,\nA2,112.3.31,,,,,\nA4,112.4.9,電話,,,,\n"], 1):  # fmt: skip
        with store.keep(SOURCE.name, "test") as kept:
            kept.add(f"話務-{month}.csv", (HEAD + body).encode())
        receipts.append(replace(kept.receipt, at=dt.datetime(2023, month, 28, tzinfo=dt.UTC).isoformat()))
    load.load(con, store, SOURCE, receipts, work)
    assert con.execute("select call_id, received_on from raw.calls").fetchall() == [
        *[("A8", dt.date(2023, 3, 1))] * odd.startswith("A8"), ("A1", dt.date(2023, 2, 1)), ("A2", dt.date(2023, 3, 31)), ("A4", dt.date(2023, 4, 9))
    ]  # fmt: skip
    told = con.execute("select file, row_number, value, reason from meta.rejects order by all").fetchall()
    at = 3 + (odd != "")
    assert told == [
        ("話務-1.csv", 3, "112.1.31", "in_the_future"),
        ("話務-1.csv", 3, "傳真", "not_code"),
        ("話務-3.csv", at, "合計", "total_row"),
        ("話務-4.csv", 2, "112.2.31", "not_date"),
    ]


def test_the_reasons_of_both_modules_are_all_in_the_seed(con):
    known = {row[0] for row in con.execute("select reason from seeds.reject_reasons").fetchall()}
    assert {f"not_{kind}" for kind in cells.SQL_TYPES} | {
        "required",
        "duplicate",
        "below_minimum",
        "above_maximum",
        "in_the_future",
    } <= known
    assert clean.TOTAL and {"title_row", "total_row", "note_row", "repeated_header", "too_many_cells"} <= known
