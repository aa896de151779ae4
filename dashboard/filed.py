"""What did an agency file in its own words? In English the coded reason comes first."""

from __future__ import annotations

from dashboard import body, warehouse, words
from dashboard.words import pick, t


def cause(text: str | None, factor: str | None) -> str:
    """A reason for delay; — where none was filed."""
    if words.language() == "zh":
        return text or "—"
    coded = pick(warehouse.labels("factor").get(factor))
    return words.said(coded, text) if coded and text else coded or text or "—"


def note() -> None:
    """Under a list of such words, for those who do not read Chinese."""
    if words.language() != "zh":
        body.note(t("frame.as_filed"))
