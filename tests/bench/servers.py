"""How is each peer started, and how is a filter chosen on its page?"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.case import Case
from tests.conftest import ROOT, answers

PEERS = Path(__file__).parent / "peers"
YEARS = ("2022", "2021", "2020", "2022", "2021")  # three new ones, then two again
PLACES = ("永康區", "東區", "安南區", "永康區", "東區")
CODES = {"永康區": "yongkang", "東區": "east", "安南區": "annan"}
PATIENCE = 120  # seconds until a server must answer


@dataclass(frozen=True)
class Server:
    """A server that runs: its kind says how its page is pressed, `page` is the address of the page."""

    name: str
    kind: str
    page: str
    pid: int
    log: Path

    @property
    def root(self) -> str:
        return "/".join(self.page.split("/")[:3])


def names() -> tuple[str, ...]:
    return ("hello", "bare", "naive", "dash", "product")


@contextlib.contextmanager
def serving(name: str, case: Case, folder: Path, checkout: Path) -> Iterator[Server]:
    """The server of a peer over a case, from its start to its end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    marts, plain = str(case.marts), ["--server.headless", "true", "--server.address", "127.0.0.1"]
    streamlit = [sys.executable, "-m", "streamlit", "run"]
    if name == "product":
        command, place, page = [*streamlit, "app.py"], checkout, "/hotline"
    elif name == "hello":
        command, place, page = [*streamlit, str(PEERS / "hello_page.py"), *plain], folder, "/"
    elif name == "naive":
        command, place, page = [*streamlit, str(PEERS / "naive_page.py"), *plain, "--", marts], folder, "/"
    else:
        python = environment(name, folder) if name == "dash" else sys.executable
        command, place, page = [str(python), str(PEERS / f"{name}_page.py"), marts, str(port)], folder, "/"
    if name in ("product", "hello", "naive"):
        at = command.index("--") if "--" in command else len(command)
        command[at:at] = ["--server.port", str(port), "--browser.gatherUsageStats", "false"]
    log, address = folder / f"{name}.log", f"http://127.0.0.1:{port}"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=place, env=os.environ | {"RDEC_STORE": str(case.store), "RDEC_API_RATE": "off"}, stdout=out,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        end = time.monotonic() + PATIENCE
        while not answers(f"{address}{page}"):
            if time.monotonic() > end or process.poll() is not None:
                raise RuntimeError(f"{name} does not answer: {log.read_text(errors='replace')[-800:]}")
            time.sleep(0.02)
        yield Server(name, {"product": "house"}.get(name, name), f"{address}{page}", process.pid, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def environment(name: str, folder: Path) -> Path:
    """The Python of a peer's own environment, made where it is not there yet."""
    python = folder / f"env-{name}" / "bin" / "python"
    if not python.exists():
        subprocess.run(["sh", str(ROOT / ".ci" / "venv.sh"), sys.executable, str(python.parent.parent)], check=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "-q", "-r", str(PEERS / f"requirements-{name}.txt")],
            check=True,
            stderr=subprocess.DEVNULL,
        )
    return python


def resident(pid: int) -> float:
    """The resident set of a process and its children, in MB."""
    return sum(_status(each, "VmRSS") for each in tree(pid)) / 1024


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


def _status(pid: int, name: str) -> int:
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(name)).split()[1])
    return 0
