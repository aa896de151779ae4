"""Does what a template says read back as it says, for every source and in every form?"""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from click.testing import CliRunner

from data_pipeline import __main__ as commands
from data_pipeline import declarations, preview, template

SOURCES = {name: each for name, each in declarations.load().items() if each.where.protocol == "file"}


@pytest.mark.parametrize("name", SOURCES)
def test_a_template_reads_back_with_nothing_refused(name, tmp_path):
    """Recognised by its content alone where that can be, and each example a row of its own."""
    for form in template.FORMS:
        path = tmp_path / f"{name}{form}"
        path.write_bytes(template.make(SOURCES[name], form))
        work = tmp_path / form
        work.mkdir()
        (part,) = preview.look(path, SOURCES, None, work, SOURCES[name])
        counts = part["counts"]
        assert (counts["added"], counts["refused"], counts["aside"]) == (template.ROWS, 0, 0), (form, part["refused"])
        came = {key for row in part["added"] for key, value in row.items() if value is not None}
        assert came >= set(SOURCES[name].columns) and not part["notes"], form


def test_the_first_row_stays_and_the_second_sheet_explains():
    source = SOURCES["petitions"]
    book = openpyxl.load_workbook(io.BytesIO(template.make(source, ".xlsx")))
    data, notes = book.worksheets
    assert data.freeze_panes == "A2" and data["A2"].data_type == "s"
    told = "\n".join(str(cell.value or "") for row in notes.iter_rows() for cell in row)
    assert "陳情人姓名" in told and "每月；期末後 5 天內送件" in told and "monthly; due 5 days" in told
    for column in source.columns.values():
        assert f"「{template.header(column)}」" in told and column.label.en in told
    assert "市長信箱" in told and "永康區" in told
    with zipfile.ZipFile(io.BytesIO(template.make(source, ".ods"))) as parts:
        settings = parts.read("settings.xml").decode()
    assert "VerticalSplitPosition" in settings and 'config:name="資料 Data"' in settings


def test_units_stand_in_the_header_once():
    works = SOURCES["works"].columns
    assert template.header(works["budget_twd"]) == "工程總預算(千元)"
    assert template.header(SOURCES["work_progress"].columns["planned_progress"]).count("%") == 1


def test_a_template_by_command(tmp_path):
    def run(*arguments):
        return CliRunner().invoke(commands.cli, ["--store", str(tmp_path / "store"), "template", *arguments])

    assert run("petitions", "--out", str(tmp_path / "a.ods")).exit_code == 0 and (tmp_path / "a.ods").stat().st_size
    for wrong in (("petitions", "--out", str(tmp_path / "a.pdf")), ("nothing", "--out", "a.csv"),
                  ("tenders", "--out", str(tmp_path / "a.csv"))):  # fmt: skip
        assert run(*wrong).exit_code == 2
    lost = run("petitions", "--out", str(tmp_path / "no" / "a.csv"))
    assert lost.exit_code == commands.REFUSED and "請換一個位置" in lost.stderr
