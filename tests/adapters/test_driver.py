"""Which SQLite writes a ledger, and that its errors are understood whichever it is."""

import importlib.util
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eventsourcing import persistence

from veinledger.adapters.errors import (
    LedgerBusy,
    LedgerDamaged,
    StoreFailed,
    VeinledgerError,
    in_our_words,
)
from veinledger.adapters.store.sqlite import driver

CARRIED = importlib.util.find_spec("pysqlite3") is not None


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 37, 0), True), ((3, 40, 1), True), ((3, 44, 5), True), ((3, 44, 6), False),
        ((3, 44, 9), False), ((3, 45, 0), True), ((3, 50, 6), True), ((3, 50, 7), False),
        ((3, 51, 0), True), ((3, 51, 2), True), ((3, 51, 3), False), ((3, 53, 4), False),
        ((4, 0, 0), False),
    ],
)  # fmt: skip
def test_every_version_with_the_wal_reset_bug_is_known(
    version: tuple[int, int, int], affected: bool
) -> None:
    assert driver.has_the_wal_reset_bug(version) is affected


@pytest.mark.skipif(not CARRIED, reason="this platform has no wheel of pysqlite3")
def test_a_sqlite_without_the_bug_is_used_where_it_can_be_installed() -> None:
    assert driver.name().endswith(" of pysqlite3")
    assert not driver.has_the_wal_reset_bug(driver.version())


def test_the_host_s_own_sqlite_is_left_alone() -> None:
    said = told_by(
        "import sqlite3; before = {n: getattr(sqlite3, n) for n in dir(sqlite3)}\n"
        "import veinledger.adapters.store.opening, eventsourcing.sqlite, sys\n"
        "assert sys.modules['sqlite3'] is sqlite3 is eventsourcing.sqlite.sqlite3\n"
        "assert before == {n: getattr(sqlite3, n) for n in dir(sqlite3)}\n"
        "print('left alone')"
    )
    assert said == "left alone\n"


WITHOUT_PYSQLITE3 = """
import logging, sys
sys.modules["pysqlite3"] = None  # as where it is not installed
warned = []
handler = logging.Handler(); handler.emit = lambda record: warned.append(record.msg)
logging.getLogger("veinledger").addHandler(handler)
import sqlite3, veinledger
from veinledger.adapters.store.sqlite import driver
assert driver.Connection is sqlite3.Connection
with veinledger.open(sys.argv[1], keys=sys.argv[2]) as ledger:
    found = ledger.verify().verdict
old = driver.has_the_wal_reset_bug(sqlite3.sqlite_version_info)
assert ("ledger.sqlite_is_old" in warned) is old, warned
print(found)
"""


def test_without_pysqlite3_the_standard_library_s_sqlite_serves_and_an_old_one_is_told_of(
    tmp_path: Path,
) -> None:
    url, keys = f"sqlite:///{tmp_path / 'ledger.sqlite'}", str(tmp_path / "keys")
    assert told_by(WITHOUT_PYSQLITE3, url, keys) == "consistent, not anchored\n"


def told_by(code: str, *args: str) -> str:
    command = [sys.executable, "-c", code, *args]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


# Every error that SQLite makes a driver raise, made for real.


def connected(folder: Path) -> driver.Connection:
    connection = driver.connect(folder / "x.sqlite", read_only=False)
    connection.execute("CREATE TABLE IF NOT EXISTS t (a INTEGER PRIMARY KEY, b TEXT)")
    return connection


def duplicate_key(folder: Path) -> None:
    connection = connected(folder)
    connection.execute("INSERT INTO t VALUES (1, 'x')")
    connection.execute("INSERT INTO t VALUES (1, 'x')")


def no_such_table(folder: Path) -> None:
    connected(folder).execute("SELECT * FROM gone")


def text_that_is_not_utf_8(folder: Path) -> None:
    connection = connected(folder)
    connection.execute("INSERT INTO t VALUES (1, CAST(x'ff4d41' AS TEXT))")
    connection.execute("SELECT * FROM t").fetchall()


def no_database(folder: Path) -> None:
    (folder / "x.sqlite").write_bytes(b"PATIENT NAME, " * 100)
    driver.connect(folder / "x.sqlite", read_only=True).execute("SELECT * FROM t")


def no_file(folder: Path) -> None:
    driver.connect(folder / "none.sqlite", read_only=True).execute("SELECT 1")


def a_write_to_what_is_read_only(folder: Path) -> None:
    connected(folder).close()
    driver.connect(folder / "x.sqlite", read_only=True).execute("DELETE FROM t")


def a_lock_of_another_connection(folder: Path) -> None:
    holder = connected(folder)
    holder.execute("BEGIN IMMEDIATE")
    other = driver.connect(folder / "x.sqlite", read_only=False)
    other.execute("PRAGMA busy_timeout = 1")
    other.execute("BEGIN IMMEDIATE")
    holder.rollback()


def a_full_file(folder: Path) -> None:
    connection = connected(folder)
    connection.execute("PRAGMA max_page_count = 3")
    connection.execute("INSERT INTO t VALUES (9, zeroblob(100000))")


PROVOKED: list[tuple[Callable[[Path], None], type[VeinledgerError], type[Exception]]] = [
    (duplicate_key, StoreFailed, persistence.IntegrityError),
    (no_such_table, LedgerDamaged, persistence.OperationalError),
    (text_that_is_not_utf_8, LedgerDamaged, persistence.OperationalError),
    (no_database, LedgerDamaged, persistence.DatabaseError),
    (no_file, StoreFailed, persistence.OperationalError),
    (a_write_to_what_is_read_only, StoreFailed, persistence.OperationalError),
    (a_lock_of_another_connection, LedgerBusy, persistence.OperationalError),
    (a_full_file, StoreFailed, persistence.OperationalError),
]


@pytest.mark.parametrize(
    ("provoke", "ours", "librarys"), PROVOKED, ids=[case[0].__name__ for case in PROVOKED]
)
@pytest.mark.parametrize("library", ["pysqlite3", "sqlite3"])
def test_an_error_of_either_driver_is_told_alike_and_without_payload(  # noqa: PLR0913, PLR0917
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    library: str,
    provoke: Callable[[Path], None],
    ours: type[VeinledgerError],
    librarys: type[Exception],
) -> None:
    found = chosen(library, monkeypatch)
    with pytest.raises(found.Error) as caught:
        provoke(tmp_path)
    if provoke is not text_that_is_not_utf_8:
        assert isinstance(caught.value.sqlite_errorcode, int)
    for error in (caught.value, wrapped(caught.value)):
        said = in_our_words(error)
        assert type(said) is ours
        assert "PATIENT" not in str(said)
        assert "MA" not in str(said)
    assert type(wrapped(caught.value)) is librarys


def chosen(library: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """One driver or the other, as `driver` has it when that one was found on importing."""
    if library == "pysqlite3" and not CARRIED:
        pytest.skip("this platform has no wheel of pysqlite3")
    found: Any = importlib.import_module("pysqlite3.dbapi2") if library == "pysqlite3" else sqlite3
    monkeypatch.setattr(driver, "sqlite", found)
    return found


def wrapped(error: Exception) -> Exception:
    """As it comes out of a transaction: the eventsourcing library's, caused by the driver's."""
    for_the_library: Any = driver.for_the_library
    try:
        raise for_the_library(error) from error
    except persistence.PersistenceError as made:
        return made


def test_the_control_the_library_alone_knows_one_driver_only() -> None:
    """What the eventsourcing library catches does not hold for pysqlite3's errors."""
    if not CARRIED:
        pytest.skip("this platform has no wheel of pysqlite3")
    assert not issubclass(driver.IntegrityError, sqlite3.Error)
