"""What may the speaker say to a slide? How a figure is computed, what was decided, which questions to expect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dashboard import warehouse, words
from dashboard.meeting.scene import Scene
from dashboard.warehouse import Answer, table
from dashboard.words import pick, t
from data_pipeline.store.notes import in_force


def about(answer: Answer) -> Iterable[str]:
    """For the speaker: how the figure is computed, what it rests on, what to beware of, what documents print."""
    metric = answer.metric
    yield t("slides.note_means", label=pick(metric.label), means=pick(metric.means))
    if answer.n is not None:
        yield t("slides.note_n", n=words.amount(answer.n, answer.n_unit, exact=True))
    if metric.caution:
        yield t("slides.note_caution", caution=pick(metric.caution))
    if metric.published and (row := printed(metric.published)):
        told = t("slides.published", value=words.published(row), period=words.printed_period(row))
        yield expect("ask_published", told)


def rules_note(answer: Answer) -> Iterable[str]:
    """For the speaker: by which thresholds a light is given, and that they are defaults."""
    rules = warehouse.rules(answer)
    told = [words.said(pick(rule), words.rule(rule["name"], rule["value"])) for rule in rules]
    if told:
        yield t("slides.note_rule", rules=t("sentences.joined").join(told))
    if any(rule["is_default"] for rule in rules):
        yield t("slides.note_default")


def source_note(answers: Sequence[Answer]) -> Iterable[str]:
    """The question that is always asked: from where, as of when?"""
    sources = {pick(each): each["reach"] for answer in answers for each in answer.provenance.sources}
    told = t("sites.and").join(
        words.noted(name, t("frame.as_of", day=words.day(reach))) if reach else name for name, reach in sources.items()
    )
    yield expect("ask_source", told)


def expect(key: str, answer: str) -> str:
    """A question to expect, with its answer."""
    return t("slides.note_expect", question=t(f"slides.{key}", answer=answer))


def recorded(scene: Scene, work_id: str) -> list[str]:
    """Decisions, notes and exceptions in force about a work."""
    day = scene.date or table("marts.works", None, None, 1)[0]["as_of"]
    return [
        t(f"slides.note_{note.kind}", text=note.text, by=note.by, day=words.day(note.until))
        for note in in_force(scene.notes, f"work:{work_id}", day)
    ]


def printed(key: str) -> dict | None:
    """The newest printed figure of a key."""
    rows = warehouse.published(key)
    return rows[-1] if rows else None
