"""Does a delivery count? What was said of it after it was kept: held until its build passes, accepted, withdrawn.

`marks.jsonl` in the delivery's folder; lines are only added, the last one counts, and without any the delivery counts.
The bytes stay as they are whatever is said of them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from pathlib import Path

from data_pipeline.store.files import append_line

NAME = "marks.jsonl"
HELD, ACCEPTED, WITHDRAWN = "held", "accepted", "withdrawn"


def mark(folder: Path, state: str, by: str = "", why: str = "") -> None:
    """Say of the delivery in a folder that it is held, accepted or withdrawn."""
    append_line(folder / NAME, {"at": dt.datetime.now(dt.UTC).isoformat(), "state": state, "by": by, "why": why})


def counts(folder: Path) -> bool:
    """Whether a build should use the delivery in a folder. A line cut short by a crash was never said."""
    try:
        lines = (folder / NAME).read_bytes().splitlines()
    except FileNotFoundError:
        return True
    for line in reversed(lines):
        with contextlib.suppress(ValueError):
            return json.loads(line)["state"] == ACCEPTED
    return False  # the mark was begun before the delivery had its place: it was to be held
