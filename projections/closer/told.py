"""What a record did to a closer watch, in a line for the audit trail, and what was taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, Effective
from veinledger.domain.standing.occurred import had_occurred
from veinledger.projections.case.decided import Decided, DeedKind, settlements
from veinledger.projections.case.replacements import replacements
from veinledger.projections.closer.review import in_words, key_of, review
from veinledger.projections.closer.watches import LOOKED, Watch, infusion_of, signs_of, watches

_TOOK_OUT: Final[frozenset[DeedKind]] = frozenset({"voided", "moved", "replaced", "discarded"})


def led_to(seen: Effective, rules: Rules, as_of: AsOf = None) -> Mapping[str, tuple[str, ...]]:
    """By report key: what each record opened, belongs to or ended."""
    found: dict[str, tuple[str, ...]] = {}
    for watch in watches(seen, rules, as_of):
        for record, line in _lines(watch, seen):
            found[record.key] = (*found.get(record.key, ()), line)
    return found


def cites(seen: Effective, rules: Rules, as_of: AsOf = None) -> Mapping[str, tuple[str, ...]]:
    """By report key: the keys of the review and of the first visit that a finding led to."""
    chains, found = replacements(seen.known), dict[str, tuple[str, ...]]()
    for watch in watches(seen, rules, as_of):
        asked = (review(watch, chains).key,) if watch.provisional is None else ()
        before = found.get(watch.anchor.key, ())
        found[watch.anchor.key] = tuple(dict.fromkeys((*before, *asked, key_of(watch, chains))))
    return found


def taken_back(
    seen: Effective, rules: Rules, deeds: Decided, as_of: AsOf = None
) -> Mapping[str, str]:
    """By report key: the findings that a person took out, so that nothing is owed after them."""
    infusion = infusion_of(seen, as_of)
    return {
        record.key: line
        for record in seen.known
        if infusion is not None and record.fact.type in LOOKED and record.day > infusion.day
        if as_of is None or had_occurred(record, as_of)
        if (line := _taken_back(record, seen, rules, deeds))
    }


def _lines(watch: Watch, seen: Effective) -> Iterator[tuple[Record, str]]:
    chains = replacements(seen.known)
    named = key_of(watch, chains)
    found = ", ".join(watch.found)
    if watch.provisional is None:
        asked = in_words(review(watch, chains), settlements(seen), seen.encounter)
        yield watch.anchor, f"found: {found} -> {asked}; closer watch {named}"
    else:
        yield watch.anchor, f"found, not confirmed: {found} -> closer watch {named}, provisional"
    for record in watch.again:
        yield record, f"found again, within the closer watch {named}"
    if watch.ended_by is not None:
        yield watch.ended_by, f"nothing found: ends the closer watch {named}"


def _taken_back(record: Record, seen: Effective, rules: Rules, deeds: Decided) -> str:
    found = signs_of(record, seen, rules)
    by = [deed for deed in deeds.to.get(record.key, ()) if deed.kind in _TOOK_OUT]
    if not found or not by or seen.standings[record.key].status != "superseded":
        return ""
    instead = next((r for r in seen.known if r.key == by[-1].replacement), None)
    if instead is not None and signs_of(instead, seen, rules):
        return ""
    number = record.number_in(seen.encounter)
    return (
        f"the finding of {record.day} ({', '.join(found)}, record {number}) was"
        f" {by[-1].told_in(seen.encounter)}: no closer watch counts from it"
    )
