"""Which source does a file come nearest to that fits none, and what does it lack? Said so that one can mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from data_pipeline.declarations import Column, Source
from data_pipeline.grids import FileFault

if TYPE_CHECKING:
    from data_pipeline.clean import Header

Row = tuple[list[str], "Header"]  # a row as printed, and as a header of some source
NUMBER = re.compile(r"\d{5}")
SEEN = 12  # headers
ENOUGH = 1 / 2  # of a source's columns, below which nothing is near


def lacking(header: Header | None, source: Source) -> list[Column]:
    """The required columns that a header lacks."""
    had = set(header.columns) if header else set()
    if header and header.months and source.wide:
        had |= {"month", source.wide.value}
    return [column for name, column in source.columns.items() if column.required and name not in had]


def headless(place: int | None, cells: list[str], header: Header | None, source: Source) -> FileFault:
    """Why a file that should be of this source has no header: its best row in place `place`, or its first row."""
    if header is None:
        wanted = "、".join(column.header for column in source.columns.values() if column.required)
        # The row is not quoted: the audit trail keeps the sentence, and it may name somebody.
        filled, title = sum(bool(cell.strip()) for cell in cells), source.title
        row_zh, row_en = (f"有 {filled} 格", f"has {filled} cells") if filled else ("（空白）", "is blank")
        zh = f"找不到標題列，沒有收件；應有欄位：{wanted}；檔案第一列{row_zh}；請確認檔案是否為「{title.zh}」。"
        en = (
            f"no header row, nothing was taken; expected columns: {wanted}; the first row {row_en}; "
            f"is this file {title.en}?"
        )
    else:
        names = "、".join(column.header for column in lacking(header, source))
        zh = f"標題列（第 {place} 列）缺少必要欄位：{names}，沒有收件；請補上欄位後再送一次。"
        en = f"the header (row {place}) lacks required columns: {names}; nothing was taken, add them and file again."
    return FileFault(zh, en, "header", {"seen": _seen(cells), **_held_against(header, source)})


def unrecognised(name: str, rows: Iterable[tuple[Source, Row]], known: Iterable[Source]) -> FileFault:
    """Why nobody can tell whose file it is; `rows` are its first ones, each read as a header of each source."""
    best = max(rows, key=lambda each: _nearness(each[1][1], each[0]), default=None)
    codes = "、".join(f"{each.name}（{each.title.zh}）" for each in known)
    titles = ", ".join(f"{each.name} ({each.title.en})" for each in known)
    zh, en, facts = "", "", {"seen": []}
    if best:
        source, (cells, header) = best
        facts["seen"] = _seen(cells)
        if _nearness(header, source)[0] >= ENOUGH:
            names = "、".join(column.header for column in lacking(header, source))
            zh = f"最接近的是 {source.name}（{source.title.zh}），缺少 {names}；"
            en = f"it comes nearest to {source.name} ({source.title.en}) and lacks {names}; "
            facts |= _held_against(header, source)
    return FileFault(
        f"{name}：認不出屬於哪個來源，沒有收件；{zh}請以 --source 指定：{codes}",
        f"{name}: which source is it? Nothing was taken; {en}say --source: {titles}",
        "unrecognised", facts,
    )  # fmt: skip


def ambiguous(name: str, fitting: Sequence[Source]) -> FileFault:
    """Why nobody can tell which of several sources a file belongs to."""
    return FileFault(
        f"{name}：同時符合 {len(fitting)} 個來源，沒有收件；請以 --source 指定："
        + "、".join(f"{each.name}（{each.title.zh}）" for each in fitting),
        f"{name}: it fits {len(fitting)} sources, nothing was taken; say --source: "
        + ", ".join(f"{each.name} ({each.title.en})" for each in fitting),
        "ambiguous", {"fitting": [_named(each) for each in fitting]},
    )  # fmt: skip


def _nearness(header: Header, source: Source) -> tuple[float, int]:
    hits = sum(name is not None for name in header.columns) + bool(header.months)
    return (hits / (hits + len(lacking(header, source))) if hits > 1 else 0.0), hits


def _seen(cells: list[str]) -> list[str]:
    """The cells that may be headers: where a file has none, its first row may hold somebody's telephone."""
    return [cell.strip()[:20] for cell in cells if cell.strip() and not NUMBER.search(cell)][:SEEN]


def _named(source: Source) -> dict[str, str]:
    return {"name": source.name, "zh": source.title.zh, "en": source.title.en}


def _held_against(header: Header | None, source: Source) -> dict[str, object]:
    """The source, and each column it requires: whether it is there."""
    lacks = {column.header for column in lacking(header, source)}
    required = [
        {"header": each.header, "zh": each.label.zh, "en": each.label.en, "had": each.header not in lacks}
        for each in source.columns.values() if each.required
    ]  # fmt: skip
    return {"source": _named(source), "required": required}
