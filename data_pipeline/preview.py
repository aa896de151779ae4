"""What would a file change, before anybody accepts it? Added, changed, the same, missing, refused; nothing is kept.

The file is cleared of personal data, loaded alone by the same machinery as a build, and held by the source's key
against what the build in use has. Simulated rows are not compared with: a real file replaces them all.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from data_pipeline import build, filing, gate, load, marked, pull
from data_pipeline.clean import grid_for, grid_of_records
from data_pipeline.declarations import Source
from data_pipeline.grids import FileFault, Grid
from data_pipeline.store import Build, Receipt, Store

SHOWN = 200  # rows of each kind
SETTINGS = build.SETTINGS | {"memory_limit": "1GB", "threads": 2}


def look(
    path: Path, sources: dict[str, Source], used: Build | None, work: Path, name: Source | None = None,
    out: Path | None = None,
) -> list[dict]:  # fmt: skip
    """One part a source that the file feeds; see `_part`. `out` takes the file as given, marked. Raises FileFault."""
    gate.inspect(path)
    found = filing.sort_out((path,), sources, name)
    store = Store(work / "store")
    con = duckdb.connect(config={**SETTINGS, "temp_directory": str(work / "spill")})
    build.lay_ground(con)
    load.prepare(con)
    if used:
        con.execute(f"attach '{str(used.path).replace(chr(39), chr(39) * 2)}' as used (read_only)")
    parts, sheets = [], []
    for _, source in found:
        if path.suffix.lower() != ".xml":
            gate.measure(path, grid_for(path, source))
        receipt = filing.add(store, source, path)
        folder = work / source.name
        folder.mkdir()
        parts.append(_part(con, source, receipt, load.load(con, store, source, [receipt], folder), bool(used)))
        sheets.append((source, _grid(source, store.files(receipt)[0])))
    if out:
        marked.write(out, [(source, grid, _refused(con, source)) for source, grid in sheets])
    return parts


def _part(con, source: Source, receipt: Receipt, loaded: load.Loaded, used: bool) -> dict:
    """Counts and the first rows of each kind.

    `replaces` says what the build in use holds of the source: `nothing`, `simulated` or `real` rows. A changed row is
    its key and, by column, [from, to]. Columns and codes are named in both languages by `columns` and `labels`.
    """
    had = _had(con, source) if used else ()
    simulated = bool(had) and con.execute(f"select bool_or(is_simulated) from used.raw.{source.name}").fetchone()[0]
    compared = [name for name in source.columns if name in had]
    key = [name for name in source.key or source.columns if name in had]
    real = bool(had) and simulated is False and len(key) == len(source.key or source.columns)
    now, then = f"raw.{source.name}", f"used.raw.{source.name}" if real else f"(from raw.{source.name} limit 0)"
    same_key = " and ".join(f"n.{name} is not distinct from u.{name}" for name in key or source.columns)
    differs = " or ".join(f"n.{name} is distinct from u.{name}" for name in compared if name not in key) or "false"
    both = f"{now} n join {then} u on {same_key}"
    met, changed = con.execute(f"select count(*), count(*) filter ({differs}) from {both}").fetchone()
    lost = con.execute(f"select count(*) from {then}").fetchone()[0] - met if source.delivery == "full" else 0
    pairs = con.execute(
        f"select {', '.join(f'n.{name}, u.{name}' for name in compared)} from {both} where {differs} "
        f"order by n.rowid limit {SHOWN}"
    ).fetchall() if changed else []  # fmt: skip
    return {
        "source": source.name, "zh": source.title.zh, "en": source.title.en, "delivery": source.delivery,
        "replaces": "real" if real else "simulated" if simulated else "nothing",
        "columns": {name: {"zh": each.label.zh, "en": each.label.en} for name, each in source.columns.items()},
        "labels": _labels(con, source),
        "counts": {
            "added": loaded.rows - met, "changed": changed, "same": met - changed, "missing": lost,
            "refused": loaded.rejects, "aside": loaded.notes,
        },
        "added": _rows(con, source, f"{now} n anti join {then} u on {same_key} order by n.rowid"),
        "changed": [_difference(pair, compared, key) for pair in pairs],
        "missing": _rows(con, source, f"{then} n anti join {now} u on {same_key} order by n.rowid", compared)
        if lost else [],
        "refused": _refused(con, source, SHOWN),
        "notes": list(receipt.notes),
    }  # fmt: skip


def _had(con, source: Source) -> tuple[str, ...]:
    """The columns that the build in use has of a source: it may have been made by another declaration."""
    return tuple(name for (name,) in con.execute(
        "select column_name from duckdb_columns() where database_name = 'used' and schema_name = 'raw' "
        "and table_name = ?", [source.name],
    ).fetchall())  # fmt: skip


def _rows(con, source: Source, relation: str, names: list[str] | None = None) -> list[dict]:
    names = names or list(source.columns)
    found = con.execute(f"select {', '.join(f'n.{name}' for name in names)} from {relation} limit {SHOWN}")
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _difference(pair: tuple, compared: list[str], key: list[str]) -> dict:
    now, then = dict(zip(compared, pair[::2], strict=True)), dict(zip(compared, pair[1::2], strict=True))
    moved = {name: [then[name], now[name]] for name in compared if now[name] != then[name]}
    return {"key": {name: now[name] for name in key}, "columns": moved}


def _refused(con, source: Source, most: int = gate.MOST_ROWS) -> list[dict]:
    found = con.execute(
        "select row_number, column_name, header, value, r.zh, r.en from meta.rejects "
        "join seeds.reject_reasons r using (reason) where source = ? and not is_note order by row_number limit ?",
        [source.name, most],
    ).fetchall()
    return [dict(zip(("row", "column", "header", "value", "zh", "en"), row, strict=True)) for row in found]


def _labels(con, source: Source) -> dict[str, dict]:
    """What the codes of a column are called."""
    tables = {"agency": "agencies", "district": "districts"}
    found = {}
    for name, column in source.columns.items():
        if column.type == "code":
            rows = con.execute("select code, zh, en from seeds.codes where domain = ?", [column.domain]).fetchall()
        elif column.type in tables:
            rows = con.execute(f"select {column.type}_id, zh, en from seeds.{tables[column.type]}").fetchall()
        else:
            continue
        found[name] = {code: {"zh": zh, "en": en} for code, zh, en in rows}
    return found


def _grid(source: Source, path: Path) -> Grid:
    if path.suffix.lower() in filing.TABLES:
        return grid_for(path, source)
    return grid_of_records(pull.rows(source, path.name, path.read_bytes()))


__all__ = ["FileFault", "look"]
