"""The product itself: its label, the disease it is for, and what became of a failed batch."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.manufacturing import (
    ManufacturingFailed,
    ProductReceived,
    ProductRejected,
)
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.reports import Record
from veinledger.projections.appeals.registry import Asked, Found, looks_up


@looks_up("identity")
def the_label_of_the_bag(asked: Asked) -> Iterator[Found]:
    """What the label said when the bag came and when it went in, and which code is due."""
    case = asked.case
    infused, received = list(case.infusions()), list(case.seen.of(ProductReceived))
    for record, fact in infused or received:
        told = "infused" if isinstance(fact, CellsInfused) else "received"
        yield Found(
            text=f"{told} on {record.day}: chain of identity {fact.chain_of_identity}, "
            f"lot {fact.lot or 'not told'}, NDC {fact.ndc_on_label or 'not told'}, code on the "
            f"label {fact.hcpcs_on_label or 'not told'}",
            records=(record, *_receipt(asked, fact)),
        )
        if fact.ndc_on_label is None:
            yield Found(
                text="no NDC was read from the label",
                records=(record,),
                missing="read the NDC from the label and correct the report",
            )
    if not infused and not received:
        yield Found(
            text="no product was received or infused",
            missing="report the receipt, or answer as for a product that never came",
        )
    due = case.rules.find(case.product.codes.dose, asked.on)
    if due is not None:
        yield Found(text=f"{case.product.brand} is billed as {due.code}: {due.label}")


def _receipt(asked: Asked, fact: CellsInfused | ProductReceived) -> tuple[Record, ...]:
    if isinstance(fact, ProductReceived):
        return ()
    found = asked.case.receipt(fact.chain_of_identity)
    return (found[0],) if found else ()


@looks_up("disease")
def the_disease_and_the_target(asked: Asked) -> Iterator[Found]:
    """The documented disease beside the target of the product."""
    case, found = asked.case, asked.case.assessment(asked.on)
    product = case.product
    if found is None or found[1].code is None:
        yield Found(
            text="no code of the disease is on record",
            missing="record the disease with its code and status",
        )
    else:
        yield Found(
            text=f"disease on {found[0].day}: {found[1].code}, {found[1].status}",
            records=(found[0],),
        )
    yield Found(text=f"{product.brand} ({product.generic}) is a {product.kind} against "
                f"{product.target}")  # fmt: skip


@looks_up("failure")
def the_failed_manufacture(asked: Asked) -> Iterator[Found]:
    """When the batch failed or was turned away, and the maker's report of it."""
    failed = list(asked.case.seen.of(ManufacturingFailed))
    rejected = list(asked.case.seen.of(ProductRejected))
    for record, fact in failed:
        report = fact.non_conformance_reference
        if report is None:
            yield Found(
                text=f"manufacture failed on {record.day}; no non-conformance report is named",
                records=(record,),
                missing="ask the maker for the report, and record its reference",
            )
        else:
            yield Found(
                text=f"manufacture failed on {record.day}; non-conformance report {report}",
                records=(record,),
            )
    for record, _ in rejected:
        yield Found(text=f"the product was turned away on {record.day}", records=(record,))
    if not failed and not rejected:
        yield _no_failure(asked)


def _no_failure(asked: Asked) -> Found:
    infused = [record for record, _ in asked.case.infusions()]
    if infused:
        return Found(
            text=f"the cells were infused on {infused[0].day}: the product did come",
            records=tuple(infused),
        )
    return Found(
        text="no failure of the manufacture is on record",
        missing="report the failure with the maker's reference, or find out what became of it",
    )


@looks_up("rendered")
def what_was_rendered(asked: Asked) -> Iterator[Found]:
    """What is billed although no product came: the claims of the collection and of the drugs."""
    by_key = {record.key: record for record in asked.case.seen.records}
    billed = [claim for claim in asked.claims.claims if claim.kind in ("A", "B")]
    for claim in billed:
        codes = ", ".join(dict.fromkeys(line.code for line in claim.lines if line.code))
        yield Found(
            text=f"claim {claim.label} bills {codes or 'no code'} of {claim.first_day} to "
            f"{claim.last_day}: {claim.state}, {claim.state_reason}",
            records=tuple(by_key[key] for key in claim.records if key in by_key),
            aside=True,
        )
    if not billed:
        yield Found(
            text="no collection and no lymphodepletion stands on a claim",
            missing="report what was done, or write the denial off",
        )
    due = asked.case.rules.find(asked.case.product.codes.dose, asked.on)
    if due is not None and not asked.case.infusions():
        yield Found(text=f"{due.code} is billed nowhere: no dose went in", aside=True)
