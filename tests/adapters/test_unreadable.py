"""A row that cannot be read is told at its place, and neither hides nor accuses any other row."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.adapters.store_contract import append, draft
from tests.adapters.test_anchored import a_copy, checkpoints, leaves_of
from tests.adapters.test_kept_receipts import a_receipt
from tests.adapters.test_verify import Ledger, places
from veinledger.adapters.errors import LedgerDamaged
from veinledger.adapters.store.anchoring import Outside
from veinledger.adapters.store.opening import open_store, store_to_read
from veinledger.adapters.store.sqlite.store import SQLiteStore
from veinledger.adapters.store.verify import Verification, verify
from veinledger.adapters.store.witnessed import Kept

ROWS = 601


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """Record 1 is the ledger's; then three streams take turns, over several pages."""
    folder = tmp_path_factory.mktemp("whole")
    store, keys = open_store(f"sqlite:///{folder / 'ledger.sqlite'}", keys=folder)
    append(store, *(draft(f"encounter/{n % 3}", b"x" * 90, f"r{n}") for n in range(ROWS - 1)))
    store.close()
    return Ledger(folder / "ledger.sqlite", keys, store.ledger_id)


@pytest.fixture(scope="module")
def leaves(whole: Ledger) -> list[bytes]:
    return leaves_of(whole)


@pytest.fixture
def ledger(whole: Ledger, tmp_path: Path) -> Ledger:
    return a_copy(whole, tmp_path)


def verified(ledger: Ledger, *outside: Outside | Kept) -> Verification:
    store = store_to_read(ledger.file, ledger.keys)
    try:
        return verify(store, ledger.keys, outside)
    finally:
        store.close()


def change(ledger: Ledger, *statements: str) -> None:
    """Also to what a STRICT table would not take."""
    loose = "UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'records'"
    strict = "UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE name = 'records'"
    on, again = "PRAGMA writable_schema = ON", "PRAGMA writable_schema = RESET"
    every = (on, loose, again, "PRAGMA ignore_check_constraints = ON", *statements, on, strict)
    ledger.attack(lambda connection: [connection.execute(each) for each in every])


def receipts(leaves: list[bytes]) -> list[Kept]:
    return [a_receipt(leaves, size) for size in range(1, ROWS + 1, 5)]


# One cell, of which the stream, the number and the leaf of its row can be read all the same.
CELLS = {
    "a time that no clock shows": "recorded_at = 9223372036854775807",
    "a type that is no text": "type = CAST(x'ff' AS TEXT)",
    "a key id that is no text": "key_id = CAST(x'ff' AS TEXT)",
    "a body that is text": "body = 'text'",
    "a tag that is a number": "tag = 7",
    "a report key that is text": "report_key = 'key'",
}


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("at", [1, 60, 256, 257, 400, ROWS])
def test_one_unreadable_cell_is_one_row_that_cannot_be_read(
    ledger: Ledger, leaves: list[bytes], cell: str, at: int
) -> None:
    signed = checkpoints(leaves, 10, ROWS)
    change(ledger, f"UPDATE records SET {CELLS[cell]} WHERE position = {at}")
    if at == 1 and not opens(ledger):
        return
    found = verified(ledger, *signed, *receipts(leaves))
    own = [fault for fault in found.faults if not fault.what.startswith("SQLite:")]
    assert [(fault.position, "cannot be read" in fault.what) for fault in own] == [(at, True)]
    assert found.records == ROWS
    assert found.anchored == ROWS, "every leaf could be read, so that the checkpoints hold"
    assert all(each.holds for each in found.receipts)


def opens(ledger: Ledger) -> bool:
    try:
        store_to_read(ledger.file, ledger.keys).close()
    except LedgerDamaged:
        return False
    return True


@pytest.mark.parametrize("cell", ["leaf = 'text'", "leaf = 7.5", "stream = CAST(x'ff' AS TEXT)"])
@pytest.mark.parametrize("at", [60, 257])
def test_past_a_row_whose_leaf_cannot_be_read_no_checkpoint_is_judged_and_that_is_said(
    ledger: Ledger, leaves: list[bytes], cell: str, at: int
) -> None:
    change(ledger, f"UPDATE records SET {cell} WHERE position = {at}")
    found = verified(ledger, *checkpoints(leaves, 10, 100 + at, ROWS), *receipts(leaves))
    own = [fault for fault in found.faults if not fault.what.startswith("SQLite:")]
    told = [fault.what for fault in own if fault.position is None]
    assert {fault.position for fault in own} == {at, None}, found.verdict
    assert (
        f"checkpoint of {100 + at}, signed over {100 + at} records, was not judged, for record"
        f" {at} cannot be read; nor was the one after it" in told
    )
    unread = [each for each in found.receipts if not each.judged]
    assert [each.position for each in unread] == [n for n in range(1, ROWS + 1, 5) if n >= at]
    assert f"{len(unread)} of the receipts were not judged, for record {at} cannot be read" in told
    assert all(each.holds for each in found.receipts if each.judged)
    assert found.records == ROWS


def test_past_a_row_that_cannot_be_read_what_is_wrong_is_told_all_the_same(
    ledger: Ledger, leaves: list[bytes]
) -> None:
    change(
        ledger,
        "UPDATE records SET leaf = 'text' WHERE position = 60",
        "UPDATE records SET body = x'00' WHERE position = 300",
        "DELETE FROM records WHERE position = 400",
    )
    wrong = replace(a_receipt(leaves, 500), leaf=bytes(32), checkpoint=None)
    found = verified(ledger, wrong, *checkpoints(leaves, ROWS))
    assert {60, 300, 401, 500} <= places(found)
    assert [each.judged for each in found.receipts] == [True]


def test_an_end_that_was_cut_off_is_told_though_a_row_before_it_cannot_be_read(
    ledger: Ledger, leaves: list[bytes]
) -> None:
    change(
        ledger,
        "UPDATE records SET leaf = 'text' WHERE position = 60",
        "DELETE FROM records WHERE position > 590",
        "UPDATE sqlite_sequence SET seq = 590",
    )
    found = verified(ledger, *checkpoints(leaves, ROWS), a_receipt(leaves, 600))
    assert f"{ROWS - 590} were cut off the end" in found.verdict
    assert "record 600: is not there, for this file holds 590" in found.verdict


# --- Whole pages of the file ---------------------------------------------------------------------


def pages_of_records(ledger: Ledger) -> list[int]:
    """The leaf pages of the table, in the order of its rows."""
    with closing(sqlite3.connect(ledger.file)) as connection:
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'records'"
        ).fetchone()
    data = ledger.file.read_bytes()
    page = data[(root - 1) * 4096 : root * 4096]
    assert page[0] == 5, "the root of several pages"
    cells = [
        int.from_bytes(page[12 + 2 * n : 14 + 2 * n]) for n in range(int.from_bytes(page[3:5]))
    ]
    children = [int.from_bytes(page[at : at + 4]) for at in cells]
    return [*children, int.from_bytes(page[8:12])]


def spoil(ledger: Ledger, page: int) -> None:
    with ledger.file.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\x77" * 4096)


def test_a_damaged_page_costs_its_own_rows_and_no_other(
    ledger: Ledger, leaves: list[bytes]
) -> None:
    pages = pages_of_records(ledger)
    spoil(ledger, pages[len(pages) // 2])
    found = verified(ledger, *checkpoints(leaves, 10, ROWS), *receipts(leaves))
    gone = sorted(fault.position or 0 for fault in found.faults if "cannot be read: " in fault.what)
    assert 1 < len(gone) < 30
    assert gone == list(range(gone[0], gone[-1] + 1))
    assert {fault.position for fault in found.faults} == {None, *gone}
    assert found.records == ROWS
    judged = {each.position: each.holds for each in found.receipts if each.judged}
    assert judged == {n: True for n in range(1, ROWS + 1, 5) if n < gone[0]}


def test_a_damaged_end_is_told_as_what_cannot_be_read_and_not_as_cut_off(
    ledger: Ledger, leaves: list[bytes]
) -> None:
    spoil(ledger, pages_of_records(ledger)[-1])
    store = store_to_read(ledger.file, ledger.keys)
    assert isinstance(store, SQLiteStore)
    found = verify(store, ledger.keys, [*checkpoints(leaves, 10, ROWS), *receipts(leaves)])
    store.close()
    assert "cut off" not in found.verdict
    assert f"the rows after record {found.records} cannot be read" in found.verdict
    assert 500 < found.records < ROWS
    assert "was not judged" in found.verdict
    assert len(found.faults) < 30
