"""21 CFR 11.10, 11.50 and 11.70: each clause that software can meet shown once."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from itertools import product
from pathlib import Path

import pytest

from tests.adapters.test_ledger import collection, one, say
from tests.bundle.given_bundles import bundle_of, code_of, written
from tests.given_ledger import TODAY, ledger, lines_of
from tests.law.given_records import (
    Kept,
    corrected,
    correction_of,
    edit,
    modes,
    objections,
    read_again,
    records,
    said_by_the_store,
    without_triggers,
)
from veinledger.adapters.cli.audited.spreadsheet import spreadsheet
from veinledger.adapters.errors import KeyMissing
from veinledger.adapters.pages import shipped_pages, shipped_rules
from veinledger.adapters.store.opening import open_store
from veinledger.adapters.telling import claim_sent
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.rules import Rules, rules_of


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with records(tmp_path / "kept") as found:
        yield found


def test_11_10_a_an_altered_record_is_told_from_the_others_by_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    with records(folder) as found:
        place = found.record("apheresis.completed").seal.position
    other_day = "CAST(replace(CAST(body AS TEXT), '2026-03-02', '2026-03-01') AS BLOB)"
    edit(folder / "ledger.sqlite")
    assert read_again(folder).consistent
    edit(
        folder / "ledger.sqlite", f"UPDATE records SET body = {other_day} WHERE position = {place}"
    )
    read = read_again(folder)
    assert 1 < place < read.records
    assert {fault.position for fault in read.faults} == {place}


def test_11_10_b_copies_for_programs_and_for_people_are_complete(
    kept: Kept, tmp_path: Path
) -> None:
    corrected(kept)
    known = kept.ledger.history("E1").records
    bundle = bundle_of(kept.ledger, tmp_path / "e1.json", "E1")
    assert code_of(bundle, kept.ledger.verification_key) == 0
    copied = json.loads(bundle)
    rows = next(each["rows"] for each in copied["streams"] if "encounter/" in each["stream"])
    bodies = {row["position"]: json.loads(row["body"]) for row in rows}
    assert {place: body["occurred_at"] for place, body in bodies.items()} == {
        record.seal.position: record.occurred.text for record in known
    }
    rows.pop()
    assert code_of(written(copied), kept.ledger.verification_key) == 1


def test_11_10_b_a_copy_for_a_spreadsheet_is_complete(kept: Kept) -> None:
    corrected(kept)
    printed = spreadsheet(kept.ledger.audit("E1"))
    copied = ("report_key", "occurred", "type", "actor_id", "leaf")
    rows = list(csv.DictReader(StringIO(printed, newline="")))
    recorded = [row for row in rows if row["kind"] != "refused"]
    assert len(recorded) == 4
    assert [tuple(row[name] for name in copied) for row in recorded] == [
        (r.key, r.occurred.text, r.fact.type, r.actor.id, r.seal.leaf)
        for r in kept.ledger.history("E1").records
    ]
    refused = [row["position"] for row in rows if row["kind"] == "refused"]
    assert refused == [str(item.position) for item in kept.ledger.refused("E1")]


def test_11_10_c_no_record_can_be_changed_or_removed_through_the_store(kept: Kept) -> None:
    """Triggers stand in the way of whoever uses the file as it is; `verify` notices the others."""
    copy, before = kept.folder / "copy.sqlite", kept.ledger.rows()
    kept.ledger.backup(copy)
    statements = ("UPDATE records SET type = 'x'", "DELETE FROM records")
    for file, statement in product((kept.folder / "ledger.sqlite", copy), statements):
        assert said_by_the_store(file, statement) == "rows of a ledger are never changed"
    assert kept.ledger.rows() == before
    without_triggers(copy)
    assert [said_by_the_store(copy, statement) for statement in statements] == ["", ""]


def test_11_10_d_ledger_and_key_are_their_owners_alone(kept: Kept) -> None:
    found = modes(kept.folder)
    assert "ledger.sqlite" in found
    assert any(name.endswith(".key") for name in found)
    assert set(found.values()) == {0o600}


def test_11_10_e_a_correction_leaves_the_earlier_entry_as_it_was_and_says_who_and_when(
    kept: Kept,
) -> None:
    before = kept.ledger.rows()
    corrected(kept)
    assert kept.ledger.rows()[: len(before)] == before
    last = next(e for e in kept.ledger.audit("E1").entries if e.type == "records.corrected")
    assert (last.actor.id, last.reason) == ("him-3", "the day was mistyped")
    assert (last.recorded_at, str(last.day)) == (TODAY, "2026-03-10")


def test_11_10_f_a_step_that_is_not_permitted_yet_is_refused_to_whoever_asks(kept: Kept) -> None:
    early = one(kept.ledger.record(say("cells.infused", "2026-03-05", "M5"), strict=True))
    assert early.answer == "refused"
    assert early.refusal is not None
    assert early.refusal.shortest_way == ("product.received",)
    assert one(kept.ledger.record(say("cells.infused", "2026-03-05", "M5"))).answer == "parked"
    assert kept.ledger.effective("E1").stage is Stage.COLLECTED
    between = one(kept.ledger.record(say("product.received", "2026-03-04", "M4"), strict=True))
    assert between.answer == "recorded"
    assert kept.ledger.effective("E1").stage is Stage.INFUSED


def test_11_10_g_a_decision_needs_a_person_with_a_role(kept: Kept) -> None:
    nobodys = {
        "actor.id": {"id": "", "role": "clerk"},
        "actor.role": {"id": "him-3", "role": ""},
        "actor": None,
    }
    for field, actor in nobodys.items():
        refused = one(kept.ledger.record(correction_of(kept, actor=actor)))
        assert [each for _, each in objections(refused)] == [field]
    assert one(kept.ledger.record(correction_of(kept))).answer == "recorded"


def test_11_10_h_a_report_by_a_connection_that_the_site_does_not_know_is_refused(
    kept: Kept,
) -> None:
    line = say("crs.graded", "2026-03-04", "M6")
    source = {**line["source"], "connection": "nobody-knows"}
    strange = one(kept.ledger.record({**line, "source": source}))
    rules = [rule for rule, _ in objections(strange)]
    assert rules == ["the_facility_or_the_connection_has_a_time_zone"]
    assert one(kept.ledger.record(line)).answer != "refused"


def test_11_10_h_a_report_that_names_a_facility_of_the_site_is_kept_with_the_connection_it_names(
    tmp_path: Path,
) -> None:
    """It is taken whatever connection that is; so the trail has to show which."""
    line = collection("2026-03-02", "M1")
    line["source"] = {**line["source"], "connection": "nobody-knows"}
    with ledger(tmp_path) as opened:
        assert one(opened.record(line)).answer != "refused"
        (entry,) = opened.audit("E1").entries
    assert (entry.source.connection, entry.actor.id) == ("nobody-knows", "rn-1")


def test_11_10_k_the_rules_that_a_claim_was_made_by_stay_on_record_under_later_ones(
    tmp_path: Path,
) -> None:
    with ledger(tmp_path, store="sqlite") as made:
        made.record(*lines_of("page_patient_2l"))
        by = made.rules.digest
        assert one(made.record(claim_sent("E1", "A1", "2026-07-01")(made))).answer == "recorded"
    for rules, verdict in ((shipped_rules(), "equal"), (later_rules(), "rules changed")):
        with ledger(tmp_path, store="sqlite", rules=rules) as read:
            trail = read.audit("E1")
            (sent,) = (entry for entry in trail.entries if entry.type == "claim.submitted")
            assert dict(sent.digests)["rule pack"] == by
            assert (by in trail.rule_pack) is (verdict == "equal")
            (kept,) = read.replayer().one("E1").claims
            assert (kept.rule_pack, kept.verdict) == (by, verdict)


def later_rules() -> Rules:
    """As shipped, with another code for the collection."""
    page = "codebook/cpt.toml"
    changed = shipped_pages()[page].replace(b'code = "38225"', b'code = "38299"')
    return rules_of({**shipped_pages(), page: changed}, edition="public", version="later")


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
    (refused,) = objections(one(kept.ledger.record(elsewhere)))
    assert refused[0] == "a_correction_names_records_that_are_there"
    assert one(kept.ledger.record(correction_of(kept, source=other_message()))).answer == "recorded"


@pytest.mark.parametrize(
    "attack",
    [
        "DELETE FROM records WHERE type = 'records.corrected'",
        "UPDATE records SET body = CAST(replace(CAST(body AS TEXT), 'him-3', 'him-4') AS BLOB)"
        " WHERE type = 'records.corrected'",
        "UPDATE records SET (body, tag, leaf) ="
        " (SELECT body, tag, leaf FROM records WHERE type = 'records.corrected')"
        " WHERE type = 'encounter.opened'",
    ],
    ids=["cut off", "signed by another", "put on another"],
)
def test_11_70_a_decision_that_is_cut_off_or_put_elsewhere_is_noticed(
    attack: str, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    with records(folder) as found:
        corrected(found)
    edit(folder / "ledger.sqlite")
    assert read_again(folder).consistent
    edit(folder / "ledger.sqlite", attack)
    assert not read_again(folder).consistent


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
