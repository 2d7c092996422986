"""What was examined before the therapy: the newest of each kind, and the days on which age counts.

The newest result overrules what came before it. A payer looks at the evidence when it decides, so
an examination that was within its days then is not done again for its sake.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from veinledger.domain.facts.authorization import AuthorizationGranted, AuthorizationRequested
from veinledger.domain.facts.disease import ClearanceKind, ClearanceRecorded
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Examination:
    """The newest examination of a kind, and every one that had cleared the patient."""

    record: Record
    fact: ClearanceRecorded
    cleared: tuple[Record, ...] = ()
    """In the order in which they happened; the newest examination too, where it cleared."""

    @property
    def day(self) -> date:
        """The day of the newest."""
        return self.record.day

    @property
    def overruled(self) -> Record | None:
        """The last that had cleared the patient before a newest one that did not."""
        if self.fact.result == "cleared" or not self.cleared:
            return None
        return self.cleared[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """A record that was young enough, on which day, and how many days old it was then."""

    record: Record
    counted_on: date

    @property
    def days(self) -> int:
        """Its age on the day that counts."""
        return (self.counted_on - self.record.day).days


def examination(case: Case, kind: ClearanceKind, day: date) -> Examination | None:
    """The newest examination of a kind on or before a day; None where none is recorded."""
    known = [
        pair
        for pair in case.seen.of(ClearanceRecorded)
        if pair[1].kind == kind and pair[0].day <= day
    ]
    if not known:
        return None
    record, fact = known[-1]
    cleared = tuple(each for each, said in known if said.result == "cleared")
    return Examination(record=record, fact=fact, cleared=cleared)


def days_on_which_age_counts(case: Case, on: date) -> tuple[date, ...]:
    """The day itself, then those before it on which its payer was asked or said yes, newest first.

    Source: the page's checklist: imaging within a recent window of the request.
    """
    return tuple(dict.fromkeys((on, *sorted(_asked_on(case, on), reverse=True))))


def young_enough(
    case: Case, examined: Iterable[Record], within: int | None, on: date
) -> Aged | None:
    """The newest record that was at most so many days old on a day that counts.

    Where `within` is None any age will do.
    """
    for record in reversed(tuple(examined)):
        for counted in days_on_which_age_counts(case, on):
            aged = Aged(record=record, counted_on=counted)
            if aged.days >= 0 and (within is None or aged.days <= within):
                return aged
    return None


def _asked_on(case: Case, on: date) -> Iterator[date]:
    covered = case.coverage(on)
    payer = covered[1].payer if covered else None
    asked = ((record, fact.payer) for record, fact in case.seen.of(AuthorizationRequested))
    granted = ((record, fact.payer) for record, fact in case.seen.of(AuthorizationGranted))
    for record, whom in (*asked, *granted):
        if whom == payer and record.day <= on:
            yield record.day
