"""Can a director answer ten questions by clicking alone? `python -m tests.browser.test_director` prints clicks and seconds."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit, visiting


class Director:
    """A person with a mouse: counts the clicks, waits for the page after each."""

    def __init__(self, visit: Visit, server: str):
        self.visit, self.server, self.clicks = visit, server, 0
        visit.open(server)

    @property
    def page(self) -> Page:
        return self.visit.page

    def click(self, locator) -> None:
        locator.click()
        self.clicks += 1
        self.page.wait_for_timeout(150)
        self.visit.settle()

    def menu(self, section: str, name: str) -> None:
        """Open a page through the menu: one click on the section, one on the page."""
        self.page.get_by_text(section, exact=True).first.click()
        self.clicks += 1
        self.click(self.page.get_by_role("menuitem", name=name).last)

    def choose(self, label: str, option: str) -> None:
        """Choose in a list: one click to open it, one on the option."""
        self.page.get_by_role("combobox", name=label, exact=True).select_option(label=option)
        self.clicks += 2
        self.page.wait_for_timeout(150)
        self.visit.settle()

    def message(self) -> str:
        return self.page.locator("h1.message").inner_text()

    def cell(self, row: int, column: int) -> None:
        """Pick a row of the first list by its box."""
        listed = self.page.locator('[data-testid="stDataFrame"]').first
        listed.click(position={"x": column, "y": 36 * row + 54})  # once it stands still
        self.clicks += 1
        self.page.wait_for_timeout(600)
        self.visit.settle()


def hotline(one: Director) -> str:
    one.menu("為民服務", "1999 話務")
    return one.message()


def noisy(one: Director) -> str:
    one.menu("為民服務", "1999 話務")
    one.choose("行政區", "永康區")
    return one.page.locator("p.told", has_text="最多").first.inner_text()


def water(one: Director) -> str:
    one.menu("機關", "機關一頁")
    one.choose("機關", "水利局")
    return one.message()


def oldest(one: Director) -> str:
    one.menu("為民服務", "人民陳情")
    return one.page.get_by_text(re.compile(r"逾期未結 [\d,]+ 件，最久的在前")).inner_text()


def quarterly(one: Director) -> str:
    one.click(one.page.get_by_role("button", name="開啟每季會議清單"))
    return one.page.get_by_text(re.compile(r"嚴重落後與停工 \d+ 件")).first.inner_text()


def worst(one: Director) -> str:
    one.click(one.page.get_by_role("button", name="開啟每季會議清單"))
    one.cell(0, 16)
    one.page.get_by_text("紅燈要回答的五件事").wait_for()
    return one.message()


def special(one: Director) -> str:
    one.menu("為民服務", "服務品質")
    return one.message()


def budget(one: Director) -> str:
    one.menu("成果", "施政目標")
    one.click(one.page.get_by_role("button", name="預算執行").or_(one.page.get_by_text("預算執行", exact=True)).first)
    one.page.get_by_text("個機關未達").first.wait_for()
    return one.message()


def axis(one: Director) -> str:
    one.menu("重大建設", "前瞻計畫")
    one.choose("前瞻主軸", "水環境建設")
    return one.page.get_by_text(re.compile(r"共 \d+ 件計畫")).inner_text()


def where_from(one: Director) -> str:
    one.page.get_by_role("button", name="關於此數").nth(2).click()
    one.clicks += 1
    dialog = one.page.get_by_role("dialog")
    dialog.get_by_text("forward_axis_months").first.wait_for()
    return next(line for line in dialog.inner_text().splitlines() if "87" in line)


QUESTIONS: dict[str, tuple[Callable[[Director], str], str]] = {
    "今年 1999 受理多少，比去年多還是少？": (hotline, r"112 年受理 .* 萬?件，較 111 年"),
    "永康區的民眾最常為了什麼打 1999？": (noisy, r"最多，[\d,]+ 件，占"),
    "水利局長要報告了：他手上的工程與陳情如何？": (water, r"水利局：列管中 \d+ 件，落後與停工 \d+ 件"),
    "還有多少陳情逾期沒結，最久的是哪一件？": (oldest, r"逾期未結 \d+ 件"),
    "這一季的會議要檢討哪些工程？": (quarterly, r"嚴重落後與停工 \d+ 件"),
    "最嚴重的一件落後多少、為什麼、誰負責、何時趕上？": (worst, r"模擬工程 \d+：.*(停工|嚴重落後)"),
    "今年幾個單位特優，誰是第一名？": (special, r"\d+ 個特優；第一名"),
    "哪些機關的預算執行率沒有達到 90%？": (budget, r"\d+ 個機關未達"),
    "前瞻的水環境主軸有哪些計畫？": (axis, r"共 58 件計畫"),
    "簡報上的 87% 是哪裡來的，怎麼算？": (where_from, r"87"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_director_finds_the_answer_alone(visit: Visit, server: str, question: str) -> None:
    ask, expected = QUESTIONS[question]
    one = Director(visit, server)
    assert re.search(expected, ask(one)), question
    assert one.clicks <= 4
    assert visit.errors == [] and visit.outside == []


def main() -> None:
    """Ask all ten over the address given, and print a table."""
    import sys

    from playwright.sync_api import sync_playwright

    from tests.browser import chromium

    server = sys.argv[1]
    print("| 問題 | 答案在畫面上 | 點擊 | 秒 |\n|---|---|---|---|")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        for question, (ask, expected) in QUESTIONS.items():
            for visit in visiting(launched, server):
                one = Director(visit, server)
                start = time.monotonic()
                answer = ask(one)
                took = time.monotonic() - start
                assert re.search(expected, answer), (question, answer)
                print(f"| {question} | {answer.strip()} | {one.clicks} | {took:.1f} |", flush=True)
        launched.close()


if __name__ == "__main__":
    main()
