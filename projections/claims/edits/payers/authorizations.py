"""What the payer authorized beforehand, and what nobody asked it about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from veinledger.domain.facts.authorization import AuthorizationExtended, AuthorizationGranted
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.edits.reading import say
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.rules.form.fields import AUTHORIZES


@edit("A", "B", "C", source="page: prior authorization of commercial and Medicare Advantage plans")
def a_payer_that_authorizes_beforehand_did(draft: Draft) -> Iterator[Finding]:
    """A service without an authorization in force on its day is denied, whatever else is right."""
    bill, day = draft.bill, draft.bill.anchor.day
    kind = bill.case.coverage_kind(bill.payer_day)
    entry = bill.case.rules.find("prior_authorization", day, kind)
    if entry is None or entry.code != "required":
        return
    wanted = AUTHORIZES[bill.kind]
    granted = tuple(_granted(bill))
    if any(wanted & set(fact.services) for _, fact in in_force(bill, day)):
        return
    mine = [(record, fact) for record, fact in granted if wanted & set(fact.services)]
    yield say(
        (bill.anchor.key, *(record.key for record, _ in mine)),
        _expired(bill, mine, day) if mine else f"no authorization for {_listed(wanted)} is granted",
        f"ask the payer for an authorization that covers {day}"
        f"{', or for an extension of the one that ended' if mine else ''}, and record its answer",
    )


def in_force(bill: Bill, day: date) -> Iterator[tuple[Record, AuthorizationGranted]]:
    """The authorizations of the bill's payer that cover a day, extensions counted."""
    for record, fact in _granted(bill):
        if fact.since <= day and (fact.until is None or day <= _until(bill, fact)):
            yield record, fact


def _granted(bill: Bill) -> Iterator[tuple[Record, AuthorizationGranted]]:
    covered = bill.case.coverage(bill.payer_day)
    for record, fact in bill.case.seen.of(AuthorizationGranted):
        if covered is not None and fact.payer == covered[1].payer:
            yield record, fact


def _until(bill: Bill, granted: AuthorizationGranted) -> date:
    extended = (
        fact.until
        for _, fact in bill.case.seen.of(AuthorizationExtended)
        if (fact.payer, fact.reference) == (granted.payer, granted.reference)
    )
    return max((granted.until or date.max, *extended))


def _expired(bill: Bill, mine: list[tuple[Record, AuthorizationGranted]], day: date) -> str:
    spans = ", ".join(
        f"{fact.reference} from {fact.since} to {_until(bill, fact) if fact.until else 'open'}"
        for _, fact in mine
    )
    return f"no authorization is in force on {day}; there is {spans}"


def _listed(services: frozenset[str]) -> str:
    return " or ".join(sorted(services))
