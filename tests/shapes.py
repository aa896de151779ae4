"""How does each service word its answer? Records in the real envelopes, and the faults that lie in the content."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import openpyxl

if TYPE_CHECKING:
    from tests.standin import StandIn

SECRET = "王小明 0912-345678 中山路一段 99 號"  # stands for all that a citizen writes; must never be kept
KEYS = {"soa": "標題", "datagov": "標題", "ckan": "編號", "open1999": "service_request_id"}
TIMES = {"soa": "刊登日期", "datagov": "刊登日期", "ckan": "日期", "open1999": "requested_datetime"}
OPTIONAL = {"soa": "發布單位", "datagov": "發布單位", "ckan": "金額", "open1999": "area"}
TYPES = {"soa": "內容", "datagov": "內容", "ckan": "金額", "open1999": "subproject"}


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    raw_path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    number: int = 0


@dataclass
class Reply:
    """What goes back: status, headers and body, before the wire does anything to them."""

    body: bytes
    media_type: str = "application/json; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def records(protocol: str, first: int, count: int, day: str = "2015-04-29") -> list[dict]:
    """Records as the service would send them, numbered from `first`."""
    return [_record(protocol, number, day) for number in range(first, first + count)]


def _record(protocol: str, number: int, day: str) -> dict:
    if protocol in ("soa", "datagov"):
        return {"標題": f"道路改善工程第 {number} 標", "內容": f"決標金額 {number},000 元", "Column_2": number,
                "發布單位": "臺南市政府工務局", "刊登日期": f"112-03-{number % 28 + 1:02} 10:00:00",
                "連結網址": f"https://example.org/{number}", "聯絡人": SECRET}  # fmt: skip
    if protocol == "ckan":
        return {"_id": number, "編號": f"K{number:05}", "日期": "2023-03-26", "金額": 1000 + number, "聯絡電話": SECRET}
    if protocol == "open1999":
        return {"service_request_id": f"UN{day.replace('-', '')}{number:04}", "requested_datetime": f"{day} 08:15:00",
                "status": ("未處理", "已完工", "")[number % 3], "keyword": "0", "area": "中西區",
                "service_name": ("違規停車", "髒亂及汙染", "髒亂及污染")[number % 3], "agency": "0",
                "subproject": "違規停車", "description": SECRET, "address_string": SECRET, "lat": "0", "long": "0",
                "service_notice": "", "updated_datetime": "", "expected_datetime": f"{day} 09:15:00",
                "Pictures": [{"description": SECRET, "fileName": "a.jpg", "file": "QUJD"}]}  # fmt: skip
    return {"service_request_id": f"{638000 + number}", "status": "closed", "status_notes": SECRET,
            "service_name": "Pothole", "service_code": "006", "description": SECRET, "agency_responsible": None,
            "service_notice": None, "requested_datetime": "2023-03-14T06:37:38-08:00",
            "updated_datetime": "2023-03-15T06:37:38-08:00", "expected_datetime": None, "address": SECRET,
            "address_id": "1", "zipcode": None, "lat": 22.99, "long": 120.21, "media_url": None}  # fmt: skip


def changed(protocol: str, found: list[dict], fault: str) -> list[dict]:
    """The records with a fault in them."""
    key = KEYS.get(protocol, "service_request_id")
    when = TIMES.get(protocol, "requested_datetime")
    typed = TYPES.get(protocol, "service_code")
    match fault:
        case "field_gone":
            return [{name: value for name, value in each.items() if name != key} for each in found]
        case "optional_gone":
            gone = OPTIONAL.get(protocol, "zipcode")
            return [{name: value for name, value in each.items() if name != gone} for each in found]
        case "field_new":
            return [{**each, "新欄位": "新"} for each in found]
        case "type_changed":
            return [{**each, typed: (12.50, True, "字", None, 7)[place % 5]} for place, each in enumerate(found)]
        case "row_twice":
            return [*found, found[0]] if found else found
        case "future":
            return [{**each, when: "2099-01-01 00:00:00"} for each in found]
        case "single":
            return found[:1]
        case "control_characters":
            return [{**each, typed: "甲\x1f\x0b乙"} for each in found]
    return found


def answer(service: StandIn, asked: Asked, fault: str) -> Reply:
    """The answer of a protocol to a request."""
    if fault in ("false_after_a_wait", "slow_but_right"):
        time.sleep(service.wait)
    return globals()[f"_{service.protocol}"](service, asked, fault)


def _reply(value: object) -> Reply:
    return Reply(json.dumps(value, ensure_ascii=False).encode())


def _xml(text: str) -> Reply:
    return Reply(f'<?xml version="1.0" encoding="utf-8"?>{text}'.encode(), "text/xml; charset=utf-8")


def _entities(text: str) -> str:
    bomb = '<!DOCTYPE root [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    return bomb + re.sub(r"(<record>|<request>)", r"\1<note>&b;&c;</note>", text)


# Tainan data exchange


def _soa(service: StandIn, asked: Asked, fault: str) -> Reply:
    found = changed("soa", records("soa", 1, service.count), fault)
    if fault.startswith("false"):
        return _reply({"success": False, "message": "逾時", "data": None, "errorCode": 1})
    data: object = found[0] if fault == "single" else found
    data = {"empty": None, "empty_list": [], "not_records": "<b>", "scalars": [1, 2]}.get(fault, data)
    return _reply({"contentType": "application/json; charset=utf-8", "isImage": False, "size": 4585932, "data": data,
                   "errorCode": 0, "id": "5667eb90", "message": None, "success": True})  # fmt: skip


# Open1999


def _open1999(service: StandIn, asked: Asked, fault: str) -> Reply:
    day = re.search(r"<start_date>(\S+) 00:00:00</start_date>", asked.body.decode())
    if asked.method != "POST" or day is None:
        return _xml("<root><returncode>9</returncode><description>參數錯誤</description></root>")
    if fault.startswith("false"):
        return _xml("<root><returncode>99</returncode><description>系統忙碌</description><stacktrace/></root>")
    if fault in ("empty", "empty_list") or dt.date.fromisoformat(day[1]).weekday() == 6:
        return _xml("<root><returncode>1</returncode><description>查無案件資料</description></root>")
    found = changed("open1999", records("open1999", 1, service.count, day[1]), fault)
    inner = "".join(f"<record>{_elements(each)}</record>" for each in found)
    count = len(found) + (34 if fault == "count_differs" else 0)
    if fault == "control_characters":
        inner = inner.replace("\x1f", "&#x1F;")
    text = f"<root><returncode>0</returncode><count>{count}</count><records>{inner}</records></root>"
    return _xml(_entities(text) if fault == "entities" else text)


def _elements(record: dict) -> str:
    parts = []
    for name, value in record.items():
        if isinstance(value, list):
            parts.append(f"<{name}>{''.join(f'<Picture>{_elements(each)}</Picture>' for each in value)}</{name}>")
        elif value in (None, ""):
            parts.append(f"<{name}/>")
        else:
            parts.append(f"<{name}>{escape(str(value))}</{name}>")
    return "".join(parts)


# Open311 GeoReport v2


def _georeport(service: StandIn, asked: Asked, fault: str) -> Reply:
    as_xml = asked.path.endswith(".xml")
    if fault.startswith("false"):
        words = "jurisdiction_id was not found"
        if as_xml:
            return _xml(f"<errors><error><code>404</code><description>{words}</description></error></errors>")
        return _reply([{"code": 404, "description": words}])
    size = int(asked.query.get("page_size", service.count))
    size = min(size, service.page_size // 2) if fault == "small_pages" else size
    page = 1 if fault == "same_page" else int(asked.query.get("page", 1))
    total = {"empty": 0, "empty_list": 0, "single": 1}.get(fault, service.count)
    first = (page - 1) * size
    found = changed("georeport", records("georeport", first, max(0, min(size, total - first))), fault)
    if as_xml:
        inner = "".join(f"<request>{_elements(each)}</request>" for each in found)
        text = inner if fault == "single" and found else f"<service_requests>{inner}</service_requests>"
        return _xml(_entities(text) if fault == "entities" else text)
    value: object = found[0] if fault == "single" and found else found
    return _reply({"not_records": "<b>", "scalars": [1, 2]}.get(fault, value))


# CKAN


def _ckan(service: StandIn, asked: Asked, fault: str) -> Reply:
    if asked.path != "/api/3/action/datastore_search":
        return _reply(f"Bad request: Action name not known: {asked.path}")
    if fault.startswith("false"):
        return _reply({"help": "…", "success": False, "error": {"__type": "Search Error", "message": "資料庫忙碌"}})
    offset, limit = int(asked.query.get("offset", 0)), int(asked.query.get("limit", 100))
    limit = min(limit, service.page_size) if fault == "small_pages" else limit
    total = 0 if fault in ("empty", "empty_list") else service.count
    at = 0 if fault == "same_page" else offset
    found = changed("ckan", records("ckan", 1, total), fault)[at : at + limit]
    data: object = found[0] if fault == "single" else found
    data = {"empty": None, "not_records": "<b>", "scalars": [1, 2]}.get(fault, data)
    total = {"single": 1, "count_differs": total + 34, "row_twice": total + 1}.get(fault, total)
    # 2.10 and 2.11 give `next` even past the end.
    following = f"/api/3/action/datastore_search?offset={offset + limit}"
    result = {"resource_id": asked.query.get("resource_id"), "fields": [{"id": "_id", "type": "int"}], "records": data,
              "limit": limit, "total": total, "total_was_estimated": False,
              "_links": {"start": "/api/3/…", "next": following}}  # fmt: skip
    if fault == "no_total":
        del result["total"], result["_links"]
    return _reply({"help": "…", "success": True, "result": result})


# data.gov.tw, and the file behind it


def _datagov(service: StandIn, asked: Asked, fault: str) -> Reply:
    if asked.path.startswith("/api/v2/rest/dataset/"):
        if fault.startswith("false"):
            return _reply({"success": False, "message": "系統忙碌"})
        place = {"file_elsewhere": "https://elsewhere.example/a.csv", "file_private": "http://10.0.0.7/a.csv"}
        url = place.get(fault, f"{service.url}/下載/決標 公告.csv")
        named = "別的資源" if fault == "resource_gone" else "工程決標公告"
        one = {"resourceDescription": named, "resourceFormat": "CSV", "resourceDownloadUrl": url,
               "resourceField": ["標題"], "resourceCharacterEncoding": "UTF-8"}  # fmt: skip
        other = {**one, "resourceDescription": "其他資料", "resourceDownloadUrl": f"{service.url}/other.csv"}
        offered: object = one if fault == "single_distribution" else [other, one]
        return _reply({"success": True, "result": {"title": "決標公告", "distribution": offered}})
    found = changed("datagov", records("datagov", 1, service.count), fault)
    if fault == "file_is_json":
        return _soa(service, asked, "")
    if fault == "file_is_zip":
        return Reply(b"PK\x03\x04" + bytes(40), "application/zip")
    if fault in ("empty", "empty_list"):
        found = []
    header = list(dict.fromkeys(name for each in found for name in each)) or ["標題", "刊登日期"]
    lines = [header, *([str(each.get(name, "")) for name in header] for each in found)]
    text = "\r\n".join(",".join(f'"{cell}"' if "," in cell else cell for cell in line) for line in lines) + "\r\n"
    return Reply(text.encode(), "text/csv; charset=utf-8")


# Files that somebody hands in

HEADER = ["話務編號", "受理時間", "管道", "服務類型", "案件類別", "機關", "行政區", "等候秒數", "來電號碼"]


def handed_in(kind: str, count: int, fault: str) -> bytes:
    """A file with a fault: the reasons for lag of a 標案 XML, or contacts as CSV or XLSX."""
    body = _tenders(count, fault) if kind == "pcc" else _contacts(kind, count, fault)
    match fault:
        case "web_page":
            return "<!DOCTYPE html><html><body>查無資料</body></html>".encode()
        case "truncated":
            return body[: len(body) * 2 // 3 - 7]
        case "body_big5":
            return body.decode("utf-8-sig").encode("cp950")
        case "bytes_broken":
            return body[: len(body) // 2] + b"\xff\xff\xff" + body[len(body) // 2 :]
    return body


def _tenders(count: int, fault: str) -> bytes:
    numbers = [*range(1, (0 if fault == "empty" else count) + 1), *([1] if fault == "row_twice" else [])]
    year, month = ("188", "1") if fault == "future" else ("112", "十三" if fault == "type_changed" else "1")
    inner = "".join(
        f'<標案 編號="T{number:03}"><基本資料><標案名稱>某工程</標案名稱><聯絡人員><姓名>{SECRET}</姓名></聯絡人員></基本資料>'
        f'<落後資料><年 民國年="{year}"><月 日曆月="{month}"><落後因素>管線遷移</落後因素><原因分析>待遷</原因分析>'
        f"<解決辦法>協調</解決辦法><承辦>{SECRET}</承辦></月></年></落後資料></標案>"
        for number in numbers
    )
    inner = {
        "field_gone": inner.replace("落後因素", "因素"),
        "optional_gone": inner.replace("解決辦法", "聯絡備註"),
        "field_new": inner.replace("<原因分析>", "<新欄位>新</新欄位><原因分析>"),
    }.get(fault, inner)
    bomb = '<!DOCTYPE 標案清單 [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' if fault == "entities" else ""
    return f'<?xml version="1.0" encoding="utf-8"?>{bomb}<標案清單>{inner}</標案清單>'.encode()


def _contacts(kind: str, count: int, fault: str) -> bytes:
    day, wait = "2099-01-01" if fault == "future" else "2023-03-26", "五" if fault == "type_changed" else 5
    rows: list[list] = [
        [f"C{number:03}", f"{day} 08:00:00", "電話", "諮詢", "違規停車", "交通局", "永康區", wait, SECRET]
        for number in range(1, (0 if fault == "empty" else count) + 1)
    ]
    rows += rows[:1] if fault == "row_twice" else []
    header = {
        "field_gone": [name.replace("話務編號", "序") for name in HEADER],
        "optional_gone": [name.replace("行政區", "手機") for name in HEADER],
        "field_new": [name.replace("行政區", "新欄位") for name in HEADER],
    }.get(fault, HEADER)
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in [header, *rows]:
            book.active.append(row)
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()
