"""What does a full build cost beside a plain load of the same files? `python -m tests.benchmark_build`

Plain: DuckDB's own `read_csv` with guessed types into one table a file, in a file of its own: no codes, no rejects, no
checks, no marts. Each run is a process of its own; plain and full take turns, so that a busy machine slows both. Times
are medians; processor time is what a busy machine changes least.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from data_pipeline import build, declarations
from data_pipeline.store import Store

ROOT = Path(__file__).parent.parent


def plain(store: Store, target: Path) -> int:
    """Load the newest bytes of every source as DuckDB guesses them; the rows."""
    rows = 0
    with duckdb.connect(str(target), config=build.SETTINGS) as con:
        for name in declarations.load():
            if receipt := store.latest(name):
                files = [str(path) for path in store.files(receipt) if path.suffix == ".csv"]
                con.execute(f"create table {name} as select * from read_csv(?)", [files])
                rows += con.execute(f"select count(*) from {name}").fetchone()[0]
        con.execute("checkpoint")
    return rows


def full(store: Store) -> tuple[int, dict[str, float]]:
    """A real build with marts, rejects and checks; the rows, and the seconds by step."""
    with store.writing():
        made = build.build(store, declarations.load())
        store.publish(made.build.name)
        store.prune(1)
    return sum(each.rows for each in made.loaded), made.seconds


def measure(which: str, store: Store, folder: Path) -> dict:
    """One run in this process: seconds, processor seconds, peak memory, rows."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    clock, spent = time.perf_counter(), usage.ru_utime + usage.ru_stime
    steps: dict[str, float] = {}
    if which == "plain":
        rows = plain(store, folder / f"plain-{os.getpid()}.duckdb")
    else:
        rows, steps = full(store)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {"seconds": time.perf_counter() - clock, "processor": usage.ru_utime + usage.ru_stime - spent,
            "peak_mb": usage.ru_maxrss / 1024, "rows": rows, "steps": steps}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--store", type=Path, help="a store whose bytes are used; else a fresh simulated set")
    parser.add_argument("--one", choices=("plain", "full"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(measure(chosen.one, Store(chosen.store), chosen.folder)))
        return
    folder = Path(tempfile.mkdtemp(prefix="benchmark-"))
    try:
        root = chosen.store or folder / "store"
        if not chosen.store:
            subprocess.run(
                [sys.executable, "-m", "data_pipeline", "--store", str(root), "sample", "--scale", str(chosen.scale)],
                cwd=ROOT, check=True, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        runs: dict[str, list[dict]] = {"plain": [], "full": []}
        for turn in range(chosen.times):
            for which in runs if turn % 2 else reversed(runs):
                done = subprocess.run(
                    [sys.executable, "-m", "tests.benchmark_build", "--one", which, "--store", str(root), "--folder",
                     str(folder)], cwd=ROOT, check=True, capture_output=True, text=True,
                )  # fmt: skip
                runs[which].append(json.loads(done.stdout.splitlines()[-1]))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    middle = {
        which: {key: statistics.median(run[key] for run in done) for key in ("seconds", "processor", "peak_mb", "rows")}
        for which, done in runs.items()
    }
    print("| | seconds | processor seconds | peak MB | rows |\n|---|---:|---:|---:|---:|")
    for which, each in middle.items():
        print(
            f"| {which} | {each['seconds']:.1f} | {each['processor']:.1f} | {each['peak_mb']:.0f} | {each['rows']:,.0f} |"
        )
    ratio = {key: middle["full"][key] / middle["plain"][key] for key in ("seconds", "processor")}
    print(f"| ratio | {ratio['seconds']:.2f} | {ratio['processor']:.2f} | | |")
    steps = {step: statistics.median(run["steps"][step] for run in runs["full"]) for step in runs["full"][0]["steps"]}
    print("\nfull, by step: " + ", ".join(f"{step} {seconds:.2f} s" for step, seconds in steps.items()))


if __name__ == "__main__":
    main()
