"""Where are the city's works, and which of them need attention?"""

import streamlit as st

from dashboard import maps, sites, tiles, works

top = st.container()
scope = sites.scope()
states = sites.chips(scope)
with top:
    tiles.title(sites.message(scope), works.at_reach(), answers=[scope.states()])

place, side = maps.beside()
with side:
    site = sites.finder()
    shown = sites.shown(scope, states, site)
    sites.panel(scope, site)
    sites.listed(shown, height=330 if site or scope.district else 430)
with place:
    sites.draw(scope, shown, site)
    st.caption(" ".join((sites.key(), sites.left_out(scope))))
    tiles.told("", tiles.about(scope.states(), key="map"))
