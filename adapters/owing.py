"""The schedule of every encounter, for questions over all of them.

A schedule is kept for the days over which it says the same, and for as long as the records are the
very ones that it was worked out from. It is worked out from them again whenever it is not kept, and
nothing of it is ever stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from veinledger.adapters.reading import KEPT_AT_MOST, Histories, Recent
from veinledger.adapters.sweep import Sweep
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.certified import as_of_both_times, certificates
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import (
    FoldedHistory,
    History,
    KnownAt,
    effective_by,
    folded_history,
)
from veinledger.projections.due.shapes import Owing
from veinledger.projections.due.standstill import (
    Standstill,
    between,
    days_of_the_pages,
    days_told,
    standstill,
)
from veinledger.projections.schedule import Frame, frame, schedule_on


@dataclass(frozen=True, slots=True, repr=False)
class _Kept:
    """What is owed in an encounter, from which records, and over which days."""

    folded: FoldedHistory
    certified: History | None
    told: tuple[date, ...]
    """The days on which anything can change by what is on record."""
    frames: tuple[tuple[Standstill, Frame], ...]
    """The last two that were asked for, each with the days over which nothing on record changes."""
    days: Standstill
    owing: Owing

    def rests_on(self, folded: FoldedHistory, certified: History | None) -> bool:
        """Whether the records are still the very ones that it was worked out from."""
        if self.certified is None or certified is None:
            return self.folded is folded and self.certified is certified
        return self.folded is folded and self.certified.records is certified.records


@dataclass(frozen=True, slots=True, repr=False)
class _Asked:
    """One question over all encounters."""

    sweep: Sweep
    on: date
    known_at: KnownAt
    told: dict[str, History] = field(default_factory=dict[str, History])
    """Of each centre, the records of its certificates."""
    centres: dict[str | None, Centre] = field(default_factory=dict[str | None, Centre])


class AllOwing:
    """Answers what is owed in every encounter. Thread-safe, as its parts are."""

    def __init__(self, histories: Histories, rules: Rules, centre: Centre) -> None:
        self._histories = histories
        self._rules = rules
        self._centre = centre
        self._days_of_the_pages = tuple(days_of_the_pages(rules))
        self._kept: Recent[_Kept] = Recent(KEPT_AT_MOST)

    def on(self, sweep: Sweep, on: date, known_at: KnownAt) -> Iterator[Owing]:
        """What is owed in each encounter; those that are kept decoded before those that are not.

        The others would push them out before their turn.
        """
        asked = _Asked(sweep, on, known_at)
        for name in sorted(sweep.encounters, key=self._histories.keeps, reverse=True):
            history = self._histories.history(sweep.stream, "encounter", name, sweep.head)
            folded = self._histories.folded(history)
            if known_at is None:
                yield self._kept_or_anew(asked, folded)
            else:
                yield self._anew(asked, folded_history(history, known_at), folded)

    def _kept_or_anew(self, asked: _Asked, folded: FoldedHistory) -> Owing:
        certified = self._certified(asked, folded.folded.encounter.centre)
        kept = self._kept.get(folded.encounter)
        if kept is not None and not kept.rests_on(folded, certified):
            kept = None
        if kept is not None and kept.days.covers(asked.on):
            return kept.owing
        made = self._made(asked, folded, certified, kept)
        self._kept.keep(folded.encounter, made, len(made.owing.owed.obligations))
        return made.owing

    def _made(
        self,
        asked: _Asked,
        folded: FoldedHistory,
        certified: History | None,
        before: _Kept | None,
    ) -> _Kept:
        """What is kept from here on; of what was kept before, what still holds on this day."""
        told = before.told if before else _days_of(folded, certified)
        frames = before.frames if before else ()
        found = next((each for each in frames if each[0].covers(asked.on)), None)
        if found is None:
            found = between(told, asked.on), self._frame(asked, folded, folded)
        owed = schedule_on(found[1], asked.on)
        return _Kept(
            folded=folded,
            certified=certified,
            told=told,
            frames=(found, *(each for each in frames if each is not found))[:2],
            days=standstill(owed, asked.on, (*told, *self._days_of_the_pages)),
            owing=Owing(centre=found[1].asked.seen.state.centre, owed=owed),
        )

    def _anew(self, asked: _Asked, folded: FoldedHistory, newest: FoldedHistory) -> Owing:
        found = self._frame(asked, folded, newest)
        return Owing(centre=found.asked.seen.state.centre, owed=schedule_on(found, asked.on))

    def _frame(self, asked: _Asked, folded: FoldedHistory, newest: FoldedHistory) -> Frame:
        """`newest` says where the encounter is, whatever day is asked about."""
        centre = self._centre_of(asked, newest.folded.encounter.centre)
        return frame(effective_by(folded, asked.on), centre, self._rules, asked.on)

    def _certified(self, asked: _Asked, centre: str | None) -> History | None:
        if centre is not None and centre not in asked.told:
            sweep = asked.sweep
            asked.told[centre] = self._histories.history(sweep.stream, "centre", centre, sweep.head)
        return asked.told[centre] if centre is not None else None

    def _centre_of(self, asked: _Asked, name: str | None) -> Centre:
        if name not in asked.centres:
            told = self._certified(asked, name)
            held = self._centre.certifying(certificates(told)) if told else self._centre
            asked.centres[name] = as_of_both_times(held, asked.on, asked.known_at)
        return asked.centres[name]


def _days_of(folded: FoldedHistory, certified: History | None) -> tuple[date, ...]:
    taken = (each.record for each in folded.folded.taken)
    return days_told((*folded.known, *taken, *(certified.records if certified else ())))
