"""How does one district stand, beside the city?"""

import streamlit as st

from dashboard import charts, filters, one_page, tables, tiles
from dashboard.one_page import Unit
from dashboard.warehouse import ask, labels
from dashboard.words import t

top = st.container()
chosen = filters.choice("district_id", "district")
if not chosen:
    with top:
        tiles.title(t("district.choose"), simulated=True)
    rows = one_page.all_of("district_id")
    tables.show(t("district.list"), one_page.listing("district_id", rows), height=620,
                on_select=lambda place: filters.go("district", district=rows[place]["district_id"]))  # fmt: skip
    st.caption(t("one_page.list_note"))
    st.stop()

unit = Unit("district_id", chosen[0], filters.period())
with top:
    tiles.title(one_page.message(unit), answers=one_page.answers(unit))
tiles.counted(one_page.chips(unit))

late = one_page.late(unit)
st.header(t("one_page.late", n=len(late)))
if late:
    tiles.table(one_page.late_columns(), late[: one_page.LISTED])
    if len(late) > one_page.LISTED:
        st.caption(t("one_page.more", n=len(late) - one_page.LISTED))
else:
    st.info(t("one_page.none_late"), icon=":material/check_circle:")

left, right = st.columns([3, 2], gap="medium")
with left:
    st.header(t("one_page.figures"))
    tiles.table(one_page.figure_columns(unit), one_page.figures(unit))
with right, st.container(key="screen_only"):
    st.header(t("one_page.categories"))
    charts.bars(ask("petitions.received", unit.period, by=("category",), where=unit.where), "category",
                labels("category"), top=8, height=300)  # fmt: skip
    with st.container(horizontal=True, key="onward"):
        if st.button(t("one_page.works"), icon=":material/engineering:"):
            filters.go("works", district=unit.code, view="register")
        if st.button(t("one_page.petitions_page"), icon=":material/mail:"):
            filters.go("petitions", district=unit.code)
        if st.button(t("one_page.map"), icon=":material/map:"):
            filters.go("sites", district=unit.code)
st.caption(t("one_page.print_note"))
