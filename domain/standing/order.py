"""The order of the fold: the order in which things happened, whatever order they were told in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Final, NamedTuple, TypeVar

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.patient import PatientAdmitted
from veinledger.domain.lifecycle.table import RANK_OF_ADMISSION_FOR_TOXICITY, RANKS
from veinledger.domain.reports import Record

T = TypeVar("T")

LAST_OF_THE_DAY: Final = frozenset({"patient.died", "encounter.withdrawn"})
_TOXICITY: Final = frozenset({"CRS/ICANS", "infection"})


class Place(NamedTuple):
    """What decides where a fact stands among others of its day; `who` breaks every tie."""

    rank: int
    who: tuple[str, str, int, bool, str]
    """Connection, message, item, whether it is a conflict, report key."""


class Dated(NamedTuple):
    """A place with its day, and its instant where the clock was told."""

    day: date
    instant: datetime | None
    place: Place
    last: bool = False


def rank_of(fact: Fact) -> int:
    """The rank of a fact among facts of one day, from the lifecycle table."""
    if isinstance(fact, PatientAdmitted) and fact.reason in _TOXICITY:
        return RANK_OF_ADMISSION_FOR_TOXICITY
    return RANKS[fact.type]


def dated(record: Record) -> Dated:
    """Where a record stands in the order of the fold."""
    source = record.source
    return Dated(
        day=record.occurred.local_day,
        instant=record.occurred.instant,
        place=Place(
            rank=rank_of(record.fact),
            who=(
                source.connection,
                source.message,
                source.item,
                record.kind == "conflict",
                record.key,
            ),
        ),
        last=record.fact.type in LAST_OF_THE_DAY,
    )


def by_day(items: Iterable[T], when: Callable[[T], Dated]) -> list[tuple[date, list[T]]]:
    """The items day by day, each day in the order of the fold."""
    items = list(items)
    if not items:
        return []
    if len(items) == 1:
        return [(when(items[0]).day, items)]
    paired = sorted(((when(item), item) for item in items), key=lambda pair: pair[0].day)
    return [
        (day, [item for _, item in _within_a_day(list(pairs))])
        for day, pairs in groupby(paired, key=lambda pair: pair[0].day)
    ]


def _within_a_day(pairs: list[tuple[Dated, T]]) -> list[tuple[Dated, T]]:
    if len(pairs) == 1:
        return pairs
    last = [pair for pair in pairs if pair[0].last]
    others = [pair for pair in pairs if not pair[0].last]
    return _by_clock_and_rank(others) + _by_clock_and_rank(last)


def _by_clock_and_rank(pairs: list[tuple[Dated, T]]) -> list[tuple[Dated, T]]:
    """Timed facts by the clock; each bare date before the first fact with a higher rank."""
    if not pairs:
        return pairs
    timed = [pair for pair in pairs if pair[0].instant is not None]
    timed.sort(key=lambda pair: (pair[0].instant, pair[0].place))
    bare = [pair for pair in pairs if pair[0].instant is None]
    bare.sort(key=lambda pair: pair[0].place, reverse=True)
    merged: list[tuple[Dated, T]] = []
    for pair in timed:
        while bare and bare[-1][0].place.rank < pair[0].place.rank:
            merged.append(bare.pop())
        merged.append(pair)
    return merged + bare[::-1]
