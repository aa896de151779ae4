"""Does the map draw, answer a click and a key, reopen from a link, and ask nothing outside?"""

from __future__ import annotations

import math
import re
from collections import Counter
from io import BytesIO

import pytest
from PIL import Image

from dashboard import maps
from dashboard.warehouse import table
from tests.browser.conftest import Visit, visiting

pytestmark = pytest.mark.webgl
MAP = '[data-testid="stDeckGlJsonChart"]'
SITE = "chongxi_bridge"  # stands apart from the others, so a click can mean only it


def open_map(visit: Visit, server: str, query: str = "") -> Visit:
    visit.open(f"{server}/sites{query}")
    visit.page.wait_for_selector(f"{MAP} canvas")
    visit.page.wait_for_timeout(1500)  # the icons' sheet and the letters are drawn a moment after the ground
    return visit


def colours(visit: Visit) -> Counter:
    """The colours of the drawn map, and how many pixels have each."""
    shot = Image.open(BytesIO(visit.page.locator(MAP).screenshot())).convert("RGB")
    return Counter(shot.get_flattened_data() if hasattr(shot, "get_flattened_data") else shot.getdata())


def pixel(visit: Visit, longitude: float, latitude: float) -> tuple[float, float]:
    """Where on the screen a place is drawn, before the map has been moved."""
    view = maps._view(maps.warehouse.here().name())
    box = visit.page.locator(f"{MAP} canvas").first.bounding_box()
    # A map shown larger by the style sheet is larger in both directions.
    enlarged = box["height"] / (maps.FIT[1] + 20)
    scale = 512 * 2**view.zoom * enlarged
    x = box["x"] + box["width"] / 2 + (longitude - view.longitude) / 360 * scale
    y = box["y"] + box["height"] / 2 - (maps.mercator(latitude) - maps.mercator(view.latitude)) * scale
    return x, y


def point_at(visit: Visit, longitude: float, latitude: float) -> tuple[float, float]:
    """Move there until the map says what it is: from then on a click means it, however slow the machine."""
    x, y = pixel(visit, longitude, latitude)
    for attempt in range(60):
        visit.page.mouse.move(x + attempt % 2, y)
        visit.page.wait_for_timeout(150)
        tip = visit.page.locator(".deck-tooltip").first
        if tip.count() and tip.is_visible() and tip.inner_text().strip():
            return x, y
    pytest.fail("the map never answered the pointer")


def click_place(visit: Visit, longitude: float, latitude: float, then: str = "") -> None:
    """A click on a place; `then` is a pattern that the link must match afterwards.

    deck.gl asks the graphics card what lies under the pointer and does not wait for the answer. Where a program plays
    the card on a busy machine, a click that comes while the last move is still being answered is lost: so the pointer
    rests first, and a click without effect is made again, as a person would.
    """
    x, y = point_at(visit, longitude, latitude)
    for _ in range(4):
        visit.page.mouse.move(x, y)
        visit.page.wait_for_timeout(1000)
        visit.page.mouse.down()
        visit.page.mouse.up()
        for _ in range(60 if then else 5):
            visit.page.wait_for_timeout(200)
            if then and re.search(then, visit.page.url):
                break
        if not then or re.search(then, visit.page.url):
            visit.page.wait_for_timeout(500)  # the link changes before the rest of the page
            visit.settle()
            return
    pytest.fail(f"no click at {x:.0f}, {y:.0f} led to {then}")


def site(key: str) -> dict:
    return table("marts.sites", {"site_id": [key]})[0]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (911, 512)])
def test_the_whole_city_is_drawn_in_its_box(browser, server, warehouse, size, language) -> None:
    """911 × 512 is 1366 × 768 at 150 % zoom."""
    for visit in visiting(browser, server, *size):
        open_map(visit, server, f"?lang={language}")
        found = colours(visit)
        total = sum(found.values())
        assert found[maps.GROUND] > 0.2 * total, "districts are ground"
        assert found[(255, 255, 255)] > 0.1 * total, "the city does not run out of the box"
        assert found[(0xC2, 0x41, 0x0C)] > 300 and found[(0xE6, 0x9F, 0)] > 300, "late sites stand in their colours"
        box = visit.page.locator(MAP).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= size[0]
        for row in table("marts.districts"):
            x, y = pixel(visit, row["centroid_lon"], row["centroid_lat"])
            assert box["x"] < x < box["x"] + box["width"] and box["y"] < y < box["y"] + box["height"], row["zh"]
        assert visit.outside == [] and visit.errors == []


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_a_click_on_a_site_opens_its_card(browser, server, warehouse, size) -> None:
    row = site(SITE)
    for visit in visiting(browser, server, *size):
        open_map(visit, server)
        click_place(visit, row["longitude"], row["latitude"], f"site={SITE}")
        card = visit.page.locator("table.plain").first
        assert row["title"] in card.inner_text() and "位置為概略" in card.inner_text()
        assert row["quote"] in card.inner_text()
        assert f"site={SITE}" in visit.page.url
        found = colours(visit)
        assert found[maps.GROUND] > 0.2 * sum(found.values()), "the ground is not dimmed by the selection"
        assert visit.outside == [] and visit.errors == []


def test_a_click_on_a_district_gives_its_figures_and_a_second_one_frees_it(visit: Visit, server, warehouse) -> None:
    row = table("marts.districts", {"district_id": ["nanhua"]})[0]
    open_map(visit, server, "?state=halted")
    for chosen in (True, False):
        click_place(visit, row["centroid_lon"], row["centroid_lat"], "district=nanhua" if chosen else "^(?!.*district)")
        assert ("district=nanhua" in visit.page.url) is chosen
        figures = visit.page.locator("table.plain").filter(has_text="陳情受理")
        figures.wait_for(state="visible" if chosen else "detached")
        told = visit.page.locator("table.plain").all_inner_texts()
        assert any("南化區" in each and "陳情受理" in each for each in told) is chosen


def test_a_site_stays_chosen_when_the_filter_changes_under_it(visit: Visit, server, warehouse) -> None:
    """A selection by row number would jump to another site here."""
    row = site(SITE)
    open_map(visit, server)
    click_place(visit, row["longitude"], row["latitude"], f"site={SITE}")
    click_place(visit, row["longitude"], row["latitude"])  # the same again: stays
    visit.page.get_by_role("button", name=re.compile("嚴重落後")).first.click()
    visit.page.wait_for_timeout(500)
    visit.settle()
    assert f"site={SITE}" in visit.page.url
    assert row["title"] in visit.page.locator("table.plain").first.inner_text()


def test_the_list_opens_the_same_card_by_keyboard(visit: Visit, server, warehouse) -> None:
    open_map(visit, server)
    visit.page.locator(".stDataFrame canvas").first.focus()
    visit.page.keyboard.press("ArrowDown")
    visit.page.wait_for_timeout(300)
    visit.page.keyboard.press("Shift+Space")
    visit.page.wait_for_url(re.compile("site="))
    visit.page.wait_for_timeout(300)
    visit.settle()
    key = re.search(r"site=([\w-]+)", visit.page.url)[1]
    assert site(key)["light"] == "halted", "worst first"
    by_list = visit.page.locator("table.plain").first.inner_text()
    assert site(key)["title"] in by_list
    open_map(visit, server, f"?site={key}")
    assert visit.page.locator("table.plain").first.inner_text() == by_list


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_link_to_a_site_opens_its_card_even_where_the_filter_hides_it(
    visit: Visit, server, warehouse, language
) -> None:
    row = next(each for each in table("marts.sites", {"light": ["completed"]}) if not each["is_published"])
    open_map(visit, server, f"?site={row['site_id']}&state=halted&lang={language}")
    assert row["title"] in visit.page.locator("table.plain").first.inner_text()
    assert colours(visit)[(0x0B, 0x5F, 0xA5)] > 100, "and the map rings the site"
    assert f"site={row['site_id']}" in visit.page.url and "state=halted" in visit.page.url


def test_a_tooltip_shows_text_and_never_markup(visit: Visit, server, warehouse) -> None:
    row = site(SITE)
    open_map(visit, server)
    point_at(visit, row["longitude"], row["latitude"])
    assert row["title"] in visit.page.locator(".deck-tooltip").first.inner_text()


def test_tainan_lies_where_mercator_says() -> None:
    """By hand: y of the equator is 0; of 85.0511° half a world."""
    assert maps.mercator(0) == pytest.approx(0, abs=1e-12)
    assert maps.mercator(math.degrees(math.atan(math.sinh(math.pi)))) == pytest.approx(0.5)
