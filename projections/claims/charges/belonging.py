"""Which posted charges belong to which bill, whether or not a rule bills what they are for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.presence.presences import same
from veinledger.projections.claims.bills.bill import Bill, service_day, service_of

Posted = tuple[Record, ChargePosted]


def with_charges(case: Case, found: tuple[Bill, ...]) -> tuple[Bill, ...]:
    """The bills of stays and visits with their posted charges; each charge belongs to one bill.

    To the visit that it was sorted to, else to the stay of its account, else to that which drew in
    the services of its day, else to a stay that names no account.
    """
    owners: dict[str, Bill] = {}
    for belongs in (_is_sorted_to, _is_of_the_stay, _came_along_to, _is_of_a_nameless_stay):
        for record, charge in case.seen.of(ChargePosted):
            mine = (bill for bill in found if belongs(bill, record, charge, found))
            owner = next(mine, None)
            if owner is not None and record.key not in owners:
                owners[record.key] = owner
    posted = tuple(case.seen.of(ChargePosted))
    charged = ((bill, tuple(r for r, _ in posted if owners.get(r.key) is bill)) for bill in found)
    return tuple(replace(bill, charges=own) if own else bill for bill, own in charged)


def charges_of(bill: Bill) -> Iterator[Posted]:
    """The charges of a bill, each with its fact, in the order in which they were posted."""
    for record in bill.charges:
        if isinstance(record.fact, ChargePosted):
            yield record, record.fact


def is_of_a_product(case: Case, charge: ChargePosted) -> bool:
    """Whether a charge is for the dose of a product: its rule alone bills it, once."""
    meanings = (product.codes.dose for product in case.rules.products.products)
    codes = {entry.code for each in meanings for entry in case.rules.book.shelf.get(each, ())}
    entry = case.rules.find("revenue_cell_product", charge.service_date)
    revenue = entry.code if entry else None
    return charge.hcpcs in codes or (charge.hcpcs is None and charge.revenue_code == revenue)


Found = tuple[Bill, ...]


def _is_sorted_to(bill: Bill, record: Record, _: ChargePosted, __: Found) -> bool:
    return any(record.key == service.key for service in bill.services)


def _is_of_the_stay(bill: Bill, _: Record, charge: ChargePosted, __: Found) -> bool:
    own = bill.stay is not None and same(charge.service.account, bill.account)
    return own and bill.bills_day(charge.service_date)


def _came_along_to(bill: Bill, _: Record, charge: ChargePosted, __: Found) -> bool:
    """What was posted to another account for services that an admission drew in, on their days."""
    if not bill.moved or charge.service.account is None:
        return False
    services = ((service_of(r), service_day(r)) for r in bill.services if r.key in bill.moved)
    days = {(service.account, day) for service, day in services if service}
    return (charge.service.account, charge.service_date) in days


def _is_of_a_nameless_stay(bill: Bill, _: Record, charge: ChargePosted, found: Found) -> bool:
    nameless = bill.stay is not None and bill.account is None
    account = charge.service.account
    named = account is not None and any(other.account == account for other in found)
    return nameless and not named and bill.bills_day(charge.service_date)
