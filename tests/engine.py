"""What do the marts over records cost on a distributed engine, and are they the same? `python -m tests.engine`

Fills the typed raw tables of the simulated set up to so many contacts (`--rows`), then makes every mart declared as one
over records both ways, in turns, and compares row for row. Without `--engine` a Sail server is started here, in a
process of its own; its packages are those of requirements-engine.txt. All on loopback.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from data_pipeline import build, declarations
from data_pipeline.engine import DECLARED, Engine
from data_pipeline.store import Store
from tests.torture.bench import command

SERVER = """
import sys
from pysail.spark import SparkConnectServer
server = SparkConnectServer("127.0.0.1", 0)
server.start()
print(server.listening_address[1], flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def sail() -> Iterator[str]:
    """A Sail server of our own, gone when this ends."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:  # fmt: skip
        try:
            yield f"sc://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()
            process.wait(30)


def fill(folder: Path, rows: int) -> Path:
    """A warehouse whose record-level raw tables are the simulated set over and over, up to so many contacts."""
    store = Store(folder / "store")
    for arguments in (["sample", "--scale", "0.2"], ["build", "--no-sample"]):
        done = command(store, *arguments)
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
    path = folder / "warehouse.duckdb"
    shutil.copy(store.build(store.current_name()).path, path)
    with duckdb.connect(str(path)) as con:
        have = con.execute("select count(*) from raw.hotline_contacts").fetchone()[0]
        for source in ("hotline_contacts", "hotline_cases", "satisfaction_answers", "petitions", "open1999_cases"):
            # Other minutes for each copy, so that a copy is not the same row again; the key says which copy.
            columns = {column: kind for column, kind, *_ in con.execute(f"describe raw.{source}").fetchall()}
            key = declarations.load()[source].key[0]
            said = ", ".join(
                f"{name} || '-' || turn as {name}" if name == key
                else f"{name} + to_minutes((turn * 7919 % 500000)::integer) as {name}" if kind == "TIMESTAMP"
                else name
                for name, kind in columns.items()
            )  # fmt: skip
            con.execute(f"create table raw.grown as select {said} from raw.{source}, range({-(-rows // have)}) t(turn)")
            con.execute(f"delete from raw.{source}; insert into raw.{source} from raw.grown; drop table raw.grown")
    return path


def compare(con: duckdb.DuckDBPyConnection, engine: Engine, mart: str, text: str, times: int, folder: Path) -> tuple:
    """Rows of the mart, rows that differ, and the median seconds of either, taken in turns."""
    texts = {
        f"staging.{path.stem}": path.read_text(encoding="utf-8") for path in (build.WAREHOUSE / "staging").glob("*.sql")
    }
    seconds: dict[str, list[float]] = {"duckdb": [], "engine": []}
    for turn in range(times):
        for which in ("duckdb", "engine") if turn % 2 else ("engine", "duckdb"):
            con.execute(f"drop table if exists marts.by_{which}")
            started = time.perf_counter()
            if which == "duckdb":
                con.execute(f"create table marts.by_duckdb as {text}")
            else:
                engine.make(con, "marts.by_engine", {**texts, "marts.by_engine": text}, folder)
            seconds[which].append(time.perf_counter() - started)
    types = [con.execute(f"describe marts.by_{which}").fetchall() for which in seconds]
    rows = con.execute("select count(*) from marts.by_duckdb").fetchone()[0]
    differ = sum(
        con.execute(f"select count(*) from (from marts.by_{one} except all from marts.by_{other})").fetchone()[0]
        for one, other in (("duckdb", "engine"), ("engine", "duckdb"))
    )
    return rows, differ, types[0] == types[1], *(statistics.median(each) for each in seconds.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000, help="contacts; the other records in proportion")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--engine", help="sc://host:port; else a Sail server is started here")
    parser.add_argument("--only", action="append", help="this mart alone; may be said again")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="engine-"))
    wrong = 0
    try:
        path = fill(folder, chosen.rows)
        with contextlib.ExitStack() as stack:
            engine = Engine(chosen.engine or stack.enter_context(sail()))
            con = stack.enter_context(
                duckdb.connect(str(path), config={**build.SETTINGS, "temp_directory": str(folder / "spill")})
            )
            con.execute(f"set TimeZone = '{build.ZONE}'")
            started = time.perf_counter()
            (folder / "parquet").mkdir()
            for (name,) in con.execute(
                "select table_name from duckdb_tables() where schema_name = 'raw' and table_name in "
                "('hotline_contacts', 'hotline_cases', 'satisfaction_answers', 'petitions', 'open1999_cases')"
            ).fetchall():
                engine._write(con, f"raw.{name}", folder / "parquet")
            written = time.perf_counter() - started
            have = con.execute("select count(*) from raw.hotline_contacts").fetchone()[0]
            print(f"{have:,} contacts; Parquet written once in {written:.1f} s; medians of {chosen.times}, in turns\n")
            print("| mart | rows | differ | types | DuckDB s | engine s |\n|---|---:|---:|---|---:|---:|")
            for mart in sorted((build.WAREHOUSE / "marts").glob("*.sql")):
                text = mart.read_text(encoding="utf-8")
                if not DECLARED.search(text) or (chosen.only and mart.stem not in chosen.only):
                    continue
                rows, differ, same, alone, shared = compare(
                    con, engine, mart.stem, text, chosen.times, folder / "parquet"
                )
                print(f"| {mart.stem} | {rows:,} | {differ} | {'same' if same else 'other'} | {alone:.2f} | {shared:.2f} |",
                      flush=True)  # fmt: skip
                wrong += differ + (not same)
            engine.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
