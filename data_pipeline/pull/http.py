"""How is one address asked? Patient with a busy service, strict with everything else.

Certificates are always verified, no cookie is kept, nothing is followed to another host, and no answer may take
longer, or grow larger on the wire or unpacked, than `Limits` says. The client is asynchronous inside for one reason:
only so does a deadline hold against a server that drips one byte a second, headers included.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import email.utils
import functools
import http.cookiejar
import ipaddress
import ssl
import zlib
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import stamina

from data_pipeline.grids import MARKUP
from data_pipeline.pull.body import Passing, PullError, message_in

T = TypeVar("T")
AGENT = "tainan-rdec-dashboard/0.1 (open data reader)"
BUSY = {408, 425, 429, 500, 502, 503, 504}
REDIRECTS = {301, 302, 303, 307, 308}
MIB = 1024**2


@dataclass(frozen=True)
class Limits:
    """How long to wait (seconds), how often to ask, how much to take (bytes)."""

    connect: float = 10
    read: float = 130  # the Tainan exchange answers `success: false` after about 100 s
    total: float = 300  # one answer from first byte to last, however it drips
    attempts: int = 4
    wait: float = 1.0
    wait_most: float = 30.0
    retry_after_most: float = 120.0
    wire: int = 100 * MIB
    unpacked: int = 400 * MIB
    redirects: int = 3
    pages: int = 2000


@dataclass(frozen=True)
class Answer:
    """A body, unpacked. `whole` is False where the server did not say how long it would be."""

    url: str
    body: bytes
    media_type: str
    whole: bool


class Asker:
    """One service being asked, from `with` to its end.

    The client is asynchronous inside, for deadlines that hold even against a dripping body; its loop has a thread of
    its own, so that a caller with a loop (a server, a notebook) may ask as well.
    """

    def __init__(self, home: str, limits: Limits | None = None, also: tuple[str, ...] = ()):
        self.limits = limits or Limits()
        self.home = self._parsed(home)
        self.also = set(also)

    def __enter__(self) -> Asker:
        limits = self.limits
        self._runner = asyncio.Runner()
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._client = httpx.AsyncClient(
            verify=_trusted(),
            timeout=httpx.Timeout(limits.read, connect=limits.connect),
            follow_redirects=False,
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip"},
            cookies=http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[])),
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._client.aclose())
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()

    def _run(self, what: Coroutine[Any, Any, T]) -> T:
        return self._thread.submit(self._runner.run, what).result()

    def ask(
        self,
        url: str,
        read: Callable[[bytes], T],
        *,
        params: dict[str, str | int] | None = None,
        content: bytes | None = None,
        media_type: str | None = None,
    ) -> tuple[Answer, T]:
        """The answer, and what `read` makes of its body; asked again while the fault is a Passing one.

        `content` makes it a POST. Raises PullError with a sentence that says what to do.
        """
        target = self._parsed(url)
        if params:
            target = target.copy_merge_params({key: str(value) for key, value in params.items()})
        self._allow(target)
        headers = {"Content-Type": media_type} if media_type else {}
        limits = self.limits

        def again(error: Exception) -> bool | float:
            if not isinstance(error, Passing):
                return False
            return True if error.wait is None else error.wait

        tried = 0
        try:
            for attempt in stamina.retry_context(
                on=again, attempts=limits.attempts, timeout=None, wait_initial=limits.wait, wait_max=limits.wait_most,
                wait_jitter=limits.wait,
            ):  # fmt: skip
                with attempt:
                    tried += 1
                    answer = self._run(self._once(target, content, headers))
                    if answer.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(MARKUP):
                        raise PullError(
                            "服務回覆的是網頁，不是資料；該資料可能已下架或服務維護中",
                            "The service answered with a web page, not with data; it may be gone or under maintenance",
                        )
                    return answer, read(answer.body)
        except Passing as error:
            raise PullError(f"{error.zh}；已試 {tried} 次", f"{error.en}; tried {tried} times") from error
        raise AssertionError("unreachable")

    # one attempt

    async def _once(self, url: httpx.URL, content: bytes | None, headers: dict[str, str]) -> Answer:
        try:
            async with asyncio.timeout(self.limits.total):
                return await self._follow(url, content, headers)
        except TimeoutError as error:
            total = f"{self.limits.total:g}"
            raise PullError(
                f"回應太慢：{total} 秒內沒有傳完，已中止", f"Too slow: not finished within {total} s, given up"
            ) from error
        except httpx.ConnectTimeout as error:
            raise Passing("連線逾時，服務沒有回應", "The connection timed out; the service does not answer") from error
        except httpx.TimeoutException as error:
            raise Passing(
                f"等候逾時：{self.limits.read:g} 秒沒有收到資料", f"Timed out: no data for {self.limits.read:g} s"
            ) from error
        except httpx.TransportError as error:
            if _is_certificate(error):
                raise PullError(
                    "服務的憑證無法驗證，已拒絕連線（不會略過檢查）；請通知該服務的管理單位",
                    "The certificate of the service does not verify: refused (the check is never switched off); "
                    "tell the service's operator",
                ) from error
            kind = type(error).__name__
            raise Passing(
                f"連線失敗或中斷，資料沒有收完（{kind}）", f"The connection failed or broke off ({kind})"
            ) from error

    async def _follow(self, url: httpx.URL, content: bytes | None, headers: dict[str, str]) -> Answer:
        method = "GET" if content is None else "POST"
        for _ in range(self.limits.redirects + 1):
            async with self._client.stream(method, url, content=content, headers=headers) as response:
                if response.status_code not in REDIRECTS:
                    return await self._take(response)
                url = self._next(response)
                if response.status_code == 303:
                    method, content, headers = "GET", None, {}
        raise PullError(
            f"轉址超過 {self.limits.redirects} 次，已停止", f"More than {self.limits.redirects} redirects: stopped"
        )

    async def _take(self, response: httpx.Response) -> Answer:
        limits, status = self.limits, response.status_code
        declared = response.headers.get("Content-Length", "")
        if declared.isdigit() and int(declared) > limits.wire:
            raise _too_large(limits.wire, "傳輸", "on the wire")
        packing = response.headers.get("Content-Encoding", "identity").strip().lower() or "identity"
        if packing not in ("gzip", "x-gzip", "identity"):
            raise PullError(f"不支援的壓縮方式：{packing[:20]}", f"Unknown content encoding: {packing[:20]}")
        wire, body = 0, bytearray()
        unpack = None if packing == "identity" else Unpacker(limits.unpacked)
        async for chunk in response.aiter_raw():
            wire += len(chunk)
            if wire > limits.wire:
                raise _too_large(limits.wire, "傳輸", "on the wire")
            body += chunk if unpack is None else unpack(chunk, len(body))
        if unpack is not None and wire:
            unpack.finish()
        body = bytes(body)
        if status in BUSY:
            raise self._busy(response)
        if not 200 <= status < 300:
            words = message_in(body)
            raise PullError(
                f"服務拒絕或找不到（HTTP {status}）" + (f"：{words}" if words else ""),
                f"Refused or not found (HTTP {status})" + (f": {words}" if words else ""),
            )
        whole = bool(declared) or "chunked" in response.headers.get("Transfer-Encoding", "").lower()
        return Answer(str(response.url), body, response.headers.get("Content-Type", ""), whole)

    def _busy(self, response: httpx.Response) -> PullError:
        status = response.status_code
        zh, en = f"服務忙碌或故障（HTTP {status}）", f"The service is busy or broken (HTTP {status})"
        if status == 429:
            zh, en = "服務要求放慢（HTTP 429）", "The service asks to slow down (HTTP 429)"
        wait = _seconds(response.headers.get("Retry-After"))
        if wait is not None and wait > self.limits.retry_after_most:
            # Asking again sooner than told would be rude, waiting that long would hang the pull.
            return PullError(
                f"{zh}，並請 {wait:,.0f} 秒後再來；請稍後重新執行",
                f"{en} and says to come back in {wait:,.0f} s; run the pull again then",
            )
        return Passing(zh, en, wait)

    # where it may go

    def _allow(self, url: httpx.URL) -> None:
        """Only the declared service, or a host that the declaration names for its files."""
        if _origin(url) == _origin(self.home):
            return
        if url.host in self.also or url.netloc.decode() in self.also:
            if url.scheme == "https" or self.home.scheme == "http":
                return
            raise _downgraded(url)
        raise _elsewhere(url, "檔案位址", "The file's address", "；若可信任，請加入宣告的 options.hosts",
                         "; if it can be trusted, name it in the declaration's options.hosts")  # fmt: skip

    def _next(self, response: httpx.Response) -> httpx.URL:
        here = response.url
        try:
            there = here.join(response.headers.get("Location", ""))
        except httpx.InvalidURL as error:
            raise PullError("轉址的位址無效", "The redirect's address is not valid") from error
        upgraded = here.scheme == "http" and there.scheme == "https" and here.host == there.host
        if _origin(there) == _origin(here) or upgraded:
            return there
        if there.host == here.host and here.scheme == "https" and there.scheme == "http":
            raise _downgraded(there)
        raise _elsewhere(there, "服務轉址", "The service redirects", "", "")

    @staticmethod
    def _parsed(url: str) -> httpx.URL:
        try:
            parsed = httpx.URL(url.strip())
        except (httpx.InvalidURL, TypeError, AttributeError) as error:
            raise PullError(f"網址無效：{str(url)[:120]}", f"Not a valid address: {str(url)[:120]}") from error
        if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo:
            raise PullError(f"網址無效：{str(url)[:120]}", f"Not a valid address: {str(url)[:120]}")
        return parsed


class Unpacker:
    """gzip, piece by piece, never more than the limit: a bomb is found before it is unpacked."""

    def __init__(self, limit: int):
        self.limit = limit
        self._zlib = zlib.decompressobj(wbits=31)
        self._done = False

    def __call__(self, chunk: bytes, had: int) -> bytes:
        out = bytearray()
        try:
            while chunk:
                if self._zlib.eof:  # gzip files may be glued together
                    self._zlib = zlib.decompressobj(wbits=31)
                room = self.limit - had - len(out)
                out += self._zlib.decompress(chunk, room + 1)
                if len(out) + had > self.limit:
                    raise _too_large(self.limit, "解壓縮後", "unpacked")
                chunk = self._zlib.unused_data or self._zlib.unconsumed_tail
        except zlib.error as error:
            raise Passing("gzip 無法解開，內容損壞", "The gzip does not unpack: the body is damaged") from error
        return bytes(out)

    def finish(self) -> None:
        if not self._zlib.eof:
            raise Passing("gzip 不完整，內容沒有收完", "The gzip is cut off: the body is incomplete")


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The authorities of certifi, or of SSL_CERT_FILE. Read once: it takes longer than most answers."""
    return httpx.create_ssl_context()


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host.lower(), url.port or {"http": 80, "https": 443}.get(url.scheme, 0)


def _too_large(limit: int, zh: str, en: str) -> PullError:
    size = f"{limit / MIB:,.0f} MiB" if limit >= MIB else f"{limit:,} bytes"
    return PullError(f"內容過大：{zh}超過 {size}，已中止", f"Too large: more than {size} {en}, given up")


def _downgraded(url: httpx.URL) -> PullError:
    return PullError(
        f"由 https 轉為未加密的 http（{url.host}），已拒絕", f"From https to plain http ({url.host}): refused"
    )


def _elsewhere(url: httpx.URL, zh: str, en: str, advice_zh: str, advice_en: str) -> PullError:
    if _is_private(url.host):
        return PullError(f"{zh}指向內部位址 {url.host}，已拒絕", f"{en} to a private address, {url.host}: refused")
    place = url.netloc.decode() or url.scheme
    return PullError(
        f"{zh}指向其他主機 {place}，已拒絕{advice_zh}", f"{en} to another host, {place}: refused{advice_en}"
    )


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith((".local", ".internal", ".localhost"))


def _is_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After as seconds from now: a number, or an HTTP date."""
    if not retry_after:
        return None
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        when = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=dt.UTC)
    return max(0.0, (when - dt.datetime.now(dt.UTC)).total_seconds())
