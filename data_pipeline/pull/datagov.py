"""Which file stands behind a dataset of data.gov.tw? Dataset → distribution by name → the file, as it came.

The file lies on another host. Only hosts that the declaration names (`options.hosts`) are asked, because that address
is data from outside. The format's label is not believed: the first bytes say what a file is.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterator

from data_pipeline import clean
from data_pipeline.declarations import Source
from data_pipeline.pull import soa
from data_pipeline.pull.body import (
    JSON_LABEL,
    Page,
    Passing,
    PullError,
    cells,
    json_of,
    leaves,
    message_in,
    records_of,
    text_of,
    xml_of,
)

PERSONAL: tuple[str, ...] = ()
PREFERRED = ("CSV", "XLSX", "ODS", "JSON", "XML")


def pages(source: Source, asker, note, today) -> Iterator[Page]:
    """The one file of the distribution called `resource`."""
    where = source.where
    _, result = asker.ask(where.url, dataset_of)
    chosen = choose(result, where.resource, note)
    url = chosen.get("resourceDownloadUrl")
    if not url:
        raise PullError("該資料資源沒有下載網址", "The distribution has no download address")
    answer, ending = asker.ask(str(url), ending_of)
    label = str(chosen.get("resourceFormat") or "").strip().lower()
    if label and f".{label}" != ending:
        note(
            f"標示為 {label.upper()}，實為 {ending[1:].upper()}",
            f"Labelled {label.upper()}, but it is {ending[1:].upper()}",
        )
    if ending == ".csv" and not (_ends_well(answer.body) and answer.whole):
        note(
            "無法確認檔案是否完整（未說明長度，或最後沒有換行）",
            "The file may be cut off: no length, or no last line break",
        )
    if ending == ".json" and _is_envelope(json_of(answer.body)):
        soa.remark(soa.envelope_of(answer.body), note)
    note(f"檔案網址：{answer.url}", f"File address: {answer.url}")
    yield Page(f"data{ending}", answer.body)


def rows(source: Source, name: str, body: bytes) -> Iterator[dict[str, str | None]]:
    """Rows of a JSON or XML file; tables are read like files that people hand in."""
    if name.endswith(".xml"):
        root = xml_of(body)
        return (leaves(each) for each in root if len(each) or each.attrib)
    value = json_of(body)
    if _is_envelope(value):
        return soa.rows(source, name, body)
    if isinstance(value, dict):
        value = next((each for each in value.values() if isinstance(each, list)), value)
    return map(cells, records_of(value))


def dataset_of(body: bytes) -> dict:
    """`result` of a successful answer."""
    value = json_of(body)
    if not isinstance(value, dict) or value.get("success") is not True:
        words = message_in(body) or "—"
        raise Passing(
            f"服務回覆失敗（success: false）：{words}", f"The service says it failed (success: false): {words}"
        )
    if not isinstance(value.get("result"), dict):
        raise PullError("查無此資料集", "There is no such dataset")
    return value["result"]


def choose(result: dict, name: str | None, note) -> dict:
    """The distribution of that name: equal, else containing it; of several the easiest to read. Never by index."""
    offered = records_of(result.get("distribution"))
    wanted = clean.plain(name or "")
    titles = [clean.plain(str(each.get("resourceDescription") or "")) for each in offered]
    fitting = [each for each, title in zip(offered, titles, strict=True) if title == wanted] or [
        each for each, title in zip(offered, titles, strict=True) if wanted in title
    ]
    if not fitting:
        names = "、".join(str(each.get("resourceDescription")) for each in offered)[:300] or "—"
        raise PullError(
            f"資料集中沒有名為「{name}」的資源；現有：{names}", f"No distribution “{name}”; there are: {names}"
        )
    order = {kind: place for place, kind in enumerate(PREFERRED)}
    fitting.sort(key=lambda each: order.get(str(each.get("resourceFormat") or "").strip().upper(), len(order)))
    if len(fitting) > 1:
        took = str(fitting[0].get("resourceFormat") or "—")
        note(
            f"有 {len(fitting)} 個同名資源，採用 {took}",
            f"{len(fitting)} distributions have that name; took the {took}",
        )
    return fitting[0]


def ending_of(body: bytes) -> str:
    """What a file is by its first bytes; JSON and XML must be whole. Raises PullError for what cannot be read."""
    if not body.strip(b"\xef\xbb\xbf \t\r\n"):
        raise PullError("檔案是空的", "The file is empty")
    if body.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(body)) as packed:
                names = packed.namelist()
        except zipfile.BadZipFile as error:
            raise Passing("試算表不完整或損壞", "The spreadsheet is cut off or damaged") from error
        if "content.xml" in names:
            return ".ods"
        if "xl/workbook.xml" in names:
            return ".xlsx"
        raise PullError("檔案是 ZIP 壓縮檔，請改用其中的資料檔", "The file is a ZIP archive; use a data file in it")
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        return ".xls"
    if body.startswith(b"%PDF"):
        raise PullError("檔案是 PDF，不是資料", "The file is a PDF, not data")
    if JSON_LABEL.match(body):
        if _is_envelope(json_of(body)):
            soa.envelope_of(body)
        return ".json"
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        xml_of(body)
        return ".xml"
    _ends_well(body)
    return ".csv"


def _ends_well(body: bytes) -> bool:
    """False where a CSV has no line break at its end. Raises Passing where its last row is cut off.

    A note below the table may be short, and many good files lack the last line break: neither alone is a fault.
    """
    text = text_of(body)
    try:
        table = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    except csv.Error as error:
        raise PullError("CSV 無法解析", "The CSV cannot be parsed") from error
    width = max(Counter(map(len, table)).items(), key=lambda each: each[::-1])[0]
    last, ended = table[-1], text.endswith(("\n", "\r"))
    short = not ended and len(last) < width and not (clean.NOTE.match(last[0]) or (last[0] and clean.is_total(last[0])))
    if short or text.count('"') % 2:
        raise Passing(
            f"CSV 不完整：最後一列只有 {len(last)} 格，應有 {width} 格",
            f"The CSV is cut off: its last row has {len(last)} cells where {width} belong",
        )
    return ended


def _is_envelope(value: object) -> bool:
    return isinstance(value, dict) and "success" in value and ("data" in value or "contentType" in value)
