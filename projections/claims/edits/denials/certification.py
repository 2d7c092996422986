"""Denial 1: a centre without the certificates that the payer or the law asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from veinledger.domain.centre.certified import ACCREDITED
from veinledger.domain.facts.collection import ApheresisCompleted
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.findings import Finding
from veinledger.domain.products.profile import Programme
from veinledger.domain.reports import Record
from veinledger.projections.case.case import Case
from veinledger.projections.case.centre.certificates import (
    COLLECTION,
    FACILITIES,
    INFUSION,
    accreditation,
    accreditation_is_asked,
    brands_of_others,
    certificate,
)
from veinledger.projections.claims.bills.bill import service_of
from veinledger.projections.claims.edits.reading import say
from veinledger.projections.claims.edits.registry import Draft, edit

SOURCE: Final = (
    "page: denial 1; First Coast on NCD 110.24: the REMS until 2025-06-25, rows R70 and R72"
)


@edit("C", denial=1, source=SOURCE)
def a_certified_centre_gives_the_cells(draft: Draft) -> Iterator[Finding]:
    """The product's REMS on days on which it was in force, FACT where the payer asks for it."""
    infusion = next(draft.bill.of(CellsInfused), None)
    if infusion is None:
        return
    record, _ = infusion
    missing = [*_of_the_rems(draft.bill.case, record), *_of_fact(draft.bill.case, record, INFUSION)]
    if missing:
        yield say(
            (record.key,),
            "; ".join(missing),
            "report the certificate of this product with its days to the centre's records and file "
            "it with the claim; where there is none, the claim must not go out",
            holds=True,
        )


@edit("A", denial=1, source=SOURCE)
def the_certificates_are_looked_at_before_the_collection(draft: Draft) -> Iterator[Finding]:
    """A centre that may not infuse should not have collected: told while it can be mended."""
    collection = next(draft.bill.of(ApheresisCompleted), None)
    if collection is None or draft.bill.case.infusions():
        return
    record, case = collection[0], draft.bill.case
    missing = [*_of_the_rems(case, record), *_of_fact(case, record, COLLECTION)]
    if missing:
        yield say(
            (record.key,),
            f"on the day of the collection {'; '.join(missing)}",
            "settle the certificates before the infusion: its claim is held without them",
        )


def _of_the_rems(case: Case, record: Record) -> Iterator[str]:
    for programme in case.product.programmes_on(record.day, case.rules.edition):
        lacking = [role for role in programme.roles if not _holds(case, programme, role, record)]
        if lacking:
            yield _worded(case, programme, lacking, record.day)


def _holds(case: Case, programme: Programme, role: str, record: Record) -> bool:
    """The place itself must be certified; a prescriber or a pharmacy may be anybody's."""
    place = _place(record) if role in FACILITIES else None
    return certificate(case, programme, role, record.day, place) is not None


def _worded(case: Case, programme: Programme, lacking: Iterable[str], day: date) -> str:
    with_these = f" with {' and '.join(programme.capabilities)}" if programme.capabilities else ""
    others = ", ".join(brands_of_others(case, day))
    counts_not = f"; the REMS certificate of {others} does not count" if others else ""
    return (
        f"no {programme.label} certificate{with_these} of {' and '.join(lacking)} is in force on "
        f"{day}{counts_not}"
    )


def _of_fact(case: Case, record: Record, role: str) -> Iterator[str]:
    """FACT where the edition asks for it always, or the payer of the day does."""
    day = record.day
    asked = accreditation_is_asked(case, day)
    if asked and accreditation(case, role, day, _place(record)) is None:
        yield f"no {' or '.join(ACCREDITED)} accreditation of the {role} is in force on {day}"


def _place(record: Record) -> str | None:
    service = service_of(record)
    return service.facility if service else None
