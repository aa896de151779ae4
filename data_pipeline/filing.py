"""What happens to a file that somebody hands in, and how does each source stand?"""

from __future__ import annotations

import csv
import datetime as dt
import fnmatch
import itertools
import shutil
from pathlib import Path

from data_pipeline import clean, pull
from data_pipeline.clean import FileFault
from data_pipeline.declarations import Source
from data_pipeline.store import Receipt, Store

TABLES = (".csv", ".xlsx", ".ods")
LARGEST = 2 * 1024**3  # bytes; a hundred million contacts are about 9 GB and come in parts


def recognise(path: Path, sources: dict[str, Source]) -> list[Source]:
    """The source a file belongs to, by its name; where that says nothing, by its header. Raises FileFault.

    One 標案 XML feeds several sources: basic data, progress, reasons, changes.
    """
    if path.suffix.lower() == ".xml":
        return pull.feeds(path.read_bytes(), sources.values())
    by_name = [
        source
        for source in sources.values()
        if any(fnmatch.fnmatchcase(path.stem.lower(), pattern.lower()) for pattern in source.where.names)
    ]
    if len(by_name) == 1:
        return by_name
    fitting = []
    head = list(itertools.islice(clean.grid_of(path), clean.HEADER_WITHIN)) if path.suffix.lower() in TABLES else []
    for source in by_name or [each for each in sources.values() if each.where.protocol == "file"]:
        try:
            clean.tidy(head, source)
            fitting.append(source)
        except FileFault:
            continue
    if len(fitting) == 1:
        return fitting
    names = "、".join(f"{each.name}（{each.title.zh}）" for each in fitting or sources.values())
    raise FileFault(
        f"{path.name}：認不出屬於哪個來源；請以 --source 指定：{names}",
        f"{path.name}: which source is it? Say --source; there are: {names}",
    )


def add(store: Store, source: Source, path: Path) -> Receipt:
    """Keep a handed-in file, once it is known to be readable; personal columns are cut out on the way.

    Raises FileFault with a sentence that says what to do; nothing is kept then.
    """
    if path.stat().st_size > LARGEST:
        raise FileFault(f"{path.name}：超過 2 GB，請分檔。", f"{path.name}: over 2 GB; split it.")
    if path.stat().st_size == 0:
        raise FileFault(f"{path.name}：空檔案。", f"{path.name}: the file is empty.")
    if source.where.protocol == "pcc":
        return _add_tenders(store, source, path)
    if path.suffix.lower() not in TABLES:
        raise FileFault(
            f"{path.name}：不支援 {path.suffix or '無副檔名'}；請用 CSV、XLSX 或 ODS。",
            f"{path.name}: {path.suffix or 'no ending'} is not supported; use CSV, XLSX or ODS.",
        )
    header, _ = clean.tidy(clean.grid_of(path), source)
    with store.keep(source.name, where=f"file:{path.name}") as kept:
        if header.personal:
            cut = kept.folder.with_name(f"{kept.folder.name}.cut") / f"{path.stem}.csv"
            try:
                _cut(path, cut, set(header.personal))
                kept.take(cut, received=path)
            finally:
                shutil.rmtree(cut.parent, ignore_errors=True)
            kept.note("個資欄位已移除", "Personal columns were removed")
        else:
            kept.copy(path)
        if header.unknown:
            unknown = "、".join(header.unknown)
            kept.note(f"未使用的欄位：{unknown}", f"Columns not used: {unknown}")
    return kept.receipt


def _add_tenders(store: Store, source: Source, path: Path) -> Receipt:
    """Keep a 標案 XML without its personal elements."""
    body = path.read_bytes()
    stripped = pull.redact(source, path.name, body)
    if next(iter(pull.rows(source, path.name, stripped)), None) is None:
        raise FileFault(f"{path.name}：沒有標案資料。", f"{path.name}: no tender in it.")
    with store.keep(source.name, where=f"file:{path.name}") as kept:
        kept.add(path.name, stripped, None if stripped == body else body)
        if stripped != body:
            kept.note("個資欄位已移除", "Personal columns were removed")
    return kept.receipt


def _cut(path: Path, target: Path, places: set[int]) -> None:
    """The same grid without some of its columns, as UTF-8 CSV, row by row."""
    target.parent.mkdir(parents=True)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for _, cells in clean.grid_of(path):
            writer.writerow([cell for place, cell in enumerate(cells) if place not in places])


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
