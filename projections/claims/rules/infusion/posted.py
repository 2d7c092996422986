"""Charges of collection, product and infusion that were posted by revenue code alone.

Cell therapy has revenue codes of its own, so that such a charge is known without a HCPCS code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill, service_of
from veinledger.projections.claims.lines import Given

Posted = tuple[Record, ChargePosted]


def charged_as_posted(bill: Bill, meaning: str, given: Given, day: date) -> Given:
    """What a line gives, with the charge of its day that was posted by its revenue code alone."""
    posted = [pair for pair in by_revenue(bill, given) if pair[1].service_date == day]
    return _with(given, posted) if not _coded(bill, meaning, given, day) else given


def product_as_posted(bill: Bill, meaning: str, given: Given, day: date) -> Given:
    """The same for the product, on whichever day of its claim its charge was posted."""
    posted = [pair for pair in by_revenue(bill, given) if bill.bills_day(pair[1].service_date)]
    return _with(given, posted) if not _coded(bill, meaning, given, day) else given


def by_revenue(bill: Bill, given: Given) -> Iterator[Posted]:
    """The charges posted to its account by its revenue code alone."""
    entry = bill.case.rules.find(given.revenue, bill.last_day)
    for record, fact in bill.case.posted(_account(bill, given)):
        if fact.hcpcs is None and entry is not None and fact.revenue_code == entry.code:
            yield record, fact


def _with(given: Given, posted: list[Posted]) -> Given:
    if not posted:
        return given
    records = (*given.records, *(record for record, _ in posted))
    amount = sum((fact.amount for _, fact in posted), Decimal(0))
    return replace(given, records=records, charge=amount, day=given.first_day)


def _coded(bill: Bill, meaning: str, given: Given, day: date) -> bool:
    """Whether a charge was posted under the line's own code, which is the better word."""
    entry = bill.case.rules.find(meaning, day, given.key)
    posted = bill.case.posted(_account(bill, given))
    return any(
        entry is not None and fact.hcpcs == entry.code and fact.service_date == day
        for _, fact in posted
    )


def _account(bill: Bill, given: Given) -> str | None:
    named = (service_of(record) for record in given.records)
    return next((each.account for each in named if each and each.account), bill.account)
