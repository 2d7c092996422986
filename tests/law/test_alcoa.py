"""ALCOA+: each attribute shown once, from the door to the answer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.test_ledger import Line, one, opening, say
from tests.given_ledger import TODAY, centre_in_utc, ledger
from tests.law.given_records import WRONG, Kept, corrected, edit, read_again, records
from veinledger.domain.reports import Record


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with records(tmp_path / "kept") as found:
        yield found


def test_attributable_every_entry_names_a_person_a_role_and_a_message(kept: Kept) -> None:
    corrected(kept)
    for entry in kept.ledger.audit("E1").entries:
        assert entry.actor.id
        assert entry.actor.role
        assert (entry.source.connection, entry.source.message) != ("", "")
    nobodys: Line = {**say("crs.graded", "2026-03-04", "M9"), "actor": {"id": "", "role": "nurse"}}
    assert one(kept.ledger.record(nobodys)).answer == "refused"


def test_legible_a_record_is_plain_json_that_no_program_of_ours_is_needed_for(kept: Kept) -> None:
    (row,) = (row for row in kept.ledger.rows() if row.type == "apheresis.completed")
    body = json.loads(row.body)
    assert "COI-1" in json.dumps(body)


def test_contemporaneous_the_ledger_stamps_when_it_recorded_apart_from_when_it_happened(
    kept: Kept,
) -> None:
    record = kept.record("apheresis.completed")
    assert record.seal.recorded_at == TODAY
    assert str(record.day) == "2026-03-02"
    stamped: Line = {**say("crs.graded", "2026-03-04", "M8"), "recorded_at": "2026-03-04T00:00:00Z"}
    assert one(kept.ledger.record(stamped)).answer == "refused"


def test_original_the_bytes_as_received_come_back_to_the_byte(tmp_path: Path) -> None:
    line = b' { "type" : "encounter.opened", ' + json.dumps(opening()).encode()[1:].replace(
        b'"type": "encounter.opened", ', b"", 1
    )
    with ledger(tmp_path, centre=centre_in_utc("adt")) as opened:
        assert one(opened.record(line)).answer == "recorded"
        (record,) = opened.history("E1").records
        assert record.original is not None
        assert opened.original(record.original.digest) == line


def test_accurate_what_is_false_in_form_is_refused_and_a_correction_hides_nothing(
    kept: Kept,
) -> None:
    (refused,) = kept.ledger.refused()
    assert [o.field for o in refused.refusal.objections] == ["grade"]
    before = kept.record("apheresis.completed")
    corrected(kept)
    assert before in kept.ledger.history("E1").records
    assert [str(record.day) for record in collections(kept)] == ["2026-03-03"]


def test_complete_a_refused_report_is_kept_and_a_missing_record_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    with records(folder) as found:
        (refused,) = found.ledger.refused()
        assert json.loads(found.ledger.original(refused.original)) == WRONG
        place = found.record("encounter.opened").seal.position
    assert read_again(folder).consistent
    edit(folder / "ledger.sqlite", f"DELETE FROM records WHERE position = {place}")
    assert not read_again(folder).consistent


def test_consistent_the_order_in_which_messages_come_changes_nothing(
    kept: Kept, tmp_path: Path
) -> None:
    with ledger(tmp_path / "other", centre=centre_in_utc("adt", "lab")) as other:
        other.record(*reversed(kept.told))
        assert other.effective("E1").stage is kept.ledger.effective("E1").stage
        ours, theirs = kept.ledger.effective("E1").records, other.effective("E1").records
        assert [r.key for r in ours] == [r.key for r in theirs]


def test_enduring_what_was_acknowledged_is_there_after_the_process_and_in_a_copy(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "kept"
    with records(folder) as found:
        rows = found.ledger.rows()
        assert found.ledger.backup(folder / "copy.sqlite").verification.consistent
    (folder / "ledger.sqlite").unlink()
    for left in folder.glob("ledger.sqlite-*"):
        left.unlink()
    shutil.copy(folder / "copy.sqlite", folder / "ledger.sqlite")
    with ledger(folder, store="sqlite", centre=centre_in_utc("adt", "lab")) as again:
        assert again.rows() == rows


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
