"""Does what a template says read back as it says, for every source and in every form?"""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from click.testing import CliRunner

from data_pipeline import __main__ as commands
from data_pipeline import declarations, examples, preview, template

SOURCES = {name: each for name, each in declarations.load().items() if each.where.protocol == "file"}


@pytest.mark.parametrize("name", SOURCES)
def test_a_template_that_is_filled_in_reads_back_with_nothing_refused(name, tmp_path, monkeypatch):
    """Recognised by its content alone where that can be, and each row a row of its own."""
    made = {form: template.make(SOURCES[name], form) for form in template.FORMS}
    monkeypatch.setattr(examples, "rows", lambda source: [])  # these rows as somebody's own
    for form in template.FORMS:
        path = tmp_path / f"{name}{form}"
        path.write_bytes(made[form])
        work = tmp_path / form
        work.mkdir()
        (part,) = preview.look(path, SOURCES, None, work, SOURCES[name])
        counts = part["counts"]
        assert (counts["added"], counts["refused"], counts["aside"]) == (examples.ROWS, 0, 0), (form, part["refused"])
        came = {key for row in part["added"] for key, value in row.items() if value is not None}
        assert came >= set(SOURCES[name].columns) and not part["notes"], form


@pytest.mark.parametrize("name", SOURCES)
def test_examples_that_were_left_are_refused_as_such_and_what_was_filled_in_is_taken(name, tmp_path):
    source = SOURCES[name]
    own = [*examples.rows(source)[0].values()]
    changed = next(place for place, each in enumerate(source.columns.values()) if each.type in ("year", "month", "date", "datetime"))
    own[changed] = own[changed].replace("112", "110").replace("111", "110")
    mine = ",".join(f'"{cell}"' for cell in own)
    text = template.make(source, ".csv").decode("utf-8-sig")
    bodies = {"own.csv": f"{text}{mine}\n".encode()}  # read by the database itself
    if name in ("petitions", "learning_hours"):
        bodies |= {form: template.make(source, form) for form in template.FORMS} | {
            "titled.csv": f"標題\n{text}{mine}\n".encode(),  # row by row
            "saved again.csv": f"{text.replace('.00', '')}{mine}\n".encode(),  # by a program of spreadsheets
        }
    for form, body in bodies.items():
        work = tmp_path / form
        work.mkdir()
        path = work / (form if form.endswith(".csv") and form != ".csv" else f"a{form}")
        path.write_bytes(body)
        (part,) = preview.look(path, SOURCES, None, work, source)
        own = form not in template.FORMS
        assert (part["counts"]["added"], part["counts"]["refused"]) == (own, examples.ROWS), (form, part["refused"])
        assert {each["zh"] for each in part["refused"]} == {"範本的範例列，未刪除；不是資料，請刪去"}
        assert [each["row"] for each in part["refused"]] == [2 + (form == "titled.csv"), 3 + (form == "titled.csv")]


def test_the_first_row_stays_and_the_second_sheet_explains():
    source = SOURCES["petitions"]
    book = openpyxl.load_workbook(io.BytesIO(template.make(source, ".xlsx")))
    data, notes = book.worksheets
    assert data.freeze_panes == "A2" and data["A2"].data_type == "s"
    told = "\n".join(str(cell.value or "") for row in notes.iter_rows() for cell in row)
    assert "陳情人姓名" in told and "每月；期末後 5 天內送件" in told and "monthly; due 5 days" in told
    for column in source.columns.values():
        assert f"「{examples.header(column)}」" in told and column.label.en in told
    assert "市長信箱" in told and "永康區" in told
    with zipfile.ZipFile(io.BytesIO(template.make(source, ".ods"))) as parts:
        settings = parts.read("settings.xml").decode()
    assert "VerticalSplitPosition" in settings and 'config:name="資料 Data"' in settings


def test_units_stand_in_the_header_once():
    works = SOURCES["works"].columns
    assert examples.header(works["budget_twd"]) == "工程總預算(千元)"
    assert examples.header(SOURCES["work_progress"].columns["planned_progress"]).count("%") == 1


def test_a_template_by_command(tmp_path):
    def run(*arguments):
        return CliRunner().invoke(commands.cli, ["--store", str(tmp_path / "store"), "template", *arguments])

    assert run("petitions", "--out", str(tmp_path / "a.ods")).exit_code == 0 and (tmp_path / "a.ods").stat().st_size
    for wrong in (("petitions", "--out", str(tmp_path / "a.pdf")), ("nothing", "--out", "a.csv"),
                  ("tenders", "--out", str(tmp_path / "a.csv"))):  # fmt: skip
        assert run(*wrong).exit_code == 2
    lost = run("petitions", "--out", str(tmp_path / "no" / "a.csv"))
    assert lost.exit_code == commands.REFUSED and "請換一個位置" in lost.stderr
