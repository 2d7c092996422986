"""Where an encounter can stand, from referral to its end."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Stage(Enum):
    """Where the encounter stands in the lifecycle, from the records in effect."""

    UNOPENED = "unopened"
    """Nobody has reported the referral yet."""
    REFERRED = "referred"
    """Referred: the encounter is open and nothing was collected."""
    COLLECTED = "collected"
    """The apheresis is done and the cells are here."""
    MANUFACTURING = "manufacturing"
    """The cells are with the maker."""
    MANUFACTURING_FAILED = "manufacturing_failed"
    """The batch failed or was rejected; the same cells again, new ones, or none."""
    RELEASED = "released"
    """The maker released a lot, in or out of specification."""
    RECEIVED = "received"
    """The bag is at the centre."""
    CONDITIONING = "conditioning"
    """Lymphodepletion has begun (`lymphodepletion.dose_given`) for a bag that is here."""
    INFUSED = "infused"
    """The cells are in the patient, and the stay or the acute monitoring goes on."""
    READMITTED = "readmitted"
    """Back in a bed after the first discharge."""
    SURVEILLANCE = "surveillance"
    """Home, and followed for toxicity and second malignancies."""
    COMPLETED = "completed"
    """The surveillance has ended as planned."""
    WITHDRAWN = "withdrawn"
    """The patient, or the centre, decided against going on."""
    DECEASED = "deceased"
    """The patient died."""
    LOST = "lost"
    """Lost to follow-up (`patient.lost_to_follow_up`); any visit or admission ends that."""

    def __str__(self) -> str:
        return self.value


LETTERS: Final = {
    "U": Stage.UNOPENED,
    "R": Stage.REFERRED,
    "C": Stage.COLLECTED,
    "M": Stage.MANUFACTURING,
    "F": Stage.MANUFACTURING_FAILED,
    "L": Stage.RELEASED,
    "V": Stage.RECEIVED,
    "N": Stage.CONDITIONING,
    "I": Stage.INFUSED,
    "A": Stage.READMITTED,
    "S": Stage.SURVEILLANCE,
    "K": Stage.COMPLETED,
    "W": Stage.WITHDRAWN,
    "D": Stage.DECEASED,
    "X": Stage.LOST,
}
"""The letters that the table is written in."""

ENDS: Final = frozenset({Stage.COMPLETED, Stage.WITHDRAWN, Stage.DECEASED, Stage.LOST})
"""Stages in which the encounter has come to an end; `lost` may return."""

PROGRESS: Final = (
    Stage.REFERRED,
    Stage.MANUFACTURING_FAILED,
    Stage.COLLECTED,
    Stage.MANUFACTURING,
    Stage.RELEASED,
    Stage.RECEIVED,
    Stage.CONDITIONING,
)
"""The stages before the infusion, from the least far to the furthest."""

BEFORE_INFUSION: Final = frozenset(PROGRESS)


def furthest(stages: tuple[Stage, ...]) -> Stage:
    """The furthest of several stages before the infusion; referred where there is none."""
    return max(stages, key=PROGRESS.index, default=Stage.REFERRED)
