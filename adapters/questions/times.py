"""Times of a question that are none, mean something else elsewhere, or nothing yet, are refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from veinledger.adapters.errors import BadInput
from veinledger.domain.standing.history import AsOf, KnownAt
from veinledger.domain.values import YEARS

_AN_INSTANT: Final = "a datetime with its offset from UTC, such as 2026-05-01T09:10:00-05:00"
_THE_YEARS: Final = f"from {YEARS.start} to {YEARS.stop - 1}"

if TYPE_CHECKING:
    from veinledger.domain.ledger.port import Store

_LATER: Final = "the first known_at is later than the second: give the earlier one first"


def refuse_no_times(as_of: AsOf, known_at: KnownAt) -> None:
    """What a caller may take for a time of a question, and is none; positions are not judged."""
    if as_of is not None:
        if type(as_of) is date:
            _refuse_other_years("as_of", as_of)
        else:
            refuse_no_instant("as_of", as_of, f"a date, or {_AN_INSTANT}")
    if type(known_at) is date:
        raise BadInput("known_at is a day; give the instant, or a position of the ledger")
    if known_at is not None and not isinstance(known_at, int):
        refuse_no_instant("known_at", known_at, f"a position of the ledger, or {_AN_INSTANT}")


def refuse_out_of_order(store: Store, first: KnownAt, second: KnownAt) -> None:
    """The first moment of knowledge is not the later one, each by the last record it knows of."""
    if second is not None and _is_later(store, store.head() if first is None else first, second):
        raise BadInput(_LATER)


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


def refuse_no_instant(name: str, asked: object, wanted: str = _AN_INSTANT) -> None:
    """What is no instant, or one that means another on every machine."""
    if not isinstance(asked, datetime):
        raise BadInput(f"{name} is no time that can be asked about; give {wanted}")
    if asked.utcoffset() is None:
        raise BadInput(
            f"{name} is a time without an offset from UTC; give one with its offset, such as"
            " 2026-05-01T09:10:00-05:00"
        )
    _refuse_other_years(name, asked)


def refuse_reversed(since: datetime | None, until: datetime | None) -> None:
    """A span that ends before it begins has nothing in it, which would pass for an answer."""
    if since is not None and until is not None and since > until:
        raise BadInput("since is later than until: give the earlier one first")


def refuse_no_day(**named: object) -> None:
    """What is no calendar date; a time of the day is none either, for it has one in every zone."""
    for name, asked in named.items():
        if type(asked) is not date:
            raise BadInput(f"{name} is no day; give a date without a time, as date(2026, 5, 1)")
        _refuse_other_years(name, asked)


def refuse_positions_beyond(head: int, position: object, name: str = "known_at") -> None:
    """Nobody knows yet what a ledger will hold at a position that it has not reached."""
    there = f"this ledger has the positions 0 (empty) to {head} (now)"
    if isinstance(position, bool) or not isinstance(position, int):
        raise BadInput(f"{name} is no position, and {there}; leave it out to ask about now")
    if not 0 <= position <= head:
        raise BadInput(f"{name} is position {position}, and {there}; leave it out to ask about now")


def _refuse_other_years(name: str, asked: date) -> None:
    """The years that a report may be dated in are those that can be asked about."""
    if asked.year not in YEARS:
        raise BadInput(f"{name} lies in the year {asked.year}; give a date {_THE_YEARS}")
