"""What does one headline figure say at a glance? Titles, tiles, chips and small tables (their HTML: `markup.py`)."""

from __future__ import annotations

import base64
import contextlib
import contextvars
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import streamlit as st
from markupsafe import Markup

from dashboard import about as of
from dashboard import body, downloads, heard, look, markup, records, warehouse, words
from dashboard.periods import Period, today
from dashboard.warehouse import Answer
from dashboard.words import pick, t

_beside: contextvars.ContextVar[list[Markup]] = contextvars.ContextVar("_beside")


@dataclass(frozen=True)
class Column:
    """A column of a small table: its title, `right` for figures, and how wide it is where that must be said."""

    title: str
    align: str = ""
    width: str = ""


def title(message: str, *parts: str, answers: Sequence[Answer] = (), simulated: bool = False) -> None:
    """The screen's one message; under it the period, the sources' reach and the mark of simulated data.

    `simulated` sets the mark where the screen shows simulated data that did not come as answers.
    """
    reach = min((a.provenance.reach for a in answers if a.provenance.reach), default=None)
    due = min((a.provenance.next_due for a in answers if a.provenance.next_due), default=None)
    simulated = simulated or any(answer.is_simulated for answer in answers)
    told = [part for part in parts if part]
    if reach:
        told.append(t("frame.as_of", day=words.day(reach)))
    if due and not simulated:
        told.append(t("frame.overdue" if due < today() else "frame.next_due", day=words.day(due)))
    body.put(markup.TITLE.render(message=message, parts=told, simulated=t("frame.simulated") if simulated else ""))


def header(text: str, small: str = "") -> None:
    """What the part of a page below it is about; `small` beside it how it is to be read."""
    body.put(markup.HEADER.render(text=text, small=small))


@contextlib.contextmanager
def row() -> Iterator[None]:
    """The tiles made within stand side by side: one piece of the page, where each in a column of its own is three."""
    tiles: list[Markup] = []
    token = _beside.set(tiles)
    try:
        yield
    finally:
        _beside.reset(token)
    body.put(markup.TILES.render(tiles=tiles))


def _put(tile: str) -> None:
    _beside.get().append(Markup(tile))


def metric(
    name: str, period: Period, where: dict[str, Sequence[str]] | None = None, trend: bool = True,
    printed: dict | None = None, label: str = "",
) -> None:  # fmt: skip
    """A tile of a computed figure, asked for here: beside the span before, the year before, and its last 13 points.

    `printed` is what a document says of it, of a period of its own; `label` what it is called among other systems.
    """
    answer = warehouse.ask(name, period, where=where)
    # Of a year that is not over, its months so far are held against the same months.
    filled = period if answer.grain == "year" else period.up_to(answer.provenance.reach)
    compared = warehouse.ask(name, filled, where=where) if filled else answer
    before, earlier = (filled.before(), filled.year_earlier()) if filled else (None, None)
    if filled != period:
        before = None
    spans = dict.fromkeys(each for each in (before, earlier) if each)  # of a whole year the two are one
    by = answer.grain if answer.grain in ("month", "year") else None
    until = Period(period.code, None, period.end)
    along = warehouse.ask(name, until, by=(by,), where=where) if trend and by else None
    against = [(compared, warehouse.ask(name, span, where=where), span) for span in spans]
    _computed(answer, against, along, printed, label)


def operational(
    answer: Answer, against: Answer | None = None, against_period: Period | None = None, trend: Answer | None = None
) -> None:
    """A tile of a computed figure that the page has asked for already."""
    _computed(answer, [(answer, against, against_period)] if against and against_period else [], trend)


def _computed(
    answer: Answer, against: Sequence[tuple[Answer, Answer, Period]], trend: Answer | None,
    printed: dict | None = None, label: str = "",
) -> None:  # fmt: skip
    """Value, changes (what is held against what, of which span), target with its light, the last 13 points, About."""
    metric = answer.metric
    value, unit = words.figure(answer.value, metric.unit)
    told = [(words.change(held.value, other.value, metric.unit), span) for held, other, span in against]
    lines = [t("frame.change", told=change, versus=words.period(span)) for change, span in told if change]
    rests = []
    if metric.target is not None and answer.value is not None:
        met = answer.value >= metric.target if metric.better != "down" else answer.value <= metric.target
        rests.append(t("frame.target", value=words.amount(metric.target, metric.unit)))
        rests.append(t("frame.met" if met else "frame.missed"))
    if rests:
        lines.append("　".join(rests))
    if answer.n is not None:
        n = words.amount(answer.n, answer.n_unit, exact=answer.n_unit != "twd")
        lines.append(t(f"frame.n_{answer.n_unit}", n=n))
    if printed:
        lines.append(badged(t("frame.published"), words.noted(words.published(printed), words.printed_period(printed))))
    _put(
        markup.TILE.render(
            label=label or pick(metric.label),
            value=value,
            unit=unit,
            lines=lines,
            exact=words.amount(answer.value, metric.unit, exact=True),
            spark=_spark([row["value"] for row in trend.rows[-13:]]) if trend else "",
            spark_label=pick(metric.label),
            foot=_foot(answer),
            mark=t("frame.simulated") if answer.is_simulated else "",
            mark_class="",
            about=about(answer, printed),
        )
    )


def published(row: dict, beside: Answer | None = None, beside_words: str = "") -> None:
    """A tile of a printed figure with its document, and the operational figure beside it; or why there is none."""
    text, unit = words.published_figure(row)
    lines = []
    if beside is not None:
        got = words.amount(beside.value, beside.metric.unit)
        lines.append(marked(f"{t('frame.operational')} {got} {beside_words}".rstrip(), beside.is_simulated))
    elif beside_words:
        lines.append(beside_words)
    _put(
        markup.TILE.render(
            label=_label(row),
            value=text,
            unit=unit,
            lines=lines,
            exact=words.quoted(row["quote"]),
            spark="",
            spark_label="",
            foot=t("frame.printed_in", document=row["document"], period=words.printed_period(row)),
            mark=t("frame.published"),
            mark_class="published",
            about=about(beside, row),
        )
    )


def chip(state: str) -> str:
    """The HTML of a state's chip: icon, word, colour."""
    return markup.CHIP.render(state=look.STATES[state], word=pick(warehouse.labels("light")[state]))


def chips(states: Sequence[str]) -> None:
    """The key to the states: shape, word and colour."""
    body.put(f'<p class="chips">{" ".join(chip(state) for state in states)}</p>')


def counted(states: Sequence[tuple[str, str]]) -> None:
    """The states with their numbers, as chips."""
    names = warehouse.labels("light")
    shown = [markup.CHIP.render(state=look.STATES[light], word=f"{pick(names[light])} {n}") for light, n in states]
    body.put(f'<p class="chips">{" ".join(shown)}</p>')


def badge(state: look.State, word: str) -> Markup:
    """A chip that may stand in a cell of `table`."""
    return Markup(markup.CHIP.render(state=state, word=word))


def stacked(main: object, *beneath: object) -> Markup:
    """A cell of several lines: what counts, then what belongs to it; empty lines are left out."""
    return Markup(markup.STACKED.render(main=main, beneath=[line for line in beneath if line]))


def marked(text: str, is_simulated: bool) -> Markup:
    """A figure with the mark of simulated data where it is one."""
    return Markup(markup.MARKED.render(text=text, mark=t("frame.simulated") if is_simulated else ""))


def badged(mark: str, text: str) -> Markup:
    """A printed figure with the mark of published ones."""
    return Markup(markup.BADGED.render(mark=mark, text=text))


def indented(text: str, depth: int) -> Markup:
    """A cell of a tree: the deeper, the further in; what has parts is bold."""
    return Markup(markup.INDENTED.render(text=text, depth=depth))


def hint(text: str, full: str) -> Markup:
    """A short form whose full one shows under the pointer."""
    return Markup(markup.HINT.render(text=text, full=full))


def code(text: str) -> Markup:
    """A formula in a cell."""
    return Markup(markup.CODE.render(text=text))


def link(text: str, address: str) -> Markup:
    """A cell that opens a page of the house (`filters.address`)."""
    return Markup(markup.LINK.render(text=text, address=address))


def table(
    columns: Sequence[Column], rows: Sequence[Sequence[object]], compact: bool = False, take: str = "",
    simulated: bool = True, known: Sequence[Answer] = (),
) -> None:  # fmt: skip
    """A small table to read, not to sort; `compact` where a whole page must stand on one screen.

    Under the name `take` it can be taken along as it is read; `simulated` says there whether its figures are real.
    `known` are the metrics in it, for 「關於這些數字」.
    """
    body.put(markup.TABLE.render(columns=columns, rows=rows, compact=compact))
    if take:
        about = [about_table(take, known)] if known else []
        told("", *about, heard.button(f"take-{take}", t("downloads.take"), "▦", functools.partial(
            _taken, take, columns, rows, simulated)))  # fmt: skip


def _taken(name: str, columns: Sequence[Column], rows: Sequence[Sequence[object]], simulated: bool) -> None:
    @st.dialog(name)
    def show() -> None:
        heads = [_read(column.title) or str(place) for place, column in enumerate(columns)]
        read = [dict(zip(heads, map(_read, row), strict=True)) for row in rows]
        downloads.buttons(downloads.of_rows(name, read, simulated))

    show()


def _read(cell: object) -> object:
    return cell.striptags() if isinstance(cell, Markup) else cell


def beside(rows: Sequence[dict]) -> None:
    """Printed figures with what the records of the same period give, and the verdict of the reconciliation."""
    found = {(row["document"], row["key"], row["period_iso"]): row for row in warehouse.table("marts.reconciliation")}
    cells = []
    for row in rows:
        check = found[row["document"], row["key"], row["period_iso"]]
        # What was rounded to 萬 is compared in more digits; a full count has none to show.
        finer = 2 if row["kind"] != "exact" and row["value"] < 1000 else 0
        digits = len(row["value_text"].partition(".")[2]) + finer
        # Said in the unit of the document, so that the two can be compared by eye.
        again = {**row, "value": check["recomputed"], "value_text": f"0.{'0' * digits}", "qualifier": None}
        mark = f"△ {t('frame.simulated')}" if check["is_simulated"] else ""
        got = stacked(words.published(again), mark) if check["recomputed"] is not None else "—"
        name, verdict = words.noted(_label(row), words.printed_period(row)), t(f"verdict.{check['verdict']}")
        cells.append([name, words.published(row), got, verdict])
    table(
        [
            Column(t("frame.published")),
            Column(t("frame.printed"), "right"),
            Column(t("frame.recomputed"), "right"),
            Column(t("frame.verdict")),
        ],
        cells,
        take=t("frame.beside"),
    )


def strip(months: Sequence[tuple[str, str | None]]) -> None:
    """The lights of the months in a row, each with its shape; the word shows under the pointer and is read aloud."""
    names = warehouse.labels("light")
    cells = [
        {"month": month, "state": look.STATES.get(light), "word": pick(names.get(light)) or "—"}
        for month, light in months
    ]
    body.put(markup.STRIP.render(cells=cells))


def told(sentence: str, *buttons: Markup, drawn: Markup | str = "") -> None:
    """A chart, what it shows, in a sentence under it, and what can be opened there."""
    if drawn or sentence or buttons:
        body.put(markup.TOLD.render(drawn=drawn, sentence=sentence, buttons=buttons))


def about(answer: Answer | None, row: dict | None = None, key: str = "") -> Markup:
    """「關於此數」: a button that opens meaning, formula, n, source, as-of, caution; and the printed words.

    `key` tells two of one question on a page apart.
    """
    printed = (row["key"], row["period_iso"], row["document"]) if row else ""
    key = f"about-{key}-{answer.question if answer else ''}-{printed}"
    show = functools.partial(_panel, pick(answer.metric.label) if answer else _label(row), answer, row)
    return heard.button(key, t("frame.about"), "ⓘ", show)


def about_table(heading: str, answers: Sequence[Answer]) -> Markup:
    """「關於這些數字」: the same for a table or a drawing of several figures, each metric in a row."""

    @st.dialog(heading, width="large")
    def show() -> None:
        facts = [[name, stacked(*told) if isinstance(told, list) else told] for name, told in of.of_answers(answers)]
        table([Column(t("sources.metric"), width="26%"), Column(t("frame.meaning"))], facts)

    return heard.button(f"about-{heading}", t("frame.about_table"), "ⓘ", show)


def open_rows(answer: Answer) -> None:
    """The same panel with the rows behind the figure on top: what a click on a mark of a chart opens."""
    told = [said for _, said in downloads.chosen(answer)]
    _panel(words.noted(pick(answer.metric.label), "、".join(told)), answer, None, rows_first=True)


def _panel(heading: str, answer: Answer | None, row: dict | None, rows_first: bool = False) -> None:
    @st.dialog(heading, width="large")
    def show() -> None:
        if row:
            table([Column(t("frame.published")), Column("")], of.printed(row))
        if not answer:
            return
        if rows_first:
            records.show(answer)
        table([Column(t("frame.operational")), Column("")], of.of_answer(answer))
        st.caption(t("frame.formula"))
        st.code(downloads.statement(answer), language="sql", wrap_lines=True)
        if not rows_first:
            records.show(answer)

    show()


def _label(row: dict) -> str:
    return row["label_zh"] if words.language() == "zh" else row["label_en"]


def _foot(answer: Answer) -> str:
    return t("frame.as_of", day=words.day(answer.provenance.reach)) if answer.provenance.reach else ""


def _spark(values: Sequence[float | None]) -> str:
    """A line of the last values, from zero, as the address of an image; nothing where it would say nothing.

    Without a scale of its own a line that fills its box would make a cliff of one day more.
    """
    known = [value for value in values if value is not None]
    if len(known) < 3:
        return ""
    low, high = min(0, *known), max(known)
    span = (high - low) or 1
    points = " ".join(
        f"{index * 120 / (len(values) - 1):.1f},{31 - (value - low) / span * 28:.1f}"
        for index, value in enumerate(values)
        if value is not None
    )
    drawn = markup.SPARK.render(points=points, colour=look.ACCENT)
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"
