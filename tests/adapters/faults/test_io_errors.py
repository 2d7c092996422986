"""The disk is full at the n-th write, or breaks at the n-th call: an error, and nothing half there.

Row C4 of the plan, for every n. The ledger says so in its own words, acknowledges nothing of what
failed, can be read meanwhile, and goes on in the same process once the trouble is over. A shim that
says `done` and writes nothing must be caught by the same checker.
"""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree, rmtree
from typing import Final

import pytest

from tests.adapters.faults.job import writer
from tests.adapters.faults.shim import EVERY_KIND, Fault, built_shim
from tests.adapters.faults.trouble import Found, Run, Trial, trials
from tests.tiers import size, tell

GROWING: Final = ("write", "resize", "open")
"""The calls that a full disk turns down."""
FULL = Fault(at=1, deed="fail", error=errno.ENOSPC, kinds=GROWING, for_good=True)
TROUBLES: Final = {
    "the disk is full from the n-th call on": FULL,
    "the disk is full at the n-th call, which writes half": replace(
        FULL, deed="tear", for_good=False
    ),
    "the n-th call fails": Fault(at=1, deed="fail", error=errno.EIO, kinds=EVERY_KIND),
    "every call fails from the n-th on": Fault(
        at=1, deed="tear", error=errno.EIO, kinds=EVERY_KIND, for_good=True
    ),
}
FIRST_OF_AN_INGEST = size(20, 10**6, 10**6)
FIRST_OF_ANOTHER_WAY = size(4, 10**6, 10**6)
"""How many calls are made to fail, one after the other; all of them from tier 1 on."""

pytestmark = pytest.mark.stochastic


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Generator[Run, None, None]:
    """Runs trials in one program, with the shim before its system calls."""
    with trials(built_shim(tmp_path_factory.mktemp("shim"))) as ready:
        yield ready


@pytest.fixture(scope="module")
def left_behind(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """A ledger whose writer was killed: its write-ahead log is to be read back by whoever opens it.

    What it acknowledged is in `kept`.
    """
    with writer(tmp_path_factory.mktemp("left") / "ledger") as at_work:
        at_work.killed(at_work.job(), answers=4, after=0.0)
        kept = tuple(sorted(at_work.numbers()))[:6]
    return Trial(folder=str(at_work.folder), phase="opening", kept=kept)


def sweep(run: Run, folder: Path, trial: Trial, first: int) -> Iterator[tuple[int, Found]]:
    """Let the n-th call go wrong for n = 1, 2, 3, ... until there is no n-th call any more."""
    assert trial.fault is not None
    template = Path(trial.folder) if trial.folder else None
    for at in range(1, first + 1):
        place = folder / "ledger"
        rmtree(place, ignore_errors=True)
        if template is None:
            place.mkdir()
        else:
            copytree(template, place)
        found = run(replace(trial, folder=str(place), fault=replace(trial.fault, at=at)))
        if not found.hits:
            assert found.complaint == "", f"nothing failed: {found.complaint}"
            return
        yield at, found


def assert_said_in_our_words(found: Found) -> None:
    """What the ledger said of a broken disk is about the store, and no more than that."""
    for kind, text in found.errors:
        assert kind == "StoreFailed", f"{kind}: {text}"


def swept(run: Run, folder: Path, trial: Trial, first: int) -> Counter[str]:
    """Sweep, and hold every trial to what must be true; how many calls of each kind failed."""
    calls = Counter[str]()
    for at, found in sweep(run, folder, trial, first):
        assert found.complaint == "", f"call {at}, {found.where}: {found.complaint}"
        assert_said_in_our_words(found)
        calls[found.call] += 1
    return calls


@pytest.mark.parametrize("in_bulk", [False, True], ids=["one by one", "in bulk"])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_fails_while_messages_are_taken_in_is_told_and_leaves_nothing_half_there(
    run: Run, tmp_path: Path, trouble: str, in_bulk: bool
) -> None:
    trial, calls = Trial(folder="", phase="taking in", fault=TROUBLES[trouble]), Counter[str]()
    first = FIRST_OF_ANOTHER_WAY if in_bulk else FIRST_OF_AN_INGEST
    for at, found in sweep(run, tmp_path, replace(trial, in_bulk=in_bulk), first):
        where = f"call {at}, {found.where}"
        assert found.complaint == "", f"{where}: {found.complaint}"
        assert found.errors, f"{where} failed, and every message was acknowledged"
        assert_said_in_our_words(found)
        assert all("nothing was" in text for _, text in found.errors), found.errors
        calls[found.call] += 1
    way = "in bulk" if in_bulk else "one by one"
    tell(f"taking in {way}, {trouble}: {sum(calls.values())} calls, each told, {dict(calls)}")


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_fails_while_a_ledger_is_closed_loses_nothing(
    run: Run, tmp_path: Path, trouble: str
) -> None:
    trial = Trial(folder="", phase="closing", fault=TROUBLES[trouble])
    calls = swept(run, tmp_path, trial, FIRST_OF_ANOTHER_WAY)
    tell(f"closing, {trouble}: {sum(calls.values())} calls, 0 lost, {dict(calls)}")


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_fails_while_a_ledger_is_made_leaves_none_or_one_with_its_key(
    run: Run, tmp_path: Path, trouble: str
) -> None:
    trial = Trial(folder="", phase="opening", fault=TROUBLES[trouble])
    calls = swept(run, tmp_path, trial, FIRST_OF_ANOTHER_WAY)
    tell(f"first opening, {trouble}: {sum(calls.values())} calls, {dict(calls)}")


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_fails_while_a_ledger_that_was_left_behind_is_opened_loses_nothing(
    run: Run, tmp_path: Path, trouble: str, left_behind: Trial
) -> None:
    trial = replace(left_behind, fault=TROUBLES[trouble])
    calls = swept(run, tmp_path, trial, FIRST_OF_ANOTHER_WAY)
    tell(f"opening what was left, {trouble}: {sum(calls.values())} calls, 0 lost, {dict(calls)}")


def test_a_key_that_cannot_be_synced_makes_no_ledger(run: Run, tmp_path: Path) -> None:
    """Neither the key's own sync nor that of a folder it lies in may fail unheard."""
    fault = Fault(at=1, deed="fail", kinds=("sync",))
    trial, failed = Trial(folder="", phase="opening", fault=fault), Counter[str]()
    for at, found in sweep(run, tmp_path, trial, 10**6):
        assert found.complaint == "", f"sync {at}, {found.where}: {found.complaint}"
        if found.where.endswith((".key", "/keys")):
            assert found.errors, f"sync {at} failed, {found.where}, and a ledger was made"
            failed[found.call] += 1
    assert {"fsync key", "fsync folder"} <= failed.keys()


def test_the_control_a_disk_that_says_done_and_writes_nothing_is_caught(
    run: Run, tmp_path: Path
) -> None:
    lies = Fault(at=1, deed="lie", kinds=("write",), for_good=True)
    trial, caught, seen = Trial(folder="", phase="taking in", fault=lies), 0, 0
    for _, found in sweep(run, tmp_path, trial, size(10, 20, 10**6)):
        caught, seen = caught + bool(found.complaint or found.errors), seen + 1
    tell(f"control, writes that are lies: {caught} of {seen} caught")
    assert caught == seen > 0


def test_the_control_a_sync_that_says_done_and_does_nothing_is_not_told(
    run: Run, tmp_path: Path
) -> None:
    """So it is the failure of the sync, and nothing else, that keeps a message unacknowledged."""
    lies = Fault(at=1, deed="lie", kinds=("sync",))
    trial = Trial(folder="", phase="taking in", fault=lies)
    told = [found.errors for _, found in sweep(run, tmp_path, trial, 10**6)]
    assert told
    assert not any(told)
