"""What payers answered to a claim, and the course of its appeals, from the records in effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from veinledger.domain.facts.appeal import AppealAnswered, AppealFiled
from veinledger.domain.facts.authorization import AuthorizationDenied
from veinledger.domain.facts.billing import ClaimAnswered, ClaimSubmitted
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import Effective
from veinledger.projections.case.case import Case

WON = frozenset({"overturned", "partly overturned"})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Course:
    """The appeals of one claim or request since it was last sent, in the order of events."""

    filed: tuple[tuple[Record, AppealFiled], ...] = ()
    answered: tuple[tuple[Record, AppealAnswered], ...] = ()

    @property
    def open(self) -> tuple[Record, AppealFiled] | None:
        """The last appeal, where the payer has not decided it."""
        last = self.filed[-1] if self.filed else None
        if last is None or any(_decides(answer, last) for answer in self.answered):
            return None
        return last

    @property
    def decided(self) -> tuple[Record, AppealAnswered] | None:
        """The last decision, where no further appeal is open."""
        return self.answered[-1] if self.answered and self.open is None else None

    @property
    def level(self) -> int:
        """The level that is open, or that can be asked for next."""
        if self.open is not None:
            return self.open[1].level
        filed = [fact.level for _, fact in self.filed]
        return max((*filed, *(fact.level for _, fact in self.answered)), default=0) + 1


def _decides(answer: tuple[Record, AppealAnswered], filed: tuple[Record, AppealFiled]) -> bool:
    return answer[1].level >= filed[1].level and answer[0].day >= filed[0].day


def sendings(seen: Effective, key: str) -> tuple[tuple[Record, ClaimSubmitted], ...]:
    """Each time that a claim went out, by its key."""
    return tuple(pair for pair in seen.of(ClaimSubmitted) if pair[1].claim_key == key)


def answers_of(seen: Effective, key: str) -> Iterator[tuple[Record, ClaimAnswered]]:
    """What the payer answered to a claim, by its key or by the number that it was sent under."""
    numbers = {fact.patient_control_number for _, fact in sendings(seen, key)}
    for record, fact in seen.of(ClaimAnswered):
        if _is_about(fact.claim_key, fact.patient_control_number, key, numbers):
            yield record, fact


def course_of(case: Case, key: str, denied: Record | None = None) -> Course:
    """The appeals of a claim since it was last sent; of an earlier denial, those of its time."""
    sent = sendings(case.seen, key)
    numbers = {fact.patient_control_number for _, fact in sent}
    numbers |= {fact.patient_control_number for _, fact in answers_of(case.seen, key)}
    first, until = _time_of(tuple(record for record, _ in sent), denied)
    return Course(
        filed=tuple(
            (record, fact)
            for record, fact in case.seen.of(AppealFiled)
            if _is_about(fact.claim_key, fact.patient_control_number, key, numbers)
            and first <= record.day < until
        ),
        answered=tuple(
            (record, fact)
            for record, fact in case.seen.of(AppealAnswered)
            if _is_about(fact.claim_key, fact.patient_control_number, key, numbers)
            and first <= record.day < until
        ),
    )


def course_of_a_request(case: Case, record: Record, denied: AuthorizationDenied) -> Course:
    """The appeals of a denied request, which name its reference."""
    mine = denied.reference
    if mine is None:
        return Course()
    return Course(
        filed=tuple(
            pair
            for pair in case.seen.of(AppealFiled)
            if mine in (pair[1].reference, pair[1].patient_control_number)
            and pair[1].payer == denied.payer
            and pair[0].day >= record.day
        ),
        answered=tuple(
            pair
            for pair in case.seen.of(AppealAnswered)
            if mine in (pair[1].reference, pair[1].patient_control_number)
            and pair[0].day >= record.day
        ),
    )


def _is_about(named: str | None, number: str, key: str, numbers: Iterable[str]) -> bool:
    """By the claim's key; where none is named, by the number that it was sent under."""
    return named == key if named is not None else number in numbers


def _time_of(sent: Iterable[Record], denied: Record | None) -> tuple[date, date]:
    """From the sending that was denied to the next one; a denial without a sending: all time."""
    days = sorted(record.day for record in sent)
    until = date.max
    if denied is not None:
        until = min((day for day in days if day > denied.day), default=date.max)
        days = [day for day in days if day <= denied.day]
    return (days[-1] if days else date.min), until
