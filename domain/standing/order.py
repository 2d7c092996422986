"""The order of the fold: the order in which things happened, whatever order they were told in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Final, NamedTuple, TypeVar

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.facts.patient import PatientAdmitted
from veinledger.domain.lifecycle.table import RANK_OF_ADMISSION_FOR_TOXICITY, RANKS
from veinledger.domain.reports import Record

T = TypeVar("T")

PAPERS: Final = {
    "claim.submitted": 1,
    "claim.answered": 4,
    "appeal.filed": 5,
    "appeal.answered": 6,
}
"""What passes between biller and payer, each with its rank: what leads to another stands first.

The table of the lifecycle ranks them lowest: they are legal everywhere and move nothing, so which
history is legal does not hang on this, and the table keeps its number.
"""
_AS_SENT: Final = {"1": PAPERS["claim.submitted"], "7": 2, "8": 3}
"""A claim goes out before its replacement, and that before its void."""
LAST_OF_THE_DAY: Final = frozenset({"patient.died", "encounter.withdrawn"})
_TURNS: Final = dict.fromkeys(PAPERS, 1) | dict.fromkeys(LAST_OF_THE_DAY, 2)
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
    turn: int = 0
    """Care, then papers, then what ends the encounter."""


def rank_of(fact: Fact) -> int:
    """The rank of a fact among facts of one day and turn, from the lifecycle table or of papers."""
    if isinstance(fact, PatientAdmitted) and fact.reason in _TOXICITY:
        return RANK_OF_ADMISSION_FOR_TOXICITY
    if isinstance(fact, ClaimSubmitted):
        return _AS_SENT[fact.frequency]
    return PAPERS.get(fact.type) or RANKS[fact.type]


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
        turn=_TURNS.get(record.fact.type, 0),
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
    turns = sorted({pair[0].turn for pair in pairs})
    return [
        pair
        for turn in turns
        for pair in _by_clock_and_rank([each for each in pairs if each[0].turn == turn])
    ]


def _by_clock_and_rank(pairs: list[tuple[Dated, T]]) -> list[tuple[Dated, T]]:
    """Timed facts by the clock; each bare date before the first fact with a higher rank."""
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
