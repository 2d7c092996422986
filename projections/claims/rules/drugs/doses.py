"""The doses that a bill holds, each with the meaning under which the code book knows its drug."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, assert_never, get_args

from veinledger.domain.facts.treatment import LymphodepletionDoseGiven, TocilizumabGiven
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.units import Dose, Portion, portions

DoseGiven = LymphodepletionDoseGiven | TocilizumabGiven
"""What gives a dose; no other record is looked at for one."""
TOCILIZUMAB: Final = "tocilizumab_injection"


def doses_of(case: Case, records: Iterable[Record]) -> Iterator[Dose]:
    """The doses among some records; a drug that the regimen does not list is none of them."""
    for record in records:
        if isinstance(record.fact, DoseGiven):
            yield from _dose(case, record, record.fact)


def _dose(case: Case, record: Record, given: DoseGiven) -> Iterator[Dose]:
    match given:
        case LymphodepletionDoseGiven(agent=agent, drug=drug, course=course, service=service):
            known = case.regimen_drug(agent, record.day)
            if known is not None:
                yield Dose(
                    record=record,
                    drug=drug,
                    service=service,
                    meaning=known.meaning,
                    course=str(course),
                )
        case TocilizumabGiven(drug=drug, service=service):
            yield Dose(
                record=record,
                drug=drug,
                service=service,
                meaning=TOCILIZUMAB,
                course=record.key,
            )
        case _:
            assert_never(given)


@once
def doses(bill: Bill) -> tuple[Dose, ...]:
    """The doses on a bill whose drug the code book may know."""
    return tuple(doses_of(bill.case, bill.services))


@once
def every_dose(case: Case) -> tuple[Dose, ...]:
    """The doses of the encounter whose drug the code book may know."""
    return tuple(doses_of(case, case.seen.among(*get_args(DoseGiven))))


@once
def portions_of(bill: Bill) -> tuple[Portion, ...]:
    """What each drug line of a bill is for."""
    return portions(doses(bill), bill.case.rules, bill.last_day)
