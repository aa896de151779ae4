"""Is a metric the same figure on its tile, in its About panel and in what is taken along? Every metric, in both languages."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import downloads, metrics, words
from dashboard.periods import Period, parse
from dashboard.warehouse import ask, table
from tests.test_pages import pieces

NAMES = metrics.catalogue().names()
SPANS = ("112", "111-10", "110Q3")
FILTERS = ({}, {"district_id": ["yongkang"]}, {"agency_id": ["public_works"]})


def page() -> None:
    import streamlit as st

    from dashboard import heard, tiles
    from dashboard.periods import parse

    heard.begin()
    with tiles.row():
        tiles.metric(st.session_state["name"], parse(st.session_state["span"]), st.session_state["where"], trend=False)
    if st.button("about"):  # what the tile's own button in the markup does
        ((show, _),) = st.session_state["heard"].values()
        show()


@pytest.mark.parametrize("place,name", list(enumerate(NAMES)))
def test_tile_about_and_download_say_one_figure(warehouse, place: int, name: str) -> None:
    of, _ = metrics.catalogue().find(name)
    span, where = SPANS[place % 3], FILTERS[place % 3]
    where = {key: value for key, value in where.items() if key in of.by}
    words.speak("en" if place % 2 else "zh")
    try:
        answer = ask(name, parse(span), where=where)
        exact = words.amount(answer.value, answer.metric.unit, exact=True)
        short, unit = words.figure(answer.value, answer.metric.unit)
        test = AppTest.from_function(page, default_timeout=30)
        test.session_state["lang"] = words.language()
        test.session_state["name"], test.session_state["span"], test.session_state["where"] = name, span, where
        test.run()
        assert not test.exception
        tile = html.unescape(test.get("html")[0].proto.body)
        assert re.search(rf'title="{re.escape(exact)}">{re.escape(short)}<small>{re.escape(unit)}</small>', tile)
        test.button[0].click().run()
        assert not test.exception
        about = html.unescape("".join(pieces(test)[1:]))
        assert words.pick(answer.metric.means) in about
        assert (f">{exact}<" in about) == (answer.value is not None)
        assert answer.sql in test.code[0].value
        taken = downloads.of_answer(answer).rows
        assert [row[0] for row in taken] == [answer.value]
    finally:
        words.speak(None)


SCALES = {"萬件": 1e4, "萬人次": 1e4, "億元": 1e8, "%": 0.01, "成": 0.1}


def test_a_published_figure_is_recomputed_by_the_definition_of_the_metric_that_shows_it(warehouse) -> None:
    """The tile and the reconciliation must not set two different numbers beside one printed figure."""
    compared = 0
    for name in NAMES:
        key = metrics.catalogue().find(name)[1].published
        for row in table("marts.published_recomputations", {"key": [key]}) if key else ():
            first, _, last = row["period_iso"].partition("/")
            span = Period("", dt.date(int(first), 1, 1), dt.date(int(last or first) + 1, 1, 1))
            where = {"control_class": ["major"]} if key.startswith("major_") else {}
            value = row["value"] * SCALES.get(row["unit"], 1)
            assert ask(name, span, where=where).value == pytest.approx(value), (name, key)
            compared += 1
    assert compared > 30
