"""Does the torture suite run? The short form of `make torture`: a look at each trial that needs no browser."""

from __future__ import annotations

import sys

import pytest

from tests.torture import __main__ as torture
from tests.torture.bench import Bench, Tally

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it forks, kills and sets limits as on Linux")


@pytest.mark.parametrize("name", ["faults", "power", "fuzz", "names", "queries"])
def test_a_look_at_each_trial_breaks_nothing(name, built_store, tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    bench = Bench(tmp_path, share=0.0005, given=built_store)
    tallies = torture.run(bench, (name,))
    assert [(each.what, each.told) for each in tallies if each.broken] == []
    assert all(each.held for each in tallies)


def test_what_breaks_is_counted_and_told():
    bench = Bench(folder=None)
    with bench.tally("trial", "what") as tally:
        tally.hold(True)
        tally.hold(False, "it broke")
        raise ValueError("and so did the trial")
    assert (tally.held, tally.broken) == (1, 2) and tally.told[0] == "it broke" and "and so did the trial" in tally.told[1]
    assert isinstance(tally, Tally)
