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
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import duckdb

from data_pipeline import cells, clean, pull, rejects
from data_pipeline.clean import Fault, FileFault
from data_pipeline.declarations import DeclarationError, Source
from data_pipeline.grids import refused
from data_pipeline.rejects import Origin
from data_pipeline.store import Kept, Receipt, Store

TAIPEI = dt.timezone(dt.timedelta(hours=8))


@dataclass(frozen=True)
class Loaded:
    """What one source gave: rows kept, rows left out, notes (titles, totals), headers nobody asked for."""

    source: str
    rows: int
    rejects: int
    notes: int
    unknown_headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """A kept file to be read, as rejects call it; with its `header` where it is plain enough to be read directly."""

    file: str
    delivery: int
    receipt: Receipt
    path: Path
    lines: int
    header: clean.Header | None
    printed: tuple[str, ...]


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
    _name_words(con)


def _name_words(con: duckdb.DuckDBPyConnection) -> None:
    """Keep every kind of code as an enum, and its spellings as enums beside a list of what each of them means: named
    once a build, as a thousand spellings in the text of a statement cost more than a small delivery's rows."""
    con.execute("""
        create table lookup.words as
        select kind, form, list(text order by text) as spellings, list(code order by text) as codes
        from (select kind, form, text, any_value(code) as code
              from (select domain as kind, * from lookup.codes union all by name
                    select 'agencies' as kind, * from lookup.agencies union all by name
                    select 'districts' as kind, * from lookup.districts)
                   unpivot (text for form in (printed, spelling))
              group by all having count(distinct code) = 1)
        group by all order by all
    """)
    types: dict[str, Iterable[str]] = {}
    for kind, form, spellings, codes in con.execute("from lookup.words").fetchall():
        types |= {f"{kind}_{form}": spellings, f"{kind}_code": sorted({*codes, *types.get(f"{kind}_code", ())})}
    con.execute("; ".join(f"create type lookup.{name} as enum ({', '.join(map(cells.quoted, of))})"
                          for name, of in types.items()))  # fmt: skip


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
    columns = ", ".join(f"{name} {cells.stored(column)}" for name, column in source.columns.items())
    # `_file` counts the files; `_wrong` holds the cells of a row with a fault, so that no text is read twice.
    aside = ", _file BIGINT, _row BIGINT, _head VARCHAR, _wrong VARCHAR[]" if receipts else ""
    try:
        con.execute(f"create table {table} ({columns}, is_simulated BOOLEAN{aside})")
    except duckdb.CatalogException as error:
        raise DeclarationError(f"seeds: 沒有可用的代碼 · no codes of a domain: {error}") from error
    if not receipts:
        return Loaded(source.name, 0, 0, 0)
    con.execute("create or replace temp table faults (id BIGINT, column_name VARCHAR, value VARCHAR, reason VARCHAR)")
    unknown: dict[str, None] = {}
    words: set[str] = set()  # the kinds of code whose spellings this connection has at hand
    read: list[tuple[Piece, clean.Header | None]] = []
    for _, alike in groupby(_pieces(store, source, receipts, had), lambda each: (each.header, each.printed)):
        together = list(alike)
        for pieces in [together] if together[0].header else [[each] for each in together]:
            for piece, header, headers in _read(con, source, pieces, work, words, len(read)):
                unknown |= dict.fromkeys(headers)
                read.append((piece, header))
    spans = {place: span for place, *span in con.execute(
        f"select _file, min(rowid), count(*) from {table} group by all").fetchall()}  # fmt: skip
    origins = [
        Origin(*spans[place], piece.file, piece.delivery, piece.path, piece.lines, header, piece.printed)
        for place, (piece, header) in enumerate(read) if place in spans
    ]  # fmt: skip
    rejects.move(con, source, origins, work)
    for column in ("_wrong", "_head", "_row", "_file"):
        con.execute(f"alter table {table} drop column {column}")
    return count(con, source, tuple(unknown))


def _pieces(store: Store, source: Source, receipts: list[Receipt], had: Iterable[Receipt]) -> list[Piece]:
    """The files that count, oldest first, each looked at once. Raises FileFault."""
    names = [kept.name for receipt in (*had, *receipts) for kept in receipt.files]
    newest = {kept.name: delivery for delivery, receipt in enumerate(receipts) for kept in receipt.files}
    last = {kept.sha256: delivery for delivery, receipt in enumerate(receipts) for kept in receipt.files}

    def look(delivery: int, receipt: Receipt, kept: Kept, path: Path) -> Piece:
        file = kept.name if names.count(kept.name) == 1 else f"{receipt.pull}/{kept.name}"
        try:
            lines = _verify(kept, path)
        except FileFault as fault:
            fault.pull = receipt.pull
            raise
        header, printed = None, ()
        if source.where.protocol == "file" and path.suffix.lower() == ".csv" and lines is not None:
            header, printed = _plain_header(path, source)
        return Piece(file, delivery, receipt, path, lines or 0, header, printed)

    wanted = [
        (delivery, receipt, kept, path)
        for delivery, receipt in enumerate(receipts)
        for kept, path in zip(receipt.files, store.files(receipt), strict=True)
        # Not the same page (a day of Open1999) where it was asked again, nor bytes that were handed in again.
        if last[kept.sha256] == delivery and (not source.where.url or newest[kept.name] == delivery)
    ]
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda each: look(*each), wanted))


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


def _verify(kept: Kept, path: Path) -> int | None:
    """Are these the bytes that were kept? The lines they have; None where they hold a NUL, which is no text."""
    digest, clear, lines, last = hashlib.sha256(), True, 0, b"\n"
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
                clear = clear and b"\0" not in block
                lines += block.count(b"\n")
                last = block[-1:]
    except OSError as error:
        raise FileFault(f"{kept.name}：檔案不見了。", f"{kept.name}: the file is gone ({error.strerror}).") from error
    if digest.hexdigest() != kept.sha256:
        raise FileFault(
            f"{kept.name}：內容與收件時不同（sha256 不符）。", f"{kept.name}: not the bytes that were kept (sha256)."
        )
    return lines + (last != b"\n") if clear else None


def _read(
    con, source: Source, pieces: list[Piece], work: Path, words: set[str], first: int
) -> list[tuple[Piece, clean.Header | None, tuple[str, ...]]]:
    """Read files into the table, counted from `first`. Files with one plain header go in together: DuckDB reads
    several small ones at a time, but a small one by itself on one thread. Gives each with its header where it was
    read directly, and the headers nobody asked for."""
    header = pieces[0].header
    if header is None:
        return [_lay_out(con, source, pieces[0], work, words, first)]
    try:
        receipts = [each.receipt for each in pieces]
        _insert(con, source, [each.path for each in pieces], header, receipts, words, first, pieces[0].printed)
        return [(each, header, header.unknown) for each in pieces]
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        # One is ragged, has mixed line ends or is not UTF-8 further down: row by row then.
        if len(pieces) == 1:
            return [_lay_out(con, source, pieces[0], work, words, first)]
    return [
        done for place, each in enumerate(pieces) for done in _read(con, source, [each], work, words, first + place)
    ]


def _lay_out(con, source: Source, piece: Piece, work: Path, words: set[str], place: int) -> tuple:
    """Read a file of any shape into the table: first laid out row by row, then as a plain one."""
    try:
        return piece, None, _laid(con, source, piece, work, words, place)
    except FileFault as fault:
        fault.pull = piece.receipt.pull
        raise


def _laid(con, source: Source, piece: Piece, work: Path, words: set[str], place: int) -> tuple[str, ...]:
    path = piece.path
    # What was filed is a table, whatever its name ends in; of a pulled one the ending says it.
    tables = (".csv", ".xlsx", ".ods", ".xls", ".xlsm")
    if source.where.protocol == "file" or (path.suffix.lower() in tables and source.where.protocol != "pcc"):
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
        _insert(con, source, [laid], clean.Header(columns, header.units), [piece.receipt], words, place)
    except duckdb.InvalidInputException as error:
        found = ("有一列過長，無法解析", "a row is too long to be parsed")
        raise refused(path.name, found, ("請更正後再送", "correct it and file again")) from error
    laid.unlink()
    rejects.note(con, source, piece.file, faults, work)
    return header.unknown


def _plain_header(path: Path, source: Source) -> tuple[clean.Header | None, tuple[str, ...]]:
    """The header of a CSV that DuckDB may read directly, and its cells; None where a person's hand shows."""
    with path.open("rb") as file:
        first = file.readline(65_536)
    try:
        printed = next(csv.reader([first.decode("utf-8-sig")], strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        return None, ()
    header = clean.match_header(printed, source)
    if header.months or any(column.fill_down for column in source.columns.values()) or len(printed) < 2:
        return None, ()
    if clean.missing(header, source) or not any(header.columns):
        return None, ()
    return header, tuple(printed)


def _insert(
    con, source: Source, paths: Sequence[Path], header: clean.Header, receipts: Sequence[Receipt], words: set[str],
    first: int, printed: Sequence[str] = (),
) -> None:  # fmt: skip
    """The one statement that reads text into types. Names come from declarations, never from the file."""
    # One day is left for clocks that differ.
    ends = [delivered_on(each) + dt.timedelta(days=2) for each in receipts if not each.simulated]
    how = cells.reading(con, source, header, ends, words, printed)
    texts = [f"c{place}" for place in range(len(header.columns))]
    row = f"try_cast(c{header.columns.index('_row')} as bigint)" if "_row" in header.columns else "null::bigint"
    head = f"c{header.columns.index('_head')}" if "_head" in header.columns else "null::varchar"
    # Two steps, so that each cell is typed once however often a test asks for it; a third one would copy every text.
    con.execute(
        f"""insert into raw.{source.name}
            select {", ".join(source.columns)}, {receipts[0].simulated}, {first} + _at, {row}, {head},
                   case when {how.wrong} then [{", ".join(texts)}] end
            from (select *, file_index::bigint as _at, {how.values}
                  from read_csv(?, auto_detect=false, header=true, delim=',', quote='"', escape='"',
                                columns={{{", ".join(f"'{text}': 'VARCHAR'" for text in texts)}}}, strict_mode=true,
                                null_padding=false, max_line_size=1000000))""",
        [list(map(str, paths))],
    )
    which = f"from raw.{source.name} where _wrong is not null and _file >= {first}"
    if not con.execute(f"select exists ({which})").fetchone()[0]:
        return
    # What is wrong with a row costs more to say than to find. The few that are wrong are first put together: where they
    # stand far apart, each would be asked by itself.
    kept = ", ".join(f"_wrong[{place}] as {text}" for place, text in enumerate(texts, 1))
    con.execute(f"create or replace temp table said as select rowid as id, _file - {first} as _at, {kept} {which}")
    con.execute(
        f"""insert into faults
            select id, f.column_name, f.value, f.reason
            from (select id, unnest({how.faults}) as f from (select *, {how.values} from said)) where f is not null"""
    )


__all__ = ["FileFault", "Loaded", "count", "delivered_on", "load", "prepare"]
