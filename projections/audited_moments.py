"""The moments of knowledge of an encounter: after each message, what every record counted for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from veinledger.domain.facts.encounter import EncounterLinked
from veinledger.domain.reports import Record
from veinledger.domain.standing.fold import Folding
from veinledger.domain.standing.history import (
    History,
    KnownAt,
    folded_history,
    holders,
    known_claims,
)
from veinledger.domain.standing.identity import IdentityClaim
from veinledger.domain.standing.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Moment:
    """A moment of knowledge: after a message, or after what another encounter claimed."""

    position: int
    recorded_at: datetime
    standings: Mapping[str, Standing]
    kept: tuple[Record, ...]


def moments(known: Sequence[Record], history: History, known_at: KnownAt) -> Iterator[Moment]:
    """One fold for each message and for each claim of another encounter, in order."""
    kept: list[Record] = []
    knowing = _Knowing(history)
    at = {record.seal.position: record for record in known}
    claimed = {
        claim.position: claim.recorded_at
        for claim in known_claims(history.claims, known_at)
        if claim.encounter != history.encounter
    }
    positions = sorted({*at, *claimed})
    for position, following in zip(positions, [*positions, 0][1:], strict=True):
        if position in at:
            kept.append(at[position])
            if _belongs_with(kept[-1], at.get(following)):
                continue
        by_then = [record for record in known if record.seal.position <= position]
        yield Moment(
            position=position,
            recorded_at=kept[-1].seal.recorded_at if kept else claimed[position],
            standings=knowing.standings(by_then, position),
            kept=tuple(kept),
        )
        kept = []


@dataclass(slots=True)
class _Knowing:
    """One encounter of which more is known from moment to moment."""

    history: History
    folding: Folding = field(init=False)
    claims: tuple[IdentityClaim, ...] = ()
    holders: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        self.folding = Folding(self.history.encounter)

    def standings(self, known: Sequence[Record], position: int) -> Mapping[str, Standing]:
        """What each record counted for then; of merged encounters, in whichever it was told."""
        history = self.history
        if history.merged or any(isinstance(record.fact, EncounterLinked) for record in known):
            return folded_history(history, position).folded.standings
        claims = known_claims(history.claims, position)
        if claims != self.claims:
            self.claims, self.holders = claims, holders(claims)
        return self.folding.fold(known, self.holders).standings


def _belongs_with(record: Record, following: Record | None) -> bool:
    """Whether the record that follows came in the same message, or by the same correction."""
    if following is None:
        return False
    by = record.brought_in_by or record.key
    if following.brought_in_by is not None:
        return following.brought_in_by == by
    one, other = record.source, following.source
    at_once = record.seal.recorded_at == following.seal.recorded_at
    return at_once and (one.connection, one.message) == (other.connection, other.message)
