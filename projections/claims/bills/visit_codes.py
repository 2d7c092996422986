"""What the code of a visit says by itself: for whom it is, and how high its level."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from veinledger.domain.codebook.entry import Entry
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once

VisitPatient = Literal["new", "established", "consultation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCode:
    """A code of an office or outpatient visit."""

    patient: VisitPatient
    level: int
    """1 to 5; levels 2 to 5 are the four levels of medical decision making in their order."""
    entry: Entry

    @property
    def highest(self) -> bool:
        """Whether no higher level is left; only beside such a code can time be prolonged."""
        return self.level == HIGHEST and self.patient != "consultation"


HIGHEST: Final = 5
DECISIONS: Final = ("straightforward", "low", "moderate", "high")
"""Medical decision making, level 2 to level 5."""

VISIT_MEANINGS: Final[dict[str, tuple[VisitPatient, int]]] = {
    **{f"established_visit_level_{level}": ("established", level) for level in range(1, 6)},
    **{f"new_visit_level_{level}": ("new", level) for level in range(2, 6)},
    **{f"consultation_level_{level}": ("consultation", level) for level in range(2, 6)},
}
"""The meanings of the code book that are visits."""


@once
def visit_code(case: Case, cpt: str, day: date) -> VisitCode | None:
    """The visit that a code stands for; None where the book knows it as no visit."""
    for entry in case.rules.book.carrying("CPT", cpt, on=day, edition=case.rules.edition):
        if entry.meaning in VISIT_MEANINGS:
            patient, level = VISIT_MEANINGS[entry.meaning]
            return VisitCode(patient=patient, level=level, entry=entry)
    return None
