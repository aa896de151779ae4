"""What is a build made of? Written into it (`meta.*`), so that a page can say so without the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict


def fill(con, table: str, rows: Sequence[Sequence]) -> None:
    """Add rows from Python in one statement: each of its own would cost a millisecond."""
    if rows:
        columns = [list(each) for each in zip(*rows, strict=True)]
        con.execute(f"insert into {table} select {', '.join(['unnest(?)'] * len(columns))}", columns)


def write_inputs(con, inputs) -> None:
    """Write down which files came when, before the marts: on the day of a delivery hangs which reports were due."""
    con.execute("""
        create table meta.inputs (source varchar, pull varchar, delivered_at varchar, place varchar, file varchar,
            size_bytes bigint, sha256 varchar, sha256_received varchar, is_simulated boolean)""")
    fill(con, "meta.inputs", [
        [name, receipt.pull, receipt.at, receipt.where, *asdict(kept).values(), receipt.simulated]
        for name, receipts in inputs.items() for receipt in receipts for kept in receipt.files
    ])  # fmt: skip


def write(con, store, sources, inputs, loaded, problems, lineage) -> None:
    """Write into the build what it is made of, so that a page can say so without the store."""
    con.execute("""
        create table meta.sources (name varchar, system varchar, zh varchar, en varchar, producer_zh varchar,
            producer_en varchar, protocol varchar, place varchar, licence varchar, cadence varchar, reach date,
            next_due date, delivered_at varchar, is_simulated boolean, rows bigint, rejects bigint, notes bigint,
            unknown_headers varchar, caution_zh varchar, caution_en varchar, problem_zh varchar, problem_en varchar,
            failing_since varchar);
        create table meta.lineage (relation varchar, source varchar);
        create table meta.columns (source varchar, name varchar, zh varchar, en varchar, unit varchar);
    """)
    counts = {each.source: each for each in loaded}
    wrong = {each["source"]: each for each in reversed(problems)}  # the newest delivery that could not be read
    told, reaches = [], _reaches(con, sources)
    for source in sources.values():
        receipts, count = inputs.get(source.name, []), counts[source.name]
        problem = wrong.get(source.name) or store.failing(source.name) or {}
        reach = reaches.get(source.name)
        told.append(
            [
                source.name, source.system, source.title.zh, source.title.en, source.producer.zh, source.producer.en,
                source.where.protocol, source.where.url, source.licence, source.cadence.every, reach,
                source.cadence.next_due(reach) if reach else None, receipts[-1].at if receipts else None,
                any(receipt.simulated for receipt in receipts), count.rows, count.rejects, count.notes,
                "、".join(count.unknown_headers) or None, source.caution.zh if source.caution else None,
                source.caution.en if source.caution else None, problem.get("zh"), problem.get("en"),
                problem.get("since"),
            ]
        )  # fmt: skip
    fill(con, "meta.sources", told)
    # The ledger is no delivery: it is part of the project, and a source of what stands on it all the same.
    con.execute("""
        insert into meta.sources by name
        select 'published_figures' as name, 'published' as system, '五份公布文件的數字總帳' as zh,
               'Ledger of the five published documents' as en, '臺南市政府研究發展考核委員會等' as producer_zh,
               'RDEC and others, Tainan City Government' as producer_en, 'ledger' as protocol, 'document' as licence,
               'once' as cadence, false as is_simulated, count(*) as rows, 0 as rejects, 0 as notes
        from raw.published_figures""")
    called = [
        [source.name, name, column.label.zh, column.label.en, column.unit]
        for source in sources.values()
        for name, column in source.columns.items()
    ]
    pairs = [[name, source] for name, of in lineage.items() for source in sorted(of)]
    fill(con, "meta.columns", called)
    fill(con, "meta.lineage", pairs)


def _reaches(con, sources) -> dict:
    """The last day of each source that has a column for it, asked at once: planning thirty statements takes longer."""
    asked = {}
    for source in sources.values():
        if source.reach:
            last = {
                "month": f"last_day(max({source.reach}))",
                "year": f"max(make_date({source.reach}, 12, 31))",
            }.get(source.columns[source.reach].type, f"max({source.reach})::date")
            asked[source.name] = f"(select {last} from raw.{source.name})"
    return dict(zip(asked, con.execute(f"select {', '.join(asked.values())}").fetchone(), strict=True)) if asked else {}
