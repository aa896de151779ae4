"""What has to be filed, what would this file change, and who did what?"""

import streamlit as st

from dashboard import filing, filters, provenance, tiles
from dashboard.words import t

VIEWS = ("file", "templates", "audit")
top = st.container()
view = filters.option("view", {each: t(f"filing.view_{each}") for each in VIEWS}, t("filing.view"), required=True)
with top:
    tiles.title(
        filing.message() if view == "file" else t(f"filing.message_{view}"),
        t("frame.build", name=provenance.build()),
        simulated=view == "file" and provenance.simulated(),
    )

if view == "file":
    filing.desk()
    tiles.header(t("filing.standing"))
    filing.standing()
elif view == "templates":
    filing.templates()
else:
    filing.trail()
