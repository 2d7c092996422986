"""Verifying a ledger from its rows alone: every row recomputed, on both ways to reach it.

In bulk first, where that can be done; where anything is in doubt, row by row, to say where. What no
reading of the file can exclude is said in the verdict: without a checkpoint kept elsewhere, rows
missing from the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import BrokenExecutor
from itertools import islice

from veinledger.adapters.errors import LedgerBusy, StoreFailed, VeinledgerError, boundary
from veinledger.adapters.store.anchoring import Extent
from veinledger.adapters.store.created import refuse_another_key
from veinledger.adapters.store.keys import Keys
from veinledger.adapters.store.placed import FAULTS_LISTED, row_by_row
from veinledger.adapters.store.sqlite.in_bulk import Wanted, in_bulk
from veinledger.adapters.store.sqlite.store import SQLiteStore
from veinledger.adapters.store.tallied import CHUNK, Doubt, roots_in
from veinledger.adapters.store.verdict import Fault, Verification
from veinledger.adapters.store.witnessed import Elsewhere, judged, leaves_of_chunks, sizes_among
from veinledger.domain.ledger.port import Store

__all__ = ["FAULTS_LISTED", "Fault", "Verification", "verify"]

_NOTHING_SAID_OF_THE_ROWS = (BrokenExecutor, LedgerBusy, StoreFailed)
"""The second process ended, or the file could not be had: nothing was seen that is amiss."""
_DOUBTS = (Doubt, VeinledgerError, TypeError, ValueError, OverflowError)


@boundary
def verify(
    store: Store,
    keys: Keys,
    outside: Sequence[Elsewhere] = (),
    *,
    quick: bool = False,
    jobs: int = 1,
) -> Verification:
    """Read the whole ledger, by scan and by stream, and recompute every tag and every leaf.

    `outside` is what was kept elsewhere: checkpoints, their signatures verified, and receipts of
    senders. `quick` reads by scan alone, and says what that leaves out. `jobs` 2 reads a
    long ledger with a second process. What is found is placed row by row, whatever was asked for.
    """
    if not isinstance(store, SQLiteStore):
        return row_by_row(store, keys, outside, doubted=False)
    try:
        return _in_bulk(store, keys, outside, quick=quick, jobs=jobs)
    except _NOTHING_SAID_OF_THE_ROWS:
        doubted = False
    except _DOUBTS:
        doubted = True
    return row_by_row(store, keys, outside, doubted=doubted)


def _in_bulk(
    store: SQLiteStore,
    keys: Keys,
    outside: Sequence[Elsewhere],
    *,
    quick: bool,
    jobs: int,
) -> Verification:
    """The verdict on a ledger in which all holds; raises Doubt or another where any does not."""
    until = store.head()
    refuse_another_key(next(iter(store.rows()), None), keys)
    sizes = sizes_among(outside, until)
    tally = in_bulk(store, keys, Wanted(until=until, sizes=sizes, quick=quick, jobs=jobs))

    def leaves_of(chunk: int) -> Sequence[bytes]:
        return tuple(islice(store.leaves(chunk * CHUNK), CHUNK))

    leaves = leaves_of_chunks(outside, until, CHUNK, leaves_of)
    found = judged(outside, Extent(records=until, whole=until), roots_in(tally), leaves)
    if not found.holds:
        raise Doubt
    return Verification(
        records=until,
        streams=len(tally.streams),
        faults=(),
        checkpoints=found.checkpoints.checkpoints,
        anchored=found.up_to,
        unreadable=found.unreadable,
        quick=quick,
        receipts=found.receipts,
    )
