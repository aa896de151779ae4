"""How long until the last chart of a page is drawn, in a real browser?

Every peer is timed by the same script within its page: the frame after the last change in a chart, once the page has been
still for a while and nothing is under way. The first chart must add up to what the records say, or it is a fault.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench import sessions
from tests.bench.servers import STREAMLIT, Server, processor
from tests.browser import chromium

YEARS = ("2022", "2021", "2020", "2022", "2021")  # three new ones, then two again
NEW = 3
DISTRICTS = [each for each in sessions.DISTRICTS if each != "南區"]  # 安南區 has it in its name
UNITS = (1, 10_000)  # the product writes large counts in 萬
STILL = 300  # milliseconds
WATCH = """
(() => {
const CHART = '.js-plotly-plot, .vega-embed, canvas, div.chart, [data-testid="stPlotlyChart"]';
const bench = window.bench = {drawn: 0, moved: 0, pressed: 0, busy: 0};
const marked = () => requestAnimationFrame((at) => { bench.drawn = Math.max(bench.drawn, performance.now()); });
const charted = (node) => node?.nodeType === 1 && (node.closest(CHART) || node.querySelector(CHART));
new MutationObserver((all) => {
  bench.moved = performance.now();
  if (all.some((one) => (one.target.nodeType === 1 ? one.target : one.target.parentElement)?.closest(CHART)
      || [...one.addedNodes].some(charted)))
    marked();
}).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
for (const kind of ['click', 'change'])
  addEventListener(kind, (event) => { if (kind === 'change' ? event.target.tagName === 'SELECT' : event.isTrusted)
    bench.pressed = performance.now(); }, true);
const cleared = CanvasRenderingContext2D.prototype.clearRect;  // what is drawn on a canvas changes no node
CanvasRenderingContext2D.prototype.clearRect = function (...all) {
  if (this.canvas.isConnected) { bench.moved = performance.now(); marked(); }
  return cleared.apply(this, all);
};
const fetched = window.fetch;
window.fetch = (...all) => { bench.busy += 1; return fetched(...all).finally(() => { bench.busy -= 1; }); };
const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  constructor(...all) { super(...all); this.addEventListener('message', () => { bench.moved = performance.now(); }); }
};
bench.shown = () => document.querySelectorAll('.js-plotly-plot .main-svg').length / 2
  + document.querySelectorAll('[_echarts_instance_] canvas').length;
bench.still = (charts, since, quiet) => bench.shown() >= charts && (charts ? bench.drawn : bench.moved) > since
  && performance.now() - bench.moved > quiet && bench.busy <= 0
  && !document.querySelector('[data-test-script-state="running"], [data-testid="stSkeleton"], [data-test="loading-indicator"]')
  && document.body.innerText.length > 4;
const summed = (all) => all.reduce((sum, each) => sum + (Number.isFinite(each) ? each : 0), 0);
bench.total = () => {
  const first = document.querySelector('.js-plotly-plot');
  if (first) return summed(first.calcdata.filter(([each]) => each.trace.mode !== 'text').flat().map((each) => each.y));
  const drawn = document.querySelector('[_echarts_instance_]');  // React alone knows whose drawing it is
  let at = drawn[Object.keys(drawn).find((each) => each.startsWith('__reactFiber'))], chart;
  for (; at && !chart; at = at.return)
    for (let kept = at.memoizedState; kept && !chart; kept = kept.next)
      if (kept.memoizedState?.current?.getOption) chart = kept.memoizedState.current;
  return summed(chart.getOption().series.flatMap((each) => each.data.map((one) => one[1])));
};
})();
"""


@dataclass
class Times:
    """What was measured of one peer: milliseconds, kB and processor seconds by measure, and what did not hold."""

    found: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def note(self, what: str, value: float) -> None:
        self.found.setdefault(what, []).append(value)


def measure(servers: list[Server], times: int, say: Callable[[str], None] = print) -> dict[str, Times]:
    """Rounds over all servers in turn, each in a browser of its own."""
    found = {each.name: Times() for each in servers}
    with sync_playwright() as playwright:
        for turn in range(times):
            for server in servers if turn % 2 == 0 else servers[::-1]:
                flags = [*chromium.FLAGS, *chromium.PLAIN]
                browser = playwright.chromium.launch(executable_path=chromium.find(), args=flags)
                try:
                    _visit(browser, server, found[server.name], turn)
                except Exception as error:  # one visit that fails is a fault of that peer, not the end of the run
                    found[server.name].faults.append(f"{server.name}: {type(error).__name__}: {error}")
                finally:
                    browser.close()
            say(f"round {turn + 1} of {times}")
    return found


def _visit(browser: Browser, server: Server, got: Times, turn: int) -> None:
    """One visit; each round chooses districts that no round before it did, so that what is new is new to the server."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-TW")
    context.add_init_script(WATCH)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    wire.on("Network.webSocketFrameReceived", lambda event: sizes.append(_length(event["response"])))
    charts = 0 if server.name == "hello" else 4
    spent = processor(server.pid)
    page.goto(server.page, wait_until="commit")
    got.note("cold", _still(page, charts))
    got.note("kB cold", sum(sizes) / 1000)
    got.note("server, cold", 1000 * (processor(server.pid) - spent))
    sizes.clear()
    page.reload(wait_until="commit")
    got.note("warm", _still(page, charts))
    got.note("kB warm", sum(sizes) / 1000)
    if not charts:
        return
    first, *fresh = (DISTRICTS[(4 * turn + at) % len(DISTRICTS)] for at in range(1 + NEW))
    for which, value in (("year", "2019"), ("district", first)):  # loads what only a choice needs
        _choose(page, server, which, value)
        _still(page, charts, page.evaluate("bench.pressed"))
    for which, values in (("year", YEARS), ("district", (*fresh, *fresh[:2]))):
        spent = processor(server.pid)
        for at, value in enumerate(values):
            _choose(page, server, which, value)
            pressed = page.evaluate("bench.pressed")
            page.mouse.move(3, 700)
            took = _still(page, charts, pressed) - pressed
            got.note(f"{which}, {'new' if at < NEW else 'again'}", took)
            chosen = (value, first) if which == "year" else (YEARS[-1], value)
            shown, asked = page.evaluate("bench.total()"), server.case.contacts(*chosen)
            if not any(math.isclose(shown * unit, asked, rel_tol=1e-3) for unit in UNITS):
                got.faults.append(f"{server.name}: {chosen} shows {shown:,.4g} contacts, the records say {asked:,}")
        got.note(f"server, {which}", 1000 * (processor(server.pid) - spent) / len(values))
    if server.name == "product":
        _wander(page, got)


def _wander(page: Page, got: Times) -> None:
    """From page to page by the menu: the first visit of each page loads its scripts, the later ones count."""
    for turn, link in enumerate(("陳情", "1999", "陳情", "1999", "陳情", "1999")):
        page.get_by_text("為民服務", exact=True).first.click()
        page.wait_for_timeout(400)
        page.get_by_role("menuitem").filter(has_text=link).last.click()
        pressed = page.evaluate("bench.pressed")
        page.mouse.move(3, 700)
        took = _still(page, 2, pressed) - pressed
        if turn > 1:
            got.note("to a page", took)


def _still(page: Page, charts: int, since: float = 0) -> float:
    """When the last chart was drawn; where there is none, when the page last changed."""
    page.wait_for_function(f"() => bench.still({charts}, {since}, {STILL})", timeout=60_000, polling=50)
    return page.evaluate("bench.drawn" if charts else "bench.moved")


def _length(frame: dict) -> float:
    """The bytes of a websocket frame; those that are not text come as base64."""
    return len(frame["payloadData"]) * (1 if frame["opcode"] == 1 else 0.75)


def _choose(page: Page, server: Server, which: str, value: str) -> None:
    if server.name == "bare":
        page.select_option(f"#{which}", label=value)
    elif server.name == "dash":
        if which == "year":
            page.locator(f"#year input[value='{value}']").click()
        else:
            page.locator("#district").click()
            page.wait_for_timeout(300)
            page.locator(".dash-dropdown-option, [role=option]").filter(has_text=value).first.click()
    elif server.name == "superset":
        page.locator(f".ant-select:has(#NATIVE_FILTER-{which})").click()
        page.locator(f"#NATIVE_FILTER-{which}").fill(value)
        page.locator(f'.ant-select-item-option[title="{value}"]').click()
        page.locator('[data-test="filter-bar__apply-button"]').click()
    elif server.name == "product":
        label = f"{int(value) - 1911} 年" if which == "year" else value
        page.locator(f'select.choice[data-key="{which}"]').select_option(label=label)
    elif server.name in STREAMLIT:
        _list(page, value, which)


def _list(page: Page, value: str, which: str) -> None:
    """An option of a list of Streamlit's."""
    box = page.get_by_label(which, exact=True).first
    box.click()
    page.wait_for_timeout(250)
    box.fill(value)
    page.wait_for_timeout(250)
    page.get_by_role("option").filter(has_text=value).first.click()
