"""Are petitions answered in time, and which wait longest?"""

import streamlit as st

from dashboard import charts, filters, petitions, tables, tiles
from dashboard.warehouse import ask, labels, published
from dashboard.words import t

period = filters.period()
top = st.container()
with st.container(horizontal=True):
    where = {name: filters.choice(name, key) for name, key in petitions.FILTERS.items()}
with top:
    tiles.title(petitions.message(period, where), answers=[ask("petitions.received", period, where=where)])

with tiles.row():
    for name, of in petitions.headlines(where):
        tiles.metric(name, period, of)
if petitions.days_unsplit(where):
    st.caption(t("petitions.days_note"))

span = petitions.span(period)
left, right = st.columns(2, gap="medium")
with left:
    tiles.header(t("petitions.by_month"))
    charts.trend(ask("petitions.received", span, by=("month",), where=where), height=330)
with right:
    tiles.header(t("petitions.on_time"))
    rate = ask("petitions.on_time_rate", span, by=("month",), where=where)
    charts.trend(rate, target=rate.metric.target, floor=0.8, height=330)

left, right = st.columns(2, gap="medium")
for column, name, key, top_n in ((left, "agency_id", "agency", 12), (right, "category", "category", None)):
    with column:
        tiles.header(t(f"petitions.by_{key}"))
        answer = ask("petitions.received", period, by=(name,), where=where | {name: []})
        charts.bars(answer, name, labels(name), accent=where[name], top=top_n, key=f"petitions-{key}",
                    click=filters.from_chart(key))  # fmt: skip

left, right = st.columns(2, gap="medium")
with left:
    tiles.header(t("petitions.by_district"))
    charts.bars(ask("petitions.received", period, by=("district_id",), where=where | {"district_id": []}),
                "district_id", labels("district_id"), ordered=True, accent=where["district_id"],
                key="petitions-district", click=filters.from_chart("district"))  # fmt: skip
with right:
    tiles.header(t("petitions.printed"))
    tiles.beside([row for key in petitions.PRINTED for row in published(key)])
    waiting = petitions.overdue(where)
    tiles.header(t("petitions.waiting", n=len(waiting), day=petitions.as_of()))
    st.caption(t("petitions.waiting_note"))
    if waiting:
        tables.show(t("petitions.waiting_list"), waiting, height=620,
                    on_select=lambda place: petitions.open_one(waiting[place]))  # fmt: skip
    else:
        st.info(t("petitions.none_waiting"), icon=":material/check_circle:")
