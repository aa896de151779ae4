"""What does a warehouse hold that somebody has filed harm into? Every text column of every source, in half its values.

A value is changed by what it is and nothing else, so that what belongs together still meets.
"""

from __future__ import annotations

import csv
import zlib
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from data_pipeline import declarations, sample
from data_pipeline.declarations import Source
from data_pipeline.store import Store, notes
from tests.torture.corpus import FORMULAS, SCRIPTS

SCALE = 0.01


def harmful(value: str, column: str = "") -> str:
    """The value with something of the corpus, or as it was; the same value always comes out the same."""
    place = zlib.crc32(f"{column} {value}".encode())
    if not value or place % 2:
        return value
    place //= 2
    if place % 4 == 0:
        return f"{FORMULAS[place // 4 % len(FORMULAS)]} {value}"
    return f"{value} {SCRIPTS[place // 4 % len(SCRIPTS)]}"


def store(root: Path) -> Store:
    """A store with such deliveries and notes; nothing is built yet."""
    made, sources = Store(root), declarations.load()
    folder = root.parent / "plain"
    for name, path in sample.generate(folder, scale=SCALE).items():
        _file(made, sources[name], path)
    for source in sources.values():
        if source.name not in sample.SOURCES:
            _answer(made, source)
    for number, script in enumerate(SCRIPTS + FORMULAS):
        kind = ("note", "decision", "exception")[number % 3]
        notes.add(made, kind=kind, about="metric:hotline.contacts" if number % 2 else "metric:works.count", text=script,
                  reason=script, remedy=script, owner=script[:60], by=script[:60],
                  until=None if kind != "exception" else sample.LAST)  # fmt: skip
    return made


def _file(made: Store, source: Source, path: Path) -> None:
    """A delivery of the simulated set as if it were filed: texts with harm, a file name with harm."""
    texts = {column.header: name for name, column in source.columns.items() if column.type == "text"}
    target = path.with_name(f"{path.stem}.poisoned.csv")
    with path.open(encoding="utf-8-sig", newline="") as file, target.open("w", encoding="utf-8", newline="") as out:
        rows = csv.DictReader(file)
        writer = csv.DictWriter(out, rows.fieldnames)
        writer.writeheader()
        for number, row in enumerate(rows):
            for header, name in texts.items():
                if row.get(header):
                    # A key means the same in every source that has it.
                    row[header] = harmful(row[header], name if name.endswith("_id") else header)
            writer.writerow(row)
            if number % 500 == 1:  # one that is refused: its value is shown in the list of rejects
                for header in row:
                    row[header] = row[header] if header in texts else SCRIPTS[number // 500 % len(SCRIPTS)]
                writer.writerow(row)
    name = SCRIPTS[zlib.crc32(source.name.encode()) % len(SCRIPTS)].replace("/", "_")[:60]
    with made.keep(source.name, where=f"file:{name}.csv") as kept:
        kept.add(f"{name}.csv", target.read_bytes())
        kept.note(SCRIPTS[0], SCRIPTS[1])


def _answer(made: Store, source: Source) -> None:
    """A delivery of a source that the simulated set lacks: a row for each text of the corpus."""
    rows = []
    for number, harm in enumerate(SCRIPTS + FORMULAS):
        row = {}
        for column in source.columns.values():
            row[column.header] = {
                "text": f"{number} {harm}", "date": "112.3.26", "datetime": "2023-03-26 08:00:00", "month": "112/03",
                "code": "違規停車" if column.domain == "service_category" else "", "district": "永康區",
            }.get(column.type, "10")  # fmt: skip
        rows.append(row)
    with made.keep(source.name, where=f"file:{SCRIPTS[1]}") as kept:
        if source.where.protocol == "pcc":
            kept.add("標案.xml", _tenders(source, rows))
            return
        path = made.root.parent / "answer.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        kept.add("answer.csv", path.read_bytes())
    if source.where.url:
        made.fail(source.name, SCRIPTS[1], SCRIPTS[1], SCRIPTS[2])


def _tenders(source: Source, rows: list[dict]) -> bytes:
    section = source.where.resource or "基本資料"
    parts = []
    for row in rows:
        inner = "".join(
            f"<{header}>{escape(value)}</{header}>" if "/" not in header else
            f"<{header.split('/')[0]}><{header.split('/')[1]}>{escape(value)}</{header.split('/')[1]}></{header.split('/')[0]}>"
            for header, value in row.items() if header not in ("標案編號", "年月")
        ).replace("\u2028", "&#x2028;")  # fmt: skip
        if section in ("進度資料", "落後資料"):
            inner = f'<年 民國年="112"><月 日曆月="3">{inner}</月></年>'
        elif section != "基本資料":
            inner = f"<變更>{inner}</變更>"
        parts.append(f"<標案 編號={quoteattr(row['標案編號'])}><{section}>{inner}</{section}></標案>")
    return f'<?xml version="1.0" encoding="utf-8"?><標案清單>{"".join(parts)}</標案清單>'.encode()
