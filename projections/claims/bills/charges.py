"""Which posted charges belong to a bill, whether or not a rule bills what they are for."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill, service_day, service_of
from veinledger.projections.claims.bills.case import Case

Posted = tuple[Record, ChargePosted]


def charges_of(bill: Bill) -> tuple[Posted, ...]:
    """The charges of a stay or of a visit, each once, in the order in which they were posted."""
    found = {record.key: (record, charge) for record, charge in bill.of(ChargePosted)}
    if bill.stay is not None:
        found |= {record.key: (record, charge) for record, charge in _of_the_stay(bill)}
        found |= {record.key: (record, charge) for record, charge in _drawn_in(bill)}
    return tuple(found.values())


def is_of_a_product(case: Case, charge: ChargePosted) -> bool:
    """Whether a charge is for the dose of a product: its rule alone bills it, once."""
    meanings = (product.codes.dose for product in case.rules.products.products)
    codes = {entry.code for each in meanings for entry in case.rules.book.shelf.get(each, ())}
    entry = case.rules.find("revenue_cell_product", charge.service_date)
    revenue = entry.code if entry else None
    return charge.hcpcs in codes or (charge.hcpcs is None and charge.revenue_code == revenue)


def _of_the_stay(bill: Bill) -> Iterator[Posted]:
    for record, charge in bill.case.posted(bill.account):
        if bill.covers(charge.service_date):
            yield record, charge


def _drawn_in(bill: Bill) -> Iterator[Posted]:
    """What was posted to another account for services that an admission drew in, on their days."""
    services = ((service_of(r), service_day(r)) for r in bill.services if r.key in bill.moved)
    days = {(service.account, day) for service, day in services if service and service.account}
    for record, charge in bill.case.seen.of(ChargePosted):
        if (charge.service.account, charge.service_date) in days:
            yield record, charge
