"""Is an address asked as it should be? Headers, encodings, certificates, waits, and the arithmetic of gzip."""

from __future__ import annotations

import datetime as dt
import email.utils
import gzip
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_pipeline.pull import PullError, http, pull
from data_pipeline.pull.body import message_in
from data_pipeline.pull.http import Asker, Unpacker
from data_pipeline.store import Store
from tests.fault_table import QUICK, TODAY, source_of
from tests.standin import CERTIFICATE, StandIn


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def trusted(monkeypatch):
    """The stand-in's certificate counts as good, for tests of what comes after."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    http._trusted.cache_clear()
    yield
    http._trusted.cache_clear()


def test_a_request_says_who_asks_and_brings_no_cookie_back(tmp_path):
    with StandIn("ckan", 25, "cookie") as service:
        pull(source_of("ckan", service.url), Store(tmp_path), limits=QUICK)
    assert len(service.asked) == 3
    for asked in service.asked:
        assert asked.headers["user-agent"].startswith("tainan-rdec-dashboard/")
        assert asked.headers["accept-encoding"] == "gzip"
        assert not {"cookie", "authorization", "referer"} & set(asked.headers)


def test_chinese_in_an_address_is_percent_encoded(tmp_path):
    with StandIn("datagov") as service:
        pull(source_of("datagov", service.url), Store(tmp_path), limits=QUICK)
    assert service.asked[1].raw_path == "/%E4%B8%8B%E8%BC%89/%E6%B1%BA%E6%A8%99%20%E5%85%AC%E5%91%8A.csv"


def test_a_good_certificate_is_accepted_and_plain_http_after_it_is_not(tmp_path, trusted):
    with StandIn("soa", tls=True) as service:
        source = source_of("soa", service.url)
        assert pull(source, Store(tmp_path), limits=QUICK).status == "ok"
        service.fault = "redirect_http"
        with pytest.raises(PullError, match="未加密"):
            pull(source, Store(tmp_path), limits=QUICK)


def test_a_service_that_nobody_runs_is_a_sentence(tmp_path):
    with StandIn("soa") as service:
        source = source_of("soa", service.url)
    with pytest.raises(PullError, match="已試 3 次") as caught:
        pull(source, Store(tmp_path), limits=QUICK)
    assert "tried 3 times" in caught.value.en


@pytest.mark.parametrize("url", ["ftp://example.org/a", "http://", "http://user:secret@127.0.0.1/", "not an address"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(PullError, match="網址無效"):
        Asker(url)


def test_retry_after_is_waited_for(tmp_path):
    with StandIn("soa", fault="http_429_retry_after_once") as service:
        source = source_of("soa", service.url)
        start = dt.datetime.now(dt.UTC)
        pull(source, Store(tmp_path), limits=replace(QUICK, wait=0.001, wait_most=0.001))
    assert (dt.datetime.now(dt.UTC) - start).total_seconds() >= 1


def test_retry_after_is_seconds_or_a_date():
    now = dt.datetime.now(dt.UTC)
    assert http._seconds("120") == 120
    assert 50 < http._seconds(email.utils.format_datetime(now + dt.timedelta(seconds=60), usegmt=True)) <= 60
    assert http._seconds(email.utils.format_datetime(now - dt.timedelta(days=1), usegmt=True)) == 0
    assert http._seconds("soon") is None and http._seconds(None) is None


@given(st.binary(max_size=5000), st.integers(1, 400), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_gzip_unpacks_alike_in_whatever_pieces_it_comes(body, step, members):
    packed = gzip.compress(body) * members
    unpack, out = Unpacker(1_000_000), b""
    for place in range(0, len(packed), step):
        out += unpack(packed[place : place + step], len(out))
    unpack.finish()
    assert out == body * members


@given(st.binary(min_size=50, max_size=3000), st.data())
@settings(max_examples=60, deadline=None)
def test_a_gzip_that_is_cut_is_never_taken_for_whole(body, data):
    packed = gzip.compress(body)
    unpack = Unpacker(1_000_000)
    with pytest.raises(PullError):
        unpack(packed[: data.draw(st.integers(1, len(packed) - 1))], 0)
        unpack.finish()


def test_a_bomb_is_stopped_before_it_is_unpacked():
    unpack = Unpacker(1000)
    with pytest.raises(PullError, match="過大"):
        unpack(gzip.compress(bytes(10_000_000)), 0)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"success": false, "error": {"__type": "Not Found Error", "message": "找不到"}}'.encode(), "找不到"),
        (b'"Bad request: Action name not known"', "Bad request: Action name not known"),
        (b'[{"code": 400, "description": "no such service"}]', "no such service"),
        (b"<errors><error><description>gone</description></error></errors>", "gone"),
        (b"parameter: <nid> is required", ""),
        (b"[]", ""),
        (b"", ""),
        (b'{"message": ', ""),
        (b'{"detail": "x"}', "x"),
    ],
)
def test_what_an_error_answer_says(body, words):
    assert message_in(body) == words


def test_today_is_a_parameter_and_not_the_clock(tmp_path):
    with StandIn("open1999", 2) as service:
        source = source_of("open1999", service.url)
        options = {"city_id": "tainan.gov.tw", "days": 3}
        source = source.model_copy(update={"where": source.where.model_copy(update={"options": options})})
        pull(source, Store(tmp_path), limits=QUICK, today=TODAY)
    days = [asked.body.decode().split("<start_date>")[1][:10] for asked in service.asked]
    assert days == ["2023-03-29", "2023-03-30", "2023-03-31"]
