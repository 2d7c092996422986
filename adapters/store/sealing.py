"""Sealing, the same for every store: which position, time, sequence and hash a draft gets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from veinledger.adapters.errors import Defect
from veinledger.adapters.store.encrypted.cipher import (
    with_an_encrypted_body,
    with_encrypted_content,
)
from veinledger.domain.ledger.naming import LEDGER_STREAM
from veinledger.domain.ledger.port import Draft, KeptOriginal, Row
from veinledger.domain.ledger.seal import (
    NO_LEAF,
    Unsealed,
    leaf_of,
    microseconds_of,
    moment_of,
    tag_of,
    tagged_bytes,
)

Clock = Callable[[], datetime]
"""Gives an aware instant; the ledger never lets it run backwards."""


def utc_now() -> datetime:
    """The clock of this machine."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """Where the whole ledger ends: what the next row must follow."""

    position: int = 0
    microseconds: int = 0

    def now(self, clock: Clock) -> datetime:
        """The later of the clock and the last row's time, in UTC."""
        return moment_of(max(microseconds_of(clock()), self.microseconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where one stream ends: what its next row must follow."""

    sequence: int = 0
    leaf: bytes = NO_LEAF


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Sealer:
    """Seals drafts under one ledger id and one key."""

    ledger_id: bytes
    key_id: str
    tag_key: bytes
    bodies_key: bytes | None = None
    """None: bodies and originals are kept in clear."""

    def rows(
        self,
        drafts: Iterable[Draft],
        *,
        after: int,
        now: datetime,
        head_of: Callable[[str], Head],
    ) -> Iterator[Row]:
        """The drafts as rows that follow position `after` and the heads of their streams."""
        heads: dict[str, Head] = {}
        for position, draft in enumerate(drafts, after + 1):
            head = heads.get(draft.stream) or head_of(draft.stream)
            row = self._sealed(draft, position, now, head)
            heads[draft.stream] = Head(sequence=row.sequence, leaf=row.leaf)
            yield row

    def _sealed(self, draft: Draft, position: int, now: datetime, head: Head) -> Row:
        refuse_what_cannot_be_sealed(draft)
        unsealed = Unsealed(
            ledger_id=self.ledger_id,
            position=position,
            stream=draft.stream,
            sequence=head.sequence + 1,
            type=draft.type,
            recorded_at=now,
            key=draft.key,
            key_id=self.key_id,
            nonce=None,
            previous=head.leaf,
            body=draft.body,
        )
        if self.bodies_key is not None and draft.stream != LEDGER_STREAM:
            unsealed = with_an_encrypted_body(unsealed, self.bodies_key)
        tagged = tagged_bytes(unsealed)
        tag = tag_of(tagged, self.tag_key)
        return row_from(unsealed, tag, leaf_of(tagged, tag))

    def original(self, kept: KeptOriginal) -> KeptOriginal:
        """The original as it is stored."""
        if self.bodies_key is None:
            return kept
        return with_encrypted_content(kept, self.ledger_id, self.key_id, self.bodies_key)


def row_from(unsealed: Unsealed, tag: bytes, leaf: bytes) -> Row:
    """A row: all that its tag covers, its tag and its leaf."""
    return Row(
        position=unsealed.position,
        stream=unsealed.stream,
        sequence=unsealed.sequence,
        type=unsealed.type,
        recorded_at=unsealed.recorded_at,
        key=unsealed.key,
        key_id=unsealed.key_id,
        nonce=unsealed.nonce,
        previous=unsealed.previous,
        body=unsealed.body,
        tag=tag,
        leaf=leaf,
    )


def unsealed_of(row: Row, ledger_id: bytes) -> Unsealed:
    """What the tag of a stored row must cover."""
    return Unsealed(
        ledger_id=ledger_id,
        position=row.position,
        stream=row.stream,
        sequence=row.sequence,
        type=row.type,
        recorded_at=row.recorded_at,
        key=row.key,
        key_id=row.key_id,
        nonce=row.nonce,
        previous=row.previous,
        body=row.body,
    )


def refuse_what_cannot_be_sealed(draft: Draft) -> None:
    """Keep apart in the leaf what must be apart: no empty name, no key that reads as absent."""
    if not draft.stream or not draft.type:
        raise Defect("a draft without a stream or a type; every draft names both")
    if draft.key is not None and len(draft.key) != 32:
        raise Defect("a draft whose report key is not 32 bytes long; see Naming.report_key")
