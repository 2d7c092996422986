"""The label on the bag: it says what was given, and another product's label holds the claim.

Each way of being wrong is a rule of its own, so that a finding names it: another product's code,
another maker, another product of the same maker, another lot.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import get_args

from veinledger.domain.facts.manufacturing import ManufacturingReleased, ProductReceived
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.cells.names import (
    code_in_words,
    is_own,
    is_own_code,
    is_own_maker,
    maker,
    ndc_in_words,
    own_makers,
)
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.told import told

Labelled = CellsInfused | ProductReceived | ManufacturingReleased
COMPARE = (
    "compare the bag's label and chain of identity with the order; correct the report or the "
    "product of the encounter"
)


@rule("C", source="page: denials 4 and 5; HCPCS Level II; evidence R15")
def a_code_of_another_product_on_the_label_holds_the_claim(bill: Bill) -> Iterator[Said]:
    """The HCPCS code on the label is the product's own; a CD19 code is none for myeloma."""
    for record, fact in labelled(bill):
        code, case = fact.hcpcs_on_label, bill.case
        if code is None or is_own_code(case, code, record.day):
            continue
        own = case.rules.find(case.product.codes.dose, record.day)
        rather = own.code if own else f"a code of {case.product.brand}"
        said = code_in_words(case, code, record.day)
        yield _strange(record, f"the label says {code}, {said}, not {rather}")


@rule("C", source="openFDA NDC directory; page: NDC reference; evidence R66 to R68")
def a_label_of_another_maker_holds_the_claim(bill: Bill) -> Iterator[Said]:
    """The first segment of the NDC on the label is a labeler of the product."""
    for record, fact in labelled(bill):
        ndc, case = fact.ndc_on_label, bill.case
        if ndc is not None and not is_own_maker(case, ndc, record.day):
            yield _strange(
                record,
                f"the label says NDC {ndc}, which is {ndc_in_words(case, ndc, record.day)}: "
                f"{maker(case, ndc, record.day)}, not {own_makers(case, record.day)}",
            )


@rule("C", source="openFDA NDC directory; evidence R66, R69")
def another_product_of_the_same_maker_holds_the_claim(bill: Bill) -> Iterator[Said]:
    """The labeler is right and the product segment is not: one maker labels many products."""
    for record, fact in labelled(bill):
        ndc, case = fact.ndc_on_label, bill.case
        if ndc is None or not is_own_maker(case, ndc, record.day) or is_own(case, ndc, record.day):
            continue
        yield _strange(
            record,
            f"the label says NDC {ndc}, which is {ndc_in_words(case, ndc, record.day)}: the same "
            f"maker as {case.product.brand}, another product",
        )


@rule("C", source="house rule: what is billed is the batch that was received")
def another_lot_than_the_one_that_came_holds_the_claim(bill: Bill) -> Iterator[Said]:
    """The lot that went in is one that was received, and that one was released, under its chain."""
    released = _lots(bill.case, ManufacturingReleased)
    received = _lots(bill.case, ProductReceived)
    for record, fact in labelled(bill):
        chain = fact.chain_of_identity
        came = received.get(chain, {}) if isinstance(fact, CellsInfused) else {}
        known = came or released.get(chain, {})
        if fact.lot is None or not known or fact.lot in known:
            continue
        of_others = {lot for lots in (*released.values(), *received.values()) for lot in lots}
        whose = "it is the lot of another batch" if fact.lot in of_others else "nobody knows it"
        yield finding(
            (record, *known.values()),
            f"the lot on this report is not the lot that was {'received' if came else 'released'} "
            f"under its chain of identity: {whose}",
            "compare the lot on the bag with the maker's release; correct the report that is "
            "wrong, or settle it with the deviation's number",
            severity="critical",
        )


@rule("C", source="page: NDC reference; evidence R67")
def a_labeler_that_the_other_edition_has_otherwise_is_told(bill: Bill) -> Iterator[Said]:
    """The source page prints a wrong labeler for one product; a true label is never held by it."""
    meaning, infused = bill.case.product.codes.labeler, next(bill.of(CellsInfused), None)
    if meaning is not None and infused is not None:
        yield from told(bill.case.rules.differs(meaning, infused[0].day))


def label_ndc(
    case: Case, infused: CellsInfused, received: ProductReceived, day: date
) -> str | None:
    """The NDC as on the label of the bag that went in, else the product's in the code book.

    Another product's NDC never stands on a claim, whoever settles the finding about it.
    """
    on_label = infused.ndc_on_label or received.ndc_on_label
    if on_label is not None:
        return on_label if is_own(case, on_label, day) else None
    entry = case.rules.find(case.product.codes.ndc, day) if case.product.codes.ndc else None
    return entry.code if entry else None


def labelled(bill: Bill) -> Iterator[tuple[Record, Labelled]]:
    """Every report that read a label of the chain that went in."""
    chains = {fact.chain_of_identity for _, fact in bill.of(CellsInfused)}
    for record in bill.case.seen.among(*get_args(Labelled)):
        fact = record.fact
        if isinstance(fact, Labelled) and fact.chain_of_identity in chains:
            yield record, fact


def _lots(
    case: Case, kind: type[ProductReceived] | type[ManufacturingReleased]
) -> dict[str, dict[str, Record]]:
    """By chain of identity: every lot that was released or received under it, and who said so."""
    found: dict[str, dict[str, Record]] = {}
    for record, fact in case.seen.of(kind):
        if fact.lot is not None:
            found.setdefault(fact.chain_of_identity, {})[fact.lot] = record
    return found


def _strange(record: Record, says: str) -> Said:
    return finding((record,), says, COMPARE, severity="critical")
