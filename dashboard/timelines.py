"""How did several measures, or a part of a whole, go over time?"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

from dashboard import axes, body, charts, foot, look, sentences, words
from dashboard.axes import SIZE
from dashboard.warehouse import Answer
from dashboard.words import pick, t


def years(whole: Answer, part: Answer | None = None, name: str = "", height: int = 330) -> None:
    """Columns from zero of an answer split `by=("year",)`; a part of it, called `name`, is at the foot in colour."""
    if not whole.rows:
        body.nothing(t("frame.no_rows"))
        return
    figure = _years(whole, part, name, height, words.language())
    key = f"years-{whole.name}"
    told = sentences.of(whole)
    inside = {row["year"]: row["value"] for row in part.rows} if part else {}
    rows = [
        {t("timelines.year"): words.year(row["year"]), pick(whole.metric.label): row["value"]}
        | {name: inside.get(row["year"], 0)}
        for row in whole.rows
    ]
    foot.draw(
        key, figure, f"{charts.alt(whole)} {told}", whole, told, {}, ("year",), rows=rows if part else None
    )  # fmt: skip


@functools.lru_cache(maxsize=128)
def _years(whole: Answer, part: Answer | None, name: str, height: int, language: str) -> dict:
    unit = whole.metric.unit
    inside = {row["year"]: row["value"] for row in part.rows} if part else {}
    ticks = [words.year(row["year"]) for row in whole.rows]
    marked = [inside.get(row["year"], 0) if part else row["value"] for row in whole.rows]
    rest = [row["value"] - value for row, value in zip(whole.rows, marked, strict=True)]
    called = charts.plain(name or pick(whole.metric.label))
    traces = [_columns(ticks, marked, look.ACCENT, look.WHITE, called, unit, split=part is not None)]
    if part:
        traces.append(_columns(ticks, rest, look.PALE, look.INK, t("timelines.rest"), unit, split=True))
    highest = max(row["value"] for row in whole.rows)
    layout = axes.layout(height, left=10, right=10, top=10, bottom=36) | {
        "barmode": "stack", "bargap": 0.35,
        # By place, not by name: Plotly would take the year of a label for a number.
        "xaxis": {
            "tickvals": list(range(len(ticks))), "ticktext": ticks, "tickfont": {"size": SIZE}, "fixedrange": True,
        },
        "yaxis": {"visible": False, "range": [0, highest * 1.12], "fixedrange": True},
        "annotations": [
            {"x": place, "y": row["value"], "text": f"<b>{words.amount(row['value'], unit)}</b>", "showarrow": False,
             "yanchor": "bottom", "font": {"size": SIZE, "color": look.INK}}
            for place, row in enumerate(whole.rows)
        ],
    }  # fmt: skip
    for trace in traces:
        trace["customdata"] = [row["year"].isoformat() for row in whole.rows]
    return {"data": traces, "layout": layout}


def _columns(
    ticks: Sequence[str], values: Sequence[float], colour: str, text: str, name: str, unit: str, split: bool
) -> dict:
    """One part of the columns; where they are not split, the figure above each says it all."""
    return {
        "type": "bar", "x": list(range(len(ticks))), "y": values, "name": name, "marker": {"color": colour},
        "text": [words.number(value) if value and split else "" for value in values], "textposition": "inside",
        "insidetextanchor": "middle", "textangle": 0, "constraintext": "none",
        "textfont": {"size": SIZE - 1, "color": text},
        "hovertext": [words.said(f"{tick}　{name}", words.amount(value, unit, exact=True))
                      for tick, value in zip(ticks, values, strict=True)],
        "hoverinfo": "text",
    }  # fmt: skip


def lines(answers: Sequence[Answer], height: int = 380) -> None:
    """Lines over months of several metrics of one set and unit, each split `by=("month",)`, named at their ends."""
    if not answers[0].rows:
        body.nothing(t("frame.no_rows"))
        return
    name = "+".join(answer.name for answer in answers)
    joined = dataclasses.replace(
        answers[0],
        name=name,
        # Its own question, because an answer is known in caches by what was asked.
        question=dataclasses.replace(answers[0].question, metric=name, by=("month", "metric")),
        rows=tuple({**row, "metric": answer.name} for answer in answers for row in answer.rows),
    )
    labels = tuple((answer.name, pick(answer.metric.label)) for answer in answers)
    figure = charts.trend_figure(joined, "metric", labels, None, 0, height, words.language())
    told = sentences.joined([words.said(pick(each.metric.label), sentences.of(each)) for each in answers])
    rows = [
        {t("frame.month"): words.month(rows[0]["month"])}
        | {label: words.amount(row["value"], answers[0].metric.unit, exact=True)
           for (_, label), row in zip(labels, rows, strict=True)} | {"n": rows[0]["n"]}
        for rows in zip(*(answer.rows for answer in answers), strict=True)
    ]  # fmt: skip
    foot.draw(name, figure, told, answers[0], told, {}, rows=rows)
