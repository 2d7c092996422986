"""A reading as a line of the file beside the ledger, chained to the line before it by a MAC.

Without the key nobody writes a line, and none is changed, put in or taken out before the last one
without being noticed.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final, cast

from veinledger.adapters.codec.whole_text import made_whole
from veinledger.domain.ledger.access import Reader, Reading
from veinledger.domain.reports import Actor

MAC_LENGTH: Final = 64
"""Hexadecimal digits at the end of a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One line as it was found."""

    reading: Reading | None
    """None where the line is not as it was written."""
    line: bytes
    """As it stands in the file, with its end."""
    end: int
    """How many bytes of the file it ends behind."""


def line_of(reading: Reading, before: bytes, key: bytes) -> bytes:
    """A line with its end; `before` are the last bytes of the line before it, or nothing."""
    told = {**as_written(reading), "id": os.urandom(8).hex()}  # so that no two lines are alike
    written = json.dumps(told, separators=(",", ":")).encode()
    return b"%b %b\n" % (written, _mac(written, before, key))


def lines_in(content: bytes, key: bytes) -> Iterator[Found]:
    """Every line of a file. One that follows a changed line is itself as it was written."""
    before, end = b"", 0
    for line in BytesIO(content):  # parted where a line was ended, and at no other sign of an end
        end += len(line)
        written, _, mac = line.removesuffix(b"\n").rpartition(b" ")
        holds = hmac.compare_digest(mac, _mac(written, before, key))
        yield Found(reading=_read(written) if holds else None, line=line, end=end)
        before = last_of(line)


def last_of(content: bytes) -> bytes:
    """What the next line is chained to: the end of the line before it, which may be a short one."""
    _, _, line = content.removesuffix(b"\n").rpartition(b"\n")
    return line[-MAC_LENGTH:]


def as_written(reading: Reading) -> dict[str, object]:
    """A reading as it is kept: in the file beside the ledger, and in the ledger."""
    reader = reading.reader
    return {
        "at": reading.at.isoformat(),
        "question": reading.question,
        "stream": reading.stream,
        "by": {"id": reader.by.id, "role": reader.by.role},
        "why": reader.why,
    }


def as_read(told: dict[str, Any]) -> Reading:
    """The reading that was kept so; raises KeyError, TypeError or ValueError where it was not."""
    by = Actor(id=made_whole(str(told["by"]["id"])), role=made_whole(str(told["by"]["role"])))
    stream = told["stream"]
    return Reading(
        at=datetime.fromisoformat(told["at"]),
        question=str(told["question"]),
        stream=None if stream is None else str(stream),
        reader=Reader(by=by, why=made_whole(str(told["why"]))),
    )


def _read(written: bytes) -> Reading:
    return as_read(cast("dict[str, Any]", json.loads(written.decode())))


def _mac(written: bytes, before: bytes, key: bytes) -> bytes:
    return hmac.digest(key, before + b"\n" + written, "sha256").hex().encode()
