"""One digest for one meaning: SHA-256 over the canonical JSON of a view."""

from __future__ import annotations

from hashlib import sha256

from veinledger.adapters.codec.canonical import canonical
from veinledger.adapters.codec.plain import plain


def digest_of(view: object) -> bytes:
    """The digest of an answer; equal answers have equal digests on every machine."""
    return sha256(canonical(plain(view))).digest()
