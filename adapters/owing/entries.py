"""How what is owed in one encounter is written: over spans of days, each with what turns in it.

What several spans share stands there once, and a question decodes no more than its own day.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import msgspec

from veinledger.adapters.owing.kept import Answer
from veinledger.adapters.owing.reading_all import Leaves
from veinledger.projections.due.shapes import Owing, OwingAhead, with_obligations
from veinledger.projections.due.standstill import Standstill
from veinledger.projections.schedule import Obligation

WRITTEN_OF_EACH: Final = 24
"""Spans of one encounter: a year ahead has some five, and a few of other days stand beside."""

_QUICKLY: Final = 1


class Turn(msgspec.Struct, frozen=True, array_like=True, order=True):
    """From a day on one of a span's obligations stands otherwise."""

    day: int
    """Ordinal."""
    number: int
    """Of the obligation in the span."""
    place: int
    """In the entry's list."""


class WrittenSpan(msgspec.Struct, frozen=True):
    """What is owed over some days: obligations by their places in the entry's list."""

    days: Standstill
    owing: bytes
    """Without its obligations."""
    at_first: tuple[int, ...]
    """As they stand on the first day."""
    turns: tuple[Turn, ...]
    """In the order of their days."""

    @property
    def places(self) -> Iterable[int]:
        """Every place that it names."""
        yield from self.at_first
        yield from (turn.place for turn in self.turns)

    def on(self, day: date) -> tuple[Standstill, Sequence[int]]:
        """The places of a day, and the days over which they are the same."""
        places, first, last = list(self.at_first), self.days.first, self.days.last
        for turn in self.turns:
            if turn.day > day.toordinal():
                last = date.fromordinal(turn.day - 1)
                break
            places[turn.number] = turn.place
            first = date.fromordinal(turn.day)
        return Standstill(first=first, last=last), places


class Entry(msgspec.Struct, frozen=True):
    """All that is written of one encounter, decoded only as far as it is asked for."""

    name: str
    rests_on: Leaves
    obligations: bytes
    """A compressed list; each by itself, so that a day decodes no more than its own."""
    spans: tuple[WrittenSpan, ...]
    """The newest first."""

    def on(self, day: date) -> Answer | None:
        """The answer that covers a day."""
        found = self._covering(day)
        return None if found is None else _read(found, _unpacked(self), day)

    def days_around(self, day: date) -> Standstill | None:
        """The days of the span that covers a day."""
        found = self._covering(day)
        return None if found is None else found.days

    def _covering(self, day: date) -> WrittenSpan | None:
        return next((each for each in self.spans if each.days.covers(day)), None)


def entry_of(
    name: str, rests_on: Leaves, spans: Iterable[OwingAhead], before: Entry | None
) -> Entry:
    """An entry with new spans before those that it held; the oldest go."""
    held = dict.fromkeys(_unpacked(before)) if before else dict[bytes, None]()
    places = {packed: place for place, packed in enumerate(held)}
    new = [_written(each, places) for each in spans]
    kept = (*new, *(before.spans if before else ()))[:WRITTEN_OF_EACH]
    return _without_what_nobody_names(Entry(name, rests_on, b"", kept), list(places))


def _written(span: OwingAhead, places: dict[bytes, int]) -> WrittenSpan:
    """A span, and the places of its obligations; a new one gets the next."""

    def place_of(each: Obligation) -> int:
        return places.setdefault(msgspec.msgpack.encode(each), len(places))

    at_first = tuple(map(place_of, span.on(span.days.first)))
    turns = (
        Turn(stand.since.toordinal(), number, place_of(stand.obligation))
        for number, course in enumerate(span.courses)
        for stand in course
        if span.days.first < stand.since <= span.days.last
    )
    return WrittenSpan(
        days=span.days,
        owing=msgspec.msgpack.encode(span.owing),
        at_first=at_first,
        turns=tuple(sorted(turns)),
    )


def _without_what_nobody_names(entry: Entry, packed: Sequence[bytes]) -> Entry:
    used = dict.fromkeys(place for each in entry.spans for place in each.places)
    new = {place: number for number, place in enumerate(used)}
    listed = msgspec.msgpack.encode([packed[place] for place in used])
    return msgspec.structs.replace(
        entry,
        obligations=zlib.compress(listed, _QUICKLY),
        spans=tuple(_renumbered(each, new) for each in entry.spans),
    )


def _renumbered(span: WrittenSpan, new: dict[int, int]) -> WrittenSpan:
    return msgspec.structs.replace(
        span,
        at_first=tuple(new[place] for place in span.at_first),
        turns=tuple(Turn(each.day, each.number, new[each.place]) for each in span.turns),
    )


def _unpacked(entry: Entry) -> list[bytes]:
    return msgspec.msgpack.decode(zlib.decompress(entry.obligations), type=list[bytes])


def _read(span: WrittenSpan, packed: Sequence[bytes], day: date) -> Answer:
    decode = msgspec.msgpack.Decoder(Obligation).decode
    days, places = span.on(day)
    rest = msgspec.msgpack.decode(span.owing, type=Owing)
    return Answer(days, with_obligations(rest, tuple(decode(packed[each]) for each in places)))
