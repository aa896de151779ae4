"""Does a page fit where it is read: one screen for a unit, no column off the edge, every row on paper?"""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit, visiting

UNITS = ("agency?agency=public_works", "agency?agency=water_resources", "district?district=yongkang")
LISTS = ("works?view=register", "works?view=monthly", "works?view=quarterly", "goals?view=budget")
WHOLE = ("forward-looking?list=all", "service-quality", "work", "agency", "petitions")  # lists that a dialog has whole


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_a_unit_is_one_screen(browser, server, size, language) -> None:
    for visit in visiting(browser, server, *size):
        for link in UNITS:
            visit.open(f"{server}/{link}&lang={language}")
            foot = visit.page.locator(".one_page").bounding_box()
            assert foot["y"] + foot["height"] <= size[1], link


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_column_of_a_list_is_off_the_edge(visit: Visit, server: str, language: str) -> None:
    for link in LISTS:
        visit.open(f"{server}/{link}{'&' if '?' in link else '?'}lang={language}")
        visit.page.locator(".dvn-scroller").first.wait_for()
        beyond = visit.page.evaluate(
            "[...document.querySelectorAll('.dvn-scroller')].map(e => e.scrollWidth - e.clientWidth)"
        )
        assert max(beyond) <= 1, link


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_column_of_a_whole_list_is_off_the_edge_of_its_dialog(visit: Visit, server: str, language: str) -> None:
    for link in WHOLE:
        visit.open(f"{server}/{link}{'&' if '?' in link else '?'}lang={language}")
        visit.page.locator('[data-key^="all-"]').first.click()
        visit.page.locator('[role="dialog"] .dvn-scroller').wait_for()
        visit.page.wait_for_timeout(500)
        beyond = visit.page.locator(".dvn-scroller").evaluate("(e) => e.scrollWidth - e.clientWidth")
        assert beyond <= 1, link


def test_the_list_of_a_meeting_is_whole_on_paper(visit: Visit, server: str) -> None:
    visit.open(f"{server}/works?view=quarterly")
    rows = visit.page.locator(".st-key-paper_list tbody tr")
    assert not rows.first.is_visible(), "on screen the list that sorts"
    visit.page.emulate_media(media="print")
    said = visit.page.get_by_text("嚴重落後與停工").first.inner_text()
    assert f" {rows.count()} 件" in said and rows.last.is_visible()
    assert not visit.page.locator('[data-testid="stDataFrame"]').first.is_visible()


def test_a_unit_on_paper_has_every_work_its_source_and_no_hint_for_the_keyboard(visit: Visit, server: str) -> None:
    visit.open(f"{server}/agency?agency=public_works")
    rows = visit.page.locator(".one_page_late tbody tr")
    assert not rows.last.is_visible()
    visit.page.emulate_media(media="print")
    assert rows.last.is_visible() and rows.last.locator(".quote").first.is_visible()
    paper = visit.page.locator('[data-testid="stMainBlockContainer"]').inner_text()
    assert "資料來源" in paper and "列印日期" in paper and "Ctrl" not in paper
