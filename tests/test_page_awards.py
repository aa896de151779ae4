"""Does the page count the awards as the records do, and say what of the printed claims cannot be checked?"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dashboard import awards, claims, filters, timelines, words
from dashboard import warehouse as asking
from dashboard.periods import ALL, parse
from dashboard.warehouse import ask
from tests.test_pages import figures, pieces, run, tables, text_of

pytestmark = pytest.mark.usefixtures("chinese")

TRAP = "<img src=x onerror=alert(1)>"
PRINTED = ("43", "229", "86", "80", "58", "454", "267", "92", "353", "1,662")  # document 001, in its own order


def charts_of(test) -> list[dict]:
    return figures(test)


def rarest_pair() -> dict[str, str]:
    """A class and an agency that have no award in common."""
    won = {(row["class"], row["agency_id"]) for row in ask("awards.awards", by=("class", "agency_id")).rows}
    return next({"class": "international", "agency": each} for each in asking.labels("agency_id")
                if ("international", each) not in won)  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("year", ["all", "111"])
def test_the_message_says_what_the_metrics_say(warehouse, language: str, year: str) -> None:
    shown = text_of(run("awards", lang=language, year=year))
    words.speak(language)
    period = parse(year)
    assert words.amount(ask("awards.awards", period).value, "awards") in shown.split("</h1>")[0]
    assert awards.message(period, {}) in shown


def test_the_classes_keep_the_order_of_the_document_and_meet_its_counts(warehouse) -> None:
    rows = claims.rows("class", "awards", "awards_total", parse("108-112"), "awards.awards")
    assert tuple(row[1] for row in rows) == PRINTED == tuple(row[2] for row in rows)
    assert {row[3] for row in rows} == {"0"}


def test_a_quarter_is_answered_by_its_year(warehouse) -> None:
    shown = text_of(run("awards", year="112", part="Q1"))
    words.speak("zh")
    assert words.amount(ask("awards.awards", parse("112")).value, "awards") in shown.split("</h1>")[0]
    assert words.t("awards.by_year") in shown and "第 1 季" not in shown


def test_the_claim_of_nearly_900_carries_its_doubt(warehouse) -> None:
    shown = text_of(run("awards"))
    (doubt,) = (row for row in asking.table("marts.reconciliation") if row["key"] == "awards_top")
    assert doubt["verdict"] == "cannot_be_checked"
    assert "近 900" in shown and words.t("awards.not_checkable") in shown and doubt["doubt_zh"] in shown


def test_a_class_and_an_agency_narrow_every_figure(warehouse) -> None:
    where = {"class": ["merit"], "agency_id": ["education"]}
    test = run("awards", year="all", **{"class": "merit", "agency": "education"})
    words.speak("zh")
    expected = ask("awards.awards", ALL, where=where).value
    assert expected and awards.message(ALL, where) in text_of(test)
    listed = awards.listed(ALL, where)
    assert len(listed) == expected and f"全部 {words.number(expected)} 筆" in text_of(test)
    assert [row["獎項"] for row in tables(test)[-1]] == [row["獎項"] for row in listed[:10]]


def test_a_year_of_a_class_and_the_rest_make_the_whole(warehouse) -> None:
    whole, part = ask("awards.awards", by=("year",)), ask("awards.awards", by=("year",), where={"class": ["national"]})
    drawn = timelines._years(whole, part, "國內大獎", 300, "zh")
    assert [sum(each) for each in zip(*(trace["y"] for trace in drawn["data"]), strict=True)] == [
        row["value"] for row in whole.rows
    ]
    assert sum(drawn["data"][0]["y"]) == 229
    assert drawn["layout"]["yaxis"]["range"][0] == 0


def test_the_agencies_shown_are_the_fifteen_with_most(warehouse) -> None:
    most = sorted((row["value"] for row in ask("awards.awards", by=("agency_id",)).rows), reverse=True)[:15]
    (drawn,) = (each for each in charts_of(run("awards", year="all")) if len(each["data"][0]["y"]) == 15)
    assert sorted(drawn["data"][0]["x"], reverse=True) == most


def test_the_funnel_stands_as_printed_and_as_recorded(warehouse) -> None:
    test = run("awards")
    words.speak("zh")
    assert any(awards.funnel() in each for each in pieces(test)) and "64 → 6 → 4 → 2" in awards.funnel()
    for metric, printed in (("coached", 64), ("recommended", 6), ("shortlisted", 4), ("won", 2)):
        assert ask(f"award_funnel.{metric}", parse("112")).value == printed


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_choice_that_nothing_fits_gets_a_sentence(warehouse, language: str) -> None:
    test = run("awards", year="all", lang=language, **rarest_pair())
    words.speak(language)
    assert not test.exception and not test.error
    assert words.t("awards.none") in text_of(test)


def test_a_click_on_a_bar_chooses_and_a_second_frees(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict = {}
    monkeypatch.setattr(filters, "st", SimpleNamespace(session_state=state))
    take = filters.from_chart("class")
    take("merit")
    assert state["class"] == "merit"
    take("innovation")
    assert state["class"] == "innovation"
    take("innovation")
    assert state["class"] is None


def test_a_name_in_the_data_never_becomes_markup(warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    known = asking._labels

    def trapped(build: str, dimension: str) -> dict:
        return {code: {"zh": TRAP, "en": TRAP} for code in known(build, dimension)} if dimension == "class" else known(
            build, dimension
        )  # fmt: skip

    monkeypatch.setattr(asking, "_labels", trapped)
    test = run("awards", **{"class": "merit"})
    assert not test.exception and not test.error
    assert TRAP not in text_of(test) and "&lt;img src=x onerror=alert(1)&gt;" in text_of(test)
    assert charts_of(test) and TRAP not in str(charts_of(test))


def test_a_choice_that_nothing_fits_is_still_of_simulated_data(warehouse) -> None:
    answer = ask("petitions.received", parse("108-01"), where={"agency_id": ["public_works"], "category": [None]})
    assert not answer.value and answer.is_simulated
    shown = text_of(run("petitions", agency="secretariat", category="noise"))
    assert "模擬資料" in shown and "尚未收到新資料" not in shown
