"""Opening a ledger by its URL: the store and its keys, or one clear error."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Final, NamedTuple, TypeVar

from eventsourcing.sqlite import SQLiteCursor

from veinledger.adapters.errors import (
    BadInput,
    LedgerBusy,
    NotFound,
    Refused,
    VeinledgerError,
    boundary,
)
from veinledger.adapters.store.created import (
    created_draft,
    encrypts_bodies,
    refuse_another_key,
    refuse_bodies_in_clear,
)
from veinledger.adapters.store.keys import (
    Keys,
    derived_keys,
    key_folder,
    read_root,
    sync_folder,
    throwaway_keys,
    write_new_root,
)
from veinledger.adapters.store.memory import MemoryStore
from veinledger.adapters.store.rotated import OF_ROTATIONS, ROTATED, keys_after
from veinledger.adapters.store.sealing import Clock, Sealer, utc_now
from veinledger.adapters.store.sqlite.connection import SealedSQLiteDatastore
from veinledger.adapters.store.sqlite.driver import BUSY_SECONDS
from veinledger.adapters.store.sqlite.recorder import (
    LEDGER_ID,
    SealedSQLiteRecorder,
    ledger_id_in,
    rows_in,
)
from veinledger.adapters.store.sqlite.schema import COUNT_SCHEMA, ROWS_BY_POSITION, ROWS_BY_STREAM
from veinledger.adapters.store.sqlite.store import SQLiteStore
from veinledger.domain.ledger.port import Decision, Store, View

MEMORY_URL: Final = "memory:"
SQLITE_URL: Final = "sqlite:///"

T = TypeVar("T")


class _Asked(NamedTuple):
    """How a ledger is opened, or made where there is none."""

    folder: Path
    """Of the root keys."""
    clock: Clock
    encrypted: bool


@boundary
def open_store(
    url: str,
    *,
    keys: Path | str | None = None,
    clock: Clock = utc_now,
    read_only: bool = False,
    encrypted: bool = False,
) -> tuple[Store, Keys]:
    """Open the ledger that a URL names; to write, make it where there is none.

    `memory:` lasts as long as the process; `sqlite:///relative.db` and `sqlite:////absolute.db`
    last. `keys` is the folder of root keys; without it, VEINLEDGER_KEYS or the user's own.
    Whoever writes holds the ledger's lock until the store is closed, and a second one is refused
    with LedgerBusy after 2 seconds. `read_only` takes no lock and goes on beside a writer.
    `encrypted` says that a ledger that is made here encrypts bodies and originals; one that is
    there stays as it was made, and is refused where it keeps them in clear.
    """
    if url == MEMORY_URL:
        return _in_memory(clock, read_only=read_only, encrypted=encrypted)
    path, asked = _path_in(url), _Asked(key_folder(keys), clock, encrypted)
    if read_only:
        return _saying_where(
            path, lambda: _reading(path, clock, lambda found: _identity_to_read(found, asked))
        )
    return _saying_where(path, lambda: _writing(path, asked))


@boundary
def create_store(
    url: str,
    *,
    keys: Path | str | None = None,
    clock: Clock = utc_now,
    encrypted: bool = False,
) -> tuple[Store, Keys]:
    """Make a ledger in a file that is not there yet; raises Refused where there is one.

    `encrypted`: its bodies and originals are encrypted where they lie, for as long as it lasts.
    """
    if url == MEMORY_URL:
        raise BadInput(
            "a ledger in memory ends with the process and needs no making; name a file, as in"
            " sqlite:///path/to/ledger.sqlite"
        )
    path = _path_in(url)
    asked = _Asked(key_folder(keys), clock, encrypted)
    return _saying_where(path, lambda: _writing(path, asked, only_new=True))


def store_to_read(path: Path, keys: Keys, clock: Clock = utc_now) -> Store:
    """A ledger's file, opened to be read by who has its keys at hand already."""

    def identity_under_these_keys(datastore: SealedSQLiteDatastore) -> tuple[bytes, Keys]:
        with datastore.transaction(commit=False) as cursor:
            return ledger_id_in(cursor), keys

    return _saying_where(path, lambda: _reading(path, clock, identity_under_these_keys))[0]


def _path_in(url: str) -> Path:
    if url.startswith(SQLITE_URL) and len(url) > len(SQLITE_URL):
        return Path(url.removeprefix(SQLITE_URL)).absolute()
    raise BadInput(
        f"{_without_a_password(url)!r} does not name a ledger; write memory: for one that ends"
        " with the process, or sqlite:///path/to/ledger.sqlite for one that lasts"
    )


def _in_memory(clock: Clock, *, read_only: bool, encrypted: bool) -> tuple[Store, Keys]:
    if read_only:
        raise BadInput(
            "a ledger in memory is empty when it is opened, and there is nothing to read in it;"
            " leave read_only out"
        )
    ledger_id = os.urandom(LEDGER_ID)
    keys = throwaway_keys(ledger_id, encrypted=encrypted)
    store = MemoryStore(sealer_of(ledger_id, keys), clock)
    store.transact(_creation(keys))
    return store, keys


def _writing(path: Path, asked: _Asked, *, only_new: bool = False) -> tuple[Store, Keys]:
    if not path.parent.is_dir():
        raise NotFound(f"the folder {path.parent} is not there; make it, or name another path")
    if only_new:
        _refuse_a_file_with_something_in_it(path)
    datastore = SealedSQLiteDatastore(path)
    try:
        if only_new:  # again, for somebody may have been faster
            _refuse_a_file_with_something_in_it(path)
        _make_file(datastore.path)
        return _store(datastore, asked.clock, lambda: _identity(datastore, asked))
    except BaseException:
        datastore.close()
        raise


def _reading(
    path: Path, clock: Clock, identity: Callable[[SealedSQLiteDatastore], tuple[bytes, Keys]]
) -> tuple[Store, Keys]:
    if not path.is_file():
        raise NotFound("there is no ledger here; name its file, or make one with `veinledger init`")
    datastore = SealedSQLiteDatastore(path, read_only=True)
    try:
        return _store(datastore, clock, lambda: identity(datastore))
    except BaseException:
        datastore.close()
        raise


def _store(
    datastore: SealedSQLiteDatastore, clock: Clock, identity: Callable[[], tuple[bytes, Keys]]
) -> tuple[Store, Keys]:
    ledger_id, keys = _patiently(identity)
    recorder = SealedSQLiteRecorder(datastore, sealer_of(ledger_id, keys), clock)
    return SQLiteStore(recorder, datastore, ledger_id), keys


def sealer_of(ledger_id: bytes, keys: Keys) -> Sealer:
    """What seals the rows of this ledger under these keys."""
    return Sealer(
        ledger_id=ledger_id,
        key_id=keys.key_id,
        tag_key=keys.tag_key,
        bodies_key=keys.bodies_key,
    )


def _refuse_a_file_with_something_in_it(path: Path) -> None:
    if path.exists() and path.stat().st_size:
        raise Refused(
            "something is there already, and nothing in it was touched; name another path, or go on"
            " with the ledger that is there: every command takes its URL"
        )


def _make_file(path: Path) -> None:
    """Make an empty file that nobody else may read, before SQLite would make a readable one."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    sync_folder(path.parent)


def _identity(datastore: SealedSQLiteDatastore, asked: _Asked) -> tuple[bytes, Keys]:
    """The ledger's id and keys; where the file is empty, a ledger is made in one transaction.

    A crash on the way leaves an empty file, which the next opening fills, and at most a root key
    that no ledger uses: the key is on the disk before the first record is.
    """
    with datastore.transaction(commit=False) as cursor:
        if not _is_empty(cursor):
            return _read_identity(cursor, asked)
    with datastore.transaction(commit=True) as cursor:
        if not _is_empty(cursor):  # somebody else was faster
            return _read_identity(cursor, asked)
        made = _create(datastore, cursor, asked)
    _leave_nothing_in_the_log(datastore)
    return made


def _leave_nothing_in_the_log(datastore: SealedSQLiteDatastore) -> None:
    """Copy the new tables into the file itself: without them a file whose log was lost looks new.

    It would be made anew in silence, and what was recorded in it forgotten.
    """
    with datastore.get_connection(commit=True) as connection:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _identity_to_read(datastore: SealedSQLiteDatastore, asked: _Asked) -> tuple[bytes, Keys]:
    with datastore.transaction(commit=False) as cursor:
        if _is_empty(cursor):
            raise NotFound(
                "the file is empty, and no ledger has been made in it; make one there with"
                " `veinledger init`"
            )
        return _read_identity(cursor, asked)


def _is_empty(cursor: SQLiteCursor) -> bool:
    cursor.execute(COUNT_SCHEMA)
    return bool(cursor.fetchone()[0] == 0)


def _read_identity(cursor: SQLiteCursor, asked: _Asked) -> tuple[bytes, Keys]:
    ledger_id = ledger_id_in(cursor)
    root = read_root(asked.folder, ledger_id)
    first = next(iter(rows_in(cursor, f"{ROWS_BY_POSITION}WHERE position = 1", ())), None)
    keys = derived_keys(root, ledger_id, encrypted=encrypts_bodies(first))
    refuse_another_key(first, keys)
    if asked.encrypted:
        refuse_bodies_in_clear(keys)
    rotations = rows_in(cursor, f"{ROWS_BY_STREAM}{OF_ROTATIONS}", (ROTATED,))
    for number, row in enumerate(rotations, 2):
        keys = keys_after(row, keys, read_root(asked.folder, ledger_id, number), ledger_id)
    return ledger_id, keys


def _create(
    datastore: SealedSQLiteDatastore, cursor: SQLiteCursor, asked: _Asked
) -> tuple[bytes, Keys]:
    ledger_id = os.urandom(LEDGER_ID)
    root = write_new_root(asked.folder, ledger_id)
    keys = derived_keys(root, ledger_id, encrypted=asked.encrypted)
    recorder = SealedSQLiteRecorder(datastore, sealer_of(ledger_id, keys), asked.clock)
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
    """Try again while another program makes or recovers the file, for 2 seconds at most.

    SQLite does not wait for its own lock where it switches a file to WAL or recovers one.
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
