"""The lock by which one process, and one Ledger in it, writes a SQLite ledger.

`flock` on a file beside the ledger: the system lets go of it when its holder ends, however it ends,
so nothing is left behind that blocks the next. The ledger's own files cannot serve: opening and
closing one of them drops the locks that SQLite holds on it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from veinledger.adapters.errors import LedgerBusy, StoreFailed
from veinledger.adapters.files.waiting import HAS_LOCKS, is_locked_within

WAIT_SECONDS: Final = 2.0
"""How long a second writer waits for the first."""
_GLANCE_SECONDS: Final = (0.01, 0.05)
_LONGEST_NUMBER: Final = 20

AVAILABLE: Final = HAS_LOCKS
"""Where there is none, SQLite's own lock is the only one."""


class WriterLock:
    """Held from opening a ledger for writing to closing it."""

    def __init__(self, ledger: Path) -> None:
        self._file = ledger.with_name(f"{ledger.name}.lock")
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        """Whether nobody else writes this ledger."""
        return self._handle is not None

    def take(self) -> None:
        """Wait for the lock; raises LedgerBusy after 2 seconds, with who holds it."""
        if not AVAILABLE:
            return
        handle = self._opened()
        try:
            if not self._taken(handle):
                raise LedgerBusy(_held_by(_number_in(handle)))
            with suppress(OSError):  # the number is for an error's words; a full disk is no matter
                os.ftruncate(handle, 0)
                os.pwrite(handle, str(os.getpid()).encode(), 0)
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle

    def release(self) -> None:
        """Let the next one write. In a copy of the process this lets go of the copy alone."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def _opened(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            return os.open(self._file, flags, 0o600)
        except OSError as error:
            reason = os.strerror(error.errno or 0).lower()
        raise StoreFailed(
            f"the lock file {self._file.name} beside the ledger cannot be used ({reason}); it and"
            " its folder must belong to the user who writes the ledger; nothing was opened"
        )

    def _taken(self, handle: int) -> bool:
        try:
            return is_locked_within(WAIT_SECONDS, handle, _GLANCE_SECONDS)
        except OSError as error:
            reason = os.strerror(error.errno or 0).lower()
        raise StoreFailed(
            f"the file system of the ledger has no locks of files ({reason}); keep the ledger on a"
            " local disk; nothing was opened"
        )


def _number_in(handle: int) -> int | None:
    """The process that holds the lock, as it wrote into the file itself."""
    found = os.pread(handle, _LONGEST_NUMBER, 0)
    return int(found) if found.isdigit() else None


def _held_by(process: int | None) -> str:
    if process == os.getpid():
        return (
            "this program has this ledger open for writing already; use that Ledger, which threads"
            " may share, close it first, or open the ledger with read_only=True"
        )
    who = "another process" if process is None else f"process {process}"
    return (
        f"{who} has this ledger open for writing, and still had it after {WAIT_SECONDS:.0f}"
        " seconds; let it finish or stop it; reading goes on meanwhile, with read_only=True and"
        " with every command that only reads"
    )
