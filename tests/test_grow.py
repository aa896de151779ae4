"""Does a build that grew from the last one hold the same, row for row, as one that reads everything?"""

from __future__ import annotations

import random

import duckdb
import pytest

from data_pipeline import build, declarations
from data_pipeline.store import Store, marks
from tests import miniature

CALLS = "編號,日期,管道,行政區,分鐘\nA1,112.3.1,電話,永康區,5\nA2,112.3.2,臨櫃,東區,7\nA2,112.3.2,臨櫃,東區,8\n"
HEAD = "編號,年月,人數\n"
PEOPLE = ("1", "2", "", "多", "３")
NAMES = {"seconds", "built_at", "name"}  # what names a build and says how long it took


@pytest.fixture
def mini(tmp_path) -> miniature.Miniature:
    mini = miniature.make(tmp_path)
    (mini.warehouse / "checks" / "people.sql").write_text(
        "-- 人數不為負 / Nobody is counted below zero\nselect * from staging.visits where people < 0\n",
        encoding="utf-8",
    )
    mini.file("calls", CALLS)
    mini.file("visits", HEAD + "V1,112年3月,10\nV2,112年4月,20\nV3,112年4月,多\n", "visits-03.csv")
    mini.build()
    return mini


def told(made: build.Made) -> dict[str, list]:
    """All that a build holds: every table and view, row for row in no order, definitions of views, rejects as files."""
    with duckdb.connect(str(made.build.path), read_only=True) as con:
        con.execute("set TimeZone = 'Asia/Taipei'")
        names = con.execute(
            "select table_schema || '.' || table_name from information_schema.tables order by 1"
        ).fetchall()
        rows = {name: sorted(map(repr, con.execute(f"from {name}").fetchall())) for (name,) in names}
        rows["types"] = con.execute(
            "select table_schema, table_name, column_name, data_type from information_schema.columns order by all"
        ).fetchall()
        # The order of raw rows is that of the deliveries, and the last one of a key counts.
        rows["order"] = [con.execute(f"from {name}").fetchall() for (name,) in names if name.startswith("raw.")]
        rows["views"] = con.execute(
            "select schema_name, view_name, sql from duckdb_views() where not internal order by all"
        ).fetchall()
    folder = made.build.path.parents[1] / "rejects" / made.build.name
    rows["files"] = sorted((path.name, sorted(path.read_text("utf-8").splitlines())) for path in folder.glob("*.csv"))
    return rows


def both(mini: miniature.Miniature) -> tuple[build.Made, build.Made]:
    """The same deliveries, grown from the build in use and read in full; the grown one is published."""
    with mini.store.writing():
        grown = build.build(mini.store, mini.sources, warehouse=mini.warehouse)
        full = build.build(mini.store, mini.sources, warehouse=mini.warehouse, full=True)
        mini.store.publish(grown.build.name)
    return grown, full


def agree(mini: miniature.Miniature) -> build.Made:
    grown, full = both(mini)
    one, other = told(grown), told(full)
    assert one.keys() == other.keys()
    for name in one:
        assert one[name] == other[name], name
    left, right = ({k: v for k, v in made.build.manifest.items() if k not in NAMES} for made in (grown, full))
    assert left == right
    assert grown.loaded == full.loaded
    return grown


def grew(mini: miniature.Miniature, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that were read at all in the next build, and how many deliveries of each."""
    read: list[str] = []
    real = build.load.load

    def watch(con, store, source, receipts, work, had=()):
        read.append(f"{source.name} {len(receipts)}")
        return real(con, store, source, receipts, work, had)

    monkeypatch.setattr(build.load, "load", watch)
    mini.build()
    monkeypatch.undo()
    return sorted(read)


def test_only_what_came_is_read(mini, monkeypatch):
    assert grew(mini, monkeypatch) == []
    mini.file("visits", HEAD + "V4,112年5月,30\n", "visits-05.csv")
    assert grew(mini, monkeypatch) == ["visits 1"]
    mini.file("calls", CALLS.replace("A1", "A9"))
    assert grew(mini, monkeypatch) == ["calls 1"]


def test_a_changed_definition_reads_everything(mini, monkeypatch):
    mart = mini.warehouse / "marts" / "months.sql"
    mart.write_text(mart.read_text("utf-8").replace("as people", "+ 1 as people"), encoding="utf-8")
    assert grew(mini, monkeypatch) == ["calls 1", "visits 1"]
    agree(mini)


AWKWARD = {
    "nothing new": lambda mini: None,
    "a new month": lambda mini: mini.file("visits", HEAD + "V4,112年5月,30\n", "visits-05.csv"),
    "a correction": lambda mini: mini.file("visits", HEAD + "V1,112年3月,11\nV4,112年5月,30\n", "visits-05.csv"),
    "a fault where a row was good": lambda mini: mini.file("visits", HEAD + "V1,112年3月,少\n", "visits-05.csv"),
    "twice in one delivery": lambda mini: mini.file("visits", HEAD + "V4,112年5月,1\nV4,112年5月,2\n", "v-05.csv"),
    "a name used before": lambda mini: mini.file("visits", HEAD + "V4,112年5月,x\n", "visits-03.csv"),
    "a note and a total": lambda mini: mini.file("visits", HEAD + "V4,112年5月,4\n合計,,4\n", "visits-05.csv"),
    "a column nobody asked for": lambda mini: mini.file(
        "visits", "編號,年月,人數,天氣\nV4,112年5月,4,晴\n", "v-05.csv"
    ),
    "a day ahead": lambda mini: mini.file("visits", HEAD + "V4,299年5月,4\n", "visits-05.csv"),
    "a file that cannot be read": lambda mini: mini.file("visits", "什麼,都不是\n1,2\n", "visits-05.csv"),
    "the other source replaced": lambda mini: mini.file("calls", CALLS.replace("A1", "A7")),
    "Big5": lambda mini: mini.file("visits", (HEAD + "V5,112年6月,40\n").encode("big5"), "visits-06.csv"),
    "simulated": lambda mini: mini.file("visits", HEAD + "V5,112年6月,40\n", "visits-06.csv", simulated=True),
}


@pytest.mark.parametrize("what", AWKWARD)
def test_a_grown_build_equals_a_full_one(mini, what):
    AWKWARD[what](mini)
    agree(mini)
    agree(mini)  # and from there on


def test_a_duplicate_becomes_a_correction_once_a_later_delivery_has_the_key(mini):
    mini.file("visits", HEAD + "V4,112年5月,1\nV4,112年5月,2\n", "visits-05.csv")
    assert mini.ask(agree(mini), "select reason from meta.rejects where value = 'V4'") == [("duplicate",)]
    mini.file("visits", HEAD + "V4,112年5月,3\n", "visits-06.csv")
    assert mini.ask(agree(mini), "select reason from meta.rejects where value = 'V4'") == []


def test_bytes_handed_in_again_count_where_they_came_last(mini):
    again = HEAD + "V1,112年3月,10\nV2,112年4月,20\nV3,112年4月,多\n"
    mini.file("visits", HEAD + "V1,112年3月,12\n", "visits-05.csv")
    agree(mini)
    mini.file("visits", again, "visits-03.csv")
    assert ("V1", 10) in mini.ask(agree(mini), "select visit_id, people from raw.visits")


def test_a_withdrawn_delivery_is_gone(mini):
    receipt = mini.file("visits", HEAD + "V4,112年5月,30\n", "visits-05.csv")
    agree(mini)
    withdraw(mini, receipt)
    assert ("V4",) not in mini.ask(agree(mini), "select visit_id from raw.visits")


def withdraw(mini: miniature.Miniature, receipt) -> None:
    marks.mark(mini.store.folder(receipt), marks.WITHDRAWN, "a", "test")


@pytest.mark.parametrize("seed", range(3))
def test_any_row_of_deliveries_gives_the_same_either_way(mini, seed):
    dice = random.Random(seed)
    kept = []
    for turn in range(4):
        if kept and dice.random() < 0.2:
            withdraw(mini, kept.pop(dice.randrange(len(kept))))
        else:
            rows = "".join(
                f"V{dice.randrange(12)},11{dice.randrange(1, 4)}年{dice.randrange(1, 14)}月,{dice.choice(PEOPLE)}\n"
                for _ in range(dice.randrange(1, 8))
            )
            name = dice.choice(["visits.csv", f"visits-{turn}.csv"])
            kept.append(mini.file("visits", HEAD + rows, name))
        if dice.random() < 0.3:
            mini.file("calls", CALLS + f"B{turn},112.3.1,電話,東區,{dice.choice(['6', 'x'])}\n")
        agree(mini)


def test_marts_that_grow_by_month_are_made_again_for_the_months_that_changed(tmp_path):
    mini = miniature.Miniature(tmp_path, Store(tmp_path / "store"), declarations.load(), build.WAREHOUSE)
    head = "話務編號,受理時間,管道,服務類型,案件類別,機關,行政區,等候秒數\n"
    asked = "回覆編號,回覆日期,調查服務,管道,機關,滿意程度\n"
    months = [
        head
        + "M1,112.1.3 09:00,電話,陳情,交通運輸,交通局,永康區,15\nM2,112.2.28 23:59:59,APP,陳情,交通運輸,交通局,,\n",
        head + "M3,112.3.1,電話,陳情,交通運輸,交通局,東區,90\nM4,112.3.31 23:59,電話,諮詢,交通運輸,交通局,東區,9\n",
        head + "M2,112.1.31 23:59,APP,陳情,交通運輸,交通局,東區,\nM4,明天,電話,諮詢,交通運輸,交通局,東區,9\n",
    ]
    for number, rows in enumerate(months):
        mini.file("hotline_contacts", rows, f"話務-{number}.csv")
        mini.file("satisfaction_answers", asked + f"S{number},112.{number + 1}.28,話後,電話,,滿意\n", f"{number}.csv")
        made = agree(mini)
    assert mini.ask(made, "select month::varchar, contacts from marts.hotline_month order by all") == [
        ("2023-01-01", 1), ("2023-01-01", 1), ("2023-03-01", 1), ("2023-03-01", 1)
    ]  # fmt: skip
    assert mini.ask(made, "select count(*), sum(answered) from marts.satisfaction_month") == [(3, 3)]
