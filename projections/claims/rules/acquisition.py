"""What was not bought, and what a payment window leaves without a line: never billed in silence."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.toxicity import TocilizumabGiven
from veinledger.domain.facts.treatment import CellsInfused, LymphodepletionDoseGiven
from veinledger.domain.reports import Record
from veinledger.projections.claims.bill import Bill
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.registry import Said, rule


@rule("B", "C", "D", source="CR 14247 / R13460CP; NGS 12587596; research/codes.md R57, R58")
def what_was_not_bought_waits_for_a_coder(bill: Bill) -> Iterator[Said]:
    """Free, trial and expanded-access product changes the charge, the codes and the payment."""
    for record in bill.services:
        acquired = _acquired(record)
        if acquired not in (None, "purchased"):
            yield finding(
                (record,),
                f"acquired as {acquired}: its charge, codes and payment are not a purchased one's",
                "have a coder set charge, condition code and notes; this version does not yet",
                severity="critical",
            )


@rule("C", "D", source="payment window, charges included; research/codes.md R61, R62")
def what_was_moved_without_a_line_is_told(bill: Bill) -> Iterator[Said]:
    """The giving of a drug or of the cells has no procedure code on an inpatient claim."""
    given = [
        record
        for record in bill.services
        if record.key in bill.moved
        and isinstance(record.fact, (LymphodepletionDoseGiven, CellsInfused))
    ]
    if given:
        yield finding(
            given,
            "the payment window moved these services here, and their giving has no line of its own",
            "post the charges of their administration to the stay's account by revenue code",
            holds=False,
        )


def _acquired(record: Record) -> str | None:
    match record.fact:
        case CellsInfused(acquisition=acquisition):
            return acquisition
        case LymphodepletionDoseGiven(drug=drug) | TocilizumabGiven(drug=drug):
            return drug.acquisition
        case _:
            return None
