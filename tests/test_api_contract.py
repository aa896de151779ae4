"""Does a stranger with nothing but the OpenAPI document find an answer that the document does not allow?"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import serve

SEED = "108112"


@pytest.fixture(scope="module")
def unhurried(built_store: Path):
    """A server that does not limit how often it is asked."""
    with serve(built_store, RDEC_API_RATE="off") as address:
        yield address


def test_schemathesis_finds_nothing(unhurried: str, tmp_path: Path) -> None:
    """Examples, the edges of every parameter, random questions; every check that schemathesis has."""
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", f"{unhurried}/api/openapi.json", "--seed", SEED,
         "--max-examples", "25", "--phases", "examples,coverage,fuzzing", "--checks", "all", "--continue-on-failure"],
        cwd=tmp_path, capture_output=True, text=True, timeout=180, env=os.environ | {"NO_COLOR": "1"},
    )  # fmt: skip
    print(done.stdout[-2500:])
    assert done.returncode == 0, done.stdout
    found = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert found and found[1] == found[2] and int(found[1]) > 500
    assert "Tested: 10" in done.stdout
