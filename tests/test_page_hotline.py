"""Is the hotline's title about what was chosen, and does it say what does not follow the choice?"""

from __future__ import annotations

import pytest

from dashboard import words
from dashboard.periods import parse
from dashboard.warehouse import ask
from tests.test_pages import run, text_of

pytestmark = pytest.mark.usefixtures("chinese")


@pytest.mark.parametrize(
    ("asked", "where", "said", "of"),
    [
        ({}, {}, "全市 112 年受理", "；話後滿意度"),
        ({"district": "yongkang", "category": "noise"}, {"district_id": ["yongkang"], "category": ["noise"]},
         "永康區、噪音舉發 112 年受理", "；全市話後滿意度"),
        ({"agency": "police"}, {"agency_id": ["police"]}, "警察局 112 年受理", "；話後滿意度"),
        ({"agency": "police", "district": "east"}, {"agency_id": ["police"], "district_id": ["east"]},
         "警察局、東區 112 年受理", "；警察局話後滿意度"),
    ],
)  # fmt: skip
def test_the_title_names_who_it_is_about(warehouse, asked: dict, where: dict, said: str, of: str) -> None:
    title = text_of(run("hotline", year="112", **asked)).split("</h1>")[0]
    assert said in title and of in title
    assert words.amount(ask("hotline.contacts", parse("112"), where=where).value, "contacts") in title
    answered = {name: values for name, values in where.items() if name == "agency_id"}
    assert words.amount(ask("satisfaction.after_call_rate", parse("112"), where=answered).value, "percent") in title
