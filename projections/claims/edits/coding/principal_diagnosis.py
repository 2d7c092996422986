"""What may lead a claim: the diagnosis that its coder put first, and the one on the claim."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from veinledger.domain.facts.toxicity import ConditionDocumented, CrsGraded, IcansGraded
from veinledger.domain.findings import Finding
from veinledger.projections.claims.edits.reading import (
    bare,
    discharge_of,
    known_as,
    named,
    parts,
    say,
)
from veinledger.projections.claims.edits.registry import Draft, edit

Led = tuple[str, tuple[str, ...], str]
"""A code, the records that it rests on, and where it stands."""
_COMPLICATION: Final = "immune_effector_complication"
EDITOR: Final = "Medicare Code Editor, unacceptable principal diagnosis; row R40"


@edit("A", "B", "C", "D", source=EDITOR)
def what_is_never_principal_does_not_lead(draft: Draft) -> Iterator[Finding]:
    """CRS and ICANS name a manifestation: their cause goes first."""
    case, on = draft.bill.case, draft.bill.last_day
    never = known_as(case, *parts(case, "unacceptable_principal", on))
    for code, records, where in _leading(draft):
        if draft.bill.inpatient and bare(code) in never:
            yield say(
                records,
                f"{code} {where} is never a principal diagnosis",
                f"have the coder put the cause first ({named(case, _COMPLICATION, on)}, or what "
                "was documented as the reason for the stay) and the grade behind it",
                holds=True,
            )


@edit("C", source="page: ICD-10 table, in remission; the indications of the product page; row R34")
def a_disease_in_remission_does_not_lead_an_infusion(draft: Draft) -> Iterator[Finding]:
    """No indication of the product is a disease in remission."""
    case, on = draft.bill.case, draft.bill.last_day
    judged = case.product.indications_on(draft.bill.anchor.day, case.rules.edition)
    allowed = {meaning for each in judged for meaning in each.diagnoses}
    remission = known_as(case, "myeloma_in_remission")
    for code, records, where in _leading(draft):
        if judged and "myeloma_in_remission" not in allowed and bare(code) in remission:
            wanted = " or ".join(named(case, each, on) for each in sorted(allowed))
            yield say(
                records,
                f"{code} {where} says that the disease was in remission when the cells went in",
                f"ask the physician for the status on that day; the label's patients have {wanted}",
            )


@edit(
    "C", "D", editions=("public",),
    source="UHDDS principal diagnosis; nothing is coded to fill a gap; row R40",
)  # fmt: skip
def sepsis_ards_and_encephalopathy_lead_on_their_own_evidence(draft: Draft) -> Iterator[Finding]:
    """Where CRS or ICANS was graded, a coder's list alone is thin ground for the dearer group."""
    case, on = draft.bill.case, draft.bill.last_day
    dear = known_as(case, *parts(case, "principal_needs_its_own_evidence", on))
    if not any(True for _ in _grades(draft)):
        return
    for code, records, where in _leading(draft):
        if bare(code) in dear and not _is_documented(draft, code):
            yield say(
                records,
                f"{code} {where} leads a stay with graded CRS or ICANS, and no provider's "
                "documentation of it is on record",
                "ask the provider whether it was present and the reason for the stay; if not, "
                f"{named(case, _COMPLICATION, on)} leads",
            )


def _leading(draft: Draft) -> Iterator[Led]:
    """What the claim has first, and what the coder of the discharge put first."""
    for each in draft.claim.codes:
        if each.role in ("principal", "first-listed"):
            yield each.code, each.basis.records, "on the claim"
    found = discharge_of(draft.bill)
    first = found[1].conditions[0] if found and found[1].conditions else None
    if found is not None and first is not None and first.code is not None:
        yield first.code, (found[0].key,), "of the discharge"


def _grades(draft: Draft) -> Iterator[str]:
    seen, bill = draft.bill.case.seen, draft.bill
    graded = (*seen.of(CrsGraded), *seen.of(IcansGraded))
    return (record.key for record, _ in graded if bill.covers(record.day))


def _is_documented(draft: Draft, code: str) -> bool:
    """By a provider's own documentation, or as the reason for the admission."""
    stay = draft.bill.stay
    reasons = [stay.admission.admitting_condition] if stay else []
    said = [fact.condition for _, fact in draft.bill.case.seen.of(ConditionDocumented)]
    return any(
        each is not None
        and each.code is not None
        and each.certainty == "confirmed"
        and _family(each.code) == _family(code)
        for each in (*said, *reasons)
    )


def _family(code: str) -> str:
    return bare(code)[:3]
