"""Between which days a schedule says the same, so that it need not be worked out for each.

What a schedule says of a day changes on a day on which something happened, on one that a fact
names (a coverage begins, or has ended), on the day on which a window opens, and on the day after
one closes; on no other. Funds that open and close are looked at on the first of some months. Tests
hold every kind of obligation to it, day by day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from types import NoneType
from typing import Any, Final, cast

from veinledger.domain.facts.base import Fact, Group
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules
from veinledger.domain.support.programme import Offer, Programme
from veinledger.projections.schedule import Schedule

_A_DAY = timedelta(days=1)
_DATELESS: Final = frozenset({str, int, bool, float, Decimal, NoneType})
"""What most fields of a fact hold."""


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
    centre's certificates, and those on which the pages of support change.
    """
    opened = (each.opens for each in owed.obligations)
    over = (each.closes + _A_DAY for each in owed.obligations if each.closes < date.max)
    return between(chain(happened, opened, over, _looked_at(owed, on)), on)


def between(days: Iterable[date], on: date) -> Standstill:
    """From the last of some days up to one day, to the day before the next of them."""
    first, after = date.min, date.max
    for day in days:
        if day > on:
            after = min(after, day)
        else:
            first = max(first, day)
    return Standstill(first=first, last=after if after == date.max else after - _A_DAY)


def days_told(records: Iterable[Record]) -> tuple[date, ...]:
    """The days of these records, those that their facts name, and the day after each; once each."""
    told: set[date] = set()
    for record in records:
        told.add(record.day)
        for day in _named(record.fact):
            told.add(day)
            if day < date.max:
                told.add(day + _A_DAY)
    return tuple(sorted(told))


def days_happened(records: Iterable[Record]) -> tuple[date, ...]:
    """The days of these records, once each: between two of them nothing comes about."""
    return tuple(sorted({record.day for record in records}))


def days_of_the_pages(rules: Rules) -> Iterator[date]:
    """The days on which a row about support begins to hold, or does no more."""
    for row in (*rules.listing.all(Programme), *rules.listing.all(Offer)):
        yield row.since
        if row.until is not None:
            yield row.until


def _named(value: object) -> Iterator[date]:
    if isinstance(value, date):
        yield value
    elif isinstance(value, (Fact, Group)):
        for name in cast("Any", value).__dataclass_fields__:
            held = getattr(value, name)
            if type(held) not in _DATELESS:
                yield from _named(held)
    elif isinstance(value, tuple):
        for item in cast("tuple[object, ...]", value):
            yield from _named(item)


def _looked_at(owed: Schedule, on: date) -> Iterator[date]:
    """The first of this month and of the next, and the day after the look."""
    if owed.of("support"):
        first = on.replace(day=1)
        yield from (first, first + _A_DAY, (first + 31 * _A_DAY).replace(day=1))
