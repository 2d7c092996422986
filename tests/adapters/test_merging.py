"""Two encounters that turned out to be one: linked, counted together, and taken apart again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.test_assigning import assign, nobodys, rules
from tests.adapters.test_corrections import (
    change,
    correct,
    grade,
    infused,
    move,
    record_of,
    replaced,
    to_the_bedside,
    void,
)
from tests.adapters.test_ledger import Line, one, opening, opening_as, say
from tests.given_command_line import Cli, command_line
from tests.given_ledger import TODAY, centre_in_utc, ledger, lines_of
from veinledger.adapters.ledger import Ledger
from veinledger.domain.facts.encounter import EncounterLinked
from veinledger.domain.intake.outcome import Outcome
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.standing.found.two_records import PUT_OUT
from veinledger.domain.standing.history import Effective
from veinledger.domain.standing.related.merging import TOLD_IN_BOTH
from veinledger.projections.audit import AuditTrail

COUNTS_ELSEWHERE = "a_merged_encounter_counts_in_its_survivor"
PATIENTS = "merged_encounters_are_of_one_patient"
UNDONE_ALONE = "a_merge_is_undone_by_a_void_of_its_link_alone"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Ledger]:
    with ledger(tmp_path, centre=centre_in_utc("adt", "lab")) as opened:
        yield opened


def link(kept: Ledger, merged: str = "E2", survivor: str = "E1", message: str = "LK") -> Outcome:
    return one(kept.record(linking(merged, survivor, message)))


def linking(merged: str = "E2", survivor: str = "E1", message: str = "LK") -> Line:
    return say("encounter.linked", "2026-06-01", f"{message}-{merged}", merged, survivor=survivor)


def undo(kept: Ledger, merged: str = "E2", message: str = "U") -> Outcome:
    record = record_of(kept, "encounter.linked", merged)
    return correct(kept, void(record), encounter=merged, message=message)


def visit(day: str, encounter: str, message: str, **fields: Any) -> Line:
    return say("neurology.visit_completed", day, message, encounter, **fields)


def standings(seen: Effective) -> dict[str, str]:
    return {record.key: str(seen.standings[record.key]) for record in seen.known}


def found(seen: Effective) -> list[str]:
    return [each.rule for each in seen.findings]


def the_cells_went_in_under_another_name(kept: Ledger) -> None:
    """E1 came to the bedside; somebody opened E2 for the same patient and told the rest there."""
    kept.record(*to_the_bedside(), opening("E2"), infused("2026-04-12", "E2"))
    kept.record(grade("2026-04-20", "E2"))


# ---- Together ---------------------------------------------------------------------------------


def test_the_survivor_counts_what_was_told_in_both_each_under_its_own_key(kept: Ledger) -> None:
    the_cells_went_in_under_another_name(kept)
    own = {r.key for name in ("E1", "E2") for r in kept.history(name).records}
    told = link(kept)
    assert (told.answer, told.stage) == ("recorded", Stage.INFUSED)
    seen = kept.effective("E1")
    assert seen.stage is Stage.INFUSED
    assert own < {record.key for record in seen.known}
    assert [r.fact.type for r in seen.records if r.name == "E2"] == [
        "cells.infused", "crs.graded", "encounter.linked",
    ]  # fmt: skip
    assert found(seen) == []
    assert kept.verify().consistent
    assert kept.replay().illegal == ()


def test_of_the_merged_encounter_nothing_counts_where_it_was(kept: Ledger) -> None:
    the_cells_went_in_under_another_name(kept)
    link(kept)
    seen = kept.effective("E2")
    assert (seen.merged_into, seen.stage, found(seen)) == (
        "E1", Stage.UNOPENED, [COUNTS_ELSEWHERE],
    )  # fmt: skip
    assert [r.fact.type for r in seen.records] == ["encounter.linked"]
    assert set(standings(seen).values()) == {"in effect", "superseded"}
    assert kept.claims("E2").claims == ()
    assert kept.schedule("E2").obligations == ()


def test_what_is_told_of_it_later_counts_in_the_survivor_at_once(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), opening("E2"))
    link(kept)
    told = one(kept.record(infused("2026-04-12", "E2")))
    assert (told.answer, told.encounter, told.stage) == ("recorded", "E2", Stage.INFUSED)
    waiting = one(kept.record(say("product.thawed", "2026-03-20", "T", "E2")))
    assert waiting.answer == "parked"
    assert kept.effective("E1").stage is Stage.INFUSED


def test_an_infusion_told_in_both_is_one_and_a_finding_names_both(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-12"))
    kept.record(opening("E2"), infused("2026-04-12", "E2"))
    mine, other = record_of(kept, "cells.infused"), record_of(kept, "cells.infused", "E2")
    link(kept)
    seen = kept.effective("E1")
    (finding,) = [f for f in seen.findings if f.rule == PUT_OUT]
    assert (finding.records, finding.holds) == ((other.key, mine.key), True)
    assert len(seen.state.infusions) == 1
    correct(kept, void(other), encounter="E2")
    assert PUT_OUT not in found(kept.effective("E1"))


def test_a_visit_told_in_both_holds_its_claims_until_one_is_voided(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-12"), visit("2026-05-12", "E1", "V1"))
    kept.record(opening("E2"), visit("2026-05-12", "E2", "V2"))
    link(kept)
    (finding,) = [f for f in kept.effective("E1").findings if f.rule == TOLD_IN_BOTH]
    keys = [record_of(kept, "neurology.visit_completed", name).key for name in ("E1", "E2")]
    assert (list(finding.records), finding.holds) == (keys, True)
    correct(kept, void(record_of(kept, "neurology.visit_completed", "E2")), encounter="E2")
    assert TOLD_IN_BOTH not in found(kept.effective("E1"))


def test_a_charge_posted_in_both_is_told_and_one_of_another_amount_is_not(kept: Ledger) -> None:
    def charge(encounter: str, message: str, amount: int) -> Line:
        return say("charge.posted", "2026-05-12", message, encounter, amount=amount)

    kept.record(*to_the_bedside(), infused("2026-04-12"), opening("E2"))
    kept.record(charge("E1", "G1", 250), charge("E2", "G2", 250))
    kept.record(charge("E2", "G3", 99))
    first, second, _ = (
        record
        for name in ("E1", "E2")
        for record in kept.history(name).records
        if record.fact.type == "charge.posted"
    )
    link(kept)
    (finding,) = [f for f in kept.effective("E1").findings if f.rule == TOLD_IN_BOTH]
    assert (finding.records, finding.holds) == ((first.key, second.key), True)
    assert finding.reason == (
        "charge.posted of 2026-05-12 is told in both of two merged encounters; where it is one"
        " event it would count twice"
    )


def test_two_visits_on_two_days_are_two(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), infused("2026-04-12"), visit("2026-05-12", "E1", "V1"))
    kept.record(opening("E2"), visit("2026-05-13", "E2", "V2"))
    link(kept)
    assert found(kept.effective("E1")) == []


def test_two_patient_references_hold_the_claims_until_they_are_merged(kept: Ledger) -> None:
    kept.record(opening(), opening_as("E2", patient="P-2"))
    link(kept)
    (finding,) = kept.effective("E1").findings
    assert (finding.rule, finding.holds) == (PATIENTS, True)
    kept.record(say("patient.merged", "2026-06-01", "PM", "E1", patient="P-2", surviving="P-1"))
    assert found(kept.effective("E1")) == []


def test_a_survivor_that_nobody_opened_is_opened_by_the_other(kept: Ledger) -> None:
    kept.record(say("laboratory.resulted", "2026-03-02", "L"), opening("E2"))
    link(kept)
    assert kept.effective("E1").stage is Stage.REFERRED


def test_of_three_encounters_merged_in_a_row_the_last_survivor_counts_all(kept: Ledger) -> None:
    kept.record(*to_the_bedside("E1"), opening("E2"), opening("E3"), infused("2026-04-12", "E3"))
    link(kept, "E3", "E2")
    link(kept, "E2", "E1")
    assert kept.effective("E1").stage is Stage.INFUSED
    assert kept.effective("E3").merged_into == "E2"
    assert rules(link(kept, "E1", "E3", "L3")) == ["a_survivor_stands_by_itself"]
    void_one = one(kept.record(say("laboratory.resulted", "2026-05-02", "L", "E3")))
    assert void_one.stage is Stage.INFUSED


def test_a_chain_that_one_of_them_holds_is_held_by_the_survivor(kept: Ledger) -> None:
    kept.record(*to_the_bedside("E2", "COI-2"), opening("E1"))
    link(kept)
    kept.record(opening("E3"), infused("2026-04-12", "E3", "COI-2"))
    (finding,) = [f for f in kept.effective("E1").findings]
    assert finding.rule == "a_chain_of_identity_is_named_by_one_encounter"
    other = record_of(kept, "cells.infused", "E3")
    assert standings(kept.effective("E3"))[other.key] == "disputed"


def test_on_the_due_list_nobody_stands_twice_and_nobody_is_lost(kept: Ledger) -> None:
    the_cells_went_in_under_another_name(kept)
    on = date(2026, 5, 20)
    before = on_the_list(kept, on)
    assert before
    link(kept)
    after = on_the_list(kept, on)
    assert {encounter for encounter, _ in after} == {"E1"}
    assert len(after) == len({what for _, what in after})
    undo(kept)
    assert on_the_list(kept, on) == before


def on_the_list(kept: Ledger, on: date) -> list[tuple[str, str]]:
    due = kept.due(on)
    owed = [(each.encounter, each.obligation.key) for each in due.owed]
    return owed + [(each.encounter, each.report.record) for each in due.reported_not_confirmed]


def test_a_report_that_named_nobody_may_be_assigned_to_either(kept: Ledger) -> None:
    the_cells_went_in_under_another_name(kept)
    link(kept)
    report = one(kept.record(nobodys(visit("2026-05-12", "", "V9"))))
    assert assign(kept, report.record, "E2").answer == "recorded"
    visits = [r for r in kept.effective("E1").records if r.source.message == "V9"]
    assert [(r.name, r.fact.type) for r in visits] == [("E2", "neurology.visit_completed")]


def test_a_report_that_was_assigned_to_the_one_is_not_assigned_to_the_other(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), opening("E2"))
    report = one(kept.record(nobodys(visit("2026-05-12", "", "V9"))))
    assign(kept, report.record, "E2")
    link(kept)
    assert rules(assign(kept, report.record, "E1", "W2")) == ["a_report_is_assigned_once"]
    assert assign(kept, report.record, "E2", "W3").answer == "duplicate"


def test_a_claim_that_went_out_twice_is_proposed_to_be_voided_once(tmp_path: Path) -> None:
    """One infusion, registered twice and billed twice; the second label was mistyped."""
    story = [json.loads(line) for line in lines_of("page_patient_2l")]
    with ledger(tmp_path) as kept:
        kept.record(*story, *(registered_again(line) for line in story if "encounter" in line))
        keys = [send_claim_c(kept, name) for name in ("E1", "E2")]
        assert not [p for name in ("E1", "E2") for p in kept.claims(name).proposals]
        kept.record(by_the_hospital(linking(), "LK"))
        told = kept.claims("E1")
        assert [c.key for c in told.claims if c.kind == "C"] == keys[:1]
        assert [(c.state, c.draft) for c in told.claims if c.kind == "C"] == [("sent", "held")]
        assert [p.key for p in told.proposals if p.frequency == "8"] == keys[1:]
        assert (kept.claims("E2").claims, kept.claims("E2").proposals) == ((), ())
        assert kept.replay().illegal == ()


def registered_again(line: Line) -> Line:
    """The same line under the second registration: other messages, another label."""
    again: Line = json.loads(json.dumps(line).replace("COI-7731", "COI-7713"))
    source = {**line["source"], "message": f"again-{line['source']['message']}"}
    return again | {"encounter": "E2", "source": source}


def send_claim_c(kept: Ledger, name: str) -> str:
    """Claim C of an encounter goes out as it is; its key."""
    (claim,) = (each for each in kept.claims(name).claims if each.kind == "C")
    sent = say(
        "claim.submitted",
        "2026-08-30",
        f"S-{name}",
        name,
        claim_key=claim.key,
        label=claim.label,
        payer=claim.payer,
        billing_provider=claim.biller,
        anchor=claim.anchor,
        patient_control_number=f"PCN-{name}",
        position_known=kept.rows()[-1].position,
    )
    out: Line = {**sent, "kind": "C"}
    assert one(kept.record(by_the_hospital(out, f"S-{name}"))).answer == "recorded"
    return claim.key


def by_the_hospital(line: Line, message: str) -> Line:
    """The same line by a connection of the examples' site."""
    return {**line, "source": {"connection": "epic-adt", "message": message}}


# ---- Apart ------------------------------------------------------------------------------------


def test_before_the_merge_they_were_known_apart(tmp_path: Path) -> None:
    clock = iter(TODAY + timedelta(days=n) for n in range(99))
    with ledger(tmp_path, centre=centre_in_utc("adt"), clock=lambda: next(clock)) as kept:
        the_cells_went_in_under_another_name(kept)
        before, position = {n: standings(kept.effective(n)) for n in ("E1", "E2")}, len(kept.rows())
        link(kept)
        for name in ("E1", "E2"):
            then = kept.effective(name, known_at=position)
            assert standings(then) == before[name]
            assert then.merged_into is None
        assert kept.effective("E1").stage is Stage.INFUSED


def test_at_every_position_of_the_ledger_the_infusion_counts_once(kept: Ledger) -> None:
    """Also read up to a row in the middle of the merge, or of its undoing."""
    the_cells_went_in_under_another_name(kept)
    kept.record(*to_the_bedside("E2", "COI-2"), infused("2026-04-13", "E2", "COI-2", "J"))
    told = kept.rows()[-1].position
    link(kept)
    undo(kept)
    link(kept, message="L2")
    for position in range(told, kept.rows()[-1].position + 1):
        upto = kept.replayer(position)
        counted = [
            taken.record.key
            for name in upto.encounters()
            for taken in upto.read(name).folded.folded.taken
            if taken.record.fact.type == "cells.infused"
        ]
        at = [
            record.key
            for name in ("E1", "E2")
            for record in kept.effective(name, known_at=position).records
            if record.fact.type == "cells.infused"
        ]
        assert counted, position
        assert len(set(counted)) == len(counted), position
        assert sorted(at) == sorted(counted), position


def test_a_void_of_the_link_brings_both_back_as_they_were(kept: Ledger) -> None:
    the_cells_went_in_under_another_name(kept)
    before = {name: standings(kept.effective(name)) for name in ("E1", "E2")}
    stages = {name: kept.effective(name).stage for name in ("E1", "E2")}
    link(kept)
    assert undo(kept).answer == "recorded"
    for name in ("E1", "E2"):
        seen = kept.effective(name)
        after = standings(seen)
        assert {key: after[key] for key in before[name]} == before[name]
        assert (seen.stage, seen.merged_into) == (stages[name], None)
    told = [r for r in kept.effective("E1").known if isinstance(r.fact, EncounterLinked)]
    assert [str(kept.effective("E1").standings[r.key]) for r in told] == ["superseded"]


def test_undone_they_can_be_linked_the_other_way_round(kept: Ledger) -> None:
    the_cells_went_in_under_another_name(kept)
    link(kept)
    undo(kept)
    assert link(kept, "E1", "E2", "L2").answer == "recorded"
    assert kept.effective("E2").stage is Stage.INFUSED
    assert kept.effective("E1").merged_into == "E2"


def test_a_void_is_allowed_though_it_leaves_the_survivor_unopened(kept: Ledger) -> None:
    kept.record(say("apheresis.completed", "2026-03-02", "A", chain_of_identity="COI-1"))
    kept.record(opening("E2"))
    link(kept)
    assert kept.effective("E1").stage is Stage.COLLECTED
    assert undo(kept).answer == "recorded"
    assert kept.effective("E1").stage is Stage.UNOPENED


# ---- Asked, and refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("merged", "survivor", "expected"),
    [
        ("E1", "E1", "an_encounter_is_merged_into_another_that_is_there"),
        ("E1", "E9", "an_encounter_is_merged_into_another_that_is_there"),
        ("E3", "E1", "an_encounter_is_merged_once"),
        ("E1", "E3", "a_survivor_stands_by_itself"),
        ("E4", "E1", "merged_encounters_are_about_one_product"),
    ],
)
def test_a_merge_that_cannot_be_is_refused_and_says_why(
    kept: Ledger, merged: str, survivor: str, expected: str
) -> None:
    kept.record(opening(), opening("E2"), opening("E3"), opening_as("E4", product="abecma"))
    link(kept, "E3", "E2")
    before = {name: standings(kept.effective(name)) for name in kept.encounters()}
    refused = link(kept, merged, survivor, "X")
    assert (refused.answer, rules(refused)) == ("refused", [expected])
    assert {name: standings(kept.effective(name)) for name in kept.encounters()} == before


def test_a_link_is_voided_by_itself_where_it_was_told_and_never_replaced(kept: Ledger) -> None:
    kept.record(opening(), say("laboratory.resulted", "2026-03-02", "L", "E2"), opening("E2"))
    link(kept)
    told = record_of(kept, "encounter.linked", "E2")
    other = record_of(kept, "laboratory.resulted", "E2")
    anew = replaced(told, linking("E2", "E9"))
    sets = ([anew], [move(told, "E1")], [void(told), void(other)])
    for number, changes in enumerate(sets):
        refused = correct(kept, *changes, encounter="E2", message=f"C{number}")
        assert UNDONE_ALONE in rules(refused), changes
    counterpart = void(record_of(kept, "encounter.linked", "E1"))
    assert rules(correct(kept, counterpart, message="C9")) == [UNDONE_ALONE]
    assert kept.effective("E2").merged_into == "E1"


def test_a_correction_names_the_records_of_its_own_encounter_by_their_own_numbers(
    kept: Ledger,
) -> None:
    """Record 2 of either is another one; a leaf of the other encounter's is none of this one's."""
    the_cells_went_in_under_another_name(kept)
    link(kept)
    collected = record_of(kept, "apheresis.completed")
    infusion = record_of(kept, "cells.infused", "E2")
    assert collected.seal.sequence == infusion.seal.sequence == 2
    wrong = change("void", infusion)
    unknown = ["a_correction_names_records_that_are_there"]
    assert rules(correct(kept, wrong, message="C1")) == unknown
    stranding = correct(kept, void(collected), message="C2")
    assert "a_correction_leaves_no_record_without_its_place" in rules(stranding)
    gradeless = [void(infusion), void(record_of(kept, "crs.graded", "E2"))]
    assert correct(kept, *gradeless, encounter="E2", message="C3").answer == "recorded"
    seen = kept.effective("E1")
    assert (seen.stage, standings(seen)[collected.key]) == (Stage.RECEIVED, "in effect")


def test_what_a_merge_would_change_is_told_before_it_is_made(kept: Ledger) -> None:
    the_cells_went_in_under_another_name(kept)
    rows = len(kept.rows())
    foreseen = {c.encounter: c for c in kept.foresee(linking()).changes}
    assert (foreseen["E1"].stage_before, foreseen["E1"].stage) == (Stage.RECEIVED, Stage.INFUSED)
    assert foreseen["E2"].stage is Stage.UNOPENED
    assert len(kept.rows()) == rows
    made = {c.encounter: c for c in kept.consequences(link(kept)).changes}
    assert {name: c.stage for name, c in made.items()} == {
        name: c.stage for name, c in foreseen.items()
    }


def test_both_trails_tell_of_the_merge(kept: Ledger) -> None:
    the_cells_went_in_under_another_name(kept)
    link(kept)
    trail, other = kept.audit("E1"), kept.audit("E2")
    assert (trail.merged_into, other.merged_into) == (None, "E1")
    assert {entry.encounter for entry in trail.entries} == {"E1", "E2"}
    assert [e.type for e in trail.entries if e.encounter == "E1"][-1] == "encounter.linked"
    infusion = next(e for e in trail.entries if e.type == "cells.infused")
    assert infusion.standing.in_effect
    assert next(e for e in other.entries if e.type == "cells.infused").standing.status == (
        "superseded"
    )


def turns(trail: AuditTrail, kind: str, encounter: str) -> list[str]:
    (told,) = (e for e in trail.entries if (e.type, e.encounter) == (kind, encounter))
    assert str(told.turns[-1].standing) == str(told.standing)
    return [str(turn.standing).partition(":")[0] for turn in told.turns]


def every_trail_ends_where_its_records_stand(kept: Ledger) -> None:
    for name in kept.encounters():
        for told in kept.audit(name).entries:
            assert str(told.turns[-1].standing) == str(told.standing), (name, told.sequence)


def collected(encounter: str, day: str, message: str) -> Line:
    return say(
        "apheresis.completed", day, message, encounter, chain_of_identity="C2", donation_number="W"
    )


def test_the_survivors_trail_tells_when_a_third_claims_a_chain_of_the_merged(kept: Ledger) -> None:
    kept.record(opening(), opening("E2"), collected("E2", "2026-04-02", "A2"), linking())
    assert turns(kept.audit("E1"), "apheresis.completed", "E2") == ["in effect"]
    kept.record(opening("E3"), collected("E3", "2026-04-01", "A3"))
    trail = kept.audit("E1")
    assert turns(trail, "apheresis.completed", "E2") == ["in effect", "disputed"]
    (told,) = (each for each in trail.entries if each.type == "apheresis.completed")
    assert told.turns[-1].by == ()
    assert told.turns[-1].position > max(each.position for each in trail.entries)
    every_trail_ends_where_its_records_stand(kept)


def test_the_survivors_trail_tells_how_long_a_record_waited_before_the_merge(
    tmp_path: Path,
) -> None:
    clock = iter(TODAY + timedelta(days=n) for n in range(99))
    with ledger(tmp_path, centre=centre_in_utc("adt"), clock=lambda: next(clock)) as kept:
        kept.record(*to_the_bedside(), opening("E2"))
        kept.record(infused("2026-04-12", "E2"))
        before = next(e for e in kept.audit("E2").entries if e.type == "cells.infused")
        assert not before.first_standing.in_effect
        link(kept)
        told = next(e for e in kept.audit("E1").entries if e.type == "cells.infused")
        assert told.standing.in_effect
        assert told.first_standing == before.first_standing
        assert told.waited is not None
        assert told.waited.since == told.recorded_at
        assert told.waited.until is not None
        linked = [e.record for e in kept.audit("E1").entries if e.type == "encounter.linked"]
        assert list(told.turns[-1].by) == list(told.waited.released_by) == linked
        every_trail_ends_where_its_records_stand(kept)


def test_a_trail_tells_what_a_record_counted_for_while_the_other_was_merged_into_it(
    kept: Ledger,
) -> None:
    kept.record(opening(), infused("2026-04-12", "E1"), *to_the_bedside("E2"))
    apart = ["waiting for apheresis.completed", "disputed"]
    assert turns(kept.audit("E1"), "cells.infused", "E1") == apart
    link(kept)
    assert turns(kept.audit("E1"), "cells.infused", "E1") == [*apart, "in effect"]
    undo(kept)
    back = [*apart, "in effect", "disputed"]
    assert turns(kept.audit("E1"), "cells.infused", "E1") == back
    link(kept, "E1", "E2", "L2")
    assert turns(kept.audit("E1"), "cells.infused", "E1") == [*back, "superseded"]
    every_trail_ends_where_its_records_stand(kept)


def test_a_trail_says_which_link_took_a_record_out_and_who_made_it(kept: Ledger) -> None:
    kept.record(*to_the_bedside(), opening("E2"), infused("2026-04-12", "E2"))
    link(kept)
    linked = record_of(kept, "encounter.linked", "E2")
    for name in ("E1", "E2"):
        trail = kept.audit(name)
        gone = [e for e in trail.entries if e.standing.status == "superseded"]
        types = {"E1": ["encounter.opened"], "E2": ["encounter.opened", "cells.infused"]}
        assert [(e.encounter, e.type) for e in gone] == [("E2", each) for each in types[name]]
        for entry in gone:
            (deed,) = entry.decided
            assert (deed.kind, deed.by, deed.actor.id) == ("merged", linked.key, "rn-1")
        number = {"E1": "3 of E2", "E2": "3"}[name]
        assert gone[0].decided[0].told_in(name) == f"merged into E1 by record {number}"


def test_of_a_merge_that_was_undone_no_record_says_that_it_took_it_out(kept: Ledger) -> None:
    the_cells_went_in_under_another_name(kept)
    link(kept)
    undo(kept)
    deeds = [d.kind for n in ("E1", "E2") for e in kept.audit(n).entries for d in e.decided]
    assert deeds == ["voided"]
    link(kept, message="L2")
    assert "merged" in {d.kind for e in kept.audit("E2").entries for d in e.decided}


def test_what_a_merge_took_out_is_told_with_the_link_between_two_moments(kept: Ledger) -> None:
    the_cells_went_in_under_another_name(kept)
    before = len(kept.rows())
    link(kept)
    linked = record_of(kept, "encounter.linked", "E2")
    for name, number in (("E1", "4 of E2"), ("E2", "4")):
        gone = [e for e in kept.diff(name, known_at=(before, None)).records
                if e.after is not None and e.after.status == "superseded"]  # fmt: skip
        assert gone
        assert {(e.because, e.by) for e in gone} == {
            (f"merged into E1 by record {number}", (linked.key,))
        }


# ---- On the command line ----------------------------------------------------------------------


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    return command_line(tmp_path, monkeypatch, capfd)


def test_the_command_line_says_where_a_merged_encounter_counts(cli: Cli) -> None:
    lines = [*to_the_bedside(), opening("E2"), infused("2026-04-12", "E2"), linking()]
    lines.append(say("product.deviation_accepted", "2026-02-20", "D", "E2"))
    for line in lines:
        line["source"] = {**line["source"], "connection": "epic-adt"}
    cli("record", "-", stdin=b"\n".join(json.dumps(each).encode() for each in lines))
    assert "E2 merged into E1" in cli("stage", "E2").flat
    assert "with all of E2" in cli("stage", "E1").flat
    assert "E2 into E1" in cli("encounters").flat
    assert "Merged into E1, where all of it counts." in cli("history", "E2").flat
    assert "E2 2 2026-04-12 cells.infused" in cli("history", "E1").flat
    assert "merged into E1 by record 3 (rn-1, nurse)" in cli("audit", "E2").flat
    (parked,) = cli("parked", "--json").answer["parked"]
    assert (parked["encounter"], parked["sequence"]) == ("E2", 4)
    who = ("--by", "q-2", "--role", "quality", "--reason", "seen")
    assert cli(*parked["commands"][1]["command"].split(), *who).code == 0
    assert cli("parked", "--json").answer["parked"] == []


def test_a_finding_and_a_command_say_of_which_of_the_two_a_record_is(cli: Cli) -> None:
    lines = [*to_the_bedside(), infused("2026-04-12"), opening("E2"), infused("2026-04-12", "E2")]
    for line in (*lines, linking()):
        told = by_the_hospital(line, str(line["source"]["message"]))
        cli("record", "-", stdin=json.dumps(told).encode())
    assert "(record 5; record 2 of E2)" in cli("stage", "E1").flat
    (parked,) = cli("parked", "--json").answer["parked"]
    commands = {each["does"]: each["command"] for each in parked["commands"]}
    assert commands["record 5 of E1 is wrong"] == "correct E1 --void 5"
    assert "it was merged into E1: what is owed is owed there" in cli("schedule", "E2").flat
