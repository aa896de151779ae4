"""What should the mayor know today, and what needs a decision?"""

import streamlit as st

from dashboard import charts, filters, lights, tiles, words, works
from dashboard.periods import ALL, parse
from dashboard.warehouse import ask, labels, published
from dashboard.words import t

HEADLINES = [  # the printed figure, and the metric and period that recompute it
    ("hotline_contacts_5y", "hotline.contacts", "108-112"),
    ("hotline_satisfaction_4y", "satisfaction.after_call_rate", "108-111"),
    ("forward_plans_completion_rate", "forward_plans.completion_rate", "112"),
    ("forward_plans_on_schedule_rate", "forward_plans.on_schedule_rate", "112"),
    ("awards_total", "awards.awards", "108-112"),
]
CLASSES = ["major", "forward_small"]

period = filters.period()
contacts = ask("hotline.contacts", period)
satisfied = ask("satisfaction.after_call_rate", period)
completed = ask("forward_plans.completion_rate", period)
controlled = ask("works.registered", period, by=("light",), where={"control_class": CLASSES})

tiles.title(
    t("overview.message", period=words.period(period), contacts=words.amount(contacts.value, "contacts"),
      satisfaction=words.amount(satisfied.value, "percent"), completed=words.amount(completed.value, "percent")),
    answers=[contacts, satisfied, completed, controlled],
)  # fmt: skip

for column, (key, metric, code) in zip(st.columns(5), HEADLINES, strict=True):
    with column:
        tiles.published(published(key)[-1], ask(metric, parse(code)), t("overview.same_period"))

left, right = st.columns(2, gap="medium")
with left:
    st.header(t("overview.volume"))
    charts.trend(ask("hotline.contacts", ALL, by=("month",)), height=300)
with right:
    st.header(t("overview.works"))
    lights.states(ask("works.registered", period, by=("control_class", "light"), where={"control_class": CLASSES}),
                  "control_class", labels("control_class"), height=250, open_only=True)  # fmt: skip

st.header(t("overview.decide"))
tiles.decisions(works.worst(), limit=6)
if st.button(t("overview.open_list"), icon=":material/arrow_forward:"):
    filters.go("works", view="quarterly")
