"""A product of one class and a disease of the other never stand on one claim."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.findings import Finding
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.lines import finding


@edit("A", "B", "C", source="page: denial 5; labels of the CD19 products")
def a_product_of_another_class_is_never_billed_for_myeloma(draft: Draft) -> Iterator[Finding]:
    """A CD19 product is for lymphoma and leukaemia; with a myeloma code its claim waits."""
    case, day = draft.bill.case, draft.bill.last_day
    entry = case.rules.find("target_for_myeloma", day)
    if entry is None or case.product.target == entry.code:
        return
    parts = (case.rules.find(part, day) for part in entry.parts)
    myeloma = {part.code for part in parts if part is not None}
    coded = [code for code in draft.claim.codes if code.code in myeloma]
    records = {key: None for code in coded for key in code.basis.records}
    if records:
        on_claim = [record for record in case.seen.records if record.key in records]
        own = case.rules.find("diseases_of_target", day, case.product.target)
        what_for = f" for {own.label}" if own else ""
        yield finding(
            on_claim,
            f"{case.product.brand} is a {case.product.target} {case.product.kind}{what_for}, and "
            "this claim is coded for multiple myeloma",
            "correct the product of the encounter, or have the disease documented and coded anew",
            severity="critical",
        )
