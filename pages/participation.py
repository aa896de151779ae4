"""Who takes part: visitors of the joint centre, young people, volunteers?"""

from dashboard import body, charts, filters, participation, tiles
from dashboard.warehouse import ask, labels, published
from dashboard.words import t

body.whole()
period = filters.period()
years = participation.years_of(period)
tiles.title(participation.message(period), participation.by_the_year(period, years),
            answers=[ask("joint_centre.visits", period), ask("youth.participants", years)])  # fmt: skip

with tiles.row():
    for name, span in participation.headlines(period, years):
        tiles.metric(name, span)

left, right = body.columns()
with left:
    tiles.header(t("participation.centre"))
    visits = ask("joint_centre.visits", participation.span(period), by=("month", "joint_service"))
    charts.trend(visits, "joint_service", labels("joint_service"), height=330)
with right:
    tiles.header(t("participation.youth"))
    others = {"programme": participation.PROGRAMMES}
    charts.bars(
        ask("youth.participants", years, by=("programme",), where=others), "programme", labels("programme"), height=330
    )

left, right = body.columns()
with left:
    tiles.header(t("participation.volunteers"))
    tiles.table(participation.volunteer_columns(), participation.volunteers(years),
                take=t("participation.volunteers"))  # fmt: skip
with right:
    tiles.header(t("participation.printed"))
    tiles.beside([row for key in participation.PRINTED for row in published(key)])
