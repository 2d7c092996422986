"""The modifier that says that a drug was bought under the 340B programme.

It stands behind JW and JZ on a line: those decide for how many units Medicare pays, this one is
information since 2023.
"""

from __future__ import annotations

from datetime import date

from veinledger.domain.centre.directory import Facility
from veinledger.projections.claims.bills.bill import Bill


def modifier_340b(bill: Bill, day: date, acquired: bool) -> tuple[str, ...]:
    """JG or TB by the kind of hospital and the day; none inpatient, or where no payer asks."""
    facility, rules = bill.facility, bill.case.rules
    if not acquired or bill.inpatient or facility is None:
        return ()
    asked = rules.find("acquired_under_340b_reporting", day, bill.case.coverage_kind(day))
    entry = rules.find("drug_acquired_under_340b", day, _kind(facility))
    return (entry.code,) if asked and asked.code == "required" and entry else ()


def _kind(facility: Facility) -> str:
    """What the code book asks a hospital's modifier by."""
    return "rural_sole_community" if facility.rural_sole_community else facility.payment_system
