"""Do the slides say what the warehouse says: every figure, in both languages, with its source and its way back?"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from dashboard import words
from dashboard.meeting import agenda, slides
from dashboard.meeting.model import Deck
from dashboard.warehouse import ask
from tests import tiny_city

HAN = re.compile(r"[一-鿿]")


@pytest.fixture(params=["zh", "en"])
def language(request) -> Iterator[str]:
    words.speak(request.param)
    yield request.param
    words.speak(None)


@pytest.fixture(params=agenda.names())
def deck(request, warehouse, language) -> Deck:
    return slides.deck(agenda.load(request.param))


def test_every_slide_has_one_message_and_says_how_far_its_data_reach(deck: Deck, language: str):
    assert len(deck.slides) >= 7 and len({slide.key for slide in deck.slides}) == len(deck.slides)
    for slide in deck.slides:
        assert slide.title and slide.topic and slide.as_of and slide.sources and slide.simulated
        assert len(slide.figures) <= 4
        assert sum(body is not None for body in (slide.chart, slide.grid, slide.map)) <= 1
        assert "{" not in slide.title + slide.told + "".join(slide.notes)


def test_english_slides_say_nothing_of_ours_in_chinese(deck: Deck, language: str):
    if language == "zh":
        return
    for slide in deck.slides:
        ours = [slide.title, slide.topic, slide.as_of, *slide.sources, *(figure.label for figure in slide.figures)]
        ours += [column.title for column in slide.grid.columns] if slide.grid else []
        named = re.sub(r"模擬(工程|計畫|原因|對策)[^\s,.:;]*|[^\s]*模擬[^\s]*", "", " ".join(ours))
        assert not HAN.search(named), named


def test_a_figure_is_the_figure_of_its_metric(warehouse, language):
    from dashboard.meeting.scene import period, where

    for name in agenda.names():
        of = agenda.load(name)
        made = iter([slide for slide in slides.deck(of).slides if slide.screen == "figures"])
        for item in of.screens:
            if isinstance(item, agenda.Figures):
                for metric, figure in zip(item.metrics, next(made).figures, strict=True):
                    answer = ask(metric, period(item, metric), where=where(item))
                    assert (figure.metric, figure.raw) == (metric, answer.value)
                    assert figure.said.replace(" ", "") == words.amount(answer.value, answer.metric.unit).replace(" ", "")


def test_a_chart_has_a_value_and_a_text_for_each_category(deck: Deck):
    charts = [slide.chart for slide in deck.slides if slide.chart]
    assert {chart.kind for chart in charts} >= {"states", "trend"}
    for chart in charts:
        assert all(len(series.values) == len(chart.categories) == len(series.texts) for series in chart.series)
        assert all(place < len(chart.categories) for place in chart.ticks) and chart.alt
    for grid in (slide.grid for slide in deck.slides if slide.grid):
        assert all(len(row) == len(grid.columns) for row in grid.rows) and len(grid.rows) <= 8
        assert abs(sum(column.share for column in grid.columns) - 1) < 1e-6


def test_a_slide_knows_the_page_that_explores_it_and_the_way_back(deck: Deck, language: str):
    for place, slide in enumerate(deck.slides, start=1):
        if slide.link:
            assert re.fullmatch(r"/[a-z-]+\?[\w=&:/%-]+", slide.link), slide.link
            assert slide.link.endswith(f"slide=a/{deck_name(deck)}:{place}")
            assert ("lang=en" in slide.link) == (language == "en")


def deck_name(deck: Deck) -> str:
    return next(name for name in agenda.names() if words.pick(agenda.load(name).title) == deck.title)


def test_the_open_works_on_a_slide_are_those_of_the_page(warehouse, chinese):
    from dashboard import works
    from dashboard.meeting.screens import states

    (slide,) = states(agenda.States(screen="states"), scene())
    shown = {series.role: sum(series.values) for series in slide.chart.series}
    of = {"control_class": works.CLASSES["controlled"]}
    assert shown == {row["light"]: row["value"] for row in ask("works.registered", by=("light",), where=of).rows
                     if row["light"] not in (None, "completed")}  # fmt: skip


def test_what_needs_a_meeting_before_is_left_out_where_there_was_none(warehouse, chinese):
    made = slides.deck(agenda.load("monthly"))
    assert not [slide for slide in made.slides if slide.screen == "changes"]


def test_the_speaker_is_told_how_a_figure_is_computed_and_what_may_be_asked(deck: Deck, language: str):
    expected = {"zh": "可能被問", "en": "You may be asked"}[language]
    for slide in deck.slides:
        if slide.figures or slide.chart:
            assert any(note.startswith(expected) for note in slide.notes), slide.key


def test_a_deck_is_the_same_each_time(warehouse, chinese):
    one, two = (slides.deck(agenda.load("quarterly")) for _ in range(2))
    assert one == two and replace(one, title="x") != two


def test_months_that_nobody_filed_break_the_lines_of_a_slide(tmp_path, monkeypatch, chinese):
    from dashboard import warehouse
    from data_pipeline.store import Store

    city = copy.deepcopy(tiny_city.CITY)
    # The filings reach June: of September one work has reported.
    city["work_progress"] += [tiny_city.filed("w2", "2023-06", 0.7, 0.4), tiny_city.filed("w2", "2023-09", 0.9, 0.5)]
    monkeypatch.setenv("RDEC_STORE", str(tmp_path))
    warehouse.here.cache_clear()
    tiny_city.publish(Store(tmp_path), city)
    (slide,) = [each for each in slides.deck(agenda.load("monthly")).slides if each.key == "work-w2"]
    warehouse.here.cache_clear()
    assert slide.chart.categories == ("112.1", "112.2", "112.3", "112.4", "112.5", "112.6")
    for series in slide.chart.series:
        assert [place for place, value in enumerate(series.values) if value is None] == [2, 3, 4]
    assert slide.chart.ticks == (0, 1, 2, 3, 4, 5)


def scene():
    from dashboard.meeting.scene import Scene

    return Scene(agenda.load("monthly"))
