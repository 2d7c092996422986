"""Gathering a bundle: the rows of one encounter, the proof of each, and what is signed about them.

All is read up to one position, the ledger's last when the bundle was begun. Rows are only ever
added, so that is a snapshot, whoever writes meanwhile. What does not fit together is refused: a
ledger signs no bundle of records that were changed.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from veinledger.adapters.bundle.since import Earlier
from veinledger.adapters.bundle.statement import Statement
from veinledger.adapters.errors import LedgerDamaged
from veinledger.adapters.proof.checking import is_extended
from veinledger.adapters.proof.notes import Checkpoint
from veinledger.adapters.store.encrypted.bodies import Bodies
from veinledger.adapters.store.keys import Keys
from veinledger.adapters.store.sealing import unsealed_of
from veinledger.domain.ledger.port import KeptOriginal, Row, Store
from veinledger.domain.ledger.seal import NO_LEAF, leaf_of, tag_of, tagged_bytes
from veinledger.domain.ledger.tree import Paths, consistency_path, inclusion_paths
from veinledger.domain.reports import Original

_SEE: Final = "keep the ledger as it is and run `veinledger verify`; nothing was signed"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Wanted:
    """What a bundle is to hold."""

    encounter: str
    streams: tuple[str, ...]
    """The encounter's, then one of each of its chains of identity."""
    originals: tuple[Original, ...]
    """What its records name as received, each once."""
    with_originals: bool
    since: Earlier | None
    until: int
    """The last position that is seen."""
    signed: datetime
    merged: tuple[tuple[str, str], ...] = ()
    """The encounters that count in it, each with its stream, of which only the end is told."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Contents:
    """All that a bundle holds."""

    statement: Statement
    signed_checkpoint: str
    signed_statement: str
    paths: Paths
    since: Earlier | None
    since_path: tuple[bytes, ...]
    body_keys: Mapping[int, bytes]
    """Of each record whose body is encrypted, by its position, the key that opens it alone."""

    def __repr__(self) -> str:
        return f"<bundle at size {self.paths.size}>"


def gathered(store: Store, keys: Keys, wanted: Wanted) -> Contents:
    """Read, prove and sign; raises LedgerDamaged where the ledger is not as it was written."""
    bodies = Bodies(store.ledger_id, keys)
    streams = tuple(_rows_of(store, keys, name, wanted.until) for name in wanted.streams)
    originals = tuple(_kept(store, original, bodies) for original in wanted.originals)
    paths, since_path = _proofs(store, wanted, streams)
    checkpoint = Checkpoint(keys.signer.name, paths.size, paths.root)
    _refuse_another_history(wanted.since, checkpoint, since_path)
    statement = Statement(
        encounter=wanted.encounter,
        signed=wanted.signed,
        checkpoint=checkpoint,
        since=wanted.since.checkpoint if wanted.since else None,
        with_originals=wanted.with_originals,
        streams=streams,
        originals=originals,
        merged=tuple(_counted(store, keys, wanted)),
    )
    return Contents(
        statement=statement,
        signed_checkpoint=keys.signer.signed(checkpoint.text),
        signed_statement=keys.signer.signed(statement.text),
        paths=paths,
        since=wanted.since,
        since_path=since_path,
        body_keys=_body_keys(bodies, streams),
    )


def _counted(store: Store, keys: Keys, wanted: Wanted) -> Iterator[tuple[str, int]]:
    """How many records of each merged encounter there are, found to be as they were written."""
    for name, stream in wanted.merged:
        yield name, len(_rows_of(store, keys, stream, wanted.until))


def _body_keys(bodies: Bodies, streams: Iterable[Iterable[Row]]) -> dict[int, bytes]:
    keys = ((row.position, bodies.key_of(row)) for rows in streams for row in rows)
    return {position: key for position, key in keys if key is not None}


def _rows_of(store: Store, keys: Keys, stream: str, until: int) -> tuple[Row, ...]:
    """The rows of a stream, each with its tag, its leaf and its place in the chain checked."""
    rows = tuple(row for row in store.stream(stream) if row.position <= until)
    leaf = NO_LEAF
    for sequence, row in enumerate(rows, 1):
        follows = (row.sequence, row.previous) == (sequence, leaf)
        if not follows or not _is_sealed(row, store.ledger_id, keys):
            raise LedgerDamaged(f"record {row.position} is not as the ledger wrote it; {_SEE}")
        leaf = row.leaf
    if not rows:
        raise LedgerDamaged(f"a stream of this encounter holds no record; {_SEE}")
    return rows


def _is_sealed(row: Row, ledger_id: bytes, keys: Keys) -> bool:
    tagged = tagged_bytes(unsealed_of(row, ledger_id))
    same = hmac.compare_digest(tag_of(tagged, keys.at(row.position).tag_key), row.tag)
    return same and leaf_of(tagged, row.tag) == row.leaf


def _proofs(
    store: Store, wanted: Wanted, streams: Sequence[Sequence[Row]]
) -> tuple[Paths, tuple[bytes, ...]]:
    """The paths of all rows, and the proof from the earlier checkpoint; leaves are read once."""
    known = {row.position - 1: row.leaf for rows in streams for row in rows}
    wanted_paths = tuple(known)
    known |= {wanted.until - 1: _last(store, wanted.until)}  # a gap would put another in its place
    leaves: Iterable[bytes] = islice(store.leaves(), wanted.until)
    path: tuple[bytes, ...] = ()
    if wanted.since is not None:
        leaves = list(leaves)
        path = _from_earlier(leaves, wanted.since.checkpoint)
    return inclusion_paths(_compared(leaves, known, wanted.until), wanted_paths), path


def _last(store: Store, until: int) -> bytes:
    """The leaf at the last position that is seen."""
    row = next(store.rows(until - 1), None)
    if row is None or row.position != until:
        raise LedgerDamaged(f"record {until} is missing; {_SEE}")
    return row.leaf


def _compared(leaves: Iterable[bytes], known: Mapping[int, bytes], until: int) -> Iterator[bytes]:
    """The same leaves; what the scan finds must be what the streams led to, up to the end."""
    read = 0
    for read, leaf in enumerate(leaves, 1):
        if known.get(read - 1, leaf) != leaf:
            raise LedgerDamaged(f"record {read} is another by scan than by stream; {_SEE}")
        yield leaf
    if read != until:
        raise LedgerDamaged(f"the scan ends at record {read}, and {until} are there; {_SEE}")


def _from_earlier(leaves: Sequence[bytes], earlier: Checkpoint) -> tuple[bytes, ...]:
    if not 0 < earlier.size <= len(leaves):
        raise LedgerDamaged(
            f"this ledger signed a checkpoint of size {earlier.size} and now holds {len(leaves)}"
            " records: some are gone from its end, or an older copy was put in its place;"
            f" {_SEE}"
        )
    return consistency_path(leaves, earlier.size)


def _refuse_another_history(
    since: Earlier | None, checkpoint: Checkpoint, path: tuple[bytes, ...]
) -> None:
    """What the ledger signed then must be what its rows say now."""
    if since is None:
        return
    then = since.checkpoint
    if not is_extended(then.size, then.root, checkpoint.size, checkpoint.root, path):
        raise LedgerDamaged(
            f"the first {then.size} records are not those that the ledger signed in its checkpoint"
            f" of that size: some were changed since; {_SEE}"
        )


def _kept(store: Store, original: Original, bodies: Bodies) -> KeptOriginal:
    """The bytes as received, found to be those that the record names."""
    kept = store.original(original.digest)
    if kept is None:
        raise LedgerDamaged(f"an original of this encounter is missing; {_SEE}")
    kept = bodies.original(kept)
    if (len(kept.content), kept.media_type) != (original.length, original.media_type):
        raise LedgerDamaged(f"an original of this encounter was changed; {_SEE}")
    return kept
