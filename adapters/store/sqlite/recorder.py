"""The library's SQLite recorder, sealing every row in the transaction that inserts it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from eventsourcing.persistence import Notification, StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteCursor

from veinledger.adapters.errors import LedgerDamaged, ReportKeyTaken, in_our_words
from veinledger.adapters.store.sealing import Clock, Head, Sealer, Tail, utc_now
from veinledger.adapters.store.sqlite import driver
from veinledger.adapters.store.sqlite.connection import SealedSQLiteDatastore
from veinledger.adapters.store.sqlite.schema import (
    INSERT_ORIGINAL,
    INSERT_ROW,
    ROW_BY_KEY,
    ROWS_BY_POSITION,
    ROWS_BY_STREAM,
    SELECT_HEAD,
    SELECT_LAST,
    SELECT_LEDGER,
    SELECT_TAIL,
    STATEMENTS,
)
from veinledger.adapters.store.stored import (
    event_of,
    notification_of,
    row_of,
    sealed_events,
    values_of,
)
from veinledger.domain.ledger.port import Attempt, Committed, Decide, Row

LEDGER_ID: Final = 16
"""Bytes of a ledger's own id."""

A = TypeVar("A")


class SealedSQLiteRecorder(SQLiteApplicationRecorder):
    """Appends sealed rows, and hands them out as rows and as the library's stored events."""

    def __init__(
        self, datastore: SealedSQLiteDatastore, sealer: Sealer, clock: Clock = utc_now
    ) -> None:
        super().__init__(datastore, events_table_name="records")
        self.select_max_notification_id_statement = SELECT_LAST
        self._sealer = sealer
        self._clock = clock

    def construct_create_table_statements(self) -> list[str]:
        """Our tables, triggers and marks instead of the library's."""
        return list(STATEMENTS)

    def transact(self, decide: Decide[A]) -> Committed[A]:
        """Lock, read, decide, seal and insert; durable when it returns."""
        with self.datastore.transaction(commit=True) as cursor:
            return self.transact_in(cursor, decide)

    def transact_all(
        self, calls: Sequence[Sequence[Decide[A]]]
    ) -> tuple[tuple[Attempt[A], ...], ...]:
        """The same for many callers: a savepoint for each decide, one commit for all of them."""
        with self.datastore.transaction(commit=True) as cursor:
            return tuple(self._until_one_fails(cursor, call) for call in calls)

    def _until_one_fails(
        self, cursor: SQLiteCursor, decides: Sequence[Decide[A]]
    ) -> tuple[Attempt[A], ...]:
        attempts: list[Attempt[A]] = []
        for decide in decides:
            attempts.append(self._in_a_savepoint(cursor, decide))
            if isinstance(attempts[-1], Exception):
                break
        return tuple(attempts)

    def _in_a_savepoint(self, cursor: SQLiteCursor, decide: Decide[A]) -> Attempt[A]:
        cursor.execute("SAVEPOINT message")
        try:
            committed = self.transact_in(cursor, decide)
        except Exception as error:
            ours = in_our_words(error)
        else:
            cursor.execute("RELEASE message")
            return committed
        if not cursor.sqlite_cursor.connection.in_transaction:
            # A full disk or a failed read can make SQLite undo the whole transaction by itself.
            raise ours
        cursor.execute("ROLLBACK TO message")
        cursor.execute("RELEASE message")
        return ours

    def transact_in(self, cursor: SQLiteCursor, decide: Decide[A]) -> Committed[A]:
        """The same inside a transaction that already holds the write lock."""
        tail = tail_in(cursor)
        view = SQLiteView(cursor, tail.now(self._clock))
        decision = decide(view)
        rows = tuple(
            self._sealer.rows(decision.drafts, after=tail.position, now=view.now, head_of=view.head)
        )
        _append_or_name_the_clash(cursor, rows)
        for kept in map(self._sealer.original, decision.originals):
            cursor.execute(INSERT_ORIGINAL, (kept.digest, kept.media_type, kept.content))
        return Committed(answer=decision.answer, rows=rows)

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **_: Any
    ) -> Sequence[int]:
        tail = tail_in(c)
        view = SQLiteView(c, tail.now(self._clock))
        rows = sealed_events(self._sealer, stored_events, tail.position, view.now, view.head)
        _append(c, rows)
        return [row.position for row in rows]

    def select_rows(self, statement: str, parameters: Sequence[object]) -> tuple[Row, ...]:
        """The rows that a statement picks, which names the way to them."""
        with self.datastore.transaction(commit=False) as cursor:
            return rows_in(cursor, statement, parameters)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The events of one stream, by its key."""
        where, values = _where(("stream = ?", originator_id), ("sequence > ?", gt),
                               ("sequence <= ?", lte))  # fmt: skip
        order = f"ORDER BY sequence {'DESC' if desc else 'ASC'} LIMIT ?"
        values.append(-1 if limit is None else limit)
        statement = f"{ROWS_BY_STREAM}{where}{order}"
        return [event_of(row) for row in self.select_rows(statement, values)]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """The events of the whole ledger, by position.

        The library asks for `rowid`, which SQLite names `position` here, and looks it up as
        `rowid`: hence a statement of our own.
        """
        begin = "position >= ?" if inclusive_of_start else "position > ?"
        where, values = _where((begin, start), ("position <= ?", stop))
        if topics:
            marks = ",".join("?" * len(topics))
            where += f"{'AND' if where else 'WHERE'} type IN ({marks}) "
            values.extend(topics)
        statement = f"{ROWS_BY_POSITION}{where}ORDER BY position LIMIT ?"
        rows = self.select_rows(statement, [*values, limit])
        return [notification_of(row) for row in rows]


class SQLiteView:
    """What `decide` may read: through the cursor of its own open transaction."""

    def __init__(self, cursor: SQLiteCursor, now: datetime) -> None:
        self._cursor = cursor
        self._now = now

    @property
    def now(self) -> datetime:
        """What `recorded_at` will be."""
        return self._now

    def stream(self, name: str, after: int = 0) -> tuple[Row, ...]:
        """The rows of a stream after a sequence, in order."""
        statement = f"{ROWS_BY_STREAM}WHERE stream = ? AND sequence > ? ORDER BY sequence"
        return rows_in(self._cursor, statement, (name, after))

    def keyed(self, key: bytes) -> Row | None:
        """The row that holds this report key."""
        return next(iter(rows_in(self._cursor, ROW_BY_KEY, (key,))), None)

    def head(self, name: str) -> Head:
        """Where a stream ends."""
        self._cursor.execute(SELECT_HEAD, (name,))
        found = self._cursor.fetchone()
        return Head(sequence=found[0], leaf=found[1]) if found else Head()


def ledger_id_in(cursor: SQLiteCursor) -> bytes:
    """The ledger's own id; raises LedgerDamaged where that is none: its type lies in the file."""
    cursor.execute(SELECT_LEDGER)
    match cursor.fetchone():
        case (bytes() as found,) if len(found) == LEDGER_ID:
            return found
        case _:
            raise LedgerDamaged(
                "the ledger's id is missing or was changed; restore the newest verified backup"
            )


def rows_in(cursor: SQLiteCursor, statement: str, parameters: Sequence[object]) -> tuple[Row, ...]:
    """The rows that a statement picks, read through this cursor."""
    cursor.execute(statement, parameters)
    return tuple(map(row_of, cursor.fetchall()))


def tail_in(cursor: SQLiteCursor) -> Tail:
    """Where the ledger ends."""
    cursor.execute(SELECT_TAIL)
    found = cursor.fetchone()
    return Tail(position=found[0], microseconds=found[1]) if found else Tail()


def _append(cursor: SQLiteCursor, rows: Iterable[Row]) -> None:
    for row in rows:
        cursor.execute(INSERT_ROW, values_of(row))
        if cursor.lastrowid != row.position:
            raise LedgerDamaged(
                f"SQLite would give the next record number {cursor.lastrowid}, and the last one"
                f" in the file has {row.position - 1}: records are missing from the end; nothing"
                " was recorded; keep the file as it is and run `veinledger verify`"
            )


def _append_or_name_the_clash(cursor: SQLiteCursor, rows: Sequence[Row]) -> None:
    try:
        _append(cursor, rows)
    except driver.IntegrityError:
        view = SQLiteView(cursor, rows[0].recorded_at)
        for row in rows:
            holder = view.keyed(row.key) if row.key is not None else None
            if holder is not None and holder.leaf != row.leaf:
                raise ReportKeyTaken(holder.position) from None
        raise


def _where(*conditions: tuple[str, object]) -> tuple[str, list[object]]:
    wanted = [(text, value) for text, value in conditions if value is not None]
    text = " AND ".join(text for text, _ in wanted)
    return (f"WHERE {text} " if text else ""), [value for _, value in wanted]
