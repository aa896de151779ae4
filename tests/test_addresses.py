"""Which addresses answer, and is everything else not there?"""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest

from dashboard import menu, plot, static


def ask(server: str, address: str, accept: str = "*/*") -> tuple[int, str, str]:
    """Status, kind and body of an answer, or where it leads."""
    link = http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)
    link.request("GET", address, headers={"accept": accept})
    answer = link.getresponse()
    told = answer.status, answer.getheader("content-type", ""), answer.read().decode(errors="replace")
    link.close()
    return told if told[0] < 300 or told[0] >= 400 else (told[0], told[1], answer.getheader("location"))


@pytest.mark.parametrize(
    "address",
    ["/nonsense", "/nonsense/x", "/hotline/x", "/healthz/x", "/slides/x", "/apix", "/robots.txt", "/static/none.js",
     "/_stcore/nonsense", "/_stcore/metrics", "/_stcore/metrics/", "/%5Fstcore/metrics", "//_stcore/metrics"],
)  # fmt: skip
def test_what_is_not_there_is_404_for_a_program_and_the_first_page_for_a_reader(server: str, address: str):
    status, kind, body = ask(server, address)
    assert (status, kind) == (404, "text/plain; charset=utf-8")
    assert "沒有東西" in body and "nothing at this address" in body and body.count("\n") == 1
    status, _, there = ask(server, address, "text/html,*/*;q=0.8")
    assert status == 307 and there.startswith("/?page=")


def test_below_the_api_it_is_a_problem(server: str):
    for address in ("/api/nonsense", "/api/v1/nonsense"):
        status, kind, _ = ask(server, address)
        assert (status, kind) == (404, "application/problem+json")


def test_pages_files_and_streamlits_own_addresses_answer(server: str):
    script = next(path for path in (static.HERE / "static" / "js").glob("index.*.js")).name
    font = next((static.HERE / "static" / "media").iterdir()).name
    for address in (
        *(f"/{each}" for each in menu.names().values()), "/healthz", "/api/docs", "/slides/a/monthly", "/_stcore/health",
        "/_stcore/host-config", f"/static/js/{script}", f"/static/media/{font}", "/favicon.png", *plot.addresses(),
    ):  # fmt: skip
        assert ask(server, address)[0] == 200, address
    assert ask(server, "/hotline/")[0] == 301
    for address in ("/oauth2callback", "/auth/login", "/auth/logout"):  # without a login they lead to the first page
        assert ask(server, address)[::2] == (302, "/"), address
