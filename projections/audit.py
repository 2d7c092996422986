"""The audit trail: who said what happened, when, by which message, and what it counts for.

A record's turns say what it counted for from one moment of knowledge to the next, and which records
made it so: how long it waited and what released it, who replaced it, who moved it and whereto.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TypeVar

from veinledger.domain.centre.centre import Centre
from veinledger.domain.findings import Finding
from veinledger.domain.intake.outcome import RefusedItem
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
)
from veinledger.domain.standing.standing import Standing
from veinledger.projections.audited_days import of_the_day
from veinledger.projections.audited_moments import Turn, turns
from veinledger.projections.audited_words import digests_of, reason_of, says_of
from veinledger.projections.case.decided import Decided, Deed, decided
from veinledger.projections.closer.told import cites, led_to, taken_back
from veinledger.projections.settling.settlements import Settlement, settlements_of

M = TypeVar("M")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Waited:
    """How long a report was without effect after it came, and what ended that."""

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
    received_at: datetime
    """When the ledger got the report; before `recorded_at` where a person had to assign it."""
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
    """The records of an encounter that were known at a moment, whatever their standing.

    As of a day those of what had happened by then, with the decisions about them.
    """

    encounter: str
    as_of: AsOf
    """The day or the instant, in UTC, that was asked about; None for all that has happened."""
    known_at: KnownAt
    """The moment of knowledge that was asked about; None for all that is known."""
    rule_pack: str
    stage: Stage
    merged_into: str | None
    """The encounter in which all of this one counts."""
    of: int
    """How many records were known then: of so many are the entries all, or a part."""
    asked: Mapping[str, str]
    """What an entry must have to be among them, by name; empty where nothing was asked for."""
    entries: tuple[Entry, ...]
    refused: tuple[RefusedItem, ...] = ()
    """What named it and could not be taken: known by then, and no record of it."""
    refused_of: int = 0
    """How many such there were: of so many are these all, or a part."""

    @property
    def shown(self) -> int:
        """How many of them are here."""
        return len(self.entries)

    def __repr__(self) -> str:
        return f"<audit trail: {len(self.entries)} records>"


def audit_trail(
    history: History, centre: Centre, rules: Rules, as_of: AsOf = None, known_at: KnownAt = None
) -> AuditTrail:
    """The audit trail as of both times: what had happened by then, as far as it was recorded."""
    told = _everything(history, centre, rules, as_of, known_at)
    seen = told.seen
    day, moment = _in_utc(as_of), _in_utc(known_at)
    asked = {"as_of": day, "known_at": moment}
    return AuditTrail(
        encounter=history.encounter,
        as_of=day,
        known_at=moment,
        rule_pack=rules.pack,
        stage=seen.stage,
        merged_into=seen.merged_into,
        of=len(seen.known),
        asked={name: str(value) for name, value in asked.items() if value is not None},
        entries=tuple(_entry(record, told) for record in _shown(told, as_of)),
    )


def _shown(told: _Told, as_of: AsOf) -> tuple[Record, ...]:
    return of_the_day(told.seen, as_of, told.deeds, told.settled)


def _in_utc(moment: M) -> M | datetime:
    """One instant is told in one way, whatever its offset."""
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


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


def _everything(
    history: History, centre: Centre, rules: Rules, as_of: AsOf, known_at: KnownAt
) -> _Told:
    seen = effective(history, as_of, known_at)
    deeds = decided(seen)
    settled = settlements_of(history, centre, rules, as_of, known_at)
    return _Told(
        settled={each.record: each for each in settled},
        seen=seen,
        taken={taken.record.key: taken for taken in seen.taken},
        deeds=deeds,
        watched=led_to(seen, rules, as_of),
        cites=cites(seen, rules, as_of),
        taken_back=taken_back(seen, rules, deeds, as_of),
        turns=turns(history, known_at),
    )


def _entry(record: Record, told: _Told) -> Entry:
    says, settlement = tuple(says_of(record)), told.settled.get(record.key)
    digests, waited = tuple(digests_of(record)), _waited(record, told.turns[record.key])
    counting = replace(_counting(record, told), waited=waited)
    return replace(counting, says=says, digests=digests, settlement=settlement)


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
        received_at=record.received_at,
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
    )


def _led_to(record: Record, told: _Told) -> tuple[str, ...]:
    gone = told.taken_back.get(record.key)
    return (*told.watched.get(record.key, ()), *((gone,) if gone else ()))


def _waited(record: Record, turns: Sequence[Turn]) -> Waited | None:
    """From the moment it came to the first moment in effect; a discard ends no waiting."""
    if turns[0].standing.status not in ("waiting", "disputed"):
        return None
    since = record.received_at
    released = next((turn for turn in turns if turn.standing.in_effect), None)
    if released is None:
        return Waited(since=since, until=None, days=None)
    return Waited(
        since=since,
        until=released.since,
        days=(released.since - since).days,
        released_by=released.by,
    )
