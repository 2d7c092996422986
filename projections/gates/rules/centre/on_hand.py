"""What must be ready beside the bed when the cells go in."""

from __future__ import annotations

from typing import Final

from veinledger.domain.centre.certification import Certification
from veinledger.projections.case.case import Case
from veinledger.projections.case.centre.certificates import INFUSION, names_of
from veinledger.projections.case.centre.places import infusing
from veinledger.projections.gates.registry import Asked, Found, gate, met, not_asked, not_met

TOCILIZUMAB: Final = "tocilizumab on hand"
OWN_LIST: Final = "authorized treatment center"


@gate
def tocilizumab_is_on_hand(asked: Asked) -> Found:
    """A certificate of the infusing facility says so; another product's says nothing here."""
    case, on = asked.case, asked.on
    place = infusing(case, on)
    if place is None:
        return not_asked("no fact tells where the cells will be given; the place says so itself")
    doses = asked.rule.limit("doses")
    for held in case.centre.certifications:
        mine = held.subject == place.name and held.role == INFUSION and held.holds(on)
        if mine and TOCILIZUMAB in held.capabilities and _counts(case, held):
            told = (held.told,) if held.told is not None else ()
            said = f"{held.programme} {held.reference or ''}".strip()
            return met(f"{place.name} has it on hand by {said}", place.told, *told)
    return not_met(
        f"no certificate of {place.name} says on {on} that tocilizumab is on hand; {doses} doses "
        "must be",
        place.told,
    )


def _counts(case: Case, held: Certification) -> bool:
    """Of the centre as such, or of this product's own programmes."""
    own = {name for each in case.product.programmes for name in names_of(case, each)}
    if held.programme.endswith("_rems"):
        return held.programme in own
    if held.programme.startswith(OWN_LIST):
        return held.programme == f"{OWN_LIST}, {case.product.name}"
    return True
