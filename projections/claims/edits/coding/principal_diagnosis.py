"""What leads a claim: a safety net below the rules that choose it."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.codebook.book import bare
from veinledger.domain.findings import Finding
from veinledger.projections.claims.edits.reading import say
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.known import known_as, named, parts
from veinledger.projections.claims.shapes import Coded


@edit("A", "B", "C", "D", source="Medicare Code Editor, unacceptable principal diagnosis; row R40")
def what_is_never_principal_leads_no_claim(draft: Draft) -> Iterator[Finding]:
    """CRS and ICANS name a manifestation, a status tells a history: their cause goes first."""
    case, on = draft.bill.case, draft.bill.last_day
    never = known_as(case, *parts(case, "never_principal_diagnosis", on))
    for each in _leading(draft):
        if draft.bill.inpatient and bare(each.code) in never:
            yield say(
                each.basis.records,
                f"{each.code} leads the claim and is never a principal diagnosis",
                "have the coder put the cause first "
                f"({named(case, 'immune_effector_complication', on)}, or what was documented as "
                "the reason for the stay) and the grade behind it",
                holds=True,
            )


@edit("C", source="page: ICD-10 table, in remission; the indications of the product page; row R34")
def a_disease_in_remission_does_not_lead_an_infusion(draft: Draft) -> Iterator[Finding]:
    """No indication of the product is a disease in remission."""
    case, on = draft.bill.case, draft.bill.last_day
    judged = case.product.indications_on(draft.bill.anchor.day, case.rules.edition)
    allowed = {meaning for each in judged for meaning in each.diagnoses}
    remission = known_as(case, "myeloma_in_remission")
    for each in _leading(draft):
        if judged and "myeloma_in_remission" not in allowed and bare(each.code) in remission:
            wanted = " or ".join(named(case, meaning, on) for meaning in sorted(allowed))
            yield say(
                each.basis.records,
                f"{each.code} leads the claim: the disease was in remission when the cells went in",
                f"ask the physician for the status on that day; the label's patients have {wanted}",
            )


def _leading(draft: Draft) -> Iterator[Coded]:
    return (each for each in draft.claim.codes if each.role in ("principal", "first-listed"))
