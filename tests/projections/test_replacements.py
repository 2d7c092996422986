"""Which record stands in place of which, also where it was with another encounter in between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.given import infused, opened, record
from tests.given_decisions import kept, moved_here
from veinledger.domain.facts.decisions import Change, RecordsCorrected
from veinledger.domain.facts.toxicity import CrsGraded
from veinledger.domain.reports import Record
from veinledger.projections.case.replacements import replacements


def moving(*targets: Record, kind: str = "report") -> Record:
    """A correction that moves records to E2, under a number that no other record has."""
    changes = tuple(
        Change(kind="move", sequence=each.seal.sequence, hash="ab" * 32, encounter="E2")
        for each in targets
    )
    told = RecordsCorrected(changes=changes, reason="of the next bed")
    act = record(told, 200, f"moved {[each.seal.sequence for each in targets]}")
    return replace(act, kind="conflict") if kind == "conflict" else act


def back(target: Record) -> Record:
    """The same report, moved here from E2: a record of its own."""
    here = replace(target, key=f"back {target.key}")
    return moved_here(here, "E2")


def test_what_came_back_stands_in_place_of_what_was_moved_away() -> None:
    gone = kept(opened()).records
    known = kept(gone, moving(gone[1]), back(gone[1])).records
    assert replacements(known).first(known[-1].key) == gone[1].key
    assert replacements(known).chain(known[-1]) == (gone[1], known[-1])


def test_what_was_never_away_begins_a_chain_of_its_own() -> None:
    gone = kept(opened()).records
    known = kept(gone, back(gone[1])).records
    assert replacements(known).first(known[-1].key) == known[-1].key


def test_a_message_that_came_with_other_content_moves_nothing() -> None:
    gone = kept(opened()).records
    known = kept(gone, moving(gone[1], kind="conflict"), back(gone[1])).records
    assert replacements(known).first(known[-1].key) == known[-1].key


def test_another_report_of_the_same_message_is_another() -> None:
    gone = kept(opened(), infused()).records
    other = replace(gone[-1], fact=CrsGraded(grade=2))
    known = kept(gone, moving(gone[-1]), back(other)).records
    assert replacements(known).first(known[-1].key) == known[-1].key


@pytest.mark.parametrize("rounds", [1, 3])
def test_two_like_reports_of_one_message_come_back_each_in_its_own_place(rounds: int) -> None:
    one = record(CrsGraded(grade=2), 3)
    known = kept(opened(), one, replace(one, key="the same once more")).records
    pair = first = known[-2:]
    for _ in range(rounds):
        known = kept(known, moving(*pair), *(back(each) for each in pair)).records
        pair = known[-2:]
    chains = replacements(known)
    assert [chains.first(each.key) for each in pair] == [each.key for each in first]
