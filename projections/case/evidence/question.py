"""What is asked of the evidence for one item of a payer's checklist, and what was found.

The packet of the prior authorization and the gates before a step read the same evidence through
the functions of this package, so that neither says the opposite of the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from veinledger.domain.centre.certification import Certification
from veinledger.domain.policies.policy import Ask
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case

State = Literal["not met", "missing", "expired", "have", "not asked"]
"""`not met`: what is on record speaks against it (ECOG 3 where 0 to 2 is asked for). `expired`: it
was there and is too old, or ended. `not asked`: nobody asks for it on this day."""

FROM_THE_WORST: Final[tuple[State, ...]] = ("not met", "missing", "expired", "have", "not asked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One item that is asked for, of one encounter, on the day on which its evidence must stand."""

    case: Case
    on: date
    ask: Ask
    payer: str | None = None
    """Who asks, by directory name."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Reading:
    """What the evidence says about one item."""

    state: State
    found: str
    """What is there, what is missing, or why nobody asks; a clause without a patient's identity."""
    remedy: str = ""
    """The fact that would supply it."""
    records: tuple[Record, ...] = ()
    certificates: tuple[Certification, ...] = ()

    def __repr__(self) -> str:
        return f"<reading: {self.state}>"


def have(found: str, *records: Record) -> Reading:
    """The evidence is there."""
    return Reading(state="have", found=found, records=records)


def missing(found: str, remedy: str, *records: Record) -> Reading:
    """Something is not on record; the records are those that hold a part of it."""
    return Reading(state="missing", found=found, remedy=remedy, records=records)


def expired(found: str, remedy: str, *records: Record) -> Reading:
    """It was there, and its days are over."""
    return Reading(state="expired", found=found, remedy=remedy, records=records)


def not_met(found: str, remedy: str, *records: Record) -> Reading:
    """What is on record speaks against it."""
    return Reading(state="not met", found=found, remedy=remedy, records=records)


def not_asked(found: str) -> Reading:
    """Nobody asks for it on this day, and why."""
    return Reading(state="not asked", found=found)


def together(readings: Iterable[Reading]) -> Reading:
    """Several readings as one: the worst state, with everything that was found."""
    found = tuple(readings)
    states = [each.state for each in found]
    worst: State = next(state for state in FROM_THE_WORST if state in states)
    return Reading(
        state=worst,
        found="; ".join(each.found for each in found),
        remedy="; ".join(dict.fromkeys(each.remedy for each in found if each.remedy)),
        records=tuple(dict.fromkeys(record for each in found for record in each.records)),
        certificates=tuple(held for each in found for held in each.certificates),
    )
