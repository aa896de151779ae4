"""How far do the city's entries for the Government Service Award get, and what is due to them?"""

from dashboard import body, charts, filters, heard, service_award, tables, tiles, timelines
from dashboard.warehouse import ask, labels, published
from dashboard.words import t

AGENCY = t("service_award.agency")

body.whole()
top = body.place()
edition = filters.option("edition", service_award.editions(), t("service_award.edition"), required=True, listed=True)
period = service_award.year_of(edition)
with top:
    tiles.title(service_award.message(edition), answers=[ask("award_funnel.coached", period)])

with tiles.row():
    for name in service_award.HEADLINES:
        tiles.metric(f"award_funnel.{name}", period)

left, right = body.columns()
with left:
    tiles.header(t("service_award.funnel"))
    charts.bars(ask("award_funnel.reached", period, by=("stage",)), "stage", labels("stage"), ordered=True, height=230)
with right:
    tiles.header(t("service_award.over_editions"))
    timelines.years(ask("award_funnel.win_rate", by=("year",)), height=230)

left, right = body.columns()
with left:
    tiles.header(t("service_award.entries"))
    entries = service_award.entries(edition)
    tables.first(t("service_award.entries"), entries, len(entries),
                 lambda place: filters.open_agency(entries[place][AGENCY]), opens=AGENCY, goes=True)  # fmt: skip
    body.note(service_award.due(period))
with right:
    tiles.header(t("service_award.printed"))
    tiles.beside([row for key in service_award.PRINTED for row in published(key)])
    body.note(t("service_award.rate_note"))

tiles.header(t("service_award.form"))
tiles.table(service_award.form_columns(), service_award.form())
tiles.told("", heard.button("draft", t("service_award.draft"), "✎", service_award.count_draft))
