"""What should the mayor know today, and what needs a decision?"""

from dashboard import body, charts, filed, filters, heard, lights, overview, tiles, words, works
from dashboard.periods import ALL
from dashboard.warehouse import ask, labels, published
from dashboard.words import t

HEADLINES = [  # the metric, and the printed figure that it recomputes over a period of its own
    ("hotline.contacts", "hotline_contacts_5y"),
    ("satisfaction.after_call_rate", "hotline_satisfaction_4y"),
    ("forward_plans.completion_rate", "forward_plans_completion_rate"),
    ("forward_plans.on_schedule_rate", "forward_plans_on_schedule_rate"),
    ("awards.awards", "awards_total"),
]

body.whole()
period = filters.period()
contacts = ask("hotline.contacts", period)
satisfied = ask("satisfaction.after_call_rate", period)
completed = ask("forward_plans.completion_rate", period)
controlled = {"control_class": overview.CLASSES}

tiles.title(
    t("overview.message", period=words.period(period), contacts=words.amount(contacts.value, "contacts"),
      satisfaction=words.amount(satisfied.value, "percent"), completed=words.amount(completed.value, "percent")),
    answers=[contacts, satisfied, completed, ask("works.registered", period, where=controlled)],
)  # fmt: skip

with tiles.row():
    for name, key in HEADLINES:
        tiles.metric(name, period, trend=False, printed=published(key)[-1], label=t(f"overview.label_{name}"))

left, right = body.columns()
with left:
    tiles.header(t("overview.volume"))
    charts.trend(ask("hotline.contacts", ALL, by=("month",)), height=300)
with right:
    tiles.header(t("overview.works"))
    lights.states(
        ask("works.registered", period, by=("control_class", "light"), where=controlled), "control_class",
        labels("control_class"), height=250, open_only=True, pick=works.opening(period, agency=None, district=None),
    )  # fmt: skip
    tiles.told(overview.moved(period))

tiles.header(t("overview.decide"))
found = overview.decisions()
if found:
    tiles.table(overview.decision_columns(), found[: overview.LISTED], take=t("overview.decide_list"))
    filed.note()
else:
    body.nothing(t("overview.decide_none"))
if len(found) > overview.LISTED:
    body.note(t("overview.more", more=len(found) - overview.LISTED))
with body.row():
    button, pressed = heard.pressed("open-list", t("overview.open_list"), "→")
    body.put(button)
    if pressed:
        filters.go("works", view="quarterly", control=None, agency=None, district=None)
    tiles.told("", tiles.about_table(t("overview.decide"), overview.answers()))
