"""Which record stands in place of which: corrections read as chains, the first record first.

What is named by a record keeps its name when that record is replaced: it is named by the first of
the chain. A record that was moved here from another encounter begins a chain of its own, unless it
had been moved away from here before: then it is back, and stands in place of what it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from veinledger.domain.facts.decisions import RecordsCorrected
from veinledger.domain.reports import Record


@dataclass(frozen=True, slots=True, repr=False)
class Replacements:
    """The records of one encounter, by report key."""

    by_key: Mapping[str, Record]
    back: Mapping[str, Record] = field(default_factory=dict[str, Record])
    """By a record that came back from another encounter: the one that had been moved away."""

    def chain(self, record: Record) -> tuple[Record, ...]:
        """The record and all that it stands in place of in its encounter, the first one first."""
        chain = [record]
        while (before := self._before(chain[-1])) is not None:
            chain.append(before)
        return tuple(reversed(chain))

    def first(self, key: str) -> str:
        """The report key of the first record of a chain; a key that is not known stays itself."""
        record = self.by_key.get(key)
        if record is None or record.in_place_of is None:
            return key
        return self.chain(record)[0].key

    def _before(self, record: Record) -> Record | None:
        target = record.in_place_of
        if target is None:
            return None
        if target.encounter != record.name:
            return self.back.get(record.key)
        return self.by_key.get(target.record)


def replacements(known: Iterable[Record]) -> Replacements:
    """The chains among the records that are known."""
    by_key = {record.key: record for record in known}
    some_came = any(record.kind == "moved" for record in by_key.values())
    return Replacements(by_key=by_key, back=dict(_back(by_key.values())) if some_came else {})


def _back(known: Iterable[Record]) -> Iterator[tuple[str, Record]]:
    """What was moved here, with what had been moved away as the same report, in their order.

    Through whichever encounters it came: a record that is moved stays the report that it was.
    """
    by_number: dict[tuple[str, int], Record] = {}
    away: defaultdict[object, list[Record]] = defaultdict(list)
    for record in known:
        by_number[record.name, record.seal.sequence] = record
        for number in _moved_by(record):
            if (gone := by_number.get((record.name, number))) is not None:
                away[gone.name, gone.source].append(gone)
        gone = _same_report(record, away[record.name, record.source])
        if gone is not None:
            away[record.name, record.source].remove(gone)
            yield record.key, gone


def _moved_by(act: Record) -> Iterator[int]:
    """The numbers of what a correction moves to another encounter."""
    if isinstance(act.fact, RecordsCorrected) and act.kind == "report":
        yield from (change.sequence for change in act.fact.changes if change.kind == "move")


def _same_report(record: Record, away: Iterable[Record]) -> Record | None:
    """Of one source message and item more than one may have gone: two replacements of one set."""
    if record.kind != "moved":
        return None

    def told(each: Record) -> object:
        return each.fact, each.occurred, each.actor, each.original

    return next((gone for gone in away if told(gone) == told(record)), None)
