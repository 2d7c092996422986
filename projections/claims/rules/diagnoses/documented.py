"""A documented condition as a code on a claim, and those that stand behind what leads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from veinledger.domain.facts.groups import Condition
from veinledger.domain.reports import Record
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import basis, finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.diagnoses.conditions import conditions, is_a_stay
from veinledger.projections.claims.rules.diagnoses.doubts import SYNDROMES, resolved
from veinledger.projections.claims.rules.diagnoses.lists import (
    belongs_to,
    coded_on,
    codes_in,
    is_the_disease,
    within,
)
from veinledger.projections.claims.shapes import Coded
from veinledger.projections.claims.words import Role

UNKNOWN: Final = "as documented; not in the code book of this edition"
RANKS: Final = {
    "disease_codes": 20,
    "complication_codes": 30,
    "crs_codes": 31,
    "icans_codes": 32,
    "toxicity_codes": 40,
    "status_codes": 70,
}
"""Where the codes of a list stand among the secondary diagnoses; lower goes first."""
TRIAL_RANK: Final = 80
OTHER_RANK: Final = 50


@rule("A", "B", "C", "D", source="house rule: a diagnosis code needs a documented condition")
def documented_conditions_stand_behind(bill: Bill) -> Iterator[Said]:
    """Every confirmed condition of the stay or of its days, once.

    The disease, the complication of the cells, CRS and ICANS are placed by rules of their own, one
    code of each: they are left to them.
    """
    if bill.kind in ("A", "B") and not _listed_everywhere(bill):
        return
    graded = SYNDROMES if bill.kind in ("C", "D") else ()
    families = [tuple(codes_in(bill, f"{name}_codes")) for name in graded]
    complication = codes_in(bill, "complication_codes") if graded else {}
    for record, condition in resolved(bill):
        syndrome = any(belongs_to(condition.code, family) for family in families)
        placed = condition.code in complication or is_the_disease(bill, condition.code)
        if not placed and not syndrome:
            yield documented(bill, record, condition, "secondary")


@rule(
    "A",
    "B",
    "C",
    "D",
    source="ICD-10-CM guidelines II.H, III.C and IV.H; house rule: nothing is guessed",
)
def what_is_documented_without_a_sure_code_is_a_query(bill: Bill) -> Iterator[Said]:
    """A diagnosis in words alone, or one that is suspected: a coder says what becomes of it."""
    if not _listed_everywhere(bill):
        return
    came = bill.stay.admitted if bill.stay else None
    unsure = [(r, c) for r, c in conditions(bill) if c.certainty != "ruled out" and r != came]
    worded = [record for record, c in unsure if c.code is None and c.certainty == "confirmed"]
    suspected = [record for record, c in unsure if c.certainty == "suspected"]
    if worded:
        yield finding(
            worded,
            "a diagnosis is documented in words alone and stands on no claim",
            "have a coder give it its code",
            severity="notice",
            holds=False,
        )
    if suspected:
        yield finding(suspected, *_of_a_suspicion(bill), severity="notice", holds=False)


def _of_a_suspicion(bill: Bill) -> tuple[str, str]:
    if not bill.inpatient:
        return (
            "a suspected diagnosis stands on no outpatient claim (guideline IV.H)",
            "have a coder code the signs and symptoms instead",
        )
    return (
        "a suspected diagnosis is not put on the claim",
        "if it was still suspected at discharge, a coder may code it as if it existed (guidelines "
        "II.H and III.C): report it as confirmed by the coder then",
    )


def documented(
    bill: Bill, record: Record, condition: Condition, role: Role, rank: int | None = None
) -> Coded:
    """A code as somebody documented it, under the book's label where the book has one."""
    code = condition.code or ""
    rules, on = bill.case.rules, coded_on(bill)
    known = rules.book.carrying("ICD-10-CM", code, on=on, edition=rules.edition)
    reported = condition.present_on_admission if is_a_stay(bill) else None
    return Coded(
        basis=basis((record,), known[0] if known else None),
        code=code,
        label=known[0].label if known else UNKNOWN,
        role=role,
        present_on_admission=None if reported is None or exempt(bill, code) else reported,
        rank=rank_of(bill, code) if rank is None else rank,
        confidence=known[0].confidence if known else "unverified",
    )


@once
def rank_of(bill: Bill, code: str) -> int:
    """Where a code stands among the secondary diagnoses, by the list of the book that has it."""
    trial = bill.case.rules.find("clinical_trial_participant", coded_on(bill))
    if trial is not None and code == trial.code:
        return TRIAL_RANK
    found = (rank for name, rank in RANKS.items() if code in codes_in(bill, name))
    return next(found, OTHER_RANK)


@once
def exempt(bill: Bill, code: str) -> bool:
    """Whether a code says nothing about presence on admission: its indicator is left blank."""
    chapter = bill.case.rules.find("presence_exempt_chapter", bill.last_day)
    return code in codes_in(bill, "presence_exempt_codes") or within(code, chapter)


def _listed_everywhere(bill: Bill) -> bool:
    return bill.case.rules.find("documented_conditions_on", bill.last_day) is not None
