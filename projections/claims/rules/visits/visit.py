"""Claims E: the lines of neurology visits after the infusion, and of the baseline before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.visit_codes import visit_code
from veinledger.projections.claims.bills.visits import VisitLine, visit_lines
from veinledger.projections.claims.lines import Code, Given, finding, line, line_of
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.visits.hospital import (
    CLINIC_VISIT,
    is_clinic_visit,
    wanted,
)
from veinledger.projections.claims.rules.visits.same_day import modifiers
from veinledger.projections.claims.shapes import Differs, Line
from veinledger.projections.claims.told import told

BOTH: Final = "both"
"""The word of `hospital_visit_parts` where the place is billed apart from the work."""


@rule("E", "E0", "C", "D", source="page: Claims E+; codingahead.com on G0463; evidence R11")
def a_visit_is_billed_by_the_code_that_its_provider_chose(bill: Bill) -> Iterator[Said]:
    """The level of a visit is the provider's to choose; a hospital's own part may have one code."""
    for number, each in enumerate(visit_lines(bill)):
        given = Given(
            records=each.records,
            revenue="revenue_clinic_visit",
            modifiers=modifiers(bill, each, further=number > 0),
        )
        if is_clinic_visit(bill, each):
            yield line(bill, CLINIC_VISIT, given, _part_differs(bill, each, CLINIC_VISIT))
        elif each.leading.fact.cpt is not None:
            yield _as_chosen(bill, each, each.leading.fact.cpt, given)


@rule("E", "E0", "C", "D", source="page: Claims E+; house rule: nothing is guessed")
def a_visit_without_a_code_is_a_query(bill: Bill) -> Iterator[Said]:
    """Its level follows from no minutes and no findings: its provider is asked."""
    for each in visit_lines(bill):
        unknown = [visit.record for visit in each.visits if visit.fact.cpt is None]
        if unknown and not is_clinic_visit(bill, each):
            yield finding(
                unknown,
                "the visit has no code for its level",
                "ask the provider for the code, with the minutes or the level of the decision",
            )


@rule("E", "E0", source="house rule: a claim names who bills it")
def somebody_is_named_to_bill_what_was_done(bill: Bill) -> Iterator[Said]:
    """In a hospital clinic the work is billed by a provider, not by the place."""
    parts = bill.case.rules.find("hospital_visit_parts", bill.last_day)
    in_parts = bill.setting == "outpatient" and parts is not None and parts.code == BOTH
    if in_parts and bill.part == "professional" and bill.facility is not None:
        yield finding(
            bill.services,
            "nobody is named to bill the professional part of the visit",
            "name the group as biller, or give the provider a group in the directory; settle this "
            "where the hospital bills the work itself",
        )


@rule("E", "E0", source="page: Site of care; codingahead.com on G0463; evidence R11")
def a_part_that_the_other_edition_alone_bills_is_told(bill: Bill) -> Iterator[Said]:
    """The hospital's own part of a visit, seen from the professional part."""
    there = bill.case.elsewhere.rules.find("hospital_visit_parts", bill.last_day)
    here = bill.case.rules.find("hospital_visit_parts", bill.last_day)
    if bill.setting == "office" or here is None or there is None or there.code != BOTH:
        return
    in_the_clinic = [
        each
        for each in visit_lines(bill)
        if each.leading.service.patient_class == "outpatient"
        and each.leading.fact.mode == "in person"
    ]
    if here.code != BOTH and in_the_clinic:
        difference = bill.case.rules.differs("hospital_visit_parts", bill.last_day)
        yield from told(difference, "nothing", "a UB-04 for the hospital's own part")


def _as_chosen(bill: Bill, each: VisitLine, cpt: str, given: Given) -> Line:
    """The provider's code; on the hospital's own part no surer than that the payer wants it."""
    known = visit_code(bill.case, cpt, each.leading.day)
    code = Code(cpt, known.entry.label if known else "visit", known.entry if known else None)
    said = line_of(bill, code, given, _part_differs(bill, each, code.code))
    wish = wanted(bill, each)
    return replace(said, confidence=wish.confidence) if wish else said


def _part_differs(bill: Bill, each: VisitLine, code: str) -> tuple[Differs, ...]:
    """The page bills no facility part of a visit at all."""
    if bill.part == "professional":
        return ()
    day = each.leading.day
    entry = bill.case.rules.find(code, day) if code == CLINIC_VISIT else None
    difference = bill.case.rules.differs("hospital_visit_parts", day)
    return told(difference, entry.code if entry else code, "nothing")
