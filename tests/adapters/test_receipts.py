"""Receipts: what each answer says of its record, and the newest checkpoint that goes with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

import veinledger
from tests.adapters.test_assigning import assign, nobodys
from tests.adapters.test_corrections import infused, to_the_bedside
from tests.adapters.test_ledger import one
from tests.given_ledger import SITE, centre_in_utc, ledger, lines_of
from veinledger.adapters.errors import StoreFailed
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.proof import checkpoints
from veinledger.adapters.proof.checkpoints import CheckpointFile, signed_checkpoint
from veinledger.adapters.proof.held import held_in
from veinledger.adapters.proof.notes import Checkpoint, Signer, VerificationKey, read_note
from veinledger.adapters.store.sqlite.store import SQLiteStore
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.ledger.receipt import Receipt
from veinledger.domain.ledger.tree import Edge

LINES = lines_of("withdrawn")


def opened(folder: Path, **more: Any) -> Ledger:
    return veinledger.open(
        f"sqlite:///{folder / 'ledger.sqlite'}",
        keys=folder / "keys",
        site=SITE,
        checkpoints=folder / "elsewhere",
        cache="",
        **more,
    )


def receipt(outcome: Outcome) -> Receipt:
    assert outcome.receipt is not None
    return outcome.receipt


def places(outcomes: tuple[Outcome, ...]) -> list[tuple[int, str]]:
    return [(receipt(each).position, receipt(each).leaf) for each in outcomes]


def size_of(note: str | None) -> int | None:
    return None if note is None else Checkpoint.from_text(read_note(note).text).size


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Ledger]:
    with ledger(tmp_path, centre=centre_in_utc("adt", "lab")) as found:
        yield found


# ---- Whose record it is -----------------------------------------------------------------------


def test_every_answer_says_where_its_record_lies_and_under_which_leaf(tmp_path: Path) -> None:
    with opened(tmp_path) as found:
        outcomes = found.record(*LINES)
        rows = {row.key.hex(): row for row in found.rows() if row.key}
    assert {each.answer for each in outcomes} == {"recorded"}
    for each in outcomes:
        row = rows[each.record or ""]
        assert (receipt(each).position, receipt(each).leaf) == (row.position, row.leaf.hex())
        assert receipt(each).ledger == found.ledger_id.hex()


def test_what_is_parked_refused_disputed_or_names_nobody_has_a_receipt_of_its_row(
    kept: Ledger,
) -> None:
    early = one(kept.record(infused("2026-04-12", "M1")))
    other = one(kept.record(infused("2026-04-13", "M1")))
    nobody = one(kept.record(nobodys(infused("2026-04-12", "M2"))))
    refused = one(kept.record(b"{"))
    told = [early, other, nobody, refused]
    assert [each.answer for each in told] == ["parked", "parked", "parked", "refused"]
    rows = {row.position: row for row in kept.rows()}
    for each in told:
        row = rows[receipt(each).position]
        assert row.key is not None
        assert (row.key.hex(), row.leaf.hex()) == (each.record, receipt(each).leaf)


def test_a_receipt_tells_where_and_under_which_leaf_and_nothing_else(tmp_path: Path) -> None:
    with opened(tmp_path) as found:
        found.checkpoint()
        told = receipt(one(found.record(LINES[0])))
    assert [each.name for each in fields(told)] == ["ledger", "position", "leaf", "checkpoint"]
    assert re.fullmatch(r"[0-9a-f]{32} [0-9a-f]{64}", f"{told.ledger} {told.leaf}")
    assert (told.checkpoint or "").count("\n") == 6


def test_what_is_not_kept_has_no_receipt(kept: Ledger) -> None:
    strictly = one(kept.record(infused("2026-04-12"), strict=True))
    assert (strictly.answer, strictly.receipt) == ("refused", None)
    assert kept.foresee(infused("2026-04-12")).outcome.receipt is None


# ---- Sent again -------------------------------------------------------------------------------


def test_a_report_that_is_sent_again_gets_the_place_of_the_first(tmp_path: Path) -> None:
    with opened(tmp_path) as found:
        first = places(found.record(*LINES))
        assert places(found.record(*LINES)) == first
    with opened(tmp_path) as found:
        again = found.record(*LINES)
    assert {each.answer for each in again} == {"duplicate"}
    assert places(again) == first


def test_twice_in_one_message_in_one_call_or_in_one_group_is_one_place(tmp_path: Path) -> None:
    with opened(tmp_path) as found:
        together = found.record(LINES[0], LINES[0])
        grouped = [one(each) for each in found.record_all([[LINES[1]], [LINES[1]], [LINES[0]]])]
    assert [each.answer for each in together] == ["recorded", "duplicate"]
    assert len(set(places(together))) == 1
    assert [each.answer for each in grouped] == ["recorded", "duplicate", "duplicate"]
    assert places(tuple(grouped)) == [places(tuple(grouped))[0]] * 2 + places(together[:1])


def test_a_conflict_a_refusal_and_a_report_of_nobody_keep_their_places_too(kept: Ledger) -> None:
    sent: list[Any] = [
        infused("2026-04-12", "M1"),
        infused("2026-04-13", "M1"),
        nobodys(infused("2026-04-12", "M2")),
        b"{",
    ]
    first = [one(kept.record(each)) for each in sent]
    again = [one(kept.record(each)) for each in sent]
    assert [each.answer for each in again] == ["duplicate", "duplicate", "duplicate", "refused"]
    assert places(tuple(again)) == places(tuple(first))


def test_a_report_that_was_assigned_since_gets_the_place_of_the_record_that_it_became(
    kept: Ledger,
) -> None:
    kept.record(*to_the_bedside())
    report = nobodys(infused("2026-04-12"))
    waits = one(kept.record(report))
    act = assign(kept, waits.record)
    assert act.answer == "recorded"
    again = one(kept.record(report))
    (became,) = [r for r in kept.history("E1").records if r.key == again.record]
    assert places((again,)) == [(became.seal.position, became.seal.leaf)]
    assert places((assign(kept, waits.record),)) == places((act,)), "the act again is a duplicate"
    assert places((assign(kept, waits.record, message="W2"),)) == places((act,))


# ---- The newest checkpoint --------------------------------------------------------------------


def test_a_receipt_carries_the_newest_checkpoint_and_in_the_first_moments_none(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as found:
        assert receipt(one(found.record(LINES[0]))).checkpoint is None
        size = size_of(found.checkpoint())
        assert size_of(receipt(one(found.record(LINES[1]))).checkpoint) == size
    with opened(tmp_path) as found:
        newer = receipt(one(found.record(LINES[0])))
        last = len(found.rows())
        (file,) = (tmp_path / "elsewhere").iterdir()
        assert newer.checkpoint == file.read_text()[:-1], "byte for byte as it left"
    assert size_of(newer.checkpoint) == last
    key = VerificationKey.from_text(found.verification_key)
    assert read_note(newer.checkpoint or "").is_signed_by(key)


def test_one_that_leaves_while_the_ledger_is_written_goes_with_the_next_receipt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "EVERY_RECORDS", 5)
    with opened(tmp_path) as found:
        told = [size_of(receipt(one(found.record(each))).checkpoint) or 0 for each in LINES]
    assert told == sorted(told), "never an older one after a newer one"
    assert told[0] == 0
    assert told[-1] > len(LINES) / 2
    (file,) = (tmp_path / "elsewhere").iterdir()
    assert set(told[6:]) <= {each.checkpoint.size for each in held_in(file.read_text())}


def test_one_that_cannot_leave_for_its_file_leaves_with_the_receipts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The senders are then the only witnesses."""
    monkeypatch.setattr(checkpoints, "EVERY_RECORDS", 1)
    (tmp_path / "elsewhere").write_text("a file where the folder should be")
    with opened(tmp_path) as found:
        outcomes = [one(found.record(each)) for each in LINES[:8]]
        assert found.not_anchored is not None
    assert size_of(receipt(outcomes[-1]).checkpoint)


def test_one_of_another_key_or_of_more_records_than_there_are_is_not_handed_on(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as found:
        found.record(LINES[0])
    (file,) = (tmp_path / "elsewhere").iterdir()
    ours = found._keys.signer  # pyright: ignore[reportPrivateUsage]
    for number, signer in ((1, Signer(ours.name, b"\x09" * 32)), (400, ours)):
        file.unlink()
        CheckpointFile(file).append(signed_checkpoint(Edge().grown([bytes(32)] * number), signer))
        with opened(tmp_path) as found:
            assert receipt(one(found.record(LINES[0]))).checkpoint is None


def test_what_is_recorded_is_answered_even_where_no_checkpoint_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as found:
        found.record(LINES[0])

    def fails(_: object) -> int:
        raise StoreFailed("the store cannot say how long it is")

    with opened(tmp_path) as found, monkeypatch.context() as broken:
        broken.setattr(SQLiteStore, "head", fails)
        told = one(found.record(LINES[1]))
    assert (told.answer, receipt(told).checkpoint) == ("recorded", None)


def test_a_ledger_in_memory_gives_receipts_without_a_checkpoint_until_one_is_asked_for() -> None:
    with veinledger.open("memory:", site=SITE) as found:
        first = receipt(one(found.record(LINES[0])))
        note = found.checkpoint()
        assert receipt(one(found.record(LINES[0]))) == replace(first, checkpoint=note)
