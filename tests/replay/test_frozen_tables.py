"""Row G3: the tables of any version are opened for ever, and those of today are the frozen ones.

A ledger compares the text of its tables and triggers with its own, and writes into no others: one
blank more in a later program, and no ledger that was there before could be gone on with.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests import given_frozen
from tests.given_frozen import GOLDEN, TABLES, frozen_file
from tests.given_ledger import SITE, lines_of
from tests.replay import frozen
from veinledger.adapters.errors import VeinledgerError
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.pages import read_centre, rules_at
from veinledger.adapters.store.opening import open_store

MARKS = ("application_id", "user_version", "journal_mode", "encoding", "auto_vacuum")
"""What the head of a file says of it, and stays with it."""
THERE, ANOTHER = "late_and_wrong", "withdrawn"
"""An example that the frozen ledger was told, and one that it was not."""


def tables_of(file: Path) -> tuple[list[object], list[object]]:
    """Everything that SQLite keeps of a file but its rows."""
    with closing(sqlite3.connect(file)) as raw:
        entries = raw.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2")
        marks = [raw.execute(f"PRAGMA {name}").fetchone() for name in MARKS]
        return list(entries), marks


def gone_on_with(folder: Path) -> None:
    """The frozen ledger is opened to write, and takes what it has not had."""
    store, keys = frozen.in_a_file(folder, read_only=False)
    with Ledger(store, keys, rules_at(SITE, "public"), read_centre(SITE)) as ledger:
        assert ledger.verify().consistent
        assert {each.answer for each in ledger.record(*lines_of(THERE))} == {"duplicate"}
        assert "recorded" in {each.answer for each in ledger.record(*lines_of(ANOTHER))}
        assert ledger.verify().consistent


def test_today_makes_the_frozen_tables_byte_for_byte(tmp_path: Path) -> None:
    store, _ = open_store(f"sqlite:///{tmp_path / 'made.sqlite'}", keys=tmp_path)
    store.close()
    there = frozen_file(tmp_path, store.ledger_id, ())
    assert tables_of(tmp_path / "made.sqlite") == tables_of(there)


def test_a_ledger_in_the_frozen_tables_is_checked_and_gone_on_with(tmp_path: Path) -> None:
    gone_on_with(tmp_path)


CHANGES = {
    "a blank in a table": ("stream TEXT NOT NULL", "stream TEXT  NOT NULL"),
    "a word in a trigger": ("rows of a ledger are never changed", "a ledger is never changed"),
    "no trigger": ("CREATE TRIGGER ledger_no_delete", "CREATE TEMP TRIGGER ledger_no_delete"),
    "another kind of file": ("application_id = 1986357614", "application_id = 1"),
    "newer tables": ("user_version = 1", "user_version = 2"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_control_tables_of_which_one_thing_differs_are_not_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str]
) -> None:
    other = tmp_path / "other.sql"
    other.write_text(TABLES.read_text().replace(*change))
    assert other.read_text() != TABLES.read_text()
    monkeypatch.setattr(given_frozen, "TABLES", other)
    with pytest.raises(VeinledgerError):
        gone_on_with(tmp_path)


def test_no_frozen_tables_are_left_untried() -> None:
    assert sorted(GOLDEN.glob("*.sql")) == [TABLES]
