"""How does each unit score in a year, in which rank, and which rewards follow by the plan's rules?"""

from __future__ import annotations

import streamlit as st

from dashboard import periods, sentences, warehouse, words
from dashboard.periods import Period
from dashboard.tiles import Column
from dashboard.warehouse import table
from dashboard.words import pick, t

HEADLINES = (
    "mystery_audit_score", "phone_test_score", "reply_on_time_rate", "special_excellence_units", "rewards",
)  # fmt: skip
PRINTED = ("mystery_audits_per_year", "phone_tests_per_year", "phone_test_units")
RULES = ("special_excellence", "phone_staff_rewards", "manager_rewards", "commended_rank")
BANDS = {"special": "★", "excellent": "●", "grade_a": "○", "other": "–"}
Where = dict[str, list[str]]
FELL = 20  # places; a fall of fewer says little among so many units


def year_of(period: Period) -> Period:
    """Units are judged by the year: a month is answered by its year, all years by the last."""
    last = warehouse.years()[-1]
    return periods.year((period.end.year - 1 if period.end.month == 1 else period.end.year) - periods.ROC
                        if period.end else last)  # fmt: skip


def by_the_year(chosen: Period, answered: Period) -> str:
    """A note where the answer is about another span than the one chosen."""
    return "" if chosen == answered else t("service_quality.by_the_year", year=words.period(answered))


def message(period: Period, where: Where) -> str:
    """The page's one sentence, computed: of all units, or of the one chosen."""
    rows, of = _rows(period, where), len(_rows(period, {}))
    if not rows:
        return t("service_quality.message_none", year=words.period(period), who=sentences.whose(where))
    if where["agency_id"]:
        return t(
            "service_quality.message_unit", year=words.period(period), who=_name(rows[0]["agency_id"]),
            rank=words.number(rows[0]["rank"]), units=words.number(of), band=_band(rows[0]["band"]),
            score=words.amount(rows[0]["total_score"], "score"),
        )  # fmt: skip
    return t(
        "service_quality.message", year=words.period(period), units=words.number(of),
        special=words.number(sum(row["is_special_excellence"] for row in rows)), first=_name(rows[0]["agency_id"]),
        score=words.amount(rows[0]["total_score"], "score"),
    )  # fmt: skip


def ranking(period: Period, where: Where) -> list[dict[str, object]]:
    """Every unit with its parts, best first; a part that was not tested is empty."""
    return [
        {
            t("service_quality.rank"): row["rank"],
            t("service_quality.unit"): _name(row["agency_id"]),
            t("service_quality.total"): row["total_score"],
            t("service_quality.band"): _band(row["band"]),
            t("service_quality.audit"): row["mystery_audit_score"],
            t("service_quality.phone"): row["phone_test_score"],
            t("service_quality.reply"): row["reply_score"],
            t("service_quality.moved"): None if row["rank_change"] is None else -row["rank_change"],
            t("service_quality.commended"): t("service_quality.yes") if row["is_commended"] else None,
        }
        for row in _rows(period, where)
    ]


def columns() -> dict[str, object]:
    """How the figures of `ranking` and `fallen` are printed."""
    scores = (t(f"service_quality.{name}") for name in ("total", "total_before", "audit", "phone", "reply"))
    return {name: st.column_config.NumberColumn(format="%.2f") for name in scores} | {
        t("service_quality.moved"): st.column_config.NumberColumn(format="%+d")
    }


def fallen(period: Period, where: Where) -> list[dict[str, object]]:
    """Units that lost a rank of twenty or more against the year before, the deepest fall first."""
    rows = [row for row in _rows(period, where) if (row["rank_change"] or 0) >= FELL]
    before = {row["agency_id"]: row for row in _rows(period.year_earlier(), where)}
    return [
        {
            t("service_quality.unit"): _name(row["agency_id"]),
            t("service_quality.fell_by"): row["rank_change"],
            t("service_quality.rank"): row["rank"],
            t("service_quality.rank_before"): before[row["agency_id"]]["rank"],
            t("service_quality.total"): row["total_score"],
            t("service_quality.total_before"): before[row["agency_id"]]["total_score"],
        }
        for row in sorted(rows, key=lambda row: -row["rank_change"])
    ]


def reward_columns() -> list[Column]:
    heads = [Column(t(f"service_quality.{name}")) for name in ("rule", "in_words")]
    return [*heads, Column(t("service_quality.result"), "right")]


def rewards(period: Period, where: Where) -> list[list[object]]:
    """Each rule of the plan, its own words, and how many units or commendations it leads to in the year."""
    rows = _rows(period, where)
    counts = {
        "special_excellence": words.amount(sum(row["is_special_excellence"] for row in rows), "units"),
        **{
            name: t("service_quality.times", n=words.number(sum(row[name] for row in rows)))
            for name in ("phone_staff_rewards", "manager_rewards")
        },
        "commended_rank": "、".join(_name(row["agency_id"]) for row in rows if row["is_commended"]) or "—",
    }
    known = {row["name"]: row for row in table("meta.rules")}
    return [[pick(known[name]), f"「{known[name]['quote']}」", counts[name]] for name in RULES]


def _rows(period: Period, where: Where) -> tuple[dict, ...]:
    return table("marts.service_units_year", where | {"year": [period.start]}, "rank, agency_id")


def _band(band: str) -> str:
    return f"{BANDS[band]} {t(f'service_quality.band_{band}')}"


def _name(agency: str) -> str:
    return pick(warehouse.labels("agency_id").get(agency)) or agency
