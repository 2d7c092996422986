"""Drugs by the milligram: lymphodepletion and tocilizumab.

The modifiers for discarded drug (JW, JZ) and for 340B are not put on yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.toxicity import TocilizumabGiven
from veinledger.domain.facts.treatment import LymphodepletionDoseGiven
from veinledger.projections.claims.bill import Bill
from veinledger.projections.claims.lines import Given, finding, line, no_code
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.shapes import Differs
from veinledger.projections.claims.told import told
from veinledger.projections.claims.units import Dose, Portion, in_all, portions


@rule("B", "C", "D", source="CMS HCPCS Level II billing units; research/codes.md R17 to R20")
def each_drug_is_billed_in_whole_units(bill: Bill) -> Iterator[Said]:
    """Milligrams become whole units, rounded up where the edition rounds."""
    given = tuple(doses(bill))
    for portion in portions(given, bill.case.rules, bill.last_day):
        yield line(
            bill,
            portion.doses[0].meaning,
            Given(
                records=tuple(dose.record for dose in portion.doses),
                revenue="revenue_detailed_drugs",
                units=portion.units,
                quantity=portion.quantity,
                ndc=portion.doses[0].ndc,
                key=portion.doses[0].key,
            ),
            _differs(bill, portion, given),
        )


@rule("B", "C", "D", source="DESIGN 7: nothing is guessed")
def a_drug_without_a_code_waits_for_a_coder(bill: Bill) -> Iterator[Said]:
    """A drug that the regimen does not list, or that the book has no code for on its day."""
    for record, fact in bill.of(LymphodepletionDoseGiven):
        if bill.case.regimen_drug(fact.agent, record.day) is None:
            yield finding(
                (record,),
                "the regimen of the product page has no such drug, so that no code is known for it",
                "have a coder choose the code, or add the drug to the regimen with its source",
            )
    for dose in doses(bill):
        if bill.case.rules.find(dose.meaning, dose.day, dose.key) is None:
            yield no_code(dose.meaning, dose.day, (dose.record,))


def doses(bill: Bill) -> Iterator[Dose]:
    """The doses on a bill whose drug the code book may know."""
    for record, given in bill.of(LymphodepletionDoseGiven):
        known = bill.case.regimen_drug(given.agent, record.day)
        if known is not None:
            course = f"course {given.course}"
            yield Dose(record=record, drug=given.drug, meaning=known.meaning, course=course)
    for record, fact in bill.of(TocilizumabGiven):
        meaning = "tocilizumab_injection"
        yield Dose(record=record, drug=fact.drug, meaning=meaning, course=record.key)


def _differs(bill: Bill, portion: Portion, given: tuple[Dose, ...]) -> tuple[Differs, ...]:
    """What both editions bill for all doses of the drug on this bill, where that is not the same.

    Whole courses are compared, for one edition's line may stand for three of the other's.
    """
    first, rules = portion.doses[0], bill.case.rules
    alike = [dose for dose in given if dose.meaning == first.meaning]
    here = in_all(alike, rules, bill.last_day)
    there = in_all(alike, bill.case.elsewhere.rules, bill.last_day)
    by_code = rules.differs(first.meaning, first.day, first.key)
    return told(by_code or rules.differs("unit_rounding", bill.last_day), here, there)
