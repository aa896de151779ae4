"""How long does a filter take when many look at once, and what does each of them cost the server?

Sessions of Streamlit are websockets; those of Dash, Superset and the bare page ask over HTTP, kept alive, and leave nothing on the
server. A closed loop asks again as soon as it is answered; the third measure is people who click every five seconds. All
change the year or the district, as in the browser.
"""

from __future__ import annotations

import contextlib
import functools
import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

from tests.bench.servers import STREAMLIT, Server, processor, resident
from tests.torture.viewer import Viewer

THINK = 5.0  # seconds
YEARS = ("all", "2023", "2022", "2021", "2020", "2019")
LABELS = ("期間", "行政區", "year", "district")
PATIENCE = 180
SATISFACTION = 1  # which chart of Superset's has no district


@dataclass
class Load:
    """What many sessions saw: seconds of each filter, faults, and the server's memory (MB) and processor (s)."""

    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    memory: float = 0.0
    processor: float = 0.0


class Looker(Viewer):
    """A session that changes the year and the district, and no other filter, so that all peers are asked the same."""

    def _wanted(self, label: str) -> bool:
        return label in LABELS


def measure(server: Server, sessions: int, seconds: float, think: float = 0.0, found: Load | None = None) -> Load:
    """So many sessions that change a filter for so many seconds."""
    found, ready, begin = found or Load(), threading.Barrier(sessions + 1), threading.Event()
    until: list[float] = []
    people = [
        threading.Thread(target=_session, args=(server, number, ready, begin, until, think, found), daemon=True)
        for number in range(sessions)
    ]
    for each in people:
        each.start()
    try:
        ready.wait(PATIENCE)
    except threading.BrokenBarrierError:
        found.faults.append(f"{server.name}: not all of {sessions} sessions came in")
    spent = processor(server.pid)
    until.append(time.monotonic() + seconds)
    begin.set()
    while time.monotonic() < until[0]:
        time.sleep(0.2)
        found.memory = max(found.memory, resident(server.pid))
    for each in people:
        each.join(PATIENCE)
    found.processor += processor(server.pid) - spent
    return found


def _session(server: Server, number: int, ready, begin, until: list[float], think: float, found: Load) -> None:
    dice = random.Random(number)
    try:
        with opened(server, dice) as change:
            change()  # everybody is there, with the page
            ready.wait(PATIENCE)
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
        if not begin.is_set():
            ready.abort()


@contextlib.contextmanager
def opened(server: Server, dice: random.Random) -> Iterator[Callable[[], list[str]]]:
    """A session of a server; what it gives changes a filter and tells what went wrong."""
    if server.name in STREAMLIT:
        with Looker(server.root, dice) as viewer:
            seen = viewer.open(server.page.rsplit("/", 1)[1])
            if seen.faults or len(seen.choices) < 2:
                raise RuntimeError(f"the page has {len(seen.choices)} filters; {seen.faults}")
            yield lambda: viewer.choose().faults
    else:
        with httpx.Client(base_url=server.root, timeout=120, trust_env=False) as client:
            districts = ["all", *DISTRICTS]
            ask = _charts(client) if server.name == "superset" else functools.partial(_ask, client, server.name)
            yield lambda: ask(dice.choice(YEARS), dice.choice(districts))


DISTRICTS = (
    "新營區", "鹽水區", "白河區", "柳營區", "後壁區", "東山區", "麻豆區", "下營區", "六甲區", "官田區", "大內區", "佳里區", "學甲區",
    "西港區", "七股區", "將軍區", "北門區", "新化區", "善化區", "新市區", "安定區", "山上區", "玉井區", "楠西區", "南化區", "左鎮區",
    "仁德區", "歸仁區", "關廟區", "龍崎區", "永康區", "東區", "南區", "中西區", "北區", "安南區", "安平區",
)  # fmt: skip


def _ask(client: httpx.Client, name: str, year: str, district: str) -> list[str]:
    if name == "bare":
        answer = client.get("/figures", params={"year": year, "district": district})
    else:
        charts = [{"id": f"chart{at}", "property": "figure"} for at in range(4)]
        answer = client.post(
            "/_dash-update-component",
            json={
                "output": f"..{'...'.join(f'chart{at}.figure' for at in range(4))}..", "outputs": charts,
                "inputs": [{"id": "year", "property": "value", "value": year},
                           {"id": "district", "property": "value", "value": district}],
                "changedPropIds": ["year.value"],
            },
        )  # fmt: skip
    return [] if answer.status_code == 200 and len(answer.content) > 1000 else [f"{name}: HTTP {answer.status_code}"]


def _charts(client: httpx.Client) -> Callable[[str, str], list[str]]:
    """What Superset's page does at a filter: it asks for every chart by itself, all at once."""
    asked = []
    for each in range(1, 5):
        kept = client.get(f"/api/v1/chart/{each}").raise_for_status().json()["result"]["query_context"]
        asked.append(json.loads(kept))

    def ask(year: str, district: str) -> list[str]:
        chosen = [("year", int(year))] if year != "all" else []
        chosen += [("district", district)] if district != "all" else []
        for number, each in enumerate(asked):
            each["queries"][0]["filters"] = [
                {"col": name, "op": "IN", "val": [value]}
                for name, value in chosen if number != SATISFACTION or name == "year"
            ]  # fmt: skip
        with ThreadPoolExecutor(len(asked)) as pool:
            answers = list(pool.map(lambda each: client.post("/api/v1/chart/data", json=each), asked))
        return [f"superset: HTTP {each.status_code}" for each in answers if each.status_code != 200]

    return ask
