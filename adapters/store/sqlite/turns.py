"""Whose turn it is to use the one connection; and a Ctrl-C on the way leaves nobody holding it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from threading import RLock
from typing import Any


class Turn:
    """One thread at a time, each for as long as its block runs.

    An interruption can come between taking a lock and the `try` that would give it back. This lock
    knows its holder, so that whoever leaves, by whatever way, gives back what is his. (The pool of
    the eventsourcing library, which was not made for that, can stay locked for ever.)
    """

    def __init__(self) -> None:
        self._lock: Any = RLock()

    @contextmanager
    def taken(self, seconds: float) -> Generator[None]:
        """Wait for the turn. Raises TimeoutError where it does not come, or is taken already."""
        if self._lock._is_owned():
            raise TimeoutError("this thread is in the middle of its turn")
        try:
            if not self._lock.acquire(timeout=seconds):
                raise TimeoutError("it was not this thread's turn in time")
            yield
        finally:
            try:
                self._give_back()
            finally:  # where the interruption came just there
                self._give_back()

    def _give_back(self) -> None:
        if self._lock._is_owned():
            self._lock.release()
