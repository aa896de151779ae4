"""What would the service answer? A server on 127.0.0.1 that speaks each protocol in its real shape, faults included.

    with StandIn("ckan", count=25) as service:
        service.fault = "gzip_bomb"
        pull(source_of(service), …)
        service.asked          # every request it saw

Content faults change the records or their wrapping (`shapes.py`), wire faults how the bytes travel (here).
A fault named `…_once` ends after the first request.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import socketserver
import ssl
import struct
import threading
import time
import zlib
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from tests import shapes
from tests.shapes import Asked, Reply

CERTIFICATE = Path(__file__).parent / "fixtures" / "tls" / "self-signed.pem"
KEY = CERTIFICATE.with_name("self-signed.key.pem")


class StandIn:
    """One service on a free port, from `with` to its end. `fault` may be changed between two pulls."""

    def __init__(self, protocol: str, count: int = 5, fault: str | None = None, tls: bool = False, page_size: int = 10):
        self.protocol, self.count, self.fault, self.page_size = protocol, count, fault, page_size
        self.asked: list[Asked] = []
        self.wait = 0.05  # seconds, for the faults that wait or drip
        self.ending = threading.Event()
        self._tls = tls

    def __enter__(self) -> StandIn:
        owner = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):  # the reader hung up, as it should on many faults
                    owner._handle(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True
            block_on_close = False

            def get_request(self):
                connection, address = super().get_request()
                connection.settimeout(10)
                return connection, address

            def finish_request(self, request, address):
                if owner._context:
                    try:
                        request = owner._context.wrap_socket(request, server_side=True)
                    except OSError:  # the reader refused the certificate
                        return
                super().finish_request(request, address)

        self._context = None
        if self._tls:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(CERTIFICATE, KEY)
        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()

    # one request

    def _handle(self, connection: socket.socket) -> None:
        asked = _read_request(connection)
        if asked is None:
            return
        self.asked.append(asked)
        asked.number = len(self.asked)
        fault = self.fault or ""
        if fault.endswith("_once"):
            fault = fault.removesuffix("_once") if asked.number == 1 else ""
        if fault.endswith("_on_page_two"):
            fault = fault.removesuffix("_on_page_two") if asked.number >= 2 else ""
        reply = shapes.answer(self, asked, fault)
        wire = getattr(self, f"_wire_{fault}", None)
        if wire:
            wire(connection, reply)
        else:
            self._send(connection, reply)

    def _send(self, connection: socket.socket, reply: Reply, length: int | None = None) -> None:
        connection.sendall(_head(reply, len(reply.body) if length is None else length) + reply.body)

    # wire faults: how it travels, not what it means

    def _wire_html_200(self, connection, reply) -> None:
        page = '<!DOCTYPE html><html><script src="/js/dataNotFound.js"></script>查無資料</html>'
        self._send(connection, Reply(page.encode(), "text/html"))

    def _wire_http_429(self, connection, reply) -> None:
        self._send(connection, Reply(b"slow down", "text/plain", 429))

    def _wire_http_429_retry_after(self, connection, reply) -> None:
        self._send(connection, Reply(b"slow down", "text/plain", 429, {"Retry-After": "1"}))

    def _wire_http_429_for_an_hour(self, connection, reply) -> None:
        self._send(connection, Reply(b"slow down", "text/plain", 429, {"Retry-After": "3600"}))

    def _wire_http_500(self, connection, reply) -> None:
        self._send(connection, Reply(b"", "text/plain", 500))

    def _wire_http_502(self, connection, reply) -> None:
        self._send(connection, Reply(b"<html>Bad Gateway</html>", "text/html", 502))

    def _wire_http_404(self, connection, reply) -> None:
        body = '{"success": false, "error": {"__type": "Not Found Error", "message": "找不到資源"}}'.encode()
        self._send(connection, Reply(body, status=404))

    def _wire_reset_mid_body(self, connection, reply) -> None:
        connection.sendall(_head(reply, len(reply.body)) + reply.body[: len(reply.body) // 2])
        time.sleep(0.02)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    def _wire_closed_early(self, connection, reply) -> None:
        self._send(connection, Reply(reply.body[: len(reply.body) // 2], reply.media_type), len(reply.body))

    def _wire_truncated(self, connection, reply) -> None:
        """Cut off, yet HTTP says that all is there."""
        self._send(connection, Reply(reply.body[: len(reply.body) * 2 // 3], reply.media_type))

    def _wire_gzip(self, connection, reply) -> None:
        self._send(connection, _gzipped(reply, gzip.compress(reply.body)))

    def _wire_gzip_broken(self, connection, reply) -> None:
        packed = bytearray(gzip.compress(reply.body))
        packed[12:40] = b"\xff" * 28
        self._send(connection, _gzipped(reply, bytes(packed)))

    def _wire_gzip_cut(self, connection, reply) -> None:
        self._send(connection, _gzipped(reply, gzip.compress(reply.body)[:-9]))

    def _wire_gzip_bomb(self, connection, reply) -> None:
        packer = zlib.compressobj(9, wbits=31)
        zeros = bytes(1_000_000)
        packed = b"".join(packer.compress(zeros) for _ in range(60)) + packer.flush()
        self._send(connection, _gzipped(reply, packed))

    def _wire_too_large(self, connection, reply) -> None:
        connection.sendall(_head(reply, 10**12) + reply.body)

    def _wire_endless(self, connection, reply) -> None:
        connection.sendall(_head(reply, None))
        piece = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
        while not self.ending.is_set():
            connection.sendall(piece)

    def _wire_drip(self, connection, reply) -> None:
        connection.sendall(_head(reply, len(reply.body)))
        self._slowly(connection, reply.body)

    def _wire_drip_headers(self, connection, reply) -> None:
        self._slowly(connection, _head(reply, len(reply.body)) + reply.body)

    def _slowly(self, connection, content: bytes) -> None:
        for place in range(len(content)):
            if self.ending.wait(self.wait):
                return
            connection.sendall(content[place : place + 1])

    def _wire_silent(self, connection, reply) -> None:
        self.ending.wait(5)

    def _wire_label_big5(self, connection, reply) -> None:
        self._send(connection, Reply(reply.body, reply.media_type.replace("utf-8", "big5")))

    def _wire_body_big5(self, connection, reply) -> None:
        self._send(connection, Reply(reply.body.decode("utf-8-sig").encode("cp950"), reply.media_type))

    def _wire_bom(self, connection, reply) -> None:
        self._send(connection, Reply(b"\xef\xbb\xbf" + reply.body, reply.media_type))

    def _wire_cookie(self, connection, reply) -> None:
        self._send(connection, Reply(reply.body, reply.media_type, headers={"Set-Cookie": "track=1; Path=/"}))

    def _redirect(self, connection, place: str) -> None:
        self._send(connection, Reply(b"", "text/html", 307, {"Location": place}))

    def _wire_redirect_other_host(self, connection, reply) -> None:
        self._redirect(connection, "http://elsewhere.example/data")

    def _wire_redirect_private(self, connection, reply) -> None:
        self._redirect(connection, "http://169.254.169.254/latest/meta-data/")

    def _wire_redirect_other_port(self, connection, reply) -> None:
        self._redirect(connection, "http://127.0.0.1:22/")

    def _wire_redirect_file(self, connection, reply) -> None:
        self._redirect(connection, "file:///etc/passwd")

    def _wire_redirect_http(self, connection, reply) -> None:
        self._redirect(connection, f"http://127.0.0.1:{self.port}/")

    def _wire_redirect_same_host(self, connection, reply) -> None:
        self._redirect(connection, self.asked[-1].raw_path)

    _wire_redirect_loop = _wire_redirect_same_host


def _read_request(connection: socket.socket) -> Asked | None:
    got = b""
    while b"\r\n\r\n" not in got:
        piece = connection.recv(65536)
        if not piece:
            return None
        got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    parts = urlsplit(target)
    return Asked(method, unquote(parts.path), target, dict(parse_qsl(parts.query)), headers, body)


def _head(reply: Reply, length: int | None) -> bytes:
    size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    lines = [f"HTTP/1.1 {reply.status} Answer", f"Content-Type: {reply.media_type}", size, "Connection: close"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _gzipped(reply: Reply, body: bytes) -> Reply:
    return Reply(body, reply.media_type, headers={"Content-Encoding": "gzip"})
