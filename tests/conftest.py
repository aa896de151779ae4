"""What do the tests of pages share? One warehouse, built once from a small simulated set, and a server over it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def built_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one published build of the whole simulated set; its record-level rows at a fiftieth."""
    root = tmp_path_factory.mktemp("store")
    for arguments in (["sample", "--scale", "0.02"], ["build", "--no-sample"]):
        done = subprocess.run(
            [sys.executable, "-m", "data_pipeline", "--store", str(root), *arguments],
            cwd=ROOT, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    return root


@pytest.fixture
def warehouse(built_store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process asks the built store."""
    from dashboard import warehouse

    monkeypatch.setenv("RDEC_STORE", str(built_store))
    warehouse.here.cache_clear()
    yield
    warehouse.here.cache_clear()


@pytest.fixture
def chinese() -> Iterator[None]:
    """What is said outside a page is said in Chinese."""
    from dashboard import words

    words.speak("zh")
    yield
    words.speak(None)


@pytest.fixture
def con(warehouse) -> duckdb.DuckDBPyConnection:
    """The build that the pages read, to work out by SQL of the test's own what they should say."""
    from dashboard.warehouse import SETTINGS, here

    return duckdb.connect(str(here().store.build(here().name()).path), read_only=True, config=SETTINGS)


@contextmanager
def serve(
    store: Path, arguments: Callable[[str], list[str]] = lambda address: [], **settings: str
) -> Iterator[str]:
    """`streamlit run app.py` over a store, as a person starts it; gives the address, ends the process after.

    `arguments` gives further ones, told the address; `settings` are environment variables beside `RDEC_STORE`.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log, address = store.parent / f"server-{port}.log", f"http://localhost:{port}"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), *arguments(address)],
            cwd=ROOT, env=os.environ | {"RDEC_STORE": str(store)} | settings, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        wait_until(lambda: answers(f"{address}/_stcore/health"), 60, lambda: log.read_text(errors="replace"))
        yield address
    finally:
        stop(process)


def stop(process: subprocess.Popen) -> None:
    """End a server: it is asked to, and made to where it does not."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def server(built_store: Path) -> Iterator[str]:
    """The address of a running dashboard over the built store."""
    with serve(built_store) as address:
        yield address


def wait_until(test: Callable[[], bool], seconds: float, told: Callable[[], str]) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if test():
            return
        time.sleep(0.1)
    pytest.fail(f"not within {seconds} s:\n{told()}")


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
