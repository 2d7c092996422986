"""Who the patient is and what befell him, hospital stays included.

Patient identity stands in these facts alone.
"""

from __future__ import annotations

from typing import Literal

from veinledger.domain.facts.base import Fact, Group, fact, group
from veinledger.domain.facts.groups import Condition, PatientClass, Service
from veinledger.domain.values import (
    Centimetres,
    Code,
    Count,
    Day,
    DischargeStatus,
    Drg,
    Identifier,
    Kilograms,
    LongText,
    Moment,
    SquareMetres,
    Text,
)

Sex = Literal["female", "male", "other", "unknown"]
BsaFormula = Literal["Mosteller", "Du Bois", "Haycock", "Gehan-George", "Boyd", "other"]
Advice = Literal["no driving", "stay close to the centre", "carry the wallet card", "other"]
AdmissionReason = Literal[
    "infusion", "lymphodepletion", "CRS/ICANS", "infection", "disease", "unknown", "other"
]
AdmissionType = Literal["1", "2", "3", "4", "5", "9"]
"""UB-04 priority: 1 emergency, 2 urgent, 3 elective, 4 newborn, 5 trauma, 9 unknown."""
AdmissionSource = Literal["1", "2", "4", "5", "6", "8", "9", "D", "E", "F", "G"]
"""UB-04 point of origin: 1 home, 2 clinic, 4 hospital, 5 nursing facility, 9 unknown, ..."""


@group
class Address(Group):
    """Where the patient lives."""

    lines: tuple[Text, ...] = ()
    city: Text | None = None
    state: Text | None = None
    postal_code: Text | None = None
    country: Text | None = None


@fact("patient.registered")
class PatientRegistered(Fact):
    """The patient was registered under a medical record number."""

    patient: Identifier
    """The reference by which every other fact knows the patient."""
    family_name: Text
    given_names: tuple[Text, ...] = ()
    birth_date: Day
    sex: Sex
    address: Address | None = None
    mrn: Identifier
    authority: Identifier
    """Who assigned the medical record number."""


@fact("patient.updated")
class PatientUpdated(Fact):
    """Something about who the patient is was changed; what is absent stayed as it was."""

    patient: Identifier
    family_name: Text | None = None
    given_names: tuple[Text, ...] = ()
    birth_date: Day | None = None
    sex: Sex | None = None
    address: Address | None = None
    mrn: Identifier | None = None
    authority: Identifier | None = None


@fact("patient.merged")
class PatientMerged(Fact):
    """Two registrations were found to be one patient."""

    patient: Identifier
    """The reference that is given up."""
    surviving: Identifier


@fact("patient.measured")
class PatientMeasured(Fact):
    """The patient was weighed or measured."""

    height: Centimetres | None = None
    weight: Kilograms | None = None
    bsa: SquareMetres | None = None
    """Body surface area as the chart has it."""
    formula: BsaFormula | None = None
    """The formula that the body surface area was calculated with."""

    def __post_init__(self) -> None:
        if self.height is None and self.weight is None and self.bsa is None:
            raise ValueError("a measurement has a height, a weight or a body surface area")


@fact("patient.advised")
class PatientAdvised(Fact):
    """The patient was told what to do or to avoid after the infusion."""

    advice: tuple[Advice, ...]
    until: Day | None = None
    """The last day on which the advice holds."""
    text: LongText | None = None
    provider: Identifier | None = None


@fact("patient.status_changed")
class PatientStatusChanged(Fact):
    """The patient's class was changed while the visit went on (observation became inpatient)."""

    before: PatientClass | None = None
    after: PatientClass
    account: Identifier | None = None
    visit: Identifier | None = None
    order: Identifier | None = None
    condition_code_44: bool = False
    """Inpatient became outpatient by the utilisation review committee, before discharge.

    Source: Medicare Claims Processing Manual, chapter 1, section 50.3.
    """
    reason: Text | None = None


@fact("patient.died")
class PatientDied(Fact):
    """The patient died."""

    reason: LongText | None = None
    """The cause of death, as documented."""
    provider: Identifier | None = None


@fact("patient.lost_to_follow_up")
class PatientLostToFollowUp(Fact):
    """The patient could no longer be reached."""

    reason: LongText | None = None
    last_contact: Day | None = None


@fact("patient.admitted")
class PatientAdmitted(Fact):
    """The patient was admitted to a bed."""

    reason: AdmissionReason
    order_time: Moment | None = None
    """When the inpatient order was signed."""
    admission_type: AdmissionType | None = None
    admission_source: AdmissionSource | None = None
    admitting_condition: Condition | None = None
    service: Service


@group
class Procedure(Group):
    """An ICD-10-PCS procedure of a stay, with its day."""

    code: Code
    day: Day
    provider: Identifier | None = None


@fact("patient.discharged")
class PatientDischarged(Fact):
    """The patient left, with what was coded for the stay."""

    status: DischargeStatus
    conditions: tuple[Condition, ...] = ()
    """In the coder's order: the first is the principal diagnosis where one is assigned."""
    procedures: tuple[Procedure, ...] = ()
    drg: Drg | None = None
    """What the site's grouper assigned."""
    grouper_version: Text | None = None
    covered_days: Count | None = None
    non_covered_days: Count | None = None
    service: Service
