"""What would five years of records look like if nobody had exported any yet? The simulated set, 108–112.

One CSV a source, with the headers its declaration names. The same seed gives the same bytes: no clock, no network.
Totals meet the published figures where a document is exact; everything else has the shape of a living city and
claims nothing. `scale` shrinks or grows only the sources that count single contacts, cases, answers and petitions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from data_pipeline.sample import city as cities
from data_pipeline.sample import filings, hotline, petitions, service, society
from data_pipeline.sample import until as earlier
from data_pipeline.sample.city import City
from data_pipeline.sample.tables import Writer
from data_pipeline.sample.works import Programme

SEED = 108112
FIRST, LAST = cities.FIRST.item(), cities.LAST.item()
SOURCES = (
    "hotline_contacts", "hotline_cases", "satisfaction_answers", "special_line_calls", "petitions",
    "forward_plans", "works", "work_progress", "work_budgets", "work_milestones", "work_changes", "work_lags",
    "site_visits", "mystery_audits", "phone_tests", "reply_reviews", "award_entries", "awards", "goal_results",
    "district_office_results", "budget_execution", "learning_hours", "volunteers", "joint_centre_visits",
    "youth_activities",
)  # fmt: skip


def generate(
    target: Path, seed: int = SEED, scale: float = 1.0, progress: Callable[[str, float], None] | None = None,
    until: dt.date | None = None,
) -> dict[str, Path]:  # fmt: skip
    """Write `<target>/<source>.csv` for every source of SOURCES; path by source.

    `scale` (0 < scale ≤ 100) multiplies the record-level sources; `progress` is told each source and the share done.
    With `until` (FIRST < until < LAST) the files are those that somebody had on that day; see until.py.
    """
    if not 0 < scale <= 100:
        raise ValueError(f"scale: 0 < {scale} ≤ 100 does not hold")
    if until and not FIRST < until < LAST:
        raise ValueError(f"until: {FIRST} < {until} < {LAST} does not hold")
    target.mkdir(parents=True, exist_ok=True)
    city = City(seed)
    written: dict[str, Path] = {}
    with Writer(target) as writer:
        for part in (
            lambda: hotline.tables(city, scale),
            lambda: petitions.tables(city, scale),
            lambda: filings.tables(city, Programme(city)),
            lambda: service.tables(city),
            lambda: society.tables(city),
        ):
            tables = part()
            for name, columns in earlier.cut(city, dict(tables), until).items() if until else tables:
                written[name] = writer.write(name, columns)
                if progress:
                    progress(name, len(written) / len(SOURCES))
    return written
