"""How is what was measured told? The machine, a table a measure, and the aims beside it."""

from __future__ import annotations

import importlib.metadata
import math
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.bench.servers import DISTRIBUTIONS, NAMES, environment, requirements
from tests.browser import chromium

out = Console(width=None if sys.stdout.isatty() else 170, highlight=False)


def machine(folder: Path, peers: Sequence[str], checkout: Path) -> None:
    """What was measured on, and with what."""
    cpu = next((line.partition(":")[2].strip() for line in _read("/proc/cpuinfo") if line.startswith("model name")), "")
    memory = int(next((line.split()[1] for line in _read("/proc/meminfo")), "0"))
    versions = [f"{each} {importlib.metadata.version(each)}" for each in ("streamlit", "plotly", "duckdb")]
    for name in [each for each in NAMES if each in peers and requirements(each).exists()]:
        asked = f"import importlib.metadata as m; print(m.version({DISTRIBUTIONS.get(name, name)!r}))"
        told = subprocess.run([str(environment(name, folder)), "-c", asked], capture_output=True, text=True, check=True)
        versions.append(f"{name} {told.stdout.strip()}")
    browser = subprocess.run([chromium.find() or "true", "--version"], capture_output=True, text=True).stdout.strip()
    git = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=checkout, capture_output=True, text=True)
    out.print(escape(f"{os.cpu_count()} × {cpu}, {memory / 1e6:.0f} GB, {platform.system()} {platform.release()}, Python "
              f"{platform.python_version()}, {browser}; {', '.join(versions)}; product {git.stdout.strip() or checkout.name}; "
              f"load {os.getloadavg()[0]:.1f}"), soft_wrap=True)  # fmt: skip


def table(title: str, heads: Sequence[str], rows: Mapping[str, Sequence[str]]) -> None:
    drawn = Table("", title=title)
    for head in heads:
        drawn.add_column(head, justify="right")
    for name, cells in rows.items():
        drawn.add_row(name, *(escape(each) for each in cells))
    out.print(drawn)


def aims(told: Sequence[tuple[str, float | None, float]]) -> None:
    """Measures beside the aims: what it is called, what it came to (None: not measured in this run), the most."""
    drawn = Table("", title="beside the aims")
    for head in ("measured", "at most", ""):
        drawn.add_column(head, justify="right")
    for what, value, most in told:
        if value is None or math.isnan(value):
            drawn.add_row(what, "—", f"{most:g}", "not measured")
        else:
            drawn.add_row(what, f"{value:.2f}", f"{most:g}", verdict(value, most))
    out.print(drawn)


def verdict(value: float, most: float) -> str:
    return "[green]met[/]" if value <= most else "[red]missed[/]"


def fault(faults: Sequence[str]) -> None:
    """The first of what did not hold; all are counted in the table."""
    for each in faults[:8]:
        out.print(f"[red]✖[/] {escape(each[:300])}", soft_wrap=True)
    if len(faults) > 8:
        out.print(f"[red]✖[/] and {len(faults) - 8} more")


def spread(values: Sequence[float] | None) -> str:
    """Median (least to most)."""
    return f"{statistics.median(values):,.0f} ({min(values):,.0f}–{max(values):,.0f})" if values else "—"


def at(values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed; not a number where there is none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)] if ordered else math.nan


def ratio(measured: Mapping[str, float | None], peer: str, to: str = "product") -> float | None:
    """How the product stands to a peer; None where one of them was not measured."""
    own, other = measured.get(to), measured.get(peer)
    return own / other if own is not None and other else None


def _read(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []
