"""Last days of paper: the window that ends on one, and how early people are told of it."""

from __future__ import annotations

from datetime import date, timedelta

from veinledger.domain.obligations.limits import Notice
from veinledger.domain.obligations.point import Window
from veinledger.projections.schedule.question import Question


def last_day(question: Question, rule: str, since: date, closes: date) -> tuple[Window, str]:
    """The window before a last day, and where its first day comes from.

    It opens the days of notice before the last day, and not before the day from which it counts.
    What comes earlier than that meets it all the same.
    """
    rows = question.rules.listed(Notice, since)
    row = next((each for each in rows if each.name == rule), None)
    days = row.days if row else 0
    opens = min(max(since, closes - timedelta(days=days)), closes)
    told = row.source if row else "no notice is set"
    return Window(due=closes, opens=opens, closes=closes), f"{days} days of notice, {told}"
