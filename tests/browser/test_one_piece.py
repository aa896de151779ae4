"""Does a page that is asked anew change where it differs and nowhere else, and can nothing in it run?"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Html_pb2 import Html

from dashboard import plot
from tests.browser.conftest import Visit, visiting

SCRIPT = next(at for at in plot.addresses() if at.endswith("/page.js"))
HOSTILE = (
    '<div class="page"><p data-key="a" onclick="ran()" class="b" style="color:red">x</p><script>ran()</script>'
    '<img src="x" onerror="ran()"><a href="javascript:ran()">y</a><svg onload="ran()"><script>ran()</script></svg>'
    '<iframe srcdoc="<script>parent.ran()</script>"></iframe><table><tbody><tr><td>z</td></tr></tbody></table></div>'
)


def test_a_choice_leaves_lists_and_drawings_in_place(visit: Visit, server: str) -> None:
    page = visit.open(f"{server}/hotline?year=112").page
    page.evaluate("window.kept = [...document.querySelectorAll('.choice, .js-plotly-plot, .tile, .head')]")
    told = page.locator("h1.message").inner_text()
    district = page.get_by_role("combobox", name="行政區", exact=True)
    district.focus()
    district.select_option(label="永康區")
    page.wait_for_function("() => document.querySelector('h1.message').innerText.includes('永康區')")
    visit.settle()
    assert told != page.locator("h1.message").inner_text() and "district=yongkang" in page.url
    assert page.evaluate("kept.filter((each) => !each.isConnected).map((each) => each.outerHTML.slice(0, 200))") == []
    assert page.evaluate("document.activeElement.dataset.key") == "district"
    assert visit.errors == [] and visit.outside == []


@pytest.mark.parametrize(("address", "key"), [("hotline", "year"), ("petitions", "district"), ("petitions", "part")])
def test_a_list_keeps_the_focus_on_any_page(visit: Visit, server: str, address: str, key: str) -> None:
    page = visit.open(f"{server}/{address}?year=112").page
    chosen = page.locator(f".choice[data-key={key}]")
    chosen.focus()
    before = page.locator("h1.message").inner_text()
    chosen.select_option(index=2)
    page.wait_for_function("(told) => document.querySelector('h1.message').innerText !== told", arg=before)
    visit.settle()
    assert page.evaluate("document.activeElement.dataset.key") == key and chosen.count() == 1


def test_what_is_pressed_while_the_page_is_drawn_anew_is_not_lost(visit: Visit, server: str) -> None:
    page = visit.open(f"{server}/hotline?year=112").page
    for district in ("yongkang", "east", "north"):
        page.evaluate(
            """async ([code, pause]) => {
              const list = document.querySelector("select.choice[data-key=district]");
              list.value = code;
              list.dispatchEvent(new Event("change", { bubbles: true }));
              await new Promise((go) => setTimeout(go, pause));
              document.querySelector("button.do").click();
            }""",
            [district, {"yongkang": 0, "east": 8, "north": 20}[district]],
        )
        page.get_by_role("dialog").wait_for()
        page.wait_for_function("(code) => location.search.includes(`district=${code}`)", arg=district)
        visit.settle()
        page.get_by_role("dialog").press("Escape")
        page.get_by_role("dialog").wait_for(state="hidden")


def test_a_view_is_chosen_by_a_button_that_keeps_the_focus(visit: Visit, server: str) -> None:
    page = visit.open(f"{server}/forward-looking").page
    for name, code in (("逐月趨勢", "trend"), ("經費與執行", "money"), ("經費與執行", "money")):  # once more changes nothing
        page.get_by_role("button", name=name, exact=True).click()
        page.wait_for_function("(code) => new URLSearchParams(location.search).get('view') === code", arg=code)
        visit.settle()
        assert page.locator('.going[data-key="view"][aria-pressed="true"]').inner_text() == name
        assert page.evaluate("document.activeElement.dataset.code") == code
    assert visit.errors == []


def test_two_choices_in_one_breath_are_two(visit: Visit, server: str) -> None:
    page = visit.open(f"{server}/hotline?year=112").page
    page.evaluate(
        """() => { for (const [key, value] of [['year', '111'], ['district', 'yongkang'], ['category', 'noise']]) {
            const list = document.querySelector(`.choice[data-key=${key}]`);
            list.value = value; list.dispatchEvent(new Event('change', {bubbles: true})); } }"""
    )
    page.wait_for_function("() => /category=noise/.test(location.search) && /year=111/.test(location.search)")
    visit.settle()
    title = page.locator("h1.message").inner_text()
    assert "district=yongkang" in page.url and "永康區、噪音舉發 111 年" in title


def test_the_answer_to_one_choice_does_not_undo_the_next(visit: Visit, server: str) -> None:
    page = visit.open(f"{server}/hotline?year=112").page
    district = page.get_by_role("combobox", name="行政區", exact=True)
    district.focus()
    for _ in range(6):  # as quick as a held key
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(40)
    wanted = district.input_value()
    page.wait_for_function("(code) => new URLSearchParams(location.search).get('district') === code", arg=wanted)
    visit.settle()
    assert district.input_value() == wanted == district.evaluate("(list) => list.options[6].value")
    assert district.locator("option:checked").inner_text() in page.locator("h1.message").inner_text()


def test_a_bar_that_chooses_sets_the_list_and_a_second_click_frees_it(visit: Visit, server: str) -> None:
    page = visit.open(f"{server}/hotline?year=112").page
    category = page.get_by_role("combobox", name="案件類別", exact=True)
    for wanted in (True, False):
        page.locator(".js-plotly-plot").nth(2).locator(".barlayer .point path").nth(0).click(force=True)
        page.wait_for_function("(chosen) => location.search.includes('category=') === chosen", arg=wanted)
        visit.settle()
        assert bool(category.input_value()) == wanted


def test_another_page_leaves_nothing_of_the_one_before(visit: Visit, server: str) -> None:
    page = visit.open(f"{server}/hotline").page
    for link in ("陳情", "1999", "首長總覽", "1999"):
        if link == "首長總覽":
            page.get_by_text(link, exact=True).first.click()
        else:
            page.get_by_text("為民服務", exact=True).first.click()
            page.get_by_role("menuitem").filter(has_text=link).last.click()
        page.wait_for_timeout(700)
        visit.settle()
        assert page.locator("h1.message").count() == 1
        keys = page.locator(".chart").evaluate_all("(all) => all.map((each) => each.dataset.key)")
        assert len(keys) == len(set(keys)) == page.locator(".js-plotly-plot").count() > 0
    assert visit.errors == []


def test_a_page_stands_before_the_framework_has_its_text(visit: Visit, server: str) -> None:
    """Also one that the server sends by its hash alone, as it sent it before."""
    page = visit.open(f"{server}/hotline?year=112").page
    page.evaluate(
        """() => {
          const title = () => document.querySelector("h1.message").innerText;
          let before = title();
          window.early = 0;
          addEventListener("said", () => {
            const carriers = [...document.querySelectorAll(".carrier")].map((each) => each.dataset.page);
            if (title() !== before && !carriers.some((each) => each.includes(title()))) early += 1;
            before = title();
          });
        }"""
    )
    for turn, (year, name) in enumerate((("111", "111 年"), ("110", "110 年"), ("111", "111 年")), 1):
        page.locator(".choice[data-key=year]").select_option(label=name)
        page.wait_for_function(f"() => location.search.includes('year={year}')")
        visit.settle()
        assert page.evaluate("early") == turn
        carriers = page.locator(".carrier").evaluate_all("(all) => all.map((each) => each.dataset.page).join()")
        assert page.locator("h1.message").inner_text() in carriers, "at last the framework has it too"
        assert name in page.locator("h1.message").inner_text()
        assert page.locator("h1.message").count() == 1
    assert visit.errors == []


def test_who_comes_back_to_a_page_finds_its_drawings(visit: Visit, server: str) -> None:
    page = visit.open(f"{server}/hotline?year=112").page
    page.evaluate(
        """() => {
          const react = Plotly.react;
          window.drawn = 0;
          Plotly.react = (...all) => { drawn += 1; return react(...all); };
          window.kept = [...document.querySelectorAll(".js-plotly-plot")];
        }"""
    )
    for link, address in (("陳情", "/petitions"), ("1999", "/hotline")):
        page.evaluate("drawn = 0")
        page.get_by_text("為民服務", exact=True).first.click()
        page.get_by_role("menuitem").filter(has_text=link).last.click()
        page.wait_for_function("(address) => location.pathname === address", arg=address)
        page.locator(f".page[data-key={address[1:]}] .js-plotly-plot").first.wait_for()
        visit.settle()
    assert page.evaluate("kept.every((each) => each.isConnected) && drawn") == 0
    page.set_viewport_size({"width": 1500, "height": 900})  # they still follow the window
    page.wait_for_function("() => kept.every((each) => each.offsetWidth === each.parentElement.clientWidth)")
    assert visit.errors == []


@pytest.mark.parametrize("pause", [0, 15, 30, 60])
def test_two_choices_in_quick_succession_leave_the_link_of_the_last(visit: Visit, server: str, pause: int) -> None:
    page = visit.open(f"{server}/hotline?year=112").page
    told = page.locator("h1.message").inner_text()
    page.evaluate(
        """async (pause) => {
          const list = document.querySelector("select.choice[data-key=district]");
          for (const code of ["yongkang", ""]) {
            list.value = code;
            list.dispatchEvent(new Event("change", { bubbles: true }));
            await new Promise((go) => setTimeout(go, pause));
          }
        }""",
        pause,
    )
    page.wait_for_timeout(500)  # as it stood before the choices, too
    page.wait_for_function("(told) => document.querySelector('h1.message').innerText === told", arg=told)
    page.wait_for_function("() => !location.search.includes('district')")
    assert visit.errors == []


@pytest.mark.parametrize("again", ["key", "menu", "choices"])
def test_a_page_asked_for_again_is_there_when_one_comes_back(visit: Visit, server: str, again: str) -> None:
    """The framework brings no carrier for a text that it has: nothing may wait for one."""
    page = visit.open(f"{server}/hotline?year=112" if again == "choices" else server).page
    if again == "key":
        page.keyboard.press("r")
    elif again == "menu":
        page.get_by_text("首長總覽", exact=True).first.click()
    else:
        for name in ("永康區", "行政區：全部"):
            page.locator("select.choice[data-key=district]").select_option(label=name)
    page.wait_for_timeout(700)
    visit.settle()
    told = page.locator("h1.message").inner_text()
    page.get_by_text("會議", exact=True).first.click()
    page.wait_for_function("() => location.pathname === '/meeting'")
    visit.settle()
    page.go_back()
    page.wait_for_function("() => location.pathname !== '/meeting'")
    visit.settle()
    page.locator(".page h1.message").wait_for()
    assert page.locator("h1.message").all_inner_texts() == [told]
    assert page.locator(".chart .main-svg").count() > 0 and visit.errors == []


def test_a_page_is_found_in_a_message_of_the_framework() -> None:
    """`page.js` reads the fields by their numbers: those of the installed version."""
    of = ForwardMsg.DESCRIPTOR.fields_by_name
    assert (of["hash"].number, of["delta"].number, of["ref_hash"].number) == (1, 5, 11)
    assert (Delta.DESCRIPTOR.fields_by_name["new_element"].number, Html.DESCRIPTOR.fields_by_name["body"].number) == (3, 1)
    assert Element.DESCRIPTOR.fields_by_name["html"].number == 54


def _taken(page: Page, server: str, text: str) -> dict:
    page.goto(f"{server}/healthz")
    return page.evaluate(
        """async ([script, text]) => {
            window.runs = 0; window.ran = () => { window.runs += 1; };
            const { settle } = await import(script);
            document.body.innerHTML = '<div data-testid="stElementContainer"><i class="carrier"></i></div>';
            document.querySelector('.carrier').dataset.page = text;
            settle(() => {});
            const page = document.querySelector('.page');
            for (const each of page.querySelectorAll('p, a')) each.click();
            await new Promise((done) => setTimeout(done, 300));
            return { runs: window.runs, html: page.outerHTML };
        }""",
        [SCRIPT, text],
    )


@pytest.mark.parametrize("has_sanitizer", [True, False])
def test_nothing_in_a_page_runs(browser: Browser, server: str, has_sanitizer: bool) -> None:
    for visit in visiting(browser, server):
        if not has_sanitizer:
            visit.page.add_init_script("delete window.Sanitizer")
        told = _taken(visit.page, server, HOSTILE)
        assert told["runs"] == 0
        assert not any(each in told["html"] for each in ("script", "onclick", "onerror", "onload", "iframe", "svg"))
        for kept in ('data-key="a"', 'class="b"', "color:red", "<td>z</td>"):
            assert kept in told["html"]


def test_a_button_pressed_behind_a_choice_does_not_undo_it(visit: Visit, server: str) -> None:
    page = visit.open(f"{server}/forward-looking").page
    page.evaluate(
        """() => {
          for (const [key, at] of [["year", 2], ["axis", 3]]) {
            const list = document.querySelector(`select.choice[data-key=${key}]`);
            list.selectedIndex = at;
            list.dispatchEvent(new Event("change", { bubbles: true }));
          }
          document.querySelector('.going[data-key="list"][data-code="all"]').click();
        }"""
    )
    page.wait_for_function(
        "() => ['year', 'axis', 'list'].every((key) => new URLSearchParams(location.search).has(key))"
    )
    visit.settle()
    assert page.locator('.going[data-key="list"][aria-pressed="true"]').get_attribute("data-code") == "all"
    assert visit.errors == []


def test_what_could_end_a_comment_in_a_chart_leaves_the_page_on_the_screen() -> None:
    drawn = plot.markup("k", {"data": [{"name": "a --> b ]> c"}], "layout": {"height": 9}}, {}, "a", False)
    assert ">" not in re.search(r"data-told='([^']*)'", drawn)[1]
