"""Every encounter at once: one pass over all rows, and the next time only over those that are new.

Between two passes the ends of the streams are kept, and no more. A pass first asks for the row that
stood at the end of the ledger: where its leaf is another, everything is read anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from veinledger.adapters.codec.rows import RowCodec
from veinledger.domain.ledger.port import Row, Store

HELD_AT_MOST: Final = 100_000
"""Rows that one pass holds; a longer ledger is read stream by stream after its pass."""

_ENCOUNTER: Final = "encounter/"


@dataclass(frozen=True, slots=True, repr=False)
class Sweep:
    """What one pass saw, up to its head."""

    store: Store
    head: int
    encounters: tuple[str, ...]
    """By name, in the order of their first record."""
    rows: Mapping[str, tuple[Row, ...]]
    """By stream: the row that stood at its end before, and those that came since."""

    def stream(self, name: str, after: int) -> tuple[Row, ...]:
        """The rows of a stream after a sequence, as this pass saw them."""
        if name not in self.rows:
            return ()
        rows = self.rows[name]
        if rows[0].sequence == after + 1:
            return rows
        return tuple(row for row in self.store.stream(name, after) if row.position <= self.head)


@dataclass(slots=True, repr=False)
class _Seen:
    """What is known of the ledger between two passes."""

    last: Row | None = None
    names: dict[str, str] = field(default_factory=dict[str, str])
    """Encounters by stream, in the order of their first record."""
    ends: dict[str, Row] = field(default_factory=dict[str, Row])


class Sweeper:
    """Makes passes over one ledger. Thread-safe."""

    def __init__(self, codec: RowCodec, at_most: int = HELD_AT_MOST) -> None:
        self._codec = codec
        self._at_most = at_most
        self._lock = Lock()
        self._seen = _Seen()

    def sweep(self, store: Store) -> Sweep:
        """One pass over what the last one has not seen."""
        with self._lock:
            if not self._still_stands(store):
                self._seen = _Seen()
            rows = self._pass_over(store)
            return Sweep(
                store=store,
                head=self._seen.last.position if self._seen.last else 0,
                encounters=tuple(self._seen.names.values()),
                rows=rows,
            )

    def _still_stands(self, store: Store) -> bool:
        last = self._seen.last
        if last is None:
            return True
        now = next(iter(store.rows(last.position - 1)), None)
        return now is not None and (now.position, now.leaf) == (last.position, last.leaf)

    def _pass_over(self, store: Store) -> dict[str, tuple[Row, ...]]:
        seen = self._seen
        rows = {stream: [row] for stream, row in seen.ends.items()}
        new = 0
        for row in store.rows(seen.last.position if seen.last else 0):
            if row.stream.startswith(_ENCOUNTER) and row.stream not in seen.names:
                seen.names[row.stream] = self._codec.record(row).name
            seen.last = seen.ends[row.stream] = row
            new += 1
            if new <= self._at_most:
                rows.setdefault(row.stream, []).append(row)
        if new > self._at_most:
            return {stream: (row,) for stream, row in seen.ends.items()}
        return {stream: tuple(found) for stream, found in rows.items()}
