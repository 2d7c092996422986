"""45 CFR 164.312: each clause that software can meet shown once."""

from __future__ import annotations

import json
import shutil
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.test_ledger import one, say
from tests.bundle.given_bundles import bundle_of, code_of
from tests.law.given_records import (
    Kept,
    copy_of_the_last,
    corrected,
    edit,
    modes,
    objections,
    read_again,
    records,
    reopened,
)
from veinledger.adapters.errors import KeyMissing
from veinledger.domain.ledger.access import Reader
from veinledger.domain.reports import Actor


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with records(tmp_path / "kept") as found:
        yield found


def test_164_312_a_1_what_is_written_is_its_owners_alone(kept: Kept) -> None:
    bundle_of(kept.ledger, kept.folder / "e1.json", "E1")
    kept.ledger.backup(kept.folder / "copy.sqlite")
    found = modes(kept.folder)
    assert found.keys() >= {"ledger.sqlite", "ledger.sqlite-wal", "e1.json", "copy.sqlite"}
    assert set(found.values()) == {0o600}


def test_164_312_a_2_i_each_report_and_decision_names_one_person(kept: Kept) -> None:
    corrected(kept)
    assert {e.actor.id for e in kept.ledger.audit("E1").entries} == {"rn-1", "him-3"}
    line = say("crs.graded", "2026-03-04", "M7")
    unsigned = {name: value for name, value in line.items() if name != "actor"}
    assert objections(one(kept.ledger.record(unsigned))) == [("a_required_field_is_there", "actor")]
    assert one(kept.ledger.record(line)).answer != "refused"


def test_164_312_a_2_iv_a_ledger_and_its_backup_hold_nothing_that_was_reported_in_clear(
    tmp_path: Path,
) -> None:
    for encrypted in (True, False):
        folder = tmp_path / str(encrypted)
        with records(folder, encrypted=encrypted) as found:
            corrected(found)
            found.ledger.backup(folder / "copy.sqlite")
            files = [path for path in folder.iterdir() if path.is_file()]
            lying = b"".join(path.read_bytes() for path in files)
            assert len(files) >= 4, "the ledger, its log, the backup"
            for said in (b"rn-1", b"him-3", b"the day was mistyped", b"2026-03-02"):
                assert (said in lying) is not encrypted, said
            assert {e.actor.id for e in found.ledger.audit("E1").entries} == {"rn-1", "him-3"}


def test_164_312_b_what_was_taken_in_refused_and_decided_can_be_examined(kept: Kept) -> None:
    corrected(kept)
    came = ["encounter.opened", "apheresis.completed"]
    decided = ["records.corrected", "apheresis.completed"]
    assert [entry.type for entry in kept.ledger.audit("E1").entries] == came + decided
    assert [item.type for item in kept.ledger.refused()] == ["crs.graded"]


def test_164_312_b_who_read_what_and_what_for_can_be_examined(kept: Kept) -> None:
    asks = Reader(by=Actor(id="a-7", role="auditor"), why="request 12")
    with kept.ledger.asked_by(asks):
        kept.ledger.claims("E1")
    (told, _) = kept.ledger.reads("E1").readings
    assert (told.encounter, told.reading.question, told.reading.reader) == ("E1", "claims", asks)


def test_164_312_c_1_a_record_that_was_destroyed_or_put_in_is_noticed(tmp_path: Path) -> None:
    attacks = {
        "cut out": "DELETE FROM records WHERE position = 3",
        "overwritten": "UPDATE records SET body = x'7b7d' WHERE position = 3",
    }
    for name in (*attacks, "copied"):
        folder = tmp_path / name
        with records(folder):
            pass
        edit(folder / "ledger.sqlite")
        assert read_again(folder).consistent
        edit(folder / "ledger.sqlite", attacks.get(name) or copy_of_the_last(folder))
        assert not read_again(folder).consistent, name


def test_164_312_c_2_a_checkpoint_kept_elsewhere_shows_that_the_end_was_cut_off(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "kept"
    elsewhere = tmp_path / "elsewhere.checkpoints"
    with records(folder) as found:
        elsewhere.write_text(f"{found.ledger.checkpoint()}\n")
        assert found.ledger.verify(checkpoints=[str(elsewhere)]).anchored
    edit(
        folder / "ledger.sqlite",
        "DELETE FROM records WHERE position = (SELECT max(position) FROM records)",
        "UPDATE sqlite_sequence SET seq = seq - 1",
    )
    with reopened(folder) as again:
        assert again.verify().consistent
        assert not again.verify(checkpoints=[str(elsewhere)]).consistent


def test_164_312_e_2_i_a_change_on_the_way_is_noticed(kept: Kept, tmp_path: Path) -> None:
    bundle = bundle_of(kept.ledger, tmp_path / "e1.json", "E1", originals=False)
    assert code_of(bundle, kept.ledger.verification_key) == 0
    changed = bundle.replace(b"2026-03-02", b"2026-03-01", 1)
    assert changed != bundle
    assert code_of(changed, kept.ledger.verification_key) == 1


def test_164_312_e_2_ii_a_backup_of_a_ledger_that_encrypts_can_be_read_with_its_key_alone(
    tmp_path: Path,
) -> None:
    """A bundle of it needs none: it holds the messages in clear, for whoever gets it."""
    home, there = tmp_path / "home", tmp_path / "there"
    there.mkdir()
    with records(home, encrypted=True) as found:
        found.ledger.backup(there / "ledger.sqlite")
        rows = found.ledger.rows()
        bundle = json.loads(bundle_of(found.ledger, home / "e1.json", "E1"))
    assert any(b"COI-1" in b64decode(each["content"]) for each in bundle["originals"])
    sent = (there / "ledger.sqlite").read_bytes()
    for said in (b"rn-1", b"COI-1", b"2026-03-02"):
        assert said not in sent
    with pytest.raises(KeyMissing), reopened(there):
        pass
    shutil.copytree(home / "keys", there / "keys", dirs_exist_ok=True)
    with reopened(there) as again:
        assert again.rows() == rows
