"""The ten denial reasons of the page: an encounter that asks for each, and one that does not.

Seven of them are golden: together they hold what people post and code by hand against the claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from tests.claims.encounters.registry import encounter
from tests.given import (
    CHAIN,
    Payer,
    collected,
    day,
    drug,
    infused,
    lymphodepletion,
    made,
    opened,
    record,
    room_charged,
    service,
)
from veinledger.domain.codebook.statement import Edition
from veinledger.domain.facts.authorization import (
    AuthorizationGranted,
    Setting,
)
from veinledger.domain.facts.billing import ChargePosted, ClaimSubmitted
from veinledger.domain.facts.disease import (
    DrugClass,
    TherapyDrug,
    TherapyLineRecorded,
    TherapyRefractorinessDocumented,
)
from veinledger.domain.facts.groups import Condition
from veinledger.domain.facts.manufacturing import ManufacturingFailed
from veinledger.domain.facts.patient import (
    PatientAdmitted,
    PatientDischarged,
    Procedure,
)
from veinledger.domain.facts.surveillance import NeurologyVisitCompleted, SurveillancePlanFiled
from veinledger.domain.facts.toxicity import CrsGraded
from veinledger.domain.facts.treatment import LymphodepletionDoseGiven
from veinledger.domain.reports import Record

Story = list[Record]


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """What a payer denies, and the same encounter as it ought to be."""

    fails: Callable[[], Story]
    passes: Callable[[], Story]


def line_of_therapy(number: int, *classes: DrugClass) -> Record:
    """One earlier line with a drug of each class."""
    drugs = tuple(TherapyDrug(name=f"drug of {each}", drug_class=each) for each in classes)
    since = date(2015 + number, 3, 1)
    fact = TherapyLineRecorded(
        line=number, regimen=f"line {number}", drugs=drugs, since=since, until=since
    )
    return record(fact, -85, f"line {number}")


def refractory(days: int = 20, name: str = "lenalidomide") -> Record:
    """Progression so many days after the last dose of a drug."""
    fact = TherapyRefractorinessDocumented(
        drug=name,
        drug_class="IMiD",
        first_dose=day(-900),
        last_dose=day(-130),
        progressed_on=day(days - 130),
        document="DOC-1",
    )
    return record(fact, -85)


def second_line(payer: Payer = "medicare") -> Story:
    """A patient after one line, refractory to lenalidomide."""
    return [
        *opened(payer, indication="second_line"),
        line_of_therapy(1, "PI", "IMiD", "steroid"),
        refractory(),
    ]


def authorized(setting: Setting = "any") -> Record:
    """Everything is authorized by the commercial payer, for care in a setting."""
    fact = AuthorizationGranted(
        payer="harbor_health",
        reference="AUTH-1",
        services=("apheresis", "lymphodepletion", "product", "infusion", "admission"),
        setting=setting,
        since=day(-60),
    )
    return record(fact, -60)


def planned() -> Story:
    """The surveillance is planned and the baseline was examined."""
    visit = NeurologyVisitCompleted(
        service=service("office", "N-0", "neurology_office"), cpt="99214"
    )
    plan = SurveillancePlanFiled(visits=("baseline", "+1 month"), document="PLAN-1")
    return [record(visit, -20), record(plan, -20)]


def to_the_bag() -> Story:
    """Collected, made and received."""
    return [*collected(), *made()]


def stay(
    conditions: tuple[str, ...] = (),
    codes: tuple[str, ...] = (),
    drg: str | None = None,
    facility: str = "main",
) -> Story:
    """The stay of the infusion, as its coder and the grouper left it."""
    where = service("inpatient", "A-3", facility)
    left = PatientDischarged(
        status="01",
        conditions=tuple(Condition(code=code, present_on_admission="Y") for code in conditions),
        procedures=tuple(Procedure(code=code, day=day(0)) for code in codes),
        drg=drg,
        service=where,
    )
    came = record(PatientAdmitted(reason="infusion", service=where), 0)
    return [came, infused(where), room_charged(), record(left, 14)]


def inpatient(payer: Payer = "medicare") -> Story:
    """A patient of the second line, treated as an inpatient, everything in its place."""
    known = [authorized(), *planned()] if payer == "harbor_health" else []
    return [*second_line(payer), *known, *to_the_bag(), *lymphodepletion(), *stay()]


def outpatient(payer: Payer = "medicare", setting: Setting = "any") -> Story:
    """The same, with the cells given to a hospital outpatient."""
    known = [authorized(setting), *planned()] if payer == "harbor_health" else []
    where = service("outpatient", "A-3")
    return [*second_line(payer), *known, *to_the_bag(), *lymphodepletion(), infused(where)]


def charge(
    code: str,
    number: int = 0,
    account: str = "A-3",
    units: str = "1",
    modifiers: tuple[str, ...] = (),
) -> Record:
    """What the billing system posted to an account."""
    fact = ChargePosted(
        revenue_code="0636",
        hcpcs=code,
        modifiers=modifiers,
        units=Decimal(units),
        amount=Decimal(1000),
        service_date=day(number),
        service=service("outpatient", account),
    )
    return record(fact, number, f"{code} x {units} {modifiers} to {account} on {number}")


def without(story: Iterable[Record], *types: str) -> Story:
    """A story without the facts of some types."""
    return [each for each in story if each.fact.type not in types]


@encounter()
def denial_1_the_cells_were_given_where_nobody_is_certified() -> Story:
    """A department off campus: the certificates are the main hospital's."""
    return [
        *second_line(), *to_the_bag(), *lymphodepletion(), *stay(facility="annex"),
    ]  # fmt: skip


@encounter()
def denial_2_a_second_line_patient_whose_lenalidomide_nobody_wrote_down() -> Story:
    """Progression came 200 days after the last dose: that is not refractory."""
    story = without(inpatient(), "therapy.refractoriness_documented")
    return [*story, refractory(200)]


def _fourth_line(*last: DrugClass) -> Story:
    lines = [line_of_therapy(number, "PI", "IMiD") for number in (1, 2, 3)]
    told = [*opened("medicare", indication="fourth_line"), *lines, line_of_therapy(4, *last)]
    return [*told, *to_the_bag(), *lymphodepletion(), *stay()]


@encounter()
def denial_3_a_fourth_line_without_an_antibody() -> Story:
    """Four lines and no drug against CD38 in any of them, as the page's label wants it."""
    return _fourth_line("alkylator")


@encounter()
def denial_4_and_5_the_charges_of_other_products() -> Story:
    """Abecma's dose and Yescarta's on the account of the infusion, and another procedure coded."""
    told = without(inpatient(), "patient.admitted", "cells.infused", "patient.discharged")
    told = without(told, "charge.posted")
    coded = stay(conditions=("C90.02",), codes=("XW033K7",), drg="018")
    return [*told, *coded, charge("Q2055"), charge("Q2041")]


@encounter()
def denial_7_an_outpatient_infusion_under_an_inpatient_authorization() -> Story:
    """What was given outpatient stays outpatient; the payer is asked, the claim waits."""
    return outpatient("harbor_health", "inpatient")


def lymphodepleted(cyclophosphamide: str, days: tuple[int, ...] = (-5, -4, -3)) -> Story:
    """The inpatient, with so many milligrams of cyclophosphamide a day."""
    doses: Story = []
    for each in lymphodepletion(days=days):
        fact = each.fact
        if isinstance(fact, LymphodepletionDoseGiven) and fact.agent == "cyclophosphamide":
            other = LymphodepletionDoseGiven(
                agent=fact.agent,
                bsa=fact.bsa,
                drug=drug(cyclophosphamide, "10019-0955-01"),
                service=fact.service,
            )
            each = record(other, each.occurred.text, each.source.message)  # noqa: PLW2901
        doses.append(each)
    return [*second_line(), *to_the_bag(), *doses, *stay()]


def _failed(reference: str | None) -> Story:
    failed = ManufacturingFailed(
        chain_of_identity=CHAIN, non_conformance_reference=reference, reason="no growth"
    )
    before = [each for each in to_the_bag() if not each.fact.type.startswith("product.")]
    before = without(before, "manufacturing.released")
    return [*second_line(), *before, record(failed, -20)]


@encounter()
def denial_9_a_dose_is_charged_for_a_batch_that_failed() -> Story:
    """Lymphodepletion was begun, the batch failed, the charge for the product was posted."""
    return [*_failed(None), *lymphodepletion(), charge("Q2056", -3, "A-2")]


def visited(number: int = 30, *, sent: bool = False) -> Story:
    """A surveillance visit at the office, and perhaps its claim gone out by the line."""
    where = service("office", "N-1", "neurology_office")
    visit = record(NeurologyVisitCompleted(service=where, cpt="99214"), number, "visit")
    told = [*inpatient("harbor_health"), visit]
    return [*told, _sent(visit)] if sent else told


def _sent(visit: Record) -> Record:
    fact = ClaimSubmitted(
        claim_key=f"E/CMS-1500/neurology_office/{visit.key}",
        kind="E",
        label="E1",
        form="837P",
        payer="harbor_health",
        billing_provider="neurology_office",
        anchor=visit.key,
        claim="{}",
        claim_version=1,
        patient_control_number="PCN-1",
        total=Decimal(340),
        edition="public",
        rule_pack="0" * 64,
        position_known=1,
    )
    return record(fact, 40)


@encounter()
def posted_by_hand_against_the_doses() -> Story:
    """Units, modifiers and initial codes as a tired person posts them."""
    return [
        *inpatient("harbor_health"),
        charge("J9185", -5, "A-2", units="167"),
        charge("J9075", -5, "A-2", units="111", modifiers=("JW", "JZ")),
        charge("J9075", -4, "A-2", units="111", modifiers=("JG",)),
        charge("96413", -5, "A-2", units="2"),
        charge("96417", -5, "A-2", modifiers=("25",)),
        charge("0541T"),
        charge("38225"),
    ]


@encounter()
def coded_by_hand_against_the_stay() -> Story:
    """Grade first, a procedure of 2021, platelets, the group of a transplant."""
    told = without(inpatient(), "patient.admitted", "cells.infused", "patient.discharged")
    told = without(told, "charge.posted")
    coded = stay(
        conditions=("D89.832", "C90.01", "T80.89XA", "Z79.899", "G92.0"),
        codes=("XW033C3",),
        drg="016",
    )
    return [*told, *coded, record(CrsGraded(grade=2), 3)]


@encounter()
def posted_by_hand_against_an_outpatient_infusion() -> Story:
    """Two doses, two infusions, a REMS that is over, a fraction of nothing; a collection twice."""
    return [
        *outpatient(),
        charge("Q2056", units="2", modifiers=("LU", "JZ")),
        charge("38228", units="2", modifiers=("KX",)),
        charge("38228", -45, "A-1"),
    ]


@encounter()
def coded_by_hand_against_a_readmission() -> Story:
    """Sepsis for a stay with graded CRS, the group of the infusion, Parkinson's disease."""
    where = service("inpatient", "A-4")
    conditions = tuple(Condition(code=code) for code in ("A41.9", "D89.833", "G20.A1"))
    left = PatientDischarged(status="01", conditions=conditions, drg="018", service=where)
    came = record(PatientAdmitted(reason="CRS/ICANS", service=where), 20)
    return [*inpatient(), came, record(CrsGraded(grade=3), 20), record(left, 25)]


@encounter()
def denial_10_visits_in_and_beside_a_case_rate() -> Story:
    """One inside the rate that went out by the line, and one after the year."""
    where = service("office", "N-2", "neurology_office")
    later = NeurologyVisitCompleted(service=where, cpt="99214")
    return [*visited(sent=True), record(later, 400, "later visit")]


DENIALS: Final[dict[int, Denial]] = {
    1: Denial(
        fails=denial_1_the_cells_were_given_where_nobody_is_certified,
        passes=inpatient,
    ),
    2: Denial(
        fails=denial_2_a_second_line_patient_whose_lenalidomide_nobody_wrote_down,
        passes=inpatient,
    ),
    3: Denial(
        fails=denial_3_a_fourth_line_without_an_antibody,
        passes=lambda: _fourth_line("anti-CD38"),
    ),
    4: Denial(
        fails=lambda: [*inpatient(), charge("Q2055")],
        passes=lambda: [*inpatient(), charge("Q2056")],
    ),
    5: Denial(
        fails=lambda: [*inpatient(), charge("Q2042")],
        passes=lambda: [*inpatient(), charge("Q2056")],
    ),
    6: Denial(
        fails=lambda: without(inpatient("harbor_health"), "surveillance.plan_filed"),
        passes=lambda: inpatient("harbor_health"),
    ),
    7: Denial(
        fails=denial_7_an_outpatient_infusion_under_an_inpatient_authorization,
        passes=lambda: inpatient("harbor_health"),
    ),
    8: Denial(
        fails=lambda: lymphodepleted("925"),
        passes=lambda: lymphodepleted("560"),
    ),
    9: Denial(
        fails=denial_9_a_dose_is_charged_for_a_batch_that_failed,
        passes=lambda: [*_failed("NCR-1"), *lymphodepletion()],
    ),
    10: Denial(
        fails=lambda: visited(sent=True),
        passes=visited,
    ),
}
"""By the page's number of the denial reason."""

EDITION: Final[dict[int, Edition]] = {1: "page", 3: "page"}
"""Where an edit finds it in one edition alone: the REMS and the fourth line are over in public."""
