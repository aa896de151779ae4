"""What is lost when the power fails, a thousand times, in the middle of anything?

A command is killed (SIGKILL) at a random moment of a pull, an add, a build, a publication, a freeze, a filing or an
undo, while a reader asks all the time. After each kill every published build is as it was, byte for byte, and every
delivery, note and meeting is there, whole; then the same command is run to its end, and what it should do is done.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import duckdb
import yaml

from data_pipeline.store import meetings, notes
from tests import fault_table, miniature
from tests.conftest import ROOT
from tests.standin import StandIn
from tests.torture.bench import Bench, Tally
from tests.torture.faults import City, calls, sha256

KILLS = 1000
SETS = 2  # at once
AGREES = """
    select (select count(*) from raw.calls) = (select coalesce(sum(calls), 0) from marts.months)
       and (select count(*) from raw.calls) = (select rows from meta.sources where name = 'calls')
       and (select count(*) from raw.visits) = (select rows from meta.sources where name = 'visits') as agrees"""


def run(bench: Bench) -> None:
    what = "kill -9 at any moment of pull, add, build, publish, freeze, file, undo: nothing damaged, lost or half"
    with bench.tally("power", what) as tally:
        many = max(9, bench.times(KILLS))
        sets = 1 if bench.quick else SETS
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.torture.power", str(bench.place(f"power-{number}")), str(many // sets),
                 str(bench.seed + number)], cwd=ROOT, stdout=subprocess.PIPE, text=True,
            ) for number in range(sets)
        ]  # fmt: skip
        totals: Counter = Counter()
        for process in started:
            out, _ = process.communicate()
            told = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
            if process.returncode or not told:
                tally.hold(False, f"the trial itself failed: {out[-600:]}")
                continue
            totals.update(told[-1]["counts"])
            tally.held += told[-1]["held"]
            tally.broken += told[-1]["broken"]
            tally.told += told[-1]["told"]
        tally.said = ", ".join(f"{name} {count:,}" for name, count in sorted(totals.items()))


class Killed(City):
    """The miniature with a third source, which a service answers, and what has been accepted so far."""

    def __init__(self, folder: Path, service: StandIn, tally: Tally, dice: random.Random):
        super().__init__(folder)
        self.tally, self.dice, self.took = tally, dice, {}
        source = fault_table.source_of("ckan", service.url)
        told = source.model_dump(mode="json", exclude={"name"}, exclude_none=True, exclude_defaults=True)
        declared = folder / "mini" / "sources" / "ckan_source.yml"
        declared.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
        (folder / "mini" / "warehouse" / "staging" / "ckan_source.sql").write_text(
            miniature.STAGING.format(name="ckan_source"), encoding="utf-8"
        )
        self.accepted: set[str] = set()  # keys of calls whose delivery was accepted
        self.sums: dict[Path, str] = {}
        self.said: set[str] = set()
        self.turn = 0

    def look(self, when: str) -> None:
        """Is everything that was there still there, as it was?"""
        store, tally = self.store, self.tally
        there = {path.with_suffix(".duckdb") for path in (store.root / "builds").glob("*.json")}
        for path in there - set(self.sums):
            self.sums[path] = sha256(path)
        self.sums = {path: digest for path, digest in self.sums.items() if path in there}  # others have been pruned
        gone = [path.name for path, digest in self.sums.items() if not path.exists() or sha256(path) != digest]
        tally.hold(not gone, f"{when}: builds damaged: {gone}")
        try:
            with duckdb.connect(str(store.current().path), read_only=True) as con:
                tally.hold(con.execute(AGREES).fetchone()[0], f"{when}: half a build in use")
        except duckdb.Error as error:
            tally.hold(False, f"{when}: the build in use cannot be read: {error}")
        lost = []
        for name in ("calls", "visits", "ckan_source"):
            for receipt in store.receipts(name):
                for kept, path in zip(receipt.files, store.files(receipt), strict=True):
                    if not path.exists() or sha256(path) != kept.sha256:
                        lost.append(path.name)
        tally.hold(not lost, f"{when}: deliveries lost or cut: {lost}")
        had = {each.text for each in notes.notes(store)}
        tally.hold(self.said <= had, f"{when}: notes lost: {sorted(self.said - had)[:3]}")
        for meeting in meetings.meetings(store):
            tally.hold(not meetings.verify(meeting), f"{when}: a meeting is not whole: {meeting.name}")

    def kill(self, name: str, *arguments: str) -> bool:
        """Start a command, kill it at a random moment of the time that it takes; was it still at work?"""
        running = self.start(*arguments)
        end = time.monotonic() + self.dice.uniform(0, self.took.get(name, 0.2))
        while time.monotonic() < end and not running.over():
            time.sleep(0.0005)
        running.kill()
        done = running.wait()
        return done.returncode == -9

    def finish(self, name: str, *arguments: str, may: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess:
        """Run a command to its end."""
        started = time.monotonic()
        done = self.run(*arguments)
        self.took[name] = time.monotonic() - started
        self.tally.hold(done.returncode in may, f"{name} after a kill: {done.returncode} {done.stdout[-300:]}")
        return done

    def new(self) -> tuple[Path, set[str]]:
        """A file of calls that nobody has handed in before."""
        self.turn += 1
        first = 10_000 + 40 * self.turn
        path = self.folder / "inbox" / f"calls_{self.turn}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(calls(first, first + 40), encoding="utf-8")
        return path, {f"A{number}" for number in range(first, first + 40)}

    def keys(self) -> set[str]:
        with duckdb.connect(str(self.store.current().path), read_only=True) as con:
            return {row[0] for row in con.execute("select call_id from raw.calls").fetchall()}

    # what is killed; each ends with the command run to its end

    def pull(self) -> bool:
        hit = self.kill("pull", "pull", "ckan_source")
        self.look("pull")
        self.finish("pull", "pull", "ckan_source")
        return hit

    def add(self) -> bool:
        path, keys = self.new()
        hit = self.kill("add", "add", "--source", "calls", str(path))
        self.look("add")
        self.finish("add", "add", "--source", "calls", str(path))
        self.accepted |= keys
        return hit

    def build(self) -> bool:
        path, keys = self.new()
        self.finish("add", "add", "--source", "calls", str(path))
        self.accepted |= keys
        hit = self.kill("build", "build", "--no-sample", "--keep", "9999")
        self.look("build")
        self.finish("build", "build", "--no-sample", "--keep", "9999")
        self.tally.hold(self.accepted <= self.keys(), "build: an accepted delivery is not in it")
        return hit

    def publish(self) -> bool:
        name = self.dice.choice(self.store.builds()).name
        now = self.store.current_name()
        hit = self.kill("publish", "publish", name)
        self.look("publish")
        self.tally.hold(self.store.current_name() in (now, name), "publish: neither the one nor the other")
        self.finish("publish", "publish", name)
        self.tally.hold(self.store.current_name() == name, "publish: not in use")
        self.finish("publish", "publish", now)
        return hit

    def freeze(self) -> bool:
        self.turn += 1
        name = f"m-{self.turn}"
        arguments = ("meeting", "freeze", name, "--date", "113.3.26", "--no-slides", "--by", "甲")
        hit = self.kill("freeze", *arguments)
        self.look("freeze")
        there = name in {each.name for each in meetings.meetings(self.store)}
        self.finish("freeze", *arguments, may=(3,) if there else (0,))
        return hit

    def note(self) -> bool:
        self.turn += 1
        arguments = ("note", "add", "--about", "metric:hotline.contacts", "--text", f"第 {self.turn} 筆", "--by", "甲")
        hit = self.kill("note", *arguments)
        self.look("note")
        self.finish("note", *arguments)
        self.said.add(f"第 {self.turn} 筆")
        self.look("note")
        return hit

    def file(self) -> bool:
        path, keys = self.new()
        arguments = ("file", "--source", "calls", "--by", "甲", str(path))
        hit = self.kill("file", *arguments)
        self.look("file")
        self.finish("file", *arguments)
        self.accepted |= keys
        self.tally.hold(self.accepted <= self.keys(), "file: an accepted filing is not in the build in use")
        return hit

    def undo(self) -> bool:
        path, keys = self.new()
        self.finish("file", "file", "--source", "calls", "--by", "甲", str(path))
        hit = self.kill("undo", "undo", "--by", "甲")
        self.look("undo")
        if keys & self.keys():
            self.finish("undo", "undo", "--by", "甲")
        self.finish("build", "build", "--no-sample", "--keep", "9999")
        had = self.keys()
        self.tally.hold(not keys & had, "undo: what was taken back came back")
        self.tally.hold(self.accepted <= had, "undo: another filing was taken back too")
        return hit


def _kills(folder: Path, many: int, seed: int) -> None:
    from data_pipeline import __main__ as commands

    tally, dice, counts = Tally("power", ""), random.Random(seed), Counter()
    actions = ["build", "add", "pull", "publish", "freeze", "note", "build"]
    if "file" in commands.cli.commands:
        actions += ["file", "undo", "file"]
    with StandIn("ckan", 25) as service, Killed(folder, service, tally, dice) as city:
        for name in ("pull", "build"):
            city.finish(name, name, *(("ckan_source",) if name == "pull" else ("--no-sample", "--keep", "9999")))
        stop, report = folder / "stop", folder / "report.json"
        reader = subprocess.Popen(
            [sys.executable, "-m", "tests.kills", "--read", str(city.store.root), AGREES, str(stop), str(report),
             "[[true]]"], cwd=ROOT,
        )  # fmt: skip
        try:
            hits = turn = 0
            while hits < many and turn < 3 * many:  # a command that ended before it was killed was not killed
                name = actions[turn % len(actions)]
                turn += 1
                city.tally = Tally("power", name)
                hit = getattr(city, name)()
                hits += hit
                tally.hold(not city.tally.broken, city.tally.told)
                counts[f"{name} {'killed' if hit else 'ended first'}"] += 1
                if turn % 50 == 0:  # what is no longer needed; the disk is not what is tried here
                    city.run("build", "--no-sample", "--keep", "3")
        finally:
            stop.touch()
            reader.wait(60)
        told = json.loads(report.read_text(encoding="utf-8"))
        for each in told["odd"]:
            tally.hold(False, f"the reader saw {each}")
        tally.hold(told["asked"] > 0, "the reader asked nothing")
        counts["reader's answers"] = told["asked"]
    print(json.dumps({"held": tally.held, "broken": tally.broken, "told": tally.told, "counts": counts}))


if __name__ == "__main__":
    _kills(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
