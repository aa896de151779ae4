"""Are the 363 forward-looking plans on the way, and which are not?"""

from dashboard import body, charts, claims, filters, lights, plans, reconciliation, tables, tiles, timelines, words
from dashboard.periods import parse
from dashboard.warehouse import ask, labels, published
from dashboard.words import t

HEADLINES = [  # the printed figure, and the metric that recomputes it
    ("forward_plans", "forward_plans.plans"),
    ("forward_plans_amount", "forward_plans.budget"),
    ("forward_plans_completion_rate", "forward_plans.completion_rate"),
    ("forward_plans_on_schedule_rate", "forward_plans.on_schedule_rate"),
]
CLAIM = (
    "forward_subsidy_amount", "forward_works", "forward_works_completed", "forward_works_completion_rate",
    "forward_works_on_schedule", "forward_works_on_schedule_rate",
)  # fmt: skip
COUNTS = ("forward_plans.plans", "forward_plans.completion_rate")
PRINTED_FOR = parse("112")
VIEWS = ("plans", "trend", "money", "claims")
FIRST = 15  # rows of a list
PLAN, WORK = t("forward_looking.plan"), t("forward_looking.work")

body.whole()
period = filters.period()
month = plans.month_of(period)
top = body.place()
view = None
if month is not None:
    view = filters.option("view", {each: t(f"forward_looking.view_{each}") for each in VIEWS},
                          t("forward_looking.view"), required=True)  # fmt: skip
with top:
    if view:
        tiles.title(plans.message(period), t("forward_looking.base"), answers=[ask("forward_plans.plans", period)])
    else:
        tiles.title(t("forward_looking.menu"), words.period(period))

if not view:
    body.nothing(t("frame.no_rows"))

elif view == "plans":
    with tiles.row():
        for key, metric in HEADLINES:
            at = t("forward_looking.at", month=words.month_tick(month))
            tiles.published(published(key)[-1], ask(metric, period), at)

    left, right = body.columns()
    with left:
        tiles.header(t("forward_looking.axes"))
        lights.states(ask("forward_plans.plans", period, by=("axis", "light")), "axis", labels("axis"), open_only=True,
                      pick=lambda axis, light: filters.go("forward_looking", axis=axis, plan=None))  # fmt: skip
    with right:
        tiles.header(t("forward_looking.printed"))
        rows = claims.rows("axis", "forward_plans", "forward_plans", PRINTED_FOR, *COUNTS)
        tiles.table(claims.columns("axis", *COUNTS), rows, take=t("forward_looking.printed"))

    tiles.header(t("forward_looking.deeper"))
    with body.row():
        which = filters.option("list", {each: t(f"forward_looking.list_{each}") for each in ("late", "all")},
                               t("forward_looking.plans"), required=True)  # fmt: skip
        axis = filters.choice("axis")
        plan = plans.finder(axis, month)
    if plan:
        works = plans.works_of(plan, month)
        tiles.told(t("forward_looking.works_of", n=len(works)))
        tables.first(
            f"{t('forward_looking.works')} {plan}", plans.works_listed(works), FIRST,
            lambda place: filters.go("work", work=works[place]["work_id"]), plans.columns(), opens=WORK, goes=True,
        )  # fmt: skip
    elif axis or which == "all":
        held = plans.of_axis(axis, month)
        tiles.told(t("forward_looking.plans_of", n=len(held)))
        tables.first(
            t("forward_looking.plans"), plans.listed(held), FIRST,
            lambda place: filters.go("forward_looking", plan=held[place]["plan_id"]), plans.columns(), opens=PLAN,
            goes=True,
        )  # fmt: skip
    elif late := plans.behind(month):
        tiles.told(t("forward_looking.list", month=words.month(month)))
        tables.first(
            t("forward_looking.list_late"), plans.late(month), len(late),
            lambda place: filters.go("forward_looking", plan=late[place]["plan_id"]), plans.columns(), opens=PLAN,
            goes=True,
        )  # fmt: skip
        body.note(t("forward_looking.list_note"))
    else:
        body.nothing(t("forward_looking.list_none"))

elif view == "money":
    left, right = body.columns("left_wider")
    with left:
        tiles.header(t("forward_looking.budget"))
        charts.bars(ask("forward_plans.budget", period, by=("axis",)), "axis", labels("axis"), ordered=True,
                    pick=lambda axis: filters.go("forward_looking", view=None, axis=axis, plan=None))  # fmt: skip
    with right:
        tiles.header(t("forward_looking.subsidy"))
        tiles.table(plans.subsidy_columns(), plans.subsidy(), take=t("forward_looking.subsidy"), simulated=False)
        tiles.told("", tiles.about(ask("general_subsidy.score", by=("year",))))
    tiles.header(t("forward_looking.money"))
    tiles.table(plans.money_columns(), plans.money(period), take=t("forward_looking.money"),
                known=[ask(f"work_budgets.{name}", period) for name in plans.MONEY])  # fmt: skip
    body.note(t("forward_looking.money_note"))

elif view == "trend":
    tiles.header(t("forward_looking.trend"))
    rates = ("forward_plans.completion_rate", "forward_plans.on_schedule_rate")
    timelines.lines([ask(name, plans.until(period), by=("month",)) for name in rates])
    body.note(t("forward_looking.trend_note"))

else:
    tiles.header(t("forward_looking.claims"))
    tiles.table(reconciliation.columns(), claims.judged(*CLAIM), take=t("forward_looking.claims"))
    body.note(t("forward_looking.claims_note"))
