"""One small ledger on disk for the tests of the law: an encounter, a refusal, a correction."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.adapters.test_corrections import change, record_of
from tests.adapters.test_ledger import Line, collection, one, opening, say
from tests.given_ledger import centre_in_utc, ledger
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.store.verify import Verification, verify
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.reports import Record

WRONG = say("crs.graded", "2026-03-02", "M-wrong", grade=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A ledger with its folder, and what it was told."""

    ledger: Ledger
    folder: Path
    told: tuple[Line, ...]

    def record(self, kind: str) -> Record:
        return record_of(self.ledger, kind)


@contextmanager
def no_mask() -> Generator[None, None, None]:
    """Else a test could take the mask of whoever runs it for what the program does."""
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def reopened(folder: Path) -> Generator[Ledger, None, None]:
    with ledger(folder, store="sqlite", centre=centre_in_utc("adt", "lab")) as opened:
        yield opened


@contextmanager
def records(folder: Path, *, encrypted: bool = False) -> Generator[Kept, None, None]:
    """Opened and collected; a grade that is none was refused."""
    folder.mkdir(exist_ok=True)
    told = (opening(), collection("2026-03-02", "M1"))
    centre = centre_in_utc("adt", "lab")
    with no_mask(), ledger(folder, store="sqlite", centre=centre, encrypted=encrypted) as opened:
        opened.record(*told)
        opened.record(WRONG)
        yield Kept(ledger=opened, folder=folder, told=told)


def correction_of(kept: Kept, day: str = "2026-03-03", **said: Any) -> Line:
    """The collection was on another day, says a named person."""
    was = kept.record("apheresis.completed")
    line = {**kept.told[1], "occurred_at": day}
    around = {"encounter", "type", "occurred_at", "source", "actor"}
    fact = {name: value for name, value in line.items() if name not in around}
    instead = {"type": line["type"], "occurred_at": day, "fact": fact}
    signed = {"actor": {"id": "him-3", "role": "records clerk"}, **said}
    return {
        **say("records.corrected", "2026-03-10", "K1"),
        "changes": [change("replace", was, replacement=instead)],
        "reason": "the day was mistyped",
        **signed,
    }


def corrected(kept: Kept) -> None:
    assert one(kept.ledger.record(correction_of(kept))).answer == "recorded"


def objections(outcome: Outcome) -> list[tuple[str, str | None]]:
    """The rules that a refused report breaks, each with its field; none where it is kept."""
    if outcome.refusal is None:
        return []
    return [(each.rule, each.field) for each in outcome.refusal.objections]


def edit(file: Path, *statements: str) -> None:
    """What somebody does who can write every byte of the file, behind the ledger's back."""
    triggers = without_triggers(file)
    with closing(sqlite3.connect(file)) as connection:
        for statement in (*statements, *triggers):
            connection.execute(statement)
        connection.commit()


def without_triggers(file: Path) -> list[str]:
    """Takes the triggers out of a file, and says how they were written."""
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        triggers = found.fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.commit()
    return [text for _, text in triggers]


def read_again(folder: Path) -> Verification:
    """What a reader of the closed file finds."""
    url = f"sqlite:///{folder / 'ledger.sqlite'}"
    store, keys = open_store(url, keys=folder / "keys", read_only=True)
    try:
        return verify(store, keys)
    finally:
        store.close()


def copy_of_the_last(folder: Path) -> str:
    """A statement that puts the last row in once more, under the next position and sequence."""
    connection = sqlite3.connect(folder / "ledger.sqlite")
    names = [str(row[1]) for row in connection.execute("PRAGMA table_info(records)")]
    connection.close()
    moved = {"position": "position + 1", "sequence": "sequence + 1", "report_key": "NULL"}
    chosen = ", ".join(moved.get(name, name) for name in names)
    last = "ORDER BY position DESC LIMIT 1"
    return f"INSERT INTO records ({', '.join(names)}) SELECT {chosen} FROM records {last}"


def said_by_the_store(file: Path, statement: str) -> str:
    """Why the file as it is turns a statement away; nothing where it is carried out."""
    connection = sqlite3.connect(file)
    try:
        connection.execute(statement)
    except sqlite3.Error as error:
        return str(error)
    finally:
        connection.close()
    return ""


def modes(folder: Path) -> dict[str, int]:
    """What the file system lets whom do with each file of a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.name: os.stat(path).st_mode & 0o777 for path in files}
