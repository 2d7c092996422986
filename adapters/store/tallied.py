"""Sealed rows recomputed in bulk: whether all of them hold, and nothing about which does not.

Raw columns are read, and no row is built. The first doubt ends it; who wants to know where reads
row by row (`verify`).
"""

from __future__ import annotations

import hmac
import struct
import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from veinledger.domain.ledger.seal import FORMAT, LEAF_PREFIX, NO_LEAF
from veinledger.domain.ledger.tree import root_of

CHUNK: Final = 4_096
"""Rows under one node of the tree, a power of two: a part of the ledger begins with a whole one."""

_LENGTH: Final = struct.Struct(">I")
_NUMBER: Final = struct.Struct(">IQ")
_NO_KEY: Final = bytes(32)
_ABSENT: Final = _LENGTH.pack(0)

Columns = tuple[Any, ...]
"""Position, stream, sequence, type, microseconds, report key, key id, nonce, previous, body, tag,
leaf: the columns of a row as the store holds them."""


class Doubt(Exception):
    """Something is not as the ledger wrote it; it says no more, and names nobody."""


@dataclass(slots=True)
class Stream:
    """What one part of the ledger holds of one stream."""

    first: int
    follows: bytes
    """The leaf that its first row carries of the row before it."""
    last: int
    leaf: bytes
    positions: array[int] = field(default_factory=lambda: array("Q"))
    """Of its rows, in order."""


@dataclass(slots=True)
class Tally:
    """One part of the ledger, every row of which holds by itself and behind the one before it."""

    first: int
    last: int
    began: int
    ended: int
    """When its first and its last row were recorded, in microseconds."""
    streams: dict[str, Stream]
    nodes: list[bytes]
    """The roots over each whole chunk of rows, in order."""
    rest: list[bytes]
    """The leaves behind the last whole chunk."""
    keys: bytearray
    """Of each row its report key; zeros where it has none."""


@dataclass(frozen=True, slots=True, repr=False)
class Root:
    """What rows are sealed under from a position on."""

    since: int
    key_id: str
    tag_key: bytes | None
    """None: the tags are not recomputed."""


@dataclass(slots=True)
class _Under:
    """A tally under way."""

    ledger_id: bytes
    roots: Sequence[Root]
    """In the order in which they were used."""
    position: int
    moment: int = 0
    streams: dict[str, Stream] = field(default_factory=dict[str, Stream])
    named: dict[str, bytes] = field(default_factory=dict[str, bytes])
    nodes: list[bytes] = field(default_factory=list[bytes])
    leaves: list[bytes] = field(default_factory=list[bytes])
    keys: bytearray = field(default_factory=bytearray)
    began: int = 0

    def root_at(self, position: int) -> tuple[Root, int]:
        """What a row is sealed under, and the last position that is."""
        number = sum(each.since <= position for each in self.roots)
        following = self.roots[number:]
        return self.roots[number - 1], following[0].since - 1 if following else sys.maxsize


def tallied(
    rows: Iterable[Columns],
    *,
    ledger_id: bytes,
    roots: Sequence[Root],
    after: int,
) -> Tally:
    """Recompute every row of a part; raises Doubt where one does not hold.

    `after` is the position before the part, a multiple of CHUNK.
    """
    under = _Under(ledger_id, roots, after)
    try:
        _take_all(rows, under)
    except (AttributeError, TypeError, ValueError, struct.error, OverflowError):
        raise Doubt from None
    return Tally(
        first=after + 1,
        last=under.position,
        began=under.began,
        ended=under.moment,
        streams=under.streams,
        nodes=under.nodes,
        rest=under.leaves,
        keys=under.keys,
    )


def _take_all(rows: Iterable[Columns], under: _Under) -> None:
    position, moment = under.position, 0
    root, until = under.root_at(position + 1)
    seal = _Seal(under, root)
    for columns in rows:
        position += 1
        if position > until:
            root, until = under.root_at(position)
            seal = _Seal(under, root)
        at, _, _, _, recorded, key, id_, nonce, _, _, _, leaf = columns
        if at != position or recorded < moment or id_ != seal.key_id or nonce is not None:
            raise Doubt
        if key is not None and len(key) != len(_NO_KEY):
            raise Doubt
        moment = recorded
        under.began = under.began or recorded
        seal.refuse_what_does_not_hold(columns)
        _take_into_its_stream(columns, under.streams)
        under.leaves.append(leaf)
        under.keys += _NO_KEY if key is None else key
        if not position % CHUNK:
            under.nodes.append(root_of(under.leaves))
            under.leaves.clear()
    under.position, under.moment = position, moment


class _Seal:
    """What rows are sealed with under one root, their constant parts made once."""

    def __init__(self, under: _Under, root: Root) -> None:
        self._sealed = _constant(FORMAT.encode()) + _constant(under.ledger_id)
        self.key_id = root.key_id
        self._key_id = _constant(root.key_id.encode())
        self._tag_key = root.tag_key
        self._named = under.named

    def refuse_what_does_not_hold(self, columns: Columns) -> None:
        """Recompute the leaf of a row, and its tag where that is asked for; raises Doubt."""
        tagged, tag, leaf = self._tagged(columns), columns[10], columns[11]
        if self._tag_key is not None and hmac.digest(self._tag_key, tagged, "sha256") != tag:
            raise Doubt
        if sha256(b"".join((LEAF_PREFIX, tagged, _LENGTH.pack(len(tag)), tag))).digest() != leaf:
            raise Doubt

    def _tagged(self, columns: Columns) -> bytes:
        """The bytes of `seal.tagged_bytes`, without an object for each row."""
        position, stream, sequence, kind, recorded, key, _, _, previous, body, _, _ = columns
        return b"".join(
            (
                self._sealed,
                _NUMBER.pack(8, position),
                self._named.get(stream) or self._name(stream),
                _NUMBER.pack(8, sequence),
                self._named.get(kind) or self._name(kind),
                _NUMBER.pack(8, recorded),
                _ABSENT if key is None else _LENGTH.pack(len(key)) + key,
                self._key_id,
                _ABSENT,
                _LENGTH.pack(len(previous)),
                previous,
                _LENGTH.pack(len(body)),
                body,
            )
        )

    def _name(self, text: str) -> bytes:
        return self._named.setdefault(text, _constant(text.encode()))


def _take_into_its_stream(columns: Columns, streams: dict[str, Stream]) -> None:
    position, name, sequence, _, _, _, _, _, previous, _, _, leaf = columns
    seen = streams.get(name)
    if seen is None:
        streams[name] = seen = Stream(sequence, previous, sequence, leaf)
    elif sequence != seen.last + 1 or previous != seen.leaf:
        raise Doubt
    seen.last, seen.leaf = sequence, leaf
    seen.positions.append(position)


def joined(parts: Iterable[Tally]) -> Tally:
    """Several parts as one, each behind the one before it; raises Doubt where they do not join."""
    whole, *others = parts
    for part in others:
        if part.first != whole.last + 1 or whole.rest or part.began < whole.ended:
            raise Doubt
        for name, found in part.streams.items():
            before = whole.streams.get(name)
            whole.streams[name] = found if before is None else _behind(before, found)
        whole.nodes.extend(part.nodes)
        whole.keys.extend(part.keys)
        whole.last, whole.ended, whole.rest = part.last, part.ended, part.rest
    for found in whole.streams.values():
        if found.first != 1 or found.follows != NO_LEAF:
            raise Doubt
    return whole


def _behind(before: Stream, found: Stream) -> Stream:
    if found.first != before.last + 1 or found.follows != before.leaf:
        raise Doubt
    return Stream(
        before.first,
        before.follows,
        found.last,
        found.leaf,
        before.positions + found.positions,
    )


def by_stream(rows: Iterable[tuple[str, int, int]]) -> dict[str, array[int]]:
    """The positions of each stream's rows as its index has them; raises Doubt where one is amiss.

    They come as stream, sequence and position, in the order of the index.
    """
    found: dict[str, array[int]] = {}
    for stream, sequence, position in rows:
        positions = found.setdefault(stream, array("Q"))
        if position < 1 or sequence != len(positions) + 1:
            raise Doubt
        positions.append(position)
    return found


def compare_by_name(found: dict[str, array[int]], scanned: Tally) -> None:
    """Raise Doubt unless the index of streams leads to the rows that the scan saw, and no other."""
    if found != {name: each.positions for name, each in scanned.streams.items()}:
        raise Doubt


def compare_by_key(rows: Iterable[tuple[bytes, int]], scanned: Tally) -> None:
    """Raise Doubt unless the index of report keys leads to the rows that hold them.

    They come as report key and position.
    """
    found = bytearray(len(scanned.keys))
    for key, position in rows:
        if not 0 < position <= scanned.last or len(key) != len(_NO_KEY):
            raise Doubt
        found[32 * position - 32 : 32 * position] = key
    if found != scanned.keys:
        raise Doubt


def _constant(text: bytes) -> bytes:
    return _LENGTH.pack(len(text)) + text
