"""How do the works under control stand, and which does a meeting have to work through?"""

import streamlit as st

from dashboard import charts, filters, lights, tables, tiles, works
from dashboard.warehouse import ask, labels
from dashboard.words import t

VIEWS = ("states", "register", "monthly", "quarterly", "reporters", "scores")
top = st.container()
view = filters.option("view", {each: t(f"works.view_{each}") for each in VIEWS}, t("works.view"), required=True)
scope = works.scope(full=view == "register")
with top:
    tiles.title(works.message(scope), answers=[ask("works.registered", where=scope.where)])


def open_work(found: list[dict]):
    """What picking a row does: open the work of that row."""
    return lambda place: filters.go("work", work=found[place]["work_id"])


if view == "states":
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.header(t("works.by_class"))
        lights.states(ask("works.registered", by=("control_class", "light"), where=scope.where), "control_class",
                      labels("control_class"), height=240, open_only=True)  # fmt: skip
        st.header(t("works.reasons"))
        charts.bars(ask("lags.works", works.year_of_reach(), by=("factor",), where=scope.where), "factor",
                    labels("factor"), key="reasons")  # fmt: skip
    with right:
        st.header(t("works.cycle"))
        tiles.table(works.life_cycle_columns(), works.life_cycle(scope))

elif view == "register":
    found = works.rows(scope)
    st.caption(t("works.found", n=len(found)))
    tables.show(t("works.view_register"), works.register(found), works.columns(), 560, open_work(found))

elif view in works.MEETINGS:
    found = works.meeting(scope, view)
    st.header(t(f"works.{view}_list", n=len(found)))
    if found:
        tables.show(t(f"works.view_{view}"), works.agenda(found), works.columns(), 560, open_work(found), tall=True)
        st.caption(t("works.meeting_note"))
    else:
        st.info(t("works.none_late"), icon=":material/check_circle:")

elif view == "reporters":
    period = works.year_of_reach()
    for column, name in zip(st.columns(4), ("reports", "filed_late", "not_filed", "on_time_rate"), strict=True):
        with column:
            tiles.metric(f"filings.{name}", period, {"agency_id": scope.where["agency_id"]})
    left, right = st.columns([3, 2], gap="medium")
    with left:
        reports = works.late_reports(scope)
        st.header(t("works.late_now", n=len(reports)))
        if reports:
            tables.show(t("works.view_reporters"), reports, height=430)
        else:
            st.info(t("works.none_missing"), icon=":material/check_circle:")
    with right:
        st.header(t("works.late_agencies"))
        charts.bars(ask("filings.filed_late", period, by=("agency_id",)), "agency_id", labels("agency_id"), top=12)

else:
    st.header(t("works.scores"))
    tables.show(t("works.view_scores"), works.scores(scope, works.year_of_reach()), works.score_columns(), 560)
    st.caption(t("works.scores_note"))
