"""Changes of the patient's class: outpatient, observation, inpatient, and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from veinledger.projections.claims.bills.bill import Bill, service_day
from veinledger.projections.claims.lines import As, coded, finding
from veinledger.projections.claims.registry import Said, rule

COMMITTEE: Final = "inpatient_changed_to_outpatient"
"""The meaning of the condition code of a stay that the review committee reversed."""


@rule("A", "B", "C", "D", source="Noridian, inpatient to outpatient status change")
def a_stay_reversed_before_discharge_is_an_outpatient_claim(bill: Bill) -> Iterator[Said]:
    """The review committee changed the stay: all of it is outpatient care, and says so."""
    visit = bill.attendance
    if visit is not None and visit.reversed_by is not None:
        records = (visit.reversed_by, visit.arrived)
        yield coded(bill, COMMITTEE, As(role="condition code", records=records))


@rule("A", "B", "C", "D", source="Medicare claims manual 1, 50.3.2")
def a_stay_is_not_made_an_outpatient_visit_by_itself(bill: Bill) -> Iterator[Said]:
    """Only the committee may reverse a stay, and only while the patient is in the hospital."""
    stay = bill.stay
    if stay is not None and stay.unexplained:
        yield finding(
            stay.unexplained,
            "the inpatient was made an outpatient, and no decision of the review committee before "
            "the discharge is reported",
            "report the change with its condition code 44, or void it; until then it is a stay",
        )


@rule("A", "B", "C", "D", source="Medicare claims manual 1, 50.3: no order is retroactive")
def an_outpatient_visit_is_never_rebilled_as_a_stay(bill: Bill) -> Iterator[Said]:
    """An order to admit that came when the patient had left admits nobody."""
    visit = bill.attendance
    if visit is not None and visit.ordered_late:
        yield finding(
            visit.ordered_late,
            "the patient was made an inpatient after the visit had ended",
            "void the change, or correct its time: an outpatient visit stays one",
        )


@rule("A", "B", "C", "D", source="house rule: a stay leaves no outpatient day")
def an_outpatient_service_within_a_stay_waits_for_a_person(bill: Bill) -> Iterator[Said]:
    """Given by the hospital's owner between admission and discharge, under another account."""
    if bill.form != "UB-04" or bill.inpatient or bill.facility is None:
        return
    owner = bill.facility.owner
    within = [
        record
        for record in bill.services
        for stay in bill.case.presences[0]
        if stay.last_day is not None
        and stay.admitted.day < service_day(record) < stay.last_day
        and (place := bill.case.facility(stay.service.facility, stay.admitted.day)) is not None
        and place.owner == owner
    ]
    if within:
        yield finding(
            within,
            "an outpatient service of the same owner lies within an inpatient stay",
            "correct its class or account, or the stay; what an inpatient is given is the stay's",
        )


@rule("A", "B", "C", "D", source="house rule: a stay is billed by the coverage of its admission")
def a_coverage_that_changed_during_a_stay_is_told(bill: Bill) -> Iterator[Said]:
    """The payer of the day of admission pays; who came after may have to be told."""
    if bill.stay is None or bill.stay.last_day is None:
        return
    first = bill.case.coverage(bill.stay.admitted.day)
    last = bill.case.coverage(bill.stay.last_day)
    if first is not None and (last is None or last[1].payer != first[1].payer):
        since = f"by {last[1].payer}" if last else "by nobody"
        yield finding(
            (first[0], *((last[0],) if last else ()), bill.stay.admitted),
            f"the coverage changed during the stay: admitted under {first[1].payer}, discharged "
            f"covered {since}; the claim goes to the payer of the admission",
            "ask both payers whether the stay is divided between them",
            severity="notice",
            holds=False,
        )
