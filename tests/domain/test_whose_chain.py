"""Who holds a chain of identity, who names it besides, and what the holder is told."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Final

import pytest

from tests.given import at, day, record
from tests.minimal import fact_of
from veinledger.domain.standing.identity import (
    IdentityClaim,
    IdentityDeed,
    contested_chains,
    first_claims,
    named_by_others,
    not_released,
)

RANK: Final = 10


def said(
    deed: IdentityDeed, encounter: str, chain: str = "X", of: str | None = None, when: int = 0
) -> IdentityClaim:
    """What an encounter's record says of a chain; a release is of what the record had said."""
    told = record(fact_of("patient.measured"), when, of or f"{deed} {encounter} {chain} {when}")
    return IdentityClaim(
        chain_of_identity=chain, encounter=encounter, record=told.key, rank=RANK,
        occurred=told.occurred, source=told.source, position=1,
        recorded_at=told.seal.recorded_at, deed=deed,
    )  # fmt: skip


def others(*claims: IdentityClaim, encounter: str = "A") -> list[tuple[str, str, str]]:
    """Chain, encounter and deed of each that names what this one holds; in whatever order told."""
    answers = {
        tuple((c.chain_of_identity, c.encounter, c.deed) for c in named_by_others(told, encounter))
        for told in permutations(claims)
    }
    (one,) = answers
    return list(one)


def test_the_first_claim_by_day_holds_a_chain_and_a_naming_holds_none() -> None:
    earlier, later = said("claimed", "B", when=-1), said("claimed", "A", when=0)
    named = said("named", "C", when=-9)
    for told in permutations((earlier, later, named)):
        assert first_claims(told) == {"X": earlier}
    assert first_claims([named]) == {}


@pytest.mark.parametrize("deed", ["claimed", "named"])
def test_what_was_released_is_not_said_any_more(deed: IdentityDeed) -> None:
    one, same = said(deed, "A", of="one"), said(deed, "A", "Y", of="one")
    let_go = said("released", "A", of="one")
    assert not_released([one, let_go, same]) == (same,)
    assert not_released([one, said("released", "A", of="another")]) == (one,)


def test_a_release_alone_says_nothing() -> None:
    assert not_released([said("released", "A")]) == ()


def test_others_are_told_who_claim_or_name_what_this_one_holds() -> None:
    holds = said("claimed", "A", when=-9)
    assert others(holds) == []
    assert others(holds, said("named", "B")) == [("X", "B", "named")]
    assert others(holds, said("claimed", "B")) == [("X", "B", "claimed")]
    assert others(holds, said("claimed", "B"), said("named", "B", when=-99)) == [
        ("X", "B", "claimed")
    ]
    assert others(holds, said("named", "C"), said("named", "B")) == [
        ("X", "B", "named"),
        ("X", "C", "named"),
    ]


def test_of_a_chain_that_another_holds_and_of_other_chains_nothing_is_told() -> None:
    theirs, mine = said("claimed", "B", when=-9), said("claimed", "A")
    assert others(theirs, mine) == []
    assert others(theirs, mine, encounter="B") == [("X", "A", "claimed")]
    assert others(said("claimed", "A"), said("claimed", "B", "Y"), said("named", "C", "Y")) == []
    assert others(said("named", "A"), said("named", "B")) == []


def test_the_holder_is_told_by_its_claims_its_infusions_and_the_other_record() -> None:
    first, again = said("claimed", "A", when=-9), said("claimed", "A", when=-8)
    named, theirs = said("named", "A", when=-7), said("named", "B")
    of_another_chain = said("claimed", "A", "Y", when=-6)
    told = (first, again, named, theirs, of_another_chain)
    (found,) = contested_chains(told, "A", {"X": ("an infusion",), "Y": ("another",)})
    assert found.records == (first.record, again.record, "an infusion", theirs.record)
    assert (found.severity, found.holds) == ("critical", True)
    (bare,) = contested_chains(told, "A", {})
    assert bare.records == (first.record, again.record, theirs.record)
    assert list(contested_chains(told, "B", {})) == []
    claimed = said("claimed", "B")
    (both,) = contested_chains((first, claimed), "A", {})
    assert both.records == (first.record, claimed.record)


def test_who_holds_a_chain_does_not_hang_on_who_names_it_besides() -> None:
    by_the_clock = at_the_hour(said("claimed", "A"), "09:00")
    by_the_day = said("claimed", "B")
    named = replace(at_the_hour(said("named", "C"), "08:00"), rank=RANK + 1)
    for told in permutations((by_the_clock, by_the_day, named)):
        assert first_claims(told) == {"X": by_the_clock}


def at_the_hour(claim: IdentityClaim, clock: str) -> IdentityClaim:
    timed = record(fact_of("patient.measured"), at(0, clock))
    return replace(claim, occurred=timed.occurred)


def test_who_told_breaks_a_tie_of_one_day_and_rank() -> None:
    one = said("claimed", "A", of="a")
    other = replace(said("claimed", "B", of="b"), rank=RANK)
    for told in permutations((one, other)):
        assert first_claims(told) == {"X": one}
    assert one.occurred.local_day == other.occurred.local_day == day(0)
