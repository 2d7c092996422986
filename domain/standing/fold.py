"""The fold: a history in the order in which things happened, each record taken where it is legal.

The rules are docs/standing.md, sections 2 to 4, line by line. Pure: no clock, no look-up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from veinledger.domain.findings import Objection
from veinledger.domain.reports import Record
from veinledger.domain.standing.contested_ends import CANNOT_FOLLOW, death_is_followed
from veinledger.domain.standing.encounter import Encounter
from veinledger.domain.standing.evolve import evolve
from veinledger.domain.standing.legality import is_legal, touched_by
from veinledger.domain.standing.order import LAST_OF_THE_DAY, by_day, dated
from veinledger.domain.standing.set_aside import Sorted, set_aside
from veinledger.domain.standing.standing import IN_EFFECT, Standing, disputed
from veinledger.domain.standing.without_a_place import standing_without_a_place


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Taken:
    """One record in effect, with the state that it met and the state that it left."""

    record: Record
    before: Encounter
    after: Encounter
    a_day_late: bool = False
    """Its place came only on the next day: two clocks disagree."""
    by_confirmation: bool = False
    """It has no legal place; a named person put it in effect."""
    overruled: Objection | None = None
    """The rule that had set it aside, before a named person put it in effect."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Folded:
    """A history folded: what is in effect, in order, and the standing of every record."""

    taken: tuple[Taken, ...]
    standings: Mapping[str, Standing]
    encounter: Encounter
    left: tuple[Record, ...] = ()
    """The records that took part and found no place."""
    contested: Mapping[str, Record] = field(default_factory=dict[str, Record])
    """The deaths and withdrawals that are disputed, each with the first sign of life after it."""
    of_merged: tuple[Record, ...] = ()
    """The openings of encounters that were merged into this one."""


@dataclass(slots=True)
class _Run:
    """One pass over the days."""

    confirmed: frozenset[str]
    overruled: Mapping[str, Objection]
    encounter: Encounter = field(default_factory=Encounter)
    taken: list[Taken] = field(default_factory=list[Taken])
    left: list[tuple[Record, Encounter]] = field(default_factory=list[tuple[Record, Encounter]])
    """Records without a place, with the state at the end of their own day."""

    def take(self, record: Record, day: date, *, by_confirmation: bool = False) -> None:
        after = evolve(self.encounter, record)
        self.taken.append(
            Taken(
                record=record,
                before=self.encounter,
                after=after,
                a_day_late=record.day != day and record.fact.type != "encounter.opened",
                by_confirmation=by_confirmation,
                overruled=self.overruled.get(record.key),
            )
        )
        self.encounter = after

    def take_what_is_legal(self, queue: list[Record], day: date) -> None:
        """Take the first legal record, again and again; judge again only what a take touched."""
        unjudged, at = [True] * len(queue), 0
        while at < len(queue):
            if not unjudged[at] or not is_legal(self.encounter, queue[at]):
                unjudged[at] = False
                at += 1
                continue
            before, record = self.encounter, queue.pop(at)
            unjudged.pop(at)
            self.take(record, day)
            if self.encounter is not before:
                touched = touched_by(record, before, self.encounter)
                unjudged = [old or touched(r) for old, r in zip(unjudged, queue, strict=True)]
                at = 0

    def take_the_first_confirmed(self, queue: list[Record], day: date) -> bool:
        for at, record in enumerate(queue):
            if record.key in self.confirmed:
                self.take(queue.pop(at), day, by_confirmation=True)
                return True
        return False

    def live_through(self, queue: list[Record], day: date) -> None:
        self.take_what_is_legal(queue, day)
        while self.take_the_first_confirmed(queue, day):
            self.take_what_is_legal(queue, day)


def fold(records: Sequence[Record], holders: Mapping[str, str], encounter: str) -> Folded:
    """Fold everything known of one encounter; `holders` maps a chain of identity to its encounter.

    Deterministic in the set of records: the order in which they arrived plays no part.
    """
    history = set_aside(records, holders, encounter)
    contested = _contested_ends(history)
    run = _run(history, without=frozenset(contested))
    standings = dict(history.aside)
    standings |= {t.record.key: IN_EFFECT for t in run.taken if t.record.kind != "attested"}
    standings |= {key: disputed(death_is_followed()) for key in contested}
    in_effect = [taken.record for taken in run.taken]
    left = [(record, state) for record, state in run.left if record.kind != "attested"]
    for record, state in left:
        standings[record.key] = standing_without_a_place(record, state, in_effect, holders)
    return Folded(
        taken=tuple(run.taken),
        standings=standings,
        encounter=run.encounter,
        left=tuple(record for record, _ in left),
        contested=contested,
        of_merged=history.of_merged,
    )


def _run(history: Sorted, without: frozenset[str]) -> _Run:
    run = _Run(confirmed=history.confirmed, overruled=history.overruled)
    if history.opening is not None:
        run.take(history.opening, history.opening.day)
    leftover: list[Record] = []
    yesterday: date | None = None
    for day, facts in by_day((r for r in history.taking_part if r.key not in without), dated):
        carried = leftover if yesterday == day - timedelta(days=1) else []
        queue = sorted([*carried, *facts], key=lambda r: r.fact.type in LAST_OF_THE_DAY)
        run.live_through(queue, day)
        leftover = [record for record in queue if record.day == day]
        run.left.extend((record, run.encounter) for record in leftover)
        yesterday = day
    return _only_the_unplaced(run)


def _only_the_unplaced(run: _Run) -> _Run:
    """Drop from what was left over at the end of its day what found its place on the next."""
    placed = {taken.record.key for taken in run.taken}
    run.left = [(record, state) for record, state in run.left if record.key not in placed]
    return run


def _contested_ends(history: Sorted) -> dict[str, Record]:
    """Deaths and withdrawals, not confirmed, with what follows each by more than a day."""
    ends = [
        record
        for record in history.taking_part
        if record.fact.type in LAST_OF_THE_DAY and record.key not in history.confirmed
    ]
    if not ends:
        return {}
    lived = _run(history, without=frozenset(record.key for record in ends))
    signs = {end.key: _first_sign_of_life_after(end, lived) for end in ends}
    return {key: sign for key, sign in signs.items() if sign is not None}


def _first_sign_of_life_after(end: Record, lived: _Run) -> Record | None:
    signs = CANNOT_FOLLOW[end.fact.type]
    following = (
        taken.record
        for taken in lived.taken
        if taken.record.fact.type in signs and taken.record.day > end.day + timedelta(days=1)
    )
    return next(following, None)
