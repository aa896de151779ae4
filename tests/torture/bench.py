"""Where does a trial work, at which size, and how does it count what held and what broke?"""

from __future__ import annotations

import contextlib
import functools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from data_pipeline.store import Store
from tests.conftest import ROOT, answers, stop

SEED = 1999
KEPT = 20  # of what broke, how many are told


@dataclass
class Tally:
    """One line of the table. Each try either held or broke; `told` says of the first that broke what it was."""

    trial: str
    what: str
    held: int = 0
    broken: int = 0
    seconds: float = 0.0
    told: list[str] = field(default_factory=list)
    said: str = ""  # what was measured besides

    def hold(self, holds: bool, told: object = "") -> bool:
        self.held, self.broken = self.held + bool(holds), self.broken + (not holds)
        if not holds and len(self.told) < KEPT:
            self.told.append(str(told)[:600])
        return bool(holds)


@dataclass
class Bench:
    """A folder of the trial's own, and how much is tried: everything, or a hundredth for a look."""

    folder: Path
    share: float = 1.0
    minutes: float = 10
    seed: int = SEED
    given: Path | None = None  # a built store, where there is one
    tallies: list[Tally] = field(default_factory=list)
    say: Callable[[Tally], None] = lambda tally: None

    @property
    def quick(self) -> bool:
        """Is it only to be seen that it runs? Then what would take a minute at any share is left out."""
        return self.share <= 0.01

    def times(self, full: int) -> int:
        return max(1, round(full * self.share))

    @contextlib.contextmanager
    def tally(self, trial: str, what: str) -> Iterator[Tally]:
        """A line of the table from its begin to its end."""
        made, started = Tally(trial, what), time.monotonic()
        try:
            yield made
        except Exception as error:  # a trial that cannot be carried out has not been held
            made.hold(False, f"the trial itself failed: {type(error).__name__}: {error}")
            if os.environ.get("TORTURE_RAISE"):
                raise
        made.seconds = time.monotonic() - started
        self.tallies.append(made)
        self.say(made)

    def place(self, name: str) -> Path:
        """A fresh folder; anybody may read it, since one trial reads as somebody else."""
        self.folder.chmod(0o755)
        place = self.folder / name
        place.mkdir(parents=True)
        return place

    @functools.cached_property
    def built(self) -> Path:
        """A store with the whole warehouse over a small simulated set. No trial writes into it."""
        if self.given:
            return self.given
        root = self.place("built") / "store"
        for arguments in (["sample", "--scale", "0.02"], ["build", "--no-sample"]):
            done = command(root, *arguments)
            if done.returncode:
                raise RuntimeError(done.stdout + done.stderr)
        return root

    __hash__ = None


def command(store: Path | Store, *arguments: str, **settings) -> subprocess.CompletedProcess:
    """A real `python -m data_pipeline` over a store; further settings go to the process."""
    root = store.root if isinstance(store, Store) else store
    return subprocess.run(
        [sys.executable, "-m", "data_pipeline", "--store", str(root), *arguments],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=600, **settings,
    )  # fmt: skip


def is_a_sentence(said: str) -> bool:
    """Is it told in both languages, without a traceback?"""
    return "Traceback" not in said and " · " in said


@contextlib.contextmanager
def serving(store: Path, arguments: Callable[[str], list[str]] = lambda address: [], **settings: str) -> Iterator:
    """`streamlit run app.py` over a store, as a person starts it; gives its address and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log, address = store.parent / f"server-{port}.log", f"http://localhost:{port}"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), *arguments(address)],
            cwd=ROOT, env=os.environ | {"RDEC_STORE": str(store), "RDEC_API_RATE": "off"} | settings, stdout=out,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        end = time.monotonic() + 120
        while not answers(f"{address}/_stcore/health"):
            if time.monotonic() > end or process.poll() is not None:
                raise RuntimeError(log.read_text(errors="replace")[-2000:])
            time.sleep(0.1)
        process.log = log
        yield address, process
    finally:
        stop(process)
