"""Which deck comes of an agenda and a build? The one source of projector, PPTX, PDF and ODP."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from dashboard import warehouse, words
from dashboard.meeting import agenda, lists, screens, since
from dashboard.meeting.agenda import Agenda
from dashboard.meeting.model import Deck
from dashboard.meeting.scene import Scene
from dashboard.words import pick, t
from data_pipeline.store.meetings import Meeting, before, meetings
from data_pipeline.store.notes import Note, notes

DRAWN = {
    agenda.Cover: screens.cover, agenda.Figures: screens.figures, agenda.Trend: screens.trend,
    agenda.Bars: screens.bars, agenda.States: screens.states, agenda.Works: lists.list_of_works,
    agenda.Work: lists.single_works, agenda.Map: screens.site_map, agenda.Reporters: lists.reporters,
    agenda.Changes: since.changed, agenda.Decisions: since.decisions,
}  # fmt: skip


def deck(of: Agenda, name: str = "", date: dt.date | None = None) -> Deck:
    """The slides of an agenda over the build that is asked (`warehouse.at`), in the language spoken (`words.speak`).

    `name` and `date` are those of a meeting that is frozen or about to be; the one before it is found among the frozen.
    """
    store, build = warehouse.here().store, warehouse.here().name()
    frozen = next((each for each in meetings(store) if each.name == name), None)
    date = date or (frozen.date if frozen else None)
    earlier = before(store, frozen) if frozen else last(date)
    since_build, since_name = (earlier.opened, earlier.name) if earlier else ("", "")
    said = t("frame.as_of", day=words.day(warehouse.table("marts.works", None, None, 1)[0]["as_of"]))
    if name:
        said = t("slides.of_meeting" if date else "slides.of_undated", meeting=name, day=words.day(date))
    scene = Scene(of, said, name, date, since_build, since_name, recorded(name))
    slides = [slide for item in of.screens for slide in DRAWN[type(item)](item, scene)]
    back = f"m/{name}" if name else f"a/{of.name}"
    seen: Counter[str] = Counter()
    for place, slide in enumerate(slides, start=1):
        seen[slide.key] += 1
        key = slide.key if seen[slide.key] == 1 else f"{slide.key}-{seen[slide.key]}"
        slides[place - 1] = replace(slide, key=key, link=_returning(slide.link, f"{back}:{place}", name))
    made = dt.datetime.fromisoformat(store.build(build).manifest["built_at"])
    build = frozen.build if frozen else build
    return Deck(pick(of.title), said, words.language(), build, made, f"△ {t('frame.simulated')}", tuple(slides), name,
                date)  # fmt: skip


def recorded(name: str = "") -> Sequence[Note]:
    """Decisions and notes: of a frozen meeting as they stood then, else as they stand."""
    store = warehouse.here().store
    frozen = next((each for each in meetings(store) if each.name == name), None)
    return tuple(notes(frozen.folder if frozen else store.root))


def last(date: dt.date | None = None) -> Meeting | None:
    """The newest frozen meeting, before a day where one is given, that saw another build than the one asked."""
    build = warehouse.here().name()
    known = [each for each in meetings(warehouse.here().store) if build not in (each.build, each.opened)]
    earlier = [each for each in known if date is None or each.date < date]
    return earlier[-1] if earlier else None


def _returning(link: str, slide: str, name: str) -> str:
    """A link that knows the way back to its slide, and looks at the frozen build where the slide does."""
    if not link:
        return ""
    mark = "&" if "?" in link else "?"
    return f"{link}{mark}slide={slide}" + (f"&meeting={name}" if name else "")
