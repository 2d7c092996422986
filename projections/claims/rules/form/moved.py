"""What a payment window moves onto a stay and leaves there without a line of its own."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.treatment import CellsInfused, LymphodepletionDoseGiven
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.registry import Said, rule


@rule("C", "D", source="payment window, charges included; research/codes.md R61, R62")
def what_was_moved_without_a_line_is_told(bill: Bill) -> Iterator[Said]:
    """The giving of a drug or of the cells has no procedure code on an inpatient claim."""
    posted = {
        fact.service_date
        for _, fact in bill.case.posted(bill.account)
        if fact.hcpcs is None and not fact.revenue_code.startswith(("01", "020"))
    }
    given = [
        record
        for record in bill.services
        if record.key in bill.moved
        and isinstance(record.fact, (LymphodepletionDoseGiven, CellsInfused))
        and record.day not in posted
    ]
    if given:
        yield finding(
            given,
            "the payment window moved these services here, and their giving has no line of its own",
            "post the charges of their administration to the stay's account by revenue code",
            holds=False,
        )
