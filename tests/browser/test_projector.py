"""Does the room see what it should? The projector's page in a real browser: keys, sizes, contrast, the cable pulled."""

from __future__ import annotations

import dataclasses
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from dashboard import words
from dashboard.meeting import agenda, pen, slides
from dashboard.meeting.model import Deck
from dashboard.meeting.projector import page as projected
from tests.conftest import ROOT
from tests.slide_examples import deck as chinese
from tests.slides_in_english import deck as english

DECKS = {"zh": chinese, "en": english}
BODY, KEY_FIGURE, CHART, DISTRICT, SOURCES = 28, 96, 26, 22, 22  # pixels at 1920 × 1080
CARRIAGE = "</script><script>window.hit = 1</script><img src=x onerror='window.hit = 1'><svg onload='window.hit = 1'>{{ 7 * 7 }}"


@contextmanager
def showing(deck: Deck, other: str = "") -> Iterator[tuple[str, uvicorn.Server]]:
    """The page behind a server of its own, which a test may stop."""

    async def slides(request: Request) -> HTMLResponse:
        return HTMLResponse(projected(deck, "/meeting", other))

    async def explore(request: Request) -> HTMLResponse:
        return HTMLResponse("<!doctype html><title>explore</title><link rel=icon href=data:,><h1>explore</h1>")

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    routes = [Route("/slides", slides), Route("/hotline", explore), Route("/meeting", explore)]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}", server
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)


@contextmanager
def opened(browser: Browser, deck: Deck, width: int = 1920, height: int = 1080, other: str = "", at: str = "") -> Iterator[Page]:
    """The deck on a projector; whatever goes wrong in the page or is asked for outside fails the test."""
    with showing(deck, other) as (address, server):
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-TW", has_touch=True)
        page = context.new_page()
        page.asked, page.wrong, page.server, page.address = [], [], server, address
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on("console", lambda said: page.wrong.append(said.text) if said.type in ("error", "warning") else None)
        page.goto(f"{address}/slides{at}")
        yield page
        context.close()
        assert [url for url in page.asked if not url.startswith((address, "data:"))] == []


@pytest.fixture(params=DECKS)
def deck(request, warehouse) -> Deck:
    return DECKS[request.param]()


def number(page: Page) -> int:
    """Which slide is seen: exactly one."""
    seen = page.evaluate("""() => [...document.querySelectorAll('.slide')]
        .flatMap((each, place) => getComputedStyle(each).visibility === 'visible' ? [place + 1] : [])""")
    assert len(seen) == 1, seen
    return seen[0]


def press(page: Page, *keys: str) -> int:
    for key in keys:
        page.keyboard.press(key)
    return number(page)


def each_slide(page: Page, deck: Deck) -> Iterator[int]:
    press(page, "Home")
    for place in range(1, len(deck.slides) + 1):
        assert number(page) == place
        yield place
        press(page, "ArrowRight")


# Keys


@pytest.mark.parametrize(("on", "back"), [("ArrowRight", "ArrowLeft"), ("PageDown", "PageUp"), ("ArrowDown", "ArrowUp"),
                                          ("Space", "Backspace"), ("Enter", "ArrowLeft")])  # fmt: skip
def test_the_agenda_is_walked_by_keyboard_and_clicker(browser, deck: Deck, on: str, back: str) -> None:
    count = len(deck.slides)
    with opened(browser, deck) as page:
        assert [number(page)] + [press(page, on) for _ in range(count)] == [*range(1, count + 1), count]
        assert [press(page, back) for _ in range(count)] == [*range(count - 1, 0, -1), 1]
        assert (press(page, "End"), press(page, "Home")) == (count, 1)
        assert page.wrong == []


def test_a_number_and_enter_jump_there_and_a_wrong_one_is_said(browser, deck: Deck) -> None:
    with opened(browser, deck) as page:
        assert press(page, "5", "Enter") == 5
        assert press(page, "9", "9", "Enter") == 5
        assert "99" in page.locator(".toast").inner_text()
        assert press(page, "7", "Backspace", "3", "Enter") == 3
        assert press(page, "Enter") == 4
        assert press(page, "6", "3", "ArrowRight", "Enter") == 6  # another key gives the number up
        assert press(page, "3", "o", "Escape", "Enter") == 7


def test_the_overview_shows_all_and_opens_the_chosen(browser, deck: Deck) -> None:
    with opened(browser, deck, at="#2") as page:
        page.keyboard.press("o")
        assert page.locator(".thumb:visible").count() == len(deck.slides)
        boxes = [page.locator(".frame").nth(n).bounding_box() for n in range(len(deck.slides))]
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= 1920 and box["y"] + box["height"] <= 1080 for box in boxes)
        page.screenshot(path=ROOT / "tests/browser/shots" / f"slides-{deck.language}-overview.png")
        for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "Enter"):
            page.keyboard.press(key)
        assert number(page) == 3
        page.keyboard.press("o")
        page.locator(".thumb").nth(5).click()
        assert number(page) == 6
        assert press(page, "o", "Escape") == 6
        assert press(page, "Space") == 7  # no button keeps the space bar


def test_b_makes_the_screen_black_until_any_key(browser, deck: Deck) -> None:
    with opened(browser, deck, at="#2") as page:
        for key in ("b", "."):
            page.keyboard.press(key)
            assert page.locator(".black").bounding_box() == {"x": 0, "y": 0, "width": 1920, "height": 1080}
            assert page.evaluate("getComputedStyle(document.querySelector('.black')).backgroundColor") == "rgb(0, 0, 0)"
            assert press(page, "ArrowRight") == 2
            assert page.locator(".black").is_hidden()


def test_slides_turn_by_themselves_until_paused(browser, deck: Deck) -> None:
    with opened(browser, deck) as page:
        page.clock.install()
        page.keyboard.press("p")
        assert "20" in page.locator(".toast").inner_text()
        page.clock.run_for(19_000)
        assert number(page) == 1 and page.locator(".toast").is_hidden()
        page.clock.run_for(1_500)
        assert number(page) == 2
        page.keyboard.press("-")
        assert "15" in page.locator(".toast").inner_text()
        page.clock.run_for(15_500)
        assert number(page) == 3
        page.keyboard.press("b")
        page.clock.run_for(60_000)
        assert press(page, "x") == 3  # a black screen does not go on
        page.keyboard.press("p")
        page.clock.run_for(90_000)
        assert number(page) == 3
        press(page, "End")
        page.keyboard.press("p")
        page.clock.run_for(15_500)
        assert number(page) == 1  # round again


def test_notes_are_for_the_speaker_and_large_enough(browser, deck: Deck) -> None:
    with opened(browser, deck, at="#2") as page:
        notes = page.locator(".slide.on .notes")
        assert notes.is_hidden()
        page.keyboard.press("n")
        assert notes.is_visible() and notes.inner_text().split("\n")[0] == deck.slides[1].notes[0]
        assert float(notes.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= BODY
        assert press(page, "ArrowRight") == 3 and page.locator(".slide.on .notes").is_visible()
        page.keyboard.press("n")
        assert notes.is_hidden()


def test_help_names_every_key(browser, deck: Deck) -> None:
    with opened(browser, deck, other="/slides?lang=other") as page:
        page.keyboard.press("?")
        told = page.locator(".help").inner_text()
        assert all(key in told for key in ("PageDown", "Home", "O", "B .", "P", "F F5", "N", "E", "L", "Q", "Esc", "H ?"))
        page.keyboard.press("h")
        assert page.locator(".help").is_hidden()


def test_buttons_appear_with_the_mouse_and_are_large_enough(browser, deck: Deck) -> None:
    with opened(browser, deck) as page:
        bar = page.locator(".bar")
        assert bar.evaluate("e => getComputedStyle(e).opacity") == "0"
        page.mouse.move(300, 300)
        page.mouse.move(400, 400)
        assert bar.evaluate("e => getComputedStyle(e).opacity") == "1"
        boxes = [each.bounding_box() for each in bar.locator("button").all()]
        assert len(boxes) == 8 and min(min(box["width"], box["height"]) for box in boxes) >= 44
        page.locator("[data-act=next]").click()
        page.locator("[data-act=next]").click()
        assert number(page) == 3
        page.locator("[data-act=back]").click()
        assert number(page) == 2
        assert press(page, "Space") == 3


def test_a_swipe_turns_the_page(browser, deck: Deck) -> None:
    with opened(browser, deck) as page:
        for start, end, there in ((1500, 400, 2), (1500, 400, 3), (400, 1500, 2)):
            page.evaluate(
                """([start, end]) => { const touch = x => [new Touch({identifier: 1, target: document.body, clientX: x, clientY: 500})];
                dispatchEvent(new TouchEvent('touchstart', {touches: touch(start), changedTouches: touch(start)}));
                dispatchEvent(new TouchEvent('touchend', {touches: [], changedTouches: touch(end)})); }""", [start, end])  # fmt: skip
            assert number(page) == there


# Out and back


def test_e_leads_to_the_exploring_page_and_back_to_the_same_slide(browser, deck: Deck) -> None:
    with opened(browser, deck) as page:
        press(page, "4", "Enter")
        assert page.url.endswith("/slides#4")
        page.keyboard.press("e")
        page.wait_for_url("**/hotline?*")
        assert page.url == page.address + deck.slides[3].link
        page.go_back()
        assert number(page) == 4
        page.reload()
        assert number(page) == 4
        press(page, "Home", "ArrowRight", "ArrowRight")
        assert page.evaluate("history.length") <= 3  # turning pages leaves no trail
        page.keyboard.press("q")
        page.wait_for_url("**/meeting")


def test_the_other_language_opens_at_the_same_slide(browser, deck: Deck) -> None:
    with opened(browser, deck, other="/slides?lang=other") as page:
        press(page, "3", "Enter", "l")
        page.wait_for_url("**/slides?lang=other#3")
        assert number(page) == 3


def test_a_link_that_leads_outside_is_not_followed(browser, warehouse) -> None:
    deck = chinese()
    for link in ("javascript:alert(1)", "//elsewhere.example/x", "/\\elsewhere.example", "https://elsewhere.example"):
        slides = tuple(dataclasses.replace(each, link=link) for each in deck.slides)
        assert "elsewhere" not in projected(dataclasses.replace(deck, slides=slides), link, link)
        assert "javascript:" not in projected(dataclasses.replace(deck, slides=slides), link, link)


# The cable pulled


def test_the_slides_go_on_after_the_server_is_gone(browser, deck: Deck) -> None:
    with opened(browser, deck) as page:
        page.server.should_exit = page.server.force_exit = True
        page.wait_for_timeout(600)
        with pytest.raises(OSError), socket.create_connection(("127.0.0.1", int(page.address.rsplit(":", 1)[1])), 1):
            pass
        page.asked.clear()
        walked = list(each_slide(page, deck))
        press(page, "o", "Escape", "n", "n", "b", "b", "p", "p")
        assert walked == list(range(1, len(deck.slides) + 1))
        assert page.asked == [] and page.wrong == []
        press(page, "2", "Enter")
        page.keyboard.press("F5")  # what a clicker sends to begin: a reload would lose the slides
        page.keyboard.press("e")  # tried, said, and still here
        page.wait_for_function("() => /連不到|cannot be reached/.test(document.querySelector('.toast').textContent)")
        assert number(page) == 2


def test_the_page_works_as_a_file(browser, deck: Deck, tmp_path) -> None:
    path = tmp_path / "會議.html"
    path.write_text(projected(deck), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, offline=True)
    page = context.new_page()
    asked, wrong = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{path.as_uri()}#3")
    assert number(page) == 3
    assert list(each_slide(page, deck)) == list(range(1, len(deck.slides) + 1))
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == [] and wrong == []
    context.close()


# From ten metres


def test_a_change_takes_less_than_a_fifth_of_a_second(browser, deck: Deck, record_property) -> None:
    with opened(browser, deck) as page:
        page.evaluate(
            """() => { window.took = []; addEventListener('keydown', () => { const start = performance.now();
            requestAnimationFrame(() => { const channel = new MessageChannel();
                channel.port1.onmessage = () => took.push(performance.now() - start); channel.port2.postMessage(0); }); }, true); }"""
        )
        count = 0
        for _ in range(5):
            for key in ("Home", *["ArrowRight"] * (len(deck.slides) - 1)):
                page.keyboard.press(key)
                count += 1
                page.wait_for_function("count => took.length === count", arg=count)
        took = page.evaluate("took")
    # A busy machine stalls now and then, on no slide in particular: a slide that is slow is slow in every round.
    best = [min(took[place :: len(deck.slides)]) for place in range(len(deck.slides))]
    median, high = statistics.median(took), sorted(took)[int(len(took) * 0.95)]
    print(f"\n{deck.language}: {len(took)} changes, median {median:.1f} ms, p95 {high:.1f} ms; best of 5: {max(best):.1f} ms")
    record_property("median_ms", median)
    assert len(took) == 5 * len(deck.slides) and max(best) < 200 and median < 200


SIZES = """() => { const found = []; const slide = document.querySelector('.slide.on');
    const walk = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
    for (let node; node = walk.nextNode();) { const e = node.parentElement;
        if (!node.data.trim() || !e.checkVisibility({visibilityProperty: true}) || e.closest('title')) continue;
        const drawn = e.closest('svg') ? e.getScreenCTM().a : 1;
        found.push([node.data, parseFloat(getComputedStyle(e).fontSize) * drawn, !!e.closest('svg'),
                    e.classList.contains('number'), e.classList.contains('sources')]); }
    return found; }"""


def test_every_text_is_large_enough(browser, deck: Deck) -> None:
    with opened(browser, deck) as page:
        for place in each_slide(page, deck):
            found = page.evaluate(SIZES)
            assert found
            least = DISTRICT if deck.slides[place - 1].map else CHART
            small = [each for each in found
                     if each[1] < (KEY_FIGURE if each[3] else SOURCES if each[4] else least if each[2] else BODY) - 0.01]  # fmt: skip
            assert small == [], place
            assert sum(each[3] for each in found) == len(deck.slides[place - 1].figures)


OVERFLOW = """() => { const slide = document.querySelector('.slide.on'), stage = slide.getBoundingClientRect(), found = [];
    const off = box => box.width && (box.left < stage.left - 1 || box.right > stage.right + 1 || box.top < stage.top - 1
                                     || box.bottom > stage.bottom + 1);
    if (slide.scrollWidth > slide.clientWidth + 1 || slide.scrollHeight > slide.clientHeight + 1) found.push('slide');
    for (const e of slide.querySelectorAll('*')) if (!e.closest('.notes, g, defs') && off(e.getBoundingClientRect()))
        found.push('out: ' + e.tagName + ' ' + e.textContent.slice(0, 30));
    // A line of text reaches a little above and below its height, without ink.
    for (const e of slide.querySelectorAll('.body, .row, .figure, .value, h1, .list, .topic, .opening'))
        if (e.scrollHeight > e.clientHeight + 4 + parseFloat(getComputedStyle(e).fontSize) * 0.35 || e.scrollWidth > e.clientWidth + 2)
            found.push(`over: ${e.className || e.tagName} ${e.scrollWidth}×${e.scrollHeight} in ${e.clientWidth}×${e.clientHeight}`);
    for (const svg of slide.querySelectorAll('.picture > svg')) { const box = svg.getBoundingClientRect();
        for (const t of svg.querySelectorAll('text')) { const b = t.getBoundingClientRect();
            if (b.left < box.left - 2 || b.right > box.right + 2 || b.top < box.top - 4 || b.bottom > box.bottom + 4)
                found.push('text: ' + t.textContent); } }
    const foot = slide.querySelector('footer').getBoundingClientRect();
    const before = slide.querySelector('footer').previousElementSibling.getBoundingClientRect();
    if (before.bottom > foot.top + 1) found.push('on the foot');
    return found; }"""


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1366, 768), (1024, 768)])
def test_nothing_runs_out_of_its_slide(browser, deck: Deck, width: int, height: int) -> None:
    shots = ROOT / "tests" / "browser" / "shots"
    shots.mkdir(exist_ok=True)
    with opened(browser, deck, width, height) as page:
        for place in each_slide(page, deck):
            assert page.evaluate(OVERFLOW) == [], place
            page.screenshot(path=shots / f"slides-{deck.language}-{place:02}-{width}.png")
        assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [width, height]


CUT = """() => [...document.querySelectorAll('.slide.on .told, .slide.on .cell, .slide.on .sources, .slide.on th')]
    .filter(e => e.scrollHeight > e.clientHeight + 12 || e.scrollWidth > e.clientWidth + 2).map(e => e.textContent)
    .concat([...document.querySelectorAll('.slide.on svg text')].map(e => e.textContent).filter(text => text.endsWith('…')))"""


@pytest.mark.parametrize("which", ["example", "real"])
def test_no_english_is_cut_but_a_long_title_of_the_data(browser, warehouse, which: str) -> None:
    with words.speaking("en"):
        deck = english() if which == "example" else slides.deck(agenda.load("monthly"))
    with opened(browser, deck) as page:
        for place in each_slide(page, deck):
            slide = deck.slides[place - 1]
            titles = [row[0].text for row in slide.grid.rows] if slide.grid else list(slide.chart.categories) if slide.chart else []
            long = [each for each in titles if pen.width(each, BODY) > 600]
            assert [each for each in page.evaluate(CUT)
                    if not any(title.startswith(each.removesuffix("…")[:20]) or each.removesuffix("…") in title for title in long)] == [], place  # fmt: skip


def test_every_slide_reads_at_seven_to_one_and_to_those_who_listen(browser, deck: Deck) -> None:
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
             "rules": {"color-contrast-enhanced": {"enabled": True}}}  # fmt: skip
    with opened(browser, deck) as page:
        assert page.evaluate("document.documentElement.lang") == {"zh": "zh-Hant-TW", "en": "en"}[deck.language]
        for place in each_slide(page, deck):
            found = Axe().run(page, options=rules).response
            assert "color-contrast-enhanced" in [each["id"] for each in found["passes"]]
            assert [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]] == [], place
            assert page.locator(".aloud").inner_text().startswith(f"{place} / {len(deck.slides)} ")
        page.keyboard.press("o")
        assert Axe().run(page, options=rules).response["violations"] == []


def test_a_state_is_said_by_shape_and_word(browser, deck: Deck) -> None:
    with opened(browser, deck, at="#2") as page:
        states = [each for each in deck.slides[1].figures if each.state]
        assert page.locator(".slide.on .state .shape").count() == len(states) == len({each.state for each in states})
        assert page.locator(".slide.on .state").all_inner_texts() == [each.word for each in states]


def test_the_slide_says_page_reach_sources_and_that_it_is_simulated(browser, deck: Deck) -> None:
    with opened(browser, deck) as page:
        for place in each_slide(page, deck):
            foot, slide = page.locator(".slide.on footer").inner_text(), deck.slides[place - 1]
            assert f"{place} / {len(deck.slides)}" in foot and slide.as_of in foot and deck.simulated_mark in foot
            assert all(source in foot for source in slide.sources)


# Texts from data


def hostile(deck: Deck) -> Deck:
    """The deck with markup in each of its texts."""

    def spoil(value):
        if dataclasses.is_dataclass(value):
            kept = ("kind", "state", "role", "align", "language", "screen", "made", "date", "link", "share")
            return dataclasses.replace(value, **{each.name: getattr(value, each.name) if each.name in kept else spoil(getattr(value, each.name))
                                                 for each in dataclasses.fields(value)})  # fmt: skip
        if isinstance(value, tuple):
            return tuple(spoil(each) if not (isinstance(each, str) and each in ("behind", "seriously_behind", "halted")) else each for each in value)
        return f"{value}{CARRIAGE}" if isinstance(value, str) else value

    return spoil(deck)


def test_texts_from_data_run_nothing(browser, deck: Deck) -> None:
    spoiled = hostile(deck)
    with opened(browser, spoiled) as page:
        for _ in each_slide(page, spoiled):
            assert page.locator(".slide.on img").count() == 0
        press(page, "n", "o", "Escape")
        page.mouse.move(300, 300)
        page.wait_for_timeout(300)
        assert page.evaluate("window.hit") is None
        assert page.evaluate("document.scripts.length") == 1
        assert "{{ 7 * 7 }}" in page.locator("h1").nth(1).text_content()
        assert page.wrong == []


def test_the_policy_lets_no_other_script_run(browser, warehouse) -> None:
    """Were a text ever printed as it is, its script would still not run."""
    raw = projected(chinese()).replace("<footer>", "<script>window.hit = 1</script><img src='data:,' onerror='window.hit = 1'><footer>")
    context = browser.new_context()
    page = context.new_page()
    page.set_content(raw)
    page.wait_for_timeout(300)
    assert page.evaluate("window.hit") is None and number(page) == 1
    context.close()


def test_a_print_is_one_page_a_slide(browser, deck: Deck) -> None:
    import re

    with opened(browser, deck) as page:
        printed = page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == len(deck.slides)
        wide, high = map(float, re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", printed).groups())
        assert wide / high == pytest.approx(16 / 9, abs=0.01)
