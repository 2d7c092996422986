"""The therapy before: lines, classes and refractoriness, as the indication on the label asks."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.products.profile import Indication
from veinledger.domain.reports import Record
from veinledger.projections.case.evidence.therapy import log_lacks, timeline_lacks
from veinledger.projections.case.indication import (
    CLASSES,
    Progression,
    drugs_of_class,
    exposure_missing,
    lines_with,
    populations,
    prior_lines,
    progressions,
)
from veinledger.projections.gates.registry import Asked, Found, gate, met, not_asked, not_met
from veinledger.projections.gates.rules.patient.saying import (
    asked_for,
    days,
    either,
    name_of,
    nobody_asks,
)


@gate
def the_prior_therapy_is_what_the_label_asks_for(asked: Asked) -> Found:
    """As many lines as the indication asks for, and a drug of each class that it names."""
    judged = populations(asked.case, asked.on)
    records = _line_records(asked)
    if not judged:
        return not_asked(f"the label has no indication on {asked.on} to judge by")
    missing = {each.name: tuple(exposure_missing(asked.case, each, asked.on)) for each in judged}
    enough = next((each for each in judged if not missing[each.name]), None)
    if enough is not None:
        return met(_exposure(asked, enough), *records)
    told = (f"{name_of(each)}: {'; '.join(missing[each.name])}" for each in judged)
    return not_met(" / ".join(told), *records)


@gate
def the_disease_is_refractory_to_what_the_label_names(asked: Asked) -> Found:
    """Progression on the drug, or soon after its last dose, with the days that say so."""
    judged = populations(asked.case, asked.on)
    asking = [each for each in judged if each.refractory_to]
    if not asking:
        return not_asked(f"{either(judged) or 'the label'} asks for no refractoriness to a drug")
    each = asking[0]
    said = progressions(asked.case, each)
    counting = [one for one in said if one.counts]
    if counting:
        return met(_timeline(counting[-1]), counting[-1].record)
    if said:
        return not_met("; ".join(_timeline(one) for one in said), *(one.record for one in said))
    return not_met(_undocumented(asked, each), *_line_records(asked))


@gate
def the_timeline_of_the_refractoriness_is_written_down(asked: Asked) -> Found:
    """What a reviewer wants to read: first dose, last dose, response, progression, the document."""
    asking = [each for each in populations(asked.case, asked.on) if each.refractory_to]
    said = [one for each in asking for one in progressions(asked.case, each) if one.counts]
    if not said:
        return not_asked("no refractoriness is documented whose timeline could be read")
    lacks = tuple(timeline_lacks(asked.case, said[-1], asked.on))
    if lacks:
        return not_met(f"the {said[-1].fact.drug} timeline has {'; '.join(lacks)}", said[-1].record)
    return met(
        f"first and last dose, response and progression are there, and document "
        f"{said[-1].fact.document} says so",
        said[-1].record,
    )


@gate
def the_prior_therapy_log_is_complete(asked: Asked) -> Found:
    """Each line with its drugs, first and last day, best response and why it was stopped."""
    ask = asked.asks("prior_therapy_log")
    if ask is None:
        return nobody_asks(asked, "a log of the prior therapy")
    lines = prior_lines(asked.case, asked.on)
    lacks = tuple(log_lacks(asked.case, asked.on)) if lines else ("no prior line is recorded",)
    if lacks:
        return asked_for(asked, ask, not_met("; ".join(lacks), *_line_records(asked)))
    number = "1 prior line" if len(lines) == 1 else f"{len(lines)} prior lines"
    told = f"{number}, each with drugs, dates, best response and reason for stopping"
    return asked_for(asked, ask, met(told, *_line_records(asked)))


@gate
def a_class_that_no_line_can_name_is_read_in_the_chart(asked: Asked) -> Found:
    """The label asks for a class for which the ledger has no word."""
    judged = populations(asked.case, asked.on)
    unnamed = dict.fromkeys(name for each in judged for name in each.classes if name not in CLASSES)
    if not unnamed:
        return not_asked("every class that the label asks for can be read from the lines")
    return not_met(
        f"the label asks for a {' and a '.join(unnamed)} in the lines before, and the record of a "
        "line has no word for that class",
        *_line_records(asked),
    )


def _exposure(asked: Asked, judged: Indication) -> str:
    lines = {fact.line for _, fact in prior_lines(asked.case, asked.on)}
    classes = (
        f"{name}: {', '.join(_given(asked, name))}" for name in judged.classes if name in CLASSES
    )
    number = "1 prior line" if len(lines) == 1 else f"{len(lines)} prior lines"
    counted = f"{name_of(judged)}: {number} ({judged.lines_least} at least)"
    return "; ".join((counted, *classes))


def _given(asked: Asked, name: str) -> Iterator[str]:
    for drug, lines in drugs_of_class(asked.case, name, asked.on).items():
        yield f"{drug} (line {', '.join(str(each) for each in lines)})"


def _timeline(one: Progression) -> str:
    fact = one.fact
    given = f"{fact.drug} from {fact.first_dose or 'a day that nobody wrote down'} to"
    told = f"{given} {fact.last_dose}, progression on {fact.progressed_on}"
    if one.before_the_first_dose:
        return f"{told}, which is before the first dose"
    if one.days < 0:
        return f"{told}, during therapy"
    if one.within is None:
        return f"{told}, {days(one.days)} after the last dose"
    return f"{told}, {days(one.days)} after the last dose ({one.within} at most)"


def _undocumented(asked: Asked, judged: Indication) -> str:
    drug = judged.refractory_to or ""
    told = f"nothing documents that the disease is refractory to {drug}"
    having = [
        f"line {fact.line} ({fact.regimen}, to {fact.until or 'a day that nobody wrote down'})"
        for fact in lines_with(asked.case, drug, asked.on)
    ]
    if not having:
        return f"{told}, and no prior line has it"
    return f"{told}; it was given in {' and '.join(having)}"


def _line_records(asked: Asked) -> tuple[Record, ...]:
    return tuple(record for record, _ in prior_lines(asked.case, asked.on))
