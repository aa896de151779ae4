"""How many are in which state? Stacked bars of the seven states, each with its shape, word and colour."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from dashboard import axes, body, charts, foot, look, sentences, tiles, warehouse, words
from dashboard.axes import SIZE
from dashboard.warehouse import Answer
from dashboard.words import t

HATCHED = {"seriously_behind": "/", "halted": "|"}
NARROW = 370  # pixels: the longest bar on half a screen of 1366


def states(
    answer: Answer, dimension: str, labels: dict[str, dict], height: int | None = None, open_only: bool = False,
    pick: Callable[[str, str], None] | None = None,
) -> None:  # fmt: skip
    """Stacked bars of an answer split `by=(dimension, "light")`; each state in its colour, with its shape.

    `open_only` leaves the completed out of the bars and says their number in words: few in trouble would not show
    beside many that are done. A click on a part gives its code and state to `pick`, or shows the rows behind it.
    """
    order = [code for code in labels if any(row[dimension] == code for row in answer.rows)]
    if not any(row["value"] for row in answer.rows if row["light"] and not (open_only and row["light"] == "completed")):
        body.nothing(sentences.of(answer, labels) or t("frame.no_rows"))
        return
    key = f"states-{answer.name}-{dimension}"
    figure = _states(
        answer,
        dimension,
        tuple((code, words.pick(labels[code])) for code in order),
        height or 30 + 52 * len(order),
        open_only,
        words.language(),
    )
    used = {row["light"] for row in answer.rows if row["value"]} - ({"completed"} if open_only else set())
    tiles.chips([state for state in look.STATES if state in used])
    told = sentences.of(answer, labels)
    lights = warehouse.labels("light")
    counts = {(row[dimension], row["light"]): row["value"] for row in answer.rows}
    head = words.pick(warehouse.dimension(dimension).label)
    rows = [
        {head: words.pick(labels[code])} | {words.pick(lights[s]): counts.get((code, s), 0) for s in look.STATES}
        for code in order
    ]
    names = {dimension: labels, "light": lights}
    foot.draw(key, figure, f"{charts.alt(answer)} {told}", answer, told, names, tuple(names), pick=pick, rows=rows)


@functools.lru_cache(maxsize=128)
def _states(answer: Answer, dimension: str, names, height: int, open_only: bool, language: str) -> dict:
    names, unit, lights = names[::-1], answer.metric.unit, warehouse.labels("light")
    counts = {(row[dimension], row["light"]): row["value"] for row in answer.rows}
    totals = {code: sum(row["value"] for row in answer.rows if row[dimension] == code) for code, _ in names}
    shown = [code for code in look.STATES if not (open_only and code == "completed")]
    biggest = max(sum(counts.get((code, state), 0) for state in shown) for code, _ in names) or 1
    titles = [axes.wrapped(charts.plain(name), 13) for _, name in names]
    if open_only:
        titles = [
            f"{title}<br>{t('frame.done_of', done=counts.get((code, 'completed'), 0), all=totals[code])}"
            for title, (code, _) in zip(titles, names, strict=True)
        ]
    traces, beside = [], [""] * len(names)
    for code in shown:
        state = look.STATES[code]
        values = [counts.get((name, code), 0) for name, _ in names]
        if not any(values):
            continue
        word = words.pick(lights[code])
        inside = []
        for place, value in enumerate(values):
            said = f"{state.icon} {words.number(value)}"
            fits = value / biggest * NARROW > axes.width(said) + 8
            inside.append(f"<b>{said}</b>" if fits else "")
            # What a narrow part has no room for stands at the bar's end: colour alone would not do.
            beside[place] += f"  <span style='color:{charts.readable(state.colour)}'>{said}</span>" * bool(
                value and not fits
            )
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": f"{state.icon} {word}",
                "x": values,
                "y": titles,
                "customdata": [[name, code] for name, _ in names],
                "marker": {
                    "color": state.colour,
                    "line": {"color": look.WHITE, "width": 1.5},
                    # In grey print the strong colours are one grey: trouble is hatched.
                    "pattern": {
                        "shape": HATCHED.get(code, ""),
                        "fillmode": "overlay",
                        "fgcolor": look.WHITE,
                        "fgopacity": 0.3,
                        "size": 9,
                    },
                },
                "text": inside,
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "constraintext": "none",
                "textfont": {"size": SIZE, "color": state.text},
                "hovertext": [
                    words.said(f"{charts.plain(name)}　{state.icon} {word}", words.amount(value, unit))
                    for (_, name), value in zip(names, values, strict=True)
                ],
                "hoverinfo": "text",
            }
        )
    ends = [
        {
            "x": sum(counts.get((code, state), 0) for state in shown), "y": title, "text": f"<b>{text}</b>",
            "showarrow": False, "xanchor": "left", "font": {"size": SIZE},
        }
        for (code, _), title, text in zip(names, titles, beside, strict=True) if text
    ]  # fmt: skip
    written = [re.sub("<[^>]*>", "", note["text"]) for note in ends]
    drawn = axes.layout(height, left=10, right=max([10, *map(axes.width, written)]), top=4, bottom=4)
    drawn |= {
        "barmode": "stack",
        "bargap": 0.3,
        "xaxis": {"visible": False, "fixedrange": True, "range": [0, biggest]},
        "yaxis": {"automargin": True, "tickfont": {"size": SIZE}, "fixedrange": True} | axes.GAP,
        "annotations": ends,
    }
    return {"data": traces, "layout": drawn}
