"""How does one work stand, and what does it owe?"""

import streamlit as st

from dashboard import body, decisions, filed, filters, heard, tables, tiles, work, works
from dashboard.tiles import Column
from dashboard.words import t

FIRST, MONTHS = 15, 8  # rows of the list to choose from, of each list of one work
NAME = t("works.work")

body.whole()
top = body.place()
with body.row():
    chosen = work.finder()
    if not st.query_params.get("via"):
        button, is_pressed = heard.pressed("to-register", t("work.back"), "←")
        body.put(button)
        if is_pressed:
            filters.go("works", view="register")
    if site := work.site(chosen) if chosen else None:
        button, is_pressed = heard.pressed("on-map", t("work.on_map"), "◎")
        body.put(button)
        if is_pressed:
            filters.go("sites", site=site["site_id"])

if not chosen:
    with top:
        tiles.title(t("work.choose"), simulated=True)
    body.note(t("work.choose_how"))
    found = works.worst()
    tables.first(
        t("works.view_quarterly"), works.register(found), FIRST,
        lambda place: filters.go("work", work=found[place]["work_id"]), works.columns(), opens=NAME, goes=True,
    )  # fmt: skip

elif chosen["work_id"] in works.named():
    with top:
        tiles.title(t("work.message_named", title=chosen["title"]))
    body.nothing(t("work.named_note"))
    tiles.table([Column(t("frame.published")), Column("")], work.published(site))

else:
    with top:
        tiles.title(work.message(chosen), work.as_of(chosen), simulated=chosen["is_simulated"])
    tiles.strip(work.lights_of(chosen))
    if steep := work.steepness(chosen):
        body.warning(steep)

    left, right = body.columns("left_wider")
    with left:
        tiles.header(t("work.curve"))
        work.curve(chosen)
        body.note(t("work.curve_note"))
        tiles.header(t("work.milestones"))
        tiles.table(
            work.milestone_columns(), work.milestones(chosen), take=f"{t('work.milestones')} {chosen['work_id']}"
        )
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
    body.note(t("work.money_note"))

    for name, rows in (("reasons", work.reasons(chosen)), ("changes", work.changes(chosen)),
                       ("visits", work.visits(chosen)), ("history", work.history(chosen))):  # fmt: skip
        if rows:
            tiles.header(t(f"work.{name}"))
            tables.first(f"{t(f'work.{name}')} {chosen['work_id']}", rows, MONTHS, columns=works.columns())

    tiles.told("", tiles.about_table(t("work.figures"), work.answers(chosen)))
