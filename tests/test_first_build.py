"""Does only one of several app processes build the first warehouse, and do the others wait for it?"""

from __future__ import annotations

import threading

from dashboard import first_build
from dashboard import warehouse as asked
from data_pipeline.store import Store


def test_who_finds_another_process_building_waits_and_says_no_failure(tmp_path, monkeypatch):
    store = Store(tmp_path / "store")
    monkeypatch.setenv("RDEC_STORE", str(store.root))
    monkeypatch.setattr(first_build, "_state", {"running": True, "step": "", "share": 0.0, "failed": False})
    monkeypatch.setattr(first_build, "AGAIN", 0)
    asked.here.cache_clear()
    try:
        with store.writing():  # as the other process does
            first_build._run()
        assert first_build.needed() and not first_build._state["failed"] and not first_build._state["running"]
    finally:
        asked.here.cache_clear()


def test_a_build_that_cannot_be_made_is_said(tmp_path, monkeypatch):
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "broken.yml").write_text("title: no\n", encoding="utf-8")
    monkeypatch.setenv("RDEC_SOURCES", str(tmp_path / "sources"))
    monkeypatch.setenv("RDEC_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(first_build, "_state", {"running": True, "step": "", "share": 0.0, "failed": False})
    asked.here.cache_clear()
    try:
        waiting = threading.Thread(target=first_build._run)
        waiting.start()
        waiting.join(60)
        assert first_build._state["failed"]
    finally:
        asked.here.cache_clear()
