"""What a copy of the process, made by fork, must leave alone.

SQLite's locks belong to the process that took them: a connection that is used, or merely closed, in
a copy can delete the WAL of somebody else with acknowledged records in it. So the copy lets go of
the writer's lock, which would otherwise outlive its holder, and never closes the connection.
"""

from __future__ import annotations

import ctypes
import os
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

from veinledger.adapters.errors import StoreFailed

if TYPE_CHECKING:
    from veinledger.adapters.store.sqlite.driver import Connection
    from veinledger.adapters.store.sqlite.lock import WriterLock

FORKED: Final = (
    "this ledger was opened by another process, of which this one is a copy; nothing was read or"
    " recorded; open the ledger again in this process"
)


class Belonging:
    """To which process an open ledger belongs, and what that process holds of it."""

    def __init__(self, lock: WriterLock | None) -> None:
        self._process = os.getpid()
        self._lock = lock
        self._connection: Connection | None = None
        _OPEN.add(self)

    @property
    def here(self) -> bool:
        """Whether this is the process that opened the ledger."""
        return os.getpid() == self._process

    def refuse_elsewhere(self) -> None:
        """Raise StoreFailed in a copy of the process that opened the ledger."""
        if not self.here:
            raise StoreFailed(FORKED)

    def owns(self, connection: Connection) -> None:
        """Remember the connection that a copy must never close."""
        self._connection = connection

    def leave_to_the_other(self) -> None:
        """In the copy: free the lock, and keep the connection for as long as the copy lives."""
        if self._lock is not None:
            self._lock.release()
        if self._connection is not None:
            # One reference that nobody gives back: no end of the interpreter may close it either.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._connection))


_OPEN: Final[WeakSet[Belonging]] = WeakSet()


def _after_a_fork() -> None:
    for belonging in tuple(_OPEN):
        belonging.leave_to_the_other()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_a_fork)
