"""Who read what, from the records and from what is noted beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from veinledger.adapters.access.taken import READ, taken_in
from veinledger.domain.ledger.access import Reading, WantedReadings
from veinledger.domain.ledger.port import Row
from veinledger.domain.standing.history import KnownAt
from veinledger.domain.standing.recorded import was_known


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldReading:
    """One reading, with the encounter by its name."""

    reading: Reading
    encounter: str | None
    """None where it was about all, or about a name that the ledger has no record of."""
    position: int | None
    """Of the record that holds it; None while it stands beside the ledger alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Those that were asked for, of how many, in the order in which they were noted."""

    readings: tuple[ToldReading, ...]
    of: int
    """How many there are of the encounter, or in all."""
    not_recorded_yet: int
    """How many of them stand beside the ledger alone."""
    not_as_written: int
    """Lines, over the whole ledger, that somebody without the key changed or left half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """All that there is: each reading with its record, and how many lines were none."""

    readings: tuple[tuple[Reading, int | None], ...]
    not_as_written: int


def noted(rows: Iterable[Row], pending: tuple[Reading | None, ...], known_at: KnownAt) -> Noted:
    """What was recorded by then, and behind it what stands beside, where nobody asks for then.

    `rows` are those of the stream of readings, in clear.
    """
    found = list[tuple[Reading, int | None]]()
    broken = 0
    for taken in (taken_in(row) for row in _by_then(rows, known_at)):
        found += [(each, taken.position) for each in taken.readings]
        broken += len(taken.not_as_written)
    if known_at is None:
        found += [(each, None) for each in pending if each is not None]
        broken += sum(each is None for each in pending)
    return Noted(readings=tuple(found), not_as_written=broken)


def readings(
    all_of_them: Noted, stream: str | None, wanted: WantedReadings, names: Mapping[str, str]
) -> Readings:
    """Those about one encounter, by its stream, or all; `names` are the encounters by stream."""
    of = [each for each in all_of_them.readings if stream in (None, each[0].stream)]
    told = tuple(
        ToldReading(reading=each, encounter=names.get(each.stream or ""), position=position)
        for each, position in of
        if wanted.wants(each)
    )
    return Readings(
        readings=told,
        of=len(of),
        not_recorded_yet=sum(each.position is None for each in told),
        not_as_written=all_of_them.not_as_written,
    )


def _by_then(rows: Iterable[Row], known_at: KnownAt) -> Iterator[Row]:
    of_readings = (row for row in rows if row.type == READ)
    return (row for row in of_readings if was_known(row.position, row.recorded_at, known_at))
