"""Which rows of a source are left out, and why? Each with file, row, column, value and reason."""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from data_pipeline import clean
from data_pipeline.clean import Fault
from data_pipeline.declarations import Source

NUMBER = re.compile(r"[-+]?[\d.,]+%?")


@dataclass(frozen=True)
class Origin:
    """So many rows of a raw table from `start` on came from this file; `header` only where DuckDB read it directly."""

    start: int
    rows: int
    file: str
    delivery: int
    path: Path
    lines: int
    header: clean.Header | None
    printed: tuple[str, ...]


def note(con, source: Source, file: str, faults: list[Fault], work: Path) -> None:
    """Write down the rows that were left out while a file was laid out."""
    if faults:
        listed = _listed(
            work, ([source.name, file, each.row, each.column, each.header, each.value, each.reason] for each in faults)
        )
        con.execute(
            f"""insert into meta.rejects
                select c0, c1, c2::bigint, c3, c4, c5, c6 from read_csv('{_path(listed)}', {_texts(7)})"""
        )


def move(con, source: Source, origins: list[Origin], work: Path) -> None:
    """Take rows with faults, and all but the last row of a key, out of the raw table and write down why.

    Rows are deleted in one statement at the very end: their numbers hold only as long as nothing was deleted.
    """
    con.execute("create or replace temp table gone (id bigint)")
    _with_faults(con, source, origins, work)
    if source.key:
        _twice(con, source, origins, work)
    con.execute(f"delete from raw.{source.name} where rowid in (select id from gone)")


def _with_faults(con, source: Source, origins: list[Origin], work: Path) -> None:
    """Rows with a cell that could not be understood; what a second look finds to be a total or a note is called so."""
    table = f"raw.{source.name}"
    if not con.execute(f"select exists (from {table} where _wrong is not null)").fetchone()[0]:
        return
    _find(con, origins, work, f"select rowid as id, _row, _wrong from {table} where _wrong is not null", source)
    headers = "map {" + ", ".join(f"'{name}': $h_{name}" for name in source.columns) + "}"
    names = {f"h_{name}": column.header for name, column in source.columns.items()}
    required = [name for name, column in source.columns.items() if column.required]
    # Two kinds of rows are data after all: one that only began like the header or a total, and one whose only fault
    # is a cell of odd blanks where it may be empty.
    con.execute(
        """
        create or replace temp table real as
        select id, file, number, column_name, if(blank, null, value) as value, if(blank, 'required', reason) as reason
        from (select *, starts_with(reason, 'not_') and is_empty(value) as blank
              from faults join found using (id) where verdict is null)
        where reason <> 'suspect' and (not blank or list_contains(?, column_name))
        """,
        [required],
    )
    printed = f"{headers}[column_name]"
    rows = "real"
    if source.wide:  # the value of a month is named by the header it stood under; the year of twelve is one fault
        printed = f"if(column_name = '{source.wide.value}', coalesce(_head, {printed}), {printed})"
        rows = f"real join (select rowid as id, _head from {table}) using (id)"
    con.execute(
        f"""insert into meta.rejects
            select distinct '{source.name}', file, number, column_name, {printed}, value, reason from {rows}""",
        names,
    )
    con.execute(
        f"""insert into meta.rejects select '{source.name}', file, number, null, null, quote, verdict
            from found where verdict <> 'blank'"""
    )
    con.execute("insert into gone select id from real union select id from found where verdict is not null")


def _twice(con, source: Source, origins: list[Origin], work: Path) -> None:
    """Of rows with one key the last counts. Twice in one delivery is a fault; in a later one it is a correction."""
    key = ", ".join(source.key)
    rows = f"(select rowid as id, * from raw.{source.name} where rowid not in (select id from gone))"
    if _ascends(con, source, origins, rows):
        return
    # Most sources have no row twice: counting hashes finds that out without keeping a million texts.
    total, different = con.execute(f"select count(*), count(distinct hash({key})) from {rows}").fetchone()
    if total == different:
        return
    con.execute(f"""
        create or replace temp table again as
        select id, _row, _wrong, max(id) over (partition by {key}) as last, {source.key[0]}::varchar as value
        from {rows}
        where hash({key}) in (select hash({key}) from {rows} group by 1 having count(*) > 1)
        qualify id < last
    """)
    _note_origins(con, origins, work)
    con.execute("""
        create or replace temp table twice as
        select a.id, a._row, a._wrong, a.value from again a asof join origins mine on a.id >= mine.start
        asof join origins its on a.last >= its.start where mine.delivery = its.delivery
    """)
    _find(con, origins, work, "select id, _row, _wrong from twice", source)
    con.execute(
        f"""insert into meta.rejects
            select '{source.name}', file, number, '{source.key[0]}', ?, value, 'duplicate'
            from found join twice using (id)""",
        [source.columns[source.key[0]].header],
    )
    con.execute("insert into gone select id from again")


def _ascends(con, source: Source, origins: list[Origin], rows: str) -> bool:
    """Does every row have a higher key than the one before, as numbers are given out? Then none is there twice, and
    nothing need be remembered of any."""
    (first, *more) = source.key
    if more or not source.columns[first].required:
        return False

    def ask(these: str, con=con) -> bool:
        """Whether all rows but the first are higher than one before; an empty key is higher than none."""
        return con.execute(
            f"select count(*) <= 1 + count(*) filter ({first} > before) "
            f"from (select {first}, lag({first}) over () as before from {these})"
        ).fetchone()[0]

    if not origins or not ask(f"(from {rows} limit 10000)"):
        return not origins
    # First of all rows: where they ascend with those that have a fault, so they do without. A window takes one thread,
    # so each half is asked by itself; the row where they meet is in both.
    middle = origins[len(origins) // 2].start
    halves = (f"raw.{source.name} where rowid {side} {middle}" for side in ("<=", ">="))
    with ThreadPoolExecutor(2) as pool:
        if all(list(pool.map(lambda half: ask(half, con.cursor()), halves))):
            return True
    return con.execute("select count(*) > 0 from gone").fetchone()[0] and ask(rows)


def _note_origins(con, origins: list[Origin], work: Path) -> None:
    con.execute("create or replace temp table origins (start bigint, file varchar, delivery bigint, direct boolean)")
    listed = _listed(work, ([each.start, each.file, each.delivery, each.header is not None] for each in origins))
    con.execute(f"insert into origins select * from read_csv('{_path(listed)}', {_texts(4)})")


def _find(con, origins: list[Origin], work: Path, which: str, source: Source) -> None:
    """Fill `found`: for these rows the file, the row number a person would look for, and the verdict of a second look.

    A laid-out file brought its numbers along. Of a file that DuckDB read the cells of a row with a fault were kept, and
    where it has a line a row the numbers are known; else it is read again, as its blank lines were not counted.
    """
    _note_origins(con, origins, work)
    con.execute(f"""
        create or replace temp table found as
        select w.id, o.file, w._row as number, null::varchar as verdict, null::varchar as quote
        from ({which}) w asof join origins o on w.id >= o.start where not o.direct
    """)
    asked = con.execute(f"select id, _wrong from ({which}) order by id")
    listed = _listed(work, _look(origins, source, iter(asked.fetchone, None)))
    con.execute(
        f"insert into found select c0::bigint, c1, c2::bigint, c3, c4 from read_csv('{_path(listed)}', {_texts(5)})"
    )


def _look(origins: list[Origin], source: Source, asked: Iterator[tuple]) -> Iterator[list]:
    """Of rows from files that DuckDB read: file, row number, verdict, and what a row of no data says."""
    starts = [origin.start for origin in origins]
    for at, rows in groupby(asked, lambda row: bisect_right(starts, row[0]) - 1):
        origin = origins[at]
        if origin.header is None:
            continue
        aside = clean.judge(origin.header, origin.printed, source)
        if origin.lines == origin.rows + 1:  # a line a row, and the header: none is blank, none goes over several
            found = (
                (id - origin.start, id - origin.start + 2, [cell or "" for cell in cells or ()]) for id, cells in rows
            )
        else:
            found = _read_again(origin, {id - origin.start for id, _ in rows})
        for place, number, cells in found:
            verdict = aside(cells) if cells else None
            quote = clean.quote(cells, origin.header, source, verdict) if verdict else None
            yield [origin.start + place, origin.file, number, verdict, quote]


def _read_again(origin: Origin, wanted: set[int]) -> Iterator[tuple[int, int, list[str]]]:
    grid = iter(clean.grid_of(origin.path))
    next(grid)
    rows = ((number, cells) for number, cells in grid if cells)
    return ((place, number, cells) for place, (number, cells) in enumerate(rows) if place in wanted)


def _listed(work: Path, rows: Iterable[list]) -> Path:
    """Rows from Python as a file that DuckDB reads at once; binding them one by one would take minutes."""
    path = work / "listed.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        # DuckDB takes the first line end it sees for that of all rows; a header cannot have one within quotes.
        writer.writerow(["listed"])
        for row in rows:
            writer.writerow(["" if cell is None else str(cell).replace("\0", "") for cell in row])
    return path


def _path(path: Path) -> str:
    return str(path).replace("'", "''")


def _texts(columns: int) -> str:
    names = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(columns))
    return (
        f"auto_detect=false, header=true, delim=',', quote='\"', escape='\"', columns={{{names}}}, "
        "max_line_size=4000000"
    )


def write(con, folder: Path) -> Path:
    """One CSV a source of what was left out and why, in both languages; Excel opens it (UTF-8 with BOM)."""
    for (source,) in con.execute("select distinct source from meta.rejects order by 1").fetchall():
        folder.mkdir(parents=True, exist_ok=True)
        rows = con.execute(
            """select file, row_number, header, column_name, value, r.zh, r.en from meta.rejects
               join seeds.reject_reasons r using (reason) where source = ? order by file, row_number""",
            [source],
        ).fetchall()
        with (folder / f"{source}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["檔案 file", "列 row", "欄位 column", "name", "值 value", "原因", "reason"])
            writer.writerows([[_harmless(cell) for cell in row] for row in rows])
    return folder


def _harmless(cell: object) -> object:
    """A text that a spreadsheet would run as a formula is kept as text."""
    runs = isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not NUMBER.fullmatch(cell)
    return f"'{cell}" if runs else cell
