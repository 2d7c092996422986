"""Reports as the border hands them over, and records as the ledger keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from veinledger.domain.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Source:
    """Which item of which message of which connection said so."""

    connection: str
    message: str
    item: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Actor:
    """Who says it, in which role; a person or a system."""

    id: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Occurrence:
    """When it happened in the world: the local day, and the instant where it is known."""

    text: str
    """As reported: RFC 3339 with offset, or a bare date."""
    local_day: date
    """The calendar date in the facility's zone, else the connection's: the date of service."""
    zone: str
    instant: datetime | None
    """UTC; None where only the day is known."""
    begins: datetime | None = field(default=None, compare=False)
    """UTC: the instant, else the beginning of the local day. Told at the border, not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The bytes as received: where to find them and how many there were."""

    digest: str
    """Keyed digest, hexadecimal."""
    length: int
    media_type: str


Subject = Literal["encounter", "centre"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Report:
    """Item n of one source message: somebody says that a fact happened. Valid, not yet kept."""

    subject: Subject
    name: str
    """The encounter's or the centre's alias; empty where the report names neither."""
    fact: Fact
    occurred: Occurrence
    source: Source
    actor: Actor
    canonical: bytes
    """The report as reported, in canonical JSON: what `the same bytes` means."""
    original: Original | None = None

    @property
    def names_nobody(self) -> bool:
        """Whether it leaves open of which encounter it is."""
        return not self.name

    def __repr__(self) -> str:
        return f"<report {self.fact.type}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What the ledger added when it kept the record; see docs/format.md."""

    position: int
    stream: str
    sequence: int
    recorded_at: datetime
    leaf: str
    """The record's leaf hash, hexadecimal: corrections name their target by it."""


StoredKind = Literal["report", "conflict", "replacement", "moved"]
"""A conflict is a report whose message id and item were already taken by other bytes; a correction
brings in replacements and moved records."""
RecordKind = StoredKind | Literal["attested"]
"""An attested step is no record of the ledger: it only takes part in the fold."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class InPlaceOf:
    """Which record a replacement or a moved record stands in place of, and who decided so."""

    encounter: str
    sequence: int
    leaf: str
    """The leaf hash of the record that it stands in place of, hexadecimal."""
    record: str
    """The report key of the record that it stands in place of, hexadecimal."""
    correction: str
    """The report key of the correction, hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Came:
    """By which assignment or merge a record is here."""

    by: str
    """The report key of the decision, hexadecimal."""
    merges: str | None = None
    """The encounter that was merged into this one: the survivor's own record of a merge."""
    received: datetime | None = None
    """When the ledger got the report that was assigned, before anybody said whose it is."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Record:
    """A valid report as the ledger keeps it."""

    key: str
    """The report key, hexadecimal: what findings, claims and obligations name it by."""
    kind: RecordKind
    subject: Subject
    name: str
    fact: Fact
    occurred: Occurrence
    source: Source
    actor: Actor
    original: Original | None
    seal: Seal
    in_place_of: InPlaceOf | None = None
    came: Came | None = None
    """The decision that brought it here, where that was no correction."""

    @property
    def brought_in_by(self) -> str | None:
        """The report key of the decision by which it is here, where a decision brought it."""
        if self.in_place_of is not None:
            return self.in_place_of.correction
        return self.came.by if self.came else None

    @property
    def merges(self) -> str | None:
        """The encounter that was merged into this one, as the survivor's own record tells it."""
        return self.came.merges if self.came else None

    @property
    def received_at(self) -> datetime:
        """When the ledger got the report: before this record of it, where it was assigned."""
        received = self.came.received if self.came else None
        return received or self.seal.recorded_at

    @property
    def day(self) -> date:
        """The local day on which it happened: the date of service."""
        return self.occurred.local_day

    def number_in(self, encounter: str) -> str:
        """Its number, and of which encounter where that is another, merged into this one."""
        return number_in(encounter, self.name, self.seal.sequence)

    def __repr__(self) -> str:
        return f"<record {self.seal.sequence}: {self.fact.type}>"


def number_in(here: str, name: str, sequence: int) -> str:
    """The number of a record of one encounter, as another is told of that it was merged into."""
    return str(sequence) if name == here else f"{sequence} of {name}"
