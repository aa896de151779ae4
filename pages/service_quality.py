"""Which units serve the public best, and which have fallen?"""

from dashboard import body, filters, service_quality, tables, tiles, timelines
from dashboard.warehouse import ask, published
from dashboard.words import t

FIRST, FELL = 15, 10  # rows of the two lists
UNIT = t("service_quality.unit")

body.whole()
chosen = filters.period()
period = service_quality.year_of(chosen)
top = body.place()
where = {"agency_id": filters.choice("agency_id", "agency")}
with top:
    tiles.title(service_quality.message(period, where), service_quality.by_the_year(chosen, period),
                answers=[ask("service_reviews.units", period, where=where)])  # fmt: skip

with tiles.row():
    for name in service_quality.HEADLINES:
        tiles.metric(f"service_reviews.{name}", period, where)

tiles.header(t("service_quality.ranking"))
body.note(t("service_quality.ranking_note"))
units = service_quality.ranking(period, where)
if units:
    tables.first(t("service_quality.ranking_list"), units, FIRST, lambda place: filters.open_agency(units[place][UNIT]),
                 service_quality.columns(), opens=UNIT, goes=True)  # fmt: skip
else:
    body.nothing(t("frame.no_rows"))

left, right = body.columns()
with left:
    tiles.header(t("service_quality.fallen"))
    fallen = service_quality.fallen(period, where)
    if fallen:
        tables.first(
            t("service_quality.fallen_list"), fallen, FELL, lambda place: filters.open_agency(fallen[place][UNIT]),
            service_quality.columns(), goes=True,
        )  # fmt: skip
    else:
        body.nothing(t("service_quality.none_fallen"))
with right:
    tiles.header(t("service_quality.over_years"))
    timelines.years(ask("service_reviews.special_excellence_units", by=("year",), where=where), height=330)

left, right = body.columns()
with left:
    tiles.header(t("service_quality.rewards"))
    tiles.table(service_quality.reward_columns(), service_quality.rewards(period, where),
                take=t("service_quality.rewards"))  # fmt: skip
    body.note(t("service_quality.rewards_note"))
with right:
    tiles.header(t("service_quality.samples"))
    tiles.beside([row for key in service_quality.PRINTED for row in published(key)])
    body.note(t("service_quality.weights_note"))
