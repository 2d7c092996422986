"""One connection to a SQLite ledger, set up so that what is acknowledged stays.

The pool holds ONE connection, and whoever writes holds the writer's lock besides. SQLite before
3.51.3 can corrupt a WAL that two connections write (the WAL-reset bug); with one that may write its
precondition is absent. Threads of one process take turns, in the order in which they asked.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final

from eventsourcing.sqlite import (
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteTransaction,
)

from veinledger.adapters.errors import Refused, StoreFailed
from veinledger.adapters.store.sqlite import driver, foundations
from veinledger.adapters.store.sqlite.forks import Belonging
from veinledger.adapters.store.sqlite.lock import WriterLock
from veinledger.adapters.store.sqlite.turns import Turn

TURN_SECONDS: Final = 10.0
"""How long a thread waits for its turn behind the other threads of its own process."""
SETTINGS: Final[foundations.Settings] = (
    # pragma, how it is set, what it must read back as
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),  # a commit is on the disk before it is acknowledged
    ("fullfsync", "ON", 1),  # on macOS fsync alone stops at the drive's own cache
    ("checkpoint_fullfsync", "ON", 1),
    ("trusted_schema", "OFF", 0),  # nothing in a doctored schema runs
    ("cell_size_check", "ON", 1),  # a damaged page is noticed where it is read
    ("temp_store", "MEMORY", 2),  # no patient data in temporary files
    ("secure_delete", "ON", 1),  # nor in space that SQLite gave up
)
READING: Final[foundations.Settings] = (*SETTINGS[1:], ("query_only", "ON", 1))
"""A reader takes the journal as it is: a backup has none, and can be read where nothing is made."""

CLOSED: Final = "this ledger was closed; open it again to use it"
READ_ONLY: Final = (
    "this ledger was opened to be read, and nothing was recorded; open it without read_only=True to"
    " write"
)


class SealedTransaction(SQLiteTransaction):
    """Takes the write lock at once, and never leaves the connection inside a transaction."""

    def __enter__(self) -> SQLiteCursor:
        self.connection.rollback()  # where Ctrl-C met the one before between here and its block
        cursor = self.connection.cursor()
        cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        return cursor

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        """Commit what went well, undo the rest, and say what failed in the library's own errors.

        Not as the library does it: it knows one driver's errors only, commits where an exception
        counts as false, and after a failed COMMIT hands the open transaction to whoever comes next.
        """
        try:
            if exc_type is None and self.commit:
                self.connection.commit()
            if isinstance(exc_val, driver.Error):
                raise exc_val
        except driver.Error as error:
            raise driver.for_the_library(error) from error
        finally:
            self.connection.rollback()


class SealedConnection(SQLiteConnection):
    """A connection whose transactions are sealed ones."""

    def __init__(self, raw: driver.Connection, belonging: Belonging) -> None:
        super().__init__(sqlite_conn=raw, max_age=None)
        self._belonging = belonging
        belonging.owns(raw)

    @contextmanager
    def transaction(self, *, commit: bool) -> Generator[SQLiteCursor]:
        """A cursor inside a transaction: with the write lock if it is to be committed."""
        with SealedTransaction(self, commit=commit) as cursor, cursor:
            yield cursor

    def _close(self) -> None:
        if self._belonging.here:
            super()._close()


class SealedPool(SQLiteConnectionPool):
    """A pool of one connection, refused unless all that it stands on is sound."""

    def __init__(
        self, path: Path, belonging: Belonging, lock: WriterLock, *, read_only: bool
    ) -> None:
        self._path = path
        self._belonging = belonging
        self._lock = lock
        self._read_only = read_only
        super().__init__(
            db_name=path.as_uri(),
            lock_timeout=driver.BUSY_SECONDS,
            pool_size=1,
            max_overflow=0,
            pool_timeout=TURN_SECONDS,
        )

    def _create_connection(self) -> SealedConnection:
        foundations.refuse_an_unsafe_sqlite(alone=self._read_only or self._lock.held)
        raw = driver.connect(self._path, read_only=self._read_only)
        try:
            foundations.refuse_what_is_not_ours(raw)
            if self._read_only:
                foundations.set_and_read_back(raw, READING)
            else:
                foundations.set_and_read_back(raw, SETTINGS)
                foundations.refuse_what_was_changed(raw)
        except BaseException:
            raw.close()
            raise
        return SealedConnection(raw, self._belonging)

    def close(self) -> None:
        """Close the connection, but for a copy of the process: it is not the copy's to close."""
        if self._belonging.here:
            super().close()


class SealedSQLiteDatastore(SQLiteDatastore):
    """The file of a SQLite ledger, through its one connection.

    To write, it holds the writer's lock from here to `close`; raises LedgerBusy where somebody else
    does. To read, it takes no lock and makes nothing.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        super().__init__(path.as_uri(), originator_id_type="text")
        self.pool.close()
        self.path: Final = path.resolve()
        self.read_only: Final = read_only
        self._lock = WriterLock(self.path)
        self._belonging = Belonging(self._lock)
        self._turn = Turn()
        self._one: SQLiteConnection | None = None
        self.pool = SealedPool(self.path, self._belonging, self._lock, read_only=read_only)
        if not read_only:
            foundations.refuse_an_unsafe_place(self.path)
            self._lock.take()

    @contextmanager
    def get_connection(self, *, commit: bool) -> Generator[SQLiteConnection]:
        """The connection, in turn. What it is for is told to SQLite, not to the pool.

        The pool makes the connection, and is not asked again: its locks stay taken where a wait
        times out or is interrupted, and every later caller would wait in vain.
        """
        self._belonging.refuse_elsewhere()
        if commit and self.read_only:
            raise Refused(READ_ONLY)
        with self._turn.taken(self.pool.pool_timeout):
            if self.pool.closed:
                raise StoreFailed(CLOSED)
            self._one = self._one or self.pool.get_connection()
            yield self._one

    def close(self) -> None:
        """Wait for the work in flight, then let go of the file, and of the lock last.

        The pool would close the connection under a thread that uses it, and take the interpreter
        down with a segmentation fault. In a copy of the process there is nothing to let go of.
        """
        belonging: Belonging | None = getattr(self, "_belonging", None)
        if belonging is None or not belonging.here or self.pool.closed:
            return
        with self._turn.taken(-1):
            self.pool.close()
            self._lock.release()
