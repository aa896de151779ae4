"""Which figures were shown? A workbook: a sheet that says what they are, then one sheet a slide with its figures.

Charts give the numbers that the axis prints and the texts that people say; text is written as text, whatever it begins
with.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import xlsxwriter

from dashboard import downloads, words
from dashboard.meeting import zipped
from dashboard.meeting.model import Chart, Deck, Figure, Grid, Map, Slide
from dashboard.words import t

Rows = list[tuple]
LONGEST = 31  # letters of a sheet's name
WIDTHS = (34, 16)  # of the first column and of the others, in letters


def as_ods(deck: Deck) -> bytes:
    """The tables as an open document; the same deck gives the same bytes."""
    return zipped.settle(downloads.ods_book(deck.title, zipped.naive(deck.made), sheets(deck).items()))


def as_xlsx(deck: Deck) -> bytes:
    """The same sheets for Excel."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, downloads.NEVER)
    book.set_properties({"title": deck.title, "created": zipped.naive(deck.made)})
    for name, rows in sheets(deck).items():
        sheet = book.add_worksheet(name)
        sheet.set_column(0, 0, WIDTHS[0])
        sheet.set_column(1, 20, WIDTHS[1])
        for place, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, bool) or cell is None:
                    sheet.write(place, column, cell)
                elif isinstance(cell, int | float):
                    sheet.write_number(place, column, cell)
                else:
                    sheet.write_string(place, column, str(cell))
    book.close()
    return out.getvalue()


def sheets(deck: Deck) -> dict[str, Rows]:
    """Name of a sheet → its rows: text, numbers and None."""
    with words.speaking(deck.language):
        found = {t("taken_along.facts"): _facts(deck)}
        for number, slide in enumerate(deck.slides, start=1):
            if slide.screen != "cover":
                # A number of its own, so that no two sheets have one name.
                name = re.sub(r"[\[\]:*?/\\']+", " ", f"{number} {slide.topic or slide.title}")
                found[name[:LONGEST].strip()] = _slide(slide, deck)
    return found


def _facts(deck: Deck) -> Rows:
    """What the figures are, before any figure."""
    simulated = any(slide.simulated for slide in deck.slides)
    kind = f"{deck.simulated_mark}　{t('frame.simulated_note')}" if simulated else t("taken_along.real")
    facts = [
        ("title", deck.title), ("meeting", deck.meeting or deck.subtitle),
        ("date", deck.date.isoformat() if deck.date else deck.subtitle), ("build", deck.build),
        *(("reach", each) for each in dict.fromkeys(slide.as_of for slide in deck.slides if slide.as_of)),
        *(("sources", each) for each in dict.fromkeys(one for slide in deck.slides for one in slide.sources)),
        ("licence", t("taken_along.licence_note")), ("kind", kind),
    ]  # fmt: skip
    return [(t(f"taken_along.{name}"), said) for name, said in facts]


def _slide(slide: Slide, deck: Deck) -> Rows:
    told = [("topic", slide.topic), ("message", slide.title), ("sentence", slide.told), ("reach", slide.as_of),
            ("kind", deck.simulated_mark if slide.simulated else t("taken_along.real")),
            *(("sources", each) for each in slide.sources)]  # fmt: skip
    rows: Rows = [(t(f"taken_along.{name}"), said) for name, said in told if said]
    for part in (_figures(slide.figures), *_drawn(slide.chart), _grid(slide.grid), *_placed(slide.map)):
        if part:
            rows += [(), *part]
    return rows


def _figures(figures: tuple[Figure, ...]) -> Rows:
    if not figures:
        return []
    head = tuple(t(f"taken_along.{name}") for name in ("figure", "value", "exact", "raw", "state", "notes"))
    return [head, *((each.label, each.said, each.exact, each.raw, each.word, *each.notes) for each in figures)]


def _drawn(chart: Chart | None) -> Iterator[Rows]:
    """The numbers of a chart, beside them the texts; its target and events."""
    if chart is None:
        return
    unit = f"（{chart.suffix}）" if chart.suffix else ""
    said = [each for each in chart.series if any(each.texts)]
    names = list(chart.categories)
    if chart.unfinished:
        names[-1] = t("taken_along.unfinished", month=names[-1])
    head = (t("taken_along.item"), *(f"{each.name}{unit}" for each in chart.series), *(each.name for each in said))
    yield [
        (chart.alt,),
        head,
        *(
            (name, *(each.values[n] for each in chart.series), *(each.texts[n] for each in said))
            for n, name in enumerate(names)
        ),
    ]
    rest: Rows = [(t("taken_along.target"), chart.target, chart.target_text)] if chart.target is not None else []
    rest += [(t("taken_along.events"), chart.categories[place], text) for place, text in chart.events]
    yield [*rest, *([(chart.gap,)] if chart.gap else [])]


def _grid(grid: Grid | None) -> Rows:
    if grid is None:
        return []
    rows: Rows = [tuple(each.title for each in grid.columns)]
    rows += [tuple(cell.text for cell in row) for row in grid.rows]
    return [*rows, *([(grid.more,)] if grid.more else [])]


def _placed(shown: Map | None) -> Iterator[Rows]:
    """The key of a map with its counts, and its sites."""
    if shown is None:
        return
    yield [(t("taken_along.state"), t("taken_along.count")), *((word, count) for _, word, count in shown.counts)]
    known = {state: word for state, word, _ in shown.counts}
    head = tuple(t(f"taken_along.{name}") for name in ("site", "state", "longitude", "latitude", "size", "rough"))
    yield [head, *((each.label, known.get(each.state, each.state), each.longitude, each.latitude, each.step,
                    "○" if each.rough else "") for each in shown.marks)]  # fmt: skip
