"""A SQLite ledger verified in bulk: by two processes where it is long, and only while all holds."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from veinledger.adapters.store.keys import Keys
from veinledger.adapters.store.sqlite import driver
from veinledger.adapters.store.sqlite.indexed import (
    Keyed,
    by_key,
    by_stream,
    compare_by_key,
    compare_by_name,
)
from veinledger.adapters.store.sqlite.store import SQLiteStore, columns_in
from veinledger.adapters.store.tallied import CHUNK, Doubt, Root, Tally, joined, tallied

WORTH_A_PROCESS: Final = 100_000
"""Records from which on a second process is worth its start."""
SHARE: Final = 0.2
"""Of the rows that are read here, where the indexes and the file are looked at here as well."""
SHARE_BY_SCAN_ALONE: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Part:
    """Which rows of which file, and what they are sealed under."""

    file: Path
    ledger_id: bytes
    roots: tuple[Root, ...]
    sizes: tuple[int, ...]
    after: int
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a ledger is verified, and how."""

    until: int
    """The last position."""
    sizes: tuple[int, ...]
    """Of the trees whose roots are asked for afterwards."""
    quick: bool
    """By scan alone."""
    jobs: int
    """Processes."""


def in_bulk(store: SQLiteStore, keys: Keys, wanted: Wanted) -> Tally:
    """Every row up to a position, by scan and, unless it must be quick, by stream; raises Doubt."""
    quick, until = wanted.quick, wanted.until
    whole = Part(
        file=store.file,
        ledger_id=store.ledger_id,
        roots=tuple(
            Root(each.since, each.key_id, None if quick else each.tag_key) for each in keys.line()
        ),
        sizes=wanted.sizes,
        after=0,
        until=until,
    )
    if store.first() != 1:
        raise Doubt
    share = SHARE_BY_SCAN_ALONE if quick else SHARE
    with _second_half(whole, wanted.jobs, share) as (first, second):
        parts = [_of(first, store.columns(first.after, first.until))]
        if not quick and store.faults_beside_the_indexes():
            raise Doubt
        names = {} if quick else by_stream(store.by_name(until))
        keyed = Keyed() if quick else by_key(store.by_key(until))
        if second is not None:
            parts.append(second.result())
    found = joined(parts)
    if found.last != until:
        raise Doubt
    if not quick:
        compare_by_name(names, found)
        compare_by_key(keyed, found)
    return found


@contextmanager
def _second_half(
    whole: Part, jobs: int, share: float
) -> Generator[tuple[Part, Future[Tally] | None]]:
    """The part to read here, and what another process finds of the rest meanwhile."""
    if jobs < 2 or whole.until < WORTH_A_PROCESS:
        yield whole, None
        return
    half = int(whole.until * share) // CHUNK * CHUNK
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield replace(whole, until=half), pool.submit(read_elsewhere, replace(whole, after=half))


def read_elsewhere(part: Part) -> Tally:
    """What a process of its own does: open the file to read it, and tally one part."""
    with closing(driver.connect(part.file, read_only=True)) as connection:

        def cursor() -> AbstractContextManager[Any]:
            return closing(connection.cursor())

        return _of(part, columns_in(cursor, part.after, part.until))


def _of(part: Part, rows: Iterator[tuple[object, ...]]) -> Tally:
    return tallied(
        rows,
        ledger_id=part.ledger_id,
        roots=part.roots,
        sizes=part.sizes,
        after=part.after,
    )
