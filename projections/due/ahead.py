"""What an encounter owes over the days ahead, for a list of any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Final

from veinledger.projections.due.shapes import Owing, OwingAhead, with_obligations
from veinledger.projections.due.standstill import Standstill, standstill
from veinledger.projections.schedule import (
    Frame,
    Schedule,
    Stand,
    ahead,
    is_foreseen,
    schedule_of,
    schedule_on,
)

A_YEAR: Final = 366
"""Days: so far ahead it is worked out."""
STANDSTILLS: Final = 12
"""So many spans, where a watch or a stay goes on: a month of a watch has about as many."""


def ahead_of(known: Frame, on: date, changes: Sequence[date], until: date) -> Iterator[OwingAhead]:
    """What is owed from a day on, and no longer than to a last one, by which nothing happens.

    `changes` are the days that facts and pages name. The frame must cover all these days.
    """
    last = min(until, _a_year_after(on))
    if is_foreseen(known):
        return _one_after_the_other(lambda day: _foreseen(known, day, changes, last), on, last)
    spans = _one_after_the_other(lambda day: _standing_still(known, day, changes), on, last)
    return islice(spans, STANDSTILLS)


def _a_year_after(day: date) -> date:
    """The last day that there is, where that lies beyond."""
    return date.fromordinal(min(day.toordinal() + A_YEAR, date.max.toordinal()))


def _one_after_the_other(
    span_of: Callable[[date], OwingAhead], on: date, last: date
) -> Iterator[OwingAhead]:
    """Up to the span that covers the last day."""
    while True:
        span = span_of(on)
        yield span
        if span.days.covers(last):
            return
        on = span.days.last + timedelta(days=1)


def _foreseen(known: Frame, on: date, changes: Sequence[date], until: date) -> OwingAhead:
    """Over which only the calendar goes on."""
    last, courses = ahead(known, on, changes)
    return OwingAhead(
        days=Standstill(first=on, last=min(last, until)),
        owing=_owing(known, schedule_of(known, ())),
        courses=courses,
    )


def _standing_still(known: Frame, on: date, changes: Sequence[date]) -> OwingAhead:
    """Where a watch or a stay goes on: until the calendar does."""
    owed = schedule_on(known, on)
    return as_one_span(standstill(owed, on, changes), _owing(known, owed))


def _owing(known: Frame, owed: Schedule) -> Owing:
    return Owing(centre=known.asked.seen.state.centre, owed=owed)


def as_one_span(days: Standstill, owing: Owing) -> OwingAhead:
    """What is owed over days on which not even the calendar goes on."""
    courses = tuple((Stand(date.min, each),) for each in owing.owed.obligations)
    return OwingAhead(days=days, owing=with_obligations(owing, ()), courses=courses)
