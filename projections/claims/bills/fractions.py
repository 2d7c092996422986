"""A dose in fractions: where a professional claim cannot hold its price, n claims of 1/n each.

Units and cents are shared out in whole numbers, so that the fractions add up to the dose and its
charge exactly, whatever n is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from veinledger.domain.facts.billing import ClaimSubmitted
from veinledger.domain.facts.treatment import CellsInfused
from veinledger.domain.reports import Record
from veinledger.projections.claims.bills.bill import Bill

Fraction = tuple[int, int]
"""Which part of how many, counted from 1."""

_PARTS: Final = frozenset(str(number) for number in range(1, 101))
"""Into how many claims a key may say that a dose was split: as many as a payer may want."""

TEN_THOUSANDTHS: Final = 10_000
"""Four decimal places of a unit, as many as a fact has."""


def in_fractions(found: tuple[Bill, ...]) -> tuple[Bill, ...]:
    """The same bills, an office's dose as so many claims; the first of them bills the rest too."""
    return tuple(part for bill in found for part in _parts(bill))


def units_of(fraction: Fraction) -> Decimal:
    """The units of one fraction; those of all fractions add up to 1."""
    return _decimal(_share(TEN_THOUSANDTHS, fraction), places=4)


def charge_of(whole: Decimal, fraction: Fraction) -> Decimal:
    """The dollars and cents of one fraction; those of all fractions add up to the whole."""
    return _decimal(_share(_cents(whole), fraction), places=2)


def fractions_needed(whole: Decimal, limit: Decimal) -> int:
    """The fewest fractions that each stay under a limit."""
    return -(-_cents(whole) // (_cents(limit) - 1))


def _parts(bill: Bill) -> Iterator[Bill]:
    dose = _dose(bill)
    number = _number(bill) if dose else 1
    if number == 1:
        yield bill
        return
    yield replace(bill, fraction=(1, number))
    for each in range(2, number + 1):
        yield replace(bill, services=dose, fraction=(each, number))


def _dose(bill: Bill) -> tuple[Record, ...]:
    """The parts of the dose on an office's bill, where it is bought, received and billed here."""
    infusions = bill.case.infusions()
    here = {record.key for record, _ in bill.of(CellsInfused)}
    if bill.setting != "office" or not infusions or infusions[0][0].key not in here:
        return ()
    chain, acquired = infusions[0][1].chain_of_identity, infusions[0][1].acquisition
    if acquired != "purchased" or bill.case.receipt(chain) is None:
        return ()
    parts = (record for record, fact in infusions if fact.chain_of_identity == chain)
    return tuple(record for record in parts if record.key in here)


def _number(bill: Bill) -> int:
    """What went out already, else what the payer wants, else the book's own fraction."""
    entry = bill.case.rules.find("office_dose_fraction", bill.last_day)
    if entry is None or entry.unit is None or entry.unit.amount >= 1:
        return 1
    sent, payer = _sent(bill), bill.case.payer(bill.payer_day)
    if sent is not None:
        return sent
    told = payer.dose_fractions if payer else None
    return told or int(1 / entry.unit.amount)


def _sent(bill: Bill) -> int | None:
    """Into how many claims it was split when its first claim went out; one dose is split once."""
    for _, fact in bill.case.seen.of(ClaimSubmitted):
        whole, _, fraction = fact.claim_key.partition("#")
        if whole == bill.whole_key:
            number = fraction.partition("of")[2]
            return int(number) if number in _PARTS else 1
    return None


def _share(whole: int, fraction: Fraction) -> int:
    """The first fractions take one more each, until the remainder is gone."""
    number, of = fraction
    each, left = divmod(whole, of)
    return each + (number <= left)


def _cents(dollars: Decimal) -> int:
    return int(dollars.scaleb(2).to_integral_value())


def _decimal(number: int, places: int) -> Decimal:
    """So many hundredths or ten-thousandths as a number, exact."""
    text = f"{number:0{places + 1}d}"
    whole, rest = text[:-places], text[-places:]
    return Decimal(f"{whole}.{rest}" if places == 2 else f"{whole}.{rest}".rstrip("0").rstrip("."))
