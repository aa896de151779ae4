"""How does a reader take along what is on the screen? CSV, XLSX and ODS, each saying what its figures are.

No cell of text can become a formula. A workbook opens with a sheet of facts (chosen filters, definition, sources,
as-of, licence, simulated or not); a CSV says the least of it in its name and in a column of its own.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from dashboard import filters, words
from dashboard.periods import Period
from dashboard.warehouse import Answer, dimension, here, labels, table
from dashboard.words import pick, t

FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # what a spreadsheet may take for the start of a formula, in Asian editions too
# Of a workbook: text stays text, whatever it begins with.
NEVER = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
MIME = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}


@dataclass(frozen=True)
class Table:
    """Rows to take along: heads, cells (text, numbers, dates, truth or None), and the facts that belong to them.

    `shares` names the columns whose figures are shares 0..1. `made` is when the build was made, so that the same build
    gives the same file.
    """

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple, ...]
    facts: tuple[tuple[str, str], ...]
    simulated: bool
    made: dt.datetime
    shares: frozenset[str] = frozenset()
    words_facts: str = ""
    words_rows: str = ""
    words_simulated: str = ""
    words_kind: str = ""


def of_answer(answer: Answer, names: Mapping[str, Mapping] | None = None) -> Table:
    """The figures of an answer with its definition. `names` gives the labels of a dimension's codes."""
    question, metric = answer.question, answer.metric
    known = {by: (names or {}).get(by) or _labels(by) for by in question.by}
    head = [heading(by) for by in question.by]
    value = pick(metric.label)
    head.append(measured(answer))
    counted = any(row["n"] is not None for row in answer.rows)
    rows = tuple(
        (*(_code(row[by], known[by]) for by in question.by), row["value"], *((row["n"],) if counted else ()))
        for row in answer.rows
    )
    facts = [(t("downloads.figure"), value), (t("frame.meaning"), pick(metric.means)), *chosen(answer)]
    facts.append((t("frame.formula"), statement(answer)))
    if metric.caution:
        facts.append((t("frame.caution"), pick(metric.caution)))
    for source in answer.provenance.sources:
        reach, licence = t("frame.as_of", day=words.day(source["reach"])), t(f"frame.licence_{source['licence']}")
        facts.append((t("frame.source"), words.noted(pick(source), t("sentences.joined").join((reach, licence)))))
    shares = frozenset([head[-1]] if metric.unit == "percent" else [])
    return _table(_called(answer), (*head, *(("n",) if counted else ())), rows, facts, answer.is_simulated, shares)


def name_of(answer: Answer) -> str:
    """What a file of an answer is called: metric, period, filters, and that it is simulated."""
    return "_".join([_called(answer), *([t("frame.simulated")] if answer.is_simulated else [])])


def statement(answer: Answer) -> str:
    """The SQL of an answer with the values that were bound to it."""
    return answer.sql + "".join(f"\n-- ? = {value}" for value in answer.values)


def with_rows(of: Table, rows: Sequence[Mapping[str, object]]) -> Table:
    """The same facts over other rows: those of a chart that shows more than one answer."""
    head = tuple(dict.fromkeys(key for row in rows for key in row))
    cells = tuple(tuple(row.get(key) for key in head) for row in rows)
    return replace(of, head=head, rows=cells, shares=frozenset())


def heading(by: str) -> str:
    """What a column split by a dimension or a time is called."""
    return t("frame.part") if by == "quarter" else pick(dimension(by).label)


def measured(answer: Answer) -> str:
    """What a column of figures is called, with its unit."""
    value, unit = pick(answer.metric.label), words.figure(0, answer.metric.unit, exact=True)[1]
    if not unit:
        return value
    return words.noted(value, unit)


def of_rows(name: str, rows: Sequence[Mapping[str, object]], simulated: bool | None = None) -> Table:
    """A list as it stands on screen; its columns are the keys of its rows."""
    if simulated is None:
        simulated = any(row["is_simulated"] for row in table("meta.sources"))
    head = tuple(dict.fromkeys(key for row in rows for key in row))
    cells = tuple(tuple(row.get(key) for key in head) for row in rows)
    narrowed = filters.chosen()
    facts = [(t("downloads.figure"), name), *narrowed.items()]
    return _table("_".join([name, *narrowed.values()]), head, cells, facts, simulated)


def _table(name: str, head, rows, facts: list, simulated: bool, shares: frozenset[str] = frozenset()) -> Table:
    made = here().store.build(here().name()).manifest["built_at"]
    kind = t("frame.simulated") if simulated else t("downloads.real")
    mark = [t("downloads.kind"), f"{kind}　{t('frame.simulated_note')}" if simulated else kind]
    return Table(
        f"{name}_{kind}" if simulated else name, tuple(head), tuple(rows),
        (*facts, (t("frame.rows"), words.number(len(rows))), tuple(mark), (t("downloads.build"), here().name())),
        simulated, dt.datetime.fromisoformat(made), shares,
        t("downloads.facts"), t("downloads.rows_simulated" if simulated else "downloads.rows"), kind,
        t("downloads.kind"),
    )  # fmt: skip


def buttons(of: Table, key: str = "") -> None:
    """CSV, XLSX, ODS: each is made when it is asked for. With a `key` they stay when what is taken is renamed."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for form, make in FORMS.items():
            st.download_button(
                form.upper(), functools.partial(make, of), f"{file_name(of.name)}.{form}", MIME[form],
                key=f"take-{key or of.name}-{form}", on_click="ignore", type="tertiary", icon=":material/download:",
                help=t("downloads.help", form=form.upper()),
            )  # fmt: skip


def file_name(name: str) -> str:
    """Letters, digits, dots and dashes only: no path, no blank."""
    return re.sub(r"[^\w.-]+", "_", name).strip("_.")[:120]


def as_csv(of: Table) -> bytes:
    """UTF-8 with BOM, so that Excel reads it right; the last column says whether the rows are simulated."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([plain(each) for each in (*of.head, of.words_kind)])
    for row in of.rows:
        writer.writerow([*(plain(cell) for cell in row), of.words_simulated])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(of: Table) -> bytes:
    """Two sheets: facts, rows. Text is written as text, whatever it begins with."""
    import xlsxwriter  # of use here alone, and only when asked for

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, NEVER)
    book.set_properties({"title": of.name, "created": of.made})
    bold, wrap = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
    date, share = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "0.00%"})
    facts = book.add_worksheet(of.words_facts)
    facts.set_column(0, 0, 18)
    facts.set_column(1, 1, 100)
    for place, (name, said) in enumerate(of.facts):
        facts.write_string(place, 0, name, bold)
        facts.write_string(place, 1, said, wrap)
    sheet = book.add_worksheet(of.words_rows)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(0, len(of.head) - 1), 18)
    for column, name in enumerate(of.head):
        sheet.write_string(0, column, name, bold)
    for place, row in enumerate(of.rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, bool):
                sheet.write_boolean(place, column, cell)
            elif isinstance(cell, int | float):
                sheet.write_number(place, column, cell, share if of.head[column] in of.shares else None)
            elif isinstance(cell, dt.date):
                sheet.write_datetime(place, column, _naive(cell), date)
            elif cell is not None:
                sheet.write_string(place, column, str(cell))
    if of.rows:
        sheet.autofilter(0, 0, len(of.rows), len(of.head) - 1)
    book.close()
    return out.getvalue()


def as_ods(of: Table) -> bytes:
    """The same two sheets as an open document."""
    return ods_book(of.name, of.made, ((of.words_facts, of.facts), (of.words_rows, (of.head, *of.rows))))


def ods_book(title: str, made: dt.datetime, sheets: Iterable[tuple[str, Iterable[Sequence]]]) -> bytes:
    """An open document of named sheets; every text in it is a text."""
    from odfdo import Cell, Document, Row
    from odfdo import Table as Sheet

    book = Document("spreadsheet")
    book.body.clear()
    for name, rows in sheets:
        sheet = Sheet(name)
        for cells in rows:
            row = Row()
            row.extend_cells([Cell(_open(cell)) for cell in cells])
            sheet.append(row)
        book.body.append(sheet)
    book.meta.title = title
    book.meta.creation_date = book.meta.date = made.replace(tzinfo=None)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FORMS = {"csv": as_csv, "xlsx": as_xlsx, "ods": as_ods}


def plain(cell: object) -> object:
    """A cell of a CSV: text that a spreadsheet would compute gets a quote in front."""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell


def _open(cell: object) -> object:
    if isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
        return dt.datetime.combine(cell, dt.time())
    return cell if isinstance(cell, bool | int | float | dt.datetime) or cell is None else str(cell)


def _naive(cell: dt.date) -> dt.datetime:
    return cell.replace(tzinfo=None) if isinstance(cell, dt.datetime) else dt.datetime.combine(cell, dt.time())


def chosen(answer: Answer) -> list[tuple[str, str]]:
    """The period and the filters of a question, in words."""
    question = answer.question
    span = Period("", question.start, question.end)
    told = [(t("frame.period"), words.period(span) if span.start and span.end else t("frame.all_years"))]
    for name, codes in question.where:
        known = _labels(name)
        told.append(
            (
                pick(dimension(name).label),
                "、".join(pick(known.get(code)) or code or t("frame.unknown") for code in codes),
            )
        )
    return told


def _called(answer: Answer) -> str:
    return "_".join([pick(answer.metric.label), *(said for _, said in chosen(answer))])


def _labels(by: str) -> Mapping[str, Mapping]:
    return labels(by) if by not in ("day", "month", "quarter", "year") else {}


def _code(value: object, known: Mapping) -> object:
    return value if isinstance(value, dt.date) else pick(known.get(value)) or value
