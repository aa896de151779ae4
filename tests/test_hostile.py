"""Does a file that somebody made to do harm do any? Each gets one sentence in both languages, within time and memory."""

from __future__ import annotations

import io
import re
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from dashboard import words
from data_pipeline import confined, declarations, gate, preview, template
from data_pipeline.grids import FileFault
from data_pipeline.store import Store
from data_pipeline.store.files import safe_name

SOURCES = declarations.load()
PETITIONS = SOURCES["petitions"]
GOOD = template.make(PETITIONS, ".xlsx")
OPEN = template.make(PETITIONS, ".ods")
TEXT = template.make(PETITIONS, ".csv").decode("utf-8-sig")
HEAD, ROW = TEXT.splitlines()[:2]
BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9)
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


def parts_of(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return {name: book.read(name) for name in book.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, body in parts.items():
            book.writestr(name, body)
    return out.getvalue()


def changed(body: bytes, **parts: bytes | Callable[[bytes], bytes]) -> bytes:
    """A workbook with some parts replaced or added; `__` stands for `/`, `_xml` for `.xml`."""
    had = parts_of(body)
    for name, new in parts.items():
        path = name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin")
        had[path] = new(had[path]) if callable(new) else new
    return packed(had)


def lying(body: bytes, name: str, size: int) -> bytes:
    """A workbook that says one of its parts is small."""
    told = bytearray(body)
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        for found in re.finditer(re.escape(mark), bytes(told)):
            length = struct.unpack_from("<H", told, found.start() + (28 if mark[2] == 1 else 26))[0]
            start = found.start() + (46 if mark[2] == 1 else 30)
            if told[start : start + length] == name.encode():
                struct.pack_into("<I", told, found.start() + at, size)
    return bytes(told)


def encrypted(body: bytes) -> bytes:
    told = bytearray(body)
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        for found in re.finditer(re.escape(mark), bytes(told)):
            told[found.start() + at] |= 1
    return bytes(told)


def sheet(cells: str) -> bytes:
    return (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{cells}</sheetData></worksheet>"
    ).encode()


SHEET = "xl__worksheets__sheet1_xml"
LARGE = b"0" * 60_000_000
DEEP = b"<a>" * 200_000 + b"</a>" * 200_000
FAULTS = {
    "empty.csv": b"",
    "empty.xlsx": b"",
    "junk.csv": bytes(range(256)) * 40,
    "junk.xlsx": bytes(range(255, -1, -1)) * 40,
    "junk.ods": b"PK\x03\x04" + bytes(range(256)) * 40,
    "junk.xml": bytes(range(256)) * 40,
    "half.xlsx": GOOD[: len(GOOD) // 2],
    "nul.csv": f"{HEAD}\nX1\0,112.3.26".encode(),
    "page.csv": b"<!doctype html><html><script>alert(1)</script></html>",
    "workbook.csv": GOOD,
    "text.xlsx": TEXT.encode(),
    "workbook.ods": GOOD,
    "open.xlsx": OPEN,
    "any.xlsx": packed({"a.txt": b"a"}),
    "nested.xlsx": packed({"b.zip": packed({"c.zip": packed({"d": b"0" * 1_000_000})})}),
    "letter.ods": changed(OPEN, mimetype=b"application/vnd.oasis.opendocument.text"),
    "macros.xlsm": GOOD,
    "macros.xlsx": changed(GOOD, xl__vbaProject_bin=b"\xd0\xcf\x11\xe0"),
    "macros.ods": changed(OPEN, Basic__script_xml=b"<a/>"),
    "program.exe": b"MZ\x90\0",
    "noending": TEXT.encode(),
    "old.xlsx": gate.OLD + b"\0" * 600,
    "password.xlsx": gate.OLD + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600,
    "locked.xlsx": encrypted(GOOD),
    "locked.ods": changed(OPEN, **{"META-INF__manifest_xml": lambda body: body + b"<!-- encryption-data -->"}),
    "bomb.xlsx": changed(GOOD, xl__media__a_bin=LARGE),
    "bomb.ods": changed(OPEN, Pictures__a_bin=LARGE),
    "liar.xlsx": lying(changed(GOOD, xl__media__a_bin=LARGE), "xl/media/a.bin", 10),
    "parts.xlsx": packed(parts_of(GOOD) | {f"xl/media/{n}": b"" for n in range(2500)}),
    "sheets.xlsx": packed(parts_of(GOOD) | {f"xl/worksheets/sheet{n}.xml": sheet("") for n in range(3, 90)}),
    "entities.xlsx": changed(GOOD, xl__styles_xml=BOMB + b"]><a>&j;</a>", xl__workbook_xml=BOMB + b"]><a>&j;</a>"),
    "entities.ods": changed(OPEN, content_xml=BOMB + b"]><a>&j;</a>"),
    "entities.xml": BOMB + b"]><a>&j;</a>",
    "outside.xml": OUTSIDE,
    "broken_off.ods": changed(OPEN, content_xml=lambda body: body[: body.index(b"</table:table>")]),  # would be read for ever
    "outside.ods": changed(OPEN, content_xml=OUTSIDE),
    "deep.xml": DEEP,
    "deep.ods": changed(OPEN, content_xml=DEEP),
    "columns.csv": (HEAD + ",x" * 5_000 + "\n" + ROW).encode(),
    "cell.csv": f"{HEAD},備註\n{ROW},{'x' * 40_000}\n".encode(),
    "quote.csv": f'{HEAD}\n"{ROW}\n'.encode() + b"x" * 2_000_000,
    "nothing.csv": "甲,乙\n1,2\n".encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_hostile_file_gets_one_sentence(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(FAULTS[name])
    with pytest.raises(FileFault) as said:
        preview.look(path, SOURCES, None, tmp_path, None if name.endswith("xml") else PETITIONS)
    zh, en = said.value.zh, said.value.en
    assert zh.startswith(f"{name}：") and en.startswith(f"{name}: "), "which file?"
    assert "沒有收件；" in zh and re.search("othing was taken[;,] ", en), "what still holds?"
    assert re.search("請|應有欄位", zh.split("沒有收件；")[1]), "what to do?"
    assert "\n" not in zh + en
    assert "root:" not in zh + en and "Traceback" not in zh + en


@pytest.mark.parametrize("name", [name for name in FAULTS if name.startswith(("entities", "outside"))])
def test_entities_are_called_by_their_name_in_every_form(name, tmp_path):
    (tmp_path / name).write_bytes(FAULTS[name])
    with pytest.raises(FileFault, match=r"內含 DTD 或實體宣告.* declares a DTD or entities"):
        preview.look(tmp_path / name, SOURCES, None, tmp_path)


def test_of_a_file_that_fits_two_sources_both_are_named(tmp_path):
    two = {name: SOURCES[name] for name in ("petitions", "awards")}
    heads = [column.header for source in two.values() for column in source.columns.values() if column.required]
    (tmp_path / "both.csv").write_text(",".join(heads) + "\n", encoding="utf-8")
    with pytest.raises(FileFault, match="同時符合 2 個來源，沒有收件") as said:
        preview.look(tmp_path / "both.csv", two, None, tmp_path)
    assert said.value.kind == "ambiguous" and {each["name"] for each in said.value.facts["fitting"]} == set(two)


def test_the_limits_on_the_screen_are_those_that_hold():
    for said in words.both("filing.limits", most=20).values():
        assert re.findall(r"\d[\d,]*", said) == ["20", f"{gate.MOST_ROWS:,}", str(gate.MOST_COLUMNS)]
        assert {kind[1:].upper() for kind in gate.KINDS} <= set(re.findall("[A-Z]{3,}", said))


FAR = sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
REPEATED = re.compile(rb"<table:table-row>")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("far.xlsx", changed(GOOD, **{SHEET: FAR})),
        ("repeated.ods", changed(OPEN, content_xml=lambda body: REPEATED.sub(
            b'<table:table-row table:number-rows-repeated="1000000000">', body))),
    ],
)  # fmt: skip
def test_a_file_that_would_take_all_memory_or_time_ends_another_process(name, body, tmp_path, monkeypatch):
    monkeypatch.setattr(confined, "SECONDS", 8)
    path = tmp_path / name
    path.write_bytes(body)
    store, began = Store(tmp_path / "store"), time.monotonic()
    with pytest.raises(FileFault, match="請"):
        confined.preview(store, path, "petitions")
    assert time.monotonic() - began < confined.SECONDS + 5
    assert not list((store.root / "work").iterdir()) and not (store.root / "raw").exists()


def test_a_file_that_takes_too_long_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(confined, "SECONDS", 0.05)
    (tmp_path / "a.csv").write_text(TEXT, encoding="utf-8")
    with pytest.raises(FileFault, match=r"沒有收件；請分成每檔 200,000 列以內.* files of at most 200,000 rows"):
        confined.preview(Store(tmp_path / "store"), tmp_path / "a.csv", "petitions")


def test_of_a_formula_only_its_value_is_read_and_no_text_becomes_one(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(GOOD))
    data = book.worksheets[0]
    data["A2"] = '=HYPERLINK("http://example.org","X1")'  # without a kept value it is an empty cell
    data["A3"].value, data["A3"].data_type = "=cmd|'/c calc'!A1", "s"
    book.save(tmp_path / "a.xlsx")
    out = tmp_path / "marked.xlsx"
    (part,) = preview.look(tmp_path / "a.xlsx", SOURCES, None, tmp_path, PETITIONS, out)
    assert [row["petition_id"] for row in part["added"]] == ["=cmd|'/c calc'!A1"]
    assert [(each["row"], each["column"]) for each in part["refused"]] == [(2, "petition_id")]
    marked = openpyxl.load_workbook(out).worksheets[0]
    assert {cell.data_type for row in marked.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert marked["A3"].value.startswith("=cmd") and "請補填" in marked.cell(2, len(PETITIONS.columns) + 1).value
    assert marked["A2"].fill.start_color.rgb.endswith("F8D7DA")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd.csv", "passwd.csv"), ("C:\\Windows\\a.csv", "a.csv"), ("a\0b.csv", "ab.csv"),
        ("cod\u202evsc.xlsx", "codvsc.xlsx"), ("x" * 300 + ".csv", "x" * 60 + ".csv"), ("..", "file"), ("", "file"),
        ("話務 11301（修正）.csv", "話務_11301_修正_.csv"), ("-rf.csv", "-rf.csv"), ("a\nb.csv", "a_b.csv"),
        ("$(reboot).csv", "_reboot_.csv"), (".hidden.csv", "hidden.csv"), (".csv", "file.csv"), ("...csv", "file.csv"),
    ],
)  # fmt: skip
def test_a_name_is_only_a_name(name, safe):
    assert safe_name(name) == safe and Path(safe_name(name)).name == safe


def test_a_link_or_a_folder_is_no_file_and_a_large_one_is_not_copied_whole(tmp_path, monkeypatch):
    store = Store(tmp_path / "store")
    with pytest.raises(FileFault, match="不是一般檔案"), confined.taken(store, tmp_path):
        pass
    monkeypatch.setattr(gate, "MOST_BYTES", 10)
    (tmp_path / "a.csv").write_bytes(b"x" * 1000)
    with confined.taken(store, tmp_path / "a.csv") as copy:
        assert copy.stat().st_size == 11
        with pytest.raises(FileFault, match="超過"):
            gate.inspect(copy)
    assert not list((store.root / "work").iterdir())
