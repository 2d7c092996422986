"""The bytes as received: changed, exchanged or taken out, they are noticed, and never answered."""

# pyright: reportPrivateUsage=false
from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from tests.given_command_line import Cli, command_line
from tests.given_ledger import SITE, lines_of
from veinledger import open as open_ledger
from veinledger.adapters.errors import LedgerDamaged, NotFound
from veinledger.adapters.ledger import Ledger
from veinledger.domain.ledger.port import KeptOriginal
from veinledger.domain.reports import Record

LINES: Final = lines_of("withdrawn")
ENCOUNTER: Final = next(told["encounter"] for told in map(json.loads, LINES) if "encounter" in told)
WRONG: Final = b'{"type": "cells.infused", "source": {"connection": "adt", "message": "m-wrong"}}'
ENCRYPTED: Final = pytest.mark.parametrize(
    "encrypted", [False, True], ids=["in clear", "encrypted"]
)


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    return command_line(tmp_path, monkeypatch, capfd)


def opened(folder: Path, *, encrypted: bool = False) -> Ledger:
    url = f"sqlite:///{folder / 'ledger.sqlite'}"
    return open_ledger(url, keys=folder / "keys", site=SITE, cache="", encrypted=encrypted)


def recorded(folder: Path, *, encrypted: bool = False) -> Record:
    """A ledger of an example and of a refused line; the second record of the encounter."""
    with opened(folder, encrypted=encrypted) as ledger:
        ledger.record(*LINES, WRONG)
        return ledger.history(ENCOUNTER).records[1]


def attack(folder: Path, statement: str, *asked: object) -> None:
    """As whoever can write the file: without its triggers, which stand as before afterwards."""
    connection = sqlite3.connect(folder / "ledger.sqlite")
    found = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
    triggers = connection.execute(found).fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement, asked)
    for _, text in triggers:
        connection.execute(text)
    connection.commit()
    connection.close()


def digest_of(record: Record) -> str:
    assert record.original is not None
    return record.original.digest


def change(folder: Path, digest: str) -> None:
    longer = "CAST(content || x'20' AS BLOB)"
    attack(folder, f"UPDATE originals SET content = {longer} WHERE digest = ?", digest)


def exchange(folder: Path, digest: str) -> None:
    """Another message of the same ledger, whole, in its place."""
    other = "(SELECT content FROM originals WHERE digest <> ?1 LIMIT 1)"
    attack(folder, f"UPDATE originals SET content = {other} WHERE digest = ?1", digest)


def call_it_another_type(folder: Path, digest: str) -> None:
    attack(folder, "UPDATE originals SET media_type = 'image/png' WHERE digest = ?", digest)


def take_out(folder: Path, digest: str) -> None:
    attack(folder, "DELETE FROM originals WHERE digest = ?", digest)


def name_it_otherwise(folder: Path, digest: str) -> None:
    attack(folder, "UPDATE originals SET digest = ? WHERE digest = ?", "0" * 64, digest)


ATTACKS: Final[dict[Callable[[Path, str], None], str]] = {
    change: "was changed",
    exchange: "was changed",
    call_it_another_type: "was changed",
    take_out: "is missing",
    name_it_otherwise: "is missing",
}


@ENCRYPTED
def test_untouched_every_original_is_as_it_was_received(encrypted: bool, tmp_path: Path) -> None:
    recorded(tmp_path, encrypted=encrypted)
    with opened(tmp_path) as ledger:
        rows = ledger.verify()
        found = ledger.verify_originals(rows)
    assert rows.originals is None
    assert any("--originals" in each for each in rows.not_excluded)
    assert (found.consistent, found.originals) == (True, len(LINES) + 1)
    assert not any("--originals" in each for each in found.not_excluded)


@ENCRYPTED
@pytest.mark.parametrize("done", ATTACKS)
def test_whatever_is_done_to_an_original_the_record_that_came_in_it_is_named(
    encrypted: bool, tmp_path: Path, done: Callable[[Path, str], None]
) -> None:
    """The control: the rows by themselves are as the ledger wrote them."""
    record = recorded(tmp_path, encrypted=encrypted)
    done(tmp_path, digest_of(record))
    with opened(tmp_path) as ledger:
        rows = ledger.verify()
        found = ledger.verify_originals(rows)
    assert rows.consistent
    told = [(fault.position, fault.what) for fault in found.faults if fault.position]
    assert told == [(record.seal.position, f"the original that it came in {ATTACKS[done]}")]


@ENCRYPTED
@pytest.mark.parametrize("done", [change, exchange, take_out])
def test_an_original_that_is_not_what_was_received_is_never_answered(
    encrypted: bool, tmp_path: Path, done: Callable[[Path, str], None]
) -> None:
    record = recorded(tmp_path, encrypted=encrypted)
    done(tmp_path, digest_of(record))
    with opened(tmp_path) as ledger, pytest.raises((LedgerDamaged, NotFound)):
        ledger.original(digest_of(record))


def test_a_refused_line_that_was_changed_is_not_judged_again(tmp_path: Path) -> None:
    recorded(tmp_path)
    with opened(tmp_path) as ledger:
        (refused,) = ledger.refused()
    change(tmp_path, refused.original)
    with opened(tmp_path) as ledger:
        with pytest.raises(LedgerDamaged):
            ledger.retry()
        found = ledger.verify_originals(ledger.verify())
    assert [fault.position for fault in found.faults] == [refused.position]


def test_what_others_record_while_the_originals_are_read_is_not_missed(tmp_path: Path) -> None:
    """A second message comes after the originals were read, and before the records are."""
    with opened(tmp_path) as ledger:
        ledger.record(*LINES[:3])
        rows, read = ledger.verify(), ledger._store.originals

        def and_then_another() -> Iterator[KeptOriginal]:
            yield from read()
            ledger.record(*LINES[3:])

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(ledger._store, "originals", and_then_another)
            found = ledger.verify_originals(rows)
    assert found.faults == ()


@pytest.mark.parametrize("column", ["digest", "content"])
@ENCRYPTED
def test_a_column_that_holds_something_else_is_a_fault_and_no_error(
    encrypted: bool, tmp_path: Path, column: str
) -> None:
    """One bit says of which kind a value is; a reader of the file believes it."""
    record = recorded(tmp_path, encrypted=encrypted)
    with opened(tmp_path) as ledger:
        whole = [*ledger._store.originals()]
        kept = next(each for each in whole if each.digest == digest_of(record))
        other: Any = b"no text" if column == "digest" else "no bytes"
        harmed = [replace(each, **{column: other}) if each is kept else each for each in whole]
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(ledger._store, "originals", lambda: iter(harmed))
            found = ledger.verify_originals(ledger.verify())
    assert record.seal.position in {fault.position for fault in found.faults}


def test_where_the_originals_cannot_be_read_to_their_end_none_is_said_to_be_missing(
    tmp_path: Path,
) -> None:
    recorded(tmp_path)
    with opened(tmp_path) as ledger:

        def none() -> Iterator[KeptOriginal]:
            raise LedgerDamaged("a page is torn")

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(ledger._store, "originals", none)
            found = ledger.verify_originals(ledger.verify())
    assert [fault.what for fault in found.faults] == ["not every original can be read"]


def test_an_original_that_nobody_names_and_that_does_not_match_is_told(tmp_path: Path) -> None:
    recorded(tmp_path)
    attack(tmp_path, "INSERT INTO originals VALUES (?, 'text/plain', x'00')", "0" * 64)
    with opened(tmp_path) as ledger:
        found = ledger.verify_originals(ledger.verify())
    assert [fault.position for fault in found.faults] == [None]


def test_the_command_says_how_many_were_read_and_ends_with_five_where_one_was_changed(
    cli: Cli, tmp_path: Path
) -> None:
    file = tmp_path / "lines.ndjson"
    file.write_bytes(b"\n".join(LINES))
    cli("record", str(file))
    whole = cli("verify", "--originals")
    with opened(tmp_path) as ledger:
        digest = digest_of(ledger.history(ENCOUNTER).records[1])
    change(tmp_path, digest)
    rows, harmed = cli("verify"), cli("verify", "--originals")
    assert (whole.code, rows.code, harmed.code) == (0, 0, 5)
    assert f"{len(LINES)} originals read, as received." in whole.flat
    assert "the original that it came in was changed" in harmed.flat
