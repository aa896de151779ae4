"""Which bytes may be kept? The same JSON, XML or table without the personal data in it.

Runs before anything is written. No field that is known to mean a person is kept; of a source with personal data, fields
of its records that nobody declared keep their name and lose their value. Where nothing is dropped the bytes stay as
they came.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from data_pipeline import clean
from data_pipeline.declarations import Source, plain
from data_pipeline.pull.body import json_of, tag, xml_of
from data_pipeline.redact import Redacted

TABLES = (".csv", ".xlsx", ".ods", ".xls", ".xlsm")
BRACKETS = re.compile(r"[(\[【（].*?[)\]】）]")

Test = Callable[[str], bool]


def named(names: Iterable[str]) -> Test:
    """Does a header, key or tag stand for one of these names? Blanks, case, brackets and 臺/台 do not matter."""
    forms = {form for name in names for form in _forms(name)}
    return lambda name: bool(forms & set(_forms(name)))


def _forms(name: str) -> tuple[str, str]:
    return plain(name), plain(BRACKETS.sub("", name))


@dataclass(frozen=True)
class Rule:
    """What of a record may be kept: nothing personal, and where `is_declared` is set no value of anything else.

    `within`: personal names count only inside elements of that name. `record`: the element that is a record; without
    one each child of the root is. `marks`: attributes that say which record it is.
    """

    is_personal: Test
    is_declared: Test | None
    within: str | None = None
    record: str | None = None
    marks: tuple[str, ...] = ()
    record_on_top: bool = False


def rule_of(source: Source, protocol: object) -> Rule:
    """The rule of a source: its own declaration, and what its protocol always or never carries."""
    is_declared = named(
        header for name, column in source.columns.items() for header in (column.header, *column.aliases, name)
    )
    is_personal = named([*source.personal, *getattr(protocol, "PERSONAL", ())])
    return Rule(
        lambda name: is_personal(name) or (bool(clean.PERSONAL.search(plain(name))) and not is_declared(name)),
        is_declared if source.personal else None,
        *(getattr(protocol, name, None) for name in ("WITHIN", "RECORD")),
        getattr(protocol, "MARKS", ()),
        getattr(protocol, "RECORD_ON_TOP", False),
    )


def drop_from_json(body: bytes, rule: Rule) -> bytes:
    """Without the personal keys, at any depth; of a record (an item of a list) an undeclared one becomes null."""
    value = json_of(body, numbers_as_text=False)
    dropped = False

    def of_key(key: str, value: object, inside: bool) -> object:
        nonlocal dropped
        if inside and rule.is_declared and not rule.is_declared(key):
            dropped = dropped or value is not None
            return None
        # Where one record came in place of a list, it is the value of the list's own key.
        return walk(value, inside or key in ("data", "records"))

    def walk(value: object, inside: bool) -> object:
        nonlocal dropped
        if isinstance(value, list):
            return [walk(each, True) for each in value]
        if isinstance(value, dict):
            kept = {key: of_key(key, each, inside) for key, each in value.items() if not rule.is_personal(key)}
            dropped = dropped or len(kept) < len(value)
            return kept
        return value

    kept = walk(value, rule.record_on_top)
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode() if dropped else body


def drop_from_xml(body: bytes, rule: Rule) -> bytes:
    """Without the personal elements and attributes, at any depth; of a record an undeclared one becomes empty."""
    root = xml_of(body)
    dropped = False

    def is_undeclared(path: tuple[str, ...]) -> bool:
        # A nested one is declared by its own name, or by that of an outer one too: 承攬/廠商名稱.
        ends = ("/".join(path[place:]) for place in range(len(path)))
        return rule.is_declared is not None and not any(map(rule.is_declared, ends))

    def walk(element: ET.Element, inside: bool, path: tuple[str, ...] | None) -> None:
        nonlocal dropped
        inside = inside or tag(element) == rule.within
        if path is None and tag(element) == rule.record:
            path = ()
        for each in list(element):
            if inside and rule.is_personal(tag(each)):
                element.remove(each)
                dropped = True
            # Without a name for it, each child of the root is a record.
            elif element is root and rule.record is None:
                walk(each, inside, ())
            else:
                walk(each, inside, None if path is None else (*path, tag(each)))
        for name in list(element.attrib):
            bare = name.rsplit("}", 1)[-1]
            if inside and rule.is_personal(bare):
                del element.attrib[name]
                dropped = True
            elif path is not None and bare not in rule.marks and is_undeclared((*path, bare)) and element.attrib[name]:
                element.attrib[name] = ""
                dropped = True
        # The text of a leaf; of what has children, text is between them and never read.
        if path and (element.text or "").strip() and (len(element) or is_undeclared(path)):
            element.text = None
            dropped = True

    walk(root, rule.within is None, None)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) if dropped else body


def drop_from_table(source: Source, name: str, body: bytes) -> tuple[str, bytes]:
    """What may be kept of a table, as a UTF-8 CSV; to the byte where that is all of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table{Path(name).suffix.lower()}"
        path.write_bytes(body)
        made = Redacted(clean.grid_for(path, source), source)
        text = io.StringIO(newline="")
        csv.writer(text).writerows(made.rows())
    return (f"{Path(name).stem}.csv", text.getvalue().encode()) if made.changed else (name, body)
