"""The one door to a history: what was in effect, as of a date, as far as was known at a moment.

Every projection reads through `effective`; none looks at records by itself.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, TypeVar

from veinledger.domain.facts.base import Fact
from veinledger.domain.findings import Finding
from veinledger.domain.lifecycle.stages import Stage
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import Encounter
from veinledger.domain.standing.fold import Folded, Folding, Taken, going_on
from veinledger.domain.standing.found.findings_of_the_fold import deviations
from veinledger.domain.standing.found.two_records import Known, findings_about_two_records
from veinledger.domain.standing.identity import IdentityClaim, first_claims
from veinledger.domain.standing.occurred import Happened, Occurred, had_occurred, led_to, taken_by
from veinledger.domain.standing.recorded import Held, Recorded, was_known
from veinledger.domain.standing.related.continuing import (
    continued_in_effect,
    findings_of_a_continuation,
)
from veinledger.domain.standing.related.merging import (
    counts_in,
    counts_in_its_survivor,
    findings_of_a_merge,
    link_of,
    survivor_of,
)
from veinledger.domain.standing.standing import IN_EFFECT, MERGED, Standing, superseded

F = TypeVar("F", bound=Fact)

AsOf = date | datetime | None
"""A day, an instant, or None for all that has happened."""
KnownAt = int | datetime | None
"""A position, an instant of the ledger's clock, or None for all that is known."""

_MOMENTS_AT_MOST: Final = 8
_NOT_SEALED_YET: Final = 2**63


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class History:
    """All that the ledger holds of one encounter, in sequence, and who claimed its chains."""

    encounter: str
    records: tuple[Record, ...]
    claims: tuple[IdentityClaim, ...] = ()
    merged: tuple[History, ...] = ()
    """The histories of encounters that were ever merged into this one."""
    earlier: tuple[History, ...] = ()
    """What this one ever said it follows, and what that was ever merged into, each by itself."""
    folding: Folding | None = field(default=None, repr=False, compare=False)
    """What folded this encounter before, if anything did; a longer history goes on with it."""
    folds: dict[KnownAt, FoldedHistory] = field(
        default_factory=dict[KnownAt, "FoldedHistory"],
        init=False,
        repr=False,
        compare=False,
    )
    """What it was folded to, as of each moment that was asked about: it never changes."""

    def __repr__(self) -> str:
        return f"<history: {len(self.records)} records>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Effective:
    """A history as of both times: what projections are made of."""

    encounter: str
    recorded: Held
    """What the ledger held by then, whatever day is asked about."""
    occurred: Happened
    """What of it had occurred by the day that is asked about."""
    merged_into: str | None = None
    """The encounter in which all of this one counts."""

    @property
    def known(self) -> tuple[Record, ...]:
        """Every record known then, in sequence, whatever its standing."""
        return self.recorded.known

    @property
    def standings(self) -> Mapping[str, Standing]:
        """By report key; `as_of` never changes a standing."""
        return self.recorded.standings

    @property
    def taken(self) -> tuple[Taken, ...]:
        """What is in effect, in the order in which it happened."""
        return self.occurred.taken

    @property
    def state(self) -> Encounter:
        """The encounter after all that had occurred."""
        return self.occurred.state

    @property
    def stage(self) -> Stage:
        """Where the encounter stood."""
        return self.occurred.state.stage

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the fold saw of what had occurred, and what is about two records."""
        return self.occurred.findings

    @property
    def records(self) -> tuple[Record, ...]:
        """The records in effect, in the order in which they happened; no attested steps."""
        return self.occurred.records

    def of(self, kind: type[F]) -> Iterator[tuple[Record, F]]:
        """The records in effect of one fact class, each with its fact."""
        return self.occurred.of(kind)

    def among(self, *kinds: type[Fact]) -> tuple[Record, ...]:
        """The records in effect of some fact classes, in the order in which they happened."""
        return self.occurred.among(kinds)

    def not_in_effect(self, as_of: AsOf = None) -> tuple[Record, ...]:
        """What waits, is disputed or superseded, of what had occurred by then; without it, all."""
        out = (record for record in self.known if not self.standings[record.key].in_effect)
        return tuple(r for r in out if as_of is None or had_occurred(r, as_of))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FoldedHistory:
    """A history folded once, as of what was known at a moment; good for every day asked about."""

    encounter: str
    known: tuple[Record, ...]
    folded: Folded
    deviations: tuple[tuple[str, Finding], ...]
    """What the fold saw, each with the report key of the record that it saw it of."""
    about_two: tuple[Finding, ...]
    """They are about what is known, whatever day is asked about: a dispute has no date."""
    merged_into: str | None = None
    kept: dict[Hashable, Any] = field(default_factory=dict[Hashable, Any], compare=False)
    """What was worked out of the encounter by whoever asked, as it is known now or ever was."""
    memo: dict[Hashable, Any] = field(
        default_factory=dict[Hashable, Any], init=False, repr=False, compare=False
    )
    """What was worked out of it by whoever asked, who knows for which days it holds."""

    def __repr__(self) -> str:
        return f"<folded history: {len(self.known)} records>"


def effective(history: History, as_of: AsOf = None, known_at: KnownAt = None) -> Effective:
    """The effective history as of both times."""
    return effective_by(folded_history(history, known_at), as_of)


def folded_history(history: History, known_at: KnownAt = None) -> FoldedHistory:
    """The history as it was known at a moment, folded once; `as_of` plays no part in it."""
    folds = history.folds
    found = folds.get(known_at)
    if found is None:
        if len(folds) >= _MOMENTS_AT_MOST:
            folds.clear()
        found = folds[known_at] = _folded(history, known_at)
    return found


def _folded(history: History, known_at: KnownAt) -> FoldedHistory:
    link = link_of(known_records(history, known_at))
    if link is not None:
        return _counts_elsewhere(history, known_at, link)
    parts = (history, *merged_with(history, known_at))
    known = tuple(record for part in parts for record in known_records(part, known_at))
    if len(parts) > 1:
        known = tuple(sorted(known, key=lambda record: record.seal.position or _NOT_SEALED_YET))
    claims = _claims_of(parts, known_at)
    folding = going_on(history.folding, history.encounter)
    folded = folding.fold(known, holders(claims))
    all_of_it = Known(encounter=history.encounter, records=known, claims=claims, folded=folded)
    return FoldedHistory(
        encounter=history.encounter,
        known=known,
        folded=folded,
        deviations=tuple(
            (taken.record.key, found) for taken in folded.taken for found in deviations([taken])
        ),
        about_two=(
            *findings_about_two_records(all_of_it),
            *(findings_of_a_merge(folded) if len(parts) > 1 else ()),
            *_of_what_it_follows(parts, folded, known_at),
        ),
        kept=folding.kept,
    )


def _of_what_it_follows(
    parts: Sequence[History], folded: Folded, known_at: KnownAt
) -> Iterator[Finding]:
    """Seldom is there anything to follow, and then alone the others are folded too."""
    followed = {name for _, name in continued_in_effect(folded)}
    if not followed:
        return
    here = parts[0].encounter
    there = {each.encounter: each for part in parts for each in part.earlier}

    def merged_into(name: str) -> str | None:
        if name == here or name not in there:
            return None
        survivor = folded_history(there[name], known_at).merged_into
        return survivor if survivor == here or survivor in there else None

    where = {name: counts_in(name, merged_into) for name in followed}
    earlier = {
        name: folded_history(there[survivor], known_at).folded
        for name, survivor in where.items()
        if survivor != here and survivor in there
    }
    yield from findings_of_a_continuation(here, folded, earlier)


def _counts_elsewhere(history: History, known_at: KnownAt, link: Record) -> FoldedHistory:
    """Of an encounter that was merged into another nothing counts here but the merge itself."""
    known, nothing = known_records(history, known_at), Encounter()
    away = superseded(MERGED, f"record {link.seal.sequence} merged it into another encounter")
    return FoldedHistory(
        encounter=history.encounter,
        known=known,
        folded=Folded(
            taken=(Taken(record=link, before=nothing, after=nothing),),
            standings={record.key: away for record in known} | {link.key: IN_EFFECT},
            encounter=nothing,
        ),
        deviations=(),
        about_two=(counts_in_its_survivor(link),),
        merged_into=survivor_of(link),
    )


def merged_with(history: History, known_at: KnownAt = None) -> Iterator[History]:
    """The histories that count in this one, as far as was known."""
    for part in history.merged:
        link = link_of(known_records(part, known_at))
        if link is not None and survivor_of(link) == history.encounter:
            yield part
            yield from merged_with(part, known_at)


def told_in(history: History, record: Record, known_at: KnownAt) -> History:
    """The history in which a record counted at a moment: that of whoever had survived by then."""
    for one in ever_merged(history):
        names = {part.encounter for part in (one, *merged_with(one, known_at))}
        if record.name in names and link_of(known_records(one, known_at)) is None:
            return one
    return history


def ever_merged(history: History) -> Iterator[History]:
    """A history, and all that were ever merged into it, each before its own parts."""
    yield history
    for part in history.merged:
        yield from ever_merged(part)


def known_records(history: History, known_at: KnownAt) -> tuple[Record, ...]:
    """What the ledger held by then of one encounter itself."""
    if known_at is None:
        return history.records
    return tuple(
        r for r in history.records if was_known(r.seal.position, r.seal.recorded_at, known_at)
    )


def _claims_of(parts: Sequence[History], known_at: KnownAt) -> tuple[IdentityClaim, ...]:
    """What is said of their chains; what one of them holds is held by the first, the survivor."""
    claims = tuple(known_claims(parts[0].claims, known_at))
    if len(parts) == 1:
        return claims
    every = {(c.position, c.record): c for part in parts for c in part.claims}
    names = {part.encounter for part in parts}
    said = (
        replace(claim, encounter=parts[0].encounter) if claim.encounter in names else claim
        for claim in sorted(every.values(), key=lambda each: each.position)
    )
    return known_claims(tuple(said), known_at)


def effective_by(history: FoldedHistory, as_of: AsOf = None) -> Effective:
    """What of a folded history had occurred by a day or an instant."""
    folded = history.folded
    taken = folded.taken if as_of is None else taken_by(folded, as_of)
    occurred = {each.record.key for each in taken}
    seen_of_them = (found for key, found in history.deviations if key in occurred)
    return Effective(
        encounter=history.encounter,
        # A copy: whoever gets the standings may do with them what he likes.
        recorded=Recorded(known=history.known, standings=dict(folded.standings)),
        occurred=Occurred(
            taken=taken,
            state=led_to(taken, folded),
            findings=(*seen_of_them, *history.about_two),
        ),
        merged_into=history.merged_into,
    )


def holders(claims: tuple[IdentityClaim, ...], known_at: KnownAt = None) -> dict[str, str]:
    """Who holds each chain of identity: the first claim in fold order that was not released."""
    held = first_claims(known_claims(claims, known_at))
    return {chain: claim.encounter for chain, claim in held.items()}


def known_claims(claims: tuple[IdentityClaim, ...], known_at: KnownAt) -> tuple[IdentityClaim, ...]:
    """What had been said of chains of identity by then."""
    return tuple(c for c in claims if was_known(c.position, c.recorded_at, known_at))
