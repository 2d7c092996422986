"""Whether the code of a visit fits the patient, the payer and what was documented.

A code that does not fit is told and never changed: the level is the provider's.
"""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.visit_codes import DECISIONS, VisitCode, visit_code
from veinledger.projections.claims.bills.visits import Visit, visit_lines
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.visits.hospital import is_clinic_visit


@rule("E", "E0", source="AMA CPT, office and outpatient visits, own reading; evidence R11")
def a_visit_is_billed_by_a_visit_code(bill: Bill) -> Iterator[Said]:
    """Any other code bills something that no visit tells of."""
    for visit, known in _chosen(bill):
        if known is None:
            yield finding(
                (visit.record,),
                "the code of the visit is no code of an office or outpatient visit",
                "have the provider choose a visit code, or a coder confirm this one",
            )


@rule("E", "E0", source="AMA CPT, new and established patients, own reading; evidence R11")
def the_code_of_a_visit_fits_the_patient(bill: Bill) -> Iterator[Said]:
    """New is who was not seen by the speciality of the group within three years."""
    for visit, known in _chosen(bill) if _checked(bill) else ():
        if known and known.patient not in (visit.fact.patient_kind, "consultation"):
            yield finding(
                (visit.record,),
                f"the code is one for {known.patient} patients and the patient is reported as "
                f"{visit.fact.patient_kind}",
                "correct the code, or whether the patient is new",
            )


@rule("E", "E0", source="Medicare has paid no consultation codes since 2010; evidence R11")
def a_payer_without_consultations_gets_no_consultation_code(bill: Bill) -> Iterator[Said]:
    """Such a payer wants the code of a visit instead."""
    for visit, known in _chosen(bill):
        kind = bill.case.coverage_kind(visit.day)
        pays = bill.case.rules.find("consultation_payment", visit.day, kind)
        if known and known.patient == "consultation" and pays is not None:
            yield finding(
                (visit.record,),
                f"{pays.label.lower()} by this payer [{pays.row}]",
                "have the provider choose the code of a new or an established patient's visit",
            )


@rule("E", "E0", source="office visits by total time or by decision; evidence R11")
def the_level_of_a_visit_is_borne_out(bill: Bill) -> Iterator[Said]:
    """By the minutes of the day or by the level of the decision, whichever its provider chose."""
    for visit, known in _chosen(bill) if _checked(bill) else ():
        by_time, by_decision = _by_time(bill, visit, known), _by_decision(visit, known)
        told = [each for each in (by_time, by_decision) if each is not None]
        if told and max(told) < 0:
            yield finding(
                (visit.record,),
                "the level of the visit is above what its documentation bears out",
                "have the provider compare the code with the minutes and the level of decision",
                holds=len(told) > 1,
            )
        elif by_decision is not None and by_decision > 0:
            yield finding(
                (visit.record,),
                "the documented decision bears out a higher level than the code",
                "ask the provider whether the code is meant so",
                severity="notice",
                holds=False,
            )


def _checked(bill: Bill) -> bool:
    return bill.case.rules.find("visit_level_check", bill.last_day) is not None


@once
def _chosen(bill: Bill) -> tuple[tuple[Visit, VisitCode | None], ...]:
    """The visits whose own code stands on the bill, or would; with what the book knows of it."""
    return tuple(
        (visit, visit_code(bill.case, visit.fact.cpt, visit.day))
        for each in visit_lines(bill)
        for visit in each.visits
        if visit.fact.cpt is not None and not is_clinic_visit(bill, each)
    )


def _by_time(bill: Bill, visit: Visit, known: VisitCode | None) -> int | None:
    """Minutes beyond the least that the level asks for; None where either is not known."""
    key = known.entry.meaning if known else None
    least = bill.case.rules.find("visit_minutes_least", visit.day, key) if key else None
    if visit.fact.minutes is None or least is None or least.unit is None:
        return None
    return visit.fact.minutes - int(least.unit.amount)


def _by_decision(visit: Visit, known: VisitCode | None) -> int | None:
    """Levels of decision above the one of the code; None where either is not known."""
    if known is None or visit.fact.level is None:
        return None
    return DECISIONS.index(visit.fact.level) + 2 - known.level
