"""How do the commands speak: to a person at a terminal, or to the program that started them?"""

from __future__ import annotations

import errno
import getpass
import json
import os
import sys
from pathlib import Path

import click
import duckdb
import structlog
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from data_pipeline import build as building
from data_pipeline.declarations import DeclarationError, Source
from data_pipeline.engine import EngineFault
from data_pipeline.grids import FileFault, refused
from data_pipeline.store import Busy, StoreError
from data_pipeline.store.files import safe_name

REFUSED, PULL_FAILED, BUSY = 3, 4, 5
out = Console(highlight=False)
log = structlog.get_logger()


class Refusal(click.ClickException):
    """A clear sentence and an exit code, no traceback; of a file, a program is told of which kind the fault is."""

    def __init__(self, message: str, code: int = REFUSED, fault: FileFault | None = None):
        super().__init__(message)
        self.exit_code = code
        self.told = {"zh": fault.zh, "en": fault.en, "kind": fault.kind} if fault else {}

    def show(self, file=None) -> None:
        if for_programs():
            log.error("refused", message=self.message, exit_code=self.exit_code, **self.told)
        else:
            Console(stderr=True, highlight=False).print(f"[bold red]✖[/] {escape(self.message)}", soft_wrap=True)


class Commands(click.Group):
    """Turns the errors that people can act on into sentences."""

    def invoke(self, ctx: click.Context):
        try:
            return super().invoke(ctx)
        except FileFault as fault:
            raise Refusal(str(fault), fault=fault) from fault
        except (DeclarationError, EngineFault) as error:
            raise Refusal(str(error)) from error
        except StoreError as error:
            raise Refusal(str(error), BUSY if isinstance(error, Busy) else REFUSED) from error
        except duckdb.Error as error:
            said = " ".join([*str(error).splitlines()[:1], *getattr(error, "__notes__", [])])
            raise Refusal(
                f"資料庫執行失敗，原有版本繼續使用；請更正後再試：{said} · "
                f"The database failed, the build in use stays in use; correct this and try again: {said}"
            ) from error
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read what we print has gone; click knows what to do
                raise
            place, why = error.filename or "—", error.strerror or error
            raise Refusal(
                f"無法讀寫 {place}（{why}），原有資料不變；請確認磁碟空間與權限後再試 · "
                f"{place} cannot be read or written ({why}), what was there before stays; check disk space and rights"
            ) from error


class Reporter:
    """Progress for a person (a bar) or for a program (one JSON line a step, on standard output)."""

    def __init__(self, style: str):
        self.style = style
        self.bar = Progress(
            TextColumn("{task.description:<24}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True)
        )

    def __enter__(self) -> Reporter:
        self.task = self.bar.add_task("…", total=1.0)
        if self.style == "bar" and not for_programs():
            self.bar.start()
        return self

    def __call__(self, step: str, share: float) -> None:
        if self.style == "json":
            click.echo(json.dumps({"step": step, "share": round(share, 3)}, ensure_ascii=False))
        else:
            self.bar.update(self.task, description=step, completed=share)

    def stop(self) -> None:
        if self.bar.live.is_started:  # one that never was would leave an empty line
            self.bar.stop()

    def __exit__(self, *_) -> None:
        self.stop()


def for_programs() -> bool:
    """Is standard error read by a program? Then every line of it is one JSON object."""
    return os.environ.get("RDEC_LOG") == "json" or not sys.stderr.isatty()


class HandedIn(click.Path):
    """A file that somebody hands in, or a sentence why it is none."""

    def __init__(self):
        super().__init__(path_type=Path)

    def convert(self, value, param, ctx) -> Path:
        path = super().convert(value, param, ctx)
        if path.is_dir():
            found, todo = ("是資料夾，不是檔案", "it is a folder, not a file"), (
                "請給其中的檔案，或以 watch 看守資料夾", "name the files in it, or let `watch` look after the folder",
            )  # fmt: skip
        elif not os.path.lexists(path):
            found, todo = ("找不到這個檔案", "there is no such file"), ("請確認名稱與位置", "check its name and place")
        else:
            return path
        raise Refusal(str(refused(safe_name(path.name), found, todo)), 2)


def known(sources: dict[str, Source], name: str) -> Source:
    if name not in sources:
        raise Refusal(f"沒有來源 {name} · No source {name}. {', '.join(sources)}", 2)
    return sources[name]


def print_offences(offences: list[building.Offence]) -> None:
    for each in offences:
        table = Table(*(each.sample[0] if each.sample else ["—"]), title=f"✖ {each.zh} · {each.en} ({each.count})")
        for row in each.sample:
            table.add_row(*(escape(str(value)) for value in row.values()))
        out.print(table)


def login() -> str:
    """Who is at the keyboard; where the system cannot say, `--by` must."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


by = click.option("--by", default=login, show_default="登入名稱 login name", help="誰 Who.")
progress = click.option("--progress", "style", type=click.Choice(["bar", "json"]), default="bar", hidden=True)
