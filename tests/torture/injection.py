"""Does anything that somebody filed run as a script or compute as a formula: on a page, a slide, in a file taken along?

Every text column of every source, the file names, the refused values and the notes hold the corpus (`poison.py`); a
real browser opens every page in both languages, points at its charts and its map, opens its panels, looks at its
slides, and takes along what can be taken along.
"""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from dashboard import menu
from tests.browser import chromium
from tests.browser.conftest import Visit
from tests.conftest import ROOT
from tests.torture import poison
from tests.torture.bench import Bench, Tally, command, serving
from tests.torture.corpus import MARK, SCRIPTS

TRIAL = "injection"
LANGUAGES = ("zh", "en")
LIVE = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"[+-]?[\d,]*\.?\d*(e[+-]?\d+)?%?", re.I)
WATCH = """
    window.broken = [];
    addEventListener('securitypolicyviolation', e => broken.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
    for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => { window.MARK = 1; };
""".replace("MARK", MARK)
# What stands in the page that only markup from outside could have put there.
FOREIGN = """() => [...document.querySelectorAll('*')].filter(e =>
        [...e.attributes].some(a => /^on/i.test(a.name) && /MARK/.test(a.value))
        || (e.tagName === 'SCRIPT' && /MARK/.test(e.textContent) && !/^\\s*[\\[{]/.test(e.textContent))
        || /^\\s*javascript:/i.test(e.getAttribute('href') || e.getAttribute('xlink:href') || '')
        || [e.src, e.href, e.action].some(u => typeof u === 'string' && /^\\w+:\\/\\/evil\\.example/.test(u)))
    .map(e => e.outerHTML.slice(0, 200))""".replace("MARK", MARK)


def run(bench: Bench) -> None:
    place = bench.place("injection")
    made = poison.store(place / "store")
    done = command(made, "build", "--no-sample")
    if done.returncode == 0 and not bench.quick:
        done = command(made, "meeting", "freeze", "113-03", "--date", "113.3.26", "--by", SCRIPTS[1][:60])
    with bench.tally(TRIAL, "the corpus in every text column of every source: built, refused values listed") as tally:
        tally.hold(done.returncode == 0, done.stdout[-500:] + done.stderr[-500:])
        for path in (made.root / "rejects").rglob("*.csv"):
            _csv(tally, path.name, path.read_bytes())
    _forms(bench, made.root, place)
    with serving(made.root) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        _control(browser, address)
        _pages(bench, browser, address)
        _slides(bench, browser, address, place)
        browser.close()


class Watched:
    """An open page that tells of every script that ran and of everything that it asked for outside."""

    def __init__(self, browser: Browser, address: str):
        self.context = browser.new_context(
            viewport={"width": 1366, "height": 900}, locale="zh-TW", accept_downloads=True
        )
        self.context.add_init_script(WATCH)
        self.page: Page = self.context.new_page()
        self.outside: list[str] = []
        self.dialogs: list[str] = []
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))

        def guard(route) -> None:
            url = route.request.url
            if url.startswith((address, "data:", "blob:", "file:")):
                return route.continue_()
            self.outside.append(url)
            return route.abort()

        self.context.route("**/*", guard)
        self.visit = Visit(self.page)

    def ran(self) -> list[str]:
        """What of the corpus came alive; empty where nothing did."""
        page = self.page
        found = [f"outside: {url}" for url in self.outside] + [f"dialog: {each}" for each in self.dialogs]
        if page.evaluate(f"window.{MARK} !== undefined"):
            found.append("a script ran")
        found += [f"policy: {each}" for each in page.evaluate("window.broken || []")]
        found += [f"in the page: {each}" for each in page.evaluate(FOREIGN)]
        self.outside.clear()
        self.dialogs.clear()
        return found


def _control(browser: Browser, address: str) -> None:
    """The corpus put into a page as markup must be found out, or nothing that follows says anything."""
    for script in (SCRIPTS[0], SCRIPTS[1], SCRIPTS[2], SCRIPTS[8], "<img src=http://evil.example/x.png>"):
        watched = Watched(browser, address)
        watched.page.goto(f"{address}/healthz")
        watched.page.set_content(f"<body>{script}</body>")
        watched.page.wait_for_timeout(200)
        if not watched.ran():
            raise RuntimeError(f"this went unseen: {script}")
        watched.context.close()


def _pages(bench: Bench, browser: Browser, address: str) -> None:
    wanted = [(name, at, lang) for name, at in menu.names().items() for lang in LANGUAGES]
    if bench.quick:
        wanted = [each for each in wanted if each[0] == "work" and each[2] == "zh"]
    seen = 0
    with bench.tally(
        TRIAL, "every page, tooltip, table, panel and view in a real browser, both languages: scripts run"
    ) as tally:
        for _name, at, lang in wanted:
            watched = Watched(browser, address)
            try:
                for view in _views(watched, f"{address}/{at}?lang={lang}&year=all", bench.quick):
                    _point(watched.page)
                    text = watched.page.evaluate("document.body.innerText + document.body.innerHTML")
                    seen += any(each in text for each in (MARK, "evil.example"))
                    ran = watched.ran()
                    tally.hold(not ran and "Traceback" not in text, f"{view}: {ran[:4]}")
            except BrowserError as error:
                tally.hold(False, f"{at} {lang}: {str(error)[:200]}")
            watched.context.close()
        tally.hold(seen > 0, "the corpus was nowhere to be seen")
        tally.said = f"the corpus stood on {seen} of them, as text"
    if bench.quick:
        return
    with bench.tally(TRIAL, "CSV, XLSX and ODS of every page, by its own buttons: live cells") as tally:
        for at in menu.names().values():
            watched = Watched(browser, address)
            try:
                watched.visit.open(f"{address}/{at}?year=all")
                _open_all(watched.page)
                for button in watched.page.get_by_test_id("stDownloadButton").all()[:12]:
                    if button.is_visible():
                        with watched.page.expect_download(timeout=60_000) as coming:
                            button.locator("button").first.click()
                        told = coming.value
                        _file(tally, f"{at}/{told.suggested_filename}", Path(told.path()).read_bytes())
            except BrowserError as error:
                tally.hold(False, f"{at}: {str(error)[:200]}")
            watched.context.close()
        tally.hold(tally.held > 10, "too few files")


def _views(watched: Watched, address: str, quick: bool):
    """The page as it opens, with everything opened that opens, and each view that its own choices give."""
    watched.visit.open(address)
    yield address
    _open_all(watched.page)
    yield f"{address} opened"
    choices = watched.page.locator('[data-testid="stMainBlockContainer"] [data-testid="stButtonGroup"] button').count()
    for place in range(0 if quick else min(choices, 8)):
        button = watched.page.locator('[data-testid="stMainBlockContainer"] [data-testid="stButtonGroup"] button').nth(
            place
        )
        if not button.is_visible():
            continue
        said = button.inner_text()
        button.click()
        watched.page.wait_for_timeout(300)
        watched.visit.settle()
        yield f"{address} {said}"


def _open_all(page: Page) -> None:
    """Open what is folded: expanders, then each panel in turn."""
    for each in page.locator("[data-testid='stExpander'] summary").all():
        if each.is_visible():
            each.click()
    for each in page.locator("[data-testid='stMainBlockContainer'] [data-testid='stPopover'] button").all()[:8]:
        if each.is_visible() and each.is_enabled():
            each.click()
            page.wait_for_timeout(250)
            page.keyboard.press("Escape")


def _point(page: Page) -> None:
    """Point at bars, lines, the map, rows of tables, so that what they say is drawn."""
    spots = page.evaluate("""() => [
        ...document.querySelectorAll('.js-plotly-plot .point, .js-plotly-plot .points path, .js-plotly-plot .bars path'),
        ...document.querySelectorAll('[data-testid="stDeckGlJsonChart"] canvas, [data-testid="stDataFrame"] canvas'),
        ...document.querySelectorAll('[title], abbr, [data-testid="stTooltipIcon"]')]
        .map(e => e.getBoundingClientRect()).filter(r => r.width && r.top > 0 && r.top < innerHeight)
        .map(r => [r.x + r.width / 2, r.y + r.height / 2]).slice(0, 25)""")
    for x, y in spots:
        page.mouse.move(x, y)
        page.wait_for_timeout(40)


def _slides(bench: Bench, browser: Browser, address: str, place: Path) -> None:
    wanted = ["a/monthly", "a/mayor", "a/quarterly", "m/113-03"]
    with bench.tally(TRIAL, "every slide, and the page that projects from a memory stick: scripts run") as tally:
        for lang in LANGUAGES[: 1 if bench.quick else 2]:
            for where in wanted[: 1 if bench.quick else 4]:
                _project(Watched(browser, address), f"{address}/slides/{where}?lang={lang}", tally)
        for path in sorted(place.glob("slides-*.html")):
            _project(Watched(browser, "file:"), path.as_uri(), tally)


def _project(watched: Watched, address: str, tally: Tally) -> None:
    """Step through all slides, with the overview and the notes."""
    try:
        answer = watched.page.goto(address, timeout=120_000)
        tally.hold(address.startswith("file:") or answer.status == 200, f"{address}: {answer and answer.status}")
        for key in ["ArrowRight"] * 12 + ["o", "Escape", "s", "n", "?"]:
            watched.page.keyboard.press(key)
            watched.page.wait_for_timeout(120)
        ran = watched.ran()
        tally.hold(not ran, f"{address}: {ran[:4]}")
    except BrowserError as error:
        tally.hold(False, f"{address}: {str(error)[:200]}")
    watched.context.close()


# Files


def _forms(bench: Bench, store: Path, place: Path) -> None:
    """What `dashboard.export` makes of it."""
    wanted = [
        (kind, f"{kind}-{agenda}-{lang}{suffix}", agenda, lang)
        for kind, suffixes in (("slides", [".html"]), ("deck", [".pptx", ".odp"]), ("tables", [".ods", ".xlsx"]),
                               ("briefing", [".pdf"]))
        for suffix in suffixes for agenda in ("monthly", "mayor") for lang in LANGUAGES
    ]  # fmt: skip
    if bench.quick:
        wanted = [each for each in wanted if each[1] == "tables-mayor-zh.xlsx"]
    with bench.tally(TRIAL, "HTML, PPTX, ODP, PDF, ODS, XLSX by command: scripts, live cells, ways outside") as tally:
        for kind, name, agenda, lang in wanted:
            done = subprocess.run(
                [sys.executable, "-m", "dashboard.export", "--store", str(store), kind, "--agenda", agenda, "--lang", lang,
                 "--out", str(place / name)], cwd=ROOT, capture_output=True, text=True,
            )  # fmt: skip
            if tally.hold(done.returncode == 0, f"{name}: {done.stderr[-300:]}"):
                _file(tally, name, (place / name).read_bytes())


def _file(tally: Tally, name: str, body: bytes) -> None:
    """Whether a file taken along holds anything that runs, computes or reaches outside."""
    match Path(name).suffix:
        case ".csv":
            _csv(tally, name, body)
        case ".xlsx" | ".pptx" | ".ods" | ".odp":
            _archive(tally, name, body)
        case ".zip":
            with zipfile.ZipFile(io.BytesIO(body)) as book:
                tally.hold(all(".." not in each and not each.startswith("/") for each in book.namelist()), name)
        case ".pdf":
            import pypdf

            said = str([page.get("/Annots") for page in pypdf.PdfReader(io.BytesIO(body)).pages])
            raw = re.findall(rb"/(?:JavaScript|JS|Launch|URI|OpenAction\s*<<)\b", body)
            tally.hold(not raw and "/URI" not in said, f"{name}: {raw[:3]} {said[:200]}")
        case ".html":
            tally.hold(b"Content-Security-Policy" in body, f"{name}: no policy of its own")  # a browser opens it below


def _csv(tally: Tally, name: str, body: bytes) -> None:
    live = [
        cell for row in csv.reader(io.StringIO(body.decode("utf-8-sig"))) for cell in row
        if cell.startswith(LIVE) and not NUMBER.fullmatch(cell)
    ]  # fmt: skip
    tally.hold(not live, f"{name}: {live[:3]}")


def _archive(tally: Tally, name: str, body: bytes) -> None:
    """No formula, no macro, no link outside in any part of it, nor in a workbook within it."""
    wrong = []
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        for part in book.namelist():
            inner = book.read(part)
            if part.endswith(".xlsx"):
                _archive(tally, f"{name}!{part}", inner)
            if re.search(r"vba|macro|Basic/|Scripts/|externalLink", part):
                wrong.append(part)
            if part.startswith("xl/worksheets/") and re.search(rb"<f[ >]", inner):
                wrong.append(f"{part}: a formula")
            if part == "content.xml" and re.search(
                rb"table:formula=|<script:|<office:event-listener|xlink:href=\"(?:https?|javascript)", inner
            ):
                wrong.append(f"{part}: a formula, a script or a link")
            if part.endswith(".rels") and re.search(rb"TargetMode=\"External\"", inner):
                wrong.append(f"{part}: {re.findall(rb'Target=.{0,60}', inner)[:2]}")
            if re.search(rb"<(?:a:)?hlinkClick|<ddeLink|office:dde", inner) and b"evil.example" in inner:
                wrong.append(f"{part}: a link")
    tally.hold(not wrong, f"{name}: {wrong[:4]}")


__all__ = ["run"]
