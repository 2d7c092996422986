"""The visit with which the surveillance that a payer authorized is over."""

from __future__ import annotations

from datetime import date

from veinledger.domain.facts.surveillance import NeurologyVisitCompleted
from veinledger.domain.reports import Record
from veinledger.projections.schedule.kinds.courses import courses
from veinledger.projections.schedule.question import Question


def last_visit(question: Question, since: date, until: date) -> Record | None:
    """The last visit of the calendar, if it came between two days and no closer watch goes on."""
    infusion = question.infusion
    if infusion is None or infusion.provisional:
        return None
    mine = [c for c in courses(question, "cells.infused", infusion.day) if c.group == "neurology"]
    opens = [point.window(infusion.day).opens for course in mine for point in course.points]
    if not opens or any(watch.ended_by is None for watch in question.watches()):
        return None
    visits = (record for record, _ in question.seen.of(NeurologyVisitCompleted))
    return next((v for v in visits if max(since, *opens) <= v.day <= until), None)
