"""What speaks against the therapy although no payer asks: an infection, a result nobody wanted."""

from __future__ import annotations

from typing import Final

from veinledger.domain.facts.disease import ClearanceKind
from veinledger.domain.policies.policy import Item
from veinledger.projections.case.examinations import Examination, examination
from veinledger.projections.gates.registry import Asked, Found, gate, met, not_asked, not_met
from veinledger.projections.gates.rules.patient.results import NAMES, not_cleared
from veinledger.projections.gates.rules.patient.saying import age, days

ITEM_OF: Final[dict[ClearanceKind, Item]] = {
    "ECOG": "ecog",
    "LVEF": "cardiac_clearance",
    "pulmonary": "pulmonary_clearance",
    "renal": "organ_function",
    "hepatic": "organ_function",
    "BCMA pathology": "bcma_pathology",
    "imaging": "imaging",
    "autoimmune": "no_autoimmune_disease",
}
"""By which item a payer asks for a kind of examination. Infection and neurology have gates of their
own, whoever pays."""


@gate
def no_infection_is_active(asked: Asked) -> Found:
    """No policy on the pages asks for it; whoever gives the cells does."""
    seen, limit = examination(asked.case, "infection", asked.on), int(asked.rule.limit("days"))
    if seen is None:
        return not_met("no search for an active infection is recorded")
    told = not_cleared(seen)
    if told is not None:
        return not_met(told, seen.record, on_this_day=True)
    if (asked.on - seen.day).days > limit:
        old = f"{age(seen.day, asked.on)}, and may be {days(limit)} at most"
        return not_met(
            f"the search for an active infection of {seen.day} is {old}",
            seen.record,
            on_this_day=True,
        )
    return met(f"no active infection on {seen.day}, {age(seen.day, asked.on)}", seen.record)


@gate
def an_examination_against_the_therapy_is_read_whoever_pays(asked: Asked) -> Found:
    """A result that did not clear the patient counts although the payer does not ask for it."""
    every = [examination(asked.case, kind, asked.on) for kind in ITEM_OF]
    seen = [each for each in every if each is not None and _is_unasked(asked, each)]
    against = [(each, told) for each in seen if (told := not_cleared(each)) is not None]
    if against:
        return not_met(
            "; ".join(told for _, told in against), *(each.record for each, _ in against)
        )
    if seen:
        names = ", ".join(NAMES[each.fact.kind] for each in seen)
        return met(f"cleared without being asked for: {names}", *(each.record for each in seen))
    return not_asked("nothing is on record beyond what the payer asks for")


def _is_unasked(asked: Asked, seen: Examination) -> bool:
    """Pathology of a target that is not the product's says nothing about the product."""
    item, product = ITEM_OF[seen.fact.kind], asked.case.product
    if item == "bcma_pathology" and product.target != "BCMA":
        return False
    return asked.asks(item) is None
