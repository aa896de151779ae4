"""The page as a tutorial of Streamlit would write it: cached answers, Plotly Express, no settings."""

import pandas as pd
import plotly.express as px
import questions
import streamlit as st

st.set_page_config(layout="wide")


@st.cache_data
def load(year, district):
    volume, good, days, places = questions.answers(year, district)
    return (
        pd.DataFrame(volume, columns=["month", "channel", "contacts"]),
        pd.DataFrame(good, columns=["month", "share"]),
        pd.DataFrame(days, columns=["agency", "mean", "p90"]),
        pd.DataFrame(places, columns=["district", "contacts"]),
    )


year = st.selectbox("year", questions.YEARS)
district = st.selectbox("district", questions.districts())
volume, good, days, places = load(year, district)
first, second, third, fourth = questions.TITLES
left, right = st.columns(2)
left.plotly_chart(px.line(volume, x="month", y="contacts", color="channel", title=first))
right.plotly_chart(px.line(good, x="month", y="share", title=second))
left.plotly_chart(px.bar(days, x="agency", y=["mean", "p90"], barmode="group", title=third))
right.plotly_chart(px.bar(places, x="contacts", y="district", orientation="h", title=fourth))
