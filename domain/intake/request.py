"""A request about records: what a person asks, and all that it is judged by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from veinledger.domain.facts.base import Fact
from veinledger.domain.facts.decisions import Change, RecordsCorrected, ReportDiscarded
from veinledger.domain.findings import Objection
from veinledger.domain.reports import Record, Report
from veinledger.domain.standing.history import Effective


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Request:
    """What a person asks of the records of one encounter, and all that it is judged by."""

    fact: Fact
    known: Effective
    replacements: tuple[Report, ...] = ()
    now: datetime
    is_known: Callable[[str], bool]
    """Whether the ledger holds a record of an encounter."""
    seen: Callable[[str], Effective]
    """An encounter as it stands, by its name."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """What a correction asks to change; nothing where it is no correction."""
        return self.fact.changes if isinstance(self.fact, RecordsCorrected) else ()

    @property
    def corrected(self) -> tuple[Record, ...]:
        """The records that a correction names."""
        return targets_of(self.fact, self.known) if self.changes else ()


RequestRule = Callable[[Request], Objection | None]


def targets_of(fact: Fact, known: Effective) -> tuple[Record, ...]:
    """The records that a correction or a discard takes out of effect."""
    if isinstance(fact, RecordsCorrected):
        named = {change.sequence for change in fact.changes}
        return tuple(r for r in known.known if r.seal.sequence in named)
    if isinstance(fact, ReportDiscarded):
        return tuple(r for r in known.known if r.key == fact.target)
    return ()
