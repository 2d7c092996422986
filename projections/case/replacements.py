"""Which record stands in place of which: corrections read as chains, the first record first.

What is named by a record keeps its name when that record is replaced: it is named by the first of
the chain. A record that was moved here from another encounter begins a chain of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from veinledger.domain.reports import Record


@dataclass(frozen=True, slots=True, repr=False)
class Replacements:
    """The records of one encounter, by report key."""

    by_key: Mapping[str, Record]

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
        if target is None or target.encounter != record.name:
            return None
        return self.by_key.get(target.record)


def replacements(known: Iterable[Record]) -> Replacements:
    """The chains among the records that are known."""
    return Replacements(by_key={record.key: record for record in known})
