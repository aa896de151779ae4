"""Which SQL turns the cells of a row into values, and finds what is wrong with them?

The names come from declarations, never from a file. The cells of a row are `c0`, `c1`…, and `_at` is the place of its
file among those that are read together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from data_pipeline import clean, examples
from data_pipeline.declarations import DATES, Column, Source

FACTORS = {"元": 1, "千元": 1_000, "仟元": 1_000, "萬元": 10_000, "百萬元": 1_000_000, "億元": 100_000_000}
SQL_TYPES = {
    "text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "percent": "DOUBLE", "money": "BIGINT", "date": "DATE",
    "datetime": "TIMESTAMP", "month": "DATE", "year": "BIGINT", "boolean": "BOOLEAN", "code": "VARCHAR",
    "agency": "VARCHAR", "district": "VARCHAR",
}  # fmt: skip
CODED = ("code", "agency", "district")


@dataclass(frozen=True)
class Reading:
    """Three pieces of SQL: the columns as typed, the test for a row with a fault, and the list of its faults."""

    values: str
    wrong: str
    faults: str


def reading(
    con,
    source: Source,
    header: clean.Header,
    ends: Sequence[dt.date],
    words: set[str],
    printed: Sequence[str] = (),
) -> Reading:
    """How files with this header are read.

    Nothing has happened on the day where each file `ends` or later; the simulated set, which knows no clock, has none.
    `printed` is the header of files as they came: a row that begins with its first cell, or with a word for total,
    is set aside for a second look even where every cell of it could be typed.
    """
    places = {name: f"c{place}" for place, name in enumerate(header.columns) if name}
    values, faults = [], []  # a fault: the cheap test asked of every row, the exact one, column, cell, reason
    for name, column in source.columns.items():
        if name not in places:
            values.append(f"null::{SQL_TYPES[column.type]} as {name}")
            continue
        cell = f"nullif({places[name]}, '0')" if column.zero_is_null else places[name]
        values.append(f"{_typed(con, column, cell, words, header.units.get(name, column.unit))} as {name}")
        if column.required:
            empty = f"cell({cell}) is null" if column.type != "text" else "true"
            faults.append((f"{name} is null", f"{name} is null and {empty}", name, cell, "required"))
        if column.type != "text":
            unread = f"case when {name} is null and {cell} is not null then cell({cell}) is not null else false end"
            faults.append(("false" if column.required else unread, unread, name, cell, f"not_{column.type}"))
        for limit, sign, reason in ((column.minimum, "<", "below_minimum"), (column.maximum, ">", "above_maximum")):
            if limit is not None:
                faults.append((f"{name} {sign} {limit}", f"{name} {sign} {limit}", name, cell, reason))
        if column.type in DATES and not column.ahead and ends:
            late = f"{name} >= date '{min(ends)}'"
            if len(set(ends)) > 1:
                each = ", ".join(f"date '{end}'" for end in ends)
                late += f" and {name} >= [{each}][_at + 1]"
            faults.append((late, late, name, cell, "in_the_future"))
    if opening := next((cell.strip() for cell in printed if cell.strip()), ""):
        faults += [(test, test, None, "null", "suspect") for test in _suspicions(source, header, places, opening)]
    wrong = " or ".join(f"({test})" for test, *_ in faults) or "false"
    each = ", ".join(
        f"case when {test} then {{'column_name': {quoted(name) if name else 'null'}, "
        f"'value': nullif(left(trim({cell}), 200)::varchar, ''), 'reason': '{reason}'}} end"
        for _, test, name, cell, reason in faults
    )
    return Reading(", ".join(values), wrong, f"[{each}]")


def _suspicions(source: Source, header: clean.Header, places: dict[str, str], opening: str) -> Iterator[str]:
    """Tests of rows that could be typed and may be no data all the same: blank, a total, the header, an example."""
    if not any(source.columns[name].required for name in places):
        yield f"coalesce({', '.join(f'cell({place})' for place in places.values())}) is null"
    if lead := _lead(source, header):
        yield f"is_total({lead})"
        yield f"{lead} = {quoted(opening)}"
    # A code, an agency or a district that says 合計 is at fault anyway.
    for place in clean.leading_words(header, source):
        name = header.columns[place]
        if source.columns[name].type == "text" and name != lead:
            yield f"is_total({name})"
    told = [(name, name if source.columns[name].type == "text" else f"trim({places[name]})")
            for name in source.key or source.columns if name in places]  # fmt: skip
    for row in examples.rows(source):
        yield " and ".join(f"{cell} = {quoted(row[name])}" for name, cell in told) or "false"


def _lead(source: Source, header: clean.Header) -> str | None:
    """The first cell of a row that says something, as SQL; None where such a cell cannot be both a total and typed.

    Cells after the first required one need not be asked: where that one is empty the row is at fault anyway.
    """
    asked: list[str] = []
    plain = True
    for place, name in enumerate(header.columns):
        kind = source.columns[name].type if name else None
        asked.append(name if kind == "text" else f"nullif(trim(c{place}), '')")
        plain = plain and kind not in (None, "text")
        if name and source.columns[name].required:
            break
    return None if plain else f"coalesce({', '.join(asked)})" if len(asked) > 1 else asked[0]


def _typed(con, column: Column, cell: str, words: set[str], unit: str | None) -> str:
    """The expression that types a cell."""
    match column.type:
        case "percent":
            return f"to_percent({cell}, {100 if unit == '%' else column.scale})"
        case "money":
            return f"to_twd({cell}, {FACTORS[unit]})"
        case "code" | "agency" | "district":
            return _looked_up(con, column, cell, words)
        case plain_type:
            return f"to_{plain_type}({cell})"


def stored(column: Column) -> str:
    """The type of a column in `raw`: a code is one of an enum, so that the records hold a small number and no text."""
    return f"lookup.{_codes(column)}_code" if column.type in CODED else SQL_TYPES[column.type]


def _looked_up(con, column: Column, cell: str, words: set[str]) -> str:
    """The code of a spelling. An enum finds its value by hash and keeps the rows in order, which a join does not;
    the spelling as printed is tried first, its plain form (臺 = 台, no blanks) only where that fails."""
    kind = _codes(column)

    def by(form: str, text: str) -> str:
        name = f"{kind}_{form}"
        if name not in words:
            words.add(name)
            con.execute(
                f"set variable {name} = "
                f"(select codes::lookup.{kind}_code[] from lookup.words where kind = '{kind}' and form = '{form}')"
            )
        return f"getvariable('{name}')[enum_code(try_cast({text} as lookup.{name})) + 1]"

    return f"coalesce({by('printed', cell)}, {by('spelling', f'plain({cell})')})"


def _codes(column: Column) -> str:
    return column.domain or {"agency": "agencies", "district": "districts"}[column.type]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
