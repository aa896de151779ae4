"""What stands under every chart? What it shows in one sentence, About, its figures, and the ways to take them along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard import downloads, tiles, words
from dashboard.warehouse import Answer
from dashboard.words import t

IMAGES = ("png", "svg")


def under(
    key: str, answer: Answer, told: str, names: Mapping[str, Mapping], rows: Sequence[dict] | None = None
) -> None:
    """The foot of the chart `key` of an answer; `names` gives the labels of each dimension's codes.

    `rows` are the figures where the chart shows more than the answer: they are listed instead.
    """
    with st.container(gap="xxsmall"):
        tiles.told(told)
        # Its own fragment: to open it draws nothing else anew.
        _opened(key, answer, names, rows)


@st.fragment
def _opened(key: str, answer: Answer, names: Mapping[str, Mapping], rows: Sequence[dict] | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"foot-{key}"):
        tiles.about(answer, key=key)
        figures = st.popover(
            t("downloads.open"), type="tertiary", icon=":material/table:", key=f"{key}-figures", on_change="rerun"
        )
    if figures.open:
        with figures:
            listed = rows or listing(answer, names)
            st.dataframe(
                listed,
                hide_index=True,
                placeholder="—",
                alt=t("frame.table"),
                width=640,
                column_config={downloads.measured(answer): st.column_config.NumberColumn(format="localized")},
            )
            of = downloads.of_answer(answer, names)
            downloads.buttons(of if not rows else downloads.with_rows(of, rows))
            _image()


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


def config() -> dict:
    """How a chart behaves: one button, which keeps it as an image; nothing is sent anywhere."""
    form = st.session_state.get("image") or IMAGES[0]
    return {
        "displaylogo": False, "showSendToCloud": False, "scrollZoom": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": form, "filename": t("downloads.chart"), "scale": 2},
    }  # fmt: skip


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
