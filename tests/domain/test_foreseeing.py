"""What a message would leave behind, and which encounters it would touch: nothing of it is kept."""

from __future__ import annotations

import json
from functools import partial

from tests.adapters.test_corrections import grade, move, to_the_bedside, void
from tests.adapters.test_ledger import Line, collection, opening, say
from tests.domain.given_intake import after, record_of, told
from tests.naive.program import CENTRE, NAMING, Intake, Knows
from veinledger.adapters.codec.arrivals import Border
from veinledger.domain.intake.foresight import Foreseen, foresee, touched_by

LAB = say("laboratory.resulted", "2026-03-03", "L")
LINK = say("encounter.linked", "2026-06-01", "K", "E2", survivor="E1")


def foreseen(held: Intake, *lines: Line) -> Foreseen:
    border = Border(NAMING, CENTRE)
    arrivals = tuple(border.arrival(json.dumps(line).encode()) for line in lines)
    return foresee(Knows(held), NAMING, arrivals, held.position)


def touched(told: Foreseen) -> list[str]:
    return [each.encounter for each in told.histories]


def correction(*changes: object) -> Line:
    return say("records.corrected", "2026-06-01", "C", changes=list(changes))


def touched_by_the_last(held: Intake, encounter: str = "E1") -> tuple[str, ...]:
    history = held.history_of("encounter", encounter)
    return touched_by(history.records[-1], history, partial(held.history_of, "encounter"))


# ---- Where it would stand -----------------------------------------------------------------------


def test_what_would_be_kept_stands_right_behind_all_that_the_ledger_holds() -> None:
    held = after(opening(), opening("E2"), LAB)
    for encounter in ("E1", "E2"):
        told = foreseen(held, grade("2026-03-04", encounter))
        records = held.records["encounter", encounter]
        (history,) = told.histories
        assert told.known_at == held.position > 0
        assert [each.seal.position for each in history.records] == [
            *(each.seal.position for each in records),
            told.known_at + 1,
        ]
    told = foreseen(held, grade("2026-03-04"), grade("2026-03-04", "E2"))
    assert touched(told) == ["E1", "E2"]
    assert told.known_at == held.position
    assert [each.records[-1].seal.position for each in told.histories] == [
        told.known_at + 1,
        told.known_at + 2,
    ]


def test_of_an_encounter_that_nobody_has_reported_nothing_is_known() -> None:
    told = foreseen(after(), opening())
    assert (told.known_at, touched(told)) == (0, ["E1"])
    assert [each.seal.position for each in told.histories[0].records] == [1]


def test_what_would_be_refused_and_what_is_told_of_a_centre_touch_no_encounter() -> None:
    certificate = say("certification.recorded", "2026-03-01", "Z")
    of_the_centre = {name: each for name, each in certificate.items() if name != "encounter"}
    for line, answer in (
        (opening() | {"product": 7}, "refused"),
        (of_the_centre | {"centre": "main"}, "recorded"),
    ):
        told = foreseen(after(), line)
        assert [each.answer for each in told.outcomes] == [answer]
        assert (told.histories, told.known_at) == ((), 0)


# ---- Whom it would touch ------------------------------------------------------------------------


def test_who_holds_a_chain_is_touched_by_the_first_that_claims_or_names_it() -> None:
    held = after(opening(), opening("E2"), collection("2026-03-02", "A"))
    told = foreseen(held, collection("2026-03-03", "B", "E2"))
    assert touched(told) == ["E2", "E1"]
    assert [[c.encounter for c in each.claims] for each in told.histories] == [["E1", "E2"]] * 2
    assert touched(foreseen(held, collection("2026-03-03", "B", "E2", "COI-2"))) == ["E2"]


def test_each_claim_stands_once_with_the_chain_that_it_is_on() -> None:
    held = after(opening(), collection("2026-03-02", "A"))
    (history,) = foreseen(held, collection("2026-03-03", "B", chain="COI-2")).histories
    assert [each.chain_of_identity for each in history.claims] == ["COI-1", "COI-2"]


def test_a_merged_encounter_is_touched_by_what_is_told_of_the_other() -> None:
    held = after(opening(), opening("E2"))
    assert touched(foreseen(held, LINK)) == ["E1", "E2"]
    linked = after(opening(), opening("E2"), LINK)
    assert touched(foreseen(linked, grade("2026-03-04"))) == ["E1", "E2"]
    assert touched(foreseen(linked, grade("2026-03-04", "E2"))) == ["E2", "E1"]
    (survivor, _) = foreseen(linked, grade("2026-03-04")).histories
    assert [each.encounter for each in survivor.merged] == ["E2"]


def test_what_an_encounter_would_follow_is_read_with_whoever_survived_it() -> None:
    held = after(opening("E1"), opening("E2"), opening("E0"), LINK)
    line = say("encounter.continued", "2026-06-02", "F", "E0", continues="E2")
    (history,) = foreseen(held, line).histories
    assert [each.encounter for each in history.earlier] == ["E2", "E1"]
    assert [each.earlier for each in history.earlier] == [(), ()]


def test_a_record_may_change_its_own_encounter_and_those_that_share_a_chain() -> None:
    held = after(*to_the_bedside(), opening("E2"), collection("2026-03-03", "B", "E2"))
    assert touched_by_the_last(held, "E2") == ("E2", "E1")
    assert touched_by_the_last(after(opening(), LAB)) == ("E1",)


def test_a_correction_may_change_the_encounters_that_it_moves_records_to() -> None:
    held = after(opening(), LAB, grade("2026-03-04"), opening("E2"))
    lab, graded = record_of(held, LAB["type"]), record_of(held, "crs.graded")
    told(held, correction(void(graded), move(lab, "E2")))
    assert touched_by_the_last(held) == ("E1", "E2")
    history = held.history_of("encounter", "E1")
    of = partial(held.history_of, "encounter")
    assert touched_by(history.records[0], history, of) == ("E1",)


def test_what_is_told_of_either_of_two_that_were_merged_may_change_both() -> None:
    held = after(opening(), opening("E2"), LINK)
    assert touched_by_the_last(held) == ("E1", "E2")
    assert touched_by_the_last(held, "E2") == ("E2", "E1")


def test_what_is_told_of_one_of_many_that_were_merged_may_change_them_all() -> None:
    further = say("encounter.linked", "2026-06-02", "K2", "E1", survivor="E3")
    held = after(opening(), opening("E2"), opening("E3"), LINK, further)
    for encounter in ("E1", "E2", "E3"):
        assert touched_by_the_last(held, encounter)[0] == encounter
        assert set(touched_by_the_last(held, encounter)) == {"E1", "E2", "E3"}
        would = touched(foreseen(held, grade("2026-03-04", encounter)))
        assert set(would) == {"E1", "E2", "E3"}
        assert (would[0], len(would)) == (encounter, 3)


def test_what_is_moved_into_a_merged_encounter_may_change_its_survivor() -> None:
    held = after(opening(), opening("E2"), opening("E3"), LINK, LAB | {"encounter": "E3"})
    lab = record_of(held, LAB["type"], "E3")
    moving = correction(move(lab, "E2")) | {"encounter": "E3"}
    assert touched(foreseen(held, moving)) == ["E3", "E2", "E1"]
    told(held, moving)
    history = held.history_of("encounter", "E3")
    act = next(each for each in history.records if each.fact.type == "records.corrected")
    of = partial(held.history_of, "encounter")
    assert touched_by(act, history, of) == ("E3", "E2", "E1")


def test_a_foreseen_record_has_a_leaf_that_no_other_has() -> None:
    told = foreseen(after(opening()), LAB, grade("2026-03-04"))
    (history,) = told.histories
    leaves = [each.seal.leaf for each in history.records]
    assert len(set(leaves)) == len(leaves) == 3
