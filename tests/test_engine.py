"""Do marts over records come out the same from a distributed engine? Where its optional packages are installed."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time

import duckdb
import pytest

from data_pipeline import build, declarations
from data_pipeline.engine import DECLARED, Engine, EngineFault
from data_pipeline.store import Store
from tests.torture.bench import command, is_a_sentence

MARTS = sorted(
    f"marts.{path.stem}"
    for path in (build.WAREHOUSE / "marts").glob("*.sql")
    if DECLARED.search(path.read_text(encoding="utf-8"))
)


@pytest.fixture(scope="module")
def server():
    for package in ("sqlglot", "pyspark"):
        pytest.importorskip(package, reason="optional: pip install -r requirements-engine.txt")
    sail = pytest.importorskip("pysail.spark", reason="optional: pip install -r requirements-engine.txt")
    one = sail.SparkConnectServer("127.0.0.1", 0)
    one.start()
    yield f"sc://127.0.0.1:{one.listening_address[1]}"
    one.stop()


@pytest.fixture(scope="module")
def twice(server, tmp_path_factory):
    """The same bytes built by DuckDB alone and with the engine."""
    store = Store(tmp_path_factory.mktemp("engine") / "store")
    command(store, "sample", "--scale", "0.02")
    engine = Engine(server)
    with store.writing():
        alone = build.build(store, declarations.load()).build
        store.publish(alone.name)
        shared = build.build(store, declarations.load(), engine=engine).build
    assert sorted(engine.made) == MARTS
    assert alone.manifest["defined"] and shared.manifest["defined"] is None  # nothing grows from an engine's build
    engine.close()
    with duckdb.connect() as con:
        con.execute(f"attach '{alone.path}' as alone (read_only); attach '{shared.path}' as shared (read_only)")
        yield con


@pytest.mark.parametrize("mart", [*MARTS, "marts.districts", "marts.agencies", "marts.petitions_month"])
def test_every_row_and_type_is_the_same(twice, mart):
    columns = [twice.execute(f"describe {side}.{mart}").fetchall() for side in ("alone", "shared")]
    assert columns[0] == columns[1]
    for one, other in (("alone", "shared"), ("shared", "alone")):
        assert twice.execute(f"from {one}.{mart} except all from {other}.{mart}").fetchall() == []


def test_sums_of_hours_over_a_mart_of_the_engine_differ_by_no_more_than_their_order_makes(twice):
    """DuckDB adds the hours of `marts.cases` in the order in which its rows stand, and the engine gives another one."""
    rounded = "select * replace (round(hours_to_close, 6) as hours_to_close) from {}.marts.cases_month"
    both = rounded.format("alone"), rounded.format("shared")
    for one, other in (both, both[::-1]):
        assert twice.execute(f"{one} except all {other}").fetchall() == []


def test_what_the_comparison_compares_is_not_empty(twice):
    full = [mart for mart in MARTS if twice.execute(f"select count(*) from shared.{mart}").fetchone()[0]]
    assert {"marts.hotline_day", "marts.hotline_month", "marts.cases", "marts.petitions"} <= set(full)


def test_a_mart_in_words_the_engine_does_not_know_is_refused(server, tmp_path):
    engine = Engine(server)
    with duckdb.connect() as con:
        build.lay_ground(con)
        con.execute("create table staging.x as select '一百' as said")
        text = "-- one row\n-- engine: records\nselect arabic(said) as said from staging.x"
        with pytest.raises(EngineFault, match=r"marts\.y .*macro arabic.* · .*cannot run on the engine"):
            engine.make(con, "marts.y", {"marts.y": text}, tmp_path / "engine")
    engine.close()


def test_minutes_are_counted_as_duckdb_counts_them(server, tmp_path):
    """10:00:59 to 10:01:01 is one minute for DuckDB and none for Spark."""
    engine = Engine(server)
    with duckdb.connect() as con:
        build.lay_ground(con)
        con.execute(
            "create table staging.x as select timestamp '2024-01-01 10:00:59' as a, timestamp '2024-01-01 10:01:01' as b"
        )
        text = "-- one row\n-- engine: records\nselect date_diff('minute', a, b) as minutes from staging.x"
        assert engine.make(con, "marts.y", {"marts.y": text}, tmp_path / "engine")
        assert con.execute("from marts.y").fetchall() == con.execute(text).fetchall() == [(1,)]
    engine.close()


def test_a_server_that_goes_away_meanwhile_is_said_soon(server, tmp_path):
    sail = pytest.importorskip("pysail.spark")
    other = sail.SparkConnectServer("127.0.0.1", 0)
    other.start()
    engine = Engine(f"sc://127.0.0.1:{other.listening_address[1]}")
    other.stop()
    with duckdb.connect() as con:
        build.lay_ground(con)
        con.execute("create table staging.x as select 1 as n")
        text = "-- one row\n-- engine: records\nselect n from staging.x"
        started = time.monotonic()
        with pytest.raises(EngineFault, match="無法使用"):
            engine.make(con, "marts.y", {"marts.y": text}, tmp_path / "engine")
        assert time.monotonic() - started < 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize("address", ["spark.example", "http://localhost:1", "sc://", "sc://localhost:none"])
def test_what_is_no_address_of_an_engine_is_refused(address):
    with pytest.raises(EngineFault, match=r"sc://主機:埠.* · .*write sc://host:port"):
        Engine(address)


def test_without_its_packages_or_its_server_nothing_is_published(tmp_path, built_store):
    """Either sentence, whichever of the two is missing here; the build in use stays."""
    before = Store(built_store).current_name()
    done = command(built_store, "build", "--engine", f"sc://127.0.0.1:{free_port()}")
    assert done.returncode == 3 and is_a_sentence(done.stderr), done.stderr
    assert re.search("requirements-engine.txt|無法使用", done.stderr) and "nothing was published" in done.stderr
    assert Store(built_store).current_name() == before


def test_the_packages_are_imported_only_when_an_engine_is_asked_for():
    code = "import sys, data_pipeline.__main__; print({'sqlglot', 'pyspark', 'pysail', 'grpc'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=build.PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
