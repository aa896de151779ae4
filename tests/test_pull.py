"""Does each protocol give the rows that the service has, and no more of it than may be kept?"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
from pathlib import Path

import duckdb
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_pipeline import build, declarations, load
from data_pipeline.pull import PullError, datagov, day_of, pull, rows, without_personal
from data_pipeline.pull.body import json_of, text_of
from data_pipeline.store import Store
from tests.fault_table import KINDS, QUICK, ROWS, TODAY, source_of
from tests.shapes import SECRET
from tests.standin import StandIn

COUNTS = {"open1999": 5}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def serve(kind: str, **options) -> StandIn:
    protocol = kind.partition(" ")[0]
    return StandIn(protocol, COUNTS.get(protocol, 25), **options)


def decoded(source, store: Store, receipt) -> list[dict]:
    return [row for path in store.files(receipt) for row in rows(source, path.name, path.read_bytes())]


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_is_kept_with_a_receipt(kind, tmp_path):
    store, seen = Store(tmp_path), []
    with serve(kind) as service:
        receipt = pull(source_of(kind, service.url), store, lambda *done: seen.append(done), limits=QUICK, today=TODAY)
    pages = 1 if kind in ("soa", "datagov") else 3
    assert len(receipt.files) == pages
    assert seen[-1] == (pages, ROWS.get(kind, 25))
    assert receipt.status == "ok" and not receipt.simulated
    assert receipt.where.startswith(service.url)
    for path, kept in zip(store.files(receipt), receipt.files, strict=True):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == kept.sha256
        assert kept.sha256 != kept.sha256_received  # personal data were in every one of them
        assert SECRET not in path.read_text(encoding="utf-8")


def test_soa_rows_by_hand(tmp_path):
    with serve("soa") as service:
        source, store = source_of("soa", service.url), Store(tmp_path)
        found = decoded(source, store, pull(source, store, limits=QUICK, today=TODAY))
    assert service.asked[0].path == "/Api/Service/Get/ec6e28c3-e079-4141-b81d-53d87a714109"
    assert found[1] == {
        "標題": "道路改善工程第 2 標", "內容": "決標金額 2,000 元", "Column_2": None, "發布單位": "臺南市政府工務局",
        "刊登日期": "112-03-03 10:00:00", "連結網址": "https://example.org/2",
    }  # fmt: skip


def test_open1999_rows_by_hand(tmp_path):
    with serve("open1999") as service:
        source, store = source_of("open1999", service.url), Store(tmp_path)
        found = decoded(source, store, pull(source, store, limits=QUICK, today=TODAY))
    asked = service.asked[0]
    assert (asked.method, asked.headers["content-type"]) == ("POST", "text/xml; charset=utf-8")
    assert asked.body.decode().endswith(
        "<root><city_id>tainan.gov.tw</city_id><start_date>2015-04-27 00:00:00</start_date>"
        "<end_date>2015-04-27 23:59:59</end_date></root>"
    )
    assert found[1] == {
        "service_request_id": "UN201504270002", "requested_datetime": "2015-04-27 08:15:00", "status": None,
        "keyword": None, "area": "中西區", "service_name": "髒亂及污染", "agency": None, "subproject": "違規停車",
        "updated_datetime": None, "expected_datetime": "2015-04-27 09:15:00",
    }  # fmt: skip


def test_a_day_without_cases_is_no_page(tmp_path):
    with serve("open1999") as service:
        source = source_of("open1999", service.url, start="2015-04-25", end="2015-04-27")  # Saturday to Monday
        receipt = pull(source, Store(tmp_path), limits=QUICK, today=TODAY)
    assert [each.name for each in receipt.files] == ["2015-04-25.xml", "2015-04-27.xml"]


@pytest.mark.parametrize("options", [{"start": "20150427"}, {"start": "soon"}, {"start": "1990-01-01"}])
def test_a_window_that_cannot_be_asked_is_refused(options, tmp_path):
    with serve("open1999") as service:
        source = source_of("open1999", service.url, **{"start": "2015-04-27", **options})
        if options["start"] == "20150427":
            assert pull(source, Store(tmp_path), limits=QUICK).status == "ok"  # ISO's short form
        else:
            with pytest.raises(PullError):
                pull(source, Store(tmp_path), limits=QUICK)
            assert not service.asked


@pytest.mark.parametrize("kind", ["georeport json", "georeport xml"])
def test_georeport_rows_by_hand(kind, tmp_path):
    with serve(kind) as service:
        source, store = source_of(kind, service.url, jurisdiction_id="city.example", end="2023-03-31"), Store(tmp_path)
        found = decoded(source, store, pull(source, store, limits=QUICK, today=TODAY))
    assert [asked.query["page"] for asked in service.asked] == ["1", "2", "3", "4"]
    assert service.asked[0].query == {
        "jurisdiction_id": "city.example", "start_date": "2023-01-01T00:00:00+08:00", "page": "1", "page_size": "10",
        "end_date": "2023-03-31T23:59:59+08:00",
    }  # fmt: skip
    assert found[24] == {
        "service_request_id": "638024", "status": "closed", "service_name": "Pothole", "service_code": "006",
        "agency_responsible": None, "requested_datetime": "2023-03-14T06:37:38-08:00",
        "updated_datetime": "2023-03-15T06:37:38-08:00", "expected_datetime": None, "zipcode": None, "lat": "22.99",
        "long": "120.21",
    }  # fmt: skip


def test_ckan_pages_by_offset_and_does_not_follow_next(tmp_path):
    with serve("ckan") as service:
        source, store = source_of("ckan", service.url), Store(tmp_path)
        found = decoded(source, store, pull(source, store, limits=QUICK, today=TODAY))
    assert [(asked.query["offset"], asked.query["limit"]) for asked in service.asked] == [
        ("0", "10"), ("10", "10"), ("20", "10"),
    ]  # fmt: skip
    assert found[24] == {"編號": "K00025", "日期": "2023-03-26", "金額": "1025"}


def test_datagov_keeps_the_file_that_the_distribution_names(tmp_path):
    with serve("datagov") as service:
        source, store = source_of("datagov", service.url), Store(tmp_path)
        receipt = pull(source, store, limits=QUICK, today=TODAY)
    (path,) = store.files(receipt)
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    assert header == "標題,內容,Column_2,發布單位,刊登日期,連結網址"  # without 聯絡人
    assert len(lines) == 25 and {line.split(",")[-4] for line in lines} == {""}  # nobody declared Column_2
    assert any("%E4%B8%8B" in each["en"] for each in receipt.notes)


def test_an_empty_answer_may_be_the_truth(tmp_path):
    store = Store(tmp_path)
    with serve("ckan") as service:
        source = source_of("ckan", service.url, empty_is_valid=1)
        pull(source, store, limits=QUICK, today=TODAY)
        service.fault = "empty"
        receipt = pull(source, store, limits=QUICK, today=TODAY)
    assert (receipt.status, receipt.files) == ("ok", ())
    assert store.latest(source.name).pull == receipt.pull


def test_a_file_source_is_not_pulled(tmp_path):
    source = declarations.load(declarations.SOURCES)["tenders"]
    with pytest.raises(PullError, match="add"):
        pull(source, Store(tmp_path))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["soa", "open1999", "datagov"])
def test_what_was_pulled_reaches_a_typed_table(kind, tmp_path):
    store = Store(tmp_path / "store")
    with serve(kind) as service:
        source = source_of(kind, service.url)
        first = pull(source, store, limits=QUICK, today=TODAY)
        service.fault = "row_twice"
        second = pull(source, store, limits=QUICK, today=TODAY)
    con = duckdb.connect(config=build.SETTINGS)
    build.lay_ground(con)
    load.prepare(con)
    for receipts, again in (([first], 0), ([second], 3 if kind == "open1999" else 1)):
        loaded = load.load(con, store, source, receipts, tmp_path)
        assert (loaded.rows, loaded.rejects) == (ROWS.get(kind, 25), again)
    if kind == "open1999":
        assert con.execute(
            "select received_at::varchar, category, district_id, status from raw.open1999_cases order by case_id"
        ).fetchone() == ("2015-04-27 08:15:00", "pollution", "west_central", "closed")
    else:
        assert con.execute(f"select min(published_on), max(published_on) from raw.{source.name}").fetchone() == (
            dt.date(2023, 3, 2), dt.date(2023, 3, 26),
        )  # fmt: skip


def test_every_pulled_source_has_its_staging_view_with_the_same_columns():
    for name, source in declarations.load(declarations.SOURCES).items():
        if source.where.protocol == "file":
            continue
        text = (Path(build.WAREHOUSE) / "staging" / f"{name}.sql").read_text(encoding="utf-8")
        selected = [line.strip().rstrip(",") for line in text.splitlines() if line.startswith("    ")]
        assert selected == [*source.columns, "is_simulated"]


# personal data


def test_a_spreadsheet_loses_its_personal_columns_and_nothing_else(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["標題", "聯絡人 ", "刊登日期"])
    book.active.append(["工程一", SECRET, "112.3.26"])
    book.save(tmp_path / "a.xlsx")
    source = source_of("datagov", "http://127.0.0.1:1")
    name, body = without_personal(source, "a.xlsx", (tmp_path / "a.xlsx").read_bytes())
    assert (name, body.decode()) == ("a.csv", "標題,刊登日期\r\n工程一,112.3.26\r\n")


def test_bytes_without_personal_data_stay_as_they_came():
    source = source_of("soa", "http://127.0.0.1:1")
    body = b'{ "success": true,\n "data": [{"\xe6\xa8\x99\xe9\xa1\x8c": 1.50}] }'
    assert without_personal(source, "data.json", body) == ("data.json", body)


def test_personal_keys_are_dropped_at_any_depth():
    source = source_of("soa", "http://127.0.0.1:1")
    record = {"標題": "一", "內容": {"聯絡電話（公）": SECRET, "content": 1.5}}
    body = json.dumps({"success": True, "data": [record]}).encode()
    kept = without_personal(source, "data.json", body)[1]
    assert json.loads(kept)["data"] == [{"標題": "一", "內容": {"content": 1.5}}]


@pytest.mark.parametrize("data", ["many", "one"])
def test_of_a_source_with_personal_data_only_declared_fields_keep_their_value(data):
    source = source_of("soa", "http://127.0.0.1:1")
    record = {"標題": "一", "刊登日期": "112.3.26", "身分證字號": SECRET, "備註": SECRET, "更多": {"值": SECRET}}
    body = json.dumps({"success": True, "message": None, "data": [record] if data == "many" else record}).encode()
    kept = json.loads(without_personal(source, "data.json", body)[1])
    expected = {"標題": "一", "刊登日期": "112.3.26", "備註": None, "更多": None}
    assert kept == {"success": True, "message": None, "data": [expected] if data == "many" else expected}


def test_a_field_that_means_a_person_is_dropped_though_nobody_declared_it():
    open_ = source_of("soa", "http://127.0.0.1:1").model_copy(update={"personal": ()})
    body = json.dumps({"success": True, "data": [{"標題": "一", "負責人手機": SECRET, "e-mail": SECRET, "備註": "甲"}]})
    kept = json.loads(without_personal(open_, "data.json", body.encode())[1])
    assert kept["data"] == [{"標題": "一", "備註": "甲"}]


# half-read rows


def bodies() -> dict[str, tuple]:
    """One whole answer of each protocol, as kept, with its rows."""
    from tests.shapes import Asked, answer

    found = {}
    for kind in KINDS:
        protocol, _, form = kind.partition(" ")
        service = StandIn(protocol, 5)
        service.url = "http://127.0.0.1:1"
        path = {"ckan": "/api/3/action/datastore_search", "georeport": f"/requests.{form}"}.get(protocol, "/file.csv")
        question = "<start_date>2015-04-27 00:00:00</start_date>"
        asked = Asked("POST", path, path, {}, {}, question.encode())
        ending = {"open1999": "xml", "datagov": "csv"}.get(protocol, form or "json")
        found[kind] = (source_of(kind, service.url), f"data.{ending}", answer(service, asked, "").body)
    return found


BODIES = bodies()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "datagov"])
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_body_cut_anywhere_gives_no_row(kind, data):
    source, name, body = BODIES[kind]
    cut = data.draw(st.integers(0, len(body.rstrip()) - 1))
    with pytest.raises(PullError):
        list(rows(source, name, body[:cut]))
    assert len(list(rows(source, name, body))) == 5


@given(cut=st.integers(0, len(BODIES["datagov"][2]) - 1))
@settings(max_examples=150, deadline=None)
def test_a_csv_cut_anywhere_gives_whole_rows_or_is_refused(cut):
    """A CSV does not say where it ends: only a cut within its very last cell, or between rows, can go unseen."""
    body = BODIES["datagov"][2]
    try:
        ending = datagov.ending_of(body[:cut])
    except PullError:
        return
    assert ending == ".csv"
    found, whole = (list(csv.reader(io.StringIO(text))) for text in (text_of(body[:cut]), body.decode()))
    if len(found) < 2:  # at most a header: an answer without rows
        return
    for came, sent in zip(found, whole, strict=False):
        assert came[:-1] == sent[:-1] and sent[-1].startswith(came[-1])


@given(junk=st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "datagov"])
def test_junk_is_a_sentence_and_never_a_crash(kind, junk):
    source, name, _ = BODIES[kind]
    try:
        list(rows(source, name, junk))
        without_personal(source, name, junk)
    except PullError as error:
        assert error.zh and error.en


def test_half_a_character_in_json_is_no_reason_to_stop():
    said = json_of(rb'["\ud800 a", "\ud83e\udd37", "\\ud800", "\udc00x", "\uD83E\uDD37\ud800"]')
    assert said == ["\ufffd a", "🤷", r"\ud800", "\ufffdx", "🤷\ufffd"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-03-26 17:00:00", dt.date(2023, 3, 26)), ("112.3.26", dt.date(2023, 3, 26)),
        ("1120326", dt.date(2023, 3, 26)), ("20230326", dt.date(2023, 3, 26)), ("112年3月", dt.date(2023, 3, 1)),
        ("99/12", dt.date(2010, 12, 1)), ("9" * 40, None), ("", None), (None, None), ("soon", None), ("2023-13-45", None),
        ("2023-03-14T06:37:38-08:00", dt.date(2023, 3, 14)),
    ],
)  # fmt: skip
def test_the_day_of_a_time(text, day):
    assert day_of(text) == day
