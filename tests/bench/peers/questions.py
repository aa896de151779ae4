"""What do the four charts of every peer show? Rows of the marts for a year and a district, and the figures of them.

A file beside the peers' own pages, not a module of the product: they run in environments without it.
"""

import functools
import sys

import duckdb

YEARS = ["all", "2023", "2022", "2021", "2020", "2019"]
TITLES = ("Contacts by month and channel", "Satisfied, by month", "Agencies: days to close", "Contacts by district")
LAYOUT = {"height": 360, "margin": {"l": 90, "r": 20, "t": 40, "b": 40}}
PATH = next((each for each in sys.argv if each.endswith(".duckdb")), "")


@functools.cache
def base():
    return duckdb.connect(PATH, read_only=True)


@functools.lru_cache(maxsize=4096)
def rows(sql, values=()):
    return base().cursor().execute(sql, list(values)).fetchall()


def districts():
    return ["all", *(name for (name,) in rows("select distinct district from districts order by 1"))]


def answers(year, district):
    """Rows of the four charts."""
    told, values = ["true"], []
    if year != "all":
        told, values = [*told, "year = ?"], [*values, int(year)]
    when, of = " and ".join(told), tuple(values)
    if district != "all":
        told, values = [*told, "district = ?"], [*values, district]
    where, by = " and ".join(told), tuple(values)
    return (
        rows(f"select month, channel, sum(contacts)::bigint from volume where {where} group by all order by 1, 2", by),
        rows(f"select month, sum(good) / sum(answers) from satisfaction where {when} group by all order by 1", of),
        rows(f"""select agency, sum(hours * cases) / sum(cases) / 24, min(hours) filter (where upto >= 0.9 * every) / 24
                 from (select *, sum(cases) over (partition by agency order by hours) as upto,
                              sum(cases) over (partition by agency) as every
                       from (select agency, hours, sum(cases) as cases from days where {where} group by all))
                 group by agency order by sum(cases) desc, 1 limit 10""", by),
        rows(f"select district, sum(contacts)::bigint from districts where {where} group by all order by 2, 1", by),
    )  # fmt: skip


@functools.lru_cache(maxsize=1024)
def figures(year, district):
    """The four figures as plain dicts."""
    volume, good, days, places = answers(year, district)
    lines = [
        {"type": "scatter", "mode": "lines", "name": channel, "x": [r[0].isoformat() for r in volume if r[1] == channel],
         "y": [r[2] for r in volume if r[1] == channel]}
        for channel in dict.fromkeys(r[1] for r in volume)
    ]  # fmt: skip
    rate = {"type": "scatter", "mode": "lines", "x": [r[0].isoformat() for r in good], "y": [r[1] for r in good]}
    both = [
        {"type": "bar", "name": name, "x": [r[0] for r in days], "y": [r[at] for r in days]}
        for at, name in ((1, "mean"), (2, "p90"))
    ]
    bars = {"type": "bar", "orientation": "h", "x": [r[1] for r in places], "y": [r[0] for r in places]}
    axes = ("contacts", "share", "days", "")
    return tuple(
        {"data": data, "layout": LAYOUT | {"title": {"text": title}, "yaxis": {"title": {"text": axis}}}}
        for data, title, axis in zip((lines, [rate], both, [bars]), TITLES, axes, strict=True)
    )
