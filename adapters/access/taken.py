"""The record that holds readings: a batch of them, with where it stood in the file beside."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, cast

from veinledger.adapters.access.lines import Found, as_read, as_written
from veinledger.adapters.errors import LedgerDamaged
from veinledger.domain.ledger.access import Reading
from veinledger.domain.ledger.port import Draft, Row

ACCESS_STREAM: Final = "access/readings"
READ: Final = "ledger.read"
IN_ONE_RECORD: Final = 500
_OF_A_BROKEN_LINE: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What such a record says."""

    position: int
    readings: tuple[Reading, ...]
    not_as_written: tuple[bytes, ...]
    """Lines that somebody without the key changed, put in, or left half; as they were found."""
    up_to: int
    """How many bytes of the file beside had been taken in with it."""


def draft_of(batch: Sequence[Found]) -> Draft:
    """The record for a few lines of the file, before it is sealed; see IN_ONE_RECORD."""
    said = {
        "version": 1,
        "readings": [as_written(each.reading) for each in batch if each.reading],
        "not_as_written": [_kept(each.line) for each in batch if each.reading is None],
        "up_to": batch[-1].end,
    }
    body = json.dumps(said, separators=(",", ":")).encode()
    return Draft(stream=ACCESS_STREAM, type=READ, body=body, key=key_of(batch[0]))


def key_of(first: Found) -> bytes:
    """What a record that begins with this line is found by: no two lines are alike."""
    return sha256(READ.encode() + b"\n" + first.line).digest()


def taken_in(row: Row) -> Taken:
    """What a record of this type says; raises LedgerDamaged where it cannot be read."""
    try:
        said = cast("dict[str, Any]", json.loads(row.body))
        return Taken(
            position=row.position,
            readings=tuple(map(as_read, said["readings"])),
            not_as_written=tuple(map(b64decode, said["not_as_written"])),
            up_to=int(said["up_to"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise LedgerDamaged(
            f"record {row.position} says who read the ledger, and is not as the ledger wrote it;"
            " `veinledger verify` shows what else is not"
        ) from None


def _kept(line: bytes) -> str:
    return b64encode(line[:_OF_A_BROKEN_LINE]).decode()
