"""Appeals: a denial was appealed, and the payer decided."""

from __future__ import annotations

from typing import Literal

from veinledger.domain.facts.base import Fact, fact
from veinledger.domain.values import Day, Identifier, LongText, Ordinal, Text


@fact("appeal.filed")
class AppealFiled(Fact):
    """A denial was appealed."""

    claim_key: Text | None = None
    patient_control_number: Identifier
    payer: Identifier
    level: Ordinal
    deadline: Day | None = None
    """The last day on which this appeal could be filed."""
    documents: tuple[Identifier, ...] = ()
    reason: LongText
    reference: Identifier | None = None


@fact("appeal.answered")
class AppealAnswered(Fact):
    """The payer decided an appeal."""

    claim_key: Text | None = None
    patient_control_number: Identifier
    level: Ordinal
    outcome: Literal["overturned", "partly overturned", "upheld", "dismissed"]
    reason: LongText | None = None
    next_deadline: Day | None = None
    """The last day on which the next level can be asked."""
    reference: Identifier | None = None
