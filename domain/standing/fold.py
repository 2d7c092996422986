"""The fold: a history in the order in which things happened, each record taken where it is legal.

The rules are docs/standing.md, sections 2 to 4, line by line. Pure: no clock, no look-up.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import takewhile
from typing import Any, NamedTuple

from veinledger.domain.findings import Objection
from veinledger.domain.reports import Record
from veinledger.domain.standing.encounter import Encounter
from veinledger.domain.standing.evolve import evolve
from veinledger.domain.standing.found.contested_ends import CANNOT_FOLLOW, death_is_followed
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


class _Lived(NamedTuple):
    """A day that a pass lived through: what was told of it, and where the pass stood at its end."""

    day: date
    told: Sequence[Record]
    taken: int
    left: int
    leftover: Sequence[Record]
    encounter: Encounter


@dataclass(slots=True, repr=False)
class _Run:
    """One pass over the days."""

    opening: Record | None
    confirmed: frozenset[str]
    overruled: Mapping[str, Objection]
    encounter: Encounter = field(default_factory=Encounter)
    taken: list[Taken] = field(default_factory=list[Taken])
    left: list[tuple[Record, Encounter]] = field(default_factory=list[tuple[Record, Encounter]])
    """Records without a place on their own day, with the state at its end."""
    lived: list[_Lived] = field(default_factory=list[_Lived])

    def begin(self) -> None:
        if self.opening is not None:
            self.take(self.opening, self.opening.day)

    def begin_after(self, earlier: _Run, days: int) -> None:
        """Stand where an earlier pass of the same beginning stood after so many days."""
        last = earlier.lived[days - 1]
        self.encounter, self.lived = last.encounter, earlier.lived[:days]
        self.taken, self.left = earlier.taken[: last.taken], earlier.left[: last.left]

    def take(self, record: Record, day: date, *, by_confirmation: bool = False) -> None:
        after = evolve(self.encounter, record)
        self.taken.append(
            Taken(
                record=record,
                before=self.encounter,
                after=after,
                a_day_late=record.day != day,
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

    def live_through(self, day: date, told: Sequence[Record], facts: Sequence[Record]) -> None:
        """A day with what was left over from the day before; `facts` is what was told, in order."""
        yesterday = day - timedelta(days=1)
        carried = self.lived[-1].leftover if self.lived and self.lived[-1].day == yesterday else ()
        queue = sorted([*carried, *facts], key=lambda r: r.fact.type in LAST_OF_THE_DAY)
        self.take_what_is_legal(queue, day)
        while self.take_the_first_confirmed(queue, day):
            self.take_what_is_legal(queue, day)
        leftover = [record for record in queue if record.day == day]
        self.left.extend((record, self.encounter) for record in leftover)
        counts = len(self.taken), len(self.left)
        self.lived.append(_Lived(day, told, *counts, leftover, self.encounter))

    def without_a_place(self) -> list[tuple[Record, Encounter]]:
        """What was left over at the end of its day, and found no place on the next either."""
        placed = {taken.record.key for taken in self.taken} if self.left else set[str]()
        return [(record, state) for record, state in self.left if record.key not in placed]


@dataclass(slots=True, repr=False)
class Folding:
    """One encounter, folded as often as more is known of it.

    Each time from the first day that differs from the time before: what a pass makes of a day
    follows from the days up to it, from the opening and from what is confirmed, and from no more.
    A pass never changes once it is through, so threads may share one: what another thread folded
    in between is a pass like any other.
    """

    encounter: str
    kept: dict[Hashable, Any] = field(default_factory=dict[Hashable, Any])
    """What was worked out of the encounter by whoever asked, who knows for what it holds."""
    _last: _Run | None = None
    _last_without_ends: _Run | None = None

    def fold(self, records: Sequence[Record], holders: Mapping[str, str]) -> Folded:
        """As `fold` does."""
        history = set_aside(records, holders, self.encounter)
        contested = self._contested_ends(history)
        run = self._last = _run(history, frozenset(contested), self._last)
        return _folded(history, contested, run, holders)

    def _contested_ends(self, history: Sorted) -> dict[str, Record]:
        """Deaths and withdrawals, not confirmed, with what follows each by more than a day."""
        ends = [
            record
            for record in history.taking_part
            if record.fact.type in LAST_OF_THE_DAY and record.key not in history.confirmed
        ]
        if not ends:
            return {}
        without = frozenset(record.key for record in ends)
        run = self._last_without_ends = _run(history, without, self._last_without_ends)
        signs = {end.key: _first_sign_of_life_after(end, run) for end in ends}
        return {key: sign for key, sign in signs.items() if sign is not None}


def going_on(earlier: Folding | None, encounter: str) -> Folding:
    """What folded this very encounter before, or one that begins anew."""
    if earlier is None or earlier.encounter != encounter:
        return Folding(encounter)
    return earlier


def fold(records: Sequence[Record], holders: Mapping[str, str], encounter: str) -> Folded:
    """Fold everything known of one encounter; `holders` maps a chain of identity to its encounter.

    Deterministic in the set of records: the order in which they arrived plays no part.
    """
    return Folding(encounter).fold(records, holders)


def _folded(
    history: Sorted, contested: Mapping[str, Record], run: _Run, holders: Mapping[str, str]
) -> Folded:
    standings = dict(history.aside)
    standings |= {t.record.key: IN_EFFECT for t in run.taken if t.record.kind != "attested"}
    standings |= {key: disputed(death_is_followed()) for key in contested}
    in_effect = [taken.record for taken in run.taken]
    left = [each for each in run.without_a_place() if each[0].kind != "attested"]
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


def _run(history: Sorted, without: frozenset[str], earlier: _Run | None) -> _Run:
    """A pass over all days but for some records; it goes on where an earlier one stops fitting."""
    days = _told_by_day(history, without)
    run = _Run(history.opening, history.confirmed, history.overruled)
    alike = _days_alike(run, days, earlier)
    if earlier is not None and alike:
        run.begin_after(earlier, alike)
    else:
        run.begin()
    in_order = by_day((record for _, told in days[alike:] for record in told), dated)
    for (day, facts), (_, told) in zip(in_order, days[alike:], strict=True):
        run.live_through(day, told, facts)
    return run


def _told_by_day(history: Sorted, without: frozenset[str]) -> list[tuple[date, list[Record]]]:
    days: dict[date, list[Record]] = {}
    for record in history.taking_part:
        if record.key not in without:
            days.setdefault(record.occurred.local_day, []).append(record)
    return sorted(days.items())


def _days_alike(run: _Run, days: Sequence[tuple[date, list[Record]]], earlier: _Run | None) -> int:
    """How many days from the first on an earlier pass lived through as this one will."""
    if earlier is None or _terms(run) != _terms(earlier):
        return 0
    pairs = zip(days, earlier.lived, strict=False)
    alike = takewhile(lambda pair: pair[0] == (pair[1].day, pair[1].told), pairs)
    return sum(1 for _ in alike)


def _terms(run: _Run) -> tuple[object, ...]:
    """What every day of a pass depends on."""
    return run.opening, run.confirmed, run.overruled


def _first_sign_of_life_after(end: Record, lived: _Run) -> Record | None:
    signs = CANNOT_FOLLOW[end.fact.type]
    following = (
        taken.record
        for taken in lived.taken
        if taken.record.fact.type in signs and taken.record.day > end.day + timedelta(days=1)
    )
    return next(following, None)
