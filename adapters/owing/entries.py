"""How the answers about one encounter are written: what several days share stands there once."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import msgspec

from veinledger.adapters.owing.kept import Answer
from veinledger.adapters.owing.reading_all import Leaves
from veinledger.projections.due.shapes import Owing
from veinledger.projections.due.standstill import Standstill
from veinledger.projections.schedule import Obligation

WRITTEN_OF_EACH: Final = 24
"""Answers of one encounter: a month ahead has some eight, and a few of other days stand beside."""

_QUICKLY: Final = 1


class WrittenAnswer(msgspec.Struct, frozen=True):
    """What is owed over some days: its obligations by their places in the entry's list."""

    days: Standstill
    owing: bytes
    """Without its obligations."""
    obligations: tuple[int, ...]


class Entry(msgspec.Struct, frozen=True):
    """All that is written of one encounter, decoded only as far as it is asked for."""

    name: str
    rests_on: Leaves
    obligations: bytes
    """A compressed list; each by itself, so that a day decodes no more than its own."""
    answers: tuple[WrittenAnswer, ...]
    """The newest first."""

    def on(self, day: date) -> Answer | None:
        """The answer that covers a day."""
        found = self._covering(day)
        return None if found is None else _read(found, _unpacked(self))

    def days_around(self, day: date) -> Standstill | None:
        """The days of the answer that covers a day."""
        found = self._covering(day)
        return None if found is None else found.days

    def _covering(self, day: date) -> WrittenAnswer | None:
        return next((each for each in self.answers if each.days.covers(day)), None)


def entry_of(name: str, rests_on: Leaves, answers: Iterable[Answer], before: Entry | None) -> Entry:
    """An entry with new answers before those that it held; the oldest go."""
    held = dict.fromkeys(_unpacked(before)) if before else dict[bytes, None]()
    places = {packed: place for place, packed in enumerate(held)}
    new = [_written(each, places) for each in answers]
    kept = (*new, *(before.answers if before else ()))[:WRITTEN_OF_EACH]
    return _without_what_nobody_names(Entry(name, rests_on, b"", kept), list(places))


def _written(answer: Answer, places: dict[bytes, int]) -> WrittenAnswer:
    """An answer, and the places of its obligations; a new one gets the next."""
    owed = answer.owing.owed
    packed = (msgspec.msgpack.encode(each) for each in owed.obligations)
    at = tuple(places.setdefault(each, len(places)) for each in packed)
    rest = replace(answer.owing, owed=replace(owed, obligations=()))
    return WrittenAnswer(answer.days, msgspec.msgpack.encode(rest), at)


def _without_what_nobody_names(entry: Entry, packed: Sequence[bytes]) -> Entry:
    used = dict.fromkeys(place for each in entry.answers for place in each.obligations)
    new = {place: number for number, place in enumerate(used)}
    answers = tuple(
        msgspec.structs.replace(each, obligations=tuple(new[place] for place in each.obligations))
        for each in entry.answers
    )
    listed = msgspec.msgpack.encode([packed[place] for place in used])
    compressed = zlib.compress(listed, _QUICKLY)
    return msgspec.structs.replace(entry, obligations=compressed, answers=answers)


def _unpacked(entry: Entry) -> list[bytes]:
    return msgspec.msgpack.decode(zlib.decompress(entry.obligations), type=list[bytes])


def _read(written: WrittenAnswer, packed: Sequence[bytes]) -> Answer:
    rest = msgspec.msgpack.decode(written.owing, type=Owing)
    decode = msgspec.msgpack.Decoder(Obligation).decode
    obligations = tuple(decode(packed[place]) for place in written.obligations)
    owing = replace(rest, owed=replace(rest.owed, obligations=obligations))
    return Answer(written.days, owing)
