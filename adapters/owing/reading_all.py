"""One reading of a whole ledger, as of one moment: where every stream ends, and rows on demand.

The ends tell whether an answer that was worked out before still holds, without a look at the rows
that it was worked out from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from veinledger.adapters.errors import LedgerDamaged
from veinledger.domain.ledger.port import End, Row, Store

Leaves = dict[str, bytes | None]
"""Of each stream the leaf at its end, which vouches for all of it; None of one without a row."""

_ENCOUNTER: Final = "encounter/"


class Reading:
    """What stands in a ledger at the moment this is made; what is recorded later is not in it."""

    def __init__(self, store: Store) -> None:
        """Raises LedgerDamaged where a stream cannot be found by its name."""
        self._store = store
        at_least = store.head()
        ends = store.ends()
        _refuse_where_a_stream_is_missing(ends, at_least)
        self._ends = {end.stream: end for end in ends}
        self.head = max((end.position for end in ends), default=0)

    @property
    def encounters(self) -> tuple[str, ...]:
        """The streams of all encounters."""
        return tuple(name for name in self._ends if name.startswith(_ENCOUNTER))

    def leaf(self, name: str) -> bytes | None:
        """The leaf at the end of a stream."""
        return self._ends[name].leaf if name in self._ends else None

    def stream(self, name: str, after: int) -> tuple[Row, ...]:
        """The rows of a stream after a sequence."""
        if name not in self._ends or self._ends[name].sequence <= after:
            return ()
        rows = self._store.stream(name, after)
        return tuple(row for row in rows if row.position <= self.head)

    def holds_still(self, leaves: Leaves) -> bool:
        """Whether all these streams end as they did."""
        return all(self.leaf(name) == leaf for name, leaf in leaves.items())


@dataclass(frozen=True, slots=True)
class Watched:
    """A reading that notes which streams it was asked for, and how they end."""

    reading: Reading
    leaves: Leaves = field(default_factory=Leaves)

    def stream(self, name: str, after: int) -> tuple[Row, ...]:
        """The rows of a stream after a sequence."""
        self.leaves[name] = self.reading.leaf(name)
        return self.reading.stream(name, after)


def _refuse_where_a_stream_is_missing(ends: tuple[End, ...], at_least: int) -> None:
    """Positions and sequences have no gaps: the last position is the sum of the last sequences.

    `at_least` was the last position before, found without the names: where the stream of the last
    record is missing, the sum alone would not tell.
    """
    counted = sum(end.sequence for end in ends)
    last = max([at_least, *(end.position for end in ends)])
    if counted != last:
        raise LedgerDamaged(
            f"the last record is number {last}, and {counted} are found by the names of their"
            " streams: a list over all encounters would leave some out; run `veinledger verify`,"
            " and restore the newest verified backup"
        )
