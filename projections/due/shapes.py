"""What a due list is made of: one row an obligation, and what must be seen before any row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from veinledger.domain.lifecycle.stages import Stage
from veinledger.projections.case.unconfirmed import Unconfirmed
from veinledger.projections.due.standstill import Standstill
from veinledger.projections.schedule import Course, Obligation, Schedule, stands_on

WITHIN: Final = 30
"""Days ahead that a due list looks where nobody says how far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """One encounter with its schedule, as a list over all encounters takes it in."""

    centre: str | None
    """None as long as nobody has opened the encounter."""
    owed: Schedule


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OwingAhead:
    """One encounter over some days, over which only the calendar goes on."""

    days: Standstill
    owing: Owing
    """Without its obligations."""
    courses: tuple[Course, ...]

    def on(self, day: date) -> Iterator[Obligation]:
        """The obligations of one of the days."""
        return (stands_on(day, course) for course in self.courses)

    def __repr__(self) -> str:
        return f"<owing ahead: {len(self.courses)} obligations>"


def with_obligations(owing: Owing, obligations: tuple[Obligation, ...]) -> Owing:
    """The same with these obligations."""
    return replace(owing, owed=replace(owing.owed, obligations=obligations))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of the list is asked for."""

    late: bool = False
    """Only what is overdue, or was kept late."""
    centre: str | None = None
    group: str | None = None
    within: int | None = WITHIN
    """How many days ahead to look for what is not due yet; None: as far as the calendars go."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Owed:
    """One obligation of one encounter on the day that is asked about."""

    encounter: str
    centre: str | None
    stage: Stage
    days: int
    """Days until the last day on which it is on time; below zero it is overdue by so many."""
    obligation: Obligation
    also: tuple[str, ...] = ()
    """Further encounters that wait for the same certificate of their centre."""

    @property
    def is_late(self) -> bool:
        """Whether its window closed before anybody kept it."""
        return self.obligation.status in ("missed", "late")

    def __repr__(self) -> str:
        return f"<owed: {self.obligation.status}, {self.days} days>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Reported:
    """An infusion, a death, an admission or a grade that is reported and not confirmed."""

    encounter: str
    centre: str | None
    report: Unconfirmed

    def __repr__(self) -> str:
        return f"<reported: {self.report.type}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutCalendar:
    """An infused patient for whom no calendar could be worked out."""

    encounter: str
    centre: str | None
    infused_on: date


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DueList:
    """Who is owed what on a day, over all encounters; what presses most stands first."""

    on: date
    edition: str
    rule_pack: str
    wanted: Wanted
    encounters: int
    """Encounters that were looked at."""
    ended: dict[Stage, int]
    """How many of them have come to an end, and to which."""
    reported_not_confirmed: tuple[Reported, ...]
    without_calendar: tuple[WithoutCalendar, ...]
    owed: tuple[Owed, ...]
    further_ahead: int
    """Obligations that open later than the list looks ahead."""
    for_good: int
    """Missed, and not listed: the next of the series is owed by now, or the encounter ended."""
    gaps: dict[str, int]
    """Last days that nobody can name, with what is missing, and in how many places."""

    def __repr__(self) -> str:
        return f"<due list: {len(self.owed)} obligations of {self.encounters} encounters>"

    @property
    def late(self) -> int:
        """How many obligations of the list are overdue or were kept late."""
        return sum(each.is_late for each in self.owed)
