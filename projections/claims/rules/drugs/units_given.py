"""Drugs by the milligram: lymphodepletion and tocilizumab.

The modifiers for discarded drug (JW, JZ) and for 340B are not put on yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from veinledger.domain.facts.treatment import LymphodepletionDoseGiven, TocilizumabGiven
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.case import Case
from veinledger.projections.claims.lines import Given, finding, line, no_code
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.shapes import Differs
from veinledger.projections.claims.told import told
from veinledger.projections.claims.units import Dose, Portion, in_all, portions

TOCILIZUMAB: Final = "tocilizumab_injection"


@rule("B", "C", "D", source="CMS HCPCS Level II billing units; research/codes.md R17 to R20")
def each_drug_is_billed_in_whole_units(bill: Bill) -> Iterator[Said]:
    """Milligrams become whole units, rounded up where the edition rounds."""
    for portion in portions(doses(bill), bill.case.rules, bill.last_day):
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
            _differs(bill.case, portion, bill.last_day),
        )


@rule("B", "C", "D", source="house rule: nothing is guessed")
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
    return _doses(bill.case, bill.services)


def _doses(case: Case, records: Iterable[Record]) -> Iterator[Dose]:
    for record in records:
        match record.fact:
            case LymphodepletionDoseGiven(agent=agent, drug=drug, course=course):
                known = case.regimen_drug(agent, record.day)
                if known is not None:
                    yield Dose(record=record, drug=drug, meaning=known.meaning, course=str(course))
            case TocilizumabGiven(drug=drug):
                yield Dose(record=record, drug=drug, meaning=TOCILIZUMAB, course=record.key)
            case _:
                pass


def _differs(case: Case, portion: Portion, on: date) -> tuple[Differs, ...]:
    """What both editions bill for the whole course, where that is not the same.

    One edition's line may stand for three of the other's, on another claim; courses compare.
    """
    first, rules = portion.doses[0], case.rules
    course = (first.meaning, first.course)
    alike = [d for d in _doses(case, case.seen.records) if (d.meaning, d.course) == course]
    here, there = in_all(alike, rules, on), in_all(alike, case.elsewhere.rules, on)
    by_code = rules.differs(first.meaning, first.day, first.key)
    return told(by_code or rules.differs("unit_rounding", on), here, there)
