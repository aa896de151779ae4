"""What did the city win, and in which classes?"""

from dashboard import awards, body, charts, claims, filters, reconciliation, tables, tiles, timelines
from dashboard.periods import parse
from dashboard.warehouse import ask, labels, published
from dashboard.words import t

STAGES = [  # the printed figure, and the metric that recomputes it
    ("gsa_agencies_coached", "award_funnel.coached"),
    ("gsa_agencies_recommended", "award_funnel.recommended"),
    ("gsa_agencies_shortlisted", "award_funnel.shortlisted"),
    ("gsa_winning_agencies", "award_funnel.won"),
]
PRINTED_FOR = parse("108-112")
FIRST = 10  # awards of the list

body.whole()
period = awards.years_of(filters.period())
top = body.place()
with body.row():
    of_class = {"class": filters.choice("class")}
    of_agency = {"agency_id": filters.choice("agency_id", "agency")}
where = of_class | of_agency
classes, agencies = labels("class"), labels("agency_id")
with top:
    tiles.title(awards.message(period, where), t("awards.by_year"), answers=[ask("awards.awards", period)])

earlier = period.year_earlier()
with tiles.row():
    tiles.published(published("awards_total")[-1], ask("awards.awards", PRINTED_FOR), t("awards.same_period"))
    tiles.published(published("awards_top")[-1], None, t("awards.not_checkable"))
    # The great prizes are two classes of their own: choosing a class does not change what they are.
    for name, of in (("awards.awards", where), ("awards.major_awards", of_agency)):
        before = ask(name, earlier, where=of) if earlier else None
        tiles.operational(ask(name, period, where=of), before, earlier, ask(name, by=("year",), where=of))
if not ask("awards.awards", period, where=where).value:
    body.nothing(t("awards.none"))

left, right = body.columns()
with left:
    tiles.header(t("awards.classes"))
    charts.bars(ask("awards.awards", period, by=("class",), where=of_agency), "class", classes, ordered=True,
                accent=of_class["class"], height=350, key="classes", click=filters.from_chart("class"))  # fmt: skip
with right:
    tiles.header(awards.years_heading(of_class))
    part = ask("awards.awards", by=("year",), where=where) if of_class["class"] else None
    timelines.years(ask("awards.awards", by=("year",), where=of_agency), part, awards.named(of_class), height=350)

left, right = body.columns()
with left:
    tiles.header(t("awards.agencies"))
    charts.bars(ask("awards.awards", period, by=("agency_id",), where=of_class), "agency_id", agencies, top=15,
                accent=of_agency["agency_id"], key="agencies", click=filters.from_chart("agency"))  # fmt: skip
with right:
    tiles.header(t("awards.printed"))
    tiles.table(claims.columns("class", "awards.awards"),
                claims.rows("class", "awards", "awards_total", PRINTED_FOR, "awards.awards"),
                take=t("awards.printed"))  # fmt: skip

tiles.header(t("awards.claims"))
tiles.table(reconciliation.columns(), claims.judged("awards_total", "awards_over", "awards_top"))

tiles.header(awards.funnel())
with tiles.row():
    for key, metric in STAGES:
        tiles.published(published(key)[-1], ask(metric, parse("112")))

if listed := awards.listed(period, where):
    tiles.header(t("awards.list"))
    tables.first(t("awards.list"), listed, FIRST)
