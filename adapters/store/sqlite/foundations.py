"""What a SQLite ledger stands on, checked whenever one is opened; each refusal says what to set."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from veinledger.adapters.errors import FormatTooNew, LedgerDamaged, Refused, StoreFailed
from veinledger.adapters.store.sqlite import driver
from veinledger.adapters.store.sqlite.schema import (
    APPLICATION_ID,
    COUNT_SCHEMA,
    SELECT_COUNTED,
    SELECT_LAST,
    SELECT_SCHEMA,
    USER_VERSION,
    counter_faults,
    schema_faults,
)

FIRST_WITH_STRICT_TABLES: Final[driver.Version] = (3, 37, 0)

Settings = tuple[tuple[str, str, str | int], ...]
"""Each a pragma, how it is set, and what it must read back as."""

MOUNTS: Final = Path("/proc/self/mountinfo")
"""Where Linux tells which file system a folder lies on; elsewhere it is not known."""
OVER_THE_NETWORK: Final = frozenset(
    ("afs", "ceph", "cifs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs",
     "fuse.ceph", "fuse.davfs2", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs")
)  # fmt: skip
"""Where two computers that map one file do not see each other's writes, which a WAL needs."""


def refuse_an_unsafe_place(path: Path) -> None:
    """Raise StoreFailed for a file system or a file under which a WAL is not safe."""
    kind = file_system_of(path.parent)
    if kind in OVER_THE_NETWORK:
        raise StoreFailed(
            f"the folder lies on a file system of type {kind}, where two computers do not see each"
            " other's writes and acknowledged records can be lost; keep the ledger on a local disk"
        )
    if path.exists() and path.stat().st_nlink > 1:
        raise StoreFailed(
            f"the file has {path.stat().st_nlink} names (hard links), and what one name is written"
            " by is missing under the other; remove the other names, and copy a ledger with"
            " `veinledger backup`"
        )


def file_system_of(folder: Path) -> str | None:
    """The type of the file system that a folder lies on, where Linux tells."""
    try:
        device, lines = folder.stat().st_dev, MOUNTS.read_text(errors="replace").splitlines()
    except OSError:
        return None
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for words in map(str.split, lines):
        if "-" in words and words[2] == wanted:
            return words[words.index("-") + 1]
    return None


def refuse_an_unsafe_sqlite(*, alone: bool) -> None:
    """Raise StoreFailed for a SQLite that lacks something, or loses records to a second writer."""
    found = driver.version()
    if found < FIRST_WITH_STRICT_TABLES:
        raise StoreFailed(
            f"this is {driver.name()}, and a ledger needs 3.37 or later; {_TO_INSTALL}"
        )
    if driver.has_the_wal_reset_bug(found) and not alone:
        raise StoreFailed(
            f"this is {driver.name()}, which can corrupt a file that two connections write (the"
            " WAL-reset bug), and this system has no lock that keeps a second one out;"
            f" {_TO_INSTALL}"
        )


_TO_INSTALL: Final = (
    "set up SQLite 3.51.3 or later (or 3.50.7, or 3.44.6): `pip install pysqlite3` brings one, or"
    " use a newer build of Python; nothing was opened"
)


def refuse_what_is_not_ours(raw: driver.Connection) -> None:
    """Raise Refused for another program's database, FormatTooNew for a later program's ledger."""
    if not value(raw, COUNT_SCHEMA):
        return
    if value(raw, "PRAGMA application_id") != APPLICATION_ID:
        raise Refused(
            "the file is a SQLite database, and not a veinledger ledger; nothing in it was"
            " touched; name the ledger's own file, or a new one"
        )
    found = value(raw, "PRAGMA user_version")
    if found > USER_VERSION:
        raise FormatTooNew(
            f"a newer program wrote this ledger: its tables are of version {found}, and this"
            f" veinledger knows version {USER_VERSION}; install a veinledger that knows tables of"
            f" version {found} (`pip install --upgrade veinledger`); nothing was opened"
        )
    if found < USER_VERSION:
        raise LedgerDamaged(
            f"the file says that its tables are of version {found}, which no veinledger wrote; keep"
            " it as it is, and restore the newest verified backup beside it"
        )


def set_and_read_back(raw: driver.Connection, settings: Settings) -> None:
    """Set each pragma; raises StoreFailed for one that does not stay as it was set."""
    for name, setting, expected in settings:
        raw.execute(f"PRAGMA {name} = {setting}").close()
        found = value(raw, f"PRAGMA {name}")
        if found != expected:
            raise StoreFailed(
                f"{driver.name()} was told PRAGMA {name} = {setting} and answers {found}; a ledger"
                f" is not safe so: keep it on a local disk, and use a build of SQLite that takes"
                f" PRAGMA {name} = {setting}, as the one of `pip install pysqlite3` does"
            )


def refuse_what_was_changed(raw: driver.Connection) -> None:
    """Raise LedgerDamaged where the tables or the count of records are not as the ledger's own.

    Only for writing: reading must go on, so that `veinledger verify` can say what is there.
    """
    schema = raw.execute(SELECT_SCHEMA).fetchall()
    faults = schema_faults(schema) if schema else ()
    if schema and not faults:
        counted = value(raw, SELECT_COUNTED)
        last = value(raw, SELECT_LAST)
        faults = counter_faults(counted, last)
    if faults:
        raise LedgerDamaged(
            f"{'; '.join(faults)}; nothing was opened for writing; keep the file as it is, run"
            " `veinledger verify`, which only reads, and restore the newest verified backup"
        )


def value(raw: driver.Connection, statement: str) -> Any:
    """The one value that a statement answers."""
    found = raw.execute(statement).fetchone()
    return None if found is None else found[0]
