"""What does a CKAN datastore hold? `datastore_search` by offset, until it is empty or the total is reached.

`_links.next` is never followed: 2.10 and 2.11 give it past the end for ever, 2.12 gives none. A server may send fewer
rows a page than it was asked for, so the offset grows by what came.
"""

from __future__ import annotations

from collections.abc import Iterator

from data_pipeline.declarations import Source
from data_pipeline.pull.body import Page, Passing, PullError, cells, json_of, message_in, records_of

PERSONAL: tuple[str, ...] = ()
PAGE_SIZE = 1000  # CKAN's own ceiling is 32000


def pages(source: Source, asker, note, today) -> Iterator[Page]:
    """Pages of options.page_size rows, in the order of `_id` so that no row moves between two pages."""
    where = source.where
    size = int(where.options.get("page_size", PAGE_SIZE))
    url = f"{where.url.rstrip('/')}/api/3/action/datastore_search"
    offset, total, before = 0, None, None
    for page in range(1, asker.limits.pages + 1):
        asked = {"resource_id": where.resource or "", "limit": size, "offset": offset, "sort": "_id"}
        answer, result = asker.ask(url, result_of, params=asked)
        found = records_of(result.get("records"))
        declared = _whole(result.get("total"))
        if total is not None and declared is not None and declared != total:
            note(f"取資料時總筆數由 {total} 變為 {declared}", f"The total went from {total} to {declared} meanwhile")
        total = total if declared is None else declared
        if isinstance(result.get("records"), dict):
            note("應為清單處只有一筆紀錄", "A single record where a list was expected")
        if found and found == before:
            raise PullError(
                "服務重複回覆同一頁，不支援 offset 分頁",
                "The service sends the same page again: it does not know `offset`",
            )
        if found or page == 1:
            yield Page(f"page-{page:04}.json", answer.body)
        offset, before = offset + len(found), found
        if not found or (total is not None and offset >= total):
            if total is not None and offset < total:
                raise PullError(f"宣稱 {total} 筆，只來了 {offset} 筆", f"{total} rows declared, only {offset} came")
            if total is not None and offset > total:
                note(f"宣稱 {total} 筆，實得 {offset} 筆", f"{total} rows declared, {offset} came")
            return
    raise PullError("頁數過多，已停止", "Too many pages: stopped")


def rows(source: Source, name: str, body: bytes) -> Iterator[dict[str, str | None]]:
    for record in records_of(result_of(body).get("records")):
        yield {key: value for key, value in cells(record).items() if key != "_id"}


def result_of(body: bytes) -> dict:
    """`result` of a successful answer. Raises Passing where the service says that it did not succeed."""
    value = json_of(body)
    if not isinstance(value, dict):
        words = str(value)[:160]
        raise PullError(f"服務回覆錯誤：{words}", f"The service reports an error: {words}")
    if value.get("success") is not True:
        words = message_in(body) or "—"
        raise Passing(
            f"服務回覆失敗（success: false）：{words}", f"The service says it failed (success: false): {words}"
        )
    result = value.get("result")
    if not isinstance(result, dict) or "records" not in result:
        raise PullError("回覆不是 CKAN 的格式", "The answer is not in the form of CKAN")
    records_of(result["records"])
    return result


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, str) and value.isdigit() else None
