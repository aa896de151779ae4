"""How is a file written so that a reader sees all of it or nothing, even after a power cut?"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import hashlib
import json
import os
import re
import sys
import time
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

SAFE = re.compile(r"[^\w.\-]+")
TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # marks that make a line read backwards


def safe_name(name: str) -> str:
    """A file's name that is only a name: no folder, no marks that hide its ending, short enough for any system."""
    bare = re.split(r"[/\\]", one_line(name))[-1]
    stem, dot, ending = SAFE.sub("_", unicodedata.normalize("NFC", bare)).rpartition(".")
    if not dot:
        stem, ending = ending, ""
    return (stem.lstrip(".") or "file")[:60] + (dot + ending if ending else "")[:12]  # 「.csv」 keeps its ending


def one_line(text: str) -> str:
    """Text on one line, without what a screen would act on."""
    kept = (" " if letter.isspace() else letter for letter in TURNING.sub("", text))
    return "".join(letter for letter in kept if unicodedata.category(letter) not in ("Cc", "Cs")).strip()


def as_json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n").encode()


def write_whole(path: Path, body: bytes) -> None:
    """Write a file so that a reader sees the old bytes or the new ones, even after a power cut.

    Raises OSError where it cannot be written, or would take the place of something that is no file.
    """
    refuse_special(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    flush_folder(path.parent)


def refuse_special(path: Path) -> None:
    """A rename would put a file in the place of a device, for the whole machine where root does it. Raises OSError."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EEXIST, "不是一般檔案 not a plain file", str(path))


def append_line(path: Path, content: dict) -> None:
    """Add one JSON line, whole: many writers, threads or processes, wait for one another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = (json.dumps(content, ensure_ascii=False, default=str) + "\n").encode()
    with path.open("ab+") as file:
        # A single write is not enough: on some file systems another writer sees half of it.
        lock(file, wait=True)
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":  # a line cut short by a crash
                line = b"\n" + line
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def read_lines(path: Path) -> Iterator[dict]:
    """The JSON lines of a file; one cut short by a crash is passed over, a file that is not there has none."""
    for line in path.read_bytes().splitlines() if path.exists() else []:
        with contextlib.suppress(ValueError):
            yield json.loads(line)


def later_than(times: Iterable[str]) -> dt.datetime:
    """Now; where the clock was ahead at one of these, just after it: what comes later counts later all the same."""
    last = max(map(dt.datetime.fromisoformat, times), default=dt.datetime.min.replace(tzinfo=dt.UTC))
    return max(dt.datetime.now(dt.UTC), last + dt.timedelta(microseconds=1))


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove(path: Path) -> None:
    """Remove a file; where a reader still holds it (Windows), a later sweep will."""
    with contextlib.suppress(FileNotFoundError, PermissionError):
        path.unlink()


def flush_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def flush_folder(path: Path) -> None:
    if sys.platform == "win32":  # a folder cannot be opened there; renames are journalled
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def lock(file: BinaryIO, wait: bool = False) -> None:
        file.seek(0)
        while True:
            try:
                return msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            except OSError:
                if not wait:
                    raise
                time.sleep(0.01)
else:
    import fcntl

    def lock(file: BinaryIO, wait: bool = False) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
