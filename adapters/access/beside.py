"""The file beside the ledger in which each reading is noted at once, by whoever reads.

Readers hold no lock on the ledger and add nothing to it; whoever writes it takes the lines in. A
line is written before the question is answered, by one call, so that a process that is killed
leaves what it asked. It is not synced: a power cut may take the newest lines.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Final

from veinledger.adapters.access.lines import MAC_LENGTH, last_of, line_of
from veinledger.adapters.files.appending import append_whole
from veinledger.adapters.files.waiting import is_locked_within
from veinledger.domain.ledger.access import Reading

SUFFIX: Final = ".reads"
PATIENCE_SECONDS: Final = 2.0
"""How long a question waits for others who note theirs."""
_GLANCE_SECONDS: Final = (0.002, 0.002)
_AT_MOST: Final = MAC_LENGTH + 1


class ReadsFile:
    """The lines that no record of the ledger holds yet. Thread-safe; shared by processes."""

    def __init__(self, ledger: Path, key: bytes) -> None:
        self.path: Final = ledger.with_name(f"{ledger.name}{SUFFIX}")
        self.key: Final = key
        self._lock = Lock()

    def append(self, reading: Reading) -> None:
        """Note a reading; raises OSError where that cannot be done."""
        with self._alone(make=True) as handle:
            size = os.fstat(handle).st_size
            tail = os.pread(handle, _AT_MOST, max(0, size - _AT_MOST))
            broken = b"" if tail.endswith(b"\n") or not size else b"\n"
            append_whole(handle, broken + line_of(reading, last_of(tail), self.key))

    def content(self) -> bytes:
        """All lines as they stand; nothing where there is no file. Raises OSError."""
        try:
            with self._alone(make=False) as handle:
                return _all_of(handle)
        except FileNotFoundError:
            return b""

    @contextmanager
    def being_taken_in(self) -> Generator[bytes]:
        """All lines, while nobody adds any; they are gone when the block ends without an error."""
        with self._alone(make=False) as handle:
            yield _all_of(handle)
            os.ftruncate(handle, 0)

    def has_lines(self) -> bool:
        """Whether there is anything to take in."""
        try:
            return self.path.stat().st_size > 0
        except OSError:
            return False

    @contextmanager
    def _alone(self, *, make: bool) -> Generator[int]:
        """Nobody else reads or writes the file, in this process or another."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | (os.O_CREAT if make else 0)
        if not self._lock.acquire(timeout=PATIENCE_SECONDS):
            raise _busy()
        try:
            handle = os.open(self.path, flags, 0o600)
            try:
                # no longer than anybody at a bedside would wait for another process
                if not is_locked_within(PATIENCE_SECONDS, handle, _GLANCE_SECONDS):
                    raise _busy()
                yield handle
            finally:
                os.close(handle)
        finally:
            self._lock.release()


def _busy() -> OSError:
    return OSError(errno.EBUSY, os.strerror(errno.EBUSY))


def _all_of(handle: int) -> bytes:
    return os.pread(handle, os.fstat(handle).st_size, 0)
