"""Encounters drawn at random: a plausible way with a product, and much that goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final, TypeVar

from hypothesis import strategies as st

from tests.claims.by_product import Case
from tests.given import (
    CHAIN,
    Payer,
    admitted,
    at,
    collected,
    day,
    discharged,
    infused,
    made,
    opened,
    record,
    room_charged,
    service,
)
from veinledger.domain.facts.billing import ChargePosted
from veinledger.domain.facts.collection import ApheresisFailed
from veinledger.domain.facts.groups import (
    Acquisition,
    Condition,
    Drug,
    PatientClass,
    Service,
    Vials,
)
from veinledger.domain.facts.manufacturing import ManufacturingFailed
from veinledger.domain.facts.patient import (
    AdmissionReason,
    PatientAdmitted,
    PatientDied,
    PatientDischarged,
)
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.toxicity import ConditionDocumented, CrsGraded, IcansGraded
from veinledger.domain.facts.treatment import (
    Agent,
    CellsInfused,
    LymphodepletionDoseGiven,
    TocilizumabGiven,
)
from veinledger.domain.reports import Record

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[T]], T]

CLASSES: Final[tuple[PatientClass, ...]] = ("inpatient", "outpatient", "office")
LABELS: Final = (
    ("57894-111-01", "Q2056"),
    ("57894-111-01", "Q2055"),
    ("57894-502-01", "Q2056"),
    ("59572-515-01", "Q2055"),
    ("71287-119-01", "Q2041"),
    (None, None),
)
"""NDC and HCPCS on the bag: the true pair first, then labels of other products, then none."""
CODES: Final = (
    "C90.00",
    "A41.9",
    "J80",
    "G93.41",
    "D89.833",
    "T80.82XA",
    "D76.2",
    "G20.A1",
    "K52.1",
)
CPT: Final = ("99213", "99214", "99215", None)
REASONS: Final[tuple[AdmissionReason, ...]] = ("CRS/ICANS", "infection", "disease", "unknown")
ACQUIRED: Final[tuple[Acquisition, ...]] = ("purchased", "free", "trial", "expanded access")


OURS: Final = Case(
    product="carvykti", indication="myeloma", code="C90.00", ndc="57894-111-01", hcpcs="Q2056",
    peripheral="XW033A7", central="XW043A7", daily=("30", "300"), cap=100,
)  # fmt: skip


@st.composite
def encounters(
    draw: st.DrawFn,
    payers: tuple[Payer, ...] = ("medicare", "harbor_health"),
    products: tuple[Case, ...] = (OURS,),
) -> list[Record]:
    """The records of one encounter, in the order in which they happened."""
    payer, of = draw(st.sampled_from(payers)), draw(st.sampled_from(products))
    ndc, hcpcs = draw(_mostly(((of.ndc, of.hcpcs), *LABELS)))
    told = [*opened(payer, of.product, of.indication, of.code), *collected()]
    told += draw(_failures())
    if draw(_usually):
        told += made(ndc=ndc, hcpcs=hcpcs)
    told += draw(_lymphodepletion())
    if draw(_usually):
        told += draw(_infusion(ndc, hcpcs))
        told += draw(_acute_care())
        told += draw(_visits())
    if draw(_seldom):
        told.append(record(PatientDied(), draw(st.integers(1, 200))))
    return told


_usually = st.integers(0, 9).map(lambda drawn: drawn > 0)
_seldom = st.integers(0, 9).map(lambda drawn: drawn == 0)


def _mostly(values: tuple[T, ...]) -> st.SearchStrategy[T]:
    """The first of some values in about two of three draws."""
    return st.one_of(st.just(values[0]), st.just(values[0]), st.sampled_from(values))


@st.composite
def _failures(draw: st.DrawFn) -> list[Record]:
    told: list[Record] = []
    if draw(_seldom):
        told.append(record(ApheresisFailed(reason="clotted", service=service(account="A-0")), -50))
    if draw(_seldom):
        failed = ManufacturingFailed(chain_of_identity=CHAIN, reason="no growth")
        told += [record(failed, -38), *collected("COI-2", -36, "A-9"), *made("COI-2", -35)]
    return told


@st.composite
def _drug(draw: st.DrawFn, around: int) -> Drug:
    dose = Decimal(draw(st.integers(around * 5, around * 15))) / 10
    vial = Vials(
        ndc=None,
        milligrams=Decimal(draw(st.sampled_from((50, 500, 1000)))),
        count=draw(st.integers(1, 12)),
        kind=draw(st.sampled_from(("single-dose", "multi-dose"))),
    )
    return Drug(
        dose=dose,
        ndc=draw(st.sampled_from((None, "00703-5854-01", "50242-136-01"))),
        vials=(vial,) if draw(_usually) else (),
        route=draw(_mostly(("infusion", "push"))),
        acquired_under_340b=draw(st.booleans()),
        acquisition=draw(_mostly(ACQUIRED)),
        access_site=draw(st.sampled_from((None, "port", "left arm"))),
    )


@st.composite
def _where(
    draw: st.DrawFn, number: int, account: str, classes: tuple[PatientClass, ...]
) -> Service:
    """A service with both times, one of them, or none."""
    begins, lasts = draw(st.integers(8, 14)), draw(st.integers(5, 230))
    hours, minutes = divmod(begins * 60 + lasts, 60)
    return service(
        draw(_mostly(classes)),
        account,
        facility=draw(_mostly(("main", "annex", "elsewhere"))),
        start=at(number, f"{begins:02}:00") if draw(_usually) else None,
        end=at(number, f"{hours:02}:{minutes:02}") if draw(_usually) else None,
    )


@st.composite
def _lymphodepletion(draw: st.DrawFn) -> list[Record]:
    agents: tuple[tuple[Agent, int], ...] = (("fludarabine", 55), ("cyclophosphamide", 555))
    first = draw(st.integers(-9, -4))
    told: list[Record] = []
    for number in range(first, first + draw(st.integers(0, 4))):
        for agent, around in agents:
            fact = LymphodepletionDoseGiven(
                agent=agent,
                bsa=Decimal("1.85"),
                drug=draw(_drug(around)),
                service=draw(_where(number, "A-2", ("outpatient", "office", "inpatient"))),
            )
            told.append(record(fact, number, f"{agent}@{number}"))
    return told


@st.composite
def _infusion(draw: st.DrawFn, ndc: str | None, hcpcs: str | None) -> list[Record]:
    patient_class = draw(st.sampled_from(CLASSES))
    cells = infused(service(patient_class, "A-3"), ndc=ndc, hcpcs=hcpcs).fact
    assert isinstance(cells, CellsInfused)
    acquired: Acquisition = draw(_mostly(ACQUIRED))
    fact = CellsInfused(
        chain_of_identity=CHAIN,
        lot="L1",
        ndc_on_label=ndc,
        hcpcs_on_label=hcpcs,
        bags=draw(st.integers(1, 2)),
        extent="complete",
        weight=cells.weight,
        access=draw(st.sampled_from(("peripheral", "central"))),
        verifiers=cells.verifiers,
        acquisition=acquired,
        acquired_under_340b=draw(st.booleans()),
        invoice_amount=draw(st.sampled_from((None, Decimal(571970)))),
        trial=draw(st.sampled_from((None, "NCT04181827"))) if acquired == "trial" else None,
        service=cells.service,
    )
    told = [record(fact, 0, "infused")]
    if patient_class == "inpatient" or draw(_seldom):
        came = draw(st.integers(-2, 0)) if patient_class == "inpatient" else draw(st.integers(0, 5))
        told += [admitted(came), discharged(came + 12)]
        told += [room_charged(came, days=12)] if draw(_usually) else []
    return told


@st.composite
def _acute_care(draw: st.DrawFn) -> list[Record]:
    told: list[Record] = []
    for number in range(draw(st.integers(0, 2))):
        came = 20 + number * 15 + draw(st.integers(0, 6))
        account = f"A-D{number}"
        inside: PatientClass = draw(st.sampled_from(("inpatient", "emergency", "observation")))
        where = service(inside, account)
        reason = draw(st.sampled_from(REASONS))
        conditions = draw(st.lists(st.sampled_from(CODES), max_size=3, unique=True))
        listed = tuple(Condition(code=code, present_on_admission="Y") for code in conditions)
        left = PatientDischarged(status="01", conditions=listed, service=where)
        told.append(record(PatientAdmitted(reason=reason, service=where), came))
        told += draw(_toxicity(came, where))
        told.append(record(left, came + draw(st.integers(1, 9))))
    return told


@st.composite
def _toxicity(draw: st.DrawFn, came: int, where: Service) -> list[Record]:
    told: list[Record] = []
    for number in range(draw(st.integers(0, 2))):
        on = came + number
        grade = draw(st.integers(1, 4))
        told.append(record(CrsGraded(grade=grade), on, f"crs@{on}"))
        if draw(st.booleans()):
            told.append(record(IcansGraded(grade=grade), on, f"icans@{on}"))
        if draw(st.booleans()):
            given = TocilizumabGiven(drug=draw(_drug(560)), service=where)
            told.append(record(given, on, f"toci@{on}"))
        if draw(_seldom):
            condition = Condition(code=draw(st.sampled_from(CODES)))
            told.append(record(ConditionDocumented(condition=condition), on, f"cond@{on}"))
        if draw(st.booleans()):
            told.append(record(_charge(on, where), on, f"charge@{on}"))
    return told


def _charge(on: int, where: Service) -> ChargePosted:
    return ChargePosted(
        revenue_code="0450",
        hcpcs="99284",
        units=Decimal(1),
        amount=Decimal("1875.50"),
        service_date=day(on),
        service=where,
    )


@st.composite
def _visits(draw: st.DrawFn) -> list[Record]:
    told: list[Record] = []
    for number in draw(st.lists(st.sampled_from((-7, 30, 31, 90, 180, 365)), max_size=4)):
        name = f"visit{len(told)}@{number}"
        fact = NeurologyVisitCompleted(
            service=service(
                draw(st.sampled_from(("outpatient", "office"))),
                f"N-{number}",
                draw(_mostly(("main", "neurology_office", "annex"))),
            ),
            cpt=draw(st.sampled_from(CPT)),
            minutes=draw(st.sampled_from((None, 30, 75))),
            findings=draw(st.sampled_from(((), ("tremor",), ("micrographia",)))),
            separately_identifiable=draw(st.sampled_from((None, True, False))),
        )
        told.append(record(fact, number, name))
    return told
