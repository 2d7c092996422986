"""Decoded histories, kept between calls, and good for as long as the leaf at their end is there.

A leaf is the hash of its row and of the leaf before it, so one leaf vouches for the whole stream up
to it. Each use asks the store, inside the transaction that it is part of, for the row that stood at
the end and for what came after: where the leaf is the same and the new rows follow from it, only
they are decoded; where it is not, everything is read anew.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from threading import Lock
from typing import Final, Generic, TypeVar

from veinledger.adapters.codec.rows import RowCodec
from veinledger.domain.intake.entries import Held, Nameless
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.ledger.port import Row, View
from veinledger.domain.reports import Record, Subject
from veinledger.domain.standing.encounter import chain_of
from veinledger.domain.standing.fold import Folding
from veinledger.domain.standing.history import (
    AsOf,
    Effective,
    FoldedHistory,
    History,
    effective_by,
    folded_history,
)
from veinledger.domain.standing.identity import IdentityClaim
from veinledger.domain.standing.related.followed import all_followed
from veinledger.domain.standing.related.merging import merged_into_it

KEPT_AT_MOST: Final = 100_000
"""Records whose decoded form is kept, over all encounters; the least recently used go first.

Folded, a record takes about 2.4 kB, and with the case that was opened last about 4 kB; where claims
were asked as of many days, with the answers of the last ones (`kept.py`), about 8 kB.
"""

T = TypeVar("T")
ReadStream = Callable[[str, int], tuple[Row, ...]]
"""The rows of a stream after a sequence: of a store, or of a transaction's view."""


class Recent(Generic[T]):
    """What was used last, by name, up to a total weight. Thread-safe."""

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._lock = Lock()
        self._kept: OrderedDict[str, tuple[T, int]] = OrderedDict()
        self._weight = 0

    def get(self, name: str) -> T | None:
        """What is kept under a name, which is now the last that was used."""
        with self._lock:
            if name not in self._kept:
                return None
            self._kept.move_to_end(name)
            return self._kept[name][0]

    def holds(self, name: str) -> bool:
        """Whether something is kept under a name."""
        with self._lock:
            return name in self._kept

    def keep(self, name: str, value: T, weight: int) -> None:
        """Keep something in the place of what stood there; what was used longest ago goes."""
        with self._lock:
            self._weight -= self._kept.pop(name, (None, 0))[1]
            self._kept[name] = value, weight
            self._weight += weight
            while self._weight > self._at_most:
                _, (_, gone) = self._kept.popitem(last=False)
                self._weight -= gone


@dataclass(frozen=True, slots=True, repr=False)
class Decoded(Generic[T]):
    """The decoded rows of a stream up to the row with this sequence and leaf."""

    sequence: int
    leaf: bytes
    parts: tuple[T, ...]

    def is_continued_by(self, rows: tuple[Row, ...]) -> bool:
        """Whether rows begin with the very row that stood at the end, and follow from it."""
        if not rows or (rows[0].sequence, rows[0].leaf) != (self.sequence, self.leaf):
            return False
        return all(
            (later.sequence, later.previous) == (row.sequence + 1, row.leaf)
            for row, later in pairwise(rows)
        )


class DecodedStreams(Generic[T]):
    """The streams of one kind, decoded; each row once, for as long as its stream is kept."""

    def __init__(self, decode: Callable[[Row], T], at_most: int) -> None:
        self._decode = decode
        self._recent: Recent[Decoded[T]] = Recent(at_most)

    def read(self, stream: ReadStream, name: str) -> tuple[T, ...]:
        """All of a stream, decoded, as whoever reads the rows sees it now."""
        kept = self._recent.get(name)
        if kept is not None:
            rows = stream(name, kept.sequence - 1)
            if kept.is_continued_by(rows):
                return self._kept_as(name, rows, kept.parts, rows[1:])
        rows = stream(name, 0)
        return self._kept_as(name, rows, (), rows)

    def _kept_as(
        self, name: str, rows: tuple[Row, ...], before: tuple[T, ...], new: tuple[Row, ...]
    ) -> tuple[T, ...]:
        if not new:
            return before
        parts = (*before, *map(self._decode, new))
        last = rows[-1]
        self._recent.keep(name, Decoded(last.sequence, last.leaf, parts), len(parts))
        return parts


@dataclass(frozen=True, slots=True, repr=False)
class _Sought:
    """What is read: whose streams, as who reads them sees them, and up to which position."""

    stream: ReadStream
    subject: Subject
    until: int | None
    followed: bool = False
    """Read for what follows it; what it follows itself is then no matter."""


class Histories:
    """Reads and decodes the histories of encounters and centres, and remembers them."""

    def __init__(self, naming: Naming, codec: RowCodec, at_most: int = KEPT_AT_MOST) -> None:
        self._naming = naming
        self._records = DecodedStreams(codec.record, at_most)
        self._claims = DecodedStreams(codec.claim, at_most)
        self._folded: Recent[tuple[History, FoldedHistory]] = Recent(at_most)
        self._foldings: Recent[Folding] = Recent(at_most)

    def history(
        self, stream: ReadStream, subject: Subject, name: str, until: int | None = None
    ) -> History:
        """All records of an encounter or a centre, and the claims on the chains that they name.

        `until` is the last position to be seen, where the streams are read one after the other.
        """
        return self._read(_Sought(stream, subject, until), name)

    def _read(self, sought: _Sought, name: str, above: tuple[str, ...] = ()) -> History:
        """`above` are the encounters that this one is read as a part of."""
        of_it = self._naming.stream_of(sought.subject, name)
        records = self._records.read(sought.stream, of_it)
        seen = _up_to(sought.until, records, lambda record: record.seal.position)
        chains = dict.fromkeys(filter(None, (chain_of(record.fact) for record in seen)))
        claims = (self.claims_on(sought.stream, chain, sought.until) for chain in chains)
        path = (*above, name)
        found = History(
            encounter=name,
            records=seen,
            claims=_joined(claims),
            merged=tuple(self._read(sought, part, path) for part in merged_into_it(seen, path)),
            earlier=() if sought.followed else self._followed(sought, seen, name),
            folding=self._folding_of(sought.subject, name, len(seen)),
        )
        kept = self._folded.get(of_it)
        return kept[0] if kept is not None and _are_the_same(kept[0], found) else found

    def _followed(
        self, sought: _Sought, records: Sequence[Record], name: str
    ) -> tuple[History, ...]:
        """What an encounter follows, each as it is by itself: one step back and no further."""
        by_itself = replace(sought, followed=True)
        return all_followed(records, name, lambda each: self._read(by_itself, each))

    def _folding_of(self, subject: Subject, name: str, records: int) -> Folding:
        """What folded an encounter before, and goes on with what came since."""
        stream = self._naming.stream_of(subject, name)
        folding = self._foldings.get(stream) or Folding(name)
        self._foldings.keep(stream, folding, records)
        return folding

    def claims_on(
        self, stream: ReadStream, chain_of_identity: str, until: int | None = None
    ) -> tuple[IdentityClaim, ...]:
        """Every claim on a chain of identity, by whatever encounter."""
        claims = self._claims.read(stream, self._naming.identity_stream(chain_of_identity))
        return _up_to(until, claims, lambda claim: claim.position)

    def effective(self, history: History, as_of: AsOf = None) -> Effective:
        """What is in effect of a history as the ledger holds it."""
        return effective_by(self.folded(history), as_of)

    def folded(self, history: History) -> FoldedHistory:
        """A history folded; once, for as long as nothing is added to it."""
        name = self._naming.stream_of("encounter", history.encounter)
        kept = self._folded.get(name)
        if kept is not None and _are_the_same(kept[0], history):
            return kept[1]
        folded = folded_history(history)
        self._folded.keep(name, (history, folded), len(history.records))
        return folded

    def keeps(self, encounter: str) -> bool:
        """Whether an encounter was read not long ago; asking does not count as reading."""
        return self._folded.holds(self._naming.stream_of("encounter", encounter))


@dataclass(frozen=True, slots=True)
class KnownInView:
    """The domain's `Known`, over one transaction's view."""

    view: View
    histories: Histories
    codec: RowCodec
    seen: dict[bytes, Row | None] = field(default_factory=dict[bytes, "Row | None"])
    """By report key: what was asked for, so that a receipt need not ask again."""

    @property
    def now(self) -> datetime:
        """What `recorded_at` will be."""
        return self.view.now

    def history(self, subject: Subject, name: str) -> History:
        """All records of an encounter (with the claims on the chains they name) or a centre."""
        return self.histories.history(self.view.stream, subject, name)

    def claims_on(self, chain_of_identity: str) -> tuple[IdentityClaim, ...]:
        """Every claim on a chain of identity, by whatever encounter."""
        return self.histories.claims_on(self.view.stream, chain_of_identity)

    def effective(self, history: History) -> Effective:
        """All that is in effect of a history as the ledger holds it, to which nothing was added."""
        return self.histories.effective(history)

    def holding(self, key: bytes) -> Held | None:
        """What is kept under a report key."""
        row = self.seen[key] = self.view.keyed(key)
        return None if row is None else self.codec.held(row)

    def row(self, key: bytes) -> Row | None:
        """The row that holds a report key, as it was found when it was last asked for."""
        return self.seen[key] if key in self.seen else self.view.keyed(key)

    def nameless(self, key: str) -> Nameless | None:
        """The report that names nobody and is kept under this key."""
        return self.codec.nameless(self.view.keyed, key)


def _up_to(until: int | None, parts: tuple[T, ...], position: Callable[[T], int]) -> tuple[T, ...]:
    if until is None or not parts or position(parts[-1]) <= until:
        return parts
    return tuple(part for part in parts if position(part) <= until)


def _joined(parts: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(each for part in parts for each in part)


def _are_the_same(one: History, other: History) -> bool:
    """Whether both are made of the very same decoded parts, which never change."""
    if one.records is not other.records or one.claims != other.claims:
        return False
    here, there = (*one.merged, *one.earlier), (*other.merged, *other.earlier)
    return len(here) == len(there) and all(map(_are_the_same, here, there))
