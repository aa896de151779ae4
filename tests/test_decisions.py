"""Do decisions stand beside the light they are about, as long as they hold?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from dashboard import about, decisions, works
from dashboard.warehouse import ask
from data_pipeline.store import Store, meetings, notes

SAID = {"by": "研考會", "kind": "decision"}


@pytest.fixture
def store(built_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    import shutil

    from dashboard import warehouse

    root = tmp_path / "store"
    shutil.copytree(built_store, root, copy_function=lambda a, b: Path(b).hardlink_to(a))
    monkeypatch.setenv("RDEC_STORE", str(root))
    warehouse.here.cache_clear()
    yield Store(root)
    warehouse.here.cache_clear()


def test_a_decision_stands_beside_its_work_until_it_is_closed(store, chinese):
    work = works.worst()[0]
    assert decisions.about(f"work:{work['work_id']}") == []
    assert "決議" not in works.agenda([work])[0]
    made = notes.add(store, **SAID, about=f"work:{work['work_id']}", text="一個月內完成變更設計", owner="public_works",
                     promised_on=dt.date(2024, 4, 30))  # fmt: skip
    ((kind, told),) = decisions.about(f"work:{work['work_id']}")
    assert kind == "決議" and "一個月內完成變更設計" in told and "工務局" in told and "113.4.30" in told
    assert works.agenda([work])[0]["決議"] == "一個月內完成變更設計"
    notes.add(store, by="x", kind="close", text="已完成", closes=made.id)
    assert decisions.about(f"work:{work['work_id']}") == []


def test_a_note_about_a_metric_stands_in_its_panel(store, chinese):
    notes.add(store, **SAID, about="metric:hotline.contacts", text="下月起改計語音轉接")
    facts = about.of_answer(ask("hotline.contacts"))
    assert any("下月起改計語音轉接" in str(fact[1]) for fact in facts)
    assert not any("下月起改計語音轉接" in str(fact) for fact in about.of_answer(ask("hotline.phone_contacts")))


def test_an_exception_ends_with_its_last_day(store, chinese):
    said = {"by": "x", "kind": "exception", "about": "metric:hotline.contacts"}
    notes.add(store, **said, text="已過", until=dt.date(2020, 1, 1))
    notes.add(store, **said, text="仍在", until=dt.date(2999, 1, 1))
    assert [told for _, told in decisions.about("metric:hotline.contacts") if "仍在" in told]
    assert not [told for _, told in decisions.about("metric:hotline.contacts") if "已過" in told]


def test_a_frozen_meeting_shows_what_was_on_record_then(store, chinese):
    from dashboard import warehouse

    notes.add(store, **SAID, about="metric:hotline.contacts", text="會前")
    with store.writing():
        meetings.freeze(store, "113-01", dt.date(2024, 1, 26), "研考會")
    notes.add(store, **SAID, about="metric:hotline.contacts", text="會後")
    assert len(decisions.recorded()) == 2
    with warehouse.at("meeting-113-01"):
        assert [note.text for note in decisions.recorded()] == ["會前"]
        assert decisions.frozen().name == "113-01"
