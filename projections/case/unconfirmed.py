"""Reported, not confirmed: what somebody said happened to the patient and has no place yet.

It counts for nothing, and must not be invisible: an infused patient is looked after although a
receipt was not keyed in, and nobody phones a family unaware of a death that was reported.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Final

from veinledger.domain.reports import Occurrence, Record
from veinledger.domain.standing.history import AsOf, Effective
from veinledger.domain.standing.order import by_day, dated
from veinledger.domain.standing.standing import Standing

SHOWN_AT_ONCE: Final = {
    "cells.infused": "infusion",
    "patient.admitted": "admission",
    "patient.died": "death",
    "crs.graded": "CRS grade",
    "icans.graded": "ICANS grade",
    "toxicity.observed": "toxicity",
}
"""What shows at once though it waits or is disputed, and what people call it."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Unconfirmed:
    """A fact about the patient that was reported and is not in effect."""

    record: str
    """Report key."""
    type: str
    occurred: Occurrence
    standing: Standing
    reason: str
    """In a sentence: the infusion of 2026-05-01 is reported, not confirmed: waits for ..."""

    def __repr__(self) -> str:
        return f"<{self.type}, {self.standing}>"


def reported_not_confirmed(seen: Effective, as_of: AsOf = None) -> tuple[Unconfirmed, ...]:
    """What waits or is disputed and shows at once; first what waits, each in order of events."""
    found = [_unconfirmed(record, seen) for record in parked(seen, SHOWN_AT_ONCE, as_of)]
    return tuple(sorted(found, key=lambda each: each.standing.status != "waiting"))


def parked(seen: Effective, types: Container[str], as_of: AsOf = None) -> tuple[Record, ...]:
    """The records of some types that wait or are disputed, in the order of events."""
    found = (
        record
        for record in seen.not_in_effect(as_of)
        if record.fact.type in types and seen.standings[record.key].status != "superseded"
    )
    return tuple(record for _, day in by_day(found, dated) for record in day)


def reasons(standing: Standing) -> str:
    """Why a record has no place, in a few words."""
    if standing.waits_for is not None:
        return f"waits for {standing.waits_for}"
    against = "; ".join(dict.fromkeys(each.reason for each in standing.objections))
    return f"disputed: {against}" if against else "disputed"


def _unconfirmed(record: Record, seen: Effective) -> Unconfirmed:
    standing = seen.standings[record.key]
    what = f"the {SHOWN_AT_ONCE[record.fact.type]} of {record.day}"
    return Unconfirmed(
        record=record.key,
        type=record.fact.type,
        occurred=record.occurred,
        standing=standing,
        reason=f"{what} is reported, not confirmed: {reasons(standing)}",
    )
