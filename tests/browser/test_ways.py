"""Does a click lead somewhere, and is there a way back, by our button and by the browser's?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.conftest import Visit


def message(visit: Visit) -> str:
    return visit.page.locator("h1.message").inner_text()


def settle(visit: Visit) -> None:
    visit.page.wait_for_timeout(300)
    visit.settle()
    visit.page.wait_for_timeout(1100)  # a reader's pace: steps closer than a second are one in the browser's history


def click_bar(visit: Visit, chart: int, bar: int = 0) -> None:
    visit.page.locator(".js-plotly-plot").nth(chart).locator(".barlayer .point path").nth(bar).click(force=True)
    settle(visit)


def click_name(visit: Visit) -> None:
    """The second column of the first row of the first list: the name and not the box."""
    listed = visit.page.locator('[data-testid="stDataFrame"]').first
    listed.click(position={"x": 230, "y": 60})  # once it stands still
    settle(visit)


def test_a_part_of_a_bar_opens_the_register_of_its_works(visit: Visit, server: str) -> None:
    visit.open(server)
    click_bar(visit, 1)
    assert "/works?view=register" in visit.page.url and "control=" in visit.page.url and "light=" in visit.page.url


def test_a_list_is_left_by_a_name_and_found_again(visit: Visit, server: str) -> None:
    visit.open(server)
    visit.page.get_by_role("button", name="開啟每季會議清單").click()
    settle(visit)
    listed = message(visit)
    click_name(visit)
    assert re.search(r"/work\?work=", visit.page.url)
    one = message(visit)
    visit.page.get_by_role("button", name="回到「重大建設列管」").click()
    settle(visit)
    assert "view=quarterly" in visit.page.url and message(visit) == listed
    for expected in (one, listed):
        visit.page.go_back()
        settle(visit)
        assert message(visit) == expected
    visit.page.go_back()
    settle(visit)
    assert visit.page.url.rstrip("/") == server


def test_a_work_on_the_overview_is_a_link_that_knows_the_way_back(visit: Visit, server: str) -> None:
    visit.open(f"{server}/?year=111&lang=en")
    visit.page.locator("td a").first.click()
    visit.settle()
    visit.page.get_by_role("button", name="Back to Overview").click()
    settle(visit)
    assert "year=111" in visit.page.url and message(visit).startswith("2022:")


@pytest.mark.parametrize(("address", "chart"), [("service-award", 0), ("service-quality", 0), ("hotline", 3)])
def test_a_bar_without_a_page_of_its_own_shows_the_rows_behind_it(visit: Visit, server: str, address, chart) -> None:
    visit.open(f"{server}/{address}")
    for _ in range(2):  # the same bar once more
        click_bar(visit, chart)
        dialog = visit.page.get_by_role("dialog")
        assert "背後的列" in dialog.inner_text() and "模擬資料" in dialog.inner_text()
        visit.page.keyboard.press("Escape")
        dialog.wait_for(state="detached")


def test_a_petition_of_the_list_says_all_that_is_kept_of_it(visit: Visit, server: str) -> None:
    visit.open(f"{server}/petitions")
    visit.page.locator("table .do").first.click()
    dialog = visit.page.get_by_role("dialog")
    dialog.locator('[data-testid="stDataFrame"]').wait_for()
    assert "陳情" in dialog.inner_text()


def test_all_rows_of_a_short_list_open_in_a_dialog(visit: Visit, server: str) -> None:
    visit.open(f"{server}/petitions?lang=en")
    visit.page.get_by_role("button", name=re.compile(r"All \d+: sort, search, download")).click()
    dialog = visit.page.get_by_role("dialog")
    dialog.locator('[data-testid="stDataFrame"]').wait_for()
    with visit.page.expect_download() as waiting:
        dialog.get_by_role("button", name="CSV", exact=True).click()
    said = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert len(said.splitlines()) > 2 and "Simulated" in waiting.value.suggested_filename


def test_a_row_of_a_short_list_opens_its_page_and_so_does_one_of_the_whole_list(visit: Visit, server: str) -> None:
    visit.open(f"{server}/service-quality?year=111")
    listed = message(visit)
    for whole in (False, True):
        if whole:
            visit.page.get_by_role("button", name=re.compile(r"全部 \d+ 筆")).first.click()
            visit.page.get_by_role("dialog").locator('[data-testid="stDataFrame"]').wait_for()
            click_name(visit)
        else:
            visit.page.locator("table .going").first.click()
            settle(visit)
        assert re.search(r"/agency\?.*agency=", visit.page.url) and visit.page.get_by_role("dialog").count() == 0
        visit.page.get_by_role("button", name="回到「服務品質」").click()
        settle(visit)
        assert "year=111" in visit.page.url and message(visit) == listed


def test_a_row_of_the_whole_list_opens_in_place_of_it(visit: Visit, server: str) -> None:
    visit.open(f"{server}/petitions")
    visit.page.get_by_role("button", name=re.compile(r"全部 \d+ 筆")).click()
    visit.page.get_by_role("dialog").locator('[data-testid="stDataFrame"]').wait_for()
    number = visit.page.locator("table .do").first.inner_text()
    click_name(visit)
    dialog = visit.page.get_by_role("dialog")
    assert dialog.count() == 1 and dialog.locator('[role="gridcell"]', has_text="逾期未結").count()
    assert dialog.locator('[role="gridcell"]', has_text=number).count() == 1


def test_a_page_that_is_not_there_says_so_in_the_language_of_the_house(visit: Visit, server: str) -> None:
    visit.open(f"{server}/nowhere")
    assert visit.page.get_by_text("page=nowhere").count() == 1
    assert visit.page.get_by_text("Page not found").count() == 0
    assert visit.page.url.rstrip("/") == server
