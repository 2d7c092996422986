"""Certificates of the centre: this product's programme and the accreditation, never another's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from veinledger.domain.centre.certification import Certification
from veinledger.domain.centre.certified import ACCREDITED, rems_of
from veinledger.domain.products.profile import Programme
from veinledger.projections.appeals.registry import Asked, Found, looks_up
from veinledger.projections.case.case import Case
from veinledger.projections.claims.bills.bill import service_of

INFUSION: Final = "infusion facility"
COLLECTION: Final = "apheresis facility"
FACILITIES: Final = frozenset({INFUSION, COLLECTION})
"""Roles that the place of the service holds itself."""


@looks_up("programme_certificates")
def the_certificates_of_the_programme(asked: Asked) -> Iterator[Found]:
    """For each role that the programme certifies, the certificate in force on the day."""
    programmes = asked.case.product.programmes_on(asked.on, asked.case.rules.edition)
    if not programmes:
        yield Found(text=f"no restricted programme of {asked.case.product.brand} is in force on "
                    f"{asked.on}")  # fmt: skip
    for programme in programmes:
        for role in programme.roles:
            held = rems_certificate(asked, programme, role)
            wanted = programme.capabilities if role == INFUSION else ()
            yield _told(asked, held, programme.label, role, wanted)


@looks_up("accreditation")
def the_accreditation(asked: Asked) -> Iterator[Found]:
    """FACT or FACT-JACIE of the place of the service on its day."""
    role = COLLECTION if asked.claim is not None and asked.claim.kind == "A" else INFUSION
    yield _told(asked, accreditation(asked, role), " or ".join(ACCREDITED), role, ())


def accreditation(asked: Asked, role: str = INFUSION) -> Certification | None:
    """The accreditation in force on the day, for a role at the place of the service."""
    place = place_of(asked)
    held = (asked.case.centre.certified(each, role, asked.on, place) for each in ACCREDITED)
    return next((each for each in held if each is not None), None)


def rems_certificate(asked: Asked, programme: Programme, role: str) -> Certification | None:
    """The certificate of this product's programme in force on the day, for a role."""
    place = place_of(asked) if role in FACILITIES else None
    held = (
        asked.case.centre.certified(name, role, asked.on, place)
        for name in _names(asked.case, programme)
    )
    return next((each for each in held if each is not None), None)


def place_of(asked: Asked) -> str | None:
    """Where the service was given, as far as the claim's first service tells."""
    keys = asked.claim.records if asked.claim is not None else ()
    by_key = {record.key: record for record in asked.case.seen.records}
    services = (service_of(by_key[key]) for key in keys if key in by_key)
    return next((service.facility for service in services if service is not None), None)


def _names(case: Case, programme: Programme) -> tuple[str, ...]:
    """What certificates call a programme; two products of one maker may share one."""
    sharing = (
        product.name
        for product in case.rules.products.products
        if any(each.name == programme.name for each in product.programmes)
    )
    return tuple(dict.fromkeys((programme.name, *map(rems_of, sharing))))


def _told(
    asked: Asked,
    held: Certification | None,
    what: str,
    role: str,
    wanted: tuple[str, ...],
) -> Found:
    if held is None:
        return Found(
            text=f"no {what} certificate of the {role} is in force on {asked.on}",
            missing="record the certificate with its days in the centre's records, where there is "
            "one; without it this reason stands",
        )
    lacks = [each for each in wanted if each not in held.capabilities]
    until = f" to {held.until - timedelta(days=1)}" if held.until else " on"
    number = f" number {held.reference}" if held.reference else ""
    text = f"{held.programme} certificate{number} of the {role}, from {held.since}{until}"
    if lacks:
        return Found(
            text=f"{text}, without {' and '.join(lacks)}",
            certificates=(held,),
            missing="record the capability with the certificate, where it has it",
        )
    return Found(text=text, certificates=(held,))
