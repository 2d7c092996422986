"""The centre as its site pages say it: each page parsed, each row checked, nothing ambiguous."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations
from typing import Final, TypeVar

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.directory import (
    Charge,
    Connection,
    Contract,
    Dated,
    Facility,
    Payer,
    Provider,
)
from veinledger.domain.codebook.page import PageError, Table, only, read, rows

TABLES: Final = ("facility", "provider", "payer", "contract", "charge", "connection")

T = TypeVar("T")


def centre_of(pages: Mapping[str, Table]) -> Centre:
    """The centre that parsed site pages describe; raises PageError naming file, table and field."""
    for file, page in pages.items():
        only(file, page, TABLES)
    centre = Centre(
        facilities=_gathered(Facility, "facility", pages),
        providers=_gathered(Provider, "provider", pages),
        payers=_gathered(Payer, "payer", pages),
        contracts=_gathered(Contract, "contract", pages),
        charges=_gathered(Charge, "charge", pages),
        connections=_gathered(Connection, "connection", pages),
    )
    _refuse_ambiguity(centre)
    _refuse_strangers(centre)
    return centre


def _gathered(kind: type[T], table: str, pages: Mapping[str, Table]) -> tuple[T, ...]:
    return tuple(
        read(kind, file, f"{table} {number}", row)
        for file, page in pages.items()
        for number, row in enumerate(rows(file, page, table), start=1)
    )


def _refuse_ambiguity(centre: Centre) -> None:
    _once("facility", centre.facilities, [each.name for each in centre.facilities])
    _once("provider", centre.providers, [each.name for each in centre.providers])
    _once("payer", centre.payers, [each.name for each in centre.payers])
    _once("contract", centre.contracts, [(each.payer, each.product) for each in centre.contracts])
    priced = [(each.facility, each.revenue, each.hcpcs) for each in centre.charges]
    _once("charge", centre.charges, priced)
    zones = {place.name: place.zone for place in reversed(centre.facilities)}
    for place in centre.facilities:
        if place.zone != zones[place.name]:
            raise PageError(f"facility {place.name!r} has two zones; a facility keeps its zone")


def _once(what: str, known: Sequence[Dated], names: Sequence[Hashable]) -> None:
    """Refuses two statements with the same name on the same day."""
    for (one, name), (other, same) in combinations(zip(known, names, strict=True), 2):
        first, later = sorted((one, other), key=lambda each: each.since)
        if name == same and first.holds(later.since):
            raise PageError(
                f"{what} {name!r}: {first.span} and {later.span} claim the same day; end one "
                "where the other begins"
            )


def _refuse_strangers(centre: Centre) -> None:
    """Refuses a contract or a charge that names what the directory does not have."""
    payers = [payer.name for payer in centre.payers]
    places = [place.name for place in centre.facilities]
    for contract in centre.contracts:
        if contract.payer not in payers:
            raise PageError(f"contract {contract.name!r}: no payer is named {contract.payer!r}")
    for charge in centre.charges:
        if charge.facility is not None and charge.facility not in places:
            raise PageError(f"charge: no facility is named {charge.facility!r}; add it, or drop it")
