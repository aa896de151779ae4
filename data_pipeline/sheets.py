"""What does a spreadsheet show that its bare values do not say? Percent signs and, in ODS, merged cells.

A cell shown as 87% holds 0.87; read as a bare number it would become a share of 0.0087. The reader of values
(python-calamine) gives neither number formats nor the merged cells of ODS, so the XML within the file is asked for
just these two. Places are (row, column), from 0.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element
from xml.sax import ContentHandler

import defusedxml.sax
from defusedxml.ElementTree import fromstring, iterparse

LARGEST = 2 * 1024**3  # bytes, unpacked
REPEATED = 1000  # a repeated row or cell beyond this is the empty rest of the sheet


@dataclass
class Shown:
    """Cells shown as a percentage, and blocks of merged cells ((top, left), (bottom, right))."""

    percent: set[tuple[int, int]] = field(default_factory=set)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)


def unpacked_size(path: Path) -> int:
    """Bytes that the file would unpack to; 0 for the old binary format, which is not packed."""
    if path.suffix.lower() == ".xls" or not zipfile.is_zipfile(path):
        return 0
    with zipfile.ZipFile(path) as book:
        return sum(each.file_size for each in book.infolist())


def read_through(path: Path) -> None:
    """Read an ODS to its end: of one whose XML breaks off within a table, the reader of values never comes back.

    Raises SAXParseException, or defusedxml's exceptions.
    """
    if path.suffix.lower() == ".ods" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as book:
            if "content.xml" in book.namelist():
                with book.open("content.xml") as file:
                    defusedxml.sax.parse(file, ContentHandler())


def shown(path: Path, sheet: str) -> Shown:
    """How the cells of a sheet are shown. A format that is not understood shows nothing special."""
    if path.suffix.lower() == ".xls" or not zipfile.is_zipfile(path):
        return Shown()
    with zipfile.ZipFile(path) as book:
        return _ods(book, sheet) if path.suffix.lower() == ".ods" else _xlsx(book, sheet)


def _xlsx(book: zipfile.ZipFile, sheet: str) -> Shown:
    names = set(book.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"} <= names:
        return Shown()
    ids = [each for each in fromstring(book.read("xl/workbook.xml")).iter() if _tag(each) == "sheet"]
    wanted = next((_attribute(each, "id") for each in ids if each.get("name") == sheet), None)
    targets = {each.get("Id"): each.get("Target") for each in fromstring(book.read("xl/_rels/workbook.xml.rels"))}
    place = posixpath.normpath(posixpath.join("/xl", targets.get(wanted) or "")).lstrip("/")
    percent = _percent_styles(fromstring(book.read("xl/styles.xml")))
    found = Shown()
    if place not in names or not percent:
        return found
    row = column = -1
    with book.open(place) as file:
        for event, each in iterparse(file, events=("start", "end")):
            tag = _tag(each)
            if event == "end":
                if tag == "row":
                    each.clear()
            elif tag == "row":
                row, column = int(each.get("r") or row + 2) - 1, -1
            elif tag == "c":
                column = _column(each.get("r")) if each.get("r") else column + 1
                if each.get("s") in percent and each.get("t", "n") == "n":
                    found.percent.add((row, column))
    return found


def _percent_styles(styles: Element) -> set[str]:
    formats = {each.get("numFmtId"): each.get("formatCode", "") for each in styles.iter() if _tag(each) == "numFmt"}
    percent = {"9", "10"} | {each for each, code in formats.items() if "%" in code}
    cells = next((each for each in styles if _tag(each) == "cellXfs"), [])
    return {str(index) for index, each in enumerate(cells) if each.get("numFmtId") in percent}


def _column(reference: str) -> int:
    """`AB7` → 27."""
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter.upper()) - 64
    return number - 1


def _ods(book: zipfile.ZipFile, sheet: str) -> Shown:
    found = Shown()
    if "content.xml" not in book.namelist():
        return found
    with book.open("content.xml") as file:
        for event, each in iterparse(file, events=("end",)):
            if event == "end" and _tag(each) == "table":
                if _attribute(each, "name") == sheet:
                    _look_at(each, found)
                    return found
                each.clear()
    return found


def _look_at(table: Element, found: Shown) -> None:
    row = 0
    for each in _rows(table):
        times = int(_attribute(each, "number-rows-repeated") or 1)
        column = 0
        for cell in each:
            if _tag(cell) not in ("table-cell", "covered-table-cell"):
                continue
            wide = int(_attribute(cell, "number-columns-repeated") or 1)
            if _attribute(cell, "value-type") == "percentage" and times <= REPEATED and wide <= REPEATED:
                found.percent |= {(row + down, column + right) for down in range(times) for right in range(wide)}
            high = int(_attribute(cell, "number-rows-spanned") or 1)
            if high > 1:
                right = column + int(_attribute(cell, "number-columns-spanned") or 1) - 1
                found.merged.append(((row, column), (row + high - 1, right)))
            column += wide
        row += times


def _rows(element: Element) -> Iterator[Element]:
    """Rows in order, also those within header rows and groups."""
    for each in element:
        if _tag(each) == "table-row":
            yield each
        elif _tag(each) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(each)


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(element: Element, name: str) -> str | None:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)
