"""The port that every store keeps: lock, read, decide, seal, insert, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeAlias, TypeVar

A = TypeVar("A")
A_co = TypeVar("A_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Draft:
    """A row before it is sealed."""

    stream: str
    type: str
    body: bytes
    key: bytes | None = None
    """The report key, 32 bytes; unique over the ledger where it is there."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Row:
    """A sealed row as the store holds it. No row is ever changed or removed."""

    position: int
    """1, 2, 3, ... over the whole ledger, without a gap."""
    stream: str
    sequence: int
    """1, 2, 3, ... within its stream, without a gap."""
    type: str
    recorded_at: datetime
    """UTC, never behind the row before."""
    key: bytes | None
    key_id: str
    nonce: bytes | None
    previous: bytes
    body: bytes
    tag: bytes
    leaf: bytes

    def __repr__(self) -> str:
        return f"<row {self.position}: {self.type}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where a stream ends: its last row, without what stands in it."""

    stream: str
    sequence: int
    """How many rows the stream has."""
    position: int
    leaf: bytes
    """It vouches for every row of the stream."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeptOriginal:
    """Bytes as received, kept once under their keyed digest."""

    digest: str
    media_type: str
    content: bytes


class View(Protocol):
    """The ledger as one transaction sees it: what `decide` may read, and nothing else."""

    @property
    def now(self) -> datetime:
        """What `recorded_at` will be: the later of the clock and the last row's."""
        ...

    def stream(self, name: str, after: int = 0) -> tuple[Row, ...]:
        """The rows of a stream after a sequence, in order; empty where there are none."""
        ...

    def keyed(self, key: bytes) -> Row | None:
        """The row that holds this report key."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Generic[A_co]):
    """What a pure `decide` wants: rows to append, originals to keep, and its answer."""

    answer: A_co
    drafts: tuple[Draft, ...] = ()
    originals: tuple[KeptOriginal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed(Generic[A_co]):
    """The answer, and the rows as they were sealed, in the order of the drafts."""

    answer: A_co
    rows: tuple[Row, ...]


Decide: TypeAlias = Callable[[View], Decision[A]]
"""What a transaction runs: pure but for its view, and asked once."""
Attempt: TypeAlias = Committed[A] | Exception
"""What became of one `decide` of a group: kept, or undone because of this error."""


class Store(Protocol):
    """A place that keeps sealed rows. Any store must pass the contract tests."""

    @property
    def ledger_id(self) -> bytes:
        """16 random bytes, bound into every leaf."""
        ...

    def transact(self, decide: Decide[A]) -> Committed[A]:
        """Run `decide` under the write lock and append what it drafts, or append nothing.

        Durable when it returns. `decide` reads through its view alone, and only while it runs.
        Raises ReportKeyTaken, LedgerBusy, LedgerDamaged or StoreFailed.
        """
        ...

    def transact_all(
        self, calls: Sequence[Sequence[Decide[A]]]
    ) -> tuple[tuple[Attempt[A], ...], ...]:
        """Run the decides of many callers, one after the other, and make them durable at once.

        Each sees what those before it have appended. One that fails leaves nothing behind, gets
        its own error, and ends its own call: what comes after it in that call is not tried, so
        an answer may be shorter than its call. The other calls go on.
        Where the whole group cannot be kept, nothing of it is, and this raises what `transact`
        would.
        """
        ...

    def stream(self, name: str, after: int = 0, limit: int | None = None) -> tuple[Row, ...]:
        """The rows of a stream after a sequence, in order, found by the stream's name."""
        ...

    def streams(self, prefix: str) -> tuple[str, ...]:
        """The names of the streams that begin so, in order."""
        ...

    def ends(self) -> tuple[End, ...]:
        """Where every stream ends, in the order of names, all as of one moment."""
        ...

    def rows(self, after: int = 0) -> Iterator[Row]:
        """Every row after a position, in order, by scan."""
        ...

    def leaves(self, after: int = 0) -> Iterator[bytes]:
        """The leaf hash of every row after a position, in order, by scan."""
        ...

    def keyed(self, key: bytes) -> Row | None:
        """The row that holds this report key."""
        ...

    def original(self, digest: str) -> KeptOriginal | None:
        """The bytes as received that are kept under a keyed digest."""
        ...

    def originals(self) -> Iterator[KeptOriginal]:
        """Every original as it is stored, each once."""
        ...

    def head(self) -> int:
        """The last position; 0 for an empty ledger."""
        ...

    def integrity_faults(self) -> tuple[str, ...]:
        """What the store's own integrity check says; empty where it is content."""
        ...

    def close(self) -> None:
        """Let go of every file and connection."""
        ...
