"""The therapy before, as a payer wants to read it: every line whole, and what the label asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from veinledger.domain.facts.disease import DocumentFiled
from veinledger.domain.products.profile import Indication
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.evidence.question import (
    Question,
    Reading,
    have,
    missing,
    not_asked,
)
from veinledger.projections.case.indication import (
    Progression,
    exposure_missing,
    fits,
    left_the_label,
    lines_with,
    populations,
    prior_lines,
    progressions,
    refractoriness_missing,
)

REMEDY = (
    "report each line with its days, its drugs by class, best response and why it was stopped "
    "(therapy.line_recorded)"
)


def therapy_log(question: Question) -> Reading:
    """Every prior line with its drugs, dates, best response and why it was stopped."""
    lines = prior_lines(question.case, question.on)
    if not lines:
        return missing("no prior line is on record", REMEDY)
    lacks = tuple(log_lacks(question.case, question.on))
    records = tuple(record for record, _ in lines)
    if lacks:
        return missing("; ".join(lacks), REMEDY, *records)
    whole = "with drugs, dates, best response and reason stopped"
    return have(f"{len(lines)} prior line{'s' * (len(lines) > 1)}, {whole}", *records)


def label_is_met(question: Question) -> Reading:
    """What the indication asks of the therapy before: lines, classes, the drug it is refractory to.

    Source: IMWG for refractory: progression on the drug or within 60 days of its last dose.
    """
    judged = _judged(question)
    if not judged:
        return not_asked(f"the label has no indication on {question.on} to judge by")
    lacks = {each.name: tuple(_lacks(question, each)) for each in judged}
    enough = next((each for each in judged if not lacks[each.name]), None)
    records = _records(question, enough or judged[0])
    if enough is not None:
        return have(_shown(question, enough), *records)
    told = " / ".join(f"{_name(each)}: {'; '.join(lacks[each.name])}" for each in judged)
    cited = _filed(question)
    if cited is not None:
        kind, reference = cited[1].kind.replace("_", " "), cited[1].reference
        return have(f"not on label ({told}); the {kind} {reference} is on file", cited[0])
    return missing(f"{told}{_left_the_label(question)}", _remedy(judged), *records)


def _judged(question: Question) -> tuple[Indication, ...]:
    """The indications on the label on the day; one whose text has ended no longer counts."""
    case, on = question.case, question.on
    today = case.product.indications_on(on, case.rules.edition)
    return tuple(each for each in populations(case, on) if each in today) or today


def _left_the_label(question: Question) -> str:
    """That the chart shows in full what the label no longer has."""
    was = left_the_label(question.case, question.on)
    if was is None:
        return ""
    said = f"which left the label on {was.until} [{was.row}, {was.confidence} confidence]"
    return f"; the chart shows {_name(was)}, {said}"


def _filed(question: Question) -> tuple[Record, DocumentFiled] | None:
    """The newest document of the kind that answers the payer too."""
    kind = question.ask.or_document
    found = [
        (record, fact)
        for record, fact in question.case.seen.of(DocumentFiled)
        if kind is not None
        and record.day <= question.on
        and fact.kind.casefold().replace("_", " ") == kind
    ]
    return found[-1] if found else None


def timing(days: int) -> str:
    """How the progression stood to the last dose: `progression 21 days after the last dose`."""
    if days <= 0:
        return "progression while it was given"
    return f"progression {days} day{'s' * (days > 1)} after the last dose"


def log_lacks(case: Case, on: date) -> Iterator[str]:
    """What a payer wants to read of each prior line and no record says, a clause a line.

    Source: the page, denial 3: drugs, dates, best response, reason stopped.
    """
    for _, fact in prior_lines(case, on):
        parts = {
            "drugs": bool(fact.drugs),
            "first day": fact.since is not None,
            "last day": fact.until is not None,
            "best response": fact.response is not None,
            "reason for stopping": fact.reason_stopped is not None,
        }
        lacks = [name for name, there in parts.items() if not there]
        if lacks:
            yield f"line {fact.line} ({fact.regimen}) has no {', no '.join(lacks)}"


def timeline_lacks(case: Case, one: Progression, on: date) -> Iterator[str]:
    """What a reviewer wants to read of a refractoriness and no record says.

    Source: the page, denial 2: first dose, last dose, response, progression, and the document.
    """
    fact = one.fact
    if fact.first_dose is None:
        yield "no first dose"
    if fact.document is None:
        yield "no document that says so"
    if fact.progressed_on > one.record.day:
        yield f"a progression on {fact.progressed_on}, after the day on which it was written down"
    with_it = lines_with(case, fact.drug, on)
    if not with_it:
        yield "no prior line with the drug"
    elif all(line.response is None for line in with_it):
        yield "no response in the lines with the drug"


def _lacks(question: Question, asked: Indication) -> Iterator[str]:
    case, on = question.case, question.on
    yield from _diagnosis_lacks(question, asked)
    yield from refractoriness_missing(case, asked)
    yield from exposure_missing(case, asked, on)
    counting = [each for each in progressions(case, asked) if each.counts]
    gaps = tuple(timeline_lacks(case, counting[-1], on)) if counting else ()
    if gaps:
        yield f"the {asked.refractory_to} timeline has {', '.join(gaps)}"


def _diagnosis_lacks(question: Question, asked: Indication) -> Iterator[str]:
    found = question.case.assessment(question.on)
    code = found[1].code if found else None
    if code is None:
        yield "no diagnosis code is documented"
    elif not fits(question.case, asked, code, question.on):
        yield f"the documented diagnosis {code} is none of the indication"


def _records(question: Question, asked: Indication) -> tuple[Record, ...]:
    lines = (record for record, _ in prior_lines(question.case, question.on))
    return (*lines, *(each.record for each in progressions(question.case, asked)))


def _shown(question: Question, asked: Indication) -> str:
    lines = len({fact.line for _, fact in prior_lines(question.case, question.on)})
    classes = f" with {', '.join(asked.classes)}" if asked.classes else ""
    told = [f"{_name(asked)}: {lines} prior line{'s' * (lines != 1)}{classes}"]
    counting = [each for each in progressions(question.case, asked) if each.counts]
    if counting:
        told.append(f"refractory to {asked.refractory_to}: {timing(counting[-1].days)}")
    return "; ".join(told)


def _name(indication: Indication) -> str:
    return indication.name.replace("_", " ")


def _remedy(judged: tuple[Indication, ...]) -> str:
    drugs = [each.refractory_to for each in judged if each.refractory_to]
    if not drugs:
        return REMEDY
    return (
        f"report first and last dose of {drugs[0]}, the progression and its document "
        f"(therapy.refractoriness_documented); and {REMEDY}, so that each class is named"
    )
