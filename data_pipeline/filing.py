"""What happens to a file that somebody hands in, and how does each source stand?"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import fnmatch
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from data_pipeline import clean, nearest, pull
from data_pipeline.clean import FileFault
from data_pipeline.declarations import Source
from data_pipeline.grids import SHEETS, refused, sheets_of
from data_pipeline.pull import PullError
from data_pipeline.redact import Redacted
from data_pipeline.store import Keeping, Receipt, Store

TABLES = (".csv", ".xlsx", ".ods")
LARGEST = 2 * 1024**3  # bytes; a hundred million contacts are about 9 GB and come in parts


def sort_out(
    paths: tuple[Path, ...], sources: dict[str, Source], name: Source | None = None
) -> list[tuple[Path, Source]]:
    """Which file goes to which source, before any of them is kept. Raises FileFault.

    Of a source whose newest delivery replaces the ones before, one file is taken at a time: of two the first would
    never be read.
    """
    found = [(path, source) for path in paths for source in ([name] if name else recognise(path, sources))]
    times = Counter(source.name for _, source in found)
    for _, source in found:
        if source.delivery == "full" and (many := times[source.name]) > 1:
            raise FileFault(
                f"{source.name}（{source.title.zh}）每次交付都是全部資料，後一檔會取代前一檔；{many} 個檔案都沒有收件。"
                "請合併成一檔，或在宣告寫 delivery: partial（逐次累加）。",
                f"{source.name}: each delivery holds everything and replaces the one before, so of {many} files only "
                "the last would count; none was taken. Join them, or declare `delivery: partial`.",
            )
    return found


def recognise(path: Path, sources: dict[str, Source]) -> list[Source]:
    """The source a file belongs to, by its name; where that says nothing, by its header. Raises FileFault.

    One 標案 XML feeds several sources: basic data, progress, reasons, changes.
    """
    if path.suffix.lower() == ".xml":
        with _handed_in(path):
            return pull.feeds(path.read_bytes(), sources.values())
    by_name = [
        source
        for source in sources.values()
        if any(fnmatch.fnmatchcase(path.stem.lower(), pattern.lower()) for pattern in source.where.names)
    ]
    if len(by_name) == 1:
        return by_name
    tried = by_name or [each for each in sources.values() if each.where.protocol == "file"]
    heads = _heads(path)
    fitting = [source for source in tried if any(_has_header(head, source) for head in heads)]
    if len(fitting) > 1:
        raise nearest.ambiguous(path.name, fitting)
    if not fitting:
        rows = [cells for head in heads for _, cells in head if any(cell.strip() for cell in cells)]
        read = ((source, (cells, clean.match_header(cells, source))) for cells in rows for source in tried)
        raise nearest.unrecognised(path.name, read, sources.values())
    return fitting


def _heads(path: Path) -> list[list[tuple[int, list[str]]]]:
    """The first rows of a table, or of each sheet of a workbook."""
    if path.suffix.lower() not in TABLES:
        return []
    grids = (rows for _, rows in sheets_of(path)) if path.suffix.lower() in SHEETS else [clean.grid_of(path)]
    return [[row for row, _ in zip(grid, range(clean.HEADER_WITHIN), strict=False)] for grid in grids]


def _has_header(head: list[tuple[int, list[str]]], source: Source) -> bool:
    try:
        clean.find_header(iter(head), source)
    except FileFault:
        return False
    return True


def add(store: Store, source: Source, path: Path, held: bool = False) -> Receipt:
    """Keep a handed-in file, once it is known to be readable; personal columns are cut out on the way.

    What is `held` does not count until it is marked as accepted.

    Raises FileFault with a sentence that says what to do; nothing is kept then.
    """
    if path.stat().st_size > LARGEST:
        raise refused(path.name, ("超過 2 GB", "it is over 2 GB"), ("請分檔後再送", "split it and file again"))
    if path.stat().st_size == 0:
        raise refused(path.name, ("空檔案", "the file is empty"), ("請確認後再送", "check it and file again"))
    with _handed_in(path):
        return (_add_tenders if source.where.protocol == "pcc" else _add_table)(store, source, path, held)


@contextlib.contextmanager
def _handed_in(path: Path) -> Iterator[None]:
    """Each fault with the file's name; where a service would have been to blame, what to do with a file."""
    try:
        yield
    except PullError as error:
        en = error.en[:1].lower() + error.en[1:]
        raise refused(
            path.name, (error.zh, en),
            ("請由標案管理系統重新匯出 XML 後再送", "export the XML again from the tender system and file again"),
        ) from error  # fmt: skip
    except FileFault as fault:
        raise fault.of(path.name) from fault


def _add_table(store: Store, source: Source, path: Path, held: bool) -> Receipt:
    if path.suffix.lower() not in TABLES:
        end = path.suffix
        raise refused(
            path.name, (f"不支援 {end}", f"{end} is not supported") if end else ("沒有副檔名", "it has no ending"),
            ("請存成 CSV、XLSX 或 ODS 後再送", "save it as CSV, XLSX or ODS and file again"),
        )  # fmt: skip
    header, rows = clean.tidy(clean.grid_for(path, source), source)
    with store.keep(source.name, where=f"file:{path.name}", held=held) as kept:
        _keep(kept, source, path)
        if header.unknown:
            unknown = "、".join(header.unknown)
            kept.note(f"未使用的欄位：{unknown}", f"Columns not used: {unknown}")
        pull.note_absent(kept, source, set(header.columns) | ({"month", source.wide.value} if header.months else set()))
        if source.delivery == "full":
            keys = {pull.key_of(source, each[1]) for each in rows if isinstance(each, tuple)}
            pull.note_lost(kept, store, source, keys)
    return kept.receipt


def _keep(kept: Keeping, source: Source, path: Path) -> None:
    """Keep a table: to the byte where nothing in it is personal, else what may be kept of it, as UTF-8 CSV."""
    made = Redacted(clean.grid_for(path, source), source)
    cut = kept.folder.with_name(f"{kept.folder.name}.cut") / f"{path.stem}.csv"
    try:
        if made.concerned:
            cut.parent.mkdir(parents=True)
            with cut.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(made.rows())
        if made.changed:
            kept.take(cut, received=path)
            kept.note("個資與未宣告的內容已移除", "Personal and undeclared content was removed")
        else:
            kept.copy(path)
    finally:
        shutil.rmtree(cut.parent, ignore_errors=True)


def _add_tenders(store: Store, source: Source, path: Path, held: bool) -> Receipt:
    """Keep a 標案 XML without its personal elements, with the same remarks as a pull."""
    with store.keep(source.name, where=f"file:{path.name}", held=held) as kept:
        tally = pull.Tally(source, store, kept, dt.date.today())  # noqa: DTZ011  only to remark on times ahead
        tally.take(pull.Page(path.name, path.read_bytes()))
        if not tally.rows:
            raise PullError("沒有標案資料", "there is no tender in it")
        tally.close()
    return kept.receipt


def status(store: Store, sources: dict[str, Source], today: dt.date | None = None) -> list[dict]:
    """How each source stands: what was kept last, what the build in use made of it, and whether more is due.

    `today` is the only clock in the pipeline: lateness is the one thing that depends on it.
    """
    import duckdb

    today = today or dt.date.today()  # noqa: DTZ011  the reader's calendar day
    current = store.current()
    found: dict[str, tuple] = {}
    if current:
        with duckdb.connect(str(current.path), read_only=True) as con:
            rows = con.execute("select name, rows, rejects, reach, next_due, is_simulated from meta.sources").fetchall()
        found = {row[0]: row[1:] for row in rows}
    answer = []
    for source in sources.values():
        rows, rejects, reach, due, simulated = found.get(source.name, (0, 0, None, None, False))
        latest, failed = store.latest(source.name), store.failing(source.name)
        if failed:
            state = "failed"
        elif latest is None:
            state = "never"
        elif simulated:
            state = "simulated"
        elif due is None:
            state = "once"
        else:
            state = "late" if today > due else "fresh"
        answer.append({
            "name": source.name, "zh": source.title.zh, "en": source.title.en, "rows": rows, "rejects": rejects,
            "delivered_at": latest.at if latest else None, "pull": latest.pull if latest else None,
            "reach": reach, "next_due": due, "state": state, "failed": failed,
        })  # fmt: skip
    return answer
