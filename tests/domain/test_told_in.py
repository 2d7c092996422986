"""In which history a record counted at a moment, where encounters were merged more than once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.given import record
from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.decisions import Change, RecordsCorrected
from veinledger.domain.facts.encounter import EncounterLinked
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import History, told_in

Told = tuple[str, int, str]
"""Whose record is asked about, as of which position, and in whose history it counted then."""


def at(position: int, encounter: str, fact: Fact) -> Record:
    """A record of an encounter at a position, which is its sequence too."""
    told = record(fact, 1, f"{encounter} at {position}")
    seal = replace(told.seal, position=position, sequence=position)
    return replace(told, name=encounter, seal=seal)


def link(position: int, merged: str, survivor: str) -> Record:
    return at(position, merged, EncounterLinked(survivor=survivor))


def void(position: int, target: Record) -> Record:
    change = Change(kind="void", sequence=target.seal.sequence, hash=target.seal.leaf)
    return at(position, target.name, RecordsCorrected(changes=(change,), reason="two patients"))


def known(encounter: str, *records: Record, merged: tuple[History, ...] = ()) -> History:
    return History(encounter=encounter, records=records, merged=merged)


def in_a_row() -> History:
    """E3 was merged into E2, and then E2 into E1."""
    third = known("E3", link(10, "E3", "E2"))
    return known("E1", merged=(known("E2", link(20, "E2", "E1"), merged=(third,)),))


def by_way_of_the_survivor() -> tuple[History, History]:
    """E3 was merged into E1, taken out again, and merged into E2, which was merged into E1."""
    first = link(10, "E3", "E1")
    third = known("E3", first, void(11, first), link(13, "E3", "E2"))
    second = known("E2", link(20, "E2", "E1"), merged=(third,))
    return known("E1", merged=(third, second)), known("E1", merged=(second, third))


def by_way_of_a_fourth() -> History:
    """E2, with E3 in it, was merged into E4, taken out again, and merged into E1; later E4 too."""
    first = link(12, "E2", "E4")
    third = known("E3", link(10, "E3", "E2"))
    second = known("E2", first, void(15, first), link(18, "E2", "E1"), merged=(third,))
    fourth = known("E4", link(30, "E4", "E1"), merged=(second,))
    return known("E1", merged=(second, fourth))


def one_way_and_then_the_other() -> History:
    """E1 was merged into E2, taken out again, and then E2 was merged into E1."""
    first = link(5, "E1", "E2")
    second = known("E2", link(10, "E2", "E1"))
    return known("E1", first, void(6, first), merged=(second,))


IN_A_ROW: list[Told] = [
    ("E1", 5, "E1"), ("E2", 5, "E2"), ("E3", 5, "E3"),
    ("E1", 15, "E1"), ("E2", 15, "E2"), ("E3", 15, "E2"),
    ("E1", 25, "E1"), ("E2", 25, "E1"), ("E3", 25, "E1"),
]  # fmt: skip
TWICE: list[Told] = [("E3", 9, "E3"), ("E3", 10, "E1"), ("E3", 12, "E3"), ("E3", 15, "E2"),
                     ("E3", 20, "E1")]  # fmt: skip
BY_A_FOURTH: list[Told] = [("E3", 11, "E2"), ("E3", 13, "E4"), ("E2", 13, "E4"), ("E3", 16, "E2"),
                           ("E3", 19, "E1"), ("E4", 19, "E4"), ("E4", 31, "E1")]  # fmt: skip
THE_OTHER_WAY: list[Told] = [("E1", 4, "E1"), ("E2", 4, "E2"), ("E2", 7, "E2"), ("E2", 11, "E1"),
                             ("E1", 11, "E1")]  # fmt: skip


@pytest.mark.parametrize(
    ("history", "told"),
    [
        (in_a_row(), IN_A_ROW),
        (by_way_of_the_survivor()[0], TWICE),
        (by_way_of_the_survivor()[1], TWICE),
        (by_way_of_a_fourth(), BY_A_FOURTH),
        (one_way_and_then_the_other(), THE_OTHER_WAY),
    ],
    ids=["in a row", "twice", "twice, the later first", "by a fourth", "the other way round"],
)
def test_a_record_counted_in_the_history_of_whoever_had_survived_by_then(
    history: History, told: list[Told]
) -> None:
    for name, position, counted in told:
        record_of_it = at(1, name, EncounterLinked(survivor="E9"))
        found = told_in(history, record_of_it, position)
        assert found.encounter == counted, (name, position)
