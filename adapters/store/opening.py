"""Opening a ledger by its URL: the store and its keys, or one clear error."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Final, TypeVar

from eventsourcing.sqlite import SQLiteCursor

from veinledger.adapters.errors import (
    BadInput,
    LedgerBusy,
    LedgerDamaged,
    NotFound,
    VeinledgerError,
    boundary,
)
from veinledger.adapters.store.created import created_draft, refuse_another_key
from veinledger.adapters.store.keys import (
    Keys,
    key_folder,
    read_root,
    sync_folder,
    throwaway_keys,
    write_new_root,
)
from veinledger.adapters.store.memory import MemoryStore
from veinledger.adapters.store.sealing import Clock, Sealer, utc_now
from veinledger.adapters.store.sqlite.connection import BUSY_SECONDS, SealedSQLiteDatastore
from veinledger.adapters.store.sqlite.recorder import SealedSQLiteRecorder, rows_in
from veinledger.adapters.store.sqlite.store import SQLiteStore
from veinledger.domain.ledger.port import Decision, Store, View

MEMORY_URL: Final = "memory:"
SQLITE_URL: Final = "sqlite:///"
_ONE_OPENING_AT_A_TIME: Final = Lock()
"""Closing the handle that makes a new file would drop the locks of a thread that has it open."""

T = TypeVar("T")


@boundary
def open_store(
    url: str, *, keys: Path | str | None = None, clock: Clock = utc_now
) -> tuple[Store, Keys]:
    """Open the ledger that a URL names, or make it where there is none.

    `memory:` lasts as long as the process; `sqlite:///relative.db` and `sqlite:////absolute.db`
    last. `keys` is the folder of root keys; without it, VEINLEDGER_KEYS or the user's own.
    """
    if url == MEMORY_URL:
        return _in_memory(clock)
    if url.startswith(SQLITE_URL) and len(url) > len(SQLITE_URL):
        path = Path(url.removeprefix(SQLITE_URL)).absolute()
        return _saying_where(path, lambda: _patiently(lambda: _in_file(path, keys, clock)))
    raise BadInput(
        f"{_without_a_password(url)!r} does not name a ledger; write memory: for one that ends"
        " with the process, or sqlite:///path/to/ledger.sqlite for one that lasts"
    )


def _in_memory(clock: Clock) -> tuple[Store, Keys]:
    ledger_id = os.urandom(16)
    keys = throwaway_keys(ledger_id)
    store = MemoryStore(sealer_of(ledger_id, keys), clock)
    store.transact(_creation(keys))
    return store, keys


def _in_file(path: Path, keys: Path | str | None, clock: Clock) -> tuple[Store, Keys]:
    with _ONE_OPENING_AT_A_TIME:
        _make_file(path)
        datastore = SealedSQLiteDatastore(path)
        try:
            ledger_id, found = _identity(datastore, key_folder(keys), clock)
            recorder = SealedSQLiteRecorder(datastore, sealer_of(ledger_id, found), clock)
            return SQLiteStore(recorder, datastore, ledger_id), found
        except BaseException:
            datastore.close()
            raise


def sealer_of(ledger_id: bytes, keys: Keys) -> Sealer:
    """What seals the rows of this ledger under these keys."""
    return Sealer(ledger_id=ledger_id, key_id=keys.key_id, tag_key=keys.tag_key)


def _make_file(path: Path) -> None:
    """Make an empty file that nobody else may read, before SQLite would make a readable one."""
    if not path.parent.is_dir():
        raise NotFound(f"the folder {path.parent} is not there; make it, or name another path")
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    sync_folder(path.parent)


def _identity(datastore: SealedSQLiteDatastore, folder: Path, clock: Clock) -> tuple[bytes, Keys]:
    """The ledger's id and keys; where the file is empty, a ledger is made in one transaction.

    A crash on the way leaves an empty file, which the next opening fills, and at most a root key
    that no ledger uses: the key is on the disk before the first record is.
    """
    with datastore.transaction(commit=False) as cursor:
        if not _is_empty(cursor):
            return _read_identity(cursor, folder)
    with datastore.transaction(commit=True) as cursor:
        if not _is_empty(cursor):  # somebody else was faster
            return _read_identity(cursor, folder)
        return _create(datastore, cursor, folder, clock)


def _is_empty(cursor: SQLiteCursor) -> bool:
    cursor.execute("SELECT count(*) FROM sqlite_schema")
    return bool(cursor.fetchone()[0] == 0)


def _read_identity(cursor: SQLiteCursor, folder: Path) -> tuple[bytes, Keys]:
    cursor.execute("SELECT ledger_id FROM ledger")
    found = cursor.fetchone()
    if found is None or len(found[0]) != 16:
        raise LedgerDamaged("the ledger's id is missing; restore the newest verified backup")
    keys = read_root(folder, found[0])
    first = next(iter(rows_in(cursor, "WHERE position = 1", ())), None)
    refuse_another_key(first, keys)
    return found[0], keys


def _create(
    datastore: SealedSQLiteDatastore, cursor: SQLiteCursor, folder: Path, clock: Clock
) -> tuple[bytes, Keys]:
    ledger_id = os.urandom(16)
    keys = write_new_root(folder, ledger_id)
    recorder = SealedSQLiteRecorder(datastore, sealer_of(ledger_id, keys), clock)
    for statement in recorder.create_table_statements:
        cursor.execute(statement)
    cursor.execute("INSERT INTO ledger VALUES (1, ?)", (ledger_id,))
    recorder.transact_in(cursor, _creation(keys))
    return ledger_id, keys


def _creation(keys: Keys) -> Callable[[View], Decision[None]]:
    return lambda _: Decision(answer=None, drafts=(created_draft(keys),))


@boundary
def _attempt(work: Callable[[], T]) -> T:
    return work()


def _patiently(work: Callable[[], T]) -> T:
    """Try again while another process makes or recovers the file, for 2 seconds at most.

    SQLite does not wait for its own lock where it switches a new file to WAL.
    """
    until = monotonic() + BUSY_SECONDS
    while True:
        try:
            return _attempt(work)
        except LedgerBusy:
            if monotonic() >= until:
                raise
        sleep(random.uniform(0.01, 0.05))


def _saying_where(path: Path, work: Callable[[], T]) -> T:
    try:
        return work()
    except VeinledgerError as error:
        raise type(error)(f"{path}: {error}") from None


def _without_a_password(url: str) -> str:
    scheme, colon, _ = url.partition(":")
    return f"{scheme}{colon}..." if "@" in url else url
