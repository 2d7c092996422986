"""Every time that a claim went out, what the payer answered to it, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

from veinledger.domain.facts.billing import ClaimAnswered, ClaimSubmitted
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.claims.sent.shapes import Outcome, Sent

REPLACE: Final[Literal["7"]] = "7"
VOID: Final[Literal["8"]] = "8"
BACK: Final = frozenset({"reversed", "recouped"})
"""Answers by which the payer takes back what it paid."""

Answer = tuple[Record, ClaimAnswered]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Sending:
    """One submission with the answers to it, in the order in which they came."""

    record: Record
    fact: ClaimSubmitted
    answers: tuple[Answer, ...] = ()

    def __repr__(self) -> str:
        return f"<sending of {self.fact.label}>"

    @property
    def rejected(self) -> bool:
        """Whether the payer turned it away before it became a claim of theirs."""
        return bool(self.answers) and self.answers[-1][1].kind == "rejected"

    @property
    def numbers(self) -> Iterator[str]:
        """The payer's numbers of it, the newest first."""
        told = (fact.payer_control_number for _, fact in reversed(self.answers))
        return (number for number in told if number is not None)


def sendings(case: Case) -> tuple[Sending, ...]:
    """Every submission in effect, in the order in which they happened."""
    made = tuple(Sending(record=record, fact=fact) for record, fact in case.seen.of(ClaimSubmitted))
    answers: dict[str, list[Answer]] = {each.record.key: [] for each in made}
    for record, fact in case.seen.of(ClaimAnswered):
        mine = _answers_to(case, made, record, fact)
        if mine is not None:
            answers[mine.record.key].append((record, fact))
    return tuple(replace(each, answers=tuple(answers[each.record.key])) for each in made)


def _answers_to(
    case: Case, made: tuple[Sending, ...], record: Record, fact: ClaimAnswered
) -> Sending | None:
    """The last sending before an answer under its number; else the last of the claim it names."""
    before = [each for each in made if case.came_before(each.record, record)]
    number, named = fact.patient_control_number, fact.claim_key
    by_number = [
        each
        for each in before
        if each.fact.patient_control_number == number and named in (None, each.fact.claim_key)
    ]
    by_key = [each for each in before if each.fact.claim_key == named]
    found = by_number or by_key
    return found[-1] if found else None


def told(sending: Sending, outcome: Outcome) -> Sent:
    """A sending as it is shown."""
    fact, last = sending.fact, sending.answers[-1] if sending.answers else None
    answer = last[1] if last else None
    return Sent(
        record=sending.record.key,
        key=fact.claim_key,
        label=fact.label,
        day=sending.record.day,
        payer=fact.payer,
        frequency=fact.frequency,
        patient_control_number=fact.patient_control_number,
        total=fact.total,
        edition=fact.edition,
        rule_pack=fact.rule_pack,
        directory=fact.directory,
        outcome=outcome,
        answer=answer.kind if answer else None,
        answered=last[0].day if last else None,
        answered_by=last[0].key if last else None,
        payer_control_number=next(sending.numbers, None),
        paid=_paid(answer) if answer else None,
        reasons=tuple(dict.fromkeys(each.carc for each in answer.adjustments)) if answer else (),
    )


def _paid(answer: ClaimAnswered) -> Decimal | None:
    """What came with an answer; what was taken back is below 0, whichever sign was printed."""
    if answer.paid is None or answer.kind not in BACK:
        return answer.paid
    return answer.paid.copy_abs().copy_negate()
