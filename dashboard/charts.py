"""How is an answer drawn? Lines for time, bars from zero, direct labels, 民國 ticks; plain dicts, no Plotly Express.

Each chart carries a text alternative, and under it its sentence and its figures (`foot`). Figures are cached by the
build and what was asked, so a page that is opened again is drawn again from memory.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Sequence

from dashboard import axes, body, foot, look, periods, sentences, warehouse, words
from dashboard.axes import SIZE
from dashboard.warehouse import Answer
from dashboard.words import t

MANY = 20  # bars; more stand closer together
CAMERA = 44  # pixels beside the bars, where the button that keeps the image stands
FLOOR = 0.1  # by which an axis begins lower where figures stand under its floor
ABOVE = 0.05  # of an axis, over its highest value
NOTE = 14  # ems of a line of what happened
NARROW = 440  # pixels of a time axis on half a screen of 1366


def trend(
    answer: Answer,
    split: str | None = None,
    labels: dict[str, dict] | None = None,
    target: float | None = None,
    floor: float = 0,
    height: int = 380,
    key: str | None = None,
) -> None:
    """Lines over months of an answer split `by=("month",)` or `by=("month", split)`.

    The month that the data do not fill is drawn lighter and dashed. Direct labels stand at the lines' ends.
    An axis that does not start at zero (`floor`) says so under the chart.
    """
    if not answer.rows:
        body.nothing(t("frame.no_rows"))
        return
    while floor > 0 and any(row["value"] is not None and row["value"] < floor for row in _shown(answer, split)):
        floor = max(0, round(floor - FLOOR, 9))
    figure = trend_figure(
        answer,
        split,
        tuple((k, words.pick(v)) for k, v in (labels or {}).items()),
        target,
        floor,
        height,
        words.language(),
    )
    key = key or f"trend-{answer.name}-{split}"
    told = sentences.of(answer, labels, unfinished_month(answer, [row["month"] for row in answer.rows]))
    from_floor = t("frame.floor", floor=words.amount(floor, answer.metric.unit)) if floor else ""
    foot.draw(key, figure, f"{alt(answer)} {told}", answer, f"{told} {from_floor}".rstrip(), {split: labels or {}})


def bars(
    answer: Answer,
    dimension: str,
    labels: dict[str, dict],
    ordered: bool = False,
    accent: Sequence[str] = (),
    height: int | None = None,
    key: str | None = None,
    click: Callable[[str], None] | None = None,
    pick: Callable[[str], None] | None = None,
    top: int | None = None,
    target: float | None = None,
) -> None:
    """Horizontal bars, largest first unless `ordered`; the value stands at the bar's end.

    What a click on a bar does: see `foot.draw`. `top` keeps the first few; the figures below still have all.
    With a `target`, which more is better than, the least come first, and what misses it is in colour.
    """
    rows = [row for row in answer.rows if row["value"] is not None]
    if not rows:
        body.nothing(t("frame.no_rows"))
        return
    if target is not None:
        accent = [row[dimension] for row in rows if row["value"] < target] or ("none",)
    if ordered:
        order = list(labels)
        rows = sorted(rows, key=lambda row: order.index(row[dimension]) if row[dimension] in order else 999)
    else:
        rows = sorted(rows, key=lambda row: row["value"] * (-1 if target is None else 1))[:top]
    figure = _bars(
        tuple(
            (row[dimension], words.pick(labels.get(row[dimension])) or t("frame.unknown"), row["value"], row["n"])
            for row in rows
        ),
        answer.metric.unit,
        tuple(accent),
        target,
        height,
        words.language(),
    )
    key = key or f"bars-{answer.name}-{dimension}"
    told = sentences.of(answer, labels)
    foot.draw(
        key, figure, f"{alt(answer)} {told}", answer, told, {dimension: labels}, (dimension,), click, pick
    )  # fmt: skip


@functools.lru_cache(maxsize=256)
def trend_figure(answer: Answer, split, labels, target, floor: float, height: int, language: str) -> dict:
    names, unit = dict(labels), answer.metric.unit
    groups: dict[str | None, list[dict]] = {}
    for row in answer.rows:
        groups.setdefault(row[split] if split else None, []).append(row)
    order = [code for code in names if code in groups] or list(groups)
    order = sorted(order, key=lambda code: -sum(row["value"] or 0 for row in groups[code])) if split else order
    months = sorted({row["month"] for row in answer.rows})
    unfinished = unfinished_month(answer, months)
    before = _shown(answer, split)[len(answer.rows) :]
    scale, suffix = axes.scaling([row["value"] for row in (*answer.rows, *before)], unit)
    traces, ends = [], []
    if before:
        traces.append(_line(before, unit, scale, look.REST, t("frame.year_before"), dash="solid"))
        ends.append(_end(before[-1], scale, t("frame.year_before"), look.MUTED))
    for place, code in enumerate(order):
        colour = look.SERIES[place] if place < len(look.SERIES) else look.REST
        rows = groups[code]
        whole = [row for row in rows if row["month"] != unfinished]
        name = names.get(code, "") if split else words.pick(answer.metric.label)
        traces.append(_line(whole, unit, scale, colour, name, dash="solid"))
        if unfinished and len(rows) > len(whole):
            traces.append(
                _line(rows[-2:], unit, scale, colour, t("frame.unfinished", month=name), dash="dot", light=True)
            )
        if split and whole and whole[-1]["value"] is not None:
            ends.append(_end(whole[-1], scale, name, readable(colour)))
        elif before and whole and whole[-1]["value"] is not None:
            ends.append(_end(whole[-1], scale, words.year(whole[-1]["month"]), readable(colour)))
    shapes = []
    if target is not None:
        shapes.append(
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": target * scale,
                "y1": target * scale,
                "line": {"color": look.MUTED, "width": 1.5, "dash": "dash"},
            }
        )
        told = t("frame.target", value=words.amount(target, unit))
        ends.append(_end({"month": months[-1], "value": target}, scale, told, look.MUTED))
    events = events_on(answer, months)
    shapes += [_mark(event["month"]) for event in events]
    marked = axes.ticks(months)
    known = [row["value"] for row in (*answer.rows, *before) if row["value"] is not None]
    low, high = floor * scale, max([floor, target or floor, *known]) * scale
    high = high + (high - low) * ABOVE if high > low else low + 1
    high = min(high, 100) if _whole(answer) else high
    pixel = (high - low) / (height - axes.TOP - axes.FOOT)
    # On the last point itself a word would keep the pointer from its figures.
    beside = axes.span(months)[1] - months[-1]
    ends = [{**each, "x": each["x"] + beside} for each in axes.apart(ends, low, high, height)]
    lines = [list(zip(each["x"], each["y"], strict=True)) for each in traces]
    notes = ends + _notes(events, months, lines, low, high, pixel)
    if notes:
        traces.append(axes.written(notes))
    drawn = axes.layout(height, right=axes.right(ends))
    drawn |= {
        "xaxis": {
            "range": axes.span(months),
            "tickvals": marked,
            "ticktext": [words.month_tick(each) for each in marked],
            "showgrid": False,
            "fixedrange": True,  # a part is chosen by the period, which is said; what is zoomed lost its words
            "tickangle": 0,
            "tickfont": {"size": SIZE - 1},
            "linecolor": look.GREY,
            "ticks": "outside",
            "tickcolor": look.PALE,
        },
        "yaxis": {
            "range": [low, high],
            "fixedrange": True,
            "gridcolor": "#E6E9EE",
            "zerolinecolor": look.GREY,
            "ticksuffix": suffix,
            "showticksuffix": "all" if suffix == "%" else "last",
            "tickfont": {"size": SIZE - 1},
            "separatethousands": True,
            "tickformat": ",~g",
            "nticks": 6,
        },
        "shapes": shapes,
        "hovermode": "closest",
    }
    return {"data": traces, "layout": drawn}


@functools.lru_cache(maxsize=256)
def _bars(rows, unit: str, accent, target: float | None, height: int | None, language: str) -> dict:
    rows = rows[::-1]  # Plotly draws from the bottom up
    biggest = max((abs(row[2]) for row in rows), default=1) or 1
    texts = [words.amount(value, unit) for _, _, value, _ in rows]
    names = [axes.wrapped(plain(row[1]), 17) for row in rows]
    colours = [look.ACCENT if not accent or row[0] in accent else look.REST for row in rows]
    pitch = 44 if any("<br>" in name for name in names) else 34 if len(rows) <= MANY else 25
    hover = [
        words.said(plain(name), words.amount(value, unit, exact=True))
        + (f"<br>n = {words.number(n)}" if n is not None else "")
        for _, name, value, n in rows
    ]
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": [row[2] for row in rows],
        "y": names,
        "customdata": [row[0] for row in rows],
        "text": texts,
        # A target's line would run through figures that stand outside.
        "textposition": "outside" if target is None else "inside",
        "insidetextanchor": "start",
        "cliponaxis": False,
        "constraintext": "none",
        "textfont": {
            "size": SIZE,
            "color": [look.WHITE if target is not None and each == look.ACCENT else look.INK for each in colours],
        },
        "hovertext": hover,
        "hoverinfo": "text",
        "marker": {"color": colours},
    }
    top = 6 if target is None else 34
    drawn = axes.layout(
        height or 26 + top + pitch * len(rows), left=10, right=CAMERA + max(map(axes.width, texts)), top=top, bottom=6
    )
    drawn |= {
        "xaxis": {"visible": False, "range": [0, max(biggest, target or 0)], "fixedrange": True},
        "yaxis": {"automargin": True, "tickfont": {"size": SIZE}, "fixedrange": True} | axes.GAP,
        "bargap": 0.32,
    }
    if target is not None:
        drawn["shapes"] = [{
            "type": "line", "x0": target, "x1": target, "yref": "paper", "y0": 0, "y1": 1,
            "line": {"color": look.INK, "width": 1.5, "dash": "dash"},
        }]  # fmt: skip
        drawn["annotations"] = [{
            "x": target, "yref": "paper", "y": 1, "yanchor": "bottom", "xanchor": "right", "showarrow": False,
            "text": t("frame.target", value=words.amount(target, unit)), "font": {"color": look.MUTED, "size": SIZE},
        }]  # fmt: skip
    return {"data": [trace], "layout": drawn}


def _line(rows, unit: str, scale: float, colour: str, name: str, dash: str, light: bool = False) -> dict:
    known, rows = len(rows), _with_gaps(rows)
    return {
        "type": "scatter",
        "mode": "lines" if 2 < known == len(rows) else "lines+markers",  # a month between two gaps has no line
        "name": name,
        "showlegend": False,
        "x": [row["month"] for row in rows],
        "connectgaps": False,
        "y": [None if row["value"] is None else row["value"] * scale for row in rows],
        "line": {"color": colour, "width": 3, "dash": dash},
        "opacity": 0.55 if light else 1,
        "hovertext": [
            words.said(
                f"{plain(name)}　{words.month(row.get('then', row['month']))}",
                words.amount(row["value"], unit, exact=True),
            )
            + (f"<br>n = {words.number(row['n'])}" if row["n"] is not None else "")
            for row in rows
        ],
        "hoverinfo": "text",
    }


def _with_gaps(rows: Sequence[dict]) -> list[dict]:
    """The months with an empty one wherever one is missing, so that no line runs across it."""
    known = {row["month"]: row for row in rows}
    months = periods.months(min(known), max(known)) if known else ()
    return [known.get(month, {"month": month, "value": None, "n": None}) for month in months]


def _shown(answer: Answer, split: str | None) -> list[dict]:
    """The months of a trend and after them, where there is one line, those of the year before."""
    return [*answer.rows, *([] if split else year_before(answer))]


def _whole(answer: Answer) -> bool:
    """Whether the figures are shares of a whole, so that an axis beyond 100 % would mean nothing."""
    return answer.metric.unit == "percent" and all((row["value"] or 0) <= 1 for row in answer.rows)


def unfinished_month(answer: Answer, months: Sequence[dt.date]) -> dt.date | None:
    """The month that the data do not reach the end of, if it is on the chart."""
    reach = answer.provenance.reach
    if reach is None or not months:
        return None
    whole = (reach + dt.timedelta(days=1)).day == 1
    first = reach.replace(day=1)
    return first if not whole and first in months else None


def year_before(answer: Answer) -> list[dict]:
    """The same months a year earlier, laid on the months of a chart of a year or less."""
    question = answer.question
    if question.start is None or question.end is None or question.by != ("month",):
        return []
    earlier = periods.Period("", question.start, question.end).year_earlier()
    if earlier is None:
        return []
    rows = warehouse.ask(answer.name, earlier, by=("month",), where=dict(question.where)).rows
    moved = [{**row, "then": row["month"], "month": row["month"].replace(year=row["month"].year + 1)} for row in rows]
    return moved if any(row["value"] is not None for row in moved) else []


def _end(row: dict, scale: float, text: str, colour: str) -> dict:
    """A name at the end of its line."""
    return axes.note(row["month"], (row["value"] or 0) * scale, f"<b>{axes.wrapped(plain(text), 11)}</b>", colour)


def events_on(answer: Answer, months: Sequence[dt.date]) -> list[dict]:
    """What happened in the months on the chart that its figures should be read with."""
    of = answer.name.partition(".")[0]
    events = warehouse.table("seeds.events", None, "month")
    return [each for each in events if of in each["sets"].split("|") and each["month"] in months]


def _mark(month: dt.date) -> dict:
    return {
        "type": "line", "x0": month, "x1": month, "yref": "paper", "y0": 0, "y1": 1, "layer": "below",
        "line": {"color": look.GREY, "width": 1, "dash": "dot"},
    }  # fmt: skip


def _notes(
    events: Sequence[dict], months: Sequence[dt.date], lines: list[axes.Line], low: float, high: float, pixel: float
) -> list[dict]:
    """What happened, beside the marks, to the left of a late one; as low as neither a line nor another note crosses it.

    `low` and `high` are the ends of the axis, `pixel` what one of them is worth on it.
    """
    whole = (months[-1] - months[0]).days or 1
    step, taken, notes = pixel * (SIZE + 4), {}, []
    rows = int((high - low) / step)
    for event in events:
        told = axes.wrapped(plain(words.pick(event)), NOTE)
        wide = dt.timedelta(days=(axes.width(told, SIZE - 1) + 8) / NARROW * whole)
        late = (event["month"] - months[0]).days > whole * 2 / 3
        start = event["month"] - wide if late else event["month"]
        tall = told.count("<br>") + 1
        row = axes.free_row(rows, taken, lines, start, start + wide, tall, low, step)
        taken |= dict.fromkeys(range(row, row + tall), start + wide)
        full = words.noted(words.pick(event), t("frame.simulated")) if event["is_simulated"] else words.pick(event)
        notes.append(axes.note(
            event["month"], low + step * (row + tall / 2), told, look.MUTED,
            side="left" if late else "right", size=SIZE - 1, hover=plain(full),
        ))  # fmt: skip
    return notes


def readable(colour: str) -> str:
    """A text colour of the same family that reads on white."""
    return {"#E69F00": "#8A5A00", "#56A0D3": "#0072B2"}.get(colour, colour)


def plain(text: str) -> str:
    """Plotly reads some markup in texts: data must not bring any."""
    return text.replace("<", "‹").replace(">", "›")


def alt(answer: Answer) -> str:
    """What the chart says, for those who cannot see it: the metric, how many points, the last one."""
    label = words.pick(answer.metric.label)
    known = [row["value"] for row in answer.rows if row["value"] is not None]
    if not known:
        return label
    return t(
        "frame.alt",
        label=label,
        points=len(known),
        low=words.amount(min(known), answer.metric.unit),
        high=words.amount(max(known), answer.metric.unit),
    )
