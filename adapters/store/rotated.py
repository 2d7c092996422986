"""The record that another root key is used from here on: the last one sealed under the old key."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from veinledger.adapters.errors import KeyMissing, LedgerDamaged
from veinledger.adapters.proof.succession import holds, signed_by_both, succession
from veinledger.adapters.store.created import LEDGER_STREAM
from veinledger.adapters.store.keys import Keys, succeeded_by
from veinledger.adapters.store.sealing import unsealed_of
from veinledger.domain.ledger.port import Draft, Row
from veinledger.domain.ledger.seal import tag_of, tagged_bytes
from veinledger.domain.reports import Actor

ROTATED: Final = "ledger.key_rotated"
OF_ROTATIONS: Final = f"WHERE stream = '{LEDGER_STREAM}' AND type = ? ORDER BY sequence"
"""The end of a statement that picks these records in order."""
_TEXTS: Final = ("key_id", "check", "note", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What such a record says."""

    position: int
    recorded_at: datetime
    key_id: str
    """Of the new root key, which seals every record after this one."""
    check: str
    note: str
    """Signed by the old and the new key: who was given the one goes on to the other by it."""
    by: Actor
    reason: str


def rotated_draft(old: Keys, new: Keys, by: Actor, reason: str) -> Draft:
    """The record, before it is sealed; `new` are the keys of the records after it."""
    text = succession(old.signer.key, new.signer.key, new.since - 1)
    said = {
        "version": 1,
        "key_id": new.key_id,
        "check": new.check,
        "note": signed_by_both(text, old.signer, new.signer),
        "by": {"id": by.id, "role": by.role},
        "reason": reason,
    }
    body = json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()
    return Draft(stream=LEDGER_STREAM, type=ROTATED, body=body)


def rotated_in(row: Row) -> Rotated:
    """What a record of this type says; raises LedgerDamaged where it cannot be read."""
    try:
        said = cast("dict[str, Any]", json.loads(row.body.decode()))
        by = Actor(id=str(said["by"]["id"]), role=str(said["by"]["role"]))
        texts = {name: str(said[name]) for name in _TEXTS}
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _not_as_written(row) from None
    return Rotated(position=row.position, recorded_at=row.recorded_at, by=by, **texts)


def keys_after(row: Row, keys: Keys, root: bytes, ledger_id: bytes) -> Keys:
    """The keys of the records after this one, which says that they are sealed under this root.

    Raises KeyMissing where it is another root, LedgerDamaged where the record was changed: the
    old key sealed it, and both keys signed that one follows the other.
    """
    told, new = rotated_in(row), succeeded_by(keys, root, ledger_id, row.position + 1)
    tag = tag_of(tagged_bytes(unsealed_of(row, ledger_id)), keys.tag_key)
    both = holds(told.note, keys.signer.key, new.signer.key, row.position)
    if row.key_id != keys.key_id or not hmac.compare_digest(tag, row.tag):
        raise _not_as_written(row)
    if (told.key_id, told.check) != (new.key_id, new.check):
        raise KeyMissing(
            f"the root key at hand for the records after record {row.position} is key"
            f" {new.key_id}, and they are sealed under key {told.key_id}; put the key file that"
            " belongs to them back from where your keys are kept; nothing was opened"
        )
    if not both:
        raise _not_as_written(row)
    return new


def _not_as_written(row: Row) -> LedgerDamaged:
    return LedgerDamaged(
        f"record {row.position} says that the root key was rotated, and is not as the ledger wrote"
        " it; keep the file as it is, and restore the newest verified backup beside it"
    )
