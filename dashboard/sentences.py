"""What does a chart show, in one sentence? Computed from its rows, so that nothing is said that they do not hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from dashboard import words
from dashboard.periods import ALL, Period
from dashboard.warehouse import Answer, ask, catalogue
from dashboard.warehouse import labels as labels_of
from dashboard.words import pick, t

# Figures of these units do not add up to a whole: an average of two districts is not their sum.
RATES = ("percent", "days", "score", "points", "ratio", "hours", "seconds", "rank")
WELL = ("ahead", "on_schedule")
LATE = ("behind", "seriously_behind", "halted")


def of(answer: Answer, labels: dict[str, dict] | None = None, unfinished: dt.date | None = None) -> str:
    """The sentence of an answer split by time, by a dimension, by both, or by a dimension and `light`.

    Empty where there are no figures. `unfinished` is the month that the data do not fill: it is not compared.
    """
    rows = [row for row in answer.rows if row["value"] is not None]
    if not rows:
        return ""
    by = answer.question.by
    time = next((each for each in ("month", "year") if each in by), None)
    split = next((each for each in by if each not in ("day", "month", "quarter", "year", "light")), None)
    names = {code: pick(each) for code, each in (labels or {}).items()}
    if split and "light" in by:
        told = _states(rows, split, names) + _on_schedule(answer)
    elif time:
        told = _over_time([row for row in rows if row[time] != unfinished] or rows, time, split, names, answer)
    elif split:
        told = _parts(rows, split, names, answer)
    else:
        told = ""
    return told + t("sentences.end") if told else ""


def whose(where: Mapping[str, Sequence[str]]) -> str:
    """Of whom a figure is told, by the filters that it follows: 永康區、噪音, or 全市 where there are none."""
    names = [pick(labels_of(name)[code]) for name in where for code in where[name]]
    return t("sites.and").join(names) or t("sentences.the_city")


def joined(told: Sequence[str]) -> str:
    """Several sentences as one."""
    end = t("sentences.end")
    kept = [each.removesuffix(end) for each in told if each]
    return t("sentences.joined").join(kept) + end if kept else ""


def versus(now: float | None, then: float | None, unit: str, span: str) -> str:
    """How `now` differs from `then`: 較去年同月增 5.2%. Shares differ in points. Empty where it cannot be said."""
    if now is None or then is None or (not then and unit != "percent"):
        return ""
    moved = (now - then) * 100 if unit == "percent" else (now - then) / abs(then) * 100
    by = words.number(abs(moved), 1)
    if by == words.number(0, 1):
        return t("sentences.level", versus=span)
    said = t("sentences.points", by=by) if unit == "percent" else f"{by}%"
    return t("sentences.rise" if moved > 0 else "sentences.fall", versus=span, by=said)


def _over_time(rows: list[dict], time: str, split: str | None, names: dict[str, str], answer: Answer) -> str:
    monthly = time == "month"
    when, span = (words.month if monthly else words.year), t(f"sentences.{'same_month' if monthly else 'year_before'}")
    unit, last = answer.metric.unit, rows[-1][time]
    if split and unit in RATES:
        now = sorted((row for row in rows if row[time] == last), key=lambda row: -row["value"])
        if len(now) > 1:
            return t("sentences.at_range", when=when(last), **_ends(now, split, names, unit))
    before = last.replace(year=last.year - 1)
    shown = {row[time] for row in rows}
    if before not in shown:  # a chart of one year is compared with the year before it all the same
        rows = [*_at(before, time, answer), *rows]
    totals: dict[dt.date, float] = {}
    for row in rows:
        totals[row[time]] = totals.get(row[time], 0) + row["value"]
    told = t("sentences.now", when=when(last), value=words.amount(totals[last], unit))
    change = versus(totals[last], totals.get(before), unit, span)
    told += t("sentences.changed", change=change) if change else ""
    if split and unit not in RATES:
        told += _mainly(rows, time, split, names, unit, last, before)
    elif len(shown) > 2:
        peak = max(shown, key=totals.__getitem__)
        told += t("sentences.peak", when=when(peak), value=words.amount(totals[peak], unit)) if peak != last else ""
    return told


def _at(day: dt.date, time: str, answer: Answer) -> list[dict]:
    """The rows of the same question in another month or year."""
    question = answer.question
    months = 1 if time == "month" else 12
    end = dt.date(day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, 1)
    if "metric" in question.by:  # several metrics on one chart have no question of their own
        return []
    rows = ask(question.metric, Period("", day, end), question.by, dict(question.where)).rows
    return [row for row in rows if row["value"] is not None]


def _mainly(rows, time: str, split: str, names, unit: str, last: dt.date, before: dt.date) -> str:
    """The part that moved the whole the most, in its direction; where nothing can be compared, the largest part."""
    now = {row[split]: row["value"] for row in rows if row[time] == last}
    then = {row[split]: row["value"] for row in rows if row[time] == before}
    moved = {code: now.get(code, 0) - then.get(code, 0) for code in now | then}
    whole = sum(moved.values())
    if then and whole:
        most = max(moved, key=lambda code: moved[code] * (1 if whole > 0 else -1))
        sign = "+" if moved[most] > 0 else ""
        return t("sentences.mainly", name=_name(names, most), by=f"{sign}{words.amount(moved[most], unit)}")
    most = max(now, key=now.__getitem__)
    return t("sentences.largest_part", name=_name(names, most), value=words.amount(now[most], unit))


def _parts(rows: list[dict], split: str, names: dict[str, str], answer: Answer) -> str:
    unit = answer.metric.unit
    rows = sorted(rows, key=lambda row: -row["value"])
    first = {"name": _name(names, rows[0][split]), "value": words.amount(rows[0]["value"], unit)}
    if len(rows) == 1:
        return t("sentences.only", **first)
    if unit in RATES:
        return t("sentences.range", **_ends(rows, split, names, unit))
    whole = _whole(answer)
    if answer.metric.adds and whole and abs(whole - sum(row["value"] for row in rows)) < 0.5:
        told = t("sentences.top_share", **first, share=words.amount(rows[0]["value"] / whole, "percent"))
        if len(rows) > 4:
            three = sum(row["value"] for row in rows[:3]) / whole
            told += t("sentences.top_three", share=words.amount(three, "percent"))
        return told
    # What is counted once under several headings has no shares.
    second = t("sentences.next", name=_name(names, rows[1][split]), value=words.amount(rows[1]["value"], unit))
    return t("sentences.top", **first) + second


def _states(rows: list[dict], split: str, names: dict[str, str]) -> str:
    """How the works still open stand: many that are long finished would hide the few in trouble."""
    if not any(row["value"] for row in rows):
        return ""
    rows = [row for row in rows if row["light"] not in (None, "completed")]
    whole = sum(row["value"] for row in rows)
    if not whole:
        return t("sentences.none_open")
    well = sum(row["value"] for row in rows if row["light"] in WELL)
    late: dict[str, float] = {}
    for row in rows:
        if row["light"] in LATE:
            late[row[split]] = late.get(row[split], 0) + row["value"]
    share = words.amount(well / whole, "percent")
    told = t("sentences.states", open=words.number(whole), well=words.number(well), share=share)
    if not any(late.values()):
        return told + t("sentences.no_trouble")
    worst = max(late, key=late.__getitem__)
    return told + t("sentences.trouble", late=words.number(sum(late.values())), name=_name(names, worst),
                    most=words.number(late[worst]))  # fmt: skip


def _on_schedule(answer: Answer) -> str:
    """The declared rate of the same works, with what it is a share of; empty where none is declared."""
    of = answer.name.partition(".")[0]
    counted = catalogue(answer.provenance.build).sets[of].metrics
    if "on_schedule_rate" not in counted:
        return ""
    rate = _unsplit(answer, f"{of}.on_schedule_rate")
    if rate.value is None:
        return ""
    n = counted[rate.metric.n]
    return t("sentences.rate", name=pick(rate.metric.label), rate=words.amount(rate.value, "percent"),
             of=pick(n.label), n=words.amount(rate.n, n.unit))  # fmt: skip


def _whole(answer: Answer) -> float | None:
    """The figure of the same question, not split."""
    return _unsplit(answer, answer.name).value


def _unsplit(answer: Answer, name: str) -> Answer:
    question = answer.question
    period = Period("", question.start, question.end) if question.start or question.end else ALL
    return ask(name, period, where=dict(question.where))


def _ends(rows: list[dict], split: str, names: dict[str, str], unit: str) -> dict[str, str]:
    high, low = rows[0], rows[-1]
    return {
        "high": _name(names, high[split]), "most": words.amount(high["value"], unit),
        "low": _name(names, low[split]), "least": words.amount(low["value"], unit),
    }  # fmt: skip


def _name(names: dict[str, str], code: object) -> str:
    return names.get(code) or (t("frame.unknown") if code is None else str(code))
