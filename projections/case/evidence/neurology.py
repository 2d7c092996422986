"""The neurological examination before the infusion, and the plan of those after it."""

from __future__ import annotations

from typing import Final

from veinledger.projections.case.evidence.question import (
    Question,
    Reading,
    expired,
    have,
    missing,
    not_asked,
    not_met,
)
from veinledger.projections.case.surveillance import (
    Baseline,
    baseline,
    calendar,
    on_record,
    parkinsonism_before,
    plan,
    visits_lacking,
)

EXAMINE: Final = (
    "report the examination with what it found (clearance.recorded, kind neurology, or "
    "neurology.visit_completed)"
)
DECIDE: Final = (
    "have neurology see the patient and the treating physician decide with the payer; correct the "
    "record where it is wrong"
)
PLAN: Final = "file the plan with its visits, protocol and document (surveillance.plan_filed)"


def examined_before(question: Question) -> Reading:
    """Examined before the infusion, without parkinsonism or another movement disorder."""
    if calendar(question.case, question.on) is None:
        return _not_watched(question)
    before = parkinsonism_before(question.case, question.on)
    if before:
        return not_met(on_record(before), DECIDE, *(record for record, _ in before))
    seen = baseline(question.case, question.on)
    if seen is None:
        return missing("no neurological examination before the infusion is on record", EXAMINE)
    wrong = against(seen)
    if wrong is not None:
        return wrong
    age, within = (question.on - seen.day).days, question.ask.within_days
    told = f"neurological examination of {seen.day}, {age} days old, without findings"
    if within is not None and age > within:
        return expired(
            f"{told}; at most {within} are asked for", f"repeat it: {EXAMINE}", seen.record
        )
    return have(told, seen.record)


def planned(question: Question) -> Reading:
    """A written plan that has every visit of the product's calendar."""
    known = calendar(question.case, question.on)
    if known is None and question.ask.confidence == "unverified":
        return _not_watched(question)
    found = plan(question.case, question.on)
    if found is None:
        return missing("no plan of the neurological surveillance is on record", PLAN)
    record, filed = found
    lacking = visits_lacking(filed, known) if known else ()
    if lacking:
        names = ", ".join(each.name.replace("_", " ") for each in lacking)
        return missing(f"the plan of {record.day} lacks {names}", PLAN, record)
    return have(f"plan of {record.day}: {', '.join(filed.visits)}", record)


def against(seen: Baseline) -> Reading | None:
    """What an examination says that is no clean baseline."""
    what = f"the neurological examination of {seen.day}"
    match seen.outcome:
        case "nothing found":
            return None
        case "findings":
            said = "has findings; nobody has said whether they are a movement disorder"
            return not_met(f"{what} {said}", EXAMINE, seen.record)
        case "not cleared":
            return not_met(f"{what} did not clear the patient", EXAMINE, seen.record)
        case "pending":
            return missing(f"{what} is pending", EXAMINE, seen.record)
        case "unreported":
            said = f"the plan names a baseline on {seen.day}, and nobody has reported what it found"
            return missing(said, EXAMINE, seen.record)


def _not_watched(question: Question) -> Reading:
    return not_asked(f"no page plans neurological visits after {question.case.product.brand}")
