"""Which rows stand behind it? A list that sorts, searches and is taken along, the same on every page."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard import downloads, heard, look, tiles, words
from dashboard.words import t


def show(
    name: str,
    rows: Sequence[Mapping[str, object]],
    columns: Mapping[str, object] | None = None,
    height: int | str = "auto",
    on_select: Callable[[int], None] | None = None,
    simulated: bool = True,
    tall: bool = False,
) -> None:
    """A list called `name`, its columns headed by the keys of `rows`; the head stays while the rows move.

    `columns` says how a column is printed (`st.column_config`). `on_select` is told the place of the row that the
    reader clicks, wherever in it. `simulated` says in what is taken along whether the rows are real. `tall` rows hold
    two lines.
    """
    if not rows:
        st.info(t("frame.none_listed"), icon=":material/search_off:")
        return
    counts = {
        name: st.column_config.NumberColumn(format="localized")
        for name in rows[0]
        if all(isinstance(row[name], int | None) and not isinstance(row[name], bool) for row in rows)
    }
    key = f"list-{name}"

    def take() -> None:
        chosen = st.session_state[key]["selection"]
        places = [*chosen["rows"], *(row for row, _ in chosen["cells"])]
        if places:
            st.session_state[f"clicked-{key}"] = places[0]

    st.dataframe(
        look.coloured(rows),
        hide_index=True,
        height=height,
        row_height=70 if tall else None,
        placeholder="—",
        column_config=counts | dict(columns or {}),
        key=key,
        alt=name,
        on_select=take if on_select else "ignore",
        selection_mode=["single-row", "single-cell"],
    )
    if tall:  # a list that a meeting works through: on paper every row and every column
        with st.container(key="paper_list"):
            cells = [[words.number(cell, 1) if isinstance(cell, float) else "—" if cell is None else cell
                      for cell in row.values()] for row in rows]  # fmt: skip
            tiles.table([tiles.Column(head) for head in rows[0]], cells, compact=True)
    downloads.buttons(downloads.of_rows(name, rows, simulated))
    if on_select and (place := st.session_state.pop(f"clicked-{key}", None)) is not None:
        on_select(place)


def first(name: str, rows: Sequence[Mapping[str, object]], many: int, open_one: Callable[[int], None]) -> None:
    """The first so `many` rows of a list, as a table to read; all of them, as `show` has it, open in a dialog.

    What stands in the first column is a button: it opens the row, `open_one` is told its place.
    """
    heads = [tiles.Column(head, "right" if isinstance(cell, int) else "") for head, cell in rows[0].items()]
    cells = []
    for place, row in enumerate(rows[:many]):
        number, *rest = row.values()
        opened = heard.button(f"row-{name}-{place}", str(number), "", functools.partial(open_one, place))
        cells.append([opened, *(words.number(cell) if isinstance(cell, int) else cell for cell in rest)])
    tiles.table(heads, cells, compact=True)
    told = t("downloads.all_listed", n=words.number(len(rows)))
    tiles.told("", heard.button(f"all-{name}", told, "▦", functools.partial(_all, name, rows)))


def _all(name: str, rows: Sequence[Mapping[str, object]]) -> None:
    @st.dialog(name, width="large")
    def opened() -> None:
        show(name, rows, height=520)

    opened()
