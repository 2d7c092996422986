"""Encounters of claims E: visits by setting, two on a day, their levels and their diagnoses."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tests.claims.encounters.registry import encounter
from tests.given import (
    admitted,
    collected,
    day,
    discharged,
    drug,
    infused,
    lymphodepletion,
    made,
    opened,
    record,
    room_charged,
    service,
)
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.domain.facts.groups import Condition
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted, NeurologyVisitMissed
from veinledger.domain.facts.toxicity import IcansGraded
from veinledger.domain.facts.treatment import TocilizumabGiven
from veinledger.domain.reports import Record

OFFICE: Final = replace(
    service("office", "V-1", "neurology_office"), performing_provider="dr_olsen"
)
"""Prairie Neurology's own office."""
CLINIC: Final = replace(service("outpatient", "V-2"), performing_provider="dr_olsen")
"""The hospital's clinic on its campus; Prairie Neurology bills what Dr. Olsen does there."""
ANNEX: Final = replace(CLINIC, facility="annex", account="V-3")
"""The hospital's department off its campus."""
VISIT: Final = NeurologyVisitCompleted(service=OFFICE, cpt="99214", minutes=35)
"""A visit of level 4 in the office of a patient whom neurology knows."""


def seen(number: int, visit: NeurologyVisitCompleted = VISIT, name: str = "") -> Record:
    """A visit on a day; a second one on that day has a name of its own."""
    return record(visit, number, f"visit {number} {name}")


def documented(*codes: str) -> NeurologyVisitCompleted:
    """A visit at which somebody documented conditions."""
    return replace(VISIT, conditions=tuple(Condition(code=code) for code in codes))


def medicare() -> list[Record]:
    """From referral to discharge, Medicare fee for service."""
    return [*opened("medicare"), *_to_the_discharge()]


def commercial() -> list[Record]:
    """From referral to discharge, a commercial payer without a case rate."""
    covered = CoverageRecorded(payer="tamarack_mutual", kind="commercial", since=day(-400))
    first, _, *rest = opened()
    return [first, record(covered, -90), *rest, *_to_the_discharge()]


def _to_the_discharge() -> list[Record]:
    stay = [admitted(), infused(), room_charged(), discharged()]
    return [*collected(), *made(), *lymphodepletion(), *stay]


@encounter()
def visits_by_setting() -> list[Record]:
    """Medicare: office, hospital clinic, off-campus department and telehealth, a visit each."""
    at_home = replace(VISIT, service=CLINIC, mode="telehealth", patient_at="home")
    return [
        *medicare(),
        seen(-20),
        seen(30, replace(VISIT, service=CLINIC)),
        seen(90, replace(VISIT, service=ANNEX)),
        seen(180, at_home),
        seen(270, replace(at_home, service=OFFICE, patient_at=None)),
        seen(365, replace(VISIT, service=replace(CLINIC, performing_provider="dr_imani"))),
        seen(5, replace(VISIT, service=OFFICE)),
        record(NeurologyVisitMissed(reason="no show"), 120),
    ]


@encounter()
def two_visits_on_a_day() -> list[Record]:
    """Related visits are one line, a separate problem a second one, another speciality its own."""
    clinic = replace(VISIT, service=CLINIC)
    apart = replace(clinic, cpt="99213", minutes=25, separately_identifiable=True)
    other = replace(clinic, service=replace(CLINIC, performing_provider="dr_imani"))
    return [
        *medicare(),
        seen(30, replace(VISIT, cpt="99213", minutes=25)),
        seen(30, VISIT, "again"),
        seen(90, clinic),
        seen(90, apart, "apart"),
        seen(90, other, "hematology"),
    ]


@encounter()
def visits_beside_procedures() -> list[Record]:
    """A visit on the day of tocilizumab at the same hospital needs a problem of its own."""
    clinic = replace(VISIT, service=CLINIC)
    given = [
        record(TocilizumabGiven(drug=drug("560"), service=service("outpatient", "T-1")), number)
        for number in (20, 40)
    ]
    return [
        *commercial(),
        *given,
        seen(20, clinic),
        seen(40, replace(clinic, separately_identifiable=True)),
    ]


@encounter()
def levels_of_visits() -> list[Record]:
    """Commercial: prolonged visits, and codes that fit neither the patient nor what was done."""
    return [
        *commercial(),
        seen(-20, replace(VISIT, cpt="99205", minutes=95, patient_kind="new")),
        seen(30, replace(VISIT, cpt="99215", minutes=84)),
        seen(60, replace(VISIT, minutes=60)),
        seen(90, replace(VISIT, cpt="99204", minutes=45)),
        seen(120, replace(VISIT, cpt="99215", minutes=20, level="low")),
        seen(150, replace(VISIT, level="high")),
        seen(180, replace(VISIT, cpt="95886")),
        seen(210, replace(VISIT, cpt=None)),
        seen(240, replace(VISIT, cpt="99244", minutes=45)),
    ]


@encounter()
def medicare_levels_of_visits() -> list[Record]:
    """Medicare counts a prolonged visit later, and pays no consultation."""
    return [
        *medicare(),
        seen(30, replace(VISIT, cpt="99215", minutes=68)),
        seen(60, replace(VISIT, cpt="99215", minutes=84)),
        seen(90, replace(VISIT, cpt="99244", minutes=45)),
    ]


@encounter()
def diagnoses_of_visits() -> list[Record]:
    """Signs and a question, then what was documented: G21.19, G20.A1, ICANS, words alone."""
    return [
        *medicare(),
        record(IcansGraded(grade=1), 8),
        seen(21, replace(documented("G92.01"), phase_of_treatment="acute")),
        seen(30, replace(documented("G92.01"), phase_of_treatment="surveillance")),
        seen(60, replace(VISIT, findings=("resting tremor", "micrographia"))),
        seen(90, documented("G21.19")),
        seen(120, documented("G21.19")),
        seen(150, documented("G20.A1")),
        seen(180, replace(VISIT, conditions=(Condition(text="parkinsonism"),))),
    ]


@encounter()
def icans_that_nobody_graded() -> list[Record]:
    """A code of ICANS on a late visit, where nothing else says that there was ICANS."""
    return [*commercial(), seen(90, replace(documented("G92.02"), findings=("tremor",)))]
