"""What a command over the whole ledger does to Python's search for cycles."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def without_the_collector() -> Generator[None, None, None]:
    """Search for no cycles while a list over all encounters is made.

    It makes a million objects that all live until the command ends, and the search goes through
    them again and again: a quarter of the time. Only a process that answers one question may do so.
    """
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()
