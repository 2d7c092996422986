"""Codes that look right for what CAR-T cells do and say something else, and what may be meant.

The edits of `edits/coding/conditions.py` ask about them; a code that is chosen there takes its
place by the rules of the diagnoses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from veinledger.domain.codebook.book import bare
from veinledger.domain.facts.patient import PatientDischarged
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.toxicity import ConditionDocumented, CrsGraded, IcansGraded
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once
from veinledger.projections.claims.bills.bill import Bill
from veinledger.projections.claims.known import known_as, named, parts
from veinledger.projections.claims.rules.diagnoses.lists import codes_in

DISEASE: Final = "what_the_cells_did_is_not_parkinsons_disease"
COMPLICATION: Final = "a_complication_of_the_cells_has_a_code_of_its_own"
OVER: Final = "a_therapy_that_is_over_is_history"
STAYS: Final = frozenset({"C", "D"})
VISITS: Final = frozenset({"E", "E0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookalike:
    """The edit that asks about a code, and the codes that it offers instead."""

    rule: str
    offered: tuple[str, ...]


@once
def lookalikes(bill: Bill, code: str | None) -> tuple[Lookalike, ...]:
    """What is asked about a documented code on a bill; nothing in the other edition."""
    if code is None or bill.case.rules.edition != "public":
        return ()
    return tuple(_of(bill, bare(code)))


def _of(bill: Bill, code: str) -> Iterator[Lookalike]:
    case, kind = bill.case, bill.kind
    if kind in STAYS and code in _idiopathic(bill) and _began_after_the_cells(bill):
        yield Lookalike(rule=DISEASE, offered=after_the_cells(bill))
    other = code in known_as(case, "other_infusion_complication")
    if kind in STAYS | {"E"} and other and _has_toxicity(case):
        yield Lookalike(rule=COMPLICATION, offered=tuple(codes_in(bill, "complication_codes")))
    if kind in STAYS | VISITS and code in known_as(case, "other_current_drug_therapy"):
        yield Lookalike(rule=OVER, offered=histories(bill))


def after_the_cells(bill: Bill) -> tuple[str, ...]:
    """The two codes of parkinsonism that a coder may choose from."""
    case, on = bill.case, bill.last_day
    meanings = ("parkinsonism_after_car_t", "parkinsonism_other_secondary")
    return tuple(named(case, meaning, on) for meaning in meanings)


def histories(bill: Bill) -> tuple[str, ...]:
    """The codes of a history of the cells, and of earlier lines."""
    case, on = bill.case, bill.last_day
    return tuple(
        named(case, meaning, on) for meaning in ("surveillance_status", "prior_therapy_status")
    )


def _idiopathic(bill: Bill) -> Collection[str]:
    return known_as(bill.case, *parts(bill.case, "named_by_the_disease_alone", bill.last_day))


@once
def _began_after_the_cells(bill: Bill) -> bool:
    """Whether cells were given, and nobody documented the disease before."""
    infused = next((record.day for record, _ in bill.case.seen.of(CellsInfused)), None)
    return infused is not None and not _was_there_before(bill, infused)


def _was_there_before(bill: Bill, infused: date) -> bool:
    seen, known = bill.case.seen, _idiopathic(bill)
    said = [
        *((record, fact.condition) for record, fact in seen.of(ConditionDocumented)),
        *((r, each) for r, fact in seen.of(NeurologyVisitCompleted) for each in fact.conditions),
        *((r, each) for r, fact in seen.of(PatientDischarged) for each in fact.conditions),
    ]
    before = (each for record, each in said if record.day < infused)
    return any(bare(each.code or "") in known for each in before)


def _has_toxicity(case: Case) -> bool:
    return any(True for _ in (*case.seen.of(CrsGraded), *case.seen.of(IcansGraded)))
