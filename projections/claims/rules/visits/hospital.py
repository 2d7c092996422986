"""What a payer wants of the hospital's own part of a visit: one code for all, or the one chosen."""

from __future__ import annotations

from typing import Final

from veinledger.domain.codebook.entry import Entry
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.visits import Visit, VisitLine

CLINIC_VISIT: Final = "hospital_clinic_visit"


def is_clinic_visit(bill: Bill, each: VisitLine) -> bool:
    """Whether the line is the hospital's part, and of a payer with one code for every level."""
    wish = wanted(bill, each)
    return wish is not None and wish.code == "clinic_visit" and _under_opps(bill, each.leading)


def wanted(bill: Bill, each: VisitLine) -> Entry | None:
    """How the payer of the day wants the hospital's own part; None on another bill."""
    day = each.leading.day
    if bill.part == "professional":
        return None
    return bill.case.rules.find("hospital_visit_code", day, bill.case.coverage_kind(day))


def off_campus(bill: Bill, visit: Visit) -> str | None:
    """The meaning by which Medicare is told that the department lies off campus, where it does."""
    place = bill.case.facility(visit.service.facility, visit.day)
    if place is None or place.campus == "on" or bill.case.coverage_kind(visit.day) != "FFS":
        return None
    if not _under_opps(bill, visit):
        return None
    return "off_campus_department" if place.excepted else "off_campus_department_not_excepted"


def _under_opps(bill: Bill, visit: Visit) -> bool:
    """Whether Medicare pays the hospital by its outpatient prospective payment system."""
    place = bill.case.facility(visit.service.facility, visit.day)
    system = place.payment_system if place else None
    entry = bill.case.rules.find("outpatient_payment", visit.day, system)
    return entry is not None and entry.code == "opps"
