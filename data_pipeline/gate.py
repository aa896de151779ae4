"""Is this file what its name says, and safe to open? Asked of its first bytes and its parts, before any reader sees it.

A reader of spreadsheets believes what a file says of itself: how large its parts are, which cells it has. Whoever made
the file may have lied, so parts are unpacked and counted here, in blocks that are thrown away.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from data_pipeline.grids import FileFault, Grid

MOST_BYTES, MOST_UNPACKED = 50_000_000, 500_000_000  # of a file, and of a workbook once unpacked
MOST_PARTS, MOST_SHEETS, MOST_TIMES = 2_000, 50, 200  # parts in it, sheets, and how many times larger unpacked
SMALL = 20_000_000  # bytes, below which any ratio will do: an empty sheet packs very well
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 1_048_576, 500, 32_767  # rows and letters as in Excel
OLD = b"\xd0\xcf\x11\xe0"  # .xls, or a workbook with a password
ZIP = b"PK\x03\x04"
SHEET = re.compile(rb"^xl/(work|chart|dialog|macro)sheets/[^/]+$")
KINDS = {".xlsx": "Excel", ".ods": "ODS", ".csv": "CSV", ".xml": "XML"}
BLOCK = 1 << 18


def inspect(path: Path) -> None:
    """Raises FileFault with one sentence where a file is not to be opened."""
    with path.open("rb") as file:
        head = file.read(8)
    suffix = path.suffix.lower()
    if suffix not in KINDS:
        raise _fault(
            path, f"不支援 {suffix or '沒有副檔名的檔案'}；請用 CSV、XLSX、ODS 或標案 XML",
            f"{suffix or 'a file without an ending'} is not supported; use CSV, XLSX, ODS or the tender XML",
        )  # fmt: skip
    if not head:
        raise _fault(path, "空檔案；請確認後再送", "the file is empty; check it and file again")
    if path.stat().st_size > MOST_BYTES:
        raise _fault(
            path, "超過 50 MB；請分檔，或在伺服器上用 add 與 build",
            "over 50 MB; split it, or use add and build on the server",
        )  # fmt: skip
    if head.startswith(OLD):
        if b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0" in path.read_bytes():
            raise _fault(path, "有密碼，無法開啟；請取消密碼後再送", "it has a password; remove it and file again")
        raise _fault(path, "是舊版 .xls；請另存為 .xlsx 或 .ods 後再送", "an old .xls; save it as .xlsx or .ods")
    if head.startswith(ZIP):
        _look_into(path, suffix)
    elif suffix in (".xlsx", ".ods"):
        raise _fault(
            path, f"副檔名是 {suffix}，內容不是試算表；請重新存檔後再送",
            f"it is called {suffix} but is no spreadsheet; save it again",
        )  # fmt: skip


def measure(path: Path, grid: Grid) -> None:
    """Raises FileFault where a table is larger than anybody means it to be."""
    for number, cells in grid:
        if len(cells) > MOST_COLUMNS or number > MOST_ROWS:
            raise _fault(
                path, f"超過 {MOST_ROWS:,} 列或 {MOST_COLUMNS} 欄；請只留下資料，分檔後再送",
                f"over {MOST_ROWS:,} rows or {MOST_COLUMNS} columns; keep the data alone, split it and file again",
            )  # fmt: skip
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise _fault(
                path, f"第 {number} 列有超過 {LONGEST_CELL:,} 字的儲存格；請更正後再送",
                f"row {number} has a cell of over {LONGEST_CELL:,} letters; correct it and file again",
            )  # fmt: skip


def _look_into(path: Path, suffix: str) -> None:
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
            names = {each.filename for each in parts}
            kind = _kind(book, names)
            if kind != suffix:
                said = KINDS.get(kind, "ZIP")
                raise _fault(
                    path, f"副檔名是 {suffix or '空的'}，內容是 {said}；請改成正確的副檔名或解開後再送",
                    f"it is called {suffix or 'nothing'} but is {said}; give it its right ending, or unpack it",
                )  # fmt: skip
            if any(each.flag_bits & 1 for each in parts) or _is_encrypted(book, names):
                raise _fault(path, "有密碼，無法開啟；請取消密碼後再送", "it has a password; remove it and file again")
            if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
                raise _fault(
                    path, "含有巨集；請另存為沒有巨集的 .xlsx 或 .ods 後再送", "it holds macros; save it without them"
                )
            sheets = sum(bool(SHEET.match(name.encode())) for name in names)
            if len(parts) > MOST_PARTS or len(names) < len(parts) or sheets > MOST_SHEETS:
                raise _too_large(path)
            _count(path, book)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, UnicodeError, ValueError) as error:
        raise _fault(
            path, f"檔案損壞，無法開啟（{type(error).__name__}）；請重新存檔後再送",
            f"the file is damaged ({type(error).__name__}); save it again",
        ) from error  # fmt: skip


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
    """Unpack every part and count, whatever size it says it has."""
    packed = path.stat().st_size
    total = 0
    for each in book.infolist():
        each.file_size, each.CRC = 1 << 62, None  # what the file says of itself; it is counted instead
        with book.open(each) as part:
            while block := part.read(BLOCK):
                total += len(block)
                if total > MOST_UNPACKED or total > max(SMALL, packed * MOST_TIMES):
                    raise _too_large(path)


def _too_large(path: Path) -> FileFault:
    return _fault(
        path, "解開後過大，或工作表、組成過多；請只留下資料，分檔後再送",
        "too large when unpacked, or of too many sheets or parts; keep the data alone, split it and file again",
    )  # fmt: skip


def _fault(path: Path, zh: str, en: str) -> FileFault:
    return FileFault(f"{path.name}：{zh}。", f"{path.name}: {en}.")
