"""The audit trail: who said what happened, when, by which message, and what it counts for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from veinledger.domain.centre.centre import Centre
from veinledger.domain.findings import Finding
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Actor, Original, Record, Source
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, Effective, History, KnownAt, effective
from veinledger.domain.standing.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record, in the order in which the ledger kept it."""

    sequence: int
    position: int
    leaf: str
    record: str
    """Report key."""
    type: str
    occurred: str
    """As reported."""
    day: date
    recorded_at: datetime
    source: Source
    actor: Actor
    original: Original | None
    standing: Standing
    first_standing: Standing
    """What it counted for at the moment it was recorded."""
    stage_before: Stage | None
    stage_after: Stage | None
    """The stage that it met and left in the order of the world; None where it is not in effect."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTrail:
    """Every record of an encounter known at a moment, whatever its standing."""

    encounter: str
    rule_pack: str
    stage: Stage
    entries: tuple[Entry, ...]


def audit_trail(
    history: History, centre: Centre, rules: Rules, as_of: AsOf = None, known_at: KnownAt = None
) -> AuditTrail:
    """The audit trail as of both times; `as_of` cuts what had occurred, not what was recorded."""
    del centre
    seen = effective(history, as_of, known_at)
    return AuditTrail(
        encounter=history.encounter,
        rule_pack=rules.pack,
        stage=seen.stage,
        entries=tuple(_entry(record, seen, history) for record in seen.known),
    )


def _entry(record: Record, seen: Effective, history: History) -> Entry:
    taken = next((t for t in seen.taken if t.record.key == record.key), None)
    at_first = effective(history, None, record.seal.position)
    return Entry(
        sequence=record.seal.sequence,
        position=record.seal.position,
        leaf=record.seal.leaf,
        record=record.key,
        type=record.fact.type,
        occurred=record.occurred.text,
        day=record.day,
        recorded_at=record.seal.recorded_at,
        source=record.source,
        actor=record.actor,
        original=record.original,
        standing=seen.standings[record.key],
        first_standing=at_first.standings[record.key],
        stage_before=taken.before.stage if taken else None,
        stage_after=taken.after.stage if taken else None,
        findings=tuple(f for f in seen.findings if record.key in f.records),
    )
