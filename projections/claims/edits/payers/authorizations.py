"""What the payer authorized beforehand, and what nobody asked it about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from veinledger.domain.findings import Finding
from veinledger.projections.case.centre import authorizations
from veinledger.projections.case.centre.authorizations import Granted, granted, spans
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
    if any(wanted & set(fact.services) for _, fact in in_force(bill, day)):
        return
    every = granted(bill.case, bill.payer_day)
    mine = [(record, fact) for record, fact in every if wanted & set(fact.services)]
    yield say(
        (bill.anchor.key, *(record.key for record, _ in mine)),
        _expired(bill, mine, day) if mine else f"no authorization for {_listed(wanted)} is granted",
        f"ask the payer for an authorization that covers {day}"
        f"{', or for an extension of the one that ended' if mine else ''}, and record its answer",
    )


def in_force(bill: Bill, day: date) -> Iterator[Granted]:
    """The authorizations of the bill's payer that cover a day, extensions counted."""
    return authorizations.in_force(bill.case, bill.payer_day, day)


def _expired(bill: Bill, mine: list[Granted], day: date) -> str:
    return f"no authorization is in force on {day}; there is {spans(bill.case, mine)}"


def _listed(services: frozenset[str]) -> str:
    return " or ".join(sorted(services))
