"""Acute care after the infusion: what leads the claim, what stands behind it, and what is asked.

Day 0 is 2026-05-11, Medicare at an IPPS hospital, discharged home on day 14; each encounter then
goes its own way.
"""

from __future__ import annotations

from typing import Final

from tests.claims.encounters.registry import encounter
from tests.given import (
    INSIDE,
    admitted,
    at,
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
    vials,
)
from veinledger.domain.facts.disease import TherapyDrug, TherapyLineRecorded
from veinledger.domain.facts.groups import Condition, PatientClass
from veinledger.domain.facts.patient import AdmissionReason, PatientAdmitted, PatientDischarged
from veinledger.domain.facts.toxicity import (
    ConditionDocumented,
    CrsGraded,
    IcansGraded,
    ToxicityObserved,
)
from veinledger.domain.facts.treatment import TocilizumabGiven
from veinledger.domain.reports import Record

MYELOMA: Final = Condition(code="C90.00", present_on_admission="Y")
SEPSIS: Final = Condition(code="A41.9", present_on_admission="Y")
COMPLICATION: Final = Condition(code="T80.82XA", present_on_admission="Y")


def came(
    number: int = 20,
    reason: AdmissionReason = "CRS/ICANS",
    condition: Condition | None = None,
    account: str = "A-5",
    patient_class: PatientClass = "inpatient",
) -> Record:
    """The patient comes back, with an admitting diagnosis or without one."""
    fact = PatientAdmitted(
        reason=reason,
        admitting_condition=condition,
        service=service(patient_class, account),
    )
    return record(fact, number, f"came {account}")


def left(
    number: int,
    *conditions: Condition,
    account: str = "A-5",
    patient_class: PatientClass = "inpatient",
) -> Record:
    """The patient goes home, and the coder lists conditions in this order."""
    fact = PatientDischarged(
        status="01", conditions=conditions, service=service(patient_class, account)
    )
    return record(fact, number, f"left {account}")


def documented(
    number: int, code: str, account: str | None = None, cause: str | None = None
) -> Record:
    """A provider documents a diagnosis."""
    condition = Condition(code=code, linked_cause=cause)
    fact = ConditionDocumented(condition=condition, account=account)
    return record(fact, number, f"{code}@{number}")


def tocilizumab(number: int, patient_class: PatientClass, account: str) -> Record:
    """560 mg of tocilizumab in one hour, from vials without waste."""
    opened_vials = [vials("400"), vials("80", 2)]
    fact = TocilizumabGiven(
        drug=drug("560", "50242-136-01", opened=opened_vials),
        service=service(patient_class, account, start=at(number, "09:00"), end=at(number, "10:00")),
    )
    return record(fact, number, f"tocilizumab@{number}")


def infusion_stay() -> list[Record]:
    """From the referral to the discharge of the infusion, day 0 to day 14, nothing amiss."""
    return [
        *opened("medicare"),
        *collected(),
        *made(),
        *lymphodepletion(),
        admitted(),
        infused(INSIDE),
        room_charged(),
        left(14, MYELOMA, account="A-3"),
    ]


@encounter()
def sepsis_listed_before_the_cytokine_release() -> list[Record]:
    """Admitted for CRS, and the coder lists sepsis first: a person chooses which of them leads."""
    return [
        *infusion_stay(),
        came(condition=Condition(code="R50.9")),
        record(CrsGraded(grade=3, onset=day(19).isoformat()), 20),
        tocilizumab(20, "inpatient", "A-5"),
        room_charged(20, "A-5", 5),
        left(25, SEPSIS, COMPLICATION, Condition(code="D89.833"), MYELOMA),
    ]


@encounter()
def a_grade_the_coder_tells_differently() -> list[Record]:
    """Grade 3 in the chart and 2 in the coder's list, which begins with it; ICANS by its parent."""
    return [
        *infusion_stay(),
        came(),
        record(CrsGraded(grade=3, onset=day(20).isoformat()), 21),
        room_charged(20, "A-5", 5),
        left(25, Condition(code="D89.832"), Condition(code="G92.0"), COMPLICATION),
    ]


@encounter()
def codes_that_cannot_be_billed() -> list[Record]:
    """A parent, a code that is gone, HLH of an infection that nobody documented.

    Also a transplant that the coder leaves out, and indicators of presence that nobody gave.
    """
    line = TherapyLineRecorded(
        line=1,
        regimen="RVd",
        drugs=(TherapyDrug(name="bortezomib", drug_class="PI"),),
        transplant="autologous",
    )
    return [
        *infusion_stay(),
        record(line, -70),
        came(30, "other", Condition(code="J96.01")),
        room_charged(30, "A-5", 6),
        left(
            36,
            Condition(code="J96.01", present_on_admission="Y"),
            Condition(code="C90.0"),
            Condition(code="G20"),
            Condition(code="D76.2", present_on_admission="N"),
            Condition(code="D70.1"),
            Condition(text="deconditioning"),
        ),
    ]


@encounter()
def toxicities_seen_and_never_diagnosed() -> list[Record]:
    """HLH and low counts are seen in a stay for ICANS; a diagnosis of either is only asked for."""
    return [
        *infusion_stay(),
        came(16),
        record(IcansGraded(grade=2, ice_score=5, onset=day(15).isoformat()), 16),
        record(ToxicityObserved(kind="HLH/MAS", evidence="ferritin 31,000"), 18),
        record(ToxicityObserved(kind="cytopenia", grade=4), 19),
        documented(19, "K52.1", "A-5"),
        room_charged(16, "A-5", 5),
        left(21, COMPLICATION, Condition(code="G92.02"), Condition(code="Z92.850")),
    ]


@encounter()
def tocilizumab_in_the_clinic() -> list[Record]:
    """Once with a grade, which leads by its cause; once with nothing, which holds."""
    return [
        *infusion_stay(),
        record(CrsGraded(grade=1), 17),
        tocilizumab(17, "outpatient", "A-6"),
        tocilizumab(40, "outpatient", "A-7"),
    ]


@encounter()
def lymphodepletion_in_a_bed() -> list[Record]:
    """Admitted for chemotherapy alone: Z51.11 leads though the coder lists the disease first."""
    return [
        *opened("medicare"),
        *collected(),
        *made(),
        came(-5, "lymphodepletion", Condition(code="C90.00"), account="A-2"),
        *lymphodepletion("inpatient"),
        room_charged(-5, "A-2", 3),
        left(-2, MYELOMA, Condition(code="R11.0", present_on_admission="N"), account="A-2"),
    ]
