"""Which bytes may be kept? The same JSON, XML or table without the personal data in it.

Runs before anything is written. Where nothing personal is found the bytes stay as they came.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from pathlib import Path

from data_pipeline.clean import HEADER_WITHIN
from data_pipeline.declarations import plain
from data_pipeline.grids import grid_of
from data_pipeline.pull.body import json_of, tag, xml_of

TABLES = (".csv", ".xlsx", ".ods", ".xls", ".xlsm")
BRACKETS = re.compile(r"[(\[【（].*?[)\]】）]")

Test = Callable[[str], bool]


def named(names: Iterable[str]) -> Test:
    """Does a header, key or tag stand for one of these names? Blanks, case, brackets and 臺/台 do not matter."""
    forms = {form for name in names for form in _forms(name)}
    return lambda name: bool(forms & set(_forms(name)))


def _forms(name: str) -> tuple[str, str]:
    return plain(name), plain(BRACKETS.sub("", name))


def drop_from_json(body: bytes, is_personal: Test) -> bytes:
    """Without the personal keys, at any depth."""
    value = json_of(body, numbers_as_text=False)
    dropped = False

    def walk(value: object) -> object:
        nonlocal dropped
        if isinstance(value, list):
            return [walk(each) for each in value]
        if isinstance(value, dict):
            kept = {key: walk(each) for key, each in value.items() if not is_personal(key)}
            dropped = dropped or len(kept) < len(value)
            return kept
        return value

    kept = walk(value)
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode() if dropped else body


def drop_from_xml(body: bytes, is_personal: Test, within: str | None = None) -> bytes:
    """Without the personal elements and attributes, at any depth; `within`: only inside elements of that name."""
    root = xml_of(body)
    dropped = False

    def walk(element: ET.Element, inside: bool) -> None:
        nonlocal dropped
        inside = inside or tag(element) == within
        if inside:
            for each in [each for each in element if is_personal(tag(each))]:
                element.remove(each)
                dropped = True
            for name in [name for name in element.attrib if is_personal(name.rsplit("}", 1)[-1])]:
                del element.attrib[name]
                dropped = True
        for each in element:
            walk(each, inside)

    walk(root, within is None)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) if dropped else body


def drop_from_table(name: str, body: bytes, is_personal: Test) -> tuple[str, bytes]:
    """Without the personal columns; a table that has some becomes a UTF-8 CSV."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table{Path(name).suffix.lower()}"
        path.write_bytes(body)
        rows = [cells for _, cells in grid_of(path)]
    places = {place for cells in rows[:HEADER_WITHIN] for place, cell in enumerate(cells) if is_personal(cell)}
    if not places:
        return name, body
    text = io.StringIO(newline="")
    csv.writer(text).writerows([each for place, each in enumerate(cells) if place not in places] for cells in rows)
    return f"{Path(name).stem}.csv", text.getvalue().encode()
