"""Which days does 「112 年第 1 季」 cover, and what is it compared with?

A period is written in a link as `112`, `112Q1`, `112-03`, `108-112` or `all`; the years are 民國.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

ROC = 1911
TAIPEI = ZoneInfo("Asia/Taipei")


@dataclass(frozen=True)
class Period:
    """A half-open span of days [start, end); either side None where it is open. `code` is its form in a link."""

    code: str
    start: dt.date | None
    end: dt.date | None

    @property
    def months(self) -> int | None:
        """How many months it spans; None where a side is open."""
        if self.start is None or self.end is None:
            return None
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month

    def holds(self, day: dt.date) -> bool:
        """Whether a day lies in it."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)

    def before(self) -> Period | None:
        """The span of the same length right before."""
        return self._moved(self.months) if self.months else None

    def year_earlier(self) -> Period | None:
        """The same span one year earlier."""
        return self._moved(12) if self.months and self.months <= 12 else None

    def up_to(self, reach: dt.date | None) -> Period | None:
        """The part of it that data reaching to `reach` fill with whole months; None where that is nothing.

        What is compared with another year is compared by this: eleven months against twelve would be a fall.
        """
        if reach is None or self.start is None or self.end is None or reach >= self.end - dt.timedelta(days=1):
            return self
        end = (reach + dt.timedelta(days=1)).replace(day=1)
        return Period(_code(self.start, end), self.start, end) if end > self.start else None

    def _moved(self, months: int) -> Period:
        start, end = _shift(self.start, -months), _shift(self.end, -months)
        return Period(_code(start, end), start, end)


ALL = Period("all", None, None)


def today() -> dt.date:
    """The reader's calendar day; only what is due is held against it, never a figure."""
    return dt.datetime.now(TAIPEI).date()


def parse(code: str) -> Period | None:
    """The period behind a code of a link; None where it is not one."""
    code = (code or "").strip()
    if code == "all":
        return ALL
    if found := re.fullmatch(r"(\d{2,3})", code):
        return year(int(found[1]))
    if found := re.fullmatch(r"(\d{2,3})[Qq]([1-4])", code):
        start = dt.date(int(found[1]) + ROC, int(found[2]) * 3 - 2, 1)
        return Period(code.upper(), start, _shift(start, 3))
    if (found := re.fullmatch(r"(\d{2,3})-(\d{2})", code)) and 1 <= int(found[2]) <= 12:
        start = dt.date(int(found[1]) + ROC, int(found[2]), 1)
        return Period(code, start, _shift(start, 1))
    if (found := re.fullmatch(r"(\d{2,3})-(\d{2,3})", code)) and int(found[1]) <= int(found[2]):
        return Period(code, year(int(found[1])).start, year(int(found[2])).end)
    return None


def month(day: dt.date) -> Period:
    """The month of a day."""
    first = day.replace(day=1)
    return Period(_code(first, _shift(first, 1)), first, _shift(first, 1))


def year(roc: int) -> Period:
    """A whole 民國 year."""
    return Period(str(roc), dt.date(roc + ROC, 1, 1), dt.date(roc + ROC + 1, 1, 1))


def months(first: dt.date, last: dt.date) -> list[dt.date]:
    """The first days of the months from one to another, both included."""
    span = (last.year - first.year) * 12 + last.month - first.month
    return [_shift(first, number) for number in range(span + 1)]


def parts_of(roc: int) -> list[Period]:
    """The year, its quarters and its months."""
    return [
        parse(code)
        for code in (str(roc), *(f"{roc}Q{q}" for q in range(1, 5)), *(f"{roc}-{m:02}" for m in range(1, 13)))
    ]


def _shift(day: dt.date, months: int) -> dt.date:
    index = day.year * 12 + day.month - 1 + months
    return dt.date(index // 12, index % 12 + 1, 1)


def _code(start: dt.date, end: dt.date) -> str:
    roc, months = start.year - ROC, (end.year - start.year) * 12 + end.month - start.month
    if months == 1:
        return f"{roc}-{start.month:02}"
    if months == 3 and start.month % 3 == 1:
        return f"{roc}Q{(start.month + 2) // 3}"
    if months == 12 and start.month == 1:
        return str(roc)
    return f"{roc}-{(_shift(end, -1)).year - ROC}" if start.month == 1 and end.month == 1 else ""
