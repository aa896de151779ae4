"""What does a body say? Bytes as they came → text, JSON, XML, records; never half of one.

Numbers stay as the text that was printed, so that a field which changes its type from one day to the next is
still read. The label of a charset is not believed: strict UTF-8 first, then strict Big5/CP950.
"""

from __future__ import annotations

import contextlib
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass

import defusedxml
import defusedxml.ElementTree

from data_pipeline.grids import FileFault

# .NET writes control characters into XML 1.0, raw or as &#x1F;, and then cannot read its own file.
CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));"
)
# Half of a character that JSON writes as two escapes: no text at all, and nothing could write it down.
HALF = re.compile(r"(\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
JSON_LABEL = re.compile(rb"^(?:\xef\xbb\xbf)?\s*[\[{]")


class PullError(FileFault):
    """Why nothing was kept, in both languages. A FileFault, so that a build passes over bytes it cannot read."""


class Passing(PullError):
    """A fault that may be gone in a moment: worth asking again, after `wait` seconds where the service said so."""

    def __init__(self, zh: str, en: str, wait: float | None = None):
        super().__init__(zh, en)
        self.wait = wait


@dataclass(frozen=True)
class Page:
    """One file to keep: its name, and its bytes as they came."""

    name: str
    body: bytes


def text_of(body: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with BOM, or Big5/CP950, each strict. Raises PullError."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return body.decode("utf-16")
        except UnicodeDecodeError as error:
            raise Passing("內容不完整（UTF-16）", "The body is incomplete (UTF-16)") from error
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # UTF-8 but for half a character at its end is a cut, even where its bytes happen to be Big5 too.
        cut = error.start >= len(body) - 3 and not body[: error.start].isascii()
    with contextlib.suppress(UnicodeDecodeError):
        if not cut:
            return body.decode("cp950")
    raise Passing("內容不完整或損壞：不是 UTF-8 也不是 Big5", "The body is cut off or damaged: neither UTF-8 nor Big5")


def json_of(body: bytes, numbers_as_text: bool = True) -> object:
    """A whole JSON value. Raises Passing where it is cut off, PullError where it is something else."""
    text = text_of(body).strip("\ufeff \t\r\n")
    if text.startswith("<"):
        raise PullError(
            "服務回覆的是網頁或 XML，不是 JSON 資料", "The service answered with a web page or XML, not with JSON"
        )
    if "\\ud" in text or "\\uD" in text:
        text = HALF.sub(lambda found: found[1] or r"\ufffd", text)
    parse = {"parse_float": str, "parse_int": str, "parse_constant": str} if numbers_as_text else {}
    try:
        return json.loads(text, **parse)
    except ValueError as error:
        raise Passing(
            f"JSON 不完整或格式錯誤（共 {len(body):,} 位元組）",
            f"The JSON is cut off or malformed ({len(body):,} bytes in all)",
        ) from error
    except RecursionError as error:
        raise PullError("JSON 巢狀過深", "The JSON is nested too deeply") from error


def xml_of(body: bytes) -> ET.Element:
    """The root of a whole XML document; DTDs and entities are refused. Raises Passing or PullError."""
    text = CONTROL.sub("", text_of(body)).strip()
    if text[:1] in ("{", "["):
        raise PullError("內容是 JSON，不是 XML", "The body is JSON, not XML")
    try:
        # From text, so that a wrong `encoding=` in its first line does not count.
        return defusedxml.ElementTree.fromstring(text, forbid_dtd=True)
    except defusedxml.DefusedXmlException as error:
        raise PullError("XML 內含 DTD 或實體宣告", "The XML declares a DTD or entities") from error
    except (ET.ParseError, ValueError, RecursionError) as error:
        raise Passing(
            f"XML 不完整或格式錯誤（共 {len(body):,} 位元組）",
            f"The XML is cut off or malformed ({len(body):,} bytes in all)",
        ) from error


def records_of(value: object) -> list[dict]:
    """A list of records, one record, or null → a list of records. Raises PullError where it is anything else."""
    found = [] if value is None else [value] if isinstance(value, dict) else value
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise PullError("資料不是紀錄的清單", "The data are not a list of records")
    return found


def cells(record: dict) -> dict[str, str | None]:
    """A record with every value as text; None where it is null or empty."""
    return {str(key): cell(value) for key, value in record.items()}


def cell(value: object) -> str | None:
    if value is None or value == {} or value == []:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def tag(element: ET.Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def child(element: ET.Element, name: str) -> ET.Element | None:
    return next((each for each in element if tag(each) == name), None)


def said(element: ET.Element | None, name: str) -> str | None:
    """The text of a child, or None."""
    found = None if element is None else child(element, name)
    return None if found is None else (found.text or "").strip() or None


def all_named(root: ET.Element, name: str) -> Iterator[ET.Element]:
    return (each for each in root.iter() if tag(each) == name)


def leaves(element: ET.Element, path: str = "") -> dict[str, str | None]:
    """Attributes and leaf children as header → text; a nested one is `outer/inner`, a repeated one joined by 、."""
    found: dict[str, str | None] = {}

    def put(name: str, value: str | None) -> None:
        value = (value or "").strip() or None
        found[name] = f"{found[name]}、{value}" if found.get(name) and value else found.get(name) or value

    for name, value in element.attrib.items():
        put(path + name.rsplit("}", 1)[-1], value)
    for each in element:
        if len(each):
            for name, value in leaves(each, f"{path}{tag(each)}/").items():
                put(name, value)
        else:
            put(path + tag(each), each.text)
    return found


def message_in(body: bytes) -> str:
    """What an error answer says, in at most 160 characters; empty where it says nothing readable."""
    try:
        if JSON_LABEL.match(body) or body[:1] == b'"':
            value = json_of(body)
            if isinstance(value, list):
                value = value[0] if value else {}
            if isinstance(value, dict):
                inner = value.get("error")
                value = inner.get("message") if isinstance(inner, dict) else inner
                value = value or json_of(body)
            if isinstance(value, list):
                value = value[0]
            if isinstance(value, dict):
                value = value.get("description") or value.get("message") or value.get("detail") or ""
            return str(value)[:160]
        if body.lstrip()[:1] == b"<":
            for each in all_named(xml_of(body), "description"):
                return (each.text or "").strip()[:160]
    except (PullError, IndexError):
        pass
    return ""
