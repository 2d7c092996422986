"""A ledger's file, of tables and rows as they were frozen: nothing of today's program makes it.

`python -m tests.given_frozen` wrote the tables once. They are never edited or written again: a
version that makes other tables gets a file of its own beside it.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from tests.given_ledger import ROOT
from veinledger.adapters.store.sqlite.schema import STATEMENTS

GOLDEN: Final = ROOT / "tests" / "golden"
TABLES: Final = GOLDEN / "tables-1.sql"
NAME: Final = "ledger.sqlite"

Columns = Mapping[str, object]
"""A row of a table, by the names that its columns had."""


def frozen_file(
    folder: Path,
    ledger_id: bytes,
    rows: Iterable[Columns],
    originals: Iterable[Columns] = (),
) -> Path:
    """Put these rows into a new file of the frozen tables."""
    file = folder / NAME
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.executescript(TABLES.read_text(encoding="utf-8"))
        raw.execute("INSERT INTO ledger VALUES (1, ?)", (ledger_id,))
        raw.execute("BEGIN")
        for table, put in (("records", rows), ("originals", originals)):
            for row in put:
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                raw.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))
        raw.execute("COMMIT")
    return file


def frozen_keys(folder: Path, ledger_id: bytes, *roots: bytes) -> None:
    """Put the root keys of a ledger where they lay, under the names that they had."""
    folder.mkdir(exist_ok=True)
    for number, root in enumerate(roots, 1):
        key = folder / f"{ledger_id.hex()}{'' if number == 1 else f'.{number}'}.key"
        key.touch(0o600)
        key.write_bytes(root)


if __name__ == "__main__":
    if TABLES.exists():
        sys.exit(f"{TABLES.name} is there, and is never written again")
    made = ("PRAGMA journal_mode = WAL", *STATEMENTS)
    TABLES.write_text("".join(f"{statement};\n" for statement in made), encoding="utf-8")
