"""Does each line live where the house says? `docs/ARCHITECTURE.md` in the form of tests."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml

from data_pipeline import cells, declarations

ROOT = Path(__file__).parent.parent
PACKAGES = ("pages", "dashboard", "data_pipeline")
SQL = re.compile(
    r"\b(select\s.+\sfrom\s|insert\s+into\s|create\s+(or\s+replace\s+)?(table|view|macro)\s|\bmarts\.\w+\s+where\b)",
    re.I | re.S,
)


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Every module a file imports, with what it takes from it: `data_pipeline.store`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{each.name}" for each in node.names}
    return found


def texts(path: Path) -> Iterator[str]:
    """Every string of a file but its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
        and node.body and isinstance(node.body[0], ast.Expr)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def both(value: object) -> bool:
    return isinstance(value, dict) and all(str(value.get(key) or "").strip() for key in ("zh", "en"))


def test_no_python_lives_in_the_warehouse():
    store = ROOT / "duckdb" / "store"
    assert [path for path in (ROOT / "duckdb").rglob("*.py") if store not in path.parents] == []


def test_duckdb_is_the_installed_one():
    assert ROOT / "duckdb" not in Path(duckdb.__file__).parents and "site-packages" in duckdb.__file__


def test_the_pipeline_knows_no_dashboard():
    assert {(path.name, each) for path in modules("data_pipeline") for each in imports(path)
            if each.split(".")[0] in ("dashboard", "pages", "streamlit")} == set()  # fmt: skip


def test_the_dashboard_knows_the_pipeline_by_one_door():
    wrong = {
        (path.name, each)
        for path in [*modules("dashboard", "pages"), ROOT / "app.py"]
        for each in imports(path)
        if each.split(".")[0] == "data_pipeline" and not each.startswith("data_pipeline.store")
    }
    assert wrong == set()


def test_pages_hold_no_sql_and_open_no_connection():
    for path in modules("pages"):
        assert [text for text in texts(path) if SQL.search(text)] == [], path.name
        assert not {each for each in imports(path) if each.split(".")[0] in ("duckdb", "sqlite3", "data_pipeline")}


def test_no_page_stops_the_run():
    """After `st.stop()` the framework takes nothing more: neither the link nor the lists of periods would come."""
    assert not [path.name for path in (ROOT / "pages").glob("*.py") if "st.stop" in path.read_text(encoding="utf-8")]


def test_the_search_for_sql_finds_sql():
    for text in ("select a from marts.b", "SELECT *\nFROM x", "create table x as", "insert into y values"):
        assert SQL.search(text)
    for text in ("Selected from the list", "請選擇", "create a view"):
        assert not SQL.search(text)


def test_no_file_is_longer_than_four_hundred_lines():
    assert [(path.name, lines) for path in modules(*PACKAGES)
            if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400] == []  # fmt: skip


def test_every_module_says_first_what_it_answers():
    silent = [path.name for path in modules(*PACKAGES) if path.read_text(encoding="utf-8").strip()
              and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]  # fmt: skip
    assert silent == []


def test_no_drawer_for_everything():
    banned = {"utils", "common", "helpers", "manager", "misc"}
    assert [path for path in modules(*PACKAGES, "tests") if banned & set(path.stem.split("_"))] == []


def test_every_sql_file_says_its_grain_or_its_claim_on_line_one():
    for folder in ("staging", "marts", "checks"):
        for path in sorted((ROOT / "duckdb" / folder).glob("*.sql")):
            first = path.read_text(encoding="utf-8").splitlines()[0]
            assert first.startswith("-- ") and len(first) > 8, path
            if folder == "checks":
                zh, mark, en = first.removeprefix("-- ").partition(" / ")
                assert mark and re.search(r"[一-鿿]", zh) and re.search(r"[A-Za-z]", en), path.name


def test_every_source_has_its_staging_and_every_staging_its_source():
    declared = set(declarations.load())
    staged = {path.stem for path in (ROOT / "duckdb" / "staging").glob("*.sql")}
    assert declared <= staged
    assert staged - declared <= {"published_figures"}  # the ledger comes with the project
    assert {path.suffix for path in declarations.SOURCES.iterdir() if path.is_file()} == {".yml"}


def test_staging_reads_its_own_source_and_decides_nothing():
    for path in sorted((ROOT / "duckdb" / "staging").glob("*.sql")):
        text = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
        assert set(re.findall(r"\b(?:raw|staging|marts|seeds)\.\w+", text)) == {f"raw.{path.stem}"}, path.name


def test_no_declared_column_is_a_word_of_sql():
    with duckdb.connect() as con:
        words = con.execute("select keyword_name from duckdb_keywords() where keyword_category = 'reserved'").fetchall()
    reserved = {word for (word,) in words}
    assert {(source.name, name) for source in declarations.load().values() for name in source.columns
            if name in reserved} == set()  # fmt: skip


def test_every_metric_and_dimension_is_said_in_both_languages():
    content = yaml.safe_load((ROOT / "duckdb" / "metrics.yml").read_text(encoding="utf-8"))
    for name, each in content["dimensions"].items():
        assert both(each["label"]), name
    for name, each in content["sets"].items():
        assert both(each["title"]), name
        for metric, declared in each["metrics"].items():
            assert both(declared["label"]) and both(declared["means"]), f"{name}.{metric}"
            assert "caution" not in declared or both(declared["caution"]), f"{name}.{metric}"


def test_every_rule_is_said_in_both_languages():
    content = yaml.safe_load((ROOT / "duckdb" / "rules.yml").read_text(encoding="utf-8"))
    for name, each in content["rules"].items():
        assert both(each["label"]) and isinstance(each["default"], bool), name


def test_every_source_and_column_is_said_in_both_languages():
    for source in declarations.load().values():
        assert all((source.title.zh, source.title.en, source.producer.zh, source.producer.en)), source.name
        for name, column in source.columns.items():
            assert column.label.zh.strip() and column.label.en.strip(), (source.name, name)


@pytest.mark.parametrize("name", ["codes", "agencies", "districts", "reject_reasons"])
def test_every_code_is_said_in_both_languages(name):
    with duckdb.connect() as con:
        path = str(ROOT / "duckdb" / "seeds" / f"{name}.csv")
        silent = con.execute("from read_csv(?, header=true, all_varchar=true) where trim(coalesce(zh, '')) = '' "
                             "or trim(coalesce(en, '')) = ''", [path]).fetchall()  # fmt: skip
        assert silent == []
        assert "note" in [row[0] for row in con.execute("describe from read_csv(?, header=true)", [path]).fetchall()]


def test_every_type_has_its_reason_and_its_place_in_sql():
    kinds = set(declarations.Type.__args__)
    assert kinds == set(cells.SQL_TYPES)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-engine.txt"])
def test_requirements_are_pinned_exactly(name):
    lines = [line.split(";")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    wanted = [line for line in lines if line and not line.startswith(("#", "-r", "-c"))]
    assert wanted and all(re.fullmatch(r"[\w.\-]+(\[[\w,\-]+\])?==[\w.]+", line) for line in wanted)


def test_what_the_pipeline_imports_is_required_by_name():
    required, optional = (
        (ROOT / name).read_text(encoding="utf-8").lower() for name in ("requirements.txt", "requirements-engine.txt")
    )
    own = {"data_pipeline", "dashboard", "pages", "tests", "__future__"}
    known = {"yaml": "pyyaml", "python_calamine": "python-calamine", "pyspark": "pyspark-client"}
    for path in modules("data_pipeline"):
        # engine.py imports the optional ones when it is asked for an engine: test_engine.py.
        named = required + optional if path.name == "engine.py" else required
        for each in {each.split(".")[0] for each in imports(path)} - own - set(sys.stdlib_module_names):
            assert re.search(rf"^{re.escape(known.get(each, each))}==", named, re.M), (path.name, each)


def test_nothing_here_fails_on_another_system():
    """No call that Windows lacks outside a guard, and no text file opened in the machine's own encoding."""
    for path in modules("data_pipeline"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\bos\.(fork|getuid|kill|mkfifo|chown)\(", text), path.name
        if "fcntl" in text:
            assert "win32" in text
        for call in re.findall(r"\.(?:read_text|write_text)\(([^)]*)\)", text):
            assert "encoding" in call, (path.name, call)
