"""Does a file change what its preview says, and nothing else; and is it as if it had never come where it is refused?"""

from __future__ import annotations

import functools
import json

import openpyxl
import pytest
from click.testing import CliRunner

from data_pipeline import __main__ as commands
from data_pipeline import build as building
from data_pipeline import delivery, filing, watch
from data_pipeline.store import Store, audit, marks
from data_pipeline.store.undo import step
from tests import miniature

HEAD = "編號,日期,管道,行政區,分鐘,姓名\n"
FIRST = HEAD + "A1,112.3.1,電話,永康區,5,王小明\nA2,112.3.2,APP,安平區,7,李小華\nA3,112.3.3,電話,東區,9,陳大文\n"
SECOND = (
    HEAD
    + "A1,112.3.1,電話,永康區,5,王小明\nA2,112.3.2,電話,安平區,8,李小華\nA4,112.3.4,電話,東區,1,王小明\nA5,112.13.4,電話,火星區,1,x\n"
)
TOO_LONG = HEAD + "A9,112.3.9,電話,永康區,301,王小明\n"


@pytest.fixture
def mini(tmp_path, monkeypatch) -> miniature.Miniature:
    """A small warehouse behind the real commands."""
    made = miniature.make(tmp_path)
    monkeypatch.setenv("RDEC_SOURCES", str(tmp_path / "sources"))
    monkeypatch.setattr(building, "build", functools.partial(building.build, warehouse=made.warehouse))
    return made


def run(store: Store, *arguments: object):
    return CliRunner().invoke(commands.cli, ["--store", str(store.root), *map(str, arguments)])


def put(mini: miniature.Miniature, text: str, name: str = "calls.csv"):
    path = mini.root / name
    path.write_text(text, encoding="utf-8")
    return path


def file(mini: miniature.Miniature, text: str, name: str = "calls.csv"):
    return run(mini.store, "file", put(mini, text, name), "--by", "wang")


def calls(mini: miniature.Miniature) -> list[tuple]:
    return mini.ask_current("select call_id, minutes from raw.calls order by 1")


def looked(mini: miniature.Miniature, text: str) -> dict:
    done = run(mini.store, "preview", put(mini, text), "--json")
    assert done.exit_code == 0, done.output
    (part,) = json.loads(done.stdout)["parts"]
    return part


def test_a_preview_says_what_would_change_and_keeps_nothing(mini):
    part = looked(mini, FIRST)
    assert part["replaces"] == "nothing" and part["counts"] | {"aside": 0} == {
        "added": 3, "changed": 0, "same": 0, "missing": 0, "refused": 0, "aside": 0
    }  # fmt: skip
    assert not (mini.store.root / "raw").exists() and not list((mini.store.root / "work").iterdir())
    mini.file("calls", "編號,日期\nS1,112.1.1\n", simulated=True)
    mini.build()
    assert looked(mini, FIRST)["replaces"] == "simulated" and looked(mini, FIRST)["counts"]["added"] == 3
    assert file(mini, FIRST).exit_code == 0
    part = looked(mini, SECOND)
    counts = {name: part["counts"][name] for name in ("added", "changed", "same", "missing", "refused")}
    assert counts == {"added": 1, "changed": 1, "same": 1, "missing": 1, "refused": 1}
    assert [row["call_id"] for row in part["added"]] == ["A4"] and [row["call_id"] for row in part["missing"]] == ["A3"]
    assert part["changed"] == [
        {"key": {"call_id": "A2"}, "columns": {"channel": ["app", "phone"], "minutes": [7, 8]}}
    ]  # fmt: skip
    assert {(each["row"], each["column"], each["value"]) for each in part["refused"]} == {
        (5, "received_on", "112.13.4"), (5, "district_id", "火星區"),
    }  # fmt: skip
    assert all(each["zh"] and each["en"] for each in part["refused"])
    assert (
        "王小明" not in json.dumps(part, ensure_ascii=False) and part["labels"]["channel"]["app"]["en"] == "Mobile app"
    )


def test_the_marked_file_is_the_file_with_its_reasons(mini):
    out = mini.root / "marked.xlsx"
    told = run(mini.store, "preview", put(mini, SECOND), "--marked", out)
    assert told.exit_code == 0 and "火星區" in told.stdout
    cells = openpyxl.load_workbook(out).active
    assert cells["F1"].value == "退件原因 · Reason" and [cell.value for cell in cells[1]][:2] == ["編號", "日期"]
    assert "日期" in cells["F5"].value and " · " in cells["F5"].value and cells["F2"].value is None
    assert [cell.coordinate for row in cells for cell in row if cell.fill.fgColor.rgb == "FFF8D7DA"] == ["B5", "D5"]
    assert "王小明" not in str([[cell.value for cell in row] for row in cells])


def test_a_file_is_kept_built_checked_and_published_in_one(mini):
    done = file(mini, FIRST)
    assert done.exit_code == 0 and "新增 added 3" in done.stdout
    assert calls(mini) == [("A1", 5), ("A2", 7), ("A3", 9)]
    (kept,) = mini.store.receipts("calls")
    assert marks.counts(mini.store.folder(kept))
    lines = [(each.by, each.what, each.about, each.file) for each in audit.trail(mini.store)]
    current = mini.store.current_name()
    assert lines == [("wang", "filed", "calls", "calls.csv"), ("wang", "published", current, "")]
    again = file(mini, FIRST)
    assert again.exit_code == 0 and "沒有變更" in again.stdout
    assert mini.store.current_name() == current and mini.store.receipts("calls") == [kept]


def test_progress_for_a_program_and_what_came_of_it(mini):
    done = run(mini.store, "file", put(mini, FIRST), "--progress", "json", "--by", "wang")
    *steps, told = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    steps = [each for each in steps if "step" in each]
    assert steps[0]["share"] == 0 and {"raw", "marts", "checks"} <= {each["step"] for each in steps}
    if "event" in told:  # the log, where it shares the stream
        told = next(json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"build"'))
    assert (told["build"], told["filed"], told["counts"]["added"]) == (mini.store.current_name(), ["calls"], 3)


def test_where_a_check_fails_it_is_as_if_the_file_had_never_come(mini):
    file(mini, FIRST)
    before = mini.store.current_name()
    done = file(mini, TOO_LONG)
    assert done.exit_code == commands.REFUSED and before in done.stderr
    assert "不超過 300" in done.stderr and "No call lasts more than 300" in done.stderr
    assert mini.store.current_name() == before and len(mini.store.receipts("calls")) == 1
    assert len(mini.store.receipts("calls", every=True)) == 2  # the bytes are kept
    assert audit.trail(mini.store)[-1].what == "refused" and "300" in audit.trail(mini.store)[-1].outcome
    mini.build()  # the next build does not know of it
    assert calls(mini) == [("A1", 5), ("A2", 7), ("A3", 9)]


def test_what_cannot_be_read_or_has_no_usable_row_is_refused(mini):
    file(mini, FIRST)
    for text, said in ((HEAD + "A1,112.13.1,電話,永康區,5,x\n", "沒有一列可用"), ("甲,乙\n1,2\n", "標題列")):
        done = file(mini, text)
        assert done.exit_code == commands.REFUSED and said in done.stderr
    assert run(mini.store, "file", put(mini, FIRST), "--by", " ").exit_code == commands.REFUSED
    assert run(mini.store, "file", put(mini, FIRST), "--source", "nothing").exit_code == 2
    assert len(mini.store.receipts("calls", every=True)) == 1
    with mini.store.writing():
        busy = file(mini, SECOND)
    assert busy.exit_code == commands.BUSY and audit.trail(mini.store)[-1].outcome.count("標題列") == 1


def test_what_is_no_file_is_told_in_both_languages(mini):
    (mini.root / "dir.csv").mkdir()
    for verb in (["preview"], ["file", "--by", "wang"], ["add"]):
        for name, zh, en in (("dir.csv", "是資料夾", "is a folder"), ("none.csv", "找不到", "no such file")):
            done = run(mini.store, *verb, mini.root / name)
            assert done.exit_code == 2 and "Usage" not in done.output
            assert f"{name}：{zh}" in done.stderr and en in done.stderr and "沒有收件" in done.stderr
    assert not mini.store.receipts("calls", every=True)


def test_a_file_of_no_source_says_which_comes_nearest_and_what_it_lacks(mini):
    text = "統計表\n編號,管道,行政區,王小明0912345678\nA1,電話,東區,x\n"
    near = run(mini.store, "preview", "--json", put(mini, text, "a.csv"))
    assert near.exit_code == commands.REFUSED
    facts = json.loads(near.stdout.splitlines()[0])["facts"]
    assert facts["seen"] == ["編號", "管道", "行政區"], "the header, and no telephone"
    assert facts["source"]["name"] == "calls" and facts["source"]["en"] and facts["source"]["zh"]
    assert [each["header"] for each in facts["required"] if not each["had"]] == ["日期"]
    assert [each["header"] for each in facts["required"] if each["had"]] == ["編號"]
    assert "最接近的是 calls" in near.stderr and "缺少 日期" in near.stderr and "comes nearest to calls" in near.stderr
    assert '"kind": "unrecognised"' in near.stderr and "王小明" not in near.stderr
    far = run(mini.store, "preview", "--json", put(mini, "甲,管道\n1,2\n", "b.csv"))
    assert json.loads(far.stdout.splitlines()[0])["facts"] == {"seen": ["甲", "管道"]}
    assert "最接近" not in far.stderr and "--source" in far.stderr
    named = run(mini.store, "preview", "--json", "--source", "calls", put(mini, "編號\nA1\n", "b.csv"))
    assert '"kind": "header"' in named.stderr and "b.csv：標題列（第 1 列）缺少必要欄位：日期" in named.stderr


def test_undo_brings_back_the_build_before_and_its_file_counts_no_more(mini):
    nothing = run(mini.store, "undo", "--by", "chen")
    assert nothing.exit_code == commands.REFUSED and "沒有可以復原的" in nothing.stderr
    file(mini, FIRST)
    first = mini.store.current_name()
    file(mini, SECOND)
    second = mini.store.receipts("calls")[-1]
    assert [each.pull for each in step(mini.store).deliveries] == [second.pull]
    passed = run(mini.store, "undo", "--build", first, "--by", "chen")  # what was to be taken back is not the last
    assert passed.exit_code == commands.REFUSED and "no longer in use" in passed.stderr
    done = run(mini.store, "undo", "--build", mini.store.current_name(), "--by", "chen")
    assert done.exit_code == 0 and first in done.stdout and mini.store.current_name() == first
    assert second not in mini.store.receipts("calls") and mini.store.files(second)[0].exists()
    line = audit.trail(mini.store)[-1]
    assert (line.by, line.what, line.about, line.file) == ("chen", "undone", "calls", "calls.csv")
    again = run(mini.store, "undo", "--by", "chen")
    assert again.exit_code == commands.REFUSED and mini.store.current_name() == first
    mini.build()
    assert [name for name, _ in calls(mini)] == ["A1", "A2", "A3"]
    rebuilt = run(mini.store, "undo", "--by", "chen")  # no file made that difference
    assert rebuilt.exit_code == commands.REFUSED and "rollback" in rebuilt.stderr
    assert file(mini, SECOND).exit_code == 0 and [name for name, _ in calls(mini)] == ["A1", "A2", "A4"]


def test_a_crash_before_the_checks_leaves_a_delivery_that_never_counts(mini):
    file(mini, FIRST)
    filing.add(mini.store, mini.sources["calls"], put(mini, SECOND), held=True)
    mini.build()
    assert [name for name, _ in calls(mini)] == ["A1", "A2", "A3"]
    assert file(mini, SECOND).exit_code == 0 and [name for name, _ in calls(mini)] == ["A1", "A2", "A4"]


class PowerCut(BaseException):
    """Ends a command where it stands, as nothing in it catches."""


def cut(*_) -> None:
    raise PowerCut


def test_a_crash_before_the_switch_leaves_a_delivery_that_is_built_and_not_kept_twice(mini, monkeypatch):
    file(mini, FIRST)
    with monkeypatch.context() as patch:
        patch.setattr(Store, "publish", cut)
        with pytest.raises(PowerCut):
            delivery.file(mini.store, mini.sources, (put(mini, SECOND),), None, "wang")
    assert [name for name, _ in calls(mini)] == ["A1", "A2", "A3"] and len(mini.store.receipts("calls")) == 2
    assert file(mini, SECOND).exit_code == 0
    assert [name for name, _ in calls(mini)] == ["A1", "A2", "A4"] and len(mini.store.receipts("calls")) == 2


# The watched folder


def lying(folder) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_what_is_dropped_into_a_folder_is_filed_or_put_aside_with_the_reason(mini):
    folder = mini.root / "drop"
    folder.mkdir()
    for name, text in (("calls1.csv", FIRST), ("calls2.csv", TOO_LONG), ("half.csv.part", FIRST)):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "calls9.csv").symlink_to(mini.root / "elsewhere.csv")
    done = run(mini.store, "watch", folder, "--every", "0", "--once", "--by", "watcher")
    assert done.exit_code == 0 and "1 個送件" in done.stdout and "1 個退件" in done.stdout
    assert lying(folder) == {"done/calls1.csv", "refused/calls2.csv", "refused/calls2.csv.txt", "half.csv.part"}
    said = (folder / "refused" / "calls2.csv.txt").read_text(encoding="utf-8")
    assert "不超過 300" in said and "correct it and file again" in said and said.count("\n") == 1
    assert calls(mini) == [("A1", 5), ("A2", 7), ("A3", 9)]
    (folder / "calls1.csv").write_text(FIRST, encoding="utf-8")  # a crash before it was moved: the file is still there
    before = mini.store.current_name()
    run(mini.store, "watch", folder, "--every", "0", "--once", "--by", "watcher")
    assert "done/calls1-2.csv" in lying(folder) and mini.store.current_name() == before
    assert len(mini.store.receipts("calls")) == 1


def test_a_file_that_still_grows_or_finds_another_writer_waits(mini):
    folder = mini.root / "drop"
    folder.mkdir()
    path = folder / "calls.csv"
    path.write_text(FIRST[:60], encoding="utf-8")
    seen = watch.look(folder)
    path.write_text(FIRST, encoding="utf-8")
    seen, filed, refused = watch.once(mini.store, mini.sources, folder, "w", seen)
    assert (filed, refused, lying(folder)) == (0, 0, {"calls.csv"})
    with mini.store.writing():
        seen, filed, refused = watch.once(mini.store, mini.sources, folder, "w", seen)
    assert (filed, refused, lying(folder)) == (0, 0, {"calls.csv"})
    assert watch.once(mini.store, mini.sources, folder, "w", seen)[1:] == (1, 0) and lying(folder) == {"done/calls.csv"}
