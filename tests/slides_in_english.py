"""What does an English deck look like, with texts as long as English makes them, and bodies that the other lacks?"""

from __future__ import annotations

import dataclasses
import datetime as dt

from dashboard.meeting.model import Cell, Chart, Column, Deck, Figure, Grid, Slide
from tests.slide_examples import ODD
from tests.slide_examples import deck as chinese

MONTHS = tuple(f"{name} 23" for name in ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"))
WORDS = {"ahead": "Ahead", "on_schedule": "On schedule", "behind": "Behind", "seriously_behind": "Seriously behind",
         "halted": "Halted", "not_filed": "Not filed"}  # fmt: skip


def deck() -> Deck:
    """Every kind of body; titles of two and three lines, figures too long for four in a row, words alone."""
    zh = {slide.key: slide for slide in chinese().slides}
    common = {"as_of": "Data to 31 Dec 2023", "simulated": True, "notes": ("22.6% fewer than in December 2022.", "Expect: why fewer?"),
              "sources": ("1999 contact records (RDEC)", "Satisfaction call-backs", "Works under control, monthly reports"), "link": "/hotline?year=112&lang=en"}  # fmt: skip
    figures = (
        Figure("Contacts in the year", "243,861", "contacts", "243,861 contacts", 243861, "hotline.contacts", ("22.6% less than 2022", "Published nearly 1.42 M cases (2019–2023)")),
        Figure("Satisfaction after the call", "97.4", "%", "97.41%", 0.9741, "satisfaction.after_call_rate", ("Target 95.0%",), "on_schedule", "On schedule"),
        Figure("Budget executed", "989.87", "bn NT$", "NT$989,870,000,000", 989_870_000_000, "", ("1.2 points less than a month ago",), "seriously_behind", "Seriously behind"),
        Figure("Reports not filed", "4", "works", "4 works", 4, "", (), "not_filed", "Not filed"),
    )
    trend = dataclasses.replace(
        zh["volume"].chart, categories=MONTHS, suffix="k contacts", alt="Contacts of 1999 over 12 months", target_text="Target 25 k",
        events=((6, "Typhoon Doksuri"), (7, "Typhoon Haikui (simulated)"), (11, "Line upgraded")),
        series=tuple(dataclasses.replace(each, name=name, texts=tuple(f"{v:.1f} k contacts" for v in each.values))
                     for each, name in zip(zh["volume"].chart.series, ("2023", "Year before"), strict=True)),
    )  # fmt: skip
    states = dataclasses.replace(
        zh["states"].chart, categories=("NT$50 M and more", "Forward-looking under NT$50 M"), suffix="works", alt="Works by state",
        series=tuple(dataclasses.replace(each, name=WORDS[each.role]) for each in zh["states"].chart.series),
    )  # fmt: skip
    curve = dataclasses.replace(
        zh["work"].chart, categories=MONTHS, alt="Planned and actual progress", gap="27.5 percentage points and 252 days behind",
        series=tuple(dataclasses.replace(each, name=name) for each, name in zip(zh["work"].chart.series, ("Planned", "Actual"), strict=True)),
    )  # fmt: skip
    bars = dataclasses.replace(zh["agencies"].chart, categories=("Water Resources Bureau", "Public Works Bureau", "Transportation Bureau", ODD),
                               suffix="works", alt="Works behind by agency",
                               series=(dataclasses.replace(zh["agencies"].chart.series[0], texts=("12 works", "9 works", "4 works", "1 work")),))  # fmt: skip
    grid = Grid(
        (Column("Work", 0.3), Column("State", 0.17), Column("Gap", 0.15, "right"), Column("Reason", 0.16), Column("Who acts", 0.12), Column("Promised for", 0.1, "right")),
        tuple(
            (Cell(f"Simulated work {number:04}, drainage of the industrial park" if number else ODD, strong=True), Cell("Seriously behind" if number % 2 else "Halted", "seriously_behind" if number % 2 else "halted"),
             Cell("−27.5 pp / 252 days"), Cell("Land acquisition"), Cell("Water Resources Bureau"), Cell("30 Apr 2024"))
            for number in range(8)
        ),
        "19 more in the register",
    )  # fmt: skip
    places = dataclasses.replace(zh["map"].map, alt="37 districts and 8 works", counts=tuple((state, WORDS[state], many) for state, _, many in zh["map"].map.counts))
    rates = Chart("trend", MONTHS, (dataclasses.replace(trend.series[0], name="Satisfaction", values=(96.1, 96.4, 97.0, 96.8, 97.1, 97.4, 97.2, 97.0, 96.9, 97.3, 97.5, 97.4), texts=("97.4%",) * 12),),
                  "%", "Satisfaction over 12 months", (0, 3, 6, 9, 11), 95.0, "Target 95%")  # fmt: skip
    title = "Review of major construction and basic facilities"
    slides = (
        Slide("cover", "cover", "", title, as_of=common["as_of"], simulated=True),
        Slide("headline", "figures", "Overview", "2023: 1999 took 243,861 contacts, and 97.4% of those who answered were content", figures, **common),
        Slide("three", "figures", "Overview", "Three figures to begin with", (figures[1], figures[3], figures[1]), **common),
        Slide("volume", "trend", "1999 hotline", "22.6% fewer contacts in December 2023 than a year before", figures[:1], trend, told="1.2 k contacts in December 2023, the fewest of the year; the month is not over.", **common),
        Slide("rates", "trend", "1999 hotline", "Satisfaction stays above its target", figures[1:4], rates, told="97.4% in December 2023.", **common),
        Slide("agencies", "bars", "Agencies behind", "Water Resources has the most works behind: 12", chart=bars, told="Water Resources most, 12 works, 46.2% of all.", **common),
        Slide("states", "states", "Works under control", "124 works under control, 26 of them behind or halted", figures[3:], states, told="244 works, 201 as planned.", **common),
        Slide("work", "work", "A single work", "Simulated work 1252, drainage of the industrial park and of the road along the dyke at Anping, is halted and 252 days behind its plan", chart=curve, told="Land acquisition; Water Resources Bureau; caught up by 30 Apr 2024.", **common),
        Slide("list", "works", "Quarterly list", "27 works seriously behind or halted, the worst first", grid=grid, **common),
        Slide("map", "map", "Where they are", "Seriously behind works crowd in five districts on the coast", map=places, told="Three more places are approximate.", **common),
        Slide("words", "text", "Since the last meeting", "Nothing changed its light", told="No work turned red since the meeting of 26 Feb 2024, and none of the decisions of that day is overdue.", **common),
    )  # fmt: skip
    return Deck(title, "26 March 2024", "en", "b00001-abcdef01", dt.datetime(2024, 3, 26, 1, 0, tzinfo=dt.UTC), "△ Simulated", slides,
                "113-03", dt.date(2024, 3, 26))  # fmt: skip
