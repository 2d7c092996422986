"""One digest for one meaning: SHA-256 over the canonical JSON of a view."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from veinledger.adapters.cli.as_json import plain
from veinledger.adapters.codec.canonical import canonical


def digest_of(view: object) -> bytes:
    """The digest of an answer; equal answers have equal digests on every machine."""
    return sha256(canonical(plain(view))).digest()


def digest_of_all(digests: Iterable[bytes]) -> bytes:
    """One digest over digests of one length, in their order."""
    return sha256(b"".join(digests)).digest()
