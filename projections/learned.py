"""Records that came, or that happened, between two moments: who said so, and how late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from veinledger.domain.reports import Actor, Record, RecordKind, Source
from veinledger.domain.standing.standing import Standing

IN_TIME: Final = 1
"""Days from an event to its record that are no delay: a night shift is keyed in the morning."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Learned:
    """One record: what it says happened, who said so by which message, and when it was kept."""

    record: str
    """Report key."""
    encounter: str
    """Of which encounter it is, where others were merged into the one that is asked about."""
    sequence: int
    kind: RecordKind
    type: str
    day: date
    recorded_at: datetime
    received_at: datetime
    """When the ledger got the report; before `recorded_at` where a person had to assign it."""
    source: Source
    actor: Actor
    standing: Standing
    days_late: int
    """Days from the day on which it happened to the one on which the ledger got it, where that is
    more than one; else 0."""

    def __repr__(self) -> str:
        return f"<learned of record {self.sequence}>"


def told_of(records: Iterable[Record], standings: Mapping[str, Standing]) -> Iterator[Learned]:
    """Records in the order of the ledger."""
    for record in sorted(records, key=_kept):
        yield Learned(
            record=record.key,
            encounter=record.name,
            sequence=record.seal.sequence,
            kind=record.kind,
            type=record.fact.type,
            day=record.day,
            recorded_at=record.seal.recorded_at,
            received_at=record.received_at,
            source=record.source,
            actor=record.actor,
            standing=standings[record.key],
            days_late=days_late(record),
        )


def _kept(record: Record) -> tuple[bool, int, int]:
    """When it was kept; what is only foreseen has no position yet, and comes last."""
    return record.seal.position == 0, record.seal.position, record.seal.sequence


def days_late(record: Record) -> int:
    """Days between the event and its report, by the offset of the event; 0 within a day.

    That somebody took his time to say whose it is makes no report late.
    """
    timed = record.occurred.instant is not None
    offset = datetime.fromisoformat(record.occurred.text).tzinfo if timed else UTC
    days = (record.received_at.astimezone(offset).date() - record.day).days
    return days if days > IN_TIME else 0
