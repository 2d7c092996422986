"""Sorting services onto bills A to E: by stay in a bed, else by form, biller, account and year."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from datetime import date

from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.patient import PatientAdmitted
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once
from veinledger.projections.case.stays import Attendance, Stay
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.folding import with_folding
from veinledger.projections.claims.bills.fractions import in_fractions
from veinledger.projections.claims.bills.placed import (
    Placed,
    after_the_infusion,
    kind_of,
    leading,
    placed,
)
from veinledger.projections.claims.bills.visits import visit_bills
from veinledger.projections.claims.bills.window import through_the_payment_window
from veinledger.projections.claims.charges.belonging import with_charges
from veinledger.projections.claims.shapes import Part


@once
def bills(case: Case) -> tuple[Bill, ...]:
    """Every bill of an encounter, services moved where the payment window says so."""
    found = _ours(through_the_payment_window(case, as_given(case)))
    return with_folding(case, in_fractions(with_charges(case, found)))


@once
def as_given(case: Case) -> tuple[Bill, ...]:
    """The bills as the services were given, before any admission draws in what came before it.

    A stay in which nothing of ours was done has a bill too: an admission may draw something onto
    it.
    """
    stays, visits = case.presences
    found = placed(case, stays, visits)
    of_stays = [_bill_of_stay(case, stay, found) for stay in stays]
    outside = [each for each in found if each.stay is None]
    return (*of_stays, *_grouped(case, outside), *visit_bills(case))


def _ours(found: Iterable[Bill]) -> tuple[Bill, ...]:
    """What this ledger bills: not a stay or a visit before the infusion with nothing of ours."""
    kept = [bill for bill in found if _is_ours(bill)]
    return tuple(sorted(kept, key=lambda bill: (bill.kind, bill.first_day, bill.key)))


def _is_ours(bill: Bill) -> bool:
    if bill.kind != "D" or after_the_infusion(bill.case, bill.anchor):
        return True
    given = (r for r in bill.services if not isinstance(r.fact, (PatientAdmitted, ChargePosted)))
    return next(given, None) is not None


def _bill_of_stay(case: Case, stay: Stay, found: tuple[Placed, ...]) -> Bill:
    """One bill a stay; it hangs on the first service of its kind, or on the admission."""
    inside = [each for each in found if each.stay is stay]
    after = after_the_infusion(case, stay.admitted)
    kind = leading((each.kind for each in inside), after) or "D"
    first = next((each.record for each in inside if each.kind == kind), stay.admitted)
    return Bill(
        case=case,
        kind=kind,
        setting="inpatient",
        biller=stay.service.biller or stay.service.facility,
        account=stay.account,
        anchor=stay.admitted if kind == "D" else first,
        services=tuple(each.record for each in inside),
        stay=stay,
    )


def _grouped(case: Case, outside: Iterable[Placed]) -> Iterator[Bill]:
    """One bill for each kind, form, biller, account or visit, payer and coding year."""
    groups: dict[Hashable, list[Placed]] = {}
    for each in outside:
        groups.setdefault(_bill_of(case, each), []).append(each)
    for group in groups.values():
        first = group[0]
        visit = first.attendance
        yield Bill(
            case=case,
            kind=first.kind,
            setting=first.setting,
            biller=first.biller,
            account=visit.account if visit else first.service.account,
            anchor=_anchor(group),
            services=tuple(each.record for each in group),
            attendance=_attendance(group),
        )


def _bill_of(case: Case, each: Placed) -> Hashable:
    together = each.attendance.arrived.key if each.attendance else each.service.account
    covered = case.coverage(each.day)
    payer = covered[1].payer if covered else ""
    year = _coding_year(each.day)
    return each.kind, each.setting, each.biller, together, payer, year


def _anchor(group: list[Placed]) -> Record:
    """The arrival of a visit for acute care, else the first service of the bill's own kind."""
    first = group[0]
    arrivals = [each.record for each in group if each.record is each.attended_from]
    of_kind = [each.record for each in group if kind_of(each.record) == first.kind]
    best = (*arrivals, *of_kind) if first.kind == "D" else (*of_kind, *arrivals)
    return best[0] if best else first.record


def _attendance(group: list[Placed]) -> Attendance | None:
    """The visit of a bill that holds its arrival, where it ended in the same coding year."""
    visits = [each.attendance for each in group if each.record is each.attended_from]
    visit = visits[0] if visits else None
    if visit is None or visit.last_day is None:
        return visit
    one_year = _coding_year(visit.arrived.day) == _coding_year(visit.last_day)
    return visit if one_year else None


def _coding_year(day: date) -> int:
    """ICD-10 turns on 1 October, and no outpatient claim crosses that day."""
    return day.year + (day.month >= 10)


Where = tuple[str, Part]
"""A service by report key, and the part of it that a bill is for."""


def places(found: Iterable[Bill]) -> dict[Where, str]:
    """On what kind of claim each service stands: what a window changes."""
    return {(r.key, bill.part): _place(bill, r) for bill in found for r in bill.services}


def _place(bill: Bill, record: Record) -> str:
    marked = ", marked for the payment window" if record.key in bill.beside_a_stay else ""
    return f"claim {bill.kind}, {bill.setting}{marked}"
