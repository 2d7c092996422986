"""A certificate that somebody or some place holds, and in which programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from veinledger.domain.reports import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Certification:
    """A certificate as a record of the centre's stream says it."""

    record: str
    """The report key of that record."""
    told: Record | None = None
    """The record itself: what was known of the certificate, and when."""
    centre: str | None = None
    """The centre of whose stream that record is; None where a site says it of itself."""
    subject: str
    role: str
    programme: str
    capabilities: tuple[str, ...] = ()
    reference: str | None = None
    since: date
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return self.since <= on and (self.until is None or on < self.until)
