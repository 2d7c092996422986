"""What of a history was recorded by a moment: the same for every day that is asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from veinledger.domain.reports import Record
from veinledger.domain.standing.standing import Standing


class Held(Protocol):
    """What may be asked of it."""

    @property
    def known(self) -> tuple[Record, ...]:
        """Every record known then, in sequence, whatever its standing."""
        ...

    @property
    def standings(self) -> Mapping[str, Standing]:
        """By report key; a day that is asked about never changes a standing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Recorded:
    """What was recorded."""

    known: tuple[Record, ...]
    standings: Mapping[str, Standing]


def was_known(position: int, recorded_at: datetime, known_at: int | datetime | None) -> bool:
    """Whether the ledger held by a position or an instant what it recorded then."""
    if known_at is None:
        return True
    if isinstance(known_at, int):
        return position <= known_at
    return recorded_at <= known_at
