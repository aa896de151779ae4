"""What is lost when services, disks, clocks and colleagues misbehave?"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import duckdb
import stamina

from data_pipeline import declarations
from data_pipeline.store import Store, notes
from tests import fault_table, miniature
from tests.conftest import ROOT
from tests.torture.bench import Bench, Tally, is_a_sentence
from tests.torture.forked import Commands

TRIAL = "faults"


def run(bench: Bench) -> None:
    _services(bench)
    _disk_full(bench)
    _read_only(bench)
    _clock(bench)
    _two_builds(bench)
    _two_editors(bench)


def _services(bench: Bench) -> None:
    """The table of faults: each service with each fault, each kind of file with each fault."""
    stamina.instrumentation.set_on_retry_hooks([])
    cases = [(fault_table.run, *case) for case in fault_table.CASES]
    cases += [(fault_table.run_added, *case[:4]) for case in fault_table.ADDED]
    if bench.quick:
        cases = random.Random(bench.seed).sample(cases, bench.times(len(cases)) * 2)
    with bench.tally(TRIAL, "services and files, every fault of the table: told, and the good copy kept") as tally:
        for way, kind, fault, result, words in cases:
            with tempfile.TemporaryDirectory(dir=bench.folder) as folder:
                came = way(kind, fault, Path(folder))
            holds = came.result == result and words in came.zh and came.untouched and not came.leaked
            told = result == "kept" or (came.in_use and came.zh and came.en and came.zh != came.en)
            tally.hold(holds and told, f"{kind} {fault}: {came}")


# What the program writes


class City:
    """A miniature whose source of calls adds up, with one delivery built, and what must stay as it is."""

    def __init__(self, folder: Path):
        self.folder, self.mini = folder, miniature.make(folder / "mini")
        declared = folder / "mini" / "sources" / "calls.yml"
        declared.write_text(f"{declared.read_text(encoding='utf-8')}delivery: partial\n", encoding="utf-8")
        self.mini.sources = declarations.load(declared.parent)
        self.store = self.mini.store
        self.commands = Commands(self.store.root, declared.parent, folder / "mini" / "warehouse")
        self.run, self.start = self.commands.run, self.commands.start

    def __enter__(self) -> City:
        self.commands.__enter__()
        self.mini.file("visits", "編號,年月,人數\nV1,60年3月,10\n")
        self.mini.file("calls", calls(0, 2000))
        done = self.run("build", "--no-sample", "--keep", "9999")
        assert done.returncode == 0, done.stderr
        self.first = self.store.current()
        notes.add(self.store, by="甲", kind="note", about="metric:hotline.contacts", text="第一筆")
        self.deliveries = {each.pull for each in self.store.receipts("calls")}
        self.before = sha256(self.first.path)
        return self

    def __exit__(self, *_) -> None:
        self.commands.__exit__()

    def whole(self) -> str:
        """Empty where nothing is lost or half: the builds, the deliveries, the notes."""
        current = self.store.current()
        pruned = not self.first.path.with_suffix(".json").exists()
        if current is None or (not pruned and sha256(self.first.path) != self.before):
            return "the build in use was damaged"
        try:
            with duckdb.connect(str(current.path), read_only=True) as con:
                rows, told = con.execute("select (select count(*) from raw.calls), (select sum(calls) from marts.months)"
                                         ).fetchone()  # fmt: skip
        except duckdb.Error as error:
            return f"the build in use cannot be read: {error}"
        if rows != told:
            return f"half a build: {rows} rows, {told} told"
        for receipt in self.store.receipts("calls"):
            for kept, path in zip(receipt.files, self.store.files(receipt), strict=True):
                if not path.exists() or sha256(path) != kept.sha256:
                    return f"a delivery was lost or cut: {path}"
        if not self.deliveries <= {each.pull for each in self.store.receipts("calls")}:
            return "a delivery was lost"
        return "" if any(each.text == "第一筆" for each in notes.notes(self.store)) else "a note was lost"

    def calls(self, first: int, last: int) -> Path:
        path = self.folder / f"calls_{first}_{last}.csv"
        path.write_text(calls(first, last), encoding="utf-8")
        return path


def calls(first: int, last: int) -> str:
    """Calls long enough ago that no clock of these trials takes them for the future."""
    rows = [f"A{number},60.{number % 12 + 1}.1,電話,永康區,{number % 60}\n" for number in range(first, last)]
    return "編號,日期,管道,行政區,分鐘\n" + "".join(rows)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def refused(done: subprocess.CompletedProcess) -> bool:
    """Was it refused in a sentence, and not by a traceback?"""
    return done.returncode in (2, 3, 4, 5) and is_a_sentence(done.stderr + done.stdout)


COMMANDS = {
    "add": lambda city: ("add", "--source", "calls", str(city.calls(2000, 4000))),
    "build": lambda city: ("build", "--no-sample", "--keep", "9999"),
    "note": lambda city: ("note", "add", "--about", "metric:hotline.contacts", "--text", "文" * 900, "--by", "乙"),
    "freeze": lambda city: ("meeting", "freeze", "113-09", "--date", "113.9.1", "--no-slides", "--by", "乙"),
    "rollback": lambda city: ("rollback",),
}


def _disk_full(bench: Bench) -> None:
    """No file may grow beyond so many bytes: what anybody can set, and what a full disk does to one who writes."""
    dice, codes = random.Random(bench.seed), Counter()
    what = "disk full at a random byte of add, build, note, freeze, rollback"
    with bench.tally(TRIAL, what) as tally, City(bench.place("disk")) as city:
        city.run("add", "--source", "calls", str(city.calls(0, 3000)))
        tally.hold(city.run("build", "--no-sample", "--keep", "9999").returncode == 0, "not even with a disk")
        for turn in range(max(5, bench.times(300))):
            name = list(COMMANDS)[turn % len(COMMANDS)]
            most = int(2 ** dice.uniform(9, 21))
            done = city.run(*COMMANDS[name](city), most=most)
            codes[done.returncode] += 1
            wrong = city.whole()
            good = done.returncode == 0 or refused(done)
            tally.hold(good and not wrong, f"{name} at {most:,} bytes: {done.returncode} {wrong} {done.stderr[-400:]}")
            shutil.rmtree(city.store.root / "meetings", ignore_errors=True)
        after = city.run("build", "--no-sample", "--keep", "9999")
        tally.hold(after.returncode == 0 and not city.whole(), f"not the next build: {after.stderr[-400:]}")
        tally.said = f"exit codes {dict(sorted(codes.items()))}"


def _read_only(bench: Bench) -> None:
    what = "read-only store: readers read, writers are refused in a sentence"
    with bench.tally(TRIAL, what) as tally, City(bench.place("read-only")) as city:
        wanted = {name: make(city) for name, make in COMMANDS.items()}
        places = [city.store.root, *city.store.root.rglob("*")]
        before = {path: sha256(path) for path in places if path.is_file()}
        for path in places:
            path.chmod(0o555 if path.is_dir() else 0o444)
        for arguments in (("status",), ("builds",), ("note", "list"), ("meeting", "list"), ("meeting", "verify")):
            done = city.run(*arguments, bound=True)
            tally.hold(done.returncode == 0, f"{arguments}: {done.stderr[-400:]}")
        asked = ("import sys; from tests.torture.forked import obey_modes; obey_modes(); "
                 "from data_pipeline.store import Store; from dashboard.warehouse import Warehouse; "
                 "print(Warehouse(Store(sys.argv[1])).rows('select count(*) as n from raw.calls'))")  # fmt: skip
        done = subprocess.run([sys.executable, "-c", asked, str(city.store.root)], cwd=ROOT, capture_output=True,
                              text=True)  # fmt: skip
        tally.hold("2000" in done.stdout, f"a page cannot read it: {done.stderr[-400:]}")
        for name, arguments in wanted.items():
            done = city.run(*arguments, bound=True)
            tally.hold(refused(done), f"{name}: {done.returncode} {done.stderr[-400:]}")
        after = {path: sha256(path) for path in city.store.root.rglob("*") if path.is_file()}
        tally.hold(before == after, f"something was written: {sorted(set(after) - set(before))}")
        for path in places:
            path.chmod(0o755 if path.is_dir() else 0o644)


def _clock(bench: Bench) -> None:
    """Deliveries and publications dated years ahead and years back, as by a clock that jumped; every time zone."""
    with bench.tally(TRIAL, "clock jumps: receipts and builds dated years off; every time zone") as tally:
        for turn in range(max(1, bench.times(30))):
            with City(bench.place(f"clock-{turn}")) as city:
                _jumps(city, random.Random(bench.seed + turn), tally)


def _jumps(city: City, dice: random.Random, tally: Tally) -> None:
    rows = 2000
    for years in dice.sample([-30, -5, -1, 1, 5, 30], 3):
        _shift(city.store, "calls", years)
        _shift(city.store, "visits", years)
        _shift_published(city.store, years)
        zone = {"TZ": dice.choice(["Pacific/Kiritimati", "Etc/GMT+12", "Asia/Taipei", "America/St_Johns"])}
        visits = city.folder / "visits.csv"
        visits.write_text(f"編號,年月,人數\nV1,60年3月,{rows}\n", encoding="utf-8")
        for path in (city.calls(rows, rows + 10), visits):
            done = city.run("add", str(path), env=zone)
            tally.hold(done.returncode == 0, done.stderr[-400:])
        done = city.run("build", "--no-sample", "--keep", "9999", env=zone)
        tally.hold(done.returncode == 0 and not city.whole(), f"{years} years: {city.whole()} {done.stderr[-400:]}")
        had, people = _ask(city, "select (select count(*) from raw.calls), (select any_value(people) from raw.visits)")
        tally.hold(had == rows + 10, f"{years} years: {had} rows of {rows + 10}")
        tally.hold(people == rows, f"{years} years: the correction that came last does not count")
        rows += 10
        for arguments in (
            ("rollback",),
            ("status",),
            ("builds",),
            ("note", "list"),
            ("build", "--no-sample", "--keep", "9999"),
        ):
            done = city.run(*arguments, env=zone)
            tally.hold(done.returncode == 0 and not city.whole(), f"{arguments}: {city.whole()} {done.stderr[-300:]}")


def _shift(store: Store, source: str, years: int) -> None:
    """The newest delivery as a clock would have dated it that was so many years off."""
    receipt = store.receipts(source)[-1]
    path = store.root / "raw" / source / receipt.pull / "receipt.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    at = dt.datetime.fromisoformat(told["at"]) + dt.timedelta(days=365 * years)
    path.write_text(json.dumps(told | {"at": at.isoformat()}), encoding="utf-8")


def _shift_published(store: Store, years: int) -> None:
    path = store.root / "published.jsonl"
    *before, last = path.read_text(encoding="utf-8").splitlines()
    told = json.loads(last)
    at = dt.datetime.fromisoformat(told["at"]) + dt.timedelta(days=365 * years)
    lines = [*before, json.dumps(told | {"at": at.isoformat()})]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _ask(city: City, sql: str) -> tuple:
    with duckdb.connect(str(city.store.current().path), read_only=True) as con:
        return con.execute(sql).fetchone()


def _two_builds(bench: Bench) -> None:
    what = "three builds at once: one is made, the others are told to wait"
    with bench.tally(TRIAL, what) as tally, City(bench.place("builds")) as city:
        for turn in range(max(2, bench.times(100))):
            city.mini.file("calls", calls(2000 + turn, 2001 + turn))
            ended = [each.wait() for each in [city.start("build", "--no-sample", "--keep", "9999") for _ in range(3)]]
            codes = sorted(done.returncode for done in ended)
            told = all(refused(done) for done in ended if done.returncode)
            tally.hold(codes[0] == 0 and set(codes) <= {0, 5} and told and not city.whole(), f"{codes} {city.whole()}")
            (rows,) = _ask(city, "select count(*) from raw.calls")
            tally.hold(rows == 2001 + turn, f"{rows} rows of {2001 + turn}")


def _two_editors(bench: Bench) -> None:
    many = 20 if bench.quick else 500
    what = "editors at once: every note and every delivery is there, whole"
    with bench.tally(TRIAL, what) as tally, City(bench.place("editors")) as city:
        writing = ("import sys; from data_pipeline.store import Store, notes\n"
                   "for n in range(int(sys.argv[2])): notes.add(Store(sys.argv[1]), by=sys.argv[3], kind='note', "
                   "about='metric:hotline.contacts', text=f'{sys.argv[3]} {n} ' + '文' * 300)")  # fmt: skip
        editors = [
            subprocess.Popen([sys.executable, "-c", writing, str(city.store.root), str(many), by], cwd=ROOT)
            for by in "甲乙丙"
        ]
        codes = [each.wait(600) for each in editors]
        tally.hold(codes == [0, 0, 0], codes)
        had = {each.text.removesuffix("文" * 300).strip() for each in notes.notes(city.store)}
        for by in "甲乙丙":
            for number in range(many):
                tally.hold(f"{by} {number}" in had, f"lost: {by} {number}")
        for turn in range(max(1, bench.times(100))):
            files = [city.calls(3000 + 10 * turn + part, 3001 + 10 * turn + part) for part in range(3)]
            before = len(city.store.receipts("calls"))
            ended = [each.wait() for each in [city.start("add", "--source", "calls", str(path)) for path in files]]
            tally.hold(not any(done.returncode for done in ended), [done.stderr[-300:] for done in ended])
            came = len(city.store.receipts("calls")) - before
            tally.hold(came == 3 and not city.whole(), f"{came} of 3 deliveries {city.whole()}")
