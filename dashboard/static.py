"""How do the files that never change reach the browser? Pressed once, from memory, and asked for before they are due.

Streamlit sends its own scripts as they are and leaves it to a proxy to press them. Here they are pressed in brotli or
gzip when first asked for (ahead, in `warm`), and its page names the parts that every page of the house will ask for.
"""

from __future__ import annotations

import asyncio
import functools
import gzip
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import brotli
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.file_util import get_static_dir

from dashboard import menu, plot

HERE = Path(get_static_dir())
LOOK = Path(__file__).parent / "look.css"
PRESSED = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
FOREVER = "public, max-age=31536000, immutable"
# Elements of Streamlit that every page has, each in a script of its own, which asks for others.
ELEMENTS = ("Html", "ButtonGroup", "BidiComponent")
IMPORT = re.compile(rb"""(?:from|import)\s*["'`]\./([\w.-]+\.js)["'`]""")
# Where the server is, so that the page need not look for it at the address of each page first; and who may embed it.
KNOWN = """<script>window.__streamlit = {BACKEND_BASE_URL: new URL(".", location.href).href,
HOST_CONFIG: {allowedOrigins: [location.origin], useExternalAuthToken: false}}</script>"""


class Pressed:
    """Answers for the page and for scripts and styles with what is kept; everything else goes on to Streamlit."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope.get("path", "")
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and (path := _files().get(asked)):
            request = Request(scope)
            if "range" not in request.headers or path.suffix == ".html":
                answer = await _answer(request, path)
                return await answer(scope, receive, send)
        await self.app(scope, receive, send)


async def warm() -> None:
    """Press what the first page will ask for, one file after the other, before anybody asks."""
    hinted = re.findall(r'(?:href|src)="\.(/\S+?\.(?:js|css))"', page())
    for address in hinted:
        await asyncio.to_thread(pressed, _files()[address], "br")


async def _answer(request: Request, path: Path) -> Response:
    way = _way(request.headers.get("accept-encoding", ""))
    body, tag = await asyncio.to_thread(pressed, path, way)
    headers = {
        "etag": tag, "vary": "Accept-Encoding", "cache-control": "no-cache" if path.suffix == ".html" else FOREVER,
    }  # fmt: skip
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if way:
        headers["content-encoding"] = way
    return Response(b"" if request.method == "HEAD" else body, headers=headers | {"content-length": str(len(body))},
                    media_type=PRESSED[path.suffix])  # fmt: skip


def _way(accepted: str) -> str:
    """The best encoding that the browser, or the proxy before it, takes: brotli, gzip, or none."""
    taken = {}
    for each in accepted.lower().split(","):
        name, _, weight = each.strip().partition(";")
        taken[name.strip()] = weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((way for way in ("br", "gzip") if taken.get(way)), "")


@functools.lru_cache(maxsize=512)
def pressed(path: Path, way: str) -> tuple[bytes, str]:
    """A file in an encoding, and the tag that says which it is."""
    plain = page().encode() if path.suffix == ".html" else path.read_bytes()
    tag = f'"{hashlib.sha256(plain).hexdigest()[:20]}{"-" if way else ""}{way}"'
    if way == "br":
        return brotli.compress(plain, mode=brotli.MODE_TEXT, quality=5), tag
    return (gzip.compress(plain, 6, mtime=0) if way else plain), tag


@functools.cache
def page() -> str:
    """Streamlit's page with the house's own hints in its head."""
    text = (HERE / "index.html").read_text(encoding="utf-8")
    scripts = sorted(each for each in needed(ELEMENTS) if each not in text)
    hints = [f"./static/js/{each}" for each in scripts] + [f".{each}" for each in plot.addresses()]
    chart = f'<script type="module" crossorigin src=".{next(iter(plot.addresses()))}"></script>'
    links = "".join(f'<link rel="modulepreload" crossorigin href="{each}">' for each in hints)
    # The house has fonts of its own; this one would be fetched first and never used.
    text = re.sub(r'<link\s+rel="preload"\s+href="\./static/media/SourceSans[^>]*>', "", text)
    step, style = (path.read_text(encoding="utf-8") for path in (plot.FOLDER / "before.js", LOOK))
    text = text.replace("</head>", f"{KNOWN}<script>{step}</script>{links}{chart}</head>")
    # After the head, where Streamlit's own styles go: of two that say as much, the later one counts.
    return text.replace("</body>", f"<style>{style}</style></body>")


def needed(elements: Iterable[str]) -> set[str]:
    """The scripts of elements and all that these import; a name that Streamlit no longer has is left out."""
    folder, found = HERE / "static" / "js", set()
    waiting = [path.name for each in elements for path in folder.glob(f"{each}.*.js")]
    while waiting:
        if (script := waiting.pop()) not in found and (folder / script).is_file():
            found.add(script)
            waiting += [each.decode() for each in IMPORT.findall((folder / script).read_bytes())]
    return found


@functools.cache
def _files() -> dict[str, Path]:
    """The addresses that are answered from here."""
    kept = {f"/{path.relative_to(HERE).as_posix()}": path for path in (HERE / "static").rglob("*.*")}
    pages = {f"/{each}": HERE / "index.html" for each in ("", *menu.names().values())}
    return pages | {at: path for at, path in (kept | plot.addresses()).items() if path.suffix in PRESSED}
