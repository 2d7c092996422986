"""21 CFR 11.10, 11.50 and 11.70: each clause that software can meet shown once."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from tests.adapters.test_ledger import one, say
from tests.bundle.given_bundles import bundle_of, code_of
from tests.law.given_records import (
    Kept,
    corrected,
    correction_of,
    edit,
    mode,
    read_again,
    records,
    refused_by_the_store,
)
from veinledger.adapters.cli.audited.spreadsheet import spreadsheet
from veinledger.adapters.errors import KeyMissing
from veinledger.adapters.store.opening import open_store


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with records(tmp_path / "kept") as found:
        yield found


def test_11_10_a_an_altered_record_is_told_from_the_others_by_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    with records(folder) as found:
        place = found.record("apheresis.completed").seal.position
    other_day = "CAST(replace(CAST(body AS TEXT), '2026-03-02', '2026-03-01') AS BLOB)"
    edit(
        folder / "ledger.sqlite", f"UPDATE records SET body = {other_day} WHERE position = {place}"
    )
    places = {fault.position for fault in read_again(folder).faults}
    assert place in places
    assert not places & set(range(1, place))


def test_11_10_b_copies_for_programs_and_for_people_are_complete(
    kept: Kept, tmp_path: Path
) -> None:
    bundle = bundle_of(kept.ledger, tmp_path / "e1.json", "E1")
    assert code_of(bundle, kept.ledger.verification_key) == 0
    rows = list(csv.DictReader(StringIO(spreadsheet(kept.ledger.audit("E1")), newline="")))
    assert [row["report_key"] for row in rows] == [r.key for r in kept.ledger.history("E1").records]


def test_11_10_c_no_record_can_be_changed_or_removed_through_the_store(kept: Kept) -> None:
    """Triggers stand in the way of whoever uses the file as it is; `verify` notices the others."""
    file = kept.folder / "copy.sqlite"
    kept.ledger.backup(file)
    for statement in ("UPDATE records SET type = 'x'", "DELETE FROM records"):
        assert refused_by_the_store(file, statement), statement
    assert not refused_by_the_store(file, "SELECT count(*) FROM records")


def test_11_10_d_ledger_and_key_are_their_owners_alone(kept: Kept) -> None:
    files = [kept.folder / "ledger.sqlite", *(kept.folder / "keys").glob("*.key")]
    assert len(files) == 2
    assert {mode(file) for file in files} == {0o600}


def test_11_10_e_a_correction_leaves_the_earlier_entry_as_it_was_and_says_who_and_when(
    kept: Kept,
) -> None:
    before = kept.ledger.rows()
    corrected(kept)
    assert kept.ledger.rows()[: len(before)] == before
    last = next(e for e in kept.ledger.audit("E1").entries if e.type == "records.corrected")
    assert (last.actor.id, last.reason) == ("him-3", "the day was mistyped")
    assert last.recorded_at >= before[-1].recorded_at


def test_11_10_f_a_step_that_is_not_permitted_yet_is_refused_to_whoever_asks(kept: Kept) -> None:
    early = one(kept.ledger.record(say("cells.infused", "2026-03-05", "M5"), strict=True))
    assert early.answer == "refused"
    assert early.refusal is not None
    assert early.refusal.shortest_way == ("product.received",)
    assert one(kept.ledger.record(say("cells.infused", "2026-03-05", "M5"))).answer == "parked"


def test_11_10_g_a_decision_needs_a_person_with_a_role(kept: Kept) -> None:
    for actor in ({"id": "", "role": "clerk"}, {"id": "him-3", "role": ""}, {}):
        assert one(kept.ledger.record(correction_of(kept, actor=actor))).answer == "refused"
    assert one(kept.ledger.record(correction_of(kept))).answer == "recorded"


def test_11_10_h_a_report_by_a_connection_that_the_site_does_not_know_is_told_apart(
    kept: Kept,
) -> None:
    strange = say("crs.graded", "2026-03-04T10:00:00", "M6")
    strange["source"] = {**strange["source"], "connection": "nobody-knows"}
    refused = one(kept.ledger.record(strange))
    assert refused.answer == "refused"
    assert refused.refusal is not None
    assert [o.rule for o in refused.refusal.objections]


def test_11_10_k_the_rules_in_use_are_on_record_by_their_digest(kept: Kept) -> None:
    pack = kept.ledger.audit("E1").rule_pack
    assert pack == kept.ledger.rules.pack
    assert len(pack.rsplit("+", 1)[1]) == 64


def test_11_50_a_signed_decision_shows_name_time_and_meaning_where_it_is_printed(
    kept: Kept,
) -> None:
    corrected(kept)
    printed = spreadsheet(kept.ledger.audit("E1"))
    (row,) = (
        row
        for row in csv.DictReader(StringIO(printed, newline=""))
        if row["type"] == "records.corrected"
    )
    assert (row["actor_id"], row["actor_role"]) == ("him-3", "records clerk")
    assert row["recorded_at"].startswith("2026-11-23T12:00:00")
    assert "replaced record" in row["what_it_did"]
    assert row["reason"] == "the day was mistyped"


def test_11_70_a_decision_names_the_record_by_its_hash_and_fits_no_other(kept: Kept) -> None:
    elsewhere = correction_of(kept)
    elsewhere["changes"][0]["hash"] = kept.record("encounter.opened").seal.leaf
    assert one(kept.ledger.record(elsewhere)).answer == "refused"
    assert one(kept.ledger.record(correction_of(kept, source=other_message()))).answer == "recorded"


def other_message() -> dict[str, object]:
    return {"connection": "adt", "message": "K2", "item": 1}


def test_11_10_d_without_its_key_a_ledger_does_not_open(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    with records(folder):
        pass
    for key in (folder / "keys").glob("*.key"):
        key.unlink()
    with pytest.raises(KeyMissing):
        open_store(f"sqlite:///{folder / 'ledger.sqlite'}", keys=folder / "keys")
