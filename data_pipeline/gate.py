"""Is this file what its name says, and safe to open? Asked of its first bytes and its parts, before any reader sees it.

A reader of spreadsheets believes what a file says of itself: how large its parts are, which cells it has. Whoever made
the file may have lied, so parts are unpacked and counted here, in blocks that are thrown away.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from data_pipeline.grids import AGAIN, FileFault, Grid, refused

MOST_BYTES, MOST_UNPACKED = 50_000_000, 500_000_000  # of a file, and of a workbook once unpacked
MOST_PARTS, MOST_SHEETS, MOST_TIMES = 2_000, 50, 200  # parts in it, sheets, and how many times larger unpacked
SMALL = 20_000_000  # bytes, below which any ratio will do: an empty sheet packs very well
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 1_048_576, 500, 32_767  # rows and letters as in Excel
OLD = b"\xd0\xcf\x11\xe0"  # .xls, or a workbook with a password
ZIP = b"PK\x03\x04"
SHEET = re.compile(rb"^xl/(work|chart|dialog|macro)sheets/[^/]+$")
SPLIT = ("請只留下資料，分檔後再送", "keep the data alone, split it and file again")
KINDS = {".xlsx": "Excel", ".ods": "ODS", ".csv": "CSV", ".xml": "XML"}
DECLARES = (b"<!DOCTYPE", b"<!ENTITY")  # before the first element; within one it is written &lt;!
BLOCK = 1 << 18


def inspect(path: Path) -> None:
    """Raises FileFault with one sentence where a file is not to be opened."""
    with path.open("rb") as file:
        head = file.read(8)
    suffix = path.suffix.lower()
    if suffix not in KINDS:
        raise refused(
            path.name,
            (f"不支援 {suffix}", f"{suffix} is not supported") if suffix else ("沒有副檔名", "it has no ending"),
            ("請存成 CSV、XLSX、ODS 或標案 XML 後再送", "save it as CSV, XLSX, ODS or the tender XML and file again"),
        )  # fmt: skip
    if not head:
        raise refused(path.name, ("空檔案", "the file is empty"), ("請確認後再送", "check it and file again"))
    if path.stat().st_size > MOST_BYTES:
        raise refused(
            path.name, ("超過 50 MB", "it is over 50 MB"),
            ("請分檔，或在伺服器上用 add 與 build", "split it, or use add and build on the server"),
        )  # fmt: skip
    if head.startswith(OLD):
        if b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0" in path.read_bytes():
            raise _locked(path)
        raise refused(
            path.name, ("是舊版 .xls", "it is an old .xls"),
            ("請另存為 .xlsx 或 .ods 後再送", "save it as .xlsx or .ods and file again"),
        )  # fmt: skip
    if head.startswith(ZIP):
        _look_into(path, suffix)
    elif suffix in (".xlsx", ".ods"):
        raise refused(
            path.name, (f"副檔名是 {suffix}，內容不是試算表", f"it is called {suffix} but is no spreadsheet"), AGAIN
        )


def measure(path: Path, grid: Grid) -> None:
    """Raises FileFault where a table is larger than anybody means it to be."""
    for number, cells in grid:
        if len(cells) > MOST_COLUMNS or number > MOST_ROWS:
            raise refused(
                path.name,
                (f"超過 {MOST_ROWS:,} 列或 {MOST_COLUMNS} 欄", f"over {MOST_ROWS:,} rows or {MOST_COLUMNS} columns"),
                SPLIT,
            )
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise refused(
                path.name,
                (f"第 {number} 列有超過 {LONGEST_CELL:,} 字的儲存格",
                 f"row {number} has a cell of over {LONGEST_CELL:,} letters"),
                ("請更正後再送", "correct it and file again"),
            )  # fmt: skip


def _look_into(path: Path, suffix: str) -> None:
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
            names = {each.filename for each in parts}
            kind = _kind(book, names)
            if kind != suffix:
                said = KINDS.get(kind, "ZIP")
                raise refused(
                    path.name, (f"副檔名是 {suffix}，內容是 {said}", f"it is called {suffix} but is {said}"),
                    ("請改成正確的副檔名或解開後再送", "give it its right ending or unpack it, and file again"),
                )  # fmt: skip
            if any(each.flag_bits & 1 for each in parts) or _is_encrypted(book, names):
                raise _locked(path)
            if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
                raise refused(
                    path.name, ("含有巨集", "it holds macros"),
                    ("請另存為沒有巨集的 .xlsx 或 .ods 後再送", "save it without them and file again"),
                )  # fmt: skip
            sheets = sum(bool(SHEET.match(name.encode())) for name in names)
            if len(parts) > MOST_PARTS or len(names) < len(parts) or sheets > MOST_SHEETS:
                raise _too_large(path)
            _count(path, book)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, UnicodeError, ValueError) as error:
        why = type(error).__name__
        raise refused(path.name, (f"檔案損壞，無法開啟（{why}）", f"the file is damaged ({why})"), AGAIN) from error


def _kind(book: zipfile.ZipFile, names: set[str]) -> str:
    if "mimetype" in names:
        said = _beginning(book, "mimetype")
        return ".ods" if said.startswith(b"application/vnd.oasis.opendocument.spreadsheet") else ""
    return ".xlsx" if "xl/workbook.xml" in names or "[Content_Types].xml" in names else ""


def _is_encrypted(book: zipfile.ZipFile, names: set[str]) -> bool:
    manifest = "META-INF/manifest.xml"
    return manifest in names and b"encryption-data" in _beginning(book, manifest)


def _beginning(book: zipfile.ZipFile, name: str) -> bytes:
    with book.open(name) as part:
        return part.read(BLOCK)


def _count(path: Path, book: zipfile.ZipFile) -> None:
    """Unpack every part and count, whatever size it says it has; what declares entities of its own is refused."""
    packed = path.stat().st_size
    total = 0
    for each in book.infolist():
        each.file_size, each.CRC = 1 << 62, None  # what the file says of itself; it is counted instead
        with book.open(each) as part:
            block = part.read(BLOCK)
            if each.filename.endswith((".xml", ".rels")) and any(mark in block for mark in DECLARES):
                raise refused(
                    path.name,
                    (f"{each.filename} 內含 DTD 或實體宣告", f"{each.filename} declares a DTD or entities"), AGAIN,
                )  # fmt: skip
            while block:
                total += len(block)
                if total > MOST_UNPACKED or total > max(SMALL, packed * MOST_TIMES):
                    raise _too_large(path)
                block = part.read(BLOCK)


def _too_large(path: Path) -> FileFault:
    found = ("解開後過大，或工作表、組成過多", "too large when unpacked, or of too many sheets or parts")
    return refused(path.name, found, SPLIT)


def _locked(path: Path) -> FileFault:
    todo = ("請取消密碼後再送", "remove it and file again")
    return refused(path.name, ("有密碼，無法開啟", "it has a password"), todo)
