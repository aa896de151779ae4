"""How does one agency or one district stand, each figure beside the city's? For when its head stands up."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard import body, filed, filters, heard, look, periods, tables, tiles, warehouse, words, works
from dashboard.periods import Period
from dashboard.tiles import Column
from dashboard.warehouse import Answer, ask, labels, table
from dashboard.words import pick, t

LISTED = 18  # works on paper: what fits on one A4; the style sheet shows as many as the screen is high
REASONS = 5
FIRST = 40  # units of the list to pick from: all districts
# What is said of each kind of unit; figures that are kept by the year are asked for the period's year.
FIGURES = {
    "agency_id": (
        "hotline.contacts", "cases.on_time_rate", "petitions.received", "petitions.on_time_rate", "petitions.mean_days",
        "petitions.open_overdue", "works.on_schedule_rate", "forward_plans.on_schedule_rate", "filings.on_time_rate",
        "agency_budgets.executed_to_allocated_rate", "agency_budgets.executed_to_budget_rate", "learning.mean_hours",
        "service_reviews.mystery_audit_score", "service_reviews.phone_test_score", "service_reviews.reply_on_time_rate",
        "awards.awards",
    ),
    "district_id": (
        "hotline.contacts", "cases.received", "cases.on_time_rate", "cases.open_overdue", "petitions.received",
        "petitions.on_time_rate", "petitions.mean_days", "petitions.open_overdue", "works.registered",
        "works.on_schedule_rate", "forward_works.works", "forward_works.completion_rate",
        "work_budgets.executed_to_allocated_rate", "site_visits.visits",
    ),
}  # fmt: skip
MART = {"agency_id": "marts.agencies", "district_id": "marts.districts"}
COUNTED = ("contacts_12m", "petitions_12m", "open_overdue_12m", "open_works", "seriously_behind", "halted")


@dataclass(frozen=True)
class Unit:
    """An agency or a district, and the period it is looked at in."""

    dimension: str
    code: str
    period: Period

    @property
    def where(self) -> dict[str, list[str]]:
        return {self.dimension: [self.code]}

    @property
    def name(self) -> str:
        return pick(warehouse.labels(self.dimension)[self.code])


def show(dimension: str, key: str) -> None:
    """The page of a kind of unit, chosen under `key` in the link; a list to pick from where none is chosen."""
    body.whole()
    top = body.place()
    bar = body.place("abreast unit_bar")
    with bar:
        chosen = filters.choice(dimension, key)
    if not chosen:
        with top:
            tiles.title(t(f"{key}.choose"), simulated=True)
        rows = all_of(dimension)
        tables.first(t(f"{key}.list"), listing(dimension, rows), FIRST,
                     lambda place: filters.go(key, **{key: rows[place][dimension]}), goes=True)  # fmt: skip
        body.note(t("one_page.list_note"))
        return

    unit = Unit(dimension, chosen[0], filters.period())
    with top:
        tiles.title(message(unit), answers=answers(unit))
    with bar:
        tiles.counted(chips(unit))

    behind = late(unit)
    left, right = body.columns("right_wider one_page")
    with left:
        tiles.header(t("one_page.late", n=words.amount(len(behind), "works")))
        if behind:
            with body.place("one_page_late"):
                tiles.table(late_columns(), behind[:LISTED], compact=True)
                if len(behind) > LISTED:
                    body.note(t("one_page.rest", n=LISTED))
        else:
            body.nothing(t("one_page.none_late"))
        with body.place("abreast screen_only"):
            _ways(unit, key)
            body.note(t("one_page.print_note"))
        tiles.header(t("one_page.categories"))
        tiles.table(*categories(unit), compact=True)
    with right:
        tiles.header(t("one_page.figures"), t("one_page.marks"))
        tiles.table(figure_columns(unit), [_marked(row) for row in figures(unit)], compact=True,
                    take=f"{unit.name} {t('one_page.figures')}", known=known(unit))  # fmt: skip
    with body.place("paper_only"):
        body.note(imprint(unit))


def _ways(unit: Unit, key: str) -> None:
    """Buttons to where the unit is looked at from nearer."""
    for page, narrowed in (("works", {"view": "register"}), ("petitions", {}), ("sites", {})):
        button, is_pressed = heard.pressed(f"to-{page}", t(f"one_page.to_{page}"), "→")
        body.put(button)
        if is_pressed:
            filters.go(page, **{key: unit.code}, **narrowed)


def message(unit: Unit) -> str:
    """The page's one sentence, computed: its works in trouble, and how it answers petitions."""
    counts = states(unit)
    late = sum(counts.get(light, 0) for light in works.LATE)
    opened = sum(count for light, count in counts.items() if light != "completed")
    rate = ask("petitions.on_time_rate", unit.period, where=unit.where).value
    return t(
        "one_page.message", name=unit.name, open=words.number(opened), late=words.number(late),
        petitions=t("one_page.petitions", period=words.period(unit.period), rate=words.amount(rate, "percent"))
        if rate is not None else "",
    )  # fmt: skip


def answers(unit: Unit) -> list[Answer]:
    return [
        ask("works.registered", unit.period, where=unit.where),
        ask("petitions.received", unit.period, where=unit.where),
    ]


def states(unit: Unit) -> dict[str, int]:
    """Works under control by light, at the end of the period."""
    where = unit.where | {"control_class": ["major", "forward_small"]}
    rows = ask("works.registered", unit.period, by=("light",), where=where).rows
    return {row["light"]: row["value"] for row in rows if row["light"]}


def chips(unit: Unit) -> list[tuple[str, str]]:
    """Each state with its number, in the fixed order; for the row of chips."""
    counts = states(unit)
    return [(light, words.number(counts[light])) for light in look.STATES if counts.get(light)]


def late_columns() -> list[Column]:
    names = ("light", "work", "gap", "why", "promised")
    return [Column(t(f"one_page.{name}"), {"gap": "right", "light": "name"}.get(name, "")) for name in names]


def late(unit: Unit) -> list[list[object]]:
    """Its works in trouble at the reach of the filings, the worst first, with the answers they owe."""
    real, agencies = works.named(), warehouse.labels("agency_id")
    rows = table("marts.works", unit.where | {"light": list(works.LATE), "control_class": ["major", "forward_small"]})
    rows = [row for row in rows if row["work_id"] not in real]
    return [
        [
            tiles.badge(look.STATES[row["light"]], pick(warehouse.labels("light")[row["light"]])),
            tiles.link(row["title"], filters.address("work", work=row["work_id"])),
            tiles.stacked(t("one_page.points", n=words.number(row["gap_points"], 1)),
                          t("work.days", n=words.number(row["gap_days"]))),
            tiles.stacked(filed.cause(row["lag_cause"], row["lag_factor"]), row["remedy"]),
            tiles.stacked(f"{'✖ ' if row['is_promise_broken'] else ''}{words.day(row['promised_on'])}",
                          pick(agencies.get(row["owner_id"] or row["agency_id"]))),
        ]
        for row in sorted(rows, key=lambda row: (*works.rank(row), row["work_id"]))
    ]  # fmt: skip


def categories(unit: Unit) -> tuple[list[Column], list[list[object]]]:
    """Why people petition: the most frequent reasons side by side, each with its number and share."""
    answer = ask("petitions.received", unit.period, by=("category",), where=unit.where)
    whole = sum(row["value"] for row in answer.rows) or 1
    most = sorted(answer.rows, key=lambda row: -row["value"])[:REASONS]
    names = labels("category")
    heads = [Column(pick(names.get(row["category"])) or t("frame.unknown")) for row in most]
    return heads, [[
        tiles.stacked(words.amount(row["value"], answer.metric.unit), words.amount(row["value"] / whole, "percent"))
        for row in most
    ]]  # fmt: skip


def imprint(unit: Unit) -> str:
    """What paper has to say for itself: sources, how far they reach, and the day of printing."""
    sources = {pick(source): source for answer in answers(unit) for source in answer.provenance.sources}
    return t(
        "one_page.imprint", sources="、".join(sources) if words.language() == "zh" else ", ".join(sources),
        day=words.day(periods.today()),
    )  # fmt: skip


def figure_columns(unit: Unit) -> list[Column]:
    beside = [Column(t(f"one_page.{name}"), "right") for name in ("before", "city")]
    return [
        Column(t("one_page.system"), "name"),
        Column(t("one_page.figure"), "name"),
        Column(t("one_page.own"), "right"),
        *beside,
    ]


def figures(unit: Unit) -> list[list[object]]:
    """Each figure of the unit, a year earlier, the city's, and whether its target is met; empty ones are left out."""
    told = []
    for name in FIGURES[unit.dimension]:
        here = ask(name, unit.period, where=unit.where)
        if here.value is None:
            continue
        earlier = unit.period.year_earlier()
        before = ask(name, earlier, where=unit.where).value if earlier else None
        metric = here.metric
        light = ""
        if metric.target is not None:
            met = here.value >= metric.target if metric.better != "down" else here.value <= metric.target
            light = t("frame.met" if met else "frame.missed")
        values = (here.value, before, ask(name, unit.period).value)
        system = pick(warehouse.catalogue().find(name)[0].title)
        told.append([system, pick(metric.label), *(words.amount(value, metric.unit) for value in values), light])
    if unit.dimension == "agency_id" and (ranked := _rank(unit)):
        told.append(ranked)
    return told


def known(unit: Unit) -> list[Answer]:
    """The figures as metrics, for what is to be known of them."""
    return [ask(name, unit.period, where=unit.where) for name in FIGURES[unit.dimension]]


def _marked(row: list[object]) -> list[object]:
    """A row of `figures` for the page: the light stands as a shape at the unit's own figure."""
    system, figure, own, *beside, light = row
    return [system, figure, f"{light[:1]} {own}".strip(), *beside]


def all_of(dimension: str) -> list[dict]:
    """Every unit of the kind that has anything to show, in its fixed order."""
    rows = table(MART[dimension], None, "sort")
    return [row for row in rows if any(row[name] for name in COUNTED)]


def listing(dimension: str, rows: list[dict]) -> list[dict[str, object]]:
    """The units with their key figures, to pick from."""
    return [
        {pick(warehouse.dimension(dimension).label): pick(row)}
        | {t(f"one_page.{name}"): row[name] for name in COUNTED}
        | {t("one_page.on_time_12m"): _share(row)}
        for row in rows
    ]


def _rank(unit: Unit) -> list[object] | None:
    period = unit.period
    year = periods.year((period.start or table("marts.works", None, None, 1)[0]["month"]).year - periods.ROC)
    rows = table("marts.service_units_year", {"agency_id": [unit.code]}, "year")
    found = {row["year"]: row for row in rows}
    here, before = found.get(year.start), found.get(year.year_earlier().start)
    if not here:
        return None
    of = len(table("marts.service_units_year", {"year": [year.start]}))
    earlier = t("one_page.rank", n=before["rank"]) if before else "—"
    return [
        pick(warehouse.catalogue().sets["service_reviews"].title),
        t("one_page.service_rank"),
        t("one_page.rank", n=here["rank"]),
        earlier,
        t("one_page.of", n=of),
        "",
    ]


def _share(row: dict) -> float | None:
    judged = sum(row[name] or 0 for name in ("closed_on_time_12m", "closed_late_12m", "open_overdue_12m"))
    return round((row["closed_on_time_12m"] or 0) / judged * 100, 1) if judged else None
