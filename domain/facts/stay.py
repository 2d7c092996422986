"""Hospital stays: the admission and the discharge."""

from __future__ import annotations

from typing import Literal

from veinledger.domain.facts.base import Fact, Group, fact, group
from veinledger.domain.facts.groups import Condition, Service
from veinledger.domain.values import (
    Code,
    Count,
    Day,
    DischargeStatus,
    Drg,
    Identifier,
    Moment,
    Text,
)

AdmissionReason = Literal[
    "infusion", "lymphodepletion", "CRS/ICANS", "infection", "disease", "unknown", "other"
]
AdmissionType = Literal["1", "2", "3", "4", "5", "9"]
"""UB-04 priority: 1 emergency, 2 urgent, 3 elective, 4 newborn, 5 trauma, 9 unknown."""
AdmissionSource = Literal["1", "2", "4", "5", "6", "8", "9", "D", "E", "F", "G"]
"""UB-04 point of origin: 1 home, 2 clinic, 4 hospital, 5 nursing facility, 9 unknown, ..."""


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
