"""How long until the last chart of a page is drawn, in a real browser?

Every peer is timed by the same script in its page: the last change within a drawing of Plotly's after which the whole
page was still for a while. What was chosen is looked for on the page: a chart that did not change is a fault.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.servers import CODES, PLACES, YEARS, Server
from tests.browser import chromium

STILL = 600  # milliseconds without a change in the page
WATCH = """
window.drawn = 0; window.moved = 0; window.pressed = 0;
const within = (node) => node && node.nodeType === 1 && (node.closest('.js-plotly-plot') || node.querySelector?.('.js-plotly-plot'));
new MutationObserver((all) => {
  window.moved = performance.now();
  for (const one of all) {
    const at = one.target.nodeType === 1 ? one.target : one.target.parentElement;
    if (at?.closest('.js-plotly-plot') || [...one.addedNodes].some(within)) { window.drawn = window.moved; break; }
  }
}).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
for (const kind of ['pointerdown', 'click', 'change'])
  addEventListener(kind, (event) => { window.pressed = event.timeStamp; }, true);
"""


@dataclass
class Times:
    """What was measured of one peer, in milliseconds and kB, each in the order it was measured."""

    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    new: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    place_new: list[float] = field(default_factory=list)
    place_again: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    kilobytes: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def measure(servers: list[Server], times: int, say: Callable[[str], None] = print) -> dict[str, Times]:
    """Rounds over all servers in turn, each in a browser of its own."""
    found = {each.name: Times() for each in servers}
    with sync_playwright() as playwright:
        for turn in range(times):
            for server in servers if turn % 2 == 0 else servers[::-1]:
                browser = playwright.chromium.launch(
                    executable_path=chromium.find(), args=[*chromium.FLAGS, *chromium.PLAIN]
                )
                try:
                    _visit(browser, server, found[server.name])
                finally:
                    browser.close()
            say(f"round {turn + 1} of {times}")
    return found


def _visit(browser: Browser, server: Server, got: Times) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-TW")
    context.add_init_script(WATCH)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    wire.on("Network.webSocketFrameReceived", lambda event: sizes.append(len(event["response"]["payloadData"]) * 0.75))
    charts = 0 if server.kind == "hello" else 4
    page.goto(server.page, wait_until="commit")
    got.cold.append(_still(page, charts))
    got.kilobytes.append(sum(sizes) / 1000)
    page.goto("about:blank")
    page.goto(server.page, wait_until="commit")
    got.warm.append(_still(page, charts))
    if server.kind == "hello":
        return
    for values, choose, new, again in (
        (YEARS, CHOOSE[server.kind][0], got.new, got.again),
        (PLACES, CHOOSE[server.kind][1], got.place_new, got.place_again),
    ):
        choose(page, values[-1])  # the first one also loads what only a choice needs
        _still(page, charts)
        for turn, value in enumerate(values):
            choose(page, value)
            pressed = page.evaluate("window.pressed")
            page.mouse.move(3, 700)
            (again if turn > 2 else new).append(_still(page, charts, pressed) - pressed)
            if not _shows(page, server, value):
                got.faults.append(f"{server.name}: {value} is not on the page")
    if server.kind == "house":
        for link in ("陳情", "1999", "陳情", "1999"):
            page.get_by_text("為民服務", exact=True).first.click()
            page.wait_for_timeout(400)
            page.get_by_role("menuitem").filter(has_text=link).last.click()
            pressed = page.evaluate("window.pressed")
            page.mouse.move(3, 700)
            got.page.append(_still(page, 3, pressed) - pressed)


def _still(page: Page, charts: int, since: float = 0) -> float:
    """When the last chart was drawn; where there is none, when the page last changed."""
    what = "window.drawn" if charts else "window.moved"
    page.wait_for_function(
        f"""() => document.querySelectorAll('.js-plotly-plot .main-svg').length >= {2 * charts}
            && {what} > {since} && performance.now() - window.moved > {STILL}
            && ({charts} || document.body.innerText.includes('hello'))""",
        timeout=60_000, polling=50,
    )  # fmt: skip
    return page.evaluate(what)


def _shows(page: Page, server: Server, value: str) -> bool:
    """Whether the charts say the chosen value."""
    told = page.evaluate("[...document.querySelectorAll('.js-plotly-plot')].map(each => each.textContent).join(' ')")
    if server.kind == "house":
        return (f"{int(value) - 1911} 年" if value.isdigit() else value) in told
    return CODES.get(value, value) in told


def _list(page: Page, value: str, which: str) -> None:
    """An option of a list of Streamlit's."""
    box = page.get_by_label(which, exact=True).first
    box.click()
    page.wait_for_timeout(250)
    box.fill(value)
    page.wait_for_timeout(250)
    page.get_by_role("option").filter(has_text=value).first.click()


def _house_year(page: Page, value: str) -> None:
    told = f"{int(value) - 1911} 年"
    shown = page.get_by_role("radio", name=told, exact=True)  # buttons, or a list
    shown.first.click() if shown.count() else _list(page, told, "期間")


def _dash_place(page: Page, value: str) -> None:
    page.locator("#district").click()
    page.wait_for_timeout(300)
    page.locator(".dash-dropdown-option, [role=option]").filter(has_text=value).first.click()


CHOOSE = {
    "house": (_house_year, lambda page, value: _list(page, value, "行政區")),
    "naive": (lambda page, value: _list(page, value, "year"), lambda page, value: _list(page, value, "district")),
    "bare": (
        lambda page, value: page.select_option("#year", value),
        lambda page, value: page.select_option("#district", label=value),
    ),
    "dash": (lambda page, value: page.locator(f"#year input[value='{value}']").click(), _dash_place),
}
