"""Which service requests does an Open311 GeoReport v2 endpoint hold? JSON or XML, page by page where it pages.

Paging is an extension, and a service may give smaller pages than asked for: only an empty page is the end. One that
does not know paging sends the same page again; then nobody knows whether that is all, and nothing is kept.
What citizens wrote and who they are is dropped here, whatever the declaration says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from data_pipeline.declarations import Source
from data_pipeline.pull.body import Page, PullError, all_named, cells, json_of, leaves, message_in, tag, xml_of

PERSONAL = (
    "description", "status_notes", "service_notice", "address", "address_string", "address_id", "media_url",
    "first_name", "last_name", "email", "phone", "device_id", "account_id",
)  # fmt: skip
RECORD, RECORD_ON_TOP = "request", True
DAYS, PAGE_SIZE = 90, 1000


def pages(source: Source, asker, note, today: dt.date) -> Iterator[Page]:
    """Options: format json|xml, start, end (days, ISO), days, page_size (0: do not page), jurisdiction_id, status …"""
    options = source.where.options
    kind = str(options.get("format", "json"))
    size = int(options.get("page_size", PAGE_SIZE))
    end = str(options.get("end", today))
    days = int(options.get("days", DAYS))
    start = str(options.get("start", dt.date.fromisoformat(end) - dt.timedelta(days=days - 1)))
    asked = {"start_date": f"{start}T00:00:00+08:00", "end_date": f"{end}T23:59:59+08:00"}
    asked |= {key: options[key] for key in ("jurisdiction_id", "service_code", "status") if key in options}
    before: set[str] = set()
    for page in range(1, asker.limits.pages + 1):
        if size:
            asked |= {"page": page, "page_size": size}
        answer, records = asker.ask(
            f"{source.where.url.rstrip('/')}/requests.{kind}", lambda body: _requests(kind, body), params=asked
        )
        ids = {str(record.get("service_request_id")) for record in records}
        if records and ids <= before:
            raise PullError(
                f"服務不支援分頁，重複回覆同樣的 {len(records)} 筆，無法確認是否為全部；"
                "若一次就給全部，請宣告 page_size: 0",
                f"The service does not page: the same {len(records)} records came again, and whether that is all is "
                "unknown; if it gives all at once, declare `page_size: 0`",
            )
        before |= ids
        if _is_single(kind, answer.body):
            note("應為清單處只有一筆紀錄", "A single record where a list was expected")
        if records or page == 1:
            yield Page(f"page-{page:04}.{kind}", answer.body)
        if not size or not records:
            return
    raise PullError("頁數過多，已停止", "Too many pages: stopped")


def rows(source: Source, name: str, body: bytes) -> Iterator[dict[str, str | None]]:
    return iter(_requests("xml" if name.endswith(".xml") else "json", body))


def _requests(kind: str, body: bytes) -> list[dict[str, str | None]]:
    """The requests of an answer. Raises PullError where it is a list of errors, or something else."""
    if kind == "xml":
        root = xml_of(body)
        if tag(root) == "errors":
            raise _reported(body)
        if tag(root) not in ("service_requests", "requests", "request"):
            raise PullError("回覆不是 GeoReport 的格式", "The answer is not in the form of GeoReport")
        return [leaves(each) for each in all_named(root, "request")]
    value = json_of(body)
    found = [value] if isinstance(value, dict) else value
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise PullError("回覆不是 GeoReport 的格式", "The answer is not in the form of GeoReport")
    if found and "code" in found[0] and "service_request_id" not in found[0]:
        raise _reported(body)
    return [cells(each) for each in found]


def _reported(body: bytes) -> PullError:
    words = message_in(body) or "—"
    return PullError(f"服務回覆錯誤：{words}", f"The service reports an error: {words}")


def _is_single(kind: str, body: bytes) -> bool:
    return tag(xml_of(body)) == "request" if kind == "xml" else isinstance(json_of(body), dict)
