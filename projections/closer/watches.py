"""Closer watches: which finding opened one, what was found again, and which visit ended it.

One stands at a time for what one row of the page looks for: as long as nothing ends it, a further
finding belongs to it. A visit in which nothing at all was found ends it. What is reported and not
confirmed opens one that is provisional, where none stands, and ends none that stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.facts.toxicity import ToxicityObserved
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.reports import Record
from veinledger.domain.rules import Rules
from veinledger.domain.standing.history import AsOf, Effective
from veinledger.domain.standing.order import by_day, dated
from veinledger.domain.surveillance.closer import CloserWatch
from veinledger.projections.case.case import Case
from veinledger.projections.case.memo import once_by_its_answer
from veinledger.projections.case.unconfirmed import parked, reasons

LOOKED: Final = frozenset({NeurologyVisitCompleted.type, ToxicityObserved.type})
_INFUSION: Final = frozenset({CellsInfused.type})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Watch:
    """A closer watch from the record that opened it on."""

    row: CloserWatch
    """As it stood on the day of the finding."""
    anchor: Record
    """The record of the finding that opened it."""
    found: tuple[str, ...]
    """The signs and toxicities, in the words of the page."""
    again: tuple[Record, ...] = ()
    """Later records that found something while it stood."""
    ended_by: Record | None = None
    """The visit in which nothing was found."""
    provisional: str | None = None
    """Why it may yet be otherwise."""

    def __repr__(self) -> str:
        return f"<closer watch {self.row.name}>"


def watches(seen: Effective, rules: Rules, as_of: AsOf = None) -> tuple[Watch, ...]:
    """Every closer watch of an encounter, in the order of the findings; none before an infusion."""
    if not any(_may_open(record) for record in seen.known):
        return ()
    unplaced = parked(seen, LOOKED, as_of)
    waiting = {record.key for record in unplaced}
    infusion = infusion_of(seen, as_of)
    if infusion is None:
        return ()
    stands = seen.standings[infusion.key].in_effect
    looked = [*(record for record in seen.records if record.fact.type in LOOKED), *unplaced]
    after = [record for record in _in_order(looked) if record.day > infusion.day]
    names = dict.fromkeys(row.name for row in rules.listing.all(CloserWatch))
    found = [each for name in names for each in _of_a_name(name, after, waiting, seen, rules)]
    if not stands:
        found = [replace(each, provisional=_because(infusion, seen)) for each in found]
    at = {record.key: number for number, record in enumerate(after)}
    return tuple(sorted(found, key=lambda watch: at[watch.anchor.key]))


@once_by_its_answer
def watches_of(case: Case) -> tuple[Watch, ...]:
    """The same of a case, whatever waits or is disputed in it, of any day."""
    return watches(case.seen, case.rules)


@once_by_its_answer
def anchors(case: Case) -> tuple[Record, ...]:
    """The records of the findings that opened a watch: a later visit seldom opens another."""
    return tuple({watch.anchor.key: watch.anchor for watch in watches_of(case)}.values())


def infusion_of(seen: Effective, as_of: AsOf) -> Record | None:
    """The first infusion in effect; only where there is none, the first that is reported."""
    known = (record for record, _ in seen.of(CellsInfused))
    return next(known, None) or next(iter(parked(seen, _INFUSION, as_of)), None)


def signs_of(record: Record, seen: Effective, rules: Rules) -> tuple[str, ...]:
    """Everything in a record that a row of the page looks for."""
    names = dict.fromkeys(row.name for row in rules.listing.all(CloserWatch))
    rows = (_row(name, record, seen, rules) for name in names)
    found = (sign for row in rows if row is not None for sign in _found(record, row))
    return tuple(dict.fromkeys(found))


def _in_order(records: Iterable[Record]) -> Iterator[Record]:
    """As things happened; of one day the visits first, so that the review stands on their claim."""
    for _, day in by_day(records, dated):
        yield from sorted(day, key=lambda record: record.fact.type != NeurologyVisitCompleted.type)


def _of_a_name(
    name: str, records: Sequence[Record], waiting: set[str], seen: Effective, rules: Rules
) -> Iterator[Watch]:
    open_now: Watch | None = None
    for record in records:
        row, unsure = _row(name, record, seen, rules), record.key in waiting
        found = _found(record, row) if row is not None else ()
        stands = open_now is not None and (unsure or open_now.provisional is None)
        if row is not None and found and not stands:
            open_now = _opened(row, record, found, seen, unsure=unsure)
        elif open_now is not None and stands and found and not unsure:
            open_now = replace(open_now, again=(*open_now.again, record))
        elif open_now is not None and _is_clean(record) and (not unsure or open_now.provisional):
            yield replace(open_now, ended_by=record)
            open_now = None
    if open_now is not None:
        yield open_now


def _opened(
    row: CloserWatch, record: Record, found: tuple[str, ...], seen: Effective, *, unsure: bool
) -> Watch:
    said = _because(record, seen) if unsure else None
    return Watch(row=row, anchor=record, found=found, provisional=said)


def _because(record: Record, seen: Effective) -> str:
    what = "infusion" if isinstance(record.fact, CellsInfused) else "finding"
    why = reasons(seen.standings[record.key])
    return f"the {what} of {record.day} is reported, not confirmed: {why}"


def _row(name: str, record: Record, seen: Effective, rules: Rules) -> CloserWatch | None:
    """The row in force on the day: one for the product before one for all."""
    product = seen.state.product
    rows = [row for row in rules.listed(CloserWatch, record.day) if row.name == name]
    mine = [row for row in rows if not row.products or product in row.products]
    return min(mine, key=lambda row: not row.products, default=None)


def _found(record: Record, row: CloserWatch) -> tuple[str, ...]:
    match record.fact:
        case NeurologyVisitCompleted(findings=findings):
            return row.signs_in(findings)
        case ToxicityObserved(kind=kind, resolved=None) if kind in row.toxicities:
            return (kind,)
        case _:
            return ()


def _may_open(record: Record) -> bool:
    match record.fact:
        case NeurologyVisitCompleted(findings=findings):
            return bool(findings)
        case fact:
            return isinstance(fact, ToxicityObserved)


def _is_clean(record: Record) -> bool:
    return isinstance(record.fact, NeurologyVisitCompleted) and not record.fact.findings
