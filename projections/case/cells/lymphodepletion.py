"""A course of lymphodepletion beside the label's regimen: drugs, doses, days, the rest after it.

Each reading yields what stands against the label, as a clause; nothing where it is the label's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from veinledger.domain.facts.patient import PatientMeasured
from veinledger.domain.facts.treatment import LymphodepletionDoseGiven
from veinledger.domain.products.treatment import Regimen
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.figures import figure, plain
from veinledger.projections.case.indication import regimen as regimen_of

Given = tuple[Record, LymphodepletionDoseGiven]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One course of lymphodepletion, and the day of the cells after it."""

    case: Case
    regimen: Regimen
    doses: tuple[Given, ...]
    infused: date | None
    """The day of the cells after it, where it is the last course before them."""
    planned: bool = False
    """Whether that day is one that is only asked about."""

    @property
    def days(self) -> list[date]:
        """The days on which anything was given, in order."""
        return sorted({record.day for record, _ in self.doses})

    @property
    def go_in(self) -> str:
        """What the cells did, or would do on the day that is asked about."""
        return "would go in" if self.planned else "went in"

    @property
    def asked(self) -> str:
        """The regimen as a sentence: drugs with their doses, days, and the rest after it."""
        drugs = [f"{plain(drug.mg_per_m2)} mg/m2 {drug.agent}" for drug in self.regimen.drugs]
        rest = f"{self.regimen.rest_least} to {self.regimen.rest_most} days before the infusion"
        return f"{' and '.join(drugs)} on {self.regimen.days} days, ending {rest}"


def courses(case: Case, infused: date | None, *, planned: bool = False) -> Iterator[Course]:
    """Every course with a regimen on the page, whole; the last one is before the infusion."""
    doses = tuple(case.seen.of(LymphodepletionDoseGiven))
    last = max((fact.course for _, fact in doses), default=0)
    for number in sorted({fact.course for _, fact in doses}):
        mine = tuple(pair for pair in doses if pair[1].course == number)
        regimen = regimen_of(case, mine[0][0].day)
        if regimen is not None:
            day_0 = infused if number == last else None
            yield Course(case=case, regimen=regimen, doses=mine, infused=day_0, planned=planned)


def agents_against(course: Course) -> Iterator[str]:
    """Drugs that the regimen lacks, and drugs of it that were not given before the cells."""
    given = dict.fromkeys(fact.agent for _, fact in course.doses)
    wanted = [drug.agent for drug in course.regimen.drugs]
    for agent in given:
        if agent not in wanted:
            yield f"{agent} is not a drug of the label's regimen"
    if course.infused is not None:
        yield from (f"no {agent} was given" for agent in wanted if agent not in given)


def doses_against(course: Course, beyond: Decimal | None) -> Iterator[str]:
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


def days_against(course: Course) -> Iterator[str]:
    """Too few or too many days; a course that is under way has not failed yet."""
    if course.infused is None:
        return
    for drug in course.regimen.drugs:
        days = {record.day for record, fact in course.doses if fact.agent == drug.agent}
        wanted = course.regimen.days_of(drug)
        if days and len(days) != wanted:
            counted = "1 day" if len(days) == 1 else f"{len(days)} days"
            yield f"{drug.agent} was given on {counted}, not on {wanted}"


def rest_against(course: Course) -> Iterator[str]:
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
            f"the cells {course.go_in} {rested} days after the last dose, not "
            f"{regimen.rest_least} to {regimen.rest_most}"
        )


def tolerance(course: Course, meaning: str) -> Decimal | None:
    """How many per cent the book lets a dose stand from the regimen's."""
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
