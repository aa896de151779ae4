"""How does a chart come to the screen, and what stands under it?

Drawn with a line of its own that stays with it when it is kept as an image; a click on a mark filters, opens a page or
shows the rows behind it. Under it what it shows in one sentence, About, its figures, and the ways to take them along.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard import body, downloads, heard, look, plot, tiles, warehouse, words
from dashboard.warehouse import Answer
from dashboard.words import t

IMAGES = ("png", "svg")
LINE = 24  # pixels of the line under the plot
CAMERA_HEIGHT = 26  # at the top right, where it must not stand on a bar's figure


def draw(
    key: str,
    figure: dict,
    alt: str,
    answer: Answer,
    told: str,
    names: Mapping[str, Mapping],
    by: Sequence[str] = (),
    click: Callable[..., None] | None = None,
    pick: Callable[..., None] | None = None,
    rows: Sequence[dict] | None = None,
) -> None:
    """The chart `key` with its foot, as one piece of the page; `names` gives the labels of each dimension's codes.

    `rows` are the figures where the chart shows more than the answer: they are listed instead. The marks carry the
    codes of the dimensions `by` as `customdata`; without, none can be clicked.

    `click` is what a mark does with its codes before the page is drawn anew (`filters.from_chart`), `pick` what is done
    with them after (`filters.go`). Without either, and for a mark whose code is not stated, the rows behind it are
    shown.
    """

    def take(*codes: object) -> None:
        if click and None not in codes:
            click(*codes)
        else:
            st.session_state[f"clicked-{key}"] = codes

    if by:
        heard.mark(key, take)
    tiles.told(
        told,
        tiles.about(answer, key=key),
        heard.button(
            f"figures-{key}", t("downloads.open"), "▦", functools.partial(_figures, key, answer, names, rows)
        ),
        drawn=plot.markup(key, _lined(figure, answer), _config(answer), alt, bool(by)),
    )
    if (codes := st.session_state.pop(f"clicked-{key}", None)) is None:
        return
    if pick and None not in codes:
        pick(*codes)
    else:
        part = {name: _code(name, code) for name, code in zip(by, codes, strict=True)}
        with body.apart():
            tiles.open_rows(warehouse.narrowed(answer, **part))


def _figures(key: str, answer: Answer, names: Mapping[str, Mapping], rows: Sequence[dict] | None) -> None:
    @st.dialog(words.pick(answer.metric.label), width="large")
    def show() -> None:
        st.dataframe(
            rows or listing(answer, names),
            hide_index=True,
            placeholder="—",
            alt=t("frame.table"),
            column_config={downloads.measured(answer): st.column_config.NumberColumn(format="localized")},
        )
        of = downloads.of_answer(answer, names)
        downloads.buttons(of if not rows else downloads.with_rows(of, rows))
        _image()

    show()


def listing(answer: Answer, names: Mapping[str, Mapping]) -> list[dict[str, object]]:
    """The rows of an answer as they are read: 民國 months, codes in words, every digit, shares in percent."""
    share = answer.metric.unit == "percent"
    head = downloads.measured(answer)
    told = []
    for row in answer.rows:
        cells: dict[str, object] = {}
        for by in answer.question.by:
            cells[downloads.heading(by)] = _said(by, row[by], names)
        cells[head] = round(row["value"] * 100, 2) if share and row["value"] is not None else row["value"]
        if row["n"] is not None:
            cells["n"] = row["n"]
        told.append(cells)
    return told


def _lined(figure: dict, answer: Answer) -> dict:
    """The figure with a line under it: what, of when, how far the data reach, and whether they are simulated."""
    drawn, margin = figure["layout"], figure["layout"]["margin"]
    span, *filters = (said for _, said in downloads.chosen(answer))
    told = [f"△ {t('frame.simulated')}"] if answer.is_simulated else []
    if answer.provenance.reach:
        told.append(t("frame.as_of", day=words.day(answer.provenance.reach)))
    told += [span, words.pick(answer.metric.label), *filters]  # of a line too long, what the page says too is cut
    above = max(0, CAMERA_HEIGHT - margin["t"])
    line = {
        "text": " · ".join(told).replace("<", "‹"), "x": 0, "xref": "container", "xanchor": "left", "y": 0,
        "yref": "container", "yanchor": "bottom", "pad": {"l": 4, "b": 6}, "font": {"size": 14, "color": look.MUTED},
    }  # fmt: skip
    return figure | {"layout": drawn | {
        "height": drawn["height"] + LINE + above, "title": line,
        "margin": margin | {"t": margin["t"] + above, "b": margin["b"] + LINE},
        "modebar": {"color": look.MUTED, "activecolor": look.ACCENT, "bgcolor": look.WHITE},
    }}  # fmt: skip


def _config(answer: Answer) -> dict:
    """What the button that keeps the chart as an image is called and makes; nothing is sent anywhere."""
    form = st.session_state.get("image") or IMAGES[0]
    name = downloads.file_name(downloads.name_of(answer))
    return {"camera": t("downloads.keep"), "image": {"format": form, "filename": name, "scale": 2}}


def _code(name: str, code: object) -> object:
    return dt.date.fromisoformat(str(code)[:10]) if name == "year" else code


def _image() -> None:
    before = st.session_state.get("image") or IMAGES[0]
    chosen = st.segmented_control(
        t("downloads.image"), IMAGES, default=before, required=True, format_func=str.upper, key="image-choice"
    )
    if chosen != before:
        st.session_state["image"] = chosen
        st.rerun()


def _said(by: str, value: object, names: Mapping[str, Mapping]) -> object:
    if by == "month":
        return words.month(value)
    if by == "year":
        return words.year(value)
    if by == "day":
        return words.day(value)
    return words.pick(names.get(by, {}).get(value)) or value
