"""The Ledger that a host embeds: reports in, outcomes and views out. It decides nothing.

Thread-safe, synchronous. Rules live in the domain; this file fetches, decodes, calls and encodes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final

from veinledger.adapters.codec.arrivals import Border, Item
from veinledger.adapters.codec.rows import RowCodec
from veinledger.adapters.errors import BadInput, NotFound, VeinledgerError, boundary
from veinledger.adapters.logs import logger
from veinledger.adapters.store.keys import Keys
from veinledger.adapters.store.verify import Verification, verify
from veinledger.domain.centre.centre import Centre
from veinledger.domain.intake.decide import take_in
from veinledger.domain.intake.entries import Held
from veinledger.domain.intake.outcome import Arrival, Outcome, RefusedItem
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.ledger.port import Decision, Row, Store, View
from veinledger.domain.reports import Subject
from veinledger.domain.rules import Rules
from veinledger.domain.standing.encounter import chain_of
from veinledger.domain.standing.history import (
    AsOf,
    Effective,
    History,
    IdentityClaim,
    KnownAt,
    effective,
)
from veinledger.projections.audit import AuditTrail, audit_trail
from veinledger.projections.claims.assemble import claims
from veinledger.projections.claims.shapes import ClaimSet
from veinledger.projections.schedule import Schedule, schedule

LOG: Final = logger(__name__)


class Ledger:
    """A ledger of encounters over a store. Use as a context manager, or close it."""

    def __init__(self, store: Store, keys: Keys, rules: Rules, centre: Centre) -> None:
        self._store = store
        self._keys = keys
        self._rules = rules
        self._centre = centre
        self._naming = Naming(keys.index_key, keys.digest_key)
        self._codec = RowCodec(self._naming)
        self._border = Border(self._naming, centre)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<ledger {self._store.ledger_id.hex()}>"

    @boundary
    def record(self, *items: Item, strict: bool = False) -> tuple[Outcome, ...]:
        """Take in reports, one outcome each, in order; items of one message go in one append.

        `strict` is for callers who ask before the act: what is not legal now is refused, with
        every rule that stands against it, and no record is made.
        """
        arrivals = tuple(map(self._border.arrival, items))
        messages: dict[tuple[str, str], list[int]] = {}
        for place, arrival in enumerate(arrivals):
            source = arrival.source
            messages.setdefault((source.connection, source.message), []).append(place)
        answered: dict[int, Outcome] = {}
        for done, places in enumerate(messages.values()):
            message = tuple(arrivals[place] for place in places)
            take = partial(self._take, message, strict)
            outcomes = _saying_how_far(done, len(messages), take)
            answered |= dict(zip(places, outcomes, strict=True))
        return tuple(answered[place] for place in range(len(arrivals)))

    def _take(self, arrivals: tuple[Arrival, ...], strict: bool) -> tuple[Outcome, ...]:
        def decide(view: View) -> Decision[tuple[Outcome, ...]]:
            known = _KnownInView(view, self._naming, self._codec)
            outcomes, entries = take_in(known, self._naming, arrivals, strict=strict)
            return Decision(
                answer=outcomes,
                drafts=tuple(map(self._codec.draft, entries)),
                originals=self._codec.originals(entries),
            )

        committed = self._store.transact(decide)
        if committed.rows:
            LOG.info(
                "ledger.appended", count=len(committed.rows), position=committed.rows[-1].position
            )
        return committed.answer

    @boundary
    def history(self, encounter: str) -> History:
        """All records of an encounter; raises NotFound where nobody has reported any."""
        until = self._store.head()

        def as_of_one_position(name: str) -> tuple[Row, ...]:
            return tuple(row for row in self._store.stream(name) if row.position <= until)

        reading = _Reading(as_of_one_position, self._naming, self._codec)
        history = reading.history("encounter", encounter)
        if not history.records:
            raise NotFound(
                f"no record names encounter {encounter!r}; `veinledger encounters` lists those"
                " that the ledger holds"
            )
        return history

    def effective(
        self, encounter: str, *, as_of: AsOf = None, known_at: KnownAt = None
    ) -> Effective:
        """What is in effect, as of both times."""
        _refuse_times_without_offset(as_of, known_at)
        return boundary(effective)(self.history(encounter), as_of, known_at)

    def claims(self, encounter: str, *, as_of: AsOf = None, known_at: KnownAt = None) -> ClaimSet:
        """Claims A to E, as far as the facts go."""
        _refuse_times_without_offset(as_of, known_at)
        history = self.history(encounter)
        return boundary(claims)(history, self._centre, self._rules, as_of, known_at)

    def schedule(self, encounter: str, *, as_of: AsOf = None, known_at: KnownAt = None) -> Schedule:
        """Who owes the patient what, and by when."""
        _refuse_times_without_offset(as_of, known_at)
        history = self.history(encounter)
        return boundary(schedule)(history, self._centre, self._rules, as_of, known_at)

    def audit(self, encounter: str, *, as_of: AsOf = None, known_at: KnownAt = None) -> AuditTrail:
        """Who said what happened, when, by which message, and what it counts for."""
        _refuse_times_without_offset(as_of, known_at)
        history = self.history(encounter)
        return boundary(audit_trail)(history, self._centre, self._rules, as_of, known_at)

    @boundary
    def encounters(self) -> tuple[str, ...]:
        """The names of all encounters that any record names, in order of their first record."""
        found: dict[str, None] = {}
        for row in self._store.rows():
            if row.stream.startswith("encounter/"):
                found.setdefault(self._codec.record(row).name)
        return tuple(found)

    @boundary
    def refused(self) -> tuple[RefusedItem, ...]:
        """What the ledger could not take, with every rule that stood against it."""
        names = self._store.streams("intake/")
        rows = (row for name in names for row in self._store.stream(name))
        found = (self._codec.refusal(row) for row in rows)
        return tuple(sorted(found, key=lambda item: item.position))

    @boundary
    def original(self, digest: str) -> bytes:
        """The bytes as received that are kept under a keyed digest; raises NotFound."""
        found = self._store.original(digest)
        if found is None:
            raise NotFound("no original is kept under this digest; take it from the audit trail")
        return found.content

    @boundary
    def rows(self) -> tuple[Row, ...]:
        """Every sealed row, in order: what an auditor who trusts nobody reads."""
        return tuple(self._store.rows())

    @boundary
    def verify(self) -> Verification:
        """Whether every row is what the ledger wrote, as far as this file can tell."""
        found = verify(self._store, self._keys)
        LOG.info(
            "ledger.verified",
            records=found.records,
            streams=found.streams,
            faults=len(found.faults) + found.unlisted,
        )
        return found

    def close(self) -> None:
        """Let go of every file and connection."""
        self._store.close()


@dataclass(frozen=True, slots=True)
class _Reading:
    """Decoded histories over whatever reads a stream: the store, or a transaction's view."""

    stream: Callable[[str], tuple[Row, ...]]
    naming: Naming
    codec: RowCodec

    def history(self, subject: Subject, name: str) -> History:
        rows = self.stream(self.naming.stream_of(subject, name))
        records = tuple(map(self.codec.record, rows))
        chains = dict.fromkeys(filter(None, (chain_of(record.fact) for record in records)))
        claims = tuple(claim for chain in chains for claim in self.claims_on(chain))
        return History(encounter=name, records=records, claims=claims)

    def claims_on(self, chain_of_identity: str) -> tuple[IdentityClaim, ...]:
        rows = self.stream(self.naming.identity_stream(chain_of_identity))
        return tuple(map(self.codec.claim, rows))


@dataclass(frozen=True, slots=True)
class _KnownInView:
    """The domain's `Known`, over one transaction's view."""

    view: View
    naming: Naming
    codec: RowCodec

    @property
    def now(self) -> datetime:
        return self.view.now

    def history(self, subject: Subject, name: str) -> History:
        return self._reading().history(subject, name)

    def claims_on(self, chain_of_identity: str) -> tuple[IdentityClaim, ...]:
        return self._reading().claims_on(chain_of_identity)

    def holding(self, key: bytes) -> Held | None:
        row = self.view.keyed(key)
        return None if row is None else self.codec.held(row)

    def _reading(self) -> _Reading:
        return _Reading(self.view.stream, self.naming, self.codec)


def _saying_how_far(
    done: int, messages: int, work: Callable[[], tuple[Outcome, ...]]
) -> tuple[Outcome, ...]:
    """What was recorded before a failure stays recorded, and the error says so."""
    try:
        return work()
    except VeinledgerError as error:
        if done:
            error.args = (
                f"the first {done} of {messages} messages are recorded and the rest are not; send"
                f" all of them again, what is recorded answers `duplicate`. This one: {error}",
            )
        raise


def _refuse_times_without_offset(as_of: AsOf, known_at: KnownAt) -> None:
    """A time without offset means another instant on every machine."""
    for name, asked in (("as_of", as_of), ("known_at", known_at)):
        if isinstance(asked, datetime) and asked.tzinfo is None:
            raise BadInput(
                f"{name} is a time without an offset from UTC; give one with its offset, such as"
                " 2026-05-01T09:10:00-05:00"
            )
    if type(known_at) is date:
        raise BadInput("known_at is a day; give the instant, or a position of the ledger")
