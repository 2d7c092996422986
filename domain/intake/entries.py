"""What intake may ask of the ledger, and what it wants kept: the two sides of a pure decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from veinledger.domain.findings import Refusal
from veinledger.domain.intake.outcome import Arrival
from veinledger.domain.reports import Came, InPlaceOf, Report, StoredKind, Subject
from veinledger.domain.standing.history import Effective, History
from veinledger.domain.standing.identity import IdentityClaim

NamelessDeed = Literal["assigned", "dismissed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is kept under a report key: enough to answer a duplicate."""

    digest: str
    sequence: int | None
    """None for a refusal, which is no record of an encounter."""
    record: str
    name: str | None = None
    """The encounter or the centre whose record it is."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Nameless:
    """A report that names neither encounter nor centre, as intake keeps it."""

    key: str
    """The key under which it waits, hexadecimal: an assignment names it by this."""
    report: Report
    digest: str
    """Keyed digest of the report as reported."""
    stream: str
    position: int
    recorded_at: datetime

    def __repr__(self) -> str:
        return f"<report that names nobody: {self.report.fact.type}>"


class Known(Protocol):
    """What the ledger holds, as one transaction sees it, decoded."""

    @property
    def now(self) -> datetime:
        """What `recorded_at` will be."""
        ...

    def history(self, subject: Subject, name: str) -> History:
        """All records of an encounter (with the claims on the chains they name) or a centre."""
        ...

    def claims_on(self, chain_of_identity: str) -> tuple[IdentityClaim, ...]:
        """Every claim on a chain of identity, by whatever encounter."""
        ...

    def effective(self, history: History) -> Effective:
        """All that is in effect of a history as the ledger holds it, to which nothing was added."""
        ...

    def holding(self, key: bytes) -> Held | None:
        """What is kept under a report key."""
        ...

    def nameless(self, key: str) -> Nameless | None:
        """The report that names nobody and is kept under this key."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeptReport:
    """A report to append to its encounter's or centre's stream, with the bytes as received."""

    key: bytes
    kind: StoredKind
    report: Report
    arrival: Arrival
    in_place_of: InPlaceOf | None = None
    came: Came | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeptRefusal:
    """What could not be taken, to append to the connection's intake stream."""

    key: bytes
    arrival: Arrival
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeptClaim:
    """A claim on a chain of identity, a naming of it or its release, for the chain's stream."""

    key: bytes
    claim: IdentityClaim


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeptNameless:
    """A report that names nobody, to append to the connection's intake stream."""

    key: bytes
    arrival: Arrival
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeptDeed:
    """What a person did with a report that names nobody, to append behind it."""

    key: bytes
    did: NamelessDeed
    target: Nameless
    by: Report
    reason: str
    arrival: Arrival
    encounter: str | None = None
    record: str | None = None
    """The report key of the record that it became, hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeptFollowing:
    """That an encounter says it follows an earlier one, for the earlier one's followers."""

    key: bytes
    earlier: str
    encounter: str
    record: str
    """The report key of the record that says so, hexadecimal."""


Entry = KeptReport | KeptRefusal | KeptClaim | KeptNameless | KeptDeed | KeptFollowing
Named = tuple[Subject, str]
"""An encounter or a centre."""
