"""Replaying with several processes, each of which opens the ledger for itself to read."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Final, TypeVar

from veinledger.adapters.front_door import open_ledger
from veinledger.adapters.replaying.replayer import EncounterReplay, Replayer
from veinledger.domain.codebook.statement import Edition
from veinledger.projections.replay.editions import EditionChanges

AT_ONCE: Final = 8
"""Encounters that a process takes at a time."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How each process opens the ledger, and up to which position it reads."""

    url: str
    site: str
    edition: Edition
    until: int


@dataclass(slots=True)
class _Process:
    """What one process has open."""

    replayer: Replayer | None = None


_PROCESS: Final = _Process()


def _open(opening: Opening) -> None:
    """Open the ledger; it is let go of when the process ends."""
    ledger = open_ledger(opening.url, site=opening.site, edition=opening.edition, read_only=True)
    _PROCESS.replayer = ledger.replayer(opening.until)


def _replayer() -> Replayer:
    if _PROCESS.replayer is None:
        raise RuntimeError("a process replays only after it has opened the ledger")
    return _PROCESS.replayer


def _one(encounter: str) -> EncounterReplay:
    return _replayer().one(encounter)


def _against(asked: tuple[str, Edition]) -> EditionChanges:
    return _replayer().against(*asked)


@contextmanager
def _processes(opening: Opening, jobs: int) -> Generator[ProcessPoolExecutor, None, None]:
    pool = ProcessPoolExecutor(
        jobs, mp_context=get_context("spawn"), initializer=_open, initargs=(opening,)
    )
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _mapped(
    work: Callable[[Any], T], asked: Sequence[object], opening: Opening, jobs: int
) -> Iterator[T]:
    with _processes(opening, jobs) as pool:
        yield from pool.map(work, asked, chunksize=AT_ONCE)


def replays(names: Sequence[str], opening: Opening, jobs: int) -> Iterator[EncounterReplay]:
    """The replay of each encounter, in their order, by several processes."""
    return _mapped(_one, names, opening, jobs)


def replays_against(
    names: Sequence[str], against: Edition, opening: Opening, jobs: int
) -> Iterator[EditionChanges]:
    """What another edition changes in each encounter, in their order, by several processes."""
    return _mapped(_against, [(name, against) for name in names], opening, jobs)
