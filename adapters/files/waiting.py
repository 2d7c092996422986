"""Waiting for a file that another holds, and no longer than a caller would wait."""

from __future__ import annotations

import random
import sys
from time import monotonic, sleep
from typing import Final

HAS_LOCKS: Final = sys.platform != "win32"
"""Windows has no `flock`: there nobody holds a file, and nobody waits for one."""
if sys.platform != "win32":
    from fcntl import LOCK_EX, LOCK_NB, flock


def is_locked_within(seconds: float, handle: int, glance: tuple[float, float]) -> bool:
    """Whether nobody else holds the file now: the handle does, until it is closed.

    False where another still held it after so long; `glance` is the shortest and the longest pause
    before it is looked at again. Raises OSError where the file system has no locks of files.
    """
    until = monotonic() + seconds
    while not _is_locked(handle):
        if monotonic() >= until:
            return False
        sleep(random.uniform(*glance))
    return True


def _is_locked(handle: int) -> bool:
    if sys.platform != "win32":
        try:
            flock(handle, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            return False
    return True
