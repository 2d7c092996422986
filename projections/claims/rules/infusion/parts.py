"""The one dose of an encounter: its parts, where they stand, and how it was acquired."""

from __future__ import annotations

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill

Part = tuple[Record, CellsInfused]


def dose(bill: Bill) -> tuple[Part, ...]:
    """The parts of the one dose, on the bill that holds the first of them; else none."""
    infusions = bill.case.infusions()
    here = {record.key for record in bill.services}
    if not infusions or infusions[0][0].key not in here or not bill.bills_the_product:
        return ()
    return _of_the_first_chain(bill)


def bags_here(bill: Bill) -> tuple[Part, ...]:
    """The parts of the one dose that were given on this bill; those of a further dose are none."""
    here = {record.key for record in bill.services if bill.bills_the_product}
    return tuple(pair for pair in _of_the_first_chain(bill) if pair[0].key in here)


def bought(bill: Bill) -> bool:
    """Whether the dose was bought in the usual way."""
    parts = dose(bill)
    return bool(parts) and parts[0][1].acquisition == "purchased"


def token_charge(bill: Bill) -> Entry | None:
    """What stands for the price of a product that was not bought; a hospital's bill alone has it.

    The product's revenue code is what tells a payer of the purchase, and a professional claim has
    no revenue codes.
    """
    if bill.form != "UB-04":
        return None
    kind = bill.case.coverage_kind(bill.payer_day)
    return bill.case.rules.find("product_token_charge", bill.last_day, kind)


def of_the_product(bill: Bill, posted: ChargePosted) -> bool:
    """Whether a charge without a HCPCS code is the product's, and so stands on its line or none.

    A price posted for a product that nobody bought stands nowhere.
    """
    entry = bill.case.rules.find("revenue_cell_product", bill.last_day)
    here = bill.kind == "C" and bool(dose(bill))
    return here and entry is not None and posted.revenue_code == entry.code


def _of_the_first_chain(bill: Bill) -> tuple[Part, ...]:
    infusions = bill.case.infusions()
    chain = infusions[0][1].chain_of_identity if infusions else None
    return tuple(pair for pair in infusions if pair[1].chain_of_identity == chain)
