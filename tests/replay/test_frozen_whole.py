"""Row G3: a ledger that was shipped is read with everything that others hold of it, for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.given_files import opened
from tests.bundle.given_bundles import code_of
from tests.replay.frozen_whole import (
    BUNDLE,
    CHECKPOINTS,
    COORDINATOR,
    FOLDERS,
    LINES,
    OFFICER,
    ORIGINALS,
    RECEIPTS,
    head_of,
    put,
    rows_of,
)
from tests.replay.test_frozen import told
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.store.rotated import rotated_in

RECORDS = 39
HISTORIES = {
    "in clear": "8ffc93c17a089be3c2f52d9c16d1d3709e90586e049c88b11ac49bd3b93074b5",
    "encrypted": "d9761a97406a4bbbba2e237ce37fe2b8cd1b581b26df193978072054f9a6e46e",
}
"""Of every record and each encounter; the two differ by their keys alone."""


@pytest.fixture(params=FOLDERS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def frozen(name: str) -> Path:
    return FOLDERS[name]


@pytest.fixture
def folder(frozen: Path, tmp_path: Path) -> Path:
    """In which the ledger lies as it lay."""
    put(frozen, tmp_path)
    return tmp_path


def held(ledger: Ledger, frozen: Path, key: str) -> tuple[bool, int, int, list[bool], int | None]:
    """What a full reading finds, by all that was kept elsewhere."""
    checkpoints, receipts = [str(frozen / CHECKPOINTS)], [str(frozen / RECEIPTS)]
    found = ledger.verify(checkpoints=checkpoints, receipts=receipts, key=key)
    found = ledger.verify_originals(found)
    witnesses = [each.holds for each in found.receipts]
    return found.consistent, found.checkpoints, found.anchored, witnesses, found.originals


@pytest.mark.parametrize("number", [0, 1], ids=["the first key", "the key after it"])
def test_it_is_as_all_say_that_others_kept_of_it(frozen: Path, folder: Path, number: int) -> None:
    key = head_of(frozen)["keys"][number]
    with opened(folder, read_only=True) as ledger:
        assert held(ledger, frozen, key) == (True, 3, RECORDS, [True] * 3, 26)


def test_every_encounter_is_read_as_it_was(name: str, folder: Path) -> None:
    with opened(folder, read_only=True) as ledger:
        assert ledger.encounters() == ("E1", "E2", "E3")
        assert told(ledger) == HISTORIES[name]


def test_what_named_nobody_is_read_as_it_was(folder: Path) -> None:
    with opened(folder, read_only=True) as ledger:
        found = ledger.unassigned()
        refused = [(each.source.message, each.type, each.encounter) for each in ledger.refused()]
    deeds = [
        (each.report.source.message, each.deed and (each.deed.did, each.deed.encounter))
        for each in found
    ]
    assert deeds == [("N-1", ("assigned", "E1")), ("N-2", ("dismissed", None)), ("N-3", None)]
    reasons = [each.deed.reason for each in found if each.deed]
    assert reasons == ["the wristband says so", "another's"]
    assert refused == [("N-4", "crs.graded", None), ("R-1", "crs.graded", "E1")]


def test_who_follows_whom_and_who_rotated_the_key_are_read_as_they_were(folder: Path) -> None:
    with opened(folder, read_only=True) as ledger:
        assert ledger.followers("E1") == ("E2",)
        (row,) = (row for row in ledger.rows() if row.type == "ledger.key_rotated")
    rotated = rotated_in(row)
    assert (rotated.by, rotated.reason) == (OFFICER, "once a year")


def asked(ledger: Ledger) -> list[tuple[str, str | None, bool]]:
    """Each question but this one, about whom, and whether a record holds it."""
    found = ledger.reads()
    assert found.not_as_written == 1
    assert {each.reading.reader for each in found.readings[:-1]} == {COORDINATOR}
    return [
        (each.reading.question, each.encounter, each.position is not None)
        for each in found.readings
    ][:-1]


def test_who_asked_is_read_as_it_was_noted_and_taken_in_by_whoever_writes(folder: Path) -> None:
    on_record = [("history", "E1", True), ("encounters", None, True), ("bundle", "E1", True)]
    beside = [("history", "E1", False), ("encounters", None, False)]
    with opened(folder, reader=COORDINATOR, read_only=True) as ledger:
        assert asked(ledger) == [*on_record, *beside]
    with opened(folder, reader=COORDINATOR) as ledger:
        ledger.record(LINES[15])
    with opened(folder, reader=COORDINATOR, read_only=True) as ledger:
        assert all(taken_in for _, _, taken_in in asked(ledger))


def test_what_it_holds_is_a_duplicate_and_what_it_lacks_is_recorded(
    frozen: Path, folder: Path
) -> None:
    """Report keys, stream names and digests are made as they were, or nothing is found again."""
    with opened(folder) as ledger:
        received = [ledger.original(row["digest"]) for row in rows_of(frozen, ORIGINALS)]
        answers = {each.source.message: each.answer for each in ledger.record(*received)}
        assert [name for name in answers if answers[name] != "duplicate"] == ["N-4", "R-1"]
        assert len(ledger.refused()) == 2, "what is refused again is kept once"
        assert {each.answer for each in ledger.record(*LINES[15:])} == {"recorded"}
        assert held(ledger, frozen, head_of(frozen)["keys"][0])[:3] == (True, 3, RECORDS)


@pytest.mark.parametrize("number", [0, 1], ids=["the first key", "the key after it"])
def test_its_bundle_is_verified_by_either_key_and_by_a_checkpoint(
    frozen: Path, number: int
) -> None:
    bundle, held = (frozen / BUNDLE).read_bytes(), (frozen / CHECKPOINTS).read_bytes()
    keys = head_of(frozen)["keys"]
    assert code_of(bundle, keys[number], held) == 0
    (other,) = (each for each in FOLDERS.values() if each != frozen)
    assert code_of(bundle, head_of(other)["keys"][number], held) == 1, "the control"
