"""What did each fault of a service lead to? `python -m tests.fault_table` asks, and prints the answer.

Every case is one real pull over loopback, or one file really handed in: first a good one, then the same with the fault.
The tests hold each case to what `EXPECTED` says of it.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import os
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import stamina

from data_pipeline import build, declarations, filing, load
from data_pipeline.declarations import Source
from data_pipeline.grids import FileFault
from data_pipeline.pull import Limits, PullError, pull, rows
from data_pipeline.store import Store
from tests import shapes
from tests.shapes import SECRET
from tests.standin import StandIn

TODAY = dt.date(2023, 4, 1)
QUICK = Limits(
    connect=2, read=2, total=4, attempts=3, wait=0.005, wait_most=0.02, retry_after_most=2, wire=300_000,
    unpacked=600_000, pages=50,
)  # fmt: skip
HASTY = {  # for services that keep one waiting
    "silent": replace(QUICK, read=0.2, attempts=2),
    "drip": replace(QUICK, total=0.3),
    "drip_headers": replace(QUICK, total=0.3),
}
KINDS = ("soa", "open1999", "georeport json", "georeport xml", "ckan", "datagov")
COUNT = {"open1999": 5}  # a day; the others: in all
ROWS = {"open1999": 15}
PAGED = ("open1999", "georeport json", "georeport xml", "ckan")
JSON = ("soa", "georeport json", "ckan")
XML = ("open1999", "georeport xml")
SAYS = ("soa", "open1999", "ckan", "datagov")  # those that say `success` or a return code

# fault → which services, what it leads to, and words of the sentence or of the remark
EXPECTED: list[tuple[str, tuple[str, ...], str, str]] = [
    ("", KINDS, "kept", ""),
    ("slow_but_right", KINDS, "kept", ""),
    ("gzip", KINDS, "kept", ""),
    ("bom", KINDS, "kept", ""),
    ("label_big5", KINDS, "kept", ""),
    ("body_big5", KINDS, "kept", ""),
    ("cookie", KINDS, "kept", ""),
    ("http_500_once", KINDS, "kept", ""),
    ("http_502_once", KINDS, "kept", ""),
    ("http_429_once", KINDS, "kept", ""),
    ("http_429_retry_after_once", ("soa", "ckan"), "kept", ""),
    ("reset_mid_body_once", KINDS, "kept", ""),
    ("truncated_once", KINDS, "kept", ""),
    ("false_once", SAYS, "kept", ""),
    ("redirect_same_host_once", KINDS, "kept", ""),
    ("control_characters", ("open1999",), "kept", ""),
    ("type_changed", KINDS, "kept", ""),
    ("field_new", KINDS, "kept", "新的或未使用的欄位"),
    ("row_twice", KINDS, "kept", "重複"),
    ("future", KINDS, "kept", "時間在未來"),
    ("single", JSON, "kept", "只有一筆"),
    ("single", (*XML, "datagov"), "kept", ""),
    ("single_distribution", ("datagov",), "kept", ""),
    ("optional_gone", KINDS, "kept", "沒有收到的欄位"),
    ("small_pages", ("ckan", "georeport json", "georeport xml"), "kept", ""),
    ("no_total", ("ckan",), "kept", ""),
    ("same_page", ("georeport json", "georeport xml"), "failed", "不支援分頁"),
    ("count_differs", ("open1999", "ckan"), "failed", "宣稱"),
    ("same_page", ("ckan",), "failed", "同一頁"),
    ("file_is_json", ("datagov",), "kept", "標示為 CSV，實為 JSON"),
    ("empty", KINDS, "empty", "沒有資料"),
    ("empty_list", KINDS, "empty", "沒有資料"),
    ("html_200", KINDS, "failed", "網頁"),
    ("false", SAYS, "failed", "已試 3 次"),
    ("false", ("georeport json", "georeport xml"), "failed", "jurisdiction_id"),
    ("false_after_a_wait", SAYS, "failed", "已試 3 次"),
    ("http_429", KINDS, "failed", "放慢"),
    ("http_429_for_an_hour", KINDS, "failed", "3,600 秒"),
    ("http_500", KINDS, "failed", "HTTP 500"),
    ("http_404", KINDS, "failed", "找不到資源"),
    ("http_500_on_page_two", (*PAGED, "datagov"), "failed", "HTTP 500"),
    ("reset_mid_body", KINDS, "failed", "沒有收完"),
    ("closed_early", KINDS, "failed", "沒有收完"),
    ("truncated", KINDS, "failed", "不完整"),
    ("truncated_on_page_two", (*PAGED, "datagov"), "failed", "不完整"),
    ("gzip_broken", KINDS, "failed", "gzip"),
    ("gzip_cut", KINDS, "failed", "gzip"),
    ("gzip_bomb", KINDS, "failed", "過大"),
    ("too_large", KINDS, "failed", "過大"),
    ("endless", KINDS, "failed", "過大"),
    ("drip", KINDS, "failed", "太慢"),
    ("drip_headers", KINDS, "failed", "太慢"),
    ("silent", KINDS, "failed", "逾時"),
    ("redirect_other_host", KINDS, "failed", "其他主機"),
    ("redirect_other_port", KINDS, "failed", "已拒絕"),
    ("redirect_private", KINDS, "failed", "內部位址"),
    ("redirect_file", KINDS, "failed", "已拒絕"),
    ("redirect_loop", KINDS, "failed", "轉址超過"),
    ("certificate", KINDS, "failed", "憑證"),
    ("not_records", ("soa", "ckan"), "failed", "清單"),
    ("not_records", ("georeport json",), "failed", "GeoReport"),
    ("scalars", ("soa", "ckan"), "failed", "清單"),
    ("field_gone", KINDS, "failed", "缺少必要欄位"),
    ("entities", XML, "failed", "實體"),
    ("file_elsewhere", ("datagov",), "failed", "其他主機"),
    ("file_private", ("datagov",), "failed", "內部位址"),
    ("file_is_zip", ("datagov",), "failed", "不完整或損壞"),
    ("resource_gone", ("datagov",), "failed", "別的資源"),
]
# The same for files that are handed in, with the rows and the rejects that a build then finds (None: not this table's).
FILES = ("pcc", "csv", "xlsx")
HANDED_IN: list[tuple[str, tuple[str, ...], str, str, int | None, int | None]] = [
    ("", FILES, "kept", "", 25, 0),
    ("body_big5", ("pcc", "csv"), "kept", "", 25, 0),
    ("field_new", FILES, "kept", "新欄位", 25, 0),
    ("optional_gone", FILES, "kept", "沒有收到的欄位", 25, 0),
    ("type_changed", FILES, "kept", "", 0, 25),
    ("row_twice", ("pcc",), "kept", "重複", 25, 1),
    ("row_twice", ("csv", "xlsx"), "kept", "", 25, 1),
    ("future", ("pcc",), "kept", "時間在未來", None, None),
    ("truncated", ("csv",), "kept", "", 16, 1),
    ("truncated", ("pcc",), "failed", "不完整", 0, 0),
    ("truncated", ("xlsx",), "failed", "無法開啟", 0, 0),
    ("web_page", ("pcc",), "failed", "", 0, 0),
    ("web_page", ("csv",), "failed", "網頁", 0, 0),
    ("web_page", ("xlsx",), "failed", "無法開啟", 0, 0),
    ("bytes_broken", ("pcc",), "failed", "UTF-8", 0, 0),
    ("bytes_broken", ("csv",), "failed", "UTF-8", 0, 0),
    ("entities", ("pcc",), "failed", "實體", 0, 0),
    ("field_gone", FILES, "failed", "缺少必要欄位", 0, 0),
    ("empty", ("pcc",), "failed", "沒有", 0, 0),
    ("empty", ("csv", "xlsx"), "kept", "", 0, 0),
]
ADDED = [(kind, *rest) for fault, kinds, *more in HANDED_IN for kind in kinds for rest in [(fault, *more)]]
CASES = [(kind, fault, result, words) for fault, kinds, result, words in EXPECTED for kind in kinds]


@dataclass(frozen=True)
class Outcome:
    """What a pull led to. `untouched`: the good copy from before is the same, bit for bit, and nothing is left over."""

    kind: str
    fault: str
    result: str
    rows: int
    requests: int
    seconds: float
    zh: str
    en: str
    untouched: bool
    leaked: bool
    in_use: bool  # is the good copy from before still what a build would use?
    rejects: int = 0


def source_of(kind: str, url: str, **options: str | int) -> Source:
    """A declaration like the shipped ones, pointed at the stand-in."""
    protocol, _, form = kind.partition(" ")
    shipped = {"soa": "award_notices_works", "datagov": "tender_dataset", "open1999": "open1999_cases"}
    if protocol in shipped:
        source = _shipped(shipped[protocol])
        extra = {
            "soa": {}, "datagov": {"hosts": "127.0.0.1"}, "open1999": {"start": "2015-04-27", "end": "2015-04-29"},
        }[protocol]  # fmt: skip
        path = {"soa": "/Api/Service/Get", "datagov": "/api/v2/rest/dataset/178031", "open1999": "/Query.aspx"}
        return _at(source, f"{url}{path[protocol]}", source.where.options | extra | options)
    columns = {
        "ckan": {"record_id": ("編號", "text"), "happened_on": ("日期", "date"), "amount": ("金額", "number")},
        "georeport": {
            "record_id": ("service_request_id", "text"), "happened_on": ("requested_datetime", "datetime"),
            "code": ("service_code", "text"), "title": ("service_name", "text"), "status": ("status", "text"),
            "agency": ("agency_responsible", "text"), "updated_at": ("updated_datetime", "datetime"),
            "due_at": ("expected_datetime", "datetime"), "zipcode": ("zipcode", "text"), "lat": ("lat", "number"),
            "long": ("long", "number"),
        },
    }[protocol]  # fmt: skip
    return Source(
        name=f"{protocol}_source",
        title={"zh": "測試來源", "en": "Test source"},
        system="hotline",
        producer={"zh": "測試", "en": "Test"},
        where={"protocol": protocol, "url": url, "resource": "r1" if protocol == "ckan" else None,
               "options": {"page_size": 10, **({"format": form} if form else {}), **options}},
        licence="OGDL-1.0",
        cadence={"every": "month"},
        key=("record_id",),
        reach="happened_on",
        columns={
            name: {"header": header, "type": type_, "required": name == "record_id", "label": {"zh": name, "en": name}}
            for name, (header, type_) in columns.items()
        },
        personal=("聯絡電話",),
    )  # fmt: skip


@functools.cache
def _shipped(name: str) -> Source:
    return declarations.read(declarations.SOURCES / f"{name}.yml")


def _at(source: Source, url: str, options: dict) -> Source:
    where = source.where.model_copy(update={"url": url, "options": options})
    return source.model_copy(update={"where": where})


def run(kind: str, fault: str, root: Path) -> Outcome:
    """A good pull, then one with the fault."""
    protocol = kind.partition(" ")[0]
    store = Store(root)
    with StandIn(protocol, COUNT.get(protocol, 25)) as service:
        source = source_of(kind, service.url)
        good = pull(source, store, limits=QUICK, today=TODAY)
        before = _fingerprint(root, good.source, good.pull)
        started = time.perf_counter()
        if fault == "certificate":
            with StandIn(protocol, COUNT.get(protocol, 25), tls=True) as secure:
                source = source_of(kind, secure.url)
                receipt, error = _pull(source, store, QUICK)
                asked = secure.asked
        else:
            service.fault, service.asked = fault or None, []
            receipt, error = _pull(source, store, HASTY.get(fault, QUICK))
            asked = service.asked
        seconds = time.perf_counter() - started
    result = "failed" if error else "empty" if receipt.status == "empty" else "kept"
    notes = [] if error else receipt.notes
    count = 0
    if result == "kept":
        count = sum(_count(source, path) for path in store.files(receipt))
    elif error:
        last = store.failures(source.name)[-1]
        assert (last["zh"], last["en"]) == (error.zh, error.en)
    usual = {each["en"] for each in good.notes}
    notes = [each for each in notes if each["en"] not in usual and not each["en"].startswith("File address")]
    return Outcome(
        kind, fault, result, count, len(asked), seconds,
        error.zh if error else "；".join(each["zh"] for each in notes),
        error.en if error else "; ".join(each["en"] for each in notes),
        untouched=_fingerprint(root, good.source, good.pull) == before and not list((root / "work").glob("*")),
        leaked=any(SECRET.split()[0].encode() in path.read_bytes() for path in root.rglob("*") if path.is_file()),
        in_use=store.latest(source.name).pull == good.pull,
    )  # fmt: skip


def run_added(kind: str, fault: str, root: Path) -> Outcome:
    """A good file handed in, then one with the fault; what of the second a build would load."""
    store, inbox = Store(root / "store"), root / "inbox"
    source = _shipped("tender_lags" if kind == "pcc" else "hotline_contacts")
    inbox.mkdir(parents=True)
    good, bad = (inbox / f"{name}.{'xml' if kind == 'pcc' else kind}" for name in ("good", "bad"))
    good.write_bytes(shapes.handed_in(kind, 25, ""))
    bad.write_bytes(shapes.handed_in(kind, 25, fault))
    first = filing.add(store, source, good)
    before = _fingerprint(store.root, first.source, first.pull)
    started, receipt, error = time.perf_counter(), None, None
    try:
        receipt = filing.add(store, source, bad)
    except FileFault as fault_:
        error = fault_
    seconds = time.perf_counter() - started
    loaded = load.load(_ground(), store, source, [receipt], inbox) if receipt else None
    notes = [] if error else receipt.notes
    usual = {each["en"] for each in first.notes} - {each["en"] for each in notes if "Columns" in each["en"]}
    notes = [each for each in notes if each["en"] not in usual]
    return Outcome(
        f"add {kind}", fault, "failed" if error else "kept", loaded.rows if loaded else 0, 0, seconds,
        error.zh if error else "；".join(each["zh"] for each in notes),
        error.en if error else "; ".join(each["en"] for each in notes),
        untouched=_fingerprint(store.root, first.source, first.pull) == before
        and not list((store.root / "work").glob("*")),
        leaked=any(SECRET.split()[0].encode() in path.read_bytes() for path in store.root.rglob("*") if path.is_file()),
        in_use=store.latest(source.name).pull == first.pull,
        rejects=loaded.rejects if loaded else 0,
    )  # fmt: skip


@functools.cache
def _ground():
    con = duckdb.connect(config=build.SETTINGS)
    build.lay_ground(con)
    load.prepare(con)
    return con


def _pull(source: Source, store: Store, limits: Limits):
    try:
        return pull(source, store, limits=limits, today=TODAY), None
    except PullError as error:
        return None, error


def _count(source: Source, path: Path) -> int:
    if path.suffix == ".csv":
        return len(path.read_text(encoding="utf-8").splitlines()) - 1
    return sum(1 for _ in rows(source, path.name, path.read_bytes()))


def _fingerprint(root: Path, source: str, name: str) -> str:
    digest = hashlib.sha256()
    for path in sorted((root / "raw" / source / name).iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def main() -> int:
    """Print the table, and say how many cases went otherwise than expected."""
    os.environ["NO_PROXY"] = "127.0.0.1"
    stamina.instrumentation.set_on_retry_hooks([])
    wrong = 0
    print("服務 service | 障礙 fault | 結果 result | 筆 rows | 退件 rejects | 請求 asked | 秒 s | 先前資料 last good | "
          "說明 sentence")  # fmt: skip
    print("---|---|---|---|---|---|---|---|---")
    cases = [(run, *case) for case in CASES] + [(run_added, *case[:4]) for case in ADDED]
    for way, kind, fault, result, words in cases:
        with tempfile.TemporaryDirectory() as folder:
            came = way(kind, fault, Path(folder))
        right = came.result == result and words in came.zh and came.untouched and not came.leaked
        wrong += not right
        print(
            f"{came.kind} | {fault or '(none)'} | {came.result}{'' if right else ' ✖'} | {came.rows} | {came.rejects} | "
            f"{came.requests} | {came.seconds:.2f} | {'untouched' if came.untouched else 'CHANGED'}"
            f"{', in use' if came.in_use else ''} | {came.zh} · {came.en}",
            flush=True,
        )
    print(f"\n{len(cases)} 案 cases, {wrong} 不符 otherwise than expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
