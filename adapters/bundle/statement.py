"""What a ledger signs about a bundle as a whole: which records it must hold to be complete.

Without it, whoever hands a bundle on could leave out the newest records, and each that is left
would still be proven. Every line is explained in docs/bundle.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from veinledger.adapters.proof.notes import Checkpoint
from veinledger.domain.ledger.port import KeptOriginal, Row


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Statement:
    """What is stated; a stream is its rows, in order."""

    encounter: str
    signed: datetime
    checkpoint: Checkpoint
    since: Checkpoint | None
    with_originals: bool
    streams: Sequence[Sequence[Row]]
    originals: Sequence[KeptOriginal]
    merged: Sequence[tuple[str, int]] = ()
    """The encounters that count in it, each with the number of its records, which are not in it."""

    def __repr__(self) -> str:
        return f"<statement at size {self.checkpoint.size}>"

    @property
    def text(self) -> str:
        """The lines to be signed."""
        return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> Iterator[str]:
        signed = self.signed.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
        yield f"{self.checkpoint.origin}/bundle/1"
        yield f"encounter {json.dumps(self.encounter, ensure_ascii=False)}"
        yield f"signed {signed}Z"
        yield f"tree {_tree(self.checkpoint)}"
        yield f"since {_tree(self.since) if self.since else 'none'}"
        yield f"originals {'included' if self.with_originals else 'left out'}"
        for rows in self.streams:
            last = rows[-1]
            yield f"stream {last.stream} {last.sequence} {last.leaf.hex()}"
        for name, records in self.merged:
            yield f"merged {records} {json.dumps(name, ensure_ascii=False)}"
        for kept in self.originals:
            plain = sha256(kept.content).hexdigest()
            yield f"original {kept.digest} {len(kept.content)} {plain} {kept.media_type}"


def _tree(checkpoint: Checkpoint) -> str:
    return f"{checkpoint.size} {checkpoint.root.hex()}"
