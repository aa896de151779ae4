"""What would a row of this source look like? Examples for its template, and how to know them again in a file.

A template comes back with its examples in it; filed as data they would count.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from functools import cache

from data_pipeline.declarations import Column, Source, plain
from data_pipeline.store import PROJECT

SEEDS = PROJECT / "duckdb" / "seeds"
ROWS = 2
PLAINLY_MADE_UP = 12_345  # of a table without a name or a number of its own, ten might be true


def header(column: Column) -> str:
    """The header with the unit it is read in, where it does not say so itself."""
    unit = "%" if column.type == "percent" else column.unit
    known = not unit or f"({unit})" in plain(column.header)
    return column.header if known else f"{column.header}({unit})"


def table(source: Source) -> list[list[str]]:
    """Header and example rows."""
    return [[header(column) for column in source.columns.values()], *(list(row.values()) for row in rows(source))]


def rows(source: Source) -> list[dict[str, str]]:
    """The examples by canonical column."""
    return [
        {name: _example(name, column, place, source) for name, column in source.columns.items()}
        for place in range(ROWS)
    ]  # fmt: skip


def matcher(columns: Sequence[str | None], source: Source) -> Callable[[list[str]], bool]:
    """A test of rows under these columns: does every cell say what an example says? Then nobody filled it in.

    A number counts as a number: a program of spreadsheets saves 10.00 as 10.
    """
    places = [(place, name) for place, name in enumerate(columns) if name]
    required = {name for name, each in source.columns.items() if each.required}
    if source.where.protocol != "file" or not places or required - set(columns):
        return lambda cells: False
    wanted = [[(place, row[name]) for place, name in places] for row in rows(source)]
    return lambda cells: any(
        all(place < len(cells) and _same(cells[place].strip(), text) for place, text in row) for row in wanted
    )


def _same(cell: str, text: str) -> bool:
    try:
        return cell == text or float(cell) == float(text)
    except ValueError:
        return False


def _example(name: str, column: Column, place: int, source: Source) -> str:
    """A cell that the reader accepts, another one in each row."""
    match column.type:
        case "text":
            return f"{'X' if name in source.key else '範例 '}{place + 1}"
        case "integer" | "number" | "money":
            low, high = column.minimum, column.maximum
            middle = (low or 0) + (10 if high is not None else PLAINLY_MADE_UP)
            if low is not None and high is not None:
                middle = (low + high) / 2
            return f"{middle + place / 100:.2f}" if column.type == "number" else str(int(middle) + place)
        case "percent":
            return str(50 + place)
        case "date":
            return f"112.3.{26 + place}"
        case "datetime":
            return f"112/03/{26 + place} 17:00"
        case "month":
            return f"112年{3 + place}月"
        case "year":
            return str(111 + place)
        case "boolean":
            return "是"
        case _:
            known = codes(column)
            return known[min(place, len(known) - 1)]["zh"] if known else ""


def codes(column: Column) -> list[dict]:
    """The rows of the seed that a column's values are looked up in."""
    tables = {"code": "codes", "agency": "agencies", "district": "districts"}
    rows = _seed(tables[column.type]) if column.type in tables else ()
    return [row for row in rows if column.domain in (None, row.get("domain"))]


@cache
def _seed(name: str) -> tuple[dict, ...]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))
