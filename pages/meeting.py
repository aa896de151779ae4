"""What does the meeting go through, what has changed since the last one, and what was decided?"""

import streamlit as st

from dashboard import decisions, filters, tables, tiles
from dashboard.meeting import changes, page
from dashboard.words import t

VIEWS = ("present", "since", "decisions", "frozen")
top = st.container()
view = filters.option("view", {each: t(f"meeting.view_{each}") for each in VIEWS}, t("meeting.view"), required=True)

if view == "present":
    if chosen := page.choose():
        deck, where = chosen
        with top:
            tiles.title(t("meeting.message", title=deck.title, n=len(deck.slides)), deck.subtitle,
                        simulated=any(slide.simulated for slide in deck.slides))  # fmt: skip
        page.present(deck, where)
    else:
        with top:
            tiles.title(t("meeting.mistake"))

elif view == "since":
    if pair := page.spans():
        old, new, told = pair
        found = changes.between(old, new)
        with top:
            tiles.title(page.message_since(found), told, simulated=found.simulated)
        page.changed(found)
    else:
        with top:
            tiles.title(t("meeting.message_since"))

elif view == "decisions":
    notes = decisions.recorded()
    with top:
        tiles.title(t("meeting.message_decisions", n=len([note for note in notes if note.kind != "close"])))
    if notes:
        tables.show(t("meeting.view_decisions"), page.listing(notes), simulated=False)
    else:
        st.info(t("meeting.no_notes"), icon=":material/edit_note:")
    page.write()

else:
    with top:
        tiles.title(t("meeting.message_frozen", n=len(page.frozen())))
    page.kept()
    tiles.header(t("meeting.freeze"))
    page.freeze()
