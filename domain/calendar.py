"""Calendar arithmetic over local dates: months that end when the shorter month ends."""

from __future__ import annotations

from datetime import date
from typing import Final

_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later; the last day where the month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, _length(year, month)))


def _length(year: int, month: int) -> int:
    """How many days a month has; January is 0."""
    leap = month == 1 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return _DAYS[month] + leap
