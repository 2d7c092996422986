"""Reads the evidence for any item of a payer's checklist: one function each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from veinledger.domain.policies.policy import Item
from veinledger.projections.case.evidence.certificates import accreditation, network, rems
from veinledger.projections.case.evidence.clearances import KINDS, cleared, disease_burden
from veinledger.projections.case.evidence.neurology import examined_before, planned
from veinledger.projections.case.evidence.question import Question, Reading
from veinledger.projections.case.evidence.therapy import label_is_met, therapy_log

READINGS: Final[dict[Item, Callable[[Question], Reading]]] = {
    "fact_accreditation": accreditation,
    "rems_certification": rems,
    "authorized_centre": network,
    "prior_therapy_log": therapy_log,
    "indication_documented": label_is_met,
    "imaging": disease_burden,
    "baseline_neurology": examined_before,
    "neurological_plan": planned,
    **dict.fromkeys(KINDS, cleared),
}
"""Every item that a policy can ask for."""


def reading(question: Question) -> Reading:
    """What the evidence on record says about an item on a day."""
    return READINGS[question.ask.name](question)
