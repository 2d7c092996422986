"""One connection to a SQLite ledger, set up so that what is acknowledged stays.

The pool holds ONE connection. SQLite before 3.51.3 can corrupt a WAL that two connections write
(the WAL-reset bug); with one connection its precondition is absent. Readers and writers of one
process therefore take turns, in the order in which they asked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from eventsourcing.sqlite import (
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteTransaction,
)

from veinledger.adapters.errors import FormatTooNew, Refused, StoreFailed
from veinledger.adapters.store.sqlite.schema import APPLICATION_ID, USER_VERSION

BUSY_SECONDS: Final = 2
TURN_SECONDS: Final = 10.0
"""How long a thread waits for its turn behind the other threads of its own process."""
FIRST_WITH_STRICT_TABLES: Final = (3, 37, 0)

SETTINGS: Final = (
    # pragma, how it is set, what it must read back as, what it is for
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),  # a commit is on the disk before it is acknowledged
    ("trusted_schema", "OFF", 0),  # nothing in a doctored schema runs
    ("cell_size_check", "ON", 1),  # a damaged page is noticed where it is read
    ("temp_store", "MEMORY", 2),  # no patient data in temporary files
)


class SealedTransaction(SQLiteTransaction):
    """Takes the write lock at once, and never leaves the connection inside a transaction."""

    def __enter__(self) -> SQLiteCursor:
        cursor = self.connection.cursor()
        cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        return cursor

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        # The library asks whether the exception is true, and commits where it is false.
        self.commit = self.commit and exc_type is None
        try:
            super().__exit__(exc_type, exc_val, exc_tb)
        finally:
            # After a failed COMMIT the library hands the open transaction to whoever comes next.
            self.connection.rollback()


class SealedConnection(SQLiteConnection):
    """A connection whose transactions are sealed ones."""

    @contextmanager
    def transaction(self, *, commit: bool) -> Generator[SQLiteCursor]:
        """A cursor inside a transaction: with the write lock if it is to be committed."""
        with SealedTransaction(self, commit=commit) as cursor, cursor:
            yield cursor


class SealedPool(SQLiteConnectionPool):
    """A pool of one connection, refused unless its settings read back as they were set."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            db_name=path.as_uri(),
            lock_timeout=BUSY_SECONDS,
            pool_size=1,
            max_overflow=0,
            pool_timeout=TURN_SECONDS,
        )

    def _create_connection(self) -> SealedConnection:
        raw = sqlite3.connect(
            self.db_name,
            uri=True,
            check_same_thread=False,
            isolation_level=None,
            timeout=BUSY_SECONDS,
        )
        try:
            _refuse_what_is_not_ours(raw)
            _set_and_read_back(raw)
        except BaseException:
            raw.close()
            raise
        return SealedConnection(sqlite_conn=raw, max_age=None)


class SealedSQLiteDatastore(SQLiteDatastore):
    """The file of a SQLite ledger, through its one connection."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.as_uri(), originator_id_type="text")
        self.pool.close()
        self.pool = SealedPool(path.absolute())

    @contextmanager
    def get_connection(self, *, commit: bool) -> Generator[SQLiteConnection]:  # noqa: ARG002
        """The connection, in turn. What it is for is told to SQLite, not to the pool.

        The pool keeps a writer lock of its own and never gives it back when the wait for the
        connection times out: every later writer would wait in vain. One connection needs no lock.
        """
        if self.pool.closed:
            raise StoreFailed("this ledger was closed; open it again to use it")
        connection = self.pool.get_connection()
        try:
            yield connection
        finally:
            self.pool.put_connection(connection)

    def close(self) -> None:
        """Wait for the work in flight, then let go of the file.

        The pool would close the connection under a thread that uses it, and take the interpreter
        down with a segmentation fault.
        """
        if self.pool.closed:
            return
        if self.pool.num_in_use or self.pool.num_in_pool:
            self.pool.get_connection()
        self.pool.close()


def _refuse_what_is_not_ours(raw: sqlite3.Connection) -> None:
    if sqlite3.sqlite_version_info < FIRST_WITH_STRICT_TABLES:
        raise StoreFailed(
            f"this Python carries SQLite {sqlite3.sqlite_version}; a ledger needs 3.37 or later,"
            " and 3.51.3 or later is advised: use a newer Python build"
        )
    if not _value(raw, "SELECT count(*) FROM sqlite_schema"):
        return
    if _value(raw, "PRAGMA application_id") != APPLICATION_ID:
        raise Refused(
            "the file is a SQLite database, and not a veinledger ledger; nothing in it was"
            " touched; name the ledger's own file, or a new one"
        )
    if _value(raw, "PRAGMA user_version") > USER_VERSION:
        raise FormatTooNew(
            f"a newer program wrote this ledger (tables of version"
            f" {_value(raw, 'PRAGMA user_version')}, this one knows {USER_VERSION}); install the"
            " version of veinledger that wrote it, or a later one; nothing was opened"
        )


def _set_and_read_back(raw: sqlite3.Connection) -> None:
    for name, setting, expected in SETTINGS:
        raw.execute(f"PRAGMA {name} = {setting}").close()
        found = _value(raw, f"PRAGMA {name}")
        if found != expected:
            raise StoreFailed(
                f"SQLite was told PRAGMA {name} = {setting} and answers {found}; a ledger is not"
                " safe so: keep it on a local disk and use a full build of SQLite"
            )


def _value(raw: sqlite3.Connection, statement: str) -> Any:
    return raw.execute(statement).fetchone()[0]
