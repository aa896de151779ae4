"""How do columns of numbers become the CSV that an export would print? Chinese headers, labels, ISO dates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_pipeline import declarations

Columns = dict[str, object]


class Writer:
    """Writes one CSV a source into a folder; the order of columns and their headers come from the declaration."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.con = duckdb.connect(config={"autoinstall_known_extensions": "false"})

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_) -> None:
        self.con.close()

    def write(self, name: str, columns: Columns) -> Path:
        """`columns` by canonical name, each an array, a list, or a `coded(…)`; all of the declared ones."""
        source = declarations.read(declarations.SOURCES / f"{name}.yml")
        if set(columns) != set(source.columns):
            raise KeyError(f"{name}: {sorted(set(columns) ^ set(source.columns))} is not in both set and declaration")
        table = pa.table({column.header: pa.array(columns[key]) for key, column in source.columns.items()})
        path = self.folder / f"{name}.csv"
        self.con.register("printed", table)
        self.con.execute(f"copy (from printed) to '{str(path).replace(chr(39), chr(39) * 2)}' (header, delimiter ',')")
        self.con.unregister("printed")
        return path


def coded(labels: Sequence[str | None], index: np.ndarray) -> pa.DictionaryArray:
    """Labels by number, without repeating the text; a negative number is an empty cell."""
    index = np.asarray(index, dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(index, mask=index < 0), pa.array(labels, type=pa.string()))


def numbered(prefixes: Sequence[str], place: np.ndarray, digits: int = 5) -> pa.Array:
    """Numbers as a register gives them: the prefix of the place (a day, a year), then a count within it.

    `place` must be sorted.
    """
    place = np.asarray(place)
    starts = np.searchsorted(place, np.arange(len(prefixes)))
    serial = np.arange(len(place)) - starts[place]
    counts = pa.array([f"{number:0{digits}d}" for number in range(1, int(serial.max(initial=0)) + 2)])
    return pc.binary_join_element_wise(pc.take(pa.array(prefixes), place), pc.take(counts, serial), "")


def integers(values: np.ndarray) -> pa.Array:
    """Whole numbers; NaN is an empty cell."""
    values = np.asarray(values, dtype=float)
    return pa.array(np.nan_to_num(values).round().astype(np.int64), mask=np.isnan(values))


def numbers(values: np.ndarray, digits: int = 2) -> pa.Array:
    """Rounded decimals; NaN is an empty cell."""
    values = np.asarray(values, dtype=float)
    return pa.array(values.round(digits), mask=np.isnan(values))


def thousands(values: np.ndarray) -> pa.Array:
    """Money as these systems print it, in 千元 (the values already are); NaN is an empty cell."""
    return integers(values)
