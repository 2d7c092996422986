"""Denial 9: a product that was never delivered, and what may be billed all the same."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.facts.manufacturing import ManufacturingFailed, ProductRejected
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.claims.edits.reading import charged, listed, posted_on_any_day, say
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.known import known_as


@edit("A", "B", "C", "D", denial=9, source="page: denial 9; HCPCS, per therapeutic dose, row R13")
def no_dose_is_charged_where_none_was_infused(draft: Draft) -> Iterator[Finding]:
    """The collection and the lymphodepletion are billed as rendered, the product never."""
    bill, case = draft.bill, draft.bill.case
    if next(bill.of(CellsInfused), None) is not None:
        return
    doses = known_as(case, case.product.codes.dose)
    told = charged(draft) if case.infusions() else (*listed(draft), *posted_on_any_day(draft))
    for each in told:
        if each.code in doses:
            yield say(
                (*each.records, *(record.key for record in _never_delivered(draft))),
                f"{each}, and no infusion stands on this claim",
                "take the charge off the account, or move it to the infusion's; where cells that "
                "nobody told of did go in, report the infusion",
                holds=True,
            )


@edit("A", denial=9, source="page: denial 9, the maker's non-conformance report")
def a_failed_batch_names_its_non_conformance_report(draft: Draft) -> Iterator[Finding]:
    """What a payer wants to see before it pays a collection without a product, or another one."""
    chains = {fact.chain_of_identity for _, fact in draft.bill.of(ApheresisCompleted)}
    for record, fact in draft.bill.case.seen.of(ManufacturingFailed):
        mine = fact.chain_of_identity in chains
        if mine and fact.non_conformance_reference is None:
            yield say(
                (record.key,),
                "the manufacture failed and no non-conformance reference is on record",
                "ask the maker for its non-conformance report, record its reference and file it; "
                "ask the payer beforehand about a second collection",
            )


def _never_delivered(draft: Draft) -> tuple[Record, ...]:
    seen = draft.bill.case.seen
    failed = (record for record, _ in seen.of(ManufacturingFailed))
    rejected = (record for record, _ in seen.of(ProductRejected))
    return (*failed, *rejected)
