"""An index holds every row and is searched in vain: its order, and where it leads, are looked at.

`PRAGMA quick_check` looks at neither, and not in every version counts what an index holds.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.adapters.store_contract import append, draft, key
from tests.adapters.test_verify import Ledger
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.sqlite.indexed import by_key, by_stream, compare_by_key
from veinledger.adapters.store.tallied import Doubt, Tally

PAGE = 4096


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Six streams of one record each behind the ledger's own: one page of each index."""
    store, keys = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}", keys=tmp_path)
    append(store, *(draft(f"encounter/{n}", b"{}", f"r{n}") for n in range(6)))
    store.close()
    return Ledger(tmp_path / "ledger.sqlite", keys, store.ledger_id)


def exchange(ledger: Ledger, index: str, one: int, other: int) -> None:
    """Two entries of an index change places: all are there still."""
    with closing(sqlite3.connect(ledger.file)) as connection:
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = ?", (index,)
        ).fetchone()
    data = bytearray(ledger.file.read_bytes())
    start = (root - 1) * PAGE
    assert data[start] == 10, "a page that is a leaf of an index"
    a, b = (start + 8 + 2 * each for each in (one, other))
    data[a : a + 2], data[b : b + 2] = data[b : b + 2], data[a : a + 2]
    ledger.file.write_bytes(data)


@pytest.mark.parametrize("index", [1, 2])
@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 3), (3, 5), (1, 5)])
def test_an_index_out_of_order_is_told(ledger: Ledger, index: int, one: int, other: int) -> None:
    exchange(ledger, f"sqlite_autoindex_records_{index}", one, other)
    assert f"missing from index sqlite_autoindex_records_{index}" in ledger.verified().verdict


def test_the_control_a_search_in_it_finds_no_more_what_is_there(ledger: Ledger) -> None:
    exchange(ledger, "sqlite_autoindex_records_2", 1, 5)
    url = f"sqlite:///{ledger.file}"
    store, _ = open_store(url, keys=ledger.file.parent, read_only=True)
    assert [len(store.stream(f"encounter/{n}")) for n in range(6)].count(0) >= 2
    store.close()


def scanned(*keys: bytes | None) -> Tally:
    """What a scan saw of rows with these report keys."""
    told = b"".join(key or bytes(32) for key in keys)
    keyed = len(keys) - keys.count(None)
    return Tally(1, len(keys), 0, 0, {}, [], [], {}, bytearray(told), keyed)


def test_report_keys_lead_to_the_rows_that_hold_them() -> None:
    entries = sorted([(key("b"), 1), (key("a"), 3)])
    compare_by_key(by_key(entries), scanned(key("b"), None, key("a")))
    compare_by_key(by_key([]), scanned(None, None))


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [(key("a"), 3)],
        [(key("a"), 3), (key("b"), 3)],
        [(key("a"), 1), (key("b"), 3)],
        [(key("a"), 2), (key("b"), 1)],
        [(key("a"), 0), (key("b"), 1)],
        [(key("a"), 4), (key("b"), 1)],
        [(key("a"), 3), (key("b"), 1), (key("c"), 2)],
        [(key("a"), 3), (key("c"), 1)],
    ],
)
def test_report_keys_that_lead_elsewhere_are_doubted(entries: list[tuple[bytes, int]]) -> None:
    with pytest.raises(Doubt):
        compare_by_key(by_key(sorted(entries)), scanned(key("b"), None, key("a")))


def test_report_keys_and_streams_out_of_order_are_doubted() -> None:
    a, b = sorted([key("a"), key("b")])
    for entries in ([(b, 1), (a, 2)], [(a, 1), (a, 2)], [(a[:31], 1)]):
        with pytest.raises(Doubt):
            by_key(entries)
    assert list(by_stream([("a", 1, 1), ("b", 1, 2), ("b", 2, 3)])) == ["a", "b"]
    with pytest.raises(Doubt):
        by_stream([("b", 1, 1), ("a", 1, 2)])
    with pytest.raises(Doubt):
        by_stream([("a", 1, 1), ("b", 1, 2), ("a", 2, 3)])
