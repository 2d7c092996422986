"""Between which days a schedule says the same, so that it need not be worked out for each.

What a schedule says of a day changes on a day on which something happened, on the day on which a
window opens, and on the day after one closes; on no other. Tests hold every kind of obligation to
it, day by day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from veinledger.projections.schedule import Schedule

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """Days over which nothing changes, both ends included."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        """Whether a day lies within."""
        return self.first <= day <= self.last


def standstill(owed: Schedule, on: date, happened: Iterable[date]) -> Standstill:
    """The days around one on which a schedule is the same as on that one.

    `happened` are the days of all that is known of the encounter, in effect or not, and of its
    centre's certificates.
    """
    opened = (each.opens for each in owed.obligations)
    over = (each.closes + _A_DAY for each in owed.obligations if each.closes < date.max)
    first, after = date.min, date.max
    for day in chain(happened, opened, over):
        if day > on:
            after = min(after, day)
        else:
            first = max(first, day)
    return Standstill(first=first, last=after if after == date.max else after - _A_DAY)
