"""A long ledger is verified by two processes, which find what one finds."""

from __future__ import annotations

import shutil
import sqlite3
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Final

import pytest

from tests.adapters.store_contract import Clock, append, draft
from tests.tiers import SEED
from veinledger.adapters.store.anchoring import Outside
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.sqlite import in_bulk
from veinledger.adapters.store.tallied import CHUNK
from veinledger.adapters.store.verify import Verification, verify
from veinledger.domain.ledger.tree import root_of

ROWS: Final = 2 * CHUNK + 800
IN_THE_FIRST_HALF, IN_THE_SECOND_HALF = 17, CHUNK + 100


class Counted(ProcessPoolExecutor):
    """The pool that a verification starts, and what it was given to read."""

    given: ClassVar[list[object]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.given.append(args[0])
        return super().submit(fn, *args, **kwargs)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The parts that were read by a second process, of however short a ledger."""
    monkeypatch.setattr(in_bulk, "WORTH_A_PROCESS", 1)
    monkeypatch.setattr(in_bulk, "SHARE", 0.5)
    monkeypatch.setattr(in_bulk, "ProcessPoolExecutor", Counted)
    Counted.given.clear()
    return Counted.given


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Outside]]:
    """A ledger, and checkpoints over beginnings of it that were kept elsewhere."""
    folder = tmp_path_factory.mktemp("long")
    store, _ = open_store(f"sqlite:///{folder / 'ledger.sqlite'}", keys=folder, clock=Clock())
    for first in range(0, ROWS, 400):
        numbers = range(first, min(first + 400, ROWS))
        append(store, *(draft(f"encounter/{n % 5}", b"x", f"r{n}") for n in numbers))
    leaves = list(store.leaves())
    store.close()
    sizes = {*Random(SEED).sample(range(1, len(leaves)), 40), CHUNK, 2 * CHUNK, len(leaves)}
    signed = [
        Outside(size=size, root=root_of(leaves[:size]), called=f"that over {size}")
        for size in sorted(sizes)
    ]
    return folder / "ledger.sqlite", signed


def verified(file: Path, signed: list[Outside], *, quick: bool, jobs: int) -> Verification:
    store, keys = open_store(f"sqlite:///{file}", keys=file.parent, read_only=True)
    found = verify(store, keys, signed, quick=quick, jobs=jobs)
    store.close()
    return found


@pytest.mark.parametrize("quick", [False, True])
def test_two_processes_find_what_one_finds(
    made: tuple[Path, list[Outside]], given: list[object], quick: bool
) -> None:
    file, signed = made
    found = verified(file, signed, quick=quick, jobs=2)
    assert len(given) == 1, "a second process read a part"
    assert (found.consistent, found.anchored, found.checkpoints) == (True, ROWS + 1, len(signed))
    assert found == verified(file, signed, quick=quick, jobs=1)


@pytest.mark.parametrize("position", [IN_THE_FIRST_HALF, IN_THE_SECOND_HALF, ROWS])
def test_a_row_that_was_changed_is_found_by_whichever_reads_it(
    made: tuple[Path, list[Outside]], given: list[object], position: int
) -> None:
    file, signed = made
    changed = Path(shutil.copy(file, file.parent / f"changed {position}.sqlite"))
    with closing(sqlite3.connect(changed)) as connection:
        connection.execute("DROP TRIGGER records_no_update")
        connection.execute("UPDATE records SET body = x'79' WHERE position = ?", (position,))
        connection.commit()
    found = verified(changed, signed, quick=True, jobs=2)
    assert given
    assert position in {fault.position for fault in found.faults}


@pytest.mark.parametrize("size", [1, IN_THE_FIRST_HALF, CHUNK, IN_THE_SECOND_HALF, ROWS + 1])
def test_a_checkpoint_over_other_rows_is_told_wherever_it_ends(
    made: tuple[Path, list[Outside]], given: list[object], size: int
) -> None:
    file, signed = made
    other = Outside(size=size, root=bytes(32), called="that over other rows")
    found = verified(file, [*signed, other], quick=True, jobs=2)
    assert given
    assert not found.consistent
    assert "that over other rows" in found.verdict
