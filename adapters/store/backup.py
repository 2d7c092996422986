"""A copy of a SQLite ledger, made while others write, and read in full before it gets its name.

Copying the file alone would leave behind what still lies in its WAL, and every check of such a copy
would pass: the rest is consistent. So SQLite makes the copy, and the copy must hold the record that
was the last one acknowledged when the backup began.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

from veinledger.adapters.errors import (
    BadInput,
    LedgerDamaged,
    NotFound,
    Refused,
    boundary,
)
from veinledger.adapters.store.keys import Keys, sync_folder
from veinledger.adapters.store.opening import store_to_read
from veinledger.adapters.store.sqlite import driver, foundations
from veinledger.adapters.store.sqlite.store import SQLiteStore
from veinledger.adapters.store.verify import Verification, verify
from veinledger.domain.ledger.port import Row, Store

_GOES_ON: Final = (0, 101)
_IN_THE_WAY: Final = (5, 6)
"""SQLite's result codes: ok and done; busy and locked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A copy of a ledger, and what a full reading of it found."""

    file: str
    ledger_id: str
    key_id: str
    """Of the root key that the copy opens with; the key itself is not in it."""
    acknowledged: int
    """The last position when the backup began; the copy holds that record and all before it."""
    leaf: str
    """Of that record, the same in the ledger and in the copy."""
    verification: Verification


@boundary
def back_up(store: Store, keys: Keys, file: Path) -> Backup:
    """Copy a ledger to a new file, while others write, and verify the copy.

    Until it is verified the copy is called `FILE.part`, and a copy that fails is removed. Raises
    Refused where a file is there already, LedgerDamaged where the copy is not as the ledger wrote
    it, StoreFailed where it cannot be written.
    """
    if not isinstance(store, SQLiteStore):
        raise BadInput("a ledger in memory ends with the process; only one in a file is backed up")
    part = file.with_name(f"{file.name}.part")
    _refuse_what_is_in_the_way(file, part)
    last = last_acknowledged(store)
    _make_empty(part)
    try:
        _copy(store.file, part)
        found = _verified(part, keys, last)
        give_its_name(part, file)
    except BaseException:
        _remove(part)
        raise
    return Backup(
        file=str(file),
        ledger_id=store.ledger_id.hex(),
        key_id=keys.key_id,
        acknowledged=last.position,
        leaf=last.leaf.hex(),
        verification=found,
    )


def last_acknowledged(store: Store) -> Row:
    """The last record of a ledger: whatever was acknowledged by now stands before it, or is it."""
    for row in store.rows(after=store.head() - 1):
        return row
    raise LedgerDamaged("the ledger holds no record, not even its first; run `veinledger verify`")


def refuse_an_incomplete_copy(copy: Store, last: Row) -> None:
    """Raise LedgerDamaged for a copy that lacks the last acknowledged record, or has another."""
    found = next(copy.rows(after=last.position - 1), None)
    if found is None or (found.position, found.leaf) != (last.position, last.leaf):
        raise LedgerDamaged(
            f"the copy is incomplete: record {last.position} was acknowledged before it was begun,"
            f" and the copy ends with record {copy.head()} or holds another in its place; make the"
            " copy with `veinledger backup`, which takes along what SQLite keeps beside the file"
        )


def _refuse_what_is_in_the_way(file: Path, part: Path) -> None:
    if not file.parent.is_dir():
        raise NotFound(f"the folder {file.parent} is not there; make it, or name another file")
    if os.path.lexists(file):
        raise Refused(f"{file} is there already, and a backup overwrites nothing; name a new file")
    if os.path.lexists(part):
        raise Refused(
            f"{part} is there: another backup writes it, or was cut off; if none is running, remove"
            " it and what has its name with -journal, -wal or -shm at the end, and try again"
        )


def _make_empty(part: Path) -> None:
    """Make the file before SQLite does, so that nobody else may read it at any moment."""
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _remove(part: Path) -> None:
    for ending in ("", "-journal", "-wal", "-shm"):
        part.with_name(part.name + ending).unlink(missing_ok=True)


def _copy(ledger: Path, part: Path) -> None:
    """One moment of the ledger, whole: in one step, from a connection that can only read."""
    with (
        closing(driver.connect(ledger, read_only=True)) as source,
        closing(driver.connect(part, read_only=False)) as target,
    ):
        foundations.refuse_what_is_not_ours(source)
        source.backup(target, progress=_refusing_to_wait_for_ever(), sleep=0.05)
        # One file by itself, which can be read where nothing can be written.
        foundations.set_and_read_back(target, (("journal_mode", "DELETE", "delete"),))
    handle = os.open(part, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refusing_to_wait_for_ever() -> Callable[[int, int, int], None]:
    """After each step: raise what SQLite says of it, which the driver tells by its text alone."""
    until = monotonic() + driver.BUSY_SECONDS

    def after_a_step(said: int, _left: int, _pages: int) -> None:
        if said & 0xFF in _IN_THE_WAY and monotonic() < until:
            return
        if said not in _GOES_ON:
            raise driver.saying(said)

    return after_a_step


def _verified(part: Path, keys: Keys, last: Row) -> Verification:
    copy = store_to_read(part, keys)
    try:
        refuse_an_incomplete_copy(copy, last)
        found = verify(copy, keys)
    finally:
        copy.close()
    if not found.consistent:
        raise LedgerDamaged(
            f"the copy is not as the ledger wrote it ({found.faults[0]}; {len(found.faults)} faults"
            " in all), and was removed; keep the ledger's file as it is, and run `veinledger"
            " verify` on it"
        )
    return found


def give_its_name(part: Path, file: Path) -> None:
    """Rename without overwriting, and make the new name outlast a power cut."""
    try:
        os.link(part, file)
    except OSError:  # the name was taken meanwhile, or the file system knows no second names
        if os.path.lexists(file):
            raise Refused(f"{file} came to be meanwhile, and was not overwritten") from None
        part.rename(file)
    else:
        part.unlink()
    sync_folder(file.parent)
