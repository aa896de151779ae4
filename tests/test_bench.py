"""Does the benchmark still run, and see what it should? The product beside the bare page; nothing is timed for a verdict."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from data_pipeline.store import Store
from tests.bench import browser, case, sessions
from tests.bench.case import Case
from tests.bench.servers import resident, serving
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def small(built_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Case:
    made = Case(28_470, built_store, tmp_path_factory.mktemp("bench") / "marts.duckdb")
    case.lay_marts(made, Store(built_store).current().path)
    return made


def test_a_round_of_the_browser_measures_every_step_and_sees_what_was_chosen(small, tmp_path) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(each, small, tmp_path, ROOT)) for each in ("bare", "product")]
        found = browser.measure(servers, 1, say=lambda told: None)
    for name, times in found.items():
        assert times.faults == [], name
        assert len(times.cold) == len(times.warm) == 1 and (len(times.new), len(times.again)) == (3, 2)
        assert min(*times.cold, *times.warm, *times.new, *times.place_new) > 0 and times.kilobytes[0] > 500
    assert len(found["product"].page) == 4


def test_sessions_are_answered_and_counted(small, tmp_path) -> None:
    for name in ("bare", "product"):
        with serving(name, small, tmp_path, ROOT) as server:
            seen = sessions.measure(server, 3, 1.5)
            assert seen.faults == [] and len(seen.seconds) >= 3 and seen.processor >= 0
            assert seen.last >= seen.first > 10 and resident(server.pid) > 10
