"""Does the city answer its citizens, and are they content?"""

from dashboard import body, charts, filters, sentences, tiles, words
from dashboard.periods import ALL
from dashboard.warehouse import ask, labels, published
from dashboard.words import t

FILTERS = {"agency_id": "agency", "district_id": "district", "category": "category"}

body.whole()
period = filters.period()
top = body.place()
with body.row():
    where = {name: filters.choice(name, key) for name, key in FILTERS.items()}
earlier = period.year_earlier()

of_agency = {"agency_id": where["agency_id"]}  # callers who answered are known by agency, not by district or category
unsplit = where["district_id"] or where["category"]
contacts, before = (ask("hotline.contacts", each, where=where) if each else None for each in (period, earlier))
satisfied = ask("satisfaction.after_call_rate", period, where=of_agency)

with top:
    told = words.change_sentence(contacts.value, before.value, words.period(earlier)) if before else ""
    tiles.title(
        t("hotline.message", who=sentences.whose(where), period=words.period(period),
          contacts=words.amount(contacts.value, "contacts"),
          change=t("hotline.change", told=told) if told else "",
          whose=t("hotline.whose", who=sentences.whose(of_agency)) if unsplit else "",
          satisfaction=words.amount(satisfied.value, "percent")),
        answers=[contacts, satisfied],
    )  # fmt: skip

headlines = (("hotline.contacts", where), ("satisfaction.after_call_rate", of_agency), ("hotline.online_share", where),
             ("cases.on_time_rate", where))  # fmt: skip
with tiles.row():
    for name, chosen in headlines:
        tiles.metric(name, period, chosen)
if unsplit:
    body.note(t("hotline.unsplit"))

left, right = body.columns()
span = period if (period.months or 99) > 3 else ALL  # a month or a quarter is seen among its neighbours
with left:
    tiles.header(t("hotline.volume"))
    charts.trend(ask("hotline.contacts", span, by=("month", "channel"), where=where), "channel", labels("channel"))
with right:
    tiles.header(t("hotline.satisfaction"))
    charts.trend(
        ask("satisfaction.after_call_rate", span, by=("month",), where=of_agency),
        target=satisfied.metric.target,
        floor=0.9,
    )

left, right = body.columns()
with left:
    tiles.header(t("hotline.category"))
    charts.bars(ask("hotline.contacts", period, by=("category",), where=where | {"category": []}), "category",
                labels("category"), accent=where["category"], key="hotline",
                click=filters.from_chart("category"))  # fmt: skip
with right:
    tiles.header(t("hotline.published"))
    rows = [*published("hotline_contacts_5y"), *published("hotline_contacts_4y"), *published("hotline_satisfaction_4y"),
            *published("special_line_calls_2021"), *published("special_line_calls_2022")]  # fmt: skip
    tiles.beside(rows)
    body.note(t("hotline.special_note"))
    tiles.header(t("hotline.special"))
    charts.bars(ask("special_lines.calls", by=("line",)), "line", labels("line"), ordered=True)
