"""Drugs by the milligram: lymphodepletion and tocilizumab, given and discarded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.lines import BY_LINE, Given, Paid, line
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.drugs.acquired_under_340b import modifier_340b
from veinledger.projections.claims.rules.drugs.charges import shared_charge
from veinledger.projections.claims.rules.drugs.discarded import (
    arithmetic_of_the_rest,
    differs_on_discarded,
    discarded_units,
    modifier_discarded,
    modifier_none_discarded,
    packaged,
)
from veinledger.projections.claims.rules.drugs.doses import every_dose, portions_of
from veinledger.projections.claims.rules.drugs.ndc_quantity import ndc_quantity, shared
from veinledger.projections.claims.shapes import Differs
from veinledger.projections.claims.told import told
from veinledger.projections.claims.units import Dose, Portion, in_all


@rule("B", "C", "D", source="CMS HCPCS Level II billing units; evidence R17 to R20")
def each_drug_is_billed_in_whole_units(bill: Bill) -> Iterator[Said]:
    """Milligrams become whole units, rounded up where the edition rounds."""
    for portion in portions_of(bill):
        rest = discarded_units(bill, portion)
        quantity, _ = shared(ndc_quantity(bill, portion), portion.units, rest)
        charge, posted = shared_charge(bill, portion, rest)
        given = _given(bill, portion)
        yield line(
            bill,
            portion.first.meaning,
            replace(
                given,
                records=(*given.records, *posted),
                modifiers=(*modifier_none_discarded(bill, portion), *given.modifiers),
                ndc_quantity=quantity[0],
                ndc_measure=quantity[1],
                charge=charge[0],
            ),
            _differs(bill, portion),
        )


@rule("B", "C", "D", source="CMS discarded drug policy, CR 13056; evidence R27")
def discarded_drug_is_a_line_of_its_own(bill: Bill) -> Iterator[Said]:
    """Whole units that an opened single-dose vial had left, with the same code and NDC."""
    for portion in portions_of(bill):
        rest = discarded_units(bill, portion)
        if not rest:
            continue
        _, quantity = shared(ndc_quantity(bill, portion), portion.units, rest)
        charge, _ = shared_charge(bill, portion, rest)
        given = _given(bill, portion)
        yield line(
            bill,
            portion.first.meaning,
            replace(
                given,
                units=rest,
                quantity=arithmetic_of_the_rest(bill, portion),
                modifiers=(*modifier_discarded(bill, portion), *given.modifiers),
                ndc_quantity=quantity[0],
                ndc_measure=quantity[1],
                charge=charge[1],
            ),
            differs_on_discarded(bill, portion),
        )


def _given(bill: Bill, portion: Portion) -> Given:
    """What both lines of a drug share: records, revenue code, NDC, day and how it is paid."""
    first = portion.first
    return Given(
        records=portion.records,
        revenue="revenue_detailed_drugs",
        paid=_paid(bill, portion),
        units=portion.units,
        quantity=portion.quantity,
        modifiers=modifier_340b(bill, first.day, first.drug.acquired_under_340b),
        ndc=first.ndc,
        key=first.key,
        day=_only_day(portion),
    )


def _paid(bill: Bill, portion: Portion) -> Paid:
    if packaged(bill, portion):
        return Paid(payment="bundled", reason="packaged into another line of the claim")
    return BY_LINE


def _only_day(portion: Portion) -> date | None:
    """The date of service, where the line is for one day; a pooled one spans its records."""
    days = {dose.day for dose in portion.doses}
    return days.pop() if len(days) == 1 else None


def _differs(bill: Bill, portion: Portion) -> tuple[Differs, ...]:
    """What both editions bill for the whole course, and whether they tell what was discarded."""
    return (
        *_over_the_course(bill, portion),
        *differs_on_discarded(bill, portion),
    )


def _over_the_course(bill: Bill, portion: Portion) -> tuple[Differs, ...]:
    """What both editions bill for the whole course, where that is not the same.

    One edition's line may stand for three of the other's, on another claim; courses compare.
    """
    first, rules, on = portion.first, bill.case.rules, bill.last_day
    here, there = _both_editions(bill.case, first.meaning, first.course, on)
    if here == there:
        return ()
    mine = {record.key for record in bill.services}
    alike = _course(bill.case, first.meaning, first.course)
    if not {dose.record.key for dose in alike} <= mine:
        here = f"{here}, all claims together"
    by_code = rules.differs(first.meaning, first.day, first.key)
    return told(by_code or rules.differs("unit_rounding", on), here, there)


@once
def _both_editions(case: Case, meaning: str, course: str, on: date) -> tuple[str, str]:
    """What this edition and the other bill for a course."""
    alike = _course(case, meaning, course)
    return in_all(alike, case.rules, on), in_all(alike, case.elsewhere.rules, on)


@once
def _course(case: Case, meaning: str, course: str) -> tuple[Dose, ...]:
    every = every_dose(case)
    return tuple(each for each in every if (each.meaning, each.course) == (meaning, course))
