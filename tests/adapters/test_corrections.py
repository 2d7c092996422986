"""Decisions of named persons through real ledgers: correct, confirm, attest, discard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.test_ledger import Line, collection, one, opening, say
from tests.given_ledger import centre_in_utc, ledger
from veinledger.adapters.ledger import Ledger
from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Record
from veinledger.domain.standing.found.two_records import PUT_OUT
from veinledger.domain.standing.identity import CONTESTED


@pytest.fixture(params=["memory", "sqlite"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with ledger(tmp_path, store=request.param, centre=centre_in_utc("adt", "lab")) as opened:
        yield opened


def to_the_bedside(encounter: str = "E1", chain: str = "COI-1") -> list[Line]:
    """Opened, collected, received: the way on which an infusion is legal."""
    return [
        opening(encounter),
        collection("2026-03-02", f"A-{encounter}", encounter, chain),
        say(
            "manufacturing.released",
            "2026-03-28",
            f"L-{encounter}",
            encounter,
            chain_of_identity=chain,
        ),
        say("product.received", "2026-04-01", f"R-{encounter}", encounter, chain_of_identity=chain),
    ]


def infused(day: str, encounter: str = "E1", chain: str = "COI-1", message: str = "I") -> Line:
    return say("cells.infused", day, f"{message}-{encounter}", encounter, chain_of_identity=chain)


def grade(day: str, encounter: str = "E1", message: str = "G") -> Line:
    return say("crs.graded", day, f"{message}-{encounter}", encounter)


def record_of(kept: Ledger, kind: str, encounter: str = "E1") -> Record:
    records = kept.history(encounter).records
    return [r for r in records if r.fact.type == kind][-1]


def change(kind: str, record: Record, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "sequence": record.seal.sequence, "hash": record.seal.leaf, **fields}


def void(record: Record) -> dict[str, Any]:
    return change("void", record)


def move(record: Record, encounter: str) -> dict[str, Any]:
    return change("move", record, encounter=encounter)


def replaced(record: Record, line: Line) -> dict[str, Any]:
    around = {"encounter", "type", "occurred_at", "source", "actor"}
    fact = {name: value for name, value in line.items() if name not in around}
    told = {"type": line["type"], "occurred_at": line["occurred_at"], "fact": fact}
    return change("replace", record, replacement=told)


def correct(
    kept: Ledger, *changes: dict[str, Any], encounter: str = "E1", message: str = "C"
) -> Outcome:
    told = say("records.corrected", "2026-06-01", message, encounter, changes=list(changes))
    return one(kept.record(told))


def rules(outcome: Outcome) -> list[str]:
    assert outcome.refusal is not None
    return [objection.rule for objection in outcome.refusal.objections]


def statuses(kept: Ledger, encounter: str = "E1") -> dict[str, str]:
    seen = kept.effective(encounter)
    return {f"{r.seal.sequence} {r.fact.type}": str(seen.standings[r.key]) for r in seen.known}


def test_a_corrected_date_is_a_record_of_its_own_that_names_what_it_replaces(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-10"))
    wrong = record_of(kept, "cells.infused")
    assert correct(kept, replaced(wrong, infused("2026-04-12"))).answer == "recorded"
    right = record_of(kept, "cells.infused")
    assert (right.kind, right.day.isoformat()) == ("replacement", "2026-04-12")
    assert right.in_place_of is not None
    assert (right.in_place_of.sequence, right.in_place_of.leaf) == (
        wrong.seal.sequence,
        wrong.seal.leaf,
    )
    assert right.in_place_of.correction == record_of(kept, "records.corrected").key
    seen = kept.effective("E1")
    assert seen.standings[wrong.key].status == "superseded"
    assert seen.standings[wrong.key].objections[0].reason.endswith("replaced it")
    assert (seen.stage, seen.state.infusion_day) == (Stage.INFUSED, right.day)


def test_a_correction_that_would_strand_a_record_is_refused_and_names_it(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-10"), grade("2026-04-11"))
    infusion, graded = record_of(kept, "cells.infused"), record_of(kept, "crs.graded")
    before = statuses(kept)
    refused = correct(kept, replaced(infusion, infused("2026-04-12")))
    assert rules(refused) == ["a_correction_leaves_no_record_without_its_place"]
    assert f"{graded.seal.sequence} (crs.graded)" in str(refused.refusal)
    assert statuses(kept) == before
    both = replaced(infusion, infused("2026-04-12")), replaced(graded, grade("2026-04-13"))
    assert correct(kept, *both, message="C2").answer == "recorded"
    assert kept.effective("E1").stage is Stage.INFUSED


def test_a_whole_wrong_chart_is_voided_in_one_set(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-10"), grade("2026-04-11"))
    records = kept.history("E1").records
    assert rules(correct(kept, void(records[0]))) == [
        "a_correction_leaves_no_record_without_its_place"
    ]
    assert correct(kept, *map(void, records), message="C2").answer == "recorded"
    seen = kept.effective("E1")
    assert seen.stage is Stage.UNOPENED
    assert [r.fact.type for r in seen.records] == ["records.corrected"]


def test_a_whole_wrong_chart_is_moved_to_the_right_encounter_in_one_set(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-10"), grade("2026-04-11"))
    assert correct(kept, *(move(r, "E2") for r in kept.history("E1").records)).answer == "recorded"
    there = kept.effective("E2")
    assert there.stage is Stage.INFUSED
    assert [r.kind for r in there.known] == ["moved"] * 6
    assert there.records[0].source.message == "open-E1"
    assert there.findings == ()
    assert kept.effective("E1").stage is Stage.UNOPENED
    assert kept.effective("E1").findings == ()


def test_a_message_told_again_after_its_record_was_moved_is_still_a_duplicate(kept: Ledger) -> None:
    result = say("laboratory.resulted", "2026-04-03", "LAB-1")
    kept.record(*to_the_bedside(), opening("E2"), result)
    assert correct(kept, move(record_of(kept, "laboratory.resulted"), "E2")).answer == "recorded"
    again = one(kept.record(result))
    assert (again.answer, str(again.standing)) == ("duplicate", "superseded")
    assert record_of(kept, "laboratory.resulted", "E2").source.message == "LAB-1"


def test_a_moved_record_takes_its_chain_of_identity_with_it(kept: Ledger) -> None:
    kept.record(opening(), opening("E2"), collection("2026-03-02", "M1"))
    assert correct(kept, move(record_of(kept, "apheresis.completed"), "E2")).answer == "recorded"
    assert kept.effective("E2").stage is Stage.COLLECTED
    parked = one(kept.record(say("product.received", "2026-04-01", "M2")))
    assert parked.standing is not None
    assert parked.standing.objections[0].rule == "a_chain_of_identity_has_one_holder"


@pytest.mark.parametrize("encounter", ["E1", "E-nobody-knows"])
def test_a_record_is_not_moved_to_its_own_or_to_an_unknown_encounter(
    kept: Ledger, encounter: str
) -> None:
    kept.record(opening(), collection("2026-03-02", "M1"))
    refused = correct(kept, move(record_of(kept, "apheresis.completed"), encounter))
    assert rules(refused) == ["a_record_is_moved_to_another_encounter_that_is_there"]


def test_what_a_correction_brings_in_may_wait(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-10"), grade("2026-04-11"), opening("E2"))
    assert correct(kept, move(record_of(kept, "crs.graded"), "E2")).answer == "recorded"
    assert statuses(kept, "E2")["2 crs.graded"] == "waiting for apheresis.completed"


def test_what_a_correction_brings_in_may_not_be_disputed(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), *to_the_bedside("E2", "COI-2"), infused("2026-04-10"))
    infusion = record_of(kept, "cells.infused")
    before = statuses(kept)
    for number, wrong in enumerate((infused("2026-04-10", chain="COI-2"), infused("2026-03-20"))):
        refused = correct(kept, replaced(infusion, wrong), message=f"C{number}")
        assert rules(refused) == ["what_a_correction_brings_in_can_stand"]
    assert statuses(kept) == before


def test_a_decision_cannot_be_voided_and_says_what_to_do(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-10"))
    correct(kept, replaced(record_of(kept, "cells.infused"), infused("2026-04-12")))
    refused = correct(kept, void(record_of(kept, "records.corrected")), message="C2")
    assert rules(refused) == ["a_decision_is_corrected_never_voided"]


def test_what_was_replaced_is_corrected_where_it_stands_now(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-10"))
    wrong = record_of(kept, "cells.infused")
    correct(kept, replaced(wrong, infused("2026-04-12")))
    refused = correct(kept, replaced(wrong, infused("2026-04-13")), message="C2")
    assert rules(refused) == ["a_record_is_corrected_where_it_stands_now"]
    right = record_of(kept, "cells.infused")
    again = correct(kept, replaced(right, infused("2026-04-13")), message="C3")
    assert again.answer == "recorded"
    assert kept.effective("E1").state.infusion_day == record_of(kept, "cells.infused").day


def test_what_was_voided_is_put_back_by_replacing_it_and_not_voided_twice(kept: Ledger) -> None:
    kept.record(*to_the_bedside())
    received = record_of(kept, "product.received")
    correct(kept, void(received))
    assert rules(correct(kept, void(received), message="C2")) == ["a_record_is_voided_once"]
    put_back = replaced(received, to_the_bedside()[-1])
    assert correct(kept, put_back, message="C3").answer == "recorded"
    assert kept.effective("E1").stage is Stage.RECEIVED


def test_a_replacement_is_no_decision_no_certificate_and_not_of_next_week(kept: Ledger) -> None:
    kept.record(*to_the_bedside())
    received = record_of(kept, "product.received")
    certificate = say("certification.recorded", "2026-04-01", "x")
    for line, rule in (
        (certificate, "a_replacement_is_a_fact_of_an_encounter"),
        (say("report.discarded", "2026-04-01", "x"), "a_replacement_is_a_fact_of_an_encounter"),
        (
            say("product.received", "2026-12-24", "x"),
            "a_fact_is_not_dated_more_than_a_day_ahead",
        ),
    ):
        refused = correct(kept, replaced(received, line), message=f"C-{line['type']}-{rule}")
        assert rules(refused) == [rule]


def test_a_misfit_inside_a_replacement_is_refused_with_its_place(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-10"), grade("2026-04-11"))
    graded = record_of(kept, "crs.graded")
    refused = correct(kept, replaced(graded, {**grade("2026-04-11"), "grade": 9}))
    assert refused.refusal is not None
    assert refused.refusal.objections[0].field == "changes.0.replacement.fact.grade"


def test_an_attested_receipt_gives_an_infusion_its_place_and_says_so(kept: Ledger) -> None:
    kept.record(*to_the_bedside()[:3])
    waiting = one(kept.record(infused("2026-04-10")))
    attested = [{"type": "product.received", "day": "2026-04-01"}]
    told = say("report.confirmed", "2026-04-11", "K", target=waiting.record, attested=attested)
    assert one(kept.record(told)).answer == "recorded"
    seen = kept.effective("E1")
    assert seen.stage is Stage.INFUSED
    assert [(f.rule, f.holds) for f in seen.findings] == [("what_a_person_attested_is_told", True)]
    assert [t.record.fact.type for t in seen.taken if t.by_confirmation] == []
    assert all(r.kind != "attested" for r in seen.records)


def test_an_attested_step_steps_aside_for_the_report_that_came_after_all(kept: Ledger) -> None:
    kept.record(*to_the_bedside()[:3])
    waiting = one(kept.record(infused("2026-04-10")))
    attested = [{"type": "product.received", "day": "2026-04-01"}]
    kept.record(
        say("report.confirmed", "2026-04-11", "K", target=waiting.record, attested=attested)
    )
    kept.record(to_the_bedside()[-1])
    assert kept.effective("E1").findings == ()


def test_an_attested_step_that_does_not_help_is_refused(kept: Ledger) -> None:
    kept.record(*to_the_bedside()[:3])
    waiting = one(kept.record(infused("2026-04-10")))
    for step, day, rule in (
        ("cells.infused", "2026-04-01", "an_attested_step_is_on_the_way_of_the_product"),
        ("product.received", "2026-04-20", "an_attested_step_is_one_that_is_missing"),
        ("cells.shipped", "2026-03-05", "an_attested_step_is_one_that_is_missing"),
    ):
        attested = [{"type": step, "day": day}]
        told = say("report.confirmed", "2026-04-11", f"K-{step}-{day}", target=waiting.record)
        assert rules(one(kept.record({**told, "attested": attested}))) == [rule]
    assert kept.effective("E1").stage is Stage.RELEASED


def test_a_failure_that_puts_an_infusion_out_of_effect_names_both_and_holds(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-10"))
    kept.record(say("manufacturing.failed", "2026-04-05", "F"))
    seen = kept.effective("E1")
    infusion, failure = record_of(kept, "cells.infused"), record_of(kept, "manufacturing.failed")
    assert not seen.standings[infusion.key].in_effect
    (finding,) = [f for f in seen.findings if f.rule == PUT_OUT]
    assert (finding.records, finding.holds) == ((infusion.key, failure.key), True)


def test_a_conflict_names_the_report_that_came_first_until_it_is_discarded(kept: Ledger) -> None:
    kept.record(opening(), collection("2026-03-02", "M1"))
    first = record_of(kept, "apheresis.completed")
    other = one(kept.record(collection("2026-03-03", "M1")))
    (finding,) = kept.effective("E1").findings
    assert finding.records == (other.record, first.key)
    kept.record(say("report.discarded", "2026-03-04", "M2", target=other.record))
    assert kept.effective("E1").findings == ()


def test_a_death_that_visits_follow_names_the_first_of_them(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-10"))
    kept.record(say("patient.died", "2026-04-12", "D"))
    kept.record(say("neurology.visit_completed", "2026-05-10", "V"))
    seen = kept.effective("E1")
    death, visit = record_of(kept, "patient.died"), record_of(kept, "neurology.visit_completed")
    assert [f.records for f in seen.findings if f.rule == PUT_OUT] == [(death.key, visit.key)]


def test_both_encounters_are_told_of_a_bag_with_another_patients_label(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-10"))
    kept.record(*to_the_bedside("E2", "COI-2"))
    assert kept.effective("E1").findings == ()
    wrong = one(kept.record(infused("2026-04-12", "E2", "COI-1")))
    claim = record_of(kept, "apheresis.completed")
    own = record_of(kept, "cells.infused")
    (there,) = kept.effective("E2").findings
    assert (there.rule, there.records) == (PUT_OUT, (wrong.record, claim.key))
    (here,) = kept.effective("E1").findings
    assert (here.rule, here.severity) == (CONTESTED, "critical")
    assert here.records == (claim.key, own.key, wrong.record)
    kept.record(say("report.confirmed", "2026-04-13", "K", "E2", target=wrong.record))
    assert kept.effective("E2").stage is Stage.INFUSED
    assert {f.severity for f in kept.effective("E2").findings} == {"critical"}
    assert [f.rule for f in kept.effective("E1").findings] == [CONTESTED]


def test_the_holder_is_told_no_more_once_the_wrong_label_was_discarded(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), *to_the_bedside("E2", "COI-2"))
    wrong = one(kept.record(infused("2026-04-12", "E2", "COI-1")))
    kept.record(say("report.discarded", "2026-04-13", "K", "E2", target=wrong.record))
    assert kept.effective("E1").findings == ()
    assert kept.effective("E2").findings == ()


def test_a_chain_is_reserved_by_its_order_and_let_go_by_a_void(kept: Ledger) -> None:
    kept.record(opening(), opening("E2"))
    kept.record(say("product.ordered", "2026-03-02", "O", chain_of_identity="COI-1"))
    parked = one(kept.record(collection("2026-03-04", "A-E2", "E2", "COI-1")))
    assert parked.answer == "parked"
    assert correct(kept, void(record_of(kept, "product.ordered"))).answer == "recorded"
    assert kept.effective("E2").stage is Stage.COLLECTED
    assert kept.effective("E1").findings == ()


def test_a_bare_naming_is_known_again_when_the_claim_before_it_is_let_go(kept: Ledger) -> None:
    kept.record(opening(), opening("E2"), collection("2026-03-02", "A"))
    claimed = one(kept.record(collection("2026-03-03", "B", "E2")))
    kept.record(say("product.received", "2026-04-02", "R", "E2"))
    assert len(kept.effective("E1").findings) == 1
    kept.record(say("report.discarded", "2026-04-13", "K", "E2", target=claimed.record))
    (finding,) = kept.effective("E1").findings
    assert finding.records[-1] == record_of(kept, "product.received", "E2").key


def test_reports_wait_until_their_encounter_is_opened(kept: Ledger) -> None:
    told = to_the_bedside()
    answers = [o.answer for o in kept.record(*told[1:], infused("2026-04-10"))]
    assert answers == ["parked"] * 4
    kept.record(told[0])
    seen = kept.effective("E1")
    assert (seen.stage, seen.not_in_effect()) == (Stage.INFUSED, ())


def test_moved_collections_free_cells_for_the_first_encounter_to_fold(kept: Ledger) -> None:
    kept.record(opening(), collection("2026-03-02", "A"), collection("2026-03-03", "B"))
    first = next(kept.effective("E1").of(ApheresisCompleted))[0]
    assert correct(kept, void(first)).answer == "recorded"
    assert kept.effective("E1").stage is Stage.COLLECTED
