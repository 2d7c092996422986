"""The dose of cells: what was released, beside what the label allows at the weight of the day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from veinledger.domain.facts.patient import PatientMeasured
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.cells.batch import batch_in_use
from veinledger.projections.case.figures import plain
from veinledger.projections.case.indication import cell_dose
from veinledger.projections.gates.registry import (
    Asked,
    Found,
    gate,
    met,
    not_asked,
    not_met,
    on_the_word_of,
)
from veinledger.projections.gates.rules.cells.product import NOT_RELEASED

MILLION: Final = Decimal(1_000_000)


@gate
def the_dose_is_within_the_label(asked: Asked) -> Found:
    """CAR-positive viable T cells: by body weight or flat, and at most so many in all."""
    batch = batch_in_use(asked.case)
    if batch is None or batch.released is None:
        return not_asked(NOT_RELEASED)
    record, released = batch.released
    if released.cells is None:
        return not_met(
            "the release does not say how many CAR-positive viable T cells it holds",
            record,
            remedy="report the release with its cells, as the maker's certificate has them",
        )
    weighed = weight_of(asked.case, asked.on)
    return _compared(asked, record, Decimal(released.cells), weighed)


def weight_of(case: Case, on: date) -> tuple[Record, Decimal] | None:
    """The weight that was measured last on or before a day, kg."""
    found = [
        (record, fact.weight)
        for record, fact in case.seen.of(PatientMeasured)
        if fact.weight is not None and record.day <= on
    ]
    return found[-1] if found else None


def _compared(
    asked: Asked, released: Record, cells: Decimal, weighed: tuple[Record, Decimal] | None
) -> Found:
    case, on = asked.case, asked.on
    weight = weighed[1] if weighed else None
    dose = cell_dose(case, on, weight)
    if dose is None:
        return not_met(
            f"the page of {case.product.brand} leaves open which dose it is on {on}",
            released,
            remedy="name the indication in the referral, and have the patient weighed",
        )
    if weight is None and dose.flat_least is None:
        return not_met(
            "no weight is on record, and the dose goes by weight",
            released,
            remedy="report patient.measured with the weight",
        )
    least, most = dose.range(weight or Decimal(0))
    at = f" at {plain(weight)} kg" if weight is not None and dose.flat_least is None else ""
    words = f"{_millions(cells)} released, where the label has {_bounds(least, most)}{at}"
    records = (released, *((weighed[0],) if weighed else ()))
    within = least <= cells <= most
    found = met(words, *records) if within else not_met(words, *records)
    return on_the_word_of(dose, found)


def _millions(cells: Decimal) -> str:
    return f"{plain(cells / MILLION)} x 10^6 cells"


def _bounds(least: Decimal, most: Decimal) -> str:
    return f"{plain(least / MILLION)} to {plain(most / MILLION)} x 10^6"
