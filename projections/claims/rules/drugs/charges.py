"""The posted charge of a drug whose given and discarded units stand on two lines."""

from __future__ import annotations

from decimal import Decimal

from veinledger.domain.dollars import added, cents, less, part_of
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.rules.drugs.doses import portions_of
from veinledger.projections.claims.units import Portion

Shares = tuple[Decimal | None, Decimal | None]
"""Dollars of the given and of the discarded units; None where the line finds its own charge."""


def shared_charge(
    bill: Bill, portion: Portion, discarded: Decimal
) -> tuple[Shares, tuple[Record, ...]]:
    """What was posted for a drug, shared by units between its two lines, and the postings.

    A pharmacy posts the whole vial once. Where the day has two lines of given units under one
    code, the posting cannot be told apart, and the first line keeps it.
    """
    posted = _posted(bill, portion)
    if not discarded or not posted or _rivals(bill, portion):
        return (None, None), ()
    whole = cents(added(amount for _, amount in posted))
    rest = cents(part_of(whole, discarded, added((portion.units, discarded))))
    return (less(whole, rest), rest), tuple(record for record, _ in posted)


def _posted(bill: Bill, portion: Portion) -> list[tuple[Record, Decimal]]:
    account = next((dose.service.account for dose in portion.doses if dose.service.account), None)
    return [
        (record, fact.amount)
        for record, fact in bill.case.posted(account or bill.account)
        if fact.hcpcs == portion.entry.code and fact.service_date == portion.first.day
    ]


def _rivals(bill: Bill, portion: Portion) -> bool:
    same = (portion.entry.code, portion.first.day)
    alike = [each for each in portions_of(bill) if (each.entry.code, each.first.day) == same]
    return len(alike) > 1
