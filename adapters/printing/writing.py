"""Writes a document or a table to a new file that only its owner can read."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from veinledger.adapters.errors import BadInput, Refused, StoreFailed, boundary
from veinledger.adapters.printing.page import Document, html


def write_document(document: Document, file: str, sheet: Document | None = None) -> None:
    """Write the HTML page, whole or not at all.

    Raises Refused where a file is there, BadInput where none can be made, StoreFailed where the
    disk does not take it.
    """
    write_new(html(document, sheet).encode(), file, "document")


@boundary
def write_new(content: bytes, file: str, what: str) -> None:
    """Write a new file, whole or not at all; `what` it is stands in the errors.

    Raises Refused where a file is there, BadInput where none can be made, StoreFailed where the
    disk does not take it.
    """
    path = Path(file)
    if path.exists():
        raise Refused(
            f"the file for the {what} is there already, and it may be somebody's copy: name a"
            " new one, or move the old one away"
        )
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        handle = None
    if handle is None:
        raise BadInput(
            f"the {what} cannot be written there: name a file in a folder that exists and may be"
            " written to"
        )
    if not _is_written(handle, content):
        with suppress(OSError):
            path.unlink()
        raise StoreFailed(
            f"the disk did not take the {what}, and no part of it was kept; free some space, or"
            " name a file elsewhere"
        )


def _is_written(handle: int, page: bytes) -> bool:
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(page)
    except OSError:
        return False
    return True
