"""Does one 標案 XML feed its tables, and does no name in it survive?"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import duckdb
import pytest

from data_pipeline import build, declarations, filing, load
from data_pipeline.pull import PullError, feeds, redact, rows
from data_pipeline.store import Store

FILE = Path(__file__).parent / "fixtures" / "raw" / "tenders.xml"
PERSONAL = ("王小明", "06-1234567", "wang@example.org", "0912345678", "A123456789")


@pytest.fixture(scope="module")
def sources():
    every = declarations.load(declarations.SOURCES).values()
    return {each.name: each for each in every if each.where.protocol == "pcc"}


def read(source, body: bytes | None = None) -> list[dict]:
    return list(rows(source, FILE.name, FILE.read_bytes() if body is None else body))


def test_basic_facts_are_one_row_a_tender_with_nested_names(sources):
    first, second = read(sources["tenders"])
    assert (first["標案編號"], first["執行機關"], first["工程總預算"]) == ("A110-001", "臺南市政府水利局", "518,000")
    assert (first["設計/單位名稱"], first["承攬/廠商名稱"], first["承攬/廠商名稱2"]) == (
        "測試顧問公司",
        "測試營造公司",
        None,
    )
    assert second["標案編號"] == "A110-002"


def test_progress_is_one_row_a_month(sources):
    found = [(row["年月"], row["總累計預定進度"], row["總累計實際進度"]) for row in read(sources["tender_progress"])]
    assert found == [("111/11", "40.5", "38.25"), ("111/12", "48", "41"), ("112/01", "55", "44")]


def test_lags_and_changes_carry_the_number_of_their_tender(sources):
    (lag,) = read(sources["tender_lags"])
    assert (lag["標案編號"], lag["年月"], lag["落後因素"]) == ("A110-001", "112/01", "管線遷移")
    (change,) = read(sources["tender_changes"])
    assert (change["日期"], change["變更前金額"], change["變更後金額"], change["準延天數"]) == (
        "1120301",
        "480000",
        "492000",
        "30",
    )


def test_budgets_are_one_row_a_year_and_kind(sources):
    where = sources["tenders"].where.model_copy(update={"resource": "預算編列"})
    found = read(sources["tenders"].model_copy(update={"where": where}))
    assert [(row["民國年"], row["類別"], row["法定預算數"]) for row in found] == [
        ("111", "工程費", "300000"), ("111", "管理費", "8000"),
    ]  # fmt: skip


def test_no_person_survives(sources):
    body = FILE.read_bytes()
    assert all(each in body.decode() for each in PERSONAL)
    for source in sources.values():
        kept = redact(source, FILE.name, body)
        assert not [each for each in PERSONAL if each in kept.decode()]
        declared = [column.header for column in source.columns.values()]
        came, left = ([[row.get(header) for header in declared] for row in read(source, of)] for of in (body, kept))
        assert came == left and came


def test_what_no_source_declared_of_a_tender_is_not_kept(sources):
    body = FILE.read_text(encoding="utf-8").replace("</基本資料>", "<負責技師>王小明</負責技師></基本資料>", 1).encode()
    for source in sources.values():
        assert "王小明" not in redact(source, FILE.name, body).decode()


def test_one_file_feeds_the_sources_it_has_rows_for(sources):
    body = FILE.read_bytes()
    assert {each.name for each in feeds(body, sources.values())} == set(sources)
    without = body.decode().replace("落後資料", "其他資料").encode()
    assert {each.name for each in feeds(without, sources.values())} == set(sources) - {"tender_lags"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp950"])
def test_the_label_of_an_encoding_is_not_believed(sources, encoding):
    body = FILE.read_text(encoding="utf-8").encode(encoding)
    assert read(sources["tenders"], body) == read(sources["tenders"])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (FILE.read_bytes()[:-40], "不完整"),
        (b"<a/>", "沒有「標案」"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "實體"),
        (b'{"a": 1}', "JSON"),
        (b"", "不完整"),
    ],
)
def test_a_file_that_is_none_is_refused(sources, body, words):
    with pytest.raises(PullError, match=words):
        read(sources["tenders"], body)


def test_a_dropped_file_reaches_typed_tables(sources, tmp_path):
    store = Store(tmp_path / "store")
    con = duckdb.connect(config=build.SETTINGS)
    build.lay_ground(con)
    load.prepare(con)
    for source in sources.values():
        receipt = filing.add(store, source, FILE)
        assert receipt.files[0].sha256 != receipt.files[0].sha256_received
        loaded = load.load(con, store, source, [receipt], tmp_path)
        assert (loaded.rejects, loaded.notes) == (0, 0)
    assert con.execute(
        "select tender_id, budget_twd, award_amount_twd, awarded_on, planned_start_on, duration_days from raw.tenders"
    ).fetchall() == [
        ("A110-001", 518_000_000, 480_000_000, dt.date(2021, 12, 15), dt.date(2022, 1, 10), 580),
        ("A110-002", None, None, None, None, None),
    ]
    assert con.execute("select month, planned_progress, actual_progress from raw.tender_progress").fetchall() == [
        (dt.date(2022, 11, 1), 0.405, 0.3825), (dt.date(2022, 12, 1), 0.48, 0.41), (dt.date(2023, 1, 1), 0.55, 0.44),
    ]  # fmt: skip
    assert con.execute("select changed_on, amount_after_twd, extension_days from raw.tender_changes").fetchall() == [
        (dt.date(2023, 3, 1), 492_000_000, 30)
    ]
    assert not [
        path for path in store.root.rglob("*.xml") if any(each.encode() in path.read_bytes() for each in PERSONAL)
    ]


def test_two_design_changes_of_one_day_are_both_kept_and_the_same_one_once(sources, tmp_path):
    """Twice in one file is a fault; a later delivery of the same change is the same change."""
    change = FILE.read_text(encoding="utf-8")
    (first,) = re.findall(r"<變更 .*?</變更>", change, re.DOTALL)
    second = re.sub(r"(?<=<變更後金額>)[^<]+", "495000", re.sub(r"(?<=<變更前金額>)[^<]+", "492000", first))
    bare = re.sub(r"<變更[前後]金額>[^<]*</變更[前後]金額>", "", first)
    path = tmp_path / "標案.xml"
    path.write_text(change.replace(first, first + second + bare), encoding="utf-8")
    store, con = Store(tmp_path / "store"), duckdb.connect(config=build.SETTINGS)
    build.lay_ground(con)
    load.prepare(con)
    source = sources["tender_changes"]
    receipts = [filing.add(store, source, path) for _ in range(2)]
    loaded = load.load(con, store, source, receipts, tmp_path)
    assert loaded.rejects == 0
    assert con.execute("select amount_after_twd from raw.tender_changes order by 1").fetchall() == [
        (492_000_000,), (495_000_000,), (None,)]  # fmt: skip
