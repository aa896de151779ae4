"""What is to be known of a figure: what it means, how it is made, from what, how far that reaches, when more is due?

Rows of name and value, for the panel 「關於此數」 (`tiles`); nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import decisions, downloads, warehouse, words
from dashboard.warehouse import Answer
from dashboard.words import pick, t

Facts = list[list[object]]


def printed(row: dict) -> Facts:
    """Of a figure of a document: as printed, where, and in which words."""
    name = row["document_zh"] if words.language() == "zh" else row["document_en"]
    return [
        [t("frame.published"), words.published(row)],
        [t("frame.document"), f"{name} · {row['section']}"],
        [t("frame.period"), words.printed_period(row)],
        [t("frame.quote"), f"「{words.quoted(row['quote'])}」"],
    ]


def of_answer(answer: Answer) -> Facts:
    """Of a figure that is computed here."""
    facts = [[pick(answer.metric.label), words.amount(answer.value, answer.metric.unit, exact=True)]]
    if answer.value is None:
        facts = []
    facts += [list(each) for each in downloads.chosen(answer)]
    facts.append([t("frame.meaning"), _meaning(answer)])
    if answer.metric.n:
        facts.append([t("frame.rests_on"), _rests_on(answer)])
    if answer.metric.target is not None:
        facts.append([t("frame.to_reach"), words.amount(answer.metric.target, answer.metric.unit)])
    if answer.metric.caution:
        facts.append([t("frame.caution"), pick(answer.metric.caution)])
    facts += decisions.about(f"metric:{answer.name}")
    return [*facts, *_sources([answer]), *_rules([answer]), [t("frame.build", name=""), answer.provenance.build]]


def of_answers(answers: Sequence[Answer]) -> Facts:
    """Of the figures of a table: what each means and how it is made; then where all of them come from."""
    facts = []
    for answer in answers:
        of, metric = warehouse.catalogue().find(answer.name)
        told = [_meaning(answer), f"{answer.name} = {metric.sql} ({of.relation})"]
        if metric.n:
            told.append(words.said(t("frame.rests_on"), _rests_on(answer)))
        if metric.target is not None:
            told.append(t("frame.target", value=words.amount(metric.target, metric.unit)))
        if metric.caution:
            told.append(words.said(t("frame.caution"), pick(metric.caution)))
        facts.append([pick(metric.label), told])
    return [*facts, *_sources(answers), *_rules(answers), [t("frame.build", name=""), answers[0].provenance.build]]


def _meaning(answer: Answer) -> str:
    return pick(answer.metric.means)


def _rests_on(answer: Answer) -> str:
    """The n, of all parts together where the figure is split, and what it counts."""
    whole = warehouse.narrowed(answer) if answer.question.by else answer
    of, metric = warehouse.catalogue().find(answer.name)
    return words.noted(words.amount(whole.n, answer.n_unit, exact=True), pick(of.metrics[metric.n].label))


def _sources(answers: Sequence[Answer]) -> Facts:
    """Each source once: how far it reaches, when more is due, its licence, and whether it is simulated."""
    found = {source["name"]: source for answer in answers for source in answer.provenance.sources}
    return [[t("frame.source"), _source(source)] for source in found.values()]


def _source(source: dict) -> str:
    due = ""
    if source["is_simulated"]:
        due = t("frame.never_due")
    elif source["next_due"]:
        due = t("frame.next_due", day=words.day(source["next_due"]))
    told = (t("frame.as_of", day=words.day(source["reach"])), due, t(f"frame.licence_{source['licence']}"))
    mark = f"　△ {t('frame.simulated')}" if source["is_simulated"] else ""
    return words.noted(pick(source), t("sentences.joined").join(each for each in told if each)) + mark


def _rules(answers: Sequence[Answer]) -> Facts:
    """The thresholds and weights by which the figures were made."""
    found = {rule["name"]: rule for answer in answers for rule in warehouse.rules(answer)}
    return [
        [
            t("sources.rule"),
            words.said(
                pick(rule),
                words.noted(
                    words.rule(rule["name"], rule["value"]),
                    t("sources.default") if rule["is_default"] else f"「{rule['quote']}」",
                ),
            ),
        ]
        for rule in found.values()
    ]
