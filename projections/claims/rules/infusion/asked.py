"""What a payer asks for beyond the standard claim: the product's invoice, and its name."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.centre.directory import Asked
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import As, basis, coded, finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.infusion.parts import bought, dose
from veinledger.projections.claims.shapes import Coded
from veinledger.projections.claims.told import told


@rule("C", source="NUBC value code 86, as quoted by BCBS North Dakota NDRP-GC-016; evidence R55")
def the_invoice_of_the_product_stands_where_the_payer_asks(bill: Bill) -> Iterator[Said]:
    """What the centre paid for the product, on a hospital's claim."""
    if bill.form != "UB-04" or not bought(bill) or not asks(bill, "invoice_cost"):
        return
    rules, parts = bill.case.rules, dose(bill)
    invoiced = [(record, fact.invoice_amount) for record, fact in parts if fact.invoice_amount]
    if rules.find("invoice_cost", bill.last_day) is None:
        yield from told(rules.differs("invoice_cost", bill.last_day))
    elif not invoiced:
        yield finding(
            (parts[0][0],),
            "the payer asks for the invoice cost of the product, and it is not reported",
            "report the infusion again with the amount of the invoice",
        )
    else:
        record, amount = invoiced[0]
        stands = As(role="value code", records=(record,), amount=amount)
        yield coded(bill, "invoice_cost", stands)


@rule("C", source="the payer's entry in the site's directory; evidence R56")
def a_payer_that_asks_finds_the_product_name_in_the_remarks(bill: Bill) -> Iterator[Said]:
    """As Medicare's contractors do, whose own rule needs no entry in a directory."""
    name, parts = bill.case.product.remarks, dose(bill)
    if name is None or not parts or not asks(bill, "product_name_in_remarks"):
        return
    yield Coded(
        basis=basis((parts[0][0],)),
        code=name,
        label="the product name, as this payer asks",
        role="remarks",
    )


def asks(bill: Bill, thing: Asked) -> bool:
    """Whether the payer of the claim's day wants something of its own."""
    payer = bill.case.payer(bill.payer_day)
    return payer is not None and thing in payer.asks_for
