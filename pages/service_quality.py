"""Which units serve the public best, and which have fallen?"""

import streamlit as st

from dashboard import filters, service_quality, tables, tiles, timelines
from dashboard.warehouse import ask, published
from dashboard.words import t

chosen = filters.period()
period = service_quality.year_of(chosen)
top = st.container()
where = {"agency_id": filters.choice("agency_id", "agency")}
with top:
    tiles.title(service_quality.message(period, where), service_quality.by_the_year(chosen, period),
                answers=[ask("service_reviews.units", period, where=where)])  # fmt: skip

with tiles.row():
    for name in service_quality.HEADLINES:
        tiles.metric(f"service_reviews.{name}", period, where)

tiles.header(t("service_quality.ranking"))
st.caption(t("service_quality.ranking_note"))
units = service_quality.ranking(period, where)
if units:
    tables.show(t("service_quality.ranking_list"), units, columns=service_quality.columns(),
                height=430 if len(units) > 9 else "content",
                on_select=lambda place: filters.open_agency(units[place][t("service_quality.unit")]))  # fmt: skip
else:
    st.info(t("frame.no_rows"), icon=":material/search_off:")

left, right = st.columns(2, gap="medium")
with left:
    tiles.header(t("service_quality.fallen"))
    fallen = service_quality.fallen(period, where)
    if fallen:
        tables.show(t("service_quality.fallen_list"), fallen, columns=service_quality.columns(), height=390,
                    on_select=lambda place: filters.open_agency(fallen[place][t("service_quality.unit")]))  # fmt: skip
    else:
        st.info(t("service_quality.none_fallen"), icon=":material/check_circle:")
with right:
    tiles.header(t("service_quality.over_years"))
    timelines.years(ask("service_reviews.special_excellence_units", by=("year",), where=where), height=330)

left, right = st.columns(2, gap="medium")
with left:
    tiles.header(t("service_quality.rewards"))
    tiles.table(service_quality.reward_columns(), service_quality.rewards(period, where),
                take=t("service_quality.rewards"))  # fmt: skip
    st.caption(t("service_quality.rewards_note"))
with right:
    tiles.header(t("service_quality.samples"))
    tiles.beside([row for key in service_quality.PRINTED for row in published(key)])
    st.caption(t("service_quality.weights_note"))
