"""Weight and body surface area: what the doses are worked out from, and how old they are."""

from __future__ import annotations

from collections.abc import Callable

from veinledger.domain.facts.patient import PatientMeasured
from veinledger.projections.gates.registry import Asked, Found, gate, met, not_met
from veinledger.projections.gates.rules.patient.saying import age, days


@gate
def the_body_surface_was_measured_lately(asked: Asked) -> Found:
    """Fludarabine and cyclophosphamide go by the square metre."""
    return _measured(asked, "body surface area", _surface)


@gate
def the_weight_was_measured_lately(asked: Asked) -> Found:
    """The cells go by the kilogram."""
    return _measured(asked, "weight", lambda fact: fact.weight is not None)


def _measured(asked: Asked, what: str, has: Callable[[PatientMeasured], bool]) -> Found:
    found = [
        record
        for record, fact in asked.case.seen.of(PatientMeasured)
        if record.day <= asked.on and has(fact)
    ]
    if not found:
        return not_met(f"no {what} is recorded")
    last, limit = found[-1], int(asked.rule.limit("days"))
    told = f"{what} of {last.day}, {age(last.day, asked.on)}"
    if (asked.on - last.day).days > limit:
        return not_met(f"{told}; it may be {days(limit)} at most", last, on_this_day=True)
    return met(told, last)


def _surface(fact: PatientMeasured) -> bool:
    """Written down, or height and weight of one measurement, from which it is worked out."""
    return fact.bsa is not None or (fact.height is not None and fact.weight is not None)
