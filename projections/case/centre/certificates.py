"""What a centre is certified for on a day: a product's own programme, FACT, a payer's network.

A certificate of another product's programme never counts, whoever holds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.certification import Certification
from veinledger.domain.centre.certified import ACCREDITED, rems_held, rems_of
from veinledger.domain.products.profile import Programme
from veinledger.projections.case.case import Case

INFUSION: Final = "infusion facility"
COLLECTION: Final = "apheresis facility"
FACILITIES: Final = frozenset({INFUSION, COLLECTION})
"""Roles that the place itself must hold."""


def names_of(case: Case, programme: Programme) -> set[str]:
    """What certificates call a programme: two products of one maker may share one."""
    shares = (
        product
        for product in case.rules.products.products
        if any(each.name == programme.name for each in product.programmes)
    )
    return {programme.name, *(rems_of(product.name) for product in shares)}


def wanted_of(programme: Programme, role: str) -> set[str]:
    """What a programme wants a holder of a role to be able to do; it asks that of facilities."""
    return set(programme.capabilities) if role == INFUSION else set()


def certificate(
    case: Case, programme: Programme, role: str, day: date, subject: str | None = None
) -> Certification | None:
    """The certificate of a programme and role in force on a day, with what the programme wants."""
    wanted = wanted_of(programme, role)
    names = sorted(names_of(case, programme))
    held = (each for name in names for each in in_force(case.centre, name, role, day, subject))
    return next((each for each in held if wanted <= set(each.capabilities)), None)


def in_force(
    centre: Centre, programme: str, role: str, day: date, subject: str | None = None
) -> Iterator[Certification]:
    """Every certificate of a programme and role that holds on a day."""
    for held in centre.certifications:
        mine = held.programme == programme and held.role == role and held.holds(day)
        if mine and subject in (None, held.subject):
            yield held


def brands_of_others(case: Case, day: date) -> tuple[str, ...]:
    """The products whose REMS certificates the centre does hold on a day."""
    return tuple(dict.fromkeys(brand for _, brand in certificates_of_others(case, day)))


def certificates_of_others(case: Case, day: date) -> tuple[tuple[Certification, str], ...]:
    """The certificates of other products' REMS in force on a day, each with the product's brand."""
    mine = {name for each in case.product.programmes for name in names_of(case, each)}
    held = [each for each in rems_held(case.centre) if each.holds(day)]
    others = sorted((each for each in held if each.programme not in mine), key=_by_programme)
    return tuple((each, _brand(case, each.programme)) for each in others)


def accreditation(case: Case, role: str, day: date, place: str | None) -> Certification | None:
    """The FACT or FACT-JACIE accreditation of a place in a role."""
    held = (case.centre.certified(each, role, day, place) for each in ACCREDITED)
    return next((each for each in held if each is not None), None)


def accreditation_is_asked(case: Case, day: date) -> bool:
    """Whether the edition asks for it always, or the payer of the day does by the directory."""
    payer = case.payer(day)
    entry = case.rules.find("fact_accreditation", day, case.coverage_kind(day))
    by_payer = payer is not None and "fact_accreditation" in payer.asks_for
    return by_payer or (entry is not None and entry.code == "required")


def _by_programme(held: Certification) -> str:
    return held.programme


def _brand(case: Case, programme: str) -> str:
    product = case.rules.products.find(programme.removesuffix(rems_of("")))
    return product.brand if product else programme
