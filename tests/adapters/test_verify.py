"""Whoever can write the file is noticed; what no reading of the file can notice is said."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.adapters import by_the_book
from tests.adapters.store_contract import NOON, Clock, append, draft
from veinledger.adapters.store.keys import Keys, derived_keys
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.stored import COLUMNS, row_of, values_of
from veinledger.adapters.store.verify import FAULTS_LISTED, Verification, verify
from veinledger.domain.ledger.port import Row, Store


@dataclass
class Ledger:
    """A closed ledger of three streams, and what an attacker can do to its file."""

    file: Path
    keys: Keys
    ledger_id: bytes

    def attack(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Drop the triggers, do the work, and put the triggers back."""
        connection = sqlite3.connect(self.file)
        try:
            triggers = connection.execute(
                "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
            ).fetchall()
            for name, _ in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            work(connection)
            for _, text in triggers:
                connection.execute(text)
            connection.commit()
        finally:
            connection.close()

    def sql(self, *statements: str) -> Verification:
        """Attack with these statements, then verify."""
        self.attack(lambda connection: [connection.execute(each) for each in statements])
        return self.verified()

    def verified(self) -> Verification:
        url = f"sqlite:///{self.file}"
        store, keys = open_store(url, keys=self.file.parent, read_only=True)
        try:
            return verify(store, keys)
        finally:
            store.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Record 1 is the ledger's; 2, 4, 6 and 8 are encounter a's, 3, 5, 7 and 9 encounter b's."""
    clock = Clock()
    store, keys = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}", keys=tmp_path, clock=clock)
    for number in range(4):
        clock.at = NOON + timedelta(minutes=number)
        append(
            store,
            draft("encounter/a", f"a{number}".encode(), f"a{number}"),
            draft("encounter/b", f"b{number}".encode(), f"b{number}"),
        )
    store.close()
    return Ledger(tmp_path / "ledger.sqlite", keys, store.ledger_id)


def places(found: Verification) -> set[int | None]:
    return {fault.position for fault in found.faults}


def test_an_untouched_ledger_is_consistent_and_not_anchored(ledger: Ledger) -> None:
    found = ledger.verified()
    assert found.verdict == "consistent, not anchored"
    assert (found.records, found.streams, found.consistent) == (9, 3, True)
    assert "intact" not in f"{found.verdict}{found.not_excluded}"


def test_the_control_attack_that_changes_nothing_is_not_noticed(ledger: Ledger) -> None:
    assert ledger.sql("UPDATE records SET body = body").consistent


# Every row: the attack on an open, plain file, and the first record where it must be noticed.
ROW_ATTACKS = {
    "edit a body": (["UPDATE records SET body = x'00' WHERE position = 4"], 4),
    "edit a type": (["UPDATE records SET type = 'cells.lost' WHERE position = 4"], 4),
    "edit recorded_at": (
        ["UPDATE records SET recorded_at = recorded_at + 1 WHERE position = 4"], 4),
    "edit recorded_at backwards": (
        ["UPDATE records SET recorded_at = recorded_at - 600000000 WHERE position = 4"], 4),
    "edit recorded_at to what no clock shows": (
        ["UPDATE records SET recorded_at = -5 WHERE position = 4"], 4),
    "edit a report key": (["UPDATE records SET report_key = zeroblob(32) WHERE position = 4"], 4),
    "remove a report key": (["UPDATE records SET report_key = NULL WHERE position = 4"], 4),
    "edit a key id": (["UPDATE records SET key_id = 'ffffffffffffffff' WHERE position = 4"], 4),
    "edit a nonce": (["UPDATE records SET nonce = x'00' WHERE position = 4"], 4),
    "edit a tag": (["UPDATE records SET tag = zeroblob(32) WHERE position = 4"], 4),
    "edit a leaf": (["UPDATE records SET leaf = zeroblob(32) WHERE position = 4"], 4),
    "edit what a record carries of the one before": (
        ["UPDATE records SET previous = zeroblob(32) WHERE position = 4"], 4),
    "move a record to another stream": (
        ["UPDATE records SET stream = 'encounter/c', sequence = 1 WHERE position = 8"], 8),
    "rename a stream": (
        ["UPDATE records SET stream = 'encounter/c' WHERE stream = 'encounter/a'"], 2),
    "delete a middle record": (["DELETE FROM records WHERE position = 4"], 5),
    "delete a middle record and renumber": (
        ["DELETE FROM records WHERE position = 4",
         "UPDATE records SET position = position - 1 WHERE position > 4",
         "UPDATE records SET sequence = sequence - 1 WHERE stream = 'encounter/a' AND sequence > 2",
         "UPDATE sqlite_sequence SET seq = 8"], 4),
    "delete a whole stream": (["DELETE FROM records WHERE stream = 'encounter/a'"], 3),
    "delete a whole stream and renumber": (
        ["DELETE FROM records WHERE stream = 'encounter/b'",
         "UPDATE records SET position = 1 + sequence WHERE stream = 'encounter/a'",
         "UPDATE sqlite_sequence SET seq = 5"], 3),
    "swap two bodies within a stream": (
        ["UPDATE records SET body = CASE position WHEN 4 THEN CAST('a2' AS BLOB)"
         " ELSE CAST('a1' AS BLOB) END WHERE position IN (4, 6)"], 4),
    "swap two bodies between streams": (
        ["UPDATE records SET body = CASE position WHEN 4 THEN CAST('b1' AS BLOB)"
         " ELSE CAST('a1' AS BLOB) END WHERE position IN (4, 5)"], 4),
    "exchange two positions": (
        ["UPDATE records SET position = -1 WHERE position = 4",
         "UPDATE records SET position = 4 WHERE position = 5",
         "UPDATE records SET position = 5 WHERE position = -1"], 4),
    "repeat the last record as a new one": (
        ["INSERT INTO records (stream, sequence, type, recorded_at, report_key, key_id, nonce,"
         " previous, body, tag, leaf) SELECT stream, sequence + 1, type, recorded_at, NULL, key_id,"
         " nonce, previous, body, tag, leaf FROM records WHERE position = 9"], 10),
    "hide a record before the first": (
        ["INSERT INTO records SELECT -1, 'encounter/z', 1, type, recorded_at, NULL, key_id, nonce,"
         " previous, body, tag, leaf FROM records WHERE position = 2"], -1),
    "cut off the end, leaving the counter": (["DELETE FROM records WHERE position = 9"], None),
}  # fmt: skip


@pytest.mark.parametrize("attack", ROW_ATTACKS)
def test_an_attack_on_rows_is_noticed_and_placed(ledger: Ledger, attack: str) -> None:
    statements, place = ROW_ATTACKS[attack]
    found = ledger.sql(*statements)
    assert place in places(found), found.verdict
    assert not found.consistent
    assert "consistent" not in found.verdict


def rows_of(connection: sqlite3.Connection) -> list[Row]:
    selected = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM records ORDER BY position")
    return [row_of(values) for values in selected]


def put(connection: sqlite3.Connection, row: Row) -> None:
    marks = ", ".join("?" * len(COLUMNS))
    connection.execute(
        f"INSERT OR REPLACE INTO records VALUES ({marks})", (row.position, *values_of(row))
    )


def resealed(rows: list[Row], ledger: Ledger, tag_key: bytes) -> list[Row]:
    """Every chain, tag and leaf computed anew, as an insider would."""
    ends: dict[str, bytes] = {}
    done: list[Row] = []
    for row in rows:
        joined = replace(row, previous=ends.get(row.stream, bytes(32)))
        tagged = replace(joined, tag=by_the_book.tag(joined, ledger.ledger_id, tag_key))
        done.append(replace(tagged, leaf=by_the_book.leaf(tagged, ledger.ledger_id)))
        ends[row.stream] = done[-1].leaf
    return done


def rewrite(ledger: Ledger, change: Callable[[list[Row]], list[Row]], tag_key: bytes) -> None:
    def work(connection: sqlite3.Connection) -> None:
        changed = resealed(change(rows_of(connection)), ledger, tag_key)
        connection.execute("DELETE FROM records")
        for row in changed:
            put(connection, row)

    ledger.attack(work)


def forge(rows: list[Row]) -> list[Row]:
    last = rows[-1]
    forged = replace(last, position=10, sequence=last.sequence + 1, key=None, body=b"forged")
    return [*rows, forged]


def edit(rows: list[Row]) -> list[Row]:
    return [replace(row, body=b"edited") if row.position == 4 else row for row in rows]


@pytest.mark.parametrize(("change", "place"), [(forge, 10), (edit, 4)])
def test_an_insider_who_reseals_without_the_root_key_is_noticed(
    ledger: Ledger, change: Callable[[list[Row]], list[Row]], place: int
) -> None:
    rewrite(ledger, change, tag_key=bytes(32))
    found = ledger.verified()
    assert place in places(found)
    assert {f.what for f in found.faults} == {
        "does not match its tag: it was changed, moved or forged"
    }, "chains and leaves were made to fit; the tag alone tells"


def test_the_control_with_the_root_key_goes_unnoticed_and_that_is_said(ledger: Ledger) -> None:
    rewrite(ledger, forge, tag_key=ledger.keys.tag_key)
    found = ledger.verified()
    assert found.verdict == "consistent, not anchored"
    assert any("root key" in what for what in found.not_excluded)


def test_a_cut_off_end_goes_unnoticed_and_that_is_said(ledger: Ledger) -> None:
    found = ledger.sql(
        "DELETE FROM records WHERE position > 6", "UPDATE sqlite_sequence SET seq = 6"
    )
    assert found.verdict == "consistent, not anchored"
    assert any("cut off the end" in what for what in found.not_excluded)


@pytest.mark.parametrize("statement", ["DROP TRIGGER records_no_delete", "DROP TABLE originals"])
def test_a_table_or_trigger_that_is_gone_is_noticed(ledger: Ledger, statement: str) -> None:
    connection = sqlite3.connect(ledger.file)
    connection.execute(statement)
    connection.close()
    assert "were changed or removed" in ledger.verified().verdict


def test_a_damaged_index_is_noticed_though_every_row_is_sound(ledger: Ledger) -> None:
    def hide_rows_from_the_index(connection: sqlite3.Connection) -> None:
        # The table's root page stays; the index of (stream, sequence) becomes an empty tree.
        connection.execute("CREATE TABLE spare (x, y, UNIQUE (x, y))")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema"
            " WHERE name = 'sqlite_autoindex_spare_1') WHERE name = 'sqlite_autoindex_records_2'"
        )

    ledger.attack(hide_rows_from_the_index)
    found = ledger.verified()
    said = found.verdict
    assert "encounter): a stream read by its name gives 0 records, and by scan 4" in said
    assert "missing from the list of streams" in said
    assert "SQLite:" in said


def test_the_key_of_another_ledger_fits_no_record(ledger: Ledger) -> None:
    store, _ = open_store(f"sqlite:///{ledger.file}", keys=ledger.file.parent)
    found = verify(store, derived_keys(bytes(32), ledger.ledger_id))
    store.close()
    assert places(found) == set(range(1, 10))


def test_many_faults_are_counted_and_not_all_listed() -> None:
    store, _ = open_store("memory:")
    append(store, *(draft(body=str(number).encode()) for number in range(300)))
    found = verify(store, derived_keys(bytes(32), store.ledger_id))
    assert (len(found.faults), found.unlisted) == (FAULTS_LISTED, 302 - FAULTS_LISTED)
    assert found.verdict.endswith("and 202 more")


def test_what_is_appended_while_verifying_is_no_fault() -> None:
    store, keys = open_store("memory:")
    append(store, draft())

    class Growing:
        """Appends whenever it is read."""

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        def streams(self, prefix: str) -> tuple[str, ...]:
            append(store, draft("encounter/new"))
            return store.streams(prefix)

        def stream(self, name: str, after: int = 0, limit: int | None = None) -> tuple[Row, ...]:
            if after <= 0 and name != "encounter/new":
                append(store, draft(name))
            return store.stream(name, after, limit)

    growing: Any = Growing()
    assert verify(growing, keys).verdict == "consistent, not anchored"
    assert store.head() == 5


def test_a_verdict_names_no_stream(ledger: Ledger) -> None:
    found = ledger.sql("UPDATE records SET body = x'00' WHERE position > 1")
    assert "encounter" in found.verdict
    assert "encounter/" not in found.verdict


@pytest.mark.parametrize("column", ["body", "tag", "leaf", "previous", "report_key"])
def test_a_single_bit_is_noticed_and_its_return_too(ledger: Ledger, column: str) -> None:
    def flip(connection: sqlite3.Connection) -> None:
        (value,) = connection.execute(f"SELECT {column} FROM records WHERE position = 6").fetchone()
        flipped = bytes([value[0] ^ 1]) + value[1:]
        connection.execute(f"UPDATE records SET {column} = ? WHERE position = 6", (flipped,))

    ledger.attack(flip)
    assert 6 in places(ledger.verified())
    ledger.attack(flip)
    assert ledger.verified().consistent


@pytest.fixture
def memory() -> tuple[Store, Keys]:
    return open_store("memory:")


def test_memory_verifies_too(memory: tuple[Store, Keys]) -> None:
    append(memory[0], draft(), draft("encounter/b"))
    assert verify(*memory).verdict == "consistent, not anchored"
