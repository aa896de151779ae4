"""What lies in the folder that agencies drop their files into? What has stood still is filed; the rest waits.

Filed ones go to `done/`, refused ones to `refused/` with a sentence beside them. A file is moved last: a crash before
leaves it where it was, and by its sha256 in the receipts it is known not to be filed twice.
"""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import structlog

from data_pipeline import confined, delivery
from data_pipeline.build import ChecksFailed
from data_pipeline.declarations import Source
from data_pipeline.grids import FileFault
from data_pipeline.store import Busy, Store, StoreError
from data_pipeline.store.files import safe_name, write_whole

UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")
log = structlog.get_logger()
Seen = dict[Path, tuple[int, int]]


def look(folder: Path) -> Seen:
    """The files that lie in a folder: size and time of each. Folders, links and half downloads are passed over."""
    found: Seen = {}
    for path in sorted(folder.iterdir()):
        try:
            facts = path.lstat()
        except OSError:  # gone meanwhile
            continue
        hidden = path.name.startswith((".", "~$")) or path.suffix.lower() in UNFINISHED
        if stat.S_ISREG(facts.st_mode) and not hidden:
            found[path] = (facts.st_size, facts.st_mtime_ns)
    return found


def once(store: Store, sources: dict[str, Source], folder: Path, by: str, before: Seen) -> tuple[Seen, int, int]:
    """File what stands as it did `before`; gives what lies there now, and how many were filed and refused."""
    now = look(folder)
    filed = refused = 0
    for path in [each for each, facts in now.items() if before.get(each) == facts]:
        try:
            _file(store, sources, path, by)
        except Busy:
            break  # it stays, for the next look
        except (FileFault, ChecksFailed, StoreError) as error:
            refused += 1
            said = delivery.refusal(store, error) if isinstance(error, ChecksFailed) else str(error)
            _move(path, folder / "refused", said)
        else:
            filed += 1
            _move(path, folder / "done")
        now.pop(path)
    return now, filed, refused


def watch(
    store: Store, sources: dict[str, Source], folder: Path, by: str, every: float, only_once: bool
) -> tuple[int, int]:
    """Look again and again, or twice; gives how many were filed and refused."""
    seen, total = look(folder), [0, 0]
    while True:
        time.sleep(every)
        seen, *counts = once(store, sources, folder, by, seen)
        total = [had + more for had, more in zip(total, counts, strict=True)]
        if only_once:
            return total[0], total[1]


def _file(store: Store, sources: dict[str, Source], path: Path, by: str) -> None:
    try:
        with confined.taken(store, path) as copy:
            if not delivery.has_filed(store, sources, copy):
                delivery.file(store, sources, (copy,), None, by)
    except OSError as error:
        name = safe_name(path.name)
        raise FileFault(
            f"{name}：無法讀取（{error.strerror}），沒有收件；請確認權限與磁碟空間。",
            f"{name}: cannot be read ({error.strerror}), nothing was taken; check rights and disk space.",
        ) from error


def _move(path: Path, folder: Path, said: str = "") -> None:
    """Put a file away under a safe and free name; the sentence is there before the file is gone."""
    folder.mkdir(exist_ok=True)
    name = Path(safe_name(path.name))
    target, number = folder / name, 1
    while target.exists():
        number += 1
        target = folder / f"{name.stem}-{number}{name.suffix}"
    if said:
        write_whole(target.with_name(f"{target.name}.txt"), f"{said}\n".encode())
    os.replace(path, target)
    log.info("put away", file=target.name, to=folder.name, said=said)
