"""What a directory leaves open: nothing refuses it, and claims will miss it."""

from __future__ import annotations

from collections.abc import Iterator

from veinledger.domain.centre.centre import Centre
from veinledger.domain.centre.checks import OFFICE
from veinledger.domain.centre.directory import Contract, Facility, Payer, Provider


def advice(centre: Centre) -> tuple[str, ...]:
    """One sentence a gap: table, name, field, and what will be without it."""
    found = [
        *(said for place in centre.facilities for said in _of_facility(place)),
        *(said for each in centre.providers for said in _of_provider(each)),
        *(said for payer in centre.payers for said in _of_payer(payer)),
        *(said for contract in centre.contracts for said in _of_contract(contract)),
    ]
    return tuple(dict.fromkeys(found))


def _of_facility(place: Facility) -> Iterator[str]:
    where = f"facility {place.name!r}"
    if place.ccn is None and place.payment_system != OFFICE:
        yield f"{where} has no ccn: the CMS certification number of a hospital, on Medicare claims"
    for field, what in (
        ("tin", "who is paid"),
        ("zip4", "the service address, five digits and four"),
        ("taxonomy", "what kind of provider bills"),
    ):
        if getattr(place, field) is None:
            yield f"{where} has no {field}: {what}, on electronic claims"


def _of_provider(each: Provider) -> Iterator[str]:
    where = f"provider {each.name!r}"
    if each.taxonomy is None:
        yield f"{where} has no taxonomy: what kind of provider it is, on professional claims"
    if each.kind == "group" and each.owner is None:
        yield f"{where} has no owner: a group of a hospital's own is drawn into its payment window"


def _of_payer(payer: Payer) -> Iterator[str]:
    where = f"payer {payer.name!r}"
    for field, what in (
        ("identifier", "the payer's id on electronic claims"),
        ("filing_indicator", "what kind of claim it is, on electronic claims"),
        ("filing_days", "by when a claim must arrive"),
    ):
        if getattr(payer, field) is None:
            yield f"{where} has no {field}: {what}"


def _of_contract(contract: Contract) -> Iterator[str]:
    where = f"contract {contract.name!r}"
    if contract.case_rate is None and not contract.fixed_fees:
        yield f"{where} has neither a case_rate nor a fixed fee: it changes no claim"
    if contract.case_rate is not None and contract.case_rate.amount is None:
        yield f"{where} has no amount in its case_rate: nobody can expect a sum"
