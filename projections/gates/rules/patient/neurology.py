"""The nervous system before the cells: a baseline to compare with, and no parkinsonism already."""

from __future__ import annotations

from veinledger.projections.case.evidence.neurology import DECIDE, against
from veinledger.projections.case.surveillance import (
    baseline,
    calendar,
    is_asked_by_the_rems,
    is_the_baseline,
    on_record,
    parkinsonism_before,
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
    found = parkinsonism_before(asked.case, asked.on)
    if not found:
        return met("no record before the cells speaks of parkinsonism")
    return not_met(on_record(found), *(record for record, _ in found))


def _judged(asked: Asked, within: int | None, who: str) -> Found:
    """A diagnosis of before counts, whatever the examination found."""
    found = parkinsonism_before(asked.case, asked.on)
    if found:
        told, records = f"{on_record(found)}{who}", (record for record, _ in found)
        return not_met(told, *records, remedy=DECIDE)
    seen = baseline(asked.case, asked.on)
    if seen is None:
        return not_met(f"no neurological examination before the cells is recorded{who}")
    wrong = against(seen)
    if wrong is not None:
        return not_met(f"{wrong.found}{who}", seen.record)
    old = age(seen.day, asked.on)
    if within is not None and (asked.on - seen.day).days > within:
        most = f"and may be {days(within)} at most"
        told = f"the neurological examination of {seen.day} is {old}, {most}"
        return not_met(f"{told}{who}", seen.record, on_this_day=True)
    return met(f"neurological examination of {seen.day}, {old}, without findings{who}", seen.record)
