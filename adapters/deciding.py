"""What a report changed, or would change, in every encounter that it touches; and judging again.

The rules and the projections are the ledger's own; this fetches the histories that they need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from veinledger.domain.facts.decisions import DAY_PLAYS_NO_PART
from veinledger.domain.intake.foresight import Foreseen, touched_by
from veinledger.domain.intake.outcome import Outcome, RefusedItem
from veinledger.domain.ledger.port import Row, Store
from veinledger.domain.reports import Record
from veinledger.domain.standing.history import AsOf, History, KnownAt

if TYPE_CHECKING:
    from veinledger.projections.changes import Changes

ReadHistory = Callable[[str], History]
"""The history of an encounter by its name; without records where nobody has reported any."""
Compare = Callable[[History, KnownAt, KnownAt, AsOf], "Changes"]
"""What changed in a history between two moments of knowledge, by the ledger's rules."""

DECISION_TYPES: Final = frozenset(decision.type for decision in DAY_PLAYS_NO_PART)


@dataclass(frozen=True, slots=True, repr=False)
class ViewOfStore:
    """A store up to one position, as a transaction would see it: for what is only asked."""

    store: Store
    until: int
    now: datetime

    def stream(self, name: str, after: int = 0) -> tuple[Row, ...]:
        """The rows of a stream after a sequence, in order."""
        return tuple(r for r in self.store.stream(name, after) if r.position <= self.until)

    def keyed(self, key: bytes) -> Row | None:
        """The row that holds this report key."""
        row = self.store.keyed(key)
        return row if row is not None and row.position <= self.until else None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Consequences:
    """What was answered to a report, and what it changed in each encounter that it touches."""

    outcome: Outcome
    changes: tuple[Changes, ...]
    recorded: bool
    """False where it was only asked what would be."""

    def __repr__(self) -> str:
        return f"<consequences in {len(self.changes)} encounters>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Retried:
    """A refused item judged again, or left as it is."""

    item: RefusedItem
    outcome: Outcome | None
    """None where it was left."""
    left_because: str = ""

    def __repr__(self) -> str:
        return f"<retried: {self.outcome.answer if self.outcome else 'left'}>"


def consequences(
    outcome: Outcome, history_of: ReadHistory, compare: Compare, as_of: AsOf
) -> Consequences:
    """What a recorded report changed, from just before it was kept to just after."""
    found = tuple(_changed(outcome, history_of, compare, as_of))
    return Consequences(outcome=outcome, changes=found, recorded=True)


def _changed(
    outcome: Outcome, history_of: ReadHistory, compare: Compare, as_of: AsOf
) -> Iterator[Changes]:
    if outcome.encounter is None or outcome.record is None or outcome.answer == "refused":
        return
    history = history_of(outcome.encounter)
    record = next((each for each in history.records if each.key == outcome.record), None)
    if record is None:
        return
    from veinledger.projections.changes import kept_between  # noqa: PLC0415  # with all its rules

    histories = [history, *_others(record, history, history_of)]
    before, after = kept_between(histories, record.key)
    yield from _worth_telling(compare(each, before, after, as_of) for each in histories)


def _others(record: Record, history: History, history_of: ReadHistory) -> Iterator[History]:
    for name in touched_by(record, history, history_of)[1:]:
        other = history_of(name)
        if other.records:
            yield other


def foreseen(told: Foreseen, compare: Compare, as_of: AsOf) -> Consequences:
    """What a report would change."""
    histories = told.histories if told.outcomes[0].answer != "refused" else ()
    found = (compare(each, told.known_at, None, as_of) for each in histories)
    return Consequences(
        outcome=_not_kept(told.outcomes[0]), changes=tuple(_worth_telling(found)), recorded=False
    )


def _not_kept(outcome: Outcome) -> Outcome:
    """An outcome that names no record, since none was made."""
    if outcome.answer == "duplicate":
        return outcome
    return replace(outcome, record=None, sequence=None)


def _worth_telling(found: Iterator[Changes]) -> Iterator[Changes]:
    """Those of the encounter itself, and of others where anything changed."""
    for number, each in enumerate(found):
        if number == 0 or not each.nothing:
            yield each


def why_left(item: RefusedItem) -> str:
    """Why a refused item is not judged again; empty where it is."""
    if item.taken_since is not None:
        if item.taken_since.encounter is None:
            return "taken since, and waits to be assigned to an encounter"
        return f"taken since, as record {item.taken_since.sequence}"
    if item.type in DECISION_TYPES:
        return "a decision is made again by the person who made it"
    return ""
