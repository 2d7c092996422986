"""Which records the audit trail of a day has: what had happened by then, and who decided about it.

What a record counts for follows from what is known, whatever day is asked about. So a decision that
changed one of them, or that settled a finding about it, stands in the trail whenever it was made:
without it nobody could see why the record counts for what it does.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import date

from veinledger.domain.facts.encounter import EncounterLinked
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import AsOf, Effective
from veinledger.domain.standing.occurred import had_occurred
from veinledger.projections.case.decided import Decided
from veinledger.projections.settling.settlements import Settlement


def of_the_day(
    seen: Effective, as_of: AsOf, deeds: Decided, settled: Mapping[str, Settlement]
) -> tuple[Record, ...]:
    """What of the known records is shown as of a day, in the order of the ledger."""
    if as_of is None:
        return seen.known
    shown = set(_happened(seen, as_of))
    shown.update([*_settled(shown, settled), *_linked(shown, seen)])
    shown = _with_decisions(shown, deeds)
    return tuple(record for record in seen.known if record.key in shown)


def _happened(seen: Effective, as_of: date) -> Iterator[str]:
    """Report keys; an opening counts from the first day of the story on."""
    yield from (taken.record.key for taken in seen.taken)
    yield from (record.key for record in seen.known if had_occurred(record, as_of))


def _settled(shown: Container[str], settled: Mapping[str, Settlement]) -> Iterator[str]:
    """Those who settled what was found about what is shown."""
    for key, settlement in settled.items():
        if any(record in shown for record in settlement.rests_on):
            yield key


def _linked(shown: Container[str], seen: Effective) -> Iterator[str]:
    """The links in effect by which what is shown counts here, or in another encounter."""
    names = {record.name for record in seen.known if record.key in shown}
    for record in seen.known:
        linked = isinstance(record.fact, EncounterLinked) and seen.standings[record.key].in_effect
        if linked and (record.merges or record.name) in names:
            yield record.key


def _with_decisions(shown: set[str], deeds: Decided) -> set[str]:
    """With who decided about them, and who decided about those decisions."""
    found, following = set(shown), list(shown)
    while following:
        by = {deed.by for deed in deeds.to.get(following.pop(), ())} - found
        found |= by
        following.extend(by)
    return found
