"""An older and a newer program on the same ledger: what this one does not know it neither reads
nor writes over, and says what to install; what an older one wrote it reads, checks and continues.

In the spirit of row G3 of the plan. The newer program holds the same key, so its records are well
sealed: `verify` finds nothing wrong with them.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.faults.checker import judged
from tests.adapters.faults.messages import KEYS, Expectation, message, opened, pages, url_of
from tests.adapters.store_contract import append
from tests.adapters.test_golden import column, golden
from tests.given_frozen import frozen_file, frozen_keys
from tests.given_ledger import ROOT
from veinledger.adapters.codec.canonical import canonical
from veinledger.adapters.errors import FormatTooNew, LedgerDamaged
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.store.keys import derived_keys
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.sqlite.schema import STATEMENTS
from veinledger.adapters.store.verdict import NOT_ANCHORED
from veinledger.domain.facts.catalogue import FACTS
from veinledger.domain.ledger.port import Draft, Row

SENT = range(8)
"""Two encounters, E0 and E1, and what was refused of them."""
TO_INSTALL = r"(?s)newer.*install.*veinledger"

Change = Callable[[Row], Draft]


def renamed(kind: str) -> Change:
    """The same body, as a type of its own."""
    return lambda row: drafted(row, kind, json.loads(row.body))


def with_fields(**fields: Any) -> Change:
    """The same type, and a body that says more or otherwise."""
    return lambda row: drafted(row, row.type, {**json.loads(row.body), **fields})


def with_a_fact_that_says_more(**fields: Any) -> Change:
    """A fact with a field that this program does not know."""

    def change(row: Row) -> Draft:
        body = json.loads(row.body)
        return drafted(row, row.type, {**body, **fields, "fact": {**body["fact"], "clones": "2"}})

    return change


def drafted(row: Row, kind: str, body: dict[str, Any]) -> Draft:
    """What a newer program adds to the stream of a row."""
    key = sha256(f"{kind} after {row.position}".encode()).digest()
    return Draft(stream=row.stream, type=kind, body=canonical(body), key=key)


NEWER_FACTS = {
    "an unknown type": renamed("cells.cloned"),
    "a newer version": with_fields(version=2),
    "a newer version with an unknown field": with_fields(version=2, ward="7 north"),
    "a newer version of a fact that says more": with_a_fact_that_says_more(version=2),
}
NEWER_CLAIMS = {
    "an unknown kind of row": renamed("identity.reserved"),
    "a newer version": with_fields(version=2),
    "a newer version with an unknown field": with_fields(version=2, until="2026-12-31"),
}
NEWER_REFUSALS = {
    "an unknown kind of row": renamed("report.quarantined"),
    "a newer version": with_fields(version=2),
    "a newer version with an unknown field": with_fields(version=2, until="2026-12-31"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a ledger in which this program has recorded eight messages."""
    ledger, _ = opened(tmp_path)
    with ledger:
        for number in SENT:
            ledger.record(*message(number))
    return tmp_path


def a_newer_program_adds(folder: Path, prefix: str, change: Change) -> int:
    """Let a newer program add a record where the first stream of this kind is; how many then."""
    store, _ = open_store(url_of(folder), keys=folder / KEYS)
    with closing(store):
        first = next(row for row in store.rows() if row.stream.startswith(prefix))
        return append(store, change(first))[-1].position


def assert_goes_on_elsewhere(ledger: Ledger, records: int) -> None:
    """Nothing was added yet; the other encounter is read and written; all seals are sound."""
    assert len(ledger.rows()) == records, "something was written over what was not understood"
    assert ledger.history("E1").records
    ledger.record(*message(8))
    assert len(ledger.rows()) > records
    assert ledger.verify().verdict == NOT_ANCHORED


@pytest.mark.parametrize("change", NEWER_FACTS.values(), ids=NEWER_FACTS)
def test_an_encounter_with_a_newer_record_is_neither_read_nor_written(
    folder: Path, change: Change
) -> None:
    records = a_newer_program_adds(folder, "encounter/", change)
    with opened(folder)[0] as ledger:
        an_encounter_with_a_newer_record_is_refused(ledger)
        assert_goes_on_elsewhere(ledger, records)


def an_encounter_with_a_newer_record_is_refused(ledger: Ledger) -> None:
    with pytest.raises(FormatTooNew, match=TO_INSTALL):
        ledger.history("E0")
    with pytest.raises(FormatTooNew, match=TO_INSTALL):
        ledger.record(*about("E0"))


def about(encounter: str) -> tuple[bytes, ...]:
    """A message of its own about an encounter."""
    first, *_ = (json.loads(item) for item in message(3))
    source = {"connection": "epic-adt", "message": f"later, of {encounter}", "item": 1}
    return (json.dumps({**first, "encounter": encounter, "source": source}).encode(),)


def test_a_field_that_no_version_has_is_refused_and_never_read_in_silence(folder: Path) -> None:
    """No program writes it so: a body that says more is a newer version."""
    records = a_newer_program_adds(folder, "encounter/", with_a_fact_that_says_more())
    with opened(folder)[0] as ledger:
        with pytest.raises(LedgerDamaged, match="does not fit its type"):
            ledger.history("E0")
        with pytest.raises(LedgerDamaged, match="does not fit its type"):
            ledger.record(*about("E0"))
        assert_goes_on_elsewhere(ledger, records)


@pytest.mark.parametrize("change", NEWER_CLAIMS.values(), ids=NEWER_CLAIMS)
def test_a_chain_of_identity_with_a_newer_claim_is_neither_read_nor_written(
    folder: Path, change: Change
) -> None:
    records = a_newer_program_adds(folder, "identity/", change)
    with opened(folder)[0] as ledger:
        an_encounter_with_a_newer_record_is_refused(ledger)
        assert_goes_on_elsewhere(ledger, records)


@pytest.mark.parametrize("change", NEWER_REFUSALS.values(), ids=NEWER_REFUSALS)
def test_what_was_refused_is_not_read_past_a_newer_row(folder: Path, change: Change) -> None:
    records = a_newer_program_adds(folder, "intake/", change)
    with opened(folder)[0] as ledger:
        with pytest.raises(FormatTooNew, match=TO_INSTALL):
            ledger.refused()
        assert_goes_on_elsewhere(ledger, records)


def test_the_control_a_program_that_takes_an_unknown_type_for_a_known_one_is_caught(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_newer_program_adds(folder, "encounter/", NEWER_FACTS["an unknown type"])
    monkeypatch.setitem(FACTS, "cells.cloned", FACTS["encounter.opened"])
    with opened(folder)[0] as ledger, pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        an_encounter_with_a_newer_record_is_refused(ledger)


def test_the_seal_of_a_record_that_is_not_understood_is_checked(folder: Path) -> None:
    position = a_newer_program_adds(folder, "encounter/", NEWER_FACTS["an unknown type"])
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as connection:
        altered(connection, "body = CAST(body || ' ' AS BLOB)", position)
    store, keys = open_store(url_of(folder), keys=folder / KEYS, read_only=True)
    with Ledger(store, keys, *pages()) as ledger:
        faults = ledger.verify().faults
    assert faults
    assert {fault.position for fault in faults} == {position}


def altered(connection: sqlite3.Connection, change: str, position: int) -> None:
    """Change a row behind the ledger's back, and put its tables back as they were."""
    connection.execute("DROP TRIGGER records_no_update")
    connection.execute(f"UPDATE records SET {change} WHERE position = {position}")
    connection.execute(next(text for text in STATEMENTS if "records_no_update" in text))
    connection.commit()


# --- a newer program made the ledger ---------------------------------------------------------


def with_newer_tables(folder: Path) -> None:
    """As a program leaves it whose tables have a higher version."""
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as connection:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute(f"PRAGMA user_version = {version + 1}")


def with_a_newer_format(folder: Path) -> None:
    """As a program leaves it that writes another format."""
    newer = "body = CAST(replace(CAST(body AS TEXT), 'veinledger/1', 'veinledger/2') AS BLOB)"
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as connection:
        altered(connection, newer, position=1)


@pytest.mark.parametrize("made", [with_newer_tables, with_a_newer_format])
@pytest.mark.parametrize("read_only", [False, True], ids=["to write", "to read"])
def test_a_ledger_that_a_newer_program_made_is_not_opened_and_not_touched(
    folder: Path, made: Callable[[Path], None], read_only: bool
) -> None:
    made(folder)
    before = (folder / "ledger.sqlite").read_bytes()
    with pytest.raises(FormatTooNew, match="install a veinledger that knows"):
        open_store(url_of(folder), keys=folder / KEYS, read_only=read_only)
    assert (folder / "ledger.sqlite").read_bytes() == before


# --- an older program made the ledger --------------------------------------------------------


def test_a_ledger_of_version_1_is_read_checked_and_continued(tmp_path: Path) -> None:
    head, rows = golden()
    ledger_id = bytes.fromhex(head["ledger_id"])
    columns = ({name: column(name, value) for name, value in row.items()} for row in rows)
    frozen_file(tmp_path, ledger_id, columns)
    frozen_keys(tmp_path / KEYS, ledger_id, bytes.fromhex(head["root_key"]))

    ledger, keys = opened(tmp_path)
    with ledger:
        old = ledger.rows()
        assert len(old) == len(rows)
        assert keys.key_id == derived_keys(bytes.fromhex(head["root_key"]), ledger_id).key_id
        for number in SENT:
            ledger.record(*message(number))
        assert ledger.rows()[: len(old)] == old
        assert ledger.verify().verdict == NOT_ANCHORED
        found = judged(ledger, Expectation(keys), SENT, SENT)
        assert (found.lost, found.torn) == (frozenset(), frozenset())
        assert ledger.history("E1").records


# --- both at once ----------------------------------------------------------------------------

NEWER = """
import sys
from pathlib import Path
from tests.adapters.faults.test_older_and_newer_programs import NEWER_FACTS, a_newer_program_adds
from veinledger.adapters.store.sqlite.lock import WriterLock

WriterLock.take = lambda self: None
WriterLock.held = property(lambda self: True)
print(a_newer_program_adds(Path(sys.argv[1]), "encounter/", NEWER_FACTS["an unknown type"]))
"""
"""A newer program, with another lock than ours, or on a system that has none."""


def a_newer_process_adds(folder: Path) -> int:
    command = [sys.executable, "-c", NEWER, str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_a_record_that_a_newer_process_adds_beside_us_stops_its_encounter_and_no_other(
    folder: Path,
) -> None:
    with opened(folder)[0] as ledger:
        assert ledger.history("E0").records
        ledger.record(*about("E0"))
        records = a_newer_process_adds(folder)
        with pytest.raises(FormatTooNew, match=TO_INSTALL):
            ledger.history("E0")
        with pytest.raises(FormatTooNew, match=TO_INSTALL):
            ledger.record(*message(3), *about("E0 again"))
        assert_goes_on_elsewhere(ledger, records)


def test_a_record_that_a_newer_process_adds_stops_whoever_reads_that_encounter_and_no_other(
    folder: Path,
) -> None:
    store, keys = open_store(url_of(folder), keys=folder / KEYS, read_only=True)
    with Ledger(store, keys, *pages()) as ledger:
        assert ledger.history("E0").records
        a_newer_process_adds(folder)
        with pytest.raises(FormatTooNew, match=TO_INSTALL):
            ledger.history("E0")
        assert ledger.history("E1").records
        assert ledger.verify().verdict == NOT_ANCHORED
