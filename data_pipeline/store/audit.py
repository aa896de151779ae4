"""Who did what, when, and how did it end? Lines that are only added; neither a build nor a restore rewrites them.

`audit.jsonl` in the store's root, written by the commands where the work is done.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from data_pipeline.store import Store
from data_pipeline.store.files import append_line, one_line, read_lines

WHAT = ("filed", "refused", "undone", "published", "rolled_back", "frozen", "noted", "closed", "exported")
LONGEST = 500  # characters of one value


@dataclass(frozen=True)
class Entry:
    """One line. `at` is UTC in ISO form; `about` is a source, build, meeting or note; `file` as its name was given."""

    at: str
    by: str
    what: str
    about: str
    file: str = ""
    outcome: str = ""


def record(store: Store, by: str, what: str, about: str, file: str = "", outcome: str = "") -> Entry:
    """Write one down. Raises ValueError for a kind that there is not, OSError where it cannot be written."""
    if what not in WHAT:
        raise ValueError(f"{what} is none of {WHAT}")
    said = (one_line(text)[:LONGEST] for text in (by, what, about, file, outcome))
    entry = Entry(dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"), *said)
    append_line(store.root / "audit.jsonl", asdict(entry))
    return entry


def trail(store: Store) -> list[Entry]:
    """Every line, oldest first; one cut short by a crash is passed over."""
    return [Entry(**line) for line in read_lines(store.root / "audit.jsonl")]
