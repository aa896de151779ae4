"""What does a full build cost beside a plain load of the same files? `python -m tests.benchmark_build`

Plain: DuckDB's own `read_csv` with guessed types into one table a file, in a file of its own: no codes, no rejects, no
checks, no marts. With `--rows` the case is the contacts of the hotline alone in 24 monthly deliveries, a row in a
thousand with a fault, and a third way is measured: grown, the build after the last month from the one before it. Each
run is a process of its own; the ways take turns, so that a busy machine slows all. Times are medians; processor time is
what a busy machine changes least.
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
                many = [each for each in store.receipts(name) if each.simulated == receipt.simulated]
                files = [str(path) for each in many for path in store.files(each) if path.suffix == ".csv"]
                con.execute(f"create table {name} as select * from read_csv(?)", [files])
                rows += con.execute(f"select count(*) from {name}").fetchone()[0]
        con.execute("checkpoint")
    return rows


def months(store: Store, rows: int, folder: Path) -> None:
    """Contacts of the hotline in 24 monthly deliveries, drawn from the simulated ones; 23 of them are built."""
    (model,) = store.files(store.latest("hotline_contacts"))
    with duckdb.connect(config=build.SETTINGS) as con:
        con.execute("create table model as select * from read_csv(?, all_varchar=true)", [str(model)])
        many = con.execute("select count(*) from model").fetchone()[0]
        for month in range(24):
            path = folder / f"話務-{month:02}.csv"
            con.execute(
                f"""copy (select printf('M%02d%09d', {month}, i) as "話務編號",
                          date '2022-01-01' + interval {month} month + interval (i * 7 % 2400000) second as "受理時間",
                          model.* exclude (話務編號, 受理時間)
                                  replace (if(i % 1000 = 7, '火星區', 行政區) as 行政區)
                          from range({rows // 24}) r(i) join model on model.rowid = i % {many} order by i) to '{path}' (header)"""
            )
            if month == 23:
                made(store, publish=True)
            with store.keep("hotline_contacts", "benchmark") as kept:
                kept.take(path)


def made(store: Store, publish: bool = False, full: bool = False) -> tuple[int, dict[str, float]]:
    """A real build with marts, rejects and checks; the rows, and the seconds by step."""
    with store.writing():
        made = build.build(store, declarations.load(), full=full)
        if publish:
            store.publish(made.build.name)
        else:  # the next turn starts from the same build
            made.build.path.with_suffix(".json").unlink()
            made.build.path.unlink()
    return sum(each.rows for each in made.loaded), made.seconds


def measure(which: str, store: Store, folder: Path) -> dict:
    """One run in this process: seconds, processor seconds, peak memory, rows."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    clock, spent = time.perf_counter(), usage.ru_utime + usage.ru_stime
    steps: dict[str, float] = {}
    if which == "plain":
        rows = plain(store, folder / f"plain-{os.getpid()}.duckdb")
    else:
        rows, steps = made(store, full=which == "full")
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {"seconds": time.perf_counter() - clock, "processor": usage.ru_utime + usage.ru_stime - spent,
            "peak_mb": peak(), "rows": rows, "steps": steps}  # fmt: skip


def peak() -> float:
    """The most memory this process held. Not `ru_maxrss`, which a process inherits from the one that started it."""
    told = Path("/proc/self/status").read_text()
    return int(told.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument(
        "--rows", type=int, help="contacts of the hotline in monthly deliveries, and the last one added"
    )
    parser.add_argument("--store", type=Path, help="a store whose bytes are used; else a fresh simulated set")
    parser.add_argument("--one", choices=("plain", "full", "grown"), help=argparse.SUPPRESS)
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
        if chosen.rows:
            shutil.copytree(root / "raw" / "hotline_contacts", folder / "months" / "raw" / "hotline_contacts")
            root = folder / "months"
            months(Store(root), chosen.rows, folder)
        runs: dict[str, list[dict]] = {"plain": [], "full": []} | ({"grown": []} if chosen.rows else {})
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
    for one, other in (("full", "plain"), ("grown", "full")):
        if one in middle:
            ratio = {key: middle[one][key] / middle[other][key] for key in ("seconds", "processor")}
            print(f"| {one} / {other} | {ratio['seconds']:.2f} | {ratio['processor']:.2f} | | |")
    for which in runs.keys() - {"plain"}:
        steps = {step: statistics.median(run["steps"][step] for run in runs[which]) for step in runs[which][0]["steps"]}
        print(f"\n{which}, by step: " + ", ".join(f"{step} {seconds:.2f} s" for step, seconds in steps.items()))


if __name__ == "__main__":
    main()
