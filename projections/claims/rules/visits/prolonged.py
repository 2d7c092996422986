"""Prolonged visits: whole quarters of an hour beyond the highest level, where minutes say so."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.bills.visit_codes import VisitCode, visit_code
from veinledger.projections.claims.bills.visits import Visit, visit_lines
from veinledger.projections.claims.lines import Given, finding, line
from veinledger.projections.claims.registry import Said, rule
from veinledger.projections.claims.rules.visits.place import telehealth_modifier
from veinledger.projections.claims.told import plain


@rule("E", "E0", source="rvudoc.com on G2212; codingahead.com on 99417; evidence R11")
def a_prolonged_visit_is_billed_by_whole_quarters_of_an_hour(bill: Bill) -> Iterator[Said]:
    """Beside the highest level alone, from documented minutes; the payer decides the code."""
    for visit, known, begins in _long(bill):
        if known.highest:
            yield _line(bill, visit, begins)
        else:
            yield finding(
                (visit.record,),
                "the minutes of the visit would make it a prolonged one, and its code is not of "
                "the highest level: no prolonged service is billed",
                "ask the provider whether the code was meant to go by time",
                severity="notice",
                holds=False,
            )


def _long(bill: Bill) -> Iterator[tuple[Visit, VisitCode, Decimal]]:
    """The visits of long duration on a professional bill, with the minute at which they begin."""
    for each in visit_lines(bill) if bill.part == "professional" else ():
        visit = each.leading
        known = visit_code(bill.case, visit.fact.cpt, visit.day) if visit.fact.cpt else None
        begins = _begins(bill, visit, known) if known else None
        if known and begins and visit.fact.minutes is not None and visit.fact.minutes >= begins:
            yield visit, known, begins


def _begins(bill: Bill, visit: Visit, known: VisitCode) -> Decimal | None:
    """From how many minutes on the payer of the day counts a visit as prolonged."""
    if known.patient == "consultation":
        return None
    meaning = f"prolonged_visit_minutes_{known.patient}"
    entry = bill.case.rules.find(meaning, visit.day, bill.case.coverage_kind(visit.day))
    return entry.unit.amount if entry and entry.unit else None


def _line(bill: Bill, visit: Visit, begins: Decimal) -> Said:
    kind = bill.case.coverage_kind(visit.day)
    entry = bill.case.rules.find("prolonged_visit", visit.day, kind)
    size = entry.unit.amount if entry and entry.unit else Decimal(1)
    minutes = Decimal(visit.fact.minutes or 0)
    by_telehealth = telehealth_modifier(bill, visit)
    modifier = bill.case.rules.find(by_telehealth, visit.day) if by_telehealth else None
    given = Given(
        records=(visit.record,),
        revenue="revenue_clinic_visit",
        modifiers=(modifier.code,) if modifier else (),
        units=(minutes - begins) // size + 1,
        quantity=f"{plain(minutes)} minutes, each whole {plain(size)} from {plain(begins)} on",
        key=kind,
    )
    return line(bill, "prolonged_visit", given)
