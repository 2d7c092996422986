"""The admitting diagnosis: with what the patient came, in its own field of an inpatient claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.diagnoses.conditions import is_a_stay
from veinledger.projections.claims.rules.diagnoses.documented import documented
from veinledger.projections.claims.rules.diagnoses.lists import kin, why_not


@rule("A", "B", "C", "D", source="UB-04 form locator 69; 837I admitting diagnosis; evidence R63")
def an_inpatient_claim_says_with_what_the_patient_was_admitted(bill: Bill) -> Iterator[Said]:
    """As the admission has it, a suspicion included: it is a working diagnosis. Never guessed."""
    entry = bill.case.rules.find("admitting_diagnosis", bill.last_day)
    if entry is None or bill.stay is None or not is_a_stay(bill):
        return
    said = bill.stay.admission.admitting_condition
    code = said.code if said is not None and said.certainty != "ruled out" else None
    if said is not None and code is not None and kin(bill, code).billable:
        found = documented(bill, bill.stay.admitted, said, "admitting")
        yield replace(found, present_on_admission=None)
        return
    yield finding(
        (bill.stay.admitted,),
        why_not(bill, code)
        if code is not None
        else "the admission has no admitting diagnosis with a code, and an inpatient claim has a "
        "field for it",
        "have registration or the coder report the admitting diagnosis with its code in force",
        holds=False,
    )
