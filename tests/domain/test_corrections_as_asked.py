"""What a correction is refused for, and by which words: over a ledger of plain lists."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.test_corrections import (
    grade,
    infused,
    move,
    replaced,
    to_the_bedside,
    void,
)
from tests.adapters.test_ledger import collection, opening, say
from tests.domain.given_intake import after, record_of, told
from tests.naive.program import LATER, Intake
from veinledger.domain.facts.decisions import ReportDiscarded
from veinledger.domain.intake.request import Request, targets_of

NO_PLACE = "a_correction_leaves_no_record_without_its_place"
CANNOT_STAND = "what_a_correction_brings_in_can_stand"
LAB = say("laboratory.resulted", "2026-03-03", "L")


def refused(held: Intake, *changes: dict[str, Any], encounter: str = "E1") -> dict[str, str]:
    """The reasons why a correction is refused, by their rules; none where it is taken."""
    asked = say("records.corrected", "2026-06-01", "C", encounter, changes=list(changes))
    outcome = told(held, asked)
    assert (outcome.answer == "refused") is (outcome.refusal is not None)
    against = outcome.refusal.objections if outcome.refusal else ()
    return {each.rule: each.reason for each in against}


# ---- What it would leave behind -----------------------------------------------------------------


def test_a_record_that_a_correction_would_strand_here_is_named_as_one_of_this_encounter() -> None:
    held = after(*to_the_bedside(), infused("2026-04-10"))
    reason = refused(held, void(record_of(held, "product.received")))[NO_PLACE]
    assert reason == (
        "these records of this encounter are in effect and would no longer have a place:"
        " 5 (cells.infused)"
    )


def test_a_record_that_a_correction_would_strand_elsewhere_is_named_as_one_of_another() -> None:
    held = after(opening(), LAB, opening("E2"), collection("2026-03-05", "A", "E2"))
    earlier = collection("2026-03-02", "B")
    reason = refused(held, replaced(record_of(held, LAB["type"]), earlier))[NO_PLACE]
    assert reason == (
        "these records of another encounter that it touches are in effect and would no longer have"
        " a place: 2 (apheresis.completed)"
    )


def test_what_cannot_stand_is_named_by_the_record_in_whose_place_it_would_come() -> None:
    held = after(*to_the_bedside(), *to_the_bedside("E2", "COI-2"), infused("2026-04-10"))
    wrong = infused("2026-04-10", chain="COI-2")
    reason = refused(held, replaced(record_of(held, "cells.infused"), wrong))[CANNOT_STAND]
    assert reason.startswith("what takes the place of record 5 (cells.infused) would be disputed: ")


def test_what_is_moved_is_judged_where_it_goes() -> None:
    again = say("encounter.opened", "2026-03-02", "again")
    held = after(opening(), again, opening("E2"))
    (rule,) = refused(held, move(record_of(held, "encounter.opened"), "E2"))
    assert rule == CANNOT_STAND


# ---- As it is asked -----------------------------------------------------------------------------


def test_each_replacement_is_asked_how_far_ahead_it_is_dated() -> None:
    held = after(opening(), LAB, grade("2026-03-04"))
    lab, graded = record_of(held, LAB["type"]), record_of(held, "crs.graded")
    ahead = replaced(graded, grade("2027-12-24"))
    assert list(refused(held, replaced(lab, LAB), ahead)) == [
        "a_fact_is_not_dated_more_than_a_day_ahead"
    ]


@pytest.mark.parametrize("kind", ["void", "move"])
def test_a_change_of_a_record_that_is_not_there_is_refused(kind: str) -> None:
    held = after(opening(), LAB, opening("E2"))
    lab = record_of(held, LAB["type"])
    asked = void(lab) if kind == "void" else move(lab, "E2")
    assert list(refused(held, asked | {"sequence": 9})) == [
        "a_correction_names_records_that_are_there"
    ]


def test_a_record_that_a_disputed_correction_names_is_corrected_where_it_is() -> None:
    held = after(opening(), LAB, grade("2026-03-04"), opening("E2"))
    lab, graded = record_of(held, LAB["type"]), record_of(held, "crs.graded")
    assert not refused(held, void(lab))
    other = say("records.corrected", "2026-06-01", "C", changes=[move(graded, "E2")])
    assert told(held, other).answer == "parked"
    last = say("records.corrected", "2026-06-02", "C2", changes=[void(graded)])
    assert told(held, last).answer == "recorded"


def test_no_record_is_replaced_by_a_merge() -> None:
    held = after(opening(), LAB, opening("E2"))
    link = say("encounter.linked", "2026-03-03", "K", survivor="E2")
    assert "a_merge_is_undone_by_a_void_of_its_link_alone" in refused(
        held, replaced(record_of(held, LAB["type"]), link)
    )


def test_a_discard_takes_a_record_out_and_corrects_none() -> None:
    held = after(opening(), LAB)
    known = held.effective(held.history_of("encounter", "E1"))
    lab = record_of(held, LAB["type"])
    discard = ReportDiscarded(target=lab.key, reason="another patient's")
    asked = Request(
        fact=discard,
        known=known,
        now=LATER,
        is_known={"E1"}.__contains__,
        seen={"E1": known}.__getitem__,
    )
    assert targets_of(discard, known) == (lab,)
    assert asked.corrected == ()
