"""What only the reading in bulk doubts is a fault too, whatever the reading row by row finds."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor
from pathlib import Path

import pytest

from tests.adapters import by_the_book
from tests.adapters.store_contract import append, draft
from tests.adapters.test_verify import Ledger, places
from veinledger.adapters.errors import LedgerDamaged
from veinledger.adapters.store import verify as verifying
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.placed import NOT_PLACED
from veinledger.adapters.store.tallied import Doubt
from veinledger.adapters.store.verify import Verification, verify
from veinledger.domain.ledger.port import KeptOriginal

LEAST = -(2**63)
OTHERS = "type, recorded_at, report_key, key_id, nonce, previous, body, tag, leaf"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Record 1 is the ledger's; 2 and 4 are encounter a's, 3 and 5 encounter b's."""
    store, keys = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}", keys=tmp_path)
    for number, name in enumerate("abab"):
        append(store, draft(f"encounter/{name}", b"{}", f"r{number}"))
    store.close()
    return Ledger(tmp_path / "ledger.sqlite", keys, store.ledger_id)


def quickly(ledger: Ledger) -> Verification:
    url = f"sqlite:///{ledger.file}"
    store, keys = open_store(url, keys=ledger.file.parent, read_only=True)
    try:
        return verify(store, keys, quick=True)
    finally:
        store.close()


@pytest.mark.parametrize("at", [0, -5, LEAST + 1, LEAST])
@pytest.mark.parametrize("stream", ["encounter/b", "encounter/new", "centre/new", ""])
@pytest.mark.parametrize("number", [-3, 0, LEAST, 99])
def test_a_row_put_before_the_first_record_is_told(
    ledger: Ledger, at: int, stream: str, number: int
) -> None:
    others = OTHERS.replace("report_key", "NULL")
    found = ledger.sql(
        f"INSERT INTO records SELECT {at}, '{stream}', {number}, {others} FROM records"
        " WHERE position = 4"
    )
    assert not found.consistent
    assert len(found.faults) == 1, found.verdict
    assert places(found) <= {at, None}
    assert not quickly(ledger).consistent


def test_the_last_record_parked_before_the_first_is_told_at_its_place(ledger: Ledger) -> None:
    """Its report key would answer `duplicate` whenever the message came again."""
    found = ledger.sql(
        f"CREATE TEMP TABLE kept AS SELECT stream, {OTHERS} FROM records WHERE position = 5",
        "DELETE FROM records WHERE position = 5",
        "UPDATE sqlite_sequence SET seq = 4",
        f"INSERT INTO records SELECT -5, stream, -3, {OTHERS} FROM kept",
    )
    assert "record -5 (encounter): lies before record 1, where the ledger puts none" in (
        found.verdict.splitlines()
    )


@pytest.mark.parametrize("column", ["nonce", "report_key"])
def test_an_empty_value_is_told_from_an_absent_one_though_tag_and_leaf_are_the_same(
    ledger: Ledger, column: str
) -> None:
    found = ledger.sql(
        "PRAGMA ignore_check_constraints = ON",
        f"UPDATE records SET {column} = x'' WHERE position = 1",
    )
    assert places(found) >= {1}, found.verdict
    assert "record 1 (ledger): holds what no sealed record can hold" in found.verdict


def test_an_original_whose_row_has_a_negative_number_is_read_like_any_other(tmp_path: Path) -> None:
    kept = KeptOriginal(digest="0" * 64, media_type="text/plain", content=b"x")
    url, file = f"sqlite:///{tmp_path / 'ledger.sqlite'}", tmp_path / "ledger.sqlite"
    store, keys = open_store(url, keys=tmp_path)
    append(store, draft(), originals=(kept,))
    store.close()
    Ledger(file, keys, store.ledger_id).sql("UPDATE originals SET rowid = -5")
    store, _ = open_store(url, keys=tmp_path)
    assert list(store.originals()) == [kept]
    store.close()


# Every column as SQLite could hand it out in another type, or in another of the same value.
OTHERWISE = {
    "a whole number as a real one": "CAST({} AS REAL)",
    "text as bytes": "CAST({} AS BLOB)",
    "bytes as text": "CAST({} AS TEXT)",
    "a number as text": "CAST({} AS TEXT)",
    "with a zero behind it": "CAST({} || char(0) AS TEXT)",
    "empty bytes": "x''",
    "empty text": "''",
    "minus nought": "-0.0",
}
COLUMNS = ("stream", "sequence", "type", "recorded_at", "report_key", "key_id", "nonce",
           "previous", "body", "tag", "leaf")  # fmt: skip


@pytest.mark.parametrize("how", OTHERWISE)
@pytest.mark.parametrize("column", COLUMNS)
def test_a_value_that_is_put_otherwise_is_told(ledger: Ledger, column: str, how: str) -> None:
    """The table is made to take any type, and is called STRICT again afterwards."""
    put = OTHERWISE[how].format(column)
    found = ledger.sql(
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'records'",
        "PRAGMA writable_schema = RESET",
        "PRAGMA ignore_check_constraints = ON",
        f"UPDATE records SET {column} = {put} WHERE position = 5",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE name = 'records'",
    )
    assert found.consistent is is_as_it_was(ledger)


def is_as_it_was(ledger: Ledger) -> bool:
    """Whether SQLite kept the row as it was: what is NULL stays so, and 1.0 becomes 1 again."""
    url = f"sqlite:///{ledger.file}"
    store, _ = open_store(url, keys=ledger.file.parent, read_only=True)
    try:
        (*_, row) = store.rows()
    except LedgerDamaged:
        return False
    finally:
        store.close()
    return row.nonce is None and row.leaf == by_the_book.leaf(row, ledger.ledger_id)


def test_a_doubt_that_no_row_explains_is_a_fault_by_itself(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def doubts(*_: object, **__: object) -> None:
        raise Doubt

    monkeypatch.setattr(verifying, "in_bulk", doubts)
    found = ledger.verified()
    assert [fault.what for fault in found.faults] == [NOT_PLACED]
    assert "consistent" not in found.verdict


def test_a_second_process_that_ended_says_nothing_about_the_ledger(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(*_: object, **__: object) -> None:
        raise BrokenExecutor

    monkeypatch.setattr(verifying, "in_bulk", ends)
    assert ledger.verified().verdict == "consistent, not anchored"
