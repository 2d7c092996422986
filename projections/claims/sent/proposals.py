"""What to do about claims that went out and no longer say what happened: replace them or void them.

What a payment window moved since a claim was derived, what a claim hung on and lost, and what was
corrected or came late change the facts; that today's rules would sort services otherwise proposes
nothing by itself: a person who read the finding may ask for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, Literal

from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.decided import settlements
from veinledger.projections.claims.bills.bill import Bill, service_day
from veinledger.projections.claims.charges.nights import days_in_words
from veinledger.projections.claims.sent.appealed import until_decided
from veinledger.projections.claims.sent.changed import changed
from veinledger.projections.claims.sent.detail import with_detail, with_what_the_rules_changed
from veinledger.projections.claims.sent.sendings import REPLACE, VOID
from veinledger.projections.claims.sent.shapes import Proposal
from veinledger.projections.claims.sent.since import Since, WentOut

SOURCE: Final = "NUBC claim frequency codes; Medicare claims manual 3, 40.3"


def proposals(case: Case, went: WentOut, otherwise: Iterable[Finding]) -> tuple[Proposal, ...]:
    """One for each claim that went out and must be sent again, in the order of the labels.

    Of the edition that is asked; `otherwise` are the findings that rules changed since.
    """
    asked = {each.records[0]: each for each in otherwise}
    mine = (each for each in went.out if each.sent.edition == case.rules.edition)
    made = (
        _proposed(case, each) or _asked_for(case, each, asked.get(each.record.key)) for each in mine
    )
    return tuple(sorted((each for each in made if each), key=lambda each: each.label))


def _proposed(case: Case, since: Since) -> Proposal | None:
    """A void where nothing stands under its key, a replacement where what it says is otherwise."""
    if since.lost:
        left = "what is left is replaced" if since.now else "nothing of it is left"
        reason = f"{_where_it_went(since, since.lost)}; {left}"
        return _proposal(case, since, REPLACE if since.now else VOID, reason, since.lost)
    if since.now is None:
        why = _why_it_is_gone(case, since)
        return _proposal(case, since, VOID, why) if why else None
    if since.gained:
        reason = f"{_where_it_went(since, since.gained)}; it belongs on this claim"
        return _proposal(case, since, REPLACE, reason, since.gained)
    return _of_what_changed(case, since) if since.was and since.now else None


def _of_what_changed(case: Case, since: Since) -> Proposal | None:
    """The same claim says something else, or another payer is to have it."""
    was, now = since.was, since.now
    if was is None or now is None:
        return None
    payers = [payer_of(was), payer_of(now)]
    if payers[0] != payers[1]:
        reason = f"{payers[1] or 'nobody'} pays for its day, and {payers[0] or 'nobody'} did"
        return _proposal(case, since, VOID, reason)
    found = None if since.fixed_by_itself else changed(was, now)
    if found is None:
        return None
    made = _bare(case, since, REPLACE, f"what happened is told otherwise since: {found}")
    return with_detail(replace(made, records=found.records), since)


def _asked_for(case: Case, since: Since, found: Finding | None) -> Proposal | None:
    """A person read that today's rules bill it otherwise, and wants the payer to have that."""
    settled = settlements(case.seen).get(found.key) if found else None
    if found is None or settled is None or since.now is None:
        return None
    fact = settled.fact
    if not isinstance(fact, FindingSettled) or fact.code != REPLACE:
        return None
    number = settled.number_in(case.seen.encounter)
    made = _bare(case, since, REPLACE, f"record {number} asks for it: {found.reason}")
    return with_what_the_rules_changed(replace(made, records=(settled.key,)), since)


def payer_of(bill: Bill) -> str | None:
    """Who pays for a bill's day."""
    covered = bill.case.coverage(bill.payer_day)
    return covered[1].payer if covered else None


def _where_it_went(since: Since, services: Iterable[Record]) -> str:
    """By which admission, or onto which claim, what was given on which days."""
    days: dict[str, set[date]] = {}
    for record in services:
        bill = since.bill_of(record)
        moved = bill.moved.get(record.key) if bill else None
        if moved is not None:
            said = f"the admission of {moved.onto.day} drew in what was given on"
        else:
            said = f"a claim {bill.kind} bills now what was given on" if bill else "nothing bills"
        days.setdefault(said, set()).add(service_day(record))
    return "; ".join(f"{said} {days_in_words(sorted(on))}" for said, on in sorted(days.items()))


def _why_it_is_gone(case: Case, since: Since) -> str | None:
    """Why no claim has its key any more; None where only the rules would say so."""
    first = case.chains.first
    if first(since.sent.anchor) not in {first(record.key) for record in case.seen.records}:
        return "the record that it hangs on is no longer in effect"
    if since.was is None:
        return None
    stay = {first(record.key) for record in since.was.records}
    here = [b for b in since.found if stay & {first(record.key) for record in b.records}]
    kinds = ", ".join(dict.fromkeys(f"{bill.kind}, {bill.setting}" for bill in here))
    return f"what it billed stands on another claim: {kinds or 'none'}"


def _proposal(
    case: Case,
    since: Since,
    frequency: Literal["7", "8"],
    reason: str,
    services: Sequence[Record] = (),
) -> Proposal:
    moved = {key: moved for bill in since.found for key, moved in bill.moved.items()}
    admissions = (moved[record.key].onto.key for record in services if record.key in moved)
    records = tuple(dict.fromkeys((*admissions, *(record.key for record in services))))
    return with_detail(replace(_bare(case, since, frequency, reason), records=records), since)


def _bare(case: Case, since: Since, frequency: Literal["7", "8"], reason: str) -> Proposal:
    """What is to be done and why, before anything is told of what made it so."""
    number = next(since.sending.numbers, None)
    waits = "" if number else "; it waits for the payer's control number"
    return Proposal(
        key=since.sent.claim_key,
        label=since.sent.label,
        frequency=frequency,
        reason=f"{reason}{waits}{until_decided(case, since.sent.claim_key, since.record)}",
        sent=since.record.key,
        records=(),
        payer_control_number=number,
        source=SOURCE,
    )
