"""Are the 363 forward-looking plans on the way, and which are not?"""

import streamlit as st

from dashboard import charts, claims, filters, lights, plans, reconciliation, tables, tiles, timelines, words
from dashboard.periods import parse
from dashboard.warehouse import ask, labels, published
from dashboard.words import t

HEADLINES = [  # the printed figure, and the metric that recomputes it
    ("forward_plans", "forward_plans.plans"),
    ("forward_plans_amount", "forward_plans.budget"),
    ("forward_plans_completion_rate", "forward_plans.completion_rate"),
    ("forward_plans_on_schedule_rate", "forward_plans.on_schedule_rate"),
]
CLAIM = (
    "forward_subsidy_amount", "forward_works", "forward_works_completed", "forward_works_completion_rate",
    "forward_works_on_schedule", "forward_works_on_schedule_rate",
)  # fmt: skip
COUNTS = ("forward_plans.plans", "forward_plans.completion_rate")
PRINTED_FOR = parse("112")

period = filters.period()
month = plans.month_of(period)
if month is None:
    tiles.title(t("forward_looking.menu"), words.period(period))
    st.info(t("frame.no_rows"), icon=":material/search_off:")
    st.stop()

tiles.title(plans.message(period), t("forward_looking.base"), answers=[ask("forward_plans.plans", period)])
for column, (key, metric) in zip(st.columns([3, 4, 3, 3]), HEADLINES, strict=True):
    with column:
        tiles.published(published(key)[-1], ask(metric, period), t("forward_looking.at", month=words.month_tick(month)))

left, right = st.columns(2, gap="medium")
with left:
    st.header(t("forward_looking.axes"))
    lights.states(
        ask("forward_plans.plans", period, by=("axis", "light")), "axis", labels("axis"), height=368, open_only=True
    )
with right:
    st.header(t("forward_looking.printed"))
    rows = claims.rows("axis", "forward_plans", "forward_plans", PRINTED_FOR, *COUNTS)
    tiles.table(claims.columns("axis", *COUNTS), rows)

st.header(t("forward_looking.list", month=words.month(month)))
late = plans.late(month)
if late:
    st.dataframe(late, hide_index=True, height="content", placeholder="—", column_config=plans.columns())
    st.caption(t("forward_looking.list_note"))
else:
    st.info(t("forward_looking.list_none"), icon=":material/check_circle:")

left, right = st.columns(2, gap="medium")
with left:
    st.header(t("forward_looking.trend"))
    rates = ("forward_plans.completion_rate", "forward_plans.on_schedule_rate")
    timelines.lines([ask(name, plans.until(period), by=("month",)) for name in rates])
    st.caption(t("forward_looking.trend_note"))
with right:
    st.header(t("forward_looking.budget"))
    charts.bars(ask("forward_plans.budget", period, by=("axis",)), "axis", labels("axis"), ordered=True)

left, right = st.columns(2, gap="medium")
with left:
    st.header(t("forward_looking.money"))
    tiles.table(plans.money_columns(), plans.money(period))
    st.caption(t("forward_looking.money_note"))
with right:
    st.header(t("forward_looking.subsidy"))
    timelines.years(ask("general_subsidy.score", by=("year",)), height=250)

st.header(t("forward_looking.deeper"))
with st.container(horizontal=True, vertical_alignment="center"):
    axis = filters.choice("axis")
    plan = plans.finder(axis, month)
if plan:
    works = plans.works_of(plan, month)
    st.markdown(t("forward_looking.works_of", n=len(works)))
    tables.show(f"{t('forward_looking.works')} {plan}", plans.works_listed(works), plans.columns(),
                on_select=lambda place: filters.go("work", work=works[place]["work_id"]))  # fmt: skip
else:
    held = plans.of_axis(axis, month)
    st.markdown(t("forward_looking.plans_of", n=len(held)))
    tables.show(t("forward_looking.plans"), plans.listed(held), plans.columns(), height=390,
                on_select=lambda place: filters.go("forward_looking", plan=held[place]["plan_id"]))  # fmt: skip

st.header(t("forward_looking.claims"))
tiles.table(reconciliation.columns(), claims.judged(*CLAIM))
st.caption(t("forward_looking.claims_note"))
