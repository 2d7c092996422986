"""Times of a question that mean something else on every machine, or nothing yet, are refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from veinledger.adapters.errors import BadInput
from veinledger.domain.standing.history import AsOf, KnownAt

if TYPE_CHECKING:
    from veinledger.domain.ledger.port import Store

LATER: Final = "the first {} is later than the second: give the earlier one first"


def refuse_times_without_offset(as_of: AsOf, known_at: KnownAt) -> None:
    """A time without offset means another instant on every machine."""
    for name, asked in (("as_of", as_of), ("known_at", known_at)):
        if isinstance(asked, datetime) and asked.tzinfo is None:
            raise BadInput(
                f"{name} is a time without an offset from UTC; give one with its offset, such as"
                " 2026-05-01T09:10:00-05:00"
            )
    if type(known_at) is date:
        raise BadInput("known_at is a day; give the instant, or a position of the ledger")


def refuse_out_of_order(store: Store, first: KnownAt, second: KnownAt) -> None:
    """The first moment of knowledge is not the later one, each by the last record it knows of."""
    if second is not None and _is_later(store, store.head() if first is None else first, second):
        raise BadInput(LATER.format("known_at"))


def _is_later(store: Store, first: int | datetime, second: int | datetime) -> bool:
    """No row is recorded earlier than the one before it, so one row puts the two in order."""
    if isinstance(first, int) and isinstance(second, int):
        return first > second
    if isinstance(first, datetime) and isinstance(second, datetime):
        return first > second
    if isinstance(first, int) and isinstance(second, datetime):
        last = next(store.rows(after=first - 1), None) if first else None
        return last is not None and last.recorded_at > second
    if isinstance(first, datetime) and isinstance(second, int):
        following = next(store.rows(after=second), None)
        return following is not None and following.recorded_at <= first
    return False


def refuse_positions_beyond(head: int, known_at: int) -> None:
    """Nobody knows yet what a ledger will hold at a position that it has not reached."""
    if not 0 <= known_at <= head:
        raise BadInput(
            f"known_at is position {known_at}, and this ledger has the positions 0 (empty) to"
            f" {head} (now); leave it out to ask about now"
        )
