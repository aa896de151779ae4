"""How often may one address ask, and by which methods? A bucket of tokens for each address, in memory.

The address is that of the connection. Behind a reverse proxy it is what the proxy says, where uvicorn has been told to
believe that proxy (`FORWARDED_ALLOW_IPS`; by default one on this machine).
"""

from __future__ import annotations

import ipaddress
import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.api.problems import Problem

MOST = 10_000  # addresses that are remembered; the one that has been quiet longest is forgotten first


@dataclass(frozen=True)
class Rate:
    """So many requests a minute in the long run, so many at once."""

    a_minute: int
    burst: int


def read_rate(text: str) -> Rate | None:
    """`120` a minute with half of it at once, `120/60` with both said, `off` for no limit. Raises ValueError."""
    if text.strip().lower() == "off":
        return None
    found = re.fullmatch(r"\s*([1-9]\d{0,6})\s*(?:/\s*([1-9]\d{0,6}))?\s*", text)
    if not found:
        raise ValueError(
            f"RDEC_API_RATE 寫成「{text}」，不能用，服務沒有啟動；請寫 120、120/60 或 off · "
            f"The server has not started: RDEC_API_RATE is “{text}”; write 120, 120/60 or off"
        )
    a_minute = int(found[1])
    return Rate(a_minute, int(found[2] or math.ceil(a_minute / 2)))


class Limit:
    """Answers 429 to an address that has used up its tokens, and says when to come again."""

    def __init__(self, app: ASGIApp, rate: Rate, clock: Callable[[], float] = time.monotonic):
        self.app, self.rate, self.clock = app, rate, clock
        self.left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wait = self._take(_address(scope)) if scope["type"] == "http" else 0
        if wait:
            headers = {"Retry-After": str(math.ceil(wait))}
            problem = Problem("too_many", headers=headers, rate=self.rate.a_minute, wait=math.ceil(wait))
            await problem.answer(scope["path"])(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _take(self, address: str) -> float:
        """Take a token; else how many seconds until there is one."""
        now, a_second = self.clock(), self.rate.a_minute / 60
        tokens, at = self.left.pop(address, (float(self.rate.burst), now))
        tokens = min(self.rate.burst, tokens + (now - at) * a_second)
        enough = tokens >= 1
        self.left[address] = (tokens - enough, now)
        while len(self.left) > MOST:
            self.left.popitem(last=False)
        return 0 if enough else (1 - tokens) / a_second


def _address(scope: Scope) -> str:
    """The caller's address; of IPv6 the network, since one household has more addresses than can be counted."""
    host = (scope.get("client") or ("", 0))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((host, 64), strict=False)) if address.version == 6 else host


class Head:
    """HEAD is GET without the body: the same headers, so that a caller can ask whether anything is new."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_no_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self.app({**scope, "method": "GET"}, receive, send_no_body)
