"""Which words, units and dates does a person read? Both languages, 民國 years, 億元 and 萬.

Sentences and labels stand in `*.yml` beside this file (one file a page); what the data define (metrics, codes,
sources) brings its own labels. Nothing on screen is written in only one language.
"""

from __future__ import annotations

import contextlib
import contextvars
import datetime as dt
import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from dashboard import periods
from dashboard.periods import Period

LANGUAGES = ("zh", "en")
FOLDER = Path(__file__).parent
MINUS = "−"
_spoken: contextvars.ContextVar[str | None] = contextvars.ContextVar("language", default=None)

# unit: (after the figure in Chinese, in English, in English for one)
UNITS = {
    "cases": ("件", "cases", "case"),
    "contacts": ("件", "contacts", "contact"),
    "calls": ("通", "calls", "call"),
    "answers": ("份", "answers", "answer"),
    "works": ("件", "works", "work"),
    "plans": ("件", "plans", "plan"),
    "awards": ("項", "awards", "award"),
    "entries": ("件", "entries", "entry"),
    "agencies": ("個機關", "agencies", "agency"),
    "units": ("個單位", "units", "unit"),
    "people": ("人", "people", "person"),
    "visits": ("人次", "visits", "visit"),
    "inspections": ("次", "visits", "visit"),
    "audits": ("次", "audits", "audit"),
    "tests": ("通", "test calls", "test call"),
    "events": ("場次", "events", "event"),
    "activities": ("場次", "events", "event"),
    "colleges": ("所", "colleges", "college"),
    "filings": ("件", "filings", "filing"),
    "milestones": ("個", "milestones", "milestone"),
    "changes": ("次", "changes", "change"),
    "commendations": ("次", "commendations", "commendation"),
    "goals": ("項", "goals", "goal"),
    "targets": ("項", "targets", "target"),
    "measures": ("項", "measures", "measure"),
    "hours": ("小時", "hours", "hour"),
    "days": ("天", "days", "day"),
    "seconds": ("秒", "seconds", "second"),
    "score": ("分", "points", "point"),
    "points": ("個百分點", "pp", "pp"),
    "percent": ("%", "%", "%"),
    "ratio": ("倍", "×", "×"),
    "count": ("", "", ""),
    "sites": ("處", "sites", "site"),
    "rank": ("名", "", ""),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def speak(language: str | None) -> None:
    """Fix the language of what follows in this context (an export, a test); None leaves it to the page."""
    _spoken.set(language)


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this language within the block, whatever is spoken around it."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def language() -> str:
    """`zh` or `en`: as fixed by `speak`, else as chosen on the page, else Chinese."""
    if fixed := _spoken.get():
        return fixed
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    if get_script_run_ctx(suppress_warning=True) is None:
        return "zh"
    # Before the switch is drawn for the first time, the link alone says it.
    chosen = st.session_state.get("lang") or st.query_params.get("lang")
    return chosen if chosen in LANGUAGES else "zh"


def pick(text) -> str:
    """The side of a bilingual text (a dict, or anything with `.zh` and `.en`) in the language in use."""
    if text is None:
        return ""
    side = language()
    return (text.get(side) if isinstance(text, dict) else getattr(text, side)) or ""


@functools.cache
def _texts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for path in sorted(FOLDER.glob("*.yml")):
        for key, text in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            found[f"{path.stem}.{key}"] = text
    return found


def t(key: str, **values: object) -> str:
    """The text `page.key` with its `{places}` filled. Raises KeyError for an unknown key."""
    return pick(_texts()[key]).format(**values)


def keys(page: str) -> list[str]:
    """The keys of one file of texts, as it orders them."""
    return [key for key in _texts() if key.startswith(f"{page}.")]


def both(key: str, **values: object) -> dict[str, str]:
    """The text in both languages, for what programs read; a value may be such a pair itself. Raises KeyError."""

    def side_of(side: str) -> dict[str, object]:
        return {name: value[side] if isinstance(value, dict) else value for name, value in values.items()}

    return {side: text.format(**side_of(side)) for side, text in _texts()[key].items()}


def in_both(say: Callable[[], str]) -> dict[str, str]:
    """What `say` says in each language."""
    told = {}
    for side in LANGUAGES:
        token = _spoken.set(side)
        try:
            told[side] = say()
        finally:
            _spoken.reset(token)
    return told


def known(key: str) -> str:
    """The text of a key that may not be there; empty then."""
    return pick(_texts().get(key))


def said(name: str, value: str) -> str:
    """名：值 · name: value"""
    return f"{name}：{value}" if language() == "zh" else f"{name}: {value}"


def noted(text: str, note: str) -> str:
    """文（註） · text (note)"""
    return f"{text}（{note}）" if language() == "zh" else f"{text} ({note})"


# Dates


def literal(text: str) -> str:
    """Text from elsewhere as text of Streamlit's markup: nothing in it is markup, a link or an icon."""
    return re.sub(r"([\\`*_{}\[\]<>#!|~$:])", r"\\\1", text)


def day(value: dt.date | None) -> str:
    """112.12.31 · 31 Dec 2023"""
    if value is None:
        return "—"
    if language() == "zh":
        return f"{value.year - periods.ROC}.{value.month}.{value.day}"
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def month(value: dt.date) -> str:
    """112 年 12 月 · Dec 2023"""
    if language() == "zh":
        return f"{value.year - periods.ROC} 年 {value.month} 月"
    return f"{MONTHS[value.month - 1]} {value.year}"


def month_tick(value: dt.date) -> str:
    """112.3 · Mar 23: short enough for an axis."""
    if language() == "zh":
        return f"{value.year - periods.ROC}.{value.month}"
    return f"{MONTHS[value.month - 1]} {value.year % 100:02}"


def year(value: dt.date | int) -> str:
    """112 年 · 2023"""
    iso = value if isinstance(value, int) else value.year
    return f"{iso - periods.ROC} 年" if language() == "zh" else str(iso)


def period(value: Period) -> str:
    """112 年第 1 季 · 2023 Q1"""
    if value.start is None or value.end is None:
        return t("frame.all_years")
    zh, months = language() == "zh", value.months
    if months == 1:
        return month(value.start)
    if months == 3 and value.start.month % 3 == 1:
        quarter = (value.start.month + 2) // 3
        return f"{value.start.year - periods.ROC} 年第 {quarter} 季" if zh else f"{value.start.year} Q{quarter}"
    last = value.end.year - 1
    if months == 12 and value.start.month == 1:
        return year(value.start)
    if value.start.month != 1 or value.end.month != 1:
        return _months(value.start, value.end - dt.timedelta(days=1))
    return f"{value.start.year - periods.ROC}–{last - periods.ROC} 年" if zh else f"{value.start.year}–{last}"


def _months(first: dt.date, last: dt.date) -> str:
    """112 年 1–11 月 · Jan–Nov 2023; across years both are named."""
    if first.year != last.year:
        return f"{month(first)}–{month(last)}"
    if language() == "zh":
        return f"{first.year - periods.ROC} 年 {first.month}–{last.month} 月"
    return f"{MONTHS[first.month - 1]}–{MONTHS[last.month - 1]} {first.year}"


# Figures


def number(value: float | int | None, digits: int = 0) -> str:
    """1,234.5 with a real minus sign; — for nothing."""
    if value is None:
        return "—"
    return f"{value:,.{digits}f}".replace("-", MINUS)


def figure(value: float | int | None, unit: str, exact: bool = False) -> tuple[str, str]:
    """A figure as people say it, and its unit: (142.3, 萬件) · (1.42, M cases) · (989.87, 億元) · (97.0, %).

    `value` is in the unit of the metric (`percent` a share 0..1, `twd` in 元). `exact` keeps every digit.
    """
    zh = language() == "zh"
    if value is None:
        return "—", ""
    size = abs(value)
    if unit == "twd":
        if exact:
            return number(value), "元" if zh else "NT$"
        if zh:
            return (number(value / 1e8, 2), "億元") if size >= 1e8 else (number(value / 1e4), "萬元")
        if size >= 1e9:
            return number(value / 1e9, 2), "bn NT$"
        return (number(value / 1e6, 1), "M NT$") if size >= 1e6 else (number(value), "NT$")
    if unit == "percent":
        return number(value * 100, 2 if exact else 1), "%"
    after, many, one = UNITS.get(unit, (unit, unit, unit))
    if unit in ("days", "points", "score", "ratio", "hours"):
        return number(value, 2 if exact else 1), after if zh else many
    digits = 0 if float(value).is_integer() else 1
    if exact or size < 100_000:
        return number(value, digits), after if zh else (one if value == 1 else many)
    if zh:
        return number(value / 1e4, 1), f"萬{after}"
    return (number(value / 1e6, 2), f"M {many}") if size >= 1e6 else (number(value / 1e3), f"k {many}")


def amount(value: float | int | None, unit: str, exact: bool = False) -> str:
    """A figure with its unit, in one run of text: 142.3 萬件 · 97.0% · NT$1,234."""
    text, after = figure(value, unit, exact)
    if after == "%":
        return f"{text}%"
    if after.endswith("NT$"):
        return f"NT${text}{' ' + after[:-4] if len(after) > 3 else ''}".rstrip()
    return f"{text} {after}".rstrip()


def rule(name: str, value: float) -> str:
    """A rule's name ends in what it is: money, a share, or a number whose unit its label says."""
    if name.endswith("_twd"):
        return amount(value, "twd")
    if name.endswith(("_target", "_weight")):
        return amount(value, "percent")
    return number(value, 0 if value.is_integer() else 2)


def change(now: float | None, then: float | None, unit: str) -> str | None:
    """How much more or less, in words a person would use; shares differ in points. None where it cannot be said."""
    if now is None or not then:
        return None
    if unit == "percent":
        points = (now - then) * 100
        if round(points, 1) == 0:
            return t("frame.same")
        return t("frame.points_up" if points > 0 else "frame.points_down", by=number(abs(points), 1))
    share = (now - then) / abs(then) * 100
    if round(share, 1) == 0:
        return t("frame.same")
    return t("frame.share_up" if share > 0 else "frame.share_down", by=number(abs(share), 1))


def change_sentence(now: float | None, then: float | None, versus: str) -> str:
    """The same as a part of a sentence: 較 111 年減 22.6%. Empty where it cannot be said."""
    if now is None or not then:
        return ""
    share = (now - then) / abs(then) * 100
    way = "same" if round(share, 1) == 0 else "up" if share > 0 else "down"
    return t(f"frame.sentence_{way}", versus=f" {versus}" if language() == "zh" else versus, by=number(abs(share), 1))


QUALIFIERS = {
    "近": "nearly ", "約": "about ", "逾": "over ", "超過": "over ", "至少": "at least ", "以上": "at least ",
    "以下": "at most ", "以內": "within ", "最高": "up to ",
}  # fmt: skip


# Printed units that English does not count in: how many of the English unit they are.
SCALES = {"萬件": (1e4, "cases"), "萬人次": (1e4, "visits"), "千元": (1e3, "NT$"), "萬元": (1e4, "NT$"),
          "億元": (1e8, "NT$"), "元": (1, "NT$"), "成": (10, "%")}  # fmt: skip


def published_figure(row: dict) -> tuple[str, str]:
    """A printed figure with its own 近, 約, 逾 as the document has it, and its unit.

    English counts in thousands and millions, so 142 萬件 is 1.42 M cases there.
    """
    zh = language() == "zh"
    value, unit, digits = row["value"], row["unit"], len(row["value_text"].partition(".")[2])
    if value is None:  # a date
        whole = len(row["value_text"]) == 10
        return (day(dt.date.fromisoformat(row["value_text"])) if whole else row["value_text"]), ""
    text, after = number(value, digits), unit
    if not zh:
        factor, after = SCALES.get(unit, (1, printed_unit(unit)))
        if unit in SCALES:
            exact = round(value * factor, 2)
            size, word = (1e9, " bn") if exact >= 1e9 else (1e6, " M") if exact >= 1e6 else (1, "")
            text = number(exact / size, 3).rstrip("0").rstrip(".") + word
    if said := row["qualifier"]:
        if not zh:
            text = f"{QUALIFIERS.get(said, '')}{text}"
        elif said.startswith("以"):
            after = f"{after}{said}"
        else:
            text = f"{said} {text}"
    return text, after


def published(row: dict) -> str:
    """A printed figure with its unit, in one run of text."""
    text, unit = published_figure(row)
    if unit == "NT$":
        return re.sub(r"(?=\d)", unit, text, count=1)
    return f"{text}{unit}" if unit.startswith("%") else f"{text} {unit}".rstrip()


def printed_period(row: dict) -> str:
    """The period a printed figure is about: 民國 as printed, or ISO in English."""
    if language() == "en":
        return row["period_iso"].replace("/", "–")
    return f"{row['period_roc']} 年" if row["period_roc"].replace("-", "").isdigit() else row["period_roc"]


def quoted(text: str) -> str:
    """A document's own words on one line: the breaks of its layout, and the marks of its bold letters, are no words."""
    return re.sub(r"\s*\n\s*", "", text.replace("**", "")).replace("\t", " ")


def printed_unit(unit: str) -> str:
    """A printed Chinese unit in English."""
    return _texts().get(f"units.{unit}", {}).get("en", unit)
