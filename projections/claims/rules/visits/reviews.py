"""Documented neurological diagnoses after the infusion that a coder or the provider confirms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.toxicity import ConditionDocumented, IcansGraded
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.chosen import Answer, Wrong, answer, one_of
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.registry import Said, rule, takes_a_code
from veinledger.projections.claims.rules.diagnoses.lists import not_billable
from veinledger.projections.claims.rules.visits.conditions import confirmed

Test = Callable[[str], bool]
PARKINSONISM: Final = "parkinsonism_after_the_infusion_is_confirmed_by_a_coder"
PARKINSONS_DISEASE: Final = "parkinsons_disease_after_the_infusion_is_questioned"
ICANS: Final = "icans_on_a_visit_rests_on_a_diagnosis_of_icans"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What is asked about some codes of a visit, and which was chosen in their place."""

    codes: frozenset[str]
    asked: Answer


@once
def reviews(bill: Bill) -> tuple[Review, ...]:
    """The reviews of a visit's codes that somebody is asked for."""
    if bill.kind != "E" or not confirmed(bill):
        return ()
    made = (_parkinsonism(bill), _parkinsons_disease(bill), _icans(bill))
    return tuple(each for each in made if each is not None)


@takes_a_code
@rule("E", source="ICD-10-CM tabular list; no text settles G21.19 for CAR-T; evidence R38")
def parkinsonism_after_the_infusion_is_confirmed_by_a_coder(bill: Bill) -> Iterator[Said]:
    """Asked once, of the record that first documented it, and answered for every later visit."""
    yield from _about(bill, PARKINSONISM)


@takes_a_code
@rule("E", source="ICD-10-CM tabular list, G20; evidence R38")
def parkinsons_disease_after_the_infusion_is_questioned(bill: Bill) -> Iterator[Said]:
    """It would be said of the patient for life; what was known before the infusion may stand."""
    yield from _about(bill, PARKINSONS_DISEASE)


@takes_a_code
@rule("E", source="ICD-10-CM tabular list, G92.0; evidence R37")
def icans_on_a_visit_rests_on_a_diagnosis_of_icans(bill: Bill) -> Iterator[Said]:
    """No text extends its code to parkinsonism or to any other late toxicity."""
    yield from _about(bill, ICANS)


def _about(bill: Bill, rule: str) -> Iterator[Finding]:
    found = (each.asked.found for each in reviews(bill))
    return (each for each in found if each.rule == rule)


def _parkinsonism(bill: Bill) -> Review | None:
    """One of two codes, by the word of a coder."""
    entry = bill.case.rules.find("parkinsonism_review", bill.last_day)
    codes = _codes(bill, entry.parts if entry else ())
    asked = (
        f"which of {' and '.join(codes)} fits parkinsonism after the cells is not settled",
        "have a coder confirm the code, and whether an adverse effect code (T36 to T50) goes "
        "with it, and settle this finding",
    )
    fits = one_of(codes, lambda code: not_billable(bill, code))
    return _review(bill, PARKINSONISM, codes.__contains__, asked, fits)


def _parkinsons_disease(bill: Bill) -> Review | None:
    """The family of the idiopathic disease, but for the code that names no cause."""
    entry = bill.case.rules.find("parkinsons_disease", bill.last_day)
    unspecified = bill.case.rules.find("parkinsonism_unspecified", bill.last_day)
    if entry is None:
        return None
    family = entry.code.partition(".")[0]
    names_no_cause = unspecified.code if unspecified else None

    def of_the_family(code: str) -> bool:
        return code.partition(".")[0] == family and code != names_no_cause

    found, infusions = _documented(bill.case, of_the_family), bill.case.infusions()
    if infusions and any(bill.case.came_before(each, infusions[0][0]) for each in found):
        return None
    asked = (
        f"{family} is idiopathic Parkinson's disease, and it was documented after the infusion",
        "ask the provider whether this is Parkinson's disease or parkinsonism caused by the "
        "cells; correct the condition, or settle this finding",
    )
    return _review(bill, PARKINSONS_DISEASE, of_the_family, asked)


def _icans(bill: Bill) -> Review | None:
    """Its codes, where nobody graded it."""
    if next(bill.case.seen.of(IcansGraded), None) is not None:
        return None
    listed = bill.case.rules.find("coded_behind_the_complication", bill.last_day)
    parts = [part for part in (listed.parts if listed else ()) if part.startswith("icans")]
    asked = (
        "the visit has a code of ICANS, and nothing else says that the patient had ICANS",
        "ask the provider whether ICANS was meant; another late toxicity has another code",
    )
    return _review(bill, ICANS, _codes(bill, parts).__contains__, asked)


def _codes(bill: Bill, meanings: Iterable[str]) -> list[str]:
    entries = (bill.case.rules.find(meaning, bill.last_day) for meaning in meanings)
    return sorted({entry.code for entry in entries if entry is not None})


def _review(
    bill: Bill, rule: str, test: Test, asked: tuple[str, str], wrong: Wrong | None = None
) -> Review | None:
    """What is asked of the record that first documented such a code; None where the bill has none.

    A code fits where it is billable on the claim's own day.
    """
    codes = frozenset(c.code for _, c in confirmed(bill) if c.code and test(c.code))
    if not codes:
        return None
    found = replace(finding(_documented(bill.case, test)[:1], *asked), rule=rule)
    return Review(codes=codes, asked=answer(bill, found, wrong or partial(not_billable, bill)))


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
