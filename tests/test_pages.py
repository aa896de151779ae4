"""Does every page run in both languages, and does each figure on it come from its definition?"""

from __future__ import annotations

import html
import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import menu, words
from tests.conftest import ROOT

FRAME = str(ROOT / "dashboard" / "frame.py")
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))


def run(page: str, **asked: str) -> AppTest:
    """The page inside the frame, with its widgets set; that links set them is seen in the browser tests."""
    words.speak(asked.get("lang"))  # AppTest formats options in this thread, where no page says the language
    test = AppTest.from_file(FRAME, default_timeout=60)
    for name, value in asked.items():
        test.session_state[name] = value
    test.run()
    if page != "overview":
        test.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
    return test


@pytest.fixture(autouse=True)
def _speak_as_the_page_does():
    yield
    words.speak(None)


def text_of(test: AppTest) -> str:
    """What a page says, without what its lists could be set to."""
    told = [getattr(element, "body", None) or getattr(element.proto, "body", "") for element in test.main
            if element and element.type != "html"]  # fmt: skip
    return re.sub(r"<select.*?</select>", "", "\n".join(told) + "".join(pieces(test)), flags=re.S)


def pieces(test: AppTest) -> list[str]:
    """The markup of a page, piece by piece; of a page that is one text, that text."""
    bodies = [each.proto.body for each in test.get("html")]
    carried = [re.fullmatch(r"<div class=\"carrier\" hidden data-page='([^']*)'></div>", body) for body in bodies]
    return [html.unescape(page[1]) if page else body for page, body in zip(carried, bodies, strict=True)]


def figures(test: AppTest) -> list[dict]:
    """What the charts of a page draw, in their order."""
    told = re.findall(r"data-told='([^']*)'", "".join(pieces(test)))
    return [json.loads(html.unescape(each))["figure"] for each in told]


def shown(test: AppTest) -> list:
    """The lists of a page, in their order."""
    assert not test.exception and not test.error
    return [frame.value for frame in test.dataframe]


def tables(test: AppTest) -> list[list[dict[str, str]]]:
    """The tables of a page that are read and not sorted, in their order: of each its rows, head → cell."""
    assert not test.exception and not test.error
    found = []
    for table in re.findall(r"<table.*?</table>", "".join(pieces(test)), re.S):
        head, *rows = [
            [
                html.unescape(re.sub(r"<[^>]+>", "", cell)).strip()
                for cell in re.findall(r"<t[hd]\b.*?</t[hd]>", row, re.S)
            ]
            for row in re.findall(r"<tr>.*?</tr>", table, re.S)
        ]
        found.append([dict(zip(head, row, strict=True)) for row in rows])
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_in_both_languages(warehouse, page: str, language: str) -> None:
    test = run(page, lang=language)
    assert not test.exception and not test.error, [each.value for each in (*test.exception, *test.error)]
    assert '<h1 class="message"' in text_of(test), "a page begins with its message"


@pytest.mark.parametrize("page", PAGES)
def test_simulated_figures_are_marked_on_every_page(warehouse, page: str) -> None:
    assert "模擬資料" in text_of(run(page))


@pytest.mark.parametrize("page", PAGES)
def test_the_english_page_has_no_chinese_sentence(warehouse, page: str) -> None:
    """Names and quotations stay as they are; words of the house do not."""
    shown = re.sub(r"<td[^>]*>.*?</td>", "", text_of(run(page, lang="en")), flags=re.S)
    shown = re.sub(r'title="[^"]*"', "", shown)
    chinese = re.findall(r"[一-鿿]{4,}", re.sub(r"<style.*?</style>", "", shown, flags=re.S))
    assert not chinese, chinese


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("year", ["all", "108", "112"])
def test_a_page_runs_for_any_period(warehouse, page: str, year: str) -> None:
    test = run(page, year=year)
    assert not test.exception and not test.error


def test_the_headline_is_the_figure_that_its_metric_gives(warehouse) -> None:
    from dashboard.periods import parse
    from dashboard.warehouse import ask

    words.speak("zh")
    try:
        expected = words.amount(ask("hotline.contacts", parse("111")).value, "contacts")
    finally:
        words.speak(None)
    assert expected in text_of(run("hotline", year="111"))


def test_a_page_that_fails_says_so_without_a_traceback(warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard import warehouse as asking

    def broken(*_args, **_kwargs):
        raise RuntimeError("a secret path /etc/shadow")

    monkeypatch.setattr(asking, "_answer", broken)
    test = run("overview")
    assert [each.value for each in test.error] and not test.exception
    assert "secret" not in test.error[0].value


def test_every_page_is_in_the_menu() -> None:
    assert sorted(menu.names()) == PAGES


def test_the_mark_stands_at_each_simulated_figure_beside_a_printed_one(warehouse) -> None:
    words.speak("zh")
    found = re.findall(r'<div class="tile">.*?<div class="doing">', "".join(pieces(run("awards"))), re.S)
    tiles = [each for each in found if "公布值</span>" in each]
    beside = [each for each in tiles if "作業資料" in each]
    assert beside and all("△ 模擬資料" in each for each in beside)


def test_the_panel_of_a_table_says_each_metric_and_where_it_comes_from(warehouse) -> None:
    from dashboard import about, one_page
    from dashboard.periods import parse

    words.speak("en")
    answers = one_page.known(one_page.Unit("agency_id", "public_works", parse("112")))
    facts = about.of_answers(answers)
    assert [name for name, _ in facts[: len(answers)]] == [answer.metric.label.en for answer in answers]
    assert all(answer.metric.means.en in told for answer, (_, told) in zip(answers, facts, strict=False))
    assert any("no update is due" in str(told) for _, told in facts)


def test_a_split_figure_rests_on_the_n_of_all_its_parts(warehouse) -> None:
    from dashboard import about
    from dashboard.warehouse import ask

    whole = ask("petitions.on_time_rate")
    facts = dict(about.of_answer(ask("petitions.on_time_rate", by=("month",))))
    assert words.number(whole.n) in facts["分母 n"]


def test_english_says_the_reason_by_its_code_before_the_words_that_were_filed(warehouse) -> None:
    from dashboard import filed

    words.speak("en")
    assert filed.cause("豪雨", "weather") == "Weather: 豪雨"
    words.speak("zh")
    assert filed.cause("豪雨", "weather") == "豪雨" and filed.cause(None, "weather") == "—"
