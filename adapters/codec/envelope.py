"""What stands around the fact in one line: who says it, by which message, of whom, and when."""

from __future__ import annotations

from typing import Final

from veinledger.domain.facts.base import Group, group
from veinledger.domain.values import Identifier, Moment, Ordinal, Text

FACTS_OF_EITHER: Final = frozenset(
    {"document.filed", "finding.settled", "records.corrected", "report.confirmed"}
    | {"report.discarded"}
)
"""Papers and decisions, which are about records of whichever stream they stand in."""


@group
class ReportedSource(Group):
    """Where a line says it comes from; without a message id the ledger takes the digest for one."""

    connection: Identifier
    message: Identifier | None = None
    item: Ordinal = 1


@group
class ReportedActor(Group):
    """Who says it, in which role."""

    id: Identifier
    role: Text


@group
class Envelope(Group):
    """The fields of a report that are not the fact's."""

    encounter: Identifier | None = None
    centre: Identifier | None = None
    type: Identifier
    """The fact's dotted name."""
    occurred_at: Moment
    source: ReportedSource
    actor: ReportedActor


ENVELOPE: Final = frozenset({"encounter", "centre", "type", "occurred_at", "source", "actor"})
