"""May everybody do what the README's table says, and nothing else, on the screen, behind it, and at the API?

A real OIDC provider on loopback and a real browser; then the same answers that an editor's screen would send, sent by
somebody who is none, past the buttons that they are not shown.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
from urllib.parse import quote

import httpx
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError
from rich.console import Console
from rich.table import Table

from data_pipeline.store import Store, meetings, notes
from tests.browser import chromium
from tests.browser.test_roles import ADMINISTRATOR, EDITOR, UNVERIFIED, VIEWER, dashboard, provider
from tests.conftest import ROOT
from tests.torture.bench import Bench, Tally, command
from tests.torture.viewer import Viewer

TRIAL = "access"
ROLES = {"nobody": None, "unverified": UNVERIFIED, "viewer": VIEWER, "editor": EDITOR, "administrator": ADMINISTRATOR}
COLUMNS = ("viewer", "editor", "administrator")  # of the README's table
# action → (words of the README's row, address, what on the page lets one do it)
ACTIONS = {
    "look": ("看、下載、投影", "?year=all", "h1.message"),
    "export": ("看、下載、投影", "meeting", "[data-testid='stDownloadButton'] button"),
    "project": ("看、下載、投影", "slides/a/monthly", "body"),
    "template": ("下載範本", "filing?view=templates&source=petitions", "[data-testid='stDownloadButton'] button"),
    "freeze": ("封存會議", "meeting?view=frozen", "button:has-text('封存這次會議')"),
    "note": ("記下與結案", "meeting?view=decisions", "button:has-text('記下')"),
    "close": ("記下與結案", "meeting?view=decisions", "button:has-text('結案')"),
    "file": ("預覽、送件、復原", "filing", "input[type=file]"),
    "undo": ("預覽、送件、復原", "filing", "button:has-text('復原')"),
    "audit": ("看稽核紀錄", "filing?view=audit", "[data-testid='stDataFrame']"),
}
FORMS = {
    "note": ("meeting", "view=decisions", "記下", {"內容": "偽造的決議"}),
    "close": ("meeting", "view=decisions", "結案", {"辦理結果": "偽造的結案"}),
    "freeze": ("meeting", "view=frozen", "封存這次會議", {"名稱": "forged-1", "會議日期": "113.3.26"}),
    "undo": ("filing", "view=file", "確定復原", {}),
}
PETITION = "案件編號,受理日期,陳情管道,案件類別,機關,行政區,應結案日期,結案日期\nP1,112.3.26,電話,交通運輸,交通局,永康區,112.4.2,112.4.1\n"


def run(bench: Bench) -> None:
    if bench.quick:
        return
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # the provider's own log
    place = bench.place("access")
    store = Store(place / "store")
    shutil.copytree(bench.built, store.root)
    file = place / "陳情案件.csv"
    file.write_text(PETITION, encoding="utf-8")
    done = command(store, "file", "--source", "petitions", "--by", "甲", str(file))
    assert done.returncode == 0, done.stderr
    notes.add(store, by="甲", kind="decision", about="metric:hotline.contacts", text="待結的決議")
    os.environ["RDEC_API_RATE"] = "off"
    with provider() as issuer, dashboard(store.root, issuer) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        cookies = {}
        with bench.tally(TRIAL, "every role × every action on the screen, as the README's table says") as tally:
            _screen(browser, address, cookies, tally)
        browser.close()
        with bench.tally(
            TRIAL, "an editor's answers sent by each role, past the buttons: done only by who may"
        ) as tally:
            _forged(store, address, cookies, tally)
        with bench.tally(
            TRIAL, "every role × every route of the API × every method: the same for all, and read-only"
        ) as tally:
            _api(address, cookies, tally)


def allowed(words: str, role: str) -> bool:
    """What the README's table says; somebody without a role is a viewer."""
    row = next(line for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
               if line.startswith("|") and words in line)  # fmt: skip
    ticks = [cell.strip() == "✔" for cell in row.strip("|").split("|")][1:]
    return ticks[COLUMNS.index(role if role in COLUMNS else "viewer")]


def _screen(browser: Browser, address: str, cookies: dict, tally: Tally) -> None:
    drawn = Table("動作 action", *ROLES, title="誰可以做什麼 · who may do what (✔ allowed, — refused)")
    may: dict[tuple[str, str], bool] = {}
    for role, person in ROLES.items():
        context = browser.new_context(viewport={"width": 1366, "height": 900}, locale="zh-TW")
        page = context.new_page()
        if person:
            _log_in(page, address, person)
        cookies[role] = "; ".join(f"{each['name']}={each['value']}" for each in context.cookies())
        for action, (words, where, sign) in ACTIONS.items():
            may[action, role] = _finds(page, f"{address}/{where}", sign)
            tally.hold(
                may[action, role] == allowed(words, role),
                f"{role} {action}: {may[action, role]}, README: {not may[action, role]}",
            )
        context.close()
    for action in ACTIONS:
        drawn.add_row(action, *("✔" if may[action, role] else "—" for role in ROLES))
    Console(width=100).print(drawn)


def _log_in(page: Page, address: str, person: str) -> None:
    page.goto(f"{address}/meeting?view=frozen")
    page.get_by_role("button", name="登入").click(timeout=60_000)
    page.get_by_role("button", name=person).click(timeout=60_000)
    page.get_by_text(person).first.wait_for(timeout=60_000)


def _finds(page: Page, address: str, sign: str) -> bool:
    """Whether the page, once it stands, has the sign on it."""
    page.goto(address)
    if "/slides/" not in address:
        page.wait_for_function(
            "() => document.querySelector('[data-testid=\"stApp\"]')?.getAttribute('data-test-script-state') === 'notRunning'"
            " && document.querySelector('h1.message')", timeout=90_000,
        )  # fmt: skip
        page.wait_for_timeout(1500)
    try:
        page.locator(sign).first.wait_for(state="attached", timeout=4000)
        return True
    except BrowserError:
        return False


def _forged(store: Store, address: str, cookies: dict, tally: Tally) -> None:
    for action, (page, query, button, texts) in FORMS.items():
        with Viewer(address, cookie=cookies["editor"]) as editor:
            editor.open(page, query)
            answer = editor.answer(button, texts)
        tally.hold(answer is not None, f"{action}: an editor's screen has no {button}")
        if answer is None:
            continue
        for role in ("nobody", "unverified", "viewer", "editor"):
            before = _written(store)
            with Viewer(address, cookie=cookies[role]) as somebody:
                somebody.open(page, query)
                somebody.send(answer)
            done = _written(store) != before
            tally.hold(done == (role == "editor"), f"{action} by {role}: {'done' if done else 'not done'}")


def _written(store: Store) -> tuple:
    return (len(notes.notes(store)), len(meetings.meetings(store)), store.current_name(),
            len((store.root / "audit.jsonl").read_bytes()))  # fmt: skip


def _api(address: str, cookies: dict, tally: Tally) -> None:
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        document = client.get("/api/openapi.json").json()
        values = {"metrics": "hotline.contacts", "tables": "marts.works"}
        for path in document["paths"]:
            at = "/api" * (not path.startswith("/api")) + re.sub(
                r"\{name\}", lambda _, path=path: quote(values.get(path.split("/v1/")[1].split("/")[0], "sites")), path
            )
            at += "?period=112" if at.endswith("/values") else ""
            for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"):
                said = {
                    role: client.request(method, at, headers={"cookie": cookie}).status_code
                    for role, cookie in cookies.items()
                }
                right = {200, 404} if method in ("GET", "HEAD") else {405}
                tally.hold(len(set(said.values())) == 1 and set(said.values()) <= right, f"{method} {at}: {said}")
