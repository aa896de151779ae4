"""Are dates, money and counts written as people here write them, in both languages?"""

from __future__ import annotations

import datetime as dt

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dashboard import periods, words

DAY = dt.date(2023, 3, 26)


@pytest.fixture(params=["zh", "en"])
def language(request):
    words.speak(request.param)
    yield request.param
    words.speak(None)


@pytest.fixture
def chinese():
    words.speak("zh")
    yield
    words.speak(None)


def test_dates(language) -> None:
    expected = {
        "zh": ("112.3.26", "112 年 3 月", "112.3", "112 年"),
        "en": ("26 Mar 2023", "Mar 2023", "Mar 23", "2023"),
    }
    assert (words.day(DAY), words.month(DAY), words.month_tick(DAY), words.year(DAY)) == expected[language]


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (98_987_000_000, "twd", "989.87 億元", "NT$98.99 bn"),
        (50_000_000, "twd", "5,000 萬元", "NT$50.0 M"),
        (1_423_535, "contacts", "142.4 萬件", "1.42 M contacts"),
        (1, "works", "1 件", "1 work"),
        (0.97, "percent", "97.0%", "97.0%"),
        (-4.25, "points", "−4.2 個百分點", "−4.2 pp"),
        (3.5, "days", "3.5 天", "3.5 days"),
        (None, "cases", "—", "—"),
    ],
)
def test_amounts(value, unit, zh, en) -> None:
    for side, expected in (("zh", zh), ("en", en)):
        words.speak(side)
        assert words.amount(value, unit) == expected
    words.speak(None)


def test_the_exact_figure_keeps_every_digit(chinese) -> None:
    assert words.amount(98_987_000_000, "twd", exact=True) == "98,987,000,000 元"
    assert words.amount(1_423_535, "contacts", exact=True) == "1,423,535 件"


def test_shares_differ_in_points_and_counts_in_percent(chinese) -> None:
    assert words.change(0.97, 0.95, "percent") == "▲ 增 2.0 百分點"
    assert words.change(90, 100, "cases") == "▼ 減 10.0%"
    assert words.change(100, 0, "cases") is None


def test_a_printed_figure_keeps_its_qualifier(chinese) -> None:
    row = {"value": 142.0, "value_text": "142", "unit": "萬件", "kind": "at_least", "qualifier": "逾", "quote": ""}
    assert words.published(row) == "逾 142 萬件"


def test_english_counts_a_printed_figure_in_its_own_units() -> None:
    words.speak("en")
    row = {"value": 142.0, "value_text": "142", "unit": "萬件", "kind": "at_least", "qualifier": "逾", "quote": ""}
    assert words.published(row) == "over 1.42 M cases"
    money = {"value": 1050.92, "value_text": "1050.92", "unit": "億元", "kind": "exact", "qualifier": None, "quote": ""}
    assert words.published(money) == "NT$105.092 bn"
    fees = {"value": 5840000, "value_text": "5840000", "unit": "元", "kind": "exact", "qualifier": None, "quote": ""}
    assert words.published(fees) == "NT$5.84 M"
    signs = {"value": 10, "value_text": "10", "unit": "座", "kind": "exact", "qualifier": None, "quote": ""}
    assert words.published(signs) == "10"  # the same unit counts trophies elsewhere: the label says what
    tenths = {"value": 8, "value_text": "8", "unit": "成", "kind": "at_least", "qualifier": "以上", "quote": ""}
    assert words.published(tenths) == "at least 80%"
    words.speak("zh")
    assert words.published(tenths) == "8 成以上"
    words.speak(None)


def test_every_text_stands_in_both_languages() -> None:
    for path in words.FOLDER.glob("*.yml"):
        for key, text in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            assert set(text) == {"zh", "en"}, f"{path.name}: {key}"
            places = [set(part.split("}")[0] for part in text[side].split("{")[1:]) for side in ("zh", "en")]
            assert places[0] == places[1], f"{path.name}: {key} names other values in English"


@pytest.mark.parametrize(
    ("code", "start", "end"),
    [("112", "2023-01-01", "2024-01-01"), ("112Q1", "2023-01-01", "2023-04-01"), ("112-03", "2023-03-01", "2023-04-01"),
     ("108-112", "2019-01-01", "2024-01-01"), ("all", None, None)],
)  # fmt: skip
def test_periods(code, start, end) -> None:
    found = periods.parse(code)
    assert (found.start and found.start.isoformat(), found.end and found.end.isoformat()) == (start, end)


@given(st.text(max_size=12))
def test_no_text_of_a_link_breaks_a_period(text: str) -> None:
    found = periods.parse(text)
    assert found is None or found.code


@given(st.integers(90, 130), st.sampled_from(["", "Q1", "Q4", "-01", "-12"]))
def test_a_period_comes_back_from_its_code(roc: int, part: str) -> None:
    found = periods.parse(f"{roc}{part}")
    assert periods.parse(found.code) == found
    assert found.before().end == found.start
    assert found.year_earlier().months == found.months
