"""A packet with something in every field, each value found nowhere else; long ones, if asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from tests.given import day, opened, record
from tests.projections.authorization.told import ON, centre, packet
from tests.projections.gates.ready import cleared, planned, seen_by_neurology
from veinledger.domain.facts.authorization import (
    AuthorizationDenied,
    AuthorizationGranted,
    AuthorizationPended,
    AuthorizationRequested,
    CoverageRecorded,
)
from veinledger.domain.facts.disease import (
    ClearanceKind,
    DiseaseAssessed,
    TherapyDrug,
    TherapyLineRecorded,
    TherapyRefractorinessDocumented,
)
from veinledger.domain.facts.encounter import EncounterOpened
from veinledger.domain.facts.patient import Address, PatientMeasured, PatientRegistered
from veinledger.domain.facts.surveillance import AppointmentBooked
from veinledger.domain.reports import Record
from veinledger.projections.authorization.shapes import Packet

SCRIPT: Final = "<script>alert('RVd')</script>"
NAME: Final = 'Müller-O\'Neill "Ünal"'
LONG: Final = " and, as the chart has it in words of its own, more of the same"
KINDS: Final[tuple[ClearanceKind, ...]] = (
    "ECOG",
    "LVEF",
    "pulmonary",
    "renal",
    "hepatic",
    "BCMA pathology",
    "autoimmune",
)


def whole(*, long: bool = False, missing: Iterable[str] = ()) -> list[Record]:
    """Every fact that a packet shows; `missing` leaves out kinds of clearance."""
    more = LONG if long else ""
    return [
        *_who(more),
        *_therapy(more),
        *(
            cleared(kind, -9 - at, value=Decimal(1), unit="points", provider="dr_rao",
                    document=f"DOC-{at}", text=f"text of clearance {at}{more}")
            for at, kind in enumerate(KINDS)
            if kind not in missing
        ),
        cleared("imaging", -20, document="DOC-IMAGE", text=f"text of imaging{more}"),
        cleared("infection", -21, document="DOC-INFECTION", text=f"text of infection{more}"),
        seen_by_neurology(-22),
        planned(-23, protocol=f"Protocol of the site{more}", provider="dr_olsen"),
        record(_booked(), -24, "booked"),
        *_answers(more),
    ]  # fmt: skip


def whole_packet(*, long: bool = False, on: date = ON, missing: Iterable[str] = ()) -> Packet:
    """Its packet."""
    return packet(whole(long=long, missing=missing), at=centre("unitedhealthcare"), on=on)


def _who(more: str) -> list[Record]:
    kept = (each for each in opened(indication="2L+") if isinstance(each.fact, EncounterOpened))
    registered = PatientRegistered(
        patient="P1", family_name=NAME, given_names=("Zoë", "Ida"), birth_date=date(1951, 2, 28),
        sex="female", mrn="MRN-77", authority="lakeside",
        address=Address(lines=(f"1 Main Street{more}",), city="Chicago", state="IL",
                        postal_code="60601"),
    )  # fmt: skip
    covered = CoverageRecorded(
        payer="harbor_health", kind="commercial", plan=f"Gold plan{more}", member_id="MBR-99",
        group_number="GRP-5", subscriber=f"Karl Müller{more}", relation="spouse", since=day(-401),
    )  # fmt: skip
    assessed = DiseaseAssessed(
        code="C90.02", status="in relapse", response="PD", provider="dr_imani",
        text=f"text of the assessment{more}",
    )  # fmt: skip
    sizes = PatientMeasured(
        weight=Decimal("71.5"), height=Decimal("168.5"), bsa=Decimal("1.82"), formula="Mosteller"
    )
    return [
        *kept,
        record(registered, -90, "registered"),
        record(covered, -90, "covered"),
        record(assessed, -80, "assessed"),
        record(sizes, -79, "sized"),
    ]


def _therapy(more: str) -> list[Record]:
    first = TherapyLineRecorded(
        line=1, regimen=f"{SCRIPT}{more}",
        drugs=(
            TherapyDrug(name=f"lenalidomide{more}", drug_class="IMiD"),
            TherapyDrug(name=f"bortezomib{more}", drug_class="PI", first_dose=day(-1501),
                        last_dose=day(-1402)),
        ),
        since=day(-1500), until=day(-1403), response="VGPR", reason_stopped=f"planned end{more}",
        transplant="autologous", transplant_day=day(-1404),
    )  # fmt: skip
    second = TherapyLineRecorded(
        line=2, regimen=f"DRd{more}",
        drugs=(TherapyDrug(name="daratumumab", drug_class="anti-CD38"),
               TherapyDrug(name="lenalidomide", drug_class="IMiD")),
        since=day(-900), until=day(-151), response="SD", reason_stopped=f"progression{more}",
    )  # fmt: skip
    refractory = TherapyRefractorinessDocumented(
        drug="lenalidomide", drug_class="IMiD", first_dose=day(-1499), last_dose=day(-152),
        progressed_on=day(-131), document="DOC-LEN", provider="dr_imani",
    )  # fmt: skip
    return [
        record(first, -85, "first line"),
        record(second, -85, "second line"),
        record(refractory, -85, "refractory"),
    ]


def _booked() -> AppointmentBooked:
    return AppointmentBooked(
        appointment="AP-1", kind="infusion", scheduled_for=day(14).isoformat(), facility="main"
    )


def _answers(more: str) -> list[Record]:
    asked = AuthorizationRequested(
        payer="harbor_health", reference="REQ-1", services=("apheresis", "product"), units=1,
        setting="outpatient", since=day(3), until=day(181),
    )  # fmt: skip
    pended = AuthorizationPended(
        payer="harbor_health", reference="REQ-1", reason=f"text of the question{more}",
        answer_by=day(5),
    )  # fmt: skip
    granted = AuthorizationGranted(
        payer="harbor_health", reference="AUTH-8", services=("apheresis",), units=2,
        setting="inpatient", since=day(4), until=day(182), reason=f"text of the grant{more}",
    )  # fmt: skip
    denied = AuthorizationDenied(
        payer="harbor_health", reference="REQ-2", services=("infusion",),
        reason=f"text of the denial{more}", appeal_by=day(28),
    )  # fmt: skip
    told = ((asked, -8), (pended, -6), (granted, -5), (denied, -4))
    return [record(fact, at, fact.type) for fact, at in told]
