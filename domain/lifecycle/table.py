"""The lifecycle table: which fact may follow which, one row a fact. The machine is its only reader.

`VN>I` moves from received and from conditioning to infused; `CMFLN=` is legal in those stages and
moves nothing; `*` is every stage. A name with a plus is a variant of a fact (see variants.py).
Rank orders facts of one day where the clock cannot. Tables are kept by number for ever: this is
number 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from veinledger.domain.facts import (
    appeal,
    authorization,
    billing,
    collection,
    decisions,
    disease,
    encounter,
    manufacturing,
    patient,
    surveillance,
    toxicity,
    treatment,
)
from veinledger.domain.facts.base import Fact
from veinledger.domain.lifecycle.stages import LETTERS, Stage

NUMBER: Final = 1
EVERYWHERE: Final = "*="
ALL_BUT_UNOPENED: Final = "RCMFLVNIASKWDX="


@dataclass(frozen=True, slots=True)
class Row:
    """One fact (or one variant of it): its rank within a day, and where it is legal."""

    fact: type[Fact]
    rank: int
    moves: str
    variant: bool = False

    @property
    def trigger(self) -> str:
        """The name that the machine knows it by: the fact's own, with a plus for a variant."""
        return self.fact.type + "+" * self.variant


# fmt: off
TABLE: Final = (
    Row(encounter.EncounterOpened,                        10, "U>R"),
    Row(collection.ProductOrdered,                        20, "RCMFLVN="),
    Row(collection.ApheresisFailed,                       40, "RCMFLVN="),
    Row(collection.ApheresisCompleted,                    50, "RF>C CMLVN="),
    Row(collection.CellsPrepared,                         60, "CMFLVNIASKWDX="),
    Row(collection.CellsShipped,                          70, "C>M MFLVNIASKWDX="),
    Row(manufacturing.ManufacturingStarted,               80, "CF>M MIASKWDX="),
    Row(manufacturing.ManufacturingFailed,                30, "CMLVN>F FIASKWDX="),
    Row(manufacturing.ProductRejected,                   120, "CMLVN>F FIASKWDX="),
    Row(manufacturing.ManufacturingReleased,              90, "CMF>L LVNIASKWDX="),
    Row(manufacturing.ProductDeviationAccepted,          100, "CMFLVNIASKWDX="),
    Row(treatment.InfusionCancelled,                     190, "CMFLVNIASKWDX="),
    Row(manufacturing.ProductReceived,                   110, "CMFL>V VNIASKWDX="),
    Row(manufacturing.ProductThawed,                     180, "FVNIASKWDX="),
    Row(treatment.BridgingGiven,                         130, "RCMFLVNI="),
    Row(treatment.LymphodepletionHeld,                   160, "CMFLVNI="),
    Row(treatment.LymphodepletionDoseGiven,              170, "V>N CMFLN="),
    Row(treatment.CellsInfused,                          200, "VN>I"),
    Row(treatment.CellsInfused,                          200, "IAS=", variant=True),
    Row(patient.PatientAdmitted,                            150, "ISX>A ARCMFLVNKW="),
    Row(patient.PatientAdmitted,                            150, "IASXRCMFLVNKW=", variant=True),
    Row(patient.PatientDischarged,                          250, "IA>S RCMFLVNSKWDX="),
    Row(patient.PatientDischarged,                          250, ALL_BUT_UNOPENED, variant=True),
    Row(toxicity.CrsGraded,                              220, "IASKDX="),
    Row(toxicity.IcansGraded,                            220, "IASKDX="),
    Row(treatment.TocilizumabGiven,                       230, "IASKDX="),
    Row(treatment.SupportiveGiven,                        230, ALL_BUT_UNOPENED),
    Row(surveillance.AppointmentBooked,                    0, ALL_BUT_UNOPENED),
    Row(surveillance.AppointmentCancelled,                 0, ALL_BUT_UNOPENED),
    Row(surveillance.MonitoringDayCompleted,             240, "X>S IASKD="),
    Row(surveillance.AcuteMonitoringEnded,               260, "I>S ASKDX="),
    Row(surveillance.AcuteMonitoringEnded,               260, "IASX=", variant=True),
    Row(surveillance.NeurologyVisitCompleted,            140, "IAX>S SKWRCMFLVN="),
    Row(surveillance.NeurologyVisitCompleted,            140, "IASKWXRCMFLVN=", variant=True),
    Row(surveillance.NeurologyVisitMissed,               140, "IASKWDX="),
    Row(patient.PatientDied,                             300, "RCMFLVNIASKWX>D D="),
    Row(patient.PatientLostToFollowUp,                   280, "IAS>X RCMFLVNKWX="),
    Row(encounter.EncounterWithdrawn,                    290, "RCMFLVN>W W="),
    Row(encounter.EncounterCompleted,                    270, "IASX>K KDW="),

    Row(encounter.EncounterContinued,                      0, EVERYWHERE),
    Row(encounter.EncounterLinked,                         0, EVERYWHERE),
    Row(patient.PatientRegistered,                         0, EVERYWHERE),
    Row(patient.PatientUpdated,                            0, EVERYWHERE),
    Row(patient.PatientMerged,                             0, EVERYWHERE),
    Row(patient.PatientMeasured,                           0, EVERYWHERE),
    Row(patient.PatientAdvised,                            0, EVERYWHERE),
    Row(patient.PatientStatusChanged,                      0, EVERYWHERE),
    Row(authorization.CoverageRecorded,                    0, EVERYWHERE),
    Row(disease.DiseaseAssessed,                           0, EVERYWHERE),
    Row(disease.TherapyLineRecorded,                       0, EVERYWHERE),
    Row(disease.TherapyRefractorinessDocumented,           0, EVERYWHERE),
    Row(disease.ClearanceRecorded,                         0, EVERYWHERE),
    Row(disease.LaboratoryResulted,                        0, EVERYWHERE),
    Row(disease.DocumentFiled,                             0, EVERYWHERE),
    Row(authorization.CertificationRecorded,               0, EVERYWHERE),
    Row(authorization.AuthorizationRequested,              0, EVERYWHERE),
    Row(authorization.AuthorizationPended,                 0, EVERYWHERE),
    Row(authorization.AuthorizationGranted,                0, EVERYWHERE),
    Row(authorization.AuthorizationExtended,               0, EVERYWHERE),
    Row(authorization.AuthorizationDenied,                 0, EVERYWHERE),
    Row(authorization.SupportEnrolled,                     0, EVERYWHERE),
    Row(surveillance.SurveillancePlanFiled,               0, EVERYWHERE),
    Row(toxicity.ConditionDocumented,                      0, EVERYWHERE),
    Row(toxicity.ToxicityObserved,                         0, EVERYWHERE),
    Row(surveillance.RegistryFormFiled,                    0, EVERYWHERE),
    Row(billing.ChargePosted,                              0, EVERYWHERE),
    Row(billing.ClaimSubmitted,                            0, EVERYWHERE),
    Row(billing.ClaimAnswered,                             0, EVERYWHERE),
    Row(appeal.AppealFiled,                               0, EVERYWHERE),
    Row(appeal.AppealAnswered,                            0, EVERYWHERE),
    Row(decisions.FindingSettled,                          0, EVERYWHERE),
    Row(decisions.RecordsCorrected,                        0, EVERYWHERE),
    Row(decisions.ReportConfirmed,                         0, EVERYWHERE),
    Row(decisions.ReportDiscarded,                         0, EVERYWHERE),
    Row(decisions.ReportAssigned,                          0, EVERYWHERE),
)
# fmt: on

RANK_OF_ADMISSION_FOR_TOXICITY: Final = 210
"""An admission for CRS/ICANS or infection stands just after the infusion of its day."""

RANKS: Final = {row.fact.type: row.rank for row in TABLE}


def moves_of(row: Row) -> tuple[tuple[Stage, Stage | None], ...]:
    """A row's moves as (from, to) in the order written; `to` is None where it moves nothing."""
    return tuple(pair for word in row.moves.split() for pair in _pairs_of(word))


def _pairs_of(word: str) -> list[tuple[Stage, Stage | None]]:
    if word == EVERYWHERE:
        return [(stage, None) for stage in Stage]
    if word.endswith("="):
        return [(LETTERS[letter], None) for letter in word[:-1]]
    starts, _, end = word.partition(">")
    return [(LETTERS[start], LETTERS[end]) for start in starts]
