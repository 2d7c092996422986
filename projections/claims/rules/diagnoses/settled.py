"""What a person decided about a finding: the code that he chose for the claim that it held."""

from __future__ import annotations

from veinledger.domain.facts.decisions import FindingSettled
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill


def chosen(bill: Bill, found: Finding) -> tuple[tuple[Record, str], ...]:
    """The codes chosen by those who settled a finding, the last choice first, each on its word."""
    seen = bill.case.seen
    return tuple(
        (record, fact.code)
        for record in reversed(seen.known)
        if isinstance(fact := record.fact, FindingSettled)
        and seen.standings[record.key].in_effect
        and fact.finding == found.key
        and fact.code is not None
    )
