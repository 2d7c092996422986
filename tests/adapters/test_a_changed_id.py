"""A ledger whose own id, or the type of it, was changed in the file is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.given_files import url
from veinledger.adapters.errors import Defect, KeyMissing, LedgerDamaged, VeinledgerError
from veinledger.adapters.store.opening import open_store

HEAD = 6
"""Bytes before the id in its row: lengths and types of what the row holds."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    folder = tmp_path_factory.mktemp("made")
    store, _ = open_store(url(folder), keys=folder / "keys")
    store.close()
    return folder, store.ledger_id


def outcome(folder: Path, *, read_only: bool) -> type[VeinledgerError] | None:
    try:
        store, _ = open_store(url(folder), keys=folder / "keys", read_only=read_only)
    except VeinledgerError as error:
        return type(error)
    store.close()
    return None


@pytest.mark.parametrize("read_only", [False, True], ids=["to write", "to read"])
@pytest.mark.parametrize("before", range(-15, HEAD + 1), ids=lambda at: f"{at} before")
def test_whatever_bit_of_it_is_changed_it_is_refused_by_name(
    before: int, read_only: bool, made: tuple[Path, bytes]
) -> None:
    folder, name = made
    (file,) = folder.glob("*.sqlite")
    whole = file.read_bytes()
    assert whole.count(name) == 1
    place, seen = whole.index(name) - before, set[type[VeinledgerError] | None]()
    for bit in range(8):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << bit
        file.write_bytes(flipped)
        seen.add(outcome(folder, read_only=read_only))
    file.write_bytes(whole)
    assert Defect not in seen
    if before <= 0:
        assert seen <= {KeyMissing, LedgerDamaged}


def test_the_control_unchanged_it_opens(made: tuple[Path, bytes]) -> None:
    folder, _ = made
    assert outcome(folder, read_only=False) is None
    assert outcome(folder, read_only=True) is None
