"""The program as row S2 drives it: a whole ledger, or its border and intake over plain lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

from tests.given_ledger import centre_in_utc
from tests.naive.telling.teller import CONNECTIONS
from veinledger.adapters.codec.arrivals import Border
from veinledger.adapters.errors import NotFound
from veinledger.adapters.ledger import Ledger
from veinledger.domain.centre.centre import Centre
from veinledger.domain.intake.decide import take_in
from veinledger.domain.intake.entries import (
    Entry,
    Held,
    KeptClaim,
    KeptFollowing,
    KeptReport,
    Nameless,
)
from veinledger.domain.intake.making import provisional_record
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.reports import Record, Seal, Subject
from veinledger.domain.standing.encounter import chain_of
from veinledger.domain.standing.fold import Folding
from veinledger.domain.standing.history import Effective, History, effective
from veinledger.domain.standing.identity import IdentityClaim

CENTRE = centre_in_utc(*CONNECTIONS)
NAMING = Naming(b"index" * 6, b"digest" * 5)
"""The names that `tests/given_ledger.py` gives its ledgers too."""
LATER = datetime(2027, 6, 1, tzinfo=UTC)
"""After everything that the stories tell of."""


class Program(Protocol):
    """What the comparison asks of the program."""

    def record(self, lines: Sequence[bytes]) -> Sequence[Outcome]: ...
    def history(self, encounter: str) -> History | None: ...
    def effective(self, history: History) -> Effective: ...


@dataclass(frozen=True, slots=True)
class ThroughALedger:
    """Every message by itself: locked, read, decided, sealed, kept, and read back."""

    ledger: Ledger

    def record(self, lines: Sequence[bytes]) -> Sequence[Outcome]:
        return self.ledger.record(*lines)

    def history(self, encounter: str) -> History | None:
        try:
            return self.ledger.history(encounter)
        except NotFound:
            return None

    def effective(self, history: History) -> Effective:
        return self.ledger.effective(history.encounter)


@dataclass(slots=True)
class Intake:
    """Border and intake over plain lists: the ledger's `Known` without rows, keys or files."""

    naming: Naming = NAMING
    centre: Centre = CENTRE
    now: datetime = LATER
    records: dict[tuple[Subject, str], tuple[Record, ...]] = field(
        default_factory=dict[tuple[Subject, str], tuple[Record, ...]]
    )
    claims: dict[str, tuple[IdentityClaim, ...]] = field(
        default_factory=dict[str, tuple[IdentityClaim, ...]]
    )
    held: dict[bytes, Held] = field(default_factory=dict[bytes, Held])
    position: int = 0
    folding: dict[str, Folding] = field(default_factory=dict[str, Folding])
    seen: dict[str, tuple[History, Effective]] = field(
        default_factory=dict[str, tuple[History, Effective]]
    )

    def record(self, lines: Sequence[bytes]) -> Sequence[Outcome]:
        border = Border(self.naming, self.centre)
        arrivals = tuple(map(border.arrival, lines))
        outcomes, entries = take_in(Knows(self), self.naming, arrivals)
        for entry in entries:
            self.keep(entry)
        return outcomes

    def keep(self, entry: Entry) -> None:
        self.position += 1
        if isinstance(entry, KeptClaim):
            chain = entry.claim.chain_of_identity
            kept = replace(entry.claim, position=self.position, recorded_at=self.now)
            self.claims[chain] = (*self.claims.get(chain, ()), kept)
        elif isinstance(entry, KeptReport):
            self.keep_report(entry)
        elif not isinstance(entry, KeptFollowing):
            self.held[entry.key] = Held(
                digest=entry.arrival.digest, sequence=None, record=entry.key.hex()
            )

    def keep_report(self, entry: KeptReport) -> None:
        named = entry.report.subject, entry.report.name
        before = self.records.get(named, ())
        made = provisional_record(entry, History(encounter=named[1], records=before), self.now)
        seal = Seal(
            position=self.position,
            stream=self.naming.stream_of(*named),
            sequence=len(before) + 1,
            recorded_at=self.now,
            leaf=f"{self.position:064x}",
        )
        self.records[named] = (*before, replace(made, seal=seal))
        self.held[entry.key] = Held(
            digest=entry.arrival.digest, sequence=seal.sequence, record=entry.key.hex()
        )

    def history(self, encounter: str) -> History | None:
        found = self.history_of("encounter", encounter)
        return found if found.records else None

    def history_of(self, subject: Subject, name: str) -> History:
        records = self.records.get((subject, name), ())
        chains = dict.fromkeys(filter(None, (chain_of(record.fact) for record in records)))
        claims = tuple(claim for chain in chains for claim in self.claims.get(chain, ()))
        folding = self.folding.setdefault(name, Folding(name))
        return History(encounter=name, records=records, claims=claims, folding=folding)

    def effective(self, history: History) -> Effective:
        """Folded once for as long as no record and no claim is added."""
        kept = self.seen.get(history.encounter)
        if kept is None or not is_the_same(kept[0], history):
            kept = self.seen[history.encounter] = history, effective(history)
        return kept[1]


def is_the_same(one: History, other: History) -> bool:
    return len(one.records) == len(other.records) and len(one.claims) == len(other.claims)


@dataclass(frozen=True, slots=True)
class Knows:
    """The domain's `Known` over the plain lists."""

    intake: Intake

    @property
    def now(self) -> datetime:
        return self.intake.now

    def history(self, subject: Subject, name: str) -> History:
        return self.intake.history_of(subject, name)

    def effective(self, history: History) -> Effective:
        return self.intake.effective(history)

    def claims_on(self, chain_of_identity: str) -> tuple[IdentityClaim, ...]:
        return self.intake.claims.get(chain_of_identity, ())

    def holding(self, key: bytes) -> Held | None:
        return self.intake.held.get(key)

    def nameless(self, key: str) -> Nameless | None:
        """Every report of these stories names its encounter."""
        del key
        return None


Opened = Callable[[], Program]
