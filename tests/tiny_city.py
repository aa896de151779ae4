"""A city of a few rows that a person can check by hand: at least one row of every source that a page counts."""

from __future__ import annotations

import csv
import io

from data_pipeline import build, declarations
from data_pipeline.store import Store

PLACE = {"longitude": 120.2, "latitude": 23.0, "coordinate_precision": "village", "district_id": "east"}


def work(work_id: str, **given) -> dict:
    """A major work of 1 億元, registered and planned from the start of 2023 to the end of 2024."""
    return {
        "work_id": work_id, "title": f"模擬工程 {work_id}", "control_class": "major", "work_kind": "road",
        "agency_id": "public_works", "registered_on": "2023-01-01", "planned_start_on": "2023-01-01",
        "planned_finish_on": "2024-12-31", "started_on": "2023-01-01", "budget_twd": 100_000_000, **PLACE, **given,
    }  # fmt: skip


def filed(work_id: str, month: str, planned: float, actual: float, **given) -> dict:
    """The report of a month, filed on the second day of the next one."""
    year, number = int(month[:4]), int(month[5:7])
    on = f"{year + number // 12}-{number % 12 + 1:02}-02"
    return {
        "work_id": work_id, "month": f"{month}-01", "planned_progress": planned, "actual_progress": actual,
        "status": "executing", "filed_on": on, "planned_amount_twd": 10, "executed_amount_twd": 8, **given,
    }  # fmt: skip


CITY: dict[str, list[dict]] = {
    "hotline_contacts": [
        {"contact_id": f"c{number}", "received_at": at, "channel": channel, "kind": kind, "category": "road",
         "agency_id": "public_works", "district_id": district, "wait_seconds": wait}
        for number, (at, channel, kind, district, wait) in enumerate([
            ("2023-01-05 09:00:00", "phone", "inquiry", "east", 10),
            ("2023-01-05 10:00:00", "phone", "dispatch", "east", 20),
            ("2023-01-06 10:00:00", "phone", "inquiry", None, 60),
            ("2023-02-01 23:59:59", "app", "dispatch", "north", None),
            ("2023-02-02 00:00:00", "web", "complaint", "north", None),
        ])
    ],
    "hotline_cases": [  # the reach is 2 February: k3 is overdue by then, k4 not yet due
        {"case_id": "k1", "received_at": "2023-01-05 10:00:00", "due_at": "2023-01-12 10:00:00",
         "closed_at": "2023-01-12 10:00:00", "status": "closed"},
        {"case_id": "k2", "received_at": "2023-01-06 10:00:00", "due_at": "2023-01-13 10:00:00",
         "closed_at": "2023-01-13 10:01:00", "status": "closed"},
        {"case_id": "k3", "received_at": "2023-01-20 10:00:00", "due_at": "2023-01-27 10:00:00",
         "closed_at": None, "status": "open"},
        {"case_id": "k4", "received_at": "2023-02-02 00:00:00", "due_at": "2023-02-09 00:00:00",
         "closed_at": None, "status": "open"},
    ],
    "satisfaction_answers": [
        {"answer_id": f"s{number}", "answered_on": "2023-01-08", "service": service, "channel": "phone",
         "agency_id": "public_works", "answer": answer}
        for number, (service, answer) in enumerate([
            ("after_call", "very_satisfied"), ("after_call", "satisfied"), ("after_call", "satisfied"),
            ("after_call", "neutral"), ("after_dispatch", "satisfied"), ("after_dispatch", "very_dissatisfied"),
        ])
    ],
    "special_line_calls": [
        {"month": "2021-06-01", "line": "relief_2021", "calls": 7},
        {"month": "2022-06-01", "line": "care_2022", "calls": 5},
    ],
    "petitions": [  # the reach is 10 February: p4 is overdue by then, p5 is due that very day
        {"petition_id": petition, "received_on": received, "due_on": due, "closed_on": closed, "channel": "web",
         "category": "road", "agency_id": "public_works", "district_id": "east"}
        for petition, received, due, closed in [
            ("p1", "2023-01-02", "2023-01-09", "2023-01-02"),
            ("p2", "2023-01-02", "2023-01-09", "2023-01-09"),
            ("p3", "2023-01-02", "2023-01-09", "2023-01-13"),
            ("p4", "2023-02-01", "2023-02-08", None),
            ("p5", "2023-02-03", "2023-02-10", None),
            ("p6", "2023-02-10", "2023-02-17", "2023-02-11"),
        ]
    ],
    "forward_plans": [
        {"plan_id": plan, "title": f"模擬計畫 {plan}", "axis": axis, "agency_id": "water_resources",
         "approved_on": "2023-01-01", "planned_finish_on": "2024-12-31", "budget_twd": budget, "subsidy_twd": budget}
        for plan, axis, budget in [("f1", "water", 400), ("f2", "rail", 100)]
    ],
    "works": [
        work("w1", plan_id="f1", budget_twd=100, control_class="forward_small"),
        work("w2", plan_id="f1", budget_twd=300, control_class="forward_small"),
        work("w3", plan_id="f2", budget_twd=100, control_class="none", finished_on="2023-02-10"),
        work("w4"),
        work("w5", finished_on="2023-02-20", work_kind="park"),
        work("w6", registered_on="2023-02-15"),
    ],
    "work_progress": [
        filed("w1", "2023-01", 0.2, 0.2), filed("w1", "2023-02", 0.5, 0.5),
        filed("w2", "2023-01", 0.2, 0.2), filed("w2", "2023-02", 0.5, 0.3, filed_on="2023-03-08"),
        filed("w3", "2023-01", 0.9, 0.9),
        filed("w4", "2023-01", 0.1, 0.1), filed("w4", "2023-02", 0.2, 0.1, status="halted"),
        filed("w5", "2023-01", 0.8, 0.8),
    ],
    "work_budgets": [
        {"work_id": "w1", "year": 2023, "budget_twd": 100, "allocated_twd": 60, "executed_twd": 45},
        {"work_id": "w2", "year": 2023, "budget_twd": 300, "allocated_twd": 40, "executed_twd": 35},
    ],
    "work_milestones": [
        {"work_id": "w2", "milestone": "design", "planned_on": "2023-01-10", "done_on": "2023-01-08"},
        {"work_id": "w2", "milestone": "start", "planned_on": "2023-01-20", "done_on": "2023-01-30"},
        {"work_id": "w2", "milestone": "half", "planned_on": "2023-02-18"},
        {"work_id": "w2", "milestone": "finish", "planned_on": "2024-12-31", "forecast_on": "2025-01-10"},
    ],
    "work_changes": [
        {"work_id": "w2", "changed_on": "2023-02-15", "amount_before_twd": 250, "amount_after_twd": 300,
         "finish_before_on": "2024-12-01", "finish_after_on": "2024-12-31", "extension_days": 30, "reason": "追加"},
    ],
    "work_lags": [
        {"work_id": "w2", "month": "2023-01-01", "factor": "weather", "cause": "雨", "remedy": "趕工",
         "owner_id": "public_works", "promised_on": "2023-02-10"},
        {"work_id": "w2", "month": "2023-02-01", "factor": "land", "cause": "用地", "remedy": "協調",
         "owner_id": "land", "promised_on": "2023-02-20"},
    ],
    "site_visits": [
        {"visit_id": "v1", "visited_on": "2023-02-11", "work_id": "w2", "kind": "inspection", "conclusion": "趕工"},
        {"visit_id": "v2", "visited_on": "2023-02-12", "work_id": "w2", "kind": "visit", "conclusion": "可"},
    ],
    "mystery_audits": [
        {"audit_id": f"a{number}", "audited_on": "2023-05-01", "agency_id": agency, "score": score}
        for number, (agency, score) in enumerate([("labor", 90), ("labor", 80), ("land", 70)])
    ],
    "phone_tests": [
        {"test_id": f"t{number}", "tested_on": "2023-06-01", "agency_id": agency, "score": score}
        for number, (agency, score) in enumerate([("labor", 100), ("police", 80), ("fire", 80)])
    ],
    "reply_reviews": [
        {"year": 2023, "agency_id": "labor", "cases": 40, "on_time": 38, "mean_days": 3.0, "score": 95},
        {"year": 2023, "agency_id": "land", "cases": 60, "on_time": 52, "mean_days": 5.0, "score": 90},
    ],
    "award_entries": [
        {"entry_id": f"e{number}", "edition": 6, "year": 2023, "agency_id": "labor", "topic": "模擬", "stage": stage}
        for number, stage in enumerate(["coached", "coached", "coached", "recommended", "shortlisted", "won"])
    ],
    "awards": [
        {"award_id": "g1", "awarded_on": "2023-03-01", "class": "international", "agency_id": "labor", "title": "模擬"},
        {"award_id": "g2", "awarded_on": "2023-04-01", "class": "merit", "agency_id": "labor", "title": "模擬"},
        {"award_id": "g3", "awarded_on": "2022-04-01", "class": "national", "agency_id": "land", "title": "模擬"},
    ],
    "goal_results": [
        {"year": 2023, "measure_id": "learning_hours", "result": 21},
        {"year": 2023, "measure_id": "budget_execution_rate", "result": 88},
    ],
    "district_office_results": [
        {"year": 2017, "target_key": "training_sessions", "achieved": 12},
        {"year": 2017, "target_key": "website_checks", "achieved": 45},
    ],
    "budget_execution": [
        {"year": 2023, "agency_id": "labor", "budget_twd": 200, "allocated_twd": 100, "executed_twd": 92},
        {"year": 2023, "agency_id": "land", "budget_twd": 200, "allocated_twd": 100, "executed_twd": 80},
    ],
    "learning_hours": [
        {"year": 2023, "agency_id": "labor", "staff": 30, "staff_at_20": 27, "hours": 660},
        {"year": 2023, "agency_id": "land", "staff": 10, "staff_at_20": 3, "hours": 100},
    ],
    "volunteers": [
        {"year": 2022, "age_group": "65+", "sex": "m", "people": 9},
        {"year": 2022, "age_group": "65+", "sex": "f", "people": 31},
        {"year": 2022, "age_group": "under_65", "sex": "m", "people": 1},
        {"year": 2022, "age_group": "under_65", "sex": "f", "people": 9},
        {"year": 2021, "age_group": "65+", "sex": "f", "people": 30},
    ],
    "open1999_cases": [
        {"case_id": f"o{number}", "received_at": "2023-01-05 08:15:00", "category": "illegal_parking",
         "district_id": "east", "status": "open"}
        for number in range(2)
    ],
    "award_notices_works": [{"title": "模擬決標公告", "published_on": "2023-01-05", "agency_name": "工務局"}],
    "award_notices_services": [{"title": "模擬決標公告", "published_on": "2023-01-06", "agency_name": "工務局"}],
    "joint_centre_visits": [
        {"month": "2023-01-01", "service": "legal", "visits": 30},
        {"month": "2023-01-01", "service": "petition", "visits": 12},
    ],
    "youth_activities": [
        {"activity_id": "y1", "held_on": "2023-03-29", "programme": "forum", "participants": 80},
        {"activity_id": "y2", "held_on": "2023-05-01", "programme": "talk", "participants": 40},
        {"activity_id": "y3", "held_on": "2023-07-01", "programme": "internship", "participants": 178, "colleges": 37},
    ],
}  # fmt: skip

# The codes that every row of a case shares.
for _case in CITY["hotline_cases"]:
    _case |= {"category": "road", "agency_id": "public_works", "district_id": "east"}


def publish(store: Store, city: dict[str, list[dict]]) -> None:
    """Hand in the rows of a city, and put a build of them into use."""
    sources = declarations.load()
    for source, rows in city.items():
        if source in sources:
            with store.keep(source, "test") as kept:
                kept.add(f"{source}.csv", as_file(sources[source], rows))
    with store.writing():
        store.publish(build.build(store, sources).build.name)


def as_file(source, rows: list[dict]) -> bytes:
    """Rows as a bureau would hand them in: headers as declared, shares in percent, nothing for what is not known."""
    shares = {name for name, column in source.columns.items() if column.type == "percent"}
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([source.columns[name].header for name in names])
    for row in rows:
        cells = {name: value * 100 if name in shares else value for name, value in row.items() if value is not None}
        writer.writerow([cells.get(name, "") for name in names])
    return out.getvalue().encode()
