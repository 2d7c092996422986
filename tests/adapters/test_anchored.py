"""Checkpoints kept elsewhere against whoever can write every byte of the file: rows K2, K3.

The attacks of a row are those of `test_verify.py`, alone, in pairs, in threes and resealed.
Each kind of defence has its control: without the checkpoint, or without the tags, the same attack
passes.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.adapters.store_contract import Clock, append, draft
from tests.adapters.test_verify import ROW_ATTACKS, Ledger
from tests.tiers import SEED, size, tell
from veinledger.adapters.store.anchoring import Outside
from veinledger.adapters.store.keys import Keys
from veinledger.adapters.store.opening import open_store, store_to_read
from veinledger.adapters.store.sealing import Head, row_from, unsealed_of
from veinledger.adapters.store.stored import COLUMNS, row_of, values_of
from veinledger.adapters.store.verify import Verification, verify
from veinledger.domain.ledger.port import Row
from veinledger.domain.ledger.seal import leaf_of, tag_of, tagged_bytes
from veinledger.domain.ledger.tree import Edge, root_of

ROWS = 9


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """Record 1 is the ledger's; then two streams take turns."""
    folder = tmp_path_factory.mktemp("whole")
    store, keys = open_store(f"sqlite:///{folder / 'ledger.sqlite'}", keys=folder, clock=Clock())
    for number in range((ROWS - 1) // 2):
        append(
            store,
            draft("encounter/a", f"a{number}".encode(), f"a{number}"),
            draft("encounter/b", f"b{number}".encode(), f"b{number}"),
        )
    store.close()
    return Ledger(folder / "ledger.sqlite", keys, store.ledger_id)


def a_copy(whole: Ledger, folder: Path) -> Ledger:
    for left in folder.glob("copy.sqlite*"):
        left.unlink()
    shutil.copy(whole.file, folder / "copy.sqlite")
    return Ledger(folder / "copy.sqlite", whole.keys, whole.ledger_id)


def leaves_of(ledger: Ledger) -> list[bytes]:
    store = store_to_read(ledger.file, ledger.keys)
    try:
        return list(store.leaves())
    finally:
        store.close()


def checkpoints(leaves: list[bytes], *sizes: int) -> list[Outside]:
    return [
        Outside(size=each, root=root_of(leaves[:each]), called=f"checkpoint of {each}")
        for each in sizes
    ]


def verified(
    ledger: Ledger, outside: list[Outside], keys: Keys | None = None, *, quick: bool = False
) -> Verification:
    store = store_to_read(ledger.file, keys or ledger.keys)
    try:
        return verify(store, keys or ledger.keys, outside, quick=quick)
    finally:
        store.close()


def attack(ledger: Ledger, *names: str) -> bool:
    """Whether the file took these attacks; two of them may stand in each other's way."""
    statements = [each for name in names for each in ROW_ATTACKS[name][0]]
    try:
        ledger.attack(lambda found: [found.execute(each) for each in statements])
    except sqlite3.Error:
        return False
    return True


# --- K2: one attack, two and three at once -----------------------------------------------------


IN_THE_WAY = {
    ("move a record to another stream", "rename a stream"),
    ("rename a stream", "move a record to another stream"),
    ("exchange two positions", "delete a middle record and renumber"),
    ("hide a record before the first", "exchange two positions"),
}
"""Attacks in an order in which the file does not take the second: two rows would share a place."""


def stand_in_the_way(names: Sequence[str]) -> bool:
    return not IN_THE_WAY.isdisjoint(combinations(names, 2))


def taken_and_noticed(ledger: Ledger, names: Sequence[str], outside: list[Outside]) -> bool:
    """Whether the file took the attacks; the checkpoint must show them then."""
    if not attack(ledger, *names):
        return False
    found = verified(ledger, outside)
    assert not found.consistent, names
    assert "consistent" not in found.verdict.split(";")[0]
    return True


@pytest.mark.stochastic
@pytest.mark.parametrize("together", [1, 2])
def test_every_attack_and_every_pair_of_them_is_noticed(
    whole: Ledger, tmp_path: Path, together: int
) -> None:
    outside, tried = checkpoints(leaves_of(whole), ROWS), 0
    every = list(combinations(ROW_ATTACKS, together))
    drawn = Random(SEED).sample(every, min(len(every), size(40, len(every))))
    for names in drawn:
        taken = taken_and_noticed(a_copy(whole, tmp_path), names, outside)
        assert taken != stand_in_the_way(names), names
        tried += taken
    tell(
        f"row attacks, {together} at a time: {tried} of {len(drawn)} taken by the file, seed {SEED}"
    )


@pytest.mark.stochastic
def test_three_attacks_at_once_are_noticed(whole: Ledger, tmp_path: Path) -> None:
    """In any order. A third attack may clear the way for the two that do not go together."""
    outside, tried = checkpoints(leaves_of(whole), ROWS), 0
    every, chance, number = sorted(ROW_ATTACKS), Random(SEED), size(10, 100, 10_000)
    for _ in range(number):
        names = chance.sample(every, 3)
        taken = taken_and_noticed(a_copy(whole, tmp_path), names, outside)
        assert taken or stand_in_the_way(names), names
        tried += taken
    tell(f"row attacks, 3 at a time: {tried} of {number} taken by the file, seed {SEED}")
    assert tried > number * 2 / 3


@pytest.mark.parametrize("attack_on_the_end", ["repeat", "cut off"])
def test_the_attacks_on_the_end_are_on_its_last_record(
    whole: Ledger, attack_on_the_end: str
) -> None:
    """The statements name their records by number: of another they would be another attack."""
    (name,) = (name for name in ROW_ATTACKS if name.startswith(attack_on_the_end))
    assert f"position = {len(rows_in(whole))}" in ROW_ATTACKS[name][0][0]


# --- K3: an insider who seals anew ------------------------------------------------------------


def rows_in(ledger: Ledger) -> list[Row]:
    connection = sqlite3.connect(ledger.file)
    try:
        found = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM records ORDER BY position")
        return [row_of(each) for each in found]
    finally:
        connection.close()


def sealed_anew(rows: list[Row], ledger_id: bytes, tag: Callable[[bytes, Row], bytes]) -> list[Row]:
    """Positions, sequences, chains, tags and leaves, all worked out again."""
    heads: dict[str, Head] = {}
    found: list[Row] = []
    for position, row in enumerate(rows, 1):
        head = heads.get(row.stream, Head())
        moved = replace(row, position=position, sequence=head.sequence + 1, previous=head.leaf)
        unsealed = unsealed_of(moved, ledger_id)
        tagged = tagged_bytes(unsealed)
        made = tag(tagged, row)
        found.append(row_from(unsealed, made, leaf_of(tagged, made)))
        heads[row.stream] = Head(sequence=found[-1].sequence, leaf=found[-1].leaf)
    return found


def put(ledger: Ledger, rows: list[Row]) -> None:
    """These rows in the place of all, with the counter that goes with them."""

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM records")
        marks = ", ".join("?" * len(COLUMNS))
        for row in rows:
            values: tuple[Any, ...] = (row.position, *values_of(row))
            connection.execute(f"INSERT INTO records VALUES ({marks})", values)
        connection.execute("UPDATE sqlite_sequence SET seq = ?", (len(rows),))

    ledger.attack(work)


def edited(rows: list[Row]) -> list[Row]:
    return [replace(row, body=b"forged") if row.position == 6 else row for row in rows]


def deleted(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.position != 6]


def inserted(rows: list[Row]) -> list[Row]:
    return [*rows[:6], replace(rows[5], key=None, body=b"forged"), *rows[6:]]


def reordered(rows: list[Row]) -> list[Row]:
    return [*rows[:5], rows[6], rows[5], *rows[7:]]


def repeated(rows: list[Row]) -> list[Row]:
    return [*rows, replace(rows[-1], key=None)]


def swapped(rows: list[Row]) -> list[Row]:
    one, other = rows[5], rows[6]
    return [*rows[:5], replace(one, body=other.body), replace(other, body=one.body), *rows[7:]]


FORGERIES = {
    each.__name__: each for each in (edited, deleted, inserted, reordered, repeated, swapped)
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_who_seals_anew_without_the_root_key_is_noticed_by_the_tags(
    whole: Ledger, tmp_path: Path, forgery: str
) -> None:
    """He knows the format, and rewrites every leaf and chain; of the tags he can only keep his."""
    ledger = a_copy(whole, tmp_path)
    put(ledger, sealed_anew(FORGERIES[forgery](rows_in(ledger)), ledger.ledger_id, kept_tag))
    assert not verified(ledger, []).consistent
    assert not verified(ledger, checkpoints(leaves_of(whole), 4)).consistent, "an old one suffices"


def kept_tag(_: bytes, row: Row) -> bytes:
    return row.tag


@pytest.mark.parametrize("forgery", FORGERIES)
def test_who_holds_the_root_key_is_noticed_by_a_checkpoint_alone(
    whole: Ledger, tmp_path: Path, forgery: str
) -> None:
    ledger = a_copy(whole, tmp_path)

    def true_tag(tagged: bytes, _: Row) -> bytes:
        return tag_of(tagged, ledger.keys.tag_key)

    leaves = leaves_of(whole)
    put(ledger, sealed_anew(FORGERIES[forgery](rows_in(ledger)), ledger.ledger_id, true_tag))
    assert verified(ledger, []).verdict == "consistent, not anchored", "the control"
    found = verified(ledger, checkpoints(leaves, ROWS))
    if forgery == "repeated":  # after the checkpoint, and under the true key: nothing shows it
        assert found.verdict == (
            f"as the ledger signed it up to record {ROWS}; 1 record since is consistent, not"
            " anchored"
        )
        return
    assert not found.consistent
    placed = verified(ledger, checkpoints(leaves, 4, ROWS)).verdict
    assert f"records 5 to {ROWS}" in placed or "were cut off the end" in placed


def test_a_row_forged_after_the_checkpoint_is_noticed_by_its_tag(
    whole: Ledger, tmp_path: Path
) -> None:
    ledger = a_copy(whole, tmp_path)
    outside = checkpoints(leaves_of(whole), ROWS)
    put(ledger, sealed_anew(repeated(rows_in(ledger)), ledger.ledger_id, kept_tag))
    found = verified(ledger, outside)
    assert [fault.position for fault in found.faults] == [ROWS + 1]
    assert verified(ledger, outside, quick=True).consistent, "the control: quick reads no tags"


# --- The tree, in bulk and row by row ----------------------------------------------------------


@pytest.mark.parametrize("rows", [0, 1, 4_095, 4_096, 4_097, 9_000])
def test_in_bulk_and_row_by_row_agree_on_every_size(tmp_path: Path, rows: int) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    store, keys = open_store(url, keys=tmp_path, clock=Clock())
    for part in batched(draft(f"encounter/{n % 5}", b"x") for n in range(rows)):
        append(store, *part)
    leaves = list(store.leaves())
    drawn = Random(SEED).choices(range(1, len(leaves) + 1), k=40)
    sizes = sorted({1, len(leaves) // 2 or 1, max(1, len(leaves) - 1), len(leaves), *drawn})
    expected = checkpoints(leaves, *sizes)
    assert expected[-1].root == Edge().grown(leaves).root
    found = verify(store, keys, expected)
    wrong = [replace(expected[-1], root=bytes(32))]
    broken = verify(store, keys, wrong)
    store.close()
    assert (found.consistent, found.anchored, found.checkpoints) == (True, len(leaves), len(sizes))
    assert not broken.consistent
    assert f"records 1 to {len(leaves)}" in broken.verdict


def batched(drafts: Iterator[Any]) -> Iterator[tuple[Any, ...]]:
    while part := tuple(islice(drafts, 500)):
        yield part
