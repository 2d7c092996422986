"""The product's own restricted programme (REMS), while it lasts: facility, prescriber, pharmacy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from veinledger.domain.centre.certification import Certification
from veinledger.domain.products.profile import Programme
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.centre.certificates import (
    INFUSION,
    certificate,
    certificates_of_others,
    known,
    names_of,
    wanted_of,
)
from veinledger.projections.case.centre.holders import PHARMACY, PRESCRIBER, UNTOLD, holder
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


@gate
def the_facility_is_certified_under_the_products_programme(asked: Asked) -> Found:
    """The place where the cells go in, with what the programme wants it to be able to do."""
    return _certified(asked, INFUSION)


@gate
def the_prescriber_is_certified_under_the_products_programme(asked: Asked) -> Found:
    """Whoever orders the product for this patient, not whoever has a certificate."""
    return _certified(asked, PRESCRIBER)


@gate
def the_pharmacy_is_certified_under_the_products_programme(asked: Asked) -> Found:
    """Whoever takes the product in; before it comes, whoever the place of treatment has."""
    return _certified(asked, PHARMACY)


def _certified(asked: Asked, role: str) -> Found:
    programme, named = _programme(asked, role), holder(asked.case, role, asked.on)
    if programme is None:
        return _nobody_asks(asked, role)
    if named is None:
        told, remedy = UNTOLD[role]
        others = _others(asked)
        reason = f"{told}, so that nobody can say whether the {programme.label} has it certified"
        found = not_met(f"{reason}{_counts_not(others)}", *_records(others), remedy=remedy)
    else:
        found = _held(asked, programme, role, named)
    return on_the_word_of(programme, found)


def _held(asked: Asked, programme: Programme, role: str, named: Named) -> Found:
    case, on = asked.case, asked.on
    held = certificate(case, programme, role, on, named.name)
    if held is not None:
        number = f" {held.reference}" if held.reference else ""
        return met(
            f"{named.name} holds {programme.label} certificate{number} as {role} ({named.by})",
            named.told,
            *_records([held]),
        )
    others = _others(asked)
    near = tuple(_near(case, programme, role))
    why = "; ".join(_why_not(asked, programme, role, named, near))
    return not_met(
        f"no {programme.label} certificate of {named.name} as {role} counts on {on} "
        f"({named.by} names it){f': {why}' if why else ''}{_counts_not(others)}",
        named.told,
        *_records((*near, *(each for each, _ in others))),
    )


def _why_not(
    asked: Asked, programme: Programme, role: str, named: Named, near: Iterable[Certification]
) -> Iterable[str]:
    """What there is of the same programme and role, and why none of it answers."""
    for held in near:
        lacks = wanted_of(programme, role) - set(held.capabilities)
        if held.subject != named.name:
            if held.holds(asked.on):
                yield f"{held.subject} holds one, and it is not {held.subject} that is named"
        elif not held.holds(asked.on):
            yield _not_on_the_day(held, asked)
        elif lacks:
            yield f"it does not say that {held.subject} has {' and '.join(sorted(lacks))}"


def _not_on_the_day(held: Certification, asked: Asked) -> str:
    if held.since > asked.on:
        return f"it begins on {held.since}"
    return f"its last day was {(held.until or asked.on) - timedelta(days=1)}"


def _near(case: Case, programme: Programme, role: str) -> Iterable[Certification]:
    names = names_of(case, programme)
    for held in known(case.centre):
        if held.programme in names and held.role == role:
            yield held


def _programme(asked: Asked, role: str) -> Programme | None:
    known = asked.case.product.programmes_on(asked.on, asked.case.rules.edition)
    return next((each for each in known if role in each.roles), None)


def _nobody_asks(asked: Asked, role: str) -> Found:
    """Before the programme began, after it ended, or of a product that never had one."""
    edition = asked.case.rules.edition
    ended = [
        each
        for each in asked.case.product.programmes
        if edition in each.editions and role in each.roles and each.ended(asked.on)
    ]
    if not ended:
        brand = asked.case.product.brand
        return not_asked(f"no programme certifies a {role} for {brand} on this day")
    last = ended[-1]
    until = last.until or asked.on
    found = not_asked(f"the {last.label} has ended; its last day was {until - timedelta(days=1)}")
    return on_the_word_of(last, found)


Other = tuple[Certification, str]


def _others(asked: Asked) -> tuple[Other, ...]:
    return certificates_of_others(asked.case, asked.on)


def _counts_not(others: Iterable[Other]) -> str:
    brands = dict.fromkeys(f"{brand} ({each.subject})" for each, brand in others)
    return f"; a REMS certificate of {', '.join(brands)} does not count" if brands else ""


def _records(held: Iterable[Certification | Other]) -> tuple[Record, ...]:
    certificates = (each[0] if isinstance(each, tuple) else each for each in held)
    return tuple(each.told for each in certificates if each.told is not None)
