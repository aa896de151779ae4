"""From the page of meetings to the projector, from a slide to the page that explores it, and back; a frozen meeting opened."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_pipeline.store import Store, meetings
from tests.browser.conftest import Visit, visiting
from tests.conftest import serve

TURN = "() => document.querySelector('.slide:not([hidden])')?.innerText ?? document.body.innerText"


@pytest.fixture(scope="module")
def frozen(built_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard whose build was frozen for a meeting, by link and without slides."""
    root = tmp_path_factory.mktemp("meetings") / "store"
    shutil.copytree(built_store, root, copy_function=lambda a, b: Path(b).hardlink_to(a))
    store = Store(root)
    with store.writing():
        meetings.freeze(store, "113-01", dt.date(2024, 1, 26), "研考會")
    with serve(root) as address:
        yield address


@pytest.fixture
def at(browser, frozen: str) -> Iterator[Visit]:
    yield from visiting(browser, frozen, 1920, 1080)


def test_a_slide_leads_to_its_page_with_the_same_filters_and_one_key_leads_back(at: Visit, frozen: str):
    at.page.goto(f"{frozen}/slides/a/monthly?lang=zh")
    at.page.keyboard.type("4")
    at.page.keyboard.press("Enter")
    shown = at.page.evaluate("location.hash")
    assert shown == "#4"
    at.page.keyboard.press("e")
    at.page.wait_for_url(re.compile(r"/works\?"))
    at.settle()
    assert "slide=a%2Fmonthly%3A4" in at.page.url or "slide=a/monthly:4" in at.page.url
    assert "control=controlled" in at.page.url or at.page.get_by_text("全部列管").count()
    at.page.keyboard.press("Escape")
    at.page.wait_for_url(re.compile(r"/slides/a/monthly\?lang=zh#4"))
    assert len(at.page.context.pages) == 1  # in the same tab: full screen and the clicker stay where they are
    assert at.outside == [] and at.errors == []


def test_every_slide_of_both_agendas_opens_in_both_languages(at: Visit, frozen: str):
    for name in ("monthly", "quarterly", "mayor"):
        for language in ("zh", "en"):
            at.page.goto(f"{frozen}/slides/a/{name}?lang={language}")
            assert at.page.locator("h1").count() >= 7
    assert at.outside == [] and at.errors == []


def test_a_frozen_meeting_is_looked_at_and_left_again(at: Visit, frozen: str):
    at.open(f"{frozen}/hotline?meeting=113-01")
    assert at.page.get_by_text("正在看 113-01 會議封存的版本").count() == 1
    at.page.get_by_role("link", name="首長總覽").first.click()
    at.page.wait_for_url(re.compile(r"/\?meeting=113-01"))  # the link is told after the page
    at.settle()
    assert at.page.get_by_text("正在看 113-01 會議封存的版本").count() == 1
    at.page.get_by_role("button", name="回到目前").click()
    at.page.wait_for_timeout(500)
    at.settle()
    assert at.page.get_by_text("正在看").count() == 0 and "meeting=" not in at.page.url


def test_an_unknown_meeting_in_a_link_is_left_out_with_a_note(at: Visit, frozen: str):
    at.page.goto(f"{frozen}/hotline?meeting=999-99")
    at.page.get_by_text("meeting=999-99").wait_for(timeout=30_000)  # it goes by itself after some seconds
    at.settle()
    assert at.page.get_by_text("正在看").count() == 0


@pytest.mark.parametrize("view", ["since", "decisions", "frozen"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_view_of_the_page_opens_without_a_fault(at: Visit, frozen: str, view: str, language: str):
    at.open(f"{frozen}/meeting?view={view}&lang={language}")
    assert at.page.locator("h1.message").inner_text().strip()
    assert at.page.get_by_text(re.compile("出了問題|went wrong")).count() == 0
    assert at.outside == [] and at.errors == []


def test_what_is_not_there_is_a_sentence_and_not_a_page(frozen: str):
    import urllib.error
    import urllib.request

    for path, status in (("a/nothing", 404), ("m/999-99", 404)):
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(f"{frozen}/slides/{path}")
        assert error.value.code == status and " · " in error.value.read().decode()
