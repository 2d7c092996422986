"""The seal of a row: the exact bytes of its leaf, its tag, and the chain they form.

The leaf is SHA-256 over 0x00 and the length-prefixed fields below, in this order; its hash is also
the chain hash that the next row of the same stream carries. Frozen by the golden logs: a change
here is a new format name.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

FORMAT: Final = "veinledger/1"
NO_LEAF: Final = bytes(32)
"""What the first row of a stream carries where others carry the leaf before them."""
LEAF_PREFIX: Final = b"\x00"
"""RFC 6962, section 2.1: leaves and nodes are hashed apart."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Unsealed:
    """All that the tag covers: every field of a row but the tag and the leaf."""

    ledger_id: bytes
    position: int
    stream: str
    sequence: int
    type: str
    recorded_at: datetime
    key: bytes | None
    key_id: str
    nonce: bytes | None
    previous: bytes
    """Leaf hash of the row before it in its stream, or NO_LEAF."""
    body: bytes


def microseconds_of(moment: datetime) -> int:
    """Microseconds since 1970-01-01T00:00:00Z."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(microseconds: int) -> datetime:
    """The UTC instant that many microseconds after 1970-01-01T00:00:00Z."""
    return _EPOCH + timedelta(microseconds=microseconds)


def _prefixed(field: bytes) -> bytes:
    return len(field).to_bytes(4, "big") + field


def tagged_bytes(row: Unsealed) -> bytes:
    """The length-prefixed fields that the tag is computed over (lengths 4, integers 8 bytes)."""
    fields = (
        FORMAT.encode(),
        row.ledger_id,
        row.position.to_bytes(8, "big"),
        row.stream.encode(),
        row.sequence.to_bytes(8, "big"),
        row.type.encode(),
        microseconds_of(row.recorded_at).to_bytes(8, "big"),
        row.key or b"",
        row.key_id.encode(),
        row.nonce or b"",
        row.previous,
        row.body,
    )
    return b"".join(map(_prefixed, fields))


def tag_of(tagged: bytes, tag_key: bytes) -> bytes:
    """HMAC-SHA256 over the tagged bytes, under a key that the database does not hold."""
    return hmac.digest(tag_key, tagged, "sha256")


def leaf_of(tagged: bytes, tag: bytes) -> bytes:
    """The leaf hash, which is also the chain hash; 32 bytes."""
    return sha256(LEAF_PREFIX + tagged + _prefixed(tag)).digest()
