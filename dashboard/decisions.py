"""What was decided or noted about a work or a metric, and does it still hold?

Of a frozen meeting the record is the one that was frozen with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from dashboard import periods, warehouse, words
from dashboard.warehouse import FROZEN, labels
from dashboard.words import pick, t
from data_pipeline.store.meetings import Meeting, meetings
from data_pipeline.store.notes import Note, holding, in_force, notes


def frozen() -> Meeting | None:
    """The frozen meeting that is looked at, if one is."""
    name = warehouse.here().name()
    if not name.startswith(FROZEN):
        return None
    return next((each for each in meetings(warehouse.here().store) if each.opened == name), None)


def recorded() -> Sequence[Note]:
    """Everything on record, oldest first."""
    meeting = frozen()
    return tuple(notes(meeting.folder if meeting else warehouse.here().store.root))


def about(subject: str) -> list[list[object]]:
    """What holds about `work:W0123` or `metric:set.name`, the newest first: kind, text with who said so, promised."""
    return [[t(f"meeting.kind_{each.kind}"), said(each)] for each in reversed(in_force(recorded(), subject, day()))]


def holding_now(of: Sequence[Note]) -> list[Note]:
    """Which of them still hold."""
    return holding(of, day())


def by_subject() -> dict[str, str]:
    """The newest text that holds about each subject that has one."""
    return {each.about: each.text for each in holding(recorded(), day())}


def day() -> dt.date:
    """Exceptions are held against the meeting's day, or the reader's."""
    meeting = frozen()
    return meeting.date if meeting else periods.today()


def acting(note: Note) -> str:
    """Who acts: an agency by its code or by its name as somebody wrote it, in the language in use."""
    names = labels("agency_id")
    code = note.owner if note.owner in names else next((c for c, n in names.items() if n["zh"] == note.owner), None)
    return pick(names.get(code)) or note.owner or "—"


def said(note: Note) -> str:
    """A note in one line: its text, reason, remedy, who acts, promised for when, and who wrote it."""
    parts = [note.text, note.reason, note.remedy]
    if note.owner:
        parts.append(words.said(t("slides.who"), acting(note)))
    if note.promised_on:
        parts.append(words.said(t("slides.promised"), words.day(note.promised_on)))
    if note.until:
        parts.append(words.said(t("meeting.until"), words.day(note.until)))
    signed = f"{note.by} {words.day(dt.date.fromisoformat(note.at[:10]))}"
    return words.noted(t("sentences.joined").join(part for part in parts if part), signed)
