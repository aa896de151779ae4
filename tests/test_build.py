"""Does a build say what its bytes say, and does a bad one leave the good one alone?"""

from __future__ import annotations

import csv
import threading

import duckdb
import pytest

from dashboard.warehouse import NoBuild, Warehouse
from data_pipeline import build, declarations
from data_pipeline.clean import FileFault
from data_pipeline.store import StoreError
from tests import miniature

HEAD = "編號,日期,管道,行政區,分鐘\n"
GOOD = HEAD + "A1,112.3.1,電話,永康區,5\nA2,112.3.2,臨櫃,東區,7\nA3,112.4.1,電話,東區,9\n"
VISITS = "編號,年月,人數\nV1,112年3月,10\nV2,112年4月,20\n"
MARCH = "select calls, minutes, people, is_simulated from marts.months order by month"


@pytest.fixture
def mini(tmp_path) -> miniature.Miniature:
    mini = miniature.make(tmp_path)
    mini.file("calls", GOOD)
    mini.file("visits", VISITS)
    return mini


def test_the_answer_is_the_one_worked_out_by_hand(mini):
    made = mini.build()
    assert mini.ask(made, MARCH) == [(2, 12, 30, False), (1, 9, 30, False)]
    assert [(each.source, each.rows, each.rejects) for each in made.loaded] == [("calls", 3, 0), ("visits", 2, 0)]
    assert mini.store.current() == made.build and made.problems == []


def test_a_build_says_what_it_is_made_of(mini):
    made = mini.build()
    (calls, visits) = mini.ask(
        made,
        "select name, zh, en, reach::varchar, next_due::varchar, rows, rejects, is_simulated from meta.sources "
        "where protocol = 'file'",
    )
    assert calls == ("calls", "話務", "Calls", "2023-04-01", "2023-05-05", 3, 0, False)
    assert visits == ("visits", "訪視", "Visits", "2023-04-30", "2023-06-05", 2, 0, False)
    kept = mini.store.latest("calls").files[0]
    assert ("calls.csv", kept.size, kept.sha256) in mini.ask(made, "select file, size_bytes, sha256 from meta.inputs")
    assert mini.ask(made, "select source from meta.lineage where relation = 'marts.months' order by 1") == [
        ("calls",), ("visits",)]  # fmt: skip
    assert made.build.manifest["rows"] == {"calls": 3, "visits": 2}
    assert made.build.manifest["inputs"]["calls"] == [mini.store.latest("calls").pull]


@pytest.mark.parametrize("year", ["112", "112年度", "2023"])
def test_the_reach_of_a_year_is_its_last_day_in_western_years(mini, year):
    path = mini.root / "sources" / "visits.yml"
    text = path.read_text(encoding="utf-8").replace(
        "month: {header: 年月, type: month", "month: {header: 年度, type: year"
    )
    path.write_text(text.replace("every: month", "every: year"), encoding="utf-8")
    mini.sources = declarations.load(path.parent)
    mini.file("visits", f"編號,年度,人數\nV3,{year},10\n")
    made = mini.build()
    assert mini.ask(made, "select reach::varchar, next_due::varchar from meta.sources where name = 'visits'") == [
        ("2023-12-31", "2025-01-05")]  # fmt: skip
    assert ("V3", 2023, 10) in mini.ask(made, "select visit_id, month, people from raw.visits")


def test_a_failed_check_leaves_the_last_good_build_in_use_and_says_why(mini):
    good = mini.build()
    mini.file("calls", GOOD.replace(",9\n", ",301\n"))
    with pytest.raises(build.ChecksFailed) as raised:
        mini.build()
    (offence,) = raised.value.offences
    assert (offence.check, offence.count, offence.sample) == ("calls_end", 1, [{"call_id": "A3", "minutes": 301}])
    assert offence.zh == "話務分鐘數不超過 300" and offence.en == "No call lasts more than 300 minutes"
    assert mini.store.current() == good.build and mini.store.builds() == [good.build]
    assert not list((mini.store.root / "work").iterdir())


def test_a_failed_check_hands_out_the_rejects_until_a_build_passes(mini):
    mini.file("calls", GOOD.replace(",9\n", ",301\n") + "A9,明天,,,\n")
    with pytest.raises(build.ChecksFailed) as raised:
        mini.build()
    assert raised.value.rejects == mini.store.root / "rejects" / "failed"
    assert "明天" in (raised.value.rejects / "calls.csv").read_text(encoding="utf-8-sig")
    mini.file("calls", GOOD.replace(",9\n", ",301\n"))
    with pytest.raises(build.ChecksFailed) as raised:
        mini.build()
    assert raised.value.rejects is None and not (mini.store.root / "rejects" / "failed").exists()
    mini.file("calls", GOOD + "A9,明天,,,\n")
    made = mini.build()
    assert [path.name for path in (mini.store.root / "rejects").iterdir()] == [made.build.name]


def test_one_slip_of_the_year_is_a_reject_with_its_place_and_stops_nothing(mini):
    mini.file("calls", GOOD + "A9,132.3.26,電話,東區,3\n")
    made = mini.build()
    assert mini.ask(made, "select count(*) from raw.calls") == [(3,)]
    assert mini.ask(made, "select file, row_number, header, value, reason from meta.rejects") == [
        ("calls.csv", 5, "日期", "132.3.26", "in_the_future")]  # fmt: skip


def test_broken_sql_names_its_file_and_leaves_nothing(mini):
    good = mini.build()
    for folder in ("marts", "checks"):
        path = mini.warehouse / folder / "broken.sql"
        path.write_text("-- x / y\nselect no_such_column from staging.calls")
        with pytest.raises(duckdb.Error) as raised:
            mini.build()
        assert any(f"duckdb/{folder}/broken.sql" in note for note in raised.value.__notes__)
        path.unlink()
    assert mini.store.builds() == [good.build] and not list((mini.store.root / "work").iterdir())


BAD = ["<html>404</html>", b"\x00\x01\x02", "a,b\n1,2\n", '編號,日期\nA1,"112.3.1\n']


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_an_unreadable_delivery_falls_back_to_the_one_before_and_says_so(mini, bad):
    mini.file("calls", bad)
    mini.file("calls", bad)
    made = mini.build()
    assert mini.ask(made, "select count(*) from raw.calls") == [(3,)]
    assert len(made.problems) == 2 and made.problems[0]["zh"] and made.problems[0]["en"]
    (said,) = mini.ask(made, "select problem_zh, problem_en from meta.sources where name = 'calls'")
    assert said == (made.problems[0]["zh"], made.problems[0]["en"])
    assert made.build.manifest["inputs"]["calls"] == [mini.store.receipts("calls")[0].pull]


def test_where_no_delivery_can_be_read_the_source_is_empty_and_the_build_ends(tmp_path):
    mini = miniature.make(tmp_path)
    for _ in range(3):
        mini.file("calls", "<html>")
        mini.file("visits", "<html>")
    made = mini.build()
    assert [each.rows for each in made.loaded] == [0, 0] and len(made.problems) == 6


@pytest.mark.parametrize("place", [0, 1, 2])
def test_of_partial_deliveries_only_the_unreadable_one_is_left_out(tmp_path, place):
    mini = miniature.make(tmp_path)
    bodies = ["編號,年月,人數\nV1,112/3,1\n", "編號,年月,人數\nV2,112/3,2\n"]
    bodies.insert(place, "<html>")
    for body in bodies:
        mini.file("visits", body)
    made = mini.build()
    assert mini.ask(made, "select visit_id from raw.visits order by 1") == [("V1",), ("V2",)]
    assert len(made.problems) == 1


def test_partial_deliveries_add_up_and_the_newest_row_counts(mini):
    mini.file("visits", "編號,年月,人數\nV2,112年4月,25\nV3,112年5月,1\n")
    made = mini.build()
    assert mini.ask(made, "select visit_id, people from raw.visits order by 1") == [("V1", 10), ("V2", 25), ("V3", 1)]
    assert made.build.manifest["rejects"] == {}


def test_a_full_delivery_replaces_the_one_before(mini):
    mini.file("calls", HEAD + "B1,112.5.1,,,1\n")
    assert mini.ask(mini.build(), "select call_id from raw.calls") == [("B1",)]


def test_real_rows_drive_the_simulated_ones_out(tmp_path):
    mini = miniature.make(tmp_path)
    mini.file("calls", GOOD, simulated=True)
    mini.file("visits", VISITS, simulated=True)
    made = mini.build()
    assert made.build.manifest["simulated"] == ["calls", "visits"] and mini.ask(made, MARCH)[0][3] is True
    mini.file("calls", HEAD + "B1,112.5.1,,,1\n")
    mini.file("visits", VISITS.replace("V", "W"))
    made = mini.build()
    assert made.build.manifest["simulated"] == []
    assert mini.ask(made, "select visit_id, is_simulated from raw.visits order by 1") == [("W1", False), ("W2", False)]


def test_codes_are_numbers_in_the_raw_tables_and_text_from_there_on(mini):
    asked = """select distinct table_schema from information_schema.columns
               where table_schema in ('raw', 'staging', 'marts') and starts_with(data_type, 'ENUM')"""
    assert mini.ask(mini.build(), asked) == [("raw",)]


@pytest.mark.parametrize("second", ["V2,112年4月,21\nV3,112年4月,30\n", "V3,112年4月,30\nV2,112年4月,21\n"])
def test_a_key_twice_is_found_where_deliveries_meet(mini, second):
    head = VISITS.splitlines()[0] + "\n"
    mini.file("visits", head + "V1,112年3月,10\nV2,112年4月,20\n", "visits-03.csv")
    mini.file("visits", head + second, "visits-04.csv")
    asked = "select visit_id, people from raw.visits order by 1"
    assert mini.ask(mini.build(), asked) == [("V1", 10), ("V2", 21), ("V3", 30)]


def tables(mini, made) -> dict[str, list]:
    names = mini.ask(made, "select schema_name || '.' || table_name from duckdb_tables() order by 1")
    return {name: mini.ask(made, f"select * from {name} order by all") for (name,) in names}


def test_a_build_can_be_repeated_from_the_same_bytes(mini):
    mini.file("calls", "<html>")
    first = mini.build()
    mini.file("calls", HEAD + "B1,112.5.1,,,1\n")
    mini.file("visits", VISITS.replace("V", "W"))
    later = mini.build()
    again = mini.build(like=first.build)
    assert again.build.manifest["fingerprint"] == first.build.manifest["fingerprint"]
    assert later.build.manifest["fingerprint"] != first.build.manifest["fingerprint"]
    old, new = tables(mini, first), tables(mini, again)
    for each in (old, new):  # what is known only since: the failures and problems of the newest delivery
        each["meta.sources"] = [row[:20] for row in each["meta.sources"]]
    assert old == new


def test_the_fingerprint_follows_bytes_definitions_and_declarations(mini):
    prints = [mini.build().build.manifest["fingerprint"]]
    prints.append(mini.build().build.manifest["fingerprint"])
    assert prints[0] == prints[1]
    mini.file("calls", GOOD.replace("A3", "A4"))
    prints.append(mini.build().build.manifest["fingerprint"])
    path = mini.warehouse / "marts" / "months.sql"
    path.write_text(path.read_text(encoding="utf-8") + "-- changed\n", encoding="utf-8")
    prints.append(mini.build().build.manifest["fingerprint"])
    (mini.warehouse / "marts" / ".months.sql.swp").write_bytes(b"\xff")  # an editor's litter is no definition
    assert mini.build().build.manifest["fingerprint"] == prints[-1]
    calls = miniature.source(miniature.CALLS.replace("maximum: 600", "maximum: 500"))
    mini.sources = mini.sources | {"calls": calls}
    prints.append(mini.build().build.manifest["fingerprint"])
    assert len(set(prints)) == 4


def test_a_build_whose_bytes_are_gone_is_not_repeated(mini):
    first = mini.build()
    (path,) = mini.store.files(mini.store.latest("calls"))
    path.write_text("changed")
    with pytest.raises(FileFault):
        mini.build(like=first.build)
    path.parent.joinpath("receipt.json").unlink()
    with pytest.raises(StoreError, match="calls"):
        mini.build(like=first.build)


def test_rejects_are_written_for_excel_and_run_no_formula(mini):
    mini.file("calls", GOOD + "=cmd,x,,,\nA9,112.3.1,,,-5\n@A,112.3.1,+1+1,,\n")
    made = mini.build()
    body = (mini.store.root / "rejects" / made.build.name / "calls.csv").read_bytes()
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(body.decode("utf-8-sig").splitlines()))
    assert [(row[1], row[2], row[4]) for row in rows[1:]] == [
        ("5", "日期", "x"), ("6", "分鐘", "-5"), ("7", "管道", "'+1+1")]  # fmt: skip
    assert all(row[5] and row[6] for row in rows)
    assert made.build.manifest["rejects"] == {"calls": 3}


def test_a_reader_is_not_disturbed_and_sees_the_new_build_with_its_next_question(mini):
    reader = Warehouse(mini.store)
    with pytest.raises(NoBuild):
        reader.name()
    first = mini.build()
    cursor = reader._cursor(reader.name())
    running = cursor.execute("select call_id from raw.calls order by 1")
    assert running.fetchone() == ("A1",)
    mini.file("calls", HEAD + "B1,112.5.1,,,1\n")
    for _ in range(4):
        second = mini.build()
        mini.store.prune(1)
    assert running.fetchall() == [("A2",), ("A3",)]
    assert cursor.execute("select count(*) from raw.calls").fetchone() == (3,)
    assert reader.rows("select call_id from raw.calls") == ({"call_id": "B1"},)
    assert reader.name() == second.build.name != first.build.name


def test_readers_ask_all_the_time_while_builds_are_published(mini):
    mini.build()
    reader, stop, answers, faults = Warehouse(mini.store), threading.Event(), set(), []

    def ask() -> None:
        while not stop.is_set():
            try:
                answers.add(reader.rows("select count(*) as n from raw.calls")[0]["n"])
            except Exception as error:
                faults.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(4):
        mini.file("calls", GOOD if number % 2 else HEAD + "B1,112.5.1,,,1\n")
        mini.build()
        mini.store.prune(2)
    stop.set()
    for thread in threads:
        thread.join()
    assert not faults and answers <= {1, 3}
