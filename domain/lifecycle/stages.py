"""Where an encounter can stand, from referral to its end."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Stage(Enum):
    """Where the encounter stands in the lifecycle, from the records in effect."""

    UNOPENED = "unopened"
    REFERRED = "referred"
    COLLECTED = "collected"
    MANUFACTURING = "manufacturing"
    MANUFACTURING_FAILED = "manufacturing_failed"
    RELEASED = "released"
    RECEIVED = "received"
    CONDITIONING = "conditioning"
    INFUSED = "infused"
    READMITTED = "readmitted"
    SURVEILLANCE = "surveillance"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    DECEASED = "deceased"
    LOST = "lost"

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
