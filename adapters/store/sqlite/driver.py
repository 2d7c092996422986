"""The one SQLite of this process's ledgers: which copy it is, and what it says in whose words.

Two copies of SQLite in one process do not see each other's locks on a file, so every connection to
a ledger is made here: by `pysqlite3`, which carries a SQLite without the WAL-reset bug, where it is
installed, else by the standard library. The host's own `sqlite3` is never touched.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from eventsourcing import persistence

if TYPE_CHECKING:
    import sqlite3 as sqlite
else:
    try:
        from pysqlite3 import dbapi2 as sqlite
    except ImportError:
        import sqlite3 as sqlite

Version = tuple[int, int, int]

BUSY_SECONDS: Final = 2
"""How long SQLite waits for a lock that another connection holds."""
FIXED: Final[Version] = (3, 51, 3)
"""The first version without the WAL-reset bug, https://www.sqlite.org/wal.html#walresetbug."""
FIXED_BEFORE: Final[tuple[Version, ...]] = ((3, 50, 7), (3, 44, 6))
"""Earlier releases that the fix was brought back to; it holds for the rest of their line."""

Connection = sqlite.Connection
Error = sqlite.Error
IntegrityError = sqlite.IntegrityError
ProgrammingError = sqlite.ProgrammingError

_FOR_THE_LIBRARY: Final = {
    kind.__name__: kind
    for kind in (
        persistence.InterfaceError,
        persistence.DataError,
        persistence.OperationalError,
        persistence.IntegrityError,
        persistence.InternalError,
        persistence.ProgrammingError,
        persistence.NotSupportedError,
        persistence.DatabaseError,
    )
}
"""By the names of PEP 249, which every driver gives its errors."""


def name() -> str:
    """Which copy of SQLite this is, in words for an error or a log."""
    return f"SQLite {sqlite.sqlite_version} of {sqlite.__name__.partition('.')[0]}"


def version() -> Version:
    """The version of SQLite itself."""
    major, minor, patch = sqlite.sqlite_version_info
    return major, minor, patch


def has_the_wal_reset_bug(found: Version) -> bool:
    """Whether two connections that write or checkpoint at once can corrupt a file in WAL mode."""
    brought_back = (fixed for fixed in FIXED_BEFORE if fixed[:2] == found[:2])
    return found < FIXED and all(found < fixed for fixed in brought_back)


def connect(path: Path, *, read_only: bool) -> Connection:
    """One connection, without transactions of its own; whoever uses it takes turns."""
    return sqlite.connect(
        f"{path.as_uri()}?mode={'ro' if read_only else 'rwc'}",
        uri=True,
        check_same_thread=False,
        isolation_level=None,
        timeout=BUSY_SECONDS,
    )


def saying(code: int) -> Error:
    """The driver's own error for a result code of SQLite, where it would tell the text alone."""
    error = sqlite.DatabaseError()
    error.sqlite_errorcode = code
    return error


def for_the_library(error: Error) -> persistence.PersistenceError:
    """The eventsourcing library's own error of the same kind: it knows one driver's only."""
    names = (kind.__name__ for kind in type(error).__mro__)
    known = (_FOR_THE_LIBRARY[name] for name in names if name in _FOR_THE_LIBRARY)
    return next(known, persistence.PersistenceError)(error)
