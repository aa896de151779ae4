"""Does the city answer its citizens, and are they content?"""

import streamlit as st

from dashboard import charts, filters, tiles, words
from dashboard.periods import ALL
from dashboard.warehouse import ask, labels, published
from dashboard.words import t

period = filters.period()
top = st.container()
where = {"district_id": filters.choice("district_id", "district")}
earlier = period.year_earlier()

contacts, before = (ask("hotline.contacts", each, where=where) if each else None for each in (period, earlier))
satisfied, satisfied_before = (
    ask("satisfaction.after_call_rate", each) if each else None for each in (period, earlier)
)

with top:
    told = words.change_sentence(contacts.value, before.value, words.period(earlier)) if before else ""
    tiles.title(
        t("hotline.message", period=words.period(period), contacts=words.amount(contacts.value, "contacts"),
          change=t("hotline.change", told=told) if told else "",
          satisfaction=words.amount(satisfied.value, "percent")),
        answers=[contacts, satisfied],
    )  # fmt: skip

headlines = [
    (contacts, before, "hotline.contacts", where),
    (satisfied, satisfied_before, "satisfaction.after_call_rate", {}),
    *(
        (ask(name, period, where=where), ask(name, earlier, where=where) if earlier else None, name, where)
        for name in ("hotline.online_share", "cases.on_time_rate")
    ),
]
for column, (answer, against, name, chosen) in zip(st.columns(4), headlines, strict=True):
    with column:
        tiles.operational(answer, against, earlier, ask(name, ALL, by=("month",), where=chosen))

left, right = st.columns(2, gap="medium")
span = period if (period.months or 99) > 3 else ALL  # a month or a quarter is seen among its neighbours
with left:
    st.header(t("hotline.volume"))
    charts.trend(ask("hotline.contacts", span, by=("month", "channel"), where=where), "channel", labels("channel"))
with right:
    st.header(t("hotline.satisfaction"))
    charts.trend(ask("satisfaction.after_call_rate", span, by=("month",)), target=satisfied.metric.target, floor=0.9)

left, right = st.columns(2, gap="medium")
with left:
    st.header(t("hotline.category"))
    charts.bars(ask("hotline.contacts", period, by=("category",), where=where), "category", labels("category"))
with right:
    st.header(t("hotline.published"))
    rows = [*published("hotline_contacts_5y"), *published("hotline_contacts_4y"), *published("hotline_satisfaction_4y"),
            *published("special_line_calls_2021"), *published("special_line_calls_2022")]  # fmt: skip
    tiles.beside(rows)
    st.caption(t("hotline.special_note"))
    st.header(t("hotline.special"))
    charts.bars(ask("special_lines.calls", by=("line",)), "line", labels("line"), ordered=True)
