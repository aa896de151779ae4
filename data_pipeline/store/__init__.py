"""Where do raw bytes and builds live, and which build is in use?

One folder holds all that the program writes (`duckdb/store/`, or where `RDEC_STORE` points):

    raw/<source>/<pull>/      bytes as kept, with receipt.json, and marks.jsonl (see marks.py); failures.jsonl beside
    builds/<name>.duckdb      immutable; <name>.json says from what it was made
    rejects/<name>/           what could not be read, one CSV a source; `failed` of a build that did not pass
    meetings/<name>/          a build as a meeting saw it, with what was shown; see meetings.py
    notes.jsonl               decisions and notes, one a line; see notes.py
    audit.jsonl               who did what; see audit.py
    current                   the name of the build in use; switched by one rename
    work/                     unfinished things; safe to delete

Nothing half-written is ever visible: a folder or file is made under `work/`, flushed, and renamed.
This is the only module of the pipeline that the dashboard knows.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from data_pipeline.store import files, marks

PROJECT = Path(__file__).parent.parent.parent
NAME = re.compile(r"b\d{5}-\w+")
MEETING = re.compile(r"meeting-(?P<name>[0-9A-Za-z][\w.-]{0,39})")


@dataclass(frozen=True)
class Kept:
    """One file of a receipt. `sha256_received` differs from `sha256` where personal data were dropped."""

    name: str
    size: int
    sha256: str
    sha256_received: str


@dataclass(frozen=True)
class Receipt:
    """What was fetched or filed: when, from where, which bytes. Times are UTC in ISO form."""

    source: str
    pull: str
    at: str
    where: str
    status: str  # ok | empty
    simulated: bool = False
    files: tuple[Kept, ...] = ()
    notes: tuple[dict, ...] = ()

    @property
    def size(self) -> int:
        return sum(each.size for each in self.files)


@dataclass(frozen=True)
class Build:
    """One published warehouse: its name, its file, and the manifest it was made with."""

    name: str
    path: Path
    manifest: dict = field(compare=False, hash=False)


class StoreError(Exception):
    """Something in the store cannot be used; the message is bilingual and says what to do."""


class Busy(StoreError):
    """Another writer is at work."""


class Keeping:
    """Files being kept for one source; see `Store.keep`."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.files: list[Kept] = []
        self.notes: list[dict] = []
        self.status = "ok"
        self.receipt: Receipt | None = None  # once the block has ended well

    def add(self, name: str, body: bytes, received: bytes | None = None) -> Path:
        """Keep `body` under a safe form of `name`; `received` is what came before personal data were dropped."""
        path = self._place(name)
        files.write_whole(path, body)
        came = None if received is None else hashlib.sha256(received).hexdigest()
        self._count(path, hashlib.sha256(body).hexdigest(), came)
        return path

    def take(self, path: Path, received: Path | None = None) -> Path:
        """Move a finished local file in, without reading it into memory; `received` as in `add`."""
        came = files.sha256_of(received) if received else None
        target = self._place(path.name)
        os.replace(path, target)
        files.flush_file(target)
        self._count(target, files.sha256_of(target), came)
        return target

    def copy(self, path: Path) -> Path:
        """Keep a copy of somebody's file, without reading it into memory."""
        target = self._place(path.name)
        shutil.copyfile(path, target)
        files.flush_file(target)
        self._count(target, files.sha256_of(target), None)
        return target

    def _place(self, name: str) -> Path:
        """A safe and free name in the folder; `receipt.json` and `marks.jsonl` are taken."""
        path, number = self.folder / (safe := Path(files.safe_name(name))), 1
        while path.exists() or path.name in ("receipt.json", marks.NAME):
            number += 1
            path = self.folder / f"{safe.stem}-{number}{safe.suffix}"
        return path

    def _count(self, path: Path, digest: str, came: str | None) -> None:
        self.files.append(Kept(path.name, path.stat().st_size, digest, came or digest))

    def note(self, zh: str, en: str) -> None:
        """A remark for the receipt: what was odd but did not stop the pull."""
        self.notes.append({"zh": zh, "en": en})

    def empty(self) -> None:
        """The source answered that it has no rows."""
        self.status = "empty"


class Store:
    """The folder of all that the program writes. Cheap to make; holds no open files."""

    def __init__(self, root: Path | str | None = None):
        self.root = Path(root or os.environ.get("RDEC_STORE") or PROJECT / "duckdb" / "store").absolute()
        self.trying: frozenset[str] = frozenset()

    # raw bytes

    def trial(self, pulls: Iterable[str]) -> Store:
        """The same store, in which these deliveries count although they are held."""
        other = Store(self.root)
        other.trying = frozenset(pulls)
        return other

    @contextlib.contextmanager
    def keep(self, source: str, where: str, simulated: bool = False, held: bool = False) -> Iterator[Keeping]:
        """Keep the bytes of one pull: visible all at once when the block ends well, else not at all.

        What is `held` does not count until it is marked as accepted.
        """
        at = files.later_than(each.at for each in self.receipts(source, every=True))
        prefix = "simulated" if simulated else "pull"
        pull = f"{prefix}-{at:%Y%m%dT%H%M%S%f}-{os.getpid()}-{threading.get_native_id()}"
        folder = self.workplace(f"{source}-{pull}")
        try:
            keeping = Keeping(folder)
            yield keeping
            listed, notes = tuple(keeping.files), tuple(keeping.notes)
            receipt = Receipt(source, pull, at.isoformat(), where, keeping.status, simulated, listed, notes)
            files.write_whole(folder / "receipt.json", files.as_json(asdict(receipt)))
            if held:
                marks.mark(folder, marks.HELD)
            target = self.root / "raw" / source
            target.mkdir(parents=True, exist_ok=True)
            os.replace(folder, target / pull)
            files.flush_folder(target)
            keeping.receipt = receipt
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def fail(self, source: str, where: str, zh: str, en: str) -> None:
        """Write down a pull that failed; the last good bytes stay in use."""
        folder = self.root / "raw" / source
        folder.mkdir(parents=True, exist_ok=True)
        line = {"at": dt.datetime.now(dt.UTC).isoformat(), "where": where, "zh": zh, "en": en}
        files.append_line(folder / "failures.jsonl", line)

    def failures(self, source: str) -> list[dict]:
        """Failed pulls of a source, oldest first; a line cut short by a crash is passed over."""
        return list(files.read_lines(self.root / "raw" / source / "failures.jsonl"))

    def failing(self, source: str) -> dict | None:
        """The last failed pull of a source and, as `since`, the first after the last one kept; None if none."""
        failures = self.failures(source)
        kept = max((each.at for each in self.receipts(source) if not each.simulated), default="") if failures else ""
        after = [each for each in failures if each["at"] > kept]
        return {**after[-1], "since": after[0]["at"]} if after else None

    def receipts(self, source: str, every: bool = False) -> list[Receipt]:
        """The deliveries of a source that count, oldest first; with `every`, the held and withdrawn ones too."""
        found = []
        for path in (self.root / "raw" / source).glob("*/receipt.json"):
            if not (every or path.parent.name in self.trying or marks.counts(path.parent)):
                continue
            try:
                raw = json.loads(path.read_text(encoding="utf-8"))
            except FileNotFoundError:  # dropped by another process meanwhile
                continue
            raw["files"] = tuple(Kept(**each) for each in raw["files"])
            raw["notes"] = tuple(raw["notes"])
            found.append(Receipt(**raw))
        return sorted(found, key=lambda receipt: (receipt.at, receipt.pull))

    def latest(self, source: str) -> Receipt | None:
        """The bytes a build should use: the newest real ones, the simulated only where there are none."""
        kept = [receipt for receipt in self.receipts(source) if receipt.status == "ok"]
        real = [receipt for receipt in kept if not receipt.simulated]
        return (real or kept or [None])[-1]

    def files(self, receipt: Receipt) -> list[Path]:
        """The kept files of a receipt, in the order they were kept."""
        return [self.folder(receipt) / each.name for each in receipt.files]

    def folder(self, receipt: Receipt) -> Path:
        return self.root / "raw" / receipt.source / receipt.pull

    def drop_simulated(self, source: str, keep: str) -> None:
        """Forget older simulated bytes of a source; real ones are never dropped."""
        for receipt in self.receipts(source):
            if receipt.simulated and receipt.pull != keep:
                shutil.rmtree(self.root / "raw" / source / receipt.pull, ignore_errors=True)

    # builds

    def builds(self) -> list[Build]:
        """Every finished build, oldest first. A build is finished when its manifest stands beside it."""
        found = []
        for name in self._names():
            with contextlib.suppress(FileNotFoundError):  # pruned by another process meanwhile
                found.append(self._read(name))
        return found

    def build(self, name: str) -> Build:
        """One build by its name, or the one that a meeting froze: `meeting-113-03`.

        Raises StoreError that lists the known builds.
        """
        if MEETING.fullmatch(name) and (self._frozen(name) / "meeting.json").exists():
            return self._read(name)
        return self._finished(name)

    def current(self) -> Build | None:
        """The build in use, or None before the first one. Two small reads: cheap enough for every question."""
        try:
            return self._read((self.root / "current").read_text(encoding="utf-8").strip())
        except FileNotFoundError:
            return None

    def current_name(self) -> str | None:
        """The name of the build in use: one small read."""
        try:
            return (self.root / "current").read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None

    def finish(self, built: Path, manifest: dict) -> Build:
        """Give a built file its place among the builds. It is not in use until `publish`."""
        folder = self.root / "builds"
        folder.mkdir(parents=True, exist_ok=True)
        last = max((int(name[1:6]) for name in self._names()), default=0)
        name = f"b{last + 1:05d}-{manifest['fingerprint'][:8]}"
        files.flush_file(built)
        os.replace(built, folder / f"{name}.duckdb")
        # The manifest comes last: without it the file beside it is not a build.
        files.write_whole(folder / f"{name}.json", files.as_json({"name": name, **manifest}))
        files.flush_folder(folder)
        return self._read(name)

    def publish(self, name: str) -> Build:
        """Put a finished build in use, by one rename. Readers that hold the old one are not disturbed."""
        return self._use(name)

    def rollback(self) -> Build:
        """Put the build that was in use before back in use. Raises StoreError where there is none."""
        before = self.before()
        if before is None:
            raise StoreError("沒有更早的版本可以退回 · There is no earlier build to go back to")
        return self._use(before.name, back=True)

    def before(self) -> Build | None:
        """The build that was in use before the one in use."""
        earlier = self._used()[:-1]
        return self._read(earlier[-1]) if earlier else None

    def _use(self, name: str, back: bool = False) -> Build:
        build = self._finished(name)  # what a meeting froze is for looking back, not for use
        files.write_whole(self.root / "current", f"{name}\n".encode())
        line = {"at": dt.datetime.now(dt.UTC).isoformat(), "name": name}
        files.append_line(self.root / "published.jsonl", line | ({"back": True} if back else {}))
        return build

    def _used(self) -> list[str]:
        """The builds that were put in use and are still there, in that order; the last one is in use now.

        Going back forgets what it went back from, so that going back twice goes two back.
        """
        used: list[str] = []
        for each in files.read_lines(self.root / "published.jsonl"):
            if each.get("back") and each["name"] in used:
                while used[-1] != each["name"]:
                    used.pop()
            else:
                used.append(each["name"])
        current, names = self.current_name(), set(self._names())
        order = [name for name in used if name in names and name != current]
        return [*order, current] if current else order

    def prune(self, keep: int) -> list[str]:
        """Remove all but the newest `keep` builds; never the one in use nor the one to go back to."""
        names, current = self._names(), self.current_name()
        before = self._used()[:-1][-1:]
        held = {*names[-max(keep, 1) :], *before, current}
        gone = [name for name in names if name not in held]
        for name in gone:
            for ending in (".json", ".duckdb"):  # the manifest first: half a removal leaves no half build
                files.remove(self.root / "builds" / f"{name}{ending}")
            shutil.rmtree(self.root / "rejects" / name, ignore_errors=True)
        return gone

    def workplace(self, name: str) -> Path:
        """A fresh folder for unfinished work, on the same file system as the rest."""
        folder = self.root / "work" / name
        folder.mkdir(parents=True)
        return folder

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the right to build and publish; a second writer gets Busy, a StoreError, at once.

        The lock is the operating system's: it goes with the process, so a crash leaves none behind.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "writer.lock").open("a+b") as file:
            try:
                files.lock(file)
            except (BlockingIOError, PermissionError) as error:
                raise Busy("另一個建置正在進行，請稍後再試 · Another build is running; try again later") from error
            self._sweep()
            yield

    def _sweep(self) -> None:
        """Clear what a crashed build left behind: unfinished work, and builds without a manifest."""
        for path in (self.root / "work").glob("*"):
            # A pull may be at work beside this for a day, a look at somebody's file for a minute; older is a crash.
            with contextlib.suppress(FileNotFoundError):
                idle = 300 if path.name.startswith(("taken-", "preview-", "upload-")) else 86_400
                if path.name.startswith("build-") or path.stat().st_mtime < time.time() - idle:
                    shutil.rmtree(path, ignore_errors=True)
        names = set(self._names())
        for path in (self.root / "builds").glob("*.duckdb*"):
            if path.name.split(".")[0] not in names:
                files.remove(path)
        for folder in (self.root, self.root / "builds"):
            for path in folder.glob(".*.part"):
                files.remove(path)

    def _names(self) -> list[str]:
        found = (path.stem for path in (self.root / "builds").glob("b*.json"))
        return sorted(name for name in found if NAME.fullmatch(name))

    def _finished(self, name: str) -> Build:
        if name not in self._names():
            known = ", ".join(self._names()) or "—"
            raise StoreError(f"沒有名為 {name} 的版本；現有：{known} · No build named {name}; there are: {known}")
        return self._read(name)

    def _frozen(self, name: str) -> Path:
        return self.root / "meetings" / name.removeprefix("meeting-")

    def _read(self, name: str) -> Build:
        if MEETING.fullmatch(name):
            folder = self._frozen(name)
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            return Build(name, folder / "warehouse.duckdb", manifest)
        folder = self.root / "builds"
        manifest = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        return Build(name, folder / f"{name}.duckdb", manifest)
