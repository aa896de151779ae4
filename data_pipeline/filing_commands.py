"""How is a file looked at, filed and taken back by command? `preview`, `file`, `undo`, `watch`, `template`, `audit`."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from data_pipeline import build as building
from data_pipeline import confined, declarations, delivery, template, watch
from data_pipeline.console import HandedIn, Refusal, Reporter, by, known, log, out, print_offences, progress
from data_pipeline.grids import FileFault
from data_pipeline.store import Store, StoreError, audit
from data_pipeline.store.undo import undo

KINDS = {"added": "新增 added", "changed": "變更 changed", "same": "相同 the same", "missing": "缺少 missing",
         "refused": "退件 refused"}  # fmt: skip
REPLACES = {
    "nothing": "這是此來源的第一份檔案 · The first file of this source",
    "simulated": "將取代模擬資料 · It replaces the simulated data",
    "real": "與使用中的版本比較 · Compared with the build in use",
}
PRINTED = 20  # refused rows at the terminal


@click.command()
@click.argument("file", type=HandedIn())
@click.option("--source", "name", help="來源代號；不給則自行辨認 Which source; else recognised.")
@click.option("--marked", type=click.Path(dir_okay=False, path_type=Path), help="標出退件的 XLSX The file, marked.")
@click.option("--json", "as_json", is_flag=True, help="給程式讀 For programs.")
@click.pass_obj
def preview(store: Store, file: Path, name: str | None, marked: Path | None, as_json: bool) -> None:
    """先看檔案會改變什麼，不收件 What a file would change; nothing is kept."""
    if name is not None:
        known(declarations.load(), name)
    if marked and marked.suffix.lower() != ".xlsx":
        raise Refusal("--marked 須為 .xlsx，沒有寫檔 · --marked must end in .xlsx, nothing was written", 2)
    with confined.taken(store, file) as copy:
        marking = copy.with_name("marked.xlsx") if marked else None
        try:
            parts = confined.preview(store, copy, name, marking)
        except FileFault as fault:
            if as_json:  # not into the log: where a file has no header, these may be somebody's words
                click.echo(json.dumps({"file": copy.name, "facts": fault.facts}, ensure_ascii=False))
            raise
        if marked:
            _write(marked, marking.read_bytes())
        if as_json:
            click.echo(json.dumps({"file": copy.name, "parts": parts}, ensure_ascii=False))
            return
    for part in parts:
        _print(part)


def _print(part: dict) -> None:
    counts = "  ".join(f"{said} {part['counts'][kind]:,}" for kind, said in KINDS.items())
    out.print(f"{part['zh']} · {part['en']}（{part['source']}）", soft_wrap=True, markup=False)
    out.print(f"  {REPLACES[part['replaces']]}\n  {counts}", soft_wrap=True)
    for note in part["notes"]:
        out.print(f"  [yellow]![/] {escape(note['zh'])} · {escape(note['en'])}", soft_wrap=True)
    if part["refused"]:
        table = Table("列 row", "欄位 column", "值 value", "原因 reason")
        for each in part["refused"][:PRINTED]:
            said = (each["header"] or "—", each["value"] or "—", f"{each['zh']}\n{each['en']}")
            table.add_row(str(each["row"]), *map(escape, said))
        out.print(table)


@click.command("file")
@click.argument("files", nargs=-1, required=True, type=HandedIn())
@click.option("--source", "name", help="來源代號；不給則自行辨認 Which source; else recognised.")
@by
@progress
@click.pass_obj
def file_(store: Store, files: tuple[Path, ...], name: str | None, by: str, style: str) -> None:
    """送件：收進、建置、檢核、發布；不過就一切如舊 File: keep, build, check, publish in one, or change nothing."""
    sources = declarations.load()
    if name is not None:
        known(sources, name)
    with contextlib.ExitStack() as stack, Reporter(style) as report:
        copies = tuple(stack.enter_context(confined.taken(store, path)) for path in files)
        try:
            filed = delivery.file(store, sources, copies, name, by, report)
        except building.ChecksFailed as failed:
            report.stop()
            if style != "json":
                print_offences(failed.offences)
            raise Refusal(delivery.refusal(store, failed)) from failed
    if style == "json":
        told = {"build": filed.build.name, "counts": filed.counts, "filed": [each.source for each in filed.receipts]}
        click.echo(json.dumps(told, ensure_ascii=False))
    elif not filed.receipts:
        out.print(f"✔ {filed.build.name}  已在使用中，沒有變更 · in use already, nothing changed", soft_wrap=True)
    else:
        counts = "  ".join(f"{said} {filed.counts[kind]:,}" for kind, said in KINDS.items() if filed.counts[kind])
        out.print(f"✔ {filed.build.name}  {counts}，已發布 published", soft_wrap=True)


@click.command("undo")
@click.option("--build", help="只在使用中的是這一版時 Only where this build is in use.")
@by
@click.pass_obj
def undo_(store: Store, build: str | None, by: str) -> None:
    """復原最近一次送件：回到前一版，該次檔案不再採計 Take the last filing back: the build before, without its files."""
    if not by.strip():
        raise StoreError("不知道是誰復原，沒有復原；請加 --by · Nothing was undone: say --by, who undoes it")
    with store.writing():
        if build and store.current_name() != build:
            raise StoreError(
                f"使用中的版本已不是 {build}（有人送了新的檔案），沒有復原；請再看一次 · "
                f"{build} is no longer in use, somebody has filed meanwhile; nothing was undone, look again"
            )
        step = undo(store, by)
        for each in step.deliveries:
            sent = each.where.removeprefix("file:")
            audit.record(store, by, "undone", each.source, sent, f"{step.now.name} → {step.before.name} {each.pull}")
    log.info("undone", build=step.before.name, pulls=[each.pull for each in step.deliveries])
    for each in step.deliveries:
        out.print(f"  {each.source}: {each.where}", soft_wrap=True, markup=False)
    out.print(f"✔ {step.before.name}", soft_wrap=True)


@click.command("watch")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--every", default=10.0, show_default=True, type=click.FloatRange(0), help="幾秒看一次 Seconds between.")
@click.option("--once", is_flag=True, help="看兩次就結束（排程用） Look twice and end, for a scheduler.")
@by
@click.pass_obj
def watch_(store: Store, folder: Path, every: float, once: bool, by: str) -> None:
    """看守資料夾，放進來的檔案自動送件 File what is dropped into a folder; refused ones are put aside."""
    with contextlib.suppress(KeyboardInterrupt):
        filed, refused = watch.watch(store, declarations.load(), folder, by, every, once)
        out.print(f"✔ {filed} 個送件 filed, {refused} 個退件 refused")


@click.command("template")
@click.argument("name", metavar="SOURCE")
@click.option("--out", "path", required=True, type=click.Path(dir_okay=False, path_type=Path), help=".xlsx .ods .csv")
@click.pass_obj
def template_(store: Store, name: str, path: Path) -> None:
    """某來源的空白範本：標題、單位、範例、說明 A template to fill in: headers, units, examples, notes."""
    source = known(declarations.load(), name)
    if source.where.protocol != "file":
        raise Refusal(f"{name}：不是表格檔來源，沒有範本 · {name}: not filed as a table, there is no template", 2)
    if path.suffix.lower() not in template.FORMS:
        forms = " ".join(template.FORMS)
        raise Refusal(f"--out 須為 {forms}，沒有寫檔 · --out must end in {forms}, nothing was written", 2)
    _write(path, template.make(source, path.suffix.lower()))
    out.print(f"✔ {path}", soft_wrap=True, markup=False)
    out.print("  送件前請刪去範例列 · Delete the example rows before filing", soft_wrap=True)


@click.command("audit")
@click.option("--json", "as_json", is_flag=True, help="給程式讀 For programs.")
@click.pass_obj
def audit_(store: Store, as_json: bool) -> None:
    """稽核紀錄：誰在何時做了什麼 The audit trail: who did what, and when."""
    every = audit.trail(store)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in every], ensure_ascii=False))
        return
    table = Table("時間 at (UTC)", "誰 by", "做了什麼 what", "對象 about", "檔案 file", "結果 outcome")
    for each in every:
        table.add_row(each.at[:19], *map(escape, (each.by, each.what, each.about, each.file, each.outcome)))
    out.print(table)


def _write(path: Path, body: bytes) -> None:
    try:
        path.write_bytes(body)
    except OSError as error:
        raise StoreError(
            f"無法寫入 {path}（{error.strerror}），沒有寫檔；請換一個位置 · "
            f"{path} cannot be written ({error.strerror}); nothing was, choose another place"
        ) from error


ALL = (preview, file_, undo_, watch_, template_, audit_)
