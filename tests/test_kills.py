"""Is anything lost when a build is killed? The short form of `python -m tests.kills --times 100`."""

from __future__ import annotations

import sys

import pytest

from tests import kills


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is not there")
def test_five_kills_lose_nothing(tmp_path):
    told = []
    tally = kills.kills(kills.tiny(tmp_path), tmp_path, 5, seed=5, say=told.append)
    assert tally.faults == 0, told
    assert tally.stages.total() == 5 and tally.asked > 10
