"""Are petitions answered in time, and which wait longest?"""

from dashboard import body, charts, filters, petitions, tables, tiles
from dashboard.warehouse import ask, labels, published
from dashboard.words import t

FIRST = 12  # rows of the list

body.whole()
period = filters.period()
top = body.place()
with body.row():
    where = {name: filters.choice(name, key) for name, key in petitions.FILTERS.items()}
with top:
    tiles.title(petitions.message(period, where), answers=[ask("petitions.received", period, where=where)])

with tiles.row():
    for name, of in petitions.headlines(where):
        tiles.metric(name, period, of)
if petitions.days_unsplit(where):
    body.note(t("petitions.days_note"))

span = petitions.span(period)
left, right = body.columns()
with left:
    tiles.header(t("petitions.by_month"))
    charts.trend(ask("petitions.received", span, by=("month",), where=where), height=330)
with right:
    tiles.header(t("petitions.on_time"))
    rate = ask("petitions.on_time_rate", span, by=("month",), where=where)
    charts.trend(rate, target=rate.metric.target, floor=0.8, height=330)

left, right = body.columns()
for column, name, key, top_n in ((left, "agency_id", "agency", 12), (right, "category", "category", None)):
    with column:
        tiles.header(t(f"petitions.by_{key}"))
        answer = ask("petitions.received", period, by=(name,), where=where | {name: []})
        charts.bars(answer, name, labels(name), accent=where[name], top=top_n, key=f"petitions-{key}",
                    click=filters.from_chart(key))  # fmt: skip

left, right = body.columns()
with left:
    tiles.header(t("petitions.by_district"))
    charts.bars(ask("petitions.received", period, by=("district_id",), where=where | {"district_id": []}),
                "district_id", labels("district_id"), ordered=True, accent=where["district_id"],
                key="petitions-district", click=filters.from_chart("district"))  # fmt: skip
with right:
    tiles.header(t("petitions.printed"))
    tiles.beside([row for key in petitions.PRINTED for row in published(key)])

waiting = petitions.overdue(where)
tiles.header(t("petitions.waiting", n=len(waiting), day=petitions.as_of()))
body.note(t("petitions.waiting_note"))
if waiting:
    tables.first(t("petitions.waiting_list"), waiting, FIRST, lambda place: petitions.open_one(waiting[place]))
else:
    body.nothing(t("petitions.none_waiting"))
