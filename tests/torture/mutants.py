"""What can be wrong with a file? Tables and answers with known good rows, spoilt by structure and by bytes.

Every maker is told its dice; the same dice give the same file.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import random
import re
import zipfile
from dataclasses import dataclass
from types import SimpleNamespace
from xml.sax.saxutils import escape

import xlsxwriter

from tests import shapes
from tests.shapes import Asked

HEADER = ["編號", "日期", "管道", "行政區", "分鐘", "經費", "達成率"]
TOKENS = (
    b'"', b"'", b",", b"\t", b"\n", b"\r", b"\0", b"<", b">", b"&", b"{", b"}", b"[", b"]", b":", b"\\", b"\xff\xfe",
    b"\xef\xbb\xbf", b"\xf0\x9f\xa4\xb7", b"\x80", b"\xed\xa0\x80", b"&#0;", b"&x;", b"<!--", b"<![CDATA[", b"]]>",
    b"<?xml version='1.1'?>", b"<!DOCTYPE a>", b"null", b"NaN", b"1e999", b"-0", b"9" * 400, b"A" * 3000, b"\\u0000",
    b"\\ud800", b"PK\x03\x04", b"PK\x05\x06", b"\x1a", b"\x7f", b"%00", b"=1+1", "合計".encode(), "　".encode(),
)  # fmt: skip
ODD = (
    "", " ", "　", "-", "N/A", "合計", "小計", "註：暫定", "編號", "112.13.45", "1e9", "NaN", "inf", "九千", "=1+1", "+1", "<b>",
    "a\nb", 'say "so"', "0" * 300, "9" * 40, "\u202e", "\ufeff", "\x7f", "🤷", "臺", "112年2月30日", "-5", "5.5", "%", "甲" * 2000,
    "\u2028", "a,b", "a;b", "a\tb", "a|b", "null", "0x1F", "1,2,3", "١٢٣",
)  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A file, the keys of its rows that are good, and how many rows must be refused; None where nobody can say."""

    name: str
    body: bytes
    good: frozenset[str] | None = None
    bad: int | None = None
    may_be_refused: bool = True


# Tables


def good_row(number: int, dice: random.Random) -> list[str]:
    day = dice.choice(["112.3.{}", "2023-03-{:02}", "112年3月{}日", "11203{:02}", "2023/03/{:02}"])
    return [
        f"G{number}", day.format(dice.randint(1, 28)), dice.choice(["電話", "phone", "臨櫃", ""]),
        dice.choice(["永康區", "台南市永康區", "鹽水", ""]), str(dice.randint(0, 600)), dice.choice(["", "5", "1,200"]),
        dice.choice(["", "87%", "100%"]),
    ]  # fmt: skip


def bad_row(number: int, dice: random.Random) -> list[str]:
    """A row that must be refused with a reason, whatever else it says."""
    row = good_row(number, dice)
    row[0] = f"B{number}"
    match dice.randrange(7):
        case 0:
            row[1] = dice.choice(["明天", "112.13.1", "2023-02-30", "x", "99999999999", "=1+1", "<script>"])
        case 1:
            row[2] = dice.choice(["傳真機", "合計室", "<b>", "=1+1", "🤷", "a" * 500])
        case 2:
            row[3] = dice.choice(["火星", "台北市信義區", "'; drop table x", "０"])
        case 3:
            row[4] = dice.choice(["601", "-1", "五十五分", "1e400", "NaN", "5.5", "9" * 40])
        case 4:
            row[5] = dice.choice(["五元整", "一百", "1.2.3", "$$"]) + "x"
        case 5:
            row[6] = dice.choice(["很高", "八成", "%", "１２３４x"])
        case 6:
            row[0] = ""
    return row


def aside_row(kind: str, dice: random.Random) -> list[str]:
    """A row that is no data and must be said to be none: a total, a note, the header again, cells beyond it.

    A sheet has as many columns as its widest row, so that nothing in it lies beyond.
    """
    beyond = [["X1", "112.3.1", "", "", "1", "", "", "多", "出"]] if kind == "csv" else []
    return dice.choice([
        ["合計", "", "", "", "500", "", ""], ["總　計", "", "", "", "9", "", ""], ["註：本表為初步統計", "", "", "", "", "", ""],
        HEADER, ["資料來源：研考會", "", "", "", "", "", ""], *beyond,
    ])  # fmt: skip


def table(kind: str, dice: random.Random) -> Made:
    """A table whose good rows are known, in any of the shapes that people make."""
    rows, good, bad = [], set(), 0
    for number in range(dice.randint(1, 12)):
        if (what := dice.random()) < 0.6:
            rows.append(good_row(number, dice))
            good.add(f"G{number}")
        elif what < 0.85:
            rows.append(bad_row(number, dice))
            bad += 1
        elif what < 0.95:
            rows.append(aside_row(kind, dice))
            bad += 1
        else:
            rows.append([""] * 7)
    above = [
        [title] for title in dice.sample(["臺南市政府話務統計表", "製表日期：112.4.1"], dice.choice([0, 0, 0, 1, 2]))
    ]
    head, order = list(HEADER), list(range(7))
    if dice.random() < 0.3 and not any(row == HEADER or len(row) > 7 for row in rows):
        rest = order[1:]
        dice.shuffle(rest)  # the first column stays: a total is told by it
        order = [0, *rest]
    grid = [*above, [head[place] for place in order], *([row[place] for place in order] + row[7:] for row in rows)]
    if dice.random() < 0.2:  # a column that nobody declared and one that names people
        grid = [*above, *(
            [*row[:7], extra, person, *row[7:]]
            for row, extra, person in (
                (row, "其他" if row == grid[len(above)] else "", "姓名" if row == grid[len(above)] else "")
                for row in grid[len(above):] if len(row) <= 7
            )
        )]  # fmt: skip
        bad -= sum(len(row) > 7 for row in rows)
    name = f"話務.{kind}"
    if kind == "xlsx":
        return Made(name, xlsx(grid), frozenset(good), bad + len(above), False)
    if kind == "ods":
        return Made(name, ods(grid), frozenset(good), bad + len(above), False)
    text = io.StringIO(newline="")
    mark = dice.choice([",", ",", ",", "\t", ";"])
    csv.writer(text, delimiter=mark, lineterminator=dice.choice(["\n", "\r\n"])).writerows(grid)
    for encoding in (dice.choice(["utf-8", "utf-8-sig", "cp950", "utf-16"]), "utf-8"):
        try:
            return Made(name, text.getvalue().encode(encoding), frozenset(good), bad + len(above), False)
        except UnicodeEncodeError:
            continue
    raise AssertionError


def xlsx(grid: list[list[str]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for place, row in enumerate(grid):
        for column, cell in enumerate(row):
            sheet.write_string(place, column, cell)
    book.close()
    return out.getvalue()


def ods(grid: list[list[str]]) -> bytes:
    cells = "".join(
        "<table:table-row>" + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            if cell else "<table:table-cell/>" for cell in row
        ) + "</table:table-row>" for row in grid
    )  # fmt: skip
    names = " ".join(
        f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"' for each in ("office", "table", "text")
    )
    content = (f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} office:version="1.2"><office:body>'
               f'<office:spreadsheet><table:table table:name="S">{cells}</table:table></office:spreadsheet></office:body>'
               "</office:document-content>")  # fmt: skip
    manifest = ('<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
                '<manifest:file-entry manifest:full-path="/" '
                'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>')  # fmt: skip
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content.encode(),
                   "META-INF/manifest.xml": manifest.encode()})  # fmt: skip


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, body in parts.items():
            book.writestr(name, body)
    return out.getvalue()


def spoilt_rows(dice: random.Random) -> Made:
    """A CSV of which some rows have bytes of their cells overwritten; the others are good."""
    rows = [
        ",".join(good_row(number, dice)).replace('"1,200"', "1200").replace("1,200", "1200") for number in range(12)
    ]
    hit = set(dice.sample(range(12), dice.randint(1, 6)))
    lines = []
    for number, row in enumerate(rows):
        body = bytearray(row.encode())
        if number in hit:
            for _ in range(dice.randint(1, 5)):
                place = dice.randrange(len(body))
                if body[place] not in b',"\n\r':
                    value = dice.choice(b"=<>&;|\0\x7f") if dice.random() < 0.5 else dice.randrange(32, 127)
                    value = dice.randrange(128, 256) if dice.random() < 0.03 else value
                    body[place] = value if value not in b',"\n\r' else 63
        lines.append(bytes(body))
    good = frozenset(f"G{number}" for number in range(12) if number not in hit)
    return Made("話務.csv", b"\n".join([",".join(HEADER).encode(), *lines, b""]), good)


# Answers of services


def answer(kind: str, day: str = "2015-04-29") -> tuple[str, bytes]:
    """A whole and right answer of a service, as the stand-in gives it, with the name under which it is kept."""
    protocol, _, form = kind.partition(" ")
    service = SimpleNamespace(protocol=protocol, count=8, page_size=10, url="http://127.0.0.1", wait=0)
    path = {"georeport": f"/requests.{form}", "ckan": "/api/3/action/datastore_search", "datagov": "/file.csv"}
    body = f"<start_date>{day} 00:00:00</start_date>".encode()
    asked = Asked("POST" if protocol == "open1999" else "GET", path.get(protocol, "/"), "", {}, {}, body, 1)
    name = {"open1999": "2015-04-29.xml", "georeport xml": "page-0001.xml", "datagov": "file.csv"}
    return name.get(kind, "page-0001.json"), shapes.answer(service, asked, "").body


def spoilt_records(kind: str, dice: random.Random) -> Made:
    """An answer of which some records have odd values, or lack some; the others are good."""
    name, body = answer(kind)
    protocol = kind.partition(" ")[0]
    key = shapes.KEYS.get(protocol, "service_request_id")
    if kind in ("soa", "ckan", "georeport json"):
        value = json.loads(body)
        records = {"soa": lambda: value["data"], "ckan": lambda: value["result"]["records"]}.get(kind, lambda: value)()
        hit = set(dice.sample(range(len(records)), dice.randint(1, 4)))
        good = frozenset(str(each[key]) for place, each in enumerate(records) if place not in hit)
        for place in hit:
            _spoil(records[place], dice)
        return Made(name, json.dumps(value, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass"), good)
    tag = {"open1999": "record", "georeport xml": "request", "pcc": "標案"}[kind]
    text = body.decode()
    found = re.findall(rf"<{tag}\b[^>]*>.*?</{tag}>", text, re.S)
    hit = set(dice.sample(range(len(found)), min(len(found), dice.randint(1, 4))))
    for place in hit:
        text = text.replace(found[place], _spoil_xml(found[place], tag, dice), 1)
    named = r'編號="(.*?)"' if kind == "pcc" else rf"<{key}>(.*?)</{key}>"
    good = frozenset(re.search(named, each)[1] for place, each in enumerate(found) if place not in hit)
    return Made(name, text.encode("utf-8", "replace"), good)


def _spoil(record: dict, dice: random.Random) -> None:
    for _ in range(dice.randint(1, 4)):
        field = dice.choice(list(record) or ["x"])
        match dice.randrange(8):
            case 0:
                record.pop(field, None)
            case 1:
                record[field] = dice.choice([None, True, False, [], {}, 0, -1, 1e308, 10**40, float("nan")])
            case 2:
                record[field] = {"深": [copy.deepcopy(record)]}
            case 3:
                record[field] = [1, [2, [3]], None]
            case 4:
                record[dice.choice(ODD) or "空"] = dice.choice(ODD)
            case 5:
                record[field] = "\0\x01\x1f\ud800"
            case 6:
                record[field] = "字" * 5000
            case _:
                record[field] = dice.choice(ODD)


def _spoil_xml(record: str, tag: str, dice: random.Random) -> str:
    start, inner = re.match(rf"(<{tag}\b[^>]*>)(.*)</{tag}>", record, re.S).groups()
    leaves = re.findall(r"<([^<>/\s]+)>([^<]*)</\1>", inner)
    for _ in range(dice.randint(1, 4)):
        name, said = dice.choice(leaves)
        old = f"<{name}>{said}</{name}>"
        new = dice.choice([
            "", f"<{name}/>", old + old, f"<{name}>{escape(dice.choice(ODD))}</{name}>", f"<{name}><深><深>1</深></深></{name}>",
            f"<{name} a='1'>{said}</{name}>", f"<x:{name} xmlns:x='urn:x'>{said}</x:{name}>", f"<{name}>&#x1F;{said}</{name}>",
            f"<{name}><![CDATA[{said}<b>]]></{name}>", f"<!-- {said} -->", f"<{name}>{'字' * 5000}</{name}>",
        ])  # fmt: skip
        inner = inner.replace(old, new, 1)
    return f"{start}{inner}</{tag}>"


def tenders(count: int = 6) -> bytes:
    return shapes.handed_in("pcc", count, "")


# Bytes


def spoilt_bytes(body: bytes, dice: random.Random) -> bytes:
    """A few mutations of bytes, anywhere."""
    body = bytearray(body)
    for _ in range(dice.choice([1, 1, 1, 2, 3, 5, 8])):
        at = dice.randrange(len(body) + 1)
        end = min(len(body), at + dice.choice([1, 1, 2, 4, 16, 100, 1000]))
        match dice.randrange(9):
            case 0:
                most = dice.choice([128, 128, 256])  # text stays text two times of three
                for place in range(at, end):
                    body[place] = dice.randrange(most)
            case 1:
                del body[at:end]
            case 2:
                body[at:at] = dice.choice(TOKENS)
            case 3:
                body[at:at] = body[at:end] * dice.choice([1, 2, 50])
            case 4:
                del body[at:]
            case 5:
                body[at:end] = dice.choice(TOKENS)
            case 6:
                other = dice.randrange(len(body) + 1)
                body[at:end] = body[other : other + end - at]
            case 7:
                if at < len(body):
                    body[at] ^= 1 << dice.choice([0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 7])
            case 8:
                body[at:end] = bytes(reversed(body[at:end]))
    return bytes(body[:2_000_000])


def spoilt_book(body: bytes, dice: random.Random) -> bytes:
    """A workbook of which one part is spoilt, lost, or swapped with another, in a sound archive."""
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = dice.choice(list(parts))
    match dice.randrange(6):
        case 0:
            del parts[name]
        case 1:
            other = dice.choice(list(parts))
            parts[name], parts[other] = parts[other], parts[name]
        case _:
            parts[name] = spoilt_bytes(parts[name], dice) if parts[name] else b""
    return zipped(parts)
