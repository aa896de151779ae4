"""Does it stay quick and small while fifty people click, builds are published and a program reads the API?

Each viewer is a session over a websocket: opens pages, changes filters, thinks between two clicks. Times are from the
click to the end of the run. Memory is the server's resident set, after warm-up and at the end.
"""

from __future__ import annotations

import random
import re
import shutil
import statistics
import threading
import time
from dataclasses import dataclass, field

import httpx

from dashboard import menu
from data_pipeline.store import Store
from tests.torture.bench import Bench, command, serving
from tests.torture.viewer import Viewer

TRIAL = "load"
VIEWERS = 50
THINK = 6.0  # seconds between two clicks of one viewer, on average
GROWTH = 1.10
PUBLISHED_EVERY = 120.0  # seconds
WARM = 0.3  # of the time
TRACED = re.compile(r"^Traceback .*?\n(?=\S)[^\n]*", re.M | re.S)
ASKED = ("metrics/hotline.contacts/values?period=112&by=month", "tables/marts.works?limit=100", "sources", "published",
         "reconciliation", "builds/current", "metrics")  # fmt: skip


@dataclass
class Seen:
    """What the viewers and the program saw."""

    opened: list[float] = field(default_factory=list)
    chosen: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def run(bench: Bench) -> None:
    place = bench.place("load")
    store = Store(place / "store")
    shutil.copytree(bench.built, store.root)
    minutes = bench.minutes if bench.share == 1 else max(0.1, bench.minutes * bench.share)
    viewers = 5 if bench.quick else VIEWERS
    what = f"{viewers} viewers for {minutes:g} minutes while builds are published and the API is read: errors"
    with serving(store.root) as (address, process):
        seen, builds, sizes = Seen(), [], []
        with bench.tally(TRIAL, what) as tally:
            end = time.monotonic() + minutes * 60
            people = [
                threading.Thread(target=_click, args=(address, number, bench.seed, end, seen))
                for number in range(viewers)
            ]
            people.append(threading.Thread(target=_read, args=(address, end, seen)))
            people.append(threading.Thread(target=_publish, args=(store, end, builds, seen)))
            for each in people:
                each.start()
            began = time.monotonic()
            while any(each.is_alive() for each in people):
                sizes.append((time.monotonic() - began, _resident(process.pid)))
                time.sleep(1)
            for times in (seen.opened, seen.chosen, seen.asked):
                tally.held += len(times)
            for fault in seen.faults:
                tally.hold(False, fault)
            log = process.log.read_text(errors="replace")
            traces = TRACED.findall(log) or ([log] if "Traceback" in log else [])
            for traced in dict.fromkeys(traces):
                tally.hold(False, traced[-1200:])
            tally.hold(bool(builds), "no build was published meanwhile")
            tally.said = (f"a page {_told(seen.opened)}; a filter {_told(seen.chosen)}; the API {_told(seen.asked)}; "
                          f"{len(builds)} builds published")  # fmt: skip
        with bench.tally(
            TRIAL, f"the server's memory at the end, at most {GROWTH - 1:.0%} above that after warm-up"
        ) as tally:
            warm = statistics.median(
                size for at, size in sizes if WARM * 60 * minutes <= at < (WARM + 0.1) * 60 * minutes
            )
            last = statistics.median(size for _, size in sizes[-max(3, len(sizes) // 10) :])
            grown = last / warm
            tally.hold(bench.quick or grown <= GROWTH, f"{warm:,.0f} MB → {last:,.0f} MB")
            tally.said = (
                f"{sizes[0][1]:,.0f} MB at first, {warm:,.0f} MB warm, {last:,.0f} MB at the end ({grown - 1:+.1%})"
            )


def _click(address: str, number: int, seed: int, end: float, seen: Seen) -> None:
    """A viewer: opens a page, changes a few of its filters, opens another."""
    dice = random.Random(seed + number)
    pages = list(menu.names().values())
    time.sleep(dice.uniform(0, THINK))
    try:
        with Viewer(address, dice) as viewer:
            while time.monotonic() < end:
                query = f"year={dice.choice(['all', '112', '111', '110'])}&lang={dice.choice(['zh', 'en'])}"
                page = dice.choice(pages)
                _note(viewer.open(page, query), page, seen.opened, seen)
                for _ in range(dice.randint(1, 4)):
                    time.sleep(dice.expovariate(1 / THINK))
                    if time.monotonic() < end:
                        _note(viewer.choose(), f"{page} {list(viewer.chosen.values())}", seen.chosen, seen)
                time.sleep(dice.expovariate(1 / THINK))
    except Exception as error:  # whatever a viewer would have been cut off by
        seen.faults.append(f"viewer {number}: {type(error).__name__}: {error}")


def _note(run, what: str, times: list[float], seen: Seen) -> None:
    times.append(run.seconds)
    seen.faults += [f"{what}: {fault}" for fault in run.faults]


def _read(address: str, end: float, seen: Seen) -> None:
    """A program that asks the API, twice a second."""
    with httpx.Client(base_url=f"{address}/api/v1/", timeout=60, trust_env=False) as client:
        turn = 0
        while time.monotonic() < end:
            started = time.perf_counter()
            try:
                answer = client.get(ASKED[turn % len(ASKED)])
                seen.asked.append(time.perf_counter() - started)
                if answer.status_code != 200:
                    seen.faults.append(f"API {ASKED[turn % len(ASKED)]}: {answer.status_code} {answer.text[:200]}")
            except httpx.HTTPError as error:
                seen.faults.append(f"API: {type(error).__name__}: {error}")
            turn += 1
            time.sleep(0.5)


def _publish(store: Store, end: float, builds: list[str], seen: Seen) -> None:
    """Builds of other data: the same set with fewer records, each published as soon as it stands."""
    turn = 0
    while True:
        for arguments in (["sample", "--scale", "0.02", "--seed", str(turn + 1)], ["build", "--no-sample"]):
            done = command(store, *arguments)
            if done.returncode:
                seen.faults.append(f"build: {done.stderr[-300:]}")
        builds.append(store.current_name())
        turn += 1
        wait = time.monotonic() + PUBLISHED_EVERY
        while time.monotonic() < wait:
            if time.monotonic() > end:
                return
            time.sleep(0.2)


def _resident(pid: int) -> float:
    """The resident set of a process, in MB."""
    with open(f"/proc/{pid}/status") as file:  # noqa: PTH123
        return int(next(line for line in file if line.startswith("VmRSS")).split()[1]) / 1024


def _told(times: list[float]) -> str:
    if not times:
        return "—"
    ordered = sorted(times)
    return (f"{len(times):,}×, p50 {ordered[len(ordered) // 2] * 1000:,.0f} ms, "
            f"p95 {ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))] * 1000:,.0f} ms")  # fmt: skip
