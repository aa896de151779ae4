"""Which rows does a real file hold? Files as people make them → canonical columns, row by row.

A plain UTF-8 CSV with a known header in its first line needs none of this: DuckDB reads it directly
(`load.py`). Everything else comes through here: Big5, XLSX, ODS, titles above the header, notes and totals
below it, merged cells, month columns, short and long rows. Only shapes are handled here; what a cell *means*
(dates, money, codes) is decided in `duckdb/macros.sql`, in one place for both ways.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from data_pipeline.declarations import Source, plain
from data_pipeline.grids import FileFault, Grid, grid_of, grid_of_records

MONTHS = {f"{name}月": number for number, name in enumerate([*"一二三四五六七八九十", "十一", "十二"], 1)}
MONTHS |= {f"{number}月": number for number in range(1, 13)} | {f"{number:02}月": number for number in range(1, 10)}
MONTHS |= {f"{name}份": number for name, number in MONTHS.items()}
UNIT = re.compile(r"[(\[【][^)\]】]*?(億元|百萬元|萬元|千元|仟元|元)[)\]】]")
UNIT_ABOVE = re.compile(r"單位:?[^:]{0,8}?(億元|百萬元|萬元|千元|仟元|元)")
PERCENT = re.compile(r"[(\[【](%|百分比)[)\]】]")
# What `cell` of macros.sql takes for empty.
NULLS = frozenset(("", "-", "－", "—", "–", "{}", "null", "NULL", "Null", "None", "N/A", "n/a", "#N/A"))
# The same words as `is_total` of macros.sql: one cell that says nothing else.
TOTAL = re.compile(
    r"(本頁|本月|本年|全年|全市)?([合總小累]計|總和|(sub|grand)?total)([(（].*[)）])?[:：]?", re.IGNORECASE
)
NOTE = re.compile(r"(註|備註|說明|資料來源|更新日期|製表|填表|單位|※|\*)")
HEADER_WITHIN = 30  # rows


@dataclass(frozen=True)
class Fault:
    """A row left out, and why: `reason` is a code of `duckdb/seeds/reject_reasons.csv`."""

    row: int
    reason: str
    column: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class Header:
    """Which canonical column stands in which place; None where a column is unknown or dropped."""

    columns: tuple[str | None, ...]
    units: dict[str, str]
    unknown: tuple[str, ...] = ()
    months: dict[int, int] = field(default_factory=dict)
    personal: tuple[int, ...] = ()


def match_header(cells: list[str], source: Source) -> Header:
    """Headers as printed → canonical columns. Blanks, BOM, brackets, full-width forms and 台/臺 do not matter.

    A header that says exactly what was declared goes before one that does so without its brackets; of two equal ones
    the first counts. A unit in brackets (`預算(萬元)`, `達成率(%)`) beats the declared one. Personal columns are None:
    nobody reads them further.
    """
    exact: dict[str, str] = {}
    loose: dict[str, str | None] = {}
    for name, column in source.columns.items():
        for header in (column.header, *column.aliases, name):
            exact.setdefault(plain(header), name)
            # Two columns that differ only in their brackets cannot be told apart without them.
            loose[_bare(header)] = name if loose.get(_bare(header), name) == name else None
    personal = {plain(header) for header in source.personal}
    personal_loose = {_bare(header) for header in source.personal}
    columns: list[str | None] = [None] * len(cells)
    months: dict[int, int] = {}
    secret: list[int] = []
    second: dict[int, str] = {}
    for place, cell in enumerate(cells):
        form, bare = plain(cell), _bare(cell)
        if source.wide and bare in MONTHS:
            months[place] = MONTHS[bare]
        elif form in exact:
            if exact[form] not in columns:
                columns[place] = exact[form]
        elif form in personal or bare in personal:
            secret.append(place)
        elif name := exact.get(bare) or loose.get(form) or loose.get(bare):
            second[place] = name
        elif bare and bare in personal_loose:
            secret.append(place)
    for place, name in second.items():
        if name not in columns:
            columns[place] = name
    units: dict[str, str] = {}
    for place, name in enumerate(columns):
        if name and source.columns[name].type == "money" and (unit := UNIT.search(plain(cells[place]))):
            units[name] = unit[1]
        if name and source.columns[name].type == "percent" and PERCENT.search(plain(cells[place])):
            units[name] = "%"
    unused = (place for place, name in enumerate(columns) if not name and place not in months and place not in secret)
    unknown = tuple(cells[place].strip() for place in unused if cells[place].strip())
    return Header(tuple(columns), units, unknown, months, tuple(secret))


def missing(header: Header, source: Source) -> list[str]:
    """Headers of required columns that this header lacks."""
    had = set(header.columns) | ({"month", source.wide.value} if source.wide and header.months else set())
    return [column.header for name, column in source.columns.items() if column.required and name not in had]


def tidy(grid: Grid, source: Source) -> tuple[Header, Iterator[tuple[int, dict[str, str | None]] | Fault]]:
    """The header of a grid, and then its rows by canonical column, or the fault of a row left out.

    Raises FileFault where no row of the first 30 carries the required headers.
    """
    rows = iter(grid)
    above: list[tuple[int, list[str]]] = []
    best: tuple[int, list[str], Header] | None = None
    for number, cells in rows:
        header = match_header(cells, source)
        if not missing(header, source) and any(header.columns):
            return _with_unit_above(header, above, source), _rows(rows, header, cells, above, source)
        hits = sum(name is not None for name in header.columns)
        if hits and (best is None or hits > sum(name is not None for name in best[2].columns)):
            best = (number, cells, header)
        above.append((number, cells))
        if len(above) >= HEADER_WITHIN:
            break
    wanted = "、".join(column.header for column in source.columns.values() if column.required)
    if best is None:
        seen = "、".join(cell for _, cells in above[:1] for cell in cells if cell)[:200] or "（空白）"
        raise FileFault(
            f"找不到標題列。應有欄位：{wanted}；檔案第一列是：{seen}。請確認檔案是否為「{source.title.zh}」。",
            f"No header row. Expected columns: {wanted}; the first row is: {seen}. Is this file {source.title.en}?",
        )
    lacking = "、".join(missing(best[2], source))
    raise FileFault(
        f"標題列（第 {best[0]} 列）缺少必要欄位：{lacking}。請補上欄位後再送一次。",
        f"The header (row {best[0]}) lacks required columns: {lacking}. Add them and file again.",
    )


def _with_unit_above(header: Header, above: list[tuple[int, list[str]]], source: Source) -> Header:
    """`單位：千元` above the table counts for every amount whose own header names no unit."""
    found = [unit[1] for _, cells in above for cell in cells if (unit := UNIT_ABOVE.match(plain(cell)))]
    if not found:
        return header
    money = {name: found[-1] for name in header.columns if name and source.columns[name].type == "money"}
    return replace(header, units=money | header.units)


def _rows(
    rows: Iterator[tuple[int, list[str]]], header: Header, printed: list[str], above: list, source: Source
) -> Iterator[tuple[int, dict[str, str | None]] | Fault]:
    for number, cells in above:
        if any(cell.strip() for cell in cells):
            yield Fault(number, "title_row", None, quote(cells))
    width = len(header.columns)
    filled: dict[str, str] = {}
    fill = [name for name, column in source.columns.items() if column.fill_down and name in header.columns]
    places = [(place, name) for place, name in enumerate(header.columns) if name]
    aside = judge(header, printed, source)
    for number, cells in rows:
        reason = aside(cells)
        if reason == "blank":
            continue
        if reason:
            yield Fault(number, reason, None, quote(cells[width:] if reason == "too_many_cells" else cells))
            continue
        if len(cells) < width:
            cells = cells + [""] * (width - len(cells))
        row = {name: cells[place] for place, name in places}
        for name in fill:
            row[name] = filled[name] = row[name] if row[name].strip() not in NULLS else filled.get(name, "")
        if source.wide and header.months:
            year = row.get(source.wide.year, "")
            digits = re.search(r"\d{2,4}", unicodedata.normalize("NFKC", year))
            for place, month in header.months.items():
                if cells[place].strip() not in NULLS:
                    when = f"{digits[0] if digits else year}/{month:02}"
                    yield number, {**row, "month": when, source.wide.value: cells[place]}
        else:
            yield number, row


def judge(header: Header, printed: list[str], source: Source) -> Callable[[list[str]], str | None]:
    """A test of rows under this header: None for data, else `blank` or the reason why a row is no data.

    Both ways of reading use it, so that a total or a note is the same thing in every kind of file. What it calls a
    note lacks a required cell: a row that could be read as data is never taken for one.
    """
    width = len(header.columns)
    required = [
        place for place, name in enumerate(header.columns)
        if name and source.columns[name].required and not source.columns[name].fill_down
    ]  # fmt: skip
    head = [plain(cell) for cell in printed[:width]]
    opening = next((cell.strip() for cell in printed if cell.strip()), "")

    def aside(cells: list[str]) -> str | None:
        full = [text for cell in cells if (text := cell.strip())]
        if not full:
            return "blank"
        first = full[0]
        if is_total(first):
            return "total_row"
        if first == opening and [plain(cell) for cell in cells[:width]] == head[: len(cells)]:
            return "repeated_header"
        if any(place >= len(cells) or cells[place].strip() in NULLS for place in required):
            if TOTAL.search(re.sub(r"\s", "", first[-12:])) and len(first) < 20:
                return "total_row"
            if NOTE.match(first) or (len(full) == 1 and width > 2):
                return "note_row"
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            return "too_many_cells"
        return None

    return aside


def is_total(text: str) -> bool:
    """Does a cell say 合計, 總 計, 小計（件）… and nothing else?"""
    return text[0] in "合總小累本全tTsSgG" and bool(TOTAL.fullmatch(re.sub(r"\s", "", text)))


def quote(cells: list[str]) -> str:
    """What a row says, for the list of rejects."""
    return "｜".join(cell.strip() for cell in cells if cell.strip())[:200]


def _bare(text: str) -> str:
    return re.sub(r"[(\[【].*?[)\]】]", "", plain(text))


__all__ = [
    "Fault", "FileFault", "Grid", "Header", "grid_of", "grid_of_records", "judge", "match_header", "missing", "plain",
    "quote", "tidy",
]  # fmt: skip
