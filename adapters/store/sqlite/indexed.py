"""The two indexes of records as they lead to rows, held against the rows that a scan saw."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from operator import lt
from typing import Final

from veinledger.adapters.store.tallied import Doubt, Tally

_KEY: Final = 32
"""Bytes of a report key."""
_TOGETHER: Final = 4_096
"""Entries looked at at a time."""


@dataclass(slots=True)
class Keyed:
    """Where the index of report keys leads, in its order."""

    keys: bytearray = field(default_factory=bytearray)
    positions: array[int] = field(default_factory=lambda: array("Q"))


def by_stream(rows: Iterable[tuple[str, int, int]]) -> dict[str, array[int]]:
    """The positions of each stream's rows as its index has them; raises Doubt where one is amiss.

    They come as stream, sequence and position, in the order of the index.
    """
    found: dict[str, array[int]] = {}
    last, positions = "", array("Q")
    for stream, sequence, position in rows:
        if stream != last:
            if stream < last:  # a search by name would miss it
                raise Doubt
            last = stream
            found[stream] = positions = array("Q")
        if position < 1 or sequence != len(positions) + 1:
            raise Doubt
        positions.append(position)
    return found


def compare_by_name(found: dict[str, array[int]], scanned: Tally) -> None:
    """Raise Doubt unless the index of streams leads to the rows that the scan saw, and no other."""
    if found != {name: each.positions for name, each in scanned.streams.items()}:
        raise Doubt


def by_key(rows: Iterable[tuple[bytes, int]]) -> Keyed:
    """Where the index of report keys leads; raises Doubt where its keys do not rise.

    They come as report key and position, in the order of the index: a search would miss a key that
    is out of order, and find but one of two that are the same.
    """
    found, last, coming = Keyed(), b"", iter(rows)
    while some := list(islice(coming, _TOGETHER)):
        keys, positions = zip(*some, strict=True)
        if {*map(len, keys)} != {_KEY} or not all(map(lt, (last, *keys), keys)):
            raise Doubt
        last = keys[-1]
        found.keys += b"".join(keys)
        found.positions.extend(positions)
    return found


def compare_by_key(found: Keyed, scanned: Tally) -> None:
    """Raise Doubt unless each report key leads to the row that holds it, and as many as have one.

    No key comes twice, so none leads where another does.
    """
    if len(found.positions) != scanned.keyed:
        raise Doubt
    held = bytes(scanned.keys)
    for start in range(0, len(found.positions), _TOGETHER):
        some = found.positions[start : start + _TOGETHER]
        there = b"".join([held[_KEY * at - _KEY : _KEY * at] for at in some])
        if there != bytes(found.keys[_KEY * start : _KEY * (start + len(some))]):
            raise Doubt
