"""Who holds a chain of identity: reserved by an order, taken by a collection, let go, contested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from veinledger.domain.findings import Finding
from veinledger.domain.reports import Occurrence, Source
from veinledger.domain.standing.order import Dated, Place, by_day

CONTESTED: Final = "a_chain_of_identity_is_named_by_one_encounter"
IdentityDeed = Literal["claimed", "named", "released"]
"""An order or a collection claims a chain; any other fact names it; a correction lets it go."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class IdentityClaim:
    """That an encounter's record claims a chain of identity, names it, or has let go of it."""

    chain_of_identity: str
    encounter: str
    record: str
    """The report key of the record that claims or names it."""
    rank: int
    occurred: Occurrence
    source: Source
    position: int
    recorded_at: datetime
    deed: IdentityDeed = "claimed"

    def __repr__(self) -> str:
        return f"<chain of identity {self.deed}>"


def not_released(claims: Sequence[IdentityClaim]) -> tuple[IdentityClaim, ...]:
    """The claims and namings whose records nobody has taken out, in the order of the fold.

    Those of one chain stand in order among themselves, so that the answer is the same whichever
    other chains are asked about: a bare date takes its place by what else is on its day.
    """
    let_go = {(c.chain_of_identity, c.record) for c in claims if c.deed == "released"}
    groups: dict[tuple[str, str], list[IdentityClaim]] = {}
    for claim in claims:
        if (claim.chain_of_identity, claim.record) not in let_go:
            whose = "" if claim.deed == "claimed" else claim.encounter
            groups.setdefault((claim.chain_of_identity, whose), []).append(claim)
    return tuple([claim for group in groups.values() for claim in _in_order(group)])


def _in_order(group: list[IdentityClaim]) -> list[IdentityClaim]:
    if len(group) == 1:
        return group
    return [claim for _, day in by_day(group, _dated) for claim in day]


def first_claims(claims: Sequence[IdentityClaim]) -> dict[str, IdentityClaim]:
    """The claim by which each chain of identity is held: the first in the order of the fold."""
    return _holding(not_released(claims))


def _holding(standing: Sequence[IdentityClaim]) -> dict[str, IdentityClaim]:
    held: dict[str, IdentityClaim] = {}
    for claim in standing:
        if claim.deed == "claimed":
            held.setdefault(claim.chain_of_identity, claim)
    return held


def named_by_others(claims: Sequence[IdentityClaim], encounter: str) -> Iterator[IdentityClaim]:
    """How other encounters name the chains that this one holds: by their first claim, or naming."""
    if all(claim.encounter == encounter for claim in claims):
        return
    standing = not_released(claims)
    mine = {chain for chain, held in _holding(standing).items() if held.encounter == encounter}
    others: dict[tuple[str, str], IdentityClaim] = {}
    claimed_first = sorted(standing, key=lambda claim: claim.deed != "claimed")
    for claim in claimed_first:
        if claim.chain_of_identity in mine and claim.encounter != encounter:
            others.setdefault((claim.chain_of_identity, claim.encounter), claim)
    yield from sorted(others.values(), key=lambda c: (c.chain_of_identity, c.encounter))


def contested_chains(
    claims: Sequence[IdentityClaim], encounter: str, infused: Mapping[str, tuple[str, ...]]
) -> Iterator[Finding]:
    """What the holder is told when another encounter names its chain: docs/standing.md, section 7.

    `infused` gives the report keys of the holder's infusions by chain: they are held as well.
    """
    for other in named_by_others(claims, encounter):
        chain = other.chain_of_identity
        yield Finding(
            rule=CONTESTED,
            severity="critical",
            reason="another encounter names the chain of identity that this one holds",
            remedy="compare both labels with both patients; correct or discard the wrong one",
            source="docs/standing.md, section 7",
            records=(
                *_claimed_by(claims, chain, encounter),
                *infused.get(chain, ()),
                other.record,
            ),
            holds=True,
        )


def _claimed_by(claims: Sequence[IdentityClaim], chain: str, encounter: str) -> Iterator[str]:
    for claim in not_released(claims):
        of_the_chain = claim.chain_of_identity == chain and claim.deed == "claimed"
        if of_the_chain and claim.encounter == encounter:
            yield claim.record


def _dated(claim: IdentityClaim) -> Dated:
    source = claim.source
    who = (source.connection, source.message, source.item, False, claim.record)
    return Dated(
        day=claim.occurred.local_day,
        instant=claim.occurred.instant,
        place=Place(rank=claim.rank, who=who),
    )
