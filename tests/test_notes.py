"""Is every decision written down whole, kept for good, and shown while it holds?"""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data_pipeline.store import Store, StoreError, meetings, notes

ROOT = Path(__file__).parent.parent
DAY = dt.date(2024, 3, 26)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "store")


def add(store: Store, **said) -> notes.Note:
    return notes.add(store, **{"by": "王研考", "kind": "decision", "about": "work:W0123", "text": "限期完成", **said})


def build(store: Store) -> None:
    path = store.workplace(f"build-{time.time_ns()}") / "warehouse.duckdb"
    path.write_text("x")
    store.publish(store.finish(path, {"fingerprint": hashlib.sha256(b"x").hexdigest()}).name)


def test_a_note_is_read_as_it_was_written(store):
    made = add(
        store, reason="用地", remedy="協議價購", owner="地政局", promised_on=DAY, until=dt.date(2024, 6, 30),
        meeting="113-03",
    )  # fmt: skip
    assert notes.notes(store) == [made] == notes.notes(store.root)
    assert (made.promised_on, made.until, made.owner, made.meeting) == (DAY, dt.date(2024, 6, 30), "地政局", "113-03")
    assert made.id.startswith("n-") and dt.datetime.fromisoformat(made.at).utcoffset() == dt.timedelta(0)
    assert notes.notes(Store(store.root.parent / "other")) == []


def test_lines_are_added_in_order_and_a_rebuild_leaves_them_alone(store):
    first = add(store)
    body = (store.root / "notes.jsonl").read_bytes()
    for _ in range(3):
        build(store)
    with store.writing():
        store.prune(1)
    second = add(store, about="metric:hotline.contacts", kind="note")
    assert notes.notes(store) == [first, second]
    assert (store.root / "notes.jsonl").read_bytes().startswith(body)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"kind": "wish"}, "wish"), ({"text": " \n"}, "text"), ({"by": ""}, "by"), ({"text": "長" * 1001}, "1000"),
        ({"owner": "長" * 61}, "60"), ({"about": "W0123"}, "work:"), ({"about": "work:../x"}, "work:"),
        ({"about": "metric:contacts"}, "metric:"), ({"kind": "exception"}, "until"), ({"meeting": "../x"}, "113-03"),
        ({"kind": "close"}, "closes"), ({"closes": "n-1"}, "closes"), ({"kind": "close", "closes": "n-1"}, "n-1"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_note_is_refused_with_a_reason_and_not_written(store, said, told):
    with pytest.raises(StoreError, match="Nothing was written down") as refused:
        add(store, **said)
    assert "·" in str(refused.value) and (told in str(refused.value) or told == "closes")
    assert not (store.root / "notes.jsonl").exists()


def test_what_a_screen_would_act_on_is_taken_out(store):
    made = add(store, text="一\x00二\r\n三\x1b[31m\u202e四\ud800", owner="\t地政局 ")
    assert (made.text, made.owner) == ("一二  三[31m四", "地政局") and notes.notes(store) == [made]


def test_a_line_cut_short_is_passed_over_and_the_next_is_whole(store):
    first = add(store)
    path = store.root / "notes.jsonl"
    path.write_bytes(path.read_bytes() + '{"id": "n-2", "text": "斷'.encode()[:-1])
    assert notes.notes(store) == [first]
    second = add(store)
    assert notes.notes(store) == [first, second]


def test_a_decision_is_open_until_it_is_closed_or_its_last_day_has_passed(store):
    kept, ended = add(store), add(store)
    timed = add(store, until=DAY)
    add(store, kind="note")
    close = add(store, kind="close", closes=ended.id, about="", text="已完成")
    assert close.about == ended.about
    every = notes.notes(store)
    assert notes.open_decisions(every, DAY) == [kept, timed]
    assert notes.open_decisions(every, DAY + dt.timedelta(1)) == [kept]
    with pytest.raises(StoreError, match="note list"):  # a close is not closed
        add(store, kind="close", closes=close.id)


def test_beside_a_light_stands_what_is_about_it_and_an_exception_through_its_last_day(store):
    note, exception = add(store, kind="note"), add(store, kind="exception", until=DAY)
    other = add(store, about="work:W0124")
    every = notes.notes(store)
    assert notes.in_force(every, "work:W0123", DAY) == [note, exception]
    assert notes.in_force(every, "work:W0123", DAY + dt.timedelta(1)) == [note]
    assert notes.in_force(every, "work:W0124", DAY) == [other]
    add(store, kind="close", closes=note.id)
    assert notes.in_force(notes.notes(store), "work:W0123", DAY) == [exception]


def test_a_meeting_keeps_the_notes_as_they_stood(store):
    build(store)
    then = add(store)
    path = store.root / "notes.jsonl"
    path.write_bytes(path.read_bytes() + b'{"id": "half a line')  # somebody is writing at this moment
    with store.writing():
        made = meetings.freeze(store, "113-03", DAY, "x")
    now = add(store)
    assert notes.notes(made.folder) == [then] and notes.notes(store) == [then, now]
    assert meetings.verify(made) == [] and (made.folder / "notes.jsonl").read_bytes().endswith(b"}\n")


def test_of_many_writers_at_once_no_note_is_lost_or_mixed(store):
    code = (
        "import sys; from data_pipeline.store import Store, notes\nstore = Store(sys.argv[1])\n"
        "for number in range(20):\n"
        "  notes.add(store, by=sys.argv[2], kind='note', about='work:W1', text=f'{number} ' + '長' * 900)"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(store.root), f"w{each}"], cwd=ROOT) for each in range(4)
    ]
    assert [writer.wait(60) for writer in writers] == [0] * 4
    found = notes.notes(store)
    assert len({each.id for each in found}) == 80 and len((store.root / "notes.jsonl").read_bytes().splitlines()) == 80
    said = {(each.by, int(each.text.split()[0])) for each in found}
    assert said == {(f"w{writer}", number) for writer in range(4) for number in range(20)}
