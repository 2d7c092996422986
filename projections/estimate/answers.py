"""What payers answered beside what was expected of them: paid, denied, under appeal, taken back.

An answer is compared where both amounts are known. Nothing here is a reason: why a payer denied is
said by `projections/appeals`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from veinledger.domain.dollars import added, cents, less
from veinledger.domain.facts.billing import ClaimAnswered
from veinledger.domain.reports import Record
from veinledger.projections.case.appealed import WON, answers_of, course_of, sendings
from veinledger.projections.case.case import Case
from veinledger.projections.estimate.contract import BY_PLAN
from veinledger.projections.estimate.shapes import (
    Agreed,
    Answered,
    AnswerState,
    ClaimEstimate,
    Payment,
)

Answer = tuple[Record, ClaimAnswered]

BACK: Final = frozenset({"reversed", "recouped"})
DECIDES: Final = frozenset({"paid", "denied", *BACK})
NOT_PAID: Final = frozenset({"denied", "under appeal", "appeal won"})
"""Of these the payer owes nothing yet, whatever was expected."""
NOT_TOLD: Final = "not compared: the answer does not tell the amount"
IN_PART: Final = "not compared: a part of what is expected is not estimated"
IN_A_RATE: Final = "compared with its case rate as a whole"
TWICE: Final = (
    "not compared: two payments and no reversal between them; nobody told whether the second takes"
    " the place of the first"
)


def with_answer(case: Case, claim: ClaimEstimate, in_a_rate: bool) -> ClaimEstimate:
    """The claim beside its answer; one that was denied counts in no total of what will be paid."""
    found = _answered(case, claim, in_a_rate)
    if found is None or found.state not in NOT_PAID or not claim.counted:
        return replace(claim, answered=found)
    standing = f"not counted; {found.state} on {found.day}"
    return replace(claim, answered=found, counted=False, standing=standing)


def rate_with_answers(rate: Agreed, claims: Iterable[ClaimEstimate]) -> Agreed:
    """A case rate beside everything that was paid on the claims inside it."""
    inside = [each for each in claims if each.label in rate.claims]
    answers = [each.answered for each in inside if each.answered is not None]
    paid = [each.paid for each in answers]
    if not answers or any(each is None for each in paid):
        return rate
    net = added(each for each in paid if each is not None)
    shares = added(each.patient or Decimal(0) for each in answers)
    expected = [rate.amount, *(each.expected for each in inside)]
    known = [each for each in expected if each is not None]
    whole = len(known) == len(expected) and not any(each.payment.gaps for each in inside)
    if not whole:
        return replace(rate, answered=net)
    together = added(known)
    difference = less(added((net, shares)), together)
    return replace(rate, answered=net, together=together, difference=difference)


def unheard(case: Case, claims: Iterable[ClaimEstimate]) -> Iterator[str]:
    """Each payment that was answered to a claim which there is no more: it stands in no sum."""
    heard = {r.key for each in claims for r, _ in answers_of(case.seen, each.key)}
    for record, fact in case.seen.of(ClaimAnswered):
        if record.key not in heard and fact.kind in DECIDES and fact.paid:
            yield (
                f"the answer of {record.day} ({fact.kind}, {fact.paid:,.2f}) names no claim that"
                " there is now: it stands in no sum; find out which claim it was for"
            )


def _answered(case: Case, claim: ClaimEstimate, in_a_rate: bool) -> Answered | None:
    answers = _decisions(case, claim.key)
    last = _since_it_was_sent(case, claim.key, answers)
    if last is None:
        return None
    record, fact = last
    paid, back = _net(answers), _taken_back(answers)
    shares = [each.patient_responsibility for _, each in answers if each.kind == "paid"]
    patient = added(each for each in shares if each is not None) if any(shares) else None
    state = _state(case, claim.key, record, fact)
    difference, says = None, ""
    if state not in NOT_PAID:
        difference, says = _compared(claim, paid, patient, answers, in_a_rate)
    return Answered(
        state=state,
        day=record.day,
        record=record.key,
        paid=paid,
        taken_back=back,
        patient=patient,
        difference=difference,
        says=says,
    )


def _decisions(case: Case, key: str) -> tuple[Answer, ...]:
    """In their order; of one day what was taken back first, as a remittance reverses and pays."""
    every = (each for each in answers_of(case.seen, key) if each[1].kind in DECIDES)
    return tuple(sorted(every, key=lambda each: (each[0].day, each[1].kind not in BACK)))


def _since_it_was_sent(case: Case, key: str, answers: tuple[Answer, ...]) -> Answer | None:
    """The last decision about what was sent last; before it comes, nothing is answered."""
    sent = sendings(case.seen, key)
    after = [each for each in answers if not sent or case.came_before(sent[-1][0], each[0])]
    return after[-1] if after else None


def _state(case: Case, key: str, record: Record, fact: ClaimAnswered) -> AnswerState:
    if fact.kind == "paid":
        return "paid"
    course = course_of(case, key, record)
    if course.open is not None:
        return "under appeal"
    if course.decided is not None and course.decided[1].outcome in WON:
        return "appeal won"
    return "taken back" if fact.kind in BACK else "denied"


def _amount(fact: ClaimAnswered) -> Decimal | None:
    """What came, or went back, whichever sign the payer printed; a denial without one is 0."""
    if fact.paid is None:
        return Decimal("0.00") if fact.kind == "denied" else None
    return cents(fact.paid.copy_abs().copy_negate() if fact.kind in BACK else fact.paid)


def _net(answers: Iterable[Answer]) -> Decimal | None:
    """All that came less all that went back; None where an amount is not told or not certain."""
    amounts = [_amount(fact) for _, fact in answers]
    if any(each is None for each in amounts) or _paid_twice(answers):
        return None
    return added(each for each in amounts if each is not None)


def _taken_back(answers: Iterable[Answer]) -> Decimal:
    amounts = (_amount(fact) for _, fact in answers if fact.kind in BACK)
    return added(each for each in amounts if each is not None)


def _paid_twice(answers: Iterable[Answer]) -> bool:
    """Two payments with nothing taken back between them."""
    before = False
    for _, fact in answers:
        now = fact.kind == "paid" and bool(fact.paid)
        if now and before:
            return True
        before = now or (before and fact.kind not in BACK)
    return False


def _compared(
    claim: ClaimEstimate,
    paid: Decimal | None,
    patient: Decimal | None,
    answers: Iterable[Answer],
    in_a_rate: bool,
) -> tuple[Decimal | None, str]:
    """The difference from what was expected of the payer, or why there is none."""
    expected = claim.expected
    if paid is None:
        return None, TWICE if _paid_twice(answers) else NOT_TOLD
    if in_a_rate:
        return None, IN_A_RATE
    if expected is None or claim.payment.gaps:
        return None, IN_PART
    if _includes_the_patient(claim.payment):
        told = f"{patient:,.2f}" if patient is not None else "not told"
        both = added((paid, patient or Decimal(0)))
        return less(both, expected), f"the contract's amount has the patient's share in it: {told}"
    return less(paid, expected), ""


def _includes_the_patient(payment: Payment) -> bool:
    return BY_PLAN in payment.notes
