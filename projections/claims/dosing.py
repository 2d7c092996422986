"""The arithmetic of the doses: what the regimen and the label ask for, in milligrams and cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Final

from veinledger.domain.codebook.entry import Entry
from veinledger.domain.facts.patient import PatientMeasured
from veinledger.domain.facts.treatment import CellsInfused, LymphodepletionDoseGiven
from veinledger.domain.products.treatment import Dose, Regimen, RegimenDrug
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.indication import cell_dose, regimen
from veinledger.projections.claims.shapes import Differs, Dosing
from veinledger.projections.claims.told import plain, told

MILLION: Final = Decimal(1_000_000)


def _to_the_nearest(number: Decimal, step: Decimal) -> Decimal:
    return (number / step).to_integral_value(ROUND_HALF_UP) * step


def _cut(number: Decimal, step: Decimal) -> Decimal:
    return (number / step).to_integral_value(ROUND_DOWN) * step


PRINTED: Final[dict[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "exact": lambda number, _: number,
    "to_the_nearest": _to_the_nearest,
    "cut_off": _cut,
}
"""By the word of the code book's `dose_total_printed` and `cell_target_printed`."""


def dosing(case: Case) -> tuple[Dosing, ...]:
    """The lymphodepletion agent by agent, then the target range of the cells."""
    return (*_lymphodepletion(case), *_cells(case))


def _lymphodepletion(case: Case) -> Iterator[Dosing]:
    found = _body_surface(case)
    if found is None:
        return
    record, area = found
    doses = tuple(case.seen.of(LymphodepletionDoseGiven))
    day = doses[0][0].day if doses else record.day
    asked = regimen(case, day)
    if asked is None:
        return
    for drug in asked.drugs:
        given = [each for each, fact in doses if fact.agent == drug.agent]
        yield _of_drug(case, asked, drug, area, (record, *given))


def _of_drug(
    case: Case, asked: Regimen, drug: RegimenDrug, area: Decimal, records: tuple[Record, ...]
) -> Dosing:
    daily, days = drug.mg_per_m2 * area, asked.days_of(drug)
    total = daily * days
    day = records[-1].day
    counted = "1 day" if days == 1 else f"{days} days"
    return Dosing(
        what=f"{drug.agent}, {counted}",
        arithmetic=(
            f"{plain(drug.mg_per_m2)} mg/m2 x {plain(area)} m2 = {plain(daily)} mg a day; "
            f"x {counted} = {plain(total)} mg"
        ),
        result=_total(case, total, records),
        records=tuple(dict.fromkeys(record.key for record in records)),
        source=_source(asked),
        differs=told(
            case.rules.differs("dose_total_printed", day),
            _total(case, total, records),
            _total(case.elsewhere, total, records),
        ),
    )


def _total(case: Case, total: Decimal, records: tuple[Record, ...]) -> str:
    entry = case.rules.find("dose_total_printed", records[-1].day)
    return f"{plain(_printed(total, entry))} mg"


def _cells(case: Case) -> Iterator[Dosing]:
    found = _weight(case)
    if found is None:
        return
    record, weight = found
    dose = cell_dose(case, record.day, weight)
    if dose is None:
        return
    least, most = dose.range(weight)
    yield Dosing(
        what="CAR-positive viable T cells, target range",
        arithmetic=_cells_in_words(dose, weight),
        result=_range(case, least, most, record),
        records=(record.key,),
        source=_source(dose),
        differs=_range_differs(case, least, most, record),
    )


def _cells_in_words(dose: Dose, weight: Decimal) -> str:
    most = plain(dose.most / MILLION)
    if dose.per_kg_least is None or dose.per_kg_most is None:
        return f"{plain((dose.flat_least or 0) / MILLION)} to {most} x 10^6 cells at any weight"
    least = plain(dose.per_kg_least / MILLION)
    return (
        f"{least} to {plain(dose.per_kg_most / MILLION)} x 10^6 "
        f"cells/kg x {plain(weight)} kg, at most {most} x 10^6"
    )


def _source(said: Dose | Regimen) -> str:
    """On whose word, and that it could not be verified where it could not."""
    doubt = "; unverified" if said.confidence == "unverified" else ""
    return f"{said.source} [{said.row}]{doubt}"


def _range(case: Case, least: Decimal, most: Decimal, record: Record) -> str:
    entry = case.rules.find("cell_target_printed", record.day)
    low, high = (_printed(number / MILLION, entry) for number in (least, most))
    return f"{plain(low)} to {plain(high)} x 10^6 cells"


def _range_differs(
    case: Case, least: Decimal, most: Decimal, record: Record
) -> tuple[Differs, ...]:
    here = _range(case, least, most, record)
    there = _range(case.elsewhere, least, most, record)
    return told(case.rules.differs("cell_target_printed", record.day), here, there)


def _printed(number: Decimal, entry: Entry | None) -> Decimal:
    if entry is None or entry.unit is None:
        return number
    return PRINTED[entry.code](number, entry.unit.amount)


def _body_surface(case: Case) -> tuple[Record, Decimal] | None:
    """What the doses were calculated with, else the last measurement."""
    dosed = [(r, f.bsa) for r, f in case.seen.of(LymphodepletionDoseGiven) if f.bsa is not None]
    measured = [(r, f.bsa) for r, f in case.seen.of(PatientMeasured) if f.bsa is not None]
    return dosed[0] if dosed else (measured[-1] if measured else None)


def _weight(case: Case) -> tuple[Record, Decimal] | None:
    """What was written down at the infusion, else the last measurement."""
    infused = [(r, f.weight) for r, f in case.seen.of(CellsInfused) if f.weight is not None]
    weighed = [(r, f.weight) for r, f in case.seen.of(PatientMeasured) if f.weight is not None]
    return infused[0] if infused else (weighed[-1] if weighed else None)
