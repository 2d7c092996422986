"""The record that holds readings: a batch of them, with where it stood in the file beside."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections import deque
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
_BEGINNING: Final = 1_900
_END: Final = 100
"""Bytes that are kept of a broken line that is longer: the next line is chained to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What such a record says."""

    position: int
    readings: tuple[Reading, ...]
    not_as_written: tuple[bytes, ...]
    """Lines that somebody without the key changed, put in, or left half; as they were found."""


def draft_of(batch: Sequence[Found], others: int) -> Draft:
    """The record for a few lines of the file, before it is sealed; see IN_ONE_RECORD.

    `others` is how many records begin with the same line.
    """
    said = {
        "version": 1,
        "readings": [as_written(each.reading) for each in batch if each.reading],
        "not_as_written": [_in_base64(each.line) for each in batch if each.reading is None],
        "up_to": batch[-1].end,
    }
    body = json.dumps(said, separators=(",", ":")).encode()
    return Draft(stream=ACCESS_STREAM, type=READ, body=body, key=key_of(batch[0], others))


def key_of(first: Found, others: int) -> bytes:
    """What a record that begins with this line is found by: no two lines are alike.

    Where somebody put a line back that is on record, another record may begin with it.
    """
    again = b"\n%d" % others if others else b""
    return sha256(READ.encode() + b"\n" + first.line + again).digest()


def taken_in(row: Row) -> Taken:
    """What a record of this type says; raises LedgerDamaged where it cannot be read."""
    try:
        said = cast("dict[str, Any]", json.loads(row.body.decode()))
        return Taken(
            position=row.position,
            readings=tuple(map(as_read, said["readings"])),
            not_as_written=tuple(map(b64decode, said["not_as_written"])),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise LedgerDamaged(
            f"record {row.position} says who read the ledger, and is not as the ledger wrote it;"
            " `veinledger verify` shows what else is not"
        ) from None


def behind(taken: Taken, lines: tuple[Found, ...]) -> tuple[Found, ...]:
    """The lines behind those that a record holds, one by one and in its order.

    What stands among them and is not in the record begins what is behind them: a place in the file
    says nothing, for whoever can write the file puts there what he likes.
    """
    readings, broken = deque(taken.readings), deque(taken.not_as_written)
    for number, each in enumerate(lines):
        if each.reading is not None and readings and readings[0] == each.reading:
            readings.popleft()
        elif each.reading is None and broken and broken[0] == _kept(each.line):
            broken.popleft()
        else:
            return lines[number:]
    return ()


def _in_base64(line: bytes) -> str:
    return b64encode(_kept(line)).decode()


def _kept(line: bytes) -> bytes:
    return line if len(line) <= _BEGINNING + _END else line[:_BEGINNING] + line[-_END:]
