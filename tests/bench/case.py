"""Which data do all peers show? The product's own simulated records, and four small marts over them for the others."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_pipeline.store import Store

CONTACTS = 1_423_524  # hotline contacts of the simulated set at its full size
# The same four charts everywhere, at the grain of the page: a filter is a year and a district.
MARTS = {
    "volume": """select date_trunc('month', received_at)::date as month, year(received_at) as year, district_id, channel,
                        count(*) as contacts from b.raw.hotline_contacts group by all""",
    "satisfaction": """select date_trunc('month', answered_on)::date as month, year(answered_on) as year, channel,
                              count(*) as answers, count(*) filter (answer in ('satisfied', 'very_satisfied')) as good
                       from b.raw.satisfaction_answers group by all""",
    "days": """select year(received_at) as year, district_id, agency_id, count(*) as cases,
                      avg(date_diff('hour', received_at, closed_at) / 24) as mean,
                      quantile_cont(date_diff('hour', received_at, closed_at) / 24, 0.9) as p90
               from b.raw.hotline_cases where closed_at is not null group by all""",
    "districts": """select year(received_at) as year, district_id, count(*) as contacts
                    from b.raw.hotline_contacts group by all""",
}


@dataclass(frozen=True)
class Case:
    """A store of the product, and the marts that its peers read."""

    rows: int
    store: Path
    marts: Path


def make(folder: Path, rows: int, checkout: Path) -> Case:
    """The case of so many hotline contacts, at most those of the full simulated set; kept for the next run."""
    if rows > CONTACTS:
        raise ValueError(f"{rows:,} contacts: the simulated set has {CONTACTS:,}")
    made = Case(rows, folder / f"{rows}" / "store", folder / f"{rows}" / "marts.duckdb")
    store = Store(made.store)
    if store.current_name() is None:
        for arguments in (["sample", "--scale", f"{rows / CONTACTS:.6f}"], ["build", "--no-sample"]):
            subprocess.run(
                [sys.executable, "-m", "data_pipeline", "--store", str(made.store), *arguments], cwd=checkout,
                check=True, capture_output=True,
            )  # fmt: skip
    if not made.marts.exists():
        lay_marts(made, store.current().path)
    return made


def lay_marts(made: Case, build: Path) -> None:
    """The marts of the peers, over the records of a build."""
    with duckdb.connect(str(made.marts)) as con:
        con.execute(f"attach '{build}' as b (read_only)")
        for name, sql in MARTS.items():
            con.execute(f"create table {name} as {sql}")
        con.execute(
            "create table districts_zh as select district_id, zh from b.seeds.districts; "
            "create table agencies_zh as select agency_id, zh from b.seeds.agencies"
        )
