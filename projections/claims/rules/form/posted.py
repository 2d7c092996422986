"""Charges as posted: what a stay or a visit was charged and no rule of ours bills by itself."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.dollars import cents
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.charges.belonging import Posted, charges_of, is_of_a_product
from veinledger.projections.claims.charges.families import ACCOMMODATION
from veinledger.projections.claims.lines import (
    BY_LINE,
    basis,
    because,
    finding,
    moved_of,
    paid_of,
)
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.shapes import Line


@rule("A", "B", "C", "D", source="UB-04 revenue lines; evidence R63")
def charges_without_a_code_stand_on_the_stay_as_posted(bill: Bill) -> Iterator[Said]:
    """Room and board and whatever else the stay was charged by revenue code alone."""
    if bill.stay is not None:
        for record, charge in _billable(bill):
            if charge.hcpcs is None:
                yield _as_posted(bill, record, charge)


@rule("A", "B", "C", "D", source="UB-04 revenue lines; evidence R63")
def charges_with_a_code_stand_on_the_stay_as_posted(bill: Bill) -> Iterator[Said]:
    """What the stay was charged under a code, where no other line of the claim has the charge."""
    if bill.stay is not None:
        for record, charge in _billable(bill):
            if charge.hcpcs is not None:
                yield _as_posted(bill, record, charge)


@rule("A", "B", "C", "D", source="Medicare claims manual 4: outpatient care by its lines")
def an_emergency_or_observation_visit_is_billed_as_posted(bill: Bill) -> Iterator[Said]:
    """Outside a bed the posted charges are the lines of acute care, by revenue code and code."""
    if bill.stay is None:
        for record, charge in _billable(bill):
            yield _as_posted(bill, record, charge)


@rule("A", "B", "C", "D", source="Medicare claims manual 1, 50.3.2 and 4, 290")
def a_room_is_not_billed_to_an_outpatient(bill: Bill) -> Iterator[Said]:
    """Room and board on an outpatient claim: nothing before the order to observe counts as it."""
    rooms = [
        record
        for record, charge in charges_of(bill)
        if bill.stay is None
        and bill.case.rules.one_of(ACCOMMODATION, charge.revenue_code, charge.service_date)
    ]
    if rooms:
        yield finding(
            rooms,
            "room and board are posted to an outpatient visit",
            "take them off; post the hours of observation from the order on, under 0762",
        )


def _billable(bill: Bill) -> Iterator[Posted]:
    """All but the dose, which its own rule bills, and a room outside a stay."""
    for record, charge in charges_of(bill):
        room = bill.case.rules.one_of(ACCOMMODATION, charge.revenue_code, charge.service_date)
        if not is_of_a_product(bill.case, charge) and (bill.stay is not None or not room):
            yield record, charge


def _as_posted(bill: Bill, record: Record, charge: ChargePosted) -> Line:
    """One line for one charge: nothing is added up, so that each names its own posting."""
    paid, moved = paid_of(bill, BY_LINE), moved_of(bill, (record,))
    return Line(
        basis=basis((record,)),
        code=charge.hcpcs or "",
        label="as posted" if charge.hcpcs else "as posted by revenue code",
        day=charge.service_date,
        units=charge.units,
        revenue_code=charge.revenue_code,
        modifiers=charge.modifiers,
        charge=cents(charge.amount),
        covered=charge.covered,
        payment=paid.payment,
        payment_reason=because(paid, moved) if charge.covered else "not covered, as posted",
        moved_from=moved.away_from if moved else None,
    )
