"""Sealed rows recomputed in bulk: whether all of them hold, and nothing about which does not.

Raw columns are read, and no row is built. The first doubt ends it; who wants to know where reads
row by row (`verify`).
"""

from __future__ import annotations

import struct
import sys
from array import array
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice, repeat
from typing import Any, Final

from veinledger.domain.ledger.seal import FORMAT, LEAF_PREFIX, NO_LEAF, tag_of
from veinledger.domain.ledger.tree import Edge, edge_within, levels_over

CHUNK: Final = 4_096
"""Rows under one node of the tree, a power of two: a part of the ledger begins with a whole one."""
TOGETHER: Final = 256
"""Rows recomputed at a time: few enough for a processor's cache, and a whole part of a chunk."""

_LENGTH: Final = struct.Struct(">I")
_HASH: Final = 32
"""Bytes of a leaf, a tag and a report key."""
_NO_KEY: Final = bytes(_HASH)
_ABSENT: Final = _LENGTH.pack(0)
_OF_A_NUMBER: Final = _LENGTH.pack(8)
_OF_A_HASH: Final = _LENGTH.pack(_HASH)

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
    edges: dict[int, Edge]
    """By each size that is asked about: the edge of the leaves that it has in its last chunk."""
    keys: bytearray
    """Of each row its report key; zeros where it has none."""
    keyed: int
    """How many rows have one."""


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
    sizes: Sequence[int]
    """Of the trees that are asked about, in rising order."""
    position: int
    moment: int = 0
    streams: dict[str, Stream] = field(default_factory=dict[str, Stream])
    named: dict[str, bytes] = field(default_factory=dict[str, bytes])
    nodes: list[bytes] = field(default_factory=list[bytes])
    leaves: list[bytes] = field(default_factory=list[bytes])
    edges: dict[int, Edge] = field(default_factory=dict[int, Edge])
    keys: bytearray = field(default_factory=bytearray)
    keyed: int = 0
    began: int = 0

    def root_at(self, position: int) -> tuple[Root, int]:
        """What a row is sealed under, and the last position that is."""
        number = sum(each.since <= position for each in self.roots)
        following = self.roots[number:]
        return self.roots[number - 1], following[0].since - 1 if following else sys.maxsize

    def end_chunk(self) -> bytes:
        """The root over the leaves of the last chunk, whose nodes are the edges asked about too."""
        levels, begun = levels_over(self.leaves), self.position - len(self.leaves)
        first, behind = (bisect_right(self.sizes, size) for size in (begun, self.position))
        asked = self.sizes[first:behind]
        self.edges |= {size: edge_within(levels, size - begun) for size in asked}
        return levels[-1][0]


def tallied(
    rows: Iterable[Columns],
    *,
    ledger_id: bytes,
    roots: Sequence[Root],
    sizes: Collection[int] = (),
    after: int,
) -> Tally:
    """Recompute every row of a part; raises Doubt where one does not hold.

    `sizes` are those of the trees whose roots are asked for afterwards; `after` is the position
    before the part, a multiple of CHUNK.
    """
    under = _Under(ledger_id, roots, sorted(sizes), after)
    try:
        _take_all(rows, under)
        if under.leaves:
            under.end_chunk()
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
        edges=under.edges,
        keys=under.keys,
        keyed=under.keyed,
    )


def _take_all(rows: Iterable[Columns], under: _Under) -> None:
    """So many rows at a time, column by column; where a root ends, there are fewer."""
    coming = iter(rows)
    while some := list(islice(coming, TOGETHER)):
        while some:
            root, until = under.root_at(under.position + 1)
            under.position, before = min(until, under.position + len(some)), under.position
            _take(some[: under.position - before], before + 1, root, under)
            some = some[under.position - before :]
        if not under.position % CHUNK:
            under.nodes.append(under.end_chunk())
            under.leaves.clear()


def _take(rows: Sequence[Columns], first: int, root: Root, under: _Under) -> None:
    """Rows that follow each other under one root; raises Doubt where one of them does not hold."""
    columns: Columns = tuple(zip(*rows, strict=True))
    positions, _, _, _, moments, keys, ids, nonces, previous, _, _, leaves = columns
    if positions != tuple(range(first, first + len(rows))):
        raise Doubt
    if {*ids} != {root.key_id} or b"" in nonces or {*map(len, previous)} != {_HASH}:
        raise Doubt
    if sorted((under.moment, *moments)) != [under.moment, *moments]:
        raise Doubt
    under.began, under.moment = under.began or moments[0], moments[-1]
    told = [_NO_KEY if key is None else key for key in keys]
    if {*map(len, told)} != {len(_NO_KEY)}:
        raise Doubt
    _refuse_what_does_not_hold(columns, root, under)
    _take_into_their_streams(columns, under.streams)
    under.leaves.extend(leaves)
    under.keys += b"".join(told)
    under.keyed += len(keys) - keys.count(None)


def _refuse_what_does_not_hold(columns: Columns, root: Root, under: _Under) -> None:
    """Recompute the leaf of each row, and its tag where that is asked for; raises Doubt."""
    tags, leaves = columns[10], columns[11]
    tagged, key = _tagged(columns, root, under), root.tag_key
    if key is not None and [tag_of(each, key) for each in tagged] != list(tags):
        raise Doubt
    if {*map(len, tags)} != {_HASH}:
        raise Doubt
    sealed = map(b"".join, zip(repeat(LEAF_PREFIX), tagged, repeat(_OF_A_HASH), tags))
    if [sha256(each).digest() for each in sealed] != list(leaves):
        raise Doubt


def _tagged(columns: Columns, root: Root, under: _Under) -> list[bytes]:
    """The bytes of `seal.tagged_bytes` for many rows: a column at a time, and no object for a row.

    Before each number stands its length; it is the end of what stands before the number.
    """
    positions, names, sequences, kinds, moments, keys, _, nonces, previous, bodies, _, _ = columns
    named = under.named
    for text in {*names, *kinds}:
        if text not in named:
            named[text] = _constant(text.encode()) + _OF_A_NUMBER
    begin = _constant(FORMAT.encode()) + _constant(under.ledger_id) + _OF_A_NUMBER
    key_id = _constant(root.key_id.encode())
    parts = (
        repeat(begin),
        _packed("Q", positions),
        map(named.__getitem__, names),
        _packed("Q", sequences),
        map(named.__getitem__, kinds),
        _packed("Q", moments),
        [_ABSENT if key is None else _OF_A_HASH + key for key in keys],
        repeat(key_id),
        [_ABSENT if nonce is None else _constant(nonce) for nonce in nonces],
        repeat(_OF_A_HASH),
        previous,
        _packed("I", [len(body) for body in bodies]),
        bodies,
    )
    return list(map(b"".join, zip(*parts)))  # noqa: B905  # what is repeated has no end


def _packed(kind: str, numbers: Sequence[int]) -> list[bytes]:
    """Each number as the seal writes it."""
    whole = struct.pack(f">{len(numbers)}{kind}", *numbers)
    size = len(whole) // len(numbers)
    return [whole[at : at + size] for at in range(0, len(whole), size)]


def _take_into_their_streams(columns: Columns, streams: dict[str, Stream]) -> None:
    positions, names, sequences, _, _, _, _, _, previous, _, _, leaves = columns
    for position, name, sequence, before, leaf in zip(
        positions, names, sequences, previous, leaves, strict=True
    ):
        seen = streams.get(name)
        if seen is None:
            streams[name] = seen = Stream(sequence, before, sequence, leaf)
        elif sequence != seen.last + 1 or before != seen.leaf:
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
        whole.edges |= part.edges
        whole.keys.extend(part.keys)
        whole.keyed += part.keyed
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


def roots_in(whole: Tally) -> Callable[[int], bytes]:
    """The root at each size that was asked about, and at the end of each chunk."""
    before = [Edge()]
    for node in whole.nodes:
        before.append(before[-1].grown([node]))

    def root_at(size: int) -> bytes:
        number, within = divmod(size, CHUNK)
        of_the_chunk = whole.edges[size].hashes if within else ()
        return Edge(size, (*before[number].hashes, *of_the_chunk)).root

    return root_at


def _constant(text: bytes) -> bytes:
    return _LENGTH.pack(len(text)) + text
