"""Claim C, outside a bed: receipt and preparation of the bag, and the giving of the cells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from veinledger.domain.facts.collection import CellsPrepared
from veinledger.domain.facts.manufacturing import ProductReceived, ProductThawed
from veinledger.domain.findings import Finding
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import BY_LINE, Code, Given, finding, line, line_of
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.collection import paid_with_the_product, payment_differs
from veinledger.projections.claims.rules.infusion.modifiers import of_an_act
from veinledger.projections.claims.rules.infusion.parts import bags_here, dose
from veinledger.projections.claims.rules.infusion.posted import charged_as_posted
from veinledger.projections.claims.shapes import Differs, Line
from veinledger.projections.claims.told import told

GIVING: Final = "car_t_administration"
RECEIPT: Final = "car_t_receipt_preparation"
REVENUE: Final = {
    "car_t_planning": "revenue_cell_collection",
    "car_t_transport_preparation": "revenue_cell_transport_preparation",
    RECEIPT: "revenue_cell_receipt_preparation",
    GIVING: "revenue_cell_infusion",
    "car_t_product_preparation": "revenue_cell_receipt_preparation",
}
PAID_WITH_THE_PRODUCT: Final = frozenset({RECEIPT})
"""Preparations that the product's own payment may include; the giving is paid by itself."""


@rule("C", source="CGS; icd10monitor; evidence R01, R12")
def an_outpatient_infusion_lists_receipt_and_administration(bill: Bill) -> Iterator[Said]:
    """The acts around an outpatient infusion; on an inpatient claim the procedure code says it."""
    entry = bill.case.rules.find("infusion_claim_lines", bill.last_day)
    if entry is None or bill.inpatient or not bill.leads:
        return
    folded = bill.folding is not None and bill.folding.receipt
    for meaning in entry.parts:
        if meaning in PAID_WITH_THE_PRODUCT and folded:
            continue
        for day in _days(bill, meaning):
            yield act(bill, meaning, day)


@rule("C", source="evidence R01")
def what_the_other_edition_alone_lists_is_told(bill: Bill) -> Iterator[Said]:
    """An act that only the other edition would bill beside the product."""
    here = bill.case.rules.find("infusion_claim_lines", bill.last_day)
    there = bill.case.elsewhere.rules.find("infusion_claim_lines", bill.last_day)
    if bill.inpatient or not (bill.leads and bill.bills_the_product) or not (here and there):
        return
    for meaning in there.parts:
        if meaning not in here.parts:
            code = bill.case.elsewhere.rules.find(meaning, bill.last_day)
            difference = bill.case.rules.differs("infusion_claim_lines", bill.last_day)
            yield from told(difference, "nothing", code.code if code else None)


@rule("C", source="house rule: one dose is billed once; evidence R12")
def the_bags_of_one_dose_stand_on_one_claim(bill: Bill) -> Iterator[Said]:
    """A second bag under another account, or in another setting, is a claim without a product."""
    bags = bags_here(bill)
    if bags and not dose(bill):
        yield finding(
            [record for record, _ in bags],
            "a part of the dose was given here, and the claim of its first part bills the product",
            "compare the accounts and settings of the bags; put them under one, or have a coder "
            "decide what this claim may say",
            severity="critical",
        )


@rule("C", source="UB-04 revenue lines; evidence R54, R63")
def receipt_and_giving_stand_on_the_stay_as_posted(bill: Bill) -> Iterator[Said]:
    """Their codes have no place on an inpatient claim, their charges have."""
    if bill.stay is None or not bags_here(bill):
        return
    for meaning in (RECEIPT, GIVING):
        entry = bill.case.rules.find(REVENUE[meaning], bill.last_day)
        for record, fact in bill.case.posted(bill.account):
            mine = entry is not None and fact.revenue_code == entry.code and fact.hcpcs is not None
            if mine and bill.bills_day(fact.service_date):
                given = Given(
                    records=(record,),
                    revenue=REVENUE[meaning],
                    units=fact.units,
                    charge=fact.amount,
                    covered=fact.covered,
                    day=fact.service_date,
                )
                yield line_of(bill, Code("", "as posted by revenue code"), given)


def act(bill: Bill, meaning: str, day: date) -> Line | Finding:
    """One act on one day, as its own line."""
    tracked = meaning in PAID_WITH_THE_PRODUCT
    modifiers, more = of_an_act(bill, day, giving=meaning == GIVING)
    given = Given(
        records=_rendered(bill, meaning, day),
        revenue=REVENUE[meaning],
        paid=paid_with_the_product(bill, day) if tracked else BY_LINE,
        modifiers=modifiers,
        day=day,
    )
    given = charged_as_posted(bill, meaning, given, day)
    paid = payment_differs(bill, day) if tracked else ()
    return line(bill, meaning, given, (*_differs(bill, meaning, day), *more, *paid))


def _days(bill: Bill, meaning: str) -> tuple[date, ...]:
    """The giving on each day on which a bag went in, once; what else was done, on the first."""
    if meaning == GIVING:
        return tuple(dict.fromkeys(record.day for record, _ in bags_here(bill)))
    return tuple(record.day for record, _ in dose(bill)[:1])


def _rendered(bill: Bill, meaning: str, day: date) -> tuple[Record, ...]:
    """The records that an act rests on; the infusion itself where none tells of the act."""
    bags = bags_here(bill)
    if meaning == GIVING:
        return tuple(record for record, _ in bags if record.day == day)
    chain = bags[0][1].chain_of_identity
    kinds = {
        "car_t_transport_preparation": (CellsPrepared,),
        RECEIPT: (ProductReceived, ProductThawed),
        "car_t_product_preparation": (ProductThawed,),
    }.get(meaning, ())
    found = [
        record
        for kind in kinds
        for record, fact in bill.case.seen.of(kind)
        if getattr(fact, "chain_of_identity", None) == chain
    ]
    return tuple(found) or tuple(record for record, _ in bags)


def _differs(bill: Bill, meaning: str, day: date) -> tuple[Differs, ...]:
    """Another code for the act, or that the other edition does not list it at all."""
    there = bill.case.elsewhere.rules.find("infusion_claim_lines", bill.last_day)
    if there is not None and meaning in there.parts:
        return told(bill.case.rules.differs(meaning, day))
    entry = bill.case.rules.find(meaning, bill.last_day)
    here = entry.code if entry else "nothing"
    return told(bill.case.rules.differs("infusion_claim_lines", bill.last_day), here, "nothing")
