"""Does every choice survive the link: a copied link opens the same view, and what is not an option is left out?"""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard import words
from dashboard.filters import PARTS


def page() -> None:
    import streamlit as st

    from dashboard import filters, words

    slot = filters.bar()
    filters.begin(has_period=True)
    chosen = {
        "agency": filters.choice("agency_id", "agency"), "district": filters.choice("district_id", "district"),
        "category": filters.choice("category"), "view": filters.option("view", {"a": "甲", "b": "乙"}, "v", required=True),
        "verdict": filters.option("verdict", {"x": "是", "y": "否"}, "w", listed=True), "q": filters.search("q", "找"),
    }  # fmt: skip
    st.session_state["seen"] = chosen | {"period": filters.period().code, "lang": words.language()}
    filters.show_period(slot)
    filters.tell()


def open_link(link: dict[str, str]) -> AppTest:
    words.speak(link.get("lang") if link.get("lang") in ("zh", "en") else None)
    test = AppTest.from_function(page, default_timeout=30)
    for key, value in link.items():
        test.query_params[key] = value
    return test.run()


def link_of(test: AppTest) -> dict[str, str]:
    return {key: value[0] if isinstance(value, list) else value for key, value in test.query_params.items()}


LINKS = st.fixed_dictionaries(
    {},
    optional={
        "year": st.sampled_from(["108", "109", "110", "111", "all"]),
        "part": st.sampled_from(PARTS[1:]),
        "lang": st.just("en"),
        "agency": st.sampled_from(["public_works", "police", "labor", "office_yongkang"]),
        "district": st.sampled_from(["yongkang", "east", "anping"]),
        "category": st.sampled_from(["noise", "other"]),
        "view": st.just("b"),
        "verdict": st.sampled_from(["x", "y"]),
        "q": st.text("模擬工程 abc0123%&=?<>'\"-", min_size=1, max_size=20).map(str.strip).filter(bool),
    },
)
JUNK = st.dictionaries(
    st.sampled_from(["year", "part", "lang", "agency", "district", "category", "view", "verdict"]),
    # A word of small letters may be the code of an option: hypothesis draws from the constants of the code, too.
    st.text(min_size=1, max_size=30).filter(lambda value: value not in {"108", "109", "110", "111", "112", *PARTS}
                                            and not re.fullmatch("[a-z_]+", value)),
    min_size=1,
)
ONE_STORE = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(autouse=True)
def _speak_as_before():
    yield
    words.speak(None)


@given(link=LINKS)
@ONE_STORE
def test_every_choice_round_trips_through_the_link(warehouse, link: dict[str, str]) -> None:
    first = open_link(link)
    assert not first.exception
    again = link_of(first)
    # A link holds no more than what was chosen; the usual choices are left out of it.
    assert {key: value for key, value in link.items() if key != "part" or link.get("year") != "all"} == {
        key: value for key, value in again.items() if key != "part" or link.get("year") != "all"
    }
    seen = first.session_state["seen"]
    assert open_link(again).session_state["seen"] == seen
    for key in ("agency", "district", "category"):
        assert seen[key] == ([link[key]] if key in link else [])
    assert seen["q"] == link.get("q", "") and seen["verdict"] == link.get("verdict")
    assert seen["lang"] == link.get("lang", "zh") and seen["view"] == link.get("view", "a")


@pytest.mark.parametrize(("year", "code"), [("112-07", "112-07"), ("112Q3", "112Q3"), ("111q1", "111Q1")])
def test_a_link_may_name_a_month_or_a_quarter_in_one_word(warehouse, year: str, code: str) -> None:
    test = open_link({"year": year})
    assert test.session_state["seen"]["period"] == code and not test.toast


def test_what_the_page_does_not_read_is_taken_out_of_the_link_with_a_note(warehouse) -> None:
    from tests.test_pages import FRAME

    test = AppTest.from_file(FRAME, default_timeout=60)
    test.query_params["kind"] = "[x](y)"
    test.run()
    assert "kind" not in test.query_params and [each.value for each in test.toast] == [
        words.t("frame.ignored", name="kind", value=" x  y ")
    ]


@given(link=JUNK)
@ONE_STORE
def test_what_is_not_an_option_is_left_out_with_a_note(warehouse, link: dict[str, str]) -> None:
    test = open_link(link)
    assert not test.exception
    assert test.session_state["seen"] == open_link({}).session_state["seen"]
    assert link_of(test) == {}
    assert len(test.toast) == len(link)
    for toast in test.toast:
        assert not set(toast.value) & set("[]<>!`*")
