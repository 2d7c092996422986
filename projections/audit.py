"""The audit trail: who said what happened, when, by which message, and what it counts for.

A record's turns say what it counted for from one moment of knowledge to the next, and which records
made it so: how long it waited and what released it, who replaced it, who moved it and whereto.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from veinledger.domain.centre.centre import Centre
from veinledger.domain.findings import Finding
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Actor, InPlaceOf, Original, Record, RecordKind, Source
from veinledger.domain.rules import Rules
from veinledger.domain.standing.fold import Taken
from veinledger.domain.standing.history import (
    AsOf,
    Effective,
    History,
    KnownAt,
    effective,
    folded_history,
)
from veinledger.domain.standing.standing import Standing
from veinledger.projections.audited_moments import Moment, moments
from veinledger.projections.audited_words import digests_of, reason_of, says_of
from veinledger.projections.case.decided import Decided, Deed, decided
from veinledger.projections.closer.told import cites, led_to, taken_back
from veinledger.projections.settling.settlements import Settlement, settlements_of


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Turn:
    """What a record counted for from a moment of knowledge on, and what made it so."""

    position: int
    """The ledger's position from which on it was so."""
    since: datetime
    standing: Standing
    by: tuple[str, ...] = ()
    """Report keys of the records here that made it so; none where another encounter's claim did, or
    what was told of one that does not count here any more."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Waited:
    """How long a record was without effect after it was kept, and what ended that."""

    since: datetime
    until: datetime | None
    """When it came into effect; None where it has not."""
    days: int | None
    """Whole days from one to the other."""
    released_by: tuple[str, ...] = ()
    """Report keys."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Entry:
    """One record, in the order in which the ledger kept it."""

    encounter: str
    """In whose stream it stands: this encounter's, or that of one merged into it."""
    sequence: int
    position: int
    leaf: str
    record: str
    """Report key."""
    kind: RecordKind
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
    """What it counted for when its message was recorded."""
    stage_before: Stage | None
    stage_after: Stage | None
    """The stage that it met and left in the order of the world; None where it is not in effect."""
    findings: tuple[Finding, ...]
    in_place_of: InPlaceOf | None = None
    """The record that it replaced, or that was moved here from another encounter."""
    decided: tuple[Deed, ...] = ()
    """What persons did to it, by which records."""
    changes: tuple[Deed, ...] = ()
    """What it did to others, where it is a person's decision."""
    reason: str | None = None
    """The reason that a decision gives."""
    led_to: tuple[str, ...] = ()
    """What it opened, belongs to or ended: a closer watch, a coder's review; or that it was taken
    out, and nothing is owed after it."""
    cites: tuple[str, ...] = ()
    """Keys of the review, and of the schedule's first visit, that its finding led to."""
    turns: tuple[Turn, ...] = ()
    waited: Waited | None = None
    """None where it was in effect at once, or was never without a place."""
    says: tuple[str, ...] = ()
    """What a payer's answer or an appeal says, by codes and outcome alone; to which encounter it
    relates this one."""
    digests: tuple[tuple[str, str], ...] = ()
    """Of a claim that went out: the rules, the claim as it is on record, each file; SHA-256."""
    settlement: Settlement | None = None
    """What it settled, where it is a settlement, and whether that still counts."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AuditTrail:
    """Every record of an encounter known at a moment, whatever its standing."""

    encounter: str
    rule_pack: str
    stage: Stage
    merged_into: str | None
    """The encounter in which all of this one counts."""
    of: int
    """How many records were known then: of so many are the entries all, or a part."""
    asked: Mapping[str, str]
    """What an entry must have to be among them, by name; empty where they are all."""
    entries: tuple[Entry, ...]

    @property
    def shown(self) -> int:
        """How many of them are here."""
        return len(self.entries)

    def __repr__(self) -> str:
        return f"<audit trail: {len(self.entries)} records>"


def audit_trail(
    history: History, centre: Centre, rules: Rules, as_of: AsOf = None, known_at: KnownAt = None
) -> AuditTrail:
    """The audit trail as of both times; `as_of` cuts what had occurred, not what was recorded."""
    seen = effective(history, as_of, known_at)
    deeds = decided(seen)
    settled = settlements_of(history, centre, rules, as_of, known_at)
    told = _Told(
        settled={each.record: each for each in settled},
        seen=seen,
        taken={taken.record.key: taken for taken in seen.taken},
        deeds=deeds,
        watched=led_to(seen, rules, as_of),
        cites=cites(seen, rules, as_of),
        taken_back=taken_back(seen, rules, deeds, as_of),
        turns=_turns(history, known_at),
    )
    return AuditTrail(
        encounter=history.encounter,
        rule_pack=rules.pack,
        stage=seen.stage,
        merged_into=seen.merged_into,
        of=len(seen.known),
        asked={},
        entries=tuple(_entry(record, told) for record in seen.known),
    )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Told:
    """What every entry is made of, worked out once."""

    seen: Effective
    taken: Mapping[str, Taken]
    deeds: Decided
    watched: Mapping[str, tuple[str, ...]]
    cites: Mapping[str, tuple[str, ...]]
    taken_back: Mapping[str, str]
    turns: Mapping[str, tuple[Turn, ...]]
    settled: Mapping[str, Settlement]


def _entry(record: Record, told: _Told) -> Entry:
    says, settlement = tuple(says_of(record)), told.settled.get(record.key)
    digests = tuple(digests_of(record))
    return replace(_counting(record, told), says=says, digests=digests, settlement=settlement)


def _counting(record: Record, told: _Told) -> Entry:
    """A record with what it counted for, and what was done to it."""
    taken, turns, deeds = told.taken.get(record.key), told.turns[record.key], told.deeds
    return Entry(
        encounter=record.name,
        sequence=record.seal.sequence,
        position=record.seal.position,
        leaf=record.seal.leaf,
        record=record.key,
        kind=record.kind,
        type=record.fact.type,
        occurred=record.occurred.text,
        day=record.day,
        recorded_at=record.seal.recorded_at,
        source=record.source,
        actor=record.actor,
        original=record.original,
        standing=told.seen.standings[record.key],
        first_standing=turns[0].standing,
        stage_before=taken.before.stage if taken else None,
        stage_after=taken.after.stage if taken else None,
        findings=tuple(f for f in told.seen.findings if record.key in f.records),
        in_place_of=record.in_place_of,
        decided=deeds.to.get(record.key, ()),
        changes=deeds.by.get(record.key, ()),
        reason=reason_of(record, deeds),
        led_to=_led_to(record, told),
        cites=told.cites.get(record.key, ()),
        turns=turns,
        waited=_waited(record, turns),
    )


def _led_to(record: Record, told: _Told) -> tuple[str, ...]:
    gone = told.taken_back.get(record.key)
    return (*told.watched.get(record.key, ()), *((gone,) if gone else ()))


def _waited(record: Record, turns: Sequence[Turn]) -> Waited | None:
    """From the moment it was kept to the first moment in effect; a discard ends no waiting."""
    if turns[0].standing.status not in ("waiting", "disputed"):
        return None
    since = record.seal.recorded_at
    released = next((turn for turn in turns if turn.standing.in_effect), None)
    if released is None:
        return Waited(since=since, until=None, days=None)
    return Waited(
        since=since,
        until=released.since,
        days=(released.since - since).days,
        released_by=released.by,
    )


def _turns(history: History, known_at: KnownAt) -> Mapping[str, tuple[Turn, ...]]:
    """By report key. They follow from what was recorded, whatever day is asked about."""
    folded = folded_history(history, known_at)
    if _turns not in folded.memo:
        folded.memo[_turns] = _from_moment_to_moment(history, folded.known, known_at)
    turns: Mapping[str, tuple[Turn, ...]] = folded.memo[_turns]
    return turns


def _from_moment_to_moment(
    history: History, known: Sequence[Record], known_at: KnownAt
) -> dict[str, tuple[Turn, ...]]:
    turns: dict[str, tuple[Turn, ...]] = {}
    for moment in moments(known, history, known_at):
        for key, standing in moment.standings.items():
            before = turns.get(key, ())
            if not before or _is_another(standing, before[-1].standing):
                turns[key] = (*before, _turn(key, standing, moment, before))
    return {record.key: turns[record.key] for record in known}


def _is_another(standing: Standing, before: Standing) -> bool:
    """As a reader is told it; what stands against a record may be said in other words."""
    return standing is not before and str(standing) != str(before)


def _turn(key: str, standing: Standing, moment: Moment, before: Sequence[Turn]) -> Turn:
    """What made it so: the fact that it waited for where it came, else all that was kept then."""
    waited_for = before[-1].standing.waits_for if before else None
    asked = [record for record in moment.kept if record.fact.type == waited_for]
    came = asked if standing.in_effect and asked else moment.kept
    return Turn(
        position=moment.position,
        since=moment.recorded_at,
        standing=standing,
        by=tuple(record.key for record in came if record.key != key) if before else (),
    )
