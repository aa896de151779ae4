"""Does a filter take longer where there are more records? 1 M, 10 M and 100 M contacts behind the same page.

Pages read marts, so what counts is how the marts grow. The larger cases are the records of the first one many times over:
each keeps its time, channel and kind, and takes category, agency and district together from another record of its kind,
as the generator draws them: at 10 M contacts `hotline_month` has 0.34 M rows, as many as of generated ones. The marts are
made of them by the product's own SQL. The records themselves are dropped again: no page reads them.
"""

from __future__ import annotations

import shutil
import statistics
import time
from contextlib import ExitStack
from pathlib import Path
from random import Random

import duckdb

from data_pipeline import build
from data_pipeline.store import Store
from tests.bench import sessions
from tests.bench.case import Case
from tests.bench.servers import processor, serving

SOURCES = {"hotline_contacts": "contact_id", "hotline_cases": "case_id"}
STRIDE = 7919  # from one copy to the next, in an order without a meaning
MARTS = ("hotline_month", "hotline_day", "cases_month")


def grow(case: Case, rows: int) -> Case:
    """The case with its records repeated until there are so many."""
    times, root = round(rows / case.rows), case.store.parent.parent / f"{rows}-{case.store.name}"
    made = Case(rows, root, case.marts)
    if times <= 1:
        return case
    if Store(root).current_name() is None:
        work = root.with_suffix(".new")
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(case.store, work, ignore=shutil.ignore_patterns("raw", "work"))
        with duckdb.connect(str(Store(work).current().path), config=build.SETTINGS) as con:
            con.execute(f"set temp_directory = '{work / 'spill'}'; set preserve_insertion_order = false")
            con.execute(f"set TimeZone = '{build.ZONE}'")
            _fill(con, times)
        shutil.rmtree(work / "spill", ignore_errors=True)
        work.rename(root)
    return made


def _fill(con: duckdb.DuckDBPyConnection, times: int) -> None:
    for name in SOURCES:
        kind = "kind" if name == "hotline_contacts" else "''"
        con.execute(f"""create temp table placed as
            select *, {kind} as lot, count(*) over (partition by lot) as lots,
                   row_number() over (partition by lot order by hash({SOURCES[name]}), {SOURCES[name]}) - 1 as nth
            from raw.{name}""")
        con.execute(f"create table raw.many as from raw.{name}")
        for turn in range(1, times):
            con.execute(f"""insert into raw.many
                select r.* exclude (lot, lots, nth)
                           replace (o.category as category, o.agency_id as agency_id, o.district_id as district_id)
                from placed r join placed o on o.lot = r.lot and o.nth = (r.nth + {turn * STRIDE}) % r.lots""")
        con.execute("drop table placed")
        con.execute(f"create table raw.kept as from raw.{name}; drop table raw.{name}; "
                    f"alter table raw.many rename to {name}")  # fmt: skip
        if name == "hotline_cases":
            con.execute("create table marts.cases_kept as from marts.cases")
        for mart in [each for each in ("cases", *MARTS) if name in _reads(each)]:
            sql = (build.WAREHOUSE / "marts" / f"{mart}.sql").read_text(encoding="utf-8")
            con.execute(f"create or replace table marts.{mart} as {sql}")
        con.execute(f"drop table raw.{name}; alter table raw.kept rename to {name}")
    con.execute("drop table marts.cases; alter table marts.cases_kept rename to cases; checkpoint")


def _reads(mart: str) -> tuple[str, ...]:
    return ("hotline_cases",) if mart.startswith("cases") else ("hotline_contacts",)


def measure(cases: list[Case], folder: Path, checkout: Path, times: int) -> dict[int, dict[str, float]]:
    """Median wall and processor milliseconds of a filter, the same choices in turn over all sizes; few of them twice."""
    found: dict[int, dict[str, list[float]]] = {each.rows: {"wall": [], "processor": []} for each in cases}
    with ExitStack() as stack:
        looking = []
        for case in cases:
            server = stack.enter_context(serving("product", case, folder, checkout))
            looking.append((server, stack.enter_context(sessions.opened(server, Random(1)))))
        for _ in range(5):
            for _, change in looking:
                change()
        for _ in range(times):
            for server, change in looking:
                spent, many, started = processor(server.pid), 20, time.perf_counter()
                for _ in range(many):
                    change()
                got = found[server.case.rows]
                got["wall"].append(1000 * (time.perf_counter() - started) / many)
                got["processor"].append(1000 * (processor(server.pid) - spent) / many)
    marts = {each.rows: _size(each) for each in cases}
    return {rows: {what: statistics.median(each) for what, each in got.items()} | {"mart": marts[rows]}
            for rows, got in found.items()}  # fmt: skip


def _size(case: Case) -> int:
    with duckdb.connect(str(Store(case.store).current().path), read_only=True) as con:
        return con.execute("select count(*) from marts.hotline_month").fetchone()[0]
