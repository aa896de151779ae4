"""What only a browser shows: deep links, no request beyond the server, nothing broken on the page, both languages."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Visit, visiting
from tests.conftest import ROOT, serve

ADDRESSES = {
    "": "overview",
    "meeting": "meeting",
    "hotline": "hotline",
    "petitions": "petitions",
    "service-quality": "service_quality",
    "works": "works",
    "work": "work",
    "forward-looking": "forward_looking",
    "sites": "sites",
    "awards": "awards",
    "service-award": "service_award",
    "goals": "goals",
    "participation": "participation",
    "agency": "agency",
    "district": "district",
    "sources": "sources",
    "filing": "filing",
}


def with_map(address: str):
    """The map's page is drawn with WebGL."""
    return pytest.param(address, marks=pytest.mark.webgl) if address == "sites" else address


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("address", [with_map(each) for each in ADDRESSES])
def test_a_page_opens_and_asks_nothing_outside(visit: Visit, server: str, address: str, language: str) -> None:
    visit.open(f"{server}/{address}?lang={language}")
    assert visit.page.locator("h1.message").inner_text().strip()
    assert visit.page.evaluate("document.documentElement.lang") == {"zh": "zh-Hant-TW", "en": "en"}[language]
    assert visit.page.locator(".js-plotly-plot, [data-testid='stDeckGlJsonChart'], table.plain, .stDataFrame").count()
    visit.page.mouse.move(600, 500)
    visit.page.wait_for_timeout(300)
    assert visit.outside == []
    assert visit.errors == []
    assert barriers(visit) == []
    assert cut_off(visit, f"{address or 'overview'}-{language}") == []


# Tables wider than their column, figures wider than their tile; texts of a chart that are cut or cover each other.
CROWDED = """() => {
    const box = e => e.getBoundingClientRect(), found = [];
    for (const e of document.querySelectorAll('table.plain, .tile .value')) {
        const room = e.closest('[data-testid="stHtml"], .stHtml');
        if (e.offsetParent && (box(e).right > box(room).right + 2 || e.scrollWidth > e.clientWidth + 2))
            found.push('too wide: ' + e.innerText.slice(0, 40));
    }
    for (const plot of document.querySelectorAll('.js-plotly-plot')) {
        const texts = [...plot.querySelectorAll('.annotation-text, .xtick text, .ytick text, .bartext')]
            .filter(e => e.textContent.trim() && box(e).width);
        const frame = box(plot);
        texts.forEach((e, place) => {
            const one = box(e);
            if (one.left < frame.left - 2 || one.right > frame.right + 2 || one.bottom > frame.bottom + 3)
                found.push('cut: ' + e.textContent);
            for (const other of texts.slice(place + 1)) {
                const two = box(other);
                if (one.left < two.right - 2 && two.left < one.right - 2 && one.top < two.bottom - 5 && two.top < one.bottom - 5)
                    found.push('covered: ' + e.textContent + ' | ' + other.textContent);
            }
        });
    }
    return found.slice(0, 6);
}"""


def cut_off(visit: Visit, name: str) -> list[str]:
    """What runs out of the screen to the right, or into the filters, at both sizes; a picture of each is kept."""
    shots = ROOT / "tests" / "browser" / "shots"
    shots.mkdir(exist_ok=True)
    found = []
    for width, height in ((911, 512), (1366, 768), (1920, 1080)):  # the first is 1366 × 768 at 150 % zoom
        visit.page.set_viewport_size({"width": width, "height": height})
        visit.page.wait_for_timeout(500)
        found += visit.page.evaluate(
            """() => [...document.querySelectorAll('[data-testid="stMainBlockContainer"] *')]
                .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.clientWidth > 0
                        && !e.closest('[data-testid="stDataFrame"], .js-plotly-plot, '
                                      + '[data-testid="stDeckGlJsonChart"]'))
                .map(e => e.tagName + '.' + e.className).slice(0, 3)"""
        )
        found += [f"{width}: {each}" for each in visit.page.evaluate(CROWDED)]
        bar = visit.page.locator(".st-key-bar").bounding_box()
        for entry in visit.page.locator('[data-testid="stTopNavSection"], [data-testid="stTopNavLink"]').all():
            box = entry.bounding_box()
            if box["x"] + box["width"] > bar["x"] + 1 and box["y"] + box["height"] > bar["y"]:
                found.append(f"{width}: the menu runs into the filters: {entry.inner_text()}")
        visit.page.screenshot(path=shots / f"{name}-{width}.png")
    return found


def barriers(visit: Visit) -> list[str]:
    """What axe-core finds against WCAG 2.1 A and AA on the page as it stands."""
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
    found = Axe().run(visit.page, options=rules).response
    assert len(found["passes"]) > 15, "axe did not look at the page"
    return [f"{each['id']} ({each['impact']}): {each['nodes'][0]['html'][:200]}" for each in found["violations"]]


# One of each kind: the first page, one with a period, one with a choice of its own in the link, the map.
@pytest.mark.parametrize("address", [with_map(each) for each in ("", "petitions", "goals", "sites")])
def test_a_deep_link_works_as_the_first_request_after_a_start(browser, built_store, address: str) -> None:
    with serve(built_store) as fresh:
        for visit in visiting(browser, fresh):
            visit.open(f"{fresh}/{address}?year=111&lang=en")
            assert visit.page.locator("h1.message").inner_text().strip()
            assert "Page not found" not in visit.page.content()
            assert visit.errors == []


def test_the_language_and_the_period_stay_from_page_to_page(visit: Visit, server: str) -> None:
    visit.open(f"{server}/hotline?year=110&lang=en")
    assert "2021" in visit.page.locator("h1.message").inner_text()
    visit.page.get_by_role("link", name="Overview").first.click()
    visit.page.wait_for_function("() => document.querySelector('h1.message')?.innerText.startsWith('2021:')")
    visit.page.wait_for_url(lambda url: "year=110" in url and "lang=en" in url)


def test_an_unknown_value_in_a_link_is_ignored_with_a_note(visit: Visit, server: str) -> None:
    visit.open(f"{server}/hotline?year=999")
    assert visit.page.get_by_text("year=999").count() == 1
    assert "112 年" in visit.page.locator("h1.message").inner_text()


def test_a_number_tells_where_it_comes_from(visit: Visit, server: str) -> None:
    visit.open(f"{server}/hotline")
    visit.page.get_by_role("button", name="關於此數").first.click()
    dialog = visit.page.get_by_role("dialog")
    dialog.get_by_text("hotline_month").wait_for()  # the statement is coloured in a moment later
    told = dialog.inner_text()
    assert "marts.hotline_month" in told and "1999" in told and "模擬資料" in told


def test_health_says_which_build_is_in_use(server: str, built_store) -> None:
    import json
    import urllib.request

    with urllib.request.urlopen(f"{server}/healthz") as answer:
        told = json.load(answer)
        headers = answer.headers
    assert told["build"] == (built_store / "current").read_text().strip()
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "same-origin" and headers["cross-origin-opener-policy"] == "same-origin"
