"""How is a meeting frozen and a decision written down? `python -m data_pipeline meeting --help`, `… note --help`."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click
import duckdb
import yaml
from rich.markup import escape
from rich.table import Column, Table

from data_pipeline.console import by, log, out
from data_pipeline.days import Day
from data_pipeline.store import PROJECT, Store, StoreError, audit, meetings, notes

# The slides are drawn by the dashboard, which the pipeline does not know: it is asked as a person would ask it, by its
# command. So the one law holds, and a fault in drawing can do no more than fail.
SLIDES = (sys.executable, "-m", "dashboard.export", "snapshot")


@click.group()
def meeting() -> None:
    """會議：封存、列出、查驗、匯出 Meetings: freeze, list, verify, export."""


@meeting.command()
@click.argument("name")
@click.option("--date", "day", required=True, type=Day(), help="會議日期，如 113.3.26 Day of the meeting.")
@click.option("--agenda", default="monthly", show_default=True, help="議程名稱 Which agenda.")
@by
@click.option("--no-slides", is_flag=True, help="不含投影片 Without the slides.")
@click.pass_obj
def freeze(store: Store, name: str, day: dt.date, agenda: str, by: str, no_slides: bool) -> None:
    """封存使用中的版本、紀錄與投影片，之後不再更動 Keep the build in use, the notes and the slides for good."""
    frozen = freeze_meeting(store, name, day, by, agenda, () if no_slides else SLIDES)
    audit.record(store, by, "frozen", frozen.name, outcome=f"{frozen.build} {meetings.digest(frozen)}")
    log.info("frozen", meeting=frozen.name, build=frozen.build, files=len(frozen.files))
    size = sum(each["size"] for each in frozen.files.values())
    out.print(f"✔ {frozen.name}  {frozen.build}, {len(frozen.files)} 個檔案 files, {size:,} B", soft_wrap=True)


def freeze_meeting(
    store: Store, name: str, day: dt.date, by: str, agenda: str, slides: Sequence[str] = SLIDES
) -> meetings.Meeting:
    """Freeze a meeting, with what the program `slides` draws of its build; () for none.

    Raises StoreError; nothing is frozen then.
    """
    if not by.strip():
        raise StoreError("不知道是誰封存的，沒有封存；請加 --by · Nothing was frozen: say --by, who freezes it")
    with store.writing():
        meetings.refuse_name(store, name)
        build = store.current_name()
        if not slides or not build:
            return meetings.freeze(store, name, day, by.strip())
        folder = store.workplace(f"build-slides-{time.time_ns()}")
        try:
            _draw(store, [*slides, "--agenda", agenda, "--name", name, "--date", day.isoformat(), "--build", build,
                          "--into", str(folder)])  # fmt: skip
            return meetings.freeze(store, name, day, by.strip(), folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _draw(store: Store, program: Sequence[str]) -> None:
    done = subprocess.run(
        program, cwd=PROJECT, capture_output=True, text=True, encoding="utf-8", errors="replace",
        env=os.environ | {"RDEC_STORE": str(store.root), "PYTHONUTF8": "1"},
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]
        raise StoreError(
            "投影片製作失敗，沒有封存；可先以 --no-slides 封存 · "
            f"The slides could not be made, nothing was frozen; --no-slides freezes without them: {last}"
        )


@meeting.command("list")
@click.pass_obj
def list_(store: Store) -> None:
    """列出已封存的會議 List the frozen meetings."""
    table = _table("會議 meeting", "日期 date", "版本 build", "封存時間 frozen at (UTC)", "誰 by", "檔案 files")
    for each in meetings.meetings(store):
        table.add_row(each.name, str(each.date), each.build, each.frozen_at, escape(each.by), str(len(each.files)))
    out.print(table)


@meeting.command()
@click.argument("name", required=False)
@click.pass_obj
def verify(store: Store, name: str | None) -> None:
    """查驗封存的檔案是否原樣 Are the frozen files as they were? Without a name, of all meetings."""
    changed = []
    for each in [meetings.meeting(store, name)] if name else meetings.meetings(store):
        wrong = meetings.verify(each)
        changed += [f"{each.name}/{file}" for file in wrong]
        out.print(f"{'✖' if wrong else '✔'} {each.name}", soft_wrap=True)
    if changed:
        files = ", ".join(changed)
        raise StoreError(
            f"與封存時不同：{files}；請從備份取回這次會議 · Not as frozen: {files}; restore the meeting from a backup"
        )


@meeting.command()
@click.argument("name")
@click.option("--out", "path", required=True, type=click.Path(dir_okay=False, path_type=Path), help="ZIP 檔 file.")
@by
@click.pass_obj
def export(store: Store, name: str, path: Path, by: str) -> None:
    """匯出一次會議為 ZIP Write a meeting as one ZIP."""
    found = meetings.meeting(store, name)
    try:
        meetings.export(found, path)
    except OSError as error:
        raise StoreError(
            f"無法寫入 {path}（{error.strerror}），沒有匯出；請換一個位置 · "
            f"{path} cannot be written ({error.strerror}); nothing was exported, choose another place"
        ) from error
    audit.record(store, by, "exported", name, path.name)
    out.print(f"✔ {path}  {path.stat().st_size:,} B", soft_wrap=True)


@click.group()
def note() -> None:
    """決議與紀錄：新增、列出、結案 Decisions and notes: add, list, close."""


@note.command("add")
@click.option("--about", required=True, help="work:W0123 或 or metric:hotline.contacts")
@click.option("--kind", default="note", show_default=True, type=click.Choice(notes.KINDS[:3]), help="類別 Kind.")
@click.option("--text", required=True, help="內容 What was decided or noted.")
@click.option("--reason", default="", help="原因 Why.")
@click.option("--remedy", default="", help="對策 What is done about it.")
@click.option("--owner", default="", help="負責機關 Who acts.")
@click.option("--promised", "promised_on", type=Day(), help="預定完成日 Promised for.")
@click.option("--until", type=Day(), help="有效至；例外必填 Last day it holds; an exception must have one.")
@click.option("--meeting", default="", help="會議名稱 At which meeting.")
@by
@click.pass_obj
def add(store: Store, **said) -> None:
    """記下一筆 Write one down."""
    _refuse_unknown(store, said["about"])
    made = notes.add(store, **said)
    audit.record(store, made.by, "noted", made.about, outcome=f"{made.kind} {made.id}")
    out.print(f"✔ {made.id}", soft_wrap=True)


def _refuse_unknown(store: Store, about: str) -> None:
    """Raise StoreError where the build in use has no such work or metric: a slip of the pen would be lost for good."""
    kind, _, name = about.partition(":")
    build = store.current()
    if build is None or not notes.ABOUT.fullmatch(about):
        return  # what is no address at all is refused where notes are written
    sql = "select list(work_id) from marts.works" if kind == "work" else "select list(text) from meta.definitions"
    with duckdb.connect(str(build.path), read_only=True) as con:
        try:
            known = con.execute(sql).fetchone()[0] or []
        except duckdb.CatalogException:
            known = []  # a warehouse without works, or of another kind
    if kind == "metric":
        sets = {set_: each for text in known for set_, each in yaml.safe_load(text).get("sets", {}).items()}
        known = [f"{set_}.{metric}" for set_, each in sets.items() for metric in each["metrics"]]
    if known and name not in known:
        raise StoreError(
            f"沒有記下：使用中的版本沒有 {about}，請查編號 · "
            f"Nothing was written down: the build in use has no {about}; check the name"
        )


@note.command("list")
@click.option("--about", help="只列此對象 Only about this.")
@click.option("--open", "only_open", is_flag=True, help="只列未結的決議 Only decisions still open.")
@click.pass_obj
def list_notes(store: Store, about: str | None, only_open: bool) -> None:
    """列出紀錄 List the notes."""
    every = notes.notes(store)
    if only_open:
        today = dt.date.today()  # noqa: DTZ011  the calendar day of whoever asks
        every = notes.open_decisions(every, today)
    table = _table("編號 id", "類別 kind", "對象 about", "內容 text", "負責 owner", "預定 promised", "誰 by")
    for each in every:
        if about in (None, each.about):
            promised = str(each.promised_on or "—")
            said = (escape(text) for text in (each.text, each.owner or "—", promised, each.by))
            table.add_row(each.id, each.kind, each.about, *said)
    out.print(table)


@note.command()
@click.argument("note_id", metavar="ID")
@click.option("--text", required=True, help="結果 How it ended.")
@click.option("--meeting", default="", help="會議名稱 At which meeting.")
@by
@click.pass_obj
def close(store: Store, note_id: str, text: str, meeting: str, by: str) -> None:
    """結案一筆 Close one."""
    made = notes.add(store, by=by, kind="close", text=text, closes=note_id, meeting=meeting)
    audit.record(store, made.by, "closed", made.about, outcome=note_id)
    out.print(f"✔ {made.id}")


def _table(first: str, *more: str) -> Table:
    """Names are typed again by people: they are never cut short."""
    return Table(Column(first, no_wrap=True), *(Column(each, overflow="fold") for each in more))
