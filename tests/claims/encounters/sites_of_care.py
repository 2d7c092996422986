"""One encounter for each of the eight rows of the source page's table of sites of care."""

from __future__ import annotations

from decimal import Decimal

from tests.claims.encounters.registry import encounter
from tests.given import (
    CHAIN,
    admitted,
    at,
    collected,
    day,
    discharged,
    infused,
    lymphodepletion,
    made,
    opened,
    record,
    room_charged,
    service,
)
from veinledger.domain.facts.collection import ApheresisCompleted, CellsPrepared
from veinledger.domain.facts.groups import Condition, Drug, Vials
from veinledger.domain.facts.patient import PatientAdmitted, PatientDischarged
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.toxicity import CrsGraded
from veinledger.domain.facts.treatment import LymphodepletionDoseGiven, TocilizumabGiven
from veinledger.domain.reports import Record

OFFICE = "oncology_office"


@encounter()
def site_1_apheresis_in_a_hospital_suite() -> list[Record]:
    """The cells are collected in the outpatient suite of the hospital."""
    return [*opened("medicare"), *collected()]


@encounter()
def site_2_apheresis_in_an_office() -> list[Record]:
    """The cells are collected in the office of a cellular therapy group."""
    where = service("office", "A-1", OFFICE)
    collection = ApheresisCompleted(chain_of_identity=CHAIN, donation_number="D1", service=where)
    prepared = CellsPrepared(chain_of_identity=CHAIN, donation_number="D1", service=where)
    return [*opened(), record(collection, -45), record(prepared, -45)]


@encounter()
def site_3_lymphodepletion_in_a_hospital_clinic() -> list[Record]:
    """Three days of fludarabine and cyclophosphamide as a hospital outpatient."""
    return [*opened("medicare"), *collected(), *made(), *_three_days("outpatient", "main")]


@encounter()
def site_4_lymphodepletion_in_an_office() -> list[Record]:
    """The same three days in an oncology office."""
    return [*opened("medicare"), *collected(), *made(), *_three_days("office", OFFICE)]


@encounter()
def site_5_infusion_as_an_inpatient() -> list[Record]:
    """Admitted on the day of the infusion, home after two weeks."""
    before = [*opened("medicare"), *collected(), *made(), *lymphodepletion()]
    return [*before, admitted(), infused(), room_charged(), discharged()]


@encounter()
def site_6_infusion_as_a_hospital_outpatient() -> list[Record]:
    """Infused in the hospital's outpatient clinic, and never admitted."""
    cells = infused(service("outpatient", "A-3"))
    return [*opened("medicare"), *collected(), *made(), *_three_days("outpatient", "main"), cells]


@encounter()
def site_7_readmitted_with_crs() -> list[Record]:
    """Back on day 20 with cytokine release syndrome of grade 3; tocilizumab in the stay."""
    where = service("inpatient", "A-4", start=at(20, "21:00"), end=at(20, "22:00"))
    vial = Vials(milligrams=Decimal(400), count=2, kind="single-dose", ndc="50242-137-01")
    drug = Drug(dose=Decimal(560), ndc="50242-137-01", vials=(vial,))
    reason = Condition(code="T80.82XA", present_on_admission="Y")
    came = PatientAdmitted(reason="CRS/ICANS", admitting_condition=reason, service=where)
    left = PatientDischarged(status="01", conditions=(reason,), service=where)
    return [
        *site_5_infusion_as_an_inpatient(),
        record(came, 20),
        record(CrsGraded(grade=3, onset=day(20).isoformat()), 20),
        record(TocilizumabGiven(drug=drug, service=where), at(20, "21:00")),
        room_charged(20, "A-4", days=5),
        record(left, 25),
    ]


@encounter()
def site_8_surveillance_by_neurology() -> list[Record]:
    """Seen at one month in a neurologist's office, at three months in the hospital's clinic."""
    office = service("office", "N-1", "neurology_office")
    clinic = service("outpatient", "N-2")
    return [
        *site_5_infusion_as_an_inpatient(),
        record(NeurologyVisitCompleted(service=office, cpt="99214", minutes=35), 30),
        record(NeurologyVisitCompleted(service=clinic, cpt="99214", minutes=32), 92),
    ]


def _three_days(patient_class: str, facility: str) -> list[Record]:
    """Both drugs from single-dose vials, with their times, on days -5 to -3."""
    return [
        _dose(agent, number, patient_class, facility)
        for number in (-5, -4, -3)
        for agent in ("fludarabine", "cyclophosphamide")
    ]


def _dose(agent: str, number: int, patient_class: str, facility: str) -> Record:
    flu = agent == "fludarabine"
    ndc = "00703-5854-01" if flu else "10019-0955-01"
    size, count = (50, 2) if flu else (500, 2)
    vial = Vials(milligrams=Decimal(size), count=count, kind="single-dose", ndc=ndc)
    drug = Drug(dose=Decimal("55.5" if flu else "555"), ndc=ndc, vials=(vial,))
    times = ("09:00", "09:30") if flu else ("09:45", "10:45")
    where = service(
        "office" if patient_class == "office" else "outpatient",
        "A-2",
        facility,
        start=at(number, times[0]),
        end=at(number, times[1]),
    )
    fact = LymphodepletionDoseGiven(
        agent="fludarabine" if flu else "cyclophosphamide",
        bsa=Decimal("1.85"),
        drug=drug,
        service=where,
    )
    return record(fact, number, f"{agent}@{number}")
