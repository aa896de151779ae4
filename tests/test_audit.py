"""Does the trail say who did what, and is it still there after everything else was made anew?"""

from __future__ import annotations

import functools
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner

from data_pipeline import __main__ as commands
from data_pipeline import build as building
from data_pipeline.store import Store, audit
from tests import miniature


@pytest.fixture
def mini(tmp_path, monkeypatch) -> miniature.Miniature:
    made = miniature.make(tmp_path)
    monkeypatch.setenv("RDEC_SOURCES", str(tmp_path / "sources"))
    monkeypatch.setattr(building, "build", functools.partial(building.build, warehouse=made.warehouse))
    return made


def run(store: Store, *arguments: object):
    done = CliRunner().invoke(commands.cli, ["--store", str(store.root), *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done


def test_each_command_that_changes_something_signs_for_it(mini):
    path, out = mini.root / "calls.csv", mini.root / "a.zip"
    path.write_text("編號,日期\nA1,112.3.1\n", encoding="utf-8")
    run(mini.store, "add", path, "--by", "a")
    run(mini.store, "build", "--no-sample", "--by", "b")
    first = mini.store.current_name()
    run(mini.store, "build", "--no-sample", "--by", "c")
    second = mini.store.current_name()
    run(mini.store, "rollback", "--by", "d")
    run(mini.store, "publish", second, "--by", "e")
    run(mini.store, "meeting", "freeze", "113-01", "--date", "113.1.26", "--no-slides", "--by", "f")
    run(mini.store, "meeting", "export", "113-01", "--out", out, "--by", "g")
    noted = run(mini.store, "note", "add", "--about", "work:W1", "--text", "x", "--by", "h").stdout.split()[-1]
    run(mini.store, "note", "close", noted, "--text", "x", "--by", "i")
    assert [(each.by, each.what, each.about) for each in audit.trail(mini.store)] == [
        ("a", "filed", "calls"), ("b", "published", first), ("c", "published", second), ("d", "rolled_back", first),
        ("e", "published", second), ("f", "frozen", "113-01"), ("g", "exported", "113-01"), ("h", "noted", "work:W1"),
        ("i", "closed", "work:W1"),
    ]  # fmt: skip
    lines = (mini.store.root / "audit.jsonl").read_bytes()
    run(mini.store, "build", "--no-sample", "--keep", "1", "--by", "j")
    assert (mini.store.root / "audit.jsonl").read_bytes().startswith(lines)
    told = json.loads(run(mini.store, "audit", "--json").stdout)
    assert told[0]["by"] == "a" and told[-1]["by"] == "j" and "rolled_back" in run(mini.store, "audit").stdout


def test_a_build_that_fails_its_checks_is_signed_for_as_refused(mini):
    mini.file("calls", "編號,日期,分鐘\nA1,112.3.1,301\n")
    done = CliRunner().invoke(commands.cli, ["--store", str(mini.store.root), "build", "--no-sample", "--by", "b"])
    assert done.exit_code == commands.REFUSED
    (line,) = audit.trail(mini.store)
    assert (line.by, line.what, line.about) == ("b", "refused", "build") and "calls_end" in line.outcome


def test_a_line_is_one_line_whatever_is_in_it(tmp_path):
    store = Store(tmp_path)
    audit.record(store, "a\nb\u202e", "filed", "x" * 9_000, '"},{"by":"chen', "[/] 王\0")
    (line,) = audit.trail(store)
    assert (line.by, len(line.about), line.file, line.outcome) == ("a b", audit.LONGEST, '"},{"by":"chen', "[/] 王")
    with pytest.raises(ValueError, match="forged"):
        audit.record(store, "a", "forged", "x")
    assert "[/] 王" in CliRunner().invoke(commands.cli, ["--store", str(tmp_path), "audit"]).stdout


def test_many_writers_lose_no_line_and_a_cut_one_spoils_none(tmp_path):
    store = Store(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: audit.record(store, str(n), "noted", "x"), range(200)))
    with (tmp_path / "audit.jsonl").open("ab") as file:
        file.write(b'{"at": "2024')
    audit.record(store, "after", "noted", "x")
    assert sorted(each.by for each in audit.trail(store)) == sorted([*map(str, range(200)), "after"])
