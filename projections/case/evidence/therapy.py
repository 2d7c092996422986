"""The therapy before, as a payer wants to read it: every line whole, and what the label asks."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.disease import DocumentFiled, TherapyLineRecorded
from veinledger.domain.products.profile import Indication
from veinledger.domain.reports import Record
from veinledger.projections.case.evidence.question import (
    Question,
    Reading,
    have,
    missing,
    not_asked,
)
from veinledger.projections.case.indication import (
    Progression,
    ended,
    exposure_missing,
    fits,
    is_documented_in_full,
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
    lacks = [f"line {f.line} has no {', no '.join(gaps)}" for _, f in lines if (gaps := _gaps(f))]
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
    case, on = question.case, question.on
    full = [each for each in ended(case, on) if is_documented_in_full(case, each, on)]
    if not full:
        return ""
    return f"; the chart shows {_name(full[-1])}, which left the label on {full[-1].until}"


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


def _gaps(fact: TherapyLineRecorded) -> list[str]:
    parts = {
        "drugs": bool(fact.drugs),
        "first day": fact.since is not None,
        "last day": fact.until is not None,
        "best response": fact.response is not None,
        "reason stopped": fact.reason_stopped is not None,
    }
    return [name for name, there in parts.items() if not there]


def _lacks(question: Question, asked: Indication) -> Iterator[str]:
    case, on = question.case, question.on
    yield from _diagnosis_lacks(question, asked)
    yield from refractoriness_missing(case, asked)
    yield from exposure_missing(case, asked, on)
    counting = [each for each in progressions(case, asked) if each.counts]
    if counting:
        yield from _timeline_lacks(counting[-1])


def _diagnosis_lacks(question: Question, asked: Indication) -> Iterator[str]:
    found = question.case.assessment(question.on)
    code = found[1].code if found else None
    if code is None:
        yield "no diagnosis code is documented"
    elif not fits(question.case, asked, code, question.on):
        yield f"the documented diagnosis {code} is none of the indication"


def _timeline_lacks(one: Progression) -> Iterator[str]:
    """A reviewer reads the days and the document that says so."""
    if one.fact.first_dose is None:
        yield f"the {one.fact.drug} timeline has no first dose"
    if one.fact.document is None:
        yield f"the {one.fact.drug} timeline has no document that says so"


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
