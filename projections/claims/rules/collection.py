"""Claim A: the collection of the cells and their preparation for the way to the maker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.collection import ApheresisCompleted, CellsPrepared
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill, service_of
from veinledger.projections.claims.lines import BY_LINE, As, Given, Paid, coded, finding, line
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.infusion.posted import charged_as_posted
from veinledger.projections.claims.shapes import Differs, Payment
from veinledger.projections.claims.told import named, told, word

COLLECTION: Final = "apheresis_collection"

RENDERED: Final[dict[str, tuple[type[Fact], str]]] = {
    COLLECTION: (ApheresisCompleted, "revenue_cell_collection"),
    "car_t_transport_preparation": (CellsPrepared, "revenue_cell_transport_preparation"),
}
"""What each part of the collection claim rests on, and its revenue code."""

PAYMENT: Final[dict[str, Payment]] = {
    "tracking_only": "tracking",
    "by_payer": "billed",
    "paid": "billed",
}
"""By the word of the code book's `collection_payment`."""


@rule("A", "B", "C", "D", source="NUBC cell therapy codes; CGS on SE19009; evidence R05, R54")
def collection_and_preparation_are_billed_by_the_day(bill: Bill) -> Iterator[Said]:
    """Once a day, whatever the number of bags; what is folded into the product has no line."""
    folded = bill.folding.folded if bill.folding else ()
    yield from collected(bill, folded)


def collected(bill: Bill, left_out: tuple[str, ...] = ()) -> Iterator[Said]:
    """The lines of the collections and preparations on a bill, but for those left out."""
    entry = bill.case.rules.find("collection_claim_lines", bill.last_day)
    for meaning in entry.parts if entry else ():
        fact, revenue = RENDERED[meaning]
        done = [r for r in _done(bill, fact) if r.key not in left_out]
        for day in dict.fromkeys(record.day for record in done):
            if _listed_elsewhere(bill, fact, day):
                continue
            given = Given(
                records=tuple(record for record in done if record.day == day),
                revenue=revenue,
                paid=_paid(bill, done, day),
            )
            billed_as = _billed_as(bill, meaning, day)
            given = charged_as_posted(bill, billed_as, given, day)
            yield line(bill, billed_as, given, _differs(bill, meaning, day))


@rule("A", "B", "C", "D", source="icd10monitor on CAR-T: once a day; evidence R12")
def a_second_collection_of_a_day_on_another_claim_is_told(bill: Bill) -> Iterator[Said]:
    """A day's collection is one line for the patient, whatever accounts it was posted to."""
    for fact, _ in RENDERED.values():
        again = [r for r in _done(bill, fact) if _listed_elsewhere(bill, fact, r.day)]
        if again:
            yield finding(
                again,
                "another claim lists what was collected or prepared on this day already",
                "nothing, if it was one procedure; else have a coder look at both accounts",
                severity="notice",
                holds=False,
            )


@rule("A", source="chargemasters of US hospitals; evidence R07: Medicare would pay twice")
def a_payers_own_code_for_the_collection_is_not_medicares(bill: Bill) -> Iterator[Said]:
    """Medicare pays for the collection inside the product; a code that is paid would pay twice."""
    payer = bill.case.payer(bill.payer_day)
    tracked = paid_with_the_product(bill, bill.payer_day).payment == "tracking"
    if payer is None or payer.collection_meaning is None or not tracked:
        return
    if payer.collection_meaning != COLLECTION and next(bill.of(ApheresisCompleted), None):
        yield finding(
            (bill.anchor,),
            f"the directory wants {payer.collection_meaning.replace('_', ' ')} for {payer.name}, "
            "and this payer pays for the collection inside the product",
            "take collection_meaning out of the payer's entry; the claim does not follow it",
            holds=False,
        )


@rule("A", "C", source="CGS on SE19009: track or fold, never both; evidence R05")
def the_first_claim_sent_fixes_where_collection_charges_stand(bill: Bill) -> Iterator[Said]:
    """A site that changes its way in between would charge the same collection twice, or never."""
    folding = bill.folding
    if folding is not None and folding.fixed_by:
        yield finding(
            (*folding.fixed_by, bill.anchor),
            f"the charges of the collection stay {folding.way}, as in the first claim sent, and "
            "the site's directory says otherwise",
            "nothing for this encounter; the directory's way holds for those that begin after it",
            severity="notice",
            holds=False,
        )


@rule("A", "C", "D", source="evidence R05")
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


@rule("A", "B", "C", "D", source="ICD-10-PCS; evidence R31")
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


def _done(bill: Bill, fact: type[Fact]) -> list[Record]:
    """What was done, and has a line: in a stay, only what a payment window moved there."""
    return [r for r, _ in bill.of(fact) if not bill.inpatient or r.key in bill.moved]


def _listed_elsewhere(bill: Bill, fact: type[Fact], day: date) -> bool:
    """Whether the first of its kind on a day, by the same biller, is on another outpatient bill."""
    for record, _ in bill.case.seen.of(fact):
        service = service_of(record)
        if record.day != day or service is None or service.patient_class == "inpatient":
            continue
        if (service.biller or service.facility) == bill.biller:
            return record.key not in {each.key for each in bill.services}
    return False


def _paid(bill: Bill, done: list[Record], day: date) -> Paid:
    """As the payer pays, with the reason why the charge is not folded where others are."""
    paid = paid_with_the_product(bill, day)
    if bill.folding is None:
        return paid
    kept = bill.folding.kept
    why = dict.fromkeys(kept[r.key] for r in done if r.day == day and r.key in kept)
    if not why:
        return paid
    return Paid(payment=paid.payment, reason=f"{paid.reason}; not folded: {', '.join(why)}")


def _billed_as(bill: Bill, meaning: str, day: date) -> str:
    """Under the payer's own meaning, where it has one and pays for the collection by itself."""
    payer, rules = bill.case.payer(day), bill.case.rules
    own = payer.collection_meaning if payer and meaning == COLLECTION else None
    entry = rules.find("collection_payment", day, bill.case.coverage_kind(day))
    return own if own and entry is not None and entry.code == "by_payer" else meaning


def _differs(bill: Bill, meaning: str, day: date) -> tuple[Differs, ...]:
    rules, elsewhere = bill.case.rules, bill.case.elsewhere.rules
    here = rules.find(_billed_as(bill, meaning, day), day)
    listed = elsewhere.find("collection_claim_lines", day)
    if listed is None or meaning not in listed.parts:
        difference = rules.differs("collection_claim_lines", day)
        return told(difference, here.code if here else "nothing", "nothing")
    there = elsewhere.find(_billed_as(replace(bill, case=bill.case.elsewhere), meaning, day), day)
    paid = payment_differs(bill, day)
    if here is not None and there is not None and here.code == there.code:
        return paid
    return (*told(rules.differs(meaning, day), named(here), named(there)), *paid)
