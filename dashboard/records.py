"""Which rows stand behind a figure? The newest of them as a person reads them, codes in words."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from dashboard import downloads, warehouse, words
from dashboard.warehouse import Answer
from dashboard.words import known, pick, t

SHOWN = 200
MOST = 20_000  # rows in a download
HIDDEN = ("is_simulated", "quote", "note")


def show(answer: Answer) -> None:
    """The rows of the mart, or of the records it was counted from, that the question's period and filters leave."""
    rows, all_rows = warehouse.records(answer, SHOWN)
    st.markdown(f"**{t('downloads.records')}**")
    st.caption(
        t("downloads.records_note", all=words.number(all_rows), shown=words.number(len(rows)), most=words.number(MOST))
    )
    heads = headings(answer)
    if rows:
        st.dataframe(told(rows, heads), hide_index=True, height=320, placeholder="—", alt=t("downloads.records"))
    name = "_".join([pick(answer.metric.label), t("downloads.records")])
    whole = warehouse.records(answer, MOST)[0] if all_rows <= SHOWN else None
    if st.toggle(t("downloads.prepare"), key=f"prepare-{hash(answer)}") if whole is None else True:
        rows = whole if whole is not None else warehouse.records(answer, MOST)[0]
        downloads.buttons(downloads.of_rows(name, told(rows, heads), answer.is_simulated))


def show_one(answer: Answer, row: dict) -> None:
    """All that is kept of one row behind an answer."""

    @st.dialog(pick(answer.metric.label))
    def show() -> None:
        if row["is_simulated"]:
            st.caption(f"△ {t('frame.simulated')}")
        [said] = told([row], headings(answer))
        cells = [{t("sources.column"): head, t("sources.value"): _written(value)} for head, value in said.items()]
        st.dataframe(cells, hide_index=True, placeholder="—", height="content", alt=t("downloads.records"))

    show()


def headings(answer: Answer) -> dict[str, str]:
    """Column → its heading: as the dimension, the source's declaration or this house calls it."""
    declared = {}
    for source in answer.provenance.sources:
        for row in warehouse.table("meta.columns", {"source": [source["name"]]}):
            declared.setdefault(row["name"], pick(row))
    dimensions = warehouse.catalogue().dimensions
    rows, _ = warehouse.records(answer, SHOWN)
    heads: dict[str, str] = {}
    for name in rows[0] if rows else ():
        if name in HIDDEN or (name.endswith(("_zh", "_en"))):
            continue
        said = pick(dimensions[name].label) if name in dimensions else declared.get(name) or known(f"columns.{name}")
        said = said or name
        heads[name] = said if said not in heads.values() else f"{said} {name}"
    return heads


def told(rows, heads: dict[str, str]) -> list[dict[str, object]]:
    """Rows with their heads, codes in words, shares in percent."""
    codes = {name: warehouse.labels(name) for name in heads if name in warehouse.catalogue().dimensions}
    return [{head: _cell(name, row[name], codes.get(name)) for name, head in heads.items()} for row in rows]


def _written(value: object) -> str | None:
    if isinstance(value, dt.date):
        return words.day(value)
    return None if value is None else str(value)


def _cell(name: str, value: object, codes: dict | None) -> object:
    if codes:
        return pick(codes.get(value)) or value
    if isinstance(value, bool):
        return "✔" if value else "–"
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, str) and name in ("state", "status"):
        return known(f"columns.value_{value}") or value
    return value
