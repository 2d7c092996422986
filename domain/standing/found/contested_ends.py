"""Deaths and withdrawals that something follows: one of the two reports is wrong."""

from __future__ import annotations

from typing import Final

from veinledger.domain.findings import Objection

NOTHING_FOLLOWS_THE_END: Final = "nothing_is_done_to_the_patient_after_death_or_withdrawal"
_ON_THE_WAY: Final = frozenset(
    {
        "apheresis.completed",
        "lymphodepletion.dose_given",
        "cells.infused",
        "monitoring.day_completed",
    }
)
CANNOT_FOLLOW: Final = {
    "encounter.withdrawn": _ON_THE_WAY,
    "patient.died": _ON_THE_WAY | {"patient.admitted", "neurology.visit_completed"},
}
"""What cannot follow an end by more than a day: one of the two is wrong. A patient who withdrew may
still be admitted and seen (docs/standing.md, section 4; the lifecycle table)."""


def death_is_followed() -> Objection:
    """Why a death or a withdrawal is disputed: the patient was seen afterwards."""
    return Objection(
        rule=NOTHING_FOLLOWS_THE_END,
        reason="a collection, dose, infusion, admission, visit or monitoring day follows it",
        remedy="check the patient and the day of the end; confirm it, or discard or void the rest",
        source="docs/standing.md, section 4",
        field="occurred_at",
    )
