"""The nervous system before the cells: a baseline to compare with, and no parkinsonism already."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.facts.toxicity import ConditionDocumented, ToxicityObserved
from veinledger.domain.reports import Record
from veinledger.projections.case.surveillance import (
    Baseline,
    baseline,
    calendar,
    is_asked_by_the_rems,
    is_movement_disorder,
    is_the_baseline,
)
from veinledger.projections.gates.registry import Asked, Found, gate, met, not_asked, not_met
from veinledger.projections.gates.rules.patient.saying import (
    age,
    asked_for,
    days,
    nobody_asks,
    without_a_calendar,
)


@gate
def the_baseline_that_is_asked_for_shows_no_movement_disorder(asked: Asked) -> Found:
    """By the payer of the day, or by the REMS where the edition takes it for the REMS's."""
    if calendar(asked.case, asked.on) is None:
        return without_a_calendar(asked)
    ask = asked.asks("baseline_neurology")
    if ask is not None:
        return asked_for(asked, ask, _judged(asked, ask.within_days, ""))
    if is_asked_by_the_rems(asked.case, asked.on):
        return _judged(asked, None, " (asked for by the REMS, as this edition has it)")
    return nobody_asks(asked, "a baseline neurological examination")


@gate
def the_surveillance_begins_with_a_baseline_that_found_nothing(asked: Asked) -> Found:
    """A protocol of the site, where the product has a calendar and nobody else asks."""
    known = calendar(asked.case, asked.on)
    if known is None:
        return without_a_calendar(asked)
    if asked.asks("baseline_neurology") or is_asked_by_the_rems(asked.case, asked.on):
        return not_asked("others ask for the baseline already, in a gate of its own")
    early = next((visit.early for visit in known.visits if is_the_baseline(visit)), None)
    return _judged(asked, early, " (a protocol of the site: no REMS asks for it)")


@gate
def no_parkinsonism_was_there_before_the_cells(asked: Asked) -> Found:
    """A diagnosis or a toxicity on record, whoever pays: later findings could not be told apart."""
    if calendar(asked.case, asked.on) is None:
        return without_a_calendar(asked)
    found = tuple(_parkinsonism(asked))
    if not found:
        return met("no record before the cells speaks of parkinsonism")
    told = "; ".join(f"{what} on {record.day}" for record, what in found)
    return not_met(f"parkinsonism is on record: {told}", *(record for record, _ in found))


def _judged(asked: Asked, within: int | None, who: str) -> Found:
    seen = baseline(asked.case, asked.on)
    if seen is None:
        return not_met(f"no neurological examination before the cells is recorded{who}")
    wrong = _wrong(seen)
    if wrong is not None:
        return not_met(f"{wrong}{who}", seen.record)
    old = age(seen.day, asked.on)
    if within is not None and (asked.on - seen.day).days > within:
        most = f"and may be {days(within)} at most"
        told = f"the neurological examination of {seen.day} is {old}, {most}"
        return not_met(f"{told}{who}", seen.record, on_this_day=True)
    return met(f"neurological examination of {seen.day}, {old}, without findings{who}", seen.record)


def _wrong(seen: Baseline) -> str | None:
    what = f"the neurological examination of {seen.day}"
    match seen.outcome:
        case "nothing found":
            return None
        case "findings":
            return f"{what} has findings; nobody has said whether they are a movement disorder"
        case "not cleared":
            return f"{what} did not clear the patient"
        case "pending":
            return f"{what} is pending"
        case "unreported":
            return f"the plan names a baseline on {seen.day}, and nobody has reported what it found"


def _parkinsonism(asked: Asked) -> Iterator[tuple[Record, str]]:
    """What is dated before the first infusion: what came after it is the cells' own."""
    case = asked.case
    infused = min((record.day for record, _ in case.infusions()), default=asked.on)
    last = min(infused, asked.on)
    for record, fact in case.seen.of(ConditionDocumented):
        if record.day <= last and is_movement_disorder(case, fact.condition, record.day):
            sure = "documented" if fact.condition.certainty == "confirmed" else "suspected"
            yield record, f"{fact.condition.code}, {sure}"
    for record, toxicity in case.seen.of(ToxicityObserved):
        if record.day <= last and toxicity.kind == "parkinsonism/MNT":
            yield record, "a toxicity of that kind, observed"
