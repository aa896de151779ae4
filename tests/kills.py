"""What is lost when the machine stops at a bad moment? `python -m tests.kills --times 100`

A real `python -m data_pipeline` is killed (SIGKILL) at random moments of a build, of its publication and of taking a
file in, while a reader asks all the time. After each kill the build in use must open and give one of the two full
answers, all raw bytes must be there, and the next build must succeed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from data_pipeline.store import Store
from data_pipeline.store.files import sha256_of
from tests import miniature

ROOT = Path(__file__).parent.parent
PATIENCE = 120  # seconds


@dataclass(frozen=True)
class Case:
    """What is built: by which program, from which two deliveries of which source, and the question that tells them."""

    program: tuple[str, ...]
    store: Store
    source: str
    bodies: tuple[str, str]
    question: str
    adds_up: bool = False  # deliveries of the source add up: once both are in, both count

    def command(self, *arguments: str) -> list[str]:
        return [*self.program, "--store", str(self.store.root), *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            self.command(*arguments), cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE
        )

    def answer(self) -> list:
        """What the build in use says, asked by a connection of its own."""
        with duckdb.connect(str(self.store.current().path), read_only=True) as con:
            return list(con.execute(self.question).fetchone())


def real(folder: Path) -> Case:
    """The whole warehouse over a small simulated set, of which the contacts are then handed in by halves."""
    program, store = (sys.executable, "-m", "data_pipeline"), Store(folder / "store")
    subprocess.run([*program, "--store", str(store.root), "sample", "--scale", "0.002"], cwd=ROOT, check=True)
    (path,) = store.files(store.latest("hotline_contacts"))
    header, *rows = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    bodies = (header + "".join(rows[: len(rows) // 2]), header + "".join(rows))
    return Case(program, store, "hotline_contacts", bodies, """
        select (select count(*) from raw.hotline_contacts), (select sum(contacts)::bigint from marts.hotline_month),
               (select sum(rows)::bigint from meta.sources)""", adds_up=True)  # fmt: skip


def tiny(folder: Path) -> Case:
    """The miniature: two sources, one mart; a build takes a second, of which most is the start of Python."""
    mini = miniature.make(folder / "mini")
    mini.file("visits", "編號,年月,人數\nV1,112年3月,10\n")
    rows = [f"A{number},112.{number % 12 + 1}.1,電話,永康區,{number % 60}\n" for number in range(4000)]
    bodies = tuple("編號,日期,管道,行政區,分鐘\n" + "".join(rows[:end]) for end in (2000, 4000))
    program = (sys.executable, "-m", "tests.miniature", str(folder / "mini"))
    return Case(program, mini.store, "calls", bodies, """
        select (select count(*) from raw.calls), (select sum(calls)::bigint from marts.months),
               (select sum(rows)::bigint from meta.sources)""")  # fmt: skip


@dataclass
class Tally:
    """What the kills did: how many fell into which stage, and what should all be nought."""

    stages: Counter = field(default_factory=Counter)
    damaged: int = 0
    lost: int = 0
    wrong: int = 0
    failed: int = 0
    asked: int = 0
    seconds: float = 0.0

    @property
    def faults(self) -> int:
        return self.damaged + self.lost + self.wrong + self.failed


def read_on(store: Store, question: str, stop: Path, report: Path, known: list) -> None:
    """The reader: asks the build in use until told to stop; counts answers and writes down every odd one."""
    from dashboard.warehouse import Warehouse

    warehouse, asked, odd = Warehouse(store), 0, []
    while not stop.exists():
        try:
            (row,) = warehouse.rows(question)
            asked += 1
            if list(row.values()) not in known:
                odd.append(list(row.values()))
        except Exception as error:  # whatever a page would have shown
            odd.append(repr(error))
        time.sleep(0.01)
    report.write_text(json.dumps({"asked": asked, "odd": odd}), encoding="utf-8")


def kill(process: subprocess.Popen, said: Path, moment: float, last: bool) -> str:
    """Kill a build after `moment` seconds, or, with `last`, that long after its checks began. The stage it was in."""
    end = time.monotonic() + PATIENCE
    while last and process.poll() is None and '"checks"' not in said.read_text(encoding="utf-8"):
        assert time.monotonic() < end
        time.sleep(0.001)
    end = time.monotonic() + moment
    while process.poll() is None and time.monotonic() < end:
        time.sleep(0.001)
    ended = process.poll() is not None
    process.kill()
    process.wait()
    steps = [line for line in said.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    if ended:
        return "after its end"
    return json.loads(steps[-1])["step"] if steps else "start"


def receipts_are_whole(case: Case, kept: dict[str, str]) -> bool:
    """Is every file ever kept still there, byte for byte, and is every receipt that shows one of whole files?"""
    there = {}
    for receipt in case.store.receipts(case.source):
        for each, path in zip(receipt.files, case.store.files(receipt), strict=True):
            if not path.exists() or sha256_of(path) != each.sha256:
                return False
            there[receipt.pull] = each.sha256
    return kept.items() <= there.items()


def kills(case: Case, folder: Path, times: int, seed: int = 1, say=lambda text: None) -> Tally:
    """Kill that many times; `say` hears of each."""
    dice, tally, store, started = random.Random(seed), Tally(), case.store, time.monotonic()
    files = [folder / f"{case.source}_{index}.csv" for index in range(2)]
    known, took = [], 0.0
    for path, body in zip(files, case.bodies, strict=True):
        path.write_text(body, encoding="utf-8")
        assert case.run("add", str(path)).returncode == 0
        clock = time.monotonic()
        done = case.run("build", "--no-sample")
        took = time.monotonic() - clock
        assert done.returncode == 0, done.stdout + done.stderr
        known.append(case.answer())
    assert known[0] != known[1]
    stop, report, said = folder / "stop", folder / "report.json", folder / "said"
    told = [str(store.root), case.question, str(stop), str(report), json.dumps(known)]
    reader = subprocess.Popen([sys.executable, "-m", "tests.kills", "--read", *told], cwd=ROOT)
    try:
        for turn in range(times):
            path = files[turn % 2]
            if turn % 5 == 4:
                kept = {each.pull: each.files[0].sha256 for each in store.receipts(case.source)}
                process = subprocess.Popen(case.command("add", str(path)), cwd=ROOT, stdout=subprocess.DEVNULL)
                time.sleep(dice.uniform(0.1, 1.0))
                stage = "taking a file in" if process.poll() is None else "after its end"
                process.kill()
                process.wait()
                wanted = None  # the file may be in or not
            else:
                assert case.run("add", str(path)).returncode == 0
                kept = {each.pull: each.files[0].sha256 for each in store.receipts(case.source)}
                last = turn % 5 == 3
                with said.open("wb") as out:
                    process = subprocess.Popen(
                        case.command("build", "--no-sample", "--progress", "json"),
                        cwd=ROOT, stdout=out, stderr=subprocess.DEVNULL,
                    )  # fmt: skip
                    stage = kill(process, said, dice.uniform(0, 0.2 if last else took), last)
                wanted = known[1] if case.adds_up else known[files.index(path)]
            stage = "finish and publish" if stage == "checks" else stage
            tally.stages[stage] += 1
            try:
                tally.wrong += case.answer() not in known
            except (duckdb.Error, AttributeError):
                tally.damaged += 1
            tally.lost += not receipts_are_whole(case, kept)
            done = case.run("build", "--no-sample")
            good = done.returncode == 0 and (wanted is None or case.answer() == wanted)
            tally.failed += not good
            say(f"{turn + 1:>4}  {stage:<20} {'ok' if good else done.stdout + done.stderr}")
    finally:
        stop.touch()
        reader.wait(PATIENCE)
    told = json.loads(report.read_text(encoding="utf-8"))
    tally.asked, tally.wrong = told["asked"], tally.wrong + len(told["odd"])
    for each in told["odd"][:5]:
        say(f"odd: {each}")
    expected = {"raw", "builds", "rejects", "work", "current", "published.jsonl", "audit.jsonl", "writer.lock"}
    litter = {path.name for path in store.root.iterdir()} - expected
    tally.failed += bool(litter) or any((store.root / "work").glob("build-*"))
    tally.seconds = time.monotonic() - started
    return tally


def print_table(tally: Tally) -> None:
    print("| killed during | times |\n|---|---:|")
    for stage, count in tally.stages.most_common():
        print(f"| {stage} | {count} |")
    print("\n| | count |\n|---|---:|")
    for name, value in [
        ("kills", tally.stages.total()), ("reader's questions answered", tally.asked),
        ("damaged builds", tally.damaged), ("lost raw", tally.lost), ("wrong answers", tally.wrong),
        ("next builds that failed", tally.failed), ("seconds", round(tally.seconds)),
    ]:  # fmt: skip
        print(f"| {name} | {value:,} |")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--read", nargs=5, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.read:
        root, question, stop, report, known = chosen.read
        read_on(Store(root), question, Path(stop), Path(report), json.loads(known))
        return 0
    folder = Path(tempfile.mkdtemp(prefix="kills-", dir=os.environ.get("TMPDIR")))
    try:
        tally = kills(real(folder), folder, chosen.times, chosen.seed, lambda text: print(text, flush=True))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print_table(tally)
    return int(tally.faults > 0)


if __name__ == "__main__":
    sys.exit(main())
