"""Which cells does a file hold? CSV, XLSX and ODS in any of their encodings → rows of text with their numbers."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import decimal
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import python_calamine

from data_pipeline import sheets

SHEETS = (".xlsx", ".ods", ".xls", ".xlsm")
CELLS = 16_000_000
MARKUP = (b"<!doctype html", b"<html", b"<script")
BLOCK = 1 << 20  # bytes
csv.field_size_limit(1_000_000)

Grid = Iterable[tuple[int, list[str]]]


class FileFault(Exception):
    """A file that cannot be read at all; says in both languages what was expected and what to do.

    Where a screen says it in words of its own, `kind` tells which and `facts` what stands in them.
    """

    def __init__(self, zh: str, en: str, kind: str = "", facts: Mapping[str, object] | None = None):
        super().__init__(f"{zh} · {en}")
        self.zh, self.en, self.kind, self.facts = zh, en, kind, facts or {}
        self.pull: str | None = None  # which delivery, where a build knows

    def of(self, name: str) -> FileFault:
        """The same fault with the file's name before it."""
        said = (f"{name}：{self.zh}", f"{name}: {self.en}") if not self.zh.startswith(name) else (self.zh, self.en)
        return FileFault(*said, self.kind, self.facts)


def refused(name: str, found: tuple[str, str], todo: tuple[str, str]) -> FileFault:
    """One sentence in each language: the file, what was found, that nothing was taken, what to do."""
    (zh, en), (do_zh, do_en) = found, todo
    return FileFault(f"{name}：{zh}，沒有收件；{do_zh}。", f"{name}: {en}, nothing was taken; {do_en}.")


AGAIN = ("請以 Excel 或 LibreOffice 重新存檔後再送", "save it again with Excel or LibreOffice and file again")
AS_CSV = ("請以 Excel 開啟，另存為「CSV UTF-8」後再送", "open it with Excel, save it as “CSV UTF-8” and file again")


def encoding_of(path: Path) -> str:
    """Strict UTF-8 (with or without BOM), else strict Big5/CP950, else a FileFault. Never mojibake.

    Excel's “Unicode text” is UTF-16 and says so in its first two bytes. Reads in blocks: a file may be large.
    """
    with path.open("rb") as file:
        head = file.read(512)
    if head.removeprefix(codecs.BOM_UTF8).lstrip().lower().startswith(MARKUP):
        raise refused(
            path.name, ("內容是網頁，不是資料檔", "it is a web page, not a data file"),
            ("資料可能已移除，請重新下載後再送", "the data may be gone, download them anew and file again"),
        )  # fmt: skip
    if not head:
        raise refused(path.name, ("空檔案", "the file is empty"), ("請確認後再送", "check it and file again"))
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig",) if head.startswith(codecs.BOM_UTF8) else ("utf-8-sig", "cp950")
    reached = 0
    for encoding in encodings:
        line = _broken_line(path, encoding)
        if line is None:
            return encoding
        reached = max(reached, line)
    raise refused(
        path.name, (f"第 {reached} 行不是 UTF-8 也不是 Big5", f"line {reached} is neither UTF-8 nor Big5"), AS_CSV
    )


def _broken_line(path: Path, encoding: str) -> int | None:
    """The first line that is not of this encoding, or None. Raises FileFault where the file is not text at all."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 1
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n")
            if "\0" in text:
                raise refused(
                    path.name,
                    ("不是文字檔，內有空字元（NUL）", "it is not a text file, there are NUL bytes in it"), AS_CSV,
                )  # fmt: skip
            if not block:
                return None
            line += text.count("\n")


def grid_of(path: Path) -> Grid:
    """Rows of a CSV, XLSX or ODS file with their numbers as a spreadsheet shows them (from 1). Raises FileFault.

    Of a workbook the first sheet that is not empty.
    """
    if path.suffix.lower() in SHEETS:
        return next((rows for _, rows in sheets_of(path)), [])
    return _csv(path, encoding_of(path))


def _csv(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=encoding, newline="") as file:
        delimiter = _delimiter(file.read(65_536))
        file.seek(0)
        # Strict: a quote that is opened and never closed would otherwise swallow the rows after it.
        reader = csv.reader(file, delimiter=delimiter, strict=True, skipinitialspace=True)
        last = 0
        try:
            for number, cells in enumerate(reader, 1):
                yield number, cells
                last = reader.line_num
        except csv.Error as error:
            raise refused(
                path.name,
                (f"第 {last + 1} 行起無法解析（{error}）", f"it cannot be parsed from line {last + 1} on ({error})"),
                ("可能是引號沒有成對，請更正後再送", "perhaps a quote without its pair, correct it and file again"),
            ) from error


def _delimiter(head: str) -> str:
    """The mark that cuts most lines into the same number of cells; those within quotes do not count."""
    lines = re.split(r"\r\n|\n|\r", re.sub(r'"[^"]*"', "", head))[:200]

    def evenness(mark: str) -> tuple[int, int]:
        counts = Counter(count for line in lines if (count := line.count(mark)))
        ((count, times),) = counts.most_common(1) or [(0, 0)]
        return times, count

    return max(",\t;|", key=evenness)


def sheets_of(path: Path) -> Iterator[tuple[str, list[tuple[int, list[str]]]]]:
    """Each sheet that is not empty, as a person sees it: merged cells filled downwards, 87% as 87%."""
    try:
        if sheets.unpacked_size(path) > sheets.LARGEST:
            raise refused(
                path.name, ("解壓縮後超過 2 GB", "it is over 2 GB when unpacked"),
                ("請分檔後再送", "split it and file again"),
            )  # fmt: skip
        sheets.read_through(path)
        book = python_calamine.CalamineWorkbook.from_path(path)
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.height * sheet.width > CELLS:
                raise refused(
                    path.name,
                    (f"工作表「{name}」過大（{sheet.height} 列 × {sheet.width} 欄）",
                     f"sheet “{name}” is too large ({sheet.height} × {sheet.width})"),
                    ("請刪除空白列欄後再送", "delete empty rows and columns and file again"),
                )  # fmt: skip
            values = sheet.to_python(skip_empty_area=False)
            rows = [[_text(cell) for cell in row] for row in values]
            if not any(any(row) for row in rows):
                continue
            shown = sheets.shown(path, name)
            for row, column in shown.percent:
                if row < len(rows) and column < len(rows[row]) and isinstance(values[row][column], float):
                    rows[row][column] = f"{decimal.Decimal(repr(values[row][column])) * 100:f}%"
            for (top, left), (bottom, _) in [*(sheet.merged_cell_ranges or []), *shown.merged]:
                # Only downwards: a title merged across stays one cell, so that it is not mistaken for data.
                for row in range(top + 1, min(bottom + 1, len(rows))):
                    if left < len(rows[row]):
                        rows[row][left] = rows[top][left]
            yield name, list(enumerate(rows, 1))
    except FileFault:
        raise
    except Exception as error:  # calamine raises its own, zip and XML errors; all mean the same to a person
        why = type(error).__name__
        raise refused(
            path.name, (f"無法開啟試算表（{why}）", f"the spreadsheet cannot be opened ({why})"), AGAIN
        ) from error


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if cell != cell or cell in (float("inf"), float("-inf")):
            return ""
        return str(int(cell)) if cell == int(cell) and abs(cell) < 1e17 else format(decimal.Decimal(repr(cell)), "f")
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ", "seconds") if cell.time() != dt.time() else cell.date().isoformat()
    return str(cell).strip()


def grid_of_records(records: Iterable[dict[str, str | None]]) -> Grid:
    """Records of an API (header → text) as a grid: the header is every key in order of first appearance."""
    records = list(records)
    header = list(dict.fromkeys(key for record in records for key in record))
    yield 1, header
    for number, record in enumerate(records, 2):
        yield number, ["" if record.get(key) is None else str(record[key]) for key in header]
