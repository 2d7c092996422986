"""What a claim's state is once it has gone out: what its last answer says, and never ready."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from veinledger.domain.facts.billing import ClaimAnswered
from veinledger.domain.reports import Record
from veinledger.projections.case.appealed import answers_of, sendings
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.sent.appealed import waits_for_the_payer
from veinledger.projections.claims.sent.sendings import BACK
from veinledger.projections.claims.sent.shapes import Proposal, Sent
from veinledger.projections.claims.sent.since import WentOut
from veinledger.projections.claims.shapes import Claim
from veinledger.projections.claims.words import State

Told = tuple[State, str]

AT_THE_PAYER: Final[frozenset[State]] = frozenset({"sent", "paid", "denied", "taken_back"})
"""States of claims that a payer has."""
AGAIN: Final = {"7": "it is to be replaced (frequency 7)", "8": "it is to be voided (frequency 8)"}
AS: Final = {"1": "sent", "7": "sent as a replacement", "8": "voided"}
"""How a claim went out, by its frequency."""


def with_status(claim: Claim, bill: Bill, went: WentOut, proposal: Proposal | None) -> Claim:
    """The claim in its state with the payer; one that is not there keeps that of its draft."""
    since = went.of(bill)
    sent = next((e for e in went.every if since and e.record == since.record.key), None)
    last = went.last_of(bill)
    if sent is None and last is not None:
        why = f"{_no_longer_there(last, bill)}; {claim.draft_reason}"
        return replace(claim, state=claim.draft, state_reason=why)
    told = _of_the_sending(sent) if sent else _only_answered(bill)
    if told is None:
        return claim
    waits = waits_for_the_payer(bill)
    waiting: Told | None = ("waiting", waits) if waits else None
    state, reason = waiting or told
    again = f"; {AGAIN[proposal.frequency]}" if proposal else ""
    return replace(claim, state=state, state_reason=f"{reason}{again}", sent=sent)


def _no_longer_there(last: Sent, bill: Bill) -> str:
    """Why what went out under a claim's key is not with a payer any more."""
    if last.outcome == "rejected":
        return f"sent on {last.day} and rejected on {last.answered}: it never arrived"
    if last.outcome == "void":
        return f"voided on {last.day}"
    if bill.inpatient:
        return f"what was sent on {last.day} was an outpatient claim, and the stay is another"
    return f"what was sent on {last.day} was the claim of a stay, and this is an outpatient one"


def _of_the_sending(sent: Sent) -> Told:
    number = f", payer's number {sent.payer_control_number}" if sent.payer_control_number else ""
    how = f"{AS[sent.frequency]} on {sent.day} as {sent.patient_control_number}, {sent.total:,.2f}"
    again = "as a replacement " if sent.frequency == "7" else ""
    out = f"{again}on {sent.day} as {sent.patient_control_number}, {sent.total:,.2f}"
    if sent.answer is None:
        return "sent", f"{out}; no answer is on record"
    if sent.answer in ("accepted", "pended"):
        return "sent", f"{out}; {sent.answer} on {sent.answered}{number}"
    return _decided(sent, how, number)


def _decided(sent: Sent, how: str, number: str) -> Told:
    amount = "" if sent.paid is None else f"{sent.paid:,.2f} "
    if sent.answer == "paid":
        return "paid", f"{amount}on {sent.answered}{number}; {how}"
    if sent.answer in BACK:
        return "taken_back", f"{sent.answer} {amount}on {sent.answered}{number}; {how}"
    codes = f" ({', '.join(f'CARC {each}' for each in sent.reasons)})" if sent.reasons else ""
    return "denied", f"on {sent.answered}{codes}{number}; {how}"


def _only_answered(bill: Bill) -> Told | None:
    """A payer that answered has it, though nobody told the ledger that it was sent."""
    seen = bill.case.seen
    answers: tuple[tuple[Record, ClaimAnswered], ...] = tuple(answers_of(seen, bill.key))
    if sendings(seen, bill.key) or not answers or answers[-1][1].kind == "rejected":
        return None
    record, fact = answers[-1]
    states: dict[str, State] = {"paid": "paid", "denied": "denied"}
    state = states.get(fact.kind, "taken_back" if fact.kind in BACK else "sent")
    kind = "" if fact.kind == state else f"{fact.kind} "
    return state, f"{kind}on {record.day}; nobody told when it was sent"
