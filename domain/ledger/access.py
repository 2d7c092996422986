"""Who asked a ledger about what, and why: what is recorded of every reading.

Source: 45 CFR 164.312(b), audit controls: what is done in a system that holds patient data is
recorded, so that it can be examined.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from veinledger.domain.reports import Actor

NOT_STATED: Final = "not stated"
"""What stands for a role and a purpose that nobody gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who asks, in which role, and for what purpose."""

    by: Actor
    why: str = NOT_STATED
    """Such as treatment, payment, operations, or the number of a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One question that was put to the ledger, whatever came of it."""

    at: datetime
    """UTC, by the clock of the process that asked."""
    question: str
    """The door that it came by, as the library names it: `claims`, `history`, `due`."""
    stream: str | None
    """The keyed name of the encounter that it was about; None where it was about all."""
    reader: Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedReadings:
    """Which readings are asked for; None asks for nothing. Both ends of the span count."""

    actor: str | None = None
    question: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def wants(self, reading: Reading) -> bool:
        """Whether a reading is one of those."""
        return (
            (self.actor is None or reading.reader.by.id == self.actor)
            and (self.question is None or reading.question == self.question)
            and (self.since is None or reading.at >= self.since)
            and (self.until is None or reading.at <= self.until)
        )


EVERY_READING: Final = WantedReadings()
