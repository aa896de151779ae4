"""Does the bench run, and does it tell what it measured? A look at it without peers that must be installed first."""

from __future__ import annotations

import math
import random
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest

from data_pipeline.store import Store
from tests.bench import browser, case, rows, sessions, tables
from tests.bench.servers import NAMES, processor, requirements, resident, serving
from tests.browser import chromium
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def made(built_store, tmp_path_factory) -> case.Case:
    """The case of the tests' own store."""
    marts = tmp_path_factory.mktemp("bench") / "marts.duckdb"
    case.write_marts(Store(built_store), marts)
    with duckdb.connect(str(marts), read_only=True) as con:
        count = con.execute("select sum(contacts) from volume").fetchone()[0]
    return case.Case(int(count), built_store, marts)


def test_marts_of_peers_say_what_the_records_say(made):
    with duckdb.connect(str(Store(made.store).current().path), read_only=True) as con:
        asked = "select count(*) from raw.hotline_contacts"
        told = con.execute(asked).fetchone()[0]
        of_one = con.execute(
            f"{asked} join seeds.districts using (district_id) where zh = '永康區' and year(received_at) = 2021"
        ).fetchone()[0]
    assert made.contacts("all", "all") == told == made.rows
    assert made.contacts("2021", "永康區") == of_one > 0


@pytest.mark.parametrize("name", ["bare", "product"])
def test_a_session_changes_a_filter_and_is_timed(name, made, tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with serving(name, made, tmp_path, ROOT) as server:
        with sessions.opened(server, random.Random(0)) as change:
            assert change() == []
        load = sessions.measure(server, 2, 1.0)
        assert resident(server.pid) > 20 and processor(server.pid) > 0.1
    assert load.faults == [] and len(load.seconds) >= 2 and load.memory > 20


def test_a_chart_that_does_not_show_what_was_chosen_is_a_fault(made, tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    assert chromium.find(), "no Chromium: `python -m tests.browser.chromium` installs one or says how"
    true = case.Case.contacts
    monkeypatch.setattr(case.Case, "contacts", lambda self, year, of: 1 if year == "2020" else true(self, year, of))
    # In a thread of its own: another browser of this process may be at work in this one.
    with serving("bare", made, tmp_path, ROOT) as server, ThreadPoolExecutor(1) as pool:
        found = pool.submit(browser.measure, [server], 1, say=lambda told: None).result()["bare"]
    assert len(found.faults) == 1 and "2020" in found.faults[0] and "the records say 1" in found.faults[0]
    assert len(found.found["year, new"]) == 3 and len(found.found["district, again"]) == 2
    assert all(value > 0 for values in found.found.values() for value in values)


def test_more_records_fill_the_marts_and_change_nothing_else(made, tmp_path):
    given = case.Case(made.rows, tmp_path / "store" / "small", made.marts)
    given.store.parent.mkdir()
    given.store.symlink_to(made.store)
    grown = rows.grow(given, made.rows * 3)
    asked = """select (select sum(contacts) from marts.hotline_month), (select sum(received) from marts.cases_month),
                      (select count(*) from marts.hotline_month), (select count(*) from marts.petitions),
                      (select count(*) from raw.hotline_contacts)"""
    told = []
    for one in (given, grown):
        with duckdb.connect(str(Store(one.store).current().path), read_only=True) as con:
            told.append(con.execute(asked).fetchone())
    (contacts, cases, filled, *rest), (more, more_cases, fuller, *same) = told
    assert (more, more_cases) == (3 * contacts, 3 * cases) and rest == same
    assert filled < fuller < 3 * filled  # some meet what is there already, as they would in a busier city


def test_aims_are_told_met_missed_or_not_measured(capsys):
    tables.aims([("low", 1.0, 2.0), ("high", 3.0, 2.0), ("none", None, 2.0), ("lost", math.nan, 2.0)])
    told = [line for line in capsys.readouterr().out.splitlines() if "│" in line]
    assert ["met" in told[0], "missed" in told[1]] == [True, True]
    assert "not measured" in told[2] and "not measured" in told[3]


def test_the_tail_is_a_value_that_was_measured():
    assert tables.at([3, 1, 2], 0.5) == 2 and tables.at(range(1, 101), 0.95) == 95 and tables.at([7], 0.95) == 7
    assert math.isnan(tables.at([], 0.5))
    assert tables.ratio({"product": 3.0, "dash": 2.0}, "dash") == 1.5
    assert tables.ratio({"product": 3.0}, "dash") is None


def test_what_peers_install_is_pinned():
    asked = [line for name in NAMES if requirements(name).exists() for line in requirements(name).read_text().split()]
    assert asked and all("==" in line for line in asked)
