"""The schedule of every encounter, for questions over all of them.

A schedule is kept for the days over which it says the same, and for as long as every stream that it
was worked out from ends with the same leaf. It is worked out from the records again whenever it is
not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Final

from veinledger.adapters.codec.rows import RowCodec
from veinledger.adapters.owing.beside import Beside
from veinledger.adapters.owing.kept import KEPT_IN_ALL, Answer, Framed, Kept
from veinledger.adapters.owing.reading_all import Reading, Watched
from veinledger.adapters.reading import Histories, ReadStream, Recent
from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.certified import as_of_both_times, certificates
from veinledger.domain.ledger.port import Store
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import (
    FoldedHistory,
    History,
    KnownAt,
    effective_by,
    folded_history,
)
from veinledger.projections.due.ahead import ahead_of
from veinledger.projections.due.shapes import Owing, OwingAhead
from veinledger.projections.due.standstill import (
    Standstill,
    between,
    days_happened,
    days_of_the_pages,
    days_told,
    standstill,
)
from veinledger.projections.schedule import Frame, frame, schedule_on

_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, repr=False)
class _Asked:
    """One question over all encounters."""

    reading: Reading
    on: date
    known_at: KnownAt
    centres: dict[str | None, Centre] = field(default_factory=dict[str | None, Centre])


@dataclass(frozen=True, slots=True, repr=False)
class _Told:
    """What is on record of an encounter, and of its centre's certificates."""

    folded: FoldedHistory
    centre: str | None
    certified: History | None

    @property
    def records(self) -> tuple[Record, ...]:
        """Whatever its standing, and as it was taken by the fold."""
        taken = (each.record for each in self.folded.folded.taken)
        certificates_told = self.certified.records if self.certified else ()
        return (*self.folded.known, *taken, *certificates_told)


class AllOwing:
    """Answers what is owed in every encounter. Thread-safe, as its parts are."""

    def __init__(  # what a question reads, each once
        self,
        histories: Histories,
        codec: RowCodec,
        rules: Rules,
        centre: Centre,
        *,
        beside: Beside | None = None,
    ) -> None:
        self._histories = histories
        self._codec = codec
        self._rules = rules
        self._centre = centre
        self._beside = beside
        self._days_of_the_pages = tuple(days_of_the_pages(rules))
        self._kept: Recent[Kept] = Recent(KEPT_IN_ALL)

    def on(self, store: Store, on: date, known_at: KnownAt) -> Iterator[Owing]:
        """What is owed in each encounter; those that are kept before those that are not.

        The others would push them out before their turn.
        """
        asked = _Asked(Reading(store), on, known_at)
        for stream in sorted(asked.reading.encounters, key=self._kept.holds, reverse=True):
            if known_at is None:
                yield self._kept_or_anew(asked, stream)
            elif (owing := self._as_known(asked, stream)) is not None:
                yield owing
        if self._beside is not None and known_at is None:
            self._beside.write()

    def ready(self, store: Store, first: date, last: date) -> int:
        """Work out and write what is owed on each of some days, where that is not written yet.

        Where nothing is kept between processes, of the first day alone. Tells of how many
        encounters something had to be worked out. Raises StoreFailed where it cannot be written.
        """
        reading, last = Reading(store), last if self._beside is not None else first

        @cache
        def asked_on(on: date) -> _Asked:
            return _Asked(reading, on, None)

        worked_out = sum(
            self._readied(asked_on, stream, first, last) for stream in reading.encounters
        )
        if self._beside is not None:
            self._beside.write_all()
        return worked_out

    def _readied(
        self, asked_on: Callable[[date], _Asked], stream: str, first: date, last: date
    ) -> bool:
        """From each standstill to the next; whether anything had to be worked out."""
        kept, spans, on = None, list[OwingAhead](), first
        while on <= last:
            asked = asked_on(on)
            days = self._written_around(asked, stream)
            if days is None:
                kept = self._with_this_day(asked, stream, self._still_holding(asked, stream))
                spans += self._ahead(kept, on)
                days = spans[-1].days
            on = min(days.last, last) + _A_DAY
        if kept is not None and self._beside is not None:
            self._beside.add(stream, kept, spans)
        return bool(spans)

    def _ahead(self, kept: Kept, on: date) -> Iterator[OwingAhead]:
        """What is owed from a day on that was just worked out, as far ahead as that is known."""
        framed = kept.frames[0]
        changes = (*kept.told, *self._days_of_the_pages)
        return ahead_of(framed.frame, on, changes, framed.days.last)

    def _written_around(self, asked: _Asked, stream: str) -> Standstill | None:
        beside = self._beside
        return None if beside is None else beside.days_around(stream, asked.reading, asked.on)

    def _kept_or_anew(self, asked: _Asked, stream: str) -> Owing:
        kept = self._still_holding(asked, stream)
        if kept is not None and (found := kept.on(asked.on)) is not None:
            return found
        made = self._with_this_day(asked, stream, kept)
        if self._beside is not None:
            self._beside.add(stream, made, list(self._ahead(made, asked.on)))
        return made.answers[0].owing

    def _still_holding(self, asked: _Asked, stream: str) -> Kept | None:
        """What was worked out from the records that are there now, be it by another process."""
        kept = self._kept.get(stream)
        if kept is not None and not asked.reading.holds_still(kept.rests_on):
            kept = None
        if self._beside is None or (kept is not None and kept.knows(asked.on)):
            return kept
        written = self._beside.kept(stream, asked.reading, asked.on)
        if written is None or not written.answers:
            return kept or written
        both = written if kept is None else kept.answered(written.answers[0])
        self._kept.keep(stream, both, both.weight)
        return both

    def _with_this_day(self, asked: _Asked, stream: str, before: Kept | None) -> Kept:
        known, framed = before, before.frame_on(asked.on) if before else None
        if known is None or framed is None:
            known, framed = self._read(asked, stream, before)
        owed = schedule_on(framed.frame, asked.on)
        days = standstill(owed, asked.on, (*known.told, *self._days_of_the_pages))
        owing = Owing(centre=framed.frame.asked.seen.state.centre, owed=owed)
        made = known.answering(framed, Answer(days, owing))
        self._kept.keep(stream, made, made.weight)
        return made

    def _read(self, asked: _Asked, stream: str, before: Kept | None) -> tuple[Kept, Framed]:
        """The records anew, with the frame of this day; of what was kept, what still holds."""
        name = before.name if before else self._name(asked, stream)
        watched = Watched(asked.reading)
        told = self._told(asked, watched.stream, name)
        days = between(days_happened(told.records), asked.on)
        framed = Framed(days, self._frame(asked, told))
        return Kept(
            name=name,
            rests_on=watched.leaves,
            answers=before.answers if before else (),
            told=days_told(told.records),
            frames=before.frames if before else (),
        ), framed

    def _as_known(self, asked: _Asked, stream: str) -> Owing | None:
        """None of an encounter that nobody had told of by then."""
        told = self._told(asked, asked.reading.stream, self._name(asked, stream))
        if not told.folded.known:
            return None
        found = self._frame(asked, told)
        return Owing(centre=found.asked.seen.state.centre, owed=schedule_on(found, asked.on))

    def _name(self, asked: _Asked, stream: str) -> str:
        return self._codec.record(asked.reading.stream(stream, 0)[0]).name

    def _told(self, asked: _Asked, stream: ReadStream, name: str) -> _Told:
        """The newest record known says where the encounter is, whatever day is asked about."""
        head = asked.reading.head
        history = self._histories.history(stream, "encounter", name, head)
        folded = self._histories.folded(history)
        if asked.known_at is not None:
            folded = folded_history(history, asked.known_at)
        centre = folded.folded.encounter.centre
        certified = centre and self._histories.history(stream, "centre", centre, head)
        return _Told(folded, centre, certified or None)

    def _frame(self, asked: _Asked, told: _Told) -> Frame:
        if told.centre not in asked.centres:
            certified = told.certified
            held = self._centre.certifying(certificates(certified)) if certified else self._centre
            asked.centres[told.centre] = as_of_both_times(held, asked.on, asked.known_at)
        centre = asked.centres[told.centre]
        return frame(effective_by(told.folded, asked.on), centre, self._rules, asked.on)
