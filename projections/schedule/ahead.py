"""The schedules of the days ahead, all at once, as long as only the calendar goes on.

What is owed stays the same then, and each obligation turns from upcoming to due and to missed on
days that are known beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from veinledger.projections.schedule.assemble import Frame, Kind, pending_on
from veinledger.projections.schedule.kinds import support
from veinledger.projections.schedule.owed import Pending, obligation_on, turns
from veinledger.projections.schedule.question import Question, asked_on
from veinledger.projections.schedule.shapes import Obligation

FORESEEN: Final[frozenset[Kind]] = frozenset({support.support})
"""Kinds that hang on the day, of which the day of the next change follows from what they ask."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How an obligation stands from one day on, until the next stand of its course."""

    since: date
    obligation: Obligation


Course = tuple[Stand, ...]
"""All the ways in which one obligation stands, in order; the first one from the beginning."""


def stands_on(day: date, course: Course) -> Obligation:
    """As it stands on a day."""
    return next(stand.obligation for stand in reversed(course) if stand.since <= day)


def is_foreseen(known: Frame) -> bool:
    """Whether the days ahead can be told; not while a watch or a stay goes on, day by day."""
    return all(found is not None or kind in FORESEEN for kind, found in known.by_kind())


def ahead(known: Frame, on: date, changes: Iterable[date]) -> tuple[date, tuple[Course, ...]]:
    """The courses of what is owed on a day, and the last day before anything else is owed.

    The frame must be foreseen, and cover the day. `changes` are the days that facts and pages name:
    on no others anything begins or ends.
    """
    asked = asked_on(known.asked, on)
    found = [(kind, tuple(each)) for kind, each in pending_on(known, asked)]
    looks = (day for kind, each in found if kind in FORESEEN for day in support.turns(each))
    after = min((day for day in (*changes, *looks) if day > on), default=None)
    last = date.max if after is None else after - timedelta(days=1)
    return last, tuple(_course(asked, each) for _, kind in found for each in kind)


def _course(asked: Question, pending: Pending) -> Course:
    stands = [Stand(date.min, obligation_on(date.min, asked, pending))]
    for day in sorted(turns(pending)):
        later = obligation_on(day, asked, pending)
        if later is not stands[-1].obligation:
            stands.append(Stand(day, later))
    return tuple(stands)
