"""How one body, or one original, is encrypted: AES-256-GCM under a key that encrypts nothing else.

The key of a body follows from the position of its row and from a salt that is drawn for it. What a
power cut or a restored backup has undone is followed by another row at the same position: without
the salt, one key would encrypt two bodies, and give both away. AES-GCM can be made to open under
two keys, so the row carries a commitment to its own, which a bundle hands out.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import replace
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from veinledger.domain.ledger.port import KeptOriginal
from veinledger.domain.ledger.seal import Unsealed, tagged_bytes

ALGORITHM: Final = "aes-256-gcm"
SALT: Final = 16
NONCE: Final = SALT + 32
"""Of a row: the salt, then the commitment to the key."""
_COMMITTED: Final = b"veinledger/1 body key"
_FIXED: Final = bytes(12)
"""The nonce of AES-GCM itself: no key is used twice."""
_KEY_ID: Final = 8
_VERSION: Final = b"\x01"
_HEAD: Final = len(_VERSION) + _KEY_ID + SALT


class Unreadable(Exception):
    """Something does not open under its key: it was changed, or is another's. It says no more."""


def with_an_encrypted_body(row: Unsealed, bodies_key: bytes) -> Unsealed:
    """The row with its body encrypted under a new key, and in its nonce what leads to the key."""
    salt = os.urandom(SALT)
    key = _key(bodies_key, b"body", row.position.to_bytes(8, "big"), salt)
    named = replace(row, nonce=salt + commitment(key), body=b"")
    return replace(named, body=AESGCM(key).encrypt(_FIXED, row.body, tagged_bytes(named)))


def key_of_body(row: Unsealed, bodies_key: bytes) -> bytes:
    """The key that the row's nonce commits to; raises Unreadable where it is another."""
    nonce = row.nonce or b""
    try:
        key = _key(bodies_key, b"body", row.position.to_bytes(8, "big"), nonce[:SALT])
    except OverflowError:  # no row was ever written at such a position
        raise Unreadable from None
    if len(nonce) != NONCE or not hmac.compare_digest(nonce[SALT:], commitment(key)):
        raise Unreadable
    return key


def body_under(row: Unsealed, key: bytes) -> bytes:
    """The body as it was drafted; raises Unreadable unless the whole row is as it was sealed."""
    try:
        covered = tagged_bytes(replace(row, body=b""))
    except OverflowError:  # a number or a time that no row was ever written with
        raise Unreadable from None
    return _decrypted(key, row.body, covered)


def commitment(key: bytes) -> bytes:
    """What can be shown of a key without giving it away, and belongs to no other."""
    return sha256(_COMMITTED + key).digest()


def with_encrypted_content(
    kept: KeptOriginal, ledger_id: bytes, key_id: str, bodies_key: bytes
) -> KeptOriginal:
    """The original with its content encrypted, and before it which root key leads to its key."""
    head = _VERSION + bytes.fromhex(key_id) + os.urandom(SALT)
    key = _key(bodies_key, b"original", kept.digest.encode(), head[-SALT:])
    covered = _covered(kept, ledger_id, head)
    return replace(kept, content=head + AESGCM(key).encrypt(_FIXED, kept.content, covered))


def key_id_in(kept: KeptOriginal) -> str:
    """Which root key leads to the key of an encrypted original; raises Unreadable."""
    if len(kept.content) < _HEAD or not kept.content.startswith(_VERSION):
        raise Unreadable
    return kept.content[len(_VERSION) : len(_VERSION) + _KEY_ID].hex()


def with_plain_content(kept: KeptOriginal, ledger_id: bytes, bodies_key: bytes) -> KeptOriginal:
    """The original as it was received; raises Unreadable where it was changed, or is another's."""
    head, encrypted = kept.content[:_HEAD], kept.content[_HEAD:]
    key = _key(bodies_key, b"original", kept.digest.encode(), head[-SALT:])
    return replace(kept, content=_decrypted(key, encrypted, _covered(kept, ledger_id, head)))


def _covered(kept: KeptOriginal, ledger_id: bytes, head: bytes) -> bytes:
    return _prefixed(ledger_id, kept.digest.encode(), head)


def _key(bodies_key: bytes, *parts: bytes) -> bytes:
    return hmac.digest(bodies_key, _prefixed(*parts), "sha256")


def _prefixed(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _decrypted(key: bytes, encrypted: bytes, covered: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(_FIXED, encrypted, covered)
    except InvalidTag:
        raise Unreadable from None
