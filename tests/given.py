"""Builders for tests: facts with sensible fields, records of them, and whole histories.

`given(...)` pairs a fact with its day; `history(...)` seals records in the order told. Dates count
from DAY_0, so that a story reads as clinicians tell it: day -5, day 0, day 30.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Final, Literal, get_args

from veinledger.domain.centre.certification import Certification
from veinledger.domain.centre.directory import Coverage
from veinledger.domain.facts.authorization import CoverageRecorded
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.collection import ApheresisCompleted, CellsPrepared, CellsShipped
from veinledger.domain.facts.disease import (
    DiseaseAssessed,
    DrugClass,
    TherapyDrug,
    TherapyLineRecorded,
    TherapyRefractorinessDocumented,
)
from veinledger.domain.facts.encounter import EncounterOpened
from veinledger.domain.facts.groups import Drug, PatientClass, Route, Service, Vials
from veinledger.domain.facts.manufacturing import (
    ManufacturingReleased,
    ManufacturingStarted,
    ProductReceived,
)
from veinledger.domain.facts.patient import (
    AdmissionReason,
    PatientAdmitted,
    PatientDischarged,
    PatientMeasured,
)
from veinledger.domain.facts.treatment import CellsInfused, LymphodepletionDoseGiven
from veinledger.domain.reports import Actor, Occurrence, Record, Seal, Source
from veinledger.domain.standing.history import History

ENCOUNTER: Final = "E1"
DAY_0: Final = date(2026, 5, 11)
ZONE: Final = "America/Chicago"
CHAIN: Final = "COI-1"


def day(number: int) -> date:
    """The date of a day counted from the infusion."""
    return DAY_0 + timedelta(days=number)


def at(number: int, clock: str) -> str:
    """A moment on a day counted from the infusion: at(-5, "09:30")."""
    return f"{day(number).isoformat()}T{clock}:00-05:00"


def record(fact: Fact, when: int | str, message: str | None = None) -> Record:
    """A record of a fact on a day counted from the infusion, or at an RFC 3339 moment."""
    text = day(when).isoformat() if isinstance(when, int) else when
    timed = len(text) > len("2026-05-11")
    instant = datetime.fromisoformat(text).astimezone(UTC) if timed else None
    name = message or f"{fact.type}@{text}"
    local = date.fromisoformat(text[:10])
    return Record(
        key=sha256(name.encode()).hexdigest(),
        kind="report",
        subject="encounter",
        name=ENCOUNTER,
        fact=fact,
        occurred=Occurrence(text=text, local_day=local, zone=ZONE, instant=instant),
        source=Source(connection="test", message=name),
        actor=Actor(id="rn-204", role="nurse"),
        original=None,
        seal=_seal(0, name),
    )


def history(*records: Record | Iterable[Record]) -> History:
    """The history of these records in the order told; a story is a list of them."""
    flat = [r for told in records for r in ([told] if isinstance(told, Record) else told)]
    if len({each.key for each in flat}) < len(flat):
        raise ValueError("two records of one message: give one of them a message of its own")
    sealed = (
        replace(each, seal=_seal(number, each.source.message)) for number, each in enumerate(flat)
    )
    return History(encounter=ENCOUNTER, records=tuple(sealed))


def _seal(number: int, name: str) -> Seal:
    return Seal(
        position=number + 1,
        stream=f"encounter/{ENCOUNTER}",
        sequence=number,
        recorded_at=datetime(2026, 12, 1, tzinfo=UTC) + timedelta(seconds=number),
        leaf=sha256(f"{number}/{name}".encode()).hexdigest(),
    )


def service(
    patient_class: PatientClass = "outpatient",
    account: str | None = None,
    facility: str = "main",
    start: str | None = None,
    end: str | None = None,
) -> Service:
    """A service at the main hospital."""
    return Service(
        facility=facility, patient_class=patient_class, account=account, start=start, end=end
    )


def drug(
    dose: str,
    ndc: str | None = None,
    route: Route = "infusion",
    discarded: str | None = None,
    opened: Iterable[Vials] = (),
) -> Drug:
    """So many milligrams of a drug."""
    return Drug(
        dose=Decimal(dose),
        ndc=ndc,
        vials=tuple(opened),
        route=route,
        discarded=Decimal(discarded) if discarded else None,
    )


def vials(
    milligrams: str,
    count: int = 1,
    kind: Literal["single-dose", "multi-dose"] = "single-dose",
    ndc: str | None = None,
) -> Vials:
    """Vials opened for a dose, so many mg in each."""
    return Vials(ndc=ndc, milligrams=Decimal(milligrams), count=count, kind=kind)


def certified(facility: str = "main", product: str = "carvykti") -> tuple[Certification, ...]:
    """FACT and the product's REMS at a hospital, as the source page wants them of every centre."""
    held = (
        (facility, "infusion facility", "FACT", ()),
        (facility, "apheresis facility", "FACT", ()),
        (facility, "infusion facility", f"{product}_rems", ("neurological monitoring",)),
        ("dr_imani", "prescriber", f"{product}_rems", ()),
        (facility, "pharmacy", f"{product}_rems", ()),
    )
    return tuple(
        Certification(
            record=f"{programme} of {role}",
            subject=subject,
            role=role,
            programme=programme,
            capabilities=capabilities,
            reference=f"C-{number}",
            since=date(2022, 6, 15),
        )
        for number, (subject, role, programme, capabilities) in enumerate(held)
    )


Payer = Literal["medicare", "harbor_health", "cedar_advantage", "lakes_medicaid", "birch_health"]
_KIND: Final[dict[Payer, Coverage]] = {
    "medicare": "FFS",
    "harbor_health": "commercial",
    "cedar_advantage": "MA",
    "lakes_medicaid": "Medicaid",
    "birch_health": "commercial",
}


def opened(
    payer: Payer = "harbor_health",
    product: str = "carvykti",
    indication: str = "myeloma",
    code: str | None = "C90.00",
) -> list[Record]:
    """The referral, the coverage and the documented disease."""
    return [
        record(
            EncounterOpened(
                product=product, indication=indication, patient="P1", centre="lakeside"
            ),
            -90,
        ),
        record(CoverageRecorded(payer=payer, kind=_KIND[payer], since=day(-400)), -90),
        record(DiseaseAssessed(code=code, status="not in remission"), -80),
        record(PatientMeasured(weight=Decimal(70), bsa=Decimal("1.85")), -10),
    ]


def treated_before() -> list[Record]:
    """Four lines with a drug of every class that a label names, refractory to lenalidomide."""
    drugs = tuple(
        TherapyDrug(name=f"drug of class {each}", drug_class=each)
        for each in get_args(DrugClass)
        if each not in ("CAR-T", "BCMA bispecific", "other")
    )
    lines = [
        record(TherapyLineRecorded(line=n, regimen=f"line {n}", drugs=drugs), -85, f"line {n}")
        for n in (1, 2, 3, 4)
    ]
    refractory = TherapyRefractorinessDocumented(
        drug="lenalidomide",
        drug_class="IMiD",
        first_dose=day(-900),
        last_dose=day(-130),
        progressed_on=day(-110),
        document="DOC-1",
    )
    return [*lines, record(refractory, -85)]


def collected(chain: str = CHAIN, number: int = -45, account: str = "A-1") -> list[Record]:
    """One outpatient collection, prepared and shipped."""
    where = service(account=account)
    return [
        record(
            ApheresisCompleted(chain_of_identity=chain, donation_number="D1", service=where),
            number,
        ),
        record(CellsPrepared(chain_of_identity=chain, donation_number="D1"), number),
        record(CellsShipped(chain_of_identity=chain), number + 1),
    ]


def made(
    chain: str = CHAIN,
    number: int = -40,
    ndc: str | None = "57894-111-01",
    hcpcs: str | None = "Q2056",
    lot: str = "L1",
) -> list[Record]:
    """A batch that was made, released in specification, and received."""
    return [
        record(ManufacturingStarted(chain_of_identity=chain), number),
        record(
            ManufacturingReleased(
                chain_of_identity=chain,
                lot=lot,
                ndc_on_label=ndc,
                hcpcs_on_label=hcpcs,
                specification="in",
            ),
            number + 25,
        ),
        record(
            ProductReceived(
                chain_of_identity=chain, lot=lot, ndc_on_label=ndc, hcpcs_on_label=hcpcs
            ),
            number + 30,
        ),
    ]


def lymphodepletion(
    patient_class: PatientClass = "outpatient",
    account: str = "A-2",
    days: tuple[int, ...] = (-5, -4, -3),
    timed: bool = True,
) -> list[Record]:
    """Fludarabine 30 mg/m2 and cyclophosphamide 300 mg/m2 at 1.85 m2, on each day.

    From two vials of 50 mg and one of 1,000 mg, all single-dose.
    """
    return [each for number in days for each in _two_drugs(patient_class, account, number, timed)]


def _two_drugs(
    patient_class: PatientClass, account: str, number: int, timed: bool
) -> tuple[Record, Record]:
    def where(start: str, end: str) -> Service:
        times = (at(number, start), at(number, end)) if timed else (None, None)
        return service(patient_class, account, start=times[0], end=times[1])

    return (
        record(
            LymphodepletionDoseGiven(
                agent="fludarabine",
                bsa=Decimal("1.85"),
                drug=drug("55.5", "00703-5854-01", opened=[vials("50", 2)]),
                service=where("09:00", "09:30"),
            ),
            number,
            f"flu@{number}",
        ),
        record(
            LymphodepletionDoseGiven(
                agent="cyclophosphamide",
                bsa=Decimal("1.85"),
                drug=drug("555", "10019-0955-01", opened=[vials("1000")]),
                service=where("09:45", "10:45"),
            ),
            number,
            f"cy@{number}",
        ),
    )


INSIDE: Final = service("inpatient", "A-3")
"""The service of the inpatient stay of the infusion."""


def infused(
    where: Service = INSIDE,
    chain: str = CHAIN,
    ndc: str | None = "57894-111-01",
    hcpcs: str | None = "Q2056",
    number: int = 0,
) -> Record:
    """The cells go in, peripherally, one bag, 70 kg."""
    fact = CellsInfused(
        chain_of_identity=chain,
        lot="L1",
        ndc_on_label=ndc,
        hcpcs_on_label=hcpcs,
        bags=1,
        extent="complete",
        weight=Decimal(70),
        access="peripheral",
        verifiers=("rn-1", "rn-2"),
        service=where,
    )
    return record(fact, number, f"infused {chain}")


def admitted(number: int = 0, reason: AdmissionReason = "infusion", account: str = "A-3") -> Record:
    """An inpatient admission."""
    return record(PatientAdmitted(reason=reason, service=service("inpatient", account)), number)


def discharged(number: int = 14, account: str = "A-3") -> Record:
    """A discharge home."""
    return record(PatientDischarged(status="01", service=service("inpatient", account)), number)


def room_charged(number: int = 0, account: str = "A-3", days: int = 14) -> Record:
    """Room and board of a stay."""
    return record(
        ChargePosted(
            revenue_code="0120",
            units=Decimal(days),
            amount=Decimal(2500) * days,
            service_date=day(number),
            service=service("inpatient", account),
        ),
        number,
    )
