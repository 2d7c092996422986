"""Histories of merged and continued encounters, as of every moment of knowledge."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import pytest

from tests.given import CHAIN, at, day, record
from tests.minimal import fact_of
from veinledger.domain.reports import Came, Record
from veinledger.domain.standing.history import (
    History,
    effective,
    effective_by,
    folded_history,
    merged_with,
    told_in,
)
from veinledger.domain.standing.identity import IdentityClaim

COUNTS_ELSEWHERE: Final = "a_merged_encounter_counts_in_its_survivor"
TOLD_TWICE: Final = "one_event_is_told_in_one_of_two_merged_encounters"
TWO_PATIENTS: Final = "merged_encounters_are_of_one_patient"


def told(
    kind: str, name: str, sequence: int, position: int, number: int = 0, **said: Any
) -> Record:
    """A record at a sequence of its encounter and a position of the ledger."""
    made = record(fact_of(kind, **said), number, f"{name}/{sequence}")
    seal = replace(made.seal, sequence=sequence, position=position)
    return replace(made, name=name, seal=seal)


def merging(survivor: str, merged: str, sequence: int, position: int) -> Record:
    """The survivor's own record of a merge."""
    own = told("encounter.linked", survivor, sequence, position, survivor=survivor)
    return replace(own, came=Came(by="ab" * 32, merges=merged))


def opened(name: str, position: int, patient: str = "P-1") -> Record:
    return told("encounter.opened", name, 1, position, -90, patient=patient)


def link(name: str, survivor: str, position: int) -> Record:
    return told("encounter.linked", name, 9, position, survivor=survivor)


def merged_pair(*own: Record, others: tuple[Record, ...] = ()) -> History:
    """B was merged into A at position 10."""
    b = History(encounter="B", records=(opened("B", 2), *others, link("B", "A", 10)))
    records = (opened("A", 1), *own, merging("A", "B", 9, 11))
    return History(encounter="A", records=records, merged=(b,))


def rules(history: History, known_at: int | None = None) -> list[str]:
    return [each.rule for each in effective(history, None, known_at).findings]


def positions(history: History, known_at: int | None = None) -> list[int]:
    return [each.seal.position for each in folded_history(history, known_at).known]


def test_merged_encounters_are_known_in_the_order_in_which_the_ledger_was_told() -> None:
    grade = told("crs.graded", "A", 2, 8)
    history = merged_pair(grade, others=(told("crs.graded", "B", 2, 3),))
    assert positions(history) == [1, 2, 3, 8, 10, 11]
    assert positions(history, 9) == [1, 8]
    assert positions(history, 10) == [1, 2, 3, 8, 10]


def test_what_is_not_sealed_yet_is_known_after_all_that_is() -> None:
    coming = told("crs.graded", "A", 3, 0)
    history = merged_pair(coming, others=(told("crs.graded", "B", 2, 3),))
    assert positions(history) == [1, 2, 3, 10, 11, 0]


def test_an_encounter_alone_keeps_the_order_of_its_sequence() -> None:
    records = (opened("A", 5), told("crs.graded", "A", 2, 4), told("crs.graded", "A", 3, 0))
    assert positions(History(encounter="A", records=records)) == [5, 4, 0]


def test_of_the_merged_encounter_nothing_counts_from_its_link_on() -> None:
    b = merged_pair().merged[0]
    assert rules(b) == [COUNTS_ELSEWHERE]
    assert effective(b).merged_into == "A"
    assert rules(b, 9) == []
    assert effective(b, None, 9).merged_into is None


def test_the_same_told_in_both_is_told_of_once_they_are_merged() -> None:
    visit = {"service": {"facility": "main", "class": "outpatient"}}
    both = [
        told("neurology.visit_completed", name, 2, at, 30, **visit)
        for name, at in (("A", 4), ("B", 3))
    ]
    history = merged_pair(both[0], others=(both[1],))
    assert TOLD_TWICE in rules(history)
    assert TOLD_TWICE not in rules(history, 9)
    apart = History(encounter="A", records=history.records)
    assert TOLD_TWICE not in rules(apart)


@pytest.mark.parametrize(
    ("patients", "merged", "two"),
    [
        (("P-1", "P-1"), (), False),
        (("P-1", "P-2"), (), True),
        (("P-1", "P-2"), (("P-2", "P-1"),), False),
        (("P-1", "P-2"), (("P-2", "P-9"),), True),
        (("P-1", "P-2", "P-3"), (("P-2", "P-1"),), True),
    ],
)
def test_two_patient_references_of_merged_encounters_are_one_patient_where_somebody_said_so(
    patients: tuple[str, ...], merged: tuple[tuple[str, str], ...], two: bool
) -> None:
    names = ("A", "B", "C")[: len(patients)]
    said = [
        told("patient.merged", "A", 20 + at, 20 + at, patient=one, surviving=other)
        for at, (one, other) in enumerate(merged)
    ]
    own = [merging("A", name, 30 + at, 30 + at) for at, name in enumerate(names[1:])]
    others = tuple(
        History(encounter=name, records=(opened(name, at, patient), link(name, "A", 10 + at)))
        for at, (name, patient) in enumerate(zip(names[1:], patients[1:], strict=True), 2)
    )
    records = (opened("A", 1, patients[0]), *said, *own)
    history = History(encounter="A", records=records, merged=others)
    assert (TWO_PATIENTS in rules(history)) is two


def test_a_merge_that_was_voided_or_told_of_another_encounter_counts_no_more() -> None:
    history = merged_pair()
    (b,) = history.merged
    assert [each.encounter for each in merged_with(history)] == ["B"]
    elsewhere = replace(b, records=(*b.records[:-1], link("B", "C", 10)))
    assert list(merged_with(replace(history, merged=(elsewhere,)))) == []
    assert list(merged_with(history, 9)) == []


def test_of_three_merged_in_a_row_the_last_survivor_has_all() -> None:
    c = History(encounter="C", records=(opened("C", 3), link("C", "B", 12)))
    b = History(
        encounter="B",
        records=(opened("B", 2), merging("B", "C", 5, 13), link("B", "A", 14)),
        merged=(c,),
    )
    records = (opened("A", 1), merging("A", "B", 5, 15))
    a = History(encounter="A", records=records, merged=(b,))
    assert [each.encounter for each in merged_with(a)] == ["B", "C"]
    assert [each.encounter for each in merged_with(a, 13)] == []


def test_an_encounter_that_follows_another_is_looked_at_beside_it_as_both_were_known() -> None:
    earlier = History(
        encounter="E0",
        records=(opened("E0", 1, "P-2"), told("encounter.withdrawn", "E0", 2, 2, -85)),
    )
    follows = told("encounter.continued", "A", 2, 4, -80, continues="E0")
    now = History(encounter="A", records=(opened("A", 3), follows), earlier=(earlier,))
    assert rules(now) == ["a_continued_encounter_is_of_the_same_patient"]
    assert rules(now, 3) == []
    assert rules(History(encounter="A", records=now.records[:1], earlier=(earlier,))) == []


def test_a_record_of_an_encounter_that_was_never_merged_into_it_counts_where_it_is_asked_for() -> (
    None
):
    history = merged_pair()
    assert told_in(history, opened("Z", 3), None) is history


def claim(encounter: str, position: int, number: int = 0) -> IdentityClaim:
    said = told("product.ordered", encounter, position, position, number)
    return IdentityClaim(
        chain_of_identity=CHAIN, encounter=encounter, record=said.key, rank=10,
        occurred=said.occurred, source=said.source, position=position,
        recorded_at=said.seal.recorded_at,
    )  # fmt: skip


def test_a_chain_that_one_of_two_merged_encounters_holds_is_held_by_the_survivor() -> None:
    claims = (claim("B", 3), claim("Z", 7, 5))
    ordered = told("product.ordered", "B", 3, 3, 0)
    history = merged_pair(others=(ordered,))
    (b,) = history.merged
    whole = replace(history, claims=claims, merged=(replace(b, claims=claims),))
    assert effective(whole).standings[ordered.key].in_effect
    assert [each for each in rules(whole) if "contested" in each or "named" in each] != []
    other = replace(b, claims=(claim("Z", 2, -5), claim("B", 3)))
    lost = effective(replace(history, merged=(other,)))
    assert not lost.standings[ordered.key].in_effect


def test_attested_steps_are_taken_and_are_no_records() -> None:
    waiting = told("product.received", "A", 3, 3, -9)
    confirmed = told(
        "report.confirmed", "A", 4, 4, 0, target=waiting.key,
        attested=[
            {"type": kind, "day": day(number).isoformat()}
            for kind, number in (
                ("apheresis.completed", -40), ("cells.shipped", -39),
                ("manufacturing.started", -38), ("manufacturing.released", -12),
            )
        ],
    )  # fmt: skip
    seen = effective(History(encounter="A", records=(opened("A", 1), waiting, confirmed)))
    assert [each.kind for each in seen.records] == ["report"] * len(seen.records)
    assert len(seen.taken) == len(seen.records) + 4


def attesting(name: str, chain: str, position: int) -> tuple[Record, Record]:
    """A receipt that waits, and a person who attests the collection that it waits for."""
    bag = told("product.received", name, 3, position, -9, chain_of_identity=chain)
    step = {"type": "apheresis.completed", "day": day(-40).isoformat()}
    confirmed = told("report.confirmed", name, 4, position + 1, 0, target=bag.key, attested=[step])
    return bag, confirmed


def test_a_step_that_was_attested_in_both_of_two_merged_encounters_was_told_in_neither() -> None:
    history = merged_pair(*attesting("A", CHAIN, 3), others=attesting("B", CHAIN, 5))
    seen = effective(history)
    steps = [each.record.name for each in seen.taken if each.record.kind == "attested"]
    assert sorted(steps) == ["A", "B"]
    twice = [each for each in seen.findings if each.rule == TOLD_TWICE]
    assert all("apheresis.completed" not in each.reason for each in twice)


def test_where_nobody_opened_the_encounter_nothing_is_put_before_what_had_happened() -> None:
    measured = told("patient.measured", "A", 1, 1, -40)
    timed = replace(measured, occurred=record(measured.fact, at(-40, "09:00")).occurred)
    graded = told("crs.graded", "A", 2, 2, -40)
    confirmed = told("report.confirmed", "A", 3, 3, -39, target=graded.key)
    history = History(encounter="A", records=(timed, graded, confirmed))
    assert [each.record.fact.type for each in effective(history).taken][:2] == [
        "patient.measured",
        "crs.graded",
    ]
    seen = effective(history, datetime.fromisoformat(at(-40, "08:00")))
    assert [each.record.fact.type for each in seen.taken] == ["crs.graded"]


def test_moments_that_were_asked_about_are_kept_up_to_eight() -> None:
    history = History(encounter="A", records=(opened("A", 1),))
    first = folded_history(history, 1)
    for position in range(2, 9):
        folded_history(history, position)
    assert folded_history(history, 1) is first
    assert len(history.folds) == 8
    folded_history(history, 9)
    assert list(history.folds) == [9]


def test_a_deviation_is_told_from_the_day_on_which_it_happened() -> None:
    dose = told("lymphodepletion.dose_given", "A", 3, 3, -5)
    collected = told("apheresis.completed", "A", 2, 2, -40)
    history = History(encounter="A", records=(opened("A", 1), collected, dose))
    folded = folded_history(history)
    early = "lymphodepletion_follows_receipt_of_the_product"
    assert [each.rule for each in effective_by(folded, day(-5)).findings] == [early]
    assert effective_by(folded, day(-6)).findings == ()


def test_before_anything_happened_there_is_nothing_and_nothing_opens_by_itself() -> None:
    late = told("encounter.opened", "A", 1, 1, -30)
    collected = told("apheresis.completed", "A", 2, 2, -40)
    both = History(encounter="A", records=(late, collected))
    assert effective(both, day(-41)).taken == ()
    assert len(effective(both, day(-40)).taken) == 2
    unopened = History(encounter="A", records=(told("patient.measured", "A", 1, 1, -40), collected))
    assert effective(unopened, day(-50)).taken == ()
