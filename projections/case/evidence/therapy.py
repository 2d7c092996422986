"""The therapy before, as a payer wants to read it: every line whole, and what the label asks."""

from __future__ import annotations

from veinledger.domain.facts.disease import TherapyLineRecorded
from veinledger.domain.products.profile import Indication
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.evidence.question import Question, Reading, have, missing
from veinledger.projections.case.indication import (
    days_to_progression,
    exposure_missing,
    indicated,
    lines_before,
    refractoriness_missing,
    refractory,
)

REMEDY = (
    "record therapy.line_recorded with since and until, its drugs by class, response and "
    "reason_stopped"
)


def therapy_log(question: Question) -> Reading:
    """Every prior line with its dates, best response and why it was stopped."""
    lines = lines_before(question.case, question.on)
    if not lines:
        return missing("no prior line is on record", REMEDY)
    gaps = [gap for _, fact in lines if (gap := _gap(fact))]
    records = tuple(record for record, _ in lines)
    if gaps:
        return missing("; ".join(gaps), REMEDY, *records)
    whole = "with dates, best response and reason stopped"
    return have(f"{len(lines)} prior line{'s' * (len(lines) > 1)}, {whole}", *records)


def label_is_met(question: Question) -> Reading:
    """What the indication asks of the therapy before: lines, classes, the drug it is refractory to.

    Source: IMWG for refractory: progression on the drug or within 60 days of its last dose.
    """
    case, on = question.case, question.on
    asked = indicated(case, on)
    if asked is None:
        return missing(
            "the referral leaves open for which indication it is",
            "record the indication with encounter.opened, and the disease with disease.assessed",
        )
    lacking = (*refractoriness_missing(case, asked), *exposure_missing(case, asked, on))
    records = _judged_by(case, asked, question)
    if lacking:
        return missing("; ".join(lacking), _remedy(asked), *records)
    return have(_shown(case, asked, question), *records)


def _gap(fact: TherapyLineRecorded) -> str | None:
    parts = {
        "first day": fact.since,
        "last day": fact.until,
        "best response": fact.response,
        "reason stopped": fact.reason_stopped,
    }
    lacking = [name for name, value in parts.items() if value is None]
    return f"line {fact.line} has no {', no '.join(lacking)}" if lacking else None


def _judged_by(case: Case, asked: Indication, question: Question) -> tuple[Record, ...]:
    lines = (record for record, _ in lines_before(case, question.on))
    return (*lines, *(record for record, _ in refractory(case, asked)))


def _shown(case: Case, asked: Indication, question: Question) -> str:
    lines = len({fact.line for _, fact in lines_before(case, question.on)})
    classes = f" with {', '.join(asked.classes)}" if asked.classes else ""
    told = [f"{lines} prior line{'s' * (lines != 1)}{classes}"]
    said = [days_to_progression(fact) for _, fact in refractory(case, asked)]
    if said:
        told.append(f"refractory to {asked.refractory_to}: {timing(min(said))}")
    return "; ".join(told)


def timing(days: int) -> str:
    """How the progression stood to the last dose: `progression 21 days after the last dose`."""
    if days <= 0:
        return "progression while it was given"
    return f"progression {days} day{'s' * (days > 1)} after the last dose"


def _remedy(asked: Indication) -> str:
    if asked.refractory_to is None:
        return REMEDY
    return (
        f"record therapy.refractoriness_documented for {asked.refractory_to} (first and last dose, "
        f"progression, document), and {REMEDY.removeprefix('record ')} for each class"
    )
