"""How does the screen get something done that only the pipeline may do? By its command, in a process of its own.

Each value goes as `--name=value` and names after `--`: a text that begins with dashes is a text. What goes wrong is
told in the command's own sentence; a fault of the program in ours, and its traceback stays in the log.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard import warehouse
from dashboard.words import pick, t
from data_pipeline.store import PROJECT

SECONDS = 300


@dataclass(frozen=True)
class Done:
    """How a command ended: whether well, what it printed, and where it did not, why.

    `kind` says what is the matter with a file, where the screen has words of its own for it (`FileFault`).
    """

    well: bool
    printed: str
    why: str = ""
    kind: str = ""


def run(verb: Sequence[str], said: Mapping[str, object] = {}, named: Sequence[object] = ()) -> Done:
    """Run a command to its end. Who asks has been asked for their role before."""
    ended = subprocess.run(
        command(verb, said, named), cwd=PROJECT, capture_output=True, text=True, encoding="utf-8", timeout=SECONDS,
        env=_settings(),
    )  # fmt: skip
    return _ended(ended.returncode, ended.stdout, ended.stderr)


def follow(
    verb: Sequence[str], said: Mapping[str, object], named: Sequence[object], tell: Callable[[str, float], None]
) -> Done:
    """Run a command that tells its progress, and tell it on; once begun it ends, whoever stops watching."""
    with place("errand") as folder:
        log = folder / "log"
        with log.open("wb") as errors, subprocess.Popen(
            command(verb, said, named), cwd=PROJECT, stdout=subprocess.PIPE, stderr=errors, text=True, encoding="utf-8",
            env=_settings(),
        ) as process:  # fmt: skip
            last, left = "", None
            for line in process.stdout:
                last = line
                if left is None and line.startswith('{"step"'):
                    step = json.loads(line)
                    try:
                        tell(step["step"], step["share"])
                    except BaseException as gone:  # the reader went to another page; a closed pipe would end the work
                        left = gone
        if left:
            raise left
        return _ended(process.returncode, last, log.read_text(encoding="utf-8", errors="replace"))


@contextlib.contextmanager
def place(name: str) -> Iterator[Path]:
    """A workplace of the store for what is handed to a command, gone afterwards."""
    folder = warehouse.here().store.workplace(f"{name}-{os.getpid()}-{time.time_ns()}")
    try:
        yield folder
    finally:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def command(verb: Sequence[str], said: Mapping[str, object], named: Sequence[object]) -> list[str]:
    """The command line, and nothing of it that a shell or an option parser would act on."""
    options = [f"--{name}={value}" for name, value in said.items() if value]
    return [sys.executable, "-m", "data_pipeline", *verb, *options, "--", *map(str, named)]


def _settings() -> dict[str, str]:
    return os.environ | {
        "RDEC_STORE": str(warehouse.here().store.root), "RDEC_LOG_LEVEL": "ERROR", "RDEC_LOG": "json",
        "PYTHONUTF8": "1",
    }  # fmt: skip


def _ended(code: int, printed: str, errors: str) -> Done:
    if not code:
        return Done(True, printed)
    for line in reversed(errors.strip().splitlines()):
        with contextlib.suppress(ValueError, KeyError, TypeError):
            told = json.loads(line)
            return Done(False, printed, pick(told) or told["message"], told.get("kind", ""))
    logging.getLogger("dashboard").error("a command ended with %s: %s", code, errors[-4000:])
    usage = [line.removeprefix("Error: ") for line in errors.splitlines() if line.startswith("Error: ")]
    return Done(False, printed, usage[-1] if usage else t("filing.fault"))
