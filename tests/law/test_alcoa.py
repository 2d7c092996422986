"""ALCOA+: each attribute shown once, from the door to the answer."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.test_ledger import collection, one, opening, say
from tests.given_ledger import TODAY, centre_in_utc, ledger
from tests.law.given_records import (
    WRONG,
    Kept,
    corrected,
    edit,
    objections,
    read_again,
    records,
    reopened,
)
from veinledger.domain.ledger.port import Row
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Record
from veinledger.projections.audit import Entry


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with records(tmp_path / "kept") as found:
        yield found


def test_attributable_every_entry_names_a_person_a_role_and_a_message(kept: Kept) -> None:
    corrected(kept)
    assert [who_and_by_what(entry) for entry in kept.ledger.audit("E1").entries] == [
        ("rn-1", "nurse", "adt", "open-E1"),
        ("rn-1", "nurse", "adt", "M1"),
        ("him-3", "records clerk", "adt", "K1"),
        ("him-3", "records clerk", "adt", "K1"),
    ]
    line = say("crs.graded", "2026-03-04", "M9")
    nobodys = one(kept.ledger.record({**line, "actor": {"id": "", "role": "nurse"}}))
    assert objections(nobodys) == [("a_field_holds_what_the_schema_says", "actor.id")]
    assert one(kept.ledger.record(line)).answer != "refused"


def who_and_by_what(entry: Entry) -> tuple[str, str, str, str]:
    return entry.actor.id, entry.actor.role, entry.source.connection, entry.source.message


def test_legible_a_record_is_plain_json_that_no_program_of_ours_is_needed_for(kept: Kept) -> None:
    chosen = "SELECT body FROM records WHERE type = 'apheresis.completed'"
    with closing(sqlite3.connect(kept.folder / "ledger.sqlite")) as file:
        ((body,),) = file.execute(chosen).fetchall()
    said = json.loads(body)
    assert (said["encounter"], said["occurred_at"]) == ("E1", "2026-03-02")
    assert said["fact"]["chain_of_identity"] == "COI-1"
    assert said["actor"] == {"id": "rn-1", "role": "nurse"}


def test_contemporaneous_the_ledger_stamps_when_it_recorded_apart_from_when_it_happened(
    kept: Kept,
) -> None:
    record = kept.record("apheresis.completed")
    assert record.seal.recorded_at == TODAY
    assert str(record.day) == "2026-03-02"
    line = say("crs.graded", "2026-03-04", "M8")
    stamped = one(kept.ledger.record({**line, "recorded_at": "2026-03-04T00:00:00Z"}))
    assert [rule for rule, _ in objections(stamped)] == ["a_field_is_known"]
    assert one(kept.ledger.record(line)).answer != "refused"


def test_original_the_bytes_as_received_come_back_to_the_byte(tmp_path: Path) -> None:
    line = b' { "type" : "encounter.opened", ' + json.dumps(opening()).encode()[1:].replace(
        b'"type": "encounter.opened", ', b"", 1
    )
    with reopened(tmp_path) as opened:
        assert one(opened.record(line)).answer == "recorded"
    with reopened(tmp_path) as again:
        (record,) = again.history("E1").records
        assert record.original is not None
        assert again.original(record.original.digest) == line


def test_accurate_what_is_false_in_form_is_refused_and_a_correction_hides_nothing(
    kept: Kept,
) -> None:
    (refused,) = kept.ledger.refused()
    assert [o.field for o in refused.refusal.objections] == ["grade"]
    before = kept.record("apheresis.completed")
    corrected(kept)
    assert before in kept.ledger.history("E1").records
    assert [str(record.day) for record in collections(kept)] == ["2026-03-03"]


def test_complete_a_refused_and_a_disputed_report_are_kept(kept: Kept) -> None:
    (refused,) = kept.ledger.refused()
    assert json.loads(kept.ledger.original(refused.original)) == WRONG
    other = one(kept.ledger.record(collection("2026-03-05", "M1")))
    assert other.standing is not None
    assert other.standing.status == "disputed"
    days = [str(r.day) for r in kept.ledger.history("E1").records if r.key == other.record]
    assert days == ["2026-03-05"]


def test_complete_a_missing_record_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    with records(folder) as found:
        place = found.record("encounter.opened").seal.position
    edit(folder / "ledger.sqlite")
    assert read_again(folder).consistent
    edit(folder / "ledger.sqlite", f"DELETE FROM records WHERE position = {place}")
    assert not read_again(folder).consistent


def test_consistent_the_order_in_which_messages_come_changes_nothing(
    kept: Kept, tmp_path: Path
) -> None:
    later = [say("disease.assessed", f"2026-03-0{day}", f"D{day}") for day in (4, 3)]
    told = (*kept.told, *later)
    kept.ledger.record(*later)
    came = [record.key for record in kept.ledger.history("E1").records]
    with ledger(tmp_path / "other", centre=centre_in_utc("adt", "lab")) as other:
        other.record(*reversed(told))
        assert [record.key for record in other.history("E1").records] == came[::-1]
        for each in (kept.ledger, other):
            assert each.effective("E1").stage is Stage.COLLECTED
            found = [record.key for record in each.effective("E1").records]
            assert found == [came[0], came[1], came[3], came[2]]


def test_enduring_what_was_acknowledged_is_there_after_the_process_and_in_a_copy(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "kept"
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as another:
        acknowledged, rows = another.submit(written_and_copied, folder).result()
    for restored in (False, True):
        if restored:
            put_back(folder)
        with reopened(folder) as again:
            assert again.rows() == rows
            assert {record.key for record in again.history("E1").records} == acknowledged


def test_enduring_a_copy_that_was_damaged_is_told_from_a_whole_one(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    written_and_copied(folder)
    put_back(folder)
    assert read_again(folder).consistent
    edit(folder / "ledger.sqlite", "UPDATE records SET type = 'x' WHERE position = 2")
    assert not read_again(folder).consistent


def written_and_copied(folder: Path) -> tuple[set[str], tuple[Row, ...]]:
    """The keys of the reports that were answered, and the rows."""
    with records(folder) as found:
        again = found.ledger.record(*found.told)
        assert [each.answer for each in again] == ["duplicate", "duplicate"]
        assert found.ledger.backup(folder / "copy.sqlite").verification.consistent
        return {str(each.record) for each in again}, tuple(found.ledger.rows())


def put_back(folder: Path) -> None:
    """The copy in the place of the ledger, of which nothing is left but its keys."""
    for left in folder.glob("ledger.sqlite*"):
        left.unlink()
    shutil.copy(folder / "copy.sqlite", folder / "ledger.sqlite")


def test_available_any_moment_of_it_can_be_asked_for(kept: Kept) -> None:
    until = kept.record("apheresis.completed").seal.position
    corrected(kept)
    then, now = collections(kept, known_at=until), collections(kept)
    assert [str(r.day) for r in (*then, *now)] == ["2026-03-02", "2026-03-03"]
    assert collections(kept, as_of=date(2026, 3, 1)) == []


def collections(kept: Kept, **when: Any) -> list[Record]:
    """Those in effect, at a moment."""
    found = kept.ledger.effective("E1", **when).records
    return [record for record in found if record.fact.type == "apheresis.completed"]
