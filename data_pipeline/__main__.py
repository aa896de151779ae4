"""Which command does what? `python -m data_pipeline --help`.

Exit codes: 0 done · 1 a fault of the program, with its traceback · 2 wrong usage · 3 refused (a check failed, a file
cannot be read, a statement of the warehouse fails) · 4 a pull failed · 5 another writer is at work.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import sys
import time
from pathlib import Path

import click
import structlog
from rich.table import Table

from data_pipeline import build as building
from data_pipeline import declarations, delivery, filing, filing_commands, meeting_commands, pull, sample
from data_pipeline.console import (
    BUSY,
    PULL_FAILED,
    REFUSED,
    Commands,
    HandedIn,
    Refusal,
    Reporter,
    by,
    for_programs,
    known,
    log,
    out,
    print_offences,
    progress,
)  # fmt: skip
from data_pipeline.days import Day
from data_pipeline.engine import Engine
from data_pipeline.pull import PullError
from data_pipeline.store import Store, audit


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--store", type=click.Path(path_type=Path), help="資料夾 where everything is kept (or RDEC_STORE).")
@click.pass_context
def cli(ctx: click.Context, store: Path | None) -> None:
    """原始資料 → 資料倉儲。Bytes in, builds out.

    \b
    第一次使用 first time:  python -m data_pipeline build
    每月 each month:        python -m data_pipeline file 話務.csv
    出了問題 in trouble:    python -m data_pipeline undo
                            python -m data_pipeline status
    """
    machine = for_programs()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(ensure_ascii=False) if machine else structlog.dev.ConsoleRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            getattr(logging, os.environ.get("RDEC_LOG_LEVEL", "INFO").upper(), logging.INFO)
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    ctx.obj = Store(store)


@cli.command("sample")
@click.option("--seed", default=sample.SEED, show_default=True, help="同一種子產生相同位元組 Same seed, same bytes.")
@click.option("--scale", default=1.0, show_default=True, help="紀錄量比例 Share of the record-level rows.")
@click.option("--until", type=Day(month=True), help="如 112-11：當時所見 As it stood at the end of that month or day.")
@click.pass_obj
def sample_(store: Store, seed: int, scale: float, until: dt.date | None) -> None:
    """產生模擬資料（有標示）Write the simulated set, marked as such."""
    if until and not sample.FIRST < until < sample.LAST:
        span = f"{sample.FIRST} < {until} < {sample.LAST}"
        raise Refusal(f"--until 須在模擬期間內，沒有產生資料 · --until must lie within, nothing was made: {span}", 2)
    if not 0 < scale <= 100:
        raise Refusal("--scale 須大於 0、至多 100，沒有產生資料 · --scale must be in 0 < … ≤ 100, nothing was made", 2)
    delivery.simulate(store, seed, scale, until=until)


@cli.command()
@click.argument("files", nargs=-1, required=True, type=HandedIn())
@click.option("--source", "name", help="來源代號；不給則依檔名辨認 Which source; else told by the file's name.")
@by
@click.pass_obj
def add(store: Store, files: tuple[Path, ...], name: str | None, by: str) -> None:
    """收進檔案（CSV、XLSX、ODS、標案 XML）Take files in; the next build uses them."""
    sources = declarations.load()
    for path, source in filing.sort_out(files, sources, known(sources, name) if name is not None else None):
        receipt = filing.add(store, source, path)
        audit.record(store, by, "filed", source.name, path.name, receipt.pull)
        log.info("added", source=source.name, file=path.name, bytes=receipt.size, pull=receipt.pull)
        out.print(f"✔ {path.name} → {source.title.zh} · {source.title.en}", soft_wrap=True)
        for note in receipt.notes:
            out.print(f"  [yellow]![/] {note['zh']} · {note['en']}", soft_wrap=True)


@cli.command("pull")
@click.argument("names", nargs=-1)
@click.pass_obj
def pull_(store: Store, names: tuple[str, ...]) -> None:
    """向開放資料服務取資料 Ask the open-data services; without names, all of them."""
    sources = declarations.load()
    chosen = [known(sources, name) for name in names] or [s for s in sources.values() if s.where.url]
    failed = 0
    for source in chosen:
        if not source.where.url:
            raise Refusal(f"{source.name}: 這是檔案來源，請用 add · a file source; use `add`", 2)
        try:
            receipt = pull.pull(source, store)
            log.info("pulled", source=source.name, status=receipt.status, bytes=receipt.size, pull=receipt.pull)
            out.print(f"✔ {source.title.zh} · {source.title.en}: {receipt.status}, {receipt.size:,} B", soft_wrap=True)
        except PullError as error:
            failed += 1
            log.warning("pull failed", source=source.name, zh=error.zh, en=error.en)
            out.print(f"[red]✖[/] {source.title.zh}: {error.zh} · {error.en}", soft_wrap=True)
    if failed:
        raise Refusal(
            f"{failed} 個來源未取得；原有資料繼續使用 · {failed} source(s) failed; the data had before stay in use",
            PULL_FAILED,
        )


@cli.command("build")
@click.option("--if-missing", is_flag=True, help="已有版本就不做 Do nothing if a build is in use.")
@click.option("--like", help="以某版本的同一批位元組重建 Repeat a build from the same bytes.")
@click.option("--full", is_flag=True, help="全部重讀，不沿用前一版 Read everything again; take nothing over.")
@click.option("--no-publish", is_flag=True, help="只建置與檢核 Build and check only.")
@click.option("--no-sample", is_flag=True, help="不以模擬資料補足 Leave sources without data empty.")
@click.option("--keep", default=5, show_default=True, help="保留版本數 Builds kept.")
@click.option("--engine", help="sc://主機:埠：紀錄層的表在 Spark Connect 上做 Marts over records on Spark Connect.")
@progress
@by
@click.pass_obj
def build_(
    store: Store, if_missing: bool, like: str | None, full: bool, no_publish: bool, no_sample: bool, keep: int,
    engine: str | None, style: str, by: str,
) -> None:  # fmt: skip
    """建置、檢核、發布 Build, check, and switch to the new build."""
    if if_missing and store.current_name():
        return
    sources = declarations.load()
    with store.writing(), Reporter(style) as report:
        if if_missing and store.current_name():
            return
        remote = Engine(engine) if engine else None
        if not no_sample and like is None:
            delivery.complete(store, sources, report)
        started = time.perf_counter()
        try:
            repeated = store.build(like) if like is not None else None
            made = building.build(store, sources, repeated, report, full=full, engine=remote)
        except building.ChecksFailed as failed:
            report.stop()
            print_offences(failed.offences)
            log.error("checks failed", checks=[each.check for each in failed.offences])
            audit.record(store, by, "refused", "build", outcome=str(failed))
            used = store.current_name() or "—"
            at = failed.rejects
            zh, en = (f"。退件列於 {at}", f". Rejected rows: {at}") if at else ("", "")
            raise Refusal(
                f"檢核未過，沒有發布；仍使用 {used}{zh} · Checks failed, nothing published; {used} stays in use{en}"
            ) from failed
        took = time.perf_counter() - started
        if remote:
            log.info("made on the engine", address=engine, marts=remote.made)
        if not no_publish:
            store.publish(made.build.name)
            audit.record(store, by, "published", made.build.name)
            gone = store.prune(keep)
            log.info("published", build=made.build.name, pruned=gone)
    rows, rejects = sum(each.rows for each in made.loaded), sum(each.rejects for each in made.loaded)
    log.info("built", build=made.build.name, seconds=round(took, 2), rows=rows, rejects=rejects)
    for problem in made.problems:
        out.print(f"[yellow]![/] {problem['source']}: {problem['zh']} · {problem['en']}", soft_wrap=True)
    out.print(
        f"✔ {made.build.name}  {rows:,} 筆 rows, {rejects:,} 筆退件 rejected, {took:.1f} s"
        + ("" if no_publish else "，已發布 published"),
        soft_wrap=True,
    )


@cli.command("publish")
@click.argument("name")
@by
@click.pass_obj
def publish_(store: Store, name: str, by: str) -> None:
    """改用指定版本 Put a finished build in use."""
    with store.writing():
        out.print(f"✔ {store.publish(name).name}")
        audit.record(store, by, "published", name)
    log.info("published", build=name)


@cli.command("rollback")
@by
@click.pass_obj
def rollback_(store: Store, by: str) -> None:
    """退回上一個版本 Go back to the build before."""
    with store.writing():
        build = store.rollback()
        audit.record(store, by, "rolled_back", build.name)
    log.info("rolled back", build=build.name)
    out.print(f"✔ {build.name}")


@cli.command()
@click.pass_obj
def builds(store: Store) -> None:
    """列出版本 List the builds."""
    table = Table("版本 build", "時間 built at (UTC)", "筆數 rows", "退件 rejects", "使用中 in use")
    current = store.current_name()
    for each in store.builds():
        table.add_row(
            each.name, each.manifest["built_at"], f"{sum(each.manifest['rows'].values()):,}",
            f"{sum(each.manifest['rejects'].values()):,}", "●" if each.name == current else "",
        )  # fmt: skip
    out.print(table)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="給程式讀 For programs.")
@click.pass_obj
def status(store: Store, as_json: bool) -> None:
    """各來源：最近收到、筆數、退件、資料至、下次應到 Per source: what came, reach, next due, late or not."""
    rows = filing.status(store, declarations.load())
    if as_json:
        click.echo(json.dumps({"build": store.current_name(), "sources": rows}, ensure_ascii=False, default=str))
        return
    table = Table(
        "來源 source", "最近收到 last", "筆數 rows", "退件 rejects", "資料至 reach", "下次 next due", "狀態 state"
    )
    marks = {"fresh": "● 正常 fresh", "late": "[red]■ 逾期 late[/]", "simulated": "△ 模擬 simulated",
             "never": "○ 尚無 never", "once": "● 單次 once", "failed": "[red]✖ 失敗 failed[/]"}  # fmt: skip
    for row in rows:
        table.add_row(
            f"{row['name']}\n{row['zh']}", (row["delivered_at"] or "—")[:16], f"{row['rows']:,}", f"{row['rejects']:,}",
            str(row["reach"] or "—"), str(row["next_due"] or "—"), marks[row["state"]],
        )  # fmt: skip
    out.print(f"使用中 in use: {store.current_name() or '—'}")
    out.print(table)


for each in (meeting_commands.meeting, meeting_commands.note, *filing_commands.ALL):
    cli.add_command(each)


__all__ = ["BUSY", "PULL_FAILED", "REFUSED", "cli"]

if __name__ == "__main__":
    cli()
