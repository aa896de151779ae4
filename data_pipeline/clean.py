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
from pathlib import Path

from data_pipeline import examples, nearest
from data_pipeline.declarations import NUMBERS, Source, plain
from data_pipeline.grids import SHEETS, FileFault, Grid, grid_of, grid_of_records, sheets_of

MONTHS = {f"{name}月": number for number, name in enumerate([*"一二三四五六七八九十", "十一", "十二"], 1)}
MONTHS |= {f"{number}月": number for number in range(1, 13)} | {f"{number:02}月": number for number in range(1, 10)}
MONTHS |= {f"{name}份": number for name, number in MONTHS.items()}
YEARS = frozenset(("年", "年度", "年別", "年度別", "年份", "統計年度", "資料年度"))
DATED_MONTH = re.compile(r"(?:民國|中華民國)?(\d{2,4})[年/.\-](\d{1,2})月?份?")
YEAR_ABOVE = re.compile(r"(?<!\d)(\d{2,4})年")
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
# Headers that mean a person even where nobody declared them; a declared column goes before.
PERSONAL = re.compile(
    r"姓名|電話|手機|身[分份]證|護照|地址|住址|信箱|電子郵件|聯絡人|e-?mail|phone|mobile|address|first_?name|last_?name",
    re.IGNORECASE,
)
WORDS = ("text", "code", "agency", "district")
OMITTED = "略（"
HEADER_WITHIN = 30  # rows


@dataclass(frozen=True)
class Fault:
    """A row left out, and why: `reason` is a code of `duckdb/seeds/reject_reasons.csv`."""

    row: int
    reason: str
    column: str | None = None
    value: str | None = None
    header: str | None = None


@dataclass(frozen=True)
class Header:
    """Which canonical column stands in which place; None where a column is unknown or dropped.

    `months`: month columns of a wide table, each with its own year where it says one; else the year stands in the
    column `year_at`, or is `year`, said above the table. `personal` and `undeclared` places are never kept.
    """

    columns: tuple[str | None, ...]
    units: dict[str, str]
    unknown: tuple[str, ...] = ()
    months: dict[int, tuple[str, int]] = field(default_factory=dict)
    personal: tuple[int, ...] = ()
    undeclared: tuple[int, ...] = ()
    year_at: int | None = None
    year: str = ""


def match_header(cells: list[str], source: Source) -> Header:
    """Headers as printed → canonical columns. Blanks, BOM, brackets, full-width forms and 台/臺 do not matter.

    A header that says exactly what was declared goes before one that does so without its brackets; of two equal ones
    the first counts. A unit in brackets (`預算(萬元)`, `達成率(%)`) beats the declared one. Personal columns are None:
    nobody reads them further. Of a source with personal data a column that is not declared may not be kept either.
    """
    if not source.personal:
        # A table ends with its last header: what a sheet has further right is beyond it, as in a CSV. Where a person
        # may be named there, a column without a header is dropped and its rows stay.
        cells = cells[: max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)]
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
    months: dict[int, tuple[str, int]] = {}
    year_at: int | None = None
    secret: list[int] = []
    second: dict[int, str] = {}
    for place, cell in enumerate(cells):
        form, bare = plain(cell), _bare(cell)
        if source.wide and (month := _month_of(bare)):
            months[place] = month
        elif form in exact:
            if exact[form] not in columns:
                columns[place] = exact[form]
        elif form in personal or bare in personal:
            secret.append(place)
        elif name := exact.get(bare) or loose.get(form) or loose.get(bare):
            second[place] = name
        elif bare and (bare in personal_loose or PERSONAL.search(form)):
            secret.append(place)
        elif source.wide and not source.wide.year and year_at is None and bare in YEARS:
            year_at = place
    for place, name in second.items():
        if name not in columns:
            columns[place] = name
    units: dict[str, str] = {}
    for place, name in enumerate(columns):
        if name and source.columns[name].type == "money" and (unit := UNIT.search(plain(cells[place]))):
            units[name] = unit[1]
        if name and source.columns[name].type == "percent" and PERCENT.search(plain(cells[place])):
            units[name] = "%"
    known = {*months, *secret, year_at}
    unused = [place for place, name in enumerate(columns) if not name and place not in known]
    unknown = tuple(cells[place].strip() for place in unused if cells[place].strip())
    undeclared = tuple(unused) if source.personal else ()
    return Header(tuple(columns), units, unknown, months, tuple(secret), undeclared, year_at)


def _month_of(header: str) -> tuple[str, int] | None:
    """`三月` → ("", 3); `112年3月` → ("112", 3); None for any other header."""
    if header in MONTHS:
        return "", MONTHS[header]
    dated = DATED_MONTH.fullmatch(header)
    return (dated[1], int(dated[2])) if dated and 1 <= int(dated[2]) <= 12 else None


def missing(header: Header, source: Source) -> list[str]:
    """Headers of required columns that this header lacks."""
    return [column.header for column in nearest.lacking(header, source)]


def absent(headers: set[str | None], source: Source) -> list[str]:
    """Headers of columns that may be empty and did not come at all; `headers` are the canonical ones that came."""
    return [column.header for name, column in source.columns.items() if not column.required and name not in headers]


def grid_for(path: Path, source: Source) -> Grid:
    """The rows of a file; of a workbook those of the sheet with the header, as a cover sheet may come first.

    Raises FileFault where several sheets have it: reading one of them would lose the others in silence.
    """
    if path.suffix.lower() not in SHEETS:
        return grid_of(path)
    fitting: list[str] = []
    best: tuple[int, Grid] = (-1, [])
    for name, rows in sheets_of(path):
        headers = [match_header(cells, source) for _, cells in rows[:HEADER_WITHIN]]
        hits = max((sum(map(bool, header.columns)) for header in headers), default=0)
        if any(any(header.columns) and not missing(header, source) for header in headers):
            fitting.append(name)
            hits += len(source.columns)
        if hits > best[0]:
            best = (hits, rows)
    if len(fitting) > 1:
        names = "、".join(fitting)
        raise FileFault(
            f"{path.name}：有 {len(fitting)} 張工作表都像資料（{names}），沒有收件；請各存一檔，或刪去多餘的。",
            f"{path.name}: {len(fitting)} sheets look like data ({names}), nothing was taken; save one file each.",
        )
    return best[1]


def tidy(grid: Grid, source: Source) -> tuple[Header, Iterator[tuple[int, dict[str, str | None]] | Fault]]:
    """The header of a grid, and then its rows by canonical column, or the fault of a row left out.

    Raises FileFault where no row of the first 30 carries the required headers.
    """
    rows = iter(grid)
    header, printed, above = find_header(rows, source)
    header = _with_year_above(_with_unit_above(header, above, source), above, source)
    return header, _rows(rows, header, printed, above, source)


def find_header(rows: Iterator[tuple[int, list[str]]], source: Source) -> tuple[Header, list[str], list]:
    """The header, its cells and the rows above it; `rows` then stand at the first row below. Raises FileFault."""
    above: list[tuple[int, list[str]]] = []
    best: tuple[int, list[str], Header] | None = None
    for number, cells in rows:
        header = match_header(cells, source)
        if not missing(header, source) and any(header.columns):
            return header, cells, above
        hits = sum(name is not None for name in header.columns)
        if hits and (best is None or hits > sum(name is not None for name in best[2].columns)):
            best = (number, cells, header)
        above.append((number, cells))
        if len(above) >= HEADER_WITHIN:
            break
    first = next((cells for _, cells in above if any(cell.strip() for cell in cells)), [])
    raise nearest.headless(*(best or (None, first, None)), source)


def _with_unit_above(header: Header, above: list[tuple[int, list[str]]], source: Source) -> Header:
    """`單位：千元` above the table counts for every amount whose own header names no unit."""
    found = [unit[1] for _, cells in above for cell in cells if (unit := UNIT_ABOVE.match(plain(cell)))]
    if not found:
        return header
    money = {name: found[-1] for name in header.columns if name and source.columns[name].type == "money"}
    return replace(header, units=money | header.units)


def _with_year_above(header: Header, above: list[tuple[int, list[str]]], source: Source) -> Header:
    """`112年度服務人次` above a wide table says the year that nothing in it says. Raises FileFault without it."""
    lacking = header.months and not source.wide.year and header.year_at is None
    if not lacking or all(year for year, _ in header.months.values()):
        return header
    titles = [plain(cell) for _, cells in above for cell in cells if not NOTE.match(plain(cell))]
    years = {found for title in titles for found in YEAR_ABOVE.findall(title)}
    if len(years) != 1:
        raise FileFault(
            "表中有十二個月的欄位，但看不出是哪一年，沒有收件；請加「年度」欄，或在表格上方寫明年度。",
            "a column a month and no word of the year, nothing was taken; add a column 年度, or name the year above.",
        )
    return replace(header, year=years.pop())


def _rows(
    rows: Iterator[tuple[int, list[str]]], header: Header, printed: list[str], above: list, source: Source
) -> Iterator[tuple[int, dict[str, str | None]] | Fault]:
    for number, cells in above:
        if any(cell.strip() for cell in cells):
            yield Fault(number, "title_row", None, quote(cells, header, source, "title_row"))
    width = len(header.columns)
    year = ""
    filled: dict[str, str] = {}
    fill = [name for name, column in source.columns.items() if column.fill_down and name in header.columns]
    places = [(place, name) for place, name in enumerate(header.columns) if name]
    aside = judge(header, printed, source)
    for number, cells in rows:
        reason = aside(cells)
        if reason == "blank":
            continue
        if reason:
            yield Fault(number, reason, None, quote(cells, header, source, reason))
            continue
        if len(cells) < width:
            cells = cells + [""] * (width - len(cells))
        row = {name: cells[place] for place, name in places}
        for name in fill:
            row[name] = filled[name] = row[name] if row[name].strip() not in NULLS else filled.get(name, "")
        if source.wide and header.months:
            year = _year_of(row, cells, header, source) or year
            yield from _by_month(number, row, cells, year, header, printed, source)
        else:
            yield number, row


def _year_of(row: dict[str, str], cells: list[str], header: Header, source: Source) -> str:
    if source.wide.year:
        return row.get(source.wide.year, "")
    said = header.year if header.year_at is None else cells[header.year_at].strip()
    return "" if said in NULLS else said


def _by_month(
    number: int, row: dict, cells: list[str], year: str, header: Header, printed: list[str], source: Source
) -> Iterator[tuple[int, dict[str, str | None]] | Fault]:
    """A wide row as one row a month, each with the header it stood under; a year that is none is one fault."""
    digits = re.search(r"\d{2,4}", unicodedata.normalize("NFKC", year))
    if not digits and not all(own for own, _ in header.months.values()):
        at = header.year_at
        if source.wide.year in header.columns:
            at = header.columns.index(source.wide.year)
        reason = "not_year" if year.strip() not in NULLS else "required"
        yield Fault(
            number, reason, source.wide.year or "month", year.strip() or None, printed[at] if at is not None else "年度"
        )
        return
    for place, (own, month) in header.months.items():
        if cells[place].strip() not in NULLS:
            when = f"{own or digits[0]}/{month:02}"
            yield number, {**row, "month": when, source.wide.value: cells[place], "_head": printed[place].strip()}


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
    words = leading_words(header, source)
    is_example = examples.matcher(header.columns, source)

    def aside(cells: list[str]) -> str | None:
        full = [text for cell in cells if (text := cell.strip())]
        if not full:
            return "blank"
        first = full[0]
        said = [text for place in words if place < len(cells) and (text := cells[place].strip())]
        if is_total(first) or any(map(is_total, said)):
            return "total_row"
        if first == opening and [plain(cell) for cell in cells[:width]] == head[: len(cells)]:
            return "repeated_header"
        if is_example(cells):
            return "example_row"
        if any(place >= len(cells) or cells[place].strip() in NULLS for place in required):
            if any(TOTAL.search(re.sub(r"\s", "", text[-12:])) and len(text) < 20 for text in (first, *said)):
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


def leading_words(header: Header, source: Source) -> list[int]:
    """Places of words before the first number: a total may be said in any of them (`110,合計,…`)."""
    found = []
    for place, name in enumerate(header.columns):
        kind = source.columns[name].type if name else None
        if kind in NUMBERS or place in header.months:
            break
        if kind in WORDS:
            found.append(place)
    return found


def quote(cells: list[str], header: Header, source: Source, verdict: str) -> str:
    """What a row says, for the list of rejects; of a source with personal data only what stands in its columns."""
    width = len(header.columns)
    if verdict == "too_many_cells":
        cells = cells[width:]
    if source.personal:
        if verdict not in ("total_row", "repeated_header", "example_row"):
            return omit(cells)
        cells = [cell for cell, name in zip(cells, header.columns, strict=False) if name]
    return _joined(cells)[:200]


def omit(cells: list[str]) -> str:
    """In place of a free text that may name a person: how long it was."""
    text = _joined(cells)
    return text if text.removeprefix("註：").startswith(OMITTED) else f"{OMITTED}{len(text)} 字 characters）"


def _joined(cells: list[str]) -> str:
    return "｜".join(cell.strip() for cell in cells if cell.strip())


def _bare(text: str) -> str:
    return re.sub(r"[(\[【].*?[)\]】]", "", plain(text))


__all__ = [
    "Fault", "FileFault", "Grid", "Header", "absent", "find_header", "grid_for", "grid_of", "grid_of_records", "judge",
    "match_header", "missing", "plain", "quote", "tidy",
]  # fmt: skip
