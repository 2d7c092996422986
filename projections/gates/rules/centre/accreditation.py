"""What a payer wants of the centre itself: its accreditation, and that it is one of its own."""

from __future__ import annotations

from veinledger.domain.centre.certification import Certification
from veinledger.domain.centre.certified import ACCREDITED
from veinledger.domain.codebook.statement import Statement
from veinledger.domain.reports import Record
from veinledger.projections.case.centre.certificates import (
    COLLECTION,
    INFUSION,
    accreditation,
    accreditation_is_asked,
    in_force,
)
from veinledger.projections.case.centre.holders import UNTOLD, holder
from veinledger.projections.case.centre.places import Named
from veinledger.projections.gates.registry import (
    Asked,
    Found,
    gate,
    met,
    not_asked,
    not_met,
    on_the_word_of,
)

EITHER = " or ".join(ACCREDITED)


@gate
def the_centre_is_accredited_where_the_payer_asks(asked: Asked) -> Found:
    """FACT or FACT-JACIE of the place, in the role that the step gives it."""
    word = _who_asks(asked)
    if word is None:
        return _nobody_asks(asked)
    case, on = asked.case, asked.on
    role = COLLECTION if asked.intent == "collect" else INFUSION
    place = holder(case, role, on)
    held = accreditation(case, role, on, place.name if place else None)
    if place is None:
        found = _no_place(role, held)
    elif held is None:
        found = not_met(
            f"no {EITHER} accreditation of {place.name} as {role} is in force on {on}",
            place.told,
        )
    else:
        number = f" {held.reference}" if held.reference else ""
        said = f"{held.programme}{number} of {place.name} as {role}"
        found = met(said, place.told, *_told(held))
    return on_the_word_of(word, found)


@gate
def the_centre_is_one_that_the_payer_approves(asked: Asked) -> Found:
    """A maker's list of treatment centres is no payer's: each is asked for by itself."""
    payer, ask = asked.case.payer(asked.on), asked.asks("authorized_centre")
    if ask is None or payer is None:
        who = asked.policy.label if asked.policy else "the payer of the day"
        return not_asked(f"{who} asks for no centre of its own network")
    place = holder(asked.case, INFUSION, asked.on)
    if place is None:
        found = _no_place(INFUSION, None)
    else:
        found = _in_the_network(asked, payer.name, place)
    return on_the_word_of(ask, found)


def _in_the_network(asked: Asked, payer: str, place: Named) -> Found:
    centre, on = asked.case.centre, asked.on
    network = f"payer network, {payer}"
    held = next(in_force(centre, network, INFUSION, on, place.name), None)
    if held is not None:
        return met(f"{place.name} is in the network of {payer}", place.told, *_told(held))
    maker = f"authorized treatment center, {asked.case.product.name}"
    listed = next(in_force(centre, maker, INFUSION, on, place.name), None)
    besides = "; the maker's list of treatment centres is another one" if listed else ""
    return not_met(
        f"no certificate says that {place.name} is in the network of {payer} on {on}{besides}",
        place.told,
        *_told(listed),
    )


def _who_asks(asked: Asked) -> Statement | None:
    """The payer's policy, else the edition's rule or the directory; None where nobody does."""
    ask = asked.asks("fact_accreditation")
    if ask is not None or not accreditation_is_asked(asked.case, asked.on):
        return ask
    kind = asked.case.coverage_kind(asked.on)
    return asked.case.rules.find("fact_accreditation", asked.on, kind) or asked.rule


def _nobody_asks(asked: Asked) -> Found:
    kind = asked.case.coverage_kind(asked.on)
    entry = asked.case.rules.find("fact_accreditation", asked.on, kind)
    if entry is None:
        return not_asked("no payer on record asks for it")
    return on_the_word_of(entry, not_asked(f"{entry.label}; this payer's pages do not ask"))


def _no_place(role: str, held: Certification | None) -> Found:
    whose = held.subject if held else ""
    other = f"; {whose} holds it, and it counts once a fact says that {whose} is meant"
    told, remedy = UNTOLD[role]
    return not_met(f"{told}{other if held else ''}", remedy=remedy)


def _told(held: Certification | None) -> tuple[Record, ...]:
    return (held.told,) if held is not None and held.told is not None else ()
