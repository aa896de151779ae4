"""Is it fast beside its peers? `python -m tests.bench [--only NAME] [--times 7] [--rows 1000000] [--checkout PATH]`

Each measure is taken of all peers in turn within one run, so that a busy machine slows all of them; what counts are the
ratios. Peers that need packages of their own get them in an environment under `--folder`, which is kept.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench import browser, case, sessions
from tests.bench.case import Case
from tests.bench.servers import names, serving
from tests.browser import chromium
from tests.conftest import ROOT
from tests.torture.viewer import Viewer

MEASURES = ("pages", "start", "sessions", "build")
out = Console(width=None if sys.stdout.isatty() else 150, highlight=False)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=MEASURES, help="this measure alone; may be said again")
    parser.add_argument("--peers", default=",".join(names()), help="which servers, with commas")
    parser.add_argument("--times", type=int, default=7, help="rounds of the browser")
    parser.add_argument("--seconds", type=float, default=20, help="how long the closed loops of sessions last")
    parser.add_argument("--rows", type=int, default=1_000_000, help="hotline contacts in the case")
    parser.add_argument("--checkout", type=Path, default=ROOT, help="another checkout of the product")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "rdec-bench", help="what is kept")
    chosen = parser.parse_args()
    os.environ["NO_PROXY"] = "127.0.0.1,localhost"
    chosen.folder.mkdir(parents=True, exist_ok=True)
    peers = [each for each in names() if each in chosen.peers.split(",")]
    machine()
    made = case.make(chosen.folder, chosen.rows, chosen.checkout)
    for measure in chosen.only or MEASURES:
        {"pages": pages, "start": start, "sessions": many, "build": build}[measure](peers, made, chosen)
    return 0


def machine() -> None:
    """What was measured on, and with what."""
    cpu = next((line.partition(":")[2].strip() for line in _read("/proc/cpuinfo") if line.startswith("model name")), "")
    memory = next((line.split()[1] for line in _read("/proc/meminfo")), "0")
    browser_ = subprocess.run([chromium.find() or "true", "--version"], capture_output=True, text=True).stdout.strip()
    versions = [f"{each} {importlib.metadata.version(each)}" for each in ("streamlit", "duckdb", "plotly")]
    out.print(f"{os.cpu_count()} × {cpu}, {int(memory) / 1e6:.0f} GB, {platform.platform()}, Python "
              f"{platform.python_version()}, {browser_}, {', '.join(versions)}; load {os.getloadavg()[0]:.1f}")  # fmt: skip


def pages(peers: Sequence[str], made: Case, chosen) -> None:
    """Cold, warm, filter, page to page, bytes: in a browser."""
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(serving(each, made, chosen.folder, chosen.checkout)) for each in peers]
        found = browser.measure(servers, chosen.times, lambda told: print(told, file=sys.stderr))
    shown = ("cold", "warm", "new", "again", "place_new", "place_again", "page", "kilobytes")
    heads = ("cold", "warm", "year, new", "year, again", "district, new", "district, again", "to a page", "kB cold")
    drawn = _table(
        f"To the last chart, ms: median (min to max) of {chosen.times} rounds; {made.rows:,} contacts", heads
    )
    middle = {}
    for name, times in found.items():
        values = [getattr(times, each) for each in shown]
        middle[name] = {head: statistics.median(each) for head, each in zip(heads, values, strict=True) if each}
        drawn.add_row(name, *(f"{statistics.median(each):,.0f} ({min(each):,.0f}–{max(each):,.0f})" if each else "—"
                              for each in values))  # fmt: skip
        for fault in times.faults:
            out.print(f"[red]✖[/] {fault}")
    out.print(drawn)
    aims = [("cold", "dash", 1.0), ("warm", "dash", 1.0), ("year, new", "dash", 1.0), ("year, again", "dash", 1.0),
            ("year, new", "bare", 2.0), ("district, new", "dash", 1.0), ("cold", "naive", 0.67),
            ("warm", "naive", 0.67), ("year, new", "naive", 0.67)]  # fmt: skip
    told = [(f"{what} ÷ {peer}", middle["product"][what] / middle[peer][what], most)
            for what, peer, most in aims if "product" in middle and peer in middle]  # fmt: skip
    if own := middle.get("product"):
        told.append(("to a page ÷ year, new", own["to a page"] / own["year, new"], 1.2))
        told.append(("MB cold", own["kB cold"] / 1000, 2.5))
    ratios(told)


def start(peers: Sequence[str], made: Case, chosen) -> None:
    """From the start of a server to its first page answered over a session, the store being there."""
    found: dict[str, list[float]] = {"hello": [], "product": []}
    for turn in range(max(3, chosen.times)):
        for name in sorted(found, reverse=bool(turn % 2)):
            began = time.perf_counter()
            with serving(name, made, chosen.folder, chosen.checkout) as server, Viewer(server.root) as viewer:
                viewer.open(server.page.rsplit("/", 1)[1])
                found[name].append(time.perf_counter() - began)
    drawn = _table("From the start of the server to its first page, ms", ("median", "min", "max"))
    for name, each in found.items():
        drawn.add_row(name, *(f"{1000 * value:,.0f}" for value in (statistics.median(each), min(each), max(each))))
    out.print(drawn)
    ratios([("start ÷ hello", statistics.median(found["product"]) / statistics.median(found["hello"]), 1.5)])


def many(peers: Sequence[str], made: Case, chosen) -> None:
    """A filter with 1, 20 and 50 sessions, and the server's memory."""
    heads = (
        "1: p50",
        "1: processor",
        "20: p50",
        "20: p95",
        "50 that click: p50",
        "p95",
        "faults",
        "MB",
        "MB a session",
    )
    drawn = _table(
        f"A filter at the server, ms; closed loops of {chosen.seconds:g} s, then 50 clicking every 5 s", heads
    )
    measured = {}
    for name in [each for each in peers if each != "hello"]:
        with serving(name, made, chosen.folder, chosen.checkout) as server:
            sessions.measure(server, 1, 3)  # warm
            one = sessions.measure(server, 1, chosen.seconds / 2)
            twenty = sessions.measure(server, 20, chosen.seconds)
            fifty = sessions.measure(server, 50, 3 * chosen.seconds, sessions.THINK)
        faults = [*one.faults, *twenty.faults, *fifty.faults]
        measured[name] = one, twenty, fifty
        drawn.add_row(
            name, _ms(one.seconds, 0.5), f"{1000 * one.processor / max(1, len(one.seconds)):.0f}",
            _ms(twenty.seconds, 0.5), _ms(twenty.seconds, 0.95), _ms(fifty.seconds, 0.5), _ms(fifty.seconds, 0.95),
            str(len(faults)), f"{one.last:,.0f} → {fifty.last:,.0f}", f"{(fifty.last - one.last) / 50:.1f}",
        )  # fmt: skip
        for fault in faults[:5]:
            out.print(f"[red]✖[/] {fault[:300]}")
    out.print(drawn)
    if own := measured.get("product"):
        one, twenty, fifty = own
        told = [("server's processor time of a filter, ms", 1000 * one.processor / max(1, len(one.seconds)), 30),
                ("50 sessions: p95, s", _at(fifty.seconds, 0.95), 1.0),
                ("MB a session", (fifty.last - one.last) / 50, 15)]  # fmt: skip
        if naive := measured.get("naive"):
            told.append(("20 sessions: p95 ÷ naive", _at(twenty.seconds, 0.95) / _at(naive[1].seconds, 0.95), 0.15))
        ratios(told)


def build(peers: Sequence[str], made: Case, chosen) -> None:
    """A full build beside a plain load of the same files."""
    subprocess.run([sys.executable, "-m", "tests.benchmark_build", "--times", "3"], cwd=chosen.checkout, check=True)


def ratios(told: Sequence[tuple[str, float, float]]) -> None:
    """Measures beside what was aimed at."""
    drawn = Table("", title="beside the aims")
    for head in ("measured", "at most", ""):
        drawn.add_column(head, justify="right")
    for what, value, most in told:
        drawn.add_row(what, f"{value:.2f}", f"{most:g}", "[green]met[/]" if value <= most else "[red]missed[/]")
    out.print(drawn)


def _table(title: str, heads: Sequence[str]) -> Table:
    drawn = Table("", title=title)
    for head in heads:
        drawn.add_column(head, justify="right")
    return drawn


def _at(seconds: list[float], share: float) -> float:
    ordered = sorted(seconds) or [float("nan")]
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _ms(seconds: list[float], share: float) -> str:
    return f"{1000 * _at(seconds, share):,.0f}"


def _read(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


if __name__ == "__main__":
    sys.exit(main())
