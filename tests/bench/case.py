"""Which data do all peers show? The product's own simulated records, and four small marts over them for the others."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_pipeline.store import Store
from tests.conftest import ROOT

CONTACTS = 1_423_524  # hotline contacts of the simulated set at scale 1
# The same four charts everywhere, at the grain of the page: a filter is a year and a district. A p90 cannot be added up,
# so its mart keeps how many cases took so many hours, from which it is exact under every filter.
MARTS = {
    "volume": """select date_trunc('month', "受理時間")::date as month, year("受理時間") as year, "行政區" as district,
                        "管道" as channel, count(*) as contacts from contacts group by all""",
    "satisfaction": """select date_trunc('month', "回覆日期")::date as month, year("回覆日期") as year,
                              count(*) as answers, count(*) filter (where "滿意程度" in ('非常滿意', '滿意')) as good
                       from answers where "調查服務" = '話後' group by all""",
    "days": """select year("受理時間") as year, "行政區" as district, "機關" as agency,
                      date_diff('hour', "受理時間", "結案時間") as hours, count(*) as cases
               from cases where "結案時間" is not null group by all""",
    "districts": """select year("受理時間") as year, "行政區" as district, count(*) as contacts
                    from contacts where "行政區" is not null group by all""",
}
SOURCES = {"contacts": "hotline_contacts", "answers": "satisfaction_answers", "cases": "hotline_cases"}


@dataclass(frozen=True)
class Case:
    """A store of the product, and the marts that its peers read."""

    rows: int
    store: Path
    marts: Path

    def contacts(self, year: str, district: str) -> int:
        """What the first chart of every peer must add up to."""
        with duckdb.connect(str(self.marts), read_only=True) as con:
            told = con.execute(
                "select sum(contacts) from volume where (? = 'all' or year = try_cast(? as int)) and (? = 'all' or district = ?)",
                [year, year, district, district],
            ).fetchone()  # fmt: skip
        return int(told[0])


def kept() -> Path:
    """Where environments and cases are kept between runs: `RDEC_BENCH`, else a temporary folder."""
    return Path(os.environ.get("RDEC_BENCH") or Path(tempfile.gettempdir()) / "rdec-bench")


def make(folder: Path, rows: int, checkout: Path) -> Case:
    """The case of so many hotline contacts. Bytes and marts are the same for every checkout, the build is its own."""
    place = folder / str(rows)
    made = Case(rows, place / f"store-{_definition(checkout)}", place / "marts.duckdb")
    if Store(made.store).current_name() is None:
        shutil.rmtree(made.store, ignore_errors=True)
        _pipeline(ROOT, made.store, "sample", "--scale", f"{rows / CONTACTS:.6f}")
        _pipeline(checkout, made.store, "build", "--no-sample")
    if not made.marts.exists():
        write_marts(Store(made.store), made.marts)
    return made


def write_marts(store: Store, target: Path) -> None:
    """The peers' marts, by plain DuckDB from the bytes of the newest deliveries."""
    work = target.with_suffix(".new")
    work.unlink(missing_ok=True)
    with duckdb.connect(str(work)) as con:
        for name, source in SOURCES.items():
            files = [str(path) for path in store.files(store.latest(source)) if path.suffix == ".csv"]
            con.execute(f"create temp table {name} as select * from read_csv(?)", [files])
        for name, sql in MARTS.items():
            con.execute(f"create table {name} as {sql}")
    work.rename(target)


def _pipeline(checkout: Path, store: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "data_pipeline", "--store", str(store), *arguments], cwd=checkout, text=True,
        capture_output=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr[-2000:]}")


def _definition(checkout: Path) -> str:
    """What a build is made by: another definition, another build."""
    told = hashlib.sha256()
    for folder in ("data_pipeline", "duckdb"):
        for path in sorted((checkout / folder).rglob("*")):
            if path.suffix in (".py", ".sql", ".yml", ".csv") and checkout / "duckdb" / "store" not in path.parents:
                told.update(path.read_bytes())
    return told.hexdigest()[:10]
