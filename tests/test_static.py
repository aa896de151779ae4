"""Do the files that never change reach the browser pressed, whole, and only once?"""

from __future__ import annotations

import gzip
import re

import brotli
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from dashboard import plot, static

SCRIPT = next(f"/static/js/{path.name}" for path in (static.HERE / "static" / "js").glob("index.*.js"))


async def beyond(scope, receive, send) -> None:
    await PlainTextResponse("Streamlit")(scope, receive, send)


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = Starlette(middleware=[Middleware(static.Pressed)])
    app.mount("/", beyond)
    return TestClient(app)


def ask(client: TestClient, address: str, accepted: str = "identity", method: str = "GET", **more: str):
    """The answer as it came over the line, not unpacked."""
    with client.stream(method, address, headers={"accept-encoding": accepted, **more}) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize("address", [SCRIPT, *plot.addresses(), "/", "/hotline"])
def test_each_way_of_pressing_gives_the_same_file(client: TestClient, address: str) -> None:
    plain, body = ask(client, address)
    assert "content-encoding" not in plain.headers
    for accepted, way, unpack in (("gzip, deflate, br", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress),
                                  ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress)):  # fmt: skip
        answer, pressed = ask(client, address, accepted)
        assert answer.headers["content-encoding"] == way and answer.headers["vary"] == "Accept-Encoding"
        assert unpack(pressed) == body and len(pressed) < len(body)
        assert answer.headers["etag"] != plain.headers["etag"], "a proxy must not take one for the other"
        head, nothing = ask(client, address, accepted, "HEAD")
        assert nothing == b"" and head.headers["content-length"] == answer.headers["content-length"]
        again, nothing = ask(client, address, accepted, **{"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304 and nothing == b""


def test_what_has_a_name_of_its_content_is_kept_and_the_page_is_asked_for_anew(client: TestClient) -> None:
    assert "immutable" in ask(client, SCRIPT)[0].headers["cache-control"]
    assert "immutable" in ask(client, next(iter(plot.addresses())))[0].headers["cache-control"]
    assert ask(client, "/")[0].headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("address", "more"),
    [(SCRIPT, {"range": "bytes=0-9"}), ("/static/js/none.js", {}), ("/static/../../secrets", {}), ("/healthz", {})],
)
def test_everything_else_goes_on(client: TestClient, address: str, more: dict) -> None:
    assert ask(client, address, "br", **more)[1] == b"Streamlit"


def test_the_page_asks_ahead_for_files_that_are_there() -> None:
    hints = re.findall(r'rel="modulepreload" crossorigin href="\.(/\S+?)"', static.page())
    assert set(plot.addresses()) < set(hints) and set(hints) <= set(static._files())
    assert any("BidiComponent" in each for each in hints), "Streamlit names its scripts otherwise now"


def test_the_library_is_the_one_of_the_python_package() -> None:
    import plotly

    full = (static.Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
    ours = (plot.FOLDER / "plotly-basic.min.js").read_text(encoding="utf-8")
    assert re.search(r"v(\d+\.\d+\.\d+)", ours[:200])[1] == re.search(r"v(\d+\.\d+\.\d+)", full[:200])[1]
