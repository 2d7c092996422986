"""What takes part in the fold, what was set aside before it and why, and where a merge leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

import pytest

from tests.given import CHAIN, ENCOUNTER, record
from tests.minimal import fact_of
from veinledger.domain.reports import Came, Record
from veinledger.domain.standing.related.merging import link_of, merged_into_it, survivor_of
from veinledger.domain.standing.set_aside import Sorted, set_aside

OTHER: Final = "E9"


def told(kind: str, sequence: int, name: str = ENCOUNTER, **said: Any) -> Record:
    """A record at a sequence of an encounter's stream."""
    message = f"{name}/{sequence}"
    made = record(fact_of(kind, **said), 0, message)
    return replace(made, name=name, seal=replace(made.seal, sequence=sequence))


def conflict(each: Record) -> Record:
    key = sha256(each.key.encode()).hexdigest()
    return replace(each, kind="conflict", key=key)


def voided(sequence: int, target: Record) -> Record:
    change = {"kind": "void", "sequence": target.seal.sequence, "hash": target.seal.leaf}
    return told("records.corrected", sequence, changes=[change])


def confirming(sequence: int, target: Record) -> Record:
    return told("report.confirmed", sequence, target=target.key)


def discarding(sequence: int, target: Record) -> Record:
    return told("report.discarded", sequence, target=target.key)


def sorted_out(*records: Record, holders: Mapping[str, str] | None = None) -> Sorted:
    return set_aside(records, holders or {}, ENCOUNTER)


OPENING: Final = told("encounter.opened", 1)
GRADE: Final = told("crs.graded", 2)


def test_what_nobody_objects_to_takes_part_but_for_the_opening() -> None:
    found = sorted_out(OPENING, GRADE)
    assert (found.opening, found.taking_part, found.aside) == (OPENING, (GRADE,), {})
    assert (found.confirmed, found.overruled, found.of_merged) == (frozenset(), {}, ())
    assert sorted_out(GRADE).opening is None


@pytest.mark.parametrize("act", [discarding(3, GRADE), voided(3, GRADE)])
def test_what_a_person_took_out_takes_no_part_and_a_disputed_act_takes_nothing_out(
    act: Record,
) -> None:
    found = sorted_out(OPENING, GRADE, act)
    assert found.aside[GRADE.key].status == "superseded"
    assert found.taking_part == (act,)
    disputed = conflict(act)
    left = sorted_out(OPENING, GRADE, disputed)
    assert left.taking_part == (GRADE,)
    assert {key: each.status for key, each in left.aside.items()} == {disputed.key: "disputed"}


def test_an_act_that_was_taken_out_itself_has_taken_out_all_the_same() -> None:
    void = voided(3, GRADE)
    found = sorted_out(OPENING, GRADE, void, voided(4, void))
    assert set(found.aside) == {GRADE.key, void.key}


def test_a_correction_is_about_the_records_of_its_own_encounter() -> None:
    of_another = told("crs.graded", 2, OTHER)
    found = sorted_out(OPENING, GRADE, of_another, voided(3, GRADE))
    assert set(found.aside) == {GRADE.key}


def test_what_said_something_else_waits_for_a_person_who_may_put_it_in_effect() -> None:
    other = conflict(GRADE)
    assert sorted_out(OPENING, GRADE, other).aside[other.key].status == "disputed"
    overruled = sorted_out(OPENING, GRADE, other, confirming(3, other))
    assert overruled.aside == {}
    assert set(overruled.overruled) == {other.key}
    assert overruled.confirmed == {other.key}
    assert other in overruled.taking_part


def test_a_confirmation_that_was_taken_out_confirms_nothing() -> None:
    other = conflict(GRADE)
    confirmation = confirming(3, other)
    found = sorted_out(OPENING, GRADE, other, confirmation, voided(4, confirmation))
    assert found.confirmed == frozenset()
    assert (found.overruled, found.aside[other.key].status) == ({}, "disputed")


def test_the_steps_of_a_confirmation_that_was_taken_out_take_no_part() -> None:
    bag = told("product.received", 2, chain_of_identity=CHAIN)
    step = {"type": "cells.shipped", "day": "2026-05-01"}
    confirmation = told("report.confirmed", 3, target=bag.key, attested=[step])
    attested = sorted_out(OPENING, bag, confirmation).taking_part
    assert [each.kind for each in attested] == ["report", "report", "attested"]
    taken_out = sorted_out(OPENING, bag, confirmation, voided(4, confirmation)).taking_part
    assert [each.kind for each in taken_out] == ["report", "report"]


def test_a_confirmation_of_what_nothing_stands_against_overrules_nothing() -> None:
    found = sorted_out(OPENING, GRADE, confirming(3, GRADE))
    assert found.confirmed == {GRADE.key}
    assert (found.overruled, found.aside) == ({}, {})


@pytest.mark.parametrize(("holder", "waits"), [(OTHER, True), (ENCOUNTER, False), (None, False)])
def test_a_fact_under_a_chain_that_another_encounter_holds_is_disputed(
    holder: str | None, waits: bool
) -> None:
    bag = told("product.received", 3, chain_of_identity=CHAIN)
    holders = {} if holder is None else {CHAIN: holder}
    found = sorted_out(OPENING, bag, GRADE, holders=holders)
    assert (bag.key in found.aside) is waits
    assert GRADE.key not in found.aside


def test_of_two_openings_the_first_counts_and_the_other_is_disputed() -> None:
    again = told("encounter.opened", 5)
    found = sorted_out(OPENING, again)
    assert (found.opening, found.of_merged) == (OPENING, ())
    assert found.aside[again.key].status == "disputed"


def test_of_a_merge_the_survivors_own_opening_counts_and_the_others_is_superseded() -> None:
    before = record(fact_of("encounter.opened"), -30).occurred
    earlier = replace(told("encounter.opened", 1, OTHER), occurred=before)
    found = sorted_out(earlier, OPENING)
    assert (found.opening, found.of_merged) == (OPENING, (earlier,))
    assert found.aside[earlier.key].status == "superseded"
    again = told("encounter.opened", 5)
    both = sorted_out(earlier, OPENING, again)
    assert both.of_merged == (earlier,)
    assert both.aside[again.key].status == "disputed"
    alone = sorted_out(earlier)
    assert (alone.opening, alone.of_merged) == (earlier, ())


def of_a_merge(sequence: int, merges: str | None = OTHER) -> Record:
    """The survivor's own record of a merge; or what an assignment brought, which merges nothing."""
    made = told("encounter.linked", sequence, survivor=ENCOUNTER)
    return replace(made, came=Came(by="ab" * 32, merges=merges))


def test_the_record_of_a_merge_is_superseded_once_nothing_of_the_other_encounter_is_here() -> None:
    own, brought = of_a_merge(3), replace(GRADE, came=Came(by="ab" * 32))
    there = told("patient.measured", 2, OTHER)
    assert sorted_out(OPENING, own, brought, there).aside == {}
    undone = sorted_out(OPENING, own, brought).aside
    assert {key: each.status for key, each in undone.items()} == {own.key: "superseded"}


LINK: Final = told("encounter.linked", 2, OTHER, survivor=ENCOUNTER)


def voiding(sequence: int, target: Record) -> Record:
    return replace(voided(sequence, target), name=OTHER)


def test_an_encounter_counts_where_its_link_says_until_that_is_voided() -> None:
    opened = told("encounter.opened", 1, OTHER)
    assert link_of([opened, LINK]) is LINK
    assert survivor_of(LINK) == ENCOUNTER
    assert link_of([opened]) is None
    assert link_of([opened, LINK, voiding(3, LINK)]) is None
    assert link_of([opened, LINK, voiding(3, opened)]) is LINK
    assert link_of([opened, LINK, conflict(voiding(3, LINK))]) is LINK
    later = replace(LINK, key="cd" * 32, seal=replace(LINK.seal, sequence=4))
    assert link_of([opened, LINK, voiding(3, LINK), later]) is later


def test_neither_a_conflict_nor_the_survivors_own_record_says_where_an_encounter_counts() -> None:
    assert link_of([conflict(LINK)]) is None
    assert link_of([of_a_merge(2)]) is None


def test_the_encounters_that_were_merged_into_one_are_told_once_and_none_of_the_way_there() -> None:
    assigned = replace(GRADE, came=Came(by="ab" * 32))
    records = (of_a_merge(2), of_a_merge(3, "E8"), of_a_merge(4), assigned, GRADE)
    assert merged_into_it(records, ()) == (OTHER, "E8")
    assert merged_into_it(records, (ENCOUNTER, "E8")) == (OTHER,)
    assert merged_into_it((GRADE,), ()) == ()
