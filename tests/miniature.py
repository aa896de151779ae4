"""How does the pipeline do on a warehouse small enough to check by hand? Two sources, one mart, one check.

mini = miniature.make(tmp_path)
mini.file("calls", "編號,日期,…")       keep a file as somebody would hand it in
mini.build()                            a real build of it, published
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_pipeline import build, declarations, load
from data_pipeline.declarations import Source
from data_pipeline.store import Receipt, Store

CALLS = """
title: {zh: 話務, en: Calls}
system: hotline
producer: {zh: 研考會, en: RDEC}
where: {protocol: file, names: ["calls*", "話務*"]}
licence: internal
cadence: {every: month, due_days: 5}
key: [call_id]
reach: received_on
columns:
  call_id: {header: 編號, type: text, required: true, aliases: [案號], label: {zh: 編號, en: Number}}
  received_on: {header: 日期, type: date, required: true, label: {zh: 日期, en: Date}}
  channel: {header: 管道, type: code, domain: channel, label: {zh: 管道, en: Channel}}
  district_id: {header: 行政區, type: district, label: {zh: 行政區, en: District}}
  minutes: {header: 分鐘, type: integer, minimum: 0, maximum: 600, label: {zh: 分鐘, en: Minutes}}
  cost_twd: {header: 經費, type: money, unit: 千元, label: {zh: 經費, en: Cost}}
  share: {header: 達成率, type: percent, label: {zh: 達成率, en: Share}}
personal: [姓名, 電話]
"""
VISITS = """
title: {zh: 訪視, en: Visits}
system: society
producer: {zh: 研考會, en: RDEC}
where: {protocol: file, names: ["visits*"]}
licence: internal
cadence: {every: month, due_days: 5}
key: [visit_id]
reach: month
delivery: partial
columns:
  visit_id: {header: 編號, type: text, required: true, label: {zh: 編號, en: Number}}
  month: {header: 年月, type: month, required: true, label: {zh: 年月, en: Month}}
  people: {header: 人數, type: integer, required: true, label: {zh: 人數, en: People}}
"""
STAGING = "-- {name} as loaded.\nselect * from raw.{name}\n"
MART = """-- One row a month of calls.
select date_trunc('month', received_on)::date as month, count(*) as calls, sum(minutes)::bigint as minutes,
       (select sum(people)::bigint from staging.visits) as people, bool_or(is_simulated) as is_simulated
from staging.calls group by all
"""
CHECK = """-- 話務分鐘數不超過 300 / No call lasts more than 300 minutes
select call_id, minutes from staging.calls where minutes > 300
"""
RULES = "rules:\n  behind_points: {value: -5, default: true, label: {zh: 落後, en: Behind}}\n"


@dataclass
class Miniature:
    """A store, two declared sources and a warehouse definition in one folder."""

    root: Path
    store: Store
    sources: dict[str, Source]
    warehouse: Path

    def file(self, source: str, text: str | bytes, name: str | None = None, simulated: bool = False) -> Receipt:
        """Keep bytes as a delivery of a source."""
        body = text.encode() if isinstance(text, str) else text
        with self.store.keep(source, "test", simulated) as kept:
            kept.add(name or f"{source}.csv", body)
        return kept.receipt

    def build(self, like: build.Build | None = None, publish: bool = True) -> build.Made:
        with self.store.writing():
            made = build.build(self.store, self.sources, like, warehouse=self.warehouse)
            if publish:
                self.store.publish(made.build.name)
        return made

    def ask(self, made: build.Made, sql: str) -> list[tuple]:
        with duckdb.connect(str(made.build.path), read_only=True) as con:
            return con.execute(sql).fetchall()

    def ask_current(self, sql: str) -> list[tuple]:
        """The same of the build in use."""
        with duckdb.connect(str(self.store.current().path), read_only=True) as con:
            return con.execute(sql).fetchall()


def make(root: Path) -> Miniature:
    """A fresh miniature in a folder."""
    declared, warehouse = root / "sources", root / "warehouse"
    declared.mkdir(parents=True)
    (declared / "calls.yml").write_text(CALLS, encoding="utf-8")
    (declared / "visits.yml").write_text(VISITS, encoding="utf-8")
    for folder in ("seeds", "staging", "marts", "checks"):
        (warehouse / folder).mkdir(parents=True)
    for name in ("codes", "agencies", "districts", "reject_reasons"):
        shutil.copy(build.WAREHOUSE / "seeds" / f"{name}.csv", warehouse / "seeds")
    shutil.copy(build.WAREHOUSE / "macros.sql", warehouse)
    (warehouse / "rules.yml").write_text(RULES, encoding="utf-8")
    for name in ("calls", "visits"):
        (warehouse / "staging" / f"{name}.sql").write_text(STAGING.format(name=name), encoding="utf-8")
    (warehouse / "marts" / "months.sql").write_text(MART, encoding="utf-8")
    (warehouse / "checks" / "calls_end.sql").write_text(CHECK, encoding="utf-8")
    return Miniature(root, Store(root / "store"), declarations.load(declared), warehouse)


def ground(warehouse: Path = build.WAREHOUSE) -> duckdb.DuckDBPyConnection:
    """A connection with seeds, macros and look-ups: all that loading a source needs."""
    con = duckdb.connect(config=build.SETTINGS)
    build.lay_ground(con, warehouse)
    load.prepare(con)
    return con


def source(text: str, name: str = "calls") -> Source:
    """A declaration from YAML text."""
    import yaml

    return Source(name=name, **yaml.safe_load(text))


if __name__ == "__main__":  # python -m tests.miniature <folder> <a command of data_pipeline>
    from data_pipeline import __main__ as commands

    folder = Path(sys.argv.pop(1))
    os.environ["RDEC_SOURCES"] = str(folder / "sources")
    build.build = functools.partial(build.build, warehouse=folder / "warehouse")
    commands.cli(prog_name="miniature")
