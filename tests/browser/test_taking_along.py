"""What a reader takes along from a chart, in a real browser: an image of either kind, and the three files."""

from __future__ import annotations

import zipfile

from tests.browser.conftest import Visit


def camera(visit: Visit):
    """Press the camera of the first chart; gives the file that comes."""
    page = visit.page
    page.locator(".js-plotly-plot").first.hover()
    with page.expect_download() as waiting:
        page.locator(".js-plotly-plot").first.locator('a[data-title*="PNG"], a[data-title*="plot"], .modebar-btn').first.click()
    return waiting.value


def test_a_chart_is_kept_as_an_image_of_either_kind(visit: Visit, server: str, tmp_path) -> None:
    visit.open(f"{server}/hotline")
    kept = camera(visit)
    kept.save_as(tmp_path / "a")
    name = kept.suggested_filename
    assert name.endswith(".png") and "總服務量_112_年" in name and "模擬資料" in name
    assert visit.page.locator('.js-plotly-plot .gtitle').first.text_content().startswith("△ 模擬資料")
    assert visit.page.locator(".modebar-btn").first.get_attribute("data-title") == "下載圖檔"
    assert (tmp_path / "a").read_bytes().startswith(b"\x89PNG")
    visit.page.get_by_role("button", name="數字與下載").first.click()
    visit.page.get_by_role("radio", name="SVG").or_(visit.page.get_by_role("button", name="SVG", exact=True)).first.click()
    visit.page.wait_for_timeout(800)
    visit.settle()
    visit.page.keyboard.press("Escape")
    kept = camera(visit)
    kept.save_as(tmp_path / "b")
    assert kept.suggested_filename.endswith(".svg") and b"<svg" in (tmp_path / "b").read_bytes()[:300]
    assert visit.outside == []


def test_the_figures_of_a_chart_come_in_three_forms(visit: Visit, server: str, tmp_path) -> None:
    visit.open(f"{server}/petitions?year=111&agency=police")
    visit.page.get_by_role("button", name="數字與下載").first.click()
    for form, begins in (("CSV", b"\xef\xbb\xbf"), ("XLSX", b"PK"), ("ODS", b"PK")):
        with visit.page.expect_download() as waiting:
            visit.page.get_by_role("dialog").get_by_role("button", name=form, exact=True).click()
        name = waiting.value.suggested_filename
        waiting.value.save_as(tmp_path / form)
        assert (tmp_path / form).read_bytes().startswith(begins)
        assert "111_年" in name and "警察局" in name and "模擬資料" in name
        if begins == b"PK":
            assert zipfile.ZipFile(tmp_path / form).testzip() is None


def test_a_table_has_no_download_of_its_own_that_says_nothing(visit: Visit, server: str) -> None:
    visit.open(f"{server}/works?view=register")
    visit.page.locator('[data-testid="stDataFrame"]').first.hover()
    assert visit.page.get_by_role("button", name="Download as CSV").count() == 0


def test_a_list_says_its_filters_in_its_name(visit: Visit, server: str) -> None:
    visit.open(f"{server}/works?view=register&agency=public_works&light=behind&q=模擬")
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("button", name="XLSX", exact=True).click()
    name = waiting.value.suggested_filename
    for said in ("列管清冊", "工務局", "落後", "模擬資料"):
        assert said in name
