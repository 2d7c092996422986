"""The story for the form: disease, indication, prior therapy, clearances, plan, certificates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from veinledger.domain.calendar import months_after
from veinledger.domain.centre.certification import Certification
from veinledger.domain.centre.certified import rems_of
from veinledger.domain.facts.disease import ClearanceRecorded, TherapyLineRecorded
from veinledger.domain.facts.surveillance import AppointmentBooked, SurveillancePlanFiled
from veinledger.domain.reports import Record
from veinledger.projections.authorization.therapy import (
    Class,
    Line,
    Refractory,
    classes,
    line,
    refractory_drugs,
)
from veinledger.projections.case.case import Case
from veinledger.projections.case.evidence.certificates import (
    last_day,
    programme_label,
    programme_names,
)
from veinledger.projections.case.evidence.clearances import called
from veinledger.projections.case.indication import indicated, lines_before, referral

CENTRES: Final = "authorized treatment center"
"""The programme under which a maker lists the centres that may give its product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What the patient has, as last written down."""

    code: str | None
    status: str
    response: str | None
    day: date
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicationTold:
    """For what the product is asked for, and what the label wants shown."""

    name: str
    label: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """One result from before the therapy, with its age on the day."""

    kind: str
    value: Decimal | None
    unit: str | None
    result: str
    text: str | None
    day: date
    age: int
    """Days."""
    provider: str | None
    document: str | None
    record: str
    """Report key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedVisit:
    """A visit of the neurological plan, with its day where an infusion day is known."""

    name: str
    day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeurologicalPlan:
    """The plan of the surveillance: whose it is, and its visits."""

    filed_on: date
    protocol: str | None
    visits: tuple[str, ...]
    """As the plan names them."""
    baseline_on: date | None
    document: str | None
    provider: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate of the centre or of a person, on the day."""

    programme: str
    role: str
    subject: str
    """As the directory labels it."""
    reference: str | None
    since: date
    last_day: date | None
    in_force: bool
    record: str
    """Report key."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Narrative:
    """What a form asks for in words and dates."""

    referral: str | None
    """What the referral calls the indication."""
    diagnosis: Diagnosis | None
    indication: IndicationTold | None
    lines: tuple[Line, ...]
    classes: tuple[Class, ...]
    """The drug classes that the indication asks for, with what was given of each."""
    refractory: tuple[Refractory, ...]
    clearances: tuple[Clearance, ...]
    plan: NeurologicalPlan | None
    calendar: tuple[PlannedVisit, ...]
    """The product page's visits, dated from the infusion where its day is known or booked."""
    calendar_source: str | None
    infusion_day: date | None
    infusion_day_is_planned: bool
    certificates: tuple[Certificate, ...]

    def __repr__(self) -> str:
        return f"<narrative: {len(self.lines)} lines>"


def narrative(case: Case, on: date) -> Narrative:
    """The facts in effect, laid out for the form."""
    asked, said = indicated(case, on), referral(case)
    day, planned = infusion_day(case)
    calendar = case.product.calendar(day or on, case.rules.edition)
    visits = calendar.visits if calendar else ()
    return Narrative(
        referral=said[1] if said else None,
        diagnosis=_diagnosis(case, on),
        indication=IndicationTold(
            name=asked.name, label=asked.label, source=asked.source, confidence=asked.confidence
        )
        if asked
        else None,
        lines=tuple(line(record, fact) for record, fact in _by_line(case, on)),
        classes=classes(case, asked, on),
        refractory=refractory_drugs(case, asked, on),
        clearances=tuple(_clearances(case, on)),
        plan=_plan(case, on),
        calendar=tuple(
            PlannedVisit(
                name=visit.name.replace("_", " "),
                day=months_after(day, visit.months) if day and visit.months else None,
            )
            for visit in visits
        ),
        calendar_source=f"{calendar.source} ({calendar.confidence})" if calendar else None,
        infusion_day=day,
        infusion_day_is_planned=planned,
        certificates=tuple(_certificate(case, each, on) for each in _told(case, on)),
    )


def infusion_day(case: Case) -> tuple[date | None, bool]:
    """The day of the infusion, and whether it is only booked."""
    if case.infusions():
        return case.infusions()[0][0].day, False
    booked = [fact for _, fact in case.seen.of(AppointmentBooked) if fact.kind == "infusion"]
    return (date.fromisoformat(booked[-1].scheduled_for[:10]), True) if booked else (None, True)


def _by_line(case: Case, on: date) -> list[tuple[Record, TherapyLineRecorded]]:
    return sorted(lines_before(case, on), key=lambda pair: pair[1].line)


def _diagnosis(case: Case, on: date) -> Diagnosis | None:
    found = case.assessment(on)
    if found is None:
        return None
    record, fact = found
    return Diagnosis(
        code=fact.code, status=fact.status, response=fact.response, day=record.day, text=fact.text
    )


def _clearances(case: Case, on: date) -> Iterator[Clearance]:
    """The newest of each kind, in the order in which they were made."""
    newest = {
        fact.kind: (record, fact)
        for record, fact in case.seen.of(ClearanceRecorded)
        if record.day <= on
    }
    for record, fact in newest.values():
        yield Clearance(
            kind=called(fact.kind),
            value=fact.value,
            unit=fact.unit,
            result=fact.result,
            text=fact.text,
            day=record.day,
            age=(on - record.day).days,
            provider=_labelled(case, fact.provider, on),
            document=fact.document,
            record=record.key,
        )


def _plan(case: Case, on: date) -> NeurologicalPlan | None:
    filed = [pair for pair in case.seen.of(SurveillancePlanFiled) if pair[0].day <= on]
    if not filed:
        return None
    record, fact = filed[-1]
    return NeurologicalPlan(
        filed_on=record.day,
        protocol=fact.protocol,
        visits=fact.visits,
        baseline_on=fact.baseline_on,
        document=fact.document,
        provider=_labelled(case, fact.provider, on),
    )


def _labelled(case: Case, provider: str | None, on: date) -> str | None:
    """A person as the directory labels him, else as the record names him."""
    known = case.provider(provider, on)
    return known.label if known else provider


def _told(case: Case, on: date) -> Iterator[Certification]:
    """Those that bear on this product: of other products', and of what ended, none is told."""
    in_force = case.product.programmes_on(on, case.rules.edition)
    mine = {name for each in in_force for name in programme_names(case, each)}
    for each in case.centre.certifications:
        programme, _, whose = each.programme.partition(", ")
        of_another = programme == CENTRES and whose not in ("", case.product.name)
        unasked = programme.endswith(rems_of("")) and programme not in mine
        if each.since <= on and not (of_another or unasked):
            yield each


def _certificate(case: Case, held: Certification, on: date) -> Certificate:
    place, person = case.facility(held.subject, on), case.provider(held.subject, on)
    return Certificate(
        programme=programme_label(held),
        role=held.role,
        subject=place.label if place else person.label if person else held.subject,
        reference=held.reference,
        since=held.since,
        last_day=last_day(held),
        in_force=held.holds(on),
        record=held.record,
    )
