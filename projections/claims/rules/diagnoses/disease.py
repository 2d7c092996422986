"""The disease on claims A to D: one code, as the claim's own coder or the last assessment has it.

A malignancy under treatment is coded as active, and as present before any admission.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from veinledger.domain.facts.groups import Condition
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import As, coded, finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.diagnoses.conditions import Told, is_a_stay
from veinledger.projections.claims.rules.diagnoses.documented import RANKS, documented
from veinledger.projections.claims.rules.diagnoses.doubts import resolved
from veinledger.projections.claims.rules.diagnoses.lists import (
    checked,
    codes_in,
    is_the_disease,
    parents_of,
)
from veinledger.projections.claims.shapes import Coded
from veinledger.projections.claims.words import Role

MYELOMA: Final = {
    "not in remission": "myeloma_not_in_remission",
    "in remission": "myeloma_in_remission",
    "in relapse": "myeloma_in_relapse",
}
PRESENT: Final = "Y"
"""A malignancy was there before the admission, whenever it was written down.

Source: ICD-10-CM guidelines, appendix I, on chronic conditions.
"""
RANK: Final = RANKS["disease_codes"]


@rule("A", source="page: Claim A; evidence R34")
def the_documented_disease_goes_first(bill: Bill) -> Iterator[Said]:
    """Cells are collected for it; nothing is guessed."""
    yield disease_of(bill, first_role(bill))


@rule("A", "B", "C", "D", source="house rule: a claim has one code of the disease; evidence R34")
def a_coder_who_has_another_status_of_the_disease_is_told(bill: Bill) -> Iterator[Said]:
    """The claim's own coder goes before an older assessment; that they differ is shown."""
    coders = _by_the_coder(bill)
    said = list(dict.fromkeys(condition.code or "" for _, condition in coders))
    assessed = disease(bill, "secondary")
    before = assessed.code if isinstance(assessed, Coded) else None
    if not said or not checked(bill) or (len(said) == 1 and before in (None, said[0])):
        return
    other = f"; the last assessment has {before}" if before not in (None, *said) else ""
    yield finding(
        [record for record, _ in coders],
        f"documented for this claim: {' and '.join(said)}{other}; {said[0]} stands",
        "have the coder and the provider agree on the status of the disease",
        holds=False,
    )


def first_role(bill: Bill) -> Role:
    """What leads a stay's claim is its principal diagnosis; on another it is first-listed."""
    return "principal" if is_a_stay(bill) else "first-listed"


def the_coder_has_the_disease(bill: Bill) -> bool:
    """Whether the disease is documented for this very claim."""
    return bool(_by_the_coder(bill))


def disease_of(bill: Bill, role: Role) -> Said:
    """The disease as the claim's own coder has it, else as last assessed, and when it began."""
    coders = _by_the_coder(bill)
    said = documented(bill, *coders[0], role, RANK) if coders else None
    found = said or disease(bill, role)
    if isinstance(found, Coded) and is_a_stay(bill) and found.present_on_admission is None:
        return replace(found, present_on_admission=PRESENT)
    return found


@once
def disease(bill: Bill, role: Role) -> Said:
    """The disease as last assessed, as a code in a role, or a query where nothing was."""
    found = bill.case.assessment(bill.anchor.day)
    if found is None:
        return finding(
            (bill.anchor,),
            "no assessment of the disease stands on or before the day of service",
            "report the documented status of the disease with its code",
        )
    record, fact = found
    family = codes_in(bill, "disease_codes")
    if fact.code is None and not family:
        return finding(
            (record,),
            "the disease is assessed without its code, and its status alone does not tell it",
            "report the documented disease with its code",
        )
    if fact.code is None or fact.code in parents_of(family):
        stands = As(role=role, records=(record,), day=bill.anchor.day, rank=RANK)
        return coded(bill, MYELOMA[fact.status], stands)
    return documented(bill, record, Condition(code=fact.code), role, RANK)


@once
def _by_the_coder(bill: Bill) -> list[Told]:
    return [(record, c) for record, c in resolved(bill) if is_the_disease(bill, c.code)]
