"""Telling a worked example as its days went by: each message when it came, decisions in between.

The lines of an example stand in the order in which they came. One came when it had happened (a bare
date: by the evening), unless the example's script says when; the ledger's clock follows. What a
named person decides rests on what the ledger holds by then (a correction names a record by sequence
and leaf), so no file can hold it: the script does, under the message that it followed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from veinledger.adapters.ledger import Ledger
    from veinledger.domain.intake.outcome import Outcome
    from veinledger.domain.reports import Record

Report = dict[str, Any]
Decision = Callable[["Ledger"], Report]
"""What a named person reports to the ledger, having looked at it."""
Decisions = Mapping[str, tuple[Decision, ...]]
"""By the id of the message that they followed."""
Came = Mapping[str, str]
"""When a message came, by its id, where that is not when it happened."""

ENVELOPE: Final = frozenset({"encounter", "type", "occurred_at", "source", "actor"})
"""What a report says about itself; everything else is the fact."""


@dataclass(slots=True)
class Clock:
    """The ledger's clock: it goes from one message to the next, never back."""

    now: datetime = field(default=datetime(2025, 1, 1, tzinfo=UTC))

    def __call__(self) -> datetime:
        """What time it is."""
        return self.now

    def reach(self, moment: str) -> None:
        """Go on to a moment, or to the evening of a day, unless it is past."""
        evening = moment if "T" in moment else f"{moment}T23:00:00Z"
        self.now = max(self.now, datetime.fromisoformat(evening))


def tell(
    ledger: Ledger,
    clock: Clock,
    lines: bytes,
    decisions: Decisions = MappingProxyType({}),
    came: Came = MappingProxyType({}),
) -> Iterator[tuple[int | None, Outcome]]:
    """Record every line, and after its message what was decided; the line's number and outcome."""
    for number, line in enumerate(lines.splitlines(), start=1):
        report: Report = json.loads(line)
        message = report["source"]["message"]
        clock.reach(came.get(message, report["occurred_at"]))
        yield number, ledger.record(line)[0]
        for decide in decisions.get(message, ()):
            decided = decide(ledger)
            clock.reach(decided["occurred_at"])
            yield None, ledger.record(decided)[0]


def record_of(ledger: Ledger, encounter: str, message: str) -> Record:
    """The record that a message made in an encounter."""
    records = ledger.history(encounter).records
    return next(record for record in records if record.source.message == message)


def fact_of(ledger: Ledger, record: Record) -> Report:
    """The fields of a record's fact, as its message told them."""
    told: Report = json.loads(ledger.original(record.original.digest)) if record.original else {}
    return {name: value for name, value in told.items() if name not in ENVELOPE}


def canonical(fact: Report) -> str:
    """A fact within a fact: its fields as canonical JSON."""
    return json.dumps(fact, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
