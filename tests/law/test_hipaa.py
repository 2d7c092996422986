"""45 CFR 164.312: each clause that software can meet shown once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.test_ledger import one, say
from tests.bundle.given_bundles import bundle_of, code_of
from tests.given_ledger import centre_in_utc, ledger
from tests.law.given_records import (
    Kept,
    copy_of_the_last,
    corrected,
    edit,
    mode,
    read_again,
    records,
)
from veinledger.domain.ledger.access import Reader
from veinledger.domain.reports import Actor


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with records(tmp_path / "kept") as found:
        yield found


def test_164_312_a_1_what_is_written_is_its_owners_alone(kept: Kept, tmp_path: Path) -> None:
    bundle_of(kept.ledger, tmp_path / "e1.json", "E1")
    kept.ledger.backup(tmp_path / "copy.sqlite")
    assert {mode(tmp_path / name) for name in ("e1.json", "copy.sqlite")} == {0o600}


def test_164_312_a_2_i_each_report_and_decision_names_one_person(kept: Kept) -> None:
    corrected(kept)
    assert {e.actor.id for e in kept.ledger.audit("E1").entries} == {"rn-1", "him-3"}
    unsigned = {k: v for k, v in say("crs.graded", "2026-03-04", "M7").items() if k != "actor"}
    assert one(kept.ledger.record(unsigned)).answer == "refused"


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
    types = [entry.type for entry in kept.ledger.audit("E1").entries]
    assert types[:3] == ["encounter.opened", "apheresis.completed", "records.corrected"]
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
        "copied": "",
    }
    for name, statement in attacks.items():
        folder = tmp_path / name
        with records(folder):
            pass
        assert read_again(folder).consistent
        edit(folder / "ledger.sqlite", statement or copy_of_the_last(folder))
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
    with ledger(folder, store="sqlite", centre=centre_in_utc("adt", "lab")) as again:
        assert again.verify().consistent
        assert not again.verify(checkpoints=[str(elsewhere)]).consistent


def test_164_312_e_1_what_is_handed_out_is_verified_by_whoever_gets_it(
    kept: Kept, tmp_path: Path
) -> None:
    bundle = bundle_of(kept.ledger, tmp_path / "e1.json", "E1")
    assert code_of(bundle, kept.ledger.verification_key) == 0


def test_164_312_e_2_i_a_change_on_the_way_is_noticed(kept: Kept, tmp_path: Path) -> None:
    bundle = bundle_of(kept.ledger, tmp_path / "e1.json", "E1", originals=False)
    changed = bundle.replace(b"2026-03-02", b"2026-03-01", 1)
    assert changed != bundle
    assert code_of(changed, kept.ledger.verification_key) == 1
