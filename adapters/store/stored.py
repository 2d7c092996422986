"""Sealed rows in the shapes of the eventsourcing library, and as columns of a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from eventsourcing.persistence import IntegrityError, Notification, StoredEvent

from veinledger.adapters.errors import LedgerDamaged
from veinledger.adapters.store.sealing import Head, Sealer
from veinledger.domain.ledger.port import Draft, End, Row
from veinledger.domain.ledger.seal import microseconds_of, moment_of

COLUMNS: Final = (
    "position",
    "stream",
    "sequence",
    "type",
    "recorded_at",
    "report_key",
    "key_id",
    "nonce",
    "previous",
    "body",
    "tag",
    "leaf",
)
"""The columns of a sealed row, in the order of `Row`."""

_SHAPES: Final = frozenset(
    (int, str, int, str, int, key, str, nonce, bytes, bytes, bytes, bytes)
    for key in (bytes, type(None))
    for nonce in (bytes, type(None))
)
"""The types that the columns of a row can have; SQLite checks them on writing alone."""


@dataclass(frozen=True, repr=False)
class SealedEvent(StoredEvent):
    """A stored event with its seal: originator is the stream, version the sequence."""

    key: bytes | None
    recorded_at: datetime
    key_id: str
    nonce: bytes | None
    previous: bytes
    tag: bytes
    leaf: bytes

    def __repr__(self) -> str:
        return f"<sealed event {self.originator_version}: {self.topic}>"


@dataclass(frozen=True, repr=False)
class SealedNotification(Notification):
    """A sealed event with its place in the whole ledger."""

    key: bytes | None
    recorded_at: datetime
    key_id: str
    nonce: bytes | None
    previous: bytes
    tag: bytes
    leaf: bytes

    def __repr__(self) -> str:
        return f"<notification {self.id}: {self.topic}>"


def event_of(row: Row) -> SealedEvent:
    """The row as the library's recorders hand it out by stream."""
    return SealedEvent(
        originator_id=row.stream,
        originator_version=row.sequence,
        topic=row.type,
        state=row.body,
        key=row.key,
        recorded_at=row.recorded_at,
        key_id=row.key_id,
        nonce=row.nonce,
        previous=row.previous,
        tag=row.tag,
        leaf=row.leaf,
    )


def notification_of(row: Row) -> SealedNotification:
    """The row as the library's recorders hand it out by position."""
    return SealedNotification(
        originator_id=row.stream,
        originator_version=row.sequence,
        topic=row.type,
        state=row.body,
        id=row.position,
        key=row.key,
        recorded_at=row.recorded_at,
        key_id=row.key_id,
        nonce=row.nonce,
        previous=row.previous,
        tag=row.tag,
        leaf=row.leaf,
    )


def row_of_event(event: SealedEvent, position: int) -> Row:
    """The row that a sealed event at this position stands for."""
    return Row(
        position=position,
        stream=str(event.originator_id),
        sequence=event.originator_version,
        type=event.topic,
        recorded_at=event.recorded_at,
        key=event.key,
        key_id=event.key_id,
        nonce=event.nonce,
        previous=event.previous,
        body=event.state,
        tag=event.tag,
        leaf=event.leaf,
    )


def draft_of(event: StoredEvent) -> Draft:
    """A plain event of the library as a draft, so that it is sealed like any other."""
    return Draft(stream=str(event.originator_id), type=event.topic, body=event.state)


def values_of(row: Row) -> tuple[object, ...]:
    """What goes into the columns after the position, which the store counts itself."""
    return (
        row.stream,
        row.sequence,
        row.type,
        microseconds_of(row.recorded_at),
        row.key,
        row.key_id,
        row.nonce,
        row.previous,
        row.body,
        row.tag,
        row.leaf,
    )


def row_of(values: tuple[Any, ...]) -> Row:
    """The row that these columns hold; raises LedgerDamaged where they hold no row at all."""
    if tuple(map(type, values)) not in _SHAPES:
        raise LedgerDamaged(f"record {values[0]} holds what no sealed record can hold")
    position, stream, sequence, kind, recorded_at, key, key_id, nonce, *sealed = values
    previous, body, tag, leaf = sealed
    try:
        moment = moment_of(recorded_at)
    except OverflowError as error:
        raise LedgerDamaged(f"record {position} has no readable recorded_at") from error
    return Row(
        position=position,
        stream=stream,
        sequence=sequence,
        type=kind,
        recorded_at=moment,
        key=key,
        key_id=key_id,
        nonce=nonce,
        previous=previous,
        body=body,
        tag=tag,
        leaf=leaf,
    )


def sealed_events(
    sealer: Sealer,
    events: Sequence[StoredEvent],
    after: int,
    now: datetime,
    head_of: Callable[[str], Head],
) -> tuple[Row, ...]:
    """Plain events of the library, sealed under the versions that their caller gave them.

    A stream may begin with any version, as the library's own users do; from there on a version
    that is not the next one raises IntegrityError.
    """
    begins: dict[str, int] = {}
    for event in events:
        begins.setdefault(str(event.originator_id), event.originator_version)

    def start_of(stream: str) -> Head:
        head = head_of(stream)
        return Head(sequence=begins[stream] - 1) if head == Head() else head

    drafts = map(draft_of, events)
    rows = tuple(sealer.rows(drafts, after=after, now=now, head_of=start_of))
    if [row.sequence for row in rows] != [event.originator_version for event in events]:
        raise IntegrityError("an event's version is taken, or is not the next one of its stream")
    return rows


def end_of(values: tuple[Any, ...]) -> End:
    """The end of a stream that these columns tell; raises LedgerDamaged where they tell none."""
    if tuple(map(type, values)) != (str, int, int, bytes):
        raise LedgerDamaged("the last record of a stream holds what no sealed record can hold")
    stream, sequence, position, leaf = values
    return End(stream=stream, sequence=sequence, position=position, leaf=leaf)
