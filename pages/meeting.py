"""What does the meeting go through, what has changed since the last one, and what was decided?"""

import streamlit as st

from dashboard import decisions, filters, tables, tiles
from dashboard.meeting import page
from dashboard.words import t

VIEWS = ("present", "since", "decisions", "frozen")
top = st.container()
view = filters.option("view", {each: t(f"meeting.view_{each}") for each in VIEWS}, t("meeting.view"), required=True)

if view == "present":
    deck = page.choose()
    with top:
        tiles.title(t("meeting.message", title=deck.title, n=len(deck.slides)) if deck else t("meeting.mistake"),
                    deck.subtitle if deck else "", simulated=True)  # fmt: skip
    if deck:
        page.present(deck)

elif view == "since":
    if pair := page.spans():
        old, new, told = pair
        with top:
            tiles.title(page.message_since(old, new), told, simulated=True)
        page.changed(old, new)
    else:
        with top:
            tiles.title(t("meeting.message_since"))

elif view == "decisions":
    notes = decisions.recorded()
    with top:
        tiles.title(t("meeting.message_decisions", n=len(notes)))
    if notes:
        tables.show(t("meeting.view_decisions"), page.listing(notes), simulated=False)
    else:
        st.info(t("meeting.no_notes"), icon=":material/edit_note:")
    page.write()

else:
    with top:
        tiles.title(t("meeting.message_frozen", n=len(page.frozen())))
    page.kept()
    st.header(t("meeting.freeze"))
    page.freeze()
