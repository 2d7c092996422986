"""The seal, written a second time, from docs/format.md and DESIGN 9; imports no seal of ours."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from veinledger.adapters.store.keys import Keys
from veinledger.domain.ledger.port import Row


def prefixed(field: bytes) -> bytes:
    return len(field).to_bytes(4, "big") + field


def number(value: int) -> bytes:
    return value.to_bytes(8, "big")


def microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def covered(row: Row, ledger_id: bytes) -> bytes:
    return (
        prefixed(b"veinledger/1")
        + prefixed(ledger_id)
        + prefixed(number(row.position))
        + prefixed(row.stream.encode("utf-8"))
        + prefixed(number(row.sequence))
        + prefixed(row.type.encode("utf-8"))
        + prefixed(number(microseconds(row.recorded_at)))
        + prefixed(row.key if row.key is not None else b"")
        + prefixed(row.key_id.encode("utf-8"))
        + prefixed(row.nonce if row.nonce is not None else b"")
        + prefixed(row.previous)
        + prefixed(row.body)
    )


def tag(row: Row, ledger_id: bytes, tag_key: bytes) -> bytes:
    return hmac.new(tag_key, covered(row, ledger_id), hashlib.sha256).digest()


def leaf(row: Row, ledger_id: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + covered(row, ledger_id) + prefixed(row.tag)).digest()


def hkdf(root: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 for up to one block."""
    pseudorandom = hmac.new(salt, root, hashlib.sha256).digest()
    return hmac.new(pseudorandom, info + b"\x01", hashlib.sha256).digest()[:length]


def assert_sealed(rows: Iterable[Row], ledger_id: bytes, keys: Keys) -> None:
    """Every row of a whole ledger is what the format says it must be."""
    ends: dict[str, tuple[int, bytes]] = defaultdict(lambda: (0, bytes(32)))
    last = datetime(1970, 1, 1, tzinfo=UTC)
    for position, row in enumerate(rows, 1):
        sequence, previous = ends[row.stream]
        assert (row.position, row.sequence) == (position, sequence + 1)
        assert row.previous == previous
        assert row.recorded_at >= last
        assert row.recorded_at.utcoffset() == timedelta(0)
        assert row.key_id == keys.key_id
        assert row.tag == tag(row, ledger_id, keys.tag_key)
        assert row.leaf == leaf(row, ledger_id)
        ends[row.stream] = (row.sequence, row.leaf)
        last = row.recorded_at
