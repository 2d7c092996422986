"""The neurological examination before the infusion, and the plan of those after it."""

from __future__ import annotations

from typing import Final

from veinledger.domain.facts.surveillance import NeurologyVisitCompleted, SurveillancePlanFiled
from veinledger.domain.reports import Record
from veinledger.projections.case.evidence.clearances import clearances, cleared_of
from veinledger.projections.case.evidence.question import (
    Question,
    Reading,
    expired,
    have,
    missing,
    not_asked,
    not_met,
)

PARKINSONISM: Final = ("parkinson", "movement disorder")
"""Words of a finding that name what must not have been there before."""
DENIED: Final = frozenset({"no", "not", "without", "absent", "negative", "none"})
"""Words that turn such a finding into its absence: `no parkinsonism`."""
EXAMINE: Final = "record clearance.recorded, kind neurology, or neurology.visit_completed"
PLAN: Final = "record surveillance.plan_filed: visits, protocol, document"


def baseline(question: Question) -> Reading:
    """Examined before the infusion, without parkinsonism or another movement disorder.

    A clearance says so; a visit does where its findings name neither.
    """
    if _is_not_watched(question):
        return _not_watched(question)
    if any(f.result != "pending" for _, f in clearances(question.case, "neurology", question.on)):
        return cleared_of(question, "neurology")
    visits = [p for p in question.case.seen.of(NeurologyVisitCompleted) if p[0].day <= question.on]
    if not visits:
        return missing("no neurological examination before the infusion is on record", EXAMINE)
    record, visit = visits[-1]
    named = [each for each in visit.findings if _is_parkinsonism(each)]
    if named:
        return not_met(f"the visit of {record.day} found {', '.join(named)}", EXAMINE, record)
    return _in_time(question, record)


def plan(question: Question) -> Reading:
    """A written plan that names its visits."""
    if _is_not_watched(question):
        return _not_watched(question)
    filed = [p for p in question.case.seen.of(SurveillancePlanFiled) if p[0].day <= question.on]
    if not filed:
        return missing("no plan of the neurological surveillance is on record", PLAN)
    record, newest = filed[-1]
    if not newest.visits:
        return missing(f"the plan of {record.day} names no visits", PLAN, record)
    return have(f"plan of {record.day}: {', '.join(newest.visits)}", record)


def _in_time(question: Question, record: Record) -> Reading:
    age, within = (question.on - record.day).days, question.ask.within_days
    told = f"neurology visit on {record.day}, {age} days old, no movement disorder named"
    if within is not None and age > within:
        return expired(f"{told}; at most {within} are asked for", f"repeat it: {EXAMINE}", record)
    return have(told, record)


def _is_parkinsonism(finding: str) -> bool:
    told = finding.casefold()
    return any(word in told for word in PARKINSONISM) and not DENIED & set(told.split())


def _is_not_watched(question: Question) -> bool:
    product, edition = question.case.product, question.case.rules.edition
    return product.calendar(question.on, edition) is None


def _not_watched(question: Question) -> Reading:
    return not_asked(f"no page plans neurological visits after {question.case.product.brand}")
