"""How the patient was cared for: neurological plan, setting, lymphodepletion, the visit itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from veinledger.domain.facts.disease import ClearanceRecorded
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted, SurveillancePlanFiled
from veinledger.domain.facts.treatment import CellsInfused, LymphodepletionDoseGiven
from veinledger.domain.products.treatment import Regimen
from veinledger.domain.reports import Record
from veinledger.projections.appeals.registry import Asked, Found, looks_up
from veinledger.projections.case.indication import regimen as regimen_of
from veinledger.projections.claims.told import plain


@looks_up("baseline")
def the_baseline_examination(asked: Asked) -> Iterator[Found]:
    """Whoever examined the nervous system before the day of the service."""
    seen = asked.case.seen
    before: list[tuple[Record, str]] = [
        *((r, "neurology saw the patient") for r, _ in seen.of(NeurologyVisitCompleted)),
        *(
            (r, f"neurological examination, {fact.result}")
            for r, fact in seen.of(ClearanceRecorded)
            if fact.kind == "neurology"
        ),
        *(
            (r, f"the plan names a baseline of {fact.baseline_on}")
            for r, fact in seen.of(SurveillancePlanFiled)
            if fact.baseline_on is not None and fact.baseline_on <= asked.on
        ),
    ]
    there = [(record, text) for record, text in before if record.day <= asked.on]
    for record, text in there:
        yield Found(text=f"{text}, {record.day}", records=(record,))
    if not there:
        yield Found(
            text=f"no neurological examination on or before {asked.on} is on record",
            missing="report the examination that was made before; a later one is no baseline",
        )


@looks_up("surveillance_plan")
def the_planned_visits(asked: Asked) -> Iterator[Found]:
    """The plan as it was filed, on whose protocol."""
    plans = list(asked.case.seen.of(SurveillancePlanFiled))
    for record, fact in plans:
        visits = ", ".join(fact.visits) or "visits not listed"
        whose = f"; protocol: {fact.protocol}" if fact.protocol else ""
        by = f"; document {fact.document}" if fact.document else "; no document is named"
        yield Found(text=f"plan of {record.day}: {visits}{whose}{by}", records=(record,))
    if not plans:
        calendar = asked.case.product.calendar(asked.on, asked.case.rules.edition)
        visits = (
            ", ".join(visit.name.replace("_", " ") for visit in calendar.visits) if calendar else ""
        )
        yield Found(
            text="no plan of neurological visits is on record",
            missing=f"file the plan{f' with its visits ({visits})' if visits else ''}",
        )


@looks_up("setting")
def the_setting_of_the_service(asked: Asked) -> Iterator[Found]:
    """How the cells were given, and whether an inpatient stay took place at all."""
    stays = asked.case.presences[0]
    infused = list(asked.case.seen.of(CellsInfused))
    for record, fact in infused:
        yield Found(
            text=f"the cells went in on {record.day} as {fact.service.patient_class}",
            records=(record,),
        )
    days = [record.day for record, _ in infused] or [asked.on]
    covering = [stay for stay in stays if any(stay.covers(day) for day in days)]
    for stay in covering:
        until = f" to {stay.last_day}" if stay.last_day else ", not ended yet"
        yield Found(
            text=f"an inpatient stay took place, from {stay.admitted.day}{until}",
            records=stay.records,
        )
    if covering:
        yield Found(text=f"an inpatient claim may go out ({_inpatient_claim(asked)})", aside=True)
    if not covering:
        yield Found(
            text="no inpatient stay took place: the service stays outpatient and is not sent again "
            "as inpatient",
            aside=True,
        )


def _inpatient_claim(asked: Asked) -> str:
    inside = [claim.label for claim in asked.claims.claims if claim.inpatient]
    return f"here {', '.join(inside)}" if inside else "none is there yet"


@looks_up("regimen")
def the_lymphodepletion_beside_the_label(asked: Asked) -> Iterator[Found]:
    """Each dose with its mg/m2 and its day from the infusion; then what the label asks for."""
    doses = list(asked.case.seen.of(LymphodepletionDoseGiven))
    day_0 = next((record.day for record, _ in asked.case.infusions()), None)
    for record, fact in doses:
        area = f", {plain(_per_m2(fact.drug.dose, fact.bsa))} mg/m2" if fact.bsa else ""
        number = f", day {(record.day - day_0).days}" if day_0 is not None else ""
        yield Found(
            text=f"{plain(fact.drug.dose)} mg {fact.agent}{area} on {record.day}{number}",
            records=(record,),
        )
    if not doses:
        yield Found(
            text="no dose of lymphodepletion is on record",
            missing="report the doses with their days, mg and body surface",
        )
    first = doses[0][0].day if doses else asked.on
    regimen = regimen_of(asked.case, first)
    if regimen is not None:
        yield Found(text=f"the label: {_as_labelled(regimen)} [{regimen.source}]")
    yield from _against(asked)


def _per_m2(dose: Decimal, bsa: Decimal) -> Decimal:
    return (dose / bsa).quantize(Decimal("0.1"))


def _as_labelled(regimen: Regimen) -> str:
    drugs = " and ".join(f"{drug.agent} {plain(drug.mg_per_m2)} mg/m2" for drug in regimen.drugs)
    if regimen.first_day is not None and regimen.last_day is not None:
        return f"{drugs}, days {regimen.first_day} to {regimen.last_day}"
    rest = f"{regimen.rest_least} to {regimen.rest_most} days before the infusion"
    return f"{drugs} on {regimen.days} days, the last of them {rest}"


def _against(asked: Asked) -> Iterator[Found]:
    """What the claims' own edit holds against the course."""
    by_key = {record.key: record for record in asked.case.seen.records}
    found = {each.key: each for claim in asked.claims.claims for each in claim.findings}
    for each in found.values():
        if each.rule == "the_lymphodepletion_is_the_labels":
            yield Found(
                text=each.reason,
                records=tuple(by_key[key] for key in each.records if key in by_key),
                missing="correct the report where it is wrong, else get the physician's reason in "
                "writing",
            )


@looks_up("visit")
def the_visit_itself(asked: Asked) -> Iterator[Found]:
    """The visits of the claim: how long, what was found, and the conditions that were coded."""
    keys = asked.claim.records if asked.claim is not None else ()
    visits = [pair for pair in asked.case.seen.of(NeurologyVisitCompleted) if pair[0].key in keys]
    day_0 = next((record.day for record, _ in asked.case.infusions()), None)
    for record, fact in visits:
        since = f", day {(record.day - day_0).days} after the infusion" if day_0 else ""
        minutes = f", {fact.minutes} minutes" if fact.minutes else ""
        conditions = ", ".join(each.code or each.text or "" for each in fact.conditions)
        yield Found(
            text=f"visit of {record.day}{since}{minutes}; conditions documented: "
            f"{conditions or 'none'}",
            records=(record,),
        )
        if not fact.conditions:
            yield Found(
                text="the visit documents no condition",
                records=(record,),
                missing="a visit without a finding shows its need by the plan of surveillance "
                "alone: file the plan and the note",
            )
    if asked.claim is not None and asked.claim.diagnoses:
        yield Found(text=f"coded on the claim: {', '.join(asked.claim.diagnoses)}")
    if not visits:
        yield Found(text="no visit of this claim is on record", missing="report the visit")
