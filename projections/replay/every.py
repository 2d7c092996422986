"""Every projection of one encounter, by name, worked out from its records and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date

from veinledger.domain.centre.centre import Centre
from veinledger.domain.gates.gate import INTENTS
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import FoldedHistory, History, effective_by
from veinledger.projections.appeals.packet import appeals
from veinledger.projections.audit import audit_trail
from veinledger.projections.authorization.packet import Request, authorization
from veinledger.projections.claims.assemble import claims
from veinledger.projections.estimate.estimate import estimate
from veinledger.projections.gates.check import Step, check
from veinledger.projections.schedule import schedule
from veinledger.projections.settling.found import every_finding
from veinledger.projections.settling.settlements import settlements_of
from veinledger.projections.support.support import support

PROJECTIONS = (
    "history",
    "stage",
    "claims",
    "estimate",
    "schedule",
    "support",
    "appeals",
    "authorization",
    "gates",
    "findings",
    "settlements",
    "audit",
)
"""In the order in which they are worked out."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Replayed:
    """One encounter with all that its projections are made of."""

    history: History
    folded: FoldedHistory
    centre: Centre
    rules: Rules

    def __repr__(self) -> str:
        return f"<to replay: {len(self.history.records)} records>"

    @property
    def on(self) -> date:
        """The day of what is asked for a day: the UTC day on which its last record was kept."""
        return self.folded.known[-1].seal.recorded_at.astimezone(UTC).date()


def every_projection(of: Replayed) -> Iterator[tuple[str, object]]:
    """Each projection with its name, one after the other, so that one alone is held."""
    asked = (of.history, of.centre, of.rules)
    yield "history", (of.folded.known, of.history.claims)
    seen = effective_by(of.folded)
    yield "stage", (seen.stage, [t.record.key for t in seen.taken], seen.standings, seen.findings)
    yield "claims", claims(*asked)
    yield "estimate", estimate(*asked)
    yield "schedule", schedule(*asked)
    yield "support", support(*asked)
    yield "appeals", appeals(*asked)
    yield "authorization", authorization(*asked, Request(as_of=of.on))
    yield "gates", [check(*asked, Step(intent=intent, on=of.on)) for intent in INTENTS]
    yield "findings", every_finding(*asked, of.on)
    yield "settlements", settlements_of(*asked)
    yield "audit", audit_trail(*asked)
