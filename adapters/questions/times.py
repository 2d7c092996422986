"""Times of a question that mean something else on every machine, or nothing yet, are refused."""

from __future__ import annotations

from datetime import date, datetime

from veinledger.adapters.errors import BadInput
from veinledger.domain.standing.history import AsOf, KnownAt


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


def refuse_positions_beyond(head: int, known_at: int) -> None:
    """Nobody knows yet what a ledger will hold at a position that it has not reached."""
    if not 0 <= known_at <= head:
        raise BadInput(
            f"known_at is position {known_at}, and this ledger has the positions 0 (empty) to"
            f" {head} (now); leave it out to ask about now"
        )
