"""The tables of a SQLite ledger, and the marks by which its file is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from veinledger.adapters.store.stored import COLUMNS

APPLICATION_ID: Final = 0x7665696E
"""`vein`, in the file's header: what `file` and PRAGMA application_id show."""
USER_VERSION: Final = 1
"""The tables' own version; a higher one was written by a newer program."""

OF_SQLITE_ITSELF: Final = "sqlite_"
"""How the names begin that SQLite keeps for itself: the counter, and indexes of unique columns."""

_RECORDS: Final = """\
CREATE TABLE records (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    type TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    report_key BLOB UNIQUE CHECK (length(report_key) = 32),
    key_id TEXT NOT NULL,
    nonce BLOB,
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    body BLOB NOT NULL,
    tag BLOB NOT NULL,
    leaf BLOB NOT NULL CHECK (length(leaf) = 32),
    UNIQUE (stream, sequence)
) STRICT"""
_ORIGINALS: Final = """\
CREATE TABLE originals (
    digest TEXT PRIMARY KEY NOT NULL,
    media_type TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT"""
_LEDGER: Final = """\
CREATE TABLE ledger (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    ledger_id BLOB NOT NULL CHECK (length(ledger_id) = 16)
) STRICT"""


_REFUSAL: Final = "ABORT, 'rows of a ledger are never changed'"


def _trigger(table: str, deed: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table}\n"
        f"BEGIN SELECT RAISE({_REFUSAL}); END"
    )


def _no_replacing(table: str, taken: str, answer: str = _REFUSAL) -> str:
    """INSERT OR REPLACE would delete a row without its trigger being asked."""
    return (
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}\n"
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken})\n"
        f"BEGIN SELECT RAISE({answer}); END"
    )


_TAKEN: Final = (
    "position = NEW.position OR report_key = NEW.report_key"
    " OR (stream = NEW.stream AND sequence = NEW.sequence)"
)

STATEMENTS: Final = (
    _RECORDS,
    _ORIGINALS,
    _LEDGER,
    _no_replacing("records", _TAKEN),
    _no_replacing("originals", "digest = NEW.digest", "IGNORE"),
    _no_replacing("ledger", "only_row = NEW.only_row"),
    *(_trigger(t, d) for t in ("records", "originals", "ledger") for d in ("UPDATE", "DELETE")),
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {USER_VERSION}",
)
"""Run in one transaction, so that a file holds all of it or nothing."""

SELECT_ROWS: Final = f"SELECT {', '.join(COLUMNS)} FROM records "
SELECT_ENDS: Final = """\
WITH RECURSIVE names (stream) AS (
    SELECT min(stream) FROM records
    UNION ALL
    SELECT (SELECT min(stream) FROM records WHERE stream > names.stream)
    FROM names WHERE names.stream IS NOT NULL
)
SELECT records.stream, sequence, position, leaf FROM names JOIN records
ON records.stream = names.stream
AND sequence = (SELECT max(sequence) FROM records WHERE stream = names.stream)"""
"""From one name to the next through the index of streams: it looks at each stream, not each row."""
SELECT_BY_NAME: Final = (
    "SELECT stream, sequence, position FROM records INDEXED BY sqlite_autoindex_records_2"
    " WHERE (stream, sequence) > (?, ?) AND position <= ? ORDER BY stream, sequence LIMIT ?"
)
"""By the index of streams, as every question reads; SQLite refuses where there is no such index."""
SELECT_BY_KEY: Final = (
    "SELECT report_key, position FROM records INDEXED BY sqlite_autoindex_records_1"
    " WHERE report_key > ? AND position <= ? ORDER BY report_key LIMIT ?"
)
INSERT_ROW: Final = (
    f"INSERT INTO records ({', '.join(COLUMNS[1:])}) VALUES ({', '.join('?' * len(COLUMNS[1:]))})"
)
INSERT_ORIGINAL: Final = "INSERT INTO originals VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING"
SELECT_ORIGINALS: Final = (
    "SELECT rowid, digest, media_type, content FROM originals"
    " WHERE rowid > ? ORDER BY rowid LIMIT ?"
)
SELECT_ORIGINAL: Final = "SELECT digest, media_type, content FROM originals WHERE digest = ?"


def definitions() -> frozenset[str]:
    """Every table and trigger as SQLite keeps its text, to be found again in the file."""
    return frozenset(text for text in STATEMENTS if text.startswith("CREATE"))


def schema_faults(found: Iterable[tuple[str, str, str | None]]) -> tuple[str, ...]:
    """What is not as the ledger made it, from the type, name and text of all that a file holds."""
    texts = {text for _, name, text in found if not str(name).startswith(OF_SQLITE_ITSELF)}
    missing, strange = definitions() - texts, texts - definitions()
    said: list[str] = []
    if missing:
        said.append(f"{len(missing)} tables or triggers of the ledger were changed or removed")
    if strange:
        said.append(
            f"{len(strange)} tables, triggers, views or indexes in the file are not the ledger's"
        )
    return tuple(said)


def counter_faults(counted: int | None, last: int | None) -> tuple[str, ...]:
    """What SQLite's own count of records says against the last position in the file."""
    if (counted or 0) == (last or 0):
        return ()
    return (
        f"SQLite counted {counted or 0} records, and the last one in the file is {last or 0}:"
        " records are missing from the end, or were put there by somebody else",
    )
