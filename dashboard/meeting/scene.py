"""What do all slides of one deck share: the meeting, the one before it, the words of source and as-of, the links?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from dashboard import periods, warehouse, words
from dashboard.meeting import agenda
from dashboard.meeting.model import Slide
from dashboard.periods import ALL, Period
from dashboard.warehouse import Answer
from dashboard.words import pick, t

PAGES = {  # system of the documents → the page that explores it
    1: "hotline",
    2: "petitions",
    3: "service-quality",
    4: "service-award",
    5: "forward-looking",
    6: "works",
    7: "forward-looking",
    8: "works",
    9: "sites",
    10: "awards",
    11: "goals",
    12: "goals",
    13: "participation",
}
KEYS = {"agency_id": "agency", "district_id": "district", "work_kind": "kind"}  # of a filter in a link


@dataclass(frozen=True)
class Scene:
    """The meeting that a deck is for: its name and day, and the build and words of the one before, where there is."""

    agenda: agenda.Agenda
    said: str = ""  # the meeting and its day in words, or the build
    meeting: str = ""
    date: dt.date | None = None
    since: str = ""  # the build of the last meeting
    since_name: str = ""
    notes: Sequence = field(default=())  # data_pipeline.store.notes.Note, as they stand

    def slide(
        self,
        item: agenda.Item,
        title: str,
        *,
        key: str = "",
        topic: str = "",
        answers: Iterable[Answer] = (),
        relations: Iterable[str] = (),
        simulated: bool = False,
        link: str = "",
        notes: Iterable[str] = (),
        **body,
    ) -> Slide:
        """A slide with what every one says: topic, as-of, sources, mark. `relations` are marts it was read from."""
        answers = tuple(answers)
        known = [answer.provenance for answer in answers] + [warehouse.provenance(name) for name in relations]
        reach = min((each.reach for each in known if each.reach), default=None)
        sources = dict.fromkeys(pick(source) for each in known for source in each.sources)
        return Slide(
            key or item.screen,
            item.screen,
            topic or pick(item.title) or t(f"slides.{kind(item)}"),
            title,
            as_of=t("frame.as_of", day=words.day(reach)) if reach else "",
            sources=tuple(sources),
            simulated=simulated
            or any(answer.is_simulated for answer in answers)
            or any(source["is_simulated"] for each in known for source in each.sources),
            notes=tuple(note for note in notes if note),
            link=link,
            **body,
        )


def kind(item: agenda.Item) -> str:
    """Under which key the words name the screen."""
    if isinstance(item, agenda.Works):
        return f"works_{item.list}"
    return f"changes_{item.part}" if isinstance(item, agenda.Changes) else item.screen


def where(item: agenda.Item) -> dict[str, list[str]]:
    """The agenda's filters as a question takes them."""
    return {name: [value] if isinstance(value, str) else list(value) for name, value in item.where.items()}


def period(item: agenda.Item, name: str) -> Period:
    """The period that the agenda asks of a metric, no longer than its data fill with whole months."""
    of, _ = warehouse.catalogue().find(name)
    reach = warehouse.provenance(of.relation).reach
    if item.period == "all" or reach is None:
        return ALL
    if item.period == "month":
        end = (reach + dt.timedelta(days=1)).replace(day=1)
        first = (end - dt.timedelta(days=1)).replace(day=1)
        return periods.parse(f"{first.year - periods.ROC}-{first.month:02}")
    span = periods.year(reach.year - periods.ROC) if item.period == "year" else periods.parse(item.period)
    return span if of.grain == "year" else span.up_to(reach) or span


def link(page: str, span: Period | None = None, filters: dict[str, Sequence[str]] | None = None, **more: str) -> str:
    """The address of an exploring page with the same period and filters chosen."""
    chosen = {KEYS.get(name, name): values[0] for name, values in (filters or {}).items() if len(values) == 1}
    if span and span.start and span.end:
        chosen["year"] = str(span.start.year - periods.ROC)
        if span.months == 1:
            chosen["part"] = f"{span.start.month:02}"
        elif span.code[-2:-1] == "Q":
            chosen["part"] = span.code[-2:]
    if words.language() != "zh":
        chosen["lang"] = words.language()
    return f"/{page}?{urlencode(chosen | more)}".rstrip("?")


def page_of(name: str) -> str:
    """The page on which a metric is explored."""
    return PAGES[warehouse.catalogue().find(name)[0].system]
