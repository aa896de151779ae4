"""Is a store that was lost the same again, from a backup made while a build ran, by the commands of the README?"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb

from data_pipeline.store import Store
from tests.conftest import ROOT
from tests.torture.bench import Bench, command

WHAT = ("raw", "builds", "meetings", "notes.jsonl", "audit.jsonl", "published.jsonl", "current")


def run(bench: Bench) -> None:
    if not shutil.which("flock") or not shutil.which("tar"):
        return
    with bench.tally("restore", "backup while a build runs, store lost, restored elsewhere: equal by sha256") as tally:
        for turn in range(bench.times(5)):
            _one(bench, bench.place(f"restore-{turn}"), tally)


def _one(bench: Bench, place: Path, tally) -> None:
    lost = place / "duckdb" / "store"
    shutil.copytree(bench.built, lost)
    by = ["--by", "王editor"]
    for arguments in (
        ["note", "add", "--about", "metric:hotline.contacts", "--kind", "decision", "--text", "月底前完成", *by],
        ["meeting", "freeze", "113-03", "--date", "113.3.26", "--no-slides", *by],
        ["sample", "--scale", "0.01"],
    ):
        done = command(lost, *arguments)
        tally.hold(done.returncode == 0, done.stderr)
    building = subprocess.Popen(
        [sys.executable, "-m", "data_pipeline", "--store", str(lost), "build", "--no-sample", "--progress", "json"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    building.stdout.readline()  # its first step: it holds the lock
    backup = subprocess.Popen(
        ["sh", "-c", told("flock ")], cwd=place, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    # Somebody reads all the while.
    asked = 0
    while backup.poll() is None:
        with duckdb.connect(str(Store(lost).current().path), read_only=True) as con:
            asked += con.execute("select count(*) from meta.sources").fetchone()[0] > 0
        time.sleep(0.1)
    built, _ = building.communicate(timeout=600)
    tally.hold(building.returncode == 0 and backup.returncode == 0, built + backup.stdout.read())
    tally.hold(asked > 0, "nobody could read while the backup was made")
    before = sums(lost)
    shutil.rmtree(lost)
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run(["tar", "-xzf", str(place / "backup.tar.gz"), "-C", str(elsewhere)], capture_output=True)
    tally.hold(done.returncode == 0, done.stderr)
    back = elsewhere / "store"
    after = sums(back)
    for name in sorted(before | after):
        tally.hold(before.get(name) == after.get(name), f"differs: {name}")
    tally.hold({name.split("/")[0] for name in before} >= {"raw", "builds", "meetings", "notes.jsonl", "audit.jsonl"}, "too little")
    for arguments in (["meeting", "verify"], ["status"], ["note", "list"], ["build", "--no-sample"], ["rollback"]):
        done = command(back, *arguments)
        tally.hold(done.returncode == 0, done.stdout + done.stderr)


def told(start: str) -> str:
    """The command of the README that begins so."""
    return next(iter(re.findall(rf"^{re.escape(start)}.*$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)))


def sums(root: Path) -> dict[str, str]:
    """sha256 by name of all that must come back."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for each in WHAT if (root / each).exists()
        for path in ([root / each] if (root / each).is_file() else sorted((root / each).rglob("*")))
        if path.is_file()
    }  # fmt: skip
