"""Row K4: a copy from earlier, in the ledger's place, against checkpoints kept elsewhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.adapters.store_contract import Clock, append, draft
from tests.adapters.test_anchored import checkpoints, verified
from tests.adapters.test_verify import Ledger
from tests.tiers import size, tell
from veinledger.adapters.store.opening import open_store


def grown(folder: Path, rounds: int) -> tuple[list[Ledger], list[bytes]]:
    """A ledger's file as it was after each round, each three records longer; and all leaves."""
    url, copies = f"sqlite:///{folder / 'ledger.sqlite'}", list[Ledger]()
    store, keys = open_store(url, keys=folder, clock=Clock())
    for number in range(rounds):
        append(store, *(draft(f"encounter/{n % 3}", f"{number}".encode()) for n in range(3)))
        store.close()
        copies.append(Ledger(folder / f"{number}.sqlite", keys, store.ledger_id))
        shutil.copy(folder / "ledger.sqlite", copies[-1].file)
        store, _ = open_store(url, keys=folder, clock=Clock())
    leaves = list(store.leaves())
    store.close()
    return copies, leaves


@pytest.mark.stochastic
def test_an_older_copy_is_noticed_by_the_newest_checkpoint_and_not_by_one_of_its_own_time(
    tmp_path: Path,
) -> None:
    """The file itself as it was at each earlier checkpoint, put in the place of the newest."""
    rounds, by_newest = size(5, 50, 400), 0
    copies, leaves = grown(tmp_path, rounds)
    sizes = [1 + 3 * (number + 1) for number in range(rounds)]
    for number, older in enumerate(copies):
        bare = verified(older, [])
        assert (bare.verdict, bare.consistent) == ("consistent, not anchored", True), "the control"
        own = verified(older, checkpoints(leaves, sizes[number]))
        assert own.verdict.startswith("as the ledger signed it up to record")
        assert "intact" not in f"{bare.verdict} {own.verdict} {bare.not_excluded}"
        for newer in some_newer(sizes, number):
            found = verified(older, checkpoints(leaves, sizes[0], newer))
            assert not found.consistent
            assert f"{newer - sizes[number]} were cut off the end" in found.verdict
            by_newest += newer == sizes[-1]
    tell(f"older copies: {rounds}, each with none, its own, some newer and the newest checkpoint")
    assert by_newest == rounds - 1, "each but the newest"


def some_newer(sizes: list[int], number: int) -> set[int]:
    """The next, every seventh from there, and the newest."""
    return {*sizes[number + 1 :: 7], *sizes[number + 1 :][-1:]}
