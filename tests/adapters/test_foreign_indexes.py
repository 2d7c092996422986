"""A name that SQLite keeps for itself is no safe conduct: what it stands for must be SQLite's own.

The attacker changes rows, has an index made of them as they are then, puts the rows back, and
leaves the index in the file under a name that begins `sqlite_`. A question that is answered from it
gets other records than the rows hold.
"""

from __future__ import annotations

import hmac
import re
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.store_contract import Clock, append, draft, key
from tests.adapters.test_verify import Ledger
from veinledger.adapters.errors import LedgerDamaged
from veinledger.adapters.store import opening
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.sqlite import foundations
from veinledger.adapters.store.stored import COLUMNS
from veinledger.adapters.store.verify import verify
from veinledger.domain.ledger.port import Decision, KeptOriginal, View

STRANGE = "in the file are not the ledger's"
ALL: dict[str, tuple[str, ...]] = {
    "records": ("stream", "sequence", "position", *COLUMNS[3:]),
    "originals": ("digest", "media_type", "content"),
    "ledger": ("ledger_id", "only_row"),
    "sqlite_sequence": ("name", "seq"),
    "sqlite_master": ("type", "name", "tbl_name", "sql"),
}
"""Every table, and all its columns: an index of them can answer any question about it."""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Records 2 and 4 are encounter a's, record 3 encounter b's; each came in a message."""
    store, keys = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}", keys=tmp_path)
    for number, name in enumerate("aba"):
        came_in = original(keys.digest_key, f"message {number}".encode())
        append(store, draft(f"encounter/{name}", b"{}", f"r{number}"), originals=(came_in,))
    store.close()
    return Ledger(tmp_path / "ledger.sqlite", keys, store.ledger_id)


def original(digest_key: bytes, content: bytes) -> KeptOriginal:
    digest = hmac.digest(digest_key, content, "sha256").hex()
    return KeptOriginal(digest=digest, media_type="text/plain", content=content)


def smuggle(ledger: Ledger, table: str, meanwhile: str | None = None) -> None:
    """Leave an index of this table in the file, made while `meanwhile` was so."""
    columns = ", ".join(ALL[table])

    def work(connection: sqlite3.Connection) -> None:
        connection.execute(f"CREATE TABLE donor AS SELECT * FROM {table}")
        if meanwhile is not None:
            connection.execute(meanwhile.format(table="donor"))
        connection.execute(f"CREATE INDEX evil ON donor({columns})")
        root = root_of(connection, "evil")
        text = f"CREATE INDEX sqlite_evil ON {table}({columns})"
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("DELETE FROM sqlite_schema WHERE name IN ('evil', 'donor')")
        enter(connection, "index", "sqlite_evil", table, root, text)

    ledger.attack(work)


def disguise(ledger: Ledger, kind: str, name: str, table: str, text: str) -> None:
    """Put this entry into the schema; a table with an empty page of its own."""

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE spare (x)")
        root = root_of(connection, "spare") if text.startswith("CREATE TABLE") else 0
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("DELETE FROM sqlite_schema WHERE name = 'spare'")
        enter(connection, kind, name, table, root, text)

    ledger.attack(work)


def root_of(connection: sqlite3.Connection, name: str) -> int:
    asked = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
    (found,) = connection.execute(asked, (name,)).fetchone()
    return int(found)


def enter(connection: sqlite3.Connection, *values: object) -> None:
    connection.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", values)


@contextmanager
def reading(ledger: Ledger) -> Generator[Any]:
    store, _ = open_store(f"sqlite:///{ledger.file}", keys=ledger.file.parent, read_only=True)
    with closing(store):
        yield store


HIDES = "UPDATE {table} SET stream = 'access/z', sequence = 9 WHERE stream = 'encounter/b'"
ALTERS = "UPDATE {table} SET body = x'00', leaf = zeroblob(32), report_key = zeroblob(32)"


@pytest.mark.parametrize("meanwhile", [HIDES, ALTERS])
def test_an_index_under_a_name_of_sqlites_own_serves_no_answer_about_records(
    ledger: Ledger, meanwhile: str
) -> None:
    def answers() -> list[object]:
        with reading(ledger) as store:
            return [
                store.stream("encounter/b"), store.streams("encounter/"), store.ends(),
                tuple(store.rows()), tuple(store.leaves()), store.head(),
                *(store.keyed(key(f"r{n}")) for n in range(3)),
                tuple(store.columns(0, 4)), tuple(store.by_name(4)), tuple(store.by_key(4)),
            ]  # fmt: skip

    before = answers()
    smuggle(ledger, "records", meanwhile)
    assert answers() == before


def test_the_control_a_question_that_names_no_index_is_answered_from_it(ledger: Ledger) -> None:
    smuggle(ledger, "records", HIDES)
    with closing(sqlite3.connect(ledger.file)) as connection:
        asked = "SELECT body FROM records {} WHERE stream = 'encounter/b' AND sequence > 0"
        assert connection.execute(asked.format("")).fetchall() == []
        named = "INDEXED BY sqlite_autoindex_records_2"
        assert connection.execute(asked.format(named)).fetchall() == [(b"{}",)]


def test_an_index_of_originals_serves_no_answer_either(ledger: Ledger) -> None:
    digest = original(ledger.keys.digest_key, b"message 1").digest
    with reading(ledger) as store:
        before = (store.original(digest), tuple(store.originals()))
    smuggle(ledger, "originals", "UPDATE {table} SET media_type = 'evil', content = x'00'")
    with reading(ledger) as store:
        assert (store.original(digest), tuple(store.originals())) == before


@pytest.mark.parametrize("table", ALL)
def test_an_index_under_a_name_of_sqlites_own_is_told_and_nothing_is_written(
    ledger: Ledger, table: str
) -> None:
    meanwhile = "DELETE FROM {table} WHERE name = 'donor'" if "master" in table else None
    smuggle(ledger, table, meanwhile)
    assert STRANGE in ledger.verified().verdict
    with pytest.raises(LedgerDamaged, match=STRANGE):
        open_store(f"sqlite:///{ledger.file}", keys=ledger.file.parent)


SWALLOWS = "CREATE TRIGGER sqlite_evil BEFORE INSERT ON originals BEGIN SELECT RAISE(IGNORE); END"
DISGUISED: dict[str, tuple[str, str, str, str]] = {
    "a trigger that swallows originals": ("trigger", "sqlite_evil", "originals", SWALLOWS),
    "a table": ("table", "sqlite_more", "sqlite_more", "CREATE TABLE sqlite_more(x)"),
    "a table of ANALYZE with other columns": (
        "table", "sqlite_stat4", "sqlite_stat4", "CREATE TABLE sqlite_stat4(x)"),
    "a view": ("view", "sqlite_v", "sqlite_v", "CREATE VIEW sqlite_v AS SELECT * FROM records"),
}  # fmt: skip


@pytest.mark.parametrize("what", DISGUISED)
def test_whatever_else_hides_under_a_name_of_sqlites_own_is_told_and_nothing_is_written(
    ledger: Ledger, what: str
) -> None:
    disguise(ledger, *DISGUISED[what])
    assert STRANGE in ledger.verified().verdict
    with pytest.raises(LedgerDamaged, match=STRANGE):
        open_store(f"sqlite:///{ledger.file}", keys=ledger.file.parent)


def test_an_index_of_sqlites_own_that_stands_there_twice_is_told(ledger: Ledger) -> None:
    def twice(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "INSERT INTO sqlite_schema SELECT type, name, tbl_name, rootpage, sql"
            " FROM sqlite_schema WHERE name = 'sqlite_autoindex_records_1'"
        )

    ledger.attack(twice)
    assert STRANGE in ledger.verified().verdict


def test_the_control_what_analyze_leaves_behind_is_no_fault(ledger: Ledger) -> None:
    with closing(sqlite3.connect(ledger.file)) as connection:
        connection.execute("ANALYZE")
        connection.commit()
    assert ledger.verified().consistent
    store, keys = open_store(f"sqlite:///{ledger.file}", keys=ledger.file.parent)
    assert [row.position for row in append(store, draft())] == [5]
    assert verify(store, keys).consistent
    store.close()


# --- Every statement, and the plan that SQLite makes of it --------------------------------------


def test_every_statement_reads_as_it_would_by_the_ledgers_own_indexes_alone(
    ledger: Ledger, tmp_path: Path
) -> None:
    own, foreign = tmp_path / "own.sqlite", ledger.file
    asked = statements_of(foreign)
    assert len(asked) > 15
    shutil.copy(foreign, own)
    for table in ("records", "originals", "ledger"):
        with closing(sqlite3.connect(foreign)) as connection:
            connection.execute(f"CREATE INDEX evil_{table} ON {table}({', '.join(ALL[table])})")
    with_them = {each: plan(foreign, each) for each in asked}
    assert with_them == {each: plan(own, UNNAMED.sub("", each)) for each in asked}
    misled = [each for each in asked if "evil" in plan(foreign, UNNAMED.sub("", each))]
    assert len(misled) > 5, "the control: without the names the other indexes would be taken"


UNNAMED = re.compile(r" NOT INDEXED| INDEXED BY \w+")


def plan(file: Path, statement: str) -> str:
    with closing(sqlite3.connect(file)) as connection:
        marks = statement.count("?")
        found = connection.execute(f"EXPLAIN QUERY PLAN {statement}", [None] * marks)
        return "; ".join(told for *_, told in found)


def statements_of(file: Path) -> set[str]:
    """Everything that a ledger asks of its tables while it is used and verified, and opened."""
    seen = set[str]()
    found: Any
    inside: Any = opening
    found, keys = open_store(f"sqlite:///{file}", keys=file.parent)
    with found._datastore.transaction(commit=False) as cursor:
        cursor.sqlite_cursor.connection.set_trace_callback(seen.add)
        inside._read_identity(cursor, inside._Asked(file.parent, Clock(), encrypted=False))
        foundations.refuse_what_was_changed(cursor.sqlite_cursor.connection)
        foundations.refuse_what_is_not_ours(cursor.sqlite_cursor.connection)
    use(found)
    assert verify(found, keys).consistent
    found.close()
    return {each for each in seen if each.startswith(("SELECT", "WITH"))}


def use(store: Any) -> None:
    digest = "0" * 64
    kept = KeptOriginal(digest=digest, media_type="text/plain", content=b"x")
    append(store, draft(), draft("encounter/b", name="r9"), originals=(kept,))
    store.transact(decide)
    for answer in (
        tuple(store.rows()), tuple(store.leaves()), tuple(store.originals()), store.head(),
        store.stream("encounter/a"), store.streams(""), store.ends(), store.keyed(key("r9")),
        store.original(digest), store.integrity_faults() == (),
        store._recorder.select_events("encounter/a", desc=True, limit=1),
        store._recorder.select_notifications(1, 10, topics=("cells.infused",)),
    ):  # fmt: skip
        assert answer


def decide(view: View) -> Decision[None]:
    assert view.stream("encounter/a")
    assert view.keyed(key("none")) is None
    return Decision(answer=None, drafts=(draft(),))
