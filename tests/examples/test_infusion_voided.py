"""An infusion that never was: alone it cannot be voided; as a set it can, and claim C is voided."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.examples.stories import AS_OF, content, script, the_record, told
from tests.given_ledger import ledger
from veinledger.adapters.ledger import Ledger
from veinledger.adapters.telling import Clock, record_of, tell
from veinledger.domain.lifecycle.stages import Stage

EXAMPLE = "infusion_voided"
CHARGED = Decimal("340.00")


def before_the_set(opened: Ledger) -> int:
    return the_record(opened, "E13", "E13-QA-2").seal.position - 1


def test_the_infusion_alone_is_refused_and_the_records_in_the_way_are_named(
    tmp_path: Path,
) -> None:
    of_it, clock = script(EXAMPLE), Clock()
    sending = {"E13-035": of_it.DECISIONS["E13-035"]}
    with ledger(tmp_path, clock=clock) as opened:
        list(tell(opened, clock, content(EXAMPLE), sending))
        alone = of_it.the_infusion_alone(opened)
        clock.reach(alone["occurred_at"])
        outcome = opened.record(alone)[0]
        graded, watched = (
            record_of(opened, "E13", each).seal.sequence for each in ("E13-032", "E13-035")
        )
        stage, proposed = opened.effective("E13").stage, opened.claims("E13").proposals
    assert outcome.answer == "refused"
    assert outcome.refusal is not None
    (objection,) = outcome.refusal.objections
    assert objection.rule == "a_correction_leaves_no_record_without_its_place"
    assert f"{graded} (crs.graded), {watched} (acute_monitoring.ended)" in objection.reason
    assert stage is Stage.SURVEILLANCE
    assert proposed == ()


def test_the_set_is_taken_and_what_was_sent_is_to_be_voided(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        found = opened.claims("E13", as_of=AS_OF)
        stage = opened.effective("E13").stage
        infused, correction = (the_record(opened, "E13", each) for each in ("E13-031", "E13-QA-2"))
    assert stage is Stage.CONDITIONING
    assert found.claim("C1") is None
    assert not any(line.code == "Q2056" for line in found.lines())
    (proposed,) = found.proposals
    assert (proposed.label, proposed.frequency) == ("C1", "8")
    assert proposed.payer_control_number == "ICN-13-01"
    assert {infused.key, correction.key} <= set(proposed.records)
    assert proposed.change_reason is not None
    assert proposed.change_reason.code == "D6"
    assert [(each.label, each.outcome) for each in found.sent] == [("C1", "out")]


def test_what_was_known_before_the_set_can_be_asked_for(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        found = opened.claims("E13", as_of=AS_OF, known_at=before_the_set(opened))
    assert found.proposals == ()
    claim = found.claim("C1")
    assert claim is not None
    assert claim.state == "sent"


def test_the_calendar_of_the_infusion_goes_with_it(tmp_path: Path) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        asked = (before_the_set(opened), None)
        changed = opened.diff("E13", known_at=asked, as_of=(AS_OF, AS_OF))
        owed = opened.schedule("E13", as_of=AS_OF)
    assert not owed.of("neurology")
    gone = {each.what for each in changed.obligations if each.changed == "went"}
    assert {"neurological visit, month 12", "blood counts, month 1"} <= gone
    assert changed.money.after.charges is not None
    assert changed.money.before.charges is not None
    assert changed.money.after.charges < changed.money.before.charges


def test_a_visit_that_is_a_baseline_now_is_one_claim_to_claims_and_money_alike(
    tmp_path: Path,
) -> None:
    with told(EXAMPLE, tmp_path) as opened:
        asked = (before_the_set(opened), None)
        changed = opened.diff("E13", known_at=asked, as_of=(AS_OF, AS_OF))
    claims = [
        (each.changed, each.label_before, each.total_before, each.label, each.total)
        for each in changed.claims
        if each.kind.startswith("E")
    ]
    assert claims == [("changed", "E1", CHARGED, "E0.2", CHARGED)]
    named = {each.key: (each.label_before, each.label) for each in changed.claims}
    for money in changed.money.each:
        if not money.label.startswith("case rate"):
            assert named[money.key] == (money.label_before, money.label)
    (visit,) = (each for each in changed.money.each if each.label == "E0.2")
    assert (visit.before.charges, visit.after.charges) == (CHARGED, CHARGED)
