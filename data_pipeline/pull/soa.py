"""What does the Tainan data exchange hold? `GET <url>/<guid>` → one JSON envelope with all rows in `data`.

HTTP 200 is not success: `success` says so, sometimes false after a hundred seconds of waiting. `size` counts bytes,
not rows, so there is no count to compare with; `data` may be null, or one record in place of a list.
"""

from __future__ import annotations

from collections.abc import Iterator

from data_pipeline.declarations import Source
from data_pipeline.pull.body import Page, Passing, PullError, cells, json_of, records_of

PERSONAL: tuple[str, ...] = ()


def pages(source: Source, asker, note, today) -> Iterator[Page]:
    """All of it is one page."""
    where = source.where
    url = f"{where.url.rstrip('/')}/{where.resource}" if where.resource else where.url
    answer, envelope = asker.ask(url, envelope_of)
    remark(envelope, note)
    yield Page("data.json", answer.body)


def rows(source: Source, name: str, body: bytes) -> Iterator[dict[str, str | None]]:
    return map(cells, records_of(envelope_of(body).get("data")))


def envelope_of(body: bytes) -> dict:
    """The envelope of a successful answer. Raises Passing where the service says that it did not succeed."""
    envelope = json_of(body)
    if not isinstance(envelope, dict) or ("data" not in envelope and "success" not in envelope):
        raise PullError("回覆不是資料交換平台的格式", "The answer is not in the exchange's form")
    if envelope.get("success") is not True:
        words = str(envelope.get("message") or "—")[:160]
        raise Passing(
            f"服務回覆失敗（success: false）：{words}", f"The service says it failed (success: false): {words}"
        )
    records_of(envelope.get("data"))
    return envelope


def remark(envelope: dict, note) -> None:
    """Note what is odd about an envelope."""
    if isinstance(envelope.get("data"), dict):
        note("應為清單處只有一筆紀錄", "A single record where a list was expected")
    if str(envelope.get("errorCode") or "0") != "0":
        code = str(envelope["errorCode"])[:40]
        note(f"回覆成功但 errorCode 為 {code}", f"It says success, yet errorCode is {code}")
