"""Does it hold under attack, faults and load? `python -m tests.torture [--only NAME] [--quick | --share 0.1] [--minutes N]`

Runs every trial over stores of its own and prints one table: what was tried, how often it held, how often it broke.
Exit code 1 where anything broke. At full size it takes hours; `--quick` is a hundredth of it, to see that it runs.
"""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.torture.bench import SEED, Bench, Tally

TRIALS = ("faults", "power", "fuzz", "injection", "queries", "names", "access", "restore", "load", "readers")


def run(bench: Bench, names: tuple[str, ...] = TRIALS) -> list[Tally]:
    """Every trial of these names, one after another."""
    for name in names:
        importlib.import_module(f"tests.torture.{name}").run(bench)
    return bench.tallies


def table(tallies: list[Tally]) -> Table:
    drawn = Table("試驗 trial", "內容 what", title="make torture")
    for head in ("次數 tries", "撐住 held", "壞了 broken", "秒 seconds"):
        drawn.add_column(head, justify="right")
    drawn.add_column("量到 measured")
    for each in tallies:
        style = "[red]" if each.broken else "[green]"
        drawn.add_row(
            each.trial, escape(each.what), f"{each.held + each.broken:,}", f"{each.held:,}",
            f"{style}{each.broken:,}[/]", f"{each.seconds:,.0f}", escape(each.said),
        )  # fmt: skip
    return drawn


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=TRIALS, help="this trial alone; may be said again")
    parser.add_argument("--quick", action="store_true", help="a hundredth, and what would take a minute is left out")
    parser.add_argument("--share", type=float, default=1.0, help="so much of everything, 0..1")
    parser.add_argument("--minutes", type=float, default=10, help="how long the load lasts")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed, other files and other moments")
    chosen = parser.parse_args()
    os.environ["NO_PROXY"] = "127.0.0.1,localhost"
    out = Console(width=None if sys.stdout.isatty() else 170, highlight=False)

    def say(tally: Tally) -> None:
        mark = "[red]✖[/]" if tally.broken else "[green]✔[/]"
        out.print(f"{mark} {tally.trial}: {escape(tally.what)}  {tally.held:,} held, {tally.broken:,} broken, "
                  f"{tally.seconds:,.0f} s  {escape(tally.said)}", soft_wrap=True)  # fmt: skip
        sys.stdout.flush()
        for told in tally.told:
            out.print(f"    {escape(told)}", soft_wrap=True)

    folder = Path(tempfile.mkdtemp(prefix="torture-"))
    try:
        bench = Bench(folder, 0.01 if chosen.quick else chosen.share, chosen.minutes, chosen.seed, say=say)
        tallies = run(bench, tuple(chosen.only or TRIALS))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    out.print(table(tallies))
    return int(any(each.broken for each in tallies))


if __name__ == "__main__":
    sys.exit(main())
