"""Writes a printable document to a new file that only its owner can read."""

from __future__ import annotations

import os
from pathlib import Path

from veinledger.adapters.errors import BadInput, Refused, boundary
from veinledger.adapters.printing.page import Document, html


@boundary
def write_document(document: Document, file: str, sheet: Document | None = None) -> None:
    """Write the HTML page; raises Refused where a file is there, BadInput where none can be."""
    path = Path(file)
    if path.exists():
        raise Refused(
            "the file for the document is there already, and it may be somebody's copy: name a"
            " new one, or move the old one away"
        )
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        handle = None
    if handle is None:
        raise BadInput(
            "the document cannot be written there: name a file in a folder that exists and may be"
            " written to"
        )
    with os.fdopen(handle, "w", encoding="utf-8") as written:
        written.write(html(document, sheet))
