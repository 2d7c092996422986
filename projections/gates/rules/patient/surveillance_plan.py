"""The plan of the neurological surveillance: filed, and with every visit of the calendar."""

from __future__ import annotations

from veinledger.projections.case.surveillance import (
    calendar,
    is_asked_by_the_rems,
    plan,
    visits_lacking,
)
from veinledger.projections.gates.registry import Asked, Found, gate, met, not_asked, not_met
from veinledger.projections.gates.rules.patient.saying import (
    asked_for,
    nobody_asks,
    without_a_calendar,
)


@gate
def the_surveillance_plan_that_is_asked_for_is_filed(asked: Asked) -> Found:
    """By the payer of the day, or by the REMS where the edition takes it for the REMS's."""
    ask = asked.asks("neurological_plan")
    if calendar(asked.case, asked.on) is None and not _by_name(asked):
        return without_a_calendar(asked)
    if ask is not None:
        return asked_for(asked, ask, _filed(asked, ""))
    if is_asked_by_the_rems(asked.case, asked.on):
        return _filed(asked, " (asked for by the REMS, as this edition has it)")
    return nobody_asks(asked, "a plan of the neurological surveillance")


@gate
def the_surveillance_is_planned_before_the_cells(asked: Asked) -> Found:
    """A protocol of the site, where the product has a calendar and nobody else asks."""
    if calendar(asked.case, asked.on) is None:
        return without_a_calendar(asked)
    if asked.asks("neurological_plan") or is_asked_by_the_rems(asked.case, asked.on):
        return not_asked("others ask for the plan already, in a gate of its own")
    return _filed(asked, " (a protocol of the site: no REMS asks for it)")


def _by_name(asked: Asked) -> bool:
    """Whether the directory says that this payer asks for a plan, whatever the product."""
    payer = asked.case.payer(asked.on)
    return payer is not None and "neurological_plan" in payer.asks_for


def _filed(asked: Asked, who: str) -> Found:
    found, known = plan(asked.case, asked.on), calendar(asked.case, asked.on)
    if found is None:
        visits = ", ".join(each.name.replace("_", " ") for each in known.visits) if known else ""
        wanted = f"; its visits are {visits}" if visits else ""
        return not_met(f"no surveillance plan is filed{wanted}{who}")
    record, fact = found
    lacking = visits_lacking(fact, known) if known else ()
    if lacking:
        names = ", ".join(each.name.replace("_", " ") for each in lacking)
        return not_met(f"the plan of {record.day} lacks {names}{who}", record)
    every = "with every visit of the calendar" if known else "; the product has no calendar"
    return met(f"plan of {record.day} {every}{who}", record)
