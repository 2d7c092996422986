"""The story for the form: disease, indication, prior therapy, clearances, plan, certificates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from veinledger.domain.calendar import months_after
from veinledger.domain.facts.surveillance import AppointmentBooked, SurveillancePlanFiled
from veinledger.domain.products.profile import Indication
from veinledger.projections.authorization.results import (
    Certificate,
    Clearance,
    certificates,
    clearances,
    labelled,
)
from veinledger.projections.authorization.therapy import (
    Class,
    Line,
    Refractory,
    classes,
    line,
    refractory_drugs,
)
from veinledger.projections.case.case import Case
from veinledger.projections.case.indication import populations, prior_lines, referral


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
    asked, said = _asked(case, on), referral(case)
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
        lines=tuple(line(record, fact) for record, fact in prior_lines(case, on)),
        classes=classes(case, asked, on),
        refractory=refractory_drugs(case, asked, on),
        clearances=tuple(clearances(case, on)),
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
        certificates=tuple(certificates(case, on)),
    )


def infusion_day(case: Case) -> tuple[date | None, bool]:
    """The day of the infusion, and whether it is only booked."""
    if case.infusions():
        return case.infusions()[0][0].day, False
    booked = [fact for _, fact in case.seen.of(AppointmentBooked) if fact.kind == "infusion"]
    return (date.fromisoformat(booked[-1].scheduled_for[:10]), True) if booked else (None, True)


def _asked(case: Case, on: date) -> Indication | None:
    """On the label: the one that the chart shows in full, else the first that may be meant."""
    today = case.product.indications_on(on, case.rules.edition)
    known = [each for each in populations(case, on) if each in today]
    return next(iter((*known, *today)), None)


def _diagnosis(case: Case, on: date) -> Diagnosis | None:
    found = case.assessment(on)
    if found is None:
        return None
    record, fact = found
    return Diagnosis(
        code=fact.code, status=fact.status, response=fact.response, day=record.day, text=fact.text
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
        provider=labelled(case, fact.provider, on),
    )
