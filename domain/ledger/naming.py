"""Names inside the ledger: keyed, so that no index, column or stream name tells an identifier."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Literal

from veinledger.domain.reports import Source, Subject

KeyKind = Literal[
    "report", "conflict", "refused", "identity", "named", "released", "corrected",
    "unassigned", "assigned", "dismissed", "merged", "followed",
]  # fmt: skip

LEDGER_STREAM = "ledger"


@dataclass(frozen=True, slots=True, repr=False)
class Naming:
    """Makes report keys, stream names and digests under keys that the database does not hold."""

    index_key: bytes
    digest_key: bytes

    def report_key(self, kind: KeyKind, source: Source, digest: str = "") -> bytes:
        """HMAC over kind, connection, message, item and, for refusals and conflicts, the digest."""
        parts = (kind, source.connection, source.message, str(source.item), digest)
        return _hmac(self.index_key, "report", *parts)

    def stream_of(self, subject: Subject, name: str) -> str:
        """The stream of an encounter or a centre."""
        return f"{subject}/{self._alias(subject, name)}"

    def identity_stream(self, chain_of_identity: str) -> str:
        """The stream in which encounters claim a chain of identity."""
        return f"identity/{self._alias('identity', chain_of_identity)}"

    def following_stream(self, encounter: str) -> str:
        """The stream in which encounters say that they follow this one."""
        return f"following/{self._alias('following', encounter)}"

    def intake_stream(self, connection: str, *, known: bool) -> str:
        """The stream of what a connection sent and the ledger could not take.

        A connection of the directory stands under its own name, any other under its keyed hash:
        nobody knows what a broken sender has put there.
        """
        return f"intake/{connection if known else self._alias('intake', connection)}"

    def digest(self, content: bytes) -> str:
        """The keyed digest of bytes, hexadecimal: equal bytes, equal digest, nothing to guess."""
        return hmac.digest(self.digest_key, content, "sha256").hex()

    def _alias(self, kind: str, name: str) -> str:
        return _hmac(self.index_key, "alias", kind, name).hex()[:32]


def _hmac(key: bytes, *parts: str) -> bytes:
    """HMAC-SHA256 over length-prefixed texts, so that no two lists of parts read alike.

    A name with half of a character, which no report can have, may be asked about like any other.
    """
    encoded = (part.encode("utf-8", "surrogatepass") for part in parts)
    message = b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
    return hmac.digest(key, message, "sha256")
