"""How is each peer started, and what does its server use?"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.case import Case
from tests.conftest import ROOT, answers, stop

PEERS = Path(__file__).parent / "peers"
NAMES = ("hello", "bare", "naive", "dash", "superset", "product")
STREAMLIT = ("hello", "naive", "product")
PAGES = {"product": "hotline", "superset": "superset/dashboard/hotline/"}
DISTRIBUTIONS = {"superset": "apache-superset"}  # where it is not called as the peer is
PATIENCE = 240  # seconds until a server must answer; Superset makes its own database first


@dataclass(frozen=True)
class Server:
    """A server that runs, and the case that it shows; `page` is the address of its page."""

    name: str
    page: str
    pid: int
    log: Path
    case: Case

    @property
    def root(self) -> str:
        return "/".join(self.page.split("/")[:3])


@contextlib.contextmanager
def serving(name: str, case: Case, folder: Path, checkout: Path) -> Iterator[Server]:
    """The server of a peer over a case, from its start to its end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    place = folder / "plain"  # without settings of ours
    (place / ".streamlit").mkdir(parents=True, exist_ok=True)
    marts = str(case.marts)
    options = ["--server.headless", "true", "--browser.gatherUsageStats", "false", "--server.port", str(port)]
    streamlit = [sys.executable, "-m", "streamlit", "run"]
    if name == "product":
        place, command = checkout, [*streamlit, "app.py", *options]
    elif name in STREAMLIT:
        command = [*streamlit, str(PEERS / f"{name}_page.py"), *options, "--server.address", "127.0.0.1", "--", marts]
    else:
        python = environment(name, folder) if requirements(name).exists() else Path(sys.executable)
        command = [str(python), str(PEERS / f"{name}_page.py"), marts, str(port)]
    log, page = folder / f"{name}-{port}.log", f"http://127.0.0.1:{port}/{PAGES.get(name, '')}"
    own = {"RDEC_STORE": str(case.store), "RDEC_API_RATE": "off", "PYTHONPATH": "" if name == "product" else str(PEERS)}
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=place, env=os.environ | own, stdout=out, stderr=subprocess.STDOUT)
    try:
        end = time.monotonic() + PATIENCE
        while not answers(page):
            if time.monotonic() > end or process.poll() is not None:
                raise RuntimeError(f"{name} does not answer: {log.read_text(errors='replace')[-800:]}")
            time.sleep(0.02)
        yield Server(name, page, process.pid, log, case)
    finally:
        stop(process)
        log.unlink(missing_ok=True)


def requirements(name: str) -> Path:
    return PEERS / f"requirements-{name}.txt"


def environment(name: str, folder: Path) -> Path:
    """The Python of a peer's own environment, made where what it asks for is not there yet."""
    home = folder / f"env-{name}"
    python, told = home / "bin" / "python", home / "requirements.txt"
    asked = requirements(name).read_text()
    if not told.exists() or told.read_text() != asked:
        subprocess.run(["sh", str(ROOT / ".ci" / "venv.sh"), sys.executable, str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "-r", str(requirements(name))], check=True,
                       stderr=subprocess.DEVNULL)  # fmt: skip
        told.write_text(asked)
    return python


def resident(pid: int) -> float:
    """The resident set of a process and its children, in MB."""
    total = 0
    for each in tree(pid):
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{each}/status").read_text().splitlines()
            total += int(next(line for line in lines if line.startswith("VmRSS")).split()[1])
    return total / 1024


def processor(pid: int) -> float:
    """The processor seconds that a process and its children have used."""
    ticks = 0
    for each in tree(pid):
        with contextlib.suppress(OSError):
            told = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += int(told[11]) + int(told[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> list[int]:
    found = [pid]
    for each in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [one for child in each.read_text().split() for one in tree(int(child))]
    return found
