"""Every fact there is, under one roof: import facts from here, look their names up in FACTS."""

from __future__ import annotations

from veinledger.domain.facts.authorization import (
    AuthorizationDenied,
    AuthorizationExtended,
    AuthorizationGranted,
    AuthorizationPended,
    AuthorizationRequested,
    SupportEnrolled,
    SurveillancePlanFiled,
)
from veinledger.domain.facts.base import FACTS
from veinledger.domain.facts.billing import (
    AppealAnswered,
    AppealFiled,
    ChargePosted,
    ClaimAnswered,
    ClaimSubmitted,
)
from veinledger.domain.facts.certification import (
    CertificationRecorded,
)
from veinledger.domain.facts.collection import (
    ApheresisCompleted,
    ApheresisFailed,
    CellsPrepared,
    CellsShipped,
    ProductOrdered,
)
from veinledger.domain.facts.coverage import (
    CoverageRecorded,
)
from veinledger.domain.facts.decisions import (
    FindingSettled,
    RecordsCorrected,
    ReportConfirmed,
    ReportDiscarded,
)
from veinledger.domain.facts.disease import (
    ClearanceRecorded,
    DiseaseAssessed,
    DocumentFiled,
    LaboratoryResulted,
    TherapyLineRecorded,
    TherapyRefractorinessDocumented,
)
from veinledger.domain.facts.encounter import (
    EncounterCompleted,
    EncounterContinued,
    EncounterLinked,
    EncounterOpened,
    EncounterWithdrawn,
)
from veinledger.domain.facts.manufacturing import (
    ManufacturingFailed,
    ManufacturingReleased,
    ManufacturingStarted,
    ProductDeviationAccepted,
    ProductReceived,
    ProductRejected,
    ProductThawed,
)
from veinledger.domain.facts.patient import (
    PatientAdvised,
    PatientDied,
    PatientLostToFollowUp,
    PatientMeasured,
    PatientMerged,
    PatientRegistered,
    PatientStatusChanged,
    PatientUpdated,
)
from veinledger.domain.facts.stay import (
    PatientAdmitted,
    PatientDischarged,
)
from veinledger.domain.facts.surveillance import (
    AcuteMonitoringEnded,
    AppointmentBooked,
    AppointmentCancelled,
    MonitoringDayCompleted,
    NeurologyVisitCompleted,
    NeurologyVisitMissed,
    RegistryFormFiled,
)
from veinledger.domain.facts.toxicity import (
    ConditionDocumented,
    CrsGraded,
    IcansGraded,
    SupportiveGiven,
    TocilizumabGiven,
    ToxicityObserved,
)
from veinledger.domain.facts.treatment import (
    BridgingGiven,
    CellsInfused,
    InfusionCancelled,
    LymphodepletionDoseGiven,
    LymphodepletionHeld,
)

__all__ = [
    "FACTS",
    "AcuteMonitoringEnded",
    "ApheresisCompleted",
    "ApheresisFailed",
    "AppealAnswered",
    "AppealFiled",
    "AppointmentBooked",
    "AppointmentCancelled",
    "AuthorizationDenied",
    "AuthorizationExtended",
    "AuthorizationGranted",
    "AuthorizationPended",
    "AuthorizationRequested",
    "BridgingGiven",
    "CellsInfused",
    "CellsPrepared",
    "CellsShipped",
    "CertificationRecorded",
    "ChargePosted",
    "ClaimAnswered",
    "ClaimSubmitted",
    "ClearanceRecorded",
    "ConditionDocumented",
    "CoverageRecorded",
    "CrsGraded",
    "DiseaseAssessed",
    "DocumentFiled",
    "EncounterCompleted",
    "EncounterContinued",
    "EncounterLinked",
    "EncounterOpened",
    "EncounterWithdrawn",
    "FindingSettled",
    "IcansGraded",
    "InfusionCancelled",
    "LaboratoryResulted",
    "LymphodepletionDoseGiven",
    "LymphodepletionHeld",
    "ManufacturingFailed",
    "ManufacturingReleased",
    "ManufacturingStarted",
    "MonitoringDayCompleted",
    "NeurologyVisitCompleted",
    "NeurologyVisitMissed",
    "PatientAdmitted",
    "PatientAdvised",
    "PatientDied",
    "PatientDischarged",
    "PatientLostToFollowUp",
    "PatientMeasured",
    "PatientMerged",
    "PatientRegistered",
    "PatientStatusChanged",
    "PatientUpdated",
    "ProductDeviationAccepted",
    "ProductOrdered",
    "ProductReceived",
    "ProductRejected",
    "ProductThawed",
    "RecordsCorrected",
    "RegistryFormFiled",
    "ReportConfirmed",
    "ReportDiscarded",
    "SupportEnrolled",
    "SupportiveGiven",
    "SurveillancePlanFiled",
    "TherapyLineRecorded",
    "TherapyRefractorinessDocumented",
    "TocilizumabGiven",
    "ToxicityObserved",
]
