"""Documented neurological diagnoses after the infusion that a coder or the provider confirms."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.toxicity import ConditionDocumented, IcansGraded
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.visits.diagnoses import confirmed

Test = Callable[[str], bool]


@rule("E", source="ICD-10-CM tabular list; no text settles G21.19 for CAR-T; evidence R38")
def parkinsonism_after_the_infusion_is_confirmed_by_a_coder(bill: Bill) -> Iterator[Said]:
    """Asked once, of the record that first documented it, and answered for every later visit."""
    if not confirmed(bill):
        return
    review = bill.case.rules.find("parkinsonism_review", bill.last_day)
    parts = review.parts if review else ()
    entries = (bill.case.rules.find(part, bill.last_day) for part in parts)
    codes = sorted({entry.code for entry in entries if entry is not None})
    if _on_the_bill(bill, codes.__contains__):
        first = _documented(bill.case, codes.__contains__)[:1]
        yield finding(
            first,
            f"which of {' and '.join(codes)} fits parkinsonism after the cells is not settled",
            "have a coder confirm the code, and whether an adverse effect code (T36 to T50) goes "
            "with it, and settle this finding",
        )


@rule("E", source="ICD-10-CM tabular list, G20; evidence R38")
def parkinsons_disease_after_the_infusion_is_questioned(bill: Bill) -> Iterator[Said]:
    """It would be said of the patient for life; what was known before the infusion may stand."""
    entry = bill.case.rules.find("parkinsons_disease", bill.last_day)
    unspecified = bill.case.rules.find("parkinsonism_unspecified", bill.last_day)
    if entry is None or not confirmed(bill):
        return
    family = entry.code.partition(".")[0]
    names_no_cause = unspecified.code if unspecified else None

    def of_the_family(code: str) -> bool:
        return code.partition(".")[0] == family and code != names_no_cause

    found, infusions = _documented(bill.case, of_the_family), bill.case.infusions()
    before = infusions and any(bill.case.came_before(each, infusions[0][0]) for each in found)
    if _on_the_bill(bill, of_the_family) and not before:
        yield finding(
            found[:1],
            f"{family} is idiopathic Parkinson's disease, and it was documented after the infusion",
            "ask the provider whether this is Parkinson's disease or parkinsonism caused by the "
            "cells; correct the condition, or settle this finding",
        )


@rule("E", source="ICD-10-CM tabular list, G92.0; evidence R37")
def icans_on_a_visit_rests_on_a_diagnosis_of_icans(bill: Bill) -> Iterator[Said]:
    """No text extends its code to parkinsonism or to any other late toxicity."""
    if not confirmed(bill):
        return
    listed = bill.case.rules.find("coded_behind_the_complication", bill.last_day)
    parts = [part for part in (listed.parts if listed else ()) if part.startswith("icans")]
    entries = (bill.case.rules.find(part, bill.last_day) for part in parts)
    codes = {entry.code for entry in entries if entry is not None}
    graded = next(bill.case.seen.of(IcansGraded), None)
    if _on_the_bill(bill, codes.__contains__) and graded is None:
        yield finding(
            _documented(bill.case, codes.__contains__)[:1],
            "the visit has a code of ICANS, and nothing else says that the patient had ICANS",
            "ask the provider whether ICANS was meant; another late toxicity has another code",
        )


def _on_the_bill(bill: Bill, test: Test) -> bool:
    return any(condition.code and test(condition.code) for _, condition in confirmed(bill))


def _documented(case: Case, test: Test) -> list[Record]:
    """Every record of the encounter that documents such a code, in the order of events."""
    found: list[Record] = []
    for record in case.seen.among(NeurologyVisitCompleted, ConditionDocumented):
        match record.fact:
            case NeurologyVisitCompleted(conditions=conditions):
                known = conditions
            case ConditionDocumented(condition=condition):
                known = (condition,)
            case _:
                continue
        if any(c.code and c.certainty == "confirmed" and test(c.code) for c in known):
            found.append(record)
    return found
