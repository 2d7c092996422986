"""The lifecycle table: which fact may follow which, one row a fact. The machine is its only reader.

`V>N` moves from received to conditioning; `CMFLN=` is legal in those stages and moves nothing;
`*` is every stage. A name with a plus is a variant of a fact (see variants.py). Rank orders facts
of one day where the clock cannot. Tables are kept by number for ever: this is number 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from veinledger.domain.facts import catalogue as f
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
    Row(f.EncounterOpened,            10, "U>R"),
    Row(f.ProductOrdered,             20, "RCMFLVN="),
    Row(f.ApheresisFailed,            40, "RCMFLVN="),
    Row(f.ApheresisCompleted,         50, "R>C F>C CMLVN="),
    Row(f.CellsPrepared,              60, "CMFLVNIASKWDX="),
    Row(f.CellsShipped,               70, "C>M MFLVNIASKWDX="),
    Row(f.ManufacturingStarted,       80, "C>M F>M MIASKWDX="),
    Row(f.ManufacturingFailed,        30, "C>F M>F L>F V>F N>F FIASKWDX="),
    Row(f.ProductRejected,           120, "C>F M>F L>F V>F N>F FIASKWDX="),
    Row(f.ManufacturingReleased,      90, "C>L M>L F>L LVNIASKWDX="),
    Row(f.ProductDeviationAccepted,  100, "CMFLVNIASKWDX="),
    Row(f.InfusionCancelled,         190, "CMFLVNIASKWDX="),
    Row(f.ProductReceived,           110, "C>V M>V F>V L>V VNIASKWDX="),
    Row(f.ProductThawed,             180, "FVNIASKWDX="),
    Row(f.BridgingGiven,             130, "RCMFLVNI="),
    Row(f.LymphodepletionHeld,       160, "CMFLVNI="),
    Row(f.LymphodepletionDoseGiven,  170, "V>N CMFLN="),
    Row(f.CellsInfused,              200, "V>I N>I"),
    Row(f.CellsInfused,              200, "IAS=", variant=True),
    Row(f.PatientAdmitted,           150, "I>A S>A X>A ARCMFLVNKW="),
    Row(f.PatientAdmitted,           150, "IASXRCMFLVNKW=", variant=True),
    Row(f.PatientDischarged,         250, "I>S A>S RCMFLVNSKWDX="),
    Row(f.PatientDischarged,         250, ALL_BUT_UNOPENED, variant=True),
    Row(f.CrsGraded,                 220, "IASKDX="),
    Row(f.IcansGraded,               220, "IASKDX="),
    Row(f.TocilizumabGiven,          230, "IASKDX="),
    Row(f.SupportiveGiven,           230, ALL_BUT_UNOPENED),
    Row(f.AppointmentBooked,           0, ALL_BUT_UNOPENED),
    Row(f.AppointmentCancelled,        0, ALL_BUT_UNOPENED),
    Row(f.MonitoringDayCompleted,    240, "X>S IASKD="),
    Row(f.AcuteMonitoringEnded,      260, "I>S ASKDX="),
    Row(f.AcuteMonitoringEnded,      260, "IASX=", variant=True),
    Row(f.NeurologyVisitCompleted,   140, "I>S A>S X>S SKWRCMFLVN="),
    Row(f.NeurologyVisitCompleted,   140, "IASKWXRCMFLVN=", variant=True),
    Row(f.NeurologyVisitMissed,      140, "IASKWDX="),
    Row(f.PatientDied,               300, "R>D C>D M>D F>D L>D V>D N>D I>D A>D S>D K>D W>D X>D D="),
    Row(f.PatientLostToFollowUp,     280, "I>X A>X S>X RCMFLVNKWX="),
    Row(f.EncounterWithdrawn,        290, "R>W C>W M>W F>W L>W V>W N>W W="),
    Row(f.EncounterCompleted,        270, "I>K A>K S>K X>K KDW="),

    Row(f.EncounterContinued,          0, EVERYWHERE),
    Row(f.EncounterLinked,             0, EVERYWHERE),
    Row(f.PatientRegistered,           0, EVERYWHERE),
    Row(f.PatientUpdated,              0, EVERYWHERE),
    Row(f.PatientMerged,               0, EVERYWHERE),
    Row(f.PatientMeasured,             0, EVERYWHERE),
    Row(f.PatientAdvised,              0, EVERYWHERE),
    Row(f.PatientStatusChanged,        0, EVERYWHERE),
    Row(f.CoverageRecorded,            0, EVERYWHERE),
    Row(f.DiseaseAssessed,             0, EVERYWHERE),
    Row(f.TherapyLineRecorded,         0, EVERYWHERE),
    Row(f.TherapyRefractorinessDocumented, 0, EVERYWHERE),
    Row(f.ClearanceRecorded,           0, EVERYWHERE),
    Row(f.LaboratoryResulted,          0, EVERYWHERE),
    Row(f.DocumentFiled,               0, EVERYWHERE),
    Row(f.CertificationRecorded,       0, EVERYWHERE),
    Row(f.AuthorizationRequested,      0, EVERYWHERE),
    Row(f.AuthorizationPended,         0, EVERYWHERE),
    Row(f.AuthorizationGranted,        0, EVERYWHERE),
    Row(f.AuthorizationExtended,       0, EVERYWHERE),
    Row(f.AuthorizationDenied,         0, EVERYWHERE),
    Row(f.SupportEnrolled,             0, EVERYWHERE),
    Row(f.SurveillancePlanFiled,       0, EVERYWHERE),
    Row(f.ConditionDocumented,         0, EVERYWHERE),
    Row(f.ToxicityObserved,            0, EVERYWHERE),
    Row(f.RegistryFormFiled,           0, EVERYWHERE),
    Row(f.ChargePosted,                0, EVERYWHERE),
    Row(f.ClaimSubmitted,              0, EVERYWHERE),
    Row(f.ClaimAnswered,               0, EVERYWHERE),
    Row(f.AppealFiled,                 0, EVERYWHERE),
    Row(f.AppealAnswered,              0, EVERYWHERE),
    Row(f.FindingSettled,              0, EVERYWHERE),
    Row(f.RecordsCorrected,            0, EVERYWHERE),
    Row(f.ReportConfirmed,             0, EVERYWHERE),
    Row(f.ReportDiscarded,             0, EVERYWHERE),
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
    start, _, end = word.partition(">")
    return [(LETTERS[start], LETTERS[end])]
