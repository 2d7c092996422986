"""The product as it was released and came: label, specification, expiry, and in what state."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.manufacturing import ManufacturingReleased, ProductReceived
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.cells.batch import Batch, batch_in_use
from veinledger.projections.case.cells.names import (
    code_in_words,
    is_own,
    is_own_code,
    maker,
    ndc_in_words,
)
from veinledger.projections.gates.registry import Asked, Found, gate, met, not_asked, not_met

NOT_RELEASED = "no release is on record; the step or the chain of identity says so"
NOT_RECEIVED = "no receipt is on record; the step itself says so"


@gate
def the_label_is_this_products(asked: Asked) -> Found:
    """The NDC and the HCPCS code on the labels decide which product it is, and what is billed."""
    case, batch = asked.case, batch_in_use(asked.case)
    labels = tuple(_labels(batch)) if batch is not None else ()
    strange = [(record, why) for record, fact in labels for why in _strange(case, record, fact)]
    if strange:
        against = "; ".join(dict.fromkeys(why for _, why in strange))
        return not_met(against, *(record for record, _ in strange))
    if batch is None or batch.released is None:
        return not_asked(NOT_RELEASED)
    read = [code for _, fact in labels for code in (fact.ndc_on_label, fact.hcpcs_on_label) if code]
    records = tuple(record for record, _ in labels)
    if not read:
        return not_met(
            "neither release nor receipt says which NDC or HCPCS code the label carries",
            *records,
            remedy="report what the label says with the release or the receipt",
        )
    return met(f"the label says {', '.join(dict.fromkeys(read))}", *records)


@gate
def the_product_is_in_specification_or_its_deviation_is_accepted(asked: Asked) -> Found:
    """Out of specification it is given under a physician's acceptance and its approval, or not."""
    batch = batch_in_use(asked.case)
    if batch is None or batch.released is None:
        return not_asked(NOT_RELEASED)
    record, released = batch.released
    if released.specification == "in":
        return met("released in specification", record)
    accepted = batch.deviation
    if accepted is None:
        return not_met(
            "released out of specification, and no accepted deviation is reported", record
        )
    return met(
        f"out of specification; accepted by {accepted[1].provider} under {accepted[1].pathway} "
        f"{accepted[1].number}",
        record,
        accepted[0],
    )


@gate
def the_product_has_not_expired(asked: Asked) -> Found:
    """By the last day that the release names; that day itself counts."""
    batch = batch_in_use(asked.case)
    if batch is None or batch.released is None:
        return not_asked(NOT_RELEASED)
    record, released = batch.released
    if released.expiry is None:
        return not_met(
            "the release does not say until when the product may be used",
            record,
            remedy="report the release with its expiry, as the maker's certificate has it",
        )
    if released.expiry < asked.on:
        return not_met(f"the product expired; its last day was {released.expiry}", record)
    return met(f"it may be used until {released.expiry}", record)


@gate
def the_product_came_intact(asked: Asked) -> Found:
    """A damaged bag is looked at by whoever may reject it, before anything else is done."""
    batch = batch_in_use(asked.case)
    if batch is None or batch.received is None:
        return not_asked(NOT_RECEIVED)
    record, received = batch.received
    if received.condition == "damaged":
        return not_met(f"it was received damaged on {record.day}", record)
    return met(f"received intact on {record.day}", record)


@gate
def the_product_is_here_before_the_lymphodepletion(asked: Asked) -> Found:
    """Chemotherapy for a product that never comes has been given for nothing; it is legal."""
    batch = batch_in_use(asked.case)
    if batch is None or "product.received" not in batch.links:
        stage = asked.case.seen.stage
        return not_met(
            f"the product has not been received; the encounter stands at {stage}",
            *(batch.records if batch else ()),
        )
    return met("the product is here", *batch.records[-1:])


def _labels(batch: Batch) -> Iterator[tuple[Record, ManufacturingReleased | ProductReceived]]:
    if batch.released is not None:
        yield batch.released
    if batch.received is not None:
        yield batch.received


def _strange(
    case: Case, record: Record, fact: ManufacturingReleased | ProductReceived
) -> Iterator[str]:
    ndc, code, day = fact.ndc_on_label, fact.hcpcs_on_label, record.day
    brand = case.product.brand
    if ndc is not None and not is_own(case, ndc, day):
        what, whose = ndc_in_words(case, ndc, day), maker(case, ndc, day)
        yield f"the label says NDC {ndc}, which is {what} ({whose}), not {brand}"
    if code is not None and not is_own_code(case, code, day):
        yield f"the label says {code}, {code_in_words(case, code, day)}, not {brand}"
