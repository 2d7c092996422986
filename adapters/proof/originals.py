"""Every original read, and held against the records that came in it.

A row holds the keyed digest of the bytes that it came in, and its tag covers that. So an original
that was changed does not match, and one that was taken out is missed by the records that name it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import msgspec

from veinledger.adapters.errors import LedgerDamaged
from veinledger.adapters.store.encrypted.bodies import Bodies
from veinledger.adapters.store.sqlite.piecemeal import pieces_of
from veinledger.adapters.store.verdict import Fault, Verification
from veinledger.adapters.store.verify import FAULTS_LISTED
from veinledger.domain.ledger.port import Row, Store


class _Original(msgspec.Struct, frozen=True):
    digest: str
    length: int | None = None
    media_type: str | None = None

    def is_of(self, other: _Original) -> bool:
        """Whether this is what another tells, as far as that one tells it."""
        told = ((self.length, other.length), (self.media_type, other.media_type))
        return all(theirs in (None, own) for own, theirs in told)


class _Body(msgspec.Struct, frozen=True):
    """Of a body only this: a report tells the whole of its original, a refusal the digest."""

    original: _Original | str | None = None


_BODY = msgspec.json.Decoder(_Body)


@dataclass(slots=True)
class _Read:
    """What was found under each digest."""

    whole: dict[str, _Original] = field(default_factory=dict[str, _Original])
    changed: set[str] = field(default_factory=set[str])
    faults: list[Fault] = field(default_factory=list[Fault])
    until: int = 0
    """The last record before any original was read: what came later is no fault of this reading."""
    every_one: bool = True
    """Whether the originals could be read to their end: only then is one missing."""

    def note(self, what: str, row: Row | None = None) -> None:
        position = row.position if row else None
        kind = row.stream.partition("/")[0] if row else None
        self.faults.append(Fault(position=position, stream_kind=kind, what=what))


def with_originals(found: Verification, store: Store, bodies: Bodies) -> Verification:
    """The verdict on the rows, and on every original beside them."""
    read = _Read(until=store.head())
    _read_originals(store, bodies, read)
    named = set[str]()
    for row, told in _named_by(store, bodies, read):
        named.add(told.digest)
        fault = _fault_of(told, read)
        if fault is not None:
            read.note(f"the original that it came in {fault}", row)
    for _ in read.changed - named:
        read.note("an original that no record names does not match its digest")
    every = (*found.faults, *read.faults)
    beyond = max(0, len(every) - FAULTS_LISTED)
    return replace(
        found,
        faults=every[:FAULTS_LISTED],
        unlisted=found.unlisted + beyond,
        originals=len(read.whole),
    )


def _fault_of(told: _Original, read: _Read) -> str | None:
    there = read.whole.get(told.digest)
    if there is None and told.digest not in read.changed:
        return "is missing" if read.every_one else None
    return None if there is not None and there.is_of(told) else "was changed"


def _read_originals(store: Store, bodies: Bodies, read: _Read) -> None:
    try:
        for kept in store.originals():
            try:
                plain = bodies.original(kept)
                read.whole[plain.digest] = _Original(
                    digest=plain.digest, length=len(plain.content), media_type=plain.media_type
                )
            except LedgerDamaged:
                read.changed.add(kept.digest)
    except LedgerDamaged:
        read.every_one = False
        read.note("not every original can be read")


def _named_by(store: Store, bodies: Bodies, read: _Read) -> Iterator[tuple[Row, _Original]]:
    """The records that name an original; what is wrong with a row itself was told already."""
    try:
        for row in pieces_of(store):
            told = _told_in(row, bodies) if isinstance(row, Row) else None
            if isinstance(row, Row) and told is not None and row.position <= read.until:
                yield row, told
    except LedgerDamaged:
        read.note("not every record that names an original can be read")


def _told_in(row: Row, bodies: Bodies) -> _Original | None:
    try:
        original = _BODY.decode(bodies.opened(row).body).original
    except (LedgerDamaged, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return _Original(digest=original) if isinstance(original, str) else original
