"""Claim C: the dose once, on day 0, and what an infusion lists beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from veinledger.domain.facts.collection import CellsPrepared
from veinledger.domain.facts.manufacturing import ProductReceived, ProductThawed
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import (
    BY_LINE,
    As,
    Given,
    coded,
    finding,
    line,
    with_differs,
)
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.collection import paid_with_the_product, payment_differs
from veinledger.projections.claims.rules.infusion.labels import label_ndc
from veinledger.projections.claims.shapes import Differs
from veinledger.projections.claims.told import told

REVENUE: Final = {
    "car_t_planning": "revenue_cell_collection",
    "car_t_transport_preparation": "revenue_cell_transport_preparation",
    "car_t_receipt_preparation": "revenue_cell_receipt_preparation",
    "car_t_administration": "revenue_cell_infusion",
    "car_t_product_preparation": "revenue_cell_receipt_preparation",
}
PAID_WITH_THE_PRODUCT: Final = frozenset({"car_t_receipt_preparation"})
"""Preparations that the product's own payment may include; the giving is paid by itself."""


@rule("C", source="CMS HCPCS Level II, per therapeutic dose; research/codes.md R13, R14, R65")
def the_dose_is_billed_once_on_day_0(bill: Bill) -> Iterator[Said]:
    """One unit whatever the weight and the bags; nothing that was not received, infused, bought."""
    parts = _dose(bill)
    if not parts:
        return
    (first, infused), case = parts[0], bill.case
    received = case.receipt(infused.chain_of_identity)
    if received is None:
        yield finding(
            (first,),
            "the cells were infused and no receipt of the product is in effect",
            "report the receipt under the same chain of identity; the dose is billed then",
            severity="critical",
        )
        return
    if infused.acquisition != "purchased":
        return  # a price on it would bill what nobody bought; the claim is held and says so
    given = Given(
        records=(*(record for record, _ in parts), received[0]),
        revenue="revenue_cell_product",
        quantity="1 therapeutic dose, whatever the weight and the number of bags",
        ndc=label_ndc(case, infused, received[1], first.day),
        day=first.day,
    )
    codes = case.product.codes
    said = line(bill, codes.dose, given)
    yield with_differs(said, *(told(case.rules.differs(codes.ndc, first.day)) if codes.ndc else ()))


@rule("C", source="CGS; icd10monitor; research/codes.md R01")
def an_outpatient_infusion_lists_receipt_and_administration(bill: Bill) -> Iterator[Said]:
    """The acts around an outpatient infusion; on an inpatient claim the procedure code says it."""
    parts = _dose(bill)
    entry = bill.case.rules.find("infusion_claim_lines", bill.last_day)
    if not parts or entry is None or bill.inpatient:
        return
    for meaning in entry.parts:
        tracked, day = meaning in PAID_WITH_THE_PRODUCT, parts[0][0].day
        given = Given(
            records=_rendered(bill, meaning),
            revenue=REVENUE[meaning],
            paid=paid_with_the_product(bill, day) if tracked else BY_LINE,
            day=day,
        )
        more = payment_differs(bill, day) if tracked else ()
        yield line(bill, meaning, given, (*_differs(bill, meaning, day), *more))


@rule("C", source="research/codes.md R01")
def what_the_other_edition_alone_lists_is_told(bill: Bill) -> Iterator[Said]:
    """An act that only the other edition would bill beside the product."""
    here = bill.case.rules.find("infusion_claim_lines", bill.last_day)
    there = bill.case.elsewhere.rules.find("infusion_claim_lines", bill.last_day)
    if bill.inpatient or here is None or there is None:
        return
    for meaning in there.parts:
        if meaning not in here.parts:
            code = bill.case.elsewhere.rules.find(meaning, bill.last_day)
            difference = bill.case.rules.differs("infusion_claim_lines", bill.last_day)
            yield from told(difference, "nothing", code.code if code else None)


@rule("C", source="ICD-10-PCS; research/codes.md R28, R29, R33")
def an_inpatient_infusion_is_coded_by_product_and_access(bill: Bill) -> Iterator[Said]:
    """The procedure code that leads to the product's group, by vein, on the day of discharge."""
    if not bill.inpatient:
        return
    for record, fact in _dose(bill):
        meaning = bill.case.product.infusion_code(fact.access)
        if meaning is None:
            yield finding(
                (record,),
                f"the product page names no procedure code for {fact.access} access",
                "add the meaning to the product page, or have a coder choose the code",
            )
        else:
            yield coded(bill, meaning, As(role="procedure", records=(record,), day=record.day))


@rule("C", source="MM12928 / CR 12928; research/codes.md R14")
def an_office_infusion_waits_for_the_splitting_of_its_dose(bill: Bill) -> Iterator[Said]:
    """A professional claim cannot hold one whole dose where it is billed in fractions."""
    entry = bill.case.rules.find("office_dose_fraction", bill.last_day)
    whole = entry is None or entry.unit is None or entry.unit.amount >= 1
    if bill.form == "UB-04" or whole or not _dose(bill):
        return
    yield finding(
        (bill.anchor,),
        "an office bills the dose in tenths on several professional claims, and this program "
        "does not split a dose yet",
        "bill it by hand in tenths that add up to one, or infuse in a hospital setting",
        severity="critical",
    )


def _dose(bill: Bill) -> tuple[tuple[Record, CellsInfused], ...]:
    """The parts of the one dose, on the bill that holds the first of them; else none."""
    infusions = bill.case.infusions()
    here = {record.key for record in bill.services}
    if not infusions or infusions[0][0].key not in here:
        return ()
    chain = infusions[0][1].chain_of_identity
    return tuple(pair for pair in infusions if pair[1].chain_of_identity == chain)


def _rendered(bill: Bill, meaning: str) -> tuple[Record, ...]:
    """The records that an act rests on; the infusion itself where none tells of the act."""
    seen, parts = bill.case.seen, _dose(bill)
    chain = parts[0][1].chain_of_identity
    kinds = {
        "car_t_transport_preparation": (CellsPrepared,),
        "car_t_receipt_preparation": (ProductReceived, ProductThawed),
        "car_t_product_preparation": (ProductThawed,),
    }.get(meaning, ())
    found = [
        record
        for kind in kinds
        for record, fact in seen.of(kind)
        if getattr(fact, "chain_of_identity", None) == chain
    ]
    return tuple(found) or tuple(record for record, _ in parts)


def _differs(bill: Bill, meaning: str, day: date) -> tuple[Differs, ...]:
    """Another code for the act, or that the other edition does not list it at all."""
    there = bill.case.elsewhere.rules.find("infusion_claim_lines", bill.last_day)
    if there is not None and meaning in there.parts:
        return told(bill.case.rules.differs(meaning, day))
    entry = bill.case.rules.find(meaning, bill.last_day)
    here = entry.code if entry else "nothing"
    return told(bill.case.rules.differs("infusion_claim_lines", bill.last_day), here, "nothing")
