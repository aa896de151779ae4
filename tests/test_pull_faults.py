"""What does each fault lead to? Each case of the fault table is one real pull over loopback, or one file handed in."""

from __future__ import annotations

import pytest

from tests.fault_table import ADDED, CASES, ROWS, run, run_added

NAMES = [f"{kind}-{fault or 'none'}-{result}" for kind, fault, result, _ in CASES]


@pytest.mark.parametrize(("kind", "fault", "result", "words"), CASES, ids=NAMES)
def test_a_fault_leads_to_what_the_table_says(kind, fault, result, words, tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("os.fsync", lambda _: None)  # what a power cut does is another test's matter
    came = run(kind, fault, tmp_path)
    assert came.result == result, (came.zh, came.en)
    assert words in came.zh
    assert came.untouched, "the good copy from before was changed, or something unfinished was left"
    assert not came.leaked, "personal data reached the store"
    if result != "kept":
        assert came.in_use, "a build must go on with the good copy from before"
        assert came.rows == 0
        assert came.zh and came.en and came.zh != came.en
    else:
        assert not came.in_use
        assert came.rows == rows_of(kind, fault)


@pytest.mark.parametrize(
    ("kind", "fault", "result", "words", "rows", "rejects"),
    ADDED,
    ids=[f"{case[0]}-{case[1] or 'none'}" for case in ADDED],
)
def test_a_fault_of_a_file_leads_to_what_the_table_says(kind, fault, result, words, rows, rejects, tmp_path):
    came = run_added(kind, fault, tmp_path)
    assert came.result == result, (came.zh, came.en)
    assert words in came.zh
    assert came.untouched and not came.leaked
    if result == "failed":
        assert came.in_use and came.zh and came.en and came.zh != came.en
    if rows is not None:
        assert (came.rows, came.rejects) == (rows, rejects)


def rows_of(kind: str, fault: str) -> int:
    """How many rows the fault leaves: 5 a day for three days, 25 in all elsewhere, in pages of 10."""
    full, pages = ROWS.get(kind, 25), 1 if kind in ("soa", "datagov", "ckan") else 3
    if fault == "single":
        return {"open1999": 3}.get(kind, 1)
    return {"row_twice": full + pages}.get(fault, full)
