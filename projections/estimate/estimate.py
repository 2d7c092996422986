"""`estimate`: what each claim of an encounter is expected to be paid, with its arithmetic.

A pure function of the history, the directory and the dated tables. What is missing for a claim is
said beside it, and stands in no sum.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from veinledger.domain.centre.centre import Centre
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, History, KnownAt
from veinledger.projections.case.case import Case
from veinledger.projections.case.opening import case_of
from veinledger.projections.claims.assemble import claims_in
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.grouping import bills
from veinledger.projections.claims.shapes import Claim, ClaimSet
from veinledger.projections.estimate.answers import rate_with_answers, unheard, with_answer
from veinledger.projections.estimate.contract import (
    COUNTS,
    GOES_TO_NOBODY,
    agreed,
    by_contract,
    nobody_knows,
)
from veinledger.projections.estimate.findings import each_once_together, open_findings
from veinledger.projections.estimate.medicare import MEDICARE, medicare
from veinledger.projections.estimate.shapes import ClaimEstimate, Estimate, Payment, Step


def estimate(
    history: History, centre: Centre, rules: Rules, as_of: AsOf = None, known_at: KnownAt = None
) -> Estimate | None:
    """What the claims are expected to be paid; None where no complete page has the product."""
    case = case_of(history, centre, rules, as_of, known_at)
    if case is None:
        return None
    return estimate_of(case, claims_in(case, history, as_of))


def estimate_of(case: Case, made: ClaimSet) -> Estimate:
    """The same for claims that were made already, from the same facts."""
    pairs = tuple(_pairs(case, made))
    rates = agreed(pairs)
    inside = {label for each in rates for label in each.claims}
    each_claim = tuple(
        with_answer(case, _estimated(bill, claim), claim.label in inside) for bill, claim in pairs
    )
    at_risk = open_findings(made, each_claim, rates, case.settled())
    return Estimate(
        encounter=made.encounter,
        edition=made.edition,
        rule_pack=made.rule_pack,
        claims=each_claim,
        agreed=tuple(rate_with_answers(each, each_claim) for each in rates),
        at_risk=at_risk,
        at_risk_together=each_once_together(at_risk, each_claim, rates),
        notes=tuple(unheard(case, each_claim)),
    )


def _pairs(case: Case, made: ClaimSet) -> Iterator[tuple[Bill, Claim]]:
    by_key = {bill.key: bill for bill in bills(case)}
    return ((by_key[claim.key], claim) for claim in made.claims)


def _estimated(bill: Bill, claim: Claim) -> ClaimEstimate:
    return ClaimEstimate(
        key=claim.key,
        label=claim.label,
        kind=claim.kind,
        setting=bill.setting,
        first_day=claim.first_day,
        last_day=claim.last_day,
        payer=claim.payer,
        mechanism=claim.payment_mechanism,
        state=claim.state,
        counted=claim.state in COUNTS,
        standing=_standing(claim),
        payment=_payment(bill, claim),
    )


def _payment(bill: Bill, claim: Claim) -> Payment:
    if claim.draft in GOES_TO_NOBODY:
        return Payment(allowed=(_nothing(claim.draft_reason),))
    agreed_upon = by_contract(bill, claim)
    if agreed_upon is not None:
        return agreed_upon
    if bill.case.coverage_kind(bill.payer_day) == MEDICARE:
        return medicare(bill, claim)
    return nobody_knows(bill)


def _nothing(why: str) -> Step:
    return Step(
        what="nothing is owed to this site",
        arithmetic="0.00",
        amount=Decimal("0.00"),
        source=why,
    )


def _standing(claim: Claim) -> str:
    """In one sentence, why the claim's payment counts in the total or does not."""
    if claim.state in COUNTS:
        return f"{claim.state}: {claim.state_reason}"
    return f"not counted; {claim.state.replace('_', ' ')}: {claim.state_reason}"
