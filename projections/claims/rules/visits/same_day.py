"""What else happened on the day of a visit, and the modifiers that tell the payer of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.facts.treatment import (
    CellsInfused,
    LymphodepletionDoseGiven,
    TocilizumabGiven,
)
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once
from veinledger.projections.case.stays import Stay
from veinledger.projections.claims.bills.bill import Bill, service_of, setting_of
from veinledger.projections.claims.bills.visits import VisitLine, visit_lines, who_bills_the_place
from veinledger.projections.claims.lines import As, coded, finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.visits.hospital import off_campus
from veinledger.projections.claims.rules.visits.place import telehealth_modifier

PROCEDURES: Final[tuple[type[Fact], ...]] = (
    ApheresisCompleted,
    LymphodepletionDoseGiven,
    CellsInfused,
    TocilizumabGiven,
)
"""What includes a visit on its day, unless that is documented as something apart."""


@rule("E", "E0", source="CMS and AMA on modifier 25, as the page states it; evidence R25")
def a_visit_beside_a_procedure_is_documented_apart(bill: Bill) -> Iterator[Said]:
    """On the day of a procedure that the same biller bills, a visit is part of it."""
    for each in visit_lines(bill):
        beside = procedures_beside(bill, each)
        if beside and not _documented_apart(each):
            yield finding(
                (*each.records, *beside),
                "the visit is on the day of a procedure of the same biller and no separate problem "
                "is documented: it is bundled into the procedure",
                "have the provider document the separate problem, or do not bill the visit",
            )


@rule("E", "E0", source="CMS, one visit a day of one speciality and group; evidence R25")
def related_visits_of_one_day_are_one_line(bill: Bill) -> Iterator[Said]:
    """The line has the code of the higher level and rests on every visit."""
    for each in visit_lines(bill):
        if len(each.visits) > 1:
            yield finding(
                each.records,
                "visits of one speciality on one day are billed as one, at the higher level",
                "where they were for unrelated problems, have the provider document the later one "
                "as separately identifiable; their times together may bear out another level",
                severity="notice",
                holds=False,
            )


@rule("E", "E0", source="house rule: nobody is in a bed and in a clinic at once")
def a_visit_during_a_stay_waits_for_its_patient_class(bill: Bill) -> Iterator[Said]:
    """Between the days of admission and discharge, a visit elsewhere is reported wrongly."""
    known, _ = bill.case.presences
    for record in bill.services:
        around = [each for each in known if _inside(record.day, each)]
        if around:
            yield finding(
                (record, *around[-1].records),
                "the patient lay in a bed on the day of the visit",
                "correct the patient class of the visit, its day, or the stay",
            )


@rule("E", "E0", source="codingahead.com on modifier 27 and condition code G0; evidence R25")
def distinct_hospital_visits_of_one_day_have_a_condition_code(bill: Bill) -> Iterator[Said]:
    """Without it the second visit in a revenue centre looks like the first sent twice."""
    lines, kind = visit_lines(bill), bill.case.coverage_kind(bill.last_day)
    known = bill.case.rules.find("distinct_visits_same_day", bill.last_day, kind)
    if bill.part == "facility" and len(lines) > 1 and known is not None:
        records = tuple(record for each in lines for record in each.records)
        yield coded(
            bill, "distinct_visits_same_day", As(role="condition code", records=records, key=kind)
        )


def modifiers(bill: Bill, each: VisitLine, *, further: bool) -> tuple[str, ...]:
    """The modifiers of a visit, those that decide its payment first; none inside a stay."""
    if bill.inpatient:
        return ()
    meanings = _by_part(bill, each, further=further)
    found = (bill.case.rules.find(meaning, each.leading.day) for meaning in meanings)
    return tuple(entry.code for entry in found if entry is not None)


def procedures_beside(bill: Bill, each: VisitLine) -> tuple[Record, ...]:
    """The procedures of the visit's day that the same biller bills on the same form."""
    day = each.leading.day
    done = _procedures(bill.case)
    return tuple(each for each in done if each.day == day and _same_bill(bill, each))


@once
def _procedures(case: Case) -> tuple[Record, ...]:
    return case.seen.among(*PROCEDURES)


def _inside(day: date, stay: Stay) -> bool:
    return stay.admitted.day < day < (stay.last_day or date.max)


def _same_bill(bill: Bill, record: Record) -> bool:
    service = service_of(record)
    if service is None:
        return False
    setting = setting_of(bill.case, service, record.day)
    if setting != bill.setting or (bill.part == "professional" and setting != "office"):
        return False
    return who_bills_the_place(bill.case, service, record.day) == bill.biller


def _by_part(bill: Bill, each: VisitLine, *, further: bool) -> Iterator[str]:
    if each.separate or (_documented_apart(each) and procedures_beside(bill, each)):
        yield "separate_visit_same_day"
    if bill.part == "professional":
        by_part = telehealth_modifier(bill, each.leading)
    else:
        by_part = off_campus(bill, each.leading)
        yield from ("further_hospital_visit_same_day",) if further else ()
    yield from (by_part,) if by_part else ()


def _documented_apart(each: VisitLine) -> bool:
    return any(visit.fact.separately_identifiable is True for visit in each.visits)
