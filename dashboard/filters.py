"""What has the visitor chosen? Period and language in the frame, the rest on the page; all of it in the link.

The link holds codes (`year=112`, `district=yongkang`), the same in both languages. Streamlit's own binding of widgets
writes the words on screen into the link (`year=112 年`), so that a link would not survive a change of language; hence
the few lines of `_linked`.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import body, heard, markup, menu, people, periods, warehouse
from dashboard.periods import ALL, Period
from dashboard.words import LANGUAGES, day, language, month, pick, t, year
from dashboard.words import period as period_words
from data_pipeline.store.meetings import meetings

PARTS = ("", "Q1", "Q2", "Q3", "Q4", *(f"{number:02}" for number in range(1, 13)))
LONGEST = 60  # characters of a search
FAR = 400  # characters that a link may spend on the way back
FRAME = ("meeting", "year", "part", "lang", "slide")  # what a link holds on every page
ENDONYMS = {"zh": "中文", "en": "English"}
SLIDE = re.compile(r"([am])/([A-Za-z0-9_.-]{1,40}):([0-9]{1,3})")  # agenda or meeting, and the slide one came from


def begin(has_period: bool) -> None:
    """Before the page is drawn: which period it is of, if of any; nothing has been chosen on the page yet."""
    years = _years()
    default = years[min(1, len(years) - 1)]
    _parted("year", "part")
    _linked("year", years, default)
    _linked("part", PARTS, "")
    _tell("year", default)
    _tell("part", "")
    st.session_state["chosen"] = {t("frame.period"): period_words(period())} if has_period else {}


def show_period(slot: DeltaGenerator) -> None:
    """The lists of periods, in their place beside the menu: after the page, which is what one waits for.

    Drawn with the page and not with the frame, so that another period draws the page alone.
    """
    whole, chosen = t("frame.all_years"), st.session_state["year"]
    said = {each: whole if each == "all" else year(int(each) + periods.ROC) for each in _years()}
    parts = {each: _part_words(chosen, each) for each in PARTS}
    lists = _list("year", t("frame.period"), said, 112)
    lists += _list("part", t("frame.part"), parts, 140, disabled=chosen == "all")
    slot.html(body.carried(lists), width="content")


def _years() -> list[str]:
    return ["all", *(str(each) for each in reversed(warehouse.years()))]


def leave() -> None:
    """After the page is drawn: what the link holds and no filter of this page reads is taken out of it.

    It is said where it came with the link, not where a filter of another view was chosen by hand.
    """
    st.session_state.pop("going", None)  # a choice that this page does not have goes no further
    st.session_state.pop("returning", None)
    read = st.session_state.pop("linked", set()) | {"via", *FRAME}
    for key in [each for each in st.query_params if each not in read]:
        if f"kept-{key}" not in st.session_state:
            _ignored(key, st.query_params[key])
        del st.query_params[key]


def bar() -> DeltaGenerator:
    """The row beside the menu: the place for the period, language, login. First of all, which build is looked at."""
    _linked("meeting", [each.name for each in meetings(warehouse.here().store)], None)
    _tell("meeting", None)
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", key="bar"):
        slot = st.empty()
        _linked("lang", LANGUAGES, "zh")
        st.segmented_control(
            t("frame.language"), LANGUAGES, key="lang", required=True, format_func=ENDONYMS.get,
            label_visibility="collapsed",
        )  # fmt: skip
        people.login()
    _tell("lang", "zh")
    return slot


def standing() -> None:
    """Under the menu: the frozen meeting that is looked at with the way out of it; the ways back to a page, a slide."""
    frozen = next((each for each in meetings(warehouse.here().store) if each.name == st.session_state["meeting"]), None)
    _linked("slide", None, "")
    _tell("slide", "")
    came = SLIDE.fullmatch(st.session_state["slide"] or "")
    before = _came()
    if not (frozen or came or before):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="standing"):
        if before and st.button(t("frame.back", page=t(f"{before[0]}.menu")), type="tertiary",
                                icon=":material/arrow_back:"):  # fmt: skip
            _return(*before)
        if frozen:
            st.markdown(f":material/ac_unit: {t('frame.frozen', name=frozen.name, day=day(frozen.date))}")
            if st.button(t("frame.unfrozen"), type="tertiary", icon=":material/undo:"):
                st.session_state["meeting"] = st.session_state["kept-meeting"] = None
                st.rerun()
        if came:
            kind, name, place = came.groups()
            if st.button(t("frame.to_slides"), shortcut="Escape", type="tertiary", icon=":material/co_present:"):
                # A link of Streamlit's would open another tab. What goes into the script is letters, digits, - and .
                there = json.dumps(f"/slides/{kind}/{name}?lang={language()}#{place}")
                st.html(f"<script>location.assign({there})</script>", unsafe_allow_javascript=True)


def chosen() -> dict[str, str]:
    """What has been chosen on this page so far, in words: name of the filter → value. For what is taken along."""
    return dict(st.session_state.get("chosen", {}))


def _chose(name: str, said: str | None) -> None:
    if said:
        st.session_state.setdefault("chosen", {})[name] = said


def period() -> Period:
    """The chosen period; all years where nothing is chosen."""
    chosen, part = st.session_state.get("year") or "all", st.session_state.get("part") or ""
    if chosen == "all":
        return ALL
    return periods.parse(_code(chosen, part)) or ALL


def choice(dimension: str, key: str | None = None) -> list[str]:
    """One value of a dimension or all of them, kept in the link under `key`; [] means all."""
    options = warehouse.labels(dimension)
    key = key or dimension
    name = pick(warehouse.dimension(dimension).label)
    _linked(key, list(options), None)
    said = {"": t("frame.all_of", name=name)} | {code: pick(of) for code, of in options.items()}
    body.put(_list(key, name, said, 280), narrow=True)
    _tell(key, None)
    chosen = st.session_state[key]
    _chose(name, pick(options[chosen]) if chosen else None)
    return [chosen] if chosen else []


def option(
    key: str, options: dict[str, str], label: str, required: bool = False, listed: bool = False, placeholder: str = ""
) -> str | None:
    """One of a page's own options (code → words), side by side or `listed`; None where none is chosen."""
    default = next(iter(options)) if required else None
    _linked(key, list(options), default)
    if listed:
        none = {} if required else {"": placeholder or t("frame.all")}
        body.put(_list(key, label, none | options, 400), narrow=True)
        chosen = st.session_state[key]
    elif body.is_whole():
        body.put(_side_by_side(key, label, options, required))
        chosen = st.session_state[key]
    else:
        chosen = st.segmented_control(
            label, list(options), key=key, required=required, format_func=options.get, label_visibility="collapsed"
        )
    _tell(key, default)
    _chose(label, options.get(chosen))
    return chosen


def search(key: str, placeholder: str) -> str:
    """Words to look for, kept in the link; empty where nothing is looked for."""
    _linked(key, None, "")
    st.text_input(
        placeholder, key=key, max_chars=LONGEST, width=280, placeholder=placeholder, label_visibility="collapsed",
        icon=":material/search:",
    )  # fmt: skip
    _tell(key, "")
    said = (st.session_state[key] or "").strip()
    _chose(placeholder, said)
    return said


def go(page: str, **chosen: str | None) -> None:
    """Open a page of the house with these choices made (link key → code; None frees one). Ends this run."""
    st.session_state["going"] = chosen
    link = _link(**chosen)
    st.session_state["to_tell"] = {}  # a key that both pages have is the other page's from here on
    st.switch_page(menu.file(page), query_params=link)


def open_agency(name: str) -> None:
    """Open the page of the agency that is called so on screen."""
    go("agency", agency=next(code for code, said in warehouse.labels("agency_id").items() if pick(said) == name))


def address(page: str, **chosen: str) -> str:
    """The same as an address, for a link in a text."""
    return f"/{menu.address(page)}?{urlencode(_link(**chosen))}"


def _link(**chosen: str | None) -> dict[str, str]:
    """What a link into another page holds: the frame's choices, the page's own, and where the reader comes from."""
    now = _now()
    via = f"{st.session_state.get('page', '')}?{urlencode(now)}"
    made = {key: now[key] for key in FRAME if key in now} | {key: code for key, code in chosen.items() if code}
    return made | ({"via": via} if len(via) <= FAR else {})


def _came() -> tuple[str, dict[str, str]] | None:
    """The page that the reader comes from, and its link as it stood."""
    page, _, link = st.query_params.get("via", "").partition("?")
    return (page, dict(parse_qsl(link))) if page in menu.names() else None


def _return(page: str, link: dict[str, str]) -> None:
    """Open a page as its link says; the language is the one of now. Ends this run."""
    st.session_state["returning"] = True
    spoken = {"lang": language()} if language() != LANGUAGES[0] else {}
    st.switch_page(menu.file(page), query_params={key: link[key] for key in link if key != "lang"} | spoken)


def from_chart(key: str) -> Callable[[str], None]:
    """What a click on a bar does: choose the bar's value under `key`; a click on the chosen one frees it."""

    def take(code: str) -> None:
        st.session_state[key] = None if st.session_state.get(key) == code else code

    return take


def read(key: str) -> None:
    """This page reads `key` of the link. Who came back to a link finds it as it says, whatever was chosen since."""
    st.session_state.setdefault("linked", set()).add(key)
    by_history = getattr(get_script_run_ctx(suppress_warning=True), "is_history_navigation", False)
    if by_history or "returning" in st.session_state:
        st.session_state.pop(key, None)
        st.session_state.pop(f"kept-{key}", None)


def _parted(year: str, part: str) -> None:
    """A link may name a part of a year in one word, as periods are written: `112-07`, `112Q3`."""
    asked = st.query_params.get(year, "")
    if (found := re.fullmatch(r"(\d{2,3})(?:-(\d{2})|([Qq][1-4]))", asked)) and periods.parse(asked):
        st.query_params[year], st.query_params[part] = found[1], found[2] or found[3].upper()


def _linked(key: str, options: Sequence[str] | None, default: str | None) -> None:
    """Before the widget `key` is drawn: its value as `go` was told, from the last run, from the link, or the default.

    A value of the link that is not an option is left out with a note; `options` None takes any short text.
    """
    kept = f"kept-{key}"
    read(key)
    if key in (going := st.session_state.get("going", {})):
        st.session_state[key] = st.session_state[kept] = going.pop(key)
    if key not in st.session_state and kept not in st.session_state:
        asked = st.query_params.get(key)
        if asked and not _possible(asked, options):
            _ignored(key, asked)
        st.session_state[kept] = asked if _possible(asked, options) else default
    value = st.session_state.get(key, st.session_state.get(kept))
    # Set anew at every run, so that it stays while its widget is not on the page.
    st.session_state[key] = st.session_state[kept] = value if _possible(value, options) else default


def _ignored(key: str, value: str) -> None:
    # Toasts read markup: of what a link brings, only letters and digits are said again.
    name, said = (re.sub(r"[^\w.-]", " ", each)[:40] for each in (key, value))
    st.toast(t("frame.ignored", name=name, value=said), icon=":material/link_off:", duration="long")


def _possible(value: str | None, options: Sequence[str] | None) -> bool:
    return value in options if options is not None else bool(value) and len(value) <= LONGEST


def _tell(key: str, default: str | None) -> None:
    """After the widget is drawn: its value goes into the link (`tell`), unless it is the usual one."""
    value = st.session_state.get(key)
    st.session_state[f"kept-{key}"] = value
    st.session_state.setdefault("to_tell", {})[key] = None if value in (None, "") or value == default else value


def _now() -> dict[str, str]:
    """The link as it will be."""
    told = st.query_params.to_dict() | st.session_state.get("to_tell", {})
    return {key: value for key, value in told.items() if value is not None}


def tell() -> None:
    """Put what was chosen into the link: after the page, since the browser is busy with a new link for a while."""
    came = st.query_params.to_dict()
    for key, value in st.session_state.pop("to_tell", {}).items():
        if value is None:
            st.query_params.pop(key, None)
        elif st.query_params.get(key) != value:
            st.query_params[key] = value
    goes = st.query_params.to_dict()
    if goes == came != st.session_state.get("told", came):
        st.query_params.from_dict(goes)  # chosen before the browser had the last link: it would get that one now
    st.session_state["told"] = goes


def _list(key: str, label: str, options: Mapping[str, str], wide: int, disabled: bool = False) -> Markup:
    """One list of options, as the browser has it; Streamlit's own costs a filter more than its charts do."""

    def take(code: object) -> None:
        st.session_state[key] = code or None if "" in options and key != "part" else code

    heard.mark(key, take)
    return _drawn(key, label, tuple(options.items()), st.session_state[key] or "", wide, disabled)


@functools.lru_cache(maxsize=512)
def _drawn(key: str, label: str, options: tuple, chosen: str, wide: int, disabled: bool) -> Markup:
    """A list of a hundred options is half of the work on a page that was asked for before."""
    told = {"key": key, "label": label, "options": options, "chosen": chosen}
    return Markup(markup.LIST.render(**told, wide=wide, disabled=disabled))


def _side_by_side(key: str, label: str, options: Mapping[str, str], required: bool) -> Markup:
    """Options as buttons, one of them pressed; one that is not required is freed by a second press."""

    def take(code: object) -> None:
        st.session_state[key] = None if code == st.session_state[key] and not required else code

    heard.mark(key, take)
    return Markup(markup.OPTIONS.render(key=key, label=label, options=options.items(), chosen=st.session_state[key]))


def _code(chosen: str, part: str) -> str:
    if not part:
        return chosen
    return f"{chosen}{part}" if part.startswith("Q") else f"{chosen}-{part}"


def _part_words(chosen: str, part: str) -> str:
    if not part or chosen == "all":
        return t("frame.whole_year")
    found = periods.parse(_code(chosen, part))
    return month(found.start) if found.months == 1 else period_words(found)
