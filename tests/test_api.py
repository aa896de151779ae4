"""Does the Open API say what the pages say, give nobody away, and tell every refusal in words?"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import shutil
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely.geometry
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.testclient import TestClient

from dashboard import metrics, server, words
from dashboard.api import app, limits, open_tables, table_routes
from dashboard.api.problems import MEDIA, Told
from dashboard.periods import parse
from dashboard.warehouse import ask, here
from data_pipeline import declarations
from data_pipeline.store import Store, meetings

NAMES = metrics.catalogue().names()
SPANS = ("112", "111-10", "110Q3", "108-112", "all")
LISTS = ("metrics", "tables", "published", "reconciliation", "sources", "sites", "builds/current")
INJECTIONS = ("' or 1=1 --", '"; drop table marts.works; --', "1) union select * from marts.petitions --", "%27", "x\x00y",
              "../../etc/passwd", "{{7*7}}", "𝕏' /*", "sum(contacts)", "marts.works;select 1")  # fmt: skip


def client(rate: str = "off", cors: str = "") -> TestClient:
    """The API as the server mounts it, without the pages."""
    api = Mount("/api", app=app.create({"rate": rate, "cors": cors}))
    routes = [each for each in server.ROUTES if not isinstance(each, Mount)]
    whole = Starlette(routes=[*routes, api], middleware=[Middleware(server.Headers), Middleware(Told)])
    return TestClient(whole, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def api() -> TestClient:
    return client()


def problem(answer, status: int) -> dict:
    """The problem that an answer tells: in both languages, and nothing of ours in it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA
    told = answer.json()
    assert told["status"] == status and set(told) >= {"type", "title", "detail", "instance"}
    for said in (told["title"], told["detail"]):
        assert re.search(r"[一-鿿]", said) and re.search(r"[A-Za-z]{3}", said)
    ours = json.dumps(
        {name: said for name, said in told.items() if name != "instance"}
    )  # that is the caller's own path
    assert not re.search(r"Traceback|\.py|duckdb|select |site-packages", ours)
    return told


# The same figures


@pytest.mark.parametrize("place,name", list(enumerate(NAMES)))
def test_a_figure_of_the_api_is_the_figure_of_the_page(warehouse, api, place: int, name: str) -> None:
    of, _ = metrics.catalogue().find(name)
    span, by = SPANS[place % len(SPANS)], [*of.by[:1], *(["year"] if of.date else [])]
    for split in ([], by):
        told = api.get(
            f"/api/v1/metrics/{name}/values", params={"period": span} | ({"by": ",".join(split)} if split else {})
        ).json()
        answer = ask(name, parse(span), split)
        known = {tuple(str(row[each]) for each in split): row for row in answer.rows}
        rows = {tuple(str(said[each]) for each in split): said for said in told["rows"]}
        assert len(rows) == len(told["rows"])
        assert all(rows[key]["suppressed"] for key in rows.keys() - known.keys()), "zeros of what is withheld"
        assert told["suppressed"] or rows.keys() == known.keys()
        for said, row in ((rows[key], known[key]) for key in known if key in rows):
            assert [said[each] for each in split] == [str(row[each]) if isinstance(row[each], dt.date) else row[each]
                                                      for each in split]  # fmt: skip
            expected = (None, None) if said["suppressed"] else (row["value"], row["n"])
            assert (said["value"], said["n"]) == expected
            assert said["is_simulated"] == row["is_simulated"]
        if not split:
            assert not told["rows"][0]["suppressed"], "the whole city is no small area"
        assert told["as_of"] == (answer.provenance.reach and str(answer.provenance.reach))
        assert told["is_simulated"] == answer.is_simulated and told["build"]["name"] == here().name()
        assert all(each["licence"]["zh"] and each["licence"]["en"] for each in told["sources"])


def test_a_figure_is_filtered_as_on_the_page(warehouse, api) -> None:
    asked = {"period": "112Q1", "by": "month,work_kind", "agency_id": "public_works,education", "light": "behind"}
    told = api.get("/api/v1/metrics/works.behind/values", params=asked).json()
    where = {"agency_id": ["public_works", "education"], "light": ["behind"]}
    answer = ask("works.behind", parse("112Q1"), ("month", "work_kind"), where)
    assert [row["value"] for row in told["rows"]] == [row["value"] for row in answer.rows]
    assert told["where"] == where and told["labels"]["light"]["behind"] == {"zh": "落後", "en": "Behind"}
    assert told["period"] == {"code": "112Q1", "start": "2023-01-01", "end": "2023-03-31",
                              "label": {"zh": "112 年第 1 季", "en": "2023 Q1"}}  # fmt: skip


def test_every_definition_is_whole_in_both_languages(warehouse, api) -> None:
    told = api.get("/api/v1/metrics").json()["metrics"]
    assert [each["name"] for each in told] == NAMES
    for each in told:
        for part in ("label", "means", "set_title", "unit_label", "formula"):
            assert set(each[part]) >= {"zh", "en"}, (each["name"], part)
        assert each["formula"]["sql"] and each["better"] in ("up", "down", "none")
    one = api.get("/api/v1/metrics/petitions.on_time_rate").json()["metric"]
    assert one["target"] == 0.95 and one["n"] == "petitions.judged" and one["unit"] == "percent"
    districts = next(each for each in one["dimensions"] if each["name"] == "district_id")["values"]
    assert len(districts) == 37 and districts[0] == {"code": "xinying", "zh": "新營區", "en": "Xinying"}
    share = api.get("/api/v1/metrics/hotline.online_share").json()["metric"]["formula"]
    assert share["zh"] == "APP 與網頁服務量 ÷ 總服務量"


def test_the_lists_hold_what_the_warehouse_holds(warehouse, api, con) -> None:
    def count(sql: str) -> int:
        return con.execute(sql).fetchone()[0]

    printed = api.get("/api/v1/published").json()["figures"]
    checked = api.get("/api/v1/reconciliation").json()["figures"]
    assert len(printed) == len(checked) == count("select count(*) from marts.published_figures")
    wrong = next(each for each in checked if each["key"] == "forward_works_on_schedule_rate")
    assert wrong["verdict"]["code"] == "does_not_reproduce" and wrong["value"] == 92.04
    assert round(wrong["recomputed"], 2) == 94.87
    sources = api.get("/api/v1/sources").json()["sources"]
    assert len(sources) == count("select count(*) from meta.sources")
    assert {each["state"]["code"] for each in sources} <= {"simulated", "never", "once", "fresh", "late", "failed"}
    assert sum(each["rows"] for each in sources) == count("select sum(rows) from meta.sources")
    sites = api.get("/api/v1/sites")
    assert sites.headers["content-type"] == "application/geo+json"
    features = sites.json()["features"]
    assert len(features) == count("select count(*) from marts.sites")
    for each in features:
        longitude, latitude = each["geometry"]["coordinates"]
        assert 119.9 < longitude < 120.8 and 22.8 < latitude < 23.5
        assert each["properties"]["coordinate_precision"] and isinstance(each["properties"]["is_simulated"], bool)
    current = api.get("/api/v1/builds/current").json()
    assert current["name"] == here().name() and len(current["checks"]) == count("select count(*) from meta.checks")


# Tables


def test_pages_of_a_table_add_up_to_the_whole(warehouse, api, con) -> None:
    for each in api.get("/api/v1/tables").json()["tables"]:
        assert each["title"]["zh"] and each["title"]["en"]
        assert all(column["label"] and column["label"]["zh"] and column["label"]["en"] for column in each["columns"])
        rows = con.execute(f"select count(*) from {each['name']}").fetchone()[0]
        assert each["rows"] == (None if each["guarded"] else rows)
    rows, link = [], "/api/v1/tables/marts.works?limit=700"
    while link:
        told = api.get(link).json()
        rows, link = rows + told["rows"], told["next"]
    columns = [name for name in open_tables.tables(here().name())["marts.works"].columns]
    whole = con.execute(f"select {', '.join(columns)} from marts.works order by rowid").fetchall()
    assert told["total"] == len(whole) == len(rows)
    assert [row["work_id"] for row in rows] == [row[0] for row in whole]
    assert rows[5] == {name: str(value) if isinstance(value, dt.date) else value
                       for name, value in zip(columns, whole[5], strict=True)}  # fmt: skip


@pytest.mark.parametrize("name", ["marts.works_month_states", "marts.hotline_day", "seeds.codes"])
def test_csv_and_parquet_read_back_as_the_json(warehouse, api, name: str) -> None:
    page = {"limit": "500", "offset": "30"} if name.startswith("marts") else {}
    rows = api.get(f"/api/v1/tables/{name}", params=page).json()
    text = api.get(f"/api/v1/tables/{name}", params=page, headers={"Accept": "text/csv"})
    assert text.content.startswith(b"\xef\xbb\xbf") and text.headers["content-type"] == "text/csv; charset=utf-8"
    assert int(text.headers["x-total-count"]) == rows["total"]
    assert ('rel="next"' in text.headers.get("link", "")) == bool(rows["next"])
    read = pd.read_csv(io.BytesIO(text.content))
    binary = api.get(f"/api/v1/tables/{name}", params={**page, "format": "parquet"})
    table = pq.read_table(io.BytesIO(binary.content))
    told = json.loads(table.schema.metadata[b"about"])
    assert told["build"]["name"] == here().name() and told["is_simulated"] == rows["is_simulated"]
    expected = pd.DataFrame(rows["rows"])
    assert list(read) == table.column_names == list(expected)
    for column in expected:
        for other in (read[column], table.to_pandas()[column].astype(str if column in ("month", "day") else object)):
            same = [(pd.isna(one) and pd.isna(two)) or str(one) == str(two) or one == two
                    for one, two in zip(expected[column], other, strict=True)]  # fmt: skip
            assert all(same), column


@pytest.mark.parametrize("accept,form", [
    ("", "json"), ("*/*", "json"), ("text/html,*/*;q=0.8", "json"), ("text/csv", "csv"), ("TEXT/CSV; q=1.0", "csv"),
    ("application/json;q=0, text/csv", "csv"), ("application/json;q=0.5,text/csv;q=0.9", "csv"),
    ("text/csv;q=0.5, application/json", "json"), ("text/csv, application/json", "csv"), ("text/*", "csv"),
    ("*/*, application/json;q=0", "csv"), ("application/vnd.apache.parquet;q=0.3, text/csv;q=0.2", "parquet"),
    ("text/csv;q=high, application/json;q=0.1", "json"), ("image/png", "json"),
])  # fmt: skip
def test_the_form_is_the_one_a_caller_likes_best(accept: str, form: str) -> None:
    assert table_routes._accepted(accept) == form


def test_boundaries_run_as_geojson_has_them(warehouse, api) -> None:
    """Counter-clockwise, holes clockwise (RFC 7946)."""
    rows = api.get("/api/v1/tables/marts.districts").json()["rows"]
    assert len(rows) == 37
    for row in rows:
        shape = shapely.geometry.shape(json.loads(row["geometry_json"]))
        for part in getattr(shape, "geoms", [shape]):
            assert part.exterior.is_ccw and not any(ring.is_ccw for ring in part.interiors), row["district_id"]


def test_no_text_of_a_csv_becomes_a_formula() -> None:
    rows = pa.table({"title": ["=1+1", "＠sum", "-1", "工程"], "change": [-1, 2, 3, 4]})
    text = table_routes._csv(rows).decode("utf-8-sig")
    assert text.splitlines()[1:] == ["'=1+1,-1", "'＠sum,2", "'-1,3", "工程,4"]


def test_records_that_could_point_to_a_person_are_not_served(warehouse, api) -> None:
    served = open_tables.tables(here().name())
    for name in ("cases", "petitions", "petitions_days", "phone_tests", "mystery_audits"):
        assert f"marts.{name}" not in served
        told = problem(api.get(f"/api/v1/tables/marts.{name}"), 404)
        assert f"marts.{name}" not in told["near"]
    for name in ("staging.petitions", "raw.petitions", "meta.inputs", "information_schema.tables", "works"):
        problem(api.get(f"/api/v1/tables/{name}"), 404)
    assert set(words.keys("api_tables")) == {f"api_tables.{name}" for name in served}
    for each in served.values():
        assert not set(each.columns) & open_tables.WORDS_OF_OFFICIALS or each.relation.startswith("seeds.")
    assert not [name for name in served["marts.districts"].columns if name.endswith("_12m")]


@pytest.mark.parametrize("columns,of_people,expected", [
    (("month", "district_id", "complaints"), True, False),  # people by place, and nobody said how they are guarded
    (("month", "district_id", "complaints"), False, True),
    (("month", "complaints"), True, True),
    (("complaint_id", "month"), False, False),
    (("work_id", "filed_at"), False, False),
    (("month", "filed_on"), False, False),
    (("work_id", "filed_on"), False, True),
    (("month", "village", "complaints"), True, False),
])  # fmt: skip
def test_a_new_table_is_closed_until_it_is_known_to_be_safe(columns, of_people: bool, expected: bool) -> None:
    assert open_tables.is_open("marts.new", columns, of_people) == expected


def test_of_every_source_it_is_decided_whether_its_rows_are_persons_matters() -> None:
    people = {"hotline_cases", "hotline_contacts", "open1999_cases", "petitions", "satisfaction_answers",
              "learning_hours"}  # fmt: skip
    assert set(declarations.load()) | {"published_figures"} == people | open_tables.THINGS
    assert not people & open_tables.THINGS


# What is kept, and what has changed


def test_an_answer_at_hand_is_not_sent_again(warehouse, api) -> None:
    for path in (*LISTS, "tables/marts.works?limit=3", "metrics/hotline.contacts/values?period=112"):
        first = api.get(f"/api/v1/{path}")
        assert first.status_code == 200 and first.headers["cache-control"] == "no-cache"
        for name, value in (("If-None-Match", first.headers["etag"]),
                            ("If-None-Match", f'"other", {first.headers["etag"]}'),
                            ("If-None-Match", first.headers["etag"].removeprefix("W/")), ("If-None-Match", "*"),
                            ("If-Modified-Since", first.headers["last-modified"])):  # fmt: skip
            again = api.get(f"/api/v1/{path}", headers={name: value})
            assert (again.status_code, again.content) == (304, b"") and again.headers["etag"] == first.headers["etag"]
        other = api.get(f"/api/v1/{path}", headers={"If-None-Match": '"other"'})
        assert other.status_code == 200
        head = api.head(f"/api/v1/{path}")
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", first.headers["etag"])
    one, two = (api.get(f"/api/v1/tables/marts.works?limit={limit}").headers["etag"] for limit in (3, 4))
    assert one != two


def test_a_meeting_answers_from_its_frozen_build(built_store: Path, tmp_path: Path, monkeypatch, api) -> None:
    store = Store(tmp_path / "store")
    shutil.copytree(built_store / "builds", store.root / "builds")
    shutil.copy(built_store / "current", store.root / "current")
    with store.writing():
        meetings.freeze(store, "113-03", dt.date(2024, 3, 26), "王研考")
    monkeypatch.setenv("RDEC_STORE", str(store.root))
    here.cache_clear()
    try:
        path = "/api/v1/metrics/works.behind/values?period=112&by=month"
        now, then = api.get(path), api.get(f"{path}&meeting=113-03")
        assert then.json()["rows"] == now.json()["rows"] and then.headers["etag"] != now.headers["etag"]
        assert then.json()["build"]["meeting"] == "113-03" and now.json()["build"]["meeting"] is None
        table = api.get("/api/v1/tables/marts.works?limit=1&meeting=113-03").json()
        assert table["build"]["meeting"] == "113-03" and "meeting=113-03" in table["next"]
        assert problem(api.get(f"{path}&meeting=113-04"), 404)["near"] == ["113-03"]
        problem(api.get(f"{path}&meeting=../113-03"), 422)
    finally:
        here.cache_clear()


def test_a_store_without_a_build_says_so(tmp_path: Path, monkeypatch, api) -> None:
    monkeypatch.setenv("RDEC_STORE", str(tmp_path))
    here.cache_clear()
    try:
        problem(api.get("/api/v1/metrics"), 503)
        assert api.get("/api/docs").status_code == 200
    finally:
        here.cache_clear()


# Refusals


def test_what_is_not_there_is_told_with_what_is_near(warehouse, api) -> None:
    assert "hotline.contacts" in problem(api.get("/api/v1/metrics/hotline.contact"), 404)["near"]
    assert "marts.works" in problem(api.get("/api/v1/tables/marts.work"), 404)["near"]
    base = "/api/v1/metrics/hotline.contacts/values"
    assert "district_id" in problem(api.get(f"{base}?by=district"), 404)["near"]
    assert problem(api.get(f"{base}?by=day"), 404)["near"]
    assert "yongkang" in problem(api.get(f"{base}?district_id=yongkan"), 404)["near"]
    problem(api.get(f"{base}?light=behind"), 404)
    problem(api.get(f"{base}?period=112-108"), 404)
    for path in ("/api/v1", "/api/v2/metrics", "/api/v1/metrics/", "/api/nothing", "/api/v1/cases"):
        problem(api.get(path), 404)


def test_what_cannot_be_used_is_told_by_its_name(warehouse, api) -> None:
    base = "/api/v1/metrics/hotline.contacts/values"
    for query, name in (
        ("period=next", "period"),
        ("by=month,", "by"),
        ("by=a,b,c,d,e", "by"),
        ("colour=red", "colour"),
    ):
        assert [each["name"] for each in problem(api.get(f"{base}?{query}"), 422)["errors"]] == [name]
    for query in ("limit=0", "limit=10001", "offset=-1", "format=xml", "limit=ten"):
        name = query.partition("=")[0]
        assert problem(api.get(f"/api/v1/tables/marts.works?{query}"), 422)["errors"][0]["name"] == name
    for path in LISTS:
        problem(api.get(f"/api/v1/{path}?x=1"), 422)


def test_a_parameter_that_comes_twice_is_refused_by_its_name(warehouse, api) -> None:
    for path, name in (
        ("metrics/hotline.contacts/values?period=112&period=111", "period"),
        ("metrics/hotline.contacts/values?by=month&by=channel", "by"),
        ("tables/marts.works?format=csv&format=json&limit=1", "format"),
        ("metrics/hotline.contacts/values?district_id=yongkang&district_id=yongkang", "district_id"),
    ):
        told = problem(api.get(f"/api/v1/{path}"), 422)
        assert [each["name"] for each in told["errors"]] == [name] and f"參數 {name} 不只一次" in told["detail"]
    assert api.get("/api/v1/metrics/hotline.contacts/values?period=112&by=month,channel").status_code == 200


def test_only_reading_is_possible(warehouse, api) -> None:
    for path in (
        *(f"/api/v1/{each}" for each in LISTS),
        "/api/v1/tables/marts.works",
        "/api/docs",
        "/api/openapi.json",
    ):
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            answer = api.request(method, path)
            problem(answer, 405)
            assert answer.headers["allow"] == "GET, HEAD"


def test_an_answer_that_is_too_long_is_refused_before_it_is_fetched(warehouse, api) -> None:
    told = problem(api.get("/api/v1/metrics/works.behind/values?by=month,agency_id,district_id,work_kind"), 403)
    assert "10000" in told["detail"]


def test_what_breaks_is_told_without_its_inside(warehouse, monkeypatch) -> None:
    broken = client()
    monkeypatch.setattr(table_routes, "_count", lambda *_: 1 / 0)
    problem(broken.get("/api/v1/tables/marts.works"), 500)


@pytest.mark.parametrize("text", INJECTIONS)
def test_sql_and_paths_in_any_parameter_are_only_text(warehouse, api, con, text: str) -> None:
    before = con.execute("select count(*) from marts.works").fetchone()
    values = "/api/v1/metrics/works.behind/values"
    for name in ("period", "by", "meeting", "agency_id", "district_id", "light", "x"):
        assert problem_of(api.get(values, params={name: text})) in (404, 422), name
    for name in ("format", "limit", "offset", "meeting"):
        assert problem_of(api.get("/api/v1/tables/marts.works", params={name: text})) in (404, 422), name
    odd = quote(text, safe="")
    for path in (f"/api/v1/metrics/{odd}", f"/api/v1/tables/{odd}", f"/api/v1/{odd}", f"{values}/{odd}"):
        assert problem_of(api.get(path)) in (404, 405, 422), path
    for name in ("If-None-Match", "If-Modified-Since", "Accept"):
        safe = text.encode("ascii", "ignore").replace(b"\x00", b"").decode()
        assert api.get("/api/v1/tables/marts.works?limit=1", headers={name: safe}).status_code == 200
    assert con.execute("select count(*) from marts.works").fetchone() == before


def problem_of(answer) -> int:
    problem(answer, answer.status_code)
    return answer.status_code


def test_what_streamlit_refuses_on_the_way_is_a_problem_too(server) -> None:
    for path in ("/api/v1/tables/..%2f..%2fetc", "/api/v1/../x", "/api/%5c%5cserver"):
        with pytest.raises(HTTPError) as caught:
            urlopen(server + path)
        assert caught.value.code in (400, 404) and caught.value.headers["content-type"] == MEDIA
        assert "status" in json.loads(caught.value.read())


def test_an_answer_of_the_server_names_each_header_it_varies_by_once(server) -> None:
    for path in ("/api/v1/sources", "/api/docs"):
        with urlopen(Request(server + path, headers={"Accept-Encoding": "gzip"})) as answer:
            said = [each.strip() for line in answer.headers.get_all("vary") for each in line.split(",")]
        assert "Accept-Encoding" in said and len(said) == len(set(said)), said


# Who may ask, and how often


def test_an_address_that_asks_too_often_waits_and_others_do_not() -> None:
    now = [0.0]
    limit = limits.Limit(None, limits.read_rate("60/3"), lambda: now[0])
    assert [limit._take("a") for _ in range(4)] == [0, 0, 0, 1]
    assert limit._take("b") == 0
    now[0] += 2
    assert [limit._take("a") for _ in range(3)] == [0, 0, 1]
    now[0] += 1000
    assert [limit._take("a") for _ in range(4)] == [0, 0, 0, 1], "a long rest fills no more than the bucket"
    for place in range(limits.MOST + 5):
        limit._take(f"x{place}")
    assert len(limit.left) == limits.MOST


def test_too_many_requests_are_told_when_to_come_again(warehouse) -> None:
    quick = client("60/2")
    asked = [quick.get("/api/v1/builds/current", headers={"X-Forwarded-For": f"10.0.0.{each}"}) for each in range(3)]
    assert [each.status_code for each in asked] == [200, 200, 429], "a header alone makes nobody somebody else"
    problem(asked[2], 429)
    assert int(asked[2].headers["retry-after"]) == 1


@pytest.mark.parametrize("host,address", [("192.0.2.7", "192.0.2.7"), ("2001:db8::1:2:3", "2001:db8::/64"), ("x", "x")])
def test_an_address_of_ipv6_stands_for_its_network(host: str, address: str) -> None:
    assert limits._address({"client": (host, 1)}) == address


def test_rates_are_read_or_refused() -> None:
    assert limits.read_rate("120") == limits.Rate(120, 60) and limits.read_rate(" 10/3 ") == limits.Rate(10, 3)
    assert limits.read_rate("off") is None
    for text in ("0", "-1", "12/0", "fast", "1/2/3", ""):
        with pytest.raises(ValueError, match="RDEC_API_RATE"):
            limits.read_rate(text)


def test_other_origins_may_read_only_where_they_are_named(warehouse) -> None:
    name = "https://data.example"
    asked = {"Origin": name, "Access-Control-Request-Method": "GET"}
    closed, opened = client(), client(cors=f" {name} , https://other.example")
    assert "access-control-allow-origin" not in closed.get("/api/v1/sources", headers=asked).headers
    problem(closed.options("/api/v1/sources", headers=asked), 405)
    answer = opened.get("/api/v1/sources", headers=asked)
    assert answer.headers["access-control-allow-origin"] == name
    assert opened.options("/api/v1/sources", headers=asked).status_code == 200
    refused = opened.options("/api/v1/sources", headers=asked | {"Access-Control-Request-Method": "DELETE"})
    assert refused.status_code == 400
    stranger = opened.get("/api/v1/sources", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in stranger.headers


def test_every_answer_carries_the_security_headers(warehouse, api) -> None:
    for path in ("/api/v1/sources", "/api/docs", "/api/nothing", "/api/openapi.json"):
        headers = api.get(path).headers
        assert (
            headers["x-content-type-options"] == "nosniff"
            and "default-src 'self'" in headers["content-security-policy"]
        )
        assert headers.get("content-encoding") == "gzip" or int(headers["content-length"]) < 500


def test_no_question_runs_for_ever(warehouse) -> None:
    assert here().rows("select current_setting('max_execution_time') as most") == ({"most": 20_000},)


# The two documents


def test_the_document_tells_of_every_route_in_both_languages(warehouse, api) -> None:
    made = api.get("/api/openapi.json").json()
    assert set(made["paths"]) == {f"/v1/{each}" for each in LISTS} | {
        "/v1/metrics/{name}", "/v1/metrics/{name}/values", "/v1/tables/{name}"
    }  # fmt: skip
    for path, methods in made["paths"].items():
        (operation,) = methods.values()
        told = [
            operation["summary"],
            operation["description"],
            *(each["description"] for each in operation.get("parameters", [])),
        ]
        assert all(re.search(r"[一-鿿]", each) and re.search(r"[A-Za-z]{3}", each) for each in told), path
        assert MEDIA in operation["responses"]["404"]["content"]
    assert "Problem" in made["components"]["schemas"] and "HTTPValidationError" not in json.dumps(made)


def test_the_page_needs_nothing_from_outside_and_its_links_answer(warehouse, api) -> None:
    answer = api.get("/api/docs")
    assert api.get("/api/docs", headers={"If-None-Match": "*"}).status_code == 304
    assert "<script" not in answer.text and not re.search(r"(src|@import|url\()", answer.text)
    links = re.findall(r'href="([^"#]+)"', answer.text)
    assert len(links) == 11
    for link in links:
        assert link.startswith("http://testserver/api/")
        assert api.get(link.replace("&amp;", "&")).status_code == 200, link
    for kind in ("unknown", "too_many", "invalid"):
        assert f'id="problem-{kind}"' in answer.text
    assert answer.text.count("<pre") == 10 and "curl &#39;http" in answer.text
    assert api.get("/api", follow_redirects=False).headers["location"] == "/api/docs"
    again = api.get("/api/docs", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
