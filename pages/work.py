"""How does one work stand, and what does it owe?"""

import streamlit as st

from dashboard import decisions, filed, filters, tables, tiles, work, works
from dashboard.tiles import Column
from dashboard.words import t

top = st.container()
with st.container(horizontal=True, vertical_alignment="center"):
    chosen = work.finder()
    if not st.query_params.get("via") and st.button(t("work.back"), icon=":material/arrow_back:"):
        filters.go("works", view="register")
    site = work.site(chosen) if chosen else None
    if site and st.button(t("work.on_map"), icon=":material/map:"):
        filters.go("sites", site=site["site_id"])

if not chosen:
    with top:
        tiles.title(t("work.choose"), simulated=True)
    st.caption(t("work.choose_how"))
    found = works.worst()
    tables.show(t("works.view_quarterly"), works.register(found), works.columns(), 560,
                lambda place: filters.go("work", work=found[place]["work_id"]))  # fmt: skip
    st.stop()

if chosen["work_id"] in works.named():
    with top:
        tiles.title(t("work.message_named", title=chosen["title"]))
    st.info(t("work.named_note"), icon=":material/info:")
    tiles.table([Column(t("frame.published")), Column("")], work.published(site))
    st.stop()

with top:
    tiles.title(work.message(chosen), work.as_of(chosen), simulated=chosen["is_simulated"])
tiles.strip(work.lights_of(chosen))
if steep := work.steepness(chosen):
    st.warning(steep, icon=":material/trending_up:")

left, right = st.columns([3, 2], gap="medium")
with left:
    tiles.header(t("work.curve"))
    work.curve(chosen)
    st.caption(t("work.curve_note"))
    tiles.header(t("work.milestones"))
    tiles.table(work.milestone_columns(), work.milestones(chosen), take=f"{t('work.milestones')} {chosen['work_id']}")
with right:
    if chosen["light"] in works.LATE:
        tiles.header(t("work.five"))
        tiles.table([Column(t("work.question")), Column(t("work.answer"))], work.five(chosen))
        filed.note()
    if noted := decisions.about(f"work:{chosen['work_id']}"):
        tiles.header(t("meeting.view_decisions"))
        tiles.table([Column(t("meeting.kind"), width="6rem"), Column(t("meeting.text"))], noted)
    tiles.header(t("work.facts"))
    tiles.table([Column(t("work.item")), Column("")], work.facts(chosen))

tiles.header(t("work.money"))
tiles.table(work.money_columns(), work.money(chosen), take=f"{t('work.money')} {chosen['work_id']}")
st.caption(t("work.money_note"))

for name, rows in (("reasons", work.reasons(chosen)), ("changes", work.changes(chosen)),
                   ("visits", work.visits(chosen)), ("history", work.history(chosen))):  # fmt: skip
    if rows:
        tiles.header(t(f"work.{name}"))
        tables.show(f"{t(f'work.{name}')} {chosen['work_id']}", rows, works.columns(),
                    height="content" if len(rows) < 9 else 330)  # fmt: skip

tiles.told("", tiles.about_table(t("work.figures"), work.answers(chosen)))
