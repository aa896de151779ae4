"""Do the commands do what they say, and do their exit codes?"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from data_pipeline import __main__ as commands
from data_pipeline import build as building
from data_pipeline import meeting_commands
from data_pipeline.days import Day
from data_pipeline.pull import PullError
from data_pipeline.store import Store, StoreError, meetings, notes
from tests import miniature

ROOT = Path(__file__).parent.parent
CALLS = "話務編號,受理時間,管道,服務類型,案件類別,機關,行政區,等候秒數\n"
ROW = "C1,2024-01-01 08:00:00,電話,諮詢,交通運輸,交通局,永康區,5\n"


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def published(tmp_path, built_store) -> Store:
    """A copy of a store with a build in use."""
    shutil.copytree(built_store, tmp_path / "store", ignore=shutil.ignore_patterns("work"))
    return Store(tmp_path / "store")


def run(store: Store, *arguments: str):
    """A command within this process: exit code, what was said, what was logged."""
    return CliRunner().invoke(commands.cli, ["--store", str(store.root), *arguments])


def test_help_names_every_command_in_both_languages():
    done = subprocess.run(
        [sys.executable, "-m", "data_pipeline", "--help"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 0
    for name in ("sample", "add", "pull", "build", "publish", "rollback", "builds", "status", "meeting", "note"):
        line = next(line for line in done.stdout.splitlines() if line.strip().startswith(name))
        assert any("一" <= letter <= "鿿" for letter in line) and any(letter.isascii() for letter in line)


def test_wrong_usage_is_two(store):
    assert run(store, "bild").exit_code == 2
    assert run(store, "build", "--no-such-thing").exit_code == 2
    assert run(store, "add").exit_code == 2
    assert run(store, "add", "no-such-file.csv").exit_code == 2
    done = run(store, "pull", "nothing")
    assert done.exit_code == 2 and "hotline_contacts" in done.output


def test_status_before_the_first_build(store):
    done = run(store, "status", "--json")
    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["build"]) == (0, None)
    assert {each["state"] for each in answer["sources"]} == {"never"}
    assert run(store, "status").exit_code == 0 and run(store, "builds").exit_code == 0


def test_status_says_how_each_source_stands(published):
    answer = json.loads(run(published, "status", "--json").stdout)
    by = {each["name"]: each for each in answer["sources"]}
    assert answer["build"] == published.current_name()
    contacts = by["hotline_contacts"]
    assert (contacts["state"], contacts["reach"], contacts["rejects"]) == ("simulated", "2023-12-31", 0)
    assert contacts["rows"] > 1000 and contacts["zh"] and contacts["en"] and contacts["next_due"] == "2024-02-05"
    published.fail("hotline_contacts", "x", "斷線", "cut")
    failed = json.loads(run(published, "status", "--json").stdout)["sources"]
    assert next(each for each in failed if each["name"] == "hotline_contacts")["state"] == "failed"


def test_a_file_is_recognised_by_its_name_or_its_header(store, tmp_path):
    for name in ("1999話務_11301.csv", "export.csv"):
        (tmp_path / name).write_text(CALLS + ROW, encoding="utf-8")
        done = run(store, "add", str(tmp_path / name))
        assert done.exit_code == 0, done.output
    assert len(store.receipts("hotline_contacts")) == 2


def test_personal_columns_are_cut_before_anything_is_kept(store, tmp_path):
    head = CALLS.replace("等候秒數", "等候秒數,來電者姓名, 來電號碼（日）")
    (tmp_path / "a.csv").write_bytes((head + ROW.strip() + ",王大明,0912345678\n").encode("cp950"))
    assert run(store, "add", "--source", "hotline_contacts", str(tmp_path / "a.csv")).exit_code == 0
    receipt = store.latest("hotline_contacts")
    (path,) = store.files(receipt)
    assert "C1" in path.read_text(encoding="utf-8") and "王大明" not in path.read_text(encoding="utf-8")
    assert "0912" not in path.read_text(encoding="utf-8")
    assert receipt.files[0].sha256 != receipt.files[0].sha256_received
    assert any("Personal" in note["en"] for note in receipt.notes)
    assert all("王大明".encode("cp950") not in each.read_bytes() for each in store.root.rglob("*.csv"))


@pytest.mark.parametrize(
    ("name", "body"),
    [("a.csv", b""), ("a.csv", b"<html>"), ("a.csv", b"x,y\n1,2\n"), ("a.pdf", b"%PDF"), ("a.xlsx", b"PK nothing"),
     ("1999\xe8\xa9\xb1\xe5\x8b\x99.csv", "話務編號\nC1\n".encode())],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_and_not_kept(store, tmp_path, name, body):
    (tmp_path / name).write_bytes(body)
    done = run(store, "add", str(tmp_path / name))
    assert done.exit_code == commands.REFUSED and "Traceback" not in done.output and "·" in done.stderr
    assert not list(store.root.glob("raw/*/*/receipt.json"))


def test_a_pull_that_fails_is_four_and_the_rest_goes_on(store, monkeypatch):
    def pull(source, store, *more, **named):
        raise PullError("連不上", "cannot be reached")

    monkeypatch.setattr(commands.pull, "pull", pull)
    done = run(store, "pull")
    assert done.exit_code == commands.PULL_FAILED and "cannot be reached" in done.output
    assert run(store, "pull", "hotline_contacts").exit_code == 2


def test_a_second_writer_is_five(published):
    with published.writing():
        for command in (["build", "--no-sample"], ["rollback"], ["publish", published.current_name()]):
            done = run(published, *command)
            assert done.exit_code == commands.BUSY and "正在進行" in done.stderr


def test_a_failed_check_is_three_and_names_offenders_and_the_build_in_use(published, monkeypatch):
    offence = building.Offence("calls_end", "通話太長", "calls too long", 7, [{"call_id": "A77"}])

    def fail(*_, **__):
        raise building.ChecksFailed([offence])

    monkeypatch.setattr(building, "build", fail)
    done = run(published, "build", "--no-sample")
    assert done.exit_code == commands.REFUSED
    assert "A77" in done.output and "通話太長" in done.output and published.current_name() in done.stderr


def test_build_if_missing_does_nothing_where_there_is_one(published, monkeypatch):
    monkeypatch.setattr(building, "build", None)
    assert run(published, "build", "--if-missing").exit_code == 0


def test_an_unknown_build_is_three_and_lists_the_known(published):
    for command in (["publish", "b9"], ["build", "--like", "b9"], ["build", "--like="]):
        done = run(published, *command)
        assert done.exit_code == commands.REFUSED and published.current_name() in done.stderr


def test_rollback_with_nothing_before_is_three(published):
    assert run(published, "rollback").exit_code == commands.REFUSED


def test_build_publish_and_rollback_in_turn(published):
    first = published.current_name()
    done = run(published, "build", "--no-sample", "--no-publish", "--progress", "json")
    assert done.exit_code == 0, done.output
    steps = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"step"')]
    assert steps and all(0 <= each["share"] <= 1 for each in steps)
    assert [each["share"] for each in steps] == sorted(each["share"] for each in steps)
    assert published.current_name() == first
    second = published.builds()[-1].name
    assert run(published, "publish", second).exit_code == 0 and published.current_name() == second
    assert run(published, "rollback").exit_code == 0 and published.current_name() == first
    assert second in run(published, "builds").output


def logged(folder: Path, *arguments: str) -> list[dict]:
    """What a command on a small warehouse writes to a standard error that is no terminal: JSON, line by line."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.miniature", str(folder), "--store", str(folder / "store"), *arguments],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", env=os.environ | {"PYTHONUTF8": "1"},
    )  # fmt: skip
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_log_lines_are_json_where_no_person_watches(tmp_path):
    mini = miniature.make(tmp_path)
    mini.file("calls", "編號,日期\nA1,112.3.1\n")
    published, built = logged(tmp_path, "build", "--no-sample")
    assert (published["event"], published["level"], built["event"]) == ("published", "info", "built")
    assert built["build"] == mini.store.current_name() and built["rows"] == 1
    (refused,) = logged(tmp_path, "rollback")
    assert refused["level"] == "error" and "沒有更早" in refused["message"] and refused["exit_code"] == 3


def test_a_statement_that_fails_is_three_and_names_its_file(tmp_path):
    mini = miniature.make(tmp_path)
    (mini.warehouse / "marts" / "months.sql").write_text("select nothing_of_the_kind from staging.calls")
    (refused,) = logged(tmp_path, "build", "--no-sample")
    assert refused["exit_code"] == commands.REFUSED and "duckdb/marts/months.sql" in refused["message"]
    assert "nothing_of_the_kind" in refused["message"] and " · " in refused["message"]


# Meetings and notes


@pytest.mark.parametrize("text", ["113.3.26", "1130326", "113年3月26日", "2024-03-26", "１１３.３.２６", "2024/3/26"])
def test_a_day_may_be_typed_as_files_hold_it(text):
    assert Day().convert(text, None, None) == Day(month=True).convert(text, None, None) == dt.date(2024, 3, 26)


def test_a_month_is_its_last_day_where_a_month_will_do():
    for text in ("113-02", "113.2", "11302", "2024-02", "113年2月"):
        assert Day(month=True).convert(text, None, None) == dt.date(2024, 2, 29)
    for each, text in ((Day(), "113-02"), (Day(), "113.2.30"), (Day(month=True), "明天"), (Day(month=True), "113-13")):
        with pytest.raises(click.BadParameter, match="不是日期"):
            each.convert(text, None, None)


def test_a_meeting_is_frozen_listed_verified_and_exported(published, tmp_path):
    done = run(published, "meeting", "freeze", "113-03", "--date", "113.3.26", "--no-slides", "--by", "王研考")
    assert done.exit_code == 0 and published.current_name() in done.stdout, done.output
    made = meetings.meeting(published, "113-03")
    assert (made.date, made.by, made.build) == (dt.date(2024, 3, 26), "王研考", published.current_name())
    listed = run(published, "meeting", "list")
    assert listed.exit_code == 0 and "113-03" in listed.stdout and "2024-03-26" in listed.stdout
    out = tmp_path / "taken.zip"
    assert run(published, "meeting", "export", "113-03", "--out", str(out)).exit_code == 0 and out.stat().st_size > 1000
    lost = run(published, "meeting", "export", "113-03", "--out", str(tmp_path / "no" / "a.zip"))
    assert lost.exit_code == commands.REFUSED and "沒有匯出" in lost.stderr
    assert run(published, "meeting", "verify").exit_code == run(published, "meeting", "verify", "113-03").exit_code == 0
    (made.folder / "manifest.json").chmod(0o644)
    (made.folder / "manifest.json").write_text("{}", encoding="utf-8")
    for command in (["verify"], ["verify", "113-03"]):
        done = run(published, "meeting", *command)
        assert done.exit_code == commands.REFUSED and "113-03/manifest.json" in done.stderr


def test_a_meeting_that_cannot_be_frozen_says_why(published, store):
    freeze = ("meeting", "freeze", "113-03", "--no-slides", "--date")
    assert run(published, *freeze, "someday").exit_code == 2 and run(published, *freeze[:3]).exit_code == 2
    assert run(published, *freeze, "113.3.26").exit_code == 0
    again = run(published, *freeze, "113.3.26")
    assert again.exit_code == commands.REFUSED and "已封存" in again.stderr
    for command in ("verify", "export"):
        done = run(published, "meeting", command, "113-09", *(["--out", "a.zip"] if command == "export" else []))
        assert done.exit_code == commands.REFUSED and "113-03" in done.stderr
    with published.writing():
        assert run(published, "meeting", "freeze", "113-04", "--no-slides", "--date", "113.4.1").exit_code == commands.BUSY
    nameless = run(published, "meeting", "freeze", "113-04", "--no-slides", "--date", "113.4.1", "--by", " ")
    assert nameless.exit_code == commands.REFUSED and "--by" in nameless.stderr


def test_the_slides_are_drawn_by_another_program_for_the_build_that_is_frozen(published):
    code = """
import json, os, pathlib, sys
told = dict(zip(sys.argv[1::2], sys.argv[2::2]))
pathlib.Path(told["--into"], "slides.json").write_text(json.dumps({**told, "store": os.environ["RDEC_STORE"]}))
"""
    made = meeting_commands.freeze_meeting(
        published, "113-03", dt.date(2024, 3, 26), "x", "quarterly", [sys.executable, "-c", code]
    )
    told = json.loads((made.folder / "slides.json").read_text(encoding="utf-8"))
    assert told.pop("--into") and told == {
        "--agenda": "quarterly", "--name": "113-03", "--date": "2024-03-26", "--build": made.build,
        "store": str(published.root),
    }  # fmt: skip
    assert "slides.json" in made.files and meetings.verify(made) == []


def test_where_the_slides_fail_nothing_is_frozen_and_their_last_words_are_told(published):
    code = "import sys; sys.exit('first line\\n[/] agenda: another writer is running')"
    with pytest.raises(StoreError, match=r"沒有封存.*\[/\] agenda: another writer is running$"):
        meeting_commands.freeze_meeting(
            published, "113-03", dt.date(2024, 3, 26), "x", "monthly", [sys.executable, "-c", code]
        )
    assert meetings.meetings(published) == [] and not list((published.root / "work").iterdir())


def test_a_failure_of_the_slides_is_three_whatever_they_say(published, monkeypatch):
    code = "import sys; sys.exit('[/] is running')"
    monkeypatch.setattr(meeting_commands, "SLIDES", (sys.executable, "-c", code))
    done = run(published, "meeting", "freeze", "113-03", "--date", "113.3.26")
    assert done.exit_code == commands.REFUSED and "[/] is running" in done.stderr


def test_a_note_is_added_listed_and_closed(store):
    said = ["--about", "work:W0123", "--kind", "decision", "--text", "[/] 限期完成", "--promised", "113.4.30", "--by", "x"]
    done = run(store, "note", "add", *said)
    (made,) = notes.notes(store)
    assert done.exit_code == 0 and made.id in done.stdout and made.promised_on == dt.date(2024, 4, 30)
    run(store, "note", "add", "--about", "work:W0124", "--text", "另記", "--by", "x")
    assert all(each.id in run(store, "note", "list").stdout for each in notes.notes(store))
    assert made.id in (listed := run(store, "note", "list", "--open").stdout) and "W0124" not in listed
    assert made.id not in run(store, "note", "list", "--about", "work:W0124").stdout
    assert run(store, "note", "close", made.id, "--text", "已完成", "--by", "x").exit_code == 0
    assert made.id not in run(store, "note", "list", "--open").stdout
    assert run(store, "note", "close", "n-9", "--text", "x", "--by", "x").exit_code == commands.REFUSED
    refused = run(store, "note", "add", "--about", "work:W1", "--kind", "exception", "--text", "x", "--by", "x")
    assert refused.exit_code == commands.REFUSED and "until" in refused.stderr


def test_a_note_about_what_the_build_does_not_have_is_refused(published):
    for about, there in (
        ("work:W9999", False), ("metric:hotline.contracts", False), ("metric:hotline.contacts", True)
    ):  # fmt: skip
        done = run(published, "note", "add", "--about", about, "--text", "x", "--by", "x")
        assert (done.exit_code == 0) == there and (there or f"the build in use has no {about}" in done.stderr)
    assert [each.about for each in notes.notes(published)] == ["metric:hotline.contacts"]


@pytest.mark.parametrize("name", ["nul", "COM1", "aux.txt", "113-03."])
def test_a_meeting_is_not_called_what_no_folder_on_windows_can_be(published, name):
    done = run(published, "meeting", "freeze", name, "--date", "113.3.26", "--no-slides", "--by", "x")
    assert done.exit_code == commands.REFUSED and "cannot name a meeting" in done.stderr


def test_a_simulated_set_of_another_time_is_refused(store):
    for until in ("112-12", "107-12", "113-01"):
        done = run(store, "sample", "--until", until)
        assert done.exit_code == 2 and "沒有產生" in done.stderr
    assert not (store.root / "raw").exists()


def test_a_simulated_set_of_no_or_too_many_records_is_refused(store):
    for scale in ("101", "0", "nan"):
        done = run(store, "sample", "--scale", scale)
        assert done.exit_code == 2 and "沒有產生" in done.stderr and "nothing was made" in done.stderr


def test_a_store_that_cannot_be_written_is_three_and_a_sentence(store):
    store.root.write_text("not a folder")
    done = run(store, "build")
    assert done.exit_code == 3, done.output
    assert "無法讀寫" in done.output and "cannot be read or written" in done.output
