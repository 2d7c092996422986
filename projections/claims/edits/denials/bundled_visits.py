"""Denial 10: surveillance visits that a case rate has paid already, or that it leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.centre.directory import Contract
from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.findings import Finding
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.contract import case_rate
from veinledger.projections.claims.edits.payers.answers import answers_to, reasons_of
from veinledger.projections.claims.edits.reading import posted, say
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.known import known_as


@edit("E", "E0", denial=10, source="page: denial 10; the contract's own clause")
def a_visit_inside_the_case_rate_goes_out_on_no_line(draft: Draft) -> Iterator[Finding]:
    """Sent or charged by the line though the rate includes it: a denial, or money taken back."""
    bill, contract = draft.bill, case_rate(draft.bill)
    if contract is None:
        return
    sent = [
        record
        for record, fact in bill.case.seen.of(ClaimSubmitted)
        if fact.claim_key == draft.claim.key and fact.frequency != "8"
    ]
    charges = [key for each in posted(draft) for key in each.records]
    if sent or charges:
        yield say(
            (bill.anchor.key, *(record.key for record in sent), *charges),
            f"the case rate includes this visit ({contract.clause}), and it was "
            f"{'sent' if sent else 'charged'} by the line",
            "void what was sent" if sent else "let the charge stand as bundled; send no claim",
            holds=bool(sent),
        )


@edit("E", denial=10, source="page: denial 10; the contract's own clause")
def a_visit_outside_the_case_rate_quotes_the_clause(draft: Draft) -> Iterator[Finding]:
    """A payer with a case rate takes every visit for bundled: say why this one is not."""
    bill, contract = draft.bill, draft.bill.case.contract(draft.bill.payer_day)
    rate = contract.case_rate if contract else None
    if contract is None or rate is None or "E" not in rate.covers:
        return
    if case_rate(bill) is None:
        yield say(
            (bill.anchor.key,),
            f"the payer has a case rate for surveillance and this visit is outside it: "
            f"{_why(bill, contract)}",
            f"bill it by the line and quote the clause ({contract.clause}) with the day of the "
            "infusion and the documented reason for the visit",
            "notice",
        )


@edit("E", "E0", denial=10, source="page: denial 10; X12 claim adjustment reasons")
def a_visit_that_was_denied_as_bundled_is_answered(draft: Draft) -> Iterator[Finding]:
    """The contract decides: a write-off inside the rate, an appeal outside it."""
    bundled = known_as(draft.bill.case, "answer_bundled")
    for record, fact in answers_to(draft):
        if not bundled.keys() & reasons_of(fact) or fact.kind not in ("denied", "paid"):
            continue
        contract = case_rate(draft.bill)
        yield say(
            (draft.bill.anchor.key, record.key),
            "the payer answered that the visit is paid with another service",
            f"accept it, the case rate includes it ({contract.clause})"
            if contract
            else "appeal with the contract (no case rate includes this visit), the visit's note and"
            " its documented condition; where the payer has no contract on file, ask for its"
            " policy on surveillance after CAR-T",
        )


def _why(bill: Bill, contract: Contract) -> str:
    rate = contract.case_rate
    anchor = bill.case.first_of(rate.anchor) if rate else None
    if rate is None or bill.kind in rate.excludes:
        return "its kind is excluded"
    if anchor is None:
        return "what the rate counts from has not happened"
    since = (bill.first_day - anchor.day).days
    return f"day {since}, where the rate covers {rate.days} days from day {rate.first_day}"
