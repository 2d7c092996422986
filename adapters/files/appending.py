"""Adding to the end of a file, whole or not at all."""

from __future__ import annotations

import errno
import os


def append_whole(handle: int, content: bytes) -> None:
    """Add to a file that was opened for appending, by one write; raises OSError.

    Where the disk takes a part, that is taken back: it would spoil what follows it.
    """
    before = os.fstat(handle).st_size
    if os.write(handle, content) != len(content):
        os.ftruncate(handle, before)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
