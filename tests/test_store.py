"""Is what was kept still there, whole, and is only one build in use, whatever happens?"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data_pipeline.store import Store, StoreError
from data_pipeline.store.files import append_line, write_whole

ROOT = Path(__file__).parent.parent


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "store")


def finished(store: Store, text: str = "x"):
    """A build made of a text file: the store does not look inside."""
    path = store.workplace(f"build-{time.time_ns()}") / "warehouse.duckdb"
    path.write_text(text)
    return store.finish(path, {"fingerprint": hashlib.sha256(text.encode()).hexdigest()})


def everything(store: Store) -> list[str]:
    return sorted(str(path.relative_to(store.root)) for path in store.root.rglob("*") if path.is_file())


# Raw bytes


def test_what_is_kept_is_kept_with_its_receipt(store):
    with store.keep("calls", "file:a.csv") as kept:
        kept.add("話務 一月.csv", b"kept", b"received")
        kept.note("個資", "Personal")
    (receipt,) = store.receipts("calls")
    (each,) = receipt.files
    assert receipt == kept.receipt == store.latest("calls")
    assert (each.name, each.size, each.sha256) == ("話務_一月.csv", 4, hashlib.sha256(b"kept").hexdigest())
    assert each.sha256_received == hashlib.sha256(b"received").hexdigest()
    assert [path.read_bytes() for path in store.files(receipt)] == [b"kept"]
    assert receipt.notes == ({"zh": "個資", "en": "Personal"},) and receipt.size == 4


def test_a_block_that_fails_leaves_nothing(store):
    with pytest.raises(RuntimeError), store.keep("calls", "x") as kept:
        kept.add("a.csv", b"1")
        raise RuntimeError
    assert store.receipts("calls") == [] and everything(store) == []


@pytest.mark.parametrize(
    "name", ["../../a.csv", "/etc/passwd", "..\\..\\a.csv", ".hidden", "receipt.json", "", "長" * 200 + ".csv"]
)
def test_no_name_leads_out_of_the_folder_or_over_the_receipt(store, name):
    with store.keep("calls", "x") as kept:
        kept.add(name, b"1")
    (path,) = store.files(kept.receipt)
    assert path.read_bytes() == b"1" and path.name != "receipt.json"
    assert path.parent == store.root / "raw" / "calls" / kept.receipt.pull and not path.name.startswith(".")


def test_files_of_one_name_stay_apart(store):
    with store.keep("calls", "x") as kept:
        for name, body in [("a.csv", b"1"), ("a-2.csv", b"2"), ("a.csv", b"3"), ("a.csv", b"4")]:
            kept.add(name, body)
    assert [path.read_bytes() for path in store.files(kept.receipt)] == [b"1", b"2", b"3", b"4"]


def test_a_file_is_copied_or_taken_without_a_change(store, tmp_path):
    (tmp_path / "a.csv").write_bytes(b"abc")
    with store.keep("calls", "x") as kept:
        kept.copy(tmp_path / "a.csv")
        kept.take(tmp_path / "a.csv")
    assert not (tmp_path / "a.csv").exists()
    assert [each.sha256 for each in kept.receipt.files] == [hashlib.sha256(b"abc").hexdigest()] * 2


def test_real_bytes_go_before_simulated_ones_and_answers_before_silence(store):
    for status, simulated in [("ok", True), ("ok", False), ("ok", True), ("empty", False)]:
        with store.keep("calls", "x", simulated) as kept:
            kept.add("a.csv", b"")
            kept.status = status
    assert store.latest("calls") == store.receipts("calls")[1]
    store.drop_simulated("calls", keep=store.receipts("calls")[2].pull)
    assert [each.simulated for each in store.receipts("calls")] == [False, True, False]


def test_what_comes_after_a_clock_that_was_ahead_still_counts_last(store):
    with store.keep("calls", "file") as first:
        first.add("a.csv", b"1")
    path = store.folder(first.receipt) / "receipt.json"
    path.write_text(path.read_text().replace(first.receipt.at, "2099-01-01T00:00:00+00:00"))
    for body in (b"2", b"3"):
        with store.keep("calls", "file") as later:
            later.add("a.csv", body)
        assert store.latest("calls").pull == later.receipt.pull


def test_many_may_keep_at_once(store):
    def keep(number: int) -> None:
        with store.keep("calls", str(number)) as kept:
            kept.add("a.csv", str(number).encode() * 1000)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(keep, range(40)))
    receipts = store.receipts("calls")
    assert sorted(int(each.where) for each in receipts) == list(range(40))
    assert all(store.files(each)[0].read_bytes() == each.where.encode() * 1000 for each in receipts)


def test_a_failed_pull_is_written_down_and_a_torn_line_passed_over(store):
    store.fail("calls", "x", "斷線", "cut")
    path = store.root / "raw" / "calls" / "failures.jsonl"
    path.write_bytes(path.read_bytes() + '{"at": "2023", "zh": "斷'.encode()[:-1])
    store.fail("calls", "x", "又斷線", "cut again")
    assert [each["en"] for each in store.failures("calls")] == ["cut", "cut again"]
    assert store.failures("other") == []


def test_pulls_fail_since_the_first_one_after_the_last_that_was_kept(store):
    assert store.failing("calls") is None
    store.fail("calls", "x", "一", "one")
    with store.keep("calls", "x"):
        pass
    assert store.failing("calls") is None
    store.fail("calls", "x", "二", "two")
    store.fail("calls", "x", "三", "three")
    with store.keep("calls", "sample", simulated=True):
        pass  # a simulated set is no answer of the service
    assert (store.failing("calls")["en"], store.failing("calls")["since"]) == (
        "three",
        store.failures("calls")[1]["at"],
    )


def test_lines_of_many_writers_do_not_mix(tmp_path):
    path = tmp_path / "lines.jsonl"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: append_line(path, {"n": number, "text": "長" * 500}), range(80)))
    assert sorted(json.loads(line)["n"] for line in path.read_text().splitlines()) == list(range(80))


# Builds


def test_a_build_has_a_place_but_is_not_in_use_until_published(store):
    build = finished(store)
    assert store.current() is None and store.builds() == [build] and build.path.read_text() == "x"
    assert store.publish(build.name) == store.current()
    assert build.name == f"b00001-{hashlib.sha256(b'x').hexdigest()[:8]}"


def test_numbers_go_up_and_other_files_do_not_matter(store):
    finished(store)
    (store.root / "builds" / "backup.json").write_text("{}")
    assert finished(store).name.startswith("b00002")
    assert len(store.builds()) == 2


def test_rollback_goes_one_back_and_says_where_the_end_is(store):
    names = [store.publish(finished(store, str(number)).name).name for number in range(3)]
    assert [store.rollback().name, store.rollback().name] == [names[1], names[0]]
    with pytest.raises(StoreError, match="沒有更早"):
        store.rollback()
    assert store.current_name() == names[0]


def test_rollback_never_uses_a_build_that_was_not_in_use_before(store):
    first, tried, third = (finished(store, str(number)).name for number in range(3))
    store.publish(first)
    store.publish(third)
    assert store.rollback().name == first
    store.publish(tried)  # by a person, who may well choose it
    store.publish(third)
    assert [store.rollback().name, store.rollback().name] == [tried, first]


def test_rollback_goes_to_what_was_in_use_even_where_that_is_newer_and_passes_over_what_is_gone(store):
    names = [store.publish(finished(store, str(number)).name).name for number in range(4)]
    store.publish(names[0])
    assert store.prune(1) == names[1:3]
    assert store.rollback().name == names[3]
    assert store.rollback().name == names[0]


def test_an_unknown_build_is_an_error_that_lists_the_known(store):
    name = finished(store).name
    for wrong in ("b00009-ffffffff", "../current", ""):
        with pytest.raises(StoreError, match=name):
            store.publish(wrong)


@pytest.mark.parametrize("keep", [-1, 0, 1, 2, 3, 9])
@pytest.mark.parametrize("used", range(6))
def test_prune_keeps_the_newest_the_one_in_use_and_the_one_to_go_back_to(store, keep, used):
    names = [finished(store, str(number)).name for number in range(6)]
    for name in names[: used + 1]:
        store.publish(name)
    gone = store.prune(keep)
    left = [each.name for each in store.builds()]
    assert set(left) == set(names[-max(keep, 1) :]) | {names[used]} | set(names[max(used - 1, 0) : used])
    assert sorted(gone + left) == names
    assert {path.stem for path in (store.root / "builds").glob("*.duckdb")} == set(left)


def test_a_second_writer_is_told_at_once(store):
    with store.writing():
        with pytest.raises(StoreError, match="running"), Store(store.root).writing():
            pass
        code = "import sys; from data_pipeline.store import *\nwith Store(sys.argv[1]).writing(): pass"
        done = subprocess.run([sys.executable, "-c", code, str(store.root)], cwd=ROOT, capture_output=True, text=True)
        assert "store.Busy" in done.stderr
    with store.writing():
        pass


def test_a_writer_that_was_killed_leaves_no_lock_and_no_litter(store):
    code = (
        "import os, sys; from data_pipeline.store import *\ns = Store(sys.argv[1])\nwith s.writing():\n"
        "  (s.workplace('build-1') / 'a').write_text('x'); (s.root / 'builds').mkdir()\n"
        "  (s.root / 'builds' / 'b00001-abc.duckdb').write_text('x'); (s.root / '.current.9.part').write_text('x')\n"
        "  (s.root / 'builds' / '.b00001-abc.json.9.part').write_text('x'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(store.root)], cwd=ROOT)
    other = store.workplace("calls-pull-1")
    with store.writing():
        assert everything(store) == ["writer.lock"] and other.exists()
    os.utime(other, (1, 1))
    with store.writing():
        assert not other.exists()


def test_a_reader_sees_the_old_bytes_or_the_new_ones(tmp_path):
    path = tmp_path / "current"
    bodies = [bytes([65 + number]) * 50_000 for number in range(5)]
    write_whole(path, bodies[0])
    stop, odd = threading.Event(), []

    def look() -> None:
        while not stop.is_set():
            if (body := path.read_bytes()) not in bodies:
                odd.append(body)

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(100):
        write_whole(path, bodies[number % 5])
    stop.set()
    reader.join()
    assert not odd and [each.name for each in tmp_path.iterdir()] == ["current"]


def test_what_another_process_drops_meanwhile_is_passed_over(store, monkeypatch):
    finished(store)
    with store.keep("calls", "x", simulated=True):
        pass
    glob = Path.glob

    def vanish(self, pattern):
        found = list(glob(self, pattern))
        for path in found:
            path.unlink()
        return found

    monkeypatch.setattr(Path, "glob", vanish)
    assert store.builds() == [] and store.receipts("calls") == []
