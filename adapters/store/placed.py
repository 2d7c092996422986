"""A ledger read row by row: what is not as the ledger wrote it, and at which record.

A scan reads the table; production reads the index of streams. A damaged index can hide rows from
the one and not from the other, so both are read and must agree.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from veinledger.adapters.errors import LedgerDamaged
from veinledger.adapters.store.anchoring import Extent, roots_over
from veinledger.adapters.store.created import CREATED, refuse_another_key
from veinledger.adapters.store.keys import Keys
from veinledger.adapters.store.sealing import Head, unsealed_of
from veinledger.adapters.store.sqlite.piecemeal import pieces_of
from veinledger.adapters.store.sqlite.schema import SMALLEST
from veinledger.adapters.store.verdict import Fault, Verification
from veinledger.adapters.store.witnessed import Elsewhere, Judged, judged, receipts_among
from veinledger.domain.ledger.port import End, Row, Store
from veinledger.domain.ledger.seal import leaf_of, tag_of, tagged_bytes

FAULTS_LISTED: Final = 100
HELD_BY_NONE: Final = "holds what no sealed record can hold"
UNREADABLE: Final = "cannot be read: it was changed, or the file is damaged there"
NOT_PLACED: Final = (
    "something in it is not as the ledger wrote it, and it cannot be said where: read all together"
    " the rows and their indexes do not fit, and row by row nothing is found"
)
PAGE: Final = 256


@dataclass(slots=True)
class _Trace:
    """What the scan saw of one stream: enough to know it again, however long it is."""

    head: Head = field(default_factory=Head)
    rows: int = 0
    digest: int = 0
    every_one: bool = True
    """Whether all its rows could be read."""

    def add(self, row: Row) -> None:
        """Take in the next row of the stream."""
        self.head = Head(sequence=row.sequence, leaf=row.leaf)
        self.rows += 1
        self.digest = hash((self.digest, row))


@dataclass(slots=True)
class _Reading:
    """A verification under way."""

    ledger_id: bytes
    keys: Keys
    wanted: frozenset[int] = frozenset()
    """Positions for which there are receipts."""
    position: int = 0
    recorded_at: datetime | None = None
    records: int = 0
    traces: dict[str, _Trace] = field(default_factory=dict[str, _Trace])
    faults: list[Fault] = field(default_factory=list[Fault])
    unlisted: int = 0
    leaves: list[bytes] = field(default_factory=list[bytes])
    placed: dict[int, bytes] = field(default_factory=dict[int, bytes])
    """The leaves at the positions that are wanted."""
    unread: set[int] = field(default_factory=set[int])
    """Positions of rows of which not even the leaf could be read."""
    unplaced: int = 0
    """How many of these no gap in a stream stands for as yet."""
    ended: bool = True

    @property
    def extent(self) -> Extent:
        """How much was read."""
        unread = frozenset(self.unread)
        return Extent(records=self.records, whole=len(self.leaves), unread=unread, ended=self.ended)

    def note(self, what: str, position: int | None = None, stream: str | None = None) -> None:
        """Keep a fault, or count it once there are many."""
        if len(self.faults) >= FAULTS_LISTED:
            self.unlisted += 1
            return
        kind = None if stream is None else stream.partition("/")[0]
        self.faults.append(Fault(position=position, stream_kind=kind, what=what))

    def take(self, row: Row) -> None:
        """Judge the next row of the scan."""
        if row.position < 1:
            self.note("lies before record 1, where the ledger puts none", row.position, row.stream)
            return
        trace = self.traces.setdefault(row.stream, _Trace())
        for what in (
            *_misplaced(row.position, self.position),
            *_mistimed(row, self.recorded_at),
            *self._misjoined(row, trace.head),
            *_missealed(row, self.ledger_id, self.keys),
        ):
            self.note(what, row.position, row.stream)
        trace.add(row)
        self.recorded_at = row.recorded_at
        self._count(row.position, row.leaf)

    def pass_over(self, piece: End | int) -> None:
        """Note a row that cannot be read, and take of it what there is."""
        end = None if isinstance(piece, int) else piece
        position = piece if isinstance(piece, int) else piece.position
        self.note(UNREADABLE, position, end.stream if end else None)
        if position < 1:
            return
        for what in _misplaced(position, self.position):
            self.note(what, position)
        if end is None:
            self.unread.add(position)
            self.unplaced += 1
            self._count(position, None)
            return
        trace = self.traces.setdefault(end.stream, _Trace())
        trace.head, trace.every_one = Head(sequence=end.sequence, leaf=end.leaf), False
        self._count(position, end.leaf)

    def _count(self, position: int, leaf: bytes | None) -> None:
        """Go on behind this row. Behind one without a leaf no root can be computed any more."""
        self.position = position
        self.records += 1
        if leaf is not None and position in self.wanted:
            self.placed[position] = leaf
        if leaf is not None and not self.unread:
            self.leaves.append(leaf)

    def _misjoined(self, row: Row, head: Head) -> Iterator[str]:
        """Where rows could not be read, a gap of as many in a stream is theirs, and was told."""
        gap = row.sequence - head.sequence - 1
        if 0 < gap <= self.unplaced:
            self.unplaced -= gap
            return iter(())
        return _misjoined(row, head)


def row_by_row(
    store: Store, keys: Keys, outside: Sequence[Elsewhere], *, doubted: bool
) -> Verification:
    """The verdict, each fault at its record; what was doubted and is found nowhere is a fault."""
    wanted = frozenset(each.position for each in receipts_among(outside))
    reading = _Reading(ledger_id=store.ledger_id, keys=keys, wanted=wanted)
    _scan(store, reading)
    _read_by_stream(store, reading)
    _ask_the_store(store, reading)
    found = judged(outside, reading.extent, roots_over(reading.leaves), reading.placed)
    _note_what_is_kept_elsewhere(reading, found)
    if doubted and not reading.faults:
        reading.note(NOT_PLACED)
    return Verification(
        records=reading.records,
        streams=len(reading.traces),
        faults=tuple(reading.faults),
        unlisted=reading.unlisted,
        checkpoints=found.checkpoints.checkpoints,
        anchored=found.up_to,
        unreadable=found.unreadable,
        receipts=found.receipts,
    )


def _note_what_is_kept_elsewhere(reading: _Reading, found: Judged) -> None:
    for what in found.checkpoints.faults:
        reading.note(what)
    for each in found.receipts:
        if not each.holds and each.judged:
            reading.note(each.fault, each.position)
    left_out = sum(not each.judged for each in found.receipts)
    if left_out:
        reading.note(f"{left_out} of the receipts were not judged, for {reading.extent.why}")


def _scan(store: Store, reading: _Reading) -> None:
    try:
        for piece in pieces_of(store):
            if not isinstance(piece, Row):
                reading.pass_over(piece)
                continue
            if piece.position > 0 and not reading.records:
                _judge_the_first(piece, reading)
            reading.take(piece)
    except LedgerDamaged:
        reading.ended = False
        reading.note(f"the rows after record {reading.position} cannot be read")
    if not reading.records:
        reading.note("there is no record, not even the ledger's first")


def _judge_the_first(row: Row, reading: _Reading) -> None:
    try:
        refuse_another_key(row, reading.keys)
    except Exception:
        reading.note(f"is not the {CREATED} of this ledger and key", row.position, row.stream)


def _read_by_stream(store: Store, reading: _Reading) -> None:
    for name, seen in reading.traces.items():
        if not seen.every_one:  # which was told; whether an index hides others the store says
            continue
        found = _Trace()
        try:
            for row in _rows_by_name(store, name):
                if 1 <= row.position <= reading.position:  # later ones came while this was running
                    found.add(row)
        except LedgerDamaged:
            reading.note("a stream cannot be read by its name", stream=name)
            continue
        if (found.rows, found.digest) != (seen.rows, seen.digest):
            what = f"a stream read by its name gives {found.rows} records, and by scan {seen.rows}"
            reading.note(f"{what}, or others: an index is damaged", stream=name)
    _compare_the_names(store, reading)


def _compare_the_names(store: Store, reading: _Reading) -> None:
    try:
        listed = set(store.streams(""))
        extra = [name for name in listed - set(reading.traces) if _begins(store, name, reading)]
    except LedgerDamaged:
        reading.note("the names of the streams cannot be read")
        return
    for name in set(reading.traces) - listed:
        reading.note("a stream is missing from the list of streams", stream=name)
    for name in extra:
        reading.note("the list of streams holds one that the scan does not", stream=name)


def _begins(store: Store, name: str, reading: _Reading) -> bool:
    """Whether a stream begins where the scan has been; later ones came while this was running."""
    rows = _rows_by_name(store, name)
    try:
        return any(1 <= row.position <= reading.position for row in rows)
    except LedgerDamaged:
        if reading.unread or not reading.ended:  # its rows are among those, and were told
            return False
        raise


def _ask_the_store(store: Store, reading: _Reading) -> None:
    try:
        for what in store.integrity_faults():
            reading.note(what)
    except LedgerDamaged as error:
        reading.note(str(error))


def _rows_by_name(store: Store, name: str) -> Iterator[Row]:
    after = SMALLEST
    while page := store.stream(name, after, PAGE):
        yield from page
        if page[-1].sequence <= after:
            raise LedgerDamaged("the index of streams leads in a circle")
        after = page[-1].sequence


def _misplaced(position: int, before: int) -> Iterator[str]:
    missing = position - before - 1
    if missing:
        yield f"comes after record {before}: {missing} between them are missing"


def _mistimed(row: Row, recorded_at: datetime | None) -> Iterator[str]:
    if recorded_at is not None and row.recorded_at < recorded_at:
        yield "was recorded before the record that it follows"


def _misjoined(row: Row, head: Head) -> Iterator[str]:
    if row.sequence != head.sequence + 1:
        yield f"has number {row.sequence} in its stream, where {head.sequence + 1} is next"
    if row.previous != head.leaf:
        yield "does not carry the leaf of the record before it in its stream"


def _missealed(row: Row, ledger_id: bytes, keys: Keys) -> Iterator[str]:
    then = keys.at(row.position)
    if row.key_id != then.key_id:
        yield _another_key(row, keys)
        return
    try:
        tagged = tagged_bytes(unsealed_of(row, ledger_id))
    except (AttributeError, OverflowError, TypeError, ValueError):
        yield HELD_BY_NONE
        return
    if b"" in (row.key, row.nonce):  # which a tag and a leaf do not tell from an absent one
        yield HELD_BY_NONE
    if not hmac.compare_digest(tag_of(tagged, then.tag_key), row.tag):
        yield "does not match its tag: it was changed, moved or forged"
    if leaf_of(tagged, row.tag) != row.leaf:
        yield "does not match its leaf: it was changed or moved"


def _another_key(row: Row, keys: Keys) -> str:
    if any(row.key_id == each.key_id for each in keys.line()):
        return "is sealed under a root key that was not in use there: it was moved, or forged"
    return "is sealed under another key than those at hand"
