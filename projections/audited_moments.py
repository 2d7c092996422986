"""What every record of an encounter counted for, from one moment of knowledge to the next."""

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
    ever_merged,
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


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Turn:
    """What a record counted for from a moment of knowledge on, and what made it so."""

    position: int
    """The ledger's position from which on it was so."""
    since: datetime
    standing: Standing
    by: tuple[str, ...] = ()
    """Report keys of the records here that made it so; none where another encounter's claim did, or
    what was told of one that does not count here any more."""


def turns(history: History, known_at: KnownAt) -> Mapping[str, tuple[Turn, ...]]:
    """By report key. They follow from what was recorded, whatever day is asked about."""
    folded = folded_history(history, known_at)
    if turns not in folded.memo:
        folded.memo[turns] = _from_moment_to_moment(history, folded.known, known_at)
    found: Mapping[str, tuple[Turn, ...]] = folded.memo[turns]
    return found


def _from_moment_to_moment(
    history: History, known: Sequence[Record], known_at: KnownAt
) -> dict[str, tuple[Turn, ...]]:
    found: dict[str, tuple[Turn, ...]] = {}
    for moment in moments(known, history, known_at):
        for key, standing in moment.standings.items():
            before = found.get(key, ())
            if not before or _is_another(standing, before[-1].standing):
                found[key] = (*before, _turn(key, standing, moment, before))
    return {record.key: found[record.key] for record in known}


def _is_another(standing: Standing, before: Standing) -> bool:
    """As a reader is told it; what stands against a record may be said in other words."""
    return standing is not before and str(standing) != str(before)


def _turn(key: str, standing: Standing, moment: Moment, before: Sequence[Turn]) -> Turn:
    """What made it so: the fact that it waited for where it came, else all that was kept then."""
    waited_for = before[-1].standing.waits_for if before else None
    asked = [record for record in moment.kept if record.fact.type == waited_for]
    came = asked if standing.in_effect and asked else moment.kept
    return Turn(
        position=moment.position,
        since=moment.recorded_at,
        standing=standing,
        by=tuple(record.key for record in came if record.key != key) if before else (),
    )


def moments(known: Sequence[Record], history: History, known_at: KnownAt) -> Iterator[Moment]:
    """One fold for each message and for each claim of another encounter, in order.

    Messages of all that were ever merged into it, and claims on the chains of all of them: they may
    have changed something here for as long as the merge stood.
    """
    kept: list[Record] = []
    mine = {record.key for record in known}
    knowing = _Knowing(history)
    at = {
        r.seal.position: r for part in knowing.parts for r in folded_history(part, known_at).known
    }
    claimed = dict(_claimed_by_others(knowing.parts, known_at))
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
            kept=tuple(record for record in kept if record.key in mine),
        )
        kept = []


def _claimed_by_others(
    parts: Sequence[History], known_at: KnownAt
) -> Iterator[tuple[int, datetime]]:
    """Where others claimed a chain of theirs; their own claims stand just before their records."""
    names = {part.encounter for part in parts}
    for part in parts:
        for claim in known_claims(part.claims, known_at):
            if claim.encounter not in names:
                yield claim.position, claim.recorded_at


@dataclass(slots=True)
class _Knowing:
    """One encounter of which more is known from moment to moment."""

    history: History
    parts: tuple[History, ...] = field(init=False)
    """Itself, and all that were ever merged into it."""
    folding: Folding = field(init=False)
    claims: tuple[IdentityClaim, ...] = ()
    holders: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        self.parts = tuple(ever_merged(self.history))
        self.folding = Folding(self.history.encounter)

    def standings(self, known: Sequence[Record], position: int) -> Mapping[str, Standing]:
        """What each record counted for then; of merged encounters, in whichever it was told."""
        linked = any(isinstance(record.fact, EncounterLinked) for record in known)
        if len(self.parts) > 1 or linked:
            return self._where_each_was_told(position)
        claims = known_claims(self.history.claims, position)
        if claims != self.claims:
            self.claims, self.holders = claims, holders(claims)
        return self.folding.fold(known, self.holders).standings

    def _where_each_was_told(self, position: int) -> Mapping[str, Standing]:
        """By the survivors of that moment, in which all that had been merged into them counted."""
        folds = [folded_history(part, position) for part in self.parts]
        folds.sort(key=lambda each: each.merged_into is None)
        return {key: standing for each in folds for key, standing in each.folded.standings.items()}


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
