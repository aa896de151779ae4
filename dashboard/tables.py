"""Which rows stand behind it? A list that sorts, searches and is taken along, the same on every page."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence

import streamlit as st
from markupsafe import Markup

from dashboard import body, downloads, heard, look, tiles, warehouse, words
from dashboard.words import pick, t


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


def first(
    name: str,
    rows: Sequence[Mapping[str, object]],
    many: int,
    open_one: Callable[[int], None] | None = None,
    columns: Mapping[str, object] | None = None,
    opens: str = "",
    goes: bool = False,
) -> None:
    """The first so `many` rows of a list, as a table to read; all of them, as `show` has it, open in a dialog.

    What stands in the first column, or under the head `opens`, is a button: it opens the row, `open_one` is told its
    place. It shows a dialog, or `goes` to another page.
    """
    if not rows:
        body.nothing(t("frame.none_listed"))
        return
    opens = opens or next(iter(rows[0]))
    forms = {head: (how.get("type_config") or {}).get("format") for head, how in (columns or {}).items()}
    figures = {head for head in rows[0] if any(isinstance(row[head], int | float) for row in rows)}
    cells, pressed, chips = [], None, _chips()
    for place, row in enumerate(rows[:many]):
        told = {head: _printed(cell, forms.get(head), chips) for head, cell in row.items()}
        key = f"row-{name}-{place}-{row[opens]}"  # of another list meanwhile, another key
        if open_one and goes:
            told[opens], is_pressed = heard.pressed(key, str(row[opens]), "")
            pressed = place if is_pressed else pressed
        elif open_one:
            told[opens] = heard.button(key, str(row[opens]), "", functools.partial(open_one, place))
        cells.append(list(told.values()))
    tiles.table([tiles.Column(head, "right" if head in figures else "") for head in rows[0]], cells, compact=True)
    # From the dialog too a row leads on; of two dialogs the one takes the place of the other.
    leads = open_one if goes or not open_one else lambda place: heard.instead(functools.partial(open_one, place))
    said = t("downloads.all_listed", n=words.number(len(rows)))
    tiles.told("", heard.button(f"all-{name}", said, "▦", functools.partial(_all, name, rows, columns, leads)))
    if pressed is not None:
        open_one(pressed)


def _all(
    name: str,
    rows: Sequence[Mapping[str, object]],
    columns: Mapping[str, object] | None,
    on_select: Callable[[int], None] | None,
) -> None:
    @st.dialog(name, width="large")
    def opened() -> None:
        show(name, rows, columns, 520 if len(rows) > 12 else "content", on_select)

    opened()


def _printed(cell: object, form: str | None, chips: Mapping[str, Markup]) -> object:
    """A cell as a list prints it, in the form of its column; a state is a chip."""
    if isinstance(cell, int | float):
        if form and form.startswith("%"):
            return (form % cell).replace("-", words.MINUS)
        return words.number(cell, 1 if isinstance(cell, float) else 0)
    return "—" if cell is None else chips.get(cell, cell)


def _chips() -> dict[str, Markup]:
    """Each state as a list says it, and its chip."""
    said = {look.STATES[code]: pick(word) for code, word in warehouse.labels("light").items()}
    return {f"{state.icon} {word}": tiles.badge(state, word) for state, word in said.items()}
