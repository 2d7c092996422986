"""Row C6: whatever a ledger cannot safely stand on is refused at the door, with what to set.

Each case breaks one thing, is refused with words that name the cure, and then puts that one thing
right: the same file opens, so nothing else was in the way.
"""

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.store_contract import append, draft
from veinledger.adapters.errors import (
    FormatTooNew,
    KeyMissing,
    LedgerDamaged,
    Refused,
    StoreFailed,
    VeinledgerError,
)
from veinledger.adapters.store import created
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.sqlite import connection, driver, foundations, lock
from veinledger.adapters.store.sqlite.schema import STATEMENTS
from veinledger.adapters.store.verify import verify


@dataclass(frozen=True, slots=True)
class House:
    """A closed ledger of three records, its key, and the tools to break one thing of it."""

    folder: Path
    patch: pytest.MonkeyPatch

    @property
    def file(self) -> Path:
        return self.folder / "ledger.sqlite"

    @property
    def key(self) -> Path:
        (found,) = (self.folder / "keys").iterdir()
        return found

    def open(self, *, read_only: bool = False) -> Any:
        keys = self.folder / "keys"
        store, _ = open_store(f"sqlite:///{self.file}", keys=keys, read_only=read_only)
        return store

    def sql(self, script: str) -> None:
        raw = sqlite3.connect(self.file)
        raw.executescript(script)
        raw.close()

    def with_another(self, name: str, instead: object) -> Callable[[], None]:
        """Patch what the checks look at; putting it right is to undo that."""
        self.patch.setattr(*TARGETS[name], instead)
        return self.patch.undo


TARGETS = {
    "version": (driver, "version"),
    "lock": (lock, "AVAILABLE"),
    "settings": (connection, "SETTINGS"),
    "mounts": (foundations, "MOUNTS"),
    "tables": (foundations, "USER_VERSION"),
    "format": (created, "FORMAT"),
}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    made = House(tmp_path, monkeypatch)
    store = made.open()
    append(store, draft(name="r1"), draft("encounter/b"))
    store.close()
    return made


Mend = Callable[[], object]


def sqlite_before_strict_tables(house: House) -> Mend:
    return house.with_another("version", lambda: (3, 36, 0))


def sqlite_with_the_wal_reset_bug_and_no_lock(house: House) -> Mend:
    house.with_another("lock", False)
    return house.with_another("version", lambda: (3, 51, 2))


def setting_that_does_not_stay(name: str, other: str) -> Callable[[House], Mend]:
    def broken(house: House) -> Mend:
        told = tuple((n, other if n == name else s, e) for n, s, e in connection.SETTINGS)
        return house.with_another("settings", told)

    return broken


def journal_that_is_no_wal(house: House) -> Mend:
    """As SQLite answers for a file whose WAL cannot be: with the name of another journal."""
    told = (("journal_mode", "WAL", "another journal"), *connection.SETTINGS[1:])
    return house.with_another("settings", told)


def network_file_system(house: House) -> Mend:
    device = house.folder.stat().st_dev
    mounts = house.folder / "mounts"
    mounts.write_text(
        f"21 1 {os.major(device)}:{os.minor(device)} / /data rw shared:1 - nfs4 server:/data rw\n"
    )
    return house.with_another("mounts", mounts)


def second_name(house: House) -> Mend:
    other = house.folder / "other.sqlite"
    other.hardlink_to(house.file)
    return other.unlink


def key_that_others_may_read(house: House) -> Mend:
    key = house.key
    key.chmod(0o640)
    return lambda: key.chmod(0o600)


def missing_key(house: House) -> Mend:
    key, away = house.key, house.folder / "away"
    key.rename(away)
    return lambda: away.rename(key)


def another_key(house: House) -> Mend:
    key, before = house.key, house.key.read_bytes()
    key.write_bytes(bytes(32))
    return lambda: key.write_bytes(before)


def key_cut_short(house: House) -> Mend:
    key, before = house.key, house.key.read_bytes()
    key.write_bytes(before[:31])
    return lambda: key.write_bytes(before)


def newer_tables(house: House) -> Mend:
    house.sql("PRAGMA user_version = 2")
    return lambda: house.sql("PRAGMA user_version = 1")


def tables_of_no_version(house: House) -> Mend:
    house.sql("PRAGMA user_version = 0")
    return lambda: house.sql("PRAGMA user_version = 1")


def newer_format(house: House) -> Mend:
    """Our own format, asked by an older program: the file says more than that one knows."""
    return house.with_another("format", "veinledger/0")


def another_program_s_database(house: House) -> Mend:
    house.sql("PRAGMA application_id = 7")
    return lambda: house.sql(next(each for each in STATEMENTS if "application_id" in each))


def trigger_that_is_gone(house: House) -> Mend:
    house.sql("DROP TRIGGER records_no_delete")
    return lambda: house.sql(next(each for each in STATEMENTS if "records_no_delete" in each))


def trigger_that_was_changed(house: House) -> Mend:
    house.sql("DROP TRIGGER records_no_delete")
    house.sql("CREATE TRIGGER records_no_delete BEFORE DELETE ON records BEGIN SELECT 1; END")
    mend = next(each for each in STATEMENTS if "records_no_delete" in each)
    return lambda: house.sql(f"DROP TRIGGER records_no_delete; {mend}")


def trigger_of_a_stranger(house: House) -> Mend:
    house.sql("CREATE TRIGGER odd AFTER INSERT ON records BEGIN SELECT 1; END")
    return lambda: house.sql("DROP TRIGGER odd")


def table_of_a_stranger(house: House) -> Mend:
    house.sql("CREATE TABLE odd (x)")
    return lambda: house.sql("DROP TABLE odd")


def end_that_was_cut_off(house: House) -> Mend:
    """The counter is ahead of the rows; lowering it stands for the backup that brings them back."""
    (trigger,) = (each for each in STATEMENTS if "records_no_delete" in each)
    house.sql(f"DROP TRIGGER records_no_delete; DELETE FROM records WHERE position = 3; {trigger}")
    return lambda: house.sql("UPDATE sqlite_sequence SET seq = 2")


def counter_that_was_put_back(house: House) -> Mend:
    house.sql("UPDATE sqlite_sequence SET seq = 1")
    return lambda: house.sql("UPDATE sqlite_sequence SET seq = 3")


def lock_file_that_is_no_file(house: House) -> Mend:
    place = house.folder / "ledger.sqlite.lock"
    place.unlink()
    place.mkdir()
    return place.rmdir


Case = tuple[Callable[[House], Mend], type[VeinledgerError], str]
CASES: dict[str, Case] = {
    "SQLite without STRICT tables": (sqlite_before_strict_tables, StoreFailed, "3.51.3 or later"),
    "SQLite with the WAL-reset bug where two may write": (
        sqlite_with_the_wal_reset_bug_and_no_lock, StoreFailed, "pip install pysqlite3"),
    "synchronous is not FULL": (
        setting_that_does_not_stay("synchronous", "NORMAL"), StoreFailed, "synchronous = NORMAL"),
    "the journal is no WAL": (
        journal_that_is_no_wal, StoreFailed, "journal_mode = WAL and answers wal; .*local disk"),
    "a schema is trusted": (
        setting_that_does_not_stay("trusted_schema", "ON"), StoreFailed, "trusted_schema"),
    "temporary files are allowed": (
        setting_that_does_not_stay("temp_store", "FILE"), StoreFailed, "temp_store"),
    "a file system over the network": (network_file_system, StoreFailed, "nfs4.*local disk"),
    "two names of one file": (second_name, StoreFailed, "remove the other names"),
    "a key that others may read": (key_that_others_may_read, Refused, "0640.*chmod 600 "),
    "no key": (missing_key, KeyMissing, "VEINLEDGER_KEYS"),
    "another key": (another_key, KeyMissing, "put the key file that belongs to it back"),
    "a key cut short": (key_cut_short, KeyMissing, "31 bytes"),
    "tables of a newer version": (newer_tables, FormatTooNew, "knows tables of version 2"),
    "tables of no version": (tables_of_no_version, LedgerDamaged, "restore the newest"),
    "a newer format": (newer_format, FormatTooNew, "knows veinledger/1 .*pip install --upgrade"),
    "another program's database": (another_program_s_database, Refused, "not a veinledger ledger"),
    "a trigger is gone": (trigger_that_is_gone, LedgerDamaged, "1 tables, indexes or trig.*verify"),
    "a trigger was changed": (trigger_that_was_changed, LedgerDamaged, "changed or removed"),
    "a stranger's trigger": (trigger_of_a_stranger, LedgerDamaged, "not the ledger's"),
    "a stranger's table": (table_of_a_stranger, LedgerDamaged, "not the ledger's"),
    "records cut off the end": (end_that_was_cut_off, LedgerDamaged, "3 records.*file is 2"),
    "a counter put back": (counter_that_was_put_back, LedgerDamaged, "1 records.*file is 3"),
    "no lock file can be made": (lock_file_that_is_no_file, StoreFailed, "ledger.sqlite.lock"),
}  # fmt: skip
ALSO_TO_READ = {
    "SQLite without STRICT tables", "a key that others may read", "no key", "another key",
    "a key cut short", "tables of a newer version", "tables of no version", "a newer format",
    "another program's database",
}  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="modes, locks and mounts are POSIX's")
@pytest.mark.parametrize("name", CASES)
def test_what_a_ledger_cannot_stand_on_is_refused_with_what_to_set(house: House, name: str) -> None:
    broken, kind, cure = CASES[name]
    mend = broken(house)
    before = house.file.read_bytes()
    with pytest.raises(kind, match=cure) as caught:
        house.open()
    assert type(caught.value) is kind
    assert str(house.file) in str(caught.value), "it says where"
    assert house.file.read_bytes() == before, "and leaves the file as it is"

    mend()
    store = house.open()
    assert store.head() in {2, 3}, "the control: the same file opens once it is put right"
    store.close()


@pytest.mark.skipif(os.name == "nt", reason="modes, locks and mounts are POSIX's")
@pytest.mark.parametrize("name", CASES)
def test_reading_goes_on_where_only_writing_would_do_harm(house: House, name: str) -> None:
    broken, kind, cure = CASES[name]
    broken(house)
    if name in ALSO_TO_READ:
        with pytest.raises(kind, match=cure):
            house.open(read_only=True)
        return
    store = house.open(read_only=True)
    assert store.head() in {2, 3}
    store.close()


def test_what_verify_would_say_can_still_be_asked_of_a_ledger_refused_for_writing(
    house: House,
) -> None:
    end_that_was_cut_off(house)
    trigger_of_a_stranger(house)
    url, keys = f"sqlite:///{house.file}", house.folder / "keys"
    store, found = open_store(url, keys=keys, read_only=True)
    verdict = verify(store, found).verdict
    store.close()
    assert "the last one in the file is 2" in verdict
    assert "not the ledger's" in verdict


def test_an_old_sqlite_may_write_where_the_lock_keeps_everybody_else_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bug needs two connections that write or checkpoint; readers can do neither."""
    monkeypatch.setattr(driver, "version", lambda: (3, 51, 2))
    store = house.open()
    reader = house.open(read_only=True)
    assert [row.position for row in append(store, draft())] == [4]
    assert reader.head() == 4
    reader.close()
    store.close()


def test_every_connection_has_the_settings_that_keep_what_is_acknowledged(house: House) -> None:
    store, reader = house.open(), house.open(read_only=True)
    assert settings_of(store, connection.SETTINGS) == [each[2] for each in connection.SETTINGS]
    assert settings_of(reader, connection.READING) == [each[2] for each in connection.READING]
    assert settings_of(store, (("busy_timeout", "", 0),)) == [2000]
    reader.close()
    store.close()


def settings_of(store: Any, settings: foundations.Settings) -> list[Any]:
    found = list[Any]()
    with store._datastore.transaction(commit=False) as cursor:
        for name, _, _ in settings:
            cursor.execute(f"PRAGMA {name}")
            found.append(cursor.fetchone()[0])
    return found


def test_synchronous_full_is_among_them() -> None:
    assert ("synchronous", "FULL", 2) in connection.SETTINGS
    assert ("synchronous", "FULL", 2) in connection.READING


def test_the_file_system_of_a_folder_is_known_on_linux(tmp_path: Path) -> None:
    known = foundations.file_system_of(tmp_path)
    if not foundations.MOUNTS.exists():
        assert known is None
    elif known is not None:
        assert known == known.strip()
        assert known not in foundations.OVER_THE_NETWORK
