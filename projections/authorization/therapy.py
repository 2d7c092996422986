"""Prior therapy as the form wants it: line by line, class by class, and the refractory drug."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from veinledger.domain.facts.disease import (
    TherapyDrug,
    TherapyLineRecorded,
    TherapyRefractorinessDocumented,
)
from veinledger.domain.products.profile import Indication
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.indication import Progression, drugs_of_class, lines_with


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugGiven:
    """One drug of a line; its own days where the chart has them."""

    name: str
    drug_class: str
    first_dose: date | None
    last_dose: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of prior therapy."""

    line: int
    regimen: str
    drugs: tuple[DrugGiven, ...]
    since: date | None
    until: date | None
    transplant: str | None
    transplant_day: date | None
    response: str | None
    """Best response, IMWG."""
    reason_stopped: str | None
    record: str
    """Report key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """A drug of a class, and the lines in which it was given."""

    drug: str
    lines: tuple[int, ...]

    @property
    def told(self) -> str:
        """The lines in words: `line 1`, `lines 1 and 2`."""
        numbers = [str(each) for each in self.lines]
        listed = " and ".join(filter(None, (", ".join(numbers[:-1]), numbers[-1])))
        return f"line{'s' * (len(numbers) > 1)} {listed}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class that the indication asks for; without exposures nothing of it is on record."""

    name: str
    given: tuple[Exposure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refractory:
    """The timeline of the drug that the disease is refractory to."""

    drug: str
    first_dose: date | None
    last_dose: date
    progressed_on: date
    days: int
    """Days from the last dose to the progression; zero or less: on the drug."""
    within: int | None
    """Days that the label allows for it; None where it does not ask for this drug."""
    counts: bool
    """Whether the progression came in time to call the disease refractory."""
    response: str | None
    """Best response of the last line with the drug."""
    document: str | None
    record: str
    """Report key."""


def line(record: Record, fact: TherapyLineRecorded) -> Line:
    """One line with its drugs."""
    return Line(
        line=fact.line,
        regimen=fact.regimen,
        drugs=tuple(_drug(each) for each in fact.drugs),
        since=fact.since,
        until=fact.until,
        transplant=fact.transplant,
        transplant_day=fact.transplant_day,
        response=fact.response,
        reason_stopped=fact.reason_stopped,
        record=record.key,
    )


def classes(case: Case, asked: Indication | None, on: date) -> tuple[Class, ...]:
    """Each class that the indication names, with every drug of it that was given before."""
    names = asked.classes if asked else ()
    return tuple(Class(name=name, given=_given(case, name, on)) for name in names)


def _given(case: Case, name: str, on: date) -> tuple[Exposure, ...]:
    given = drugs_of_class(case, name, on)
    return tuple(Exposure(drug=drug, lines=lines) for drug, lines in given.items())


def refractory_drugs(case: Case, asked: Indication | None, on: date) -> tuple[Refractory, ...]:
    """Every drug that the disease is documented to be refractory to; the label's own first."""
    told = [p for p in case.seen.of(TherapyRefractorinessDocumented) if p[0].day <= on]
    wanted = (asked.refractory_to or "").casefold() if asked else ""
    told.sort(key=lambda pair: pair[1].drug.casefold() != wanted)
    said = (Progression(record=r, fact=f, within=_within(asked, f.drug)) for r, f in told)
    return tuple(_timeline(case, one, on) for one in said)


def _within(asked: Indication | None, drug: str) -> int | None:
    mine = asked is not None and drug.casefold() == (asked.refractory_to or "").casefold()
    return asked.refractory_days if asked is not None and mine else None


def _timeline(case: Case, one: Progression, on: date) -> Refractory:
    fact = one.fact
    return Refractory(
        drug=fact.drug,
        first_dose=fact.first_dose,
        last_dose=fact.last_dose,
        progressed_on=fact.progressed_on,
        days=one.days,
        within=one.within,
        counts=one.counts,
        response=_response(case, fact.drug, on),
        document=fact.document,
        record=one.record.key,
    )


def _response(case: Case, drug: str, on: date) -> str | None:
    """The best response of the last prior line with the drug."""
    with_it = lines_with(case, drug, on)
    return with_it[-1].response if with_it else None


def _drug(drug: TherapyDrug) -> DrugGiven:
    return DrugGiven(
        name=drug.name,
        drug_class=drug.drug_class,
        first_dose=drug.first_dose,
        last_dose=drug.last_dose,
    )
