"""How far ahead of the ledger's clock a fact may be dated."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from veinledger.domain.findings import Objection
from veinledger.domain.reports import Occurrence, Report

AHEAD: Final = timedelta(hours=24)


def a_fact_is_not_dated_more_than_a_day_ahead(report: Report, now: datetime) -> Objection | None:
    """A fact dated more than 24 hours after it is recorded is not a valid report."""
    if not _is_ahead(report.occurred, now):
        return None
    return Objection(
        rule="a_fact_is_not_dated_more_than_a_day_ahead",
        reason="it is dated more than 24 hours after the ledger's clock",
        remedy="report it when it has happened, or correct its date; plans are appointments",
        source="docs/three-times.md",
        field="occurred_at",
    )


def _is_ahead(occurred: Occurrence, now: datetime) -> bool:
    begins = occurred.begins or occurred.instant
    if begins is None:
        return occurred.local_day > (now + AHEAD).date()
    return begins > now + AHEAD
