"""How is a meeting taken along without a browser? `python -m dashboard.export --help`.

Exit codes: 0 done · 2 wrong usage · 3 refused (no such build or meeting, a mistake in the agenda, a file that cannot
be written).
"""

from __future__ import annotations

import datetime as dt
import importlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import click
from rich.console import Console
from rich.markup import escape

from dashboard import warehouse, words
from dashboard.meeting.agenda import AgendaError
from dashboard.meeting.model import Deck
from data_pipeline.store import StoreError, meetings
from data_pipeline.store.files import write_whole

REFUSED = 3
out = Console(highlight=False)


class Form(NamedTuple):
    """A form in which a deck is taken along."""

    suffix: str
    mime: str
    make: Callable[[Deck], bytes]


def _by(module: str, name: str) -> Callable[[Deck], bytes]:
    """A form's maker; its library is loaded when it is first asked for."""

    def make(deck: Deck) -> bytes:
        made = getattr(importlib.import_module(f"dashboard.meeting.{module}"), name)(deck)
        return made if isinstance(made, bytes) else str(made).encode()

    return make


OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "application/vnd.oasis.opendocument"
# What the page of meetings offers, by the names of its words.
FORMS = {
    "deck": Form(".pptx", f"{OFFICE}.presentationml.presentation", _by("powerpoint", "as_pptx")),
    "open_deck": Form(".odp", f"{OPEN}.presentation", _by("open_document", "as_odp")),
    "briefing": Form(".pdf", "application/pdf", _by("briefing", "as_pdf")),
    "tables": Form(".ods", f"{OPEN}.spreadsheet", _by("workbook", "as_ods")),
    "slides": Form(".html", "text/html", _by("projector", "page")),
}
EXCEL = Form(".xlsx", f"{OFFICE}.spreadsheetml.sheet", _by("workbook", "as_xlsx"))
# What a command makes, by the ending of the file.
KINDS = {
    "deck": (FORMS["deck"], FORMS["open_deck"]), "briefing": (FORMS["briefing"],), "tables": (FORMS["tables"], EXCEL),
    "slides": (FORMS["slides"],),
}  # fmt: skip
USUAL = {"deck": "monthly", "briefing": "mayor", "tables": "monthly", "slides": "monthly"}  # agenda of each kind
SNAPSHOT = (("slides", "zh"), ("slides", "en"), ("deck", "zh"), ("deck", "en"), ("briefing", "zh"), ("briefing", "en"),
            ("tables", "zh"))  # fmt: skip


class Refusal(click.ClickException):
    """A clear sentence and an exit code, no traceback."""

    exit_code = REFUSED

    def show(self, file=None) -> None:
        Console(stderr=True, highlight=False).print(f"[bold red]✖[/] {escape(self.message)}", soft_wrap=True)


class Commands(click.Group):
    """Turns the errors that people can act on into sentences."""

    def invoke(self, ctx: click.Context):
        try:
            return super().invoke(ctx)
        except (StoreError, AgendaError, warehouse.NoBuild) as error:
            raise Refusal(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--store", type=click.Path(path_type=Path), help="資料夾 where everything is kept (or RDEC_STORE).")
def cli(store: Path | None) -> None:
    """會議資料 → 檔案。A meeting as files: PPTX, ODP, PDF, ODS, XLSX, HTML.

    \b
    簡報 deck:      python -m dashboard.export deck --out 簡報.pptx
    首長一頁:       python -m dashboard.export briefing --lang en --out briefing.pdf
    某次會議:       python -m dashboard.export tables --meeting 113-03 --out 數字.ods
    """
    if store:
        os.environ["RDEC_STORE"] = str(store)
        warehouse.here.cache_clear()


def _form(kind: str, help_: str) -> None:
    @cli.command(kind, help=help_)
    @click.option("--meeting", help="已封存的會議；不給則為使用中的版本 A frozen meeting; else the build in use.")
    @click.option("--agenda", "which", help=f"議程名稱或檔案；預設 {USUAL[kind]} Agenda by name or file.")
    @click.option("--lang", "language", type=click.Choice(words.LANGUAGES), default="zh", show_default=True)
    @click.option("--out", "path", required=True, type=click.Path(dir_okay=False, path_type=Path), help="檔案 File.")
    def command(meeting: str | None, which: str | None, language: str, path: Path) -> None:
        forms = {form.suffix: form for form in KINDS[kind]}
        if path.suffix.lower() not in forms:
            known = " ".join(forms)
            raise click.UsageError(f"檔名應以 {known} 結尾，沒有寫檔 · Nothing was written: the file ends in {known}")
        started = time.perf_counter()
        shown = _shown(meeting, f"slides-{language}.html") if kind == "slides" and meeting and not which else None
        # The mayor's page has an agenda of its own, whatever the meeting went by.
        which = which or (USUAL[kind] if kind == "briefing" else None)
        body = shown or forms[path.suffix.lower()].make(make(which, meeting, language, usual=USUAL[kind]))
        _write(path, body)
        out.print(f"✔ {path}  {len(body):,} B, {time.perf_counter() - started:.1f} s", soft_wrap=True, markup=False)


for _kind, _help in (
    ("deck", "簡報 The deck: .pptx, .odp"),
    ("briefing", "首長一頁 The A4 briefing: .pdf"),
    ("tables", "所有數字 All figures: .ods, .xlsx"),
    ("slides", "離線投影 The projector's page: .html"),
):
    _form(_kind, _help)


@cli.command()
@click.option("--agenda", "which", default="monthly", show_default=True, help="議程 Agenda by name or file.")
@click.option("--name", required=True, help="會議名稱 Name of the meeting.")
@click.option("--date", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="會議日期 Its day: 2024-03-26.")
@click.option("--build", required=True, help="版本 The build that was shown.")
@click.option("--into", required=True, type=click.Path(file_okay=False, path_type=Path), help="資料夾 Folder.")
def snapshot(which: str, name: str, day: dt.datetime, build: str, into: Path) -> None:
    """會議當天所見，供封存 What was shown, in every form, to be frozen with the meeting."""
    from dashboard.meeting import agenda

    _write(into / "agenda.yml", agenda.load(which).text.encode())
    for language in words.LANGUAGES:
        whole = make(which, None, language, build, name, day.date())
        short = make(USUAL["briefing"], None, language, build, name, day.date())
        for kind, of in SNAPSHOT:
            if of == language:
                form = FORMS[kind]
                _write(into / f"{kind}-{of}{form.suffix}", form.make(short if kind == "briefing" else whole))
    out.print(f"✔ {into}  {len(SNAPSHOT) + 1} 個檔案 files", soft_wrap=True, markup=False)


@cli.command()
@click.argument("before")
@click.argument("now", required=False)
@click.option("--lang", "language", type=click.Choice(words.LANGUAGES), default="zh", show_default=True)
def changes(before: str, now: str | None, language: str) -> None:
    """兩次會議之間的變動；不給後者則為使用中的版本 What changed between two meetings, or since one."""
    from dashboard.meeting import changes as between
    from dashboard.meeting import page

    old, new = _frozen(before), _frozen(now) if now else warehouse.here().name()
    with words.speaking(language), warehouse.at(new):
        for kind, rows in page.differences(between.between(old, new), between.figures(old, new)):
            out.print(f"■ {words.t(f'meeting.part_{kind}', n=words.number(len(rows)))}", soft_wrap=True, markup=False)
            for row in rows:
                told = (words.said(str(head), str(cell)) for head, cell in row.items() if cell is not None)
                out.print(f"  {'　'.join(told)}", soft_wrap=True, markup=False)


def make(
    which: str | None, meeting: str | None, language: str, build: str | None = None, name: str = "",
    date: dt.date | None = None, usual: str = "monthly",
) -> Deck:  # fmt: skip
    """The deck of an agenda, over a frozen meeting, a build, or the build in use.

    A frozen meeting goes by the agenda frozen with it, unless another one is named. Raises StoreError, AgendaError.
    """
    from dashboard.meeting import agenda, slides

    kept = _shown(meeting, "agenda.yml") if meeting and not which else None
    of = agenda.read(kept.decode(), f"{meeting}/agenda.yml") if kept else agenda.load(which or usual)
    with warehouse.at(_frozen(meeting) if meeting else build), words.speaking(language):
        return slides.deck(of, meeting or name, date)


def _frozen(meeting: str) -> str:
    """The build of a frozen meeting, by name. Raises StoreError that lists the known ones."""
    return meetings.meeting(warehouse.here().store, meeting).opened


def _shown(meeting: str, name: str) -> bytes | None:
    """A file that was frozen with a meeting; None where it was frozen without."""
    path = meetings.meeting(warehouse.here().store, meeting).folder / name
    return path.read_bytes() if path.exists() else None


def _write(path: Path, body: bytes) -> None:
    try:
        write_whole(path, body)
    except OSError as error:
        raise Refusal(
            f"無法寫入 {path}（{error.strerror}），沒有寫檔；請換一個位置 · "
            f"{path} cannot be written ({error.strerror}); nothing was written, choose another place"
        ) from error


if __name__ == "__main__":
    cli()
