"""The format holds for ever: a leaf worked out by hand, and a ledger that must always verify.

docs/format.md is the written form of what stands here. No golden file is ever edited; a new format
gets a new file beside it.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.adapters import by_the_book
from tests.adapters.store_contract import append, draft
from tests.given_frozen import frozen_file, frozen_keys
from veinledger.adapters.store.created import created_draft
from veinledger.adapters.store.keys import Keys, derived_keys
from veinledger.adapters.store.memory import MemoryStore
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.sealing import Sealer, row_from
from veinledger.adapters.store.stored import COLUMNS, values_of
from veinledger.adapters.store.verify import verify
from veinledger.domain.ledger.port import Draft, Row
from veinledger.domain.ledger.seal import (
    NO_LEAF,
    Unsealed,
    leaf_of,
    moment_of,
    tag_of,
    tagged_bytes,
)

GOLDEN = Path(__file__).parent.parent / "golden" / "v1.ndjson"
FORMAT_PAGE = Path(__file__).parent.parent.parent / "docs" / "format.md"

TAG_KEY = bytes(range(32))
FIXED = Unsealed(
    ledger_id=bytes(range(16)),
    position=2,
    stream="encounter/é",
    sequence=1,
    type="cells.infused",
    recorded_at=datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC),
    key=bytes([7]) * 32,
    key_id="0011223344556677",
    nonce=None,
    previous=NO_LEAF,
    body=b'{"a":1}',
)
COVERED = (
    "0000000c" "7665696e6c65646765722f31"
    "00000010" "000102030405060708090a0b0c0d0e0f"
    "00000008" "0000000000000002"
    "0000000c" "656e636f756e7465722fc3a9"
    "00000008" "0000000000000001"
    "0000000d" "63656c6c732e696e6675736564"
    "00000008" "00064c0953885240"
    "00000020" "0707070707070707070707070707070707070707070707070707070707070707"
    "00000010" "30303131323233333434353536363737"
    "00000000"
    "00000020" "0000000000000000000000000000000000000000000000000000000000000000"
    "00000007" "7b2261223a317d"
)  # fmt: skip
TAG = "3fc94a6883028342b020497a79f5943578116955ee8542c88ce270d9c2215c25"
LEAF = "fa955fefe0860b8dd87ee3378969988cde3efe24e1638a6bc741d80518b86d85"


def test_the_covered_bytes_are_as_written_down() -> None:
    assert tagged_bytes(FIXED).hex() == COVERED


def test_the_tag_and_the_leaf_are_as_written_down() -> None:
    tag = tag_of(tagged_bytes(FIXED), TAG_KEY)
    leaf = leaf_of(tagged_bytes(FIXED), tag)
    assert (tag.hex(), leaf.hex()) == (TAG, LEAF)


def test_the_second_writing_of_the_seal_agrees() -> None:
    row = row_from(FIXED, bytes.fromhex(TAG), bytes.fromhex(LEAF))
    assert by_the_book.tag(row, FIXED.ledger_id, TAG_KEY).hex() == TAG
    assert by_the_book.leaf(row, FIXED.ledger_id).hex() == LEAF


def test_the_format_page_names_every_column() -> None:
    page = FORMAT_PAGE.read_text()
    assert [column for column in COLUMNS if f"`{column}`" not in page] == []


def golden() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    head, *rows = map(json.loads, GOLDEN.read_text().splitlines())
    return head, rows


def column(name: str, value: Any) -> Any:
    """A column as it stands in the golden file: bytes in hexadecimal."""
    is_bytes = name in {"report_key", "nonce", "previous", "body", "tag", "leaf"}
    return bytes.fromhex(value) if is_bytes and value is not None else value


@pytest.fixture
def restored(tmp_path: Path) -> Path:
    """The golden ledger as a file, and its root key beside it."""
    head, rows = golden()
    ledger_id = bytes.fromhex(head["ledger_id"])
    columns = ({name: column(name, value) for name, value in row.items()} for row in rows)
    frozen_file(tmp_path, ledger_id, columns)
    frozen_keys(tmp_path, ledger_id, bytes.fromhex(head["root_key"]))
    return tmp_path


def test_the_golden_ledger_opens_and_verifies(restored: Path) -> None:
    store, keys = open_store(f"sqlite:///{restored / 'ledger.sqlite'}", keys=restored)
    found = verify(store, keys)
    by_the_book.assert_sealed(store.rows(), store.ledger_id, keys)
    store.close()
    assert (found.verdict, found.records, found.streams) == ("consistent, not anchored", 8, 5)


def test_the_golden_ledger_can_be_continued(restored: Path) -> None:
    store, keys = open_store(f"sqlite:///{restored / 'ledger.sqlite'}", keys=restored)
    append(store, draft("encounter/1"))
    assert verify(store, keys).consistent
    store.close()


def test_today_s_sealing_gives_the_golden_rows_byte_for_byte() -> None:
    head, golden_rows = golden()
    ledger_id = bytes.fromhex(head["ledger_id"])
    keys = derived_keys(bytes.fromhex(head["root_key"]), ledger_id)
    assert [in_json(row) for row in made(ledger_id, keys)] == golden_rows


# How the golden file was made: `python -m tests.adapters.test_golden` wrote it once.


def made(ledger_id: bytes, keys: Keys) -> list[Row]:
    """Eight records in five streams, with every kind of field."""
    sealer = Sealer(ledger_id=ledger_id, key_id=keys.key_id, tag_key=keys.tag_key)
    ticks = iter((0, 1, 1_000_000, 999_999, 86_400_000_000))
    store = MemoryStore(sealer, lambda: moment_of(1_767_225_600_000_000 + next(ticks)))
    for drafts in (
        (created_draft(keys),),
        (_draft("encounter/1", b'{"dose":"450"}', 1), _draft("identity/1", b"{}")),
        (_draft("encounter/1", "näher".encode(), 2), _draft("encounter/2", b"", 3)),
        (_draft("intake/epic-adt", bytes(range(256))), _draft("encounter/2", b"{}", 4)),
        (_draft("ledger", b'{"version":1}'),),
    ):
        append(store, *drafts)
    return list(store.rows())


def _draft(stream: str, body: bytes, key: int | None = None) -> Draft:
    kind = "cells.infused" if stream.startswith("encounter/") else "identity.claimed"
    return Draft(
        stream=stream, type=kind, body=body, key=None if key is None else bytes([key]) * 32
    )


def in_json(row: Row) -> dict[str, object]:
    values = (row.position, *values_of(row))
    return {
        name: value.hex() if isinstance(value, bytes) else value
        for name, value in zip(COLUMNS, values, strict=True)
    }


def write() -> None:
    ledger_id, root = bytes(range(16)), bytes(range(100, 132))
    head = {"format": "veinledger/1", "ledger_id": ledger_id.hex(), "root_key": root.hex()}
    rows = [in_json(row) for row in made(ledger_id, derived_keys(root, ledger_id))]
    with GOLDEN.open("x") as file:
        file.writelines(json.dumps(line) + "\n" for line in (head, *rows))


if __name__ == "__main__":
    write()
