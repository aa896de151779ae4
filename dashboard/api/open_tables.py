"""Which tables may be served, and which of their columns? One rule, closed where it does not know.

A mart is open when none of its rows is the record of one person's matter: it has no key but those of the city's own
things, no moment of one event, and where it stands on records of citizens or of staff, its counts are guarded
(`small_counts.GUARDED`). Seeds are code tables kept by hand and open. What officials wrote in their own words about a
work may name a landowner, so it stays on the pages.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dashboard.warehouse import here

# Sources without a row for one person's matter. One that is not named here counts as having them.
THINGS = frozenset((
    "award_entries", "award_notices_goods", "award_notices_services", "award_notices_works", "awards",
    "budget_execution", "district_office_results", "forward_plans", "goal_results", "joint_centre_visits",
    "mystery_audits", "phone_tests", "published_figures", "reply_reviews", "site_visits", "special_line_calls",
    "tender_changes", "tender_dataset", "tender_lags", "tender_progress", "tenders", "volunteers", "work_budgets",
    "work_changes", "work_lags", "work_milestones", "work_progress", "works", "youth_activities",
))  # fmt: skip
KEYS = frozenset((
    "agency_id", "district_id", "owner_id", "work_id", "plan_id", "site_id", "subject_id", "goal_id", "parent_id",
    "measure_id", "award_id", "entry_id", "tender_id", "visit_id",
))  # fmt: skip
NAMED = (*KEYS - {"agency_id", "district_id", "owner_id"}, "notice_url")  # what makes a row one thing of the city
PLACES = ("district_id", "agency_id")  # agencies too: every district has its office among them
# Relation → the count of people that its rows are; every other count in it is a part of that one.
GUARDED = {
    "marts.hotline_month": "contacts",
    "marts.cases_month": "received",
    "marts.open1999_month": "cases",
    "marts.petitions_month": "received",
    "marts.satisfaction_month": "answered",
    "marts.learning_year": "staff",
}
# Counts of citizens over twelve months stand beside the works of a place; they are taken out of these. Asked as metrics
# they are guarded, here they would not be.
TRIMMED = ("marts.agencies", "marts.districts")
ROLLING = "_12m"
WORDS_OF_OFFICIALS = frozenset(("cause", "lag_cause", "remedy", "conclusion", "reason"))
FINER = ("village", "address", "place_text", "town_name", "longitude", "latitude", "coordinates")


@dataclass(frozen=True)
class Open:
    """A table that is served: its columns with their types, and those that are held back."""

    relation: str
    columns: Mapping[str, str]
    held_back: tuple[str, ...]


def tables(build: str) -> Mapping[str, Open]:
    """The open tables of a build by name (`marts.works`, `seeds.codes`)."""
    return _tables(build)


@functools.lru_cache(maxsize=8)
def _tables(build: str) -> dict[str, Open]:
    found: dict[str, dict[str, str]] = {}
    for row in here().rows(
        """select table_schema || '.' || table_name as relation, column_name as name, data_type as kind
           from information_schema.columns where table_schema in ('marts', 'seeds')
           order by table_schema, table_name, ordinal_position""",
        (),
        build,
    ):
        found.setdefault(row["relation"], {})[row["name"]] = row["kind"]
    people = about_people(build)
    served = {}
    for relation, columns in found.items():
        seed = relation.startswith("seeds.")
        held = () if seed else tuple(
            name for name in columns
            if name in WORDS_OF_OFFICIALS or (relation in TRIMMED and name.endswith(ROLLING))
        )  # fmt: skip
        rest = {name: kind for name, kind in columns.items() if name not in held}
        if seed or is_open(relation, rest, relation in people):
            served[relation] = Open(relation, rest, held)
    return served


def is_open(relation: str, columns: Collection[str], of_people: bool) -> bool:
    """Whether a mart with these columns may be served; `of_people` where it stands on persons' matters."""
    keys = {name for name in columns if name.endswith("_id")}
    if keys - KEYS or any(name.endswith("_at") for name in columns):
        return False
    if any(name.endswith("_on") for name in columns) and not set(columns) & set(NAMED):
        return False
    if of_people and set(columns) & set(FINER):
        return False
    return not (of_people and set(columns) & set(PLACES)) or relation in (*GUARDED, *TRIMMED)


@functools.lru_cache(maxsize=8)
def about_people(build: str) -> frozenset[str]:
    """The marts of a build that stand on records of persons' matters."""
    lineage = here().rows("select relation, source from meta.lineage", (), build)
    return frozenset(row["relation"] for row in lineage if row["source"] not in THINGS)
