"""The label on the bag: it says what was given, and another product's label holds the claim."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from veinledger.domain.codebook.ndc import product_of
from veinledger.domain.facts.manufacturing import ManufacturingReleased, ProductReceived
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.products.profile import Product
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.case import Case
from veinledger.projections.claims.lines import finding
from veinledger.projections.claims.registry import Said, rule

Labelled = CellsInfused | ProductReceived | ManufacturingReleased


@rule("C", source="page: denials 4 and 5; openFDA NDC directory; research/codes.md R15, R66, R69")
def a_label_of_another_product_holds_the_claim(bill: Bill) -> Iterator[Said]:
    """The label decides what may be billed: its HCPCS code and its NDC are the product's own."""
    for record, fact in _labelled(bill):
        for says in _strange(bill.case, fact, record.day):
            yield finding(
                (record,),
                says,
                "compare the bag's label and chain of identity with the order; correct the report "
                "or the product of the encounter",
                severity="critical",
            )


def label_ndc(
    case: Case, infused: CellsInfused, received: ProductReceived, day: date
) -> str | None:
    """The NDC as on the label of the bag that went in, else the product's in the code book."""
    on_label = infused.ndc_on_label or received.ndc_on_label
    if on_label is not None or case.product.codes.ndc is None:
        return on_label
    entry = case.rules.find(case.product.codes.ndc, day)
    return entry.code if entry else None


def _labelled(bill: Bill) -> Iterator[tuple[Record, Labelled]]:
    """Every report that read a label of the chain that went in."""
    chains = {fact.chain_of_identity for _, fact in bill.of(CellsInfused)}
    for record in bill.case.seen.records:
        fact = record.fact
        if isinstance(fact, Labelled) and fact.chain_of_identity in chains:
            yield record, fact


def _strange(case: Case, fact: Labelled, day: date) -> Iterator[str]:
    """What a label says that this edition does not know as the product's own."""
    rules = case.rules
    own = rules.find(case.product.codes.dose, day)
    code = fact.hcpcs_on_label
    if code is not None and own is not None and code != own.code:
        other = rules.products.by_hcpcs(code, rules.book, day, rules.edition)
        yield f"the label says {code}, {_brand(other)}, not {own.code}"
    ndc = fact.ndc_on_label
    if ndc is not None and product_of(ndc) not in _own_ndcs(case, day):
        carried = rules.products.by_ndc(ndc)
        yield f"the label says NDC {ndc}, {_brand(carried)}"


def _own_ndcs(case: Case, day: date) -> set[str]:
    """The product's true labels, and what this edition takes for one."""
    meaning = case.product.codes.ndc
    entry = case.rules.find(meaning, day) if meaning else None
    return {*case.product.ndcs, *((product_of(entry.code),) if entry else ())}


def _brand(product: Product | None) -> str:
    return f"which is {product.brand}" if product else "which is no label of this product"
