"""What did a meeting see? The build, the notes and the slides of that day, kept for good.

A meeting is a folder `meetings/<name>/`, made under `work/` and renamed into place at once: there is none of it or all
of it. After that nobody writes to it; `meeting.json` says who froze what and when, with the sha256 of every file.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import sys
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from data_pipeline.store import MEETING, Store, StoreError
from data_pipeline.store.audit import trail
from data_pipeline.store.files import as_json, flush_file, flush_folder, refuse_special, sha256_of, write_whole

DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")  # no folder on Windows can be called so
OWN = ("warehouse.duckdb", "manifest.json", "notes.jsonl", "meeting.json")


@dataclass(frozen=True)
class Meeting:
    """A frozen meeting. `files` is size and sha256 by name; `frozen_at` is UTC in ISO form."""

    name: str
    date: dt.date
    build: str
    frozen_at: str
    by: str
    folder: Path
    files: dict[str, dict] = field(compare=False, hash=False)

    @property
    def opened(self) -> str:
        """The name by which `Store.build` opens its warehouse."""
        return f"meeting-{self.name}"


def freeze(store: Store, name: str, date: dt.date, by: str, attachments: Path | None = None) -> Meeting:
    """Keep the build in use, all notes, and the files of `attachments` (they are moved in) under a name, for ever.

    Must be called within `store.writing()`, so that nothing is published or pruned meanwhile. Raises StoreError where
    the name cannot be one or is taken, or where there is no build in use.
    """
    refuse_name(store, name)
    build = store.current()
    if build is None:
        raise StoreError("還沒有使用中的版本可封存；請先建置 · There is no build in use to freeze; build first")
    # A name that the next writer sweeps, should this process die.
    folder = store.workplace(f"build-meeting-{time.time_ns()}")
    try:
        _link(build.path, folder / "warehouse.duckdb")
        write_whole(folder / "manifest.json", as_json(build.manifest))
        write_whole(folder / "notes.jsonl", _whole_lines(store.root / "notes.jsonl"))
        for path in sorted(attachments.rglob("*")) if attachments else []:
            if path.is_file():
                _take(path, folder, path.relative_to(attachments))
        names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        files = {each: {"size": (folder / each).stat().st_size, "sha256": sha256_of(folder / each)} for each in names}
        at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        about = {"name": name, "date": date.isoformat(), "build": build.name, "frozen_at": at, "by": by, "files": files}
        write_whole(folder / "meeting.json", as_json(about))
        if sys.platform != "win32":  # there a file that may not be written may not be removed either, nor its links
            for path in folder.rglob("*"):
                if path.is_file():
                    path.chmod(0o444)
        target = store.root / "meetings" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(folder, target)
        flush_folder(target.parent)
        return _read(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def refuse_name(store: Store, name: str) -> None:
    """Raise StoreError where no meeting can be frozen under this name: before the slides are made, and again after."""
    if not MEETING.fullmatch(f"meeting-{name}") or DEVICE.fullmatch(name) or name.endswith("."):
        raise StoreError(
            f"「{name}」不能作為會議名稱，沒有封存；請用 113-03 這樣的名稱，40 字以內 · "
            f"Nothing was frozen: “{name}” cannot name a meeting; use one such as 113-03, of letters, digits, - _ ."
        )
    if (store.root / "meetings" / name).exists():
        raise StoreError(
            f"會議 {name} 已封存，不會更動；請用另一個名稱 · "
            f"Meeting {name} is frozen and stays as it is; use another name"
        )


def meetings(store: Store) -> list[Meeting]:
    """Every frozen meeting, oldest first by its day, then by when it was frozen."""
    found = (path.parent for path in (store.root / "meetings").glob("*/meeting.json"))
    return sorted(map(_read, found), key=lambda each: (each.date, each.frozen_at))


def meeting(store: Store, name: str) -> Meeting:
    """One meeting by its name. Raises StoreError that lists the known ones."""
    known = {each.name: each for each in meetings(store)}
    if name not in known:
        listed = ", ".join(known) or "—"
        raise StoreError(f"沒有名為 {name} 的會議；現有：{listed} · No meeting named {name}; there are: {listed}")
    return known[name]


def before(store: Store, of: Meeting | None) -> Meeting | None:
    """The meeting that went before `of`, or the newest one where `of` is None (now); None where there is none."""
    earlier = [each for each in meetings(store) if of is None or (each.date, each.frozen_at) < (of.date, of.frozen_at)]
    return earlier[-1] if earlier else None


def verify(of: Meeting) -> list[str]:
    """Names of files that are not as they were frozen: changed, missing, or put there since."""
    there = {path.relative_to(of.folder).as_posix() for path in of.folder.rglob("*") if path.is_file()}
    wrong = there - set(of.files) - {"meeting.json"}
    for name, kept in of.files.items():
        path = of.folder / name
        if name not in there or path.stat().st_size != kept["size"] or sha256_of(path) != kept["sha256"]:
            wrong.add(name)
    # `meeting.json` cannot hold its own sum; the trail does, where the meeting was frozen by the command.
    known = [line.outcome.split()[-1] for line in trail(Store(of.folder.parent.parent))
             if line.what == "frozen" and line.about == of.name and " " in line.outcome]  # fmt: skip
    if known and digest(of) != known[-1]:
        wrong.add("meeting.json")
    return sorted(wrong)


def digest(of: Meeting) -> str:
    """The sha256 of what a meeting says of itself, which lists the sums of all its other files."""
    return sha256_of(of.folder / "meeting.json")


def export(of: Meeting, out: Path) -> Path:
    """Write the folder as one ZIP; the same meeting gives the same bytes. Raises OSError where it cannot be written."""
    refuse_special(out)
    frozen = dt.datetime.fromisoformat(of.frozen_at)
    beside = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted([*of.files, "meeting.json"]):
                entry = zipfile.ZipInfo(f"{of.name}/{name}", frozen.timetuple()[:6])
                entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
                entry.external_attr, entry.file_size = 0o444 << 16, (of.folder / name).stat().st_size
                with (of.folder / name).open("rb") as file, archive.open(entry, "w") as target:
                    shutil.copyfileobj(file, target, 1 << 20)
        flush_file(beside)
        os.replace(beside, out)
    finally:
        beside.unlink(missing_ok=True)
    return out


def _link(path: Path, target: Path) -> None:
    """The same bytes under a second name, which a prune of the first leaves alone; a copy where that cannot be."""
    try:
        target.hardlink_to(path)
    except OSError:
        shutil.copyfile(path, target)
        flush_file(target)


def _take(path: Path, folder: Path, name: Path) -> None:
    if str(name) in OWN:
        raise StoreError(
            f"附件不可名為 {name}，沒有封存；請改名後再試 · "
            f"Nothing was frozen: an attachment must not be called {name}; rename it and try again"
        )
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(path, target)
    flush_file(target)


def _whole_lines(path: Path) -> bytes:
    """What stands in a file up to its last line break: another process may be adding a line."""
    body = path.read_bytes() if path.exists() else b""
    return body[: body.rfind(b"\n") + 1]


def _read(folder: Path) -> Meeting:
    raw = json.loads((folder / "meeting.json").read_text(encoding="utf-8"))
    return Meeting(folder=folder, **raw | {"date": dt.date.fromisoformat(raw["date"])})
