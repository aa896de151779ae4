"""The page as a tutorial of Streamlit would write it: cached answers, Plotly Express, no settings."""

import sys
from pathlib import Path

import pandas as pd
import plotly.express as px
import streamlit as st

sys.path.insert(0, str(Path(__file__).parent))
import questions

st.set_page_config(layout="wide")


@st.cache_data
def load(year, district):
    volume, good, days, places = questions.answers(year, district)
    return (
        pd.DataFrame(volume, columns=["month", "channel", "contacts"]),
        pd.DataFrame(good, columns=["month", "share"]),
        pd.DataFrame(days, columns=["agency", "平均", "p90"]),
        pd.DataFrame(places, columns=["district", "contacts"]),
    )


names = dict(questions.districts())
year = st.selectbox("year", questions.YEARS)
district = st.selectbox("district", list(names), format_func=names.get)
volume, good, days, places = load(year, district)
title = f"{year} {district}"
left, right = st.columns(2)
left.plotly_chart(px.line(volume, x="month", y="contacts", color="channel", title=title))
right.plotly_chart(px.line(good, x="month", y="share", title=title))
left.plotly_chart(px.bar(days, x="agency", y=["平均", "p90"], barmode="group", title=title))
right.plotly_chart(px.bar(places, x="contacts", y="district", orientation="h", title=title))
