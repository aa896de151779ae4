"""A real browser that can reach nothing but the dashboard, and tells what it tried."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import chromium

HARMLESS = re.compile(r"/_stcore/(health|host-config)")  # every deep link logs two 404s of these; see Streamlit


@dataclass
class Visit:
    """An open page, what it asked for outside, and what went wrong in it."""

    page: Page
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, address: str) -> Visit:
        """Go there and wait until the script has run and every chart is drawn."""
        self.page.goto(address)
        self.settle()
        return self

    def settle(self) -> None:
        page = self.page
        page.wait_for_selector('[data-testid="stApp"]', timeout=60_000)
        page.wait_for_function(
            """() => { const app = document.querySelector('[data-testid="stApp"]');
                const main = document.querySelector('[data-testid="stMainBlockContainer"]');
                return app && app.getAttribute('data-test-script-state') === 'notRunning' && main
                    && main.innerText.length > 20 && !document.querySelector('[data-testid="stSkeleton"]')
                    && ![...document.querySelectorAll('.js-plotly-plot')]
                        .some(p => !p.querySelector('.main-svg')); }""",
            timeout=60_000,
        )
        page.wait_for_timeout(400)  # not time.sleep: events of the page must be delivered meanwhile


@pytest.fixture(scope="session")
def chromiums() -> Iterator[Callable[[bool], Browser]]:
    """Two browsers, each started when first asked for: one with WebGL for the map, a lighter one for the rest."""
    found = chromium.find()
    assert found, "no Chromium: run `make test`, or `python -m tests.browser.chromium`, which installs one or says how"
    with sync_playwright() as playwright:

        @functools.cache
        def launched(webgl: bool) -> Browser:
            flags = [*chromium.FLAGS, *(chromium.WEBGL if webgl else chromium.PLAIN)]
            return playwright.chromium.launch(executable_path=found, args=flags)

        yield launched


@pytest.fixture
def browser(chromiums, request: pytest.FixtureRequest) -> Browser:
    """The browser of a test: with WebGL where it is marked `webgl`."""
    return chromiums(request.node.get_closest_marker("webgl") is not None)


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Visit]:
    yield from visiting(browser, server)


def visiting(browser: Browser, server: str, width: int = 1366, height: int = 768) -> Iterator[Visit]:
    """A fresh context whose every request beyond the server is refused and written down."""
    context: BrowserContext = browser.new_context(viewport={"width": width, "height": height}, locale="zh-TW")
    visit = Visit(context.new_page())

    def guard(route) -> None:
        url = route.request.url
        if url.startswith((server, "data:", "blob:")):
            route.continue_()
        else:
            visit.outside.append(url)
            route.abort()

    context.route("**/*", guard)
    visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
    visit.page.on(
        "console",
        lambda message: (
            visit.errors.append(message.text)
            if message.type == "error" and not HARMLESS.search(message.location.get("url", "") + message.text)
            else None
        ),
    )
    yield visit
    context.close()
