"""How do the kept bytes of a source become typed rows and rejects, in one pass over the text?

DuckDB reads every cell as text and parses it with the macros of `duckdb/macros.sql` in the same statement; a row
with a cell that cannot be understood is set aside with the place, the value and the reason. A plain UTF-8 CSV is read
directly; a file of any other shape is first laid out by `clean.py` as such a CSV. Both ways end in the same statement,
so both give the same rows.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_pipeline import clean, examples, pull, rejects
from data_pipeline.clean import Fault, FileFault
from data_pipeline.declarations import DATES, Column, DeclarationError, Source
from data_pipeline.grids import refused
from data_pipeline.rejects import Origin
from data_pipeline.store import Kept, Receipt, Store

TAIPEI = dt.timezone(dt.timedelta(hours=8))
FACTORS = {"元": 1, "千元": 1_000, "仟元": 1_000, "萬元": 10_000, "百萬元": 1_000_000, "億元": 100_000_000}
SQL_TYPES = {
    "text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "percent": "DOUBLE", "money": "BIGINT", "date": "DATE",
    "datetime": "TIMESTAMP", "month": "DATE", "year": "BIGINT", "boolean": "BOOLEAN", "code": "VARCHAR",
    "agency": "VARCHAR", "district": "VARCHAR",
}  # fmt: skip


@dataclass(frozen=True)
class Loaded:
    """What one source gave: rows kept, rows left out, notes (titles, totals), headers nobody asked for."""

    source: str
    rows: int
    rejects: int
    notes: int
    unknown_headers: tuple[str, ...] = ()


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Create what loading needs: the schemas, the rejects, and the look-up of every spelling of every code.

    Two codes that claim the same spelling are an error: a value must mean one thing.
    """
    con.execute("""
        create schema raw; create schema lookup;
        create table meta.rejects (source varchar, file varchar, row_number bigint, column_name varchar, header varchar,
                                   value varchar, reason varchar);
        create table lookup.codes as
            select domain, code, unnest(string_split(coalesce(aliases, ''), '|') || [zh, code]) as printed
            from seeds.codes;
        create table lookup.agencies as
            select agency_id as code, unnest(string_split(coalesce(aliases, ''), '|') ||
                   [zh, agency_id, '臺南市' || zh, '臺南市政府' || zh]) as printed from seeds.agencies;
        create table lookup.districts as
            select district_id as code, unnest(string_split(coalesce(aliases, ''), '|') ||
                   [zh, district_id, town_code::varchar, '臺南市' || zh]) as printed from seeds.districts;
    """)
    for table, key in (("codes", "domain, spelling"), ("agencies", "spelling"), ("districts", "spelling")):
        con.execute(f"alter table lookup.{table} add column spelling varchar")
        con.execute(f"update lookup.{table} set spelling = plain(printed)")
        con.execute(f"delete from lookup.{table} where spelling = ''")
        clash = con.execute(
            f"select {key}, list(distinct code) from lookup.{table} group by all having count(distinct code) > 1"
        ).fetchall()
        if clash:
            raise DeclarationError(f"seeds/{table}.csv: 一個寫法、多個代碼 · one spelling, several codes: {clash[:5]}")


def load(
    con: duckdb.DuckDBPyConnection, store: Store, source: Source, receipts: list[Receipt], work: Path,
    had: Iterable[Receipt] = (),
) -> Loaded:  # fmt: skip
    """Fill `raw.<source>` from the receipts, oldest first; rows left out go to `meta.rejects`.

    `had` came before and is not read: it only tells which file names stand for several files.

    Raises FileFault where a whole file cannot be read, with the `pull` it came in: the caller decides which older
    bytes to use.
    """
    table = f"raw.{source.name}"
    con.execute(f"drop table if exists {table}")
    con.execute("delete from meta.rejects where source = ?", [source.name])
    columns = ", ".join(f"{name} {SQL_TYPES[column.type]}" for name, column in source.columns.items())
    con.execute(
        f"create table {table} ({columns}, is_simulated BOOLEAN, _row BIGINT, _head VARCHAR, _wrong BOOLEAN);"
        "create or replace temp table faults (id BIGINT, column_name VARCHAR, value VARCHAR, reason VARCHAR)"
    )
    unknown: dict[str, None] = {}
    words: dict[tuple, str] = {}  # the spellings of each kind of code, named for this source's statements
    origins: list[Origin] = []
    names = [kept.name for receipt in (*had, *receipts) for kept in receipt.files]
    newest = {kept.name: delivery for delivery, receipt in enumerate(receipts) for kept in receipt.files}
    last = {kept.sha256: delivery for delivery, receipt in enumerate(receipts) for kept in receipt.files}
    for delivery, receipt in enumerate(receipts):
        for kept, path in zip(receipt.files, store.files(receipt), strict=True):
            if source.where.url and newest[kept.name] != delivery:
                continue  # the same page (a day of Open1999) asked again: only the newest answer counts
            if last[kept.sha256] != delivery:
                continue  # the same bytes handed in again
            start = con.execute(f"select count(*) from {table}").fetchone()[0]
            file = kept.name if names.count(kept.name) == 1 else f"{receipt.pull}/{kept.name}"
            try:
                text = _verify(kept, path)
                plain, headers = _fill(con, source, path, file, receipt, work, text, words)
            except FileFault as fault:
                fault.pull = receipt.pull
                raise
            unknown |= dict.fromkeys(headers)
            origins.append(Origin(start, file, delivery, path, plain))
    rejects.move(con, source, origins, work)
    con.execute(
        f"alter table {table} drop column _wrong; alter table {table} drop column _head; "
        f"alter table {table} drop column _row"
    )
    return count(con, source, tuple(unknown))


def count(con: duckdb.DuckDBPyConnection, source: Source, unknown: tuple[str, ...]) -> Loaded:
    """What stands in `raw.<source>` and in `meta.rejects` of it."""
    rows = con.execute(f"select count(*) from raw.{source.name}").fetchone()[0]
    left_out, notes = con.execute(
        "select count(distinct (file, row_number)) filter (not is_note), "
        "count(distinct (file, row_number)) filter (is_note) "
        "from meta.rejects join seeds.reject_reasons using (reason) where source = ?",
        [source.name],
    ).fetchone()
    return Loaded(source.name, rows, left_out, notes, unknown)


def delivered_on(receipt: Receipt) -> dt.date:
    """The day in Taipei on which a delivery came."""
    return dt.datetime.fromisoformat(receipt.at).astimezone(TAIPEI).date()


def _verify(kept: Kept, path: Path) -> bool:
    """Are these the bytes that were kept? True where they hold no NUL, so that DuckDB may read them as text."""
    digest, clear = hashlib.sha256(), True
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
                clear = clear and b"\0" not in block
    except OSError as error:
        raise FileFault(f"{kept.name}：檔案不見了。", f"{kept.name}: the file is gone ({error.strerror}).") from error
    if digest.hexdigest() != kept.sha256:
        raise FileFault(
            f"{kept.name}：內容與收件時不同（sha256 不符）。", f"{kept.name}: not the bytes that were kept (sha256)."
        )
    return clear


def _fill(
    con, source: Source, path: Path, file: str, receipt: Receipt, work: Path, text: bool, words: dict
) -> tuple[clean.Header | None, tuple[str, ...]]:
    """Read one file into the table; gives the header where it was plain enough to be read directly."""
    if source.where.protocol == "file" and path.suffix.lower() == ".csv" and text:
        header, printed = _plain_header(path, source)
        if header is not None:
            try:
                opening = next(cell.strip() for cell in printed if cell.strip())
                _insert(con, source, path, header, receipt, words, opening)
                return header, header.unknown
            except (duckdb.InvalidInputException, duckdb.ConversionException):
                pass  # ragged, mixed line ends or not UTF-8 further down: row by row then
    if path.suffix.lower() in (".csv", ".xlsx", ".ods", ".xls", ".xlsm") and source.where.protocol != "pcc":
        grid = clean.grid_for(path, source)
    else:
        grid = clean.grid_of_records(pull.rows(source, path.name, path.read_bytes()))
    header, rows = clean.tidy(grid, source)
    laid = work / f"{source.name}.laid.csv"
    names = [name for name in source.columns if name in header.columns]
    if source.wide and header.months:
        names = list(dict.fromkeys([*names, "month", source.wide.value, "_head"]))
    faults: list[Fault] = []
    with laid.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["_row", *names])
        for row in rows:
            if isinstance(row, Fault):
                faults.append(row)
            else:
                number, values = row
                writer.writerow([number, *((values.get(name) or "").replace("\0", "") for name in names)])
    columns = ("_row", *names)
    try:
        _insert(con, source, laid, clean.Header(columns, header.units), receipt, words)
    except duckdb.InvalidInputException as error:
        found = ("有一列過長，無法解析", "a row is too long to be parsed")
        raise refused(path.name, found, ("請更正後再送", "correct it and file again")) from error
    laid.unlink()
    rejects.note(con, source, file, faults, work)
    return None, header.unknown


def _plain_header(path: Path, source: Source) -> tuple[clean.Header | None, list[str]]:
    """The header of a CSV that DuckDB may read directly, and its cells; None where a person's hand shows."""
    with path.open("rb") as file:
        first = file.readline(65_536)
    try:
        cells = next(csv.reader([first.decode("utf-8-sig")], strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        return None, []
    header = clean.match_header(cells, source)
    if header.months or any(column.fill_down for column in source.columns.values()) or len(cells) < 2:
        return None, cells
    return (None if clean.missing(header, source) or not any(header.columns) else header), cells


def _insert(
    con, source: Source, path: Path, header: clean.Header, receipt: Receipt, words: dict, opening: str = ""
) -> None:
    """The one statement that reads text into types. Names come from declarations, never from the file.

    `opening` is the first cell of the header of a file as it came: a row that begins with it, or with a word for
    total, is set aside for a second look even where every cell of it could be typed.
    """
    places = {name: f"c{place}" for place, name in enumerate(header.columns) if name}
    read = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(header.columns)))
    values, faults = [], []  # a fault: the cheap test asked of every row, the exact one, column, cell, reason
    for name, column in source.columns.items():
        if name not in places:
            values.append(f"null::{SQL_TYPES[column.type]} as {name}")
            continue
        cell = f"nullif({places[name]}, '0')" if column.zero_is_null else places[name]
        values.append(f"{_typed(con, column, cell, words, header.units.get(name, column.unit))} as {name}")
        if column.required:
            empty = f"cell({cell}) is null" if column.type != "text" else "true"
            faults.append((f"{name} is null", f"{name} is null and {empty}", name, cell, "required"))
        if column.type != "text":
            unread = f"case when {name} is null and {cell} is not null then cell({cell}) is not null else false end"
            faults.append(("false" if column.required else unread, unread, name, cell, f"not_{column.type}"))
        for limit, sign, reason in ((column.minimum, "<", "below_minimum"), (column.maximum, ">", "above_maximum")):
            if limit is not None:
                faults.append((f"{name} {sign} {limit}", f"{name} {sign} {limit}", name, cell, reason))
        # Nothing has happened after the day of its delivery; one day is left for clocks that differ. The simulated
        # set knows no clock.
        if column.type in DATES and not column.ahead and not receipt.simulated:
            late = f"{name} >= date '{delivered_on(receipt) + dt.timedelta(days=2)}'"
            faults.append((late, late, name, cell, "in_the_future"))
    if opening:
        faults += [(test, test, None, "null", "suspect") for test in _suspicions(source, header, places, opening)]
    wrong = " or ".join(f"({test})" for test, *_ in faults) or "false"
    row = f"try_cast({places['_row']} as bigint)" if "_row" in places else "null::bigint"
    head = places.get("_head", "null::varchar")
    # Two steps, so that each cell is typed once however often a test asks for it; a third one would copy every text.
    typed = f"""(select *, {", ".join(values)}
                 from read_csv(?, auto_detect=false, header=true, delim=',', quote='"', escape='"',
                               columns={{{read}}}, strict_mode=true, null_padding=false, max_line_size=1000000))"""
    start = con.execute(f"select count(*) from raw.{source.name}").fetchone()[0]
    con.execute(
        f"insert into raw.{source.name} "
        f"select {', '.join(source.columns)}, {receipt.simulated}, {row}, {head}, {wrong} from {typed}",
        [str(path)],
    )
    which = f"select rowid as id from raw.{source.name} where _wrong and rowid >= {start}"
    if not con.execute(f"select exists ({which})").fetchone()[0]:
        return
    # What is wrong with them costs more to say than to find: the file is read again for these rows alone, in order.
    each = ", ".join(
        f"case when {test} then {{'column_name': {_quoted(name) if name else 'null'}, "
        f"'value': nullif(left(trim({cell}), 200)::varchar, ''), 'reason': '{reason}'}} end"
        for _, test, name, cell, reason in faults
    )
    con.execute(
        f"create or replace temp table said as select [{each}] as faults from {typed} where {wrong}", [str(path)]
    )
    con.execute(
        f"""insert into faults select id, f.column_name, f.value, f.reason
            from (select w.id, unnest(said.faults) as f
                  from (select id, row_number() over (order by id) - 1 as place from ({which})) w
                  join said on said.rowid = w.place)
            where f is not null"""
    )


def _suspicions(source: Source, header: clean.Header, places: dict[str, str], opening: str) -> Iterator[str]:
    """Tests of rows that could be typed and may be no data all the same: blank, a total, the header, an example."""
    if not any(source.columns[name].required for name in places):
        yield f"coalesce({', '.join(f'cell({place})' for place in places.values())}) is null"
    if lead := _lead(source, header):
        yield f"is_total({lead})"
        yield f"{lead} = {_quoted(opening)}"
    # A code, an agency or a district that says 合計 is at fault anyway.
    for place in clean.leading_words(header, source):
        name = header.columns[place]
        if source.columns[name].type == "text" and name != lead:
            yield f"is_total({name})"
    told = [(name, name if source.columns[name].type == "text" else f"trim({places[name]})")
            for name in source.key or source.columns if name in places]  # fmt: skip
    for row in examples.rows(source):
        yield " and ".join(f"{cell} = {_quoted(row[name])}" for name, cell in told) or "false"


def _lead(source: Source, header: clean.Header) -> str | None:
    """The first cell of a row that says something, as SQL; None where such a cell cannot be both a total and typed.

    Cells after the first required one need not be asked: where that one is empty the row is at fault anyway.
    """
    asked: list[str] = []
    plain = True
    for place, name in enumerate(header.columns):
        kind = source.columns[name].type if name else None
        asked.append(name if kind == "text" else f"nullif(trim(c{place}), '')")
        plain = plain and kind not in (None, "text")
        if name and source.columns[name].required:
            break
    return None if plain else f"coalesce({', '.join(asked)})" if len(asked) > 1 else asked[0]


def _typed(con, column: Column, cell: str, words: dict, unit: str | None) -> str:
    """The expression that types a cell."""
    match column.type:
        case "percent":
            return f"to_percent({cell}, {100 if unit == '%' else column.scale})"
        case "money":
            return f"to_twd({cell}, {FACTORS[unit]})"
        case "code" | "agency" | "district":
            return _looked_up(con, column, cell, words)
        case plain_type:
            return f"to_{plain_type}({cell})"


def _looked_up(con, column: Column, cell: str, words: dict) -> str:
    """The code of a spelling. An enum finds its value by hash and keeps the rows in order, which a join does not;
    the spelling as printed is tried first, its plain form (臺 = 台, no blanks) only where that fails."""
    table = {"code": "codes", "agency": "agencies", "district": "districts"}[column.type]
    where = f"where domain = '{column.domain}'" if column.domain else ""

    def by(form: str, text: str) -> str:
        asked = (table, where, form)
        if asked not in words:
            pairs = con.execute(
                f"select {form}, any_value(code) from lookup.{table} {where} group by 1 having count(distinct code) = 1"
            ).fetchall()
            if not pairs:
                raise DeclarationError(
                    f"seeds/{table}.csv: 沒有可用的代碼 · no codes"
                    + f" of domain {column.domain!r}" * bool(column.domain)
                )
            # Named once: a thousand spellings in the text of a statement cost more than a small delivery's rows.
            words[asked] = name = f"words_{len(words)}"
            spellings, codes = (", ".join(map(_quoted, side)) for side in zip(*pairs, strict=True))
            con.execute(f"create or replace temp type {name} as enum ({spellings}); set variable {name} = [{codes}]")
        name = words[asked]
        return f"getvariable('{name}')[enum_code(try_cast({text} as {name})) + 1]"

    return f"coalesce({by('printed', cell)}, {by('spelling', f'plain({cell})')})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


__all__ = ["FileFault", "Loaded", "count", "delivered_on", "load", "prepare"]
