"""What was decided or noted about a work or a metric, by whom, and does it still hold? Lines are added, never changed.

`notes.jsonl` in the store's root, or in the folder of a meeting as the notes stood then. A build never touches them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from data_pipeline.store import MEETING, Store, StoreError
from data_pipeline.store.files import append_line, one_line

KINDS = ("note", "decision", "exception", "close")
ABOUT = re.compile(r"work:[\w.-]{1,40}|metric:[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*")
LONGEST = {"text": 1000, "reason": 1000, "remedy": 1000, "owner": 60, "by": 60}


@dataclass(frozen=True)
class Note:
    """One line of the record. `about` is `work:W0123` or `metric:hotline.contacts`; `at` is UTC in ISO form.

    An `exception` holds through `until`; a `close` names by `closes` the note that it ends.
    """

    id: str
    at: str
    by: str
    kind: str
    about: str
    text: str
    reason: str = ""
    remedy: str = ""
    owner: str = ""
    promised_on: dt.date | None = None
    until: dt.date | None = None
    meeting: str = ""
    closes: str = ""


def add(
    store: Store, *, by: str, kind: str, text: str, about: str = "", reason: str = "", remedy: str = "",
    owner: str = "", promised_on: dt.date | None = None, until: dt.date | None = None, meeting: str = "",
    closes: str = "",
) -> Note:  # fmt: skip
    """Write one down; a `close` is about what the closed one was about. Raises StoreError that says what is wrong."""
    at = dt.datetime.now(dt.UTC)
    said = {"text": text, "reason": reason, "remedy": remedy, "owner": owner, "by": by}
    said = {name: one_line(value) for name, value in said.items()}
    if kind not in KINDS:
        known = ", ".join(KINDS)
        raise _refusal(f"沒有「{kind}」這一類；可用：{known}", f"no kind {kind}; there are: {known}")
    for name, value in said.items():
        if len(value) > LONGEST[name]:
            most = LONGEST[name]
            raise _refusal(f"{name} 最多 {most} 字，請縮短", f"{name} holds at most {most} characters; shorten it")
    for name in ("text", "by"):
        if not said[name]:
            raise _refusal(f"{name} 不可空白，請填寫", f"{name} must not be empty")
    if meeting and not MEETING.fullmatch(f"meeting-{meeting}"):
        raise _refusal("會議名稱有誤，請用 113-03 這樣的名稱", "meeting is not a name such as 113-03")
    if kind == "exception" and until is None:
        raise _refusal("例外須有到期日，請加上 until", "an exception must end; say until when")
    if (kind == "close") != bool(closes):
        raise _refusal("結案須指明所結的紀錄，其他類別不可", "a close, and nothing else, names what it closes")
    if closes:
        closed = next((each for each in notes(store) if each.id == closes and each.kind != "close"), None)
        if closed is None:
            raise _refusal(f"沒有編號 {closes} 的紀錄，請查 note list", f"there is no note {closes}; see note list")
        about = closed.about
    if not ABOUT.fullmatch(about):
        raise _refusal(
            "對象須為 work:工程編號 或 metric:指標名稱，如 work:W0123",
            "about must be work:<number> or metric:<name>, such as work:W0123",
        )
    note = Note(
        id=f"n-{at:%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}", at=at.isoformat(timespec="seconds"), kind=kind,
        about=about, promised_on=promised_on, until=until, meeting=meeting, closes=closes, **said,
    )  # fmt: skip
    append_line(store.root / "notes.jsonl", asdict(note))
    return note


def notes(where: Store | Path) -> list[Note]:
    """All notes of a store, or of a meeting's folder, oldest first; a line cut short by a crash is passed over."""
    path = (where.root if isinstance(where, Store) else where) / "notes.jsonl"
    found = []
    for line in path.read_bytes().splitlines() if path.exists() else []:
        with contextlib.suppress(ValueError):
            raw = json.loads(line)
            days = {name: raw[name] and dt.date.fromisoformat(raw[name]) for name in ("promised_on", "until")}
            found.append(Note(**raw | days))
    return sorted(found, key=lambda each: each.id)


def open_decisions(of: Iterable[Note], as_of: dt.date) -> list[Note]:
    """Decisions that nobody closed and that, where they name a last day, still hold on `as_of`."""
    return [each for each in holding(of, as_of) if each.kind == "decision"]


def in_force(of: Iterable[Note], about: str, day: dt.date) -> list[Note]:
    """What to show beside a light: notes, decisions and exceptions about it, neither closed nor past their last day."""
    return [each for each in holding(of, day) if each.about == about]


def holding(of: Iterable[Note], day: dt.date) -> list[Note]:
    """What nobody closed and what, where it names a last day, still holds on `day`; oldest first."""
    every = list(of)
    closed = {each.closes for each in every if each.kind == "close"}
    return [
        each for each in every
        if each.kind != "close" and each.id not in closed and (each.until is None or day <= each.until)
    ]  # fmt: skip


def _refusal(zh: str, en: str) -> StoreError:
    return StoreError(f"沒有記下：{zh} · Nothing was written down: {en}")
