"""What do the marts say of a handful of rows? A whole warehouse in memory, by the real SQL.

    con = warehouse.of(petitions=[{"petition_id": "p1", "received_on": "2023-01-02", …}])

Every declared source has its `raw` table; a column not given is NULL, and rows count as simulated unless they say not.
"""

from __future__ import annotations

import duckdb

from data_pipeline import build, cells, declarations, describe, load
from data_pipeline.store import Kept, Receipt

FILE = Kept("test.csv", 1, "", "")


def of(delivered_on: str = "2100-01-01", **rows: list[dict]) -> duckdb.DuckDBPyConnection:
    """A warehouse of these rows by source: seeds, rules, ledger, staging and marts, as a build makes them.

    All rows were delivered on one day in Taipei, long after everything was due unless a test says another.
    """
    con = duckdb.connect(config=build.SETTINGS)
    build.lay_ground(con)
    load.prepare(con)
    sources = declarations.load()
    unknown = set(rows) - set(sources)
    if unknown:
        raise KeyError(f"no such sources: {sorted(unknown)}")
    for name, source in sources.items():
        columns = {column: cells.SQL_TYPES[each.type] for column, each in source.columns.items()}
        columns["is_simulated"] = "BOOLEAN"
        con.execute(f"create table raw.{name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})")
        for row in rows.get(name, []):
            row = {"is_simulated": True, **row}
            places = ", ".join(f"?::{columns[column]}" for column in row)
            con.execute(f"insert into raw.{name} ({', '.join(row)}) values ({places})", list(row.values()))
    build.load_published(con)
    at = f"{delivered_on}T04:00:00+00:00"
    describe.write_inputs(con, {name: [Receipt(name, "p", at, "test", "ok", files=(FILE,))] for name in rows})
    build.create_views_and_marts(con)
    return con


def ask(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple]:
    """All rows of a query."""
    return con.execute(sql).fetchall()


def one(con: duckdb.DuckDBPyConnection, sql: str):
    """The single value, or the single row, of a query."""
    (row,) = ask(con, sql)
    return row[0] if len(row) == 1 else row
