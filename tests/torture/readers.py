"""Do several app processes behind nginx serve as one, while a build is published and one of them is killed?

Three processes over one store and `docs/deploy/nginx.conf` as it is shipped, with other ports. Thirty viewers click, a
program reads the API, a real browser looks at one page with a filter. All on loopback.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from dashboard import menu
from data_pipeline.store import Store
from tests.conftest import ROOT, answers
from tests.torture.bench import Bench, command
from tests.torture.viewer import Viewer

TRIAL = "readers"
CONF = ROOT / "docs" / "deploy" / "nginx.conf"
PORTS = ("8501", "8502", "8503")
VIEWERS = 30
THINK = 4.0  # seconds between two clicks of one viewer, on average
MOVED = 1.5  # seconds in which every process shows a new build
BACK = 15.0  # seconds in which a viewer who was cut off sees the page again
WRAP = """
daemon off; pid {folder}/pid; worker_processes 2; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    log_format told '$msec $status $upstream_addr $request_uri'; access_log {folder}/access.log told;
    include {folder}/kpi.conf;
}}
"""


@dataclass
class Seen:
    """What viewers and the program saw."""

    runs: int = 0
    asked: int = 0
    back: list[float] = field(default_factory=list)  # seconds from the cut to the page again
    faults: list[str] = field(default_factory=list)


class Processes:
    """The app processes, each at its port."""

    def __init__(self, store: Path, ports: dict[str, int]):
        self.store, self.ports = store, ports
        self.running: dict[str, subprocess.Popen] = {}

    def start(self, name: str) -> None:
        port = self.ports[name]
        with (self.store.parent / f"app-{name}.log").open("ab") as out:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
                cwd=ROOT, env=os.environ | {"RDEC_STORE": str(self.store), "RDEC_API_RATE": "off"}, stdout=out,
                stderr=subprocess.STDOUT,
            )  # fmt: skip

    def wait(self, name: str) -> None:
        end = time.monotonic() + 120
        while not answers(f"http://localhost:{self.ports[name]}/_stcore/health"):
            if time.monotonic() > end or self.running[name].poll() is not None:
                raise RuntimeError(f"process {name} did not start")
            time.sleep(0.1)

    def build(self, name: str) -> str | None:
        """The build that a process says is in use."""
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"http://127.0.0.1:{self.ports[name]}/healthz", timeout=5, trust_env=False).json()["build"]
        return None

    def stop(self) -> None:
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        for process in self.running.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def run(bench: Bench) -> None:
    minutes = max(0.7, min(2.0, bench.minutes) * (bench.share if bench.share < 1 else 1))
    what = f"three processes behind nginx, {VIEWERS} viewers for {minutes:g} minutes, one process killed: errors"
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not nginx:
        with bench.tally(TRIAL, what) as tally:
            tally.said = "沒有試：缺少 nginx，請先安裝（apt install nginx-light） · not tried: nginx is missing; apt install nginx-light"
        return
    place = bench.place("readers")
    store = Store(place / "store")
    shutil.copytree(bench.built, store.root)
    with _serving(store.root, place, nginx) as (address, processes):
        _trial(bench, store, address, processes, place, minutes, what)


@contextlib.contextmanager
def _serving(store: Path, place: Path, nginx: str) -> Iterator[tuple[str, Processes]]:
    free = _free(len(PORTS) + 1)
    ports, front = dict(zip("123", free, strict=False)), free[-1]
    text = CONF.read_text(encoding="utf-8").replace("listen 80;", f"listen 127.0.0.1:{front};")
    for known, port in zip(PORTS, ports.values(), strict=True):
        text = text.replace(f":{known}", f":{port}")
    folder = place / "nginx"
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "kpi.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(WRAP.format(folder=folder), encoding="utf-8")
    processes, proxy = Processes(store, ports), None
    try:
        for name in ports:
            processes.start(name)
        for name in ports:
            processes.wait(name)
        proxy = subprocess.Popen(
            [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
        )
        end = time.monotonic() + 10
        while not answers(f"http://localhost:{front}/healthz"):
            if time.monotonic() > end or proxy.poll() is not None:
                raise RuntimeError((folder / "error.log").read_text(errors="replace")[-600:])
            time.sleep(0.1)
        yield f"http://localhost:{front}", processes
    finally:
        if proxy:
            proxy.terminate()
            proxy.wait(10)
        processes.stop()


def _trial(bench, store: Store, address: str, processes: Processes, place: Path, minutes: float, what: str) -> None:
    from playwright.sync_api import sync_playwright

    from tests.browser import chromium

    seen, end = Seen(), time.monotonic() + minutes * 60
    people = [
        threading.Thread(target=_click, args=(address, number, bench.seed, end, seen)) for number in range(VIEWERS)
    ]
    people.append(threading.Thread(target=_read, args=(address, end, seen)))
    for each in people:
        each.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=[*chromium.FLAGS, *chromium.PLAIN])
        page = browser.new_page()
        try:
            page.goto(f"{address}/hotline?year=111&lang=en")
            _drawn(page)
            with bench.tally(
                TRIAL, f"a build is published under load: every process moves to it within {MOVED} s"
            ) as tally:
                _publish(store, processes, tally)
            with bench.tally(
                TRIAL, "the process of an open page is killed: the page comes back by itself, filter and all"
            ) as tally:
                killed = _kill(page, processes, tally)
        finally:
            browser.close()
    with bench.tally(TRIAL, "the process is started again: it takes its share of the sessions") as tally:
        processes.start(killed)
        processes.wait(killed)
        since, port = time.time(), processes.ports[killed]
        for number in range(VIEWERS):  # new visitors, who have no process yet
            with Viewer(address, random.Random(number)) as viewer:
                faults = viewer.open("hotline", "year=112").faults
                tally.hold(not faults, faults)
        log = [line.split(" ", 3) for line in (place / "nginx" / "access.log").read_text().splitlines()]
        taken = sum(
            float(at) >= since and status == "101" and server.endswith(f":{port}") for at, status, server, _ in log
        )
        tally.hold(taken, "no session went to it")
        tally.said = f"{taken} of the next sessions"
    with bench.tally(TRIAL, what) as tally:
        for each in people:
            each.join()
        tally.held += seen.runs + seen.asked
        for fault in seen.faults:
            tally.hold(False, fault)
        for seconds in seen.back:
            tally.hold(seconds <= BACK, f"back only after {seconds:.1f} s")
        logs = "".join(path.read_text(errors="replace") for path in place.glob("app-*.log"))
        tally.hold("Traceback" not in logs, logs[logs.find("Traceback") :][:600])
        tally.said = (f"{seen.runs:,} runs of a page, {seen.asked:,} answers of the API; {len(seen.back)} viewers cut off, "
                      f"back after {max(seen.back, default=0):.1f} s at most")  # fmt: skip


def _publish(store: Store, processes: Processes, tally) -> None:
    for arguments in (["sample", "--scale", "0.02", "--seed", "7"], ["build", "--no-sample", "--no-publish"]):
        done = command(store, *arguments)
        if not tally.hold(not done.returncode, done.stderr[-300:]):
            return
    name = store.builds()[-1].name
    with store.writing():
        store.publish(name)
    started, took = time.monotonic(), {}
    while len(took) < len(processes.ports) and time.monotonic() < started + 20:
        for each in processes.ports:
            if each not in took and processes.build(each) == name:
                took[each] = time.monotonic() - started
    for each in processes.ports:
        tally.hold(took.get(each, 99) <= MOVED, f"process {each}: {took.get(each)}")
    tally.said = "after " + ", ".join(f"{seconds * 1000:.0f}" for seconds in took.values()) + " ms"


def _kill(page, processes: Processes, tally) -> str:
    """Kill the process that holds the page's websocket; what the browser then shows."""
    held = {each["name"]: each["value"] for each in page.context.cookies()}.get("rdec_at", "")
    tally.hold(held in processes.ports, f"the cookie names no process: {held!r}")
    before = (page.url, _shown(page))
    tally.hold("year=111" in page.url, page.url)
    processes.running[held].kill()
    processes.running[held].wait()
    started = time.monotonic()
    while time.monotonic() < started + 60:
        now = {each["name"]: each["value"] for each in page.context.cookies()}.get("rdec_at", "")
        if now != held:
            break
        page.wait_for_timeout(100)
    tally.hold(now != held and now in processes.ports, f"the page has not found another process: {now!r}")
    _drawn(page)
    after = (page.url, _shown(page))
    tally.hold(after == before, f"{before} → {after}")
    tally.hold(page.locator('[role="dialog"]').count() == 0, "a dialog stands in the way")
    tally.said = f"process {held} → {now}, page drawn again after {time.monotonic() - started:.1f} s"
    return held


def _drawn(page) -> None:
    page.wait_for_function(
        """() => { const app = document.querySelector('[data-testid="stApp"]');
            const main = document.querySelector('[data-testid="stMainBlockContainer"]');
            return app && app.getAttribute('data-test-script-state') === 'notRunning' && main
                && main.innerText.length > 200 && !document.querySelector('[data-testid="stSkeleton"]'); }""",
        timeout=90_000,
    )
    page.wait_for_timeout(1000)


def _shown(page) -> str:
    """The figures and chosen filters of the page, as text."""
    said = page.locator('[data-testid="stMainBlockContainer"]').inner_text()
    return re.sub(r"\s+", " ", said)


def _click(address: str, number: int, seed: int, end: float, seen: Seen) -> None:
    """A viewer who, cut off, comes back to the same address, as the browser does."""
    dice = random.Random(seed + number)
    pages, cut = list(menu.names().values()), None
    page, query = dice.choice(pages), "year=112"
    time.sleep(dice.uniform(0, THINK))
    while time.monotonic() < end:
        try:
            with Viewer(address, dice) as viewer:
                while time.monotonic() < end:
                    ran = viewer.open(page, query)
                    if cut:
                        seen.back.append(time.monotonic() - cut)
                        cut = None
                    seen.faults += [f"{page}: {fault}" for fault in ran.faults]
                    seen.runs += 1
                    for _ in range(dice.randint(1, 3)):
                        time.sleep(dice.expovariate(1 / THINK))
                        seen.faults += [f"{page}, a filter: {fault}" for fault in viewer.choose().faults]
                        seen.runs += 1
                    page, query = dice.choice(pages), f"year={dice.choice(['all', '112', '111'])}"
        except (ConnectionClosed, InvalidHandshake, OSError) as error:
            if cut and time.monotonic() > cut + 60:
                seen.faults.append(f"viewer {number} has not come back: {type(error).__name__}: {error}")
                return
            cut = cut or time.monotonic()
            time.sleep(0.5)
        except Exception as error:  # whatever else a viewer would see
            seen.faults.append(f"viewer {number}: {type(error).__name__}: {error}")
            return


def _read(address: str, end: float, seen: Seen) -> None:
    """A program that asks the API, four times a second; a single answer that fails is an error."""
    asked = ("metrics/hotline.contacts/values?period=112&by=month", "sources", "builds/current", "metrics")
    with httpx.Client(base_url=f"{address}/api/v1/", timeout=60, trust_env=False) as client:
        while time.monotonic() < end:
            try:
                answer = client.get(asked[seen.asked % len(asked)])
                if answer.status_code != 200:
                    seen.faults.append(f"API: {answer.status_code} {answer.text[:200]}")
            except httpx.HTTPError as error:
                seen.faults.append(f"API: {type(error).__name__}: {error}")
            seen.asked += 1
            time.sleep(0.25)


def _free(many: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(many)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
