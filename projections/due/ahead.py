"""What an encounter owes over the days ahead, for a list of any of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Final

from veinledger.projections.due.shapes import Owing, OwingAhead, with_obligations
from veinledger.projections.due.standstill import Standstill, standstill
from veinledger.projections.schedule import Frame, Stand, ahead, is_foreseen, schedule_on

A_YEAR: Final = 366
"""So far ahead it is worked out."""
STANDSTILLS: Final = 12
"""So many of them, where a watch or a stay goes on: a month of a watch has about as many."""


def ahead_of(known: Frame, on: date, changes: Sequence[date], until: date) -> Iterator[OwingAhead]:
    """What is owed from a day on, and no longer than to a last one, by which nothing happens.

    `changes` are the days that facts and pages name.
    """
    last = min(until, _a_year_after(on))
    if is_foreseen(known):
        return owing_ahead(known, on, changes, last)
    return islice(owing_day_by_day(known, on, changes, last), STANDSTILLS)


def _a_year_after(day: date) -> date:
    """The last day that there is, where that lies beyond."""
    return date.fromordinal(min(day.toordinal() + A_YEAR, date.max.toordinal()))


def owing_ahead(
    known: Frame, on: date, changes: Sequence[date], until: date
) -> Iterator[OwingAhead]:
    """Span after span from a day on, up to the one that ends on the last day.

    The frame must be foreseen and cover all these days.
    """
    centre = known.asked.seen.state.centre
    while True:
        found = ahead(known, on, changes)
        last = min(found.last, until)
        yield OwingAhead(
            days=Standstill(first=on, last=last),
            owing=Owing(centre=centre, owed=found.schedule),
            courses=found.courses,
        )
        if last == until:
            return
        on = date.fromordinal(last.toordinal() + 1)


def owing_day_by_day(
    known: Frame, on: date, changes: Sequence[date], until: date
) -> Iterator[OwingAhead]:
    """The same where a watch or a stay goes on: from each standstill to the next."""
    centre = known.asked.seen.state.centre
    while on <= until:
        owed = schedule_on(known, on)
        days = standstill(owed, on, changes)
        yield as_one_span(days, Owing(centre=centre, owed=owed))
        if days.last >= until:
            return
        on = days.last + timedelta(days=1)


def as_one_span(days: Standstill, owing: Owing) -> OwingAhead:
    """What is owed over days on which not even the calendar goes on."""
    courses = tuple((Stand(date.min, each),) for each in owing.owed.obligations)
    return OwingAhead(days=days, owing=with_obligations(owing, ()), courses=courses)
