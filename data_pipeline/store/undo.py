"""What would undo bring back, and which deliveries would no longer count? The last filing, taken back in one step."""

from __future__ import annotations

from dataclasses import dataclass

from data_pipeline.store import Build, Receipt, Store, StoreError, marks


@dataclass(frozen=True)
class Step:
    """From the build in use to the one before it, and the real deliveries that made the difference."""

    now: Build
    before: Build
    deliveries: tuple[Receipt, ...]


def step(store: Store) -> Step:
    """What undo would do. Raises StoreError where there is nothing to undo."""
    now, before = store.current(), store.before()
    if now is None or before is None:
        raise StoreError("沒有可以復原的：沒有更早的版本 · Nothing to undo: there is no earlier build")
    had = {pull for pulls in before.manifest["inputs"].values() for pull in pulls}
    came = [
        receipt
        for name, pulls in now.manifest["inputs"].items()
        for receipt in store.receipts(name, every=True)
        if receipt.pull in set(pulls) - had and not receipt.simulated
    ]
    if not came:
        raise StoreError(
            "沒有可以復原的：使用中的版本沒有新收的檔案；要退回版本請用 rollback · "
            "Nothing to undo: the build in use holds no newer file; to go back a build, use rollback"
        )
    return Step(now, before, tuple(sorted(came, key=lambda each: each.at)))


def undo(store: Store, by: str) -> Step:
    """Withdraw the deliveries, then bring back the build before. Must be called within `store.writing()`.

    In this order a crash between leaves a step that is taken again; the other way the deliveries would come back.
    """
    found = step(store)
    for receipt in found.deliveries:
        marks.mark(store.folder(receipt), marks.WITHDRAWN, by, "undo")
    store.rollback()
    return found
