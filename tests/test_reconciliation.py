"""Does the reconciliation recompute each published figure honestly, and judge it by its printed precision?"""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from data_pipeline.build import load_published

PROJECT = Path(__file__).parent.parent
LEDGER = PROJECT / "data_pipeline" / "published"
SEEDS = PROJECT / "duckdb" / "seeds"
MARTS = PROJECT / "duckdb" / "marts"
COLUMNS = ["document", "section", "period_roc", "period_iso", "key", "value", "unit", "kind", "quote"]
PRINTED = sum(len(list(csv.DictReader(path.open(encoding="utf-8", newline="")))) for path in LEDGER.glob("*.csv"))


def reconcile(folder: Path, recomputed: list[tuple] = ()) -> duckdb.DuckDBPyConnection:
    """The ledger in `folder` through the real SQL; `recomputed` rows stand for what operational data give."""
    con = duckdb.connect()
    for schema in ("raw", "seeds", "marts"):
        con.execute(f"create schema {schema}")
    for name in ("published_labels", "published_documents", "published_doubts"):
        con.execute(
            f"create table seeds.{name} as select * from read_csv(?, all_varchar=true)", [str(SEEDS / f"{name}.csv")]
        )
    load_published(con, folder)
    con.execute(
        """create table marts.published_recomputations (key varchar, period_iso varchar, value double, unit varchar,
           how_zh varchar, how_en varchar, is_simulated boolean)"""
    )
    for each in recomputed:  # key, period, value, unit, and whether it is simulated, which it is unless said
        con.execute("insert into marts.published_recomputations values (?, ?, ?, ?, '算', 'sum', ?)", [*each, True][:5])
    for name in ("published_figures", "reconciliation"):
        con.execute(f"create table marts.{name} as {(MARTS / f'{name}.sql').read_text(encoding='utf-8')}")
    return con


@pytest.fixture(scope="module")
def real():
    return reconcile(LEDGER)


def test_the_mart_keeps_every_row_with_its_labels(real):
    assert real.execute("select count(*) from marts.published_figures").fetchone() == (PRINTED,)
    assert real.execute(
        """select count(*) from marts.published_figures where label_zh is null or label_en is null
           or document_zh is null or document_en is null or dated_iso is null or length(document) <> 3"""
    ).fetchone() == (0,)


def test_the_mart_keeps_the_word_beside_a_figure(real):
    rows = real.execute(
        """select qualifier, list(key order by document, key) from marts.published_figures
           where qualifier is not null group by 1 order by 1"""
    ).fetchall()
    assert dict(rows) == {
        "近": ["hotline_calls_handled_4y", "hotline_contacts_4y", "awards_top"],
        "約": ["hours_saved_per_year", "joint_centre_visits", "petitions_tracked_1y", "relief_measures_amount",
              "revitalisation_plans_amount", "hours_saved_per_year", "good_deeds_cases"],
        "逾": ["hotline_contacts_5y"],
        "超過": ["awards_over"],
        "至少": ["exhibition_partners_per_half_year"],
        "最高": ["gsa_reward_commendations"],
        "以上": ["major_works_threshold", "volunteers_senior_tenths", "control_registration_threshold",
               "major_works_threshold", "service_top_grade_score", "budget_execution_target"],
        "以下": ["forward_small_works_ceiling"],
        "以內": ["abstract_max_characters"],
    }  # fmt: skip


def test_the_arithmetic_of_the_documents_is_the_one_worked_by_hand(real):
    rows = real.execute(
        """select document, key, round(recomputed, 2), verdict from marts.reconciliation
           where basis = 'document' order by document, key, period_iso"""
    ).fetchall()
    assert rows == [
        ("000", "forward_works_completion_rate", 82.15, "within_rounding"),  # 1312 / 1597 = 0.821540
        ("000", "forward_works_on_schedule_rate", 94.87, "does_not_reproduce"),  # 1515 / 1597 = 0.948654
        ("000", "gsa_awards_won", 3.0, "consistent"),
        ("000", "hotline_calls_handled_4y", 118.0, "consistent"),
        ("000", "major_works_on_schedule_rate", 74.72, "consistent"),  # 133 / 178 = 0.747191
        ("000", "youth_forum_topics", 4.0, "reproduces"),
        ("001", "awards_over", 1662.0, "reproduces"),
        ("001", "awards_total", 1662.0, "reproduces"),  # 43 + 229 + 86 + 80 + 58 + 454 + 267 + 92 + 353
        ("001", "control_registration_threshold", 5000.0, "consistent"),
        ("001", "controlled_works_5y", 1349.0, "reproduces"),  # 375 + 974
        ("001", "forward_plans", 363.0, "reproduces"),  # 2 + 58 + 15 + 9 + 7 + 60 + 20 + 192
        ("001", "hours_saved_per_year", 2916.0, "consistent"),
        ("001", "major_works_5y_restated", 375.0, "consistent"),
        ("001", "major_works_threshold", 5000.0, "consistent"),
        ("003", "mid_term_plan_years", 4.0, "reproduces"),
        ("003", "open_government_axes", 3.0, "reproduces"),
        ("003", "open_government_axes_restated", 3.0, "reproduces"),
        ("003", "open_government_principles", 3.0, "reproduces"),
        ("004", "district_vision_aspects", 3.0, "reproduces"),
        ("004", "site_search_classes", 3.0, "reproduces"),
    ]


@pytest.mark.parametrize(
    ("simulated", "expected"), [(True, ("document", 118.0, "consistent")), (False, ("operational", 95.4, "does_not_reproduce"))]
)  # fmt: skip
def test_what_is_only_printed_twice_is_consistent_and_gives_way_to_real_records(simulated, expected):
    con = reconcile(LEDGER, [("hotline_calls_handled_4y", "2019/2022", 95.4, "萬件", simulated)])
    assert con.execute(
        "select basis, recomputed, verdict from marts.reconciliation where key = 'hotline_calls_handled_4y'"
    ).fetchall() == [expected]


@pytest.mark.parametrize(
    ("key", "printed", "verdict"),
    [("hours_saved_per_year", "2917", "does_not_reproduce"), ("major_works_on_schedule_rate", "74.71", "does_not_reproduce"),
     ("major_works_on_schedule_rate", "75.28", "consistent")],
)  # fmt: skip
def test_a_figure_that_is_printed_otherwise_elsewhere_is_not_consistent(tmp_path, key, printed, verdict):
    """Of 178 works 133 make 74.72 % and 134 make 75.28 %; nothing makes 74.71 %."""
    for path in LEDGER.glob("*.csv"):
        rows = list(csv.DictReader(path.open(encoding="utf-8", newline="")))
        for row in rows:
            if row["key"] == key and row["document"] == ("000" if key.startswith("major") else "001"):
                row["value"] = printed
        with (tmp_path / path.name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
    con = reconcile(tmp_path)
    found = con.execute(
        "select verdict from marts.reconciliation where key = ? and basis = 'document' order by document", [key]
    )
    assert found.fetchall() == [(verdict,)]


def test_without_operational_data_nothing_is_called_simulated_and_everything_has_a_reason(real):
    assert real.execute(
        "select count(*) from marts.reconciliation where is_simulated or how_zh is null or how_en is null"
    ).fetchone() == (0,)
    assert real.execute("select count(*) from marts.reconciliation").fetchone() == (PRINTED,)
    doubts = len((SEEDS / "published_doubts.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert real.execute("select count(doubt_en) from marts.reconciliation").fetchone() == (doubts,)


@pytest.mark.parametrize(
    ("value", "unit", "kind", "quote", "recomputed", "verdict"),
    [
        ("1312", "件", "exact", "已完工1,312件", 1312, "reproduces"),
        ("1312", "件", "exact", "已完工1,312件", 1311, "does_not_reproduce"),
        ("1312", "件", "exact", "已完工1,312件", None, "cannot_be_checked"),
        ("87", "%", "exact", "達**87%**", 87.0523, "within_rounding"),
        ("87", "%", "exact", "達**87%**", 87.6, "does_not_reproduce"),
        ("99.22", "分", "exact", "99.22分", 99.226, "does_not_reproduce"),
        ("3.5", "天", "exact", "平均3.5天", 3.46, "within_rounding"),
        ("118", "萬件", "approximate", "近118萬件", 117.7123, "within_rounding"),
        ("118", "萬件", "approximate", "近118萬件", 118, "reproduces"),
        ("118", "萬件", "approximate", "近118萬件", 118.3, "does_not_reproduce"),
        ("118", "萬件", "approximate", "近118萬件", 116.9, "does_not_reproduce"),
        ("122000", "件", "approximate", "約12萬2,000件", 121_640, "within_rounding"),
        ("122000", "件", "approximate", "約12萬2,000件", 121_400, "does_not_reproduce"),
        ("142", "萬件", "at_least", "逾**142萬件**", 142.3, "reproduces"),
        ("142", "萬件", "at_least", "逾**142萬件**", 141.99, "does_not_reproduce"),
        ("8", "成", "at_least", "8成以上", 8.2, "reproduces"),
    ],
)
def test_a_verdict_is_judged_by_the_printed_precision(tmp_path, value, unit, kind, quote, recomputed, verdict):
    with (tmp_path / "009.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [COLUMNS, ["009", "", "112", "2023", "figure", value, unit, kind, quote],
             ["009", "", "112", "2023", "other_unit", "1", "件", "exact", "1件"]]
        )  # fmt: skip
    given = [("figure", "2023", recomputed, unit)] if recomputed is not None else []
    con = reconcile(tmp_path, [*given, ("other_unit", "2023", 1.0, "萬件")])
    rows = con.execute(
        "select key, verdict, basis, gap, gap_percent, is_simulated from marts.reconciliation order by key"
    ).fetchall()
    basis = None if recomputed is None else "operational"
    gap = None if recomputed is None else pytest.approx(recomputed - float(value))
    percent = None if recomputed is None else pytest.approx(100 * (recomputed - float(value)) / float(value))
    assert rows == [
        ("figure", verdict, basis, gap, percent, recomputed is not None),
        ("other_unit", "cannot_be_checked", None, None, None, False),
    ]
