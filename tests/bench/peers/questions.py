"""What do the four charts of every peer show? Rows of the marts for a year and a district, and the figures of them.

Used as a file beside the peers' own: they run in environments without the product.
"""

import functools
import sys

import duckdb

YEARS = ["all", "2023", "2022", "2021", "2020", "2019"]
LAYOUT = {"height": 360, "margin": {"l": 90, "r": 20, "t": 10, "b": 40}, "showlegend": True}
PATH = sys.argv[1] if len(sys.argv) > 1 and sys.argv[1].endswith(".duckdb") else ""


@functools.cache
def base():
    return duckdb.connect(PATH, read_only=True)


@functools.lru_cache(maxsize=4096)
def rows(sql, values=()):
    return base().cursor().execute(sql, list(values)).fetchall()


def districts():
    return [("all", "全市"), *rows("select district_id, zh from districts_zh order by district_id")]


def answers(year, district):
    """Rows of the four charts."""
    told, values = ["true"], []
    if year != "all":
        told, values = [*told, "year = ?"], [*values, int(year)]
    when, of = " and ".join(told), tuple(values)
    if district != "all":
        told, values = [*told, "district_id = ?"], [*values, district]
    where, by = " and ".join(told), tuple(values)
    return (
        rows(f"select month, channel, sum(contacts) from volume where {where} group by all order by 1, 2", by),
        rows(f"select month, sum(good) / sum(answers) from satisfaction where {when} group by all order by 1", of),
        rows(f"""select zh, sum(mean * cases) / sum(cases), max(p90) from days join agencies_zh using (agency_id)
                 where {where} group by all order by sum(cases) desc, 1 limit 10""", by),
        rows(f"""select zh, sum(contacts) from districts join districts_zh using (district_id)
                 where {where} group by all order by 2, 1""", by),
    )  # fmt: skip


@functools.lru_cache(maxsize=1024)
def figures(year, district):
    """The four figures as plain dicts."""
    volume, good, days, places = answers(year, district)
    lines = [
        {"type": "scatter", "mode": "lines", "name": channel, "x": [r[0].isoformat() for r in volume if r[1] == channel],
         "y": [float(r[2]) for r in volume if r[1] == channel]}
        for channel in dict.fromkeys(r[1] for r in volume)
    ]  # fmt: skip
    rate = {"type": "scatter", "mode": "lines", "x": [r[0].isoformat() for r in good], "y": [float(r[1]) for r in good]}
    means, tails = (
        {"type": "bar", "name": name, "x": [r[0] for r in days], "y": [float(r[at]) for r in days]}
        for at, name in ((1, "平均"), (2, "p90"))
    )
    bars = {"type": "bar", "orientation": "h", "x": [float(r[1]) for r in places], "y": [r[0] for r in places]}
    title = f"{year} {district}"
    return tuple(
        {"data": data, "layout": LAYOUT | {"title": {"text": title, "font": {"size": 11}}}}
        for data in (lines, [rate], [means, tails], [bars])
    )
