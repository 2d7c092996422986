"""Visits that the patient did not come to: what is said of a window in which that happened."""

from __future__ import annotations

from datetime import date

from veinledger.domain.facts.surveillance import NeurologyVisitMissed
from veinledger.domain.obligations.point import Window
from veinledger.projections.schedule.question import Question


def no_shows(question: Question, window: Window, after: date = date.min) -> str | None:
    """Every no-show within a window and after a day, in order; None where there was none."""
    found = [
        f"no-show on {record.day}{': ' * bool(fact.reason)}{fact.reason or ''}"
        for record, fact in question.seen.of(NeurologyVisitMissed)
        if window.covers(record.day) and record.day > after
    ]
    return "; ".join(found) or None
