"""What rows and originals say in clear, for whoever has the ledger's keys.

A ledger keeps all its bodies in clear or encrypts all of them but its own few records, which are
read before any key is known. So a row that lies otherwise was put there by somebody else.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace

from veinledger.adapters.errors import LedgerDamaged
from veinledger.adapters.store.encrypted.cipher import (
    Unreadable,
    body_under,
    key_id_in,
    key_of_body,
    with_plain_content,
)
from veinledger.adapters.store.keys import Keys
from veinledger.adapters.store.sealing import unsealed_of
from veinledger.domain.ledger.naming import LEDGER_STREAM
from veinledger.domain.ledger.port import KeptOriginal, Row


@dataclass(frozen=True, slots=True, repr=False)
class Bodies:
    """Opens the bodies and originals of one ledger."""

    ledger_id: bytes
    keys: Keys

    def opened(self, row: Row) -> Row:
        """The row with its body in clear; raises LedgerDamaged where it does not open."""
        bodies_key = self._bodies_key_of(row)
        if bodies_key is None:
            return row
        sealed = unsealed_of(row, self.ledger_id)
        try:
            return replace(row, body=body_under(sealed, key_of_body(sealed, bodies_key)))
        except Unreadable:
            pass
        raise _damaged(row)

    def key_of(self, row: Row) -> bytes | None:
        """The key that opens this row alone; None where its body lies in clear, as it should."""
        bodies_key = self._bodies_key_of(row)
        if bodies_key is None:
            return None
        try:
            return key_of_body(unsealed_of(row, self.ledger_id), bodies_key)
        except Unreadable:
            pass
        raise _damaged(row)

    def _bodies_key_of(self, row: Row) -> bytes | None:
        bodies_key = self.keys.at(row.position).bodies_key
        if bodies_key is not None and row.stream != LEDGER_STREAM:
            return bodies_key
        if row.nonce:
            raise _damaged(row)
        return None

    def original(self, kept: KeptOriginal) -> KeptOriginal:
        """The original as it was received; raises LedgerDamaged where it is not that any more."""
        plain = self._in_clear(kept) if _is_written_so(kept.digest, kept.content) else None
        if plain is not None and self._digest(plain.content) == plain.digest:
            return plain
        raise LedgerDamaged(
            "an original was changed, or lies under another's digest; keep the ledger as it is, run"
            " `veinledger verify --originals`, and take it from the newest verified backup"
        )

    def _digest(self, content: bytes) -> str:
        return hmac.digest(self.keys.digest_key, content, "sha256").hex()

    def _in_clear(self, kept: KeptOriginal) -> KeptOriginal | None:
        if self.keys.bodies_key is None:
            return kept
        try:
            named = key_id_in(kept)
            for each in self.keys.line():
                if each.key_id == named and each.bodies_key is not None:
                    return with_plain_content(kept, self.ledger_id, each.bodies_key)
        except Unreadable:
            pass
        return None


def _is_written_so(digest: object, content: object) -> bool:
    """Whether two columns hold what was ever written there; damaged ones may hold anything."""
    return isinstance(digest, str) and isinstance(content, bytes)


def _damaged(row: Row) -> LedgerDamaged:
    return LedgerDamaged(
        f"record {row.position} does not open under its key: it was changed, moved or put there;"
        " keep the ledger as it is and run `veinledger verify`"
    )
