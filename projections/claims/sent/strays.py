"""Answers of a payer that belong to nothing that went out: a mistyped number, or a day too early.

What nobody hears is not worked on: a denial under another number runs out unread.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from veinledger.domain.facts.billing import ClaimAnswered
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.sent.sendings import Sending, sendings

RULE: Final = "an_answer_belongs_to_a_claim_that_went_out"
SOURCE: Final = "house rule: docs/claims.md, claims that went out"


def strays(case: Case, found: tuple[Bill, ...]) -> Iterator[Finding]:
    """One finding for each answer that belongs to no sending and to no claim that there is."""
    made = sendings(case)
    heard = {record.key for each in made for record, _ in each.answers}
    untold = {bill.key for bill in found} - {each.fact.claim_key for each in made}
    for record, fact in case.seen.of(ClaimAnswered):
        if record.key not in heard and fact.claim_key not in untold:
            yield _finding(record, fact, made)


def _finding(record: Record, fact: ClaimAnswered, made: tuple[Sending, ...]) -> Finding:
    later = [each for each in made if _is_about(fact, each)]
    sent = f"; {later[0].fact.label} went out on {later[0].record.day}, after it" if later else ""
    return Finding(
        rule=RULE,
        severity="warning",
        reason=f"the payer's answer of {record.day} ({fact.kind}) is about nothing that went out by"
        f" then{sent}",
        remedy="correct its numbers or its day, or record the submission that it answers: until"
        " then no claim says what the payer decided",
        source=SOURCE,
        records=(record.key,),
    )


def _is_about(fact: ClaimAnswered, sending: Sending) -> bool:
    if fact.claim_key is not None:
        return fact.claim_key == sending.fact.claim_key
    return fact.patient_control_number == sending.fact.patient_control_number
