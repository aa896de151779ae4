"""How does a file become a published build in one step, and how is it as if it had never come where it must not?

Its delivery is held while the build is made, and accepted when every check has passed, just before the build is put in
use. A crash before leaves a delivery that never counts; one after, a delivery that the next build uses.
"""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from data_pipeline import build as building
from data_pipeline import confined, filing, sample
from data_pipeline.build import ChecksFailed
from data_pipeline.declarations import Source
from data_pipeline.grids import FileFault
from data_pipeline.store import Build, Busy, Receipt, Store, StoreError, audit, marks
from data_pipeline.store.files import sha256_of

log = structlog.get_logger()
Report = Callable[[str, float], None]


@dataclass(frozen=True)
class Filed:
    """What came of it: the build in use, the deliveries that it newly holds (none: it had them all), and counts."""

    build: Build
    receipts: tuple[Receipt, ...]
    counts: dict[str, int]


def file(
    store: Store, sources: dict[str, Source], paths: tuple[Path, ...], name: str | None, by: str,
    report: Report = lambda step, share: None, keep: int = 5,
) -> Filed:  # fmt: skip
    """Look, keep, build, check and publish, under one lock; written into the audit trail, whatever comes of it.

    Raises FileFault, ChecksFailed, StoreError; the build in use and what the next one uses are then as before.
    """
    if not by.strip():
        raise StoreError("不知道是誰送件，沒有收件；請加 --by · Nothing was taken: say --by, who files it")
    try:
        return _file(store, sources, paths, name, by, report, keep)
    except Busy:  # it may be tried again in a moment
        raise
    except Exception as error:
        said = refusal(store, error) if isinstance(error, ChecksFailed) else str(error)
        for path in paths:
            audit.record(store, by, "refused", name or "", path.name, said)
        raise


def _file(store, sources, paths, name, by, report, keep) -> Filed:
    parts = []
    for path in paths:
        report("檢視檔案 reading", 0.0)
        parts += confined.preview(store, path, name)
    if empty := [part for part in parts if not part["counts"]["added"] + part["counts"]["changed"] + _same(part)]:
        zh, en, many = empty[0]["zh"], empty[0]["en"], empty[0]["counts"]["refused"]
        raise FileFault(
            f"{zh}：沒有一列可用（{many:,} 列退件），沒有收件；請依退件原因更正後再送。",
            f"{en}: no row of it can be used ({many:,} refused), nothing was taken; correct them and file again.",
        )
    counts = {kind: sum(part["counts"][kind] for part in parts) for kind in parts[0]["counts"]}
    with store.writing():
        current = store.current()
        taken = filing.sort_out(paths, sources, sources[name] if name else None)
        new = [(path, source) for path, source in taken if not _has(store, source, path)]
        used = set().union(*current.manifest["inputs"].values()) if current else set()
        if not new and all(store.latest(source.name).pull in used for _, source in taken):
            return Filed(current, (), counts)
        receipts = [filing.add(store, source, path, held=True) for path, source in new]
        folders = [store.folder(receipt) for receipt in receipts]
        try:
            complete(store, sources, report, besides={source.name for _, source in new})
            made = building.build(store.trial({each.pull for each in receipts}), sources, progress=report)
            for problem in made.problems:
                if problem["pull"] in {each.pull for each in receipts}:
                    raise FileFault(problem["zh"], problem["en"])
        except BaseException as error:
            for folder in folders:
                marks.mark(folder, marks.WITHDRAWN, by, str(error)[:500])
            raise
        for folder in folders:
            marks.mark(folder, marks.ACCEPTED, by)
        store.publish(made.build.name)
        for receipt in receipts:
            sent = receipt.where.removeprefix("file:")
            audit.record(store, by, "filed", receipt.source, sent, f"{made.build.name} {receipt.pull}")
        audit.record(store, by, "published", made.build.name)
        log.info("filed", build=made.build.name, pulls=[each.pull for each in receipts], pruned=store.prune(keep))
    return Filed(made.build, tuple(receipts), counts)


def has_filed(store: Store, sources: dict[str, Source], path: Path) -> bool:
    """Whether these bytes were accepted before and are in use: a crash before the file is moved files nothing twice.

    The newest delivery of a source that no build holds yet is filed once more, which builds it and keeps nothing new.
    """
    digest, current = sha256_of(path), store.current()
    used = set().union(*current.manifest["inputs"].values()) if current else set()
    found = [
        receipt.pull in used or receipt.pull != store.latest(name).pull
        for name in sources
        for receipt in store.receipts(name)
        if digest in {kept.sha256_received for kept in receipt.files} and not receipt.simulated
    ]
    return bool(found) and all(found)


def refusal(store: Store, failed: ChecksFailed) -> str:
    """What failed, in one sentence a check, and what still holds."""
    zh = "；".join(f"{each.zh}（{each.count:,} 筆不符）" for each in failed.offences)
    en = "; ".join(f"{each.en} ({each.count:,} rows do not)" for each in failed.offences)
    used = store.current_name() or "—"
    return (
        f"檢核未過：{zh}。沒有發布，這份檔案不採計，仍使用 {used}；請更正後再送 · "
        f"Checks failed: {en}. Nothing was published, the file does not count, {used} stays in use; "
        "correct it and file again"
    )


def _has(store: Store, source: Source, path: Path) -> bool:
    """Whether these very bytes are the newest delivery of the source."""
    latest = store.latest(source.name)
    if latest is None or latest.simulated:
        return False
    return {kept.sha256_received for kept in latest.files} == {sha256_of(path)}


def _same(part: dict) -> int:
    return part["counts"]["same"]


def complete(store: Store, sources: dict[str, Source], report: Report, besides: set[str] = frozenset()) -> None:
    """Where a source has no data at all, keep simulated ones."""
    lacking = [
        each.name for each in sources.values()
        if each.name in sample.SOURCES and each.name not in besides and store.latest(each.name) is None
    ]  # fmt: skip
    if lacking:
        report("模擬資料 simulated set", 0.01)
        simulate(store, sample.SEED, 1.0, lacking)


def simulate(
    store: Store, seed: int, scale: float, only: list[str] | None = None, until: dt.date | None = None
) -> None:
    """Keep a fresh simulated set; with `only`, of those sources alone; with `until`, as it stood on that day."""
    where = f"sample seed={seed} scale={scale}" + (f" until={until}" if until else "")
    folder = store.workplace(f"build-sample-{time.time_ns()}")
    try:
        for name, path in sample.generate(folder, seed=seed, scale=scale, until=until).items():
            if only is not None and name not in only:
                continue
            with store.keep(name, where=where, simulated=True) as kept:
                kept.take(path)
            store.drop_simulated(name, keep=store.receipts(name)[-1].pull)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    log.info("simulated", seed=seed, scale=scale, until=until and until.isoformat())
