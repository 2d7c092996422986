"""The date of service of a drug: a start time that contradicts it waits for a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.drugs.doses import doses
from veinledger.projections.claims.units import OVERNIGHT, days_late


@rule("B", "C", "D", source="house rule: the date of service is the day on which it began")
def a_drug_is_reported_for_the_day_on_which_it_began(bill: Bill) -> Iterator[Said]:
    """A report may come after midnight, at the stop time; any other day is a wrong date."""
    for dose in doses(bill):
        if days_late(dose.record, dose.service) not in (timedelta(0), OVERNIGHT):
            yield finding(
                (dose.record,),
                "the start time lies on another day than the one on which the dose is reported",
                "correct the start time, or the time at which it happened",
            )
