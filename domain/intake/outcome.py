"""What the ledger answers to each item of a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from veinledger.domain.facts.base import Fact
from veinledger.domain.findings import Finding, Refusal
from veinledger.domain.ledger.receipt import Receipt
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Occurrence, Report, Source, Subject
from veinledger.domain.standing.standing import Standing
from veinledger.domain.values import day_of

Answer = Literal["recorded", "parked", "duplicate", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Outcome:
    """Recorded, parked, duplicate or refused; and what the item counts for now."""

    answer: Answer
    source: Source
    encounter: str | None
    """The encounter or centre that it names, where it names one."""
    type: str | None
    record: str | None = None
    """The report key of the record that holds it."""
    sequence: int | None = None
    standing: Standing | None = None
    stage: Stage | None = None
    """The encounter's stage after the whole message."""
    findings: tuple[Finding, ...] = ()
    refusal: Refusal | None = None
    receipt: Receipt | None = None
    """Of the record that holds it, to be kept; where it was recorded before, of that record."""

    def __repr__(self) -> str:
        return f"<{self.answer}: {self.type or 'no report'}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Replacement:
    """A valid fact that a correction would put in a record's place."""

    fact: Fact
    occurred_in: Callable[[str], Occurrence]
    """When it happened, given the zone of what it replaces; a facility that it names goes first."""

    def __repr__(self) -> str:
        return f"<replacement by {self.fact.type}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Arrival:
    """One item as the border hands it over: a valid report, or the reason why it is none."""

    source: Source
    digest: str
    """Keyed digest of the canonical item, or of its bytes where it could not be read."""
    report: Report | None = None
    replacements: tuple[Replacement, ...] = ()
    """What a correction brings in by its changes that replace, in their order."""
    refusal: Refusal | None = None
    type: str | None = None
    encounter: str | None = None
    from_a_known_connection: bool = False
    """Whether the directory names its connection; else its name may be anything."""
    content: bytes = b""
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TakenSince:
    """What holds the same message id and item: it was sent, or judged, again."""

    encounter: str | None
    """The encounter or centre that it stands in; None where it names neither and waits for one."""
    sequence: int | None
    record: str
    """Report key."""
    recorded_at: datetime

    def __repr__(self) -> str:
        return f"<taken since as record {self.sequence}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Teller:
    """Who says it, as far as it could be read in what was no report: nothing of it is guessed."""

    id: str | None = None
    role: str | None = None

    def __repr__(self) -> str:
        return "<teller>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RefusedItem:
    """What a connection sent and the ledger could not take, as it was kept."""

    source: Source
    type: str | None
    encounter: str | None
    position: int
    recorded_at: datetime
    original: str
    """Keyed digest of the bytes as received, which are kept."""
    refusal: Refusal
    taken_since: TakenSince | None = None
    digest: str = ""
    """Keyed digest of the item in canonical JSON, or of its bytes where it is no JSON."""
    subject: Subject | None = None
    """Whether what it names is an encounter or a centre, where that could be read."""
    actor: Teller = Teller()
    """Read in the bytes as received, like what follows."""
    occurred: str | None = None
    """When it is said to have happened, as reported."""

    @property
    def day(self) -> date | None:
        """The day on which it is said to have happened, as reported: it has no zone of its own."""
        return None if self.occurred is None else day_of(self.occurred[:10])

    def __repr__(self) -> str:
        return f"<refused item {self.position}: {self.type or 'no report'}>"
