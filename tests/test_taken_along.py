"""Is what is taken along what was shown? Every figure is read back from PPTX, PDF, ODP, ODS and XLSX and compared."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import io
import re
import shutil
import time
import zipfile
from collections.abc import Iterator

import odfdo
import openpyxl
import pypdf
import pytest
import python_calamine
from click.testing import CliRunner
from pptx import Presentation
from pptx.enum.dml import MSO_LINE
from pptx.util import Pt

from dashboard import export, look, warehouse, words
from dashboard.meeting import agenda, briefing, layout, native_chart, open_document, powerpoint, slides, workbook
from dashboard.meeting.model import Cell, Chart, Column, Deck, Grid, Series, Slide
from data_pipeline.store import Store, meetings
from tests import slide_examples

HOSTILE = (
    '=HYPERLINK("http://x","y")',
    '#panic("x") #let *粗* _斜_ `碼` $x$ \\ @ref <label> //註',
    "+1",
    "@SUM(A1)",
    "</text:p>",
    "{y} &amp;",
)
MAKERS = {
    "pptx": powerpoint.as_pptx,
    "pdf": briefing.as_pdf,
    "odp": open_document.as_odp,
    "ods": workbook.as_ods,
    "xlsx": workbook.as_xlsx,
}


@pytest.fixture(autouse=True)
def _store(warehouse) -> None:
    """The districts of the maps come from a build."""


@pytest.fixture(params=["zh", "en", "real"])
def deck(request) -> Deck:
    """The example in both languages, and the monthly agenda over the build."""
    if request.param == "real":
        with words.speaking("zh"):
            return slides.deck(agenda.load("monthly"), "113-03", dt.date(2024, 3, 26))
    return slide_examples.deck(request.param)


def hostile() -> Deck:
    """Texts that a spreadsheet, Typst, XML or PowerPoint would take for something, wherever a text can stand."""
    grid = Grid((Column(HOSTILE[0], 0.5), Column(HOSTILE[1], 0.5)),
                tuple((Cell(text), Cell(text, "behind", True)) for text in HOSTILE), HOSTILE[1])  # fmt: skip
    chart = Chart(
        "bars", HOSTILE, (Series(HOSTILE[0], (1.0,) * len(HOSTILE), ("1",) * len(HOSTILE)),), '"<&>件', HOSTILE[1]
    )
    common = {
        "topic": HOSTILE[0],
        "title": HOSTILE[1],
        "told": HOSTILE[0],
        "as_of": HOSTILE[1],
        "sources": HOSTILE,
        "notes": HOSTILE,
    }
    figures = tuple(
        dataclasses.replace(each, label=HOSTILE[1], notes=HOSTILE[:2])
        for each in slide_examples.deck().slides[1].figures
    )
    return dataclasses.replace(slide_examples.deck(), slides=(
        Slide("a", "works", grid=grid, **common), Slide("b", "trend", chart=chart, **common), Slide("c", "figures", figures=figures, **common),
    ))  # fmt: skip


@functools.cache
def made(form: str, deck: Deck) -> bytes:
    return MAKERS[form](deck)


def pptx(deck: Deck):
    return Presentation(io.BytesIO(made("pptx", deck)))


def shapes(holder) -> Iterator:
    for shape in holder:
        yield shape
        if shape.shape_type is not None and shape.shape_type.name == "GROUP":
            yield from shapes(shape.shapes)


def texts(page) -> list[str]:
    """The paragraphs of a slide, those of its tables too."""
    found = []
    for shape in shapes(page.shapes):
        frames = [shape.text_frame] if shape.has_text_frame else []
        if getattr(shape, "has_table", False) and shape.has_table:
            frames = [cell.text_frame for row in shape.table.rows for cell in row.cells]
        found += [paragraph.text for frame in frames for paragraph in frame.paragraphs]
    return found


def pages(deck: Deck) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made("pdf", deck))).pages]


def bare(text: str) -> str:
    """Without blanks: a line of a page may break anywhere."""
    return re.sub(r"\s+", "", text)


def odp(deck: Deck) -> odfdo.Document:
    return odfdo.Document(io.BytesIO(made("odp", deck)))


def sheets(data: bytes) -> dict[str, list[list]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


# Figures


def test_every_figure_of_a_slide_stands_in_the_deck(deck: Deck) -> None:
    file = pptx(deck)
    assert len(file.slides) == len(deck.slides)
    for page, slide in zip(file.slides, deck.slides, strict=True):
        said = texts(page)
        assert page.shapes.title.text_frame.text == slide.title
        for figure in slide.figures:
            assert {figure.label, figure.said, *figure.notes} <= set(said)
            assert figure.state is None or any(text.endswith(f" {figure.word}") for text in said)
        if slide.screen != "cover":
            assert slide.topic in said and (not slide.told or slide.told in said)
        if slide.grid:
            table = next(shape.table for shape in page.shapes if shape.has_table)
            read = [[cell.text_frame.text for cell in row.cells] for row in table.rows]
            assert read[0] == [column.title for column in slide.grid.columns]
            for cells, row in zip(read[1:], slide.grid.rows, strict=True):
                assert [
                    text.split(" ", 1)[1] if cell.state else text for text, cell in zip(cells, row, strict=True)
                ] == [cell.text for cell in row]
        if slide.map:
            assert {f"{word}　{count}" for _, word, count in slide.map.counts} <= set(said)


def test_every_chart_is_native_with_the_numbers_of_the_slide(deck: Deck) -> None:
    kinds = {"trend": "LINE", "curve": "LINE", "bars": "BAR_CLUSTERED", "states": "BAR_STACKED"}
    charts = 0
    for page, slide in zip(pptx(deck).slides, deck.slides, strict=True):
        if not slide.chart:
            continue
        charts += 1
        frame = next(shape for shape in page.shapes if shape.has_chart)
        drawn, plot = frame.chart, frame.chart.plots[0]
        assert drawn.chart_type.name.startswith(kinds[slide.chart.kind])
        for series, each in zip(plot.series, slide.chart.series, strict=False):
            assert series.values == each.values and series.name.endswith(each.name)
            painted = (
                series.format.fill.fore_color if slide.chart.kind in ("bars", "states") else series.format.line.color
            )
            assert f"#{painted.rgb}" == native_chart._tone(each.role)
        with words.speaking(deck.language):
            assert list(plot.categories) == native_chart.categories(slide.chart)
        behind = openpyxl.load_workbook(io.BytesIO(drawn.part.chart_workbook.xlsx_part.blob)).active
        for place, each in enumerate(slide.chart.series, start=2):
            assert [row[place - 1] for row in behind.iter_rows(min_row=2, values_only=True)] == pytest.approx(
                list(each.values)
            )
        assert drawn.value_axis.minimum_scale == 0 or slide.chart.kind == "trend"
        assert drawn._chartSpace.chart.xpath("c:dispBlanksAs/@val") in (["gap"], [])
    assert charts >= 3


def test_an_unfinished_month_says_so_and_its_line_is_dashed(chinese) -> None:
    deck = slide_examples.deck()
    chart = next(shape.chart for shape in pptx(deck).slides[2].shapes if shape.has_chart)
    assert list(chart.plots[0].categories)[-1] == "112.12（未滿）"
    assert chart.plots[0].series[0].points[11].format.line.dash_style == MSO_LINE.DASH


def test_bars_of_states_carry_shape_and_colour_and_the_target_is_a_line(chinese) -> None:
    file = pptx(slide_examples.deck())
    states = next(shape.chart for shape in file.slides[4].shapes if shape.has_chart)
    assert [series.name[0] for series in states.plots[0].series] == ["▲", "●", "◆", "■", "▌", "○"]
    trend = next(shape.chart for shape in file.slides[2].shapes if shape.has_chart)
    assert {series.name: series.values[0] for series in trend.plots[0].series}["目標 25 千件"] == 25.0
    assert "杜蘇芮颱風" in "".join(trend._chartSpace.itertext())


def test_every_part_of_a_bar_says_its_figure_on_it_or_under_its_name(deck: Deck) -> None:
    seen = 0
    for page, slide in zip(pptx(deck).slides, deck.slides, strict=True):
        if not slide.chart or slide.chart.kind != "states":
            continue
        plot = next(shape.chart for shape in page.shapes if shape.has_chart).plots[0]
        for series, each in zip(plot.series, slide.chart.series, strict=True):
            silent = set(series._element.xpath("c:dLbls/c:dLbl[c:delete/@val='1']/c:idx/@val"))
            for n, value in enumerate(each.values):
                beside = f"{layout.ICONS[each.role]} {each.texts[n]}" in list(plot.categories)[n]
                assert beside == (str(n) in silent) == (0 < (value or 0) < native_chart._longest(slide.chart) * 0.035)
                seen += beside
    assert seen


def test_the_map_is_thirty_seven_shapes_and_its_sites(chinese) -> None:
    page, slide = pptx(slide_examples.deck()).slides[7], slide_examples.deck().slides[7]
    ground, sites = (list(shape.shapes) for shape in page.shapes if shape.shape_type.name == "GROUP")
    districts = {row["zh"] for row in warehouse.table("seeds.districts")}
    drawn = [shape for shape in ground if shape.shape_type.name == "FREEFORM"]
    assert {shape.name for shape in drawn} == districts and len(drawn) == 37
    marks = [
        shape
        for shape in sites
        if shape.name in {*look.STATES, "安平再生水廠"} and not (shape.has_text_frame and shape.text_frame.text)
    ]
    assert len(marks) == len(slide.map.marks)
    assert all(shape.left >= 0 and shape.left + shape.width <= 13.34 * 914400 for shape in ground)


def test_every_figure_of_the_headline_stands_in_the_briefing(deck: Deck) -> None:
    found = pages(deck)
    said = bare("".join(found))
    assert 1 <= len(found) <= 2
    for slide in deck.slides:
        if slide.screen == "figures":
            for figure in slide.figures:
                assert (
                    bare(figure.label) in said
                    and bare(figure.said) in said
                    and all(bare(note) in said for note in figure.notes)
                )
                assert bare(figure.word) in said
        if slide.screen in ("works", "decisions", "changes") and slide.grid:
            for row in slide.grid.rows[:3]:
                assert all(bare(cell.text) in said for cell in row)
        assert all(bare(source) in said for source in slide.sources)
    assert bare(deck.title) in said and deck.build in said and bare(deck.simulated_mark) in said


def test_the_briefing_is_tagged_and_brings_its_font(deck: Deck) -> None:
    data = made("pdf", deck)
    read = pypdf.PdfReader(io.BytesIO(data))
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
    assert root["/Lang"] == {"zh": "zh-TW", "en": "en-US"}[deck.language]
    assert read.metadata.title == deck.title and read.metadata.creation_date == deck.made.replace(microsecond=0)
    assert "pdfuaid" in root["/Metadata"].get_data().decode()
    fonts = [font.get_object() for page in read.pages for font in page["/Resources"]["/Font"].values()]
    held = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert held and all("NotoSansTC" in each["/FontName"] and "/FontFile2" in each for each in held)
    assert [page.mediabox.width for page in read.pages] == pytest.approx([595.276] * len(read.pages), abs=0.1)
    assert b"/JavaScript" not in data and b"/URI" not in data


def test_every_figure_of_a_slide_stands_in_the_open_deck(deck: Deck) -> None:
    file = odp(deck)
    drawn = file.body.get_elements("draw:page")
    assert len(drawn) == len(deck.slides)
    for page, slide in zip(drawn, deck.slides, strict=True):
        said = [each.text_recursive for each in page.get_elements("descendant::text:p")]
        title = page.get_element("draw:frame[@presentation:class='title']")
        assert title.text_recursive.strip() == slide.title
        for figure in slide.figures:
            assert {figure.label, figure.said, *figure.notes} <= set(said)
        assert not slide.told or slide.told in said
        if slide.grid:
            rows = page.get_elements("descendant::table:table-row")
            read = [[cell.text_recursive.strip() for cell in row.get_elements("table:table-cell")] for row in rows]
            assert read[0] == [column.title for column in slide.grid.columns]
            for cells, row in zip(read[1:], slide.grid.rows, strict=True):
                assert all(text.endswith(cell.text) for text, cell in zip(cells, row, strict=True))
        if picture := slide.chart or slide.map:
            frame = page.get_element("draw:frame[draw:image]")
            assert frame.get_element("svg:title").text == picture.alt
            svg = file.get_part(frame.get_element("draw:image").get_attribute("xlink:href")).decode()
            assert svg.startswith("<svg") and "paint-order" not in svg


@pytest.mark.parametrize("form", ["ods", "xlsx"])
def test_every_number_of_the_deck_stands_in_its_workbook(deck: Deck, form: str) -> None:
    read = sheets(made(form, deck))
    facts, *rest = read.values()
    assert ["重大建設" in str(cell) or "Monthly" in str(cell) for cell in facts[0]].count(True) == 1
    assert any(deck.build in row for row in facts) and any(
        str(cell).startswith(deck.simulated_mark) for row in facts for cell in row
    )
    shown = [slide for slide in deck.slides if slide.screen != "cover"]
    for rows, slide in zip(rest, shown, strict=True):
        for figure in slide.figures:
            row = next(row for row in rows if row[:2] == [figure.label, figure.said])
            assert row[2] == figure.exact and (
                row[3] == pytest.approx(figure.raw) if figure.raw is not None else row[3] == ""
            )
        if slide.chart:
            start = next(n for n, row in enumerate(rows) if row[0] == slide.chart.alt) + 2
            for n in range(len(slide.chart.categories)):
                for column, series in enumerate(slide.chart.series, start=1):
                    assert rows[start + n][column] == (
                        "" if series.values[n] is None else pytest.approx(series.values[n])
                    )
                assert {series.texts[n] for series in slide.chart.series} <= {*map(str, rows[start + n]), ""}
        if slide.grid:
            for row in slide.grid.rows:
                assert [cell.text for cell in row] in [each[: len(row)] for each in rows]
        if slide.map:
            assert {(word, count) for _, word, count in slide.map.counts} <= {tuple(row[:2]) for row in rows}
            placed = {
                (round(row[2], 9), round(row[3], 9)) for row in rows if len(row) > 3 and isinstance(row[2], float)
            }
            assert placed == {(round(mark.longitude, 9), round(mark.latitude, 9)) for mark in slide.map.marks}


# Whatever the texts are


def test_hostile_texts_come_out_as_they_went_in() -> None:
    deck = hostile()
    for page, slide in zip(pptx(deck).slides, deck.slides, strict=True):
        assert page.shapes.title.text_frame.text == slide.title and slide.topic in texts(page)
        assert set(slide.notes) <= {each.text for each in page.notes_slide.notes_text_frame.paragraphs}
    said = bare("".join(pages(deck)))
    assert all(bare(text) in said for text in HOSTILE)
    opened = {each.text_recursive for each in odp(deck).body.get_elements("descendant::text:p")}
    assert set(HOSTILE) <= opened
    for form in ("ods", "xlsx"):
        cells = {cell for rows in sheets(made(form, deck)).values() for row in rows for cell in row}
        assert set(HOSTILE) <= cells


@pytest.mark.parametrize("rare", ["✖", "👍", "👩\u200d👧", "✔\ufe0f", "𠮷", "\U000e0041", "\x07", "\ue000"])
def test_a_character_that_the_font_lacks_does_not_stop_the_briefing(rare: str) -> None:
    deck = slide_examples.deck()
    changed = []
    for each in deck.slides:
        grid = each.grid and dataclasses.replace(each.grid, rows=((Cell(f"甲{rare}乙"), *each.grid.rows[0][1:]),))
        chart = each.chart and dataclasses.replace(each.chart, alt=f"圖{rare}", suffix=f"件{rare}")
        changed.append(
            dataclasses.replace(each, title=f"{each.title}{rare}", grid=grid, chart=chart, sources=(f"源{rare}",))
        )
    odd = dataclasses.replace(deck, title=f"{deck.title}{rare}", subtitle=rare, slides=tuple(changed))
    said = bare("".join(pages(odd)))
    seen = "" if rare == "\U000e0041" else "〓" * len(re.sub("[\u200d\ufe0f]", "", rare))
    assert f"甲{seen}乙" in said and f"源{seen}" in said


def test_the_font_is_read_as_typst_reads_it() -> None:
    letters = briefing._letters()
    assert {*"臺南市政府研考會〓—…−△●■▲◆○", "A", " ", "\u3000"} <= letters and not {"✖", "𠮷", "\ue000"} & letters
    assert 14_000 < len(letters) < 15_000


def test_no_text_becomes_a_formula_not_even_behind_a_chart() -> None:
    deck = hostile()
    assert "table:formula" not in zipfile.ZipFile(io.BytesIO(workbook.as_ods(deck))).read("content.xml").decode()
    books = [workbook.as_xlsx(deck)]
    books += [
        shape.chart.part.chart_workbook.xlsx_part.blob
        for page in pptx(deck).slides
        for shape in page.shapes
        if shape.has_chart
    ]
    assert len(books) == 2
    for book in books:
        assert all(
            cell.data_type != "f"
            for sheet in openpyxl.load_workbook(io.BytesIO(book))
            for row in sheet.iter_rows()
            for cell in row
        )


def test_the_same_deck_gives_the_same_bytes(chinese) -> None:
    deck = slides.deck(agenda.load("monthly"))
    first = {form: make(deck) for form, make in MAKERS.items()}
    time.sleep(1.1)  # what says the hour says it to the second
    assert {form for form, make in MAKERS.items() if make(deck) != first[form]} == set()


# PowerPoint's own


def test_nothing_in_the_deck_reaches_outside_or_runs(deck: Deck) -> None:
    for data in (made("pptx", deck), made("odp", deck)):
        archive = zipfile.ZipFile(io.BytesIO(data))
        assert archive.testzip() is None and {each.date_time[0] for each in archive.infolist()} == {1980}
        assert not [
            name for name in archive.namelist() if re.search(r"vba|macro|\.bin$|Basic/", name) and "printer" not in name
        ]
        for name in archive.namelist():
            if name.endswith(".rels"):
                assert b"TargetMode" not in archive.read(name), name
        assert len(archive.namelist()) == len(set(archive.namelist()))


def test_notes_alt_texts_and_languages_are_there(deck: Deck) -> None:
    spoken = {"zh": "zh-TW", "en": "en-US"}[deck.language]
    for page, slide in zip(pptx(deck).slides, deck.slides, strict=True):
        notes = page.notes_slide.notes_text_frame.text if page.has_notes_slide else ""
        assert all(note in notes for note in (slide.told, *slide.notes))
        for run in page._element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}rPr"):
            assert run.get("lang") == spoken
        described = [shape._element._nvXxPr.cNvPr.get("descr") for shape in page.shapes]
        if picture := slide.chart or slide.map:
            assert any((said or "").startswith(picture.alt) for said in described)
        if slide.grid:
            assert any((said or "").startswith(slide.title) for said in described)
        if slide.chart:
            chart = next(shape.chart for shape in page.shapes if shape.has_chart)
            assert chart._chartSpace.xpath("c:lang/@val") == [spoken]
    for page, slide in zip(odp(deck).body.get_elements("draw:page"), deck.slides, strict=True):
        held = page.get_element("presentation:notes")
        assert all(note in (held.text_recursive if held else "") for note in (slide.told, *slide.notes))


def test_the_deck_is_read_from_the_back_row() -> None:
    """Titles from 28 points, figures from 54, the rest from 16; the foot and what stands in a picture may be smaller."""
    deck = slide_examples.deck()
    for page, slide in zip(pptx(deck).slides, deck.slides, strict=True):
        sizes = {run.text: run.font.size for shape in page.shapes if shape.has_text_frame
                 for paragraph in shape.text_frame.paragraphs for run in paragraph.runs}  # fmt: skip
        assert sizes[slide.title] >= Pt(28)
        assert all(sizes[figure.value] >= Pt(54) for figure in slide.figures)
        told = [slide.told, slide.topic, *(text for figure in slide.figures for text in (figure.label, *figure.notes))]
        assert all(sizes[text] >= Pt(16) for text in told if text)
        assert all(size >= Pt(11) for size in sizes.values())


def test_page_numbers_are_fields_and_every_page_says_how_far_its_data_reach(deck: Deck) -> None:
    for number, (page, slide) in enumerate(zip(pptx(deck).slides, deck.slides, strict=True), start=1):
        field = page._element.xpath(".//a:fld[@type='slidenum']/a:t")
        assert [each.text for each in field] == [str(number)]
        foot = "".join(texts(page))
        assert (
            slide.as_of in foot
            and (deck.simulated_mark in foot) == slide.simulated
            and all(source in foot for source in slide.sources)
        )


# The command


def run(*arguments: str):
    return CliRunner().invoke(export.cli, list(arguments))


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [("deck", ".pptx"), ("deck", ".odp"), ("briefing", ".pdf"), ("tables", ".ods"), ("tables", ".xlsx")],
)
def test_the_command_writes_what_the_page_gives(tmp_path, kind: str, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    done = run(kind, "--lang", "en", "--out", str(path))
    assert done.exit_code == 0, done.output
    with words.speaking("en"):
        assert path.read_bytes() == MAKERS[suffix[1:]](slides.deck(agenda.load(export.USUAL[kind])))
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [(["deck", "--out", "x.doc"], 2, "Nothing was written"), (["deck"], 2, "--out"),
     (["briefing", "--meeting", "none", "--out", "x.pdf"], 3, "No meeting named none"),
     (["briefing", "--agenda", "none", "--out", "x.pdf"], 3, "no such file"),
     (["tables", "--out", "/proc/nowhere/x.ods"], 3, "nothing was written"),
     (["changes", "none"], 3, "No meeting named none")],
)  # fmt: skip
def test_a_mistake_gets_a_sentence_in_both_languages_and_a_code(tmp_path, monkeypatch, arguments, code, said) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.exit_code == code and said in done.output and "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def frozen(tmp_path, built_store, monkeypatch) -> Store:
    """A store in which a meeting was frozen, with an agenda of two slides and the page that was projected."""
    store = Store(shutil.copytree(built_store, tmp_path / "store"))
    shown = tmp_path / "shown"
    shown.mkdir()
    (shown / "slides-zh.html").write_text("<!doctype html>當天所見", encoding="utf-8")
    (shown / "agenda.yml").write_text(
        "title: {zh: 當天, en: That day}\nslides:\n  - {screen: cover}\n  - {screen: works, list: monthly}\n",
        encoding="utf-8",
    )
    with store.writing():
        meetings.freeze(store, "113-03", dt.date(2024, 3, 26), "test", shown)
    monkeypatch.setenv("RDEC_STORE", str(store.root))
    warehouse.here.cache_clear()
    return store


def test_a_frozen_meeting_is_taken_along_as_it_was_shown(frozen, tmp_path) -> None:
    path = tmp_path / "x.html"
    assert run("slides", "--meeting", "113-03", "--out", str(path)).exit_code == 0
    assert path.read_bytes() == (frozen.root / "meetings" / "113-03" / "slides-zh.html").read_bytes()
    path = tmp_path / "x.pptx"
    assert run("deck", "--meeting", "113-03", "--out", str(path)).exit_code == 0
    file = Presentation(path)
    assert file.slides[0].shapes.title.text_frame.text == "當天" and len(file.slides) == 2
    assert file.core_properties.keywords == meetings.meeting(frozen, "113-03").build and "113.3.26" in "".join(texts(file.slides[0]))


def test_a_snapshot_holds_what_was_shown_in_every_form(tmp_path, chinese) -> None:
    build = warehouse.here().name()
    done = run("snapshot", "--name", "113-04", "--date", "2024-04-26", "--build", build, "--into", str(tmp_path / "x"))
    assert done.exit_code == 0, done.output
    names = {path.name for path in (tmp_path / "x").iterdir()}
    assert names == {
        "agenda.yml", "slides-zh.html", "slides-en.html", "deck-zh.pptx", "deck-en.pptx", "briefing-zh.pdf",
        "briefing-en.pdf", "tables-zh.ods",
    }  # fmt: skip
    of = agenda.load("monthly")
    assert (tmp_path / "x" / "agenda.yml").read_text(encoding="utf-8") == of.text
    deck = slides.deck(of, "113-04", dt.date(2024, 4, 26))
    assert (tmp_path / "x" / "deck-zh.pptx").read_bytes() == powerpoint.as_pptx(deck)
    shown = (tmp_path / "x" / "slides-zh.html").read_text(encoding="utf-8")
    assert all(figure.value in shown for slide in deck.slides for figure in slide.figures)


def test_what_changed_is_printed_kind_by_kind(frozen) -> None:
    done = run("changes", "113-03", "--lang", "en")
    heads = [line for line in done.output.splitlines() if line.startswith("■")]
    assert done.exit_code == 0 and len(heads) == 8, done.output
    # The build in use is the frozen one: nothing but who is silent has a line, and the figures, which did not move.
    lines = [line for line in done.output.splitlines() if line.startswith("  ")]
    rows = [line for line in lines if "Corrected:" in line]
    assert len(rows) == 7 and all("Corrected: 0" in row for row in rows)
    assert all("Still missing" in line for line in lines if line not in rows)


def test_every_form_of_the_page_has_its_words() -> None:
    for language in words.LANGUAGES:
        with words.speaking(language):
            assert all(words.t(f"meeting.take_{name}") for name in export.FORMS)
