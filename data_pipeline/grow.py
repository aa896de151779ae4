"""Which parts of the build in use may the next one take over without any doubt, and how is a delivery added to them?

A new build starts from a copy of the file in use where the same code and the same definitions made it. A source with
the very same deliveries keeps its rows; one whose new deliveries follow the old ones gets their rows added; any other
is read again. Decision 0019 says why each of these ends in the same rows as reading everything.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_pipeline import load
from data_pipeline.clean import FileFault
from data_pipeline.declarations import DATES, Source
from data_pipeline.load import Loaded
from data_pipeline.store import Build, Receipt, Store

CODE = Path(__file__).parent
DEFINING = (".sql", ".csv", ".geojson")
BY_TIME = re.compile(r"^-- grows by: (\w+)$", re.M)
# The column that says when, and the months that rows were added to or taken from: their first day, and the day after.
Span = tuple[str, dt.date, dt.date]


@dataclass(frozen=True)
class Before:
    """What the build in use says of one source: the deliveries it stands on, and what they gave."""

    pulls: list[str]
    loaded: Loaded
    headers: str  # as written in `meta.sources`


def defined(sources: dict[str, Source], definitions: list[Path]) -> str:
    """A name for all that makes rows from bytes: definitions, declarations, code, DuckDB. Not a byte may differ."""
    return fingerprint({}, sources, [*definitions, *sorted(CODE.rglob("*.py"))]) + f" duckdb {duckdb.__version__}"


def fingerprint(inputs: dict[str, list[Receipt]], sources: dict[str, Source], definitions: list[Path]) -> str:
    """The same bytes under the same definitions have the same fingerprint."""
    digest = hashlib.sha256()
    for name, receipts in sorted(inputs.items()):
        for receipt in receipts:
            # On the day of a delivery hangs what of it lies in the future, and which reports were due.
            day = None if receipt.simulated else load.delivered_on(receipt)
            digest.update(f"{name} {day} {[kept.sha256 for kept in receipt.files]}\n".encode())
    for source in sources.values():
        digest.update(f"{source.model_dump_json()}\n".encode())
    for path in definitions:
        digest.update(f"{path.parent.name}/{path.name} {path.stat().st_size}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def definitions(warehouse: Path) -> Iterator[Path]:
    """The files that define a warehouse."""
    for folder in ("seeds", "staging", "marts", "checks"):
        yield from sorted(path for path in (warehouse / folder).glob("*.*") if path.suffix in DEFINING)
    for name in ("macros.sql", "rules.yml", "metrics.yml"):
        if (warehouse / name).exists():
            yield warehouse / name


def base(store: Store, defined: str) -> Build | None:
    """The build in use, where the same code and definitions made it."""
    current = store.current()
    return current if current and current.manifest.get("defined") == defined else None


def take_over(con, base: Build) -> dict[str, Before]:
    """Clear a copy of the last build of all that each build says anew; what it says of each source it can vouch for."""
    unread = {each["source"] for each in base.manifest["problems"]}
    told = con.execute(
        "select name, rows, rejects, notes, coalesce(unknown_headers, '') from meta.sources where protocol <> 'ledger'"
    ).fetchall()
    for table in ("inputs", "sources", "lineage", "columns", "rule_use", "checks"):
        con.execute(f"drop table meta.{table}")
    con.execute("drop table raw.published_figures")
    inputs = base.manifest["inputs"]
    return {
        name: Before(inputs[name], Loaded(name, *counts, tuple(filter(None, headers.split("、")))), headers)
        for name, *counts, headers in told
        if name not in unread and name in inputs
    }  # fmt: skip


def unchanged(store: Store, before: Before | None, receipts: list[Receipt]) -> bool:
    """Does a source stand on the very same deliveries, and are their bytes still there?"""
    return before is not None and before.pulls == [each.pull for each in receipts] and _there(store, receipts)


def add(
    con, store: Store, source: Source, before: Before, receipts: list[Receipt], work: Path
) -> tuple[Loaded, Span | None] | None:
    """Add the rows of the deliveries that followed, and say which months they concern, if one can; None, and nothing is
    changed, where there is any doubt."""
    had, new = receipts[: len(before.pulls)], receipts[len(before.pulls) :]
    follows = bool(had) and before.pulls == [each.pull for each in had]
    # A page asked again replaces its older answer, and bytes handed in again count where they came last.
    known = {kept.sha256 for receipt in had for kept in receipt.files}
    again = any(kept.sha256 in known for receipt in new for kept in receipt.files)
    if not follows or source.delivery != "partial" or source.where.url or again or not _there(store, had):
        return None
    table, aside = f"raw.{source.name}", f"{source.name}__before"
    con.execute(
        "create or replace temp table before_rejects as select * from meta.rejects where source = ?", [source.name]
    )
    con.execute(f"alter table {table} rename to {aside}")
    try:
        loaded = load.load(con, store, source, new, work, had)
        sure = _sure(con, source, aside, before, loaded)
    except FileFault:
        sure = False  # reading it all finds the same fault, and says which delivery it came in
    if not sure:
        con.execute(f"drop table if exists {table}")
        con.execute(f"alter table raw.{aside} rename to {source.name}")
        return None
    if source.key:
        same = " and ".join(f"old.{name} is not distinct from new.{name}" for name in source.key)
        again = f"raw.{aside} as old where exists (from {table} as new where {same})"
    span = _span(con, source, [table, again] if source.key else [table])
    if source.key:
        con.execute(f"delete from {again}")
    con.execute(f"insert into raw.{aside} by name select * from {table}")
    con.execute(f"drop table {table}")
    con.execute(f"alter table raw.{aside} rename to {source.name}")
    _name_anew(con, source, had, new)
    con.execute("insert into meta.rejects select * from before_rejects")
    return load.count(con, source, before.loaded.unknown_headers or loaded.unknown_headers), span


def renew(con, name: str, text: str, spans: dict[str, Span | None]) -> bool:
    """Make again those months of a mart that its one changed source touched; False where all of it has to be made.

    A mart whose rows stand on records of one source, each on those of its own month (or day) alone by the `reach` of
    the source, says so: `-- grows by: month` names its column.
    """
    by = BY_TIME.search(text)
    if not by or len(spans) != 1 or None in spans.values():
        return False
    ((source, (column, first, end)),) = spans.items()
    within = f"{{}} >= date '{first}' and {{}} < date '{end}'"
    asked = rf"(from staging.{source} where {within.format(column, column)})"
    text, found = re.subn(rf"\bstaging\.{source}\b", asked, text)
    if not found:
        return False
    con.execute(f"delete from {name} where {within.format(by[1], by[1])}")
    con.execute(f"insert into {name} {text}")
    return True


def remade(con, name: str, text: str) -> bool:
    """Make a mart again that stands on no changed source, only on what a build says of itself: did it come out
    otherwise? What stands on it need not be made again where it did not."""
    con.execute(f"create or replace temp table made_before as from {name}")
    con.execute(f"create or replace table {name} as {text}")
    return con.execute(
        f"""select exists (from {name} except all from made_before)
                or exists (from made_before except all from {name})"""
    ).fetchone()[0]


def _span(con, source: Source, rows: list[str]) -> Span | None:
    """The months of these rows; None where one has no day, or the source no column that says it."""
    if not source.reach or source.columns[source.reach].type not in DATES:
        return None
    ends = [con.execute(
        f"""select date_trunc('month', min({source.reach}))::date, last_day(max({source.reach})::date) + 1,
                   count(*) = count({source.reach}) from {each}""").fetchone() for each in rows]  # fmt: skip
    days = [day for first, end, _ in ends if first for day in (first, end)]
    return (source.reach, min(days), max(days)) if days and all(told for *_, told in ends) else None


def _sure(con, source: Source, aside: str, before: Before, loaded: Loaded) -> bool:
    """Two things only a reading of everything can tell: in which order unknown headers came, and whether a row that
    was a duplicate then is a mere correction now."""
    if before.headers and loaded.unknown_headers and before.headers != "、".join(loaded.unknown_headers):
        return False
    if not source.key:
        return True
    return not con.execute(
        f"""select exists (from before_rejects where reason = 'duplicate'
            and value in (select {source.key[0]}::varchar from raw.{source.name}))"""
    ).fetchone()[0]


def _name_anew(con, source: Source, had: list[Receipt], new: list[Receipt]) -> None:
    """A file that was the only one of its name is called by its delivery once there is another."""
    names = [kept.name for receipt in had for kept in receipt.files]
    for name in {kept.name for receipt in new for kept in receipt.files}:
        if names.count(name) == 1:
            pull = next(receipt.pull for receipt in had if any(kept.name == name for kept in receipt.files))
            con.execute("update before_rejects set file = ? where file = ?", [f"{pull}/{name}", name])


def _there(store: Store, receipts: list[Receipt]) -> bool:
    """Are the kept files there in their size? Their bytes were compared when they were read."""
    for receipt in receipts:
        for kept, path in zip(receipt.files, store.files(receipt), strict=True):
            if not path.is_file() or path.stat().st_size != kept.size:
                return False
    return True
