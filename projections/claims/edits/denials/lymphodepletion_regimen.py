"""Denial 8: lymphodepletion that is not the label's, by drug, dose, days or rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from veinledger.domain.facts.patient import PatientMeasured
from veinledger.domain.facts.treatment import CellsInfused, LymphodepletionDoseGiven
from veinledger.domain.findings import Finding
from veinledger.domain.products.treatment import Regimen
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.indication import regimen as regimen_of
from veinledger.projections.claims.edits.reading import figure, say
from veinledger.projections.claims.edits.registry import Draft, edit
from veinledger.projections.claims.told import plain

Given = tuple[Record, LymphodepletionDoseGiven]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One course of lymphodepletion, and the infusion where it was the last before it."""

    case: Case
    regimen: Regimen
    doses: tuple[Given, ...]
    infused: date | None

    @property
    def days(self) -> list[date]:
        """The days on which anything was given, in order."""
        return sorted({record.day for record, _ in self.doses})

    @property
    def asked(self) -> str:
        """The regimen as a sentence: drugs with their doses, days, and the rest after it."""
        drugs = [f"{plain(drug.mg_per_m2)} mg/m2 {drug.agent}" for drug in self.regimen.drugs]
        rest = f"{self.regimen.rest_least} to {self.regimen.rest_most} days before the infusion"
        return f"{' and '.join(drugs)} on {self.regimen.days} days, ending {rest}"


@edit("B", "C", denial=8, source="page: denial 8; J&J Medical Connect, dosage; row R78")
def the_lymphodepletion_is_the_labels(draft: Draft) -> Iterator[Finding]:
    """Told, for a clinician may have had a reason; a dose of another regimen holds the claim."""
    for course in _courses(draft):
        far_off = tuple(_doses(course, _beyond(course, "lymphodepletion_dose_far_off")))
        off = tuple(_doses(course, _beyond(course, "lymphodepletion_dose_tolerance")))
        against = tuple(dict.fromkeys((*_agents(course), *off, *_days(course), *_rest(course))))
        if against:
            yield say(
                (record.key for record, _ in course.doses),
                "; ".join(against),
                f"compare with the label ({course.asked}); correct the report where it is wrong, "
                "else have the physician document why it was given otherwise, for the payer asks",
                holds=bool(far_off),
            )


def _courses(draft: Draft) -> Iterator[Course]:
    """Every course of which a dose stands on this claim, whole, wherever its other doses stand."""
    case, here = draft.bill.case, {record.key for record in draft.bill.services}
    doses = tuple(case.seen.of(LymphodepletionDoseGiven))
    infused = [record.day for record, _ in case.seen.of(CellsInfused)]
    last = max((fact.course for _, fact in doses), default=0)
    for number in sorted({fact.course for _, fact in doses}):
        mine = tuple(pair for pair in doses if pair[1].course == number)
        regimen = regimen_of(case, mine[0][0].day)
        if regimen is not None and here & {record.key for record, _ in mine}:
            day_0 = infused[0] if infused and number == last else None
            yield Course(case=case, regimen=regimen, doses=mine, infused=day_0)


def _agents(course: Course) -> Iterator[str]:
    given = dict.fromkeys(fact.agent for _, fact in course.doses)
    wanted = [drug.agent for drug in course.regimen.drugs]
    for agent in given:
        if agent not in wanted:
            yield f"{agent} is not a drug of the label's regimen"
    if course.infused is not None:
        yield from (f"no {agent} was given" for agent in wanted if agent not in given)


def _doses(course: Course, beyond: Decimal | None) -> Iterator[str]:
    """The daily doses that stand further from the regimen's than so many per cent."""
    for drug in course.regimen.drugs:
        for day in course.days:
            of_day = [p for p in course.doses if p[1].agent == drug.agent and p[0].day == day]
            area = _area(course.case, of_day)
            if not of_day or area is None or beyond is None:
                continue
            given = sum((fact.drug.dose for _, fact in of_day), Decimal(0))
            wanted = drug.mg_per_m2 * area
            if abs(given - wanted) * 100 > beyond * wanted:
                yield (
                    f"{plain(given)} mg of {drug.agent} on {day}, where {plain(drug.mg_per_m2)} "
                    f"mg/m2 at {plain(area)} m2 is {plain(wanted)} mg"
                )


def _days(course: Course) -> Iterator[str]:
    """Too few or too many days; a course that is under way has not failed yet."""
    if course.infused is None:
        return
    for drug in course.regimen.drugs:
        days = {record.day for record, fact in course.doses if fact.agent == drug.agent}
        wanted = course.regimen.days_of(drug)
        if days and len(days) != wanted:
            counted = "1 day" if len(days) == 1 else f"{len(days)} days"
            yield f"{drug.agent} was given on {counted}, not on {wanted}"


def _rest(course: Course) -> Iterator[str]:
    """The days between the last dose and the cells, or the calendar where the edition has one."""
    if course.infused is None:
        return
    regimen, first, last = course.regimen, course.days[0], course.days[-1]
    if regimen.first_day is not None and regimen.last_day is not None:
        stood = ((first - course.infused).days, (last - course.infused).days)
        if stood != (regimen.first_day, regimen.last_day):
            yield (
                f"it ran from day {stood[0]} to day {stood[1]}, not from day {regimen.first_day} "
                f"to day {regimen.last_day}"
            )
        return
    rested = (course.infused - last).days
    if not regimen.rest_least <= rested <= regimen.rest_most:
        yield (
            f"the cells went in {rested} days after the last dose, not {regimen.rest_least} to "
            f"{regimen.rest_most}"
        )


def _beyond(course: Course, meaning: str) -> Decimal | None:
    return figure(course.case, meaning, course.days[-1])


def _area(case: Case, of_day: list[Given]) -> Decimal | None:
    """What the dose was calculated with, else the last body surface measured before it."""
    dosed = [fact.bsa for _, fact in of_day if fact.bsa is not None]
    if dosed or not of_day:
        return dosed[0] if dosed else None
    measured = [
        fact.bsa
        for record, fact in case.seen.of(PatientMeasured)
        if fact.bsa is not None and record.day <= of_day[0][0].day
    ]
    return measured[-1] if measured else None
