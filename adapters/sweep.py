"""The names of all encounters: one pass over all rows, and the next time over those that are new.

Between two passes the row at the end of the ledger is kept with the names. A pass first asks for
that row: where its leaf is another, everything is read anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from threading import Lock
from typing import Final

from veinledger.adapters.codec.rows import RowCodec
from veinledger.domain.ledger.port import Row, Store

_ENCOUNTER: Final = "encounter/"


@dataclass(slots=True, repr=False)
class _Seen:
    """What is known of the ledger between two passes."""

    last: Row | None = None
    names: dict[str, str] = field(default_factory=dict[str, str])
    """Encounters by stream, in the order of their first record."""


class Sweeper:
    """Makes passes over one ledger. Thread-safe."""

    def __init__(self, codec: RowCodec) -> None:
        self._codec = codec
        self._lock = Lock()
        self._seen = _Seen()

    def encounters(self, store: Store) -> tuple[str, ...]:
        """The names of all encounters, in the order of their first record."""
        with self._lock:
            if not self._still_stands(store):
                self._seen = _Seen()
            self._pass_over(store)
            return tuple(self._seen.names.values())

    def _still_stands(self, store: Store) -> bool:
        last = self._seen.last
        if last is None:
            return True
        now = next(iter(store.rows(last.position - 1)), None)
        return now is not None and (now.position, now.leaf) == (last.position, last.leaf)

    def _pass_over(self, store: Store) -> None:
        seen = self._seen
        for row in store.rows(seen.last.position if seen.last else 0):
            note_its_encounter(row, self._codec, seen.names)
            seen.last = row


def encounters_up_to(store: Store, codec: RowCodec, position: int) -> tuple[str, ...]:
    """The names of the encounters that a ledger held up to a position, by their first record."""
    names: dict[str, str] = {}
    for row in takewhile(lambda row: row.position <= position, store.rows()):
        note_its_encounter(row, codec, names)
    return tuple(names.values())


def note_its_encounter(row: Row, codec: RowCodec, names: dict[str, str]) -> None:
    """Put the encounter of a row among the names by stream, where it is not there yet."""
    if row.stream.startswith(_ENCOUNTER) and row.stream not in names:
        names[row.stream] = codec.record(row).name
