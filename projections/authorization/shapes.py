"""What a packet for a payer holds: the checklist, what is missing, and the facts for the form.

It is a document that goes to the payer, so it names the patient. No `repr` of it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from veinledger.domain.policies.policy import Item
from veinledger.projections.authorization.answers import Answers
from veinledger.projections.authorization.narrative import Narrative
from veinledger.projections.authorization.people import Form
from veinledger.projections.authorization.services import RequestedService
from veinledger.projections.case.evidence.question import State


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Evidence:
    """A record that bears an item out: what it says, when it happened, and who said so."""

    record: str
    """Report key."""
    number: int
    """Its number in its stream, as `history` shows it."""
    stream: Literal["encounter", "centre"]
    day: date
    what: str
    source: str
    """Connection, message and item by which it came."""
    document: str | None = None
    until: date | None = None
    """Of a certificate: its last day."""
    merged: str | None = None
    """The encounter that it was told of, where that was merged into the one that is asked about."""

    @property
    def told_as(self) -> str:
        """Its number, and of which encounter where that was merged into the one asked about."""
        return str(self.number) if self.merged is None else f"{self.number} of {self.merged}"

    def __repr__(self) -> str:
        return f"<evidence: record {self.number} of the {self.stream}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ChecklistItem:
    """One row of the checklist: what the payer asks, and how the evidence stands on the day."""

    item: Item
    label: str
    state: State
    found: str
    """What is there, what is missing, or why nobody asks."""
    remedy: str
    """The fact that would supply what is missing; empty where nothing is."""
    asks: str
    """What the payer wants to read, with its limits; empty where it does not ask."""
    evidence: tuple[Evidence, ...] = ()
    source: str
    confidence: str
    """Of the payer's ask: `unverified` where nobody has read its policy."""

    def __repr__(self) -> str:
        return f"<{self.item}: {self.state}>"

    @property
    def is_open(self) -> bool:
        """Whether something has to be done about it before the request goes out."""
        return self.state in ("not met", "missing", "expired")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Gap:
    """Something that the form needs and no record has."""

    what: str
    remedy: str

    def __repr__(self) -> str:
        return f"<gap: {self.what}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTold:
    """The policy that the packet is made for."""

    name: str
    label: str
    authorization: Literal["formal", "none"]
    follows: str | None
    settings: tuple[str, ...]
    setting_note: str | None
    note: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Packet:
    """The prior-authorization packet of one encounter for one payer, as of a day."""

    encounter: str
    edition: str
    rule_pack: str
    as_of: date
    judged_on: date
    """The day on which the evidence must stand: `as_of`, or the day of the infusion before it."""
    product: str
    """Brand and generic name."""
    policy: PolicyTold | None
    remarks: tuple[str, ...]
    """What to know before it is sent: settings, doubts, reports that count for nothing yet."""
    checklist: tuple[ChecklistItem, ...]
    gaps: tuple[Gap, ...]
    form: Form
    narrative: Narrative
    services: tuple[RequestedService, ...]
    answers: Answers

    def __repr__(self) -> str:
        return f"<packet: {len(self.open)} items open, {len(self.gaps)} gaps>"

    @property
    def open(self) -> tuple[ChecklistItem, ...]:
        """The items that keep the request back, those that speak against it first."""
        return tuple(each for each in self.checklist if each.is_open)

    @property
    def complete(self) -> bool:
        """Whether everything that is asked for is there."""
        return not self.open and not self.gaps
