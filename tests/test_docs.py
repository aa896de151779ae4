"""Do the documents still say what the code does? Commands, links, variables, and the worked example are tried."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click
import pytest

from data_pipeline import build, declarations, filing
from data_pipeline.__main__ import cli
from data_pipeline.store import Store
from tests.conftest import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]


def code_in(text: str) -> list[str]:
    """Lines of fenced blocks, and inline code."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, flags=re.S | re.M)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))
    return [line for block in blocks for line in block.splitlines()] + inline


def block_after(path: str) -> str:
    """The fenced block that README gives as the content of a file."""
    found = re.search(rf"`{re.escape(path)}`\n+```\w+\n(.*?)```", README, flags=re.S)
    assert found, path
    return found[1]


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_every_command_named_exists_with_its_options(document: Path) -> None:
    for line in code_in(document.read_text(encoding="utf-8")):
        if found := re.match(r"python -m data_pipeline\s+(\S+)(.*)", line.split("#")[0]):
            name, rest = found[1], found[2]
            if name.startswith("-"):
                continue
            assert name in cli.commands, line
            command = cli.commands[name]
            if isinstance(command, click.Group):
                assert (rest.split() or [""])[0] in command.commands, line
                command = command.commands[rest.split()[0]]
            known = {option for each in command.params for option in each.opts}
            wanted = set(re.findall(r"(?<!\S)--[a-z-]+", rest))
            assert wanted <= known | {"--help"}, line


def test_every_command_is_told_of_in_the_readme() -> None:
    missing = [name for name in cli.commands if f"python -m data_pipeline {name}" not in README]
    assert not missing
    groups = {name: each for name, each in cli.commands.items() if isinstance(each, click.Group)}
    within = {f"{name} {sub}" for name, each in groups.items() for sub in each.commands}
    assert not [name for name in within if f"python -m data_pipeline {name}" not in README]
    every = [*cli.commands.values(), *(sub for each in groups.values() for sub in each.commands.values())]
    assert all(isinstance(each, click.Command) and each.help for each in every)


def test_every_make_target_named_exists() -> None:
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M))
    named = {
        target for document in DOCUMENTS for target in re.findall(r"\bmake ([a-z]+)\b", document.read_text("utf-8"))
    }
    assert {"run", "test"} <= {each for each in named if each in made}
    assert {each for line in code_in(README) for each in re.findall(r"^make ([a-z]+)", line)} <= made


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8"))
    broken = [
        link
        for link in links
        if not re.match(r"[a-z]+:", link) and not (document.parent / link.partition("#")[0]).exists()
    ]
    assert not broken


def test_every_path_in_code_marks_exists() -> None:
    """`duckdb/rules.yml` and the like; what is written at run time, and the worked example, are named here."""
    made_later = ("duckdb/store", "research_projects", "duckdb/__init__.py")
    for document in DOCUMENTS:
        for code in code_in(document.read_text(encoding="utf-8")):
            if re.fullmatch(r"(app\.py|(pages|dashboard|data_pipeline|duckdb|docs|tests)/[\w./-]*)", code):
                assert any(each in code for each in made_later) or (ROOT / code).exists(), f"{document.name}: {code}"


def test_every_environment_variable_named_is_read() -> None:
    named = set(re.findall(r"`((?:RDEC_[A-Z_]+)|CHROMIUM)`", README))
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("data_pipeline", "dashboard", "tests/browser")
        for path in (ROOT / folder).rglob("*.py")
    )
    read = set(re.findall(r"""environ(?:\.get\(|\[)["']([A-Z_]+)["']""", code))
    assert named <= read
    assert {each for each in read if each.startswith("RDEC_")} <= named, "a variable that the README does not tell of"


def test_the_exit_codes_are_those_of_the_code() -> None:
    import data_pipeline.__main__ as command

    assert f"{command.REFUSED} 拒絕" in README and f"{command.PULL_FAILED} 取得失敗" in README
    assert f"{command.BUSY} 另一個建置" in README


def test_the_worked_example_takes_a_file_from_its_bytes_to_a_view(tmp_path: Path) -> None:
    """As the README tells it: a declaration, a staging file, then add and build."""
    sources, warehouse = tmp_path / "sources", tmp_path / "duckdb"
    shutil.copytree(declarations.SOURCES, sources)
    shutil.copytree(build.WAREHOUSE, warehouse, ignore=shutil.ignore_patterns("store"))
    (sources / "research_projects.yml").write_text(
        block_after("data_pipeline/sources/research_projects.yml"), encoding="utf-8"
    )
    (warehouse / "staging" / "research_projects.sql").write_text(
        block_after("duckdb/staging/research_projects.sql"), encoding="utf-8"
    )
    file = tmp_path / "委託研究113.csv"
    file.write_text(
        "計畫編號,計畫名稱,委託機關,開始日期,經費,計畫主持人\n"
        "R1,開放政府,研考會,113.3.26,\"1,200\",王小明\nR2,智慧城市,研考會,113年某月,900,李小華\n",
        encoding="cp950",
    )  # fmt: skip
    store, known = Store(tmp_path / "store"), declarations.load(sources)
    source = filing.recognise(file, known)[0]
    filing.add(store, source, file)
    with store.writing():
        made = build.build(store, known, warehouse=warehouse)
    (loaded,) = (each for each in made.loaded if each.source == "research_projects")
    assert (loaded.rows, loaded.rejects) == (1, 1)
    assert not any("王小明".encode() in path.read_bytes() for path in store.files(store.latest(source.name)))

    import duckdb

    with duckdb.connect(str(made.build.path), read_only=True) as con:
        row = con.execute(
            "select project_id, started_on::varchar, budget_twd from staging.research_projects"
        ).fetchone()
    assert row == ("R1", "2024-03-26", 1_200_000)
