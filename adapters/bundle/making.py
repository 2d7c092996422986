"""A bundle of one encounter: what somebody without the ledger can check, in one file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from veinledger.adapters.bundle.gathering import Contents, Wanted, gathered
from veinledger.adapters.bundle.since import newest_in
from veinledger.adapters.bundle.writing import (
    put,
    refuse_what_does_not_verify,
    refuse_what_is_in_the_way,
    written,
)
from veinledger.adapters.logs import logger
from veinledger.adapters.proof.succession import trusted_by
from veinledger.adapters.store.created import LEDGER_STREAM
from veinledger.adapters.store.keys import Keys
from veinledger.adapters.store.rotated import ROTATED, rotated_in
from veinledger.domain.ledger.naming import Naming
from veinledger.domain.ledger.port import Store
from veinledger.domain.standing.encounter import chain_of
from veinledger.domain.standing.history import History, merged_with

LOG: Final = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundled:
    """A bundle that was made; of a patient it tells nothing but where the file lies."""

    file: str
    ledger_id: str
    key: str
    """The verification key: give it to whoever gets the bundle, by another way."""
    records: int
    """The bundle is complete up to this record of the encounter."""
    chains: int
    """Chains of identity, whose streams are in it too."""
    merged: int
    """Encounters that were merged into it: they count in it, and the bundle names them as what it
    does not hold. A bundle of each has to be asked for."""
    size: int
    """Of the ledger when it signed."""
    root: str
    originals: int | None
    """Messages as received; None where they were left out."""
    since: int | None
    """The size of the earlier checkpoint that it is proven to extend."""
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which bundle is wanted, and where it goes."""

    file: Path
    originals: bool
    since: Path | None
    until: int
    """The ledger's last position when it was asked."""
    at: datetime


def make_bundle(store: Store, keys: Keys, history: History, order: Order) -> Bundled:
    """Gather, sign, verify and write a bundle of an encounter as the ledger holds it.

    Raises Refused where the file is there, BadInput or NotFound for a file of checkpoints that is
    none, LedgerDamaged where the ledger is not as it was written.
    """
    refuse_what_is_in_the_way(order.file)
    wanted = Wanted(
        encounter=history.encounter,
        streams=_streams(keys, history),
        originals=tuple(dict.fromkeys(r.original for r in history.records if r.original)),
        with_originals=order.originals,
        since=newest_in(order.since, trusted_by(keys, None)) if order.since else None,
        until=order.until,
        signed=order.at,
        merged=tuple(_merged(keys, history)),
    )
    contents = gathered(store, keys, wanted)
    rotations = _rotations(store, order.until)
    content = written(contents, keys.signer.key, store.ledger_id, rotations)
    refuse_what_does_not_verify(content, keys.signer.key)
    put(content, order.file)
    made = _told(contents, order, content, keys)
    LOG.info("ledger.bundled", position=made.size, records=made.records, bytes=made.bytes)
    return made


def _rotations(store: Store, until: int) -> tuple[str, ...]:
    """What the ledger's keys signed of one following the other, in order."""
    rows = (row for row in store.stream(LEDGER_STREAM) if row.position <= until)
    return tuple(rotated_in(row).note for row in rows if row.type == ROTATED)


def _streams(keys: Keys, history: History) -> tuple[str, ...]:
    naming = Naming(keys.index_key, keys.digest_key)
    claimed = {claim.chain_of_identity for claim in history.claims}
    chains = dict.fromkeys(filter(None, (chain_of(record.fact) for record in history.records)))
    return (
        naming.stream_of("encounter", history.encounter),
        *(naming.identity_stream(chain) for chain in chains if chain in claimed),
    )


def _merged(keys: Keys, history: History) -> Iterator[tuple[str, str]]:
    """The encounters that count in this one, each with its stream."""
    naming = Naming(keys.index_key, keys.digest_key)
    for part in merged_with(history):
        yield part.encounter, naming.stream_of("encounter", part.encounter)


def _told(contents: Contents, order: Order, content: bytes, keys: Keys) -> Bundled:
    stated = contents.statement
    return Bundled(
        file=str(order.file),
        ledger_id=keys.signer.name.rpartition("/")[2],
        key=keys.signer.key.text,
        records=len(stated.streams[0]),
        chains=len(stated.streams) - 1,
        merged=len(stated.merged),
        size=contents.paths.size,
        root=contents.paths.root.hex(),
        originals=len(stated.originals) if stated.with_originals else None,
        since=contents.since.checkpoint.size if contents.since else None,
        bytes=len(content),
    )
