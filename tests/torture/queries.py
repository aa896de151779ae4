"""Does SQL in a link, a filter or a parameter of the API change what is asked?

Every parameter of every route and every page is given statements, pieces and quotes. None may end in a fault, bring
rows that were not asked for, or leave a trace in the file system; the build stays the same to the byte.
"""

from __future__ import annotations

import hashlib
import json
import re
from urllib.parse import quote, urlencode

import httpx

from dashboard import menu
from data_pipeline.store import Store
from tests.conftest import ROOT
from tests.torture.bench import Bench, Tally, serving
from tests.torture.corpus import SQL
from tests.torture.viewer import Viewer

TRIAL = "queries"
GOOD = {
    "name": {"metrics": "hotline.contacts", "tables": "marts.works", "sites": "sites", "published": "published"},
    "period": "112",
}  # fmt: skip
ROWS = ("values", "rows", "metrics", "tables", "published", "reconciliation", "sources", "features")


def run(bench: Bench) -> None:
    place = bench.place("queries")
    trace = place / "trace.duckdb"
    corpus = [each.replace("{}", str(trace)) for each in SQL]
    built = Store(bench.built).current().path
    before = hashlib.sha256(built.read_bytes()).hexdigest()
    with serving(bench.built) as (address, process):
        with bench.tally(
            TRIAL, "SQL in every parameter of every route of the API: faults, rows not asked for"
        ) as tally:
            _api(address, corpus[:: 10 if bench.quick else 1], tally)
        with bench.tally(
            TRIAL, "SQL in every filter and parameter of every page's link: faults, other content"
        ) as tally:
            _pages(bench, address, corpus[:: 10 if bench.quick else 1], tally)
            log = process.log.read_text(errors="replace")
            tally.hold("Traceback" not in log, log[log.find("Traceback") :][:600])
        with bench.tally(TRIAL, "traces in the file system, changes of the build") as tally:
            tally.hold(not trace.exists() and not list(place.glob("*")), "a statement wrote a file")
            tally.hold(hashlib.sha256(built.read_bytes()).hexdigest() == before, "the build was changed")


def _api(address: str, corpus: list[str], tally: Tally) -> None:
    with httpx.Client(base_url=f"{address}/api", timeout=60, trust_env=False) as client:
        document = client.get("/openapi.json").json()
        for path, ways in document["paths"].items():
            told = ways["get"].get("parameters", [])
            for parameter in [*told, {"name": "unheard_of", "in": "query"}]:
                for harm in corpus:
                    _one(client, path, told, parameter, harm, tally)


def _one(client: httpx.Client, path: str, told: list[dict], parameter: dict, harm: str, tally: Tally) -> None:
    kind = path.split("/")[2]
    good = {each["name"]: GOOD["name"].get(kind, "x") if each["name"] == "name" else GOOD.get(each["name"])
            for each in told if each.get("required")}  # fmt: skip
    good[parameter["name"]] = harm
    target = path
    for each in told:
        if each["in"] == "path":
            target = target.replace("{" + each["name"] + "}", quote(str(good.pop(each["name"])), safe=""))
    answer = client.get(
        target.removeprefix("/api"), params={key: value for key, value in good.items() if value is not None}
    )
    if answer.status_code == 200:
        body = answer.json() if "json" in answer.headers["content-type"] else None
        rows = next((body[key] for key in ROWS if isinstance(body, dict) and key in body), None)
        tally.hold(rows == [], f"{path} {parameter['name']}={harm!r}: 200, {str(body)[:200]}")
        return
    sound = 400 <= answer.status_code < 500 and answer.headers["content-type"].startswith("application/problem+json")
    told_ours = re.search(r"Traceback|\.py\b|Parser Error|Binder Error|Catalog Error|SELECT ", answer.text)
    tally.hold(
        sound and not told_ours, f"{path} {parameter['name']}={harm!r}: {answer.status_code} {answer.text[:200]}"
    )


def keys() -> list[str]:
    """Every key that a page reads from its link, as the code names them."""
    found = {"year", "part", "lang", "meeting", "slide", "via"}
    for path in [*(ROOT / "pages").glob("*.py"), *(ROOT / "dashboard").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"(?:filters\.)?(?:choice|option|search|read|_linked)\(\s*\"(\w+)\"", text))
        found |= set(re.findall(r"key=\"(\w+)\"", text))
    return sorted(found)


def _pages(bench: Bench, address: str, corpus: list[str], tally: Tally) -> None:
    every = keys()
    said = json.dumps({key: "" for key in every})
    tally.hold(len(every) > 10, f"too few keys were found: {said}")
    for at in ["works"] if bench.quick else menu.names().values():
        with Viewer(address) as viewer:
            plain = viewer.open(at, "year=all")
        for number, harm in enumerate(corpus):
            # All of them at once, and each in turn.
            asked = dict.fromkeys(every, harm) if number % 3 else {every[(number // 3 + len(at)) % len(every)]: harm}
            with Viewer(address) as viewer:
                seen = viewer.open(at, urlencode({"year": "all"} | {key: asked[key] for key in asked if key != "year"}))
            wrong = seen.faults or seen.rows > max(plain.rows, 1)
            tally.hold(not wrong, f"{at} {harm!r} in {list(asked)[:3]}: {seen.faults} {seen.rows} rows of {plain.rows}")
