"""How long does a filter take when many look at once, and what does each of them cost the server?

Sessions of Streamlit are websockets; those of Dash and the bare page ask over HTTP and keep nothing on the server. A
closed loop asks again as soon as it is answered; the third measure is people who click every five seconds.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from tests.bench.peers import questions
from tests.bench.servers import CODES, Server, processor, resident
from tests.torture.viewer import Viewer

THINK = 5.0  # seconds


@dataclass
class Load:
    """What many sessions saw: seconds of each filter, faults, and the server's memory (MB) and processor (s)."""

    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    first: float = 0.0
    last: float = 0.0
    processor: float = 0.0


def measure(server: Server, sessions: int, seconds: float, think: float = 0.0) -> Load:
    """So many sessions that change the year or the district for so many seconds."""
    found, ready, begin = Load(), threading.Barrier(sessions + 1), threading.Event()
    found.first = resident(server.pid)
    until: list[float] = []
    people = [
        threading.Thread(target=_session, args=(server, number, ready, begin, until, think, found), daemon=True)
        for number in range(sessions)
    ]
    for each in people:
        each.start()
    ready.wait(180)
    spent = processor(server.pid)
    until.append(time.monotonic() + seconds)
    begin.set()
    while time.monotonic() < until[0]:
        time.sleep(0.2)
        found.last = max(found.last, resident(server.pid))
    found.processor = processor(server.pid) - spent
    for each in people:
        each.join(120)
    return found


def _session(server: Server, number: int, ready, begin, until: list[float], think: float, found: Load) -> None:
    dice = random.Random(number)
    try:
        with _opened(server, dice) as change:
            change()  # everybody is there, with the page
            ready.wait(180)
            begin.wait()
            if think:
                time.sleep(dice.uniform(0, think))
            while time.monotonic() < until[0]:
                started = time.perf_counter()
                faults = change()
                found.seconds.append(time.perf_counter() - started)
                found.faults += faults
                if think:
                    time.sleep(max(0.0, think - (time.perf_counter() - started)))
    except Exception as error:  # whatever cuts a session off
        found.faults.append(f"{server.name}: {type(error).__name__}: {error}")
        ready.abort() if not begin.is_set() else None


class _opened:
    """A session of a server; what it gives changes a filter and tells what went wrong."""

    def __init__(self, server: Server, dice: random.Random):
        self.server, self.dice = server, dice

    def __enter__(self) -> Callable[[], list[str]]:
        if self.server.kind in ("house", "naive", "hello"):
            self.within = Viewer(self.server.root, self.dice)
            viewer = self.within.__enter__()
            page = self.server.page.rsplit("/", 1)[1]
            viewer.open(page)
            return lambda: viewer.choose().faults
        self.within = httpx.Client(base_url=self.server.root, timeout=120, trust_env=False)
        self.within.__enter__()
        return lambda: self._ask(self.dice.choice(questions.YEARS), self.dice.choice(["all", *CODES.values()]))

    def __exit__(self, *raised) -> None:
        self.within.__exit__(*raised)

    def _ask(self, year: str, place: str) -> list[str]:
        if self.server.kind == "bare":
            answer = self.within.get("/figures", params={"year": year, "district": place})
        else:
            charts = [{"id": f"chart{at}", "property": "figure"} for at in range(4)]
            answer = self.within.post(
                "/_dash-update-component",
                json={
                    "output": f"..{'...'.join(f'chart{at}.figure' for at in range(4))}..", "outputs": charts,
                    "inputs": [{"id": "year", "property": "value", "value": year},
                               {"id": "district", "property": "value", "value": place}],
                    "changedPropIds": ["year.value"],
                },
            )  # fmt: skip
        return [] if answer.status_code == 200 and len(answer.content) > 1000 else [f"{answer.status_code}"]
