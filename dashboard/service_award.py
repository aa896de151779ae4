"""What became of each entry for the Government Service Award, which subsidy is due, and is an abstract complete?"""

from __future__ import annotations

import streamlit as st

from dashboard import periods, tiles, warehouse, words
from dashboard.periods import Period
from dashboard.tiles import Column
from dashboard.warehouse import ask, table
from dashboard.words import pick, t

HEADLINES = ("coached", "recommended", "shortlisted", "won", "win_rate")
PRINTED = (
    "gsa_agencies_coached", "gsa_agencies_recommended", "gsa_agencies_shortlisted", "gsa_winning_agencies",
    "gsa_win_rate",
)  # fmt: skip
LONGEST = 2000  # characters of an abstract; the form prints it, and a test holds it to the ledger


def editions() -> dict[str, str]:
    """Edition → what it is called, the newest first."""
    rows = {row["edition"]: row["year"] for row in table("marts.gsa_funnel", None, "edition desc")}
    return {str(number): t("service_award.of_year", n=number, year=words.year(day)) for number, day in rows.items()}


def year_of(edition: str) -> Period:
    """The year in which an edition was held."""
    day = table("marts.gsa_funnel", {"edition": [int(edition)]})[0]["year"]
    return periods.year(day.year - periods.ROC)


def message(edition: str) -> str:
    """The page's one sentence, computed."""
    period = year_of(edition)
    told = {name: words.number(ask(f"award_funnel.{name}", period).value) for name in HEADLINES[:-1]}
    return t("service_award.message", edition=editions()[edition], **told)


def entries(edition: str) -> list[dict[str, object]]:
    """The entries that were recommended, the furthest first."""
    agencies, stages = warehouse.labels("agency_id"), warehouse.labels("stage")
    rows = table("marts.gsa_entries", {"edition": [int(edition)]}, "stage_order desc, entry_id")
    return [
        {
            t("service_award.stage"): f"{'★ ' if row['stage'] == 'won' else ''}{pick(stages[row['stage']])}",
            t("service_award.agency"): pick(agencies.get(row["agency_id"])),
            t("service_award.topic"): row["topic"],
            t("service_award.subsidy"): row["subsidy_twd"],
        }
        for row in rows
        if row["stage"] != "coached"
    ]


def due(period: Period) -> str:
    """The subsidies of a year and the rule they follow."""
    rules = {row["name"]: row for row in table("meta.rules")}
    return t(
        "service_award.due", due=words.amount(ask("award_entries.subsidies", period).value, "twd"),
        recommended=words.amount(rules["recommended_subsidy_twd"]["value"], "twd"),
        shortlisted=words.amount(rules["shortlisted_subsidy_twd"]["value"], "twd"),
    )  # fmt: skip


def form_columns() -> list[Column]:
    return [
        Column(t("service_award.part"), width="38%"),
        Column(t("service_award.required"), width="16%"),
        Column(t("service_award.asks")),
    ]


def form() -> list[list[object]]:
    """The parts of the abstract form in its order, which of them must be filled in, and what each asks for."""
    return [
        [
            f"☐ {pick(row)}",
            t({True: "service_award.must", False: "service_award.may"}.get(row["required"], "service_award.unsaid")),
            tiles.stacked(row["limit"] or "", row["note"] or "")
            if words.language() == "zh"
            else t("service_award.limit", most=words.number(LONGEST))
            if row["limit"]
            else "—",
        ]
        for row in table("seeds.service_award_form", None, "sort")
    ]


def count_draft() -> None:
    """A dialog that counts the characters of a draft."""

    @st.dialog(t("service_award.draft"), width="large")
    def opened() -> None:
        draft = st.text_area(
            t("service_award.draft"), key="draft", height=320, placeholder=t("service_award.draft_hint"),
            label_visibility="collapsed",
        )  # fmt: skip
        st.markdown(counted(draft))

    opened()


def counted(draft: str | None) -> str:
    """How many characters a draft has, blanks not counted, and how many are left."""
    used = len("".join((draft or "").split()))
    over = used > LONGEST
    told = {"used": words.number(used), "most": words.number(LONGEST), "left": words.number(abs(LONGEST - used))}
    return t("service_award.too_long" if over else "service_award.fits", **told)
