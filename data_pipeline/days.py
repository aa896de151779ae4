"""Which day does a person mean who types 113.3.26, 1130326, 113-03 or 2024-03-26 at a command?"""

from __future__ import annotations

import calendar
import datetime as dt
from functools import cache
from pathlib import Path

import click
import duckdb

MACROS = Path(__file__).parent.parent / "duckdb" / "macros.sql"


class Day(click.ParamType):
    """A date as files hold it, read by the same macros; with `month`, a month is its last day."""

    name = "date"

    def __init__(self, month: bool = False):
        self.month = month

    def convert(self, value: str | dt.date, param, ctx) -> dt.date:
        if isinstance(value, dt.date):
            return value
        day, first = _reader().execute("select to_date($1), to_month($1)", [value]).fetchone()
        if day is None and first is not None and self.month:
            day = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        if day is None:
            example = "112-11" if self.month else "113.3.26"
            self.fail(f"「{value}」不是日期，請寫成 {example} · “{value}” is not a date; write {example}", param, ctx)
        return day


@cache
def _reader() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema meta; create table meta.rules (name varchar, value double)")
    con.execute(MACROS.read_text(encoding="utf-8"))
    return con
