"""Who asks for whom under which coverage: patient, coverage, requesting provider."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from veinledger.domain.facts.disease import DiseaseAssessed
from veinledger.domain.facts.encounter import EncounterOpened
from veinledger.domain.facts.patient import (
    Address,
    PatientMeasured,
    PatientMerged,
    PatientRegistered,
    PatientUpdated,
)
from veinledger.projections.authorization.addressee import Addressee
from veinledger.projections.case.case import Case
from veinledger.projections.case.centre.certificates import INFUSION
from veinledger.projections.case.centre.holders import UNTOLD
from veinledger.projections.case.evidence.certificates import treatment_site


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PatientOnTheForm:
    """The patient as the payer's form needs it."""

    family_name: str | None = None
    given_names: tuple[str, ...] = ()
    birth_date: date | None = None
    sex: str | None = None
    mrn: str | None = None
    authority: str | None = None
    address: str | None = None
    weight: Decimal | None = None
    """kg, as last measured."""
    height: Decimal | None = None
    """cm."""
    bsa: Decimal | None = None
    """m2."""
    measured_on: date | None = None

    def __repr__(self) -> str:
        return "<patient on the form>"

    @property
    def name(self) -> str | None:
        """Family name, then given names."""
        given = " ".join(self.given_names)
        return ", ".join(part for part in (self.family_name, given) if part) or None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CoverageOnTheForm:
    """The coverage that the request is made under."""

    payer: str | None = None
    """By directory name."""
    label: str | None = None
    kind: str | None = None
    plan: str | None = None
    member_id: str | None = None
    group_number: str | None = None
    subscriber: str | None = None
    relation: str | None = None
    order_of_benefits: str | None = None
    since: date | None = None
    until: date | None = None

    def __repr__(self) -> str:
        return "<coverage on the form>"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderOnTheForm:
    """Who asks."""

    name: str
    """By directory name."""
    label: str | None = None
    npi: str | None = None
    speciality: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Form:
    """Patient, coverage, requesting provider and the place of the treatment."""

    patient: PatientOnTheForm
    coverage: CoverageOnTheForm
    provider: ProviderOnTheForm | None
    site: str | None
    """Where the cells are given, by directory name; None where no fact tells."""

    def __repr__(self) -> str:
        return "<form>"


def form(case: Case, to: Addressee, on: date) -> Form:
    """What goes on top of the form."""
    return Form(
        patient=_patient(case, on),
        coverage=_coverage(to),
        provider=_provider(case, on),
        site=treatment_site(case, on),
    )


def gaps(made: Form, to: Addressee) -> Iterator[tuple[str, str]]:
    """What a form cannot go out without, and the fact that would supply it."""
    patient, registered = made.patient, "register the patient with it (patient.registered)"
    for what, value, remedy in (
        ("the patient's name", patient.name, registered),
        ("the patient's birth date", patient.birth_date, registered),
        ("the patient's record number (MRN)", patient.mrn, registered),
        (
            "the coverage",
            to.coverage,
            "report payer, plan and member id (coverage.recorded)",
        ),
        (
            "the requesting provider",
            made.provider,
            "report who assessed the disease (disease.assessed, provider)",
        ),
    ):
        if value is None:
            yield what, remedy
    if to.coverage is not None and made.coverage.member_id is None:
        yield "the member id", "report the coverage with it (coverage.recorded)"
    if made.site is None:
        yield "where the cells will be given", UNTOLD[INFUSION][1]
    if made.provider is not None and made.provider.npi is None:
        yield (
            "the requesting provider's NPI",
            "add it to the provider in the directory (providers.toml)",
        )


def _patient(case: Case, on: date) -> PatientOnTheForm:
    known: dict[str, Any] = {}
    for fact in _identities(case):
        said = {
            "family_name": fact.family_name,
            "given_names": fact.given_names,
            "birth_date": fact.birth_date,
            "sex": fact.sex,
            "mrn": fact.mrn,
            "authority": fact.authority,
            "address": _address(fact.address),
        }
        known |= {name: value for name, value in said.items() if value}
    for record, size in case.seen.of(PatientMeasured):
        if record.day <= on:
            sizes = {"weight": size.weight, "height": size.height, "bsa": size.bsa}
            known |= {name: value for name, value in sizes.items() if value is not None}
            known["measured_on"] = record.day
    return PatientOnTheForm(**known)


def _identities(case: Case) -> Iterator[PatientRegistered | PatientUpdated]:
    """What was said of the patient, in order; a merge hands over to the surviving reference."""
    mine = {fact.patient for _, fact in case.seen.of(EncounterOpened)}
    for record in case.seen.records:
        match record.fact:
            case PatientMerged(patient=given_up, surviving=surviving) if given_up in mine:
                mine.add(surviving)
            case PatientRegistered() | PatientUpdated() if record.fact.patient in mine:
                yield record.fact
            case _:
                pass


def _address(address: Address | None) -> str | None:
    if address is None:
        return None
    place = " ".join(each for each in (address.state, address.postal_code) if each)
    parts = (*address.lines, address.city, place, address.country)
    return ", ".join(part for part in parts if part) or None


def _coverage(to: Addressee) -> CoverageOnTheForm:
    label = to.payer.label if to.payer else to.policy.label if to.policy else None
    if to.coverage is None:
        kind = to.payer.kind if to.payer else None
        return CoverageOnTheForm(payer=to.name, label=label, kind=kind)
    fact = to.coverage[1]
    return CoverageOnTheForm(
        payer=fact.payer,
        label=to.payer.label if to.payer else None,
        kind=fact.kind,
        plan=fact.plan,
        member_id=fact.member_id,
        group_number=fact.group_number,
        subscriber=fact.subscriber,
        relation=fact.relation,
        order_of_benefits=fact.order_of_benefits,
        since=fact.since,
        until=fact.until,
    )


def _provider(case: Case, on: date) -> ProviderOnTheForm | None:
    """Who assessed the disease last asks for its treatment, where nobody else is named."""
    named = [f.provider for r, f in case.seen.of(DiseaseAssessed) if f.provider and r.day <= on]
    if not named:
        return None
    known = case.provider(named[-1], on)
    if known is None:
        return ProviderOnTheForm(name=named[-1])
    return ProviderOnTheForm(
        name=known.name, label=known.label, npi=known.npi, speciality=known.speciality
    )
