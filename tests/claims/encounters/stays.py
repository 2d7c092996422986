"""Emergency and observation care, changes of class, rooms nobody charged, charges as posted."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from tests.claims.encounters.registry import encounter
from tests.given import (
    admitted,
    at,
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
    vials,
)
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.groups import PatientClass
from veinledger.domain.facts.patient import (
    PatientAdmitted,
    PatientDischarged,
    PatientStatusChanged,
)
from veinledger.domain.facts.toxicity import CrsGraded
from veinledger.domain.facts.treatment import TocilizumabGiven
from veinledger.domain.reports import Record

BEFORE: Final = [*opened(), *collected(), *made(), *lymphodepletion()]
INFUSED: Final = [*BEFORE, admitted(), infused(), room_charged(), discharged()]


@encounter()
def stays_an_emergency_visit_is_a_claim_of_its_own() -> list[Record]:
    """CRS in the emergency department, tocilizumab, observed over night, home without a stay."""
    return [
        *INFUSED,
        _came(20, "emergency"),
        record(CrsGraded(grade=2), 20),
        _tocilizumab(20, "emergency"),
        _posted(20, "0450", "99284", "1875.50"),
        _posted(20, "0762", "G0378", "2640", units="22"),
        _posted(21, "0301", None, "310"),
        _left(21, "emergency"),
        _posted(-4, "0636", "J1100", "42", account="A-2"),
    ]


@encounter()
def stays_observation_becomes_a_stay() -> list[Record]:
    """Observed on day 20, an inpatient from day 21 on; nobody charged the room of day 23."""
    change = PatientStatusChanged(before="observation", after="inpatient", account="A-6")
    return [
        *INFUSED,
        _came(20, "observation"),
        _tocilizumab(20, "observation"),
        _posted(20, "0762", "G0378", "1200", units="10"),
        record(change, at(21, "06:30")),
        room_charged(21, "A-6", 2),
        room_charged(24, "A-6", 1),
        _posted(22, "0636", "J1100", "42"),
        _left(25, "inpatient"),
    ]


@encounter()
def stays_the_committee_reversed_one() -> list[Record]:
    """An inpatient of day 20 is an outpatient by day 21, with condition code 44 and no room."""
    change = PatientStatusChanged(
        before="inpatient", after="observation", account="A-6", condition_code_44=True
    )
    return [
        *INFUSED,
        _came(20, "inpatient"),
        _tocilizumab(20, "inpatient"),
        room_charged(20, "A-6", 1),
        record(change, at(21, "09:00")),
        _posted(21, "0762", "G0378", "1800", units="15"),
        _left(22, "observation"),
    ]


@encounter()
def stays_that_wait_for_a_person() -> list[Record]:
    """A reversal by nobody, an order after the patient left, a dose posted beside its line."""
    alone = PatientStatusChanged(before="inpatient", after="observation", account="A-3")
    late = PatientStatusChanged(before="observation", after="inpatient", account="A-6")
    return [
        *INFUSED,
        record(alone, 13),
        _tocilizumab(5, "outpatient", "A-9"),
        _came(20, "observation"),
        _tocilizumab(20, "observation"),
        _posted(21, "0636", "J3262", "7980", units="560"),
        _left(21, "observation"),
        record(late, 24),
    ]


@encounter()
def stays_over_the_turn_of_the_coding_year() -> list[Record]:
    """Infused on day 141, 29 September; home in October, covered by another payer by then."""
    began = CoverageRecorded(payer="medicare", kind="FFS", since=day(143))
    return [
        *opened(),
        *collected(),
        *made(),
        *lymphodepletion(days=(136, 137, 138)),
        admitted(141),
        infused(number=141),
        record(began, 142),
        room_charged(141, days=8),
        discharged(149),
        _posted(145, "0891", "Q2056", "629166.75", account="A-3"),
    ]


@encounter()
def stays_that_nobody_reported() -> list[Record]:
    """Infused in a bed without an admission, and by then nobody covered the patient any more."""
    ended = CoverageRecorded(
        payer="harbor_health", kind="commercial", since=day(-400), until=day(-1)
    )
    referred = [each for each in opened() if each.fact.type != "coverage.recorded"]
    return [*referred, record(ended, -90), *collected(), *made(), *lymphodepletion(), infused()]


def _came(number: int, patient_class: PatientClass) -> Record:
    where = service(patient_class, "A-6")
    return record(PatientAdmitted(reason="CRS/ICANS", service=where), at(number, "08:00"))


def _left(number: int, patient_class: PatientClass) -> Record:
    where = service(patient_class, "A-6")
    return record(PatientDischarged(status="01", service=where), at(number, "18:00"))


def _tocilizumab(number: int, patient_class: PatientClass, account: str = "A-6") -> Record:
    where = service(patient_class, account, "main", at(number, "10:00"), at(number, "11:00"))
    fact = TocilizumabGiven(
        drug=drug("560", "50242-137-01", opened=[vials("80", 7)]), service=where
    )
    return record(fact, at(number, "10:00"))


def _posted(number: int, revenue: str, code: str | None, amount: str, **more: str) -> Record:
    fact = ChargePosted(
        revenue_code=revenue,
        hcpcs=code,
        units=Decimal(more.get("units", "1")),
        amount=Decimal(amount),
        service_date=day(number),
        service=service(account=more.get("account", "A-6")),
    )
    return record(fact, number + 1, f"charge {revenue} {code} {number}")
