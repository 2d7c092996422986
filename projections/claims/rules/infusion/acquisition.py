"""What was not bought: free, trial and expanded-access product is never billed in silence."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.treatment import (
    CellsInfused,
    LymphodepletionDoseGiven,
    TocilizumabGiven,
)
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import As, coded, finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.told import told


@rule("B", "C", "D", source="CR 14247 / R13460CP; NGS 12587596; research/codes.md R57, R58")
def what_was_not_bought_waits_for_a_coder(bill: Bill) -> Iterator[Said]:
    """Free, trial and expanded-access product changes the charge, the codes and the payment."""
    for record in bill.services:
        acquired = _acquired(record)
        if acquired in (None, "purchased"):
            continue
        if isinstance(record.fact, CellsInfused):
            yield finding(
                (record,),
                f"acquired as {acquired}: the dose is not billed{_adjusted(bill)}",
                "have a coder decide on a token product line, value codes and the contractor's "
                "note; this version does not yet",
                severity="critical",
            )
        else:
            yield finding(
                (record,),
                f"acquired as {acquired}: its charge, codes and payment are not a purchased one's",
                "have a coder set charge, condition code and notes; this version does not yet",
                severity="critical",
            )


@rule("C", source="NGS article 12587596; research/codes.md R58")
def expanded_access_has_a_condition_code(bill: Bill) -> Iterator[Said]:
    """A hospital claim says that the product was given under expanded access."""
    given = tuple(
        record for record, fact in bill.of(CellsInfused) if fact.acquisition == "expanded access"
    )
    if not given or bill.form != "UB-04":
        return
    if bill.case.rules.find("expanded_access", bill.last_day) is not None:
        yield coded(bill, "expanded_access", As(role="condition code", records=given))
    else:
        yield from told(bill.case.rules.differs("expanded_access", bill.last_day))


def _adjusted(bill: Bill) -> str:
    """What the code book says that this does to the payment of a stay."""
    entry = bill.case.rules.find("no_cost_product", bill.last_day) if bill.inpatient else None
    return f"; {entry.label[0].lower()}{entry.label[1:]} [{entry.row}]" if entry else ""


def _acquired(record: Record) -> str | None:
    match record.fact:
        case CellsInfused(acquisition=acquisition):
            return acquisition
        case LymphodepletionDoseGiven(drug=drug) | TocilizumabGiven(drug=drug):
            return drug.acquisition
        case _:
            return None
