"""How do the works under control stand, and which does a meeting have to work through?"""

import streamlit as st

from dashboard import charts, filed, filters, lights, tables, tiles, words, works
from dashboard.warehouse import ask, labels
from dashboard.words import t

VIEWS = ("states", "register", "monthly", "quarterly", "reporters", "scores")
period = filters.period()
top = st.container()
view = filters.option("view", {each: t(f"works.view_{each}") for each in VIEWS}, t("works.view"), required=True)
scope = works.scope(full=view == "register")


def title(said: str, *parts: str, answers: list) -> None:
    """The view's sentence, at the top of the page, for those works that are chosen."""
    with top:
        tiles.title(works.named_by(scope, said), *parts, answers=answers)


def open_work(found: list[dict], key: str = "work_id"):
    """What picking a row does: open the work of that row."""
    return lambda place: filters.go("work", work=found[place][key])


if view == "states":
    month = works.month_of(period)
    title(works.message(scope, month, period), answers=[ask("works.registered", period, where=scope.where)])
    if month is None or not works.states(scope, month):
        st.info(t("frame.no_rows"), icon=":material/search_off:")
    else:
        left, right = st.columns([3, 2], gap="medium")
        with left:
            tiles.header(t("works.by_class"))
            lights.states(ask("works.registered", month, by=("control_class", "light"), where=scope.where),
                          "control_class", labels("control_class"), height=240, open_only=True,
                          pick=works.opening(month))  # fmt: skip
            tiles.header(t("works.reasons"))
            charts.bars(
                ask("lags.works", month, by=("factor",), where=scope.where), "factor", labels("factor"),
                key="reasons", pick=lambda factor: filters.go("works", view="register", factor=factor),
            )  # fmt: skip
        with right:
            tiles.header(t("works.changes"))
            tiles.table(works.change_columns(month), works.changes(scope, month), compact=True, take=t("works.changes"))
            tiles.header(t("works.cycle"))
            tiles.table(works.life_cycle_columns(), works.life_cycle(scope, month), compact=True, take=t("works.cycle"))

elif view == "register":
    found = works.rows(scope)
    title(works.register_message(found), works.at_reach(), answers=[ask("works.registered")])
    st.caption(t("works.found", works=words.amount(len(found), "works")))
    tables.show(t("works.view_register"), works.register(found), works.columns(), 560, open_work(found))

elif view in works.MEETINGS:
    found = works.meeting(scope, view)
    title(works.meeting_message(view, found), works.at_reach(), answers=[ask("works.registered")])
    tiles.header(t(f"works.{view}_list", n=len(found)))
    if found:
        tables.show(t(f"works.view_{view}"), works.agenda(found), works.columns(), 560, open_work(found), tall=True)
        st.caption(t("works.meeting_note"))
        filed.note()
    else:
        st.info(t("works.none_late"), icon=":material/check_circle:")

elif view == "reporters":
    title(works.reporters_message(scope, period), answers=[ask("filings.reports", period, where=scope.where)])
    with tiles.row():
        for name in ("reports", *works.LATE_FILINGS, "on_time_rate"):
            tiles.metric(f"filings.{name}", period, scope.where)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        reports = works.late_reports(scope, period)
        tiles.header(t("works.late_now", n=words.number(len(reports))))
        if reports:
            tables.show(t("works.view_reporters"), reports, None, 430, open_work(reports, t("works.number")))
        else:
            st.info(t("works.none_missing"), icon=":material/check_circle:")
    with right:
        tiles.header(t("works.late_agencies"))
        charts.bars(ask("filings.filed_late", period, by=("agency_id",), where=scope.where), "agency_id",
                    labels("agency_id"), top=12,
                    pick=lambda agency: filters.go("works", view="reporters", agency=agency))  # fmt: skip

else:
    found = works.scores(scope, period)
    title(works.scores_message(period, found), answers=[ask("filings.reports", period, where=scope.where)])
    tiles.header(t("works.scores"))
    tables.show(t("works.view_scores"), found, works.score_columns(), 560,
                lambda place: filters.open_agency(found[place][t("works.agency")]))  # fmt: skip
    st.caption(t("works.scores_note"))

tiles.told("", tiles.about_table(t(f"works.view_{view}"), works.answers(view, scope, period)))
