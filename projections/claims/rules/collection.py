"""Claim A: the collection of the cells and their preparation for the way to the maker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.collection import ApheresisCompleted, CellsPrepared
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import BY_LINE, As, Given, Paid, coded, line
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.shapes import Differs, Payment
from veinledger.projections.claims.told import told, word

RENDERED: Final[dict[str, tuple[type[Fact], str]]] = {
    "apheresis_collection": (ApheresisCompleted, "revenue_cell_collection"),
    "car_t_transport_preparation": (CellsPrepared, "revenue_cell_transport_preparation"),
}
"""What each part of the collection claim rests on, and its revenue code."""

PAYMENT: Final[dict[str, Payment]] = {
    "tracking_only": "tracking",
    "by_payer": "billed",
    "paid": "billed",
}
"""By the word of the code book's `collection_payment`."""


@rule("A", "C", "D", source="NUBC cell therapy revenue codes; CGS on SE19009; codes.md R05, R54")
def collection_and_preparation_are_billed_by_the_day(bill: Bill) -> Iterator[Said]:
    """Once a day, whatever the number of bags; what is paid inside the product is tracked."""
    entry = bill.case.rules.find("collection_claim_lines", bill.last_day)
    if entry is None:
        return
    for meaning in entry.parts:
        fact, revenue = RENDERED[meaning]
        done = [r for r, _ in bill.of(fact) if not bill.inpatient or r.key in bill.moved]
        for day in dict.fromkeys(record.day for record in done):
            given = Given(
                records=tuple(record for record in done if record.day == day),
                revenue=revenue,
                paid=paid_with_the_product(bill, day),
            )
            yield line(bill, meaning, given, _differs(bill, meaning, day))


@rule("A", "C", "D", source="research/codes.md R05")
def what_the_other_edition_alone_collects_is_told(bill: Bill) -> Iterator[Said]:
    """A part of the collection claim that only the other edition lists, where it was rendered."""
    here = bill.case.rules.find("collection_claim_lines", bill.last_day)
    there = bill.case.elsewhere.rules.find("collection_claim_lines", bill.last_day)
    if here is None or there is None or bill.inpatient:
        return
    for meaning in there.parts:
        if meaning not in here.parts and next(bill.of(RENDERED[meaning][0]), None):
            code = bill.case.elsewhere.rules.find(meaning, bill.last_day)
            difference = bill.case.rules.differs("collection_claim_lines", bill.last_day)
            yield from told(difference, "nothing", code.code if code else None)


@rule("A", "B", "C", "D", source="ICD-10-PCS; research/codes.md R31")
def an_inpatient_collection_is_a_procedure(bill: Bill) -> Iterator[Said]:
    """On an inpatient claim a collection is a procedure code, once or one of several."""
    if not bill.inpatient:
        return
    for record, fact in bill.of(ApheresisCompleted):
        meaning = f"apheresis_inpatient_{fact.procedure}"
        yield coded(bill, meaning, As(role="procedure", records=(record,), day=record.day))


def paid_with_the_product(bill: Bill, day: date) -> Paid:
    """How the collection and the preparations are paid by the payer of a day."""
    entry = bill.case.rules.find("collection_payment", day, bill.case.coverage_kind(day))
    if entry is None:
        return BY_LINE
    return Paid(payment=PAYMENT[entry.code], reason=f"{entry.label}: {word(entry)}")


def payment_differs(bill: Bill, day: date) -> tuple[Differs, ...]:
    """Paid here and tracked there, or the other way round."""
    kind = bill.case.coverage_kind(day)
    difference = bill.case.rules.differs("collection_payment", day, kind)
    if difference is None or difference.this is None or difference.other is None:
        return ()
    here, there = PAYMENT[difference.this.code], PAYMENT[difference.other.code]
    return told(difference, here, there)


def _differs(bill: Bill, meaning: str, day: date) -> tuple[Differs, ...]:
    there = bill.case.elsewhere.rules.find("collection_claim_lines", day)
    if there is not None and meaning in there.parts:
        return (*told(bill.case.rules.differs(meaning, day)), *payment_differs(bill, day))
    entry = bill.case.rules.find(meaning, day)
    here = entry.code if entry else "nothing"
    return told(bill.case.rules.differs("collection_claim_lines", day), here, "nothing")
