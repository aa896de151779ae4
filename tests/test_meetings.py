"""Does a frozen meeting stay as it was, whole, and out of the way of the builds?"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from data_pipeline.store import Store, StoreError, meetings, notes
from data_pipeline.store.files import write_whole

ROOT = Path(__file__).parent.parent
DAY = dt.date(2024, 3, 26)


@pytest.fixture
def store(tmp_path) -> Store:
    """A store with one build in use."""
    store = Store(tmp_path / "store")
    publish(store, "first")
    return store


def publish(store: Store, text: str) -> str:
    """A build made of a text file: the store does not look inside."""
    path = store.workplace(f"build-{time.time_ns()}") / "warehouse.duckdb"
    path.write_text(text)
    name = store.finish(path, {"fingerprint": hashlib.sha256(text.encode()).hexdigest(), "rows": {}}).name
    return store.publish(name).name


def freeze(store: Store, name: str = "113-03", day: dt.date = DAY, attachments: Path | None = None) -> meetings.Meeting:
    with store.writing():
        return meetings.freeze(store, name, day, "王研考", attachments)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_meeting_holds_the_build_its_manifest_the_notes_and_what_was_shown(store, tmp_path):
    notes.add(store, by="王研考", kind="note", about="work:W0123", text="用地")
    (tmp_path / "shown" / "pages").mkdir(parents=True)
    (tmp_path / "shown" / "deck.pptx").write_bytes(b"deck")
    (tmp_path / "shown" / "pages" / "1.png").write_bytes(b"one")
    made = freeze(store, attachments=tmp_path / "shown")
    build = store.current()
    held = bytes_of(made.folder)
    assert held["warehouse.duckdb"] == b"first" and held["deck.pptx"] == b"deck" and held["pages/1.png"] == b"one"
    assert json.loads(held["manifest.json"]) == build.manifest
    assert notes.notes(made.folder) == notes.notes(store)
    assert (made.name, made.date, made.build, made.by) == ("113-03", DAY, build.name, "王研考")
    assert dt.datetime.fromisoformat(made.frozen_at).utcoffset() == dt.timedelta(0)
    assert set(made.files) == set(held) - {"meeting.json"}
    assert made.files["deck.pptx"] == {"size": 4, "sha256": hashlib.sha256(b"deck").hexdigest()}
    assert meetings.meeting(store, "113-03") == made and meetings.meetings(store) == [made]
    assert meetings.verify(made) == [] and not list((store.root / "work").iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is sealed there")
def test_its_files_are_sealed_and_the_warehouse_takes_no_space_of_its_own(store):
    made = freeze(store)
    assert {oct(path.stat().st_mode & 0o777) for path in made.folder.iterdir()} == {"0o444"}
    assert (made.folder / "warehouse.duckdb").samefile(store.current().path)


def test_where_nothing_can_be_linked_there_is_a_copy(store, monkeypatch):
    def refuse(*_):
        raise OSError("cross-device link")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    made = freeze(store)
    assert not (made.folder / "warehouse.duckdb").samefile(store.current().path)
    assert (made.folder / "warehouse.duckdb").read_text() == "first" and meetings.verify(made) == []


def test_it_is_opened_by_name_like_a_build_but_is_none(store):
    made = freeze(store)
    before = store.builds()
    found = store.build(made.opened)
    assert made.opened == found.name == "meeting-113-03"
    assert found.path.read_text() == "first" and found.manifest == before[0].manifest
    assert [each.name for each in store.builds()] == [made.build]
    with pytest.raises(StoreError, match=made.build):
        store.publish(made.opened)
    with pytest.raises(StoreError, match="沒有更早"):
        store.rollback()
    for wrong in ("meeting-113-04", "meeting-../builds", "meeting-", "meeting-..", "meeting-a/b"):
        with pytest.raises(StoreError, match=made.build):
            store.build(wrong)


def test_it_outlives_its_build(store):
    made = freeze(store)
    held = bytes_of(made.folder)
    for number in range(4):
        publish(store, str(number))
    assert made.build in store.prune(1) and not (store.root / "builds" / f"{made.build}.duckdb").exists()
    with store.writing():
        pass  # a sweep
    assert bytes_of(made.folder) == held and meetings.verify(made) == []
    assert store.build(made.opened).path.read_text() == "first"


def test_a_reader_of_the_dashboard_asks_a_meeting_as_it_asks_a_build(built_store, tmp_path):
    from dashboard.warehouse import Warehouse

    shutil.copytree(built_store, tmp_path / "store", ignore=shutil.ignore_patterns("work", "raw"))
    store = Store(tmp_path / "store")
    made = freeze(store)
    question = "select count(*) as works, max(as_of) as as_of from marts.works"
    reader = Warehouse(store)
    assert reader.rows(question, name=made.opened) == reader.rows(question) != ()


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\\b", ".hidden", "-x", "長" * 3, "a" * 41, "a b", "a\n"])
def test_a_name_that_leads_elsewhere_or_is_none_is_refused(store, name):
    with pytest.raises(StoreError, match="·"):
        freeze(store, name)
    assert meetings.meetings(store) == [] and not list((store.root / "work").iterdir())


def test_a_name_is_given_once(store):
    made = freeze(store)
    held = bytes_of(made.folder)
    publish(store, "second")
    with pytest.raises(StoreError, match="已封存"):
        freeze(store)
    assert bytes_of(made.folder) == held and meetings.meetings(store) == [made]


def test_without_a_build_there_is_nothing_to_freeze(tmp_path):
    with pytest.raises(StoreError, match="先建置"):
        freeze(Store(tmp_path / "empty"))


def test_an_attachment_never_takes_the_place_of_what_is_the_meetings_own(store, tmp_path):
    for name in meetings.OWN:
        shown = tmp_path / f"shown-{name}"
        shown.mkdir()
        (shown / name).write_text("x")
        with pytest.raises(StoreError, match=name):
            freeze(store, attachments=shown)
    assert meetings.meetings(store) == [] and not (store.root / "meetings").exists()


def test_meetings_stand_in_the_order_of_their_days(store):
    march, january, later = freeze(store), freeze(store, "113-01", dt.date(2024, 1, 5)), freeze(store, "113-05", DAY)
    first, second = sorted((march, later), key=lambda each: each.frozen_at)
    assert meetings.meetings(store) == [january, first, second]
    assert meetings.before(store, None) == second
    assert meetings.before(store, march) == january and meetings.before(store, january) is None
    with pytest.raises(StoreError, match="113-01, 113-03"):
        meetings.meeting(store, "x")


def test_what_was_changed_lost_or_put_there_since_is_named(store, tmp_path):
    (tmp_path / "shown").mkdir()
    for name in ("a.png", "b.png", "c.png"):
        (tmp_path / "shown" / name).write_bytes(b"same")
    made = freeze(store, attachments=tmp_path / "shown")
    for path in made.folder.iterdir():
        path.chmod(0o644)
    (made.folder / "a.png").write_bytes(b"even")
    (made.folder / "b.png").unlink()
    (made.folder / "d.png").write_bytes(b"new")
    assert meetings.verify(made) == ["a.png", "b.png", "d.png"]


def test_the_same_meeting_is_exported_to_the_same_bytes(store, tmp_path):
    made = freeze(store)
    first, second = (meetings.export(made, tmp_path / f"{number}.zip") for number in (1, 2))
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            f"113-03/{name}": body for name, body in bytes_of(made.folder).items()
        }
    with pytest.raises(OSError):
        meetings.export(made, tmp_path / "nowhere" / "a.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.zip", "2.zip", "store"]


FREEZING = """
import datetime, itertools, sys
from data_pipeline.store import Store, meetings
store = Store(sys.argv[1])
print("ready", flush=True)
for number in itertools.count():
    with store.writing():
        shown = store.workplace(f"build-shown-{sys.argv[2]}-{number}")
        for page in range(8):
            (shown / f"{page}.png").write_bytes(b"x" * 20_000)
        meetings.freeze(store, f"{sys.argv[2]}-{number}", datetime.date(2024, 3, 26), "x", shown)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is not there")
def test_a_kill_at_any_moment_leaves_no_meeting_or_a_whole_one(store):
    dice, struck, whole = random.Random(4), 0, 0
    for turn in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", FREEZING, str(store.root), f"turn{turn}"], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert process.stdout.readline() == b"ready\n"
        time.sleep(dice.uniform(0.02, 0.25))
        assert process.poll() is None
        process.kill()
        process.wait()
        process.stdout.close()
        struck += any((store.root / "work").iterdir())
        every = meetings.meetings(store)
        assert all(meetings.verify(each) == [] and len(each.files) == 11 for each in every)
        folders = store.root / "meetings"
        assert {each.name for each in every} == {path.name for path in folders.glob("*")}
        whole = len(every)
        assert freeze(store, f"after-{turn}").name == f"after-{turn}" and not list((store.root / "work").iterdir())
        shutil.rmtree(folders / f"after-{turn}")
    assert struck and whole, "no kill fell into a freezing, or none was ever finished"


def test_nothing_but_a_file_is_written_over(store, tmp_path):
    (tmp_path / "special").mkdir()
    with pytest.raises(OSError, match="not a plain file"):
        meetings.export(freeze(store), tmp_path / "special")
    with pytest.raises(OSError, match="not a plain file"):
        write_whole(tmp_path / "special", b"x")
