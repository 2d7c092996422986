"""The tables of a SQLite ledger, and the marks by which its file is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from veinledger.adapters.store.stored import COLUMNS

APPLICATION_ID: Final = 0x7665696E
"""`vein`, in the file's header: what `file` and PRAGMA application_id show."""
USER_VERSION: Final = 1
"""The tables' own version; a higher one was written by a newer program."""
SMALLEST: Final = -(2**63)
"""The least number of a row: what somebody put before the first one is looked for as well."""

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

# Every statement names how it reaches its rows: SQLite would else take any index that is in the
# file, also one that somebody put there with other rows in it. It refuses where there is no such.
BY_POSITION: Final = "records NOT INDEXED"
BY_STREAM: Final = "records INDEXED BY sqlite_autoindex_records_2"
BY_KEY: Final = "records INDEXED BY sqlite_autoindex_records_1"

_ROWS: Final = f"SELECT {', '.join(COLUMNS)} FROM"
ROWS_BY_POSITION: Final = f"{_ROWS} {BY_POSITION} "
ROWS_BY_STREAM: Final = f"{_ROWS} {BY_STREAM} "
ROW_AT: Final = f"{ROWS_BY_POSITION}WHERE position = ?"
END_AT: Final = f"SELECT stream, sequence, position, leaf FROM {BY_POSITION} WHERE position = ?"
ROW_BY_KEY: Final = f"{_ROWS} {BY_KEY} WHERE report_key = ?"
SELECT_ENDS: Final = f"""\
WITH RECURSIVE names (stream) AS (
    SELECT min(stream) FROM {BY_STREAM}
    UNION ALL
    SELECT (SELECT min(stream) FROM {BY_STREAM} WHERE stream > names.stream)
    FROM names WHERE names.stream IS NOT NULL
)
SELECT records.stream, sequence, position, leaf FROM names JOIN {BY_STREAM}
ON records.stream = names.stream
AND sequence = (SELECT max(sequence) FROM {BY_STREAM} WHERE stream = names.stream)"""
"""From one name to the next through the index of streams: it looks at each stream, not each row."""
SELECT_STREAMS: Final = (
    f"SELECT DISTINCT stream FROM {BY_STREAM} WHERE stream BETWEEN ? AND ? ORDER BY 1"
)
SELECT_HEAD: Final = (
    f"SELECT sequence, leaf FROM {BY_STREAM} WHERE stream = ? ORDER BY sequence DESC LIMIT 1"
)
SELECT_BY_NAME: Final = (
    f"SELECT stream, sequence, position FROM {BY_STREAM}"
    " WHERE (stream, sequence) > (?, ?) AND position <= ? ORDER BY stream, sequence LIMIT ?"
)
"""By the index of streams, as every question reads."""
SELECT_BY_KEY: Final = (
    f"SELECT report_key, position FROM {BY_KEY}"
    " WHERE report_key > ? AND position <= ? ORDER BY report_key LIMIT ?"
)
SELECT_LEAVES: Final = (
    f"SELECT position, leaf FROM {BY_POSITION} WHERE position > ? ORDER BY 1 LIMIT ?"
)
SELECT_POSITIONS: Final = (
    f"SELECT position FROM {BY_POSITION} WHERE position > ? ORDER BY position LIMIT ?"
)
SELECT_TAIL: Final = (
    f"SELECT position, recorded_at FROM {BY_POSITION} ORDER BY position DESC LIMIT 1"
)
SELECT_FIRST: Final = f"SELECT min(position) FROM {BY_POSITION}"
SELECT_LAST: Final = f"SELECT max(position) FROM {BY_POSITION}"
SELECT_COUNTED: Final = "SELECT max(seq) FROM sqlite_sequence NOT INDEXED WHERE name = 'records'"
SELECT_LEDGER: Final = "SELECT ledger_id FROM ledger NOT INDEXED"
SELECT_SCHEMA: Final = "SELECT type, name, tbl_name, sql FROM sqlite_schema NOT INDEXED"
"""An index of this very table, of all things, could leave itself out of the list."""
COUNT_SCHEMA: Final = "SELECT count(*) FROM sqlite_schema NOT INDEXED"
INSERT_ROW: Final = (
    f"INSERT INTO records ({', '.join(COLUMNS[1:])}) VALUES ({', '.join('?' * len(COLUMNS[1:]))})"
)
INSERT_ORIGINAL: Final = "INSERT INTO originals VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING"
SELECT_ORIGINALS: Final = (
    "SELECT rowid, digest, media_type, content FROM originals NOT INDEXED"
    " WHERE rowid > ? ORDER BY rowid LIMIT ?"
)
SELECT_ORIGINAL: Final = (
    "SELECT digest, media_type, content FROM originals INDEXED BY sqlite_autoindex_originals_1"
    " WHERE digest = ?"
)

Entry = tuple[str, str, str, str | None]
"""Type, name, table and text of one thing in a file, as SQLite keeps them."""

_OF_SQLITE: Final[tuple[Entry, ...]] = (
    ("table", "sqlite_sequence", "sqlite_sequence", "CREATE TABLE sqlite_sequence(name,seq)"),
    ("index", "sqlite_autoindex_records_1", "records", None),
    ("index", "sqlite_autoindex_records_2", "records", None),
    ("index", "sqlite_autoindex_originals_1", "originals", None),
)
"""What SQLite itself makes with our tables: the count of records, and indexes of unique columns."""
_OF_ANALYZE: Final[frozenset[Entry]] = frozenset(
    ("table", name, name, f"CREATE TABLE {name}({columns})")
    for name, columns in (
        ("sqlite_stat1", "tbl,idx,stat"),
        ("sqlite_stat4", "tbl,idx,neq,nlt,ndlt,sample"),
    )
)
"""Figures about indexes that ANALYZE leaves behind; no answer depends on them."""


def _entry(text: str) -> Entry:
    """The entry of one of our own statements: CREATE, kind, name, and a trigger's ... ON table."""
    _, kind, name, *rest = text.split()
    table = rest[rest.index("ON") + 1] if kind == "TRIGGER" else name
    return kind.lower(), name, table, text


_EVERY_ENTRY: Final[Counter[Entry]] = Counter(
    (*(_entry(text) for text in STATEMENTS if text.startswith("CREATE")), *_OF_SQLITE)
)


def schema_faults(found: Iterable[Entry]) -> tuple[str, ...]:
    """What is not as the ledger made it, from all that a file holds. No name is a safe conduct."""
    there = Counter(found)
    missing, strange = _EVERY_ENTRY - there, there - _EVERY_ENTRY
    for entry in _OF_ANALYZE & strange.keys():
        strange[entry] -= 1
    said: list[str] = []
    if missing:
        said.append(
            f"{missing.total()} tables, indexes or triggers of the ledger were changed or removed"
        )
    if strange.total():
        said.append(
            f"{strange.total()} tables, triggers, views or indexes in the file are not the ledger's"
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
