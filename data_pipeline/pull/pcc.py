"""What does the 標案 XML of the Public Construction Commission hold? One file, several tables.

    <標案 編號 執行機關代碼>
      <基本資料> one row a tender; nested names become 設計/單位名稱
      <預算編列>、<進度資料>、<落後資料>  an element with 民國年, in it one a month (日曆月) or kind (類別)
      <變更設計資料>  one element a change, with 日期

Each section feeds its own source: `where.resource` names it. Shape after the import of the Water Resources Agency, the
one reader of these files that was found. It carries names, licences and telephones of people: dropped here.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator

from data_pipeline.declarations import Source
from data_pipeline.pull.body import PullError, all_named, child, leaves, tag, xml_of

BASIC = "基本資料"
SECTIONS = (BASIC, "預算編列", "變更設計資料", "進度資料", "落後資料", "歷次付款資料")
PERSONAL = (
    "聯絡人員", "聯絡人", "聯絡電話", "電子郵件", "電子郵件信箱", "工地聯絡備註", "姓名", "電話", "證照號碼",
    "廠商聘用品管人員", "監造單位聘用現場人員", "監造單位聘用監工人員", "專任工程人員", "工地相關人員",
)  # fmt: skip
RECORD, MARKS = "標案", ("編號", "執行機關代碼", "民國年", "日曆月")


def rows(source: Source, name: str, body: bytes) -> Iterator[dict[str, str | None]]:
    """Rows of the section that `where.resource` names, each with the tender's number. Raises PullError."""
    section = source.where.resource or BASIC
    if section not in SECTIONS:
        known = "、".join(SECTIONS)
        raise PullError(f"標案 XML 沒有「{section}」；有：{known}", f"No section “{section}”; there are: {known}")
    tenders = list(all_named(xml_of(body), "標案"))
    if not tenders:
        raise PullError("檔案中沒有「標案」", "There is no 標案 element in the file")
    return _rows(tenders, section)


def feeds(body: bytes, sources: Iterable[Source]) -> list[Source]:
    """Which of these sources a file has rows for: one dropped file feeds all of them. Raises PullError."""
    found = [
        source
        for source in sources
        if source.where.protocol == "pcc" and next(rows(source, "", body), None) is not None
    ]
    if not found:
        raise PullError("標案 XML 中沒有任何紀錄", "There is no record in the 標案 XML")
    return found


def _rows(tenders: list[ET.Element], section: str) -> Iterator[dict[str, str | None]]:
    for tender in tenders:
        place = child(tender, section)
        if place is None:
            continue
        number = {"標案編號": tender.get("編號"), "執行機關代碼": tender.get("執行機關代碼")}
        if section == BASIC:
            yield {**number, **leaves(place)}
        elif section == "預算編列":
            for year in place:
                yield from ({**number, **_attributes(year), **leaves(each)} for each in year if tag(each))
        elif section in ("進度資料", "落後資料"):
            for year in place:
                yield from ({**number, **_month(year, each), **leaves(each)} for each in year if tag(each))
        else:
            yield from ({**number, **leaves(each)} for each in place if tag(each))


def _month(year: ET.Element, month: ET.Element) -> dict[str, str | None]:
    roc, number = year.get("民國年"), month.get("日曆月")
    whole = re.fullmatch(r"\s*(\d+)\s*", roc or ""), re.fullmatch(r"\s*(\d+)\s*", number or "")
    return {"民國年": roc, "年月": f"{int(whole[0][1])}/{int(whole[1][1]):02}" if all(whole) else None}


def _attributes(element: ET.Element) -> dict[str, str | None]:
    return {name.rsplit("}", 1)[-1]: value for name, value in element.attrib.items()}
