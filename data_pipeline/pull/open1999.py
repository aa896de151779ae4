"""Which open-class 1999 cases came in on each day? XML posted to Open1999, one question a day.

An answer whose `returncode` is not 0 is an error, but 查無案件資料 means that the day had none. Records carry what
citizens wrote, where they live and their pictures: dropped here, whatever the declaration says.
"""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from xml.sax.saxutils import escape

from data_pipeline.declarations import Source
from data_pipeline.pull.body import Page, Passing, PullError, all_named, child, leaves, said, tag, xml_of

PERSONAL = ("description", "address_string", "Pictures", "Picture", "name", "phone", "email", "service_notice")
WITHIN = RECORD = "record"  # outside of it, `description` is what the service says about an error
NONE = "查無案件資料"
DAYS = 14  # asked again at every pull, because cases are closed days after they came in


def pages(source: Source, asker, note, today: dt.date) -> Iterator[Page]:
    """One page a day, from options `start` to `end`; else the last `days` whole days."""
    options = source.where.options
    first, last = _day(options, "start"), _day(options, "end")
    last = last or today - dt.timedelta(days=1)
    first = first or last - dt.timedelta(days=int(options.get("days", DAYS)) - 1)
    if (last - first).days >= asker.limits.pages:
        raise PullError(f"期間過長：{first} 至 {last}", f"Too long a span: {first} to {last}")
    for offset in range((last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        answer, root = asker.ask(
            source.where.url, answer_of, content=_question(options, day), media_type="text/xml; charset=utf-8"
        )
        found, declared = len(list(_records(root))), said(root, "count")
        if declared is not None and declared.isdigit() and int(declared) > found:
            raise PullError(
                f"{day}：宣稱 {declared} 筆，只來了 {found} 筆",
                f"{day}: {declared} records declared, only {found} came",
            )
        if declared is not None and declared != str(found):
            note(f"{day}：宣稱 {declared} 筆，實得 {found} 筆", f"{day}: {declared} records declared, {found} came")
        yield Page(f"{day}.xml", answer.body)


def rows(source: Source, name: str, body: bytes) -> Iterator[dict[str, str | None]]:
    return map(leaves, _records(answer_of(body)))


def answer_of(body: bytes) -> ET.Element:
    """The root of a good answer. Raises Passing where the service reports an error."""
    root = xml_of(body)
    code, words = said(root, "returncode"), said(root, "description") or ""
    if code is None and child(root, "records") is None:
        raise PullError("回覆不是 Open1999 的格式", "The answer is not in the form of Open1999")
    if code not in (None, "0") and NONE not in words:
        raise Passing(
            f"服務回覆錯誤 {code}：{words[:160] or '—'}", f"The service reports error {code}: {words[:160] or '—'}"
        )
    return root


def _records(root: ET.Element) -> Iterator[ET.Element]:
    return all_named(root, "record") if tag(root) != "record" else iter([root])


def _question(options: dict, day: dt.date) -> bytes:
    city = escape(str(options.get("city_id", "tainan.gov.tw")))
    return (
        f'<?xml version="1.0" encoding="utf-8"?><root><city_id>{city}</city_id>'
        f"<start_date>{day} 00:00:00</start_date><end_date>{day} 23:59:59</end_date></root>"
    ).encode()


def _day(options: dict, name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(options[name])) if name in options else None
    except ValueError as error:
        raise PullError(
            f"options.{name} 應為 YYYY-MM-DD：{options[name]}", f"options.{name} must be YYYY-MM-DD: {options[name]}"
        ) from error
