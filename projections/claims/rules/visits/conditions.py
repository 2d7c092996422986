"""Which documented conditions belong to the bill of a visit."""

from __future__ import annotations

from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.rules.diagnoses.conditions import Told, conditions


def of_visits(bill: Bill) -> tuple[Told, ...]:
    """What the visits documented, then what the chart did for their account or day."""
    visits = bill.of(NeurologyVisitCompleted)
    own = ((record, condition) for record, fact in visits for condition in fact.conditions)
    return (*own, *conditions(bill))


@once
def confirmed(bill: Bill) -> tuple[Told, ...]:
    """The confirmed conditions of a visit bill, each with who reported it."""
    return tuple(pair for pair in of_visits(bill) if pair[1].certainty == "confirmed")
