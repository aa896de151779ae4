"""Is the page of an agency or a district one A4 page when it is printed?"""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import Visit


@pytest.mark.parametrize("link", ["agency?agency=public_works", "agency?agency=water_resources&lang=en", "district?district=yongkang"])
def test_a_unit_fits_on_one_page(visit: Visit, server: str, link: str) -> None:
    visit.open(f"{server}/{link}")
    printed = visit.page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", printed)
    assert (round(float(box[1])), round(float(box[2]))) in ((595, 842), (596, 842), (594, 842))
