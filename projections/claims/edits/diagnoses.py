"""Edits on the diagnoses of a claim as it stands: presence on admission, and what leads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from veinledger.domain.findings import Finding
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.rules.diagnoses.choice import RIVAL
from veinledger.projections.claims.rules.diagnoses.conditions import is_a_stay
from veinledger.projections.claims.rules.diagnoses.documented import exempt
from veinledger.projections.claims.rules.diagnoses.order import cannot_lead, first_listed
from veinledger.projections.claims.rules.diagnoses.principal import ANOTHER, FOR_TOXICITY
from veinledger.projections.claims.rules.diagnoses.syndromes import for_toxicity
from veinledger.projections.claims.words import Role

LEADING: Final = frozenset(
    {
        ANOTHER,
        FOR_TOXICITY,
        RIVAL,
        "the_documented_disease_goes_first",
        "an_encounter_for_chemotherapy_says_so",
        "the_infusion_is_led_by_the_disease_or_by_immunotherapy",
        "a_stay_for_toxicity_of_which_nothing_is_documented_is_held",
    }
)
"""Rules that put a diagnosis in the lead, or say why none is there."""
DIAGNOSES: Final[tuple[Role, ...]] = ("principal", "first-listed", "secondary")


@edit("A", "B", "C", "D", source="First Coast, tips to prevent reason code 34931; evidence R63")
def every_diagnosis_of_a_stay_says_whether_it_came_along(draft: Draft) -> Iterator[Finding]:
    """Medicare returns an IPPS hospital's claim without it; elsewhere its absence is told.

    Asked once the patient has left: before the discharge the list is not complete.
    """
    bill = draft.bill
    system = bill.facility.payment_system if bill.facility else None
    entry = bill.case.rules.find("presence_on_admission", bill.last_day, system)
    left = bill.stay is not None and bill.stay.discharged is not None
    if entry is None or bill.stay is None or not left or not is_a_stay(bill):
        return
    missing = [
        each
        for each in draft.claim.codes
        if each.role in DIAGNOSES
        and each.present_on_admission is None
        and not exempt(bill, each.code)
    ]
    if missing:
        yield finding(
            bill.stay.records,
            f"{', '.join(each.code for each in missing)}: nobody says whether it was present on "
            "admission",
            "have the coder report Y, N, U or W for each",
            holds=entry.code == "required",
        )


@edit(
    "A",
    "B",
    "C",
    "D",
    source="UB-04 form locator 67, CMS-1500 box 21; evidence R63",
    editions=("public",),
)
def a_claim_is_led_by_a_diagnosis(draft: Draft) -> Iterator[Finding]:
    """Whatever was settled: without a principal or first-listed diagnosis nothing can be sent.

    Silent while a rule that chooses what leads still asks for it.
    """
    if not draft.claim.coded("principal", "first-listed") and not _asked_already(draft):
        yield finding(
            (draft.bill.anchor,),
            "no diagnosis leads the claim",
            "have the coder report what leads it, or settle the question about that with a code",
        )


@edit("A", "B", "C", source="UHDDS principal diagnosis; ICD-10-CM guideline section II")
def a_coder_who_put_something_else_first_is_told(draft: Draft) -> Iterator[Finding]:
    """The claim is led as the book orders it, and the coder's list begins otherwise.

    That a code may lead no claim at all, a rule has told already.
    """
    first = first_listed(draft.bill)
    leads = draft.claim.coded("principal", "first-listed")
    if first is None or not leads or first[1].code in leads or for_toxicity(draft.bill):
        return
    if draft.bill.kind == "C" and cannot_lead(draft.bill, first[1].code or ""):
        return
    yield finding(
        (first[0],),
        f"the coder lists {first[1].code} first, and {leads[0]} leads the claim",
        "have the coder say which of the two occasioned the stay",
        holds=False,
    )


def _asked_already(draft: Draft) -> bool:
    """Whether a rule about what leads the claim holds it, and nobody has settled that."""
    settled = draft.bill.case.settled()
    return any(
        each.holds and each.rule in LEADING and each.key not in settled
        for each in draft.claim.findings
    )
