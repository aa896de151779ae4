"""How is a file of unknown hands read without harm? In a process of its own, bound in time and memory.

A reader of spreadsheets is native code: given a sheet of two cells a million rows and columns apart it asks for more
memory than there is, and ends its process. So that process is not ours.

    python -m data_pipeline.confined    the request as JSON on standard input, the answer on standard output
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from data_pipeline import declarations, gate
from data_pipeline.declarations import DeclarationError
from data_pipeline.grids import FileFault, refused
from data_pipeline.store import PROJECT, Store
from data_pipeline.store.files import safe_name

SECONDS = 20
PART = 200_000  # rows, of which a slow machine reads 20 columns in half of that time
MEMORY = 3 * 1024**3  # bytes of addresses, of which libraries take one before the first row
FAULT = 3


@contextlib.contextmanager
def taken(store: Store, path: Path) -> Iterator[Path]:
    """A copy of somebody's file under a safe name, so that what is looked at is what is filed. Raises FileFault."""
    folder = store.workplace(f"taken-{os.getpid()}-{time.time_ns()}")
    try:
        copy = folder / safe_name(path.name)
        if not stat.S_ISREG(path.stat().st_mode):
            raise refused(
                copy.name, ("不是一般檔案", "it is not a plain file"), ("請確認後再送", "check it and file again")
            )
        with path.open("rb") as file, copy.open("wb") as target:
            body = file.read(gate.MOST_BYTES + 1)  # what is larger is refused; no need for all of it
            target.write(body)
        yield copy
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def preview(store: Store, path: Path, name: str | None = None, out: Path | None = None) -> list[dict]:
    """What `preview.look` says of a file, asked in a process of its own. Raises FileFault."""
    work = store.workplace(f"preview-{os.getpid()}-{time.time_ns()}")
    asked = {"path": str(path), "name": name, "out": out and str(out), "work": str(work), "store": str(store.root)}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "data_pipeline.confined"], input=json.dumps(asked), cwd=PROJECT, timeout=SECONDS,
            capture_output=True, text=True, encoding="utf-8", env=os.environ | {"PYTHONUTF8": "1"},
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        raise refused(
            path.name, (f"{SECONDS} 秒內讀不完", f"it was not read within {SECONDS} s"),
            (f"請分成每檔 {PART:,} 列以內、每檔第一列都是標題，逐一再送",
             f"split it into files of at most {PART:,} rows, each beginning with the header, and file them one by one"),
        ) from late  # fmt: skip
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if done.returncode == FAULT:
        raise FileFault(**json.loads(done.stdout))
    if done.returncode:
        logging.getLogger("data_pipeline").debug("confined: %s %s", done.returncode, done.stderr[-2000:])
        raise refused(
            path.name, ("檔案過大或損壞，讀不下去", "too large or damaged to be read"),
            ("請只留下資料，重新存檔後再送", "keep the data alone, save it again and file again"),
        )  # fmt: skip
    return json.loads(done.stdout)


def _bind() -> None:
    """Where the system can: no more memory than this for the process, and no dump of it when it ends."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    from data_pipeline import preview as previews  # after the bounds

    asked = json.load(sys.stdin)
    path = Path(asked["path"])
    try:
        sources = declarations.load()
        parts = previews.look(
            path, sources, Store(asked["store"]).current(), Path(asked["work"]),
            sources[asked["name"]] if asked["name"] else None, asked["out"] and Path(asked["out"]),
        )  # fmt: skip
    except FileFault as fault:
        print(json.dumps({"zh": fault.zh, "en": fault.en, "kind": fault.kind, "facts": fault.facts}))
        return FAULT
    except DeclarationError as error:
        zh, _, en = str(error).partition(" · ")
        print(json.dumps({"zh": zh, "en": en or zh}))
        return FAULT
    print(json.dumps(parts, ensure_ascii=False, default=str))
    return 0


if __name__ == "__main__":
    _bind()
    raise SystemExit(main())
