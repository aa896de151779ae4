"""How do the rows of a service become kept bytes, and kept bytes rows again? One small module a protocol.

    pull(source, store)        ask the service, drop personal data, keep every page or none
    rows(source, name, body)   kept bytes → rows of header → text, for the build
    redact(source, name, body) the same bytes without personal data
    feeds(body, sources)       which sources one dropped 標案 XML has rows for

A protocol's module says which `pages` a source has, how to read `rows` from one, and what in it is always `PERSONAL`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from data_pipeline import clean
from data_pipeline.declarations import Source
from data_pipeline.grids import FileFault, Grid, grid_of_records
from data_pipeline.pull import ckan, datagov, georeport, open1999, pcc, personal, soa
from data_pipeline.pull.body import JSON_LABEL, Page, PullError
from data_pipeline.pull.http import Asker, Limits
from data_pipeline.pull.pcc import feeds
from data_pipeline.store import Keeping, Receipt, Store

PROTOCOLS = {
    "soa": soa, "open1999": open1999, "georeport": georeport, "ckan": ckan, "datagov": datagov, "pcc": pcc,
}  # fmt: skip
CLEARLY_LESS = 0.2  # of the keys that the delivery before had
TAIPEI = ZoneInfo("Asia/Taipei")
DATE = re.compile(r"(\d{2,4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})?")


def pull(
    source: Source,
    store: Store,
    progress: Callable[[int, int], None] | None = None,
    *,
    limits: Limits | None = None,
    today: dt.date | None = None,
) -> Receipt:
    """Ask the service for all its pages and keep them, or none of them.

    `progress` is called with the pages and the rows so far. The receipt's status is `empty` where the service has no
    rows: then the build goes on with the bytes kept before, unless the source says `options.empty_is_valid: 1`.
    Raises PullError, after writing the failure down.
    """
    where = source.where
    protocol = PROTOCOLS.get(where.protocol)
    if not where.url or protocol is None or not hasattr(protocol, "pages"):
        raise PullError("這是檔案來源，請用 add 收進檔案", "A file source: hand the file in with `add`")
    place = f"{where.url} {where.resource}" if where.resource else where.url
    hosts = tuple(host.strip() for host in str(where.options.get("hosts", "")).split(",") if host.strip())
    today = today or dt.datetime.now(TAIPEI).date()
    try:
        with Asker(where.url, limits, hosts) as asker, store.keep(source.name, place) as kept:
            tally = Tally(source, store, kept, today)
            for page in protocol.pages(source, asker, kept.note, today):
                tally.take(page)
                if progress:
                    progress(tally.pages, tally.rows)
            tally.close()
    except FileFault as fault:
        store.fail(source.name, place, fault.zh, fault.en)
        raise fault if isinstance(fault, PullError) else PullError(fault.zh, fault.en) from fault
    return store.receipts(source.name)[-1]


def rows(source: Source, name: str, body: bytes) -> Iterator[dict[str, str | None]]:
    """The rows of kept bytes, header → text. Raises PullError (a FileFault) where they cannot be read."""
    return PROTOCOLS[source.where.protocol].rows(source, name, body)


def redact(source: Source, name: str, body: bytes) -> bytes:
    """The same bytes without personal data, in the same format. Raises PullError where they cannot be read."""
    return without_personal(source, name, body)[1]


def without_personal(source: Source, name: str, body: bytes) -> tuple[str, bytes]:
    """The name and the bytes that may be kept; a table that loses columns becomes a CSV."""
    if Path(name).suffix.lower() in personal.TABLES:
        return personal.drop_from_table(source, name, body)
    rule = personal.rule_of(source, PROTOCOLS.get(source.where.protocol))
    if JSON_LABEL.match(body):
        return name, personal.drop_from_json(body, rule)
    return name, personal.drop_from_xml(body, rule)


class Tally:
    """What a delivery brought: its pages into the store, and what was odd about their rows into the receipt."""

    def __init__(self, source: Source, store: Store, kept: Keeping, today: dt.date):
        self.source, self.store, self.kept, self.today = source, store, kept, today
        self.pages = self.rows = self.again = self.ahead = 0
        self.empty: tuple[Page, bytes] | None = None
        self.unknown: dict[str, None] = {}
        self.columns: set[str | None] = set()
        self._seen: set[tuple] = set()

    def take(self, page: Page) -> None:
        """Keep a page if it has rows. Raises PullError where a required column is gone."""
        self.pages += 1
        name, body = without_personal(self.source, page.name, page.body)
        grid = list(self._grid(name, body))
        if len(grid) < 2:
            self.empty = self.empty or (page, body)
            return
        header, found = clean.tidy(grid, self.source)
        self.unknown |= dict.fromkeys(header.unknown)
        self.columns |= set(header.columns)
        for each in found:
            self.rows += 1
            if isinstance(each, tuple):
                self._look_at(each[1])
        self.kept.add(name, body, page.body if body != page.body else None)

    def _grid(self, name: str, body: bytes) -> Grid:
        if Path(name).suffix.lower() in personal.TABLES:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / name
                path.write_bytes(body)
                return [row for row in clean.grid_for(path, self.source) if any(row[1])]
        grid = list(grid_of_records(rows(self.source, name, body)))
        if len(grid) > 1 and (lacking := clean.missing(clean.match_header(grid[0][1], self.source), self.source)):
            had = "、".join(grid[0][1])[:300]
            raise PullError(
                f"缺少必要欄位：{'、'.join(lacking)}；收到的欄位：{had}。服務可能改版，請更新宣告的欄位別名",
                f"Required fields are gone: {', '.join(lacking)}; what came: {had}. "
                "The service may have changed: update the declaration's aliases",
            )
        return grid

    def _look_at(self, row: dict[str, str | None]) -> None:
        same = key_of(self.source, row)
        self.again += same in self._seen
        self._seen.add(same)
        day = day_of(row.get(self.source.reach or "")) if self.source.reach else None
        self.ahead += day is not None and day > self.today

    def close(self) -> None:
        """Write the remarks; mark an answer without rows as such."""
        note, here = self.kept.note, self.source.where.options
        if self.unknown:
            names = "、".join(self.unknown)
            note(f"新的或未使用的欄位：{names}", f"New or unused fields: {names}")
        if self.again:
            note(
                f"有 {self.again} 筆重複，建置時保留最後一筆", f"{self.again} rows come again; the build keeps the last"
            )
        if self.ahead:
            note(f"有 {self.ahead} 筆時間在未來", f"{self.ahead} rows carry a time in the future")
        if self.rows:
            note_absent(self.kept, self.source, self.columns)
            if self.source.delivery == "full":
                note_lost(self.kept, self.store, self.source, self._seen)
        if self.rows or self.empty is None:
            return
        page, body = self.empty
        if here.get("empty_is_valid"):
            digest = hashlib.sha256(page.body).hexdigest()
            note(f"服務回覆 0 筆（sha256 {digest}）", f"The service answered with no rows (sha256 {digest})")
            return
        note("服務回覆沒有資料；繼續使用先前的資料", "The service has no rows; the data had before stay in use")
        self.kept.add(page.name, body, page.body if body != page.body else None)
        self.kept.empty()


def key_of(source: Source, row: dict[str, str | None]) -> tuple:
    """What makes a row the same row in the next delivery, as written."""
    if not source.key:
        return tuple(sorted((name, text or "") for name, text in row.items()))
    return tuple(clean.plain(row.get(name) or "") for name in source.key)


def note_absent(kept: Keeping, source: Source, columns: set[str | None]) -> None:
    """Remark on declared columns that did not come, though nothing depends on them."""
    if lacking := clean.absent(columns, source):
        names = "、".join(lacking)
        kept.note(f"沒有收到的欄位：{names}", f"Columns that did not come: {names}")


def note_lost(kept: Keeping, store: Store, source: Source, keys: set[tuple]) -> None:
    """Remark where a delivery that replaces the one before clearly covers less than that one."""
    before = store.latest(source.name)
    if before is None or before.simulated:
        return
    had: set[tuple] = set()
    for path in store.files(before):
        try:
            if path.suffix.lower() in personal.TABLES:
                grid = clean.grid_for(path, source)
            else:
                grid = grid_of_records(rows(source, path.name, path.read_bytes()))
            had |= {key_of(source, each[1]) for each in clean.tidy(grid, source)[1] if isinstance(each, tuple)}
        except (FileFault, OSError):
            return
    lost = len(had - keys)
    if had and lost > CLEARLY_LESS * len(had):
        kept.note(
            f"前一次的 {len(had):,} 筆中有 {lost:,} 筆這次沒有；此來源以最新一次為全部，下次建置起不再採計",
            f"{lost:,} of the {len(had):,} rows of the delivery before are not in this one; it replaces that one, so "
            "the next build is without them",
        )


def day_of(text: str | None) -> dt.date | None:
    """The day a time lies in, 民國 or western, to find times in the future; None where it is unclear."""
    text = (text or "").strip()
    parts = DATE.match(text)
    if not parts:
        return None
    if text.isdigit():
        year, month, day = text[:-4], text[-4:-2], text[-2:]
    else:
        year, month, day = parts[1], parts[2], parts[3] or "1"
    try:
        return dt.date(int(year) + (1911 if len(year) <= 3 else 0), int(month), int(day))
    except (ValueError, OverflowError):  # forty digits are no year
        return None


__all__ = [
    "Limits", "Page", "PullError", "Tally", "feeds", "key_of", "note_absent", "note_lost", "pull", "redact", "rows",
    "without_personal",
]  # fmt: skip
