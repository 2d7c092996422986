"""The ledger in memory: the same seals and the same promises, until the process ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar, cast

from eventsourcing.persistence import Notification, StoredEvent
from eventsourcing.popo import POPOApplicationRecorder

from veinledger.adapters.errors import ReportKeyTaken, boundary, in_our_words
from veinledger.adapters.store.sealing import Clock, Head, Sealer, Tail, utc_now
from veinledger.adapters.store.stored import (
    SealedEvent,
    event_of,
    notification_of,
    row_of_event,
    sealed_events,
)
from veinledger.domain.ledger.port import (
    Attempt,
    Committed,
    Decide,
    Draft,
    End,
    KeptOriginal,
    Row,
)
from veinledger.domain.ledger.seal import microseconds_of

A = TypeVar("A")


class SealedMemoryRecorder(POPOApplicationRecorder):
    """Appends sealed rows to a list: all that a transaction drafts, or none of it."""

    def __init__(self, sealer: Sealer, clock: Clock = utc_now) -> None:
        super().__init__()
        self._sealer = sealer
        self._clock = clock
        self._by_key: dict[bytes, int] = {}
        self._originals: dict[str, KeptOriginal] = {}

    def transact(self, decide: Decide[A]) -> Committed[A]:
        """Lock, read, decide, seal and append."""
        with self._database_lock:
            committed = self._transacted(decide)
        self._notify_listeners()
        return committed

    def transact_all(
        self, calls: Sequence[Sequence[Decide[A]]]
    ) -> tuple[tuple[Attempt[A], ...], ...]:
        """The same for many callers, under one lock."""
        with self._database_lock:
            events, originals = len(self._stored_events), len(self._originals)
            try:
                attempts = tuple(self._until_one_fails(call) for call in calls)
            except BaseException:
                self._forget_what_came_after(events, originals)
                raise
        self._notify_listeners()
        return attempts

    def _until_one_fails(self, decides: Sequence[Decide[A]]) -> tuple[Attempt[A], ...]:
        attempts: list[Attempt[A]] = []
        for decide in decides:
            try:
                attempts.append(self._transacted(decide))
            except Exception as error:
                attempts.append(in_our_words(error))
                break
        return tuple(attempts)

    def _transacted(self, decide: Decide[A]) -> Committed[A]:
        view = self._view()
        decision = decide(view)
        after = len(self._stored_events)
        self._refuse_a_key_that_is_taken(decision.drafts)
        rows = tuple(
            self._sealer.rows(decision.drafts, after=after, now=view.now, head_of=self.head_of)
        )
        self._append(rows)
        for kept in decision.originals:
            self._originals.setdefault(kept.digest, self._sealer.original(kept))
        return Committed(answer=decision.answer, rows=rows)

    def _insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        with self._database_lock:
            self._assert_uniqueness(stored_events, **kwargs)
            after, now = len(self._stored_events), self._view().now
            rows = sealed_events(self._sealer, stored_events, after, now, self.head_of)
            self._append(rows)
            return [row.position for row in rows]

    def _append(self, rows: Sequence[Row]) -> None:
        self._update_table([event_of(row) for row in rows])
        self._by_key.update((row.key, row.position) for row in rows if row.key is not None)

    def _forget_what_came_after(self, events: int, originals: int) -> None:
        for event in self._stored_events[events:]:
            del self._stored_events_index[str(event.originator_id)][event.originator_version]
        del self._stored_events[events:]
        self._by_key = {key: at for key, at in self._by_key.items() if at <= events}
        for digest in tuple(self._originals)[originals:]:
            del self._originals[digest]

    def _refuse_a_key_that_is_taken(self, drafts: Sequence[Draft]) -> None:
        taken: dict[bytes, int] = {}
        for position, draft in enumerate(drafts, len(self._stored_events) + 1):
            if draft.key is None:
                continue
            if holder := self._by_key.get(draft.key) or taken.get(draft.key):
                raise ReportKeyTaken(holder)
            taken[draft.key] = position

    def _view(self) -> MemoryView:
        last = self.row_at(len(self._stored_events))
        tail = Tail(microseconds=microseconds_of(last.recorded_at)) if last else Tail()
        return MemoryView(self, tail.now(self._clock))

    def row_at(self, position: int) -> Row | None:
        """The row at a position."""
        with self._database_lock:
            if not 1 <= position <= len(self._stored_events):
                return None
            return row_of_event(cast(SealedEvent, self._stored_events[position - 1]), position)

    def rows_of(self, stream: str, after: int = 0, limit: int | None = None) -> tuple[Row, ...]:
        """The rows of a stream after a sequence."""
        with self._database_lock:
            # The index is a defaultdict: asking it with [] would add the stream.
            index = self._stored_events_index.get(stream, {})
            first = max(after + 1, next(iter(index), 1))
            last = next(reversed(index), 0)
            wanted = (index[sequence] + 1 for sequence in range(first, last + 1))
            return tuple(filter(None, map(self.row_at, islice(wanted, limit))))

    def head_of(self, stream: str) -> Head:
        """Where a stream ends."""
        index = self._stored_events_index.get(stream)
        if not index:
            return Head()
        sequence = next(reversed(index))
        event = cast(SealedEvent, self._stored_events[index[sequence]])
        return Head(sequence=sequence, leaf=event.leaf)

    def ends(self) -> tuple[End, ...]:
        """Where every stream ends, in the order of names."""
        with self._database_lock:
            last = (
                (name, 1 + next(reversed(places.values())))
                for name, places in sorted(self._stored_events_index.items())
                if places
            )
            heads = ((name, at, self.head_of(name)) for name, at in last)
            return tuple(
                End(stream=name, sequence=head.sequence, position=at, leaf=head.leaf)
                for name, at, head in heads
            )

    def holder_of(self, key: bytes) -> Row | None:
        """The row that holds this report key."""
        return self.row_at(self._by_key.get(key, 0))

    def original(self, digest: str) -> KeptOriginal | None:
        """The original that is kept under a digest."""
        return self._originals.get(digest)

    def originals(self) -> Iterator[KeptOriginal]:
        """Every original, in the order in which they came."""
        with self._database_lock:
            return iter(tuple(self._originals.values()))

    def names(self) -> tuple[str, ...]:
        """The names of the streams that hold a row, in order."""
        with self._database_lock:
            return tuple(sorted(name for name, rows in self._stored_events_index.items() if rows))

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """The events of the whole ledger, by position, with their seals."""
        found = super().select_notifications(
            start, limit, stop, topics, inclusive_of_start=inclusive_of_start
        )
        rows = (self.row_at(notification.id) for notification in found)
        return [notification_of(row) for row in rows if row is not None]


class MemoryView:
    """What `decide` may read of a ledger in memory, while its transaction holds the lock."""

    def __init__(self, recorder: SealedMemoryRecorder, now: datetime) -> None:
        self._recorder = recorder
        self._now = now

    @property
    def now(self) -> datetime:
        """What `recorded_at` will be."""
        return self._now

    def stream(self, name: str, after: int = 0) -> tuple[Row, ...]:
        """The rows of a stream after a sequence, in order."""
        return self._recorder.rows_of(name, after)

    def keyed(self, key: bytes) -> Row | None:
        """The row that holds this report key."""
        return self._recorder.holder_of(key)


class MemoryStore:
    """A store that ends with the process: for demonstrations, tests and simulations."""

    def __init__(self, sealer: Sealer, clock: Clock = utc_now) -> None:
        self._recorder = SealedMemoryRecorder(sealer, clock)
        self._ledger_id = sealer.ledger_id

    @property
    def ledger_id(self) -> bytes:
        """16 random bytes, bound into every leaf."""
        return self._ledger_id

    @boundary
    def transact(self, decide: Decide[A]) -> Committed[A]:
        """Lock, read, decide, seal and append; all or nothing."""
        return self._recorder.transact(decide)

    @boundary
    def transact_all(
        self, calls: Sequence[Sequence[Decide[A]]]
    ) -> tuple[tuple[Attempt[A], ...], ...]:
        """The decides of many callers, one after the other; those that fail leave nothing."""
        return self._recorder.transact_all(calls)

    @boundary
    def stream(self, name: str, after: int = 0, limit: int | None = None) -> tuple[Row, ...]:
        """The rows of a stream after a sequence, in order."""
        return self._recorder.rows_of(name, after, limit)

    @boundary
    def streams(self, prefix: str) -> tuple[str, ...]:
        """The names of the streams that begin so, in order."""
        return tuple(name for name in self._recorder.names() if name.startswith(prefix))

    @boundary
    def ends(self) -> tuple[End, ...]:
        """Where every stream ends, in the order of names, all as of one moment."""
        return self._recorder.ends()

    def rows(self, after: int = 0) -> Iterator[Row]:
        """Every row after a position, in order."""
        after = max(after, 0)
        while row := self._recorder.row_at(after + 1):
            yield row
            after += 1

    def leaves(self, after: int = 0) -> Iterator[bytes]:
        """The leaf hash of every row after a position, in order."""
        return (row.leaf for row in self.rows(after))

    @boundary
    def keyed(self, key: bytes) -> Row | None:
        """The row that holds this report key."""
        return self._recorder.holder_of(key)

    @boundary
    def original(self, digest: str) -> KeptOriginal | None:
        """The bytes as received that are kept under a keyed digest."""
        return self._recorder.original(digest)

    def originals(self) -> Iterator[KeptOriginal]:
        """Every original as it is stored, each once."""
        return self._recorder.originals()

    @boundary
    def head(self) -> int:
        """The last position; 0 for an empty ledger."""
        return self._recorder.max_notification_id() or 0

    def integrity_faults(self) -> tuple[str, ...]:
        """Nothing: memory has no check of its own."""
        return ()

    def close(self) -> None:
        """Nothing to let go of; the rows stay readable until the store is forgotten."""

    def __repr__(self) -> str:
        return f"<memory store of ledger {self._ledger_id.hex()}>"
