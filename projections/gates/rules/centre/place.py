"""Whether the site's directory knows the place of the step."""

from __future__ import annotations

from veinledger.projections.case.case import Case
from veinledger.projections.case.centre.places import (
    Named,
    collecting,
    conditioning,
    infusing,
    treating,
)
from veinledger.projections.gates.registry import Asked, Found, gate, met, not_met


@gate
def the_place_of_the_step_is_in_the_directory(asked: Asked) -> Found:
    """Without its row nobody knows its zone, how it is paid, or who bills."""
    case, on = asked.case, asked.on
    place = _place(asked)
    if place is None:
        return not_met(
            "no fact tells where it will be done",
            remedy="book the step with its facility (appointment.booked), or report the admission",
        )
    if case.facility(place.name, on) is not None:
        return met(f"{place.name} ({place.by})", place.told)
    return not_met(_unknown(case, place), place.told)


def _place(asked: Asked) -> Named | None:
    match asked.intent:
        case "collect":
            return collecting(asked.case, asked.on)
        case "lymphodeplete":
            return conditioning(asked.case, asked.on)
        case "receive":
            return treating(asked.case, asked.on)
        case "infuse":
            return infusing(asked.case, asked.on)


def _unknown(case: Case, place: Named) -> str:
    known = ", ".join(dict.fromkeys(each.name for each in case.centre.facilities)) or "none"
    return f"the directory has no facility {place.name!r} on this day; it has {known}"
