"""The coder's order: what a discharge lists first, and what of it may lead a claim.

The first condition of a discharge is its principal diagnosis, the one established after study to
have occasioned the admission (UHDDS; ICD-10-CM guidelines, section II).
"""

from __future__ import annotations

from typing import Final

from veinledger.domain.findings import Finding
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.rules.diagnoses.conditions import Told, discharge_list
from veinledger.projections.claims.rules.diagnoses.doubts import as_settled, resolved
from veinledger.projections.claims.rules.diagnoses.lists import (
    checked,
    codes_in,
    not_billable,
    parents_of,
)

FAMILIES: Final = ("crs_codes", "icans_codes")
"""Lists whose parents may not lead either."""


def cannot_lead(bill: Bill, code: str) -> bool:
    """Whether the book says that no claim is led by a code, or it is the parent of such codes."""
    graded = (parents_of(codes_in(bill, name)) for name in FAMILIES)
    return code in codes_in(bill, "never_principal_diagnosis") or any(code in p for p in graded)


def unfit_to_lead(bill: Bill, code: str) -> str | None:
    """Why a code that was chosen leads no claim; None where it may."""
    return "no claim may be led by it" if cannot_lead(bill, code) else not_billable(bill, code)


def first_listed(bill: Bill) -> Told | None:
    """What the coder put first, by the code that stands for it; None where none does."""
    listed = discharge_list(bill)
    if not listed or listed[0][1].code is None or listed[0][1].certainty != "confirmed":
        return None
    return as_settled(bill, listed[0])


def coders_lead(bill: Bill) -> Told | None:
    """The first of the coder's list that may lead a claim."""
    of_the_list = {record.key for record, _ in discharge_list(bill)}
    may = (
        (record, condition)
        for record, condition in resolved(bill)
        if record.key in of_the_list and not cannot_lead(bill, condition.code or "")
    )
    return next(may, None)


def what_is_first_says_too_little(bill: Bill) -> Finding | None:
    """The list begins with words, or with a suspicion: what leads the claim is not decided."""
    listed = discharge_list(bill)
    if not listed or not checked(bill):
        return None
    record, condition = listed[0]
    if condition.code is not None and condition.certainty == "confirmed":
        return None
    what = "words without a code" if condition.code is None else "a suspected diagnosis"
    return finding(
        (record,),
        f"the coder's list begins with {what}, and the first of it is the principal diagnosis",
        "have the coder give it its code, or confirm it: what was still suspected at discharge may "
        "be coded as if it existed (guideline II.H)",
    )
