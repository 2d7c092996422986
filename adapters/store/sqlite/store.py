"""The ledger in one SQLite file: what the port asks for, over the sealing recorder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final, TypeVar

from veinledger.adapters.codec.whole_text import is_whole
from veinledger.adapters.errors import LedgerDamaged, boundary
from veinledger.adapters.store.sqlite.connection import SealedSQLiteDatastore
from veinledger.adapters.store.sqlite.recorder import SealedSQLiteRecorder
from veinledger.adapters.store.sqlite.schema import (
    END_AT,
    ROW_AT,
    ROW_BY_KEY,
    ROWS_BY_POSITION,
    ROWS_BY_STREAM,
    SELECT_BY_KEY,
    SELECT_BY_NAME,
    SELECT_COUNTED,
    SELECT_ENDS,
    SELECT_FIRST,
    SELECT_LAST,
    SELECT_LEAVES,
    SELECT_ORIGINAL,
    SELECT_ORIGINALS,
    SELECT_POSITIONS,
    SELECT_SCHEMA,
    SELECT_STREAMS,
    SMALLEST,
    counter_faults,
    schema_faults,
)
from veinledger.adapters.store.stored import end_of
from veinledger.domain.ledger.port import Attempt, Committed, Decide, End, KeptOriginal, Row

A = TypeVar("A")

PAGE: Final = 256
"""Rows read in one turn of the one connection, so that a long scan holds nobody up; so few stay in
a processor's cache until they are recomputed."""
ORIGINALS: Final = 64
"""Originals read in one turn: some are whole messages with documents in them."""
LEAVES: Final = 4_096
"""Leaves read in one turn."""
LAST_CHARACTER: Final = "\U0010ffff"


def columns_in(
    cursor: Callable[[], AbstractContextManager[Any]], after: int, until: int
) -> Iterator[tuple[object, ...]]:
    """The columns of the rows between two positions, page by page, each under its own cursor."""
    while page := _columns(cursor, after, until):
        yield from page
        if page[-1][0] <= after:
            raise LedgerDamaged("the table of records leads in a circle; restore a backup")
        after = page[-1][0]


@boundary
def _columns(
    cursor: Callable[[], AbstractContextManager[Any]], after: int, until: int
) -> list[tuple[Any, ...]]:
    with cursor() as open_cursor:
        open_cursor.execute(
            f"{ROWS_BY_POSITION}WHERE position > ? AND position <= ? ORDER BY position LIMIT ?",
            (after, until, PAGE),
        )
        return list(open_cursor.fetchall())


class SQLiteStore:
    """A store over one SQLite file. Threads take turns; so do processes, up to 2 seconds."""

    def __init__(
        self, recorder: SealedSQLiteRecorder, datastore: SealedSQLiteDatastore, ledger_id: bytes
    ) -> None:
        self._recorder = recorder
        self._datastore = datastore
        self._ledger_id = ledger_id

    @property
    def ledger_id(self) -> bytes:
        """16 random bytes, bound into every leaf."""
        return self._ledger_id

    @property
    def file(self) -> Path:
        """Where the ledger lies."""
        return self._datastore.path

    @boundary
    def transact(self, decide: Decide[A]) -> Committed[A]:
        """Lock, read, decide, seal and insert in one transaction; durable when it returns."""
        return self._recorder.transact(decide)

    @boundary
    def transact_all(
        self, calls: Sequence[Sequence[Decide[A]]]
    ) -> tuple[tuple[Attempt[A], ...], ...]:
        """The decides of many callers in one transaction; durable when it returns."""
        return self._recorder.transact_all(calls)

    @boundary
    def stream(self, name: str, after: int = 0, limit: int | None = None) -> tuple[Row, ...]:
        """The rows of a stream after a sequence, by the index of streams."""
        statement = f"{ROWS_BY_STREAM}WHERE stream = ? AND sequence > ? ORDER BY sequence LIMIT ?"
        return self._recorder.select_rows(statement, (name, after, -1 if limit is None else limit))

    @boundary
    def streams(self, prefix: str) -> tuple[str, ...]:
        """The names of the streams that begin so, in order."""
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute(SELECT_STREAMS, (prefix, prefix + LAST_CHARACTER))
            return tuple(name for (name,) in cursor.fetchall())

    @boundary
    def ends(self) -> tuple[End, ...]:
        """Where every stream ends, in the order of names, all in one statement."""
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute(SELECT_ENDS)
            return tuple(map(end_of, cursor.fetchall()))

    def rows(self, after: int = 0) -> Iterator[Row]:
        """Every row after a position, in order, page by page."""
        while page := self.page(after):
            yield from page
            if page[-1].position <= after:
                raise LedgerDamaged("the table of records leads in a circle; restore a backup")
            after = page[-1].position

    @boundary
    def page(self, after: int) -> tuple[Row, ...]:
        """Some rows after a position, in order."""
        return self._recorder.select_rows(
            f"{ROWS_BY_POSITION}WHERE position > ? ORDER BY position LIMIT ?", (after, PAGE)
        )

    @boundary
    def positions(self, after: int) -> tuple[int, ...]:
        """The positions of as many rows, whatever else they hold."""
        with self._cursor() as cursor:
            cursor.execute(SELECT_POSITIONS, (after, PAGE))
            return tuple(position for (position,) in cursor.fetchall())

    @boundary
    def row_at(self, position: int) -> Row | None:
        """The row at a position."""
        return next(iter(self._recorder.select_rows(ROW_AT, (position,))), None)

    @boundary
    def end_at(self, position: int) -> End | None:
        """The same without what stands in it, as if its stream ended there."""
        with self._cursor() as cursor:
            cursor.execute(END_AT, (position,))
            return next(map(end_of, cursor.fetchall()), None)

    def leaves(self, after: int = 0) -> Iterator[bytes]:
        """The leaf hash of every row after a position, in order, page by page."""
        while page := self._leaves(after):
            yield from (leaf for _, leaf in page)
            if page[-1][0] <= after:
                raise LedgerDamaged("the table of records leads in a circle; restore a backup")
            after = page[-1][0]

    @boundary
    def _leaves(self, after: int) -> list[tuple[int, bytes]]:
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute(SELECT_LEAVES, (after, LEAVES))
            return [(position, leaf) for position, leaf in cursor.fetchall()]

    def columns(self, after: int, until: int) -> Iterator[tuple[object, ...]]:
        """The columns of the rows between two positions, as the file holds them, in order."""
        return columns_in(self._cursor, after, until)

    def by_name(self, until: int) -> Iterator[tuple[str, int, int]]:
        """Stream, sequence and position of every row up to a position, as the index has them."""
        return self._by_index(SELECT_BY_NAME, ("", 0), until)

    def by_key(self, until: int) -> Iterator[tuple[bytes, int]]:
        """Report key and position of every row up to a position that has one, by their index."""
        return self._by_index(SELECT_BY_KEY, (b"",), until)

    def _by_index(self, statement: str, last: tuple[Any, ...], until: int) -> Iterator[Any]:
        left, parts = until, len(last)
        while page := self._page_of(statement, *last, until):
            yield from page
            left -= len(page)
            if left < 0 or page[-1][:parts] <= last:
                raise LedgerDamaged("an index of records leads in a circle; restore a backup")
            last = page[-1][:parts]

    @boundary
    def _page_of(self, statement: str, *asked: object) -> list[Any]:
        with self._cursor() as cursor:
            cursor.execute(statement, (*asked, LEAVES))
            return list(cursor.fetchall())

    @boundary
    def _cursor(self) -> AbstractContextManager[Any]:
        return self._datastore.transaction(commit=False)

    @boundary
    def keyed(self, key: bytes) -> Row | None:
        """The row that holds this report key."""
        return next(iter(self._recorder.select_rows(ROW_BY_KEY, (key,))), None)

    @boundary
    def original(self, digest: str) -> KeptOriginal | None:
        """The bytes as received that are kept under a keyed digest."""
        if not is_whole(digest):
            return None
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute(SELECT_ORIGINAL, (digest,))
            found = cursor.fetchone()
        if found is None:
            return None
        return KeptOriginal(digest=found[0], media_type=found[1], content=found[2])

    def originals(self) -> Iterator[KeptOriginal]:
        """Every original as it is stored, each once, some at a time."""
        after = SMALLEST
        while page := self._originals_after(after):
            for _, digest, media_type, content in page:
                yield KeptOriginal(digest=digest, media_type=media_type, content=content)
            if page[-1][0] <= after:
                raise LedgerDamaged("the table of originals leads in a circle; restore a backup")
            after = page[-1][0]

    @boundary
    def _originals_after(self, row: int) -> list[Any]:
        with self._cursor() as cursor:
            cursor.execute(SELECT_ORIGINALS, (row, ORIGINALS))
            return list(cursor.fetchall())

    @boundary
    def head(self) -> int:
        """The last position; 0 for an empty ledger."""
        return self._recorder.max_notification_id() or 0

    @boundary
    def first(self) -> int | None:
        """The least position of all, which is 1 unless somebody else put rows before it."""
        with self._cursor() as cursor:
            cursor.execute(SELECT_FIRST)
            found: int | None = cursor.fetchone()[0]
            return found

    @boundary
    def integrity_faults(self) -> tuple[str, ...]:
        """SQLite's own check of the file, the tables and triggers, and the counter of rows."""
        return self._checked("PRAGMA integrity_check(20)")

    @boundary
    def faults_beside_the_indexes(self) -> tuple[str, ...]:
        """The same for who compares the two indexes of records with the rows himself."""
        of_originals = "PRAGMA integrity_check('originals')"
        return self._checked("PRAGMA quick_check(20)", of_originals)

    def _checked(self, *checks: str) -> tuple[str, ...]:
        said: list[str] = []
        with self._datastore.transaction(commit=False) as cursor:
            for check in checks:
                cursor.execute(check)
                said.extend(f"SQLite: {line}" for (line,) in cursor.fetchall() if line != "ok")
            cursor.execute(SELECT_SCHEMA)
            said.extend(schema_faults(cursor.fetchall()))
            cursor.execute(SELECT_COUNTED)
            counted = cursor.fetchone()[0]
            cursor.execute(SELECT_LAST)
            said.extend(counter_faults(counted, cursor.fetchone()[0]))
        return tuple(said)

    @boundary
    def close(self) -> None:
        """Let work in flight finish, then let go of the file."""
        self._datastore.close()

    def __repr__(self) -> str:
        return f"<SQLite store of ledger {self._ledger_id.hex()}>"
