"""How does a warehouse come to be? Kept bytes → raw → staging → marts → checks, in a file of its own.

Nothing here touches the build in use: the new file is made under `work/`, and only when every check has passed does
`store.finish` give it a place. The folder `duckdb/` is the definition: a file is one `select`, named after its folder
and itself (relations.py).
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import yaml

from data_pipeline import describe, grow, load, rejects
from data_pipeline.clean import FileFault
from data_pipeline.declarations import Source
from data_pipeline.engine import Engine
from data_pipeline.relations import TOLD, WAREHOUSE, Offence, create_views_and_marts, run_checks
from data_pipeline.store import PROJECT, Build, Receipt, Store, StoreError

ZONE = "Asia/Taipei"
PUBLISHED = PROJECT / "data_pipeline" / "published"
FAILED = "failed"  # the rejects of a build that did not pass its checks, until one does

# Offline, within a bound that leaves room for the pages on the same machine.
SETTINGS = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "memory_limit": "3GB",
}


class ChecksFailed(Exception):
    """The new build was not published; the last good one stays in use. What its files left out stands in `rejects`."""

    def __init__(self, offences: list[Offence], rejects: Path | None = None):
        super().__init__("; ".join(f"{each.check}: {each.zh} · {each.en} ({each.count})" for each in offences))
        self.offences = offences
        self.rejects = rejects


@dataclass
class Made:
    """A finished build and what it took. Seconds by step."""

    build: Build
    loaded: list[load.Loaded]
    problems: list[dict]
    seconds: dict[str, float] = field(default_factory=dict)


def build(
    store: Store,
    sources: dict[str, Source],
    like: Build | None = None,
    progress: Callable[[str, float], None] = lambda step, share: None,
    warehouse: Path = WAREHOUSE,
    full: bool = False,
    engine: Engine | None = None,
) -> Made:
    """Make and check a build; it is finished but not yet in use.

    It grows from the build in use where that is sure to give the same (grow.py), unless `full`. `like` repeats an
    earlier build from the very same bytes; `engine` makes the marts over records, all of them. Raises ChecksFailed,
    EngineFault, DuckDB errors for broken SQL. Must be called within `store.writing()`.
    """
    work = store.workplace(f"build-{time.time_ns()}")
    path = work / "warehouse.duckdb"
    defined = grow.defined(sources, [*grow.definitions(warehouse), *sorted(PUBLISHED.glob("*.csv"))])
    base = None if full or like or engine else grow.base(store, defined)
    try:
        if base:
            shutil.copyfile(base.path, path)
        # Nobody sees this file before `store.finish` has flushed all of it, so a wait for the disk at each of some
        # hundred statements would guard nothing: after a power cut it is swept away.
        own = {"temp_directory": str(work / "spill"), "fsync_mode": "NONE"}
        con = duckdb.connect(str(path), config={**SETTINGS, **own})
        try:
            made = _fill(con, store, sources, like, progress, warehouse, work, base, engine)
            con.execute("checkpoint")
        finally:
            con.close()
        left_out, manifest, loaded, problems, seconds = made
        finished = store.finish(path, {**manifest, "defined": None if engine else defined})  # nothing grows from that
        _hand_out(store, left_out, finished.name)
        shutil.rmtree(store.root / "rejects" / FAILED, ignore_errors=True)
        return Made(finished, loaded, problems, seconds)
    except ChecksFailed as failed:
        failed.rejects = _hand_out(store, work / "rejects", FAILED)
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _fill(con, store, sources, like, progress, warehouse, work, base, engine):
    seconds: dict[str, float] = {}
    clock = time.perf_counter()

    def step(name: str, share: float) -> None:
        nonlocal clock
        now = time.perf_counter()
        seconds[name], clock = seconds.get(name, 0) + now - clock, now
        progress(name, share)

    before = {}
    if base:
        con.execute(f"set global TimeZone = '{ZONE}'")
        before = grow.take_over(con, base)
    else:
        lay_ground(con, warehouse)
        load.prepare(con)
    step("seeds", 0.02)
    chosen = {name: _chosen(store, source, like) for name, source in sources.items()}
    kept = {name for name, receipts in chosen.items() if grow.unchanged(store, before.get(name), receipts)}
    # Two at a time, the largest first: while one waits for the disk or for its one thread, the other works.
    size = {name: sum(receipt.size for receipt in receipts) for name, receipts in chosen.items()}
    with ThreadPoolExecutor(2) as pool:
        under_way = {
            name: pool.submit(_read, con, store, sources[name], chosen[name], work, like, before.get(name))
            for name in sorted(size, key=size.__getitem__, reverse=True)
            if name not in kept
        }
        loaded, problems, spans = [], [], {}
        for index, name in enumerate(sources):
            if name in kept:
                loaded.append(before[name].loaded)
                continue
            each, chosen[name], wrong, spans[name] = under_way[name].result()
            loaded.append(each)
            problems += wrong
            step("raw", 0.05 + 0.5 * (index + 1) / max(1, len(sources)))
    inputs = chosen
    load_published(con)
    describe.write_inputs(con, inputs)
    changed = spans if base else None
    elsewhere = engine and (lambda name, texts: engine.make(con, name, texts, work / "engine"))
    lineage, anew = create_views_and_marts(
        con, warehouse, lambda part: step("marts", 0.55 + 0.35 * part), changed, elsewhere
    )
    describe.write(con, store, sources, inputs, loaded, problems, {name: of - TOLD for name, of in lineage.items()})
    step("meta", 0.92)
    offences = run_checks(con, warehouse, lineage, None if changed is None else anew.union(changed))
    left_out = rejects.write(con, work / "rejects")
    step("checks", 0.98)
    if offences:
        raise ChecksFailed(offences)
    manifest = {
        "fingerprint": grow.fingerprint(
            inputs, sources, [*grow.definitions(warehouse), *sorted(PUBLISHED.glob("*.csv"))]
        ),
        "built_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "inputs": {name: [receipt.pull for receipt in receipts] for name, receipts in inputs.items()},
        "rows": {each.source: each.rows for each in loaded},
        "rejects": {each.source: each.rejects for each in loaded if each.rejects},
        "problems": problems,
        "simulated": sorted(name for name, receipts in inputs.items() if any(r.simulated for r in receipts)),
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
    }
    return left_out, manifest, loaded, problems, seconds


def _read(con, store, source, receipts, work, like, before) -> tuple:
    """Load one source on a connection of its own: what came in, from which deliveries, which were unreadable, and the
    months that changed, where only some did."""
    own, problems = con.cursor(), []
    folder = work / source.name
    folder.mkdir()
    if before and (grown := grow.add(own, store, source, before, receipts, folder)):
        return grown[0], receipts, problems, grown[1]
    while True:
        try:
            return load.load(own, store, source, receipts, folder), receipts, problems, None
        except FileFault as fault:
            if like is not None:
                raise  # the same bytes or none
            # A delivery cannot be read: say so, and stand on the one before, or on the others.
            problems.append({"source": source.name, "pull": fault.pull, "zh": fault.zh, "en": fault.en})
            receipts = _without(store, source, receipts, fault.pull)


def lay_ground(con: duckdb.DuckDBPyConnection, warehouse: Path = WAREHOUSE) -> None:
    """Schemas, rules, seeds and macros: what every build has before its first source."""
    con.execute(f"set global TimeZone = '{ZONE}'")
    for schema in ("meta", "seeds", "staging", "marts"):
        con.execute(f"create schema {schema}")
    rules = yaml.safe_load((warehouse / "rules.yml").read_text(encoding="utf-8"))["rules"]
    con.execute(
        "create table meta.rules (name varchar, value double, is_default boolean, zh varchar, en varchar, "
        "document varchar, quote varchar)"
    )
    describe.fill(con, "meta.rules", [
        [name, each["value"], each["default"], each["label"]["zh"], each["label"]["en"], each.get("document"),
         each.get("quote")]
        for name, each in rules.items()
    ])  # fmt: skip
    # The definitions go with the build: one frozen for a meeting is asked by those of its day.
    con.execute("create table meta.definitions (name varchar, text varchar)")
    if (metrics := warehouse / "metrics.yml").exists():
        con.execute("insert into meta.definitions values (?, ?)", [metrics.name, metrics.read_text(encoding="utf-8")])
    con.execute((warehouse / "macros.sql").read_text(encoding="utf-8"))
    for path in sorted((warehouse / "seeds").glob("*.csv")):
        # A hand-kept table: typed by looking, but ids stay text, or 000 would become 0.
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        text = [name for name in header if re.search(r"(_id|_key|^key|code|document|aliases|note|zh|en|quote)$", name)]
        types = ", ".join(f"'{name}': 'VARCHAR'" for name in text)
        con.execute(
            f"create table seeds.{path.stem} as select * from read_csv(?, header=true, types={{{types}}})", [str(path)]
        )
    for path in sorted((warehouse / "seeds").glob("*.geojson")):
        con.execute(
            f"""create table seeds.{path.stem} as
                select f.properties.district_id::varchar as district_id, f.geometry::json::varchar as geometry_json
                from (select unnest(features) as f
                      from read_json(?, format='unstructured', maximum_object_size=33554432,
                      columns={{features: 'STRUCT(properties STRUCT(district_id VARCHAR), geometry JSON)[]'}}))""",
            [str(path)],
        )


def load_published(con: duckdb.DuckDBPyConnection, folder: Path = PUBLISHED) -> None:
    """The ledger of published figures: `raw.published_figures`, one row a printed figure, in the documents' order."""
    con.execute(
        """create table raw.published_figures as
           select document, section, period_roc, period_iso, key, try_cast(value as double) as value,
                  value as value_text, unit, kind, quote
           from read_csv(?, auto_detect=false, header=true, columns={document: 'VARCHAR', section: 'VARCHAR',
                period_roc: 'VARCHAR', period_iso: 'VARCHAR', key: 'VARCHAR', value: 'VARCHAR', unit: 'VARCHAR',
                kind: 'VARCHAR', quote: 'VARCHAR'})""",
        [[str(path) for path in sorted(folder.glob("*.csv"))]],
    )


def _hand_out(store: Store, left_out: Path, name: str) -> Path | None:
    """Put the rejects where people look for them; None where nothing was left out."""
    target = store.root / "rejects" / name
    shutil.rmtree(target, ignore_errors=True)
    if not left_out.exists():
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.move(left_out, target))


def _chosen(store: Store, source: Source, like: Build | None) -> list[Receipt]:
    if like is not None:
        wanted = set(like.manifest["inputs"].get(source.name, []))
        found = [receipt for receipt in store.receipts(source.name, every=True) if receipt.pull in wanted]
        if len(found) != len(wanted):
            lost = ", ".join(sorted(wanted - {receipt.pull for receipt in found}))
            raise StoreError(
                f"{source.name}：當時的原始資料已不在（{lost}），無法重建 · "
                f"{source.name}: the bytes it was made from are gone ({lost}); it cannot be repeated"
            )
        return found
    latest = store.latest(source.name)
    if latest is None:
        return []
    if source.delivery == "full" or latest.simulated:
        return [latest]
    return [each for each in store.receipts(source.name) if each.status == "ok" and not each.simulated]


def _without(store: Store, source: Source, receipts: list[Receipt], pull: str | None) -> list[Receipt]:
    """The deliveries to try next once `pull` proved unreadable. Each turn has one fewer to fall back on."""
    if source.delivery == "partial" and not receipts[-1].simulated:
        return [each for each in receipts if each.pull != pull]
    (bad,) = receipts
    before = [each for each in store.receipts(source.name) if each.status == "ok" and each.simulated == bad.simulated]
    return [each for each in before if (each.at, each.pull) < (bad.at, bad.pull)][-1:]
