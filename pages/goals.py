"""Are the goals of the mid-term plan and of the district office met?"""

import streamlit as st

from dashboard import charts, filters, goals, tables, tiles
from dashboard.warehouse import ask, labels
from dashboard.words import t

VIEWS = ("plan", "budget", "learning", "office")
period = goals.year_of(filters.period())
top = st.container()
view = filters.option("view", {each: t(f"goals.view_{each}") for each in VIEWS}, t("goals.view"), required=True)
with top:
    tiles.title(goals.message(view, period), t(f"goals.basis_{view}"), answers=goals.answers(view, period))

if view == "plan":
    with tiles.row():
        for name in (*goals.NUMBERED, *goals.NOW.values()):
            tiles.metric(name, period)
    tiles.table(goals.tree_columns(), goals.tree(period), take=t("goals.view_plan"))
    st.caption(t("goals.plan_note"))

elif view in ("budget", "learning"):
    with tiles.row():
        for name in goals.HEADLINES[view]:
            tiles.metric(name, period)
    left, right = st.columns([1, 2], gap="medium")
    with left:
        tiles.header(t(f"goals.lowest_{view}"))
        reached = ask(goals.HEADLINES[view][0], period, by=("agency_id",))
        charts.bars(reached, "agency_id", labels("agency_id"), top=12, target=reached.metric.target,
                    pick=lambda agency: filters.go("agency", agency=agency))  # fmt: skip
    with right:
        tiles.header(t(f"goals.list_{view}"))
        found = goals.by_agency(view, period)
        tables.show(t(f"goals.list_{view}"), found, goals.columns(view), 470,
                    lambda place: filters.open_agency(found[place][t("goals.agency")]))  # fmt: skip
    st.caption(t(f"goals.note_{view}"))

else:
    tiles.table(goals.office_columns(), goals.office(), take=t("goals.view_office"))
    st.caption(t("goals.office_note"))

tiles.told("", tiles.about_table(t(f"goals.view_{view}"), goals.known(view, period)))
